"""Normalization: subtract a mean, divide by a standard deviation, then scale and shift.

The four kinds differ in what a mean is taken over, for x of shape (N, C, H, W): batch over N, H, W;
layer over C, H, W; instance over H, W; group over the channels of a group and H, W. All divide
by √(σ² + ε) with the biased variance σ² (mean of squares, not n - 1); rawassizadeh leaves ε out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dlcore.errors import ShapeError, ValidationError
from dlcore.initializers import constant
from dlcore.pytorch.base import Device, Layer, drawn
from dlcore.pytorch.devices import resolve_device

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "GroupNorm",
    "InstanceNorm2d",
    "LayerNorm",
    "batch_norm",
    "batch_norm_naive",
    "group_norm",
    "instance_norm",
    "layer_norm",
]


def batch_norm_naive(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Batch normalization in training, one named variable at a time.  [rawassizadeh 10, buduma 5.10]

    `batch_norm` gives the same faster: its pullback is this one with the sums worked out.

    Parameters
    ----------
    x : Tensor, shape (N, C) or (N, C, ...)
        Inputs; statistics over all axes but 1.
    weight, bias : Tensor, shape (C,)
        Scale γ and shift β.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    Tensor, shaped as `x`
        γ (x - μ) / √(σ² + ε) + β.

    Raises
    ------
    ShapeError
        If `x` has no channels, or `weight` and `bias` have not one entry a channel.
    ValidationError
        If there is a single value a channel, whose variance is nothing.
    """
    count = _check_batch("batch_norm_naive", x, (weight, bias), training=True)
    axes, shape = (0, *range(2, x.ndim)), (-1, *[1] * (x.ndim - 2))
    count = max(count, 1)
    mean = x.sum(dim=axes, keepdim=True) / count
    centered = x - mean
    variance = (centered**2).sum(dim=axes, keepdim=True) / count
    normal = centered / (variance + eps).sqrt()
    return weight.reshape(shape) * normal + bias.reshape(shape)


def batch_norm(
    x: Tensor,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    *,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    training: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Batch normalization: y = γ (x - μ) / √(σ² + ε) + β, channel by channel.  [rawassizadeh 10, buduma 5.10]

    In training μ and σ² are those of the batch, over all axes but 1, and the running statistics
    move toward them in place: r ← (1 - momentum) r + momentum s. The running variance counts n - 1,
    as in PyTorch, so that it estimates the variance of the data. In evaluation the running
    statistics take the place of the batch's and nothing is updated.

    Parameters
    ----------
    x : Tensor, shape (N, C) or (N, C, ...)
        Inputs.
    weight, bias : Tensor, shape (C,), optional
        Scale γ and shift β; 1 and 0 if left out.
    running_mean, running_var : Tensor, shape (C,), optional
        Running statistics, updated in place in training and needed in evaluation.
    training : bool, default True
        Whether to use, and learn from, the statistics of the batch.
    momentum : float, default 0.1
        Weight of the new statistics.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    Tensor, shaped as `x`
        Normalized values.

    Raises
    ------
    ShapeError
        If `x` has no channels, or an array of channels has not one entry for each.
    ValidationError
        If there is a single value a channel in training, or no running statistics in evaluation.
    """
    count = _check_batch("batch_norm", x, (weight, bias, running_mean, running_var), training)
    if not training and (running_mean is None or running_var is None):
        raise ValidationError("batch_norm: evaluation needs running_mean and running_var")
    if training and count == 0:  # of which torch would learn nan
        running_mean = running_var = None
    own = (running_mean, running_var)
    kind = torch.promote_types(x.dtype, torch.float32)  # under autocast x is bfloat16, statistics are not
    mean, var = (None if r is None else r.to(kind) for r in own)
    y = F.batch_norm(x, mean, var, weight, bias, training, momentum, eps)
    for running, new in zip(own, (mean, var), strict=True):
        if running is not None and new is not None and new is not running:
            running.copy_(new)
    return y


def _need_channels(where: str, tensor: Tensor | None, x: Tensor) -> None:
    if tensor is not None and tensor.shape != x.shape[1:2]:
        expected = f"({x.shape[1]},) for x {tuple(x.shape)}"
        raise ShapeError(where, expected, tuple(tensor.shape), "one entry a channel")


def _check_batch(where: str, x: Tensor, channels: tuple[Tensor | None, ...], training: bool) -> int:
    """Return the number of values a channel."""
    if not 2 <= x.ndim <= 5:
        raise ShapeError(where, "(N, C) or (N, C, ...) with up to three axes more", tuple(x.shape))
    for tensor in channels:
        _need_channels(where, tensor, x)
    count = len(x) * math.prod(x.shape[2:])
    if training and count == 1:
        raise ValidationError(
            f"{where}: more than one value a channel is needed in training, got x of shape {tuple(x.shape)}; "
            "call eval() on the model to use running statistics"
        )
    return count


def layer_norm(
    x: Tensor,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    *,
    normalized_shape: tuple[int, ...] | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Layer normalization: each sample by its own mean and variance over its last axes.  [rawassizadeh 10]

    Parameters
    ----------
    x : Tensor, shape (..., *normalized_shape)
        Inputs.
    weight, bias : Tensor, shape normalized_shape, optional
        Scale γ and shift β, one number a feature.
    normalized_shape : tuple of int, optional
        The last axes, whose features a mean is taken over; by default those of `weight`, or the
        last one.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    Tensor, shaped as `x`
        Normalized values.

    Raises
    ------
    ShapeError
        If the last axes of `x` are not `normalized_shape`, or `weight` or `bias` is not so shaped.
    """
    shape = normalized_shape
    if shape is None:
        shape = tuple(x.shape[-1:] if weight is None else weight.shape)
    for tensor in (weight, bias):
        if tensor is not None and tuple(tensor.shape) != shape:
            raise ShapeError("layer_norm", f"weight and bias of shape {shape}", tuple(tensor.shape))
    if not shape or tuple(x.shape[-len(shape) :]) != shape:
        raise ShapeError("layer_norm", f"(..., {', '.join(map(str, shape))})", tuple(x.shape))
    return F.layer_norm(x, shape, weight, bias, eps)


def group_norm(
    x: Tensor,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    *,
    num_groups: int,
    eps: float = 1e-5,
) -> Tensor:
    """Group normalization: each sample, group of channels by group.  [rawassizadeh 10]

    One group takes in all of a sample, as layer normalization over (C, H, W) does; a group for
    each channel is instance normalization.

    Parameters
    ----------
    x : Tensor, shape (N, C, ...)
        Inputs.
    weight, bias : Tensor, shape (C,), optional
        Scale γ and shift β, one number a channel.
    num_groups : int
        Number of groups; divides C.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    Tensor, shaped as `x`
        Normalized values.

    Raises
    ------
    ShapeError
        If `x` has no channels, `num_groups` does not divide them, or `weight` or `bias` has not
        one entry a channel.
    """
    return _normalize_groups("group_norm", x, weight, bias, num_groups, eps)


def _normalize_groups(
    where: str, x: Tensor, weight: Tensor | None, bias: Tensor | None, groups: int, eps: float
) -> Tensor:
    if not 2 <= x.ndim <= 5 or groups < 1 or x.shape[1] % groups:
        raise ShapeError(where, f"(N, C, ...) with C a multiple of {groups}", tuple(x.shape))
    for tensor in (weight, bias):
        _need_channels(where, tensor, x)
    if weight is None and bias is not None:  # a bias alone breaks torch's backward pass
        weight = torch.ones_like(bias)
    return torch.group_norm(x, groups, weight, bias, eps)


def instance_norm(
    x: Tensor,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    *,
    eps: float = 1e-5,
) -> Tensor:
    """Instance normalization: each channel of each sample over its own pixels.  [rawassizadeh 10]

    Parameters
    ----------
    x : Tensor, shape (N, C, ...)
        Inputs with more than one value a channel.
    weight, bias : Tensor, shape (C,), optional
        Scale γ and shift β, one number a channel.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    Tensor, shaped as `x`
        Normalized values.

    Raises
    ------
    ShapeError
        If `x` has fewer than three axes, or `weight` or `bias` has not one entry a channel.
    ValidationError
        If there is a single value a channel, which would become 0.
    """
    if x.ndim < 3:
        raise ShapeError("instance_norm", "(N, C, L), (N, C, H, W) or one axis more", tuple(x.shape))
    if math.prod(x.shape[2:]) == 1:
        raise ValidationError(f"instance_norm: more than one value a channel is needed, got {tuple(x.shape)}")
    return _normalize_groups("instance_norm", x, weight, bias, max(x.shape[1], 1), eps)


def _start(layer: Layer, shape: tuple[int, ...], dtype: torch.dtype, device: Device) -> None:
    """Scale 1 and shift 0."""
    layer.weight = drawn(constant(shape, value=1.0, dtype=np.float64), dtype, device)
    layer.bias = drawn(constant(shape, dtype=np.float64), dtype, device)


class BatchNorm1d(Layer):
    """Batch normalization of vectors or sequences as a layer; see `batch_norm`.

    Besides the running statistics it counts the batches, as in PyTorch.

    Parameters
    ----------
    num_features : int
        Number of channels C of inputs (N, C) or (N, C, L).
    eps : float, default 1e-5
        Added to the variance under the root.
    momentum : float, default 0.1
        Weight of the new statistics.
    affine : bool, default True
        Whether to scale and shift.
    dtype : torch.dtype, default torch.float32
        Type of parameters and running statistics.
    device : torch.device or str, optional
        Where they live.
    """

    ndims: tuple[int, ...] = (2, 3)
    expected = "(N, C) or (N, C, L)"
    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        *,
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__()
        self.eps, self.momentum, device = eps, momentum, resolve_device(device)
        if affine:
            _start(self, (num_features,), dtype, device)
        self.register_buffer("running_mean", torch.zeros(num_features, dtype=dtype, device=device))
        self.register_buffer("running_var", torch.ones(num_features, dtype=dtype, device=device))
        self.register_buffer("num_batches_tracked", torch.tensor(0, device=device))

    def operation(self, x: Any, weight: Any = None, bias: Any = None) -> Tensor:
        """Apply `batch_norm`; in training the running statistics learn.

        Parameters
        ----------
        x : Tensor
            Inputs.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor
            Shaped as `x`.
        """
        if x.ndim not in self.ndims:
            raise ShapeError("batch_norm", self.expected, tuple(x.shape))
        result = batch_norm(
            x,
            weight,
            bias,
            running_mean=self.running_mean,
            running_var=self.running_var,
            training=self.training,
            momentum=self.momentum,
            eps=self.eps,
        )
        if self.training:
            self.num_batches_tracked += 1
        return result


class BatchNorm2d(BatchNorm1d):
    """Batch normalization of images (N, C, H, W) as a layer; takes what `BatchNorm1d` takes."""

    ndims, expected = (4,), "(N, C, H, W)"


class LayerNorm(Layer):
    """Layer normalization as a layer; see `layer_norm`.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        The last axes, whose features a mean is taken over.
    eps : float, default 1e-5
        Added to the variance under the root.
    elementwise_affine : bool, default True
        Whether to scale and shift, feature by feature.
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where they live.
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        *,
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.normalized_shape, self.eps = shape, eps
        if elementwise_affine:
            _start(self, shape, dtype, device)

    def operation(self, x: Any, weight: Any = None, bias: Any = None) -> Tensor:
        """Apply `layer_norm`.

        Parameters
        ----------
        x : Tensor, shape (..., *normalized_shape)
            Inputs.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor
            Shaped as `x`.
        """
        return layer_norm(x, weight, bias, normalized_shape=self.normalized_shape, eps=self.eps)


class GroupNorm(Layer):
    """Group normalization as a layer; see `group_norm`.

    Parameters
    ----------
    num_groups : int
        Number of groups; divides `num_channels`.
    num_channels : int
        Number of channels C.
    eps : float, default 1e-5
        Added to the variance under the root.
    affine : bool, default True
        Whether to scale and shift, channel by channel.
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where they live.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__()
        if num_groups < 1 or num_channels % num_groups:
            raise ValidationError(f"GroupNorm: {num_groups} groups do not divide {num_channels} channels")
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        if affine:
            _start(self, (num_channels,), dtype, device)

    def operation(self, x: Any, weight: Any = None, bias: Any = None) -> Tensor:
        """Apply `group_norm`.

        Parameters
        ----------
        x : Tensor, shape (N, C, ...)
            Inputs.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor
            Shaped as `x`.
        """
        if x.ndim < 2 or x.shape[1] != self.num_channels:
            raise ShapeError("group_norm", f"(N, {self.num_channels}, ...)", tuple(x.shape))
        return group_norm(x, weight, bias, num_groups=self.num_groups, eps=self.eps)


class InstanceNorm2d(Layer):
    """Instance normalization of images as a layer; see `instance_norm`.

    Parameters
    ----------
    num_features : int
        Number of channels C.
    eps : float, default 1e-5
        Added to the variance under the root.
    affine : bool, default False
        Whether to scale and shift, channel by channel.
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where they live.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        *,
        affine: bool = False,
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__()
        self.num_features, self.eps = num_features, eps
        if affine:
            _start(self, (num_features,), dtype, device)

    def operation(self, x: Any, weight: Any = None, bias: Any = None) -> Tensor:
        """Apply `instance_norm`.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Inputs.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor
            Shaped as `x`.
        """
        if x.ndim != 4 or x.shape[1] != self.num_features:
            raise ShapeError("instance_norm", f"(N, {self.num_features}, H, W)", tuple(x.shape))
        return instance_norm(x, weight, bias, eps=self.eps)
