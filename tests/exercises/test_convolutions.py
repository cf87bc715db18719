"""Section 13.4 of mmds: sizes against windows that are really laid, other right answers, wrong ones."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.exercises import mmds

SEEDS = range(12)


def windows(m, f, s=1, p=0):
    """Return how many windows lie on one side."""
    side = np.zeros(m + 2 * p)
    if len(side) < f:
        return 0
    return len(np.lib.stride_tricks.sliding_window_view(side, f)[::s])


def right(exercise, seed):
    own = exercise.variant(seed)
    return own.given, own.settled(own.reference)


@pytest.mark.parametrize("seed", SEEDS)
def test_responses_are_windows(seed):
    given, count = right(mmds.responses, seed)
    assert count == windows(**given) ** 2
    given, count = right(mmds.responses_with_stride, seed)
    assert count == windows(**given) ** 2


@pytest.mark.parametrize("seed", SEEDS)
def test_the_padding_keeps_the_size(seed):
    given, p = right(mmds.same_padding, seed)
    assert windows(**given, p=p) == given["m"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["last_layer", "last_layer_with_stride"])
def test_the_last_layer_is_the_first_without_output(name, seed):
    given, layers = right(getattr(mmds, name), seed)
    sides = [given["m"]]
    while sides[-1]:
        sides.append(windows(**{**given, "m": sides[-1]}))
    assert layers == len(sides) - 1


def test_pooled_maps_are_counted():
    for m, k, d, f, s in [
        (8, 3, 2, 2, 2),
        (7, 5, 3, 3, 2),
        (9, 2, 3, 3, 3),
        (10, 4, 4, 4, 1),
        (6, 1, 2, 2, 1),
    ]:
        values = k * windows(m, f, s) ** 2
        formula = mmds.pooling_size.also[1]
        assert formula(m, k, d, f, s) == values


RIGHT = {
    "as a power": (mmds.responses, "510^2"),
    "with a comma": (mmds.responses, "260,100"),
    "as a fraction of two": (mmds.same_padding, "2/2"),
    "with its name": (mmds.same_padding, "p = 1"),
    "as a float": (mmds.last_layer, 256.0),
    "as an array": (mmds.responses_with_stride, np.array([28900])),
    "as text": (mmds.last_layer_with_stride, " 6 "),
    "rounded down": (mmds.pooling_size, "k*floor((m-f)/s + 1)^2"),
    "multiplied out": (mmds.pooling_size, "k*(m-f)^2/s^2 + 2*k*(m-f)/s + k"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_other_right_answers(name):
    exercise, answer = RIGHT[name]
    verdict = exercise.check(answer)
    assert verdict.ok, verdict


WRONG = [
    (mmds.responses, 262144, "with padding"),
    (mmds.responses, 259081, "+ 1 is missing"),
    (mmds.responses, 261121, "too many"),
    (mmds.responses, "509", "one side only"),
    (mmds.responses, 1020, "added"),
    (mmds.responses, 170**2, "overlap"),
    (mmds.responses, 10, "parameters"),
    (mmds.same_padding, 2, "both ends"),
    (mmds.same_padding, 3, "size of the filter"),
    (mmds.same_padding, 0, "Without padding"),
    (mmds.same_padding, 1.5, "half of the filter"),
    (mmds.same_padding, 514**2 - 512**2, "all zeros"),
    (mmds.last_layer, 255, "last layer that still has output"),
    (mmds.last_layer, 171, "whole size of the filter"),
    (mmds.last_layer, 170, "whole size of the filter"),
    (mmds.last_layer, 170.67, "whole size of the filter"),
    (mmds.last_layer, 512, "one pixel"),
    (mmds.last_layer, 511, "one pixel"),
    (mmds.last_layer, 255.5, "whole"),
    (mmds.responses_with_stride, 86700, "one axis only"),
    (mmds.responses_with_stride, 28561, "+ 1 is missing"),
    (mmds.responses_with_stride, (512 / 3) ** 2, "before it is squared"),
    (mmds.responses_with_stride, 29127, "before it is squared"),
    (mmds.responses_with_stride, 170.67, "a number of places is whole"),
    (mmds.responses_with_stride, 29241, "rounds up"),
    (mmds.responses_with_stride, 171, "sticks out"),
    (mmds.last_layer_with_stride, 5, "last layer that still has output"),
    (mmds.last_layer_with_stride, 86, "divides the number of layers"),
    (mmds.last_layer_with_stride, 7, "rounds up"),
    (mmds.last_layer_with_stride, 5.68, "logarithm"),
    (mmds.last_layer_with_stride, 171, "takes the stride off"),
    (mmds.pooling_size, "k*((m-f+1)/s)^2", "stands for itself"),
    (mmds.pooling_size, "k*d*(m/f)^2", "channels"),
    (mmds.pooling_size, "d*((m-f)/s+1)**2", "counts d maps"),
    (mmds.pooling_size, "k*(m-f+1)**2", "stride does not occur"),
    (mmds.pooling_size, "k*(m-f)/s + k", "one side"),
]


@pytest.mark.parametrize(
    ("exercise", "answer", "words"), WRONG, ids=[f"{e.id.split('-')[1]} {a}" for e, a, _ in WRONG]
)
def test_wrong_answers_are_named(exercise, answer, words):
    verdict = exercise.check(answer)
    assert not verdict.ok
    assert words in verdict.message, verdict
