"""The dense layer: every unit sees every input."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlcore.errors import ShapeError
from dlcore.initializers import Initializer, fan_in_uniform
from dlcore.pytorch.base import Device, Layer, drawn

__all__ = ["Dense", "dense"]


def dense(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Affine map of a batch: y = x Wᵀ + b.  [mmds 13.2.1, burkov eq. 1]

    Parameters
    ----------
    x : Tensor, shape (..., D)
        Inputs, one row a sample.
    weight : Tensor, shape (K, D)
        One row a unit.
    bias : Tensor, shape (K,), optional
        One number a unit.

    Returns
    -------
    Tensor, shape (..., K)
        Pre-activations.

    Raises
    ------
    ShapeError
        If the features of `x` are not those of `weight`, or `bias` has not one entry a unit.
    """
    if weight.ndim != 2 or x.ndim < 1 or x.shape[-1] != weight.shape[1]:
        features = (
            f"{x.shape[-1]} features where the weights have {weight.shape[-1]}" if x.ndim else "no features"
        )
        raise ShapeError("dense", f"(..., {weight.shape[-1]})", tuple(x.shape), features)
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ShapeError(
            "dense", f"a bias of shape {tuple(weight.shape[:1])}", tuple(bias.shape), "one entry a unit"
        )
    return torch.nn.functional.linear(x, weight, bias)


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
        Draws the initial weights, then the biases, the same as the reference.
    init : callable, optional
        Initializer of the weights; by default uniform in ±1/√D. Biases start uniform
        in ±1/√D, or at zero when `init` is given.
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        rng: np.random.Generator,
        init: Initializer | None = None,
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__()
        weight = (init or fan_in_uniform)((out_features, in_features), rng=rng, dtype=np.float64)
        self.weight = drawn(weight, dtype, device)
        if bias:
            start = fan_in_uniform((out_features,), rng=rng, fan_in=in_features, dtype=np.float64)
            self.bias = drawn(start if init is None else np.zeros_like(start), dtype, device)

    def operation(self, x: Any, weight: Any, bias: Any = None) -> Tensor:
        """Apply `dense` with the layer's weights.

        Parameters
        ----------
        x : Tensor, shape (..., D)
            Inputs.
        weight, bias : Tensor
            The parameters.

        Returns
        -------
        Tensor, shape (..., K)
            Pre-activations.
        """
        return dense(x, weight, bias)
