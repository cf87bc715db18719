"""Filters, against the definition: responses to all windows, in whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.exercises import mmds
from dlcore.exercises.engine import all_bits

WINDOWS = all_bits(9)
FILTERS = {"a": mmds.vertical_boundary, "b": mmds.diagonal_boundary, "c": mmds.corner}
SIZES = st.lists(st.integers(1, 3), min_size=9, max_size=9)


def window(exercise):
    return WINDOWS[exercise.right.argmax()]


def expected(exercise, weights, bias):
    """Right, or close as an edge detector, or neither."""
    responses, place = WINDOWS @ weights + bias, exercise.right.argmax()
    others = np.delete(responses, place)
    if responses[place] > 0 and (others <= 0).all():
        return "right"
    flat = responses[np.isin(WINDOWS.sum(axis=1), (0, 9))]
    return "close" if responses[place] > max(0, others.max()) and (flat <= 0).all() else "wrong"


@pytest.mark.parametrize("part", FILTERS)
@given(sizes=SIZES, twice=st.integers(-40, 5), flipped=st.integers(-1, 40))
def test_verdicts_agree_with_the_definition(part, sizes, twice, flipped):
    exercise = FILTERS[part]
    weights = np.array(sizes) * (2 * window(exercise) - 1)
    if 0 <= flipped < 9:
        weights[flipped] *= -1
    bias = twice / 2
    verdict = exercise.check((weights.reshape(3, 3), bias))
    if verdict.slip in ("exactly 0", "bias with the sign of a threshold"):
        assert expected(exercise, weights, bias) != "right"
        assert (
            expected(exercise, weights, bias + 0.25) == "right"
            or expected(exercise, weights, -bias) == "right"
        )
    else:
        assert verdict.status == expected(exercise, weights, bias)


@pytest.mark.parametrize("part", FILTERS)
def test_the_largest_and_the_smallest_bias(part):
    exercise = FILTERS[part]
    signs, ones = 2 * window(exercise) - 1, window(exercise).sum()
    assert exercise.check((signs, 1 - ones)).ok
    assert exercise.check((signs, 1e-3 - ones)).ok
    assert exercise.check((signs, 1.001 - ones)).slip == "edge detector"
    assert exercise.check((signs, -ones)).slip == "exactly 0"


@pytest.mark.parametrize("scale", [1e-200, 1e-6, 1e6, 1e200])
def test_scaled_filters_pass(scale):
    weights, bias = mmds.corner.reference
    assert mmds.corner.check((scale * np.array(weights), scale * bias)).ok


FORMS = {
    "dict": lambda w, b: {"W": w.tolist(), "bias": b},
    "long names": lambda w, b: {"weights": w, "bias": [b]},
    "flat": lambda w, b: (w.ravel().tolist(), b),
    "channels": lambda w, b: [w.reshape(1, 1, 3, 3), np.array([b])],
    "a layer": lambda w, b: [(w.astype(np.float32), np.float32(b))],
    "threshold": lambda w, b: {"W": w, "threshold": -b},
}


@pytest.mark.parametrize("form", FORMS)
def test_filters_in_other_forms(form):
    weights, bias = mmds.vertical_boundary.reference
    assert mmds.vertical_boundary.check(FORMS[form](np.array(weights), bias)).ok
    assert not mmds.vertical_boundary.check(FORMS[form](np.array(weights), -6.5)).ok


V = np.array([[-1, 1, 1]] * 3)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (V, "the bias is missing"),
        (V.tolist(), "the bias is missing"),
        ({"W": V}, "the bias is missing"),
        ((V[:2], -5.5), "expected W of shape (3, 3) and one bias, got (2, 3)"),
        ((V, [-5.5, 0]), "got (3, 3) and (2,)"),
        ([(V, -5.5), ([1], 0.5)], "expected 0 hidden layer(s)"),
    ],
)
def test_misfits(answer, words):
    verdict = mmds.vertical_boundary.check(answer)
    assert verdict.status == "error"
    assert words in verdict.message
    assert "layer 1" not in verdict.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((V, -3), "silent on flat ones. 45 other windows respond above 0, such as 000/011/011 (1)"),
        ((V, 0), "381 other windows respond above 0, such as 111/111/111 (3), 000/000/001 (1)"),
        (([[0, 1, 1]] * 3, -5.5), "7 other windows"),
        (([[0, 1, 1]] * 3, 0), "the bias is too high: even for these weights"),
        (([[0, 1, 1]] * 3, -6), "no window at all gets above 0"),
        (
            ([[-1, 1, 1], [-1, 1, 0], [-1, 1, 1]], -4.5),
            "One other window responds above 0: 011/010/011 (0.5)",
        ),
        (
            ([[-1, 1, 1], [-1, -1, 1], [-1, 1, 1]], -4.5),
            "row 1, column 1 lowers the response; the window has a 1",
        ),
        ((V, -9), "the bias is too low"),
    ],
)
def test_messages(answer, words):
    verdict = mmds.vertical_boundary.check(answer)
    assert verdict.status != "right"
    assert words in verdict.message
