"""Activation functions, element by element, and softmax.

Each operation returns its value and its pullback; the layer of the same name
applies it inside a network.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore.reference._checks import Array, as_floats
from dlcore.reference.base import Layer, Pullback

__all__ = [
    "Identity",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Step",
    "Tanh",
    "identity",
    "relu",
    "sigmoid",
    "softmax",
    "step",
    "tanh",
]


def step(z: ArrayLike, at_zero: float = 0.0) -> tuple[Array, Pullback]:
    """Threshold: 1 where z > 0, else 0.  [mmds 13.1, buduma 1]

    The derivative is zero wherever it exists, so nothing can be learned through a step
    by gradients; the pullback says so.

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.
    at_zero : float, default 0.0
        Value at z = 0. mmds takes 0; buduma's sign convention takes 1.

    Returns
    -------
    y : ndarray, shaped as `z`
        Zeros and ones.
    back : callable
        ``back(dy) -> dz``, all zeros.
    """
    z = as_floats(z)
    y = np.heaviside(z, z.dtype.type(at_zero))

    def back(dy: Array) -> Array:
        return np.zeros_like(dy)

    return y, back


def identity(z: ArrayLike) -> tuple[Array, Pullback]:
    """Pass through: g(z) = z, the activation of a linear neuron.  [buduma 1]

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.

    Returns
    -------
    y : ndarray, shaped as `z`
        A copy of `z`.
    back : callable
        ``back(dy) -> dz``, equal to ``dy``.
    """
    y = as_floats(z).copy()

    def back(dy: Array) -> Array:
        return dy.copy()

    return y, back


def sigmoid(z: ArrayLike) -> tuple[Array, Pullback]:
    """Logistic function: σ(z) = 1 / (1 + e⁻ᶻ), with σ' = σ(1 - σ).  [le 3, mmds 13.2.2]

    Computed as ½ tanh(½ z) + ½, which is the same and cannot overflow.

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.

    Returns
    -------
    y : ndarray, shaped as `z`
        Values in [0, 1].
    back : callable
        ``back(dy) -> dz``.
    """
    y = 0.5 * np.tanh(0.5 * as_floats(z)) + 0.5

    def back(dy: Array) -> Array:
        return dy * y * (1.0 - y)

    return y, back


def tanh(z: ArrayLike) -> tuple[Array, Pullback]:
    """Hyperbolic tangent, with tanh' = 1 - tanh².  [mmds 13.2.3, burkov 6]

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.

    Returns
    -------
    y : ndarray, shaped as `z`
        Values in [-1, 1].
    back : callable
        ``back(dy) -> dz``.
    """
    y = np.tanh(as_floats(z))

    def back(dy: Array) -> Array:
        return dy * (1.0 - y * y)

    return y, back


def relu(z: ArrayLike) -> tuple[Array, Pullback]:
    """Rectified linear unit: max(0, z), with derivative 0 at z = 0.  [mmds 13.2.5, burkov 6]

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.

    Returns
    -------
    y : ndarray, shaped as `z`
        Values of at least 0.
    back : callable
        ``back(dy) -> dz``.
    """
    z = as_floats(z)
    y = np.maximum(z, 0)

    def back(dy: Array) -> Array:
        return dy * (y > 0)

    return y, back


def softmax(z: ArrayLike, axis: int = -1) -> tuple[Array, Pullback]:
    """Softmax: yᵢ = e^zᵢ / Σⱼ e^zⱼ, shifted by the maximum so that nothing overflows.  [mmds 13.2.4]

    Parameters
    ----------
    z : array_like, any shape with at least one entry along `axis`
        Scores (logits).
    axis : int, default -1
        Axis along which the values sum to one.

    Returns
    -------
    y : ndarray, shaped as `z`
        Probabilities.
    back : callable
        ``back(dy) -> dz``, with dzᵢ = yᵢ (dyᵢ - Σⱼ yⱼ dyⱼ).
    """
    z = as_floats(z)
    y = np.exp(z - z.max(axis=axis, keepdims=True))
    y /= y.sum(axis=axis, keepdims=True)

    def back(dy: Array) -> Array:
        dz: Array = y * (dy - (y * dy).sum(axis=axis, keepdims=True))
        return dz

    return y, back


class Step(Layer):
    """Threshold as a layer; see `step`.

    Parameters
    ----------
    at_zero : float, default 0.0
        Value at z = 0.
    """

    def __init__(self, at_zero: float = 0.0) -> None:
        super().__init__()
        self.at_zero = at_zero

    def operation(self, z: Any) -> tuple[Array, Pullback]:
        """Apply `step`.

        Parameters
        ----------
        z : ndarray
            Pre-activations.

        Returns
        -------
        tuple
            Output and pullback.
        """
        return step(z, self.at_zero)


class Identity(Layer):
    """Pass-through as a layer; see `identity`."""

    operation = staticmethod(identity)


class Sigmoid(Layer):
    """Logistic function as a layer; see `sigmoid`."""

    operation = staticmethod(sigmoid)


class Tanh(Layer):
    """Hyperbolic tangent as a layer; see `tanh`."""

    operation = staticmethod(tanh)


class ReLU(Layer):
    """Rectified linear unit as a layer; see `relu`."""

    operation = staticmethod(relu)


class Softmax(Layer):
    """Softmax as a layer; see `softmax`.

    Parameters
    ----------
    axis : int, default -1
        Axis along which the values sum to one.
    """

    def __init__(self, axis: int = -1) -> None:
        super().__init__()
        self.axis = axis

    def operation(self, z: Any) -> tuple[Array, Pullback]:
        """Apply `softmax`.

        Parameters
        ----------
        z : ndarray
            Scores.

        Returns
        -------
        tuple
            Output and pullback.
        """
        return softmax(z, self.axis)
