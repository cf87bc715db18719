"""Code: which slip is recognized from how much of the evidence, and which difference is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlcore.exercises import code, mmds
from dlcore.exercises.engine import Function, Pullback, Slip
from dlcore.exercises.engine.differences import common_difference, first_difference, what_failing_share


def slip(name, wrong, **more):
    return Slip(name, wrong, says=f"This is {name}.", hint="Think.", **more)


def _scaled(x, weight):
    return x * weight, lambda dy: (dy * weight, (dy * x).sum(axis=0))


scaled = Pullback(
    id="ours-scaled",
    title="Scaled",
    statement="Write `scaled(x, weight)`.",
    stub="def scaled(x, weight):\n    ...\n",
    reference=_scaled,
    also=(lambda x, weight: (weight * x, _scaled(x, weight)[1]),),
    inputs=lambda rng, size: (rng.normal(size=(size, size + 1)), rng.normal(size=size + 1)),
    corners=((np.full((1, 2), 1000.0), np.ones(2)),),
    cases={"only for three samples or more": lambda x, weight: len(x) > 2},
    hints=("Multiply.",),
    slips=(
        slip(
            "a sum",
            lambda x, weight: (x + weight, lambda dy: (dy, dy.sum(axis=0))),
            also=(lambda x, weight: (x - weight, lambda dy: (dy, -dy.sum(axis=0))),),
        ),
        slip("no dy", lambda x, weight: (x * weight, lambda dy: (weight + 0 * x, x.sum(axis=0)))),
        slip("only the first", lambda x, weight: (x * weight[0], lambda dy: (dy * weight[0], weight))),
    ),
    because="Each weight scales a column.",
)


def test_a_slip_may_have_several_forms():
    assert scaled.check(lambda x, w: (x + w, lambda dy: (dy, dy.sum(axis=0)))).slip == "a sum"
    assert scaled.check(lambda x, w: (x - w, lambda dy: (dy, -dy.sum(axis=0)))).slip == "a sum"


def test_one_result_is_enough_for_a_slip():
    def half_without_dy(x, w):
        return x * w, lambda dy: (dy * w, x.sum(axis=0))

    assert scaled.check(half_without_dy).slip == "no dy"


def test_corners_that_fail_in_another_way_do_not_hide_a_slip():
    def no_large_numbers(x, w):
        return (x + w) / (abs(x).max() < 100), lambda dy: (dy, dy.sum(axis=0))

    assert scaled.check(no_large_numbers).slip == "a sum"


def test_errors_of_another_kind_do_not_hide_a_slip():
    def picky(error):
        def wrong(x, w):
            if len(x) > 2:
                raise error
            return x + w, lambda dy: (dy, dy.sum(axis=0))

        return wrong

    own = replace(scaled, slips=(slip("picky", picky(ValueError("too many"))), *scaled.slips))
    assert own.check(picky(IndexError(3))).slip == "picky"


def test_errors_alone_are_no_evidence():
    def fails(x, w):
        raise KeyError("x")

    def fails_elsewhere(x, w):
        if len(x) > 1:
            raise ValueError("x")
        return _scaled(x, w)

    own = replace(scaled, slips=(slip("fails", fails_elsewhere), *scaled.slips))
    assert own.check(fails_elsewhere).slip == "fails"
    assert own.check(fails).slip == ""


def test_the_value_counts_where_the_way_back_fails():
    def fails_on_the_way_back(x, w):
        return x + w, lambda dy: dy @ w[:, None, None] @ x

    assert scaled.check(fails_on_the_way_back).slip == "a sum"


def test_who_has_everything_right_but_an_input_is_no_slip():
    def in_place(x, w):
        y = x * w
        back = _scaled(x.copy(), w)[1]
        x *= 2
        return y, back

    assert scaled.check(in_place).slip == "input modified"


def test_gradients_of_settings_may_be_none():
    def with_none(x, w):
        y, back = _scaled(x, w)
        return y, lambda dy: (*back(dy), None, None)

    assert scaled.check(with_none).ok
    assert not scaled.check(lambda x, w: (x * w, lambda dy: (dy * w, None))).ok


def test_exchanged_gradients_are_named():
    message = scaled.check(lambda x, w: (x * w, lambda dy: _scaled(x, w)[1](dy)[::-1])).message
    assert "The gradient of `x` is wrong: this is the gradient of `weight`" in message


def test_cases_are_named():
    message = scaled.check(lambda x, w: (x * w + 5 * (len(x) > 2), _scaled(x, w)[1])).message
    assert "It fails only for three samples or more." in message


def test_a_case_must_tell_all_failing_from_all_passing():
    cases = [("only for ones", lambda inputs: inputs[0] == 1)]
    one, two = (1,), (2,)
    assert what_failing_share([one], [two], cases) == "only for ones"
    assert what_failing_share([one], [one, two], cases) == ""
    assert what_failing_share([one, two], [two], cases) == ""


counted = Function(
    id="ours-counted",
    title="Counted",
    statement="Write `counted(n, k)`.",
    stub="def counted(n, k):\n    ...\n",
    reference=lambda n, k: n + k / 3,
    also=(lambda n, k: k / 3 + n,),
    inputs=lambda rng, size: (int(rng.integers(1, 9 * size)), int(rng.integers(1, 9))),
    corners=((2, 1), (1, 1)),
    hints=("Add.",),
    slips=(slip("a", lambda n, k: n), slip("b", lambda n, k: k), slip("c", lambda n, k: 0)),
    because="It is a sum.",
)


def test_the_smallest_whole_numbers_are_shown():
    assert "counted(1, 1)" in counted.check(lambda n, k: n + k / 3 + 1).message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda y: y + 1, "it is 1 too large everywhere"),
        (lambda y: y / 4, "it is 0.25 times what it should be"),
        (lambda y: np.round(y), "it is rounded to whole numbers"),
        (lambda y: -y, "the sign is flipped"),
        (lambda y: y + y % 1, "it is too large wherever it is wrong"),
        (lambda y: y**2, "it is the square of what it should be"),
    ],
    ids=range(6),
)
def test_single_numbers_are_compared_over_all_rounds(change, words):
    assert words in counted.check(lambda n, k: change(np.float64(n + k / 3))).message


def test_nothing_is_said_that_does_not_hold_for_all():
    want = np.array([1.5, 2.5, 3.5, 4.5])
    assert common_difference(np.array([2.5, 2.5, 3.5, 4.0]), want) == ""
    assert common_difference(np.array([2.5, 2.5]), want[:2]) == ""
    assert common_difference(np.array([np.nan, 2.5, 3.5, 4.5]), want) == ""


A = np.random.default_rng(3).normal(size=(2, 3, 4))


@pytest.mark.parametrize(
    ("got", "text"),
    [
        (A.transpose(0, 2, 1), "your axes are axes (0, 2, 1) of what is expected"),
        (A[:, :-1], "what is there is right, but it is too short along axis 1"),
        (A[:, :-1, :-1], "too short along axis 1 and 2"),
        (np.pad(A, ((0, 1), (0, 0), (0, 0))), "too long along axis 0"),
        (A.sum(axis=1), "this is the sum of what is expected over axis 1"),
        (A.mean(axis=2), "this is the mean of what is expected over axis 2"),
        (np.maximum(A, 0), "negative numbers are cut off at 0"),
        (abs(A), "it is the absolute value"),
        (np.tanh(A), "it is tanh of what it should be"),
        (np.trunc(A), "it is cut off to whole numbers"),
        (1 - A, "it is 1 minus what it should be"),
        (1 / A, "it is 1 divided by what it should be"),
    ],
    ids=range(12),
)
def test_more_differences(got, text):
    assert text in first_difference(got, A)


def test_another_beginning_is_not_called_short():
    assert "what is there" not in first_difference(A[:, 1:], A)
    assert "what is there" not in first_difference(A[:, :0], A)


def test_a_slip_of_the_value_is_not_made_where_the_value_is_right():
    def all_at_once(x, weight, bias):
        return x @ weight.T, lambda dy: (dy @ weight, x.T @ dy, dy.sum(axis=0))

    def transposed(x, weight, bias):
        return x @ weight.T + bias, lambda dy: (dy @ weight, x.T @ dy, dy.sum(axis=0))

    first = replace(code.dense.slips[0], name="everything", wrong=all_at_once, also=())
    exercise = replace(code.dense, slips=(first, *code.dense.slips[-2:]))
    assert exercise.check(all_at_once).slip == "everything"
    assert exercise.check(transposed).slip != "everything"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda x, w, b: (x, (w, b)), "a tuple of 2: a ndarray, a tuple"),
        (lambda x, w, b: (x @ w.T + b, lambda dy: {"dx": dy}), "What `back` returns: expected"),
        (lambda x, w, b: x @ missing, "name 'missing' is not defined"),  # noqa: F821
    ],
    ids=["a tuple for back", "a dict of gradients", "an error of its own"],
)
def test_what_cannot_be_compared_is_described(answer, words):
    verdict = code.dense.check(answer)
    assert words in verdict.message
    assert verdict.status == "error"
    assert not verdict.slip


def test_two_times_nothing_is_no_number():
    assert code.cross_entropy.check(lambda logits, labels: (None, None)).status == "wrong"


def test_vectors_may_come_as_a_set():
    good, bad = {"1100", "0011"}, {"1010", "0101"}
    assert mmds.adjacent_ones_proof.check({"good": good, "bad": bad}).status == "right"


def test_equal_rows_are_seen():
    assert first_difference(np.ones((3, 2)), np.arange(6.0).reshape(3, 2)) == "all rows are the same"


def test_only_an_empty_batch_fails():
    empty, full = (np.zeros((0, 2)),), (np.ones((2, 2)),)
    assert what_failing_share([empty], [full]) == "only for an empty batch"
    assert what_failing_share([empty], [empty, full]) != "only for an empty batch"
