"""Pooling: one number for each small region of each map, and no weights.

A pool is a slice-wise operation: for each place in the window, one strided slice of the
image holds what all windows see there. Inside, the batch stands last, as in convolutions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore.reference._checks import Array, as_floats
from dlcore.reference._columns import batch_last
from dlcore.reference.base import Layer, Pullback
from dlcore.windows import Window, check_maps

__all__ = [
    "AvgPool1d",
    "AvgPool2d",
    "L2Pool2d",
    "MaxPool1d",
    "MaxPool2d",
    "avg_pool1d",
    "avg_pool2d",
    "l2_pool2d",
    "max_pool1d",
    "max_pool2d",
]

Sizes = int | Sequence[int]


def max_pool1d(
    x: ArrayLike, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1
) -> tuple[Array, Pullback]:
    """Keep the largest number of each window of a sequence; `max_pool2d` with one axis.

    Parameters
    ----------
    x : array_like, shape (N, C, L)
        Sequences.
    kernel_size, stride : int
        Size f of the window and its step s (f if omitted).
    padding : int
        Border of -∞ on both ends, at most f/2.
    dilation : int
        Spacing of the places of a window.

    Returns
    -------
    y : ndarray, shape (N, C, L')
        Maxima.
    back : callable
        ``back(dy) -> dx``; where several are largest, the first gets the gradient.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is longer than the padded input.
    ValidationError
        If a setting is out of range.
    """
    return _max_pool("max_pool1d", 1, as_floats(x), (kernel_size, stride, padding, dilation))


def max_pool2d(
    x: ArrayLike, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1
) -> tuple[Array, Pullback]:
    """Keep the largest number of each window.  [mmds 13.4.3, rawassizadeh 10]

    The gradient goes to the winner alone. Where several pixels of a window are largest,
    the first one, row by row, is the winner, as in PyTorch.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Maps.
    kernel_size : int or pair of int
        Size f of the window.
    stride : int or pair of int, optional
        Step s from one window to the next; f if omitted, so that windows are disjoint.
    padding : int or pair of int
        Border of -∞ on each side, at most f/2, so that it never wins.
    dilation : int or pair of int
        Spacing of the places of a window.

    Returns
    -------
    y : ndarray, shape (N, C, H', W')
        Maxima, with sizes from `conv_output_size`, rounded down.
    back : callable
        ``back(dy) -> dx``.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is larger than the padded image.
    ValidationError
        If a setting is out of range.
    """
    return _max_pool("max_pool2d", 2, as_floats(x), (kernel_size, stride, padding, dilation))


def _max_pool(
    where: str, axes: int, x: Array, settings: tuple[Sizes, Sizes | None, Sizes, Sizes]
) -> tuple[Array, Pullback]:
    window = _fitted(where, axes, x, *settings)
    padded, unpad = _bordered(x, window, -np.inf)
    places = _places(window, x.shape)
    y = padded[places[0]].copy()
    for place in places[1:]:
        np.maximum(y, padded[place], out=y)

    def back(dy: Array) -> Array:
        dpadded, unclaimed, won = np.zeros_like(padded), batch_last(dy).copy(), np.empty_like(y)
        for place in places[:-1]:
            np.equal(padded[place], y, out=won, casting="unsafe")
            won *= unclaimed
            dpadded[place] += won
            unclaimed -= won
        dpadded[places[-1]] += unclaimed
        return unpad(dpadded)

    return np.moveaxis(y, -1, 0), back


def avg_pool1d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    count_include_pad: bool = True,
) -> tuple[Array, Pullback]:
    """Average each window of a sequence; `avg_pool2d` with one axis.

    Parameters
    ----------
    x : array_like, shape (N, C, L)
        Sequences.
    kernel_size, stride : int
        Size f of the window and its step s (f if omitted).
    padding : int
        Border of zeros on both ends, at most f/2.
    count_include_pad : bool
        Whether the border counts in the average.

    Returns
    -------
    y : ndarray, shape (N, C, L')
        Averages.
    back : callable
        ``back(dy) -> dx``.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is longer than the padded input.
    ValidationError
        If a setting is out of range.
    """
    return _avg_pool("avg_pool1d", 1, as_floats(x), (kernel_size, stride, padding), count_include_pad)


def avg_pool2d(
    x: ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    count_include_pad: bool = True,
) -> tuple[Array, Pullback]:
    """Average each window.  [mmds 13.4.3, rawassizadeh 10]

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Maps.
    kernel_size : int or pair of int
        Size f of the window.
    stride : int or pair of int, optional
        Step s from one window to the next; f if omitted.
    padding : int or pair of int
        Border of zeros on each side, at most f/2.
    count_include_pad : bool
        Whether the border counts: divide by f² everywhere, or by the pixels of the image
        in the window.

    Returns
    -------
    y : ndarray, shape (N, C, H', W')
        Averages, with sizes from `conv_output_size`, rounded down.
    back : callable
        ``back(dy) -> dx``: every pixel of a window gets the same share.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is larger than the padded image.
    ValidationError
        If a setting is out of range.
    """
    return _avg_pool("avg_pool2d", 2, as_floats(x), (kernel_size, stride, padding), count_include_pad)


def _avg_pool(
    where: str, axes: int, x: Array, settings: tuple[Sizes, Sizes | None, Sizes], count_include_pad: bool
) -> tuple[Array, Pullback]:
    window = _fitted(where, axes, x, *settings)
    share: Array | float = 1.0 / prod(window.kernel)
    if not count_include_pad:
        share = 1.0 / _sum_pool(np.ones((1, 1, *x.shape[2:]), x.dtype), window)[0]
    total, sum_back = _sum_pool(x, window)

    def back(dy: Array) -> Array:
        dx: Array = sum_back(dy * share)
        return dx

    total *= share
    return total, back


def _sum_pool(x: Array, window: Window) -> tuple[Array, Pullback]:
    padded, unpad = _bordered(x, window, 0.0)
    places = _places(window, x.shape)
    y = padded[places[0]].copy()
    for place in places[1:]:
        y += padded[place]

    def back(dy: Array) -> Array:
        dpadded, dy = np.zeros_like(padded), batch_last(dy)
        for place in places:
            dpadded[place] += dy
        return unpad(dpadded)

    return np.moveaxis(y, -1, 0), back


def l2_pool2d(x: ArrayLike, kernel_size: Sizes, stride: Sizes | None = None) -> tuple[Array, Pullback]:
    """Length of each window as a vector: y = √Σ x².  [rawassizadeh 10]

    A sum, not a mean, under the root, as in PyTorch's ``LPPool2d(2, …)``. Where a window
    is all zero the length has a kink, and the gradient is taken as zero.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Maps.
    kernel_size : int or pair of int
        Size f of the window.
    stride : int or pair of int, optional
        Step s from one window to the next; f if omitted.

    Returns
    -------
    y : ndarray, shape (N, C, H', W')
        Lengths, with sizes from `conv_output_size`, rounded down.
    back : callable
        ``back(dy) -> dx``.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is larger than the image.
    ValidationError
        If a setting is out of range.
    """
    x = as_floats(x)
    total, sum_back = _sum_pool(x * x, _fitted("l2_pool2d", 2, x, kernel_size, stride))
    y = np.sqrt(total)

    def back(dy: Array) -> Array:
        dx: Array = sum_back(dy / np.where(y > 0, y, 1.0)) * x
        return dx

    return y, back


def _fitted(where: str, axes: int, x: Array, *settings: Any) -> Window:
    check_maps(where, x.shape, axes)
    window = Window.pool(where, axes, *settings)
    window.fitted(where, x.shape)
    return window


def _bordered(x: Array, window: Window, value: float) -> tuple[Array, Callable[[Array], Array]]:
    """Surround (N, C, *size) with `value`, batch last; also give the way back."""
    if not any(any(sides) for sides in window.pads):
        return batch_last(x), lambda dx: np.moveaxis(dx, -1, 0)
    size = x.shape[2:]
    inside = tuple(slice(before, before + n) for n, (before, _) in zip(size, window.pads, strict=True))
    padded = np.full((x.shape[1], *window.padded(size), x.shape[0]), value, x.dtype)
    padded[(slice(None), *inside)] = batch_last(x)
    return padded, lambda dpadded: np.moveaxis(dpadded[(slice(None), *inside)], -1, 0)


def _places(window: Window, shape: tuple[int, ...]) -> list[tuple[slice, ...]]:
    """For each place in the window, row by row, what all windows see there."""
    positions = window.positions(shape[2:])
    return [(slice(None), *window.taps(offset, positions)) for offset in np.ndindex(*window.kernel)]


class MaxPool1d(Layer):
    """Largest number of each window, by `max_pool1d`.

    Parameters
    ----------
    kernel_size : int
        Size f of the window.
    stride : int, optional
        Step from one window to the next; f if omitted.
    padding : int, default 0
        Border of -∞, at most f/2.
    dilation : int, default 1
        Spacing of the places of a window.
    """

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1
    ) -> None:
        super().__init__()
        Window.pool("MaxPool1d", 1, kernel_size, stride, padding, dilation)
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `max_pool1d`.

        Parameters
        ----------
        x : ndarray, shape (N, C, L)
            Sequences.

        Returns
        -------
        tuple
            Output of shape ``(N, C, L')`` and pullback.
        """
        return max_pool1d(x, self.kernel_size, self.stride, self.padding, self.dilation)


class AvgPool1d(Layer):
    """Average of each window, by `avg_pool1d`.

    Parameters
    ----------
    kernel_size : int
        Size f of the window.
    stride : int, optional
        Step from one window to the next; f if omitted.
    padding : int, default 0
        Border of zeros, at most f/2.
    count_include_pad : bool, default True
        Whether the border counts in the average.
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        Window.pool("AvgPool1d", 1, kernel_size, stride, padding)
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.count_include_pad = padding, count_include_pad

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `avg_pool1d`.

        Parameters
        ----------
        x : ndarray, shape (N, C, L)
            Sequences.

        Returns
        -------
        tuple
            Output of shape ``(N, C, L')`` and pullback.
        """
        return avg_pool1d(x, self.kernel_size, self.stride, self.padding, self.count_include_pad)


class MaxPool2d(Layer):
    """Largest number of each window, by `max_pool2d`.  [mmds 13.4.3, rawassizadeh 10]

    Parameters
    ----------
    kernel_size : int or pair of int
        Size f of the window.
    stride : int or pair of int, optional
        Step from one window to the next; f if omitted.
    padding : int or pair of int, default 0
        Border of -∞, at most f/2.
    dilation : int or pair of int, default 1
        Spacing of the places of a window.
    """

    def __init__(
        self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1
    ) -> None:
        super().__init__()
        Window.pool("MaxPool2d", 2, kernel_size, stride, padding, dilation)
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `max_pool2d`.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Maps.

        Returns
        -------
        tuple
            Output of shape ``(N, C, H', W')`` and pullback.
        """
        return max_pool2d(x, self.kernel_size, self.stride, self.padding, self.dilation)


class AvgPool2d(Layer):
    """Average of each window, by `avg_pool2d`.  [mmds 13.4.3, rawassizadeh 10]

    Parameters
    ----------
    kernel_size : int or pair of int
        Size f of the window.
    stride : int or pair of int, optional
        Step from one window to the next; f if omitted.
    padding : int or pair of int, default 0
        Border of zeros, at most f/2.
    count_include_pad : bool, default True
        Whether the border counts in the average.
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        Window.pool("AvgPool2d", 2, kernel_size, stride, padding)
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.count_include_pad = padding, count_include_pad

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `avg_pool2d`.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Maps.

        Returns
        -------
        tuple
            Output of shape ``(N, C, H', W')`` and pullback.
        """
        return avg_pool2d(x, self.kernel_size, self.stride, self.padding, self.count_include_pad)


class L2Pool2d(Layer):
    """Length of each window as a vector, by `l2_pool2d`.  [rawassizadeh 10]

    Parameters
    ----------
    kernel_size : int or pair of int
        Size f of the window.
    stride : int or pair of int, optional
        Step from one window to the next; f if omitted.
    """

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None) -> None:
        super().__init__()
        Window.pool("L2Pool2d", 2, kernel_size, stride)
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `l2_pool2d`.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Maps.

        Returns
        -------
        tuple
            Output of shape ``(N, C, H', W')`` and pullback.
        """
        return l2_pool2d(x, self.kernel_size, self.stride)
