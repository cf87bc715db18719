"""Activation functions, element by element, and softmax; see the reference for the mathematics."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from dlcore.pytorch.base import Layer

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


def step(z: Tensor, at_zero: float = 0.0) -> Tensor:
    """Threshold: 1 where z > 0, else 0.  [mmds 13.1, buduma 1]

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.
    at_zero : float, default 0.0
        Value at z = 0.

    Returns
    -------
    Tensor, shaped as `z`
        Zeros and ones, through which no gradient flows.
    """
    return torch.heaviside(z.detach(), torch.tensor(at_zero, dtype=z.dtype, device=z.device))


def identity(z: Tensor) -> Tensor:
    """Pass through: g(z) = z, the activation of a linear neuron.  [buduma 1]

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.

    Returns
    -------
    Tensor, shaped as `z`
        A copy of `z`.
    """
    return z.clone()


def sigmoid(z: Tensor) -> Tensor:
    """Logistic function: σ(z) = 1 / (1 + e⁻ᶻ).  [le 3, mmds 13.2.2]

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.

    Returns
    -------
    Tensor, shaped as `z`
        Values in [0, 1].
    """
    return torch.sigmoid(z)


def tanh(z: Tensor) -> Tensor:
    """Hyperbolic tangent.  [mmds 13.2.3, burkov 6]

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.

    Returns
    -------
    Tensor, shaped as `z`
        Values in [-1, 1].
    """
    return torch.tanh(z)


def relu(z: Tensor) -> Tensor:
    """Rectified linear unit: max(0, z), with derivative 0 at z = 0.  [mmds 13.2.5, burkov 6]

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.

    Returns
    -------
    Tensor, shaped as `z`
        Values of at least 0.
    """
    return torch.relu(z)


def softmax(z: Tensor, axis: int = -1) -> Tensor:
    """Softmax: yᵢ = e^zᵢ / Σⱼ e^zⱼ.  [mmds 13.2.4]

    Parameters
    ----------
    z : Tensor, any shape with at least one entry along `axis`
        Scores (logits).
    axis : int, default -1
        Axis along which the values sum to one.

    Returns
    -------
    Tensor, shaped as `z`
        Probabilities.
    """
    return torch.softmax(z, axis)


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

    def operation(self, z: Any) -> Tensor:
        """Apply `step`.

        Parameters
        ----------
        z : Tensor
            Pre-activations.

        Returns
        -------
        Tensor
            Shaped as `z`.
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

    def operation(self, z: Any) -> Tensor:
        """Apply `softmax`.

        Parameters
        ----------
        z : Tensor
            Scores.

        Returns
        -------
        Tensor
            Shaped as `z`.
        """
        return softmax(z, self.axis)
