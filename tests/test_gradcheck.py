"""The checker itself must be able to fail."""

import numpy as np
import pytest

from dlcore.errors import GradientError, ValidationError
from dlcore.gradcheck import Comparison, check, directional_error, numeric_gradient, relative_error
from dlcore.reference import Dense, Sequential, Tanh, cross_entropy, dense, tanh


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def inputs(rng):
    return rng.normal(size=(4, 3)), rng.normal(size=(2, 3)), rng.normal(size=2)


WRONG = {
    "sign": lambda dx, dw, db: (-dx, dw, db),
    "factor": lambda dx, dw, db: (dx, 2 * dw, db),
    "shape": lambda dx, dw, db: (dx, dw.T, db),
    "one entry": lambda dx, dw, db: (dx, dw, db + np.eye(1, 2)[0] * 1e-4),
    "not summed": lambda dx, dw, db: (dx, dw, db[:1]),
    "nan": lambda dx, dw, db: (dx * np.nan, dw, db),
}


@pytest.mark.parametrize("defect", WRONG)
def test_planted_defects_are_caught(rng, defect):
    def planted(x, weight, bias):
        y, back = dense(x, weight, bias)
        return y, lambda dy: WRONG[defect](*back(dy))

    report = check(planted, *inputs(rng), rng=rng)
    assert not report
    assert sum(not c.ok for c in report.comparisons) == 1
    with pytest.raises(GradientError, match="wrong"):
        report.require()


def test_right_gradients_pass_and_the_report_reads_well(rng):
    report = check(dense, *inputs(rng), rng=rng).require()
    assert report.ok
    assert [c.name for c in report.comparisons] == ["x", "weight", "bias"]
    assert str(report).splitlines()[2].split() == ["x", "(4,", "3)", "<", "1e-06", "ok"]
    assert "<caption>gradients of dense</caption>" in report._repr_html_()


def test_integer_and_missing_arguments_are_passed_on(rng):
    assert [
        c.name for c in check(cross_entropy, rng.normal(size=(3, 4)), [0, 1, 3], rng=rng).comparisons
    ] == ["logits"]
    x, weight, _ = inputs(rng)
    assert len(check(dense, x, weight, None, rng=rng).comparisons) == 2


def test_a_pullback_with_too_few_gradients_is_refused(rng):
    with pytest.raises(ValidationError, match="1 gradients for 3"):
        check(lambda x, w, b: (dense(x, w, b)[0], lambda dy: dy @ w), *inputs(rng), rng=rng)


def test_a_layer_is_checked_in_float64_and_left_as_it_was(rng):
    model = Sequential(Dense(3, 4, rng=rng), Tanh(), Dense(4, 2, rng=rng))
    before = model.state_dict()
    report = check(model, rng.normal(size=(5, 3)).astype(np.float32), rng=rng).require()
    assert [c.name for c in report.comparisons] == ["input 0", "0.weight", "0.bias", "2.weight", "2.bias"]
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    assert not any(grad.any() for grad in model.grads.values())


def test_a_layer_with_a_wrong_backward_is_caught(rng):
    class Wrong(Dense):
        def operation(self, x, weight, bias=None):
            y, back = dense(x, weight, bias)
            return y, lambda dy: (back(dy)[0], back(dy)[1], dy[0])

    report = check(Wrong(3, 2, rng=rng), rng.normal(size=(4, 3)), rng=rng)
    assert [c.name for c in report.comparisons if not c.ok] == ["bias"]


def test_one_direction_sees_right_from_wrong(rng):
    x = rng.normal(size=(3, 4))
    assert directional_error(tanh, x, rng=rng) < 1e-8
    assert directional_error(lambda z: (np.tanh(z), lambda dy: dy), x, rng=rng) > 1e-3


def test_a_generator_among_the_settings_draws_the_same_each_time(rng):
    def masked(x, rng):
        mask = rng.random(x.shape) < 0.5
        return x * mask, lambda dy: dy * mask

    assert check(masked, rng.normal(size=(3, 4)), rng=rng, settings={"rng": rng})


def test_numeric_gradient_restores_its_input():
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(numeric_gradient(lambda: float(x[0] ** 2 * x[1]), x), [4, 1], rtol=1e-8)
    assert x.tolist() == [1, 2]


def test_relative_error():
    assert relative_error([3.0], [3.0]) == 0
    assert relative_error([1e-12], [0.0]) == 0
    assert relative_error([1.0], [-1.0]) == 1
    assert relative_error([np.nan], [1.0]) == float("inf")
    assert Comparison("x", np.ones(2), np.ones(3), 1e-6).error == float("inf")
