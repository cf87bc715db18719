"""More images from the same images: small shifts and rotations that keep the label."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore.errors import ShapeError, ValidationError

__all__ = ["rotate", "shift"]

Array = NDArray[Any]


def shift(images: ArrayLike, *, most: int = 1, rng: np.random.Generator) -> Array:
    """Move each image by a random whole number of pixels; what comes in is zero.  [rawassizadeh 10]

    Parameters
    ----------
    images : array_like, shape (..., H, W), at least three axes
        One image for each index of the first axis; axes between (channels) move together.
    most : int, default 1
        Largest move along each side, less than H and W.
    rng : numpy.random.Generator
        Draws the moves.

    Returns
    -------
    ndarray, shaped as `images`
        New images of the same dtype.
    """
    images = _checked("shift", images)
    h, w = images.shape[-2:]
    if not 0 <= most < min(h, w):
        raise ValidationError(f"shift: most must be in 0..{min(h, w) - 1}, got {most}")
    border = [(0, 0)] * (images.ndim - 2) + [(most, most)] * 2
    wide = np.pad(images, border)
    moves = rng.integers(0, 2 * most + 1, size=(len(images), 2))
    if not len(images):
        return images.copy()
    return np.stack([image[..., a : a + h, b : b + w] for image, (a, b) in zip(wide, moves, strict=True)])


def rotate(images: ArrayLike, *, degrees: float = 10.0, rng: np.random.Generator) -> Array:
    """Turn each image about its center by a random angle, with bilinear interpolation.  [rawassizadeh 10]

    Parameters
    ----------
    images : array_like, shape (..., H, W), at least three axes
        One image for each index of the first axis; axes between (channels) turn together.
    degrees : float, default 10.0
        Largest angle to either side.
    rng : numpy.random.Generator
        Draws the angles.

    Returns
    -------
    ndarray, shaped as `images`
        New images, floats of the dtype of `images`; what comes in from outside is zero.
    """
    images = _checked("rotate", images)
    if images.dtype.kind != "f":
        raise ValidationError(f"rotate mixes pixels and needs float images, got {images.dtype}")
    angles = np.radians(rng.uniform(-degrees, degrees, size=len(images)))
    turned = [_turn(image, angle) for image, angle in zip(images, angles, strict=True)]
    return np.stack(turned) if turned else images.copy()


def _turn(image: Array, angle: float) -> Array:
    h, w = image.shape[-2:]
    y, x = np.mgrid[:h, :w] - np.array([(h - 1) / 2, (w - 1) / 2]).reshape(2, 1, 1)
    # each pixel of the result looks up where it came from
    rows = np.cos(angle) * y - np.sin(angle) * x + (h - 1) / 2 + 1
    columns = np.sin(angle) * y + np.cos(angle) * x + (w - 1) / 2 + 1
    rows, columns = np.clip(rows, 0, h + 1 - 1e-9), np.clip(columns, 0, w + 1 - 1e-9)
    top, left = rows.astype(int), columns.astype(int)
    down, right = (rows - top).astype(image.dtype), (columns - left).astype(image.dtype)
    padded = np.pad(image, [(0, 0)] * (image.ndim - 2) + [(1, 1)] * 2)
    upper = padded[..., top, left] * (1 - right) + padded[..., top, left + 1] * right
    lower = padded[..., top + 1, left] * (1 - right) + padded[..., top + 1, left + 1] * right
    result: Array = upper * (1 - down) + lower * down
    return result


def _checked(name: str, images: ArrayLike) -> Array:
    array = np.asarray(images)
    if array.ndim < 3:
        raise ShapeError(name, "(N, ..., H, W)", array.shape, "the first axis counts the images")
    return array
