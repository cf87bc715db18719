"""mmds 13.4.4: wrong filters as tired students give them."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.exercises import mmds
from dlcore.exercises.engine import all_bits

VERTICAL = np.array([[-1, 1, 1]] * 3)
DIAGONAL = np.array([[-1, 1, 1], [-1, -1, 1], [-1, -1, -1]])
CORNER = np.array([[1, 1, 1], [1, -1, -1], [1, -1, -1]])
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])

WRONG = [
    (mmds.vertical_boundary, (SOBEL, 0), "The middle column has weights of 0"),
    (mmds.vertical_boundary, (VERTICAL, 0), "nothing holds back"),
    (mmds.vertical_boundary, (VERTICAL, -6), "exactly 0"),
    (mmds.vertical_boundary, (VERTICAL, 5.5), "wrong sign"),
    (mmds.vertical_boundary, (VERTICAL, -4.5), "9 other windows respond above 0"),
    (mmds.vertical_boundary, (VERTICAL, -20), "the filter never responds"),
    (mmds.vertical_boundary, ([[0, 1, 1]] * 3, 0), "a 1 there costs nothing"),
    (mmds.vertical_boundary, ([[-2, 1, 1]] * 3, 0), "This is an edge detector"),
    (mmds.vertical_boundary, (VERTICAL.T, -5.5), "horizontal boundary"),
    (mmds.vertical_boundary, (-VERTICAL, 0), "All signs are reversed"),
    (mmds.vertical_boundary, (np.ones((3, 3)), -5.5), "counts black pixels"),
    (mmds.diagonal_boundary, (DIAGONAL, -3), "exactly 0"),
    (mmds.diagonal_boundary, (DIAGONAL, 0), "This is an edge detector"),
    (mmds.diagonal_boundary, (DIAGONAL.T, -2.5), "triangle at the lower left"),
    (mmds.diagonal_boundary, ([[0, 1, 2], [-1, 0, 1], [-2, -1, 0]], 0), "its three pixels may hold anything"),
    (mmds.diagonal_boundary, ([[1, 1, 1], [-1, 1, 1], [-1, -1, 1]], -5.5), "there are three ones, not six"),
    (mmds.corner, ([[1, 1, 1], [1, 0, 0], [1, 0, 0]], -4.5), "15 other windows respond above 0"),
    (mmds.corner, (CORNER[::-1, ::-1], -4.5), "block lies at the upper left"),
    (mmds.corner, (CORNER, -3.5), "This is an edge detector"),
    (mmds.corner, ([[0, 0, 0], [0, -1, -1], [0, -1, -1]], 0.5), "a white pixel there costs nothing"),
    (mmds.corner, (CORNER, 0), "such as 111/111/111 (1)"),
]


@pytest.mark.parametrize(("exercise", "answer", "words"), WRONG, ids=range(len(WRONG)))
def test_wrong_filters_hear_what_is_wrong(exercise, answer, words):
    verdict = exercise.check(answer)
    assert verdict.status in ("wrong", "close")
    assert words in verdict.message


@pytest.mark.parametrize(
    ("weights", "bias", "count"),
    [
        ([[0, 1, 1]] * 3, -5.5, 8),
        (VERTICAL, 0, 382),
        (VERTICAL, -5.5, 1),
        (DIAGONAL, -2.5, 1),
        (CORNER, -4.5, 1),
        ([[1, 1, 1], [1, 0, 0], [1, 0, 0]], -4.5, 16),
    ],
)
def test_how_many_windows_respond(weights, bias, count):
    assert (all_bits(9) @ np.ravel(weights) + bias > 0).sum() == count
