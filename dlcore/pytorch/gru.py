"""The gated recurrent unit; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from dlcore._recurrent_shapes import check_shapes
from dlcore.pytorch._recurrence import checked_lengths, projections, run_one, zeros_if_none

__all__ = ["gru", "gru_step"]


def gru_step(
    x: Tensor,
    h: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> Tensor:
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
    x : Tensor, shape (N, D)
        Input of this step.
    h : Tensor, shape (N, H), or None
        State after the step before; None is zero.
    weight_ih : Tensor, shape (3H, D)
        W, with the rows of r, z, n one below the other.
    weight_hh : Tensor, shape (3H, H)
        R, in the same order.
    bias_ih, bias_hh : Tensor, shape (3H,), optional
        b and b', which do not simply add up: r multiplies the last block of b'.

    Returns
    -------
    h : Tensor, shape (N, H)
        State after this step.

    Raises
    ------
    ShapeError
        If input, state and weights do not fit together.
    """
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    from_input, from_state = projections("gru_step", 3, x, {"h": h}, weights)
    u_r, u_z, u_n = from_input.chunk(3, dim=1)
    v_r, v_z, v_n = from_state.chunk(3, dim=1)
    r, z = torch.sigmoid(u_r + v_r), torch.sigmoid(u_z + v_z)
    n = torch.tanh(u_n + r * v_n)
    return (1 - z) * n + z * zeros_if_none(h, x, n.shape[1])


def gru(
    x: Tensor,
    h0: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    *,
    lengths: Tensor | Sequence[int] | None = None,
    reverse: bool = False,
) -> tuple[Tensor, Tensor]:
    """Run `gru_step` over whole sequences by PyTorch's kernel.  [rawassizadeh 10, mmds 13.5.3]

    With lengths the batch is packed.

    Parameters
    ----------
    x : Tensor, shape (N, T, D)
        Sequences, padded to T steps.
    h0 : Tensor, shape (N, H), or None
        State before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh : Tensor
        As for `gru_step`.
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
        If a length is not in 0..T.
    """
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    check_shapes("gru", 3, x, {"h0": h0}, weights)
    y, h_n = run_one(torch._VF.gru, x, (h0,), weights, checked_lengths("gru", lengths, x), reverse)
    return y, h_n
