"""Convolutions: one small filter, applied at every place.

As in every framework the filters are not flipped, so the operation is what the books
call cross-correlation; `convolve2d` is the convolution of mathematics. All are one matrix
product over columns (im2col): `gather` makes a column of each window, and its transpose
`scatter` carries gradients back and is the heart of the transposed convolution.

Results are views of arrays that hold the batch last; layers pass that on without a copy.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlcore.errors import ShapeError
from dlcore.initializers import Initializer, fan_in_uniform
from dlcore.reference._borders import pad_axes
from dlcore.reference._checks import Array, as_floats
from dlcore.reference._columns import batch_last, gather, scatter
from dlcore.reference.base import Layer, Parameter, Pullback
from dlcore.windows import (
    Window,
    check_border,
    check_channels,
    check_filters,
    conv_output_size,
    per_axis,
)

__all__ = [
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "conv1d",
    "conv2d",
    "conv2d_naive",
    "conv3d",
    "conv_output_size",
    "convolve2d",
]

Sizes = int | Sequence[int]


def conv1d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> tuple[Array, Pullback]:
    """Slide filters along a sequence; `conv2d` with one axis.  [rawassizadeh 10]

    Parameters
    ----------
    x : array_like, shape (N, C, L)
        Sequences with C channels.
    weight : array_like, shape (O, C/groups, f)
        One filter an output channel.
    bias : array_like, shape (O,), optional
        One number a filter.
    stride : int
        Step s of the filter.
    padding : int, "valid" or "same"
        Border on both ends.
    dilation : int
        Spacing d of its taps.
    groups : int
        Blocks into which the channels fall; a filter sees its own block.
    padding_mode : {"zeros", "replicate", "reflect"}
        What the border holds.

    Returns
    -------
    y : ndarray, shape (N, O, L')
        With L' from `conv_output_size`.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or the filter is longer than the padded input.
    ValidationError
        If a setting is out of range.
    """
    return _convolution("conv1d", 1, x, weight, bias, (stride, padding, dilation), groups, padding_mode)


def conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> tuple[Array, Pullback]:
    """Responses of filters at every place: r_ij = Σ_kld x_{i+k,j+l,d} w_kld + b.  [mmds eq. 13.1-13.2]

    Not flipped, so this is the cross-correlation of mmds 13.4.2 and rawassizadeh 10, and
    what burkov 6.2.1 calls the convolution of a patch and a filter. A layer of k filters
    has k(d f² + 1) parameters. With ``padding="same"`` an odd border is larger at the
    right and at the bottom.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Images.
    weight : array_like, shape (O, C/groups, fh, fw)
        One filter an output channel.
    bias : array_like, shape (O,), optional
        One number a filter.
    stride : int or pair of int
        Step s of the filter.
    padding : int, pair of int, "valid" or "same"
        Border p on both sides.
    dilation : int or pair of int
        Spacing d of its taps.
    groups : int
        Blocks into which the channels fall; a filter sees its own block.
    padding_mode : {"zeros", "replicate", "reflect"}
        What the border holds.

    Returns
    -------
    y : ndarray, shape (N, O, H', W')
        Responses, with H' and W' from `conv_output_size`, rounded down.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``; ``dbias`` is None where there is no bias.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or the filter is larger than the padded image.
    ValidationError
        If a setting is out of range.
    """
    return _convolution("conv2d", 2, x, weight, bias, (stride, padding, dilation), groups, padding_mode)


def conv3d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> tuple[Array, Pullback]:
    """Slide filters through volumes or videos; `conv2d` with a third axis.  [rawassizadeh 10]

    Parameters
    ----------
    x : array_like, shape (N, C, D, H, W)
        Volumes with C channels.
    weight : array_like, shape (O, C/groups, fd, fh, fw)
        One filter an output channel.
    bias : array_like, shape (O,), optional
        One number a filter.
    stride : int or three of them
        Step s of the filter.
    padding : int, three of them, "valid" or "same"
        Border p on both sides.
    dilation : int or three of them
        Spacing d of its taps.
    groups : int
        Blocks into which the channels fall; a filter sees its own block.
    padding_mode : {"zeros", "replicate", "reflect"}
        What the border holds.

    Returns
    -------
    y : ndarray, shape (N, O, D', H', W')
        Responses, with sizes from `conv_output_size`.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or the filter is larger than the padded input.
    ValidationError
        If a setting is out of range.
    """
    return _convolution("conv3d", 3, x, weight, bias, (stride, padding, dilation), groups, padding_mode)


def _convolution(
    where: str,
    axes: int,
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None,
    steps: tuple[Sizes, Sizes | str, Sizes],
    groups: int,
    mode: str,
) -> tuple[Array, Pullback]:
    x, weight = as_floats(x), as_floats(weight)
    check_filters(where, x.shape, weight.shape, None if bias is None else np.shape(bias), groups, axes)
    window = Window.of(where, weight.shape[2:], *steps)
    check_border(where, x.shape, window.pads, mode)
    window.fitted(where, x.shape)
    return _correlate(x, weight, bias, window, groups, mode)


def _correlate(
    x: Array, weight: Array, bias: ArrayLike | None, window: Window, groups: int = 1, mode: str = "zeros"
) -> tuple[Array, Pullback]:
    positions, n = window.positions(x.shape[2:]), x.shape[0]
    padded, unpad = _padded_batch_last(x, window, mode)
    taps = prod(weight.shape[1:])
    columns = gather(padded, window, positions).reshape(groups, taps, prod(positions) * n)
    filters = weight.reshape(groups, weight.shape[0] // groups, taps)
    y = filters @ columns
    if bias is not None:
        y += np.reshape(bias, (groups, -1, 1))
    shape, channels, size = y.shape, x.shape[1], padded.shape[1:-1]

    def back(dy: Array) -> tuple[Array, Array, Array | None]:
        dresponses = batch_last(dy).reshape(shape)
        dweight = (dresponses @ columns.swapaxes(1, 2)).reshape(weight.shape)
        dbias = None if bias is None else dresponses.sum(axis=-1).reshape(-1)
        dcolumns = (filters.swapaxes(1, 2) @ dresponses).reshape(channels, *window.kernel, *positions, n)
        del dresponses  # not needed any more, and large
        dx = unpad(scatter(dcolumns, window, size))
        return np.moveaxis(dx, -1, 0), dweight, dbias

    return np.moveaxis(y.reshape(weight.shape[0], *positions, n), -1, 0), back


def _padded_batch_last(x: Array, window: Window, mode: str) -> tuple[Array, Pullback]:
    if any(any(sides) for sides in window.pads):
        return pad_axes(batch_last(x), [(0, 0), *window.pads, (0, 0)], mode)
    return batch_last(x), lambda dx: dx


def conv2d_naive(
    x: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None, stride: int = 1, padding: int = 0
) -> tuple[Array, Pullback]:
    """Place the filters window by window, as the definition says.  [mmds 13.4.1, burkov 6.2.1]

    The same numbers as `conv2d`, slower, and with fewer settings.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Images.
    weight : array_like, shape (O, C, fh, fw)
        One filter an output channel.
    bias : array_like, shape (O,), optional
        One number a filter.
    stride : int
        Step s of the filters.
    padding : int
        Border p of zeros.

    Returns
    -------
    y : ndarray, shape (N, O, H', W')
        Responses.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``; ``dbias`` is None where there is no bias.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or the filter is larger than the padded image.
    ValidationError
        If a setting is out of range.
    """
    where, x, weight = "conv2d_naive", as_floats(x), as_floats(weight)
    check_filters(where, x.shape, weight.shape, None if bias is None else np.shape(bias), 1, 2)
    (fh, fw), s, p = weight.shape[2:], stride, padding
    size = Window.of(where, (fh, fw), s, p).fitted(where, x.shape)
    padded = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)])

    def _at(i: int, j: int) -> tuple[slice, ...]:
        return np.s_[:, :, i * s : i * s + fh, j * s : j * s + fw]

    y = np.empty((len(x), len(weight), *size), x.dtype)
    for i, j in np.ndindex(size):
        y[:, :, i, j] = np.tensordot(padded[_at(i, j)], weight, axes=([1, 2, 3], [1, 2, 3]))
    if bias is not None:
        y += np.reshape(bias, (-1, 1, 1))

    def back(dy: Array) -> tuple[Array, Array, Array | None]:
        dpadded, dweight = np.zeros_like(padded), np.zeros_like(weight)
        for i, j in np.ndindex(size):
            dpadded[_at(i, j)] += np.tensordot(dy[:, :, i, j], weight, axes=1)
            dweight += np.tensordot(dy[:, :, i, j].T, padded[_at(i, j)], axes=1)
        dx = dpadded[:, :, p : p + x.shape[2], p : p + x.shape[3]]
        return dx, dweight, None if bias is None else dy.sum(axis=(0, 2, 3))

    return y, back


def convolve2d(image: ArrayLike, kernel: ArrayLike, mode: str = "full") -> tuple[Array, Pullback]:
    """True convolution: (f * g)(i, j) = Σ_kl f(i - k, j - l) g(k, l).  [mmds 13.4.2, rawassizadeh 10]

    The kernel is turned by 180 degrees and then slid as in `conv2d`. Outside the image
    there are zeros. Modes are those of ``scipy.signal.convolve2d``: rawassizadeh counts
    g from its center, which is "same" for a kernel of odd sides.

    Parameters
    ----------
    image : array_like, shape (H, W)
        One image f.
    kernel : array_like, shape (kh, kw)
        One kernel g.
    mode : {"full", "same", "valid"}
        Every place where both overlap; as many as the image has, from the middle; only
        places where the kernel lies inside.

    Returns
    -------
    y : ndarray, shape (H + kh - 1, W + kw - 1), (H, W) or (H - kh + 1, W - kw + 1)
        The convolution.
    back : callable
        ``back(dy) -> (dimage, dkernel)``.

    Raises
    ------
    ShapeError
        If either has not two axes, is empty, or the kernel does not fit inside ("valid").
    ValidationError
        If there is no such mode.
    """
    image, kernel = as_floats(image), as_floats(kernel)
    for array in (image, kernel):
        if array.ndim != 2 or 0 in array.shape:
            raise ShapeError("convolve2d", "(H, W), not empty", array.shape)
    window = Window.overlapping("convolve2d", kernel.shape, mode)
    window.fitted("convolve2d", image.shape)
    y, correlate_back = _correlate(image[None, None], kernel[::-1, ::-1][None, None], None, window)

    def back(dy: Array) -> tuple[Array, Array]:
        dimage, dflipped, _ = correlate_back(dy[None, None])
        return dimage[0, 0], dflipped[0, 0, ::-1, ::-1]

    return y[0, 0], back


class _Conv(Layer):
    """What `Conv1d`, `Conv2d` and `Conv3d` share: settings and initial weights."""

    axes: int

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        rng: np.random.Generator,
        init: Initializer | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.axes)
        check_channels(name, in_channels, out_channels, groups)
        Window.of(name, self.kernel_size, stride, padding, dilation)
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.stride, self.padding, self.dilation, self.padding_mode = stride, padding, dilation, padding_mode
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = Parameter((init or fan_in_uniform)(shape, rng=rng, dtype=dtype))
        if bias:
            start = fan_in_uniform((out_channels,), rng=rng, fan_in=prod(shape[1:]), dtype=dtype)
            self.bias = Parameter(start if init is None else np.zeros_like(start))

    @property
    def _settings(self) -> tuple[Sizes, Sizes | str, Sizes, int, str]:
        return self.stride, self.padding, self.dilation, self.groups, self.padding_mode


class Conv1d(_Conv):  # numpydoc ignore=PR02
    """`conv1d` with O(C/groups · f + 1) weights of its own.  [rawassizadeh 10]

    Parameters
    ----------
    in_channels, out_channels : int
        Channels C of the input, and number O of filters.
    kernel_size : int
        Size f of the filters.
    stride : int, default 1
        Step of the filters.
    padding : int, "valid" or "same", default 0
        Border on both sides.
    dilation : int, default 1
        Spacing of the taps.
    groups : int, default 1
        Blocks into which the channels fall; a filter sees its own block.
    bias : bool, default True
        Whether each filter has a bias.
    padding_mode : {"zeros", "replicate", "reflect"}
        What the border holds.
    rng : numpy.random.Generator
        Draws the initial weights, then the biases.
    init : callable, optional
        Initializer of the weights; by default uniform in ±1/√(C/groups · f), as in PyTorch.
        Biases start the same, or at zero when `init` is given.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight : Parameter, shape (O, C/groups, f)
        One filter an output channel.
    bias : Parameter, shape (O,)
        Absent if ``bias=False``.
    """

    axes = 1

    def operation(self, x: Any, weight: Any, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `conv1d` with the layer's weights and settings.

        Parameters
        ----------
        x : ndarray, shape (N, C, L)
            Sequences.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output of shape ``(N, O, L')`` and pullback.
        """
        return conv1d(x, weight, bias, *self._settings)


class Conv2d(_Conv):  # numpydoc ignore=PR02
    """`conv2d` with O(C/groups · f² + 1) weights of its own.  [mmds 13.4.1, burkov 6.2.1, rawassizadeh 10]

    Parameters
    ----------
    in_channels, out_channels : int
        Channels C of the input, and number O of filters.
    kernel_size : int or pair of int
        Size f of the filters.
    stride : int or pair of int, default 1
        Step of the filters.
    padding : int or pair of int, "valid" or "same", default 0
        Border on both sides.
    dilation : int or pair of int, default 1
        Spacing of the taps.
    groups : int, default 1
        Blocks into which the channels fall; a filter sees its own block.
    bias : bool, default True
        Whether each filter has a bias.
    padding_mode : {"zeros", "replicate", "reflect"}
        What the border holds.
    rng : numpy.random.Generator
        Draws the initial weights, then the biases.
    init : callable, optional
        Initializer of the weights; by default uniform in ±1/√(C/groups · f²), as in PyTorch.
        Biases start the same, or at zero when `init` is given.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight : Parameter, shape (O, C/groups, f, f)
        One filter an output channel.
    bias : Parameter, shape (O,)
        Absent if ``bias=False``.
    """

    axes = 2

    def operation(self, x: Any, weight: Any, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `conv2d` with the layer's weights and settings.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Images.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output of shape ``(N, O, H', W')`` and pullback.
        """
        return conv2d(x, weight, bias, *self._settings)


class Conv3d(_Conv):  # numpydoc ignore=PR02
    """`conv3d` with O(C/groups · f³ + 1) weights of its own.  [rawassizadeh 10]

    Parameters
    ----------
    in_channels, out_channels : int
        Channels C of the input, and number O of filters.
    kernel_size : int or three of them
        Size f of the filters.
    stride : int or three of them, default 1
        Step of the filters.
    padding : int or three of them, "valid" or "same", default 0
        Border on both sides.
    dilation : int or three of them, default 1
        Spacing of the taps.
    groups : int, default 1
        Blocks into which the channels fall; a filter sees its own block.
    bias : bool, default True
        Whether each filter has a bias.
    padding_mode : {"zeros", "replicate", "reflect"}
        What the border holds.
    rng : numpy.random.Generator
        Draws the initial weights, then the biases.
    init : callable, optional
        Initializer of the weights; by default uniform in ±1/√(C/groups · f³), as in PyTorch.
        Biases start the same, or at zero when `init` is given.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight : Parameter, shape (O, C/groups, f, f, f)
        One filter an output channel.
    bias : Parameter, shape (O,)
        Absent if ``bias=False``.
    """

    axes = 3

    def operation(self, x: Any, weight: Any, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `conv3d` with the layer's weights and settings.

        Parameters
        ----------
        x : ndarray, shape (N, C, D, H, W)
            Volumes.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output of shape ``(N, O, D', H', W')`` and pullback.
        """
        return conv3d(x, weight, bias, *self._settings)
