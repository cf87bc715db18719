"""The minimal gated unit: one gate that mixes the old state with a candidate."""

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

__all__ = ["minimal_gated", "minimal_gated_step"]


def minimal_gated_step(
    x: ArrayLike,
    h: ArrayLike | None,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike | None = None,
    bias_hh: ArrayLike | None = None,
) -> tuple[Array, Pullback]:
    """One step of a minimal gated unit.  [burkov 6.2.2]

    With q = W x + b + R h + b', cut into two blocks::

        Γ  = σ(q_Γ)                gate: how much of the candidate replaces the old state
        n  = tanh(qₙ)              candidate
        h' = Γ ⊙ n + (1 - Γ) ⊙ h

    This is a GRU whose reset gate is 1 and whose update gate is z = 1 - Γ. The unit
    published under this name (Zhou et al., 2016) multiplies h by Γ inside the candidate
    as well; burkov's does not, and neither does this one.

    Parameters
    ----------
    x : array_like, shape (N, D)
        Input of this step.
    h : array_like, shape (N, H), or None
        State after the step before; None is zero.
    weight_ih : array_like, shape (2H, D)
        W, with the rows of the gate above those of the candidate (burkov's m above w).
    weight_hh : array_like, shape (2H, H)
        R, in the same order (burkov's o above u).
    bias_ih, bias_hh : array_like, shape (2H,), optional
        b and b'; burkov has one, a above b.

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
    from_input, from_state, back_projections = projections("minimal_gated_step", 2, x, {"h": h}, weights)
    q_gate, q_candidate = np.split(from_input + from_state, 2, axis=1)
    old = zeros_if_none(h, x, q_gate.shape[1])
    gate, back_gate = sigmoid(q_gate)
    candidate, back_candidate = tanh(q_candidate)

    def back(dh: Array) -> tuple[Any, ...]:
        dq = np.concatenate([back_gate(dh * (candidate - old)), back_candidate(dh * gate)], axis=1)
        dx, dold, *dweights = back_projections(dq, dq)
        return dx, None if h is None else dold + dh * (1.0 - gate), *dweights

    return gate * candidate + (1.0 - gate) * old, back


def minimal_gated(
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
    """Run `minimal_gated_step` over whole sequences, fast.  [burkov 6.2.2]

    Parameters
    ----------
    x : array_like, shape (N, T, D)
        Sequences, padded to T steps.
    h0 : array_like, shape (N, H), or None
        State before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh : array_like
        As for `minimal_gated_step`.
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
    hidden = check_shapes("minimal_gated", 2, x, {"h0": h0}, weights)
    walk = Walk("minimal_gated", x, lengths, reverse)
    q, back_input = walk.project(x, weight_ih, bias_ih, bias_hh)
    hs = walk.states(h0, hidden, q.dtype)
    for t, n in enumerate(walk.active):
        q[t, :n] += hs[t, :n] @ weight_hh.T
        gate, candidate = q[t, :n, :hidden], q[t, :n, hidden:]
        sigmoid_in_place(gate)
        np.tanh(candidate, out=candidate)
        hs[t + 1, :n] = hs[t, :n] + gate * (candidate - hs[t, :n])
        hs[t + 1, n:] = hs[t, n:]

    def back(dy: Array | None, dh: Array | None = None) -> tuple[Any, ...]:
        dys, dh = walk.cotangents(dy, dh, like=hs)
        dq = _backward(walk.active, q, hs, dys, dh, weight_hh)
        dx, *dweights = walk.gradients(dq, dq, back_input, hs, bias_hh)
        return dx, walk.initial(dh, h0), *dweights

    return (walk.leave(hs[1:]), walk.final(hs)), back


def _backward(active: list[int], q: Array, hs: Array, dys: Array, dh: Array, weight_hh: Array) -> Array:
    """Gradient dq (T, N, 2H); dh is carried along and ends as that of the initial state."""
    hidden = hs.shape[-1]
    gate, candidate = q[..., :hidden], q[..., hidden:]
    # the slope of gate and candidate at each step; the loop multiplies by what arrives there
    dq = np.empty_like(q)
    np.multiply(candidate - hs[:-1], gate * (1.0 - gate), out=dq[..., :hidden])
    np.multiply(gate, 1.0 - candidate * candidate, out=dq[..., hidden:])
    for t, n in reversed(list(enumerate(active))):
        dh[:n] += dys[t, :n]
        dq[t, :n, :hidden] *= dh[:n]
        dq[t, :n, hidden:] *= dh[:n]
        dq[t, n:] = 0
        dh[:n] *= 1.0 - gate[t, :n]
        dh[:n] += dq[t, :n] @ weight_hh
    return dq
