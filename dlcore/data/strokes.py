"""Drawn zeros and sixes: where rules about shape and distances between pixels fail."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dlcore.data.dataset import Dataset
from dlcore.errors import ValidationError

__all__ = ["StrokeLoops", "shifted_zero", "stroke_loops"]

Array = NDArray[np.float64]
_SIDE = 28
_RADIUS = 9.0  # of a loop, in pixels


@dataclass(frozen=True, eq=False, repr=False)
class StrokeLoops(Dataset):
    """Images of a pen stroke that nearly closes, with the gap it leaves.

    Attributes
    ----------
    x, y, name, feature_names, classes, source, license, stands_in_for : various
        As in `Dataset`.
    gap : array, shape (N,)
        Distance from the start of the stroke to its end, in pixels.
    """

    gap: NDArray[Any] = field(default_factory=lambda: np.zeros(0))

    def subset(self, index: NDArray[Any]) -> Self:
        """Return the set reduced to some of its examples, their gaps included.

        Parameters
        ----------
        index : array of int, shape (M,), or array of bool, shape (N,)
            Which examples to keep, in this order.

        Returns
        -------
        StrokeLoops
            Copies of the chosen rows.
        """
        return replace(self, x=self.x[index], y=self.y[index], gap=self.gap[index])


def stroke_loops(
    n: int = 200,
    *,
    zero_gaps: tuple[float, float] = (0.0, 6.0),
    six_gaps: tuple[float, float] = (3.0, 8.0),
    rng: np.random.Generator,
    dtype: DTypeLike = np.float32,
) -> StrokeLoops:
    """Draw sloppy zeros, whose stroke stays open, and sixes, whose end turns inward.

    The two kinds overlap in the gap between start and end, so no cutoff on it
    tells them apart.  [buduma fig. 1-2]

    Parameters
    ----------
    n : int
        Number of images, half of them zeros.
    zero_gaps, six_gaps : pair of float
        Smallest and largest gap of each kind, in pixels, at most 9.
    rng : numpy.random.Generator
        Source of the gaps, of a slight turn and of the order.
    dtype : dtype
        Type of the ink.

    Returns
    -------
    StrokeLoops
        `x` of shape (n, 28, 28), ink from 0 to 1; `y` of shape (n,), int64,
        0 for a zero and 1 for a six; `gap`.

    Raises
    ------
    ValidationError
        When `n` is below 2, or a gap does not lie between 0 and 9.
    """
    if n < 2:
        raise ValidationError(f"n must be 2 or more, got {n}")
    for low, high in (zero_gaps, six_gaps):
        if not 0 <= low <= high <= _RADIUS:
            raise ValidationError(f"gaps lie between 0 and {_RADIUS:g} pixels, got {(low, high)}")
    six = rng.permutation(np.arange(n) % 2)
    gap = np.where(six, rng.uniform(*six_gaps, n), rng.uniform(*zero_gaps, n))
    turn = rng.normal(0, 0.2, n)
    images = np.stack([_ink(_stroke(gap[i], bool(six[i]), turn[i])) for i in range(n)])
    return StrokeLoops(
        images.astype(dtype),
        six.astype(np.int64),
        name="stroke_loops",
        classes=("zero", "six"),
        stands_in_for="buduma, figure 1-2: a zero that is hard to tell from a six",
        gap=gap.astype(dtype),
    )


def _stroke(gap: float, inward: bool, turn: float) -> Array:
    """Return 200 points (column, row) of a loop whose ends are `gap` pixels apart."""
    way = np.linspace(0, 1, 200)
    opening = 0.0 if inward else 2 * np.arcsin(gap / (2 * _RADIUS))
    angle = -np.pi / 2 + turn - way * (2 * np.pi - opening)
    last_third = np.clip(3 * way - 2, 0, 1)
    radius = _RADIUS - gap * last_third * inward
    points: Array = (_SIDE - 1) / 2 + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points


def _ink(points: Array) -> Array:
    """Draw points with a pen about two pixels wide."""
    row, column = np.mgrid[:_SIDE, :_SIDE]
    distance = np.hypot(column[..., None] - points[:, 0], row[..., None] - points[:, 1]).min(axis=-1)
    ink: Array = np.clip(1.5 - distance, 0, 1)
    return ink


def shifted_zero(*, shift: int = 4, dtype: DTypeLike = np.float32) -> Dataset:
    """Draw a zero, the same zero moved to the right, and a six in the place of the first.

    In the distance between pixel vectors the zero is nearer to the six than to
    its own copy.  [le eq. 11 and eq. 12]

    Parameters
    ----------
    shift : int
        Pixels by which the copy is moved, from -6 to 6.
    dtype : dtype
        Type of the ink.

    Returns
    -------
    Dataset
        `x` of shape (3, 28, 28), ink from 0 to 255; `y` is 0, 0, 6, int64.

    Raises
    ------
    ValidationError
        When the copy would leave the image.
    """
    if abs(shift) > 6:
        raise ValidationError(f"a shift of {shift} moves the zero out of the image, at most 6 fit")
    row, column = np.mgrid[:_SIDE, :_SIDE]
    zero = 255 * np.clip(1.5 - 5 * np.abs(np.hypot((column - 14) / 6, (row - 14) / 9) - 1), 0, 1)
    six = zero.copy()
    six[8:13, 15:] = 0
    six[13:15, 9:20] = np.maximum(six[13:15, 9:20], 200)
    return Dataset(
        np.stack([zero, np.roll(zero, shift, axis=1), six]).astype(dtype),
        np.array([0, 0, 6]),
        name="shifted_zero",
        classes=("0", "6"),
        stands_in_for="le, the figure of section 11: three images of 28 by 28",
    )
