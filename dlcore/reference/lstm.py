"""Long short-term memory: a cell that gates fill, keep and read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore._recurrent_shapes import check_shapes
from dlcore.reference._checks import Array, as_floats
from dlcore.reference._recurrence import (
    Walk,
    as_weights,
    optional_floats,
    projections,
    sigmoid_in_place,
    zeros_if_none,
)
from dlcore.reference.activations import sigmoid, tanh
from dlcore.reference.base import Pullback

__all__ = ["lstm", "lstm_naive", "lstm_step"]


def lstm_step(
    x: ArrayLike,
    h: ArrayLike | None,
    c: ArrayLike | None,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike | None = None,
    bias_hh: ArrayLike | None = None,
    weight_peephole: ArrayLike | None = None,
    *,
    gate_before_tanh: bool = False,
) -> tuple[tuple[Array, Array], Pullback]:
    """One step of an LSTM.  [mmds eq. 13.10-13.15, rawassizadeh 10]

    With z = W x + b + R h + b', cut into four blocks::

        i  = σ(zᵢ + pᵢ ⊙ c)        input gate: how much of the candidate is stored
        f  = σ(z_f + p_f ⊙ c)      forget gate: how much of the cell is kept
        g  = tanh(z_g)             candidate
        c' = f ⊙ c + i ⊙ g
        o  = σ(zₒ + pₒ ⊙ c')       output gate: how much of the cell is shown
        h' = o ⊙ tanh(c')

    where p is zero unless peepholes let the gates see the cell. mmds calls the state s and
    the candidate h.

    Parameters
    ----------
    x : array_like, shape (N, D)
        Input of this step.
    h, c : array_like, shape (N, H), or None
        State and cell after the step before; None is zero.
    weight_ih : array_like, shape (4H, D)
        W, with the rows of i, f, g, o one below the other.
    weight_hh : array_like, shape (4H, H)
        R, in the same order.
    bias_ih, bias_hh : array_like, shape (4H,), optional
        b and b', of which the books need one; two, as in PyTorch, add up.
    weight_peephole : array_like, shape (3, H), optional
        pᵢ, p_f and pₒ of the peephole variant.
    gate_before_tanh : bool, default False
        Show h' = tanh(o ⊙ c') instead, which is how [mmds eq. 13.15] prints it.

    Returns
    -------
    states : tuple of ndarray
        h' and c', each of shape (N, H).
    back : callable
        ``back(dh, dc) -> (dx, dh, dc, dweight_ih, dweight_hh, dbias_ih, dbias_hh,
        dweight_peephole)``, where a cotangent None is zero; None where the argument is None.

    Raises
    ------
    ShapeError
        If input, states and weights do not fit together.
    """
    x, h, c, peephole = as_floats(x), optional_floats(h), optional_floats(c), optional_floats(weight_peephole)
    weights = as_weights(weight_ih, weight_hh, bias_ih, bias_hh)
    from_input, from_state, back_projections = projections(
        "lstm_step", 4, x, {"h": h, "c": c}, weights, peephole
    )
    z_i, z_f, z_g, z_o = np.split(from_input + from_state, 4, axis=1)
    old = zeros_if_none(c, x, z_i.shape[1])
    p_i, p_f, p_o = np.zeros((3, z_i.shape[1]), x.dtype) if peephole is None else peephole
    i, back_i = sigmoid(z_i + p_i * old)
    f, back_f = sigmoid(z_f + p_f * old)
    g, back_g = tanh(z_g)
    new = f * old + i * g
    o, back_o = sigmoid(z_o + p_o * new)
    h_new, back_shown = _shown(o, new, gate_before_tanh)

    def back(dh: Array | None, dc: Array | None = None) -> tuple[Any, ...]:
        do, dnew = back_shown(np.zeros_like(new) if dh is None else dh)
        dz_o = back_o(do)
        dnew = dnew + dz_o * p_o + (0 if dc is None else dc)
        dz_i, dz_f, dz_g = back_i(dnew * g), back_f(dnew * old), back_g(dnew * i)
        dold = dnew * f + dz_i * p_i + dz_f * p_f
        dz = np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=1)
        dp = np.stack([(dz_i * old).sum(axis=0), (dz_f * old).sum(axis=0), (dz_o * new).sum(axis=0)])
        dx, dh_old, *dweights = back_projections(dz, dz)
        return dx, dh_old, None if c is None else dold, *dweights, None if peephole is None else dp

    return (h_new, new), back


def _shown(o: Array, c: Array, gate_before_tanh: bool) -> tuple[Array, Pullback]:
    """What the output gate shows of the cell: o ⊙ tanh(c), or tanh(o ⊙ c)."""
    squashed, back_tanh = tanh(o * c if gate_before_tanh else c)

    def back(dh: Array) -> tuple[Array, Array]:
        if gate_before_tanh:
            dinside = back_tanh(dh)
            return dinside * c, dinside * o
        return dh * squashed, back_tanh(dh * o)

    return squashed if gate_before_tanh else o * squashed, back


def lstm_naive(
    x: ArrayLike,
    h0: ArrayLike | None,
    c0: ArrayLike | None,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike | None = None,
    bias_hh: ArrayLike | None = None,
    weight_peephole: ArrayLike | None = None,
    *,
    gate_before_tanh: bool = False,
) -> tuple[tuple[Array, Array, Array], Pullback]:
    """Run an LSTM step by step: the same numbers as `lstm`, in the plainest form.

    Forward, each step hands its states to the next. Backward, each pullback hands the
    gradients of its states to the step before; the gradients of the weights add up,
    because all steps share them.

    Parameters
    ----------
    x : array_like, shape (N, T, D)
        Sequences.
    h0, c0 : array_like, shape (N, H), or None
        State and cell before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh, weight_peephole : array_like
        As for `lstm_step`.
    gate_before_tanh : bool, default False
        As for `lstm_step`.

    Returns
    -------
    outputs : tuple of ndarray
        ``y`` (N, T, H), ``h_n`` and ``c_n`` (N, H).
    back : callable
        ``back(dy, dh, dc)``, as for `lstm`.

    Raises
    ------
    ShapeError
        If input, states and weights do not fit together.
    """
    x, h0, c0 = as_floats(x), optional_floats(h0), optional_floats(c0)
    weights = as_weights(weight_ih, weight_hh, bias_ih, bias_hh)
    peephole = optional_floats(weight_peephole)
    hidden = check_shapes("lstm_naive", 4, x, {"h0": h0, "c0": c0}, weights, peephole)
    h, c = zeros_if_none(h0, x, hidden), zeros_if_none(c0, x, hidden)
    y = np.empty((*x.shape[:2], hidden), x.dtype)
    backs = []
    for t in range(x.shape[1]):
        (h, c), back_step = lstm_step(x[:, t], h, c, *weights, peephole, gate_before_tanh=gate_before_tanh)
        y[:, t] = h
        backs.append(back_step)

    def back(dy: Array | None, dh: Array | None = None, dc: Array | None = None) -> tuple[Any, ...]:
        dh, dc = (np.zeros_like(h) if d is None else np.array(d) for d in (dh, dc))
        dx = np.empty_like(x)
        sums = [None if w is None else np.zeros_like(w) for w in (*weights, peephole)]
        for t in reversed(range(x.shape[1])):
            dh = dh if dy is None else dh + dy[:, t]
            dx[:, t], dh, dc, *dweights = backs[t](dh, dc)
            sums = [None if s is None else s + d for s, d in zip(sums, dweights, strict=True)]
        return dx, None if h0 is None else dh, None if c0 is None else dc, *sums

    return (y, np.array(h), np.array(c)), back


def lstm(
    x: ArrayLike,
    h0: ArrayLike | None,
    c0: ArrayLike | None,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike | None = None,
    bias_hh: ArrayLike | None = None,
    weight_peephole: ArrayLike | None = None,
    *,
    lengths: ArrayLike | None = None,
    reverse: bool = False,
) -> tuple[tuple[Array, Array, Array], Pullback]:
    """Run an LSTM over whole sequences, fast.  [mmds 13.5.3, rawassizadeh 10]

    The equations are those of `lstm_step`. The input of all steps is projected at once,
    and the slopes of all gates are found before the way back, so that the backward loop
    is the chain rule alone; each weight's gradient is one matrix product after it.

    Parameters
    ----------
    x : array_like, shape (N, T, D)
        Sequences, padded to T steps.
    h0, c0 : array_like, shape (N, H), or None
        State and cell before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh, weight_peephole : array_like
        As for `lstm_step`.
    lengths : array_like of int, shape (N,), optional
        Steps of each sequence, 0 to T; what stands in the padding after them is not read.
    reverse : bool, default False
        Read each sequence from its last step to its first.

    Returns
    -------
    outputs : tuple of ndarray
        ``y``, the state at each step, shape (N, T, H), zero in the padding; ``h_n`` and
        ``c_n``, state and cell after the last step that is read, shape (N, H).
    back : callable
        ``back(dy, dh, dc) -> (dx, dh0, dc0, dweight_ih, dweight_hh, dbias_ih, dbias_hh,
        dweight_peephole)``, where a cotangent None is zero; None where the argument is None.

    Raises
    ------
    ShapeError
        If input, states, weights and lengths do not fit together.
    ValidationError
        If a length is not in 0..T.
    """
    x, h0, c0 = as_floats(x), optional_floats(h0), optional_floats(c0)
    weight_ih, weight_hh, bias_ih, bias_hh = weights = as_weights(weight_ih, weight_hh, bias_ih, bias_hh)
    peephole = optional_floats(weight_peephole)
    hidden = check_shapes("lstm", 4, x, {"h0": h0, "c0": c0}, weights, peephole)
    walk = Walk("lstm", x, lengths, reverse)
    gates, back_input = walk.project(x, weight_ih, bias_ih, bias_hh)
    hs, cs = walk.states(h0, hidden, gates.dtype), walk.states(c0, hidden, gates.dtype)
    _forward(walk.active, gates, hs, cs, weight_hh, peephole)

    def back(dy: Array | None, dh: Array | None = None, dc: Array | None = None) -> tuple[Any, ...]:
        dys, dh, dc = walk.cotangents(dy, dh, dc, like=hs)
        dz = _backward(walk.active, gates, cs, dys, dh, dc, weight_hh, peephole)
        dx, *dweights = walk.gradients(dz, dz, back_input, hs, bias_hh)
        dpeephole = None if peephole is None else _peephole_gradient(dz, cs)
        return dx, walk.initial(dh, h0), walk.initial(dc, c0), *dweights, dpeephole

    return (walk.leave(hs[1:]), walk.final(hs), walk.final(cs)), back


def _forward(
    active: list[int], gates: Array, hs: Array, cs: Array, weight_hh: Array, peephole: Array | None
) -> None:
    """Fill in states and cells (T + 1, N, H); the projections W x + b + b' become the gates (T, N, 4H)."""
    for t, n in enumerate(active):
        h, c, z = hs[t, :n], cs[t, :n], gates[t, :n]
        z += h @ weight_hh.T
        i, f, g, o = _blocks(z)
        if peephole is not None:
            i += peephole[0] * c
            f += peephole[1] * c
        sigmoid_in_place(i)
        sigmoid_in_place(f)
        np.tanh(g, out=g)
        cs[t + 1, :n] = f * c + i * g
        if peephole is not None:
            o += peephole[2] * cs[t + 1, :n]
        sigmoid_in_place(o)
        hs[t + 1, :n] = o * np.tanh(cs[t + 1, :n])
        hs[t + 1, n:], cs[t + 1, n:] = hs[t, n:], cs[t, n:]


def _backward(
    active: list[int],
    gates: Array,
    cs: Array,
    dys: Array,
    dh: Array,
    dc: Array,
    weight_hh: Array,
    peephole: Array | None,
) -> Array:
    """Gradient dz (T, N, 4H); dh and dc are carried along and end as those of the initial states."""
    dz, shown = _slopes(gates, cs)
    dz_i, dz_f, dz_g, dz_o = _blocks(dz)
    f = _blocks(gates)[1]
    for t, n in reversed(list(enumerate(active))):
        dh[:n] += dys[t, :n]
        dc[:n] += dh[:n] * shown[t, :n]
        dz_o[t, :n] *= dh[:n]
        if peephole is not None:
            dc[:n] += dz_o[t, :n] * peephole[2]
        for dz_gate in (dz_i, dz_f, dz_g):
            dz_gate[t, :n] *= dc[:n]
        dc[:n] *= f[t, :n]
        if peephole is not None:
            dc[:n] += dz_i[t, :n] * peephole[0] + dz_f[t, :n] * peephole[1]
        dz[t, n:] = 0
        dh[:n] = dz[t, :n] @ weight_hh
    return dz


def _slopes(gates: Array, cs: Array) -> tuple[Array, Array]:
    """How c' changes with zᵢ, z_f, z_g and h' with zₒ (T, N, 4H), and h' with c' (T, N, H)."""
    i, f, g, o = _blocks(gates)
    tanh_c = np.tanh(cs[1:])
    slopes = np.empty_like(gates)
    to_i, to_f, to_g, to_o = _blocks(slopes)
    np.multiply(g, i * (1.0 - i), out=to_i)
    np.multiply(cs[:-1], f * (1.0 - f), out=to_f)
    np.multiply(i, 1.0 - g * g, out=to_g)
    np.multiply(tanh_c, o * (1.0 - o), out=to_o)
    return slopes, o * (1.0 - tanh_c * tanh_c)


def _blocks(z: Array) -> tuple[Array, Array, Array, Array]:
    """Views of the four gates i, f, g, o along the last axis."""
    h = z.shape[-1] // 4
    return z[..., :h], z[..., h : 2 * h], z[..., 2 * h : 3 * h], z[..., 3 * h :]


def _peephole_gradient(dz: Array, cs: Array) -> Array:
    """Sums over steps and batch of dz ⊙ c, where i and f see the old cell and o the new one."""
    dz_i, dz_f, _, dz_o = _blocks(dz)
    pairs = ((dz_i, cs[:-1]), (dz_f, cs[:-1]), (dz_o, cs[1:]))
    return np.stack([np.einsum("tnh,tnh->h", d, c) for d, c in pairs])
