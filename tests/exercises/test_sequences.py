"""LSTM and GRU steps: the worked answers are those of the library and of PyTorch; what wrong answers hear."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import reference
from dlcore.exercises import code
from dlcore.exercises.code import sequences
from dlcore.exercises.code.sequences import _gru_with, _lstm_with, _sigmoid

ROUNDS = {"lstm": list(code.lstm_step.rounds()), "gru": list(code.gru_step.rounds())}


def relu(z):
    return np.maximum(z, 0)


# The worked answers.


@pytest.mark.parametrize("place", range(len(ROUNDS["lstm"])))
def test_the_lstm_is_that_of_the_library_and_of_torch(place):
    torch = pytest.importorskip("torch")
    x, h, c, weight_ih, weight_hh, bias = ROUNDS["lstm"][place]
    got = sequences._lstm_step(x, h, c, weight_ih, weight_hh, bias)
    ours, _ = reference.lstm_step(x, h, c, weight_ih, weight_hh, bias)
    tensors = (torch.tensor(a) for a in (weight_ih, weight_hh, bias))
    theirs = torch._VF.lstm_cell(torch.tensor(x), (torch.tensor(h), torch.tensor(c)), *tensors)
    for g, o, t in zip(got, ours, theirs, strict=True):
        np.testing.assert_allclose(g, o, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(g, t.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("place", range(len(ROUNDS["gru"])))
def test_the_gru_is_that_of_the_library_and_of_torch(place):
    torch = pytest.importorskip("torch")
    arguments = ROUNDS["gru"][place]
    got = sequences._gru_step(*arguments)
    theirs = torch._VF.gru_cell(*(torch.tensor(a) for a in arguments))
    np.testing.assert_allclose(got, reference.gru_step(*arguments)[0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(got, theirs.numpy(), rtol=1e-12, atol=1e-12)


def test_the_steps_with_nothing_changed_are_right():
    assert code.lstm_step.check(_lstm_with()).ok
    assert code.gru_step.check(_gru_with()).ok


# Other right answers.


def _lstm_by_slices(x, h, c, weight_ih, weight_hh, bias):
    z = np.concatenate([x, h], axis=1) @ np.concatenate([weight_ih, weight_hh], axis=1).T + bias
    n = h.shape[-1]
    i, f, o = (
        np.where(v > 0, 1 / (1 + np.exp(-abs(v))), 1 - 1 / (1 + np.exp(-abs(v))))
        for v in (z[:, :n], z[:, n : 2 * n], z[:, 3 * n :])
    )
    new = c * f + np.tanh(z[:, 2 * n : 3 * n]) * i
    return [np.tanh(new) * o, new]


def _gru_row_by_row(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    rows = []
    for one, state in zip(x, h, strict=True):
        u, v = (a.reshape(3, -1) for a in (weight_ih.dot(one) + bias_ih, weight_hh.dot(state) + bias_hh))
        reset, keep = 1 / (1 + np.exp(-(u[:2] + v[:2])))
        rows.append([float(n) for n in keep * state + np.tanh(u[2] + reset * v[2]) * (1 - keep)])
    return rows


def _gru_with_torch(*arguments):
    torch = pytest.importorskip("torch")
    return torch._VF.gru_cell(*(torch.tensor(a, dtype=torch.float32) for a in arguments))


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        (code.lstm_step, _lstm_by_slices),
        (code.lstm_step, lambda *a: np.stack(_lstm_by_slices(*a))),
        (code.lstm_step, lambda *a: [r.tolist() for r in _lstm_by_slices(*(np.float32(v) for v in a))]),
        (code.gru_step, _gru_row_by_row),
        (code.gru_step, _gru_with_torch),
    ],
    ids=["slices", "stacked", "float32 lists", "row by row", "torch"],
)
def test_other_right_answers(own, answer):
    assert own.check(answer).ok


# Wrong answers that no slip is, and what they hear.


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_lstm_with(i=np.tanh), "only the input gate is wrong"),
        (_lstm_with(f=np.tanh), "only the forget gate is wrong"),
        (_lstm_with(o=np.tanh), "only the output gate is wrong"),
        (_lstm_with(f=lambda z: _sigmoid(z + 1)), "only the forget gate is wrong"),
        (_lstm_with(g=lambda z: np.tanh(z / 2)), "only the candidate is wrong"),
        (_lstm_with(cell=lambda i, f, g, c: c + i * g, shown=lambda o, c, _: o * c), "old cell is carried"),
        (_lstm_with(g=_sigmoid, shown=lambda o, c, _: o * relu(c)), "candidate goes through a sigmoid"),
        (_lstm_with(shown=lambda o, new, old: o * relu(new)), "state h is wrong"),
        (lambda x, h, c, w, r, b: (x @ w + h @ r + b)[:, :1], "shapes of the two factors"),
        (lambda x, h, c, w, r, b: _lstm_with()(x, h, c, w, r, b)[0], "Expected 2 results, got 1"),
        (lambda x, h, c, w, r, b: [a.T for a in _lstm_with()(x, h, c, w, r, b)], "transposed"),
    ],
    ids=range(11),
)
def test_what_a_wrong_lstm_hears(answer, words):
    verdict = code.lstm_step.check(answer)
    assert not verdict.ok
    assert words in verdict.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (_gru_with(r=np.tanh), "gates go through tanh"),
        (_gru_with(z=np.tanh), "gates go through tanh"),
        (_gru_with(r=lambda z: _sigmoid(2 * z)), "only the reset gate is wrong"),
        (_gru_with(z=lambda z: _sigmoid(2 * z)), "only the update gate is wrong"),
        (lambda *a: _gru_with()(*a) + 1, "1 too large everywhere"),
        (lambda x, h, w, r, b, c: x @ w + h @ r, "shapes of the two factors"),
        (lambda *a: (_gru_with()(*a), a[1]), "the shape is (2, "),
    ],
    ids=range(7),
)
def test_what_a_wrong_gru_hears(answer, words):
    verdict = code.gru_step.check(answer)
    assert not verdict.ok
    assert words in verdict.message


def test_each_order_of_the_blocks_is_named():
    from itertools import permutations

    for order in map("".join, permutations("rzn")):
        verdict = code.gru_step.check(_gru_with(order))
        assert verdict.ok == (order == "rzn")
        assert verdict.ok or "block" in verdict.message
    named = [code.lstm_step.check(_lstm_with("".join(o))).slip for o in permutations("ifgo")]
    assert sum(map(bool, named)) == 11
