"""Section 13.3: compute graphs and the gradients that flow through them."""

from __future__ import annotations

from dlcore.exercises.engine import ComputeGraph, Slip

__all__ = ["compute_graph"]

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
