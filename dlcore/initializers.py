"""Initial weights, drawn once in NumPy for both backends.

Every function has the signature ``f(shape, *, rng, dtype)``, so that a layer takes
any of them; one seed starts the reference and its PyTorch mirror at the same point.
Weights are drawn in float64 and rounded to `dtype`: a float32 and a float64 model
from one seed start at the same point too.

The fans of a weight of shape ``(out, in, *kernel)`` are ``in * prod(kernel)`` and
``out * prod(kernel)``, as in PyTorch; a vector counts as ``(1, in)``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dlcore.errors import ValidationError

__all__ = [
    "Initializer",
    "constant",
    "fan_in_uniform",
    "fans",
    "he_normal",
    "he_uniform",
    "normal",
    "orthogonal",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
]

Shape = Sequence[int]


class Initializer(Protocol):
    """Any function that draws an array of a given shape."""

    def __call__(self, shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike) -> NDArray[np.floating]:
        """Draw an array of shape `shape`."""
        ...


def _draw(values: NDArray[np.floating], dtype: DTypeLike) -> NDArray[np.floating]:
    return np.ascontiguousarray(values, dtype=dtype)


def _generator(rng: object) -> np.random.Generator:
    if not isinstance(rng, np.random.Generator):
        raise ValidationError(
            f"rng must be a numpy.random.Generator, such as default_rng(0), got {type(rng).__name__}"
        )
    return rng


def fans(shape: Shape) -> tuple[int, int]:
    """Fan-in and fan-out of a weight.

    Parameters
    ----------
    shape : sequence of int
        ``(out, in, *kernel)``, or ``(in,)`` for the weights of one neuron.

    Returns
    -------
    tuple of int
        ``(fan_in, fan_out)``.
    """
    if len(shape) < 1:
        raise ValidationError("a weight needs at least one axis, got shape ()")
    out, inputs = (1, shape[0]) if len(shape) == 1 else (shape[0], shape[1])
    receptive = math.prod(shape[2:])
    return inputs * receptive, out * receptive


def constant(
    shape: Shape, *, rng: np.random.Generator | None = None, value: float = 0.0, dtype: DTypeLike = np.float32
) -> NDArray[np.floating]:
    """Every entry equal to `value`.  [rawassizadeh 10]

    Parameters
    ----------
    shape : sequence of int
        Shape of the array.
    rng : numpy.random.Generator, optional
        Not used; taken so that all initializers are called alike.
    value : float, default 0.0
        The value.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    return np.full(tuple(shape), value, dtype)


def uniform(
    shape: Shape,
    *,
    rng: np.random.Generator,
    low: float = -0.1,
    high: float = 0.1,
    dtype: DTypeLike = np.float32,
) -> NDArray[np.floating]:
    """Entries drawn uniformly from ``[low, high)``.

    Parameters
    ----------
    shape : sequence of int
        Shape of the array.
    rng : numpy.random.Generator
        Source of randomness.
    low, high : float
        Bounds of the interval.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    return _draw(_generator(rng).uniform(low, high, tuple(shape)), dtype)


def normal(
    shape: Shape,
    *,
    rng: np.random.Generator,
    mean: float = 0.0,
    std: float = 0.01,
    dtype: DTypeLike = np.float32,
) -> NDArray[np.floating]:
    """Entries drawn from a normal distribution.

    Parameters
    ----------
    shape : sequence of int
        Shape of the array.
    rng : numpy.random.Generator
        Source of randomness.
    mean, std : float
        Mean and standard deviation.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    return _draw(_generator(rng).normal(mean, std, tuple(shape)), dtype)


def fan_in_uniform(
    shape: Shape, *, rng: np.random.Generator, fan_in: int | None = None, dtype: DTypeLike = np.float32
) -> NDArray[np.floating]:
    """Uniform in ±1/√fan_in, what PyTorch's dense and convolutional layers start from.

    Parameters
    ----------
    shape : sequence of int
        Shape of the array.
    rng : numpy.random.Generator
        Source of randomness.
    fan_in : int, optional
        Number of inputs of a unit; taken from `shape` if omitted. A bias needs it.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    bound = max(fans(shape)[0] if fan_in is None else fan_in, 1) ** -0.5
    return uniform(shape, rng=rng, low=-bound, high=bound, dtype=dtype)


def xavier_uniform(
    shape: Shape, *, rng: np.random.Generator, gain: float = 1.0, dtype: DTypeLike = np.float32
) -> NDArray[np.floating]:
    """Uniform in ±gain·√(6 / (fan_in + fan_out)).  [rawassizadeh 10]

    Parameters
    ----------
    shape : sequence of int
        Shape of the weight, ``(out, in, *kernel)``.
    rng : numpy.random.Generator
        Source of randomness.
    gain : float, default 1.0
        Factor on the standard deviation.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    bound = gain * math.sqrt(6.0 / max(sum(fans(shape)), 1))
    return uniform(shape, rng=rng, low=-bound, high=bound, dtype=dtype)


def xavier_normal(
    shape: Shape, *, rng: np.random.Generator, gain: float = 1.0, dtype: DTypeLike = np.float32
) -> NDArray[np.floating]:
    """Normal with standard deviation gain·√(2 / (fan_in + fan_out)).  [rawassizadeh 10]

    Parameters
    ----------
    shape : sequence of int
        Shape of the weight, ``(out, in, *kernel)``.
    rng : numpy.random.Generator
        Source of randomness.
    gain : float, default 1.0
        Factor on the standard deviation.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    return normal(shape, rng=rng, std=gain * math.sqrt(2.0 / max(sum(fans(shape)), 1)), dtype=dtype)


def he_uniform(
    shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> NDArray[np.floating]:
    """Uniform in ±√(6 / fan_in), made for ReLU.  [rawassizadeh 10]

    Parameters
    ----------
    shape : sequence of int
        Shape of the weight, ``(out, in, *kernel)``.
    rng : numpy.random.Generator
        Source of randomness.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    bound = math.sqrt(6.0 / max(fans(shape)[0], 1))
    return uniform(shape, rng=rng, low=-bound, high=bound, dtype=dtype)


def he_normal(
    shape: Shape, *, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> NDArray[np.floating]:
    """Normal with standard deviation √(2 / fan_in), made for ReLU.  [rawassizadeh 10]

    Parameters
    ----------
    shape : sequence of int
        Shape of the weight, ``(out, in, *kernel)``.
    rng : numpy.random.Generator
        Source of randomness.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    return normal(shape, rng=rng, std=math.sqrt(2.0 / max(fans(shape)[0], 1)), dtype=dtype)


def orthogonal(
    shape: Shape, *, rng: np.random.Generator, gain: float = 1.0, dtype: DTypeLike = np.float32
) -> NDArray[np.floating]:
    """Rows (or columns, if fewer) that are orthonormal, times `gain`.

    Parameters
    ----------
    shape : sequence of int
        Shape of the weight, at least two axes; further axes are folded into the second.
    rng : numpy.random.Generator
        Source of randomness.
    gain : float, default 1.0
        Length of the rows.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray
        Array of shape `shape`.
    """
    if len(shape) < 2:
        raise ValidationError(f"orthogonal needs at least two axes, got shape {tuple(shape)}")
    rows, columns = shape[0], math.prod(shape[1:])
    gaussian = _generator(rng).normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(gaussian)
    # the signs of R's diagonal make the draw uniform over all orthogonal matrices
    q = q * np.sign(np.diag(r))
    return _draw(gain * (q if rows >= columns else q.T).reshape(tuple(shape)), dtype)
