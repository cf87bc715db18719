"""The exercises of mmds 13.5: references against central differences, and answers of many kinds."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.exercises.mmds import (
    gradient_U,
    gradient_V,
    same_as_before,
    state_gradient,
    three_ones,
    zero_then_one,
)
from dlcore.exercises.mmds.recurrent import _gradient_U, _gradient_V, _state_gradient

# The references.


def softmax(o):
    powers = np.exp(o - o.max())
    return powers / powers.sum()


def run(U, W, b, V, c, x):
    s, y = [np.zeros(len(b))], []
    for x_t in x:
        s.append(np.tanh(U @ x_t + W @ s[-1] + b))
        y.append(softmax(V @ s[-1] + c))
    return np.array(s), np.array(y)


def central_differences(loss, array, step=1e-5):
    gradient = np.zeros_like(array)
    for place in np.ndindex(*array.shape):
        kept = array[place]
        array[place] = kept + step
        more = loss()
        array[place] = kept - step
        gradient[place] = (more - loss()) / (2 * step)
        array[place] = kept
    return gradient


def drawn(seed, n=5, k=3, d=2, m=4):
    rng = np.random.default_rng(seed)
    U, W, V = rng.normal(size=(k, d)), rng.normal(size=(k, k)), rng.normal(size=(m, k))
    W *= 1.5 / np.linalg.norm(W, 2)
    b, c, x = rng.normal(size=k), rng.normal(size=m), rng.normal(size=(n, d))
    yhat = rng.dirichlet(np.ones(m), size=n) if seed % 2 else np.eye(m)[rng.integers(m, size=n)]
    return (U, W, b, V, c, x), yhat


@pytest.mark.parametrize("seed", range(20))
def test_sequence_gradients_are_those_of_central_differences(seed):
    net, yhat = drawn(seed)
    U, W, _, V, _, x = net
    s, y = run(*net)
    for array, gradient in ((U, _gradient_U), (V, _gradient_V)):
        numeric = central_differences(lambda: -(yhat * np.log(run(*net)[1])).sum(), array)
        np.testing.assert_allclose(
            gradient(W, V, x, s, y, yhat), numeric, rtol=0, atol=1e-7 * np.abs(numeric).max()
        )


@pytest.mark.parametrize("seed", range(20))
def test_state_gradient_is_that_of_central_differences(seed):
    rng = np.random.default_rng(seed)
    V, c, s = rng.normal(size=(4, 3)), rng.normal(size=4), rng.uniform(-1, 1, size=3)
    yhat = rng.dirichlet(np.ones(4)) if seed % 2 else np.eye(4)[seed % 4]
    do, J, ds = _state_gradient(V, c, s, yhat)
    o = V @ s + c
    np.testing.assert_allclose(
        do, central_differences(lambda: -(yhat * np.log(softmax(o))).sum(), o), atol=1e-8
    )
    columns = [central_differences(lambda j=j: (V @ s + c)[j], s) for j in range(4)]
    np.testing.assert_allclose(J, np.stack(columns, axis=1), atol=1e-8)
    np.testing.assert_allclose(
        ds, central_differences(lambda: -(yhat * np.log(softmax(V @ s + c))).sum(), s), atol=1e-8
    )


def test_inputs_come_from_a_net_whose_W_is_far_from_symmetric():
    (slip,) = [slip for slip in gradient_U.slips if slip.name == "W for Wᵀ"]
    for W, V, x, s, y, yhat in gradient_U.rounds():
        assert np.linalg.norm(W, 2) == pytest.approx(1.5)
        assert V.shape[0] != V.shape[1]
        assert not s[0].any()
        np.testing.assert_allclose(y.sum(axis=1), 1)
        np.testing.assert_allclose(yhat.sum(axis=1), 1)
        if len(x) > 1:
            right, wrong = _gradient_U(W, V, x, s, y, yhat), slip.wrong(W, V, x, s, y, yhat)
            assert np.abs(right - wrong).max() > 0.01 * np.abs(right).max()


# Designs: right ones.


def step(U, W, b, **read):
    return {"activation": "step", "U": U, "W": W, "b": b, **(read or {"node": len(U)})}


def smooth(activation, U, W, b, readout, node=None):
    return {"activation": activation, "U": U, "W": W, "b": b, "node": node or np.size(U), "readout": readout}


COPIES = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
RIGHT_NETS = {
    "bias 0 is a threshold too": (zero_then_one, step([1, 1], [[0, 0], [-1, 0]], [0, 0])),
    "order of nodes": (zero_then_one, step([1, 1], [[0, -1], [0, 0]], [-0.5, -0.5], node=1)),
    "rescaled": (zero_then_one, step([30, 2], [[0, 0], [-9, 0]], [-7, -1])),
    "output layer": (zero_then_one, step([1, 0], [[0, 0], [1, 0]], [-0.5] * 2, V=[1, -1], c=-0.5)),
    "a node that copies zeros": (zero_then_one, step([-1, 1], [[0, 0], [1, 0]], [0.5, -1.5])),
    "relu": (zero_then_one, smooth("relu", [1, 1], [[0, 0], [-1, 0]], [0, 0], "s > 0.5")),
    "sigmoid": (zero_then_one, smooth("sigmoid", [10, 10], [[0, 0], [-10, 0]], [-5, -5], "s > 0.5")),
    "one tanh": (zero_then_one, smooth("tanh", 1, -0.5, 0, "s > 0.67")),
    "three copies": (three_ones, step([1, 0, 0], COPIES, [-0.5] * 3, V=[1, 1, 1], c=-2.5)),
    "count of a run": (three_ones, smooth("relu", [11], [[1]], [-10], "s >= 3")),
    "chain of sigmoids": (three_ones, smooth("sigmoid", [1, 1, 1], COPIES, [-0.5, -1.5, -1.5], "s > 0.5")),
    "one relu node": (three_ones, smooth("relu", 101, 1, -100, "s > 2.5")),
    "difference": (same_as_before, smooth("tanh", [1, 1], [[0, 0], [-1, 0]], [0, 0], "|s| < 0.5")),
    "interval": (same_as_before, smooth("tanh", [1, 1], [[0, 0], [-1, 0]], [0, 0], "-0.5 < s < 0.5")),
    "and minus or": (
        same_as_before,
        step([1] * 3, [[0] * 3, [1, 0, 0], [1, 0, 0]], [-0.5, -1.5, -0.5], V=[0, 1, -1], c=0.5),
    ),
    "rise or fall, negated": (
        same_as_before,
        step([1, 1, -1], [[0] * 3, [-1, 0, 0], [1, 0, 0]], [-0.5] * 3, V=[0, -1, -1], c=0.5),
    ),
}


@pytest.mark.parametrize(("exercise", "answer"), RIGHT_NETS.values(), ids=RIGHT_NETS)
def test_right_nets(exercise, answer):
    verdict = exercise.check(answer)
    assert verdict.ok, verdict


# Designs: wrong ones, with words that the message must hold.

WRONG_NETS = {
    "own output, tanh": (zero_then_one, smooth("tanh", [1], [[-1]], [0], "s > 0.5"), "single node"),
    "own output": (zero_then_one, step([1], [[-1]], [0]), "own previous output"),
    "no memory": (zero_then_one, step([1], [[0]], [-0.5]), "current input is 1"),
    "W too weak": (zero_then_one, step([1, 2], [[0, 0], [-1, 0]], [-0.5, -0.5]), "current input is 1"),
    "self-loop in the wrong row": (
        zero_then_one,
        step([1, 1], [[0, 0], [0, -1]], [-0.5] * 2),
        "own previous",
    ),
    "counted from 0": (zero_then_one, step([1, 1], [[0, 0], [-1, 0]], [-0.5] * 2, node=1), "from 1"),
    "nand": (zero_then_one, step([1, -1], [[0, 0], [-1, 0]], [-0.5, 1.5]), "yes after 00, 01, 10"),
    "c as a threshold": (
        zero_then_one,
        step([1, 0], [[0, 0], [1, 0]], [-0.5] * 2, V=[1, -1], c=0.5),
        "minus",
    ),
    "c on the sum": (zero_then_one, step([1, 0], [[0, 0], [1, 0]], [-0.5] * 2, V=[1, -1], c=-1), "step(0)"),
    "second helper reads": (
        zero_then_one,
        step([1, 1, 1], [[0] * 3, [1, 0, 0], [0, -1, 0]], [-0.5] * 3),
        "last three",
    ),
    "threshold 3": (three_ones, step([1, 0, 0], COPIES, [-0.5] * 3, V=[1, 1, 1], c=-3), "step(0)"),
    "whole numbers as thresholds": (three_ones, step([1, 1, 1], COPIES, [-1, -2, -2]), "step(0)"),
    "rising thresholds": (three_ones, step([1, 1, 1], COPIES, [-0.5, -1.5, -2.5]), "never comes"),
    "copies with an or": (three_ones, step([1, 0, 0], COPIES, [-0.5] * 3, V=[1, 1, 1], c=0), "an OR"),
    "third copy": (three_ones, step([1, 0, 0], COPIES, [-0.5] * 3), "yes after 100, 101, 110, 111"),
    "waits for itself": (three_ones, step([1], [[1]], [-2.5]), "never comes"),
    "counter": (three_ones, smooth("relu", [1], [[1]], [0], "s >= 3"), "counts all the 1s"),
    "count above 3": (three_ones, smooth("relu", [11], [[1]], [-10], "s > 3"), "step(0)"),
    "count of exactly 3": (three_ones, smooth("relu", [11], [[1]], [-10], "s == 3"), "only at the third"),
    "half of the table": (same_as_before, step([1, 1], [[0, 0], [1, 0]], [-0.5, -1]), "two 1s"),
    "step loses the sign": (
        same_as_before,
        step([1, 1], [[0, 0], [-1, 0]], [-0.5, 0], node=2, readout="s == 0"),
        "from 1 to 0 passes as equal",
    ),
    "exactly 0": (
        same_as_before,
        smooth("tanh", [1, 1], [[0, 0], [-1, 0]], [0, 0], "s == 0"),
        "not steep enough",
    ),
    "large difference": (
        same_as_before,
        smooth("tanh", [1, 1], [[0, 0], [-1, 0]], [0, 0], "|s| > 0.5"),
        "inputs differ",
    ),
    "and of both": (
        same_as_before,
        step([1, 1, -1, 0], [[0] * 4, [1, 0, 0, 0], [-1, 0, 0, 0], [0, 1, 1, 0]], [-0.5, -1.5, 0.5, -1.5]),
        "never comes",
    ),
    "own output compared": (
        same_as_before,
        smooth("tanh", [1], [[-1]], [0], "|s| < 0.5"),
        "With a single node",
    ),
    "one half read": (
        same_as_before,
        step([1, 1, -1], [[0] * 3, [1, 0, 0], [-1, 0, 0]], [-0.5, -1.5, 0.5]),
        "two 0s",
    ),
}


@pytest.mark.parametrize(("exercise", "answer", "words"), WRONG_NETS.values(), ids=WRONG_NETS)
def test_wrong_nets_hear_why(exercise, answer, words):
    verdict = exercise.check(answer)
    assert verdict.status in ("wrong", "close")
    assert words in verdict.message


# Gradients.


def recursion(carry=lambda W, delta: W.T @ delta, slope=lambda s: 1 - s**2, error=lambda y, h: y - h):
    def gradient(W, V, x, s, y, yhat):
        later, terms = np.zeros(len(W)), []
        for t in reversed(range(len(x))):
            delta = slope(s[t + 1]) * (V.T @ error(y[t], yhat[t]) + later)
            terms.append(np.outer(delta, x[t]))
            later = carry(W, delta)
        return np.sum(terms, axis=0)

    return gradient


def forward_form(matrix):
    """Carry ds/dU forward in the transposed layout, with W or Wᵀ on its left."""

    def gradient(W, V, x, s, y, yhat):
        k, d = s.shape[1], x.shape[1]
        carried, total = np.zeros((k, k * d)), np.zeros(k * d)
        for t in range(len(x)):
            direct = np.kron(np.eye(k), x[t])
            carried = np.diag(1 - s[t + 1] ** 2) @ (direct + matrix(W) @ carried)
            total += carried.T @ V.T @ (y[t] - yhat[t])
        return total.reshape(k, d)

    return gradient


def chain(o_to_do=lambda o, y, h: y - h, J=lambda V: V.T, join=lambda J, do, V: J @ do):
    def gradients(V, c, s, yhat):
        o = V @ s + c
        do, jacobian = o_to_do(o, softmax(o), yhat), J(V)
        return do, jacobian, join(jacobian, do, V)

    return gradients


def errors_and_states(pair):
    return lambda W, V, x, s, y, yhat: pair(y - yhat, s)


RIGHT_GRADIENTS = {
    "chain": (state_gradient, chain()),
    "list of three": (state_gradient, lambda *a: [g.astype(np.float32) for g in chain()(*a)]),
    "recursion": (gradient_U, recursion()),
    "forward form": (gradient_U, forward_form(lambda W: W)),
    "nested lists": (gradient_U, lambda *a: recursion()(*a).tolist()),
    "outer products": (gradient_V, errors_and_states(lambda e, s: sum(map(np.outer, e, s[1:])))),
}


@pytest.mark.parametrize(("exercise", "answer"), RIGHT_GRADIENTS.values(), ids=RIGHT_GRADIENTS)
def test_right_gradients(exercise, answer):
    verdict = exercise.check(answer)
    assert verdict.ok, verdict


WRONG_GRADIENTS = {
    "V as it is": (state_gradient, chain(join=lambda J, do, V: V @ do), "as it is"),
    "V as it is, twice": (state_gradient, chain(J=lambda V: V), "wrong way round"),
    "sign": (state_gradient, chain(lambda o, y, h: h - y), "sign"),
    "no softmax": (state_gradient, chain(lambda o, y, h: -h / y), "gradient at y"),
    "twice": (state_gradient, chain(lambda o, y, h: 2 * (y - h)), "2 times"),
    "only the last": (state_gradient, lambda *a: chain()(*a)[2], "last of the three is right"),
    "only the first": (state_gradient, lambda *a: chain()(*a)[0], "gradient at the scores"),
    "columns": (state_gradient, lambda *a: [np.c_[g] for g in chain()(*a)], "axes of length one"),
    "direct way": (gradient_U, recursion(carry=lambda W, delta: 0 * delta), "direct way"),
    "W": (gradient_U, recursion(carry=lambda W, delta: W @ delta), "W and Wᵀ"),
    "printed rule": (gradient_U, forward_form(np.transpose), "W and Wᵀ"),
    "no W": (gradient_U, recursion(carry=lambda W, delta: delta), "passed through W"),
    "no slope": (gradient_U, recursion(slope=lambda s: 1), "slope of tanh is missing"),
    "sigmoid": (gradient_U, recursion(slope=lambda s: s * (1 - s)), "slope of a sigmoid"),
    "no target": (gradient_U, recursion(error=lambda y, h: y), "target does not appear"),
    "sign and mean": (gradient_U, lambda *a: -recursion()(*a) / len(a[2]), "And: The gradient is divided"),
    "transposed": (gradient_U, lambda *a: recursion()(*a).T, "transposed"),
    "one line": (gradient_U, lambda *a: recursion()(*a).ravel(), "another arrangement"),
    "two at once": (
        gradient_U,
        recursion(carry=lambda W, delta: 0 * delta, slope=lambda s: 1),
        "slope of tanh is missing, and only the direct way",
    ),
    "V untransposed": (gradient_U, lambda W, V, x, s, y, yhat: (V @ (y - yhat).T) @ x, "raises ValueError"),
    "old state": (gradient_V, errors_and_states(lambda e, s: e.T @ s[:-1]), "step before"),
    "all states": (gradient_V, errors_and_states(lambda e, s: e.T @ s), "raises ValueError"),
    "old, transposed": (gradient_V, errors_and_states(lambda e, s: s[:-1].T @ e), "And: The gradient is tra"),
    "sums": (gradient_V, errors_and_states(lambda e, s: np.outer(e.sum(0), s.sum(0))), "sum of the products"),
    "mean": (gradient_V, errors_and_states(lambda e, s: e.T @ s[1:] / len(e)), "not their mean"),
    "last": (gradient_V, errors_and_states(lambda e, s: np.outer(e[-1], s[-1])), "last step's term"),
    "not summed": (
        gradient_V,
        errors_and_states(lambda e, s: e[:, :, None] * s[1:, None]),
        "sum over axis 0",
    ),
    "target first": (gradient_V, errors_and_states(lambda e, s: -e.T @ s[1:]), "sign is flipped"),
}


@pytest.mark.parametrize(("exercise", "answer", "words"), WRONG_GRADIENTS.values(), ids=WRONG_GRADIENTS)
def test_wrong_gradients_hear_why(exercise, answer, words):
    verdict = exercise.check(answer)
    assert not verdict.ok
    assert words in verdict.message
