"""What all recurrent nets of the mirror share: PyTorch's kernels, packing, and an explicit walk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn.functional import linear
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from dlcore._recurrent_shapes import check_lengths, check_shapes

Kernel = Callable[..., Any]
Optional = Tensor | None


def projections(
    where: str, gates: int, x: Tensor, states: dict[str, Any], weights: tuple[Any, ...], peephole: Any = None
) -> tuple[Tensor, Tensor]:
    """What a step of every recurrent net begins with: W x + b and R h + b', one row block a gate."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    hidden = check_shapes(
        where, gates, x, states, (weight_ih, weight_hh, bias_ih, bias_hh), peephole, axes="N"
    )
    h = zeros_if_none(next(iter(states.values())), x, hidden)
    return linear(x, weight_ih, bias_ih), linear(h, weight_hh, bias_hh)


def zeros_if_none(state: Optional, x: Tensor, hidden: int) -> Tensor:
    """Return the state, or the zero state of a batch."""
    return x.new_zeros(x.shape[0], hidden) if state is None else state


def checked_lengths(where: str, lengths: Any, x: Tensor) -> Optional:
    """Lengths as a tensor where the sequences are, or None."""
    if lengths is None:
        return None
    on_host = lengths.cpu().numpy() if isinstance(lengths, Tensor) else lengths
    return torch.from_numpy(check_lengths(where, on_host, x.shape[0], x.shape[1])).to(x.device)


def running(x: Tensor, lengths: Tensor) -> Tensor:
    """Which steps are no padding, as a mask of shape (N, T, 1)."""
    return (torch.arange(x.shape[1], device=x.device) < lengths[:, None])[:, :, None]


def turned(x: Tensor, lengths: Optional) -> Tensor:
    """Each sequence from its last step to its first; the padding stays where it is."""
    if lengths is None:
        return x.flip(1)
    steps = torch.arange(x.shape[1], device=x.device)
    source = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
    return x.gather(1, source[:, :, None].expand_as(x))


def run(
    kernel: Kernel,
    x: Tensor,
    states: Sequence[Tensor],
    weights: Sequence[Tensor],
    lengths: Optional,
    *,
    bias: bool,
    layers: int = 1,
    bidirectional: bool = False,
) -> tuple[Tensor, ...]:
    """Call one of torch's recurrent kernels, on a packed batch if there are lengths.

    `states` have the shape (layers * directions, N, H); returns y (N, T, directions * H)
    and the final states. PyTorch packs no empty sequence: one step of it is run, and undone.
    """
    options = (bias, layers, 0.0, torch.is_grad_enabled(), bidirectional)
    if x.numel() == 0:
        width = states[0].shape[2] * (1 + bidirectional)
        return x.new_zeros(*x.shape[:2], width), *(s.clone() for s in states)
    if lengths is None:
        y, *finals = kernel(x, _hx(states), list(weights), *options, True)
        return y, *finals
    mask = running(x, lengths)
    packed = pack_padded_sequence(
        torch.where(mask, x, 0), lengths.clamp(min=1).cpu(), batch_first=True, enforce_sorted=False
    )
    order, back_to_order = cast(Tensor, packed.sorted_indices), cast(Tensor, packed.unsorted_indices)
    hx = _hx([s.index_select(1, order) for s in states])
    y, *finals = kernel(packed.data, packed.batch_sizes, hx, list(weights), *options)
    y, _ = pad_packed_sequence(PackedSequence(y, *packed[1:]), batch_first=True, total_length=x.shape[1])
    ran = (lengths > 0)[:, None]
    finals = [f.index_select(1, back_to_order) for f in finals]
    return torch.where(mask, y, 0), *(torch.where(ran, f, s) for f, s in zip(finals, states, strict=True))


def _hx(states: Sequence[Tensor]) -> Any:
    return states[0] if len(states) == 1 else tuple(states)


def run_one(
    kernel: Kernel,
    x: Tensor,
    states: Sequence[Optional],
    weights: tuple[Tensor, Tensor, Optional, Optional],
    lengths: Optional,
    reverse: bool,
) -> tuple[Tensor, ...]:
    """Call a kernel for one layer and one direction; states are (N, H) or None."""
    weight_ih, weight_hh, *biases = weights
    bias = any(b is not None for b in biases)
    if bias:
        biases = [x.new_zeros(weight_hh.shape[0]) if b is None else b for b in biases]
    initial = [zeros_if_none(s, x, weight_hh.shape[1])[None] for s in states]
    flat = [weight_ih, weight_hh, *(b for b in biases if b is not None)]
    y, *finals = run(kernel, turned(x, lengths) if reverse else x, initial, flat, lengths, bias=bias)
    return turned(y, lengths) if reverse else y, *(f[0] for f in finals)


def walk(
    step: Callable[..., tuple[Tensor, ...]],
    x: Tensor,
    states: tuple[Tensor, ...],
    lengths: Optional,
    reverse: bool,
) -> tuple[Tensor, ...]:
    """Run any step over sequences in plain tensor operations; padding leaves the states as they are."""
    outputs = [x.new_zeros(0)] * x.shape[1]
    for t in reversed(range(x.shape[1])) if reverse else range(x.shape[1]):
        after = step(x[:, t], *states)
        outputs[t] = after[0]
        if lengths is not None:
            runs = (t < lengths)[:, None]
            outputs[t] = torch.where(runs, after[0], 0)
            after = tuple(torch.where(runs, new, old) for new, old in zip(after, states, strict=True))
        states = after
    y = torch.stack(outputs, dim=1) if outputs else x.new_zeros(x.shape[0], 0, states[0].shape[1])
    return y, *states
