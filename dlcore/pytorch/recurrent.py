"""The plain recurrent net; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from dlcore._recurrent_shapes import check_shapes
from dlcore.pytorch._checks import one_of
from dlcore.pytorch._recurrence import checked_lengths, projections, run_one

__all__ = ["rnn", "rnn_step"]

NONLINEARITIES = ("tanh", "relu")


def rnn_step(
    x: Tensor,
    h: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    nonlinearity: str = "tanh",
) -> Tensor:
    """One step of a recurrent net: h' = g(W x + b + R h + b').  [mmds eq. 13.5, burkov 6.2.2]

    mmds writes U for our W and W for our R, burkov w and u; rawassizadeh glues x and h
    together and W and R side by side, which is the same sum.

    Parameters
    ----------
    x : Tensor, shape (N, D)
        Input of this step.
    h : Tensor, shape (N, H), or None
        State after the step before; None is zero.
    weight_ih : Tensor, shape (H, D)
        W, from the input.
    weight_hh : Tensor, shape (H, H)
        R, from the state.
    bias_ih, bias_hh : Tensor, shape (H,), optional
        b and b', of which the books need one; two, as in PyTorch, add up.
    nonlinearity : {"tanh", "relu"}, default "tanh"
        The activation g.

    Returns
    -------
    h : Tensor, shape (N, H)
        State after this step, which is also its output.

    Raises
    ------
    ShapeError
        If input, state and weights do not fit together.
    ValidationError
        If the nonlinearity is unknown.
    """
    one_of("rnn_step", "nonlinearity", nonlinearity, NONLINEARITIES)
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    from_input, from_state = projections("rnn_step", 1, x, {"h": h}, weights)
    return (torch.tanh if nonlinearity == "tanh" else torch.relu)(from_input + from_state)


def rnn(
    x: Tensor,
    h0: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    nonlinearity: str = "tanh",
    lengths: Tensor | Sequence[int] | None = None,
    reverse: bool = False,
) -> tuple[Tensor, Tensor]:
    """Run `rnn_step` over whole sequences by PyTorch's kernel.  [mmds 13.5, burkov 6.2.2]

    With lengths the batch is packed.

    Parameters
    ----------
    x : Tensor, shape (N, T, D)
        Sequences, padded to T steps.
    h0 : Tensor, shape (N, H), or None
        State before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh : Tensor
        As for `rnn_step`.
    nonlinearity : {"tanh", "relu"}, default "tanh"
        The activation g.
    lengths : Tensor or sequence of int, shape (N,), optional
        Steps of each sequence, 0 to T; what stands in the padding after them is not read.
    reverse : bool, default False
        Read each sequence from its last step to its first.

    Returns
    -------
    outputs : tuple of Tensor
        ``y``, the state at each step, shape (N, T, H), zero in the padding; and ``h_n``,
        the state after the last step that is read, shape (N, H).

    Raises
    ------
    ShapeError
        If input, state, weights and lengths do not fit together.
    ValidationError
        If the nonlinearity is unknown or a length is not in 0..T.
    """
    one_of("rnn", "nonlinearity", nonlinearity, NONLINEARITIES)
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    check_shapes("rnn", 1, x, {"h0": h0}, weights)
    kernel = torch._VF.rnn_tanh if nonlinearity == "tanh" else torch._VF.rnn_relu
    y, h_n = run_one(kernel, x, (h0,), weights, checked_lengths("rnn", lengths, x), reverse)
    return y, h_n
