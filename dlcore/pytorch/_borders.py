"""Borders by PyTorch's own padding."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional as F


def pad_axes(x: Tensor, pads: Sequence[tuple[int, int]], mode: str) -> Tensor:
    """Pad the spatial axes with one pair (before, after) each."""
    # PyTorch wants the last axis first
    sides = [side for pair in reversed(pads) for side in pair]
    return F.pad(x, sides, mode="constant" if mode == "zeros" else mode)
