"""mmds 13.1: wrong answers as tired students give them, and more right ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from dlcore.exercises import mmds

FIVE = mmds.adjacent_ones.reference
SIX = mmds.adjacent_ones_six.reference
COUNTS = [[1, 1, 1]] * 3


def gates(*rows, at):
    """Hidden gates joined by or."""
    return [(rows, at), ([1] * len(rows), 0.5)]


RIGHT = [
    (mmds.adjacent_ones_proof, {"good": ["1100", "0011"] * 2, "bad": [("1010", 2), ("0101", Fraction(2))]}),
    (
        mmds.adjacent_ones_proof,
        {"good": [("1100", 1), ("0011", 1e0)], "bad": np.array([[1, 0, 1, 0], [0, 1, 0, 1]])},
    ),
    (mmds.xor_proof, {"good": [((0, 1), 7), ((1, 0), 7)], "bad": [((1, 1), 7), ((0, 0), 7)]}),
    (mmds.xor, [([[1, 1]] * 2, [0, 1]), ([1, -1], 0)]),
    (mmds.xor, [([[1, 0], [0, 1], [1, 1]], [0, 0, 1]), ([1, 1, -2], 0)]),
    (mmds.odd_parity, [(COUNTS, [0, 1, 2]), ([[1, -1, 1], [0, 0, 0]], [0, 3]), ([1, -1], 0)]),
    (mmds.adjacent_ones, {**FIVE, "proof": {"good": ["01100", "00011"], "bad": ["01010", "00101"]}}),
    (mmds.adjacent_ones, {**FIVE, "net": [([[2, 3, 2, 0, 0], [0, 0, 3, 4, 2]], [4, 5]), ([3, 3], 1)]}),
]


@pytest.mark.parametrize(("exercise", "answer"), RIGHT, ids=range(len(RIGHT)))
def test_more_right_answers(exercise, answer):
    assert exercise.check(answer).ok


WRONG = [
    (mmds.adjacent_ones_proof, {"good": ["1100", "0011"], "bad": ["1001", "0110"]}, "0110 is good"),
    (mmds.adjacent_ones_proof, {"good": ["1001"], "bad": ["1010"]}, "the first bit and the last are no"),
    (mmds.adjacent_ones_proof, {"good": ["1100"], "bad": ["1010"]}, "the two sums differ"),
    (mmds.adjacent_ones_proof, {"good": ["1111"], "bad": ["1010", "0101"]}, "1 on the good side and to 2"),
    (mmds.adjacent_ones_proof, {"good": ["1100", "0011"]}, "One side alone"),
    (mmds.adjacent_ones_proof, ([1, 1, 1, 1], 1.5), "fires on 0101"),
    (mmds.adjacent_ones_proof, "The convex hulls meet.", "A text cannot be verified"),
    (mmds.adjacent_ones, 4, "overlapping pairs can share"),
    (mmds.adjacent_ones, 1, "only copy, negate or ignore"),
    (mmds.adjacent_ones, 3, "3 is not the least number"),
    (mmds.adjacent_ones, {**FIVE, "proof": {"good": ["1100"], "bad": ["1010"]}}, "not a vector of 5 bits"),
    (mmds.adjacent_ones, {**FIVE, "proof": "It is not separable."}, "Expected the vectors"),
    (
        mmds.adjacent_ones,
        {**FIVE, "net": gates([1, 1, 0, 0, 0], [0, 0, 0, 1, 1], at=[1.5, 1.5])},
        "leave other pairs unseen",
    ),
    (mmds.adjacent_ones, {**FIVE, "net": gates([1, 1, 1, 1, 1], at=[1.5])}, "counts ones wherever"),
    (mmds.adjacent_ones_six, 2, "a pair is left over"),
    (mmds.adjacent_ones_six, 4, "4 is not the least number"),
    (mmds.adjacent_ones_six, {"net": FIVE["net"], "proof": ...}, "column for each input (6)"),
    (mmds.adjacent_ones_six, {**SIX, "proof": {"or": SIX["proof"]["or"]}}, "could also be an and"),
    (mmds.adjacent_ones_six, {**SIX, "proof": {"or": [], "and": []}}, "conflicts in both lists"),
    (mmds.adjacent_ones_six, {**SIX, "proof": ["110000", "001100", "000011"]}, "The net is right"),
    (
        mmds.adjacent_ones_six,
        {**SIX, "proof": {"or": [("110000", "001100", "000011")], "and": []}},
        "expected four vectors (p, q, r, s)",
    ),
    (mmds.xor, ([1, 1], 0.5), "inclusive or"),
    (mmds.xor, ([1, 1], [1.5]), "This is the and"),
    (mmds.xor, [([[1, 1], [-1, -1]], [0.5, 1.5]), ([1, 1], 0.5)], "Unit 2 of the hidden layer never fires"),
    (mmds.xor, [([[1, 1], [-1, -1]], [0.5, -1.5]), ([1, 1], 0.5)], "Which of them must hold"),
    (mmds.xor_proof, {"good": ["01", "10"], "bad": ["11"]}, "one t is lost"),
    (mmds.xor_proof, {"good": ["01", "10", "11"], "bad": ["00"]}, "not none, not both"),
    (mmds.odd_parity, [(COUNTS, [0.5, 1.5, 2.5]), ([1, 1, 1], 0.5)], "nothing takes the first one back"),
    (mmds.odd_parity, [(COUNTS[:2], [0.5, 1.5]), ([1, -1], 0.5)], "Three ones are an odd number"),
    (mmds.odd_parity, ([1, 1, 1], 1.5), "a majority"),
]


@pytest.mark.parametrize(("exercise", "answer", "words"), WRONG, ids=range(len(WRONG)))
def test_wrong_answers_hear_what_is_wrong(exercise, answer, words):
    verdict = exercise.check(answer)
    exercise_says = f"{verdict.message} {exercise.hint().text}"
    assert verdict.status != "right"
    assert words in exercise_says


def test_every_table_of_two_bits_but_one_is_named():
    """All fifteen wrong functions of two bits, each by a net that looks them up."""
    points = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    lookup = (2 * points - 1, points.sum(axis=1) - 0.5)
    tables = [table for table in product((0, 1), repeat=4) if table != (0, 1, 1, 0)]
    slips = {table: mmds.xor.check([lookup, (table, 0.5)]).slip for table in tables}
    assert mmds.xor.check([lookup, ((0, 1, 1, 0), 0.5)]).ok
    assert sorted(table for table, slip in slips.items() if not slip) == [(1, 0, 1, 1), (1, 1, 0, 1)]


def test_every_count_of_three_bits_is_judged():
    for fires in product((0, 1), repeat=4):
        steps = np.diff([0, *fires])
        verdict = mmds.odd_parity.check([([[1, 1, 1]] * 4, [-0.5, 0.5, 1.5, 2.5]), (steps, 0.5)])
        assert verdict.ok == (fires == (0, 1, 0, 1))


def test_no_single_gate_passes():
    rng = np.random.default_rng(0)
    for _ in range(50):
        net = [(rng.integers(-4, 5, (1, 5)), rng.integers(-4, 9, 1) + 0.5), ([1], 0.5)]
        assert not mmds.adjacent_ones.check({**FIVE, "net": net}).ok
