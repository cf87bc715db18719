"""Normalization: subtract a mean, divide by a standard deviation, then scale and shift.

The four kinds differ in what a mean is taken over, for x of shape (N, C, H, W): batch over N, H, W;
layer over C, H, W; instance over H, W; group over the channels of a group and H, W. All divide
by √(σ² + ε) with the biased variance σ² (mean of squares, not n - 1); rawassizadeh leaves ε out.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlcore.errors import ShapeError, ValidationError
from dlcore.initializers import constant
from dlcore.reference._checks import Array, as_floats
from dlcore.reference.base import Layer, Parameter, Pullback

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


def batch_norm_naive(
    x: ArrayLike, weight: ArrayLike, bias: ArrayLike, eps: float = 1e-5
) -> tuple[Array, Pullback]:
    """Batch normalization in training, one named variable at a time.  [rawassizadeh 10, buduma 5.10]

    `batch_norm` gives the same faster: its pullback is this one with the sums worked out.

    Parameters
    ----------
    x : array_like, shape (N, C) or (N, C, ...)
        Inputs; statistics over all axes but 1.
    weight, bias : array_like, shape (C,)
        Scale γ and shift β.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    y : ndarray, shaped as `x`
        γ (x - μ) / √(σ² + ε) + β.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``.

    Raises
    ------
    ShapeError
        If `x` has no channels, or `weight` and `bias` have not one entry a channel.
    ValidationError
        If there is a single value a channel, whose variance is nothing.
    """
    x, weight, bias = as_floats(x), as_floats(weight), as_floats(bias)
    count = max(_check_batch("batch_norm_naive", x, (weight, bias), training=True), 1)
    axes, shape = (0, *range(2, x.ndim)), (-1, *[1] * (x.ndim - 2))

    mean = x.sum(axis=axes, keepdims=True) / count
    centered = x - mean
    variance = (centered**2).sum(axis=axes, keepdims=True) / count
    std = np.sqrt(variance + eps)
    normal = centered / std
    y = weight.reshape(shape) * normal + bias.reshape(shape)

    def back(dy: Array) -> tuple[Array, Array, Array]:
        dbias = dy.sum(axis=axes)
        dweight = (dy * normal).sum(axis=axes)
        dnormal = dy * weight.reshape(shape)
        dstd = -(dnormal * normal).sum(axis=axes, keepdims=True) / std
        dvariance = dstd / (2 * std)
        dcentered = dnormal / std + dvariance * 2 * centered / count
        dmean = -dcentered.sum(axis=axes, keepdims=True)
        dx = dcentered + dmean / count
        return dx, dweight, dbias

    return y, back


def batch_norm(
    x: ArrayLike,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    *,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    training: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Array, Pullback]:
    """Batch normalization: y = γ (x - μ) / √(σ² + ε) + β, channel by channel.  [rawassizadeh 10, buduma 5.10]

    In training μ and σ² are those of the batch, over all axes but 1, and the running statistics
    move toward them in place: r ← (1 - momentum) r + momentum s. The running variance counts n - 1,
    as in PyTorch, so that it estimates the variance of the data. In evaluation the running
    statistics take the place of the batch's and nothing is updated.

    Parameters
    ----------
    x : array_like, shape (N, C) or (N, C, ...)
        Inputs.
    weight, bias : array_like, shape (C,), optional
        Scale γ and shift β; 1 and 0 if left out.
    running_mean, running_var : ndarray, shape (C,), optional
        Running statistics, updated in place in training and needed in evaluation.
    training : bool, default True
        Whether to use, and learn from, the statistics of the batch.
    momentum : float, default 0.1
        Weight of the new statistics.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    y : ndarray, shaped as `x`
        Normalized values.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``; None where there is no weight or bias.

    Raises
    ------
    ShapeError
        If `x` has no channels, or an array of channels has not one entry for each.
    ValidationError
        If there is a single value a channel in training, or no running statistics in evaluation.
    """
    x = as_floats(x)
    weight, bias = (None if a is None else as_floats(a) for a in (weight, bias))
    count = _check_batch("batch_norm", x, (weight, bias, running_mean, running_var), training)
    if training:
        mean, centered, variance = _channel_statistics(x, max(count, 1))
        _update(running_mean, mean, momentum if count else 0.0)
        _update(running_var, variance * (count / max(count - 1, 1)), momentum if count else 0.0)
    elif running_mean is None or running_var is None:
        raise ValidationError("batch_norm: evaluation needs running_mean and running_var")
    else:
        centered = x - _broadcast(running_mean.astype(x.dtype), x)
        variance = running_var.astype(x.dtype)
    return _scale_channels(centered, variance + eps, weight, bias, count if training else 0)


def _channels(ndim: int) -> str:
    """Letters of the axes for einsum, whose sums beat those of mean and var twice over."""
    return "nc" + "defgh"[: ndim - 2]


def _broadcast(channels: Array, x: Array) -> Array:
    """One number a channel, shaped to go with `x`."""
    shaped: Array = channels.reshape(-1, *[1] * (x.ndim - 2))
    return shaped


def _channel_statistics(x: Array, count: int) -> tuple[Array, Array, Array]:
    """Mean, what is left of `x` without it, and variance."""
    axes = _channels(x.ndim)
    mean = np.einsum(f"{axes}->c", x) / count
    centered = x - _broadcast(mean, x)
    return mean, centered, np.einsum(f"{axes},{axes}->c", centered, centered) / count


def _update(running: Array | None, new: Array, momentum: float) -> None:
    if running is not None:
        running += momentum * (new - running)


def _scale_channels(
    centered: Array, variance: Array, weight: Array | None, bias: Array | None, count: int
) -> tuple[Array, Pullback]:
    """γ (x - μ) / σ + β; `count` values made up μ and σ², or 0 if those are constants."""
    axes = _channels(centered.ndim)
    inverse = 1.0 / np.sqrt(variance)
    scale = inverse if weight is None else weight * inverse
    y = centered * _broadcast(scale, centered)
    if bias is not None:
        y += _broadcast(bias, y)

    def back(dy: Array) -> tuple[Array, Array | None, Array | None]:
        dbias = np.einsum(f"{axes}->c", dy)
        dweight = np.einsum(f"{axes},{axes}->c", dy, centered) * inverse
        if count:
            dx = centered * _broadcast(inverse * dweight / -count, dy)
            dx += dy
            dx -= _broadcast(dbias / count, dy)
            dx *= _broadcast(scale, dy)
        else:
            dx = dy * _broadcast(scale, dy)
        return dx, None if weight is None else dweight, None if bias is None else dbias

    return y, back


def _need_channels(where: str, array: Array | None, x: Array) -> None:
    if array is not None and np.shape(array) != x.shape[1:2]:
        raise ShapeError(where, f"({x.shape[1]},) for x {x.shape}", np.shape(array), "one entry a channel")


def _check_batch(where: str, x: Array, channels: tuple[Array | None, ...], training: bool) -> int:
    """Return the number of values a channel."""
    if not 2 <= x.ndim <= 5:
        raise ShapeError(where, "(N, C) or (N, C, ...) with up to three axes more", x.shape)
    for array in channels:
        _need_channels(where, array, x)
    count = len(x) * math.prod(x.shape[2:])
    if training and count == 1:
        raise ValidationError(
            f"{where}: more than one value a channel is needed in training, got x of shape {x.shape}; "
            "call eval() on the model to use running statistics"
        )
    return count


def _normalize_rows(rows: Array, eps: float) -> tuple[Array, Pullback]:
    """Mean 0 and variance 1 for each row of an (R, D) array."""
    d = max(rows.shape[1], 1)
    normal = rows - (np.einsum("rd->r", rows) / d)[:, None]
    inverse = (1.0 / np.sqrt(np.einsum("rd,rd->r", normal, normal) / d + eps))[:, None]
    normal *= inverse

    def back(dnormal: Array) -> Array:
        drows = normal * (np.einsum("rd,rd->r", dnormal, normal) / -d)[:, None]
        drows += dnormal
        drows -= (np.einsum("rd->r", dnormal) / d)[:, None]
        drows *= inverse
        return drows  # type: ignore[no-any-return]

    return normal, back


def layer_norm(
    x: ArrayLike,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    *,
    normalized_shape: tuple[int, ...] | None = None,
    eps: float = 1e-5,
) -> tuple[Array, Pullback]:
    """Layer normalization: each sample by its own mean and variance over its last axes.  [rawassizadeh 10]

    Parameters
    ----------
    x : array_like, shape (..., *normalized_shape)
        Inputs.
    weight, bias : array_like, shape normalized_shape, optional
        Scale γ and shift β, one number a feature.
    normalized_shape : tuple of int, optional
        The last axes, whose features a mean is taken over; by default those of `weight`, or the
        last one.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    y : ndarray, shaped as `x`
        Normalized values.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``; None where there is no weight or bias.

    Raises
    ------
    ShapeError
        If the last axes of `x` are not `normalized_shape`, or `weight` or `bias` is not so shaped.
    """
    x, shape = as_floats(x), normalized_shape
    if shape is None:
        shape = x.shape[-1:] if weight is None else np.shape(weight)
    weight, bias = (None if a is None else as_floats(a) for a in (weight, bias))
    for array in (weight, bias):
        if array is not None and array.shape != shape:
            raise ShapeError("layer_norm", f"weight and bias of shape {shape}", array.shape)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ShapeError("layer_norm", f"(..., {', '.join(map(str, shape))})", x.shape)
    features = math.prod(shape)
    rows = x.reshape(math.prod(x.shape[: x.ndim - len(shape)]), features)
    normal, rows_back = _normalize_rows(rows, eps)
    y = normal.copy() if weight is None else normal * weight.reshape(-1)
    if bias is not None:
        y += bias.reshape(-1)

    def back(dy: Array) -> tuple[Array, Array | None, Array | None]:
        dy = dy.reshape(rows.shape)
        dweight = None if weight is None else np.einsum("rd,rd->d", dy, normal).reshape(shape)
        dbias = None if bias is None else np.einsum("rd->d", dy).reshape(shape)
        dx = rows_back(dy if weight is None else dy * weight.reshape(-1))
        return dx.reshape(x.shape), dweight, dbias

    return y.reshape(x.shape), back


def group_norm(
    x: ArrayLike,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    *,
    num_groups: int,
    eps: float = 1e-5,
) -> tuple[Array, Pullback]:
    """Group normalization: each sample, group of channels by group.  [rawassizadeh 10]

    One group takes in all of a sample, as layer normalization over (C, H, W) does; a group for
    each channel is instance normalization.

    Parameters
    ----------
    x : array_like, shape (N, C, ...)
        Inputs.
    weight, bias : array_like, shape (C,), optional
        Scale γ and shift β, one number a channel.
    num_groups : int
        Number of groups; divides C.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    y : ndarray, shaped as `x`
        Normalized values.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``; None where there is no weight or bias.

    Raises
    ------
    ShapeError
        If `x` has no channels, `num_groups` does not divide them, or `weight` or `bias` has not
        one entry a channel.
    """
    return _normalize_groups("group_norm", as_floats(x), weight, bias, num_groups, eps)


def _normalize_groups(
    where: str, x: Array, weight: ArrayLike | None, bias: ArrayLike | None, groups: int, eps: float
) -> tuple[Array, Pullback]:
    if not 2 <= x.ndim <= 5 or groups < 1 or x.shape[1] % groups:
        raise ShapeError(where, f"(N, C, ...) with C a multiple of {groups}", x.shape)
    weight, bias = (None if a is None else as_floats(a) for a in (weight, bias))
    for array in (weight, bias):
        _need_channels(where, array, x)
    axes = _channels(x.ndim)
    rows = x.reshape(len(x) * groups, math.prod(x.shape[1:]) // groups)
    normal_rows, rows_back = _normalize_rows(rows, eps)
    normal = normal_rows.reshape(x.shape)
    y = normal.copy() if weight is None else normal * _broadcast(weight, x)
    if bias is not None:
        y += _broadcast(bias, x)

    def back(dy: Array) -> tuple[Array, Array | None, Array | None]:
        dweight = None if weight is None else np.einsum(f"{axes},{axes}->c", dy, normal)
        dbias = None if bias is None else np.einsum(f"{axes}->c", dy)
        dnormal = dy if weight is None else dy * _broadcast(weight, x)
        return rows_back(dnormal.reshape(rows.shape)).reshape(x.shape), dweight, dbias

    return y, back


def instance_norm(
    x: ArrayLike,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    *,
    eps: float = 1e-5,
) -> tuple[Array, Pullback]:
    """Instance normalization: each channel of each sample over its own pixels.  [rawassizadeh 10]

    Parameters
    ----------
    x : array_like, shape (N, C, ...)
        Inputs with more than one value a channel.
    weight, bias : array_like, shape (C,), optional
        Scale γ and shift β, one number a channel.
    eps : float, default 1e-5
        Added to the variance under the root.

    Returns
    -------
    y : ndarray, shaped as `x`
        Normalized values.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``; None where there is no weight or bias.

    Raises
    ------
    ShapeError
        If `x` has fewer than three axes, or `weight` or `bias` has not one entry a channel.
    ValidationError
        If there is a single value a channel, which would become 0.
    """
    x = as_floats(x)
    if x.ndim < 3:
        raise ShapeError("instance_norm", "(N, C, L), (N, C, H, W) or one axis more", x.shape)
    if math.prod(x.shape[2:]) == 1:
        raise ValidationError(f"instance_norm: more than one value a channel is needed, got {x.shape}")
    return _normalize_groups("instance_norm", x, weight, bias, max(x.shape[1], 1), eps)


def _start(layer: Layer, shape: tuple[int, ...], dtype: DTypeLike) -> None:
    """Scale 1 and shift 0."""
    layer.weight = Parameter(constant(shape, value=1.0, dtype=dtype))
    layer.bias = Parameter(constant(shape, dtype=dtype))


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
    dtype : dtype, default numpy.float32
        Type of parameters and running statistics.

    Attributes
    ----------
    weight, bias : Parameter, shape (C,)
        Scale and shift; absent if ``affine=False``.
    """

    ndims: tuple[int, ...] = (2, 3)
    expected = "(N, C) or (N, C, L)"

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        *,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        if affine:
            _start(self, (num_features,), dtype)
        self.add_buffer("running_mean", np.zeros(num_features, dtype))
        self.add_buffer("running_var", np.ones(num_features, dtype))
        self.add_buffer("num_batches_tracked", np.int64(0))

    def operation(self, x: Any, weight: Any = None, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `batch_norm`; in training the running statistics learn.

        Parameters
        ----------
        x : ndarray
            Inputs.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output and pullback.
        """
        if x.ndim not in self.ndims:
            raise ShapeError("batch_norm", self.expected, x.shape)
        result = batch_norm(
            x,
            weight,
            bias,
            running_mean=self._buffers["running_mean"],
            running_var=self._buffers["running_var"],
            training=self.training,
            momentum=self.momentum,
            eps=self.eps,
        )
        if self.training:
            self._buffers["num_batches_tracked"] += 1
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
    dtype : dtype, default numpy.float32
        Type of the parameters.
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        *,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
        self.normalized_shape, self.eps = shape, eps
        if elementwise_affine:
            _start(self, shape, dtype)

    def operation(self, x: Any, weight: Any = None, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `layer_norm`.

        Parameters
        ----------
        x : ndarray, shape (..., *normalized_shape)
            Inputs.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output and pullback.
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
    dtype : dtype, default numpy.float32
        Type of the parameters.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        *,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        if num_groups < 1 or num_channels % num_groups:
            raise ValidationError(f"GroupNorm: {num_groups} groups do not divide {num_channels} channels")
        self.num_groups, self.num_channels, self.eps = num_groups, num_channels, eps
        if affine:
            _start(self, (num_channels,), dtype)

    def operation(self, x: Any, weight: Any = None, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `group_norm`.

        Parameters
        ----------
        x : ndarray, shape (N, C, ...)
            Inputs.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output and pullback.
        """
        if x.ndim < 2 or x.shape[1] != self.num_channels:
            raise ShapeError("group_norm", f"(N, {self.num_channels}, ...)", x.shape)
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
    dtype : dtype, default numpy.float32
        Type of the parameters.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        *,
        affine: bool = False,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.num_features, self.eps = num_features, eps
        if affine:
            _start(self, (num_features,), dtype)

    def operation(self, x: Any, weight: Any = None, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `instance_norm`.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Inputs.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output and pullback.
        """
        if x.ndim != 4 or x.shape[1] != self.num_features:
            raise ShapeError("instance_norm", f"(N, {self.num_features}, H, W)", x.shape)
        return instance_norm(x, weight, bias, eps=self.eps)
