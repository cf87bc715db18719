"""Transposed convolution with PyTorch's kernel; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dlcore.initializers import Initializer, fan_in_uniform
from dlcore.pytorch.base import Device, Layer, drawn
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
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Tensor:
    """Each input pixel times the whole filter, the copies added up.  [rawassizadeh 10]

    It is the pullback of `conv2d` with respect to its input, used as a forward operation:
    a transposed matrix, not an inverse. "Deconvolution" is another thing.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Maps.
    weight : Tensor, shape (C, O/groups, fh, fw)
        One filter an input channel and output channel.
    bias : Tensor, shape (O,), optional
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
    Tensor, shape (N, O, H', W')
        With H' = (H - 1)s - 2p + d(f - 1) + 1 + q, see `conv_transpose_output_size`.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or nothing would be left.
    ValidationError
        If a setting is out of range.
    """
    where, shape, filters = "conv_transpose2d", tuple(x.shape), tuple(weight.shape)
    check_filters(where, shape, filters, None if bias is None else tuple(bias.shape), groups, 2, True)
    window = Window.of(where, filters[2:], stride, padding, dilation)
    spread_size(where, shape, window, output_padding)
    extra = per_axis(where, "output_padding", output_padding, 2, least=0)
    cut = tuple(before for before, _ in window.pads)
    return F.conv_transpose2d(x, weight, bias, window.stride, cut, extra, groups, window.dilation)


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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.
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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
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
        self.weight = drawn((init or fan_in_uniform)(shape, rng=rng, dtype=np.float64), dtype, device)
        if bias:
            start = fan_in_uniform((out_channels,), rng=rng, fan_in=prod(shape[1:]), dtype=np.float64)
            self.bias = drawn(start if init is None else np.zeros_like(start), dtype, device)

    def operation(self, x: Any, weight: Any, bias: Any = None) -> Tensor:
        """Apply `conv_transpose2d` with the layer's weights and settings.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Maps.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor, shape (N, O, H', W')
            Outputs.
        """
        settings = self.stride, self.padding, self.output_padding, self.groups, self.dilation
        return conv_transpose2d(x, weight, bias, *settings)
