"""Borders around an image; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from dlcore.errors import ShapeError
from dlcore.pytorch._borders import pad_axes
from dlcore.windows import check_border, per_axis

__all__ = ["pad"]


def pad(x: Tensor, padding: int | Sequence[int], mode: str = "zeros") -> Tensor:
    """Surround each map with a border.  [mmds 13.4.1, rawassizadeh 10]

    The gradient of a border pixel goes to the pixel it was copied from, or, for zeros, nowhere.

    Parameters
    ----------
    x : Tensor, shape (N, C, *size)
        Maps; any number of spatial axes.
    padding : int or sequence of int
        Pixels added on both sides, for all spatial axes or one number an axis.
    mode : {"zeros", "replicate", "reflect"}
        Zeros; the edge pixel again; the image mirrored at its edge pixel, which is not
        repeated.

    Returns
    -------
    Tensor, shape (N, C, *(size + 2 padding))
        Padded maps.

    Raises
    ------
    ShapeError
        If `x` has no spatial axis, or an axis is too short to be mirrored or repeated.
    ValidationError
        If the mode or the padding is none of these.
    """
    if x.ndim < 3:
        raise ShapeError("pad", "(N, C, *size)", tuple(x.shape), "no spatial axis")
    pads = [(p, p) for p in per_axis("pad", "padding", padding, x.ndim - 2, least=0)]
    check_border("pad", tuple(x.shape), pads, mode)
    return pad_axes(x, pads, mode)
