"""Section 13.3: compute graphs and the gradients that flow through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.exercises.engine import Change, ComputeGraph, EvaluatedGraph, Function, Slip

__all__ = [
    "compute_graph",
    "gradient_graph",
    "hidden_jacobian",
    "input_gradient",
    "input_gradient_from_hidden",
    "output_jacobian",
]

Array = NDArray[Any]
Node = tuple[str, Sequence[Any]]

# Part 13.3.1: the way forward.

FORWARD: Mapping[str, Node] = {
    "u1": ("matmul", ["W1", "x"]),
    "v1": ("add", ["u1", "b1"]),
    "z": ("tanh", ["v1"]),
    "u2": ("matmul", ["W2", "z"]),
    "y": ("add", ["u2", "b2"]),
}
LOSS: Mapping[str, Node] = {"L": ("sqerr", ["y", "yhat"])}


def _drawn(*parts: Mapping[str, Node], **changed: Node) -> list[Any]:
    """Draw the nodes of some parts, with some of them changed."""
    nodes = {name: node for part in (*parts, changed) for name, node in part.items()}
    return [(name, op, list(inputs)) for name, (op, inputs) in nodes.items()]


compute_graph = ComputeGraph(
    id="mmds-exercise13.3.1",
    title="The compute graph of a small net",
    statement="A net has hidden output z = tanh(W1 x + b1) and output y = W2 z + b2; its loss is the "
    "squared error against yhat. Draw the compute graph as a list of nodes (name, operator, [inputs]), with "
    "the operators matmul, add, tanh and sqerr. The inputs of a node stand in the order of the formula and "
    "are other nodes or x, W1, b1, W2, b2, yhat; the names of your nodes are up to you. The loss may be "
    "left out.",
    source="mmds 13.3.6",
    stub='graph = [("u1", ..., [...]), ...]\n',
    points=2,
    optional=("sqerr",),
    reference=_drawn(FORWARD, LOSS),
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
        "u1 = matmul(W1, x), v1 = add(u1, b1), z = tanh(v1), u2 = matmul(W2, z), y = add(u2, b2), L = "
        "sqerr(y, yhat)",
    ),
    slips=(
        Slip(
            "weights missing",
            [("z", "tanh", ["x"]), ("y", "identity", ["z"])],
            says="This draws the network, not the compute graph: without nodes for the parameters no "
            "gradient can reach them.",
            hint="Count the operands of W1 x + b1.",
        ),
        Slip(
            "operators exchanged",
            _drawn(
                FORWARD,
                u1=("add", ["W1", "x"]),
                v1=("matmul", ["u1", "b1"]),
                u2=("add", ["W2", "z"]),
                y=("matmul", ["u2", "b2"]),
            ),
            says="Weights multiply and biases are added; here it is the other way round.",
            hint="W1 is a matrix with a column for each entry of x. Which operation fits?",
        ),
        Slip(
            "tanh on the output",
            _drawn(FORWARD, v2=("add", ["u2", "b2"]), y=("tanh", ["v2"])),
            says="The output has the identity as its activation; a tanh stands only behind the hidden layer.",
            hint="Can an output of this net be larger than 1?",
        ),
        Slip(
            "tanh only on the output",
            _drawn(FORWARD, z=("identity", ["v1"]), v2=("add", ["u2", "b2"]), y=("tanh", ["v2"])),
            says="The tanh stands behind the wrong layer: the hidden output has it, the output y has not.",
            hint="In which of the two formulas of the statement is the tanh?",
        ),
        Slip(
            "no tanh",
            _drawn(FORWARD, z=("identity", ["v1"])),
            says="There is no tanh: without it, the two layers are one linear map.",
            hint="Which operation turns W1 x + b1 into z?",
        ),
        Slip(
            "tanh before the bias",
            _drawn(FORWARD, v1=("tanh", ["u1"]), z=("add", ["v1", "b1"])),
            says="The first bias is added behind the tanh, but it stands inside of the brackets.",
            hint="What is the whole argument of the tanh in the formula of z?",
        ),
        Slip(
            "bias inside the product",
            _drawn(
                FORWARD,
                u1=("add", ["x", "b1"]),
                v1=("matmul", ["W1", "u1"]),
                u2=("add", ["z", "b2"]),
                y=("matmul", ["W2", "u2"]),
            ),
            says="This draws W(x + b): the bias is added before the product instead of after it.",
            hint="b1 has an entry for each hidden unit. Has x as many?",
        ),
        Slip(
            "biases missing",
            [("u1", "matmul", ["W1", "x"]), ("z", "tanh", ["u1"]), ("y", "matmul", ["W2", "z"])],
            says="The biases are missing: they are parameters as well, and need a gradient.",
            hint="How many operands has W2 z + b2?",
        ),
        Slip(
            "layers exchanged",
            _drawn(
                FORWARD,
                u1=("matmul", ["W2", "x"]),
                v1=("add", ["u1", "b2"]),
                u2=("matmul", ["W1", "z"]),
                y=("add", ["u2", "b1"]),
            ),
            says="The parameters of the two layers are exchanged.",
            hint="Which matrix meets x, which meets z?",
        ),
        Slip(
            "entrywise product",
            _drawn(FORWARD, u1=("mul", ["W1", "x"]), u2=("mul", ["W2", "z"])),
            says="Weights and input meet in a matrix product, not in a product of entries.",
            hint="Which operator adds up the products along a row of W1?",
        ),
        Slip(
            "input times weight",
            _drawn(FORWARD, u1=("matmul", ["x", "W1"]), u2=("matmul", ["z", "W2"])),
            says="A product of matrices has an order: here the weights stand on the left of x and of z.",
            hint="Compare the inputs of your matmul nodes with the formula, from left to right.",
        ),
        Slip(
            "loss of another node",
            _drawn(FORWARD, L=("sqerr", ["z", "yhat"])),
            says="The loss compares the wrong node with yhat.",
            hint="Which node is the output of the net?",
        ),
    ),
    because="Each layer is a product and a sum, the hidden one with a tanh; the identity at the output adds "
    "no node.",
)

# Parts 13.3.2a and b: Jacobians. Sizes differ on every axis but in one corner, where all are
# three: there a product in the wrong order has a value, by which it is recognized.


def _turned(slip: Slip) -> Slip:
    """Join a slip with the other layout of a Jacobian."""
    wrong: Callable[..., Array] = slip.wrong
    return Slip(
        f"{slip.name} + other layout",
        lambda *arrays: wrong(*arrays).T,
        says=f"Two things. Rows and columns are exchanged. And: {slip.says}",
        hint=f"First turn the array round: a row belongs to what one differentiates by. Then: {slip.hint}",
    )


def _output_jacobian(z, W2, b2):  # type: ignore[no-untyped-def]
    return W2.T.copy()


def _output_jacobian_column_by_column(z: Array, W2: Array, b2: Array) -> Array:
    jacobian = np.empty((len(z), len(b2)))
    for i, direction in enumerate(np.eye(len(z))):
        jacobian[i] = (W2 @ (z + direction) + b2) - (W2 @ z + b2)
    return jacobian


def _output_layer(rng: np.random.Generator, size: int) -> tuple[Array, ...]:
    n, k = size + 1, size + 2
    return rng.normal(size=n), rng.normal(size=(k, n)), rng.normal(size=k)


OUTPUT_SLIPS = (
    Slip(
        "pseudo-inverse",
        lambda z, W2, b2: np.linalg.pinv(W2),
        says="The matrix is inverted. Nothing is solved for z here: y is differentiated by z.",
        hint="If z₁ grows by a little, by how much does y₁ grow?",
    ),
    Slip(
        "tanh at the output",
        lambda z, W2, b2: W2.T * (1 - np.tanh(W2 @ z + b2) ** 2),
        says="The columns are multiplied by the derivative of a tanh, but the output layer has none.",
        hint="What lies between W2 z + b2 and y in this net?",
    ),
    Slip(
        "slope taken at y",
        lambda z, W2, b2: W2.T * (1 - (W2 @ z + b2) ** 2),
        says="The columns are multiplied by 1 - y²: no activation stands between W2 z + b2 and y.",
        hint="Which function is the activation of the output layer, and what is its derivative?",
    ),
    Slip(
        "tanh of the hidden layer",
        lambda z, W2, b2: (1 - z**2)[:, None] * W2.T,
        says="The rows are multiplied by the derivative of the hidden tanh. That belongs to the step from x "
        "to z; here z itself is the variable.",
        hint="Does the way from z to y pass the tanh?",
    ),
    Slip(
        "bias added",
        lambda z, W2, b2: W2.T + b2,
        says="The bias is in the Jacobian, but it does not depend on z.",
        hint="Change b2 and keep z: may the derivative change?",
    ),
    Slip(
        "still times z",
        lambda z, W2, b2: W2.T * z[:, None],
        says="The entries are still multiplied by z: that is the product, not its derivative.",
        hint="What is the derivative of w z by z?",
    ),
)

output_jacobian = Function(
    id="mmds-exercise13.3.2a",
    title="The Jacobian of the output layer",
    statement="The output layer of a net is y = W2 z + b2, with z of shape (n,), W2 of shape (k, n) and b2 "
    "of shape (k,). Write `jacobian(z, W2, b2)`, the derivative of y with respect to z, as an array in the "
    "layout of the chapter: a row for each entry of z, a column for each entry of y, so entry [i, j] is "
    "∂yⱼ/∂zᵢ. (The chapter writes J_z(y) for it; the letters of the exercise are exchanged.)",
    source="mmds 13.3.6",
    stub="def jacobian(z, W2, b2):\n    ...\n",
    points=1,
    reference=_output_jacobian,
    also=(_output_jacobian_column_by_column, lambda z, W2, b2: np.einsum("ji,jk->ik", W2, np.eye(len(b2)))),
    inputs=_output_layer,
    corners=(
        (
            np.array([0.5, -0.25, 0.1]),
            np.array([[2.0, -1, 0.5], [1, 3, -2], [0, 1, 4]]),
            np.array([1.0, 2, 3]),
        ),
    ),
    hints=(
        "Write out y₁ as a sum and differentiate it by z₁.",
        "What happens to a constant that is only added?",
        "∂yⱼ/∂zᵢ is one entry of the weights. In which row of your array must it stand, in which column?",
        "return W2.T",
    ),
    slips=(
        Slip(
            "other layout",
            lambda z, W2, b2: W2,
            says="The right numbers in the other layout: here rows belong to y and columns to z, but a row "
            "is to belong to the variable that one differentiates by.",
            hint="How many rows has an array with a row for each entry of z?",
            credit=0.5,
        ),
        Slip(
            "inverse",
            lambda z, W2, b2: np.linalg.inv(W2),
            says="Nothing is inverted here, and a matrix that is not square has no inverse: y is "
            "differentiated by z, not z by y.",
            hint="The graph computes y from z. Which of the two is the variable?",
        ),
        *OUTPUT_SLIPS,
        *map(_turned, OUTPUT_SLIPS),
        Slip(
            "value of y",
            lambda z, W2, b2: W2 @ z + b2,
            says="This is y itself, not its derivative.",
            hint="How many numbers does it take to say how each entry of y reacts to each entry of z?",
        ),
        Slip(
            "summed over the outputs",
            lambda z, W2, b2: W2.sum(axis=0),
            says="The columns are added up: this is the gradient of the sum of y.",
            hint="Every entry of y has a column of its own.",
        ),
        Slip(
            "derivative by the weights",
            lambda z, W2, b2: np.broadcast_to(z[:, None], W2.T.shape),
            says="This holds z, which is the derivative by the weights.",
            hint="Which letter is the variable: W2 or z?",
        ),
    ),
    because="yⱼ is the sum of all W2[j, i] zᵢ and a constant, so its derivative by zᵢ is W2[j, i]: row i, "
    "column j.",
)


def _hidden_jacobian(x, W1, b1):  # type: ignore[no-untyped-def]
    z = np.tanh(W1 @ x + b1)
    return W1.T @ np.diag(1 - z * z)


def _hidden_jacobian_entry_by_entry(x: Array, W1: Array, b1: Array) -> list[list[float]]:
    slopes = [
        1 / np.cosh(sum(w * v for w, v in zip(row, x, strict=True)) + b) ** 2
        for row, b in zip(W1, b1, strict=True)
    ]
    return [[slopes[j] * W1[j][i] for j in range(len(b1))] for i in range(len(x))]


def _hidden_layer(rng: np.random.Generator, size: int) -> tuple[Array, ...]:
    d, n = size + 2, size + 1
    return rng.normal(size=d), rng.normal(size=(n, d)) / 2, rng.normal(size=n) / 2


def _hidden_with(slope: Callable[[Array], Array]) -> Callable[[Array, Array, Array], Array]:
    """Return the Jacobian with another slope, a function of W1 x + b1."""
    return lambda x, W1, b1: W1.T * slope(W1 @ x + b1)


def _slope_slips(answer: Callable[[Callable[[Array], Array]], Any]) -> tuple[Slip, ...]:
    """Return what goes wrong with the slope of the tanh.

    ``answer(slope)`` is the answer with another slope, a function of z, which the tanh gave.
    """
    return (
        Slip(
            "square of the difference",
            answer(lambda z: (1 - z) ** 2),
            says="The square in the slope of the tanh reaches too far: z alone is squared, not 1 - z.",
            hint="What is the slope at z = -1, where the tanh is flat?",
        ),
        Slip(
            "tanh twice",
            answer(lambda z: 1 - np.tanh(z) ** 2),
            says="The tanh is taken twice in its slope: z is its result already.",
            hint="1 - tanh(a)² holds for the argument a. What does it become in terms of z = tanh(a)?",
        ),
        Slip(
            "slope of the sigmoid",
            answer(lambda z: z * (1 - z)),
            says="z(1 - z) is the slope of the sigmoid; this layer has a tanh.",
            hint="What is the slope of the tanh at 0, where it is steepest?",
        ),
        Slip(
            "square forgotten",
            answer(lambda z: 1 - z),
            says="The slope of the tanh needs a square that is missing here.",
            hint="The slope is the same for z and for -z. Is yours?",
        ),
        Slip(
            "tanh for its slope",
            answer(lambda z: z),
            says="z itself stands in the place of the slope of the tanh.",
            hint="Where z is 0 the tanh is steepest. What does your factor give there?",
        ),
        Slip(
            "plus for minus",
            answer(lambda z: 1 + z**2),
            says="The slope of the tanh has a plus where a minus belongs: it gets flatter away from 0, not "
            "steeper.",
            hint="Where is the tanh steepest, at 0 or far out?",
        ),
    )


HIDDEN_SLIPS = (
    *_slope_slips(lambda slope: _hidden_with(lambda a: slope(np.tanh(a)))),
    Slip(
        "no derivative of the tanh",
        lambda x, W1, b1: W1.T,
        says="The derivative of the tanh is missing: this would be right for z = W1 x + b1.",
        hint="Make x a hundred times larger: the tanh hardly moves any more. And your Jacobian?",
    ),
    Slip(
        "another activation",
        _hidden_with(lambda a: 1 / (1 + np.exp(-a)) * (1 - 1 / (1 + np.exp(-a)))),
        says="This is right for a layer with a sigmoid; here the activation is the tanh.",
        hint="Read the formula of z once more.",
    ),
    Slip(
        "slope of the argument",
        _hidden_with(lambda a: 1 - a**2),
        says="The square is taken of W1 x + b1, before the tanh.",
        hint="Can the slope of the tanh be negative?",
    ),
    Slip(
        "square of the cosh forgotten",
        _hidden_with(lambda a: 1 / np.cosh(a)),
        says="The slope of the tanh by the cosh needs a square that is missing here.",
        hint="Differentiate sinh / cosh by the quotient rule: what stands below the line?",
    ),
    Slip(
        "still times x",
        lambda x, W1, b1: x[:, None] * W1.T * (1 - np.tanh(W1 @ x + b1) ** 2),
        says="The entries are still multiplied by x: the derivative of w x by x is w alone.",
        hint="Set x to 0. Is z deaf to x there?",
    ),
    Slip(
        "derivative by the weights",
        lambda x, W1, b1: np.outer(x, 1 - np.tanh(W1 @ x + b1) ** 2),
        says="This holds x where the weights belong: that is how z reacts to the weights.",
        hint="Which letter is the variable: W1 or x?",
    ),
    Slip(
        "bias added",
        lambda x, W1, b1: W1.T * (1 - np.tanh(W1 @ x + b1) ** 2) + b1,
        says="The bias is added to the Jacobian; it belongs into the argument of the tanh only.",
        hint="What is the derivative of w x + b by x?",
    ),
    Slip(
        "bias forgotten",
        lambda x, W1, b1: W1.T * (1 - np.tanh(W1 @ x) ** 2),
        says="The bias is missing in z. It is a constant, but it decides where the tanh is taken.",
        hint="Give b1 a large value: what happens to the slope of the tanh?",
    ),
)

hidden_jacobian = Function(
    id="mmds-exercise13.3.2b",
    title="The Jacobian of the hidden layer",
    statement="The hidden layer of a net is z = tanh(W1 x + b1), with x of shape (d,), W1 of shape (n, d) "
    "and b1 of shape (n,). Write `jacobian(x, W1, b1)`, the derivative of z with respect to x, as an array "
    "in the layout of the chapter: a row for each entry of x, a column for each entry of z, so entry [i, j] "
    "is ∂zⱼ/∂xᵢ. (The chapter writes J_x(z) for it; the letters of the exercise are exchanged.)",
    source="mmds 13.3.6",
    stub="def jacobian(x, W1, b1):\n    ...\n",
    points=2,
    reference=_hidden_jacobian,
    also=(
        _hidden_jacobian_entry_by_entry,
        lambda x, W1, b1: ((1 - np.tanh(W1 @ x + b1) ** 2)[:, None] * W1).T,
    ),
    inputs=_hidden_layer,
    corners=(
        (
            np.array([0.5, -0.2, 0.1]),
            np.array([[1.0, -1, 0.5], [0, 2, 1], [0.3, 1, 0]]),
            np.array([0.1, -0.2, 0.3]),
        ),
    ),
    hints=(
        "Take two steps: from x to a = W1 x + b1, and from a to z. Each has a Jacobian.",
        "The tanh works on each entry alone, so its Jacobian is diagonal. What stands on the diagonal?",
        "In this layout the chain rule multiplies from left to right: the step next to x comes first.",
        "z = np.tanh(W1 @ x + b1); return W1.T @ np.diag(1 - z * z)",
    ),
    slips=(
        Slip(
            "other layout",
            lambda x, W1, b1: (1 - np.tanh(W1 @ x + b1) ** 2)[:, None] * W1,
            says="The right numbers in the other layout: here rows belong to z and columns to x, but a row "
            "is to belong to the variable that one differentiates by.",
            hint="How many rows has an array with a row for each entry of x?",
            credit=0.5,
        ),
        *HIDDEN_SLIPS,
        *map(_turned, HIDDEN_SLIPS),
        Slip(
            "factors in the wrong order",
            lambda x, W1, b1: np.diag(1 - np.tanh(W1 @ x + b1) ** 2) @ W1.T,
            says="The two factors stand in the wrong order: the diagonal matrix has a row for each hidden "
            "unit, so it cannot be multiplied from the left by an array with a column for each.",
            hint="Write the two shapes side by side. In which order do the inner lengths agree?",
        ),
        Slip(
            "transpose missing in the product",
            lambda x, W1, b1: W1 @ np.diag(1 - np.tanh(W1 @ x + b1) ** 2),
            says="W1 is not turned round, so its columns belong to x and do not fit the diagonal matrix.",
            hint="Which factor has the entries of x along its rows?",
        ),
        Slip(
            "summed over the hidden units",
            lambda x, W1, b1: W1.T @ (1 - np.tanh(W1 @ x + b1) ** 2),
            says="Weights and slopes are added up over the hidden units: the slopes belong on the diagonal "
            "of a matrix, or multiply column by column.",
            hint="Every entry of z has a column of its own. Which function makes a diagonal matrix?",
        ),
        Slip(
            "weights missing",
            lambda x, W1, b1: np.diag(1 - np.tanh(W1 @ x + b1) ** 2),
            says="This is only the Jacobian of the tanh, from W1 x + b1 to z; the step from x is missing.",
            hint="If all weights were twice as large, would z react to x as before?",
        ),
        Slip(
            "only the slopes",
            lambda x, W1, b1: 1 - np.tanh(W1 @ x + b1) ** 2,
            says="These are only the slopes of the tanh, one for each hidden unit; the step from x to W1 x "
            "+ b1 is missing.",
            hint="Every entry of z reacts to every entry of x: how many derivatives are there?",
        ),
        Slip(
            "value of z",
            lambda x, W1, b1: np.tanh(W1 @ x + b1),
            says="This is z itself, not its derivative.",
            hint="How many numbers does it take to say how each entry of z reacts to each entry of x?",
        ),
    ),
    because="With a = W1 x + b1 the chain rule gives J_x(z) = J_x(a) J_a(z): the transposed weights, and a "
    "diagonal matrix of the slopes 1 - zⱼ².",
)

# Parts 13.3.2c and d: how the loss reacts to the input.


def _input_gradient_from_hidden(gz, z, W1):  # type: ignore[no-untyped-def]
    return W1.T @ ((1 - z * z) * gz)


def _input_gradient_by_units(gz: Array, z: Array, W1: Array) -> list[float]:
    total = [0.0] * W1.shape[1]
    for row, slope, g in zip(W1, 1 - np.square(z), gz, strict=True):
        total = [t + w * slope * g for t, w in zip(total, row, strict=True)]
    return total


def _hidden_gradient(rng: np.random.Generator, size: int) -> tuple[Array, ...]:
    d, n = size + 2, size + 1
    return rng.normal(size=n), np.tanh(rng.normal(size=n)), rng.normal(size=(n, d))


input_gradient_from_hidden = Function(
    id="mmds-exercise13.3.2c",
    title="From the hidden gradient to the input's",
    statement="A hidden layer gives z = tanh(W1 x + b1), with W1 of shape (n, d). The gradient gz of the "
    "loss with respect to z is known, and so is z itself, the result of the tanh; both have shape (n,). "
    "Write `input_gradient(gz, z, W1)`, the gradient of the loss with respect to x, of shape (d,).",
    source="mmds 13.3.6",
    stub="def input_gradient(gz, z, W1):\n    ...\n",
    points=2,
    loose_shape=True,
    reference=_input_gradient_from_hidden,
    also=(
        _input_gradient_by_units,
        lambda gz, z, W1: np.einsum("nd,n->d", W1, gz - gz * z**2),
        lambda gz, z, W1: W1.T @ np.diag(1 - z**2) @ gz[:, None],
    ),
    inputs=_hidden_gradient,
    valid=lambda gz, z, W1: bool((abs(z) < 1).all()),
    corners=(
        (
            np.array([1.0, -2, 0.5]),
            np.array([0.5, -0.8, 0.1]),
            np.array([[1.0, -1, 0.5], [0, 2, 1], [3, 1, 0]]),
        ),
    ),
    hints=(
        "Which two nodes lie between x and z in the compute graph? The gradient passes them backwards.",
        "The tanh works on each entry alone, so its gradient is a product of entries. z is what the tanh "
        "gave.",
        "A gradient has the shape of what it belongs to. Which form of W1 makes n numbers into d?",
        "return W1.T @ ((1 - z * z) * gz)",
    ),
    slips=(
        *_slope_slips(lambda slope: lambda gz, z, W1: W1.T @ (slope(z) * gz)),
        Slip(
            "no derivative of the tanh",
            lambda gz, z, W1: W1.T @ gz,
            says="The tanh is passed over: on its way back the gradient meets its derivative.",
            hint="Which node lies between W1 x + b1 and z?",
        ),
        Slip(
            "brackets missing",
            lambda gz, z, W1: W1.T @ (1 - z * z * gz),
            says="Brackets are missing: gz multiplies the whole slope, the 1 as well.",
            hint="What must come out if gz is 0?",
        ),
        Slip(
            "divided by the slope",
            lambda gz, z, W1: W1.T @ (gz / (1 - z * z)),
            says="The gradient is divided by the slope of the tanh; the chain rule multiplies.",
            hint="Where the tanh is flat, must the gradient get smaller or larger?",
        ),
        Slip(
            "gradient and output exchanged",
            lambda gz, z, W1: W1.T @ ((1 - gz * gz) * z),
            says="gz and z are exchanged: the slope is taken from z.",
            hint="Compare the order of your arguments with that of the statement.",
        ),
        Slip(
            "gradient forgotten",
            lambda gz, z, W1: W1.T @ (1 - z * z),
            says="gz does not occur: this passes back ones.",
            hint="What must come out if gz is 0?",
        ),
        Slip(
            "pseudo-inverse",
            lambda gz, z, W1: np.linalg.pinv(W1) @ ((1 - z * z) * gz),
            says="W1 is inverted, but nothing is solved for: the way back is the transpose.",
            hint="If x₁ grows by a little, which weights say how W1 x reacts?",
        ),
        Slip(
            "transpose missing",
            lambda gz, z, W1: W1 @ ((1 - z * z) * gz),
            says="The transpose is missing: W1 leads from x to the hidden units, the gradient goes the "
            "other way.",
            hint="W1 has n rows and d columns, the bracket n entries. What has to be turned round to fit?",
        ),
        Slip(
            "no derivative of the tanh + transpose missing",
            lambda gz, z, W1: W1 @ gz,
            says="Two things: the derivative of the tanh is missing, and W1 has to be transposed on the way "
            "back.",
            hint="Compare the shapes first. Then: which node lies between W1 x + b1 and z?",
        ),
        Slip(
            "slope behind the weights",
            lambda gz, z, W1: (1 - z * z) * (W1.T @ gz),
            says="The slope comes too late: the gradient passes the tanh first and the weights then. In "
            "Python @ and * go from left to right.",
            hint="On the way back, which node comes first? Which vectors have n entries? Set brackets.",
        ),
        Slip(
            "weights missing",
            lambda gz, z, W1: (1 - z * z) * gz,
            says="This is the gradient in front of the tanh, at W1 x + b1; the step to x is missing.",
            hint="Has your result as many entries as x?",
        ),
        Slip(
            "not summed",
            lambda gz, z, W1: W1.T * ((1 - z * z) * gz),
            says="Each column is one hidden unit's part; x feeds all units, so the parts add up.",
            hint="A gradient has the shape of what it belongs to.",
        ),
        Slip(
            "inner product",
            lambda gz, z, W1: W1.T * ((1 - z * z) @ gz),
            says="Slope and gradient are multiplied to one number; each hidden unit keeps its own product.",
            hint="Which sign multiplies entry by entry in NumPy?",
        ),
        Change(
            "sign",
            lambda g, gz, z, W1: -g,
            says="The sign is turned round: a gradient points uphill, the step against it comes later.",
            hint="With one unit, z = 0, W1 = 1 and gz = 1: does the loss grow with x?",
        ),
    ),
    because="Backwards through the graph: the tanh multiplies each entry by its slope 1 - z², and the "
    "product W1 x multiplies by the transposed weights.",
)


def _input_gradient(x, yhat, W1, b1, W2, b2):  # type: ignore[no-untyped-def]
    z = np.tanh(W1 @ x + b1)
    y = W2 @ z + b2
    gz = W2.T @ (2 * (y - yhat))
    return W1.T @ ((1 - z * z) * gz)


def _loss(x: Array, yhat: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> float:
    return float(((W2 @ np.tanh(W1 @ x + b1) + b2 - yhat) ** 2).sum())


def _input_gradient_numeric(x: Array, *net: Array) -> list[float]:
    step = 1e-5 * np.eye(len(x))
    return [(_loss(x + s, *net) - _loss(x - s, *net)) / 2e-5 for s in step]


def _input_gradient_by_jacobians(x: Array, yhat: Array, *net: Array) -> Array:
    W1, b1, W2, b2 = net
    hidden = _hidden_jacobian(x, W1, b1)  # type: ignore[no-untyped-call]
    return np.asarray(hidden @ W2.T @ (W2 @ np.tanh(W1 @ x + b1) + b2 - yhat) * 2)


def _whole_net(rng: np.random.Generator, size: int) -> tuple[Array, ...]:
    d, n, k = size + 2, size + 1, size + 3
    weights = rng.normal(size=(n, d)) / 2, rng.normal(size=n) / 2, rng.normal(size=(k, n)), rng.normal(size=k)
    return rng.normal(size=d), rng.normal(size=k), *weights


def _with_slope(slope: Callable[[Array], Array]) -> Callable[..., Array]:
    """Return the input gradient with another slope of the tanh, a function of W1 x + b1."""

    def _wrong(x: Array, yhat: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
        a = W1 @ x + b1
        return np.asarray(W1.T @ (slope(a) * (W2.T @ (2 * (W2 @ np.tanh(a) + b2 - yhat)))))

    return _wrong


def _with_error(error: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    """Return the input gradient with another gradient of the loss, a function of y and yhat."""

    def _wrong(x: Array, yhat: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
        z = np.tanh(W1 @ x + b1)
        return np.asarray(W1.T @ ((1 - z * z) * (W2.T @ error(W2 @ z + b2, yhat))))

    return _wrong


def _propagated(way: Callable[[Array, Array, Array, Array], Array]) -> Callable[..., Array]:
    """Return the input gradient with another way back: of W1, W2, the slope and the gradient at y."""

    def _wrong(x: Array, yhat: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
        z = np.tanh(W1 @ x + b1)
        return way(W1, W2, 1 - z * z, 2 * (W2 @ z + b2 - yhat))

    return _wrong


def _hidden_part(x: Array, yhat: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return np.asarray(W2.T @ (2 * (W2 @ np.tanh(W1 @ x + b1) + b2 - yhat)))


input_gradient = Function(
    id="mmds-exercise13.3.2d",
    title="The gradient of the loss at the input",
    statement="A net has z = tanh(W1 x + b1), y = W2 z + b2 and, for one example, the loss L = Σⱼ (yⱼ - "
    "yhatⱼ)², a sum and no mean. Write `input_gradient(x, yhat, W1, b1, W2, b2)`, the gradient of L with "
    "respect to x, of shape (d,). The shapes are (d,) for x, (n, d) for W1, (n,) for b1, (k, n) for W2, "
    "(k,) for b2 and yhat.",
    source="mmds 13.3.6",
    stub="def input_gradient(x, yhat, W1, b1, W2, b2):\n    ...\n",
    points=2,
    loose_shape=True,
    reference=_input_gradient,
    also=(_input_gradient_by_jacobians, _input_gradient_numeric),
    inputs=_whole_net,
    corners=(
        (
            np.array([0.5, -0.2, 0.1]),
            np.array([1.0, -1.0, 0.5]),
            np.array([[1.0, -1, 0.5], [0, 2, 1], [0.3, 1, 0]]),
            np.array([0.1, -0.2, 0.3]),
            np.array([[2.0, -1, 0.5], [1, 3, -2], [0, 1, 4]]),
            np.array([0.3, 0.1, -0.1]),
        ),
    ),
    hints=(
        "Compute the way forward first: z, then y. Then go back, one node at a time.",
        "It begins with the gradient of L with respect to y: differentiate one square.",
        "Every product with a matrix is passed backwards by its transpose, the tanh by its slope in terms "
        "of z.",
        "gz = W2.T @ (2 * (y - yhat)); return W1.T @ ((1 - z * z) * gz)",
    ),
    slips=(
        *_slope_slips(lambda slope: _with_slope(lambda a: slope(np.tanh(a)))),
        Slip(
            "no derivative of the tanh",
            _with_slope(np.ones_like),
            says="The hidden tanh is passed over: on its way back the gradient meets its derivative.",
            hint="Compare with the Jacobian of z with respect to x: what stands there besides the weights?",
        ),
        Slip(
            "tanh at the output",
            _with_error(lambda y, yhat: 2 * (y - yhat) * (1 - y**2)),
            says="A slope of the tanh is taken at y, too, but the output layer has no activation.",
            hint="What lies between W2 z + b2 and y?",
        ),
        Slip(
            "error without its size",
            _with_error(lambda y, yhat: np.sign(y - yhat)),
            says="Only the sign of the error is passed back, as for the absolute error; the loss is a "
            "square.",
            hint="Must the gradient shrink when y comes near to yhat?",
        ),
        Slip(
            "square kept",
            _with_error(lambda y, yhat: (y - yhat) ** 2),
            says="The squares themselves are passed back, not their derivatives.",
            hint="What is the derivative of t²?",
        ),
        Slip(
            "mean instead of sum",
            _with_error(lambda y, yhat: 2 * (y - yhat) / len(y)),
            says="It is divided by the number of outputs, as for a mean; the loss here is a sum.",
            hint="Read the formula of L once more.",
            credit=0.5,
        ),
        Slip(
            "target instead of error",
            _with_error(lambda y, yhat: 2 * y),
            says="The target yhat is missing: what is passed back is y alone.",
            hint="What must the gradient be if y hits the target?",
        ),
        Slip(
            "first bias forgotten",
            lambda x, yhat, W1, b1, W2, b2: _input_gradient(x, yhat, W1, 0 * b1, W2, b2),  # type: ignore[no-untyped-call]
            says="The bias b1 is missing on the way forward. It does not multiply x, but it moves the tanh.",
            hint="Does your result change with b1? It should.",
        ),
        Slip(
            "second bias forgotten",
            lambda x, yhat, W1, b1, W2, b2: _input_gradient(x, yhat, W1, b1, W2, 0 * b2),  # type: ignore[no-untyped-call]
            says="The bias b2 is missing on the way forward: the error y - yhat needs the whole y.",
            hint="Does your result change with b2? It should.",
        ),
        Slip(
            "biases forgotten",
            lambda x, yhat, W1, b1, W2, b2: _input_gradient(x, yhat, W1, 0 * b1, W2, 0 * b2),  # type: ignore[no-untyped-call]
            says="Both biases are missing on the way forward.",
            hint="Write y out in full. Which letters of the arguments do not occur in your code?",
        ),
        Slip(
            "transposes missing",
            _propagated(lambda W1, W2, slope, error: W1 @ (slope * (W2 @ error))),
            says="The matrices are not transposed: on the way back each leads from its outputs to its "
            "inputs.",
            hint="W2 has k rows and n columns, the error k entries. What has to be turned round to fit?",
        ),
        Slip(
            "first transpose missing",
            _propagated(lambda W1, W2, slope, error: W1 @ (slope * (W2.T @ error))),
            says="W1 is not transposed: on the way back it leads from the hidden units to x.",
            hint="W1 has n rows and d columns. What is to be multiplied has n entries.",
        ),
        Slip(
            "second transpose missing",
            _propagated(lambda W1, W2, slope, error: W1.T @ (slope * (W2 @ error))),
            says="W2 is not transposed: on the way back it leads from the outputs to the hidden units.",
            hint="W2 has k rows and n columns, the error has k entries.",
        ),
        Slip(
            "slope behind the weights",
            _propagated(lambda W1, W2, slope, error: slope * (W1.T @ (W2.T @ error))),
            says="The slope comes too late: the gradient passes W2, then the tanh, then W1.",
            hint="On the way back, what lies between W2 and W1? And which vectors have n entries?",
        ),
        Slip(
            "slope in front of the weights",
            _propagated(lambda W1, W2, slope, error: W1.T @ (W2.T @ (slope * error))),
            says="The slope comes too early: the gradient passes W2, then the tanh, then W1.",
            hint="On the way back, what lies between W2 and W1? And which vectors have n entries?",
        ),
        Slip(
            "gradient of the weights",
            lambda x, yhat, W1, b1, W2, b2: np.outer(
                (1 - np.tanh(W1 @ x + b1) ** 2) * _hidden_part(x, yhat, W1, b1, W2, b2), x
            ),
            says="This is the gradient with respect to W1: it has the shape of W1 and holds x.",
            hint="In w x, what is the derivative by w, and what by x?",
        ),
        Slip(
            "value of the loss",
            _loss,
            says="This is the loss itself, one number; its gradient has a number for each entry of x.",
            hint="How does L change if only x₁ does?",
        ),
        Slip(
            "stopped at the hidden layer",
            _hidden_part,
            says="This is the gradient with respect to z; the way from there to x is missing.",
            hint="Has your result as many entries as x?",
        ),
        Slip(
            "stopped in front of the tanh",
            lambda x, yhat, W1, b1, W2, b2: (
                (1 - np.tanh(W1 @ x + b1) ** 2) * _hidden_part(x, yhat, W1, b1, W2, b2)
            ),
            says="This is the gradient with respect to W1 x + b1; one more product leads to x.",
            hint="Which node lies between x and W1 x + b1?",
        ),
        Slip(
            "stopped at the output",
            lambda x, yhat, W1, b1, W2, b2: 2 * (W2 @ np.tanh(W1 @ x + b1) + b2 - yhat),
            says="This is the gradient with respect to y, where the way back only begins.",
            hint="Which nodes lie between x and y?",
        ),
        Change(
            "factor 2",
            lambda g, *net: 0.5 * g,
            says="It is half of what it should be: the square brings a factor that is missing.",
            hint="What is the derivative of t²?",
        ),
        Change(
            "sign",
            lambda g, *net: -g,
            says="The sign is turned round: the error is the output minus the target, and yhat is the "
            "target.",
            hint="Raise an output that is too large already: which sign must its gradient have?",
        ),
    ),
    because="The gradient at y is 2(y - yhat). W2 transposed takes it to z, the slope 1 - z² through the "
    "tanh, and W1 transposed to x.",
)

# Part 13.3.2e: the graph with its gradient nodes.

BACKWARD: Mapping[str, Node] = {
    "d": ("sub", ["y", "yhat"]),
    "gy": ("mul", [2, "d"]),
    "gb2": ("identity", ["gy"]),
    "gW2": ("outer", ["gy", "z"]),
    "gz": ("matmul", ["W2.T", "gy"]),
    "s": ("dtanh", ["z"]),
    "gv1": ("mul", ["s", "gz"]),
    "gb1": ("identity", ["gv1"]),
    "h": ("outer", ["gv1", "x"]),
    "gW1": ("mul", ["M", "h"]),
    "gx": ("matmul", ["W1.T", "gv1"]),
}


def _with_gradients(**changed: Node) -> list[Any]:
    """Draw the whole graph with some nodes changed."""
    return _drawn(FORWARD, LOSS, BACKWARD, **changed)


def _net_with_gaps(rng: np.random.Generator) -> Mapping[str, Array]:
    d, n, k = 4, 2, 3
    mask = np.array([[1.0, 1, 0, 1], [0, 1, 1, 1]])
    weights = {"W1": mask * rng.normal(size=(n, d)), "b1": rng.normal(size=n), "W2": rng.normal(size=(k, n))}
    return {
        "M": mask,
        **weights,
        "b2": rng.normal(size=k),
        "x": rng.normal(size=d),
        "yhat": rng.normal(size=k),
    }


gradient_graph = EvaluatedGraph(
    id="mmds-exercise13.3.2e",
    title="The compute graph with its gradient nodes",
    statement="Draw the whole compute graph of the net v1 = W1 x + b1, z = tanh(v1), y = W2 z + b2 with "
    "loss L = Σⱼ (yⱼ - yhatⱼ)²: the way forward, and a node for each gradient of L. Some links of the first "
    "layer are missing: W1 is 0 for good wherever the given mask M, of W1's shape, is 0, and so is its "
    "gradient; elsewhere M is 1. Hand in a list of nodes (name, operator, [inputs]). There must be nodes z, "
    "y, gy, gW2, gb2, gz, gv1, gW1, gb1 and gx, where gy is the gradient of y, and so on; call other nodes "
    "what you like. Inputs are nodes, the given x, yhat, W1, b1, W2, b2 and M, or numbers. Operators: "
    "matmul, add, sub, mul (entry by entry, or by a number), outer(a, b) = a bᵀ, transpose (or write W2.T), "
    "tanh, dtanh(z) = 1 - z ⊙ z, square, sqerr (the sum of squared differences), identity (the same again). "
    "Vectors are columns. L may be left out.",
    source="mmds 13.3.6",
    stub='graph = [("z", "tanh", ["v1"]), ("gy", ..., [...]), ...]\n',
    points=3,
    sample=_net_with_gaps,
    asked=("z", "y", "gy", "gb2", "gW2", "gz", "gv1", "gb1", "gW1", "gx"),
    known=("v1", "L"),
    reference=_with_gradients(),
    also=(
        [
            ("v1", "affine", ["x", "W1", "b1"]),
            ("z", "tanh", ["v1"]),
            ("y", "affine", ["z", "W2", "b2"]),
            ("e", "-", ["yhat", "y"]),
            ("gy", "mul", ["e", -2]),
            ("gb2", "mul", [1, "gy"]),
            ("gW2", "matmul", ["gy", "zᵀ"]),
            ("tW2", "transpose", ["W2"]),
            ("gz", "@", ["tW2", "gb2"]),
            ("zz", "square", ["z"]),
            ("slope", "sub", [1, "zz"]),
            ("gv1", "⊙", ["gz", "slope"]),
            ("gb1", "identity", ["gv1"]),
            ("xT", "transpose", ["x"]),
            ("full", "matmul", ["gb1", "xT"]),
            ("gW1", "mul", ["full", "M"]),
            ("gx", "matmul", ["gv1", "W1"]),
        ],
        _with_gradients(
            W=("mul", ["M", "W1"]),
            u1=("matmul", ["W", "x"]),
            gy=("add", ["d", "d"]),
            D=("diag", ["s"]),
            gv1=("matmul", ["D", "W2.T", "gy"]),
            gx=("matmul", ["W.T", "D", "gz"]),
        ),
    ),
    hints=(
        "Draw the way forward first. Then visit its nodes from the last to the first and give each a "
        "gradient.",
        "Ask of each gradient node: which gradient does it begin with, and which values of the way forward "
        "does it need?",
        "A sum hands the gradient on as it is. A product with W takes it to the other operand by W "
        "transposed, and to W itself by an outer product with that operand.",
        "gy = 2(y - yhat), gb2 = gy, gW2 = outer(gy, z), gz = matmul(W2.T, gy), gv1 = mul(dtanh(z), gz), "
        "gb1 = gv1, gW1 = mul(M, outer(gv1, x)), gx = matmul(W1.T, gv1)",
    ),
    slips=(
        Slip(
            "mask forgotten",
            _with_gradients(gW1=("outer", ["gv1", "x"])),
            says="gW1 is not 0 at the missing links: entries that are fixed are no parameters.",
            hint="Which given array is 0 exactly at the missing links?",
            credit=0.75,
        ),
        Slip(
            "factor 2",
            _with_gradients(gy=("sub", ["y", "yhat"])),
            says="gy is half of what it should be: the square brings a factor that is missing.",
            hint="What is the derivative of t²?",
        ),
        Slip(
            "sign",
            _with_gradients(d=("sub", ["yhat", "y"])),
            says="gy has the wrong sign: the error is the output minus the target, and yhat is the target.",
            hint="Raise an output that is too large already: which sign must its gradient have?",
        ),
        Slip(
            "factor 2 + sign",
            _with_gradients(gy=("sub", ["yhat", "y"])),
            says="Two things at gy: the sign is turned round, and the factor of the square is missing.",
            hint="Differentiate (y - yhat)² by y, for single numbers.",
        ),
        Slip(
            "loss handed back",
            _with_gradients(gy=("identity", ["L"])),
            says="gy holds the loss itself instead of its gradient: it must have an entry for each of y.",
            hint="How does L change if only the first entry of y does?",
        ),
        Slip(
            "square kept",
            _with_gradients(gy=("square", ["d"])),
            says="gy holds the squares themselves instead of their derivatives.",
            hint="What is the derivative of t²?",
        ),
        Slip(
            "mean instead of sum",
            _with_gradients(gy=("mul", [2 / 3, "d"])),
            says="gy is divided by the number of outputs, as for a mean; the loss here is a sum.",
            hint="Read the formula of L once more.",
            credit=0.5,
        ),
        Slip(
            "transposes missing",
            _with_gradients(gz=("matmul", ["W2", "gy"]), gx=("matmul", ["W1", "gv1"])),
            says="A matrix is not transposed: on the way back it leads from its outputs to its inputs.",
            hint="How many columns has W2, and how many entries has gy?",
        ),
        Slip(
            "weights passed over",
            _with_gradients(gz=("identity", ["gy"]), gx=("identity", ["gv1"])),
            says="The gradient goes past a product as if nothing were multiplied: the node needs the "
            "weights as an input.",
            hint="If all entries of W2 were twice as large, how would L react to z?",
        ),
        Slip(
            "tanh passed over",
            _with_gradients(gv1=("identity", ["gz"])),
            says="gv1 is the same as gz: the slope of the tanh is missing.",
            hint="Which value of the way forward tells how steep the tanh is there?",
        ),
        Slip(
            "taken behind the tanh",
            _with_gradients(
                gb1=("identity", ["gz"]), h=("outer", ["gz", "x"]), gx=("matmul", ["W1.T", "gz"])
            ),
            says="What belongs to the first layer begins with gz; it lies in front of the tanh and needs "
            "the gradient there.",
            hint="Which node do W1, b1 and x lead to: z, or the one before it?",
        ),
        Slip(
            "taken behind the tanh + mask forgotten",
            _with_gradients(gW1=("outer", ["gz", "x"])),
            says="Two things at gW1: it begins with gz instead of the gradient in front of the tanh, and it "
            "is not 0 at the missing links.",
            hint="Which node does W1 lead to? And which given array is 0 at the missing links?",
        ),
        Slip(
            "tanh for its slope",
            _with_gradients(s=("tanh", ["v1"])),
            says="gv1 multiplies by the tanh itself; it takes the slope.",
            hint="Where z is 0 the tanh is steepest. What does your factor give there?",
        ),
        Slip(
            "tanh twice",
            _with_gradients(t=("tanh", ["z"]), s=("dtanh", ["t"])),
            says="The tanh is taken twice in gv1: z is its result already.",
            hint="What does dtanh expect: the argument of the tanh, or its result?",
        ),
        Slip(
            "slope of the argument",
            _with_gradients(s=("dtanh", ["v1"])),
            says="The slope is taken from v1, but dtanh expects what the tanh gave.",
            hint="Read the definition of dtanh: whose square is it?",
        ),
        Slip(
            "slope of the sigmoid",
            _with_gradients(r=("sub", [1, "z"]), s=("mul", ["z", "r"])),
            says="z(1 - z) is the slope of the sigmoid; this layer has a tanh.",
            hint="What is the slope of the tanh at 0?",
        ),
        Slip(
            "slope at the output",
            _with_gradients(t=("dtanh", ["y"]), e=("mul", [2, "d"]), gy=("mul", ["t", "e"])),
            says="gy holds a slope of the tanh, but the output layer has no activation.",
            hint="What lies between W2 z + b2 and y?",
        ),
        Slip(
            "inner product",
            _with_gradients(gv1=("matmul", ["s", "gz"])),
            says="gv1 is a single number: the slopes meet the gradient entry by entry, they are not added "
            "up.",
            hint="Which operator multiplies entry by entry?",
        ),
        Slip(
            "entry by entry at the weights",
            _with_gradients(gW2=("mul", ["gy", "z"]), h=("mul", ["gv1", "x"])),
            says="The gradient of a weight matrix is no product entry by entry: gradient and input have "
            "different lengths, and each entry of the one meets each of the other.",
            hint="Which product makes a matrix of two vectors?",
        ),
        Slip(
            "two columns multiplied",
            _with_gradients(gW2=("matmul", ["gy", "z"]), h=("matmul", ["gv1", "x"])),
            says="Two columns have no matrix product: for the gradient of a weight matrix one of them has "
            "to lie.",
            hint="A column times a row is a matrix. Which of the two vectors is the row?",
        ),
        Slip(
            "entry by entry at the inputs",
            _with_gradients(gz=("mul", ["W2", "gy"]), gx=("mul", ["W1", "gv1"])),
            says="The way back through a product with a matrix is a product with a matrix again, not one "
            "entry by entry.",
            hint="Each entry of z feeds all entries of y: what has to be added up for its gradient?",
        ),
        Slip(
            "outer product turned round",
            _with_gradients(gW2=("outer", ["z", "gy"]), h=("outer", ["x", "gv1"]), gW1=("mul", ["M.T", "h"])),
            says="The gradient of a matrix is transposed: it must have the shape of the matrix.",
            hint="outer(a, b) has a row for each entry of a. What do the rows of W2 belong to?",
        ),
        Slip(
            "outer product turned round + mask forgotten",
            _with_gradients(gW1=("outer", ["x", "gv1"])),
            says="Two things at gW1: it is transposed, and it is not 0 at the missing links.",
            hint="Give it the shape of W1 first. Which given array has that shape and tells the missing "
            "links?",
        ),
        Slip(
            "inputs of the layer missing",
            _with_gradients(gW2=("identity", ["gy"]), gW1=("identity", ["gv1"])),
            says="The gradient of a weight matrix lacks the input of its layer: it is the gradient behind "
            "the product alone.",
            hint="What is the derivative of w x by w?",
        ),
        Slip(
            "output of the layer for its input",
            _with_gradients(gW2=("outer", ["gy", "y"]), gW1=("outer", ["gv1", "z"])),
            says="The gradient of a weight matrix holds the output of its layer; it takes the input.",
            hint="With what was W2 multiplied on the way forward?",
        ),
        Slip(
            "weights for the input of the layer",
            _with_gradients(gW2=("matmul", ["W2.T", "gy"]), gW1=("matmul", ["W1.T", "gv1"])),
            says="The gradient of a weight matrix is made with the matrix itself. That is the gradient of "
            "the other operand.",
            hint="In w x, what is the derivative by w, and what by x?",
        ),
        Slip(
            "bias multiplied",
            _with_gradients(gb2=("mul", ["gy", "b2"]), gb1=("mul", ["gv1", "b1"])),
            says="The gradient of a bias is multiplied by the bias, but a bias is only added.",
            hint="What is the derivative of u + b by b?",
        ),
        Slip(
            "bias added to the gradient",
            _with_gradients(gb2=("add", ["gy", "b2"]), gb1=("add", ["gv1", "b1"])),
            says="The bias is added to its gradient: its value does not matter there.",
            hint="What is the derivative of u + b by b?",
        ),
        Slip(
            "no tanh",
            _with_gradients(z=("identity", ["v1"])),
            says="On the way forward z lacks the tanh.",
            hint="Which operation turns v1 into z?",
        ),
        Slip(
            "tanh on the output",
            _with_gradients(v2=("add", ["u2", "b2"]), y=("tanh", ["v2"])),
            says="On the way forward y has a tanh, but the output layer has no activation.",
            hint="Can an output of this net be larger than 1?",
        ),
    ),
    because="Every gradient is made of the one behind it: a sum hands it on, a product takes it through the "
    "transposed matrix or, for the matrix, into an outer product, and the tanh multiplies it by its slope.",
)
