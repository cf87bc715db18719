"""The engine: lists of arrays, parts and results looked at one by one, answers with chance in them."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.exercises import neurons
from dlcore.exercises.engine import Function, Pullback, Slip, drive
from dlcore.exercises.engine.differences import what_failing_share, write

TEXTS = {"says": "Not so.", "hint": "Try 1."}


def slips(*wrong):
    return tuple(Slip(f"slip {i}", w, says=f"Not so, {i}.", hint="Try 1.") for i, w in enumerate(wrong))


def _halved(arrays, factor):
    return tuple(factor * a for a in arrays)


#: Three arrays of different shapes in, three out.
HALVED = Function(
    id="ours-halved",
    title="Halved",
    statement="Write `halved(arrays, factor)`.",
    stub="def halved(arrays, factor):\n    ...\n",
    reference=_halved,
    also=(lambda arrays, factor: [a * factor for a in arrays],),
    inputs=lambda rng, size: ([rng.normal(size=size), rng.normal(size=(2, size))], 0.5),
    hints=("Each by itself.",),
    slips=slips(lambda a, f: a, lambda a, f: [-f * b for b in a], lambda a, f: [f * a[0], a[1]]),
    because="Each by itself.",
)


@pytest.mark.parametrize(
    "answer",
    [
        lambda arrays, factor: [factor * a for a in arrays],
        lambda arrays, factor: [(factor * a).tolist() for a in arrays],
        lambda arrays, factor: [np.float32(factor * a) for a in arrays],
    ],
    ids=["arrays", "lists", "float32"],
)
def test_a_list_of_unlike_arrays_is_several_results(answer):
    assert HALVED.check(answer).ok


def test_a_list_argument_that_is_changed_is_seen():
    def in_place(arrays, factor):
        for array in arrays:
            array *= factor
        return arrays

    def exchanged(arrays, factor):
        arrays[0] = factor * arrays[0]
        return [arrays[0], factor * arrays[1]]

    for rude in (in_place, exchanged):
        verdict = HALVED.check(rude)
        assert (verdict.status, verdict.slip) == ("close", "input modified")
        assert "`arrays`" in verdict.message


def test_a_list_argument_is_written_as_code_and_small_ones_are_shown():
    message = HALVED.check(lambda arrays, factor: [factor * a + (a > 0) for a in arrays]).message
    assert "halved([np.array([" in message
    assert eval(write([np.ones(2), np.eye(2)]), {"np": np})[1].shape == (2, 2)


def test_features_look_into_lists():
    big, small = ([np.array([100.0])],), ([np.array([1.0])],)
    assert what_failing_share([big], [small]) == "only for large values"


@pytest.mark.parametrize(
    ("result", "count"),
    [
        ([np.ones(2), np.ones(3)], 2),
        ([np.ones((2, 2)), np.ones(2)], 2),
        ([np.ones(2), np.ones(2)], 1),
        ([[1.0, 2.0], [3.0]], 2),
        ([1.0, 2.0], 1),
        ([np.ones((2, 3)), np.ones(3), None], 3),
    ],
)
def test_when_a_list_is_several_arrays(result, count):
    assert len(drive(lambda: result, (), how="call").values) == count


@pytest.mark.parametrize("result", [[1.0, [2.0]], [np.ones(2), "text"], [1.0, [2.0], None]])
def test_a_list_of_other_things_cannot_be_read(result):
    assert drive(lambda: result, (), how="call").state == "unreadable"


# Parts and single results.


def _two(x, y):
    return np.tanh(x) + y, x * y


TWO = Function(
    id="ours-two",
    title="Two",
    statement="Write `two(x, y)`.",
    stub="def two(x, y):\n    ...\n",
    reference=_two,
    also=(lambda x, y: [np.tanh(x) + y, y * x],),
    inputs=lambda rng, size: (rng.normal(size=size), rng.normal(size=size)),
    probes={"tanh": (np.array([1.0]), np.array([0.0])), "y": (np.array([0.0]), np.array([1.0]))},
    hints=("Two results.",),
    slips=(
        *slips(lambda x, y: (x + y, x + y), lambda x, y: (np.tanh(x) - y, x * y)),
        Slip("kind", lambda x, y: (np.tanh(x) + y, y), **TEXTS, credit=0.5),
    ),
    because="Two results.",
)


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (lambda x, y: (np.sin(x) + y, x * y), "tanh"),
        (lambda x, y: (np.tanh(x) + 3 * y, x * y), "y"),
        (lambda x, y: (np.sin(x) + 3 * y, x * y), ""),
        (lambda x, y: (np.tanh(x) + y + 5 * x * y, x * y), ""),
    ],
    ids=["tanh", "y", "both", "neither"],
)
def test_the_part_that_is_wrong_alone_is_named(answer, part):
    message = TWO.check(answer).message
    assert ("looked at one by one" in message) == bool(part)
    assert f"only {part} is wrong" in message or not part


def test_a_slip_that_explains_one_result_is_named_though_another_is_wrong_as_well():
    assert TWO.check(lambda x, y: (x + y, x / 7)).slip == "slip 0"
    assert TWO.check(lambda x, y: (x / 7, x + y)).slip == "slip 0"
    assert TWO.check(lambda x, y: (x / 7, x / 7)).slip == ""


def test_what_earns_credit_must_explain_everything():
    assert TWO.check(lambda x, y: (np.tanh(x) + y, y)).points == 0.5
    verdict = TWO.check(lambda x, y: (x / 7, y))
    assert (verdict.slip, verdict.points) == ("", 0.0)


def test_a_product_of_misfits_asks_for_the_shapes():
    for product in (
        lambda x, y: np.ones((2, 3)) @ np.ones((2, 3)),
        lambda x, y: np.dot(np.eye(2), np.eye(3)),
    ):
        verdict = TWO.check(product)
        assert verdict.status == "error"
        assert "shapes of the two factors" in verdict.message
    assert "one by one" in TWO.check(lambda x, y: np.array([np.ones(2), np.ones(3)])).message
    other = TWO.check(lambda x, y: x.nothing)
    assert "shapes" not in other.message


def test_a_missing_return_is_named():
    function = HALVED.reference
    verdict = HALVED.check(lambda a, f: function(a, f) if a[0].size > 1 else None)
    assert "Expected 2 results, got None (is a return missing?)" in verdict.message


# Chance.


def _masked(x, uniform):
    mask = uniform < 0.5
    return x * mask, lambda dy: dy * mask


SAME = (np.arange(1.0, 9.0), np.linspace(0, 1, 8))

MASKED = Pullback(
    id="ours-masked",
    title="Masked",
    statement="Write `masked(x, uniform)`.",
    stub="def masked(x, uniform):\n    ...\n",
    reference=_masked,
    also=(lambda x, u: (np.where(u < 0.5, x, 0), lambda dy: dy * (u < 0.5)),),
    inputs=lambda rng, size: (rng.normal(size=size), rng.random(size)),
    corners=(SAME, SAME),
    batched=(),
    hints=("A mask.",),
    slips=slips(
        lambda x, u: (x * (u < 0.5), lambda dy: dy),
        lambda x, u: (x * u, lambda dy: dy * u),
        lambda x, u: (x / 2, lambda dy: dy / 2),
    ),
    because="A mask.",
)


def test_an_answer_with_chance_in_it_is_told_so():
    rng = np.random.default_rng(0)

    def drawn(x, uniform):
        return _masked(x, rng.random(x.shape))

    def drawn_again(x, uniform):
        return x * (uniform < 0.5), lambda dy: dy * (rng.random(x.shape) < 0.5)

    assert "Called again, it gives something else" in MASKED.check(drawn).message
    assert "again with the same dy gives something else" in MASKED.check(drawn_again).message
    assert "random numbers" in MASKED.check(drawn_again).message
    steady = MASKED.check(lambda x, u: (x + u, lambda dy: dy + u)).message
    assert "something else" not in steady


def test_a_gradient_is_not_named_while_the_value_is_wrong_in_another_way():
    assert MASKED.check(lambda x, u: (x * (u < 0.5), lambda dy: dy)).slip == "slip 0"
    assert MASKED.check(lambda x, u: (x + u, lambda dy: dy)).slip == ""


def test_an_array_and_a_number_may_come_in_a_list():
    def step(weight, bias, x, y, eta):
        error = y - (1.0 if weight @ x + bias > 0 else 0.0)
        return [weight + eta * error * x, bias + eta * error]

    assert neurons.perceptron_step.check(step).status == "right"
