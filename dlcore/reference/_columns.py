"""The two movers under every convolution: windows into columns, and columns back.

Arrays are held with the batch **last**, ``(C, *size, N)``: one kernel offset then moves
runs of N or W·N numbers, about twice as fast as copying window by window. `gather`
and `scatter` are transposes of each other as linear maps, so each is the other's pullback.
"""

from __future__ import annotations

import numpy as np

from dlcore.reference._checks import Array
from dlcore.windows import Shape, Window


def batch_last_view(x: Array) -> Array:
    """View (N, C, *size) as (C, *size, N), from memory that is cheap to read in this order."""
    if x.shape[0] > 1 and x.strides[0] != x.itemsize:
        # two short moves: one long one would jump by a whole image from number to number
        x = np.ascontiguousarray(x.swapaxes(0, 1)).swapaxes(0, 1)
    return np.moveaxis(x, 0, -1)


def batch_last(x: Array) -> Array:
    """Lay (N, C, *size) out as (C, *size, N), copied unless memory already lies so."""
    return np.ascontiguousarray(batch_last_view(x))


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
