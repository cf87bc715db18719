"""Borders around an image: zeros, the edge repeated, or the image mirrored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ShapeError
from dlcore.reference._borders import pad_axes
from dlcore.reference._checks import Array, as_floats
from dlcore.reference.base import Pullback
from dlcore.windows import check_border, per_axis

__all__ = ["pad"]


def pad(x: ArrayLike, padding: int | Sequence[int], mode: str = "zeros") -> tuple[Array, Pullback]:
    """Surround each map with a border.  [mmds 13.4.1, rawassizadeh 10]

    The gradient of a border pixel goes to the pixel it was copied from, or, for zeros, nowhere.

    Parameters
    ----------
    x : array_like, shape (N, C, *size)
        Maps; any number of spatial axes.
    padding : int or sequence of int
        Pixels added on both sides, for all spatial axes or one number an axis.
    mode : {"zeros", "replicate", "reflect"}
        Zeros; the edge pixel again; the image mirrored at its edge pixel, which is not
        repeated.

    Returns
    -------
    y : ndarray, shape (N, C, *(size + 2 padding))
        Padded maps.
    back : callable
        ``back(dy) -> dx``.

    Raises
    ------
    ShapeError
        If `x` has no spatial axis, or an axis is too short to be mirrored or repeated.
    ValidationError
        If the mode or the padding is none of these.
    """
    x = as_floats(x)
    if x.ndim < 3:
        raise ShapeError("pad", "(N, C, *size)", x.shape, "no spatial axis")
    sides = per_axis("pad", "padding", padding, x.ndim - 2, least=0)
    pads = [(p, p) for p in sides]
    check_border("pad", x.shape, pads, mode)
    y, unpad = pad_axes(x, [(0, 0), (0, 0), *pads], mode)

    def back(dy: Array) -> Array:
        dx: Array = unpad(dy)
        return dx.copy() if np.shares_memory(dx, dy) else dx

    return y, back
