"""Activation functions, element by element, and softmax.

Each operation returns its value and its pullback; the layer of the same name
applies it inside a network.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlcore.errors import ShapeError
from dlcore.initializers import constant
from dlcore.reference._checks import Array, as_floats, one_of
from dlcore.reference._gaussian import gaussian
from dlcore.reference.base import Layer, Parameter, Pullback

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
    """Logistic function: σ(z) = 1 / (1 + e⁻ᶻ), with σ' = σ(1 - σ).  [le 3, mmds 13.2.3]

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
    """Hyperbolic tangent, with tanh' = 1 - tanh².  [mmds 13.2.4, burkov 6]

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
    """Rectified linear unit: max(0, z), with derivative 0 at z = 0.  [mmds 13.2.6, burkov 6]

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


def _slopes(z: Array, slope: Array) -> Array:
    """1 where z > 0, else `slope`: a product, because `numpy.where` takes ten times as long."""
    positive = (z > 0).astype(z.dtype)
    slopes: Array = slope + (1 - slope) * positive
    return slopes


def leaky_relu(z: ArrayLike, negative_slope: float = 0.01) -> tuple[Array, Pullback]:
    """Leaky ReLU: z where z > 0, else 0.01 z, so that no unit dies.  [mmds 13.2.6, rawassizadeh 10]

    The derivative at z = 0 is `negative_slope`, as in PyTorch. The form max(z, αz) that le
    writes is the same only for α ≤ 1.

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.
    negative_slope : float, default 0.01
        The slope α of the negative side.

    Returns
    -------
    y : ndarray, shaped as `z`
        Activations.
    back : callable
        ``back(dy) -> dz``.
    """
    z = as_floats(z)
    slopes = _slopes(z, np.asarray(negative_slope, z.dtype))

    def back(dy: Array) -> Array:
        return dy * slopes

    return z * slopes, back


def prelu(z: ArrayLike, weight: ArrayLike) -> tuple[Array, Pullback]:
    """Leaky ReLU with learned slopes: z where z > 0, else w z.  [mmds 13.2.6, le 15]

    At z = 0 the derivative is w with respect to z and 0 with respect to w, as in PyTorch.

    Parameters
    ----------
    z : array_like, shape (N, C, ...), or any shape for a single slope
        Pre-activations.
    weight : array_like, shape (1,) or (C,)
        One slope for all, or one a channel.

    Returns
    -------
    y : ndarray, shaped as `z`
        Activations.
    back : callable
        ``back(dy) -> (dz, dweight)``.

    Raises
    ------
    ShapeError
        If `weight` has neither one entry nor one a channel.
    """
    z, weight = as_floats(z), as_floats(weight)
    channels = z.shape[1] if z.ndim > 1 else 1
    if weight.shape not in ((1,), (channels,)):
        raise ShapeError("prelu", f"slopes of shape (1,) or ({channels},)", weight.shape, f"for z {z.shape}")
    slope = weight[0] if weight.size == 1 else weight.reshape(-1, *[1] * (z.ndim - 2))
    slopes = _slopes(z, slope)

    def back(dy: Array) -> tuple[Array, Array]:
        dslopes = dy * np.minimum(z, 0)
        if weight.size == 1:
            return dy * slopes, dslopes.sum().reshape(1)
        return dy * slopes, dslopes.sum(axis=(0, *range(2, z.ndim)))

    return z * slopes, back


def elu(z: ArrayLike, alpha: float = 1.0) -> tuple[Array, Pullback]:
    """Exponential linear unit: z where z > 0, else α (eᶻ - 1), which tends to -α.  [mmds 13.2.6]

    The derivative at z = 0 is α, the limit from the left, as in PyTorch; for α = 1 there is no kink.

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.
    alpha : float, default 1.0
        Depth α of the negative side.

    Returns
    -------
    y : ndarray, shaped as `z`
        Values above -α.
    back : callable
        ``back(dy) -> dz``.
    """
    z = as_floats(z)
    below = np.minimum(z, 0)
    e = np.exp(below)
    less_one = np.tanh(0.5 * below) * (e + 1.0)  # e^z - 1 to all digits, in a third of expm1's time

    def back(dy: Array) -> Array:
        return dy * _slopes(z, alpha * e)

    return np.maximum(z, 0) + alpha * less_one, back


def softplus(z: ArrayLike, beta: float = 1.0) -> tuple[Array, Pullback]:
    """Smooth ReLU: log(1 + e^βz) / β, whose derivative is σ(βz).

    Computed as max(z, 0) + log(1 + e^-β|z|) / β, which cannot overflow. PyTorch replaces it by z
    where βz > 20, an error below 3e-9 / β.

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.
    beta : float, default 1.0
        Sharpness β > 0; the larger, the nearer to ReLU.

    Returns
    -------
    y : ndarray, shaped as `z`
        Positive values.
    back : callable
        ``back(dy) -> dz``.
    """
    z = as_floats(z)
    y = np.maximum(z, 0) + np.log1p(np.exp(-beta * np.abs(z))) / beta

    def back(dy: Array) -> Array:
        return dy * (0.5 * np.tanh((0.5 * beta) * z) + 0.5)

    return y, back


def silu(z: ArrayLike) -> tuple[Array, Pullback]:
    """Sigmoid linear unit, also called swish: z σ(z), with derivative σ + z σ (1 - σ).

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.

    Returns
    -------
    y : ndarray, shaped as `z`
        Values above -0.279.
    back : callable
        ``back(dy) -> dz``.
    """
    z = as_floats(z)
    gate = 0.5 * np.tanh(0.5 * z) + 0.5
    y = z * gate

    def back(dy: Array) -> Array:
        return dy * (gate + y * (1.0 - gate))

    return y, back


#: √(2/π) and the cubic term of the tanh form of GELU.
GELU_SCALE, GELU_CUBIC = 0.7978845608028654, 0.044715


def gelu(z: ArrayLike, approximate: str = "none") -> tuple[Array, Pullback]:
    """Gaussian error linear unit: z Φ(z), Φ the standard normal distribution function.  [rawassizadeh 10]

    Φ(z) = ½ (1 + erf(z / √2)), so the derivative is Φ(z) + z φ(z) with the density φ.

    Parameters
    ----------
    z : array_like, any shape
        Pre-activations.
    approximate : {"none", "tanh"}
        Exact, or with Φ(z) ≈ ½ (1 + tanh(√(2/π) (z + 0.044715 z³))), as in BERT and GPT-2;
        the two differ by less than 5e-4.

    Returns
    -------
    y : ndarray, shaped as `z`
        Values above -0.17.
    back : callable
        ``back(dy) -> dz``.

    Raises
    ------
    ValidationError
        If `approximate` is neither.
    """
    one_of("gelu", "approximate", approximate, ("none", "tanh"))
    z = as_floats(z)
    gate, dgate = gaussian(z) if approximate == "none" else _tanh_gate(z)

    def back(dy: Array) -> Array:
        dz: Array = dy * (gate + z * dgate)
        return dz

    return z * gate, back


def _tanh_gate(z: Array) -> tuple[Array, Array]:
    t = np.tanh(GELU_SCALE * z * (1.0 + GELU_CUBIC * z * z))
    slope = (0.5 * GELU_SCALE) * (1.0 + (3.0 * GELU_CUBIC) * z * z)
    return 0.5 * t + 0.5, slope * (1.0 - t * t)


def shifted(where: str, z: ArrayLike, axis: int) -> Array:
    """Scores less their maximum along an axis: no exponential of them overflows.

    Parameters
    ----------
    where : str
        The operation, for the message.
    z : array_like, any shape with at least one entry along `axis`
        Scores.
    axis : int
        The axis.

    Returns
    -------
    ndarray, shaped as `z`
        Values of at most 0.

    Raises
    ------
    ShapeError
        If there is no such axis, or nothing along it.
    """
    z = as_floats(z)
    if not -z.ndim <= axis < z.ndim or z.shape[axis] == 0:
        raise ShapeError(where, f"at least one entry along axis {axis}", z.shape)
    # numpy finds the place of a maximum four times as fast as the maximum
    largest = np.take_along_axis(z, z.argmax(axis=axis, keepdims=True), axis=axis)
    below: Array = z - largest
    return below


def _total(x: Array, axis: int) -> Array:
    """Sum that keeps its axis; einsum takes a quarter of the time of `sum` along a short last axis."""
    return np.expand_dims(np.einsum("...k->...", np.moveaxis(x, axis, -1)), axis)


def softmax(z: ArrayLike, axis: int = -1) -> tuple[Array, Pullback]:
    """Softmax: yᵢ = e^zᵢ / Σⱼ e^zⱼ, shifted by the maximum so that nothing overflows.  [mmds 13.2.5]

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

    Raises
    ------
    ShapeError
        If there is no such axis, or nothing along it.
    """
    y = np.exp(shifted("softmax", z, axis))
    y /= _total(y, axis)

    def back(dy: Array) -> Array:
        dz: Array = y * (dy - _total(y * dy, axis))
        return dz

    return y, back


def log_softmax(z: ArrayLike, axis: int = -1) -> tuple[Array, Pullback]:
    """Logarithm of softmax by log-sum-exp: yᵢ = zᵢ - log Σⱼ e^zⱼ, never log 0.  [mmds 13.2.5]

    Parameters
    ----------
    z : array_like, any shape with at least one entry along `axis`
        Scores (logits).
    axis : int, default -1
        Axis along which the exponentials sum to one.

    Returns
    -------
    y : ndarray, shaped as `z`
        Log-probabilities.
    back : callable
        ``back(dy) -> dz``, with dzᵢ = dyᵢ - e^yᵢ Σⱼ dyⱼ.

    Raises
    ------
    ShapeError
        If there is no such axis, or nothing along it.
    """
    below = shifted("log_softmax", z, axis)
    y = below - np.log(_total(np.exp(below), axis))

    def back(dy: Array) -> Array:
        dz: Array = dy - np.exp(y) * _total(dy, axis)
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

    def operation(self, z: Any) -> tuple[Array, Pullback]:
        """Apply `leaky_relu`.

        Parameters
        ----------
        z : ndarray
            Pre-activations.

        Returns
        -------
        tuple
            Output and pullback.
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
    dtype : dtype, default numpy.float32
        Type of the parameter.

    Attributes
    ----------
    weight : Parameter, shape (num_parameters,)
        The slopes of the negative side.
    """

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        *,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.weight = Parameter(constant((num_parameters,), value=init, dtype=dtype))

    def operation(self, z: Any, weight: Any) -> tuple[Array, Pullback]:
        """Apply `prelu` with the layer's slopes.

        Parameters
        ----------
        z : ndarray, shape (N, C, ...)
            Pre-activations.
        weight : ndarray
            The slopes.

        Returns
        -------
        tuple
            Output and pullback.
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

    def operation(self, z: Any) -> tuple[Array, Pullback]:
        """Apply `elu`.

        Parameters
        ----------
        z : ndarray
            Pre-activations.

        Returns
        -------
        tuple
            Output and pullback.
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

    def operation(self, z: Any) -> tuple[Array, Pullback]:
        """Apply `softplus`.

        Parameters
        ----------
        z : ndarray
            Pre-activations.

        Returns
        -------
        tuple
            Output and pullback.
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

    def operation(self, z: Any) -> tuple[Array, Pullback]:
        """Apply `gelu`.

        Parameters
        ----------
        z : ndarray
            Pre-activations.

        Returns
        -------
        tuple
            Output and pullback.
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

    def operation(self, z: Any) -> tuple[Array, Pullback]:
        """Apply `log_softmax`.

        Parameters
        ----------
        z : ndarray
            Scores.

        Returns
        -------
        tuple
            Output and pullback.
        """
        return log_softmax(z, self.axis)
