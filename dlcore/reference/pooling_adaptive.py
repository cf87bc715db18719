"""Pools that take images of any size: one number a map, or a grid of regions."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ShapeError
from dlcore.reference._checks import Array, as_floats
from dlcore.reference.base import Layer, Pullback
from dlcore.windows import check_maps, per_axis

__all__ = [
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "adaptive_avg_pool2d",
    "adaptive_max_pool2d",
    "global_average_pool",
    "global_max_pool",
]

Sizes = int | Sequence[int]


def global_average_pool(x: ArrayLike) -> tuple[Array, Pullback]:
    """Average each map to one number, whatever its size.  [rawassizadeh 10]

    Parameters
    ----------
    x : array_like, shape (N, C, *size)
        Maps with any number of spatial axes.

    Returns
    -------
    y : ndarray, shape (N, C)
        Averages, ready for a dense layer.
    back : callable
        ``back(dy) -> dx``.

    Raises
    ------
    ShapeError
        If there is no pixel to average.
    """
    x = _with_pixels("global_average_pool", as_floats(x))
    axes = tuple(range(2, x.ndim))
    shape, pixels = x.shape, prod(x.shape[2:])

    def back(dy: Array) -> Array:
        return np.broadcast_to(np.expand_dims(dy / pixels, axes), shape).copy()

    return x.mean(axis=axes), back


def global_max_pool(x: ArrayLike) -> tuple[Array, Pullback]:
    """Keep the largest number of each map: was the feature anywhere?  [rawassizadeh 10]

    Parameters
    ----------
    x : array_like, shape (N, C, *size)
        Maps with any number of spatial axes.

    Returns
    -------
    y : ndarray, shape (N, C)
        Maxima, ready for a dense layer.
    back : callable
        ``back(dy) -> dx``; where several pixels are largest, the first gets the gradient.

    Raises
    ------
    ShapeError
        If there is no pixel to choose from.
    """
    x = _with_pixels("global_max_pool", as_floats(x))
    flat = x.reshape(*x.shape[:2], prod(x.shape[2:]))
    winner = flat.argmax(axis=2)[..., None]
    shape, dtype = x.shape, x.dtype

    def back(dy: Array) -> Array:
        dx = np.zeros((*shape[:2], prod(shape[2:])), dtype)
        np.put_along_axis(dx, winner, dy[..., None], axis=2)
        return dx.reshape(shape)

    return np.take_along_axis(flat, winner, axis=2)[..., 0], back


def adaptive_avg_pool2d(x: ArrayLike, output_size: Sizes) -> tuple[Array, Pullback]:
    """Average a grid of regions, whatever the size of the image.  [rawassizadeh 10]

    Region i of n along an axis of m pixels covers ⌊i m/n⌋ to ⌈(i + 1) m/n⌉, end excluded:
    regions share a pixel where n does not divide m. With A the averages along one axis,
    y = A x Bᵀ.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Maps.
    output_size : int or pair of int
        Regions along each axis.

    Returns
    -------
    y : ndarray, shape (N, C, *output_size)
        Averages.
    back : callable
        ``back(dy) -> dx``, that is Aᵀ dy B.

    Raises
    ------
    ShapeError
        If `x` has other axes or no pixel.
    ValidationError
        If `output_size` is out of range.
    """
    x = as_floats(x)
    rows, columns = _regions("adaptive_avg_pool2d", x.shape, output_size)
    a, b = _averages(rows, x.shape[2], x.dtype), _averages(columns, x.shape[3], x.dtype)

    def back(dy: Array) -> Array:
        dx: Array = a.T @ dy @ b
        return dx

    return a @ x @ b.T, back


def _averages(regions: list[slice], size: int, dtype: np.dtype) -> Array:
    matrix = np.zeros((len(regions), size), dtype)
    for i, region in enumerate(regions):
        matrix[i, region] = 1.0 / (region.stop - region.start)
    return matrix


def adaptive_max_pool2d(x: ArrayLike, output_size: Sizes) -> tuple[Array, Pullback]:
    """Keep the largest number in each of a grid of regions, whatever the size of the image.

    The regions are those of `adaptive_avg_pool2d`.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Maps.
    output_size : int or pair of int
        Regions along each axis.

    Returns
    -------
    y : ndarray, shape (N, C, *output_size)
        Maxima.
    back : callable
        ``back(dy) -> dx``; where several pixels are largest, the first gets the gradient.

    Raises
    ------
    ShapeError
        If `x` has other axes or no pixel.
    ValidationError
        If `output_size` is out of range.
    """
    x = as_floats(x)
    rows, columns = _regions("adaptive_max_pool2d", x.shape, output_size)
    y = np.empty((*x.shape[:2], len(rows), len(columns)), x.dtype)
    backs = {}
    for i, j in np.ndindex(len(rows), len(columns)):
        y[:, :, i, j], backs[i, j] = global_max_pool(x[:, :, rows[i], columns[j]])
    shape, dtype = x.shape, x.dtype

    def back(dy: Array) -> Array:
        dx = np.zeros(shape, dtype)
        for (i, j), region_back in backs.items():
            dx[:, :, rows[i], columns[j]] += region_back(dy[:, :, i, j])
        return dx

    return y, back


def _regions(where: str, shape: tuple[int, ...], output_size: Sizes) -> list[list[slice]]:
    check_maps(where, shape, 2)
    counts = per_axis(where, "output_size", output_size, 2)
    if 0 in shape[2:]:
        raise ShapeError(where, "(N, C, H, W) with at least one pixel", shape)
    return [
        [slice(i * m // n, -(-(i + 1) * m // n)) for i in range(n)]
        for m, n in zip(shape[2:], counts, strict=True)
    ]


def _with_pixels(where: str, x: Array) -> Array:
    if x.ndim < 3 or 0 in x.shape[2:]:
        raise ShapeError(where, "(N, C, *size) with at least one pixel", x.shape)
    return x


class GlobalAveragePool(Layer):
    """Average of each map.  [rawassizadeh 10]"""

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `global_average_pool`.

        Parameters
        ----------
        x : ndarray, shape (N, C, *size)
            Maps.

        Returns
        -------
        tuple
            Output of shape ``(N, C)`` and pullback.
        """
        return global_average_pool(x)


class GlobalMaxPool(Layer):
    """Largest number of each map.  [rawassizadeh 10]"""

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `global_max_pool`.

        Parameters
        ----------
        x : ndarray, shape (N, C, *size)
            Maps.

        Returns
        -------
        tuple
            Output of shape ``(N, C)`` and pullback.
        """
        return global_max_pool(x)


class AdaptiveAvgPool2d(Layer):
    """Average of each of a grid of regions.  [rawassizadeh 10]

    Parameters
    ----------
    output_size : int or pair of int
        Regions along each axis.
    """

    def __init__(self, output_size: Sizes) -> None:
        super().__init__()
        self.output_size = per_axis("AdaptiveAvgPool2d", "output_size", output_size, 2)

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `adaptive_avg_pool2d`.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Maps.

        Returns
        -------
        tuple
            Output of shape ``(N, C, *output_size)`` and pullback.
        """
        return adaptive_avg_pool2d(x, self.output_size)


class AdaptiveMaxPool2d(Layer):
    """Largest number in each of a grid of regions.

    Parameters
    ----------
    output_size : int or pair of int
        Regions along each axis.
    """

    def __init__(self, output_size: Sizes) -> None:
        super().__init__()
        self.output_size = per_axis("AdaptiveMaxPool2d", "output_size", output_size, 2)

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `adaptive_max_pool2d`.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Maps.

        Returns
        -------
        tuple
            Output of shape ``(N, C, *output_size)`` and pullback.
        """
        return adaptive_max_pool2d(x, self.output_size)
