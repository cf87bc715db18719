"""The dense layer: every unit sees every input."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlcore.errors import ShapeError
from dlcore.initializers import Initializer, fan_in_uniform
from dlcore.reference._checks import Array, as_floats
from dlcore.reference.base import Layer, Parameter, Pullback

__all__ = ["Dense", "dense"]


def dense(x: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> tuple[Array, Pullback]:
    """Affine map of a batch: y = x Wᵀ + b.  [mmds 13.2.1, burkov eq. 1]

    Parameters
    ----------
    x : array_like, shape (..., D)
        Inputs, one row a sample.
    weight : array_like, shape (K, D)
        One row a unit.
    bias : array_like, shape (K,), optional
        One number a unit.

    Returns
    -------
    y : ndarray, shape (..., K)
        Pre-activations.
    back : callable
        ``back(dy) -> (dx, dweight, dbias)``, shaped as the arguments;
        ``dbias`` is None where there is no bias.

    Raises
    ------
    ShapeError
        If the features of `x` are not those of `weight`, or `bias` has not one entry a unit.
    """
    x, weight = as_floats(x), as_floats(weight)
    if weight.ndim != 2 or x.ndim < 1 or x.shape[-1] != weight.shape[1]:
        features = (
            f"{x.shape[-1]} features where the weights have {weight.shape[-1]}" if x.ndim else "no features"
        )
        raise ShapeError("dense", f"(..., {weight.shape[-1]})", x.shape, features)
    if bias is not None and np.shape(bias) != weight.shape[:1]:
        raise ShapeError("dense", f"a bias of shape {weight.shape[:1]}", np.shape(bias), "one entry a unit")
    y = x @ weight.T
    if bias is not None:
        y += bias

    def back(dy: Array) -> tuple[Array, Array, Array | None]:
        rows = dy.reshape(-1, weight.shape[0])
        dweight = rows.T @ x.reshape(-1, weight.shape[1])
        return dy @ weight, dweight, None if bias is None else rows.sum(axis=0)

    return y, back


class Dense(Layer):
    """Affine map of a batch with weights of its own: y = x Wᵀ + b.  [mmds 13.2.1, burkov eq. 1]

    Parameters
    ----------
    in_features : int
        Number of inputs D.
    out_features : int
        Number of units K.
    bias : bool, default True
        Whether each unit has a bias.
    rng : numpy.random.Generator
        Draws the initial weights, then the biases.
    init : callable, optional
        Initializer of the weights; by default uniform in ±1/√D, as in PyTorch.
        Biases start uniform in ±1/√D, or at zero when `init` is given.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight : Parameter, shape (K, D)
        One row a unit.
    bias : Parameter, shape (K,)
        Absent if ``bias=False``.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        rng: np.random.Generator,
        init: Initializer | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.weight = Parameter((init or fan_in_uniform)((out_features, in_features), rng=rng, dtype=dtype))
        if bias:
            start = fan_in_uniform((out_features,), rng=rng, fan_in=in_features, dtype=dtype)
            self.bias = Parameter(start if init is None else np.zeros_like(start))

    def operation(self, x: Any, weight: Any, bias: Any = None) -> tuple[Array, Pullback]:
        """Apply `dense` with the layer's weights.

        Parameters
        ----------
        x : ndarray, shape (..., D)
            Inputs.
        weight, bias : ndarray
            The parameters.

        Returns
        -------
        tuple
            Output of shape ``(..., K)`` and pullback.
        """
        return dense(x, weight, bias)
