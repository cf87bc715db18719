"""The exercises of Mining of Massive Datasets, chapter 13, by their own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from dlcore.exercises.engine import (
    Certificate,
    ComputeGraph,
    Derivation,
    Formula,
    Network,
    Number,
    Slip,
    all_bits,
)

__all__ = [
    "adjacent_ones",
    "adjacent_ones_proof",
    "compute_graph",
    "pooling_size",
    "responses",
    "sigmoid_derivative",
]


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


def _sigmoid_point(x: float) -> Mapping[str, float]:
    return {"x": x, "y": float(1 / (1 + np.exp(-x)))}


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
    proof=(5, _adjacent),
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

sigmoid_derivative = Derivation(
    id="mmds-exercise13.2.1",
    title="The derivative of the sigmoid",
    statement="Let y = 1/(1 + exp(-x)). Show that dy/dx = y(1 - y): give a list of formulas in x and y, "
    "the first "
    "the derivative as it comes from the quotient or chain rule, the last y*(1 - y), each equal to the one "
    "before.",
    source="mmds 13.2.10",
    stub='steps = ["...", "y*(1 - y)"]\n',
    points=2,
    sample=lambda rng: _sigmoid_point(float(rng.uniform(-3, 3))),
    last="y*(1-y)",
    reference=[
        "exp(-x)/(1 + exp(-x))^2",
        "1/(1 + exp(-x)) * exp(-x)/(1 + exp(-x))",
        "y*(1 - 1/(1 + exp(-x)))",
        "y*(1 - y)",
    ],
    also=(["-(1+exp(-x))**(-2) * (-exp(-x))", "y**2*exp(-x)", "y^2*(1/y - 1)", "y - y^2", "y*(1 - y)"],),
    hints=(
        "Write y as a power, (1 + exp(-x)) to the power of -1, and use the chain rule: it brings two minus "
        "signs.",
        "The square below belongs to two factors. One of them is y itself.",
        "What remains beside y is exp(-x)/(1 + exp(-x)): how far is that from 1?",
        "exp(-x)/(1 + exp(-x))^2 = y * exp(-x)/(1 + exp(-x)) = y*(1 - 1/(1 + exp(-x))) = y*(1 - y)",
    ),
    slips=(
        Slip(
            "one minus lost",
            ["-exp(-x)/(1 + exp(-x))^2", "y*(y - 1)"],
            says="One of two minus signs is lost: the power -1 brings one, the inner derivative of exp(-x) "
            "the other.",
            hint="The curve rises, so its slope is positive. Which sign has your first step?",
        ),
        Slip(
            "rule of the tanh",
            ["1 - y^2"],
            says="1 - y² is the derivative of the tanh.",
            hint="Compare at x = 0, where y is a half and the slope a quarter.",
        ),
        Slip(
            "x for y",
            ["y*(1 - x)"],
            says="The second factor holds x where it should hold y.",
            hint="Compare at a large x: can the slope of a sigmoid be negative?",
        ),
        Slip(
            "square lost",
            ["exp(-x)/(1 + exp(-x))"],
            says="The square below the line is lost: the derivative of 1/u is -1/u² times that of u.",
            hint="Write y as u to the power of -1 and differentiate the power.",
        ),
    ),
    because="The derivative is exp(-x)/(1 + exp(-x))²; one factor of it is y, the other 1 - y.",
)

compute_graph = ComputeGraph(
    id="mmds-exercise13.3.1",
    title="The compute graph of a small net",
    statement="A net has hidden output z = tanh(W1 x + b1) and output y = W2 z + b2; its loss is the "
    "squared error "
    "against yhat. Draw the compute graph as a list of nodes (name, operator, [inputs]), with the operators "
    "matmul, add, tanh and sqerr. The loss may be left out.",
    source="mmds 13.3.6",
    stub='graph = [("u1", ..., [...]), ...]\n',
    points=2,
    optional=("sqerr",),
    reference=[
        ("u1", "matmul", ["W1", "x"]),
        ("v1", "add", ["u1", "b1"]),
        ("z", "tanh", ["v1"]),
        ("u2", "matmul", ["W2", "z"]),
        ("y", "add", ["u2", "b2"]),
        ("L", "sqerr", ["y", "yhat"]),
    ],
    also=(
        [("h", "affine", ["x", "W1", "b1"]), ("z", "tanh", ["h"]), ("y", "affine", ["z", "W2", "b2"])],
        [
            ("o", "identity", ["p"]),
            ("p", "+", ["b2", "q"]),
            ("q", "@", ["W2", "r"]),
            ("r", "tanh", ["s"]),
            ("s", "+", ["b1", "t"]),
            ("t", "@", ["W1", "x"]),
        ],
    ),
    hints=(
        "Parameters are operands like the input: each has a node of its own.",
        "Go from x to y and write down every operation: how many are there in W1 x + b1?",
        "Each layer is a product, then a sum; only the hidden one has a tanh after it.",
        "u1 = matmul(W1, x), v1 = add(u1, b1), z = tanh(v1), u2 = matmul(W2, z), y = add(u2, b2), "
        "L = sqerr(y, yhat)",
    ),
    slips=(
        Slip(
            "weights missing",
            [("z", "tanh", ["x"]), ("y", "identity", ["z"])],
            says="This draws the network, not the compute graph: without nodes for the parameters no "
            "gradient can "
            "reach them.",
            hint="Count the operands of W1 x + b1.",
        ),
        Slip(
            "operators exchanged",
            [
                ("u1", "add", ["W1", "x"]),
                ("v1", "matmul", ["u1", "b1"]),
                ("z", "tanh", ["v1"]),
                ("u2", "add", ["W2", "z"]),
                ("y", "matmul", ["u2", "b2"]),
            ],
            says="Weights multiply and biases are added; here it is the other way round.",
            hint="W1 is a matrix with a column for each entry of x. Which operation fits?",
        ),
        Slip(
            "tanh on the output",
            [
                ("u1", "matmul", ["W1", "x"]),
                ("v1", "add", ["u1", "b1"]),
                ("z", "tanh", ["v1"]),
                ("u2", "matmul", ["W2", "z"]),
                ("v2", "add", ["u2", "b2"]),
                ("y", "tanh", ["v2"]),
            ],
            says="The output has the identity as its activation; a tanh stands only behind the hidden layer.",
            hint="Can an output of this net be larger than 1?",
        ),
        Slip(
            "input times weight",
            [
                ("u1", "matmul", ["x", "W1"]),
                ("v1", "add", ["u1", "b1"]),
                ("z", "tanh", ["v1"]),
                ("u2", "matmul", ["z", "W2"]),
                ("y", "add", ["u2", "b2"]),
            ],
            says="A product of matrices has an order: here the weights stand on the left of x and of z.",
            hint="Compare the inputs of your matmul nodes with the formula, from left to right.",
        ),
    ),
    because="Each layer is a product and a sum, the hidden one with a tanh; the identity at the output "
    "adds no node.",
)


def _drawn_image(rng: np.random.Generator) -> Mapping[str, int]:
    return {"m": int(rng.integers(20, 600)), "f": int(rng.choice([3, 4, 5, 7, 9]))}


responses = Number(
    id="mmds-exercise13.4.1a",
    title="How many responses",
    statement="A filter of {f} × {f} moves over an image of {m} × {m} with stride 1 and without padding. "
    "How many "
    "responses are there?",
    source="mmds 13.4.6",
    stub="count = ...\n",
    given={"m": 512, "f": 3},
    draw=_drawn_image,
    reference=lambda m, f: (m - f + 1) ** 2,
    also=(lambda m, f: f"{len(range(0, m - f + 1)) ** 2:,}", lambda m, f: [np.float64(m - f + 1) ** 2]),
    hints=(
        "Count along one side first: at how many places can the filter start?",
        "On a line of 5 places a window of 3 can start at 3 of them.",
        "A side has {m} - {f} + 1 places; the responses fill a square of that side.",
    ),
    slips=(
        Slip(
            "as large as the image",
            lambda m, f: m**2,
            says="That many there would be with padding. Without it, the filter cannot start at the last "
            "rows and columns.",
            hint="Where is the last place at which the whole filter still fits?",
        ),
        Slip(
            "one too few",
            lambda m, f: (m - f) ** 2,
            says="The + 1 is missing: the first place counts as well.",
            hint="On a line of 5 places, at how many can a window of 3 start?",
        ),
        Slip(
            "one too many",
            lambda m, f: (m - f + 2) ** 2,
            says="One place too many along each side.",
            hint="On a line of 5 places, at how many can a window of 3 start?",
        ),
        Slip(
            "one side",
            lambda m, f: m - f + 1,
            says="This is the number along one side.",
            hint="The filter moves along both axes.",
        ),
    ),
    because="A side has {m} - {f} + 1 places at which the filter fits, and the responses form a square.",
)


def _pooling_point(rng: np.random.Generator) -> Mapping[str, float]:
    f, s, steps, k, d = (int(rng.integers(2, 7)) for _ in range(5))
    return {"m": f + s * steps, "k": k, "d": d, "f": f, "s": s}


pooling_size = Formula(
    id="mmds-exercise13.4.3",
    title="Values after pooling",
    statement="A convolutional layer with k filters of d channels each gives maps of m × m. A pooling "
    "layer with "
    "size f and stride s follows, without padding; s divides m - f. How many values does it give? Write a "
    "formula in m, k, d, f and s.",
    source="mmds 13.4.6",
    stub='values = "..."\n',
    sample=_pooling_point,
    reference="k*((m-f)/s+1)**2",
    also=("k * (m - f + s)^2 / s^2", lambda m, k, d, f, s: k * (1 + (m - f) // s) * ((m - f) / s + 1)),
    hints=(
        "How many maps come out of the convolution: does each filter give one map, or one for every channel?",
        "Along one side the window takes a first place, and then one more for every stride that still fits.",
        "A side of a pooled map has (m - f) / s + 1 values. Now the square of it, for all maps.",
        "k * ((m - f) / s + 1)**2",
    ),
    slips=(
        Slip(
            "channels counted",
            "d*k*((m-f)/s+1)**2",
            says="The channels are summed inside of each filter: one filter gives one map, whatever d is.",
            hint="A layer of 64 filters on an image of 3 channels gives 64 maps.",
        ),
        Slip(
            "one side",
            "k*((m-f)/s+1)",
            says="This counts along one side; the pooled map is a square.",
            hint="The window moves along both axes.",
        ),
        Slip(
            "stride as large as the window",
            "k*(m/f)**2",
            says="That holds if the stride is as large as the window; here s and f may differ.",
            hint="Try m = 7, f = 3, s = 2 by hand.",
        ),
        Slip(
            "one too few",
            "k*((m-f)/s)**2",
            says="The + 1 is missing: the first place counts as well.",
            hint="If m = f, the window has exactly one place. What does your formula give?",
        ),
        Slip(
            "filters forgotten",
            "((m-f)/s+1)**2",
            says="This is one map; there is one for every filter.",
            hint="Pooling works on each map alone.",
        ),
    ),
    because="Each of the k maps is pooled alone, and a side of a pooled map has (m - f) / s + 1 values.",
)
