import numpy as np
import pytest

from dlcore.errors import ValidationError
from dlcore.reference import Parameter, clip_grad_norm_, clip_grad_value_, l1_penalty, l2_penalty


def with_grad(*values):
    parameters = []
    for value in values:
        parameter = Parameter(np.zeros(np.shape(value)))
        parameter.grad = np.array(value, float)
        parameters.append(parameter)
    return parameters


@pytest.mark.parametrize(
    ("grad", "limit", "expected"),
    [
        ([30, 40], 5, [3, 4]),
        ([5, -7, 0.2], 1, [0.5811, -0.8135, 0.0232]),
        ([-3, 0.5, 2], 1, [-0.824, 0.137, 0.549]),
    ],
)
def test_clipping_by_norm_keeps_the_direction(grad, limit, expected):
    parameters = with_grad(grad)
    assert clip_grad_norm_(parameters, limit) == pytest.approx(np.linalg.norm(grad))
    np.testing.assert_allclose(parameters[0].grad, expected, atol=5e-4)


def test_the_norm_is_over_all_parameters():
    parameters = with_grad([3.0], [[4.0]])
    assert clip_grad_norm_(iter(parameters), 1.0) == 5
    np.testing.assert_allclose([p.grad.item() for p in parameters], [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize(
    ("grad", "expected"),
    [([5, -7, 0.2], [1, -1, 0.2]), ([30, -0.5], [1, -0.5]), ([-3, 0.5, 2], [-1, 0.5, 1])],
)
def test_clipping_by_value_replaces_entries_by_the_bound(grad, expected):
    parameters = with_grad(grad)
    clip_grad_value_(parameters, 1)
    assert parameters[0].grad.tolist() == expected


def test_a_small_gradient_is_left_alone():
    parameters = with_grad([1e-6])
    clip_grad_norm_(parameters, 1)
    clip_grad_value_(parameters, 1)
    assert parameters[0].grad == 1e-6


@pytest.mark.parametrize("clip", [clip_grad_norm_, clip_grad_value_])
def test_a_negative_bound_is_refused_and_nothing_changes(clip):
    parameters = with_grad([3.0])
    with pytest.raises(ValidationError, match="negative"):
        clip(parameters, -1)
    assert parameters[0].grad == 3


def minimum(penalty, slope, alpha):
    w = 0.0
    for _ in range(4000):
        w -= 0.01 * (slope(w) + float(penalty(np.array(w), alpha)[1]()))
    return w


def test_where_the_penalties_put_the_minimum():
    assert minimum(l2_penalty, lambda w: 2 * (w - 3), 0.5) == pytest.approx(2.0)
    assert minimum(l1_penalty, lambda w: 2 * (w - 3), 0.5) == pytest.approx(2.75)
    assert minimum(l1_penalty, lambda w: 2 * (w - 0.2), 0.5) == pytest.approx(0, abs=0.006)


def test_the_absolute_value_has_slope_zero_at_zero():
    assert l1_penalty(np.zeros(2))[1]().tolist() == [0, 0]
