"""The plain recurrent net: a state that every step mixes with the next input."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore._recurrent_shapes import check_shapes
from dlcore.reference._checks import Array, as_floats, one_of
from dlcore.reference._recurrence import Walk, as_weights, optional_floats, projections
from dlcore.reference.activations import relu, tanh
from dlcore.reference.base import Pullback

__all__ = ["rnn", "rnn_step"]

NONLINEARITIES = ("tanh", "relu")


def rnn_step(
    x: ArrayLike,
    h: ArrayLike | None,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike | None = None,
    bias_hh: ArrayLike | None = None,
    *,
    nonlinearity: str = "tanh",
) -> tuple[Array, Pullback]:
    """One step of a recurrent net: h' = g(W x + b + R h + b').  [mmds eq. 13.5, burkov 6.2.2]

    mmds writes U for our W and W for our R, burkov w and u; rawassizadeh glues x and h
    together and W and R side by side, which is the same sum.

    Parameters
    ----------
    x : array_like, shape (N, D)
        Input of this step.
    h : array_like, shape (N, H), or None
        State after the step before; None is zero.
    weight_ih : array_like, shape (H, D)
        W, from the input.
    weight_hh : array_like, shape (H, H)
        R, from the state.
    bias_ih, bias_hh : array_like, shape (H,), optional
        b and b', of which the books need one; two, as in PyTorch, add up.
    nonlinearity : {"tanh", "relu"}, default "tanh"
        The activation g.

    Returns
    -------
    h : ndarray, shape (N, H)
        State after this step, which is also its output.
    back : callable
        ``back(dh) -> (dx, dh, dweight_ih, dweight_hh, dbias_ih, dbias_hh)``, None where
        the argument is None.

    Raises
    ------
    ShapeError
        If input, state and weights do not fit together.
    ValidationError
        If the nonlinearity is unknown.
    """
    one_of("rnn_step", "nonlinearity", nonlinearity, NONLINEARITIES)
    x, h = as_floats(x), optional_floats(h)
    weights = as_weights(weight_ih, weight_hh, bias_ih, bias_hh)
    from_input, from_state, back_projections = projections("rnn_step", 1, x, {"h": h}, weights)
    h_new, back_g = (tanh if nonlinearity == "tanh" else relu)(from_input + from_state)

    def back(dh_new: Array) -> tuple[Any, ...]:
        dz = back_g(dh_new)
        return back_projections(dz, dz)

    return h_new, back


def rnn(
    x: ArrayLike,
    h0: ArrayLike | None,
    weight_ih: ArrayLike,
    weight_hh: ArrayLike,
    bias_ih: ArrayLike | None = None,
    bias_hh: ArrayLike | None = None,
    *,
    nonlinearity: str = "tanh",
    lengths: ArrayLike | None = None,
    reverse: bool = False,
) -> tuple[tuple[Array, Array], Pullback]:
    """Run `rnn_step` over whole sequences, with backpropagation through time.  [mmds 13.5, burkov 6.2.2]

    The input of all steps is projected at once; only R h must wait for the step before.
    On the way back the loop carries dh alone, and each weight's gradient, a sum over the
    steps because they share it, is one matrix product after the loop.

    Parameters
    ----------
    x : array_like, shape (N, T, D)
        Sequences, padded to T steps.
    h0 : array_like, shape (N, H), or None
        State before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh : array_like
        As for `rnn_step`.
    nonlinearity : {"tanh", "relu"}, default "tanh"
        The activation g.
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
        If the nonlinearity is unknown or a length is not in 0..T.
    """
    one_of("rnn", "nonlinearity", nonlinearity, NONLINEARITIES)
    x, h0 = as_floats(x), optional_floats(h0)
    weight_ih, weight_hh, bias_ih, bias_hh = weights = as_weights(weight_ih, weight_hh, bias_ih, bias_hh)
    hidden = check_shapes("rnn", 1, x, {"h0": h0}, weights)
    walk = Walk("rnn", x, lengths, reverse)
    z, back_input = walk.project(x, weight_ih, bias_ih, bias_hh)
    hs = walk.states(h0, hidden, z.dtype)
    activate = np.tanh if nonlinearity == "tanh" else partial(np.maximum, 0)
    for t, n in enumerate(walk.active):
        z[t, :n] += hs[t, :n] @ weight_hh.T
        activate(z[t, :n], out=hs[t + 1, :n])
        hs[t + 1, n:] = hs[t, n:]

    def back(dy: Array | None, dh: Array | None = None) -> tuple[Any, ...]:
        dys, dh = walk.cotangents(dy, dh, like=hs)
        # dh'/dz of all steps at once; times dh, it becomes dz
        dz = 1.0 - hs[1:] * hs[1:] if nonlinearity == "tanh" else (hs[1:] > 0).astype(hs.dtype)
        for t, n in reversed(list(enumerate(walk.active))):
            dh[:n] += dys[t, :n]
            dz[t, :n] *= dh[:n]
            dz[t, n:] = 0
            dh[:n] = dz[t, :n] @ weight_hh
        dx, *dweights = walk.gradients(dz, dz, back_input, hs, bias_hh)
        return dx, walk.initial(dh, h0), *dweights

    return (walk.leave(hs[1:]), walk.final(hs)), back
