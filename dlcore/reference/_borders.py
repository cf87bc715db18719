"""How a border is filled, and where the gradient of its pixels goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlcore.reference._checks import Array
from dlcore.reference.base import Pullback

Pads = Sequence[tuple[int, int]]


def pad_axes(x: Array, pads: Pads, mode: str) -> tuple[Array, Pullback]:
    """Pad with one pair (before, after) an axis; the pullback may return a view of its cotangent."""
    if mode == "zeros":
        return _pad_zeros(x, pads)
    unpads = []
    for axis, (before, after) in enumerate(pads):
        if before or after:
            x, unpad = _pad_copies(x, axis, before, after, mode)
            unpads.append(unpad)

    def back(dy: Array) -> Array:
        for unpad in reversed(unpads):
            dy = unpad(dy)
        return dy

    return (x if unpads else x.copy()), back


def _pad_zeros(x: Array, pads: Pads) -> tuple[Array, Pullback]:
    y = np.zeros([n + before + after for n, (before, after) in zip(x.shape, pads, strict=True)], x.dtype)
    inside = tuple(slice(before, before + n) for n, (before, _) in zip(x.shape, pads, strict=True))
    y[inside] = x

    def back(dy: Array) -> Array:
        dx: Array = dy[inside]
        return dx

    return y, back


def _pad_copies(x: Array, axis: int, before: int, after: int, mode: str) -> tuple[Array, Pullback]:
    n = x.shape[axis]
    places = np.arange(-before, n + after)
    sources = places.clip(0, n - 1) if mode == "replicate" else n - 1 - abs(n - 1 - abs(places))
    border = [place for place in range(len(places)) if not before <= place < before + n]

    def back(dy: Array) -> Array:
        along = np.moveaxis(dy, axis, 0)
        dx = along[before : before + n].copy(order="K")
        for place in border:
            dx[sources[place]] += along[place]
        return np.moveaxis(dx, 0, axis)

    return x.take(sources, axis), back
