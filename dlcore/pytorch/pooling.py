"""Pooling with PyTorch's kernels; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from dlcore.pytorch.base import Layer
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
    x: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1
) -> Tensor:
    """Keep the largest number of each window of a sequence; `max_pool2d` with one axis.

    Parameters
    ----------
    x : Tensor, shape (N, C, L)
        Sequences.
    kernel_size, stride : int
        Size f of the window and its step s (f if omitted).
    padding : int
        Border of -∞ on both ends, at most f/2.
    dilation : int
        Spacing of the places of a window.

    Returns
    -------
    Tensor, shape (N, C, L')
        Maxima.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is longer than the padded input.
    ValidationError
        If a setting is out of range.
    """
    window = _fitted("max_pool1d", 1, x, kernel_size, stride, padding, dilation)
    padding = tuple(before for before, _ in window.pads)
    y: Tensor = F.max_pool1d(x, window.kernel, window.stride, padding, window.dilation)
    return y


def max_pool2d(
    x: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1
) -> Tensor:
    """Keep the largest number of each window.  [mmds 13.4.3, rawassizadeh 10]

    The gradient goes to the winner alone. Where several pixels of a window are largest,
    the first one, row by row, is the winner, as in PyTorch.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
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
    Tensor, shape (N, C, H', W')
        Maxima, with sizes from `conv_output_size`, rounded down.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is larger than the padded image.
    ValidationError
        If a setting is out of range.
    """
    window = _fitted("max_pool2d", 2, x, kernel_size, stride, padding, dilation)
    padding = tuple(before for before, _ in window.pads)
    y: Tensor = F.max_pool2d(x, window.kernel, window.stride, padding, window.dilation)
    return y


def avg_pool1d(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    count_include_pad: bool = True,
) -> Tensor:
    """Average each window of a sequence; `avg_pool2d` with one axis.

    Parameters
    ----------
    x : Tensor, shape (N, C, L)
        Sequences.
    kernel_size, stride : int
        Size f of the window and its step s (f if omitted).
    padding : int
        Border of zeros on both ends, at most f/2.
    count_include_pad : bool
        Whether the border counts in the average.

    Returns
    -------
    Tensor, shape (N, C, L')
        Averages.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is longer than the padded input.
    ValidationError
        If a setting is out of range.
    """
    window = _fitted("avg_pool1d", 1, x, kernel_size, stride, padding)
    padding = tuple(before for before, _ in window.pads)
    return F.avg_pool1d(x, window.kernel, window.stride, padding, count_include_pad=count_include_pad)


def avg_pool2d(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    count_include_pad: bool = True,
) -> Tensor:
    """Average each window.  [mmds 13.4.3, rawassizadeh 10]

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
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
    Tensor, shape (N, C, H', W')
        Averages, with sizes from `conv_output_size`, rounded down.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is larger than the padded image.
    ValidationError
        If a setting is out of range.
    """
    window = _fitted("avg_pool2d", 2, x, kernel_size, stride, padding)
    padding = tuple(before for before, _ in window.pads)
    return F.avg_pool2d(x, window.kernel, window.stride, padding, count_include_pad=count_include_pad)


def l2_pool2d(x: Tensor, kernel_size: Sizes, stride: Sizes | None = None) -> Tensor:
    """Length of each window as a vector: y = √Σ x².  [rawassizadeh 10]

    A sum, not a mean, under the root, as in PyTorch's ``LPPool2d(2, …)``. Where a window
    is all zero the length has a kink, and the gradient is taken as zero.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Maps.
    kernel_size : int or pair of int
        Size f of the window.
    stride : int or pair of int, optional
        Step s from one window to the next; f if omitted.

    Returns
    -------
    Tensor, shape (N, C, H', W')
        Lengths, with sizes from `conv_output_size`, rounded down.

    Raises
    ------
    ShapeError
        If `x` has other axes, or the window is larger than the image.
    ValidationError
        If a setting is out of range.
    """
    window = _fitted("l2_pool2d", 2, x, kernel_size, stride)
    total = F.avg_pool2d(x * x, window.kernel, window.stride, divisor_override=1)
    positive = total > 0
    # the root of zero has no derivative; autograd must not come near it
    return torch.where(positive, torch.sqrt(torch.where(positive, total, 1.0)), 0.0)


def _fitted(where: str, axes: int, x: Tensor, *settings: Any) -> Window:
    check_maps(where, tuple(x.shape), axes)
    window = Window.pool(where, axes, *settings)
    window.fitted(where, tuple(x.shape))
    return window


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

    def operation(self, x: Any) -> Tensor:
        """Apply `max_pool1d`.

        Parameters
        ----------
        x : Tensor, shape (N, C, L)
            Sequences.

        Returns
        -------
        Tensor, shape (N, C, L')
            Outputs.
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

    def operation(self, x: Any) -> Tensor:
        """Apply `avg_pool1d`.

        Parameters
        ----------
        x : Tensor, shape (N, C, L)
            Sequences.

        Returns
        -------
        Tensor, shape (N, C, L')
            Outputs.
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

    def operation(self, x: Any) -> Tensor:
        """Apply `max_pool2d`.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Maps.

        Returns
        -------
        Tensor, shape (N, C, H', W')
            Outputs.
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

    def operation(self, x: Any) -> Tensor:
        """Apply `avg_pool2d`.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Maps.

        Returns
        -------
        Tensor, shape (N, C, H', W')
            Outputs.
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

    def operation(self, x: Any) -> Tensor:
        """Apply `l2_pool2d`.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Maps.

        Returns
        -------
        Tensor, shape (N, C, H', W')
            Outputs.
        """
        return l2_pool2d(x, self.kernel_size, self.stride)
