"""Pools for images of any size; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from dlcore.errors import ShapeError
from dlcore.pytorch.base import Layer
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


def global_average_pool(x: Tensor) -> Tensor:
    """Average each map to one number, whatever its size.  [rawassizadeh 10]

    Parameters
    ----------
    x : Tensor, shape (N, C, *size)
        Maps with any number of spatial axes.

    Returns
    -------
    Tensor, shape (N, C)
        Averages, ready for a dense layer.

    Raises
    ------
    ShapeError
        If there is no pixel to average.
    """
    _require_pixels("global_average_pool", x)
    return x.mean(dim=tuple(range(2, x.ndim)))


def global_max_pool(x: Tensor) -> Tensor:
    """Keep the largest number of each map: was the feature anywhere?  [rawassizadeh 10]

    Parameters
    ----------
    x : Tensor, shape (N, C, *size)
        Maps with any number of spatial axes.

    Returns
    -------
    Tensor, shape (N, C)
        Maxima, ready for a dense layer.

    Raises
    ------
    ShapeError
        If there is no pixel to choose from.
    """
    _require_pixels("global_max_pool", x)
    flat = x.flatten(2)
    # the value at the first largest place, so that one pixel alone gets the gradient
    return flat.gather(2, flat.argmax(dim=2, keepdim=True))[..., 0]


def adaptive_avg_pool2d(x: Tensor, output_size: Sizes) -> Tensor:
    """Average a grid of regions, whatever the size of the image.  [rawassizadeh 10]

    Region i of n along an axis of m pixels covers ⌊i m/n⌋ to ⌈(i + 1) m/n⌉, end excluded:
    regions share a pixel where n does not divide m. With A the averages along one axis,
    y = A x Bᵀ.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Maps.
    output_size : int or pair of int
        Regions along each axis.

    Returns
    -------
    Tensor, shape (N, C, *output_size)
        Averages.

    Raises
    ------
    ShapeError
        If `x` has other axes or no pixel.
    ValidationError
        If `output_size` is out of range.
    """
    counts = _grid("adaptive_avg_pool2d", x, output_size)
    return F.adaptive_avg_pool2d(x, counts)


def adaptive_max_pool2d(x: Tensor, output_size: Sizes) -> Tensor:
    """Keep the largest number in each of a grid of regions, whatever the size of the image.

    The regions are those of `adaptive_avg_pool2d`.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Maps.
    output_size : int or pair of int
        Regions along each axis.

    Returns
    -------
    Tensor, shape (N, C, *output_size)
        Maxima.

    Raises
    ------
    ShapeError
        If `x` has other axes or no pixel.
    ValidationError
        If `output_size` is out of range.
    """
    counts = _grid("adaptive_max_pool2d", x, output_size)
    return F.adaptive_max_pool2d(x, counts)


def _require_pixels(where: str, x: Tensor) -> None:
    if x.ndim < 3 or 0 in x.shape[2:]:
        raise ShapeError(where, "(N, C, *size) with at least one pixel", tuple(x.shape))


def _grid(where: str, x: Tensor, output_size: Sizes) -> tuple[int, int]:
    check_maps(where, tuple(x.shape), 2)
    rows, columns = per_axis(where, "output_size", output_size, 2)
    if 0 in x.shape[2:]:
        raise ShapeError(where, "(N, C, H, W) with at least one pixel", tuple(x.shape))
    return rows, columns


class GlobalAveragePool(Layer):
    """Average of each map.  [rawassizadeh 10]"""

    def operation(self, x: Any) -> Tensor:
        """Apply `global_average_pool`.

        Parameters
        ----------
        x : Tensor, shape (N, C, *size)
            Maps.

        Returns
        -------
        Tensor, shape (N, C)
            Outputs.
        """
        return global_average_pool(x)


class GlobalMaxPool(Layer):
    """Largest number of each map.  [rawassizadeh 10]"""

    def operation(self, x: Any) -> Tensor:
        """Apply `global_max_pool`.

        Parameters
        ----------
        x : Tensor, shape (N, C, *size)
            Maps.

        Returns
        -------
        Tensor, shape (N, C)
            Outputs.
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

    def operation(self, x: Any) -> Tensor:
        """Apply `adaptive_avg_pool2d`.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Maps.

        Returns
        -------
        Tensor, shape (N, C, *output_size)
            Outputs.
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

    def operation(self, x: Any) -> Tensor:
        """Apply `adaptive_max_pool2d`.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Maps.

        Returns
        -------
        Tensor, shape (N, C, *output_size)
            Outputs.
        """
        return adaptive_max_pool2d(x, self.output_size)
