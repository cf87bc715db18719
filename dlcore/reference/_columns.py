"""The two movers under every convolution: windows into columns, and columns back.

Arrays are held with the batch **last**, ``(C, *size, N)``: one kernel offset then moves
runs of N or W·N numbers, about twice as fast as copying window by window. `gather`
and `scatter` are transposes of each other as linear maps, so each is the other's pullback.
"""

from __future__ import annotations

import numpy as np

from dlcore.reference._checks import Array
from dlcore.windows import Shape, Window

#: Numbers that are moved at a time, so that what is in between stays in the cache.
BLOCK = 2**17


def batch_last(x: Array) -> Array:
    """Lay (N, C, *size) out as (C, *size, N), copied unless memory already lies so."""
    last = np.moveaxis(x, 0, -1)
    if len(x) < 2 or x.strides[0] == x.itemsize:
        return np.ascontiguousarray(last)
    moved = np.empty(last.shape, x.dtype)
    block = max(1, BLOCK // max(1, x[:, 0].size))
    for first in range(0, len(moved), block):
        # two short moves: one long one would jump by a whole image from number to number
        channels = np.ascontiguousarray(x[:, first : first + block].swapaxes(0, 1))
        moved[first : first + block] = np.moveaxis(channels, 1, -1)
    return moved


def gather(x: Array, window: Window, positions: Shape) -> Array:
    """Copy what each tap reads: padded (C, *size, N) to columns (C, *kernel, *positions, N)."""
    columns = np.empty((x.shape[0], *window.kernel, *positions, x.shape[-1]), x.dtype)
    for offset in np.ndindex(*window.kernel):
        columns[(slice(None), *offset)] = x[(slice(None), *window.taps(offset, positions))]
    return columns


def scatter(columns: Array, window: Window, size: Shape) -> Array:
    """Add each tap's column where it was read: (C, *kernel, *positions, N) to padded (C, *size, N)."""
    axes = len(window.kernel)
    positions = columns.shape[1 + axes : -1]
    x = np.zeros((columns.shape[0], *size, columns.shape[-1]), columns.dtype)
    for offset in np.ndindex(*window.kernel):
        x[(slice(None), *window.taps(offset, positions))] += columns[(slice(None), *offset)]
    return x
