"""The minimal gated unit; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from dlcore._recurrent_shapes import check_shapes
from dlcore.pytorch._recurrence import checked_lengths, projections, walk, zeros_if_none

__all__ = ["minimal_gated", "minimal_gated_step"]


def minimal_gated_step(
    x: Tensor,
    h: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> Tensor:
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
    x : Tensor, shape (N, D)
        Input of this step.
    h : Tensor, shape (N, H), or None
        State after the step before; None is zero.
    weight_ih : Tensor, shape (2H, D)
        W, with the rows of the gate above those of the candidate (burkov's m above w).
    weight_hh : Tensor, shape (2H, H)
        R, in the same order (burkov's o above u).
    bias_ih, bias_hh : Tensor, shape (2H,), optional
        b and b'; burkov has one, a above b.

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
    from_input, from_state = projections("minimal_gated_step", 2, x, {"h": h}, weights)
    q_gate, q_candidate = (from_input + from_state).chunk(2, dim=1)
    gate, candidate = torch.sigmoid(q_gate), torch.tanh(q_candidate)
    return gate * candidate + (1 - gate) * zeros_if_none(h, x, gate.shape[1])


def minimal_gated(
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
    """Run `minimal_gated_step` over whole sequences, step by step.  [burkov 6.2.2]

    Parameters
    ----------
    x : Tensor, shape (N, T, D)
        Sequences, padded to T steps.
    h0 : Tensor, shape (N, H), or None
        State before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh : Tensor
        As for `minimal_gated_step`.
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
    hidden = check_shapes("minimal_gated", 2, x, {"h0": h0}, weights)

    def _step(x_t: Tensor, h: Tensor) -> tuple[Tensor]:
        return (minimal_gated_step(x_t, h, *weights),)

    lengths = checked_lengths("minimal_gated", lengths, x)
    y, h_n = walk(_step, x, (zeros_if_none(h0, x, hidden),), lengths, reverse)
    return y, h_n
