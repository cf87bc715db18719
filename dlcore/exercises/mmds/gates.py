"""Section 13.1: nets of threshold gates, and proofs that fewer gates are not enough."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from dlcore.exercises.engine import Certificate, Network, Slip, all_bits, verify, verify_two_units

__all__ = [  # noqa: RUF022 in the order of the book
    "adjacent_ones_proof",
    "adjacent_ones",
    "adjacent_ones_six",
    "xor",
    "xor_proof",
    "odd_parity",
]


def _adjacent(bits: tuple[int, ...]) -> bool:
    return any(a and b for a, b in pairwise(bits))


def _exactly_one(bits: tuple[int, ...]) -> bool:
    return sum(bits) == 1


def _any_of(rows: list[list[float]], thresholds: list[float]) -> list[Any]:
    """Join hidden gates by or."""
    return [(rows, thresholds), ([[1] * len(rows)], [0.5])]


def _slips_of_form(*, one_side: Any, swapped: Any, negative: Any) -> tuple[Slip, ...]:
    """Return the mistakes that any certificate can have, with wrong answers for this one."""
    return (
        Slip(
            "one side",
            one_side,
            says="One side alone contradicts nothing: good vectors speak of sums above the threshold, bad "
            "ones of sums that are not.",
            hint="Write one inequality for a vector of the other label. Which of yours could it contradict?",
        ),
        Slip(
            "sides swapped",
            swapped,
            says="The identity holds, but the two labels are swapped.",
            hint="A vector is good if the perceptron is meant to fire on it.",
            credit=0.5,
        ),
        Slip(
            "negative weight",
            negative,
            says="A negative weight turns an inequality round, so it no longer says what you add up.",
            hint="Bring the vector to the other side. Does it have the right label there?",
        ),
    )


adjacent_ones_proof = Certificate(
    id="mmds-exercise13.1.1",
    title="No perceptron sees adjacent ones",
    statement="A 4-bit vector is good if at least one pair of neighboring bits is 11, else it is bad. A "
    "perceptron fires if w·x > t. Prove that no w and t make it fire on all good vectors and on no bad one. "
    'The answer is {"good": [...], "bad": [...]}: vectors that a perceptron cannot treat as it should, '
    "because a weighted sum of the good ones equals, place by place, a weighted sum of the bad ones, and "
    'the inequalities contradict each other. A vector is a text such as "0110" and counts once; ("0110", 2) '
    "counts it twice.",
    source="mmds 13.1.5",
    stub='proof = {"good": ..., "bad": ...}\n',
    points=2,
    bits=4,
    good=_adjacent,
    reference={"good": ["1100", "0011"], "bad": ["1010", "0101"]},
    also=(
        {"good": [("0011", 3), ((1, 1, 0, 0), "3")], "bad": [("0101", 3.0), ([1, 0, 1, 0], 3)]},
        {"good": [("1100", "1/3"), ("0011", 1 / 3)], "bad": [("1010", "1/3"), ("0101", 1 / 3)]},
        {"good": np.array([[1, 1, 0, 0], [0, 0, 1, 1]]), "bad": {"1010": 1, "0101": 1}},
        "1100 + 0011 = 0101 + 1010",
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
            says="A text cannot be verified. And training that does not converge, or attempts that fail, "
            "are evidence, no proof that no weights exist.",
            hint="A proof adds up inequalities that would all have to hold. Give the vectors they belong to.",
        ),
        Slip(
            "wrong label",
            {"good": ["1100", "0011"], "bad": ["1111", "0000"]},
            says="A vector stands on the wrong side. Good means at least one adjacent pair, however many; "
            "the first bit and the last are no neighbors.",
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
            says="The labels are right, but the two sums differ, so the inequalities do not contradict each "
            "other.",
            hint="Add the vectors place by place. In which place do the sums differ?",
        ),
        Slip(
            "claims a perceptron",
            {"w": [1, 2, 2, 1], "t": 2.5},
            says="This is a perceptron, not a proof that there is none, and it does not separate them "
            "either.",
            hint="Two bits that are not adjacent can add up as well.",
        ),
        Slip(
            "no weight",
            {"good": [("1100", 0)], "bad": [("1010", 0)]},
            says="With weights of 0 the two sums are equal, but nothing is added up.",
            hint="A contradiction needs at least one strict inequality.",
        ),
        *_slips_of_form(
            one_side={"good": ["1100", "0011"], "bad": []},
            swapped={"good": ["1010", "0101"], "bad": ["1100", "0011"]},
            negative={"good": [("1111", 1), ("0110", -1)], "bad": [("1001", 0)]},
        ),
    ),
    because="If w·x > t for all good and w·x ≤ t for all bad vectors, adding the good pair gives w·1111 > "
    "2t and adding the bad pair gives w·1111 ≤ 2t: a contradiction.",
)


def _five_bit_slip(name: str, net: list[Any], says: str, hint: str, *also: list[Any]) -> Slip:
    wrong, *others = ({"net": one, "proof": _ONE_GATE} for one in (net, *also))
    return Slip(name, wrong, says=says, hint=hint, also=tuple(others))


_ONE_GATE = {"good": ["11000", "00110"], "bad": ["10100", "01010"]}
_TWO_GATES = _any_of([[1, 2, 1, 0, 0], [0, 0, 1, 2, 1]], [2.5, 2.5])

adjacent_ones = Network(
    id="mmds-exercise13.1.2a",
    title="Adjacent ones with the fewest gates",
    statement="Bit vectors of length 5, one hidden layer of threshold gates, one output gate that sees the "
    "hidden gates alone: find a net with the fewest hidden gates that gives 1 if at least one pair of "
    'neighboring bits is 11, else 0. A gate gives 1 if w·x > threshold, else 0. The answer is {"net": [(W, '
    'thresholds), (u, threshold)], "proof": {"good": [...], "bad": [...]}}. W has one row for each hidden '
    "gate, u one number for each. The proof, as in exercise 13.1.1 but for 5 bits, shows that fewer gates "
    "cannot do it. The number of gates alone earns a part.",
    source="mmds 13.1.5",
    stub='design = {"net": [(..., ...), (..., ...)], "proof": {"good": ..., "bad": ...}}\n',
    points=3,
    inputs=all_bits(5),
    target=lambda x: float(_adjacent(tuple(int(bit) for bit in x))),
    hidden_layers=1,
    minimum=2,
    proof=partial(verify, bits=5, good=_adjacent),
    reference={"net": _TWO_GATES, "proof": _ONE_GATE},
    also=(
        {
            "net": [
                {"W": np.array([[0, 0, 2, 4, 2], [3, 6, 3, 0, 0]], np.float32), "bias": [-5, -7]},
                {"W": [2.0, 1.0], "bias": -0.5},
            ],
            "proof": {"good": ["00110", "11000"], "bad": [("10100", 1), ("01010", "2/2")]},
        },
        {  # silent gates, joined by nand
            "net": [([[-1, -2, -1, 0, 0], [0, 0, -1, -2, -1]], [-2.5, -2.5]), ([-1, -1], -1.5)],
            "proof": {"good": ["01100", "00011"], "bad": ["01010", "00101"]},
        },
    ),
    hints=(
        "There are four adjacent pairs. One gate can answer for more than one of them.",
        "Two pairs that overlap share their middle bit: give it the larger weight.",
        "A single hidden gate leaves the output nothing to combine, so a certificate of 13.1.1 for 5 bits "
        "excludes it.",
        "Gates [1, 2, 1, 0, 0] and [0, 0, 1, 2, 1] with thresholds 2.5, joined by or; the proof is 11000 + "
        "00110 = 10100 + 01010.",
    ),
    slips=(
        Slip(
            "one gate a pair",
            4,
            says="One gate for each adjacent pair works, but fewer do it: overlapping pairs can share a "
            "gate.",
            hint="Two overlapping pairs share a bit. Which weights make that bit necessary, and one "
            "neighbor enough?",
        ),
        Slip(
            "a net with one gate a pair",
            _any_of([[1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 1]], [1.5] * 4),
            says="The net is right, with a gate for each adjacent pair. Overlapping pairs can share one.",
            hint="One bit belongs to two pairs. Which weights make that bit necessary, and one neighbor "
            "enough?",
            credit=0.5,
        ),
        Slip(
            "one gate",
            1,
            says="An output gate behind a single hidden gate can only copy, negate or ignore it, so the "
            "whole net is no more than one perceptron.",
            hint="Fill up the vectors of your certificate of 13.1.1 with a 0.",
        ),
        _five_bit_slip(
            "bits not adjacent",
            _any_of([[1, 2, 2, 1, 0], [0, 0, 0, 1, 1]], [2.5, 1.5]),
            "A gate with weights 1, 2, 2, 1 takes on three pairs at once, but bits that are not adjacent "
            "add up as well.",
            "Try 10100.",
        ),
        _five_bit_slip(
            "neighbors without the middle",
            _any_of([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]], [1.5, 1.5]),
            "A gate with equal weights on three bits fires on the outer two without the middle one.",
            "Try 10100. Which of the three bits must be there in any case?",
        ),
        _five_bit_slip(
            "three ones needed",
            _any_of([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]], [2.5, 2.5]),
            "With equal weights on three bits and this threshold, a gate wants all three; two adjacent ones "
            "are enough.",
            "Try 11000.",
        ),
        _five_bit_slip(
            "the middle alone",
            _any_of([[1, 2, 1, 0, 0], [0, 0, 1, 2, 1]], [1.5, 1.5]),
            "The threshold is too low: a middle bit fires its gate alone.",
            "Try 01000. Between which sums must the threshold lie?",
        ),
        _five_bit_slip(
            "last pair missing",
            _any_of([[1, 2, 1, 0, 0], [0, 0, 1, 1, 0]], [2.5, 1.5]),
            "The pair of the last two bits is not seen.",
            "Try 00011.",
        ),
        _five_bit_slip(
            "first pair missing",
            _any_of([[0, 1, 2, 1, 0], [0, 0, 0, 1, 1]], [2.5, 1.5]),
            "The pair of the first two bits is not seen.",
            "Try 11000.",
        ),
        _five_bit_slip(
            "pairs between the gates",
            _any_of([[1, 1, 0, 0, 0], [0, 0, 1, 1, 0]], [1.5, 1.5]),
            "Two gates that take a single pair each leave other pairs unseen.",
            "Write down the four pairs and cross out those that a gate sees.",
            _any_of([[1, 1, 0, 0, 0], [0, 0, 0, 1, 1]], [1.5, 1.5]),
            _any_of([[0, 1, 1, 0, 0], [0, 0, 0, 1, 1]], [1.5, 1.5]),
        ),
        _five_bit_slip(
            "joined by and",
            [_TWO_GATES[0], ([[1, 1]], [1.5])],
            "The output gate asks both hidden gates to fire; one pair is enough.",
            "Try 11000: which hidden gate fires, and what does the output make of it?",
        ),
        _five_bit_slip(
            "any two ones",
            _any_of([[1, 1, 1, 1, 1]], [1.5]),
            "This counts ones wherever they are. Two of them must be neighbors.",
            "Try 10001.",
        ),
    ),
    because="Each gate answers for two overlapping pairs: the middle bit and one neighbor exceed 2.5, two "
    "neighbors alone do not. One gate is excluded by 11000 + 00110 = 10100 + 01010, good on the left, bad "
    "on the right.",
)


_THREE_GATES = _any_of([[1, 2, 1, 0, 0, 0], [0, 0, 1, 2, 1, 0], [0, 0, 0, 0, 1, 1]], [2.5, 2.5, 1.5])
_OR_CONFLICTS = [
    ("110000", "001100", "010100", "101000"),
    ("001100", "000011", "000101", "001010"),
    ("110000", "000011", "010001", "100010"),
]
_AND_CONFLICTS = [
    ("101010", "010101", "000011", "111100"),
    ("010101", "101001", "001101", "110001"),
    ("101001", "010010", "000011", "111000"),
    ("010010", "100101", "000011", "110100"),
    ("100101", "101010", "100011", "101100"),
]
_TWO_TOO_FEW = {"or": _OR_CONFLICTS, "and": _AND_CONFLICTS}


def _six_bit_slip(name: str, net: list[Any], says: str, hint: str) -> Slip:
    return Slip(name, {"net": net, "proof": _TWO_TOO_FEW}, says=says, hint=hint)


def _proof_slip(name: str, proof: Any, says: str, hint: str) -> Slip:
    return Slip(name, {"net": _THREE_GATES, "proof": proof}, says=says, hint=hint, credit=0.6)


adjacent_ones_six = Network(
    id="mmds-exercise13.1.2b",
    title="Adjacent ones of six bits",
    statement="As in exercise 13.1.2a, now with 6 bits: one hidden layer of threshold gates (1 if w·x > "
    "threshold, else 0), one output gate that sees the hidden gates alone, output 1 if at least one pair of "
    "neighboring bits is 11. Find a net with the fewest hidden gates, and prove that two are too few. The "
    'answer is {"net": [(W, thresholds), (u, threshold)], "proof": {"or": [...], "and": [...]}}.\n'
    "The proof: an output gate that sees two gates and needs both is, up to negating gates, their or or "
    "their and. If it is the or, every good vector needs a gate that fires on it and on no bad vector. Two "
    "good vectors p and q cannot have the same such gate if two bad vectors r and s exist with p + q = r + "
    's, place by place: a conflict, written (p, q, r, s) with vectors such as "011000". The list "or" holds '
    "conflicts, enough of them that the good vectors in them cannot be split into two groups without a "
    "conflict inside a group. If it is the and, every bad vector needs a gate that is silent on it and "
    'fires on all good ones: in the list "and", p and q are bad, r and s good, and it is the bad vectors '
    "that cannot be split.",
    source="mmds 13.1.5",
    stub='design = {"net": [(..., ...), (..., ...)], "proof": {"or": ..., "and": ...}}\n',
    points=3,
    inputs=all_bits(6),
    target=lambda x: float(_adjacent(tuple(int(bit) for bit in x))),
    hidden_layers=1,
    minimum=3,
    proof=partial(verify_two_units, bits=6, good=_adjacent),
    reference={"net": _THREE_GATES, "proof": _TWO_TOO_FEW},
    also=(
        {
            "net": [
                {
                    "W": np.array([[1, 1, 0, 0, 0, 0], [0, 1, 2, 1, 0, 0], [0, 0, 0, 2, 4, 2]]),
                    "b": [-1.5, -2.5, -5],
                },
                {"W": np.ones((1, 3), np.float32), "b": [-0.5]},
            ],
            "proof": {
                "and": [" + ".join(c[:2]) + " = " + " + ".join(c[2:]) for c in reversed(_AND_CONFLICTS)],
                "or": [((p, q), (r, s)) for p, q, r, s in reversed(_OR_CONFLICTS)],
            },
        },
        {  # silent gates, joined by nand; each conflict as a certificate
            "net": [
                ([[-1, -2, -1, 0, 0, 0], [0, 0, 0, -1, -2, -1], [0, 0, -1, -1, 0, 0]], [-2.5, -2.5, -1.5]),
                ([-1, -1, -1], -2.5),
            ],
            "proof": {
                "or": [{"good": [p, q], "bad": [r, s]} for p, q, r, s in _OR_CONFLICTS],
                "and": [{"bad": [(p, 2), (q, 2)], "good": [(r, 2), (s, 2)]} for p, q, r, s in _AND_CONFLICTS],
            },
        },
    ),
    hints=(
        "Start from the gates of part a. Which pair do they leave over?",
        "For the or, take good vectors with a single pair, far apart, and exchange bits between them: can "
        "the two sums be split into two bad vectors?",
        "For the and, take bad vectors with as many ones as possible, such as 101010. Look for a ring of "
        "five.",
        "In a ring of odd length, two groups never suffice: go round it and put neighbors into different "
        "groups.",
        "Gates [1, 2, 1, 0, 0, 0], [0, 0, 1, 2, 1, 0] with threshold 2.5 and [0, 0, 0, 0, 1, 1] with 1.5, "
        "joined by or. The or: the triangle 110000, 001100, 000011. The and: the ring 101010, 010101, "
        "101001, 010010, 100101. Each sum is a sum of two vectors of the other label.",
    ),
    slips=(
        Slip(
            "one gate a pair",
            5,
            says="One gate for each adjacent pair works, but fewer do it: overlapping pairs can share a "
            "gate.",
            hint="Which weights on three neighbors see both pairs, but not the outer two bits alone?",
        ),
        Slip(
            "a net with one gate a pair",
            _any_of([[float(bit in (i, i + 1)) for bit in range(6)] for i in range(5)], [1.5] * 5),
            says="The net is right, with a gate for each adjacent pair. Overlapping pairs can share one.",
            hint="One bit belongs to two pairs: make it necessary, and one of its neighbors enough.",
            credit=0.5,
        ),
        Slip(
            "two gates",
            2,
            says="Two gates do for 5 bits; with 6 a pair is left over, and no other two gates do it either.",
            hint="Look at 110000, 001100 and 000011: can one gate accept two of them and no bad vector?",
        ),
        _six_bit_slip(
            "last pair missing",
            _any_of([[1, 2, 1, 0, 0, 0], [0, 0, 1, 2, 1, 0]], [2.5, 2.5]),
            "This is the net for 5 bits: the pair of the last two bits is not seen.",
            "Try 000011.",
        ),
        _six_bit_slip(
            "first pair missing",
            _any_of([[0, 1, 2, 1, 0, 0], [0, 0, 0, 1, 2, 1]], [2.5, 2.5]),
            "The pair of the first two bits is not seen.",
            "Try 110000.",
        ),
        _six_bit_slip(
            "pair between the gates",
            _any_of([[1, 2, 1, 0, 0, 0], [0, 0, 0, 1, 2, 1]], [2.5, 2.5]),
            "The pair of the third and the fourth bit lies between two gates, and none of them sees it.",
            "Try 001100.",
        ),
        _six_bit_slip(
            "pairs that do not overlap",
            _any_of([[1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]], [1.5] * 3),
            "Three pairs side by side leave out those that overlap them.",
            "Try 011000.",
        ),
        _six_bit_slip(
            "neighbors without the middle",
            _any_of([[1, 1, 1, 0, 0, 0], [0, 0, 1, 1, 1, 0], [0, 0, 0, 0, 1, 1]], [1.5] * 3),
            "A gate with equal weights on three bits fires on the outer two without the middle one.",
            "Try 101000. Which of the three bits must be there in any case?",
        ),
        _six_bit_slip(
            "joined by and",
            [_THREE_GATES[0], ([[1, 1, 1]], [2.5])],
            "The output gate asks all hidden gates to fire; one pair is enough.",
            "Try 110000: which hidden gates fire, and what does the output make of it?",
        ),
        _proof_slip(
            "only the or",
            {"or": _OR_CONFLICTS, "and": []},
            "The or is excluded. The output gate could also be an and of two gates.",
            "Swap the roles: which two bad vectors cannot be rejected by the same gate?",
        ),
        _proof_slip(
            "only the and",
            {"or": [], "and": _AND_CONFLICTS},
            "The and is excluded. The output gate could also be an or of two gates.",
            "Which two good vectors cannot be accepted by the same gate?",
        ),
        _proof_slip(
            "one gate excluded",
            {"good": ["110000", "001100"], "bad": ["101000", "010100"]},
            "This excludes a single gate, as for 5 bits. Here two gates have to be excluded.",
            "With two gates, each vector can choose one. Which vectors cannot choose the same?",
        ),
        _proof_slip(
            "two groups remain",
            {"or": _OR_CONFLICTS[:2], "and": _AND_CONFLICTS},
            "Each conflict is right, but together they leave a way to share out the vectors to two gates.",
            "Draw a line for each conflict. Walk along the lines: does any way round have an odd length?",
        ),
        _proof_slip(
            "wrong label",
            {"or": [("110000", "001100", "100100", "011000"), *_OR_CONFLICTS[1:]], "and": _AND_CONFLICTS},
            "A conflict holds a vector with the wrong label.",
            "Write the label of each of the four vectors beside it.",
        ),
        _proof_slip(
            "sums differ",
            {"or": [("110000", "001100", "010100", "100010"), *_OR_CONFLICTS[1:]], "and": _AND_CONFLICTS},
            "The labels of a conflict are right, but its two sums differ.",
            "Add p and q place by place, then r and s.",
        ),
    ),
    because="Each gate answers for one or two pairs. Two gates are too few: as an or, 110000, 001100 and "
    "000011 need a gate each; as an and, five bad vectors in a ring cannot be shared out to two gates, "
    "since neighbors in the ring conflict and the ring is odd.",
)


xor = Network(
    id="mmds-exercise13.1.3",
    title="Exclusive or with threshold gates",
    statement="Give weights and thresholds of a net of threshold gates with two input bits that outputs 1 "
    "if exactly one of them is 1, else 0. A gate gives 1 if w·x > threshold, else 0; weights and thresholds "
    "may be negative. The answer is a list of layers (W, thresholds), one row of W and one threshold for "
    "each gate of the layer, the last layer a single gate. Each layer sees the outputs of the layer before "
    "alone. Any number of layers and gates will do.",
    source="mmds 13.1.5",
    stub="net = [(..., ...), (..., ...)]\n",
    points=2,
    inputs=all_bits(2),
    target=lambda x: float(x.sum() == 1),
    reference=[([[1, -1], [-1, 1]], [0.5, 0.5]), ([[1, 1]], [0.5])],
    also=(
        [([[1, 1], [-1, -1]], [0.5, -1.5]), ([[1, 1]], [1.5])],
        [([[1, 1], [1, 1]], [0, 1]), {"w": np.array([1, -1]), "bias": np.float32(0)}],
        [([[5, 0], [0, 5]], [1, 1]), ([[1, -1], [-1, 1], [0, 0]], [0, 0, 9]), ([1, 1, 8], 0.25), ([2], 1)],
    ),
    hints=(
        "One gate cannot do it. Which two cases have to be told from the rest?",
        "Give each of the two cases a gate of its own, or ask for “at least one” and “not both”.",
        "A gate that fires only if x₁ is 1 and x₂ is 0 has weights of different signs.",
        "Hidden rows [1, -1] and [-1, 1] with thresholds 0.5; output [1, 1] with threshold 0.5.",
    ),
    slips=(
        Slip(
            "inclusive or",
            [([[1, 1]], [0.5])],
            says="This is the inclusive or: it also fires if both bits are 1.",
            hint="Work out your net on 11. What has to hold it back there?",
        ),
        Slip(
            "threshold not negated",
            [([[1, 1], [-1, -1]], [0.5, 1.5]), ([[1, 1]], [1.5])],
            says="The net never fires. A gate whose weights are all negative has sums of at most 0, so "
            "behind a positive threshold it stays silent.",
            hint="With weights -1 and -1, which sums do 00, 01, 10 and 11 give? Which threshold lies "
            "between the last and the others?",
        ),
        Slip(
            "and",
            [([[1, 1]], [1.5])],
            says="This is the and: it fires on 11 alone.",
            hint="On 11 the net must be silent.",
        ),
        Slip(
            "equal bits",
            [([[1, 1], [-1, -1]], [1.5, -0.5]), ([[1, 1]], [0.5])],
            says="This is the opposite: it fires when the two bits are equal.",
            hint="Compare the four outputs with the table. What has to be turned round?",
        ),
        Slip(
            "not both",
            [([[-1, -1]], [-1.5])],
            says="This is “not both”: it also fires if no bit is 1.",
            hint="Work out your net on 00.",
        ),
        Slip(
            "one case of two",
            [([[1, -1]], [0.5])],
            also=([([[-1, 1]], [0.5])],),
            says="One of the two cases is seen, the other is not.",
            hint="Exchange the two bits of the input. The output must stay the same.",
        ),
        Slip(
            "one bit ignored",
            [([[1, 0]], [0.5])],
            also=([([[0, 1]], [0.5])], [([[-1, 0]], [-0.5])], [([[0, -1]], [-0.5])]),
            says="The output listens to one bit and ignores the other.",
            hint="Change the bit that your output ignores.",
        ),
        Slip(
            "neither",
            [([[-1, -1]], [-0.5])],
            says="This is “neither”: it fires on 00 alone.",
            hint="On 00 the net must be silent.",
        ),
        Slip(
            "always",
            [([[1, 1], [-1, -1]], [0.5, -1.5]), ([[1, 1]], [0.5])],
            says="The net fires on every input: “at least one” or “not both” is always true.",
            hint="Which of them must hold, one or both?",
        ),
    ),
    because="Each hidden gate fires on one of the two cases alone; the output is their or.",
)


xor_proof = Certificate(
    id="mmds-exercise13.1.4",
    title="No perceptron is an exclusive or",
    statement="A perceptron fires if w·x > t. Prove that no w and t make it the exclusive or of two bits: a "
    "vector of two bits is good, and it must fire, if exactly one of them is 1, else the vector is bad. The "
    'answer is {"good": [...], "bad": [...]} as in exercise 13.1.1: vectors, perhaps with a weight as in '
    '("01", 2), whose weighted sums are equal, so that their inequalities contradict each other.',
    source="mmds 13.1.5",
    stub='proof = {"good": ..., "bad": ...}\n',
    bits=2,
    good=_exactly_one,
    reference={"good": ["01", "10"], "bad": ["00", "11"]},
    also=(
        {"good": [("10", 0.5), ((0, 1), "1/2")], "bad": [([1, 1], 0.5), ("00", 0.5)]},
        {"good": ["01", "01", "10", "10"], "bad": {"11": 2, "00": 2}},
        "00 + 11 = 01 + 10",
    ),
    hints=(
        "Write the four inequalities: which say that a sum is above t, which that it is not?",
        "Add the inequalities of each direction by themselves. What stands on the left, what on the right?",
        "How many times does t appear on either side? The vector without ones has an inequality as well.",
        "The good ones 01 and 10 add up to 11, and so do the bad ones 00 and 11: w₁ + w₂ > 2t and w₁ + w₂ ≤ "
        "2t.",
    ),
    slips=(
        Slip(
            "lines that fail",
            "I drew ten lines through the square and none of them separates the points.",
            says="A text cannot be verified. And lines that fail are examples; a proof has to exclude all "
            "lines.",
            hint="Write the inequalities that any perceptron would have to fulfil, and add them in pairs.",
        ),
        Slip(
            "one threshold lost",
            {"good": ["01", "10"], "bad": ["11"]},
            says="The two sides have different total weights, so the thresholds do not cancel: one t is "
            "lost.",
            hint="Each vector brings its own t, even one without ones. Which input have you not used?",
        ),
        Slip(
            "inclusive or",
            {"good": ["01", "11"], "bad": ["00", "10"]},
            says="A vector has the wrong label. It is good if exactly one bit is 1: not none, not both.",
            hint="Write down the table of exclusive or.",
        ),
        Slip(
            "sums differ",
            {"good": ["01"], "bad": ["11"]},
            says="The labels are right, but the two sums differ, so the inequalities do not contradict each "
            "other.",
            hint="Add the vectors place by place.",
        ),
        Slip(
            "claims a perceptron",
            {"w": [1, 1], "t": 0.5},
            says="This is a perceptron, not a proof that there is none, and it is no exclusive or either.",
            hint="Work out its four outputs.",
        ),
        Slip(
            "no weight",
            {"good": [("01", 0)], "bad": [("00", 0)]},
            says="With weights of 0 the two sums are equal, but nothing is added up.",
            hint="A contradiction needs at least one strict inequality.",
        ),
        *_slips_of_form(
            one_side={"good": ["01", "10"], "bad": []},
            swapped={"good": ["00", "11"], "bad": ["01", "10"]},
            negative={"good": ["01"], "bad": [("11", 1), ("00", 1), ("11", -1)]},
        ),
    ),
    because="w₂ > t and w₁ > t give w₁ + w₂ > 2t; 0 ≤ t and w₁ + w₂ ≤ t give w₁ + w₂ ≤ 2t: a contradiction.",
)


odd_parity = Network(
    id="mmds-exercise13.1.5",
    title="Exclusive or of three bits",
    statement="Give weights and thresholds of a net of threshold gates with three input bits that outputs 1 "
    "if an odd number of them is 1, else 0. A gate gives 1 if w·x > threshold, else 0. The answer is a list "
    "of layers (W, thresholds), one row of W and one threshold for each gate of the layer, the last layer a "
    "single gate. Each layer sees the outputs of the layer before alone. Any number of layers and gates "
    "will do.",
    source="mmds 13.1.5",
    stub="net = [(..., ...), (..., ...)]\n",
    points=2,
    inputs=all_bits(3),
    target=lambda x: float(x.sum() % 2),
    reference=[([[1, 1, 1], [1, 1, 1], [1, 1, 1]], [0.5, 1.5, 2.5]), ([[1, -1, 1]], [0.5])],
    also=(
        [  # two exclusive ors in a row, the third bit handed on
            ([[1, -1, 0], [-1, 1, 0], [0, 0, 1]], [0.5, 0.5, 0.5]),
            ([[1, 1, 0], [0, 0, 1]], [0.5, 0.5]),
            ([[1, -1], [-1, 1]], [0.5, 0.5]),
            ([[1, 1]], [0.5]),
        ],
        [  # a gate for each odd vector
            {"W": [[1, -1, -1], [-1, 1, -1], [-1, -1, 1], [1, 1, 1]], "threshold": [0.5, 0.5, 0.5, 2.5]},
            {"W": np.ones(4), "threshold": 0.5},
        ],
        [(np.ones((3, 3)), np.array([2, 1, 0])), ([3, -3, 3], 0)],
    ),
    hints=(
        "The output depends on how many ones there are. Which counts ask for a 1?",
        "Gates that see all three bits with weights of 1 can say: at least one, at least two, at least "
        "three.",
        "Let the count grow from 0 to 3 and write down which gates fire. What has “at least two” to do at "
        "the output?",
        "Hidden rows [1, 1, 1] with thresholds 0.5, 1.5 and 2.5; output [1, -1, 1] with threshold 0.5.",
    ),
    slips=(
        Slip(
            "exactly one",
            [([[1, 1, 1], [1, 1, 1]], [0.5, 1.5]), ([[1, -1]], [0.5])],
            says="This net fires if exactly one bit is 1. Three ones are an odd number as well.",
            hint="Work out your net on 111.",
        ),
        Slip(
            "at least one",
            [([[1, 1, 1], [1, 1, 1], [1, 1, 1]], [0.5, 1.5, 2.5]), ([[1, 1, 1]], [0.5])],
            says="This net fires on any number of ones: nothing takes the first one back when the second "
            "appears.",
            hint="On two ones, which hidden gates should fire, and which of them should speak against it?",
        ),
        Slip(
            "even",
            [([[1, 1, 1], [1, 1, 1], [1, 1, 1]], [0.5, 1.5, 2.5]), ([[-1, 1, -1]], [-0.5])],
            says="This is the opposite: it fires on an even number of ones.",
            hint="What does your net give on 000?",
        ),
        Slip(
            "majority",
            [([[1, 1, 1]], [1.5])],
            says="This net fires on two ones or more: that is a majority, not an odd number.",
            hint="Work out your net on 100 and on 110.",
        ),
        Slip(
            "all three",
            [([[1, 1, 1]], [2.5])],
            says="This net fires on 111 alone. One is an odd number as well.",
            hint="Work out your net on 100.",
        ),
        Slip(
            "not all equal",
            [([[1, 1, 1], [1, 1, 1]], [0.5, 2.5]), ([[1, -1]], [0.5])],
            says="This net fires on one or two ones: it sees that the bits differ, not that their number is "
            "odd.",
            hint="Two ones must give 0, three must give 1.",
        ),
        Slip(
            "exactly two",
            [([[1, 1, 1], [1, 1, 1]], [1.5, 2.5]), ([[1, -1]], [0.5])],
            says="This net fires on exactly two ones, an even number.",
            hint="Work out your net on 100, 110 and 111.",
        ),
        Slip(
            "one bit ignored",
            [([[1, -1, 0], [-1, 1, 0]], [0.5, 0.5]), ([[1, 1]], [0.5])],
            also=(
                [([[1, 0, -1], [-1, 0, 1]], [0.5, 0.5]), ([[1, 1]], [0.5])],
                [([[0, 1, -1], [0, -1, 1]], [0.5, 0.5]), ([[1, 1]], [0.5])],
            ),
            says="This is the exclusive or of two of the bits; the third makes no difference.",
            hint="Changing any one bit must change the output.",
        ),
        Slip(
            "second step an or",
            [([[1, -1, 0], [-1, 1, 0], [0, 0, 1]], [0.5, 0.5, 0.5]), ([[1, 1, 1]], [0.5])],
            says="Two bits meet in an exclusive or, but the third joins by an inclusive one.",
            hint="Work out your net on 101. The second step has to be an exclusive or as well.",
        ),
        Slip(
            "never fires",
            [([[1, 1, 1], [1, 1, 1], [1, 1, 1]], [0.5, 1.5, 2.5]), ([[1, -1, 1]], [1.5])],
            says="The net never fires: no input brings the output gate above its threshold.",
            hint="Write down the sum of the output gate for 0, 1, 2 and 3 ones. Where must the threshold "
            "lie?",
        ),
    ),
    because="With 0, 1, 2 and 3 ones the output gate sees the sums 0, 1, 0 and 1: the second hidden gate "
    "takes back what the first gives, the third gives it again.",
)
