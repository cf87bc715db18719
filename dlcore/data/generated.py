"""Data sets made from a formula and a generator of random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dlcore.data.dataset import Dataset
from dlcore.errors import ShapeError, ValidationError

__all__ = [
    "FastFood",
    "blobs",
    "consecutive_ones",
    "fast_food",
    "moons",
    "rings",
    "spirals",
]


@dataclass(frozen=True, eq=False, repr=False)
class FastFood(Dataset):
    """Meals with their bills, and the prices behind them.

    Attributes
    ----------
    x, y, name, feature_names, classes, source, license, stands_in_for : various
        As in `Dataset`.
    prices : array, shape (3,)
        Price of a burger, of a portion of fries and of a soda, in dollars.
    """

    prices: NDArray[Any] = field(default_factory=lambda: np.array([5.0, 2.5, 1.0], np.float32))


def fast_food(
    n: int = 100,
    *,
    most: int = 5,
    noise: float = 0.0,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float32,
) -> FastFood:
    """Make bills of meals: servings in, the total out.

    A linear neuron is to find the prices [5, 2.5, 1].  [buduma fig. 1-10]

    Parameters
    ----------
    n : int
        Number of meals.
    most : int
        Largest number of servings of one item.
    noise : float
        Standard deviation of an error in the total, in dollars.
    rng : numpy.random.Generator
        Source of the servings and of the error.
    dtype : dtype
        Type of `x`, `y` and the prices.

    Returns
    -------
    FastFood
        `x` of shape (n, 3), servings from 0 to `most`; `y` of shape (n,),
        dollars; `prices`.

    Raises
    ------
    ValidationError
        When `n` or `most` is below 1.
    """
    _at_least(1, n=n, most=most)
    prices = np.array([5, 2.5, 1])
    servings = rng.integers(0, most, size=(n, 3), endpoint=True)
    bills = servings @ prices + noise * rng.standard_normal(n)
    return FastFood(
        servings.astype(dtype),
        bills.astype(dtype),
        name="fast_food",
        feature_names=("burgers", "fries", "sodas"),
        stands_in_for="buduma, figure 1-10: its prices are not printed",
        prices=prices.astype(dtype),
    )


_ALL_VECTORS = 16


def consecutive_ones(
    bits: int = 4,
    *,
    n: int | None = None,
    rng: np.random.Generator | None = None,
    dtype: DTypeLike = np.float32,
) -> Dataset:
    """Make bit vectors, labeled by whether two ones stand side by side.

    [mmds example 13.1]

    Parameters
    ----------
    bits : int
        Length of a vector.
    n : int, optional
        Draw this many vectors, with repeats.  Default: all 2**bits of them, in
        counting order.
    rng : numpy.random.Generator, optional
        Source of the draw; needed with `n`.
    dtype : dtype
        Type of the bits.

    Returns
    -------
    Dataset
        `x` of shape (N, bits), 0 or 1; `y` of shape (N,), int64.

    Raises
    ------
    ValidationError
        When `bits` or `n` is below 1, when all vectors of more than 16 bits
        are asked for, and when `n` comes without `rng`.
    """
    _at_least(1, bits=bits, n=1 if n is None else n)
    if n is None and bits > _ALL_VECTORS:
        raise ValidationError(f"all vectors of {bits} bits are too many: give n and rng to draw some")
    if n is not None and rng is None:
        raise ValidationError(f"a draw of n={n} vectors needs rng, such as numpy.random.default_rng(0)")
    if n is None or rng is None:
        x = np.array(list(product((0, 1), repeat=bits)))
    else:
        x = rng.integers(0, 2, size=(n, bits))
    return Dataset(
        x.astype(dtype),
        (x[:, 1:] & x[:, :-1]).any(axis=1).astype(np.int64),
        name="consecutive_ones",
        feature_names=tuple(f"bit {i + 1}" for i in range(bits)),
        classes=("no two adjacent ones", "two adjacent ones"),
    )


def blobs(
    n: int = 200,
    *,
    centers: Sequence[Sequence[float]] = ((-2, 0), (2, 0)),
    labels: Sequence[int] | None = None,
    spread: float = 1.0,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float32,
) -> Dataset:
    """Make normally distributed clouds, one around each center.

    Four centers at the corners of a square with the labels (0, 1, 1, 0) give
    XOR blobs, which no line separates.  [buduma fig. 1-5]

    Parameters
    ----------
    n : int
        Number of points; the clouds share them evenly.
    centers : sequence of points, shape (K, D)
        Mean of each cloud.
    labels : sequence of int, length K, optional
        Class of each cloud, from 0.  Default: a class of its own.
    spread : float
        Standard deviation along each axis.
    rng : numpy.random.Generator
        Source of the points and of their order.
    dtype : dtype
        Type of the coordinates.

    Returns
    -------
    Dataset
        `x` of shape (n, D); `y` of shape (n,), int64.

    Raises
    ------
    ShapeError
        When `centers` is not a matrix, or `labels` has another length.
    ValidationError
        When there are fewer points than clouds.
    """
    means = np.asarray(centers, float)
    if means.ndim != 2:
        raise ShapeError("blobs", "centers of shape (K, D)", means.shape)
    classes = np.arange(len(means)) if labels is None else np.asarray(labels)
    if classes.shape != (len(means),):
        raise ShapeError("blobs", f"labels of shape ({len(means)},)", classes.shape, "one for each center")
    cloud = _shared_out(n, len(means), rng)
    x = means[cloud] + spread * rng.standard_normal((n, means.shape[1]))
    return _points(x, classes[cloud], "blobs", dtype)


def rings(
    n: int = 400,
    *,
    radii: Sequence[float] = (1.0, 3.0),
    noise: float = 0.2,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float32,
) -> Dataset:
    """Make points on rings around the origin, one class a ring.

    No line separates them; the squared radius as a feature does.
    [buduma fig. 1-5]

    Parameters
    ----------
    n : int
        Number of points; the rings share them evenly.
    radii : sequence of float
        Radius of each ring.
    noise : float
        Standard deviation of the radius.
    rng : numpy.random.Generator
        Source of the points and of their order.
    dtype : dtype
        Type of the coordinates.

    Returns
    -------
    Dataset
        `x` of shape (n, 2); `y` of shape (n,), int64, the number of the ring.

    Raises
    ------
    ValidationError
        When there are fewer points than rings.
    """
    ring = _shared_out(n, len(radii), rng)
    radius = np.asarray(radii, float)[ring] + noise * rng.standard_normal(n)
    angle = rng.uniform(0, 2 * np.pi, n)
    return _points(radius[:, None] * _direction(angle), ring, "rings", dtype)


def moons(
    n: int = 200, *, noise: float = 0.1, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> Dataset:
    """Make two half circles that reach into each other.

    No line separates them.  [buduma fig. 1-5]

    Parameters
    ----------
    n : int
        Number of points; the moons share them evenly.
    noise : float
        Standard deviation along each axis; the radius of a moon is 1.
    rng : numpy.random.Generator
        Source of the points and of their order.
    dtype : dtype
        Type of the coordinates.

    Returns
    -------
    Dataset
        `x` of shape (n, 2); `y` of shape (n,), int64, 0 for the upper moon.

    Raises
    ------
    ValidationError
        When there are fewer than two points.
    """
    moon = _shared_out(n, 2, rng)
    upper = _direction(rng.uniform(0, np.pi, n))
    lower = np.array([1, 0.5]) - upper
    x = np.where(moon[:, None] == 0, upper, lower) + noise * rng.standard_normal((n, 2))
    return _points(x, moon, "moons", dtype)


def spirals(
    n: int = 300,
    *,
    arms: int = 3,
    turns: float = 0.75,
    noise: float = 0.03,
    rng: np.random.Generator,
    dtype: DTypeLike = np.float32,
) -> Dataset:
    """Make spirals that start at the origin, one class an arm.

    Parameters
    ----------
    n : int
        Number of points; the arms share them evenly.
    arms : int
        Number of spirals.
    turns : float
        How often an arm goes around the origin.
    noise : float
        Standard deviation along each axis; an arm ends at radius 1.
    rng : numpy.random.Generator
        Source of the points and of their order.
    dtype : dtype
        Type of the coordinates.

    Returns
    -------
    Dataset
        `x` of shape (n, 2); `y` of shape (n,), int64, the number of the arm.

    Raises
    ------
    ValidationError
        When there is no arm, or fewer points than arms.
    """
    _at_least(1, arms=arms)
    arm = _shared_out(n, arms, rng)
    radius = rng.uniform(0, 1, n)
    angle = 2 * np.pi * (turns * radius + arm / arms)
    x = radius[:, None] * _direction(angle) + noise * rng.standard_normal((n, 2))
    return _points(x, arm, "spirals", dtype)


def _shared_out(n: int, groups: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Give each of n points a group, evenly and in random order."""
    _at_least(groups, n=n)
    return rng.permutation(np.arange(n) % groups)


def _direction(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _points(x: NDArray[Any], y: NDArray[Any], name: str, dtype: DTypeLike) -> Dataset:
    axes = ("x₁", "x₂", "x₃", "x₄", "x₅")[: x.shape[1]] if x.shape[1] <= 5 else ()
    return Dataset(
        x.astype(dtype),
        y.astype(np.int64),
        name=name,
        feature_names=axes,
        classes=tuple(str(label) for label in np.unique(y)),
        stands_in_for="" if name == "spirals" else "buduma, figure 1-5: its points are not printed",
    )


def _at_least(smallest: int, **values: int) -> None:
    for name, value in values.items():
        if value < smallest:
            raise ValidationError(f"{name} must be {smallest} or more, got {value}")
