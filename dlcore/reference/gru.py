"""The gated recurrent unit: one state, a gate that updates it and one that resets it."""

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

__all__ = ["gru", "gru_step"]


def gru_step(
    x: ArrayLike,
    h: ArrayLike | None,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike | None = None,
    bias_hh: ArrayLike | None = None,
) -> tuple[Array, Pullback]:
    """One step of a gated recurrent unit, in PyTorch's form.  [rawassizadeh 10, mmds 13.5.3]

    With u = W x + b and v = R h + b', each cut into three blocks::

        r  = σ(u_r + v_r)          reset gate: how much of the past the candidate sees
        z  = σ(u_z + v_z)          update gate: how much of the old state is kept
        n  = tanh(uₙ + r ⊙ vₙ)     candidate
        h' = (1 - z) ⊙ n + z ⊙ h

    This is the form of the summary table in rawassizadeh. The text there resets before
    the product, R (r ⊙ h), another function unless r is a constant (1, say); and it weighs
    the old state by 1 - z, which is ours with the z rows of all weights negated.

    Parameters
    ----------
    x : array_like, shape (N, D)
        Input of this step.
    h : array_like, shape (N, H), or None
        State after the step before; None is zero.
    weight_ih : array_like, shape (3H, D)
        W, with the rows of r, z, n one below the other.
    weight_hh : array_like, shape (3H, H)
        R, in the same order.
    bias_ih, bias_hh : array_like, shape (3H,), optional
        b and b', which do not simply add up: r multiplies the last block of b'.

    Returns
    -------
    h : ndarray, shape (N, H)
        State after this step.
    back : callable
        ``back(dh) -> (dx, dh, dweight_ih, dweight_hh, dbias_ih, dbias_hh)``, None where
        the argument is None.

    Raises
    ------
    ShapeError
        If input, state and weights do not fit together.
    """
    x, h = as_floats(x), optional_floats(h)
    weights = as_weights(weight_ih, weight_hh, bias_ih, bias_hh)
    from_input, from_state, back_projections = projections("gru_step", 3, x, {"h": h}, weights)
    u_r, u_z, u_n = np.split(from_input, 3, axis=1)
    v_r, v_z, v_n = np.split(from_state, 3, axis=1)
    old = zeros_if_none(h, x, v_n.shape[1])
    r, back_r = sigmoid(u_r + v_r)
    z, back_z = sigmoid(u_z + v_z)
    n, back_n = tanh(u_n + r * v_n)

    def back(dh: Array) -> tuple[Any, ...]:
        du_n = back_n(dh * (1.0 - z))
        du_z = back_z(dh * (old - n))
        du_r = back_r(du_n * v_n)
        dx, dold, *dweights = back_projections(
            np.concatenate([du_r, du_z, du_n], axis=1), np.concatenate([du_r, du_z, du_n * r], axis=1)
        )
        return dx, None if h is None else dold + dh * z, *dweights

    return (1.0 - z) * n + z * old, back


def gru(
    x: ArrayLike,
    h0: ArrayLike | None,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike | None = None,
    bias_hh: ArrayLike | None = None,
    *,
    lengths: ArrayLike | None = None,
    reverse: bool = False,
) -> tuple[tuple[Array, Array], Pullback]:
    """Run `gru_step` over whole sequences, fast.  [rawassizadeh 10, mmds 13.5.3]

    The input of all steps is projected at once, the slopes of all gates are found before
    the way back, and each weight's gradient is one matrix product after it.

    Parameters
    ----------
    x : array_like, shape (N, T, D)
        Sequences, padded to T steps.
    h0 : array_like, shape (N, H), or None
        State before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh : array_like
        As for `gru_step`.
    lengths : array_like of int, shape (N,), optional
        Steps of each sequence, 0 to T; what stands in the padding after them is not read.
    reverse : bool, default False
        Read each sequence from its last step to its first.

    Returns
    -------
    outputs : tuple of ndarray
        ``y``, the state at each step, shape (N, T, H), zero in the padding; and ``h_n``,
        the state after the last step that is read, shape (N, H).
    back : callable
        ``back(dy, dh) -> (dx, dh0, dweight_ih, dweight_hh, dbias_ih, dbias_hh)``, where a
        cotangent None is zero; None where the argument is None.

    Raises
    ------
    ShapeError
        If input, state, weights and lengths do not fit together.
    ValidationError
        If a length is not in 0..T.
    """
    x, h0 = as_floats(x), optional_floats(h0)
    weight_ih, weight_hh, bias_ih, bias_hh = weights = as_weights(weight_ih, weight_hh, bias_ih, bias_hh)
    hidden = check_shapes("gru", 3, x, {"h0": h0}, weights)
    walk = Walk("gru", x, lengths, reverse)
    gates, back_input = walk.project(x, weight_ih, bias_ih)
    hs = walk.states(h0, hidden, gates.dtype)
    candidate_inputs = np.zeros_like(hs[1:])
    _forward(walk.active, gates, hs, candidate_inputs, weight_hh, bias_hh)

    def back(dy: Array | None, dh: Array | None = None) -> tuple[Any, ...]:
        dys, dh = walk.cotangents(dy, dh, like=hs)
        du, dv = _backward(walk.active, gates, hs, candidate_inputs, dys, dh, weight_hh)
        dx, *dweights = walk.gradients(du, dv, back_input, hs, bias_hh)
        return dx, walk.initial(dh, h0), *dweights

    return (walk.leave(hs[1:]), walk.final(hs)), back


def _forward(
    active: list[int], gates: Array, hs: Array, v_ns: Array, weight_hh: Array, bias_hh: Array | None
) -> None:
    """Fill in the states (T + 1, N, H) and vₙ (T, N, H); the projections W x + b become r, z, n."""
    hidden = hs.shape[-1]
    for t, rows in enumerate(active):
        h = hs[t, :rows]
        v = h @ weight_hh.T
        if bias_hh is not None:
            v += bias_hh
        v_ns[t, :rows] = v_n = v[:, 2 * hidden :]
        r_and_z = gates[t, :rows, : 2 * hidden]
        r_and_z += v[:, : 2 * hidden]
        sigmoid_in_place(r_and_z)
        r, z, n = _blocks(gates[t, :rows])
        n += r * v_n
        np.tanh(n, out=n)
        np.subtract(h, n, out=hs[t + 1, :rows])
        hs[t + 1, :rows] *= z
        hs[t + 1, :rows] += n
        hs[t + 1, rows:] = hs[t, rows:]


def _backward(
    active: list[int], gates: Array, hs: Array, v_ns: Array, dys: Array, dh: Array, weight_hh: Array
) -> tuple[Array, Array]:
    """Gradients du and dv (T, N, 3H); dh is carried along and ends as that of the initial state."""
    r, z, n = _blocks(gates)
    # the slope of each gate at each step; the loop multiplies by what arrives there
    dv = np.empty_like(gates)
    dv_r, dv_z, dv_n = _blocks(dv)
    np.multiply(v_ns, r * (1.0 - r), out=dv_r)
    np.multiply(hs[:-1] - n, z * (1.0 - z), out=dv_z)
    du_n = (1.0 - z) * (1.0 - n * n)
    for t, rows in reversed(list(enumerate(active))):
        dh[:rows] += dys[t, :rows]
        du_n[t, :rows] *= dh[:rows]
        dv_z[t, :rows] *= dh[:rows]
        dv_r[t, :rows] *= du_n[t, :rows]
        np.multiply(du_n[t], r[t], out=dv_n[t])
        du_n[t, rows:], dv[t, rows:] = 0, 0
        dh[:rows] *= z[t, :rows]
        dh[:rows] += dv[t, :rows] @ weight_hh
    # u and v differ in the block of the candidate alone
    du = dv.copy()
    _blocks(du)[2][...] = du_n
    return du, dv


def _blocks(gates: Array) -> tuple[Array, Array, Array]:
    """Views of r, z, n along the last axis."""
    h = gates.shape[-1] // 3
    return gates[..., :h], gates[..., h : 2 * h], gates[..., 2 * h :]
