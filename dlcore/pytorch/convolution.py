"""Convolutions with PyTorch's kernels; see the reference for the mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dlcore.errors import ShapeError
from dlcore.initializers import Initializer, fan_in_uniform
from dlcore.pytorch._borders import pad_axes
from dlcore.pytorch.base import Device, Layer, drawn
from dlcore.windows import Window, check_border, check_channels, check_filters, conv_output_size, per_axis

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
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """Slide filters along a sequence; `conv2d` with one axis.  [rawassizadeh 10]

    Parameters
    ----------
    x : Tensor, shape (N, C, L)
        Sequences with C channels.
    weight : Tensor, shape (O, C/groups, f)
        One filter an output channel.
    bias : Tensor, shape (O,), optional
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
    Tensor, shape (N, O, L')
        With L' from `conv_output_size`.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or the filter is longer than the padded input.
    ValidationError
        If a setting is out of range.
    """
    steps = stride, padding, dilation
    return _convolution("conv1d", 1, F.conv1d, x, weight, bias, steps, groups, padding_mode)


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """Responses of filters at every place: r_ij = Σ_kld x_{i+k,j+l,d} w_kld + b.  [mmds eq. 13.1-13.2]

    Not flipped, so this is the cross-correlation of mmds 13.4.2 and rawassizadeh 10, and
    what burkov 6.2.1 calls the convolution of a patch and a filter. A layer of k filters
    has k(d f² + 1) parameters. With ``padding="same"`` an odd border is larger at the
    right and at the bottom.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Images.
    weight : Tensor, shape (O, C/groups, fh, fw)
        One filter an output channel.
    bias : Tensor, shape (O,), optional
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
    Tensor, shape (N, O, H', W')
        Responses, with H' and W' from `conv_output_size`, rounded down.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or the filter is larger than the padded image.
    ValidationError
        If a setting is out of range.
    """
    steps = stride, padding, dilation
    return _convolution("conv2d", 2, F.conv2d, x, weight, bias, steps, groups, padding_mode)


def conv3d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """Slide filters through volumes or videos; `conv2d` with a third axis.  [rawassizadeh 10]

    Parameters
    ----------
    x : Tensor, shape (N, C, D, H, W)
        Volumes with C channels.
    weight : Tensor, shape (O, C/groups, fd, fh, fw)
        One filter an output channel.
    bias : Tensor, shape (O,), optional
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
    Tensor, shape (N, O, D', H', W')
        Responses, with sizes from `conv_output_size`.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or the filter is larger than the padded input.
    ValidationError
        If a setting is out of range.
    """
    steps = stride, padding, dilation
    return _convolution("conv3d", 3, F.conv3d, x, weight, bias, steps, groups, padding_mode)


def conv2d_naive(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int = 1, padding: int = 0
) -> Tensor:
    """Place the filters window by window, as the definition says.  [mmds 13.4.1, burkov 6.2.1]

    The same numbers as `conv2d`, slower, and with fewer settings.

    Parameters
    ----------
    x : Tensor, shape (N, C, H, W)
        Images.
    weight : Tensor, shape (O, C, fh, fw)
        One filter an output channel.
    bias : Tensor, shape (O,), optional
        One number a filter.
    stride : int
        Step s of the filters.
    padding : int
        Border p of zeros.

    Returns
    -------
    Tensor, shape (N, O, H', W')
        Responses.

    Raises
    ------
    ShapeError
        If channels or biases do not fit, or the filter is larger than the padded image.
    ValidationError
        If a setting is out of range.
    """
    where, s, (fh, fw) = "conv2d_naive", stride, weight.shape[2:]
    check_filters(
        where, tuple(x.shape), tuple(weight.shape), None if bias is None else tuple(bias.shape), 1, 2
    )
    rows, columns = Window.of(where, (fh, fw), s, padding).fitted(where, tuple(x.shape))
    padded = F.pad(x, [padding] * 4)
    responses = []
    for i in range(rows):
        for j in range(columns):
            patch = padded[:, :, i * s : i * s + fh, j * s : j * s + fw]
            responses.append(torch.tensordot(patch, weight, dims=([1, 2, 3], [1, 2, 3])))
    y = torch.stack(responses, dim=-1).reshape(len(x), len(weight), rows, columns)
    return y if bias is None else y + bias[:, None, None]


def convolve2d(image: Tensor, kernel: Tensor, mode: str = "full") -> Tensor:
    """True convolution: (f * g)(i, j) = Σ_kl f(i - k, j - l) g(k, l).  [mmds 13.4.2, rawassizadeh 10]

    The kernel is turned by 180 degrees and then slid as in `conv2d`. Outside the image
    there are zeros. Modes are those of ``scipy.signal.convolve2d``: rawassizadeh counts
    g from its center, which is "same" for a kernel of odd sides.

    Parameters
    ----------
    image : Tensor, shape (H, W)
        One image f.
    kernel : Tensor, shape (kh, kw)
        One kernel g.
    mode : {"full", "same", "valid"}
        Every place where both overlap; as many as the image has, from the middle; only
        places where the kernel lies inside.

    Returns
    -------
    Tensor, shape (H + kh - 1, W + kw - 1), (H, W) or (H - kh + 1, W - kw + 1)
        The convolution.

    Raises
    ------
    ShapeError
        If either has not two axes, is empty, or the kernel does not fit inside ("valid").
    ValidationError
        If there is no such mode.
    """
    for tensor in (image, kernel):
        if tensor.ndim != 2 or 0 in tensor.shape:
            raise ShapeError("convolve2d", "(H, W), not empty", tuple(tensor.shape))
    window = Window.overlapping("convolve2d", tuple(kernel.shape), mode)
    window.fitted("convolve2d", tuple(image.shape))
    padded = pad_axes(image[None, None], window.pads, "zeros")
    return F.conv2d(padded, kernel.flip(0, 1)[None, None])[0, 0]


def _convolution(
    where: str,
    axes: int,
    kernel: Any,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    steps: tuple[Sizes, Sizes | str, Sizes],
    groups: int,
    mode: str,
) -> Tensor:
    shape, filters = tuple(x.shape), tuple(weight.shape)
    check_filters(where, shape, filters, None if bias is None else tuple(bias.shape), groups, axes)
    window = Window.of(where, filters[2:], *steps)
    check_border(where, shape, window.pads, mode)
    window.fitted(where, shape)
    padding = tuple(before for before, _ in window.pads)
    if mode != "zeros" or any(before != after for before, after in window.pads):
        x, padding = pad_axes(x, window.pads, mode), (0,) * axes
    y: Tensor = kernel(x, weight, bias, window.stride, padding, window.dilation, groups)
    return y


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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.axes)
        check_channels(name, in_channels, out_channels, groups)
        Window.of(name, self.kernel_size, stride, padding, dilation)
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.stride, self.padding, self.dilation, self.padding_mode = stride, padding, dilation, padding_mode
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight = drawn((init or fan_in_uniform)(shape, rng=rng, dtype=np.float64), dtype, device)
        if bias:
            start = fan_in_uniform((out_channels,), rng=rng, fan_in=prod(shape[1:]), dtype=np.float64)
            self.bias = drawn(start if init is None else np.zeros_like(start), dtype, device)

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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.
    """

    axes = 1

    def operation(self, x: Any, weight: Any, bias: Any = None) -> Tensor:
        """Apply `conv1d` with the layer's weights and settings.

        Parameters
        ----------
        x : Tensor, shape (N, C, L)
            Sequences.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor, shape (N, O, L')
            Outputs.
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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.
    """

    axes = 2

    def operation(self, x: Any, weight: Any, bias: Any = None) -> Tensor:
        """Apply `conv2d` with the layer's weights and settings.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Images.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor, shape (N, O, H', W')
            Outputs.
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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.
    """

    axes = 3

    def operation(self, x: Any, weight: Any, bias: Any = None) -> Tensor:
        """Apply `conv3d` with the layer's weights and settings.

        Parameters
        ----------
        x : Tensor, shape (N, C, D, H, W)
            Volumes.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor, shape (N, O, D', H', W')
            Outputs.
        """
        return conv3d(x, weight, bias, *self._settings)
