"""Long short-term memory; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from dlcore._recurrent_shapes import check_shapes
from dlcore.pytorch._recurrence import checked_lengths, projections, run_one, walk, zeros_if_none

__all__ = ["lstm", "lstm_naive", "lstm_step"]


def lstm_step(
    x: Tensor,
    h: Tensor | None,
    c: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_peephole: Tensor | None = None,
    *,
    gate_before_tanh: bool = False,
) -> tuple[Tensor, Tensor]:
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
    x : Tensor, shape (N, D)
        Input of this step.
    h, c : Tensor, shape (N, H), or None
        State and cell after the step before; None is zero.
    weight_ih : Tensor, shape (4H, D)
        W, with the rows of i, f, g, o one below the other.
    weight_hh : Tensor, shape (4H, H)
        R, in the same order.
    bias_ih, bias_hh : Tensor, shape (4H,), optional
        b and b', of which the books need one; two, as in PyTorch, add up.
    weight_peephole : Tensor, shape (3, H), optional
        pᵢ, p_f and pₒ of the peephole variant.
    gate_before_tanh : bool, default False
        Show h' = tanh(o ⊙ c') instead, which is how [mmds eq. 13.15] prints it.

    Returns
    -------
    states : tuple of Tensor
        h' and c', each of shape (N, H).

    Raises
    ------
    ShapeError
        If input, states and weights do not fit together.
    """
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    states = {"h": h, "c": c}
    from_input, from_state = projections("lstm_step", 4, x, states, weights, weight_peephole)
    z_i, z_f, z_g, z_o = (from_input + from_state).chunk(4, dim=1)
    c = zeros_if_none(c, x, z_i.shape[1])
    p_i, p_f, p_o = (0.0, 0.0, 0.0) if weight_peephole is None else weight_peephole
    i, f, g = torch.sigmoid(z_i + p_i * c), torch.sigmoid(z_f + p_f * c), torch.tanh(z_g)
    c = f * c + i * g
    o = torch.sigmoid(z_o + p_o * c)
    return torch.tanh(o * c) if gate_before_tanh else o * torch.tanh(c), c


def lstm_naive(
    x: Tensor,
    h0: Tensor | None,
    c0: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_peephole: Tensor | None = None,
    *,
    gate_before_tanh: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """Run an LSTM step by step: the same numbers as `lstm`, in the plainest form.

    Each step hands its states to the next.

    Parameters
    ----------
    x : Tensor, shape (N, T, D)
        Sequences.
    h0, c0 : Tensor, shape (N, H), or None
        State and cell before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh, weight_peephole : Tensor
        As for `lstm_step`.
    gate_before_tanh : bool, default False
        As for `lstm_step`.

    Returns
    -------
    outputs : tuple of Tensor
        ``y`` (N, T, H), ``h_n`` and ``c_n`` (N, H).

    Raises
    ------
    ShapeError
        If input, states and weights do not fit together.
    """
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden = check_shapes("lstm_naive", 4, x, {"h0": h0, "c0": c0}, weights, weight_peephole)
    h, c = zeros_if_none(h0, x, hidden), zeros_if_none(c0, x, hidden)
    y = []
    for t in range(x.shape[1]):
        h, c = lstm_step(x[:, t], h, c, *weights, weight_peephole, gate_before_tanh=gate_before_tanh)
        y.append(h)
    return torch.stack(y, dim=1) if y else x.new_zeros(x.shape[0], 0, hidden), h, c


def lstm(
    x: Tensor,
    h0: Tensor | None,
    c0: Tensor | None,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    weight_peephole: Tensor | None = None,
    *,
    lengths: Tensor | Sequence[int] | None = None,
    reverse: bool = False,
) -> tuple[Tensor, Tensor, Tensor]:
    """Run an LSTM over whole sequences by PyTorch's kernel.  [mmds 13.5.3, rawassizadeh 10]

    The equations are those of `lstm_step`; peepholes, which the kernel does not know, run
    step by step. With lengths the batch is packed.

    Parameters
    ----------
    x : Tensor, shape (N, T, D)
        Sequences, padded to T steps.
    h0, c0 : Tensor, shape (N, H), or None
        State and cell before the first step; None is zero.
    weight_ih, weight_hh, bias_ih, bias_hh, weight_peephole : Tensor
        As for `lstm_step`.
    lengths : Tensor or sequence of int, shape (N,), optional
        Steps of each sequence, 0 to T; what stands in the padding after them is not read.
    reverse : bool, default False
        Read each sequence from its last step to its first.

    Returns
    -------
    outputs : tuple of Tensor
        ``y``, the state at each step, shape (N, T, H), zero in the padding; ``h_n`` and
        ``c_n``, state and cell after the last step that is read, shape (N, H).

    Raises
    ------
    ShapeError
        If input, states, weights and lengths do not fit together.
    ValidationError
        If a length is not in 0..T.
    """
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    hidden = check_shapes("lstm", 4, x, {"h0": h0, "c0": c0}, weights, weight_peephole)
    lengths = checked_lengths("lstm", lengths, x)
    if weight_peephole is None:
        y, h_n, c_n = run_one(torch._VF.lstm, x, (h0, c0), weights, lengths, reverse)
        return y, h_n, c_n

    def _step(x_t: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        return lstm_step(x_t, h, c, *weights, weight_peephole)

    states = zeros_if_none(h0, x, hidden), zeros_if_none(c0, x, hidden)
    y, h_n, c_n = walk(_step, x, states, lengths, reverse)
    return y, h_n, c_n
