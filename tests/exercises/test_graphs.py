"""Section 13.3 of mmds: references against central differences, other right answers, wrong ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.exercises import mmds
from dlcore.exercises.mmds.graphs import _with_gradients as drawn

tanh = np.tanh


def differences(function, x, step=1e-6):
    """Return d function / d x, a row for each entry of x."""
    shifts = step * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([(np.ravel(function(x + s)) - np.ravel(function(x - s))) / (2 * step) for s in shifts])


def rounds(exercise):
    return [pytest.param(inputs, id=f"round {i}") for i, inputs in enumerate(exercise.rounds())]


@pytest.mark.parametrize("inputs", rounds(mmds.output_jacobian))
def test_the_jacobian_of_the_output_layer(inputs):
    z, w, b = inputs
    want = differences(lambda z: w @ z + b, z)
    np.testing.assert_allclose(mmds.output_jacobian.reference(z, w, b), want, atol=1e-8)


@pytest.mark.parametrize("inputs", rounds(mmds.hidden_jacobian))
def test_the_jacobian_of_the_hidden_layer(inputs):
    x, w, b = inputs
    want = differences(lambda x: tanh(w @ x + b), x)
    np.testing.assert_allclose(mmds.hidden_jacobian.reference(x, w, b), want, atol=1e-8)


@pytest.mark.parametrize("inputs", rounds(mmds.input_gradient_from_hidden))
def test_the_gradient_from_the_hidden_layer(inputs):
    gz, z, w = inputs
    x = np.linspace(-1, 1, w.shape[1])
    b = np.arctanh(z) - w @ x
    want = differences(lambda x: gz @ tanh(w @ x + b), x)[:, 0]
    np.testing.assert_allclose(mmds.input_gradient_from_hidden.reference(gz, z, w), want, atol=1e-8)


@pytest.mark.parametrize("inputs", rounds(mmds.input_gradient))
def test_the_gradient_of_the_loss(inputs):
    x, yhat, w1, b1, w2, b2 = inputs
    want = differences(lambda x: ((w2 @ tanh(w1 @ x + b1) + b2 - yhat) ** 2).sum(), x)[:, 0]
    np.testing.assert_allclose(mmds.input_gradient.reference(*inputs), want, rtol=1e-6, atol=1e-8)


def test_the_numbers_of_the_chapter_s_net():
    """A net with missing links, as in the chapter's figure."""
    net = (
        np.array([2.0, 1, -1]),
        np.array([1, -1, 0.5]),
        np.array([[1.0, -1, 0], [0, 3, 1]]),
        np.array([0.1, -0.2]),
        np.array([[2.0, -1], [-1, 1], [1, 0.5]]),
        np.array([0.3, 0, -0.1]),
    )
    np.testing.assert_allclose(
        mmds.input_gradient.reference(*net), [-0.4051941, 1.35527962, 0.31669517], 1e-6
    )
    want = [[0.35920132, 0], [-0.35920132, 0.31067512], [0, 0.10355837]]
    np.testing.assert_allclose(mmds.hidden_jacobian.reference(net[0], *net[2:4]), want, atol=1e-8)


# The graph with its gradient nodes, against a plain evaluation and central differences.

LEAVES = mmds.gradient_graph._leaves
PLAIN = {
    "matmul": lambda a, b: a @ b if np.ndim(a) and np.ndim(b) else a * b,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "outer": np.outer,
    "tanh": tanh,
    "dtanh": lambda z: 1 - z**2,
    "sqerr": lambda a, b: ((a - b) ** 2).sum(),
    "identity": lambda a: a,
}


def loss(**changed):
    v = {**LEAVES, **changed}
    y = v.get("y", v["W2"] @ v.get("z", tanh(v.get("v1", v["W1"] @ v["x"] + v["b1"]))) + v["b2"])
    return ((y - v["yhat"]) ** 2).sum()


def forward():
    v1 = LEAVES["W1"] @ LEAVES["x"] + LEAVES["b1"]
    return {"v1": v1, "z": tanh(v1), "y": LEAVES["W2"] @ tanh(v1) + LEAVES["b2"]}


def expected():
    """Return the values of all asked nodes, gradients by central differences."""
    values = forward()
    for name in ("y", "b2", "W2", "z", "v1", "b1", "W1", "x"):
        at = {**LEAVES, **forward()}[name]
        gradient = differences(lambda value, name=name: loss(**{name: value}), at).reshape(at.shape)
        values[f"g{name}"] = gradient * (LEAVES["M"] if name == "W1" else 1)
    return values


EXPECTED = expected()


def evaluate(nodes):
    values = dict(LEAVES)
    left = list(nodes)
    while left:
        name, op, inputs = next(n for n in left if all(base(i) in values for i in n[2]))
        left = [n for n in left if n[0] != name]
        values[name] = PLAIN[op](*(look_up(i, values) for i in inputs))
    return values


def base(name):
    return "M" if isinstance(name, (int, float)) else name.removesuffix(".T")


def look_up(name, values):
    if isinstance(name, (int, float)):
        return name
    return values[name[:-2]].T if name.endswith(".T") else values[name]


def works(nodes):
    try:
        values = evaluate(nodes)
        return all(
            np.shape(values[n]) == np.shape(EXPECTED[n]) and np.allclose(values[n], EXPECTED[n], atol=1e-7)
            for n in mmds.gradient_graph.asked
        )
    except (ValueError, StopIteration, TypeError):
        return False


def test_the_reference_graph_works():
    assert works(mmds.gradient_graph.reference)


NAMES = [name for name, _, _ in drawn()]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_one_change_is_right_exactly_if_the_graph_still_works(data):
    """Another operator or another input at one node."""
    nodes = drawn()
    k = data.draw(st.integers(0, len(nodes) - 1))
    name, op, inputs = nodes[k]
    if data.draw(st.booleans()):
        op = data.draw(st.sampled_from([o for o in PLAIN if (o in SINGLE) == (op in SINGLE)]))
    else:
        pool = [*LEAVES, *NAMES, "W1.T", "W2.T", 2, 1]
        place = data.draw(st.integers(0, len(inputs) - 1))
        inputs = [*inputs[:place], data.draw(st.sampled_from(pool)), *inputs[place + 1 :]]
    changed = [*nodes[:k], (name, op, inputs), *nodes[k + 1 :]]
    verdict = mmds.gradient_graph.check(changed)
    if name == "L":
        return  # the loss may be left out, so the plain evaluation does not ask for it
    assert verdict.ok == works(changed), (changed[k], str(verdict))


SINGLE = ("tanh", "dtanh", "identity")

RIGHT_GRAPHS = {
    "names with brackets and underscores": [
        (n.replace("gW1", "g(W_1)").replace("gx", "g_x"), op, i) for n, op, i in drawn()
    ],
    "leaves listed": [("x", "input", []), ("W1", "parameter", []), *drawn()],
    "transposes as nodes": drawn(
        A=("transpose", ["W2"]), gz=("matmul", ["A", "gy"]), B=("T", ["x"]), h=("matmul", ["gv1", "B"])
    ),
    "a row times the matrix": drawn(
        r=("transpose", ["gv1"]), gx=("matmul", ["r", "W1"]), gz=("@", ["gy", "W2"])
    ),
    "slope by hand": drawn(q=("mul", ["z", "z"]), s=("sub", [1, "q"])),
    "factor behind": drawn(d=("-", ["y", "yhat"]), gy=("*", ["d", "2"])),
    "two factors": drawn(e=("add", ["y", "y"]), f=("mul", [-2, "yhat"]), gy=("add", ["e", "f"])),
    "from the bias": drawn(gz=("matmul", ["W2^T", "gb2"]), h=("outer", ["gb1", "x"])),
    "mask on the gradient": drawn(m=("outer", ["gv1", "x"]), h=("mul", ["m", "M"])),
    "no loss": [node for node in drawn() if node[0] != "L"],
}


@pytest.mark.parametrize("name", RIGHT_GRAPHS)
def test_other_right_graphs(name):
    verdict = mmds.gradient_graph.check(RIGHT_GRAPHS[name])
    assert verdict.ok, verdict


WRONG_GRAPHS = {
    "a node missing": ([n for n in drawn() if n[0] != "gx"], "no node is called gx"),
    "only forward": (drawn()[:6], "no node is called gy, gb2"),
    "unknown operator": (drawn(gy=("grad", ["L", "y"])), "'grad' is none of the operators"),
    "no arc from x": (drawn(gW1=("mul", ["M", "gv1"])), "does not use x"),
    "no arc from W2": (drawn(gz=("matmul", ["W1.T", "gy"])), "does not use W2"),
    "another gradient": (drawn(gb1=("identity", ["gy"])), "gb1 = identity(gy) is wrong: it does not use gv1"),
    "no target": (drawn(gy=("mul", [2, "y"])), "does not use yhat"),
    "a name of nothing": (drawn(gy=("mul", [2, "e"])), "e is neither a node nor given"),
    "one input": (drawn(d=("sub", ["y"])), "sub takes 2 inputs, got 1"),
    "four times": (drawn(gy=("mul", [4, "d"])), "2 times what it should be"),
    "a circle": (drawn(gz=("matmul", ["W2.T", "gz"])), "circle"),
    "a leaf redefined": ([*drawn(), ("M", "identity", ["W1"])], "M is given"),
    "loss": (drawn(L=("sqerr", ["y", "y"])), "L = sqerr(y, y) is wrong"),
    "two mistakes": (
        drawn(gy=("sub", ["y", "yhat"]), gv1=("identity", ["gz"])),
        "gy is half of what it should be",
    ),
    "two mistakes, the other": (
        drawn(gy=("sub", ["y", "yhat"]), gv1=("identity", ["gz"])),
        "slope of the tanh is missing",
    ),
    "one of two transposes": (drawn(gx=("matmul", ["W1", "gv1"])), "not transposed"),
    "one of two wrong": (
        drawn(gy=("mul", [4, "d"]), gb2=("mul", [3, "gy"])),
        "Wrong in itself, too: gb2",
    ),
}


@pytest.mark.parametrize("name", WRONG_GRAPHS)
def test_wrong_graphs(name):
    answer, words = WRONG_GRAPHS[name]
    verdict = mmds.gradient_graph.check(answer)
    assert not verdict.ok
    assert words in verdict.message, verdict


FORWARD = drawn()[:5]
WRONG_DRAWINGS = {
    "arrows turned round": ([("x", "matmul", ["u"]), ("u", "tanh", ["y"])], "x is given"),
    "formulas as inputs": ([("z", "tanh", ["W1 x + b1"])], "W1x+b1 is not given"),
    "past the tanh": (drawn(u2=("matmul", ["W2", "v1"]))[:5], "u2 = matmul(W2, v1)"),
    "a sigmoid": (drawn(z=("sigmoid", ["v1"]))[:5], "No node sigmoid belongs here: z = sigmoid(v1)"),
    "loss of the input": ([*FORWARD, ("L", "sqerr", ["x", "yhat"])], "L = sqerr(x, yhat)"),
    "loss of the hidden layer": ([*FORWARD, ("L", "sqerr", ["z", "yhat"])], "wrong node"),
    "another loss": ([*FORWARD, ("L", "sub", ["y", "yhat"])], "No node sub belongs here"),
    "one bias": (drawn(y=("identity", ["u2"]))[:5], "Nothing comes from b2"),
}


@pytest.mark.parametrize("name", WRONG_DRAWINGS)
def test_wrong_drawings(name):
    answer, words = WRONG_DRAWINGS[name]
    verdict = mmds.compute_graph.check(answer)
    assert not verdict.ok
    assert words in verdict.message, verdict


RIGHT_DRAWINGS = {
    "other spellings": [
        ("u", "times", ["W_1", "x"]),
        ("v", "plus", ["u", "b₁"]),
        ("z", "tanh", ["v"]),
        ("w", "@", ["W₂", "z"]),
        ("o", "+", ["w", "b_2"]),
        ("L", "mse", ["o", "ŷ"]),
    ],
    "inputs without a list": [
        ("u", "matmul", "W1", "x"),
        ("v", "add", "u, b1"),
        ("z", "tanh", "v"),
        ("w", "matmul", "W2", "z"),
        ("y", "add", "w", "b2"),
    ],
    "with leaves": [("x", "input"), ("W1", "leaf", []), *FORWARD],
    "as records": [{"name": name, "op": op, "inputs": inputs} for name, op, inputs in FORWARD],
    "two names that differ by an underscore": [
        ("u_1", "matmul", ["W1", "x"]),
        ("u1", "add", ["u_1", "b1"]),
        ("z", "tanh", ["u1"]),
        ("y", "affine", ["W2", "z", "b2"]),
    ],
}


@pytest.mark.parametrize("name", RIGHT_DRAWINGS)
def test_other_right_drawings(name):
    verdict = mmds.compute_graph.check(RIGHT_DRAWINGS[name])
    assert verdict.ok, verdict


def slope(a):
    return 1 - tanh(a) ** 2


WRONG_FUNCTIONS = {
    "13.3.2a pseudo-inverse, other layout": (
        mmds.output_jacobian,
        lambda z, W2, b2: np.linalg.pinv(W2).T,
        "inverted",
    ),
    "13.3.2a sign": (mmds.output_jacobian, lambda z, W2, b2: -W2.T, "sign"),
    "13.3.2a tanh of the hidden layer, other layout": (
        mmds.output_jacobian,
        lambda z, W2, b2: W2 @ np.diag(1 - z**2),
        "derivative of the hidden tanh",
    ),
    "13.3.2b other layout alone": (
        mmds.hidden_jacobian,
        lambda x, W1, b1: np.diag(slope(W1 @ x + b1)) @ W1,
        "other layout",
    ),
    "13.3.2b both": (mmds.hidden_jacobian, lambda x, W1, b1: W1, "Rows and columns are exchanged"),
    "13.3.2b wrong order": (
        mmds.hidden_jacobian,
        lambda x, W1, b1: np.diag(slope(W1 @ x + b1)).dot(W1.T),
        "wrong order",
    ),
    "13.3.2b not turned": (
        mmds.hidden_jacobian,
        lambda x, W1, b1: W1 * slope(W1 @ x + b1),
        "not turned round",
    ),
    "13.3.2c wrong order": (
        mmds.input_gradient_from_hidden,
        lambda gz, z, W1: (gz @ W1) * (1 - z**2),
        "too late",
    ),
    "13.3.2c transposed": (
        mmds.input_gradient_from_hidden,
        lambda gz, z, W1: W1.dot(gz - gz * z**2),
        "transpose is missing",
    ),
    "13.3.2c slope and sign": (
        mmds.input_gradient_from_hidden,
        lambda gz, z, W1: -W1.T @ (z * (1 - z) * gz),
        "sigmoid",
    ),
    "13.3.2d half, no tanh": (
        mmds.input_gradient,
        lambda x, yhat, W1, b1, W2, b2: W1.T @ W2.T @ (W2 @ tanh(W1 @ x + b1) + b2 - yhat),
        "half of what it should be",
    ),
    "13.3.2d half and mean": (
        mmds.input_gradient,
        lambda x, yhat, *net: mmds.input_gradient.reference(x, yhat, *net) / 2 / len(yhat),
        "as for a mean",
    ),
    "13.3.2d first matrix": (
        mmds.input_gradient,
        lambda x, yhat, W1, b1, W2, b2: (
            W1 @ (slope(W1 @ x + b1) * (W2.T @ (2 * (W2 @ tanh(W1 @ x + b1) + b2 - yhat))))
        ),
        "W1 is not transposed",
    ),
}


@pytest.mark.parametrize("name", WRONG_FUNCTIONS)
def test_wrong_functions(name):
    exercise, answer, words = WRONG_FUNCTIONS[name]
    verdict = exercise.check(answer)
    assert not verdict.ok
    assert words in verdict.message, verdict


RIGHT_FUNCTIONS = {
    "13.3.2a list of columns": (
        mmds.output_jacobian,
        lambda z, W2, b2: [list(c) for c in zip(*W2, strict=True)],
    ),
    "13.3.2b float32": (
        mmds.hidden_jacobian,
        lambda x, W1, b1: (W1.T * slope(W1 @ x + b1)).astype(np.float32),
    ),
    "13.3.2c column": (
        mmds.input_gradient_from_hidden,
        lambda gz, z, W1: W1.T @ np.diag(1 - z**2) @ gz.reshape(-1, 1),
    ),
    "13.3.2c row": (mmds.input_gradient_from_hidden, lambda gz, z, W1: ((1 - z) * (1 + z) * gz) @ W1),
    "13.3.2d einsum": (
        mmds.input_gradient,
        lambda x, yhat, W1, b1, W2, b2: np.einsum(
            "nd,n,kn,k->d", W1, slope(W1 @ x + b1), W2, 2 * (W2 @ tanh(W1 @ x + b1) + b2 - yhat)
        ),
    ),
}


@pytest.mark.parametrize("name", RIGHT_FUNCTIONS)
def test_right_functions(name):
    exercise, answer = RIGHT_FUNCTIONS[name]
    verdict = exercise.check(answer)
    assert verdict.ok, verdict
