"""Activation functions, element by element, and softmax; see the reference for the mathematics."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dlcore.errors import ShapeError
from dlcore.initializers import constant
from dlcore.pytorch._checks import one_of
from dlcore.pytorch.base import Device, Layer, drawn

__all__ = [
    "ELU",
    "GELU",
    "Identity",
    "LeakyReLU",
    "LogSoftmax",
    "PReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Step",
    "Tanh",
    "elu",
    "gelu",
    "identity",
    "leaky_relu",
    "log_softmax",
    "prelu",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
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
    """Logistic function: σ(z) = 1 / (1 + e⁻ᶻ).  [le 3, mmds 13.2.3]

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
    """Hyperbolic tangent.  [mmds 13.2.4, burkov 6]

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
    """Rectified linear unit: max(0, z), with derivative 0 at z = 0.  [mmds 13.2.6, burkov 6]

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


def leaky_relu(z: Tensor, negative_slope: float = 0.01) -> Tensor:
    """Leaky ReLU: z where z > 0, else 0.01 z.  [mmds 13.2.6, rawassizadeh 10]

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.
    negative_slope : float, default 0.01
        The slope of the negative side, and the derivative at z = 0.

    Returns
    -------
    Tensor, shaped as `z`
        Activations.
    """
    return F.leaky_relu(z, negative_slope)


def prelu(z: Tensor, weight: Tensor) -> Tensor:
    """Leaky ReLU with learned slopes: z where z > 0, else w z.  [mmds 13.2.6, le 15]

    Parameters
    ----------
    z : Tensor, shape (N, C, ...), or any shape for a single slope
        Pre-activations.
    weight : Tensor, shape (1,) or (C,)
        One slope for all, or one a channel.

    Returns
    -------
    Tensor, shaped as `z`
        Activations.

    Raises
    ------
    ShapeError
        If `weight` has neither one entry nor one a channel.
    """
    channels = z.shape[1] if z.ndim > 1 else 1
    if tuple(weight.shape) not in ((1,), (channels,)):
        got = tuple(weight.shape)
        raise ShapeError("prelu", f"slopes of shape (1,) or ({channels},)", got, f"for z {tuple(z.shape)}")
    return F.prelu(z, weight)


def elu(z: Tensor, alpha: float = 1.0) -> Tensor:
    """Exponential linear unit: z where z > 0, else α (eᶻ - 1).  [mmds 13.2.6]

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.
    alpha : float, default 1.0
        Depth α of the negative side.

    Returns
    -------
    Tensor, shaped as `z`
        Values above -α.
    """
    return F.elu(z, alpha)


def softplus(z: Tensor, beta: float = 1.0) -> Tensor:
    """Smooth ReLU: log(1 + e^βz) / β.

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.
    beta : float, default 1.0
        Sharpness β > 0; the larger, the nearer to ReLU.

    Returns
    -------
    Tensor, shaped as `z`
        Positive values.
    """
    return F.softplus(z, beta, threshold=40.0)  # beyond, log(1 + e^βz) = βz to the last digit of float64


def silu(z: Tensor) -> Tensor:
    """Sigmoid linear unit, also called swish: z σ(z).

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.

    Returns
    -------
    Tensor, shaped as `z`
        Values above -0.279.
    """
    return F.silu(z)


def gelu(z: Tensor, approximate: str = "none") -> Tensor:
    """Gaussian error linear unit: z Φ(z), Φ the standard normal distribution function.  [rawassizadeh 10]

    Parameters
    ----------
    z : Tensor, any shape
        Pre-activations.
    approximate : {"none", "tanh"}
        Exact, or the tanh form of BERT and GPT-2.

    Returns
    -------
    Tensor, shaped as `z`
        Values above -0.17.

    Raises
    ------
    ValidationError
        If `approximate` is neither.
    """
    one_of("gelu", "approximate", approximate, ("none", "tanh"))
    return F.gelu(z, approximate=approximate)


def _need_entries(where: str, z: Tensor, axis: int) -> None:
    if not -z.ndim <= axis < z.ndim or z.shape[axis] == 0:
        raise ShapeError(where, f"at least one entry along axis {axis}", tuple(z.shape))


def softmax(z: Tensor, axis: int = -1) -> Tensor:
    """Softmax: yᵢ = e^zᵢ / Σⱼ e^zⱼ.  [mmds 13.2.5]

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

    Raises
    ------
    ShapeError
        If there is no such axis, or nothing along it.
    """
    _need_entries("softmax", z, axis)
    return torch.softmax(z, axis)


def log_softmax(z: Tensor, axis: int = -1) -> Tensor:
    """Logarithm of softmax: yᵢ = zᵢ - log Σⱼ e^zⱼ.  [mmds 13.2.5]

    Parameters
    ----------
    z : Tensor, any shape with at least one entry along `axis`
        Scores (logits).
    axis : int, default -1
        Axis along which the exponentials sum to one.

    Returns
    -------
    Tensor, shaped as `z`
        Log-probabilities.

    Raises
    ------
    ShapeError
        If there is no such axis, or nothing along it.
    """
    _need_entries("log_softmax", z, axis)
    return torch.log_softmax(z, axis)


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


class LeakyReLU(Layer):
    """Leaky ReLU as a layer; see `leaky_relu`.

    Parameters
    ----------
    negative_slope : float, default 0.01
        The slope of the negative side.
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def operation(self, z: Any) -> Tensor:
        """Apply `leaky_relu`.

        Parameters
        ----------
        z : Tensor
            Pre-activations.

        Returns
        -------
        Tensor
            Shaped as `z`.
        """
        return leaky_relu(z, self.negative_slope)


class PReLU(Layer):
    """Leaky ReLU with learned slopes as a layer; see `prelu`.

    Parameters
    ----------
    num_parameters : int, default 1
        One slope for all, or one a channel.
    init : float, default 0.25
        What the slopes start at.
    dtype : torch.dtype, default torch.float32
        Type of the parameter.
    device : torch.device or str, optional
        Where the parameter lives.
    """

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        *,
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__()
        self.weight = drawn(constant((num_parameters,), value=init, dtype=np.float64), dtype, device)

    def operation(self, z: Any, weight: Any) -> Tensor:
        """Apply `prelu` with the layer's slopes.

        Parameters
        ----------
        z : Tensor, shape (N, C, ...)
            Pre-activations.
        weight : Tensor
            The slopes.

        Returns
        -------
        Tensor
            Shaped as `z`.
        """
        return prelu(z, weight)


class ELU(Layer):
    """Exponential linear unit as a layer; see `elu`.

    Parameters
    ----------
    alpha : float, default 1.0
        Depth of the negative side.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def operation(self, z: Any) -> Tensor:
        """Apply `elu`.

        Parameters
        ----------
        z : Tensor
            Pre-activations.

        Returns
        -------
        Tensor
            Shaped as `z`.
        """
        return elu(z, self.alpha)


class Softplus(Layer):
    """Smooth ReLU as a layer; see `softplus`.

    Parameters
    ----------
    beta : float, default 1.0
        Sharpness; the larger, the nearer to ReLU.
    """

    def __init__(self, beta: float = 1.0) -> None:
        super().__init__()
        self.beta = beta

    def operation(self, z: Any) -> Tensor:
        """Apply `softplus`.

        Parameters
        ----------
        z : Tensor
            Pre-activations.

        Returns
        -------
        Tensor
            Shaped as `z`.
        """
        return softplus(z, self.beta)


class SiLU(Layer):
    """Sigmoid linear unit as a layer; see `silu`."""

    operation = staticmethod(silu)


class GELU(Layer):
    """Gaussian error linear unit as a layer; see `gelu`.

    Parameters
    ----------
    approximate : str, default "none"
        ``"none"`` is exact, ``"tanh"`` the form of BERT and GPT-2.
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def operation(self, z: Any) -> Tensor:
        """Apply `gelu`.

        Parameters
        ----------
        z : Tensor
            Pre-activations.

        Returns
        -------
        Tensor
            Shaped as `z`.
        """
        return gelu(z, self.approximate)


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


class LogSoftmax(Layer):
    """Logarithm of softmax as a layer; see `log_softmax`.

    Parameters
    ----------
    axis : int, default -1
        Axis along which the exponentials sum to one.
    """

    def __init__(self, axis: int = -1) -> None:
        super().__init__()
        self.axis = axis

    def operation(self, z: Any) -> Tensor:
        """Apply `log_softmax`.

        Parameters
        ----------
        z : Tensor
            Scores.

        Returns
        -------
        Tensor
            Shaped as `z`.
        """
        return log_softmax(z, self.axis)
