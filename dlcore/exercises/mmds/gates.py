"""Section 13.1: nets of threshold gates."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np

from dlcore.exercises.engine import Certificate, Network, Slip, all_bits, verify

__all__ = ["adjacent_ones", "adjacent_ones_proof"]


def _adjacent(bits: tuple[int, ...]) -> bool:
    return any(a and b for a, b in pairwise(bits))


adjacent_ones_proof = Certificate(
    id="mmds-exercise13.1.1",
    title="No perceptron sees adjacent ones",
    statement="A 4-bit vector is good if it has two adjacent 1s. Prove that no single perceptron separates "
    "the good "
    'vectors from the bad ones: give {"good": [...], "bad": [...]} with equal weighted sums.',
    source="mmds 13.1.5",
    stub='proof = {"good": ..., "bad": ...}\n',
    points=2,
    bits=4,
    good=_adjacent,
    reference={"good": ["1100", "0011"], "bad": ["1010", "0101"]},
    also=(
        {"good": [("0011", 3), ((1, 1, 0, 0), "3")], "bad": [("0101", 3.0), ([1, 0, 1, 0], 3)]},
        {"good": [("1100", "1/3"), ("0011", 1 / 3)], "bad": [("1010", "1/3"), ("0101", 1 / 3)]},
    ),
    hints=(
        "Suppose weights w and a threshold t do it. Which inequality does a good vector give, which a bad "
        "one?",
        "Add inequalities of the same direction: sums of vectors appear on the left, multiples of t on the "
        "right.",
        "Look for two good and two bad vectors with the same sum in every place.",
        "The good ones 1100 and 0011 add up to 1111, and so do the bad ones 1010 and 0101.",
    ),
    slips=(
        Slip(
            "no certificate",
            "Training ran for 10000 epochs and never converged.",
            says="Training that does not converge is evidence about one algorithm, no proof that no "
            "weights exist.",
            hint="A proof adds up inequalities that would all have to hold.",
        ),
        Slip(
            "wrong label",
            {"good": ["1100", "0011"], "bad": ["1111", "0000"]},
            says="One of these vectors stands on the wrong side. A vector with more than one adjacent pair "
            "is good too.",
            hint="Write the label of each vector beside it.",
        ),
        Slip(
            "totals differ",
            {"good": ["1100", "0110"], "bad": ["1010"]},
            says="The two sides have different total weights, so the thresholds do not cancel.",
            hint="Each vector brings its own t: count them on either side.",
        ),
        Slip(
            "sums differ",
            {"good": ["1100", "0110"], "bad": ["1010", "0101"]},
            says="The labels are right, but the two sums differ, so the inequalities do not contradict "
            "each other.",
            hint="Add the vectors place by place. In which place do the sums differ?",
        ),
        Slip(
            "claims a perceptron",
            {"w": [1, 2, 2, 1], "t": 2.5},
            says="This is a perceptron, not a proof that there is none, and it does not separate them "
            "either.",
            hint="Two bits that are not adjacent can add up as well.",
        ),
    ),
    because="If w·x > t for all good and w·x ≤ t for all bad vectors, adding the good pair gives w·1111 > "
    "2t and "
    "adding the bad pair gives w·1111 ≤ 2t: a contradiction.",
)


adjacent_ones = Network(
    id="mmds-exercise13.1.2a",
    title="Adjacent ones with the fewest gates",
    statement="Bit vectors of length 5, one hidden layer of threshold gates, one output gate that sees the "
    "hidden gates "
    "alone: find a net with the fewest hidden gates that gives 1 if there are two adjacent 1s. A gate fires "
    'if w·x > threshold. The answer is {"net": [(W, thresholds), (u, threshold)], "proof": certificate}: '
    "the certificate, as in exercise 13.1.1, shows that fewer gates cannot do it.",
    source="mmds 13.1.5",
    stub='design = {"net": [(..., ...), (..., ...)], "proof": {"good": ..., "bad": ...}}\n',
    points=3,
    inputs=all_bits(5),
    target=lambda x: float(_adjacent(tuple(int(bit) for bit in x))),
    hidden_layers=1,
    minimum=2,
    proof=partial(verify, bits=5, good=_adjacent),
    reference={
        "net": [([[1, 2, 1, 0, 0], [0, 0, 1, 2, 1]], [2.5, 2.5]), ([[1, 1]], [0.5])],
        "proof": {"good": ["11000", "00110"], "bad": ["10100", "01010"]},
    },
    also=(
        {
            "net": [
                {"W": np.array([[0, 0, 2, 4, 2], [3, 6, 3, 0, 0]], np.float32), "bias": [-5, -7]},
                {"W": [2.0, 1.0], "bias": -0.5},
            ],
            "proof": {"good": ["00110", "11000"], "bad": [("10100", 1), ("01010", "2/2")]},
        },
    ),
    hints=(
        "There are four adjacent pairs. One gate can answer for more than one of them.",
        "Two pairs that overlap share their middle bit: give it the larger weight.",
        "A single hidden gate leaves the output nothing to combine, so a certificate of 13.1.1 for 5 bits "
        "excludes it.",
        "Gates [1, 2, 1, 0, 0] and [0, 0, 1, 2, 1] with thresholds 2.5, joined by or; "
        "the proof is 11000 + 00110 = 10100 + 01010.",
    ),
    slips=(
        Slip(
            "one gate a pair",
            4,
            says="One gate for each adjacent pair works, but fewer do it: overlapping pairs can share a "
            "gate.",
            hint="Two overlapping pairs share a bit. Which weights make that bit necessary, and one "
            "neighbor enough?",
            credit=0.25,
        ),
        Slip(
            "one gate",
            1,
            says="An output gate behind a single hidden gate can only copy, negate or ignore it, so the "
            "whole net is "
            "no more than one perceptron.",
            hint="Fill up the vectors of your certificate of 13.1.1 with a 0.",
        ),
        Slip(
            "bits not adjacent",
            [([[1, 2, 2, 1, 0], [0, 0, 0, 1, 1]], [2.5, 1.5]), ([[1, 1]], [0.5])],
            says="A gate with weights 1, 2, 2, 1 takes on three pairs at once, but bits that are not "
            "adjacent add up "
            "as well.",
            hint="Try 10100.",
        ),
        Slip(
            "last pair missing",
            [([[1, 2, 1, 0, 0], [0, 0, 1, 1, 0]], [2.5, 1.5]), ([[1, 1]], [0.5])],
            says="The pair of the last two bits is not seen.",
            hint="Try 00011.",
        ),
    ),
    because="Each gate answers for two overlapping pairs: the middle bit and one neighbor exceed 2.5, two "
    "neighbors "
    "alone do not. One gate is excluded by 11000 + 00110 = 10100 + 01010, good on the left, bad on the "
    "right.",
)
