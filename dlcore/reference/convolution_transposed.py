"""Transposed convolution: the pullback of a convolution, used forward to enlarge maps."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlcore.initializers import Initializer, fan_in_uniform
from dlcore.reference._borders import pad_axes
from dlcore.reference._checks import Array, as_floats
from dlcore.reference._columns import batch_last, gather, scatter
from dlcore.reference.base import Layer, Parameter, Pullback
from dlcore.windows import (
    Window,
    check_channels,
    check_filters,
    conv_transpose_output_size,
    per_axis,
    spread_size,
)

__all__ = ["ConvTranspose2d", "conv_transpose2d", "conv_transpose_output_size"]

Sizes = int | Sequence[int]


def conv_transpose2d(
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> tuple[Array, Pullback]:
    """Each input pixel times the whole filter, the copies added up.  [rawassizadeh 10]

    It is the pullback of `conv2d` with respect to its input, used as a forward operation:
    a transposed matrix, not an inverse. "Deconvolution" is another thing.

    Parameters
    ----------
    x : array_like, shape (N, C, H, W)
        Maps.
    weight : array_like, shape (C, O/groups, fh, fw)
        One filter an input channel and output channel.
    bias : array_like, shape (O,), optional
        One number an output channel.
    stride : int or pair of int
        Distance s of the copies in the output.
    padding : int or pair of int
        Pixels p cut off on each side of the output.
    output_padding : int or pair of int
        Pixels q added at the right and at the bottom.
    groups : int
        Blocks into which the channels fall.
    dilation : int or pair of int
        Spacing d of the taps.

    Returns
    -------
    y : ndarray, shape (N, O, H', W')
        With H' = (H - 1)s - 2p + d(f - 1) + 1 + q, see `conv_transpose_output_size`.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``; ``dbias`` is None where there is no bias.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or nothing would be left.
    ValidationError
        If a setting is out of range.
    """
    where, x, weight = "conv_transpose2d", as_floats(x), as_floats(weight)
    check_filters(where, x.shape, weight.shape, None if bias is None else np.shape(bias), groups, 2, True)
    window = Window.of(where, weight.shape[2:], stride, padding, dilation)
    size = spread_size(where, x.shape, window, output_padding)
    return _spread(x, weight, bias, window, size, groups)


def _spread(
    x: Array, weight: Array, bias: ArrayLike | None, window: Window, size: tuple[int, ...], groups: int
) -> tuple[Array, Pullback]:
    n, channels, *positions = x.shape
    taps, places = prod(weight.shape[1:]), prod(positions) * n
    pixels = batch_last(x).reshape(groups, channels // groups, places)
    filters = weight.reshape(groups, channels // groups, taps)
    columns = (filters.swapaxes(1, 2) @ pixels).reshape(
        weight.shape[1] * groups, *window.kernel, *positions, n
    )
    inside = tuple(slice(before, before + m) for m, (before, _) in zip(size, window.pads, strict=True))
    y = scatter(columns, window, window.padded(size))[(slice(None), *inside)]
    if bias is not None:
        y += np.reshape(bias, (-1, 1, 1, 1))

    def back(dy: Array) -> tuple[Array, Array, Array | None]:
        dpadded, _ = pad_axes(batch_last(dy), [(0, 0), *window.pads, (0, 0)], "zeros")
        dcolumns = gather(dpadded, window, tuple(positions)).reshape(groups, taps, places)
        dx = (filters @ dcolumns).reshape(channels, *positions, n)
        dweight = (pixels @ dcolumns.swapaxes(1, 2)).reshape(weight.shape)
        return np.moveaxis(dx, -1, 0), dweight, None if bias is None else dy.sum(axis=(0, 2, 3))

    return np.moveaxis(y, -1, 0), back


class ConvTranspose2d(Layer):
    """`conv_transpose2d` with weights of its own.  [rawassizadeh 10]

    Parameters
    ----------
    in_channels, out_channels : int
        Channels C of the input and O of the output.
    kernel_size : int or pair of int
        Size f of the filters.
    stride : int or pair of int, default 1
        Distance of the copies of the filters in the output.
    padding : int or pair of int, default 0
        Pixels cut off on each side of the output.
    output_padding : int or pair of int, default 0
        Pixels added at the right and at the bottom.
    groups : int, default 1
        Blocks into which the channels fall.
    bias : bool, default True
        Whether each output channel has a bias.
    dilation : int or pair of int, default 1
        Spacing of the taps.
    rng : numpy.random.Generator
        Draws the initial weights, then the biases.
    init : callable, optional
        Initializer of the weights; by default uniform in ±1/√(O/groups · f²), as in PyTorch.
        Biases start the same, or at zero when `init` is given.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight : Parameter, shape (C, O/groups, f, f)
        One filter an input channel and output channel.
    bias : Parameter, shape (O,)
        Absent if ``bias=False``.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        *,
        rng: np.random.Generator,
        init: Initializer | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.kernel_size = per_axis("ConvTranspose2d", "kernel_size", kernel_size, 2)
        check_channels("ConvTranspose2d", in_channels, out_channels, groups)
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.stride, self.padding, self.output_padding, self.dilation = (
            stride,
            padding,
            output_padding,
            dilation,
        )
        shape = (in_channels, out_channels // groups, *self.kernel_size)
        self.weight = Parameter((init or fan_in_uniform)(shape, rng=rng, dtype=dtype))
        if bias:
            start = fan_in_uniform((out_channels,), rng=rng, fan_in=prod(shape[1:]), dtype=dtype)
            self.bias = Parameter(start if init is None else np.zeros_like(start))

    def operation(self, x: Any, weight: Any, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `conv_transpose2d` with the layer's weights and settings.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Maps.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output of shape ``(N, O, H', W')`` and pullback.
        """
        settings = self.stride, self.padding, self.output_padding, self.groups, self.dilation
        return conv_transpose2d(x, weight, bias, *settings)
