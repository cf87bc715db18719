"""Penalties on large weights, and limits on large gradients."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from dlcore.errors import ValidationError

__all__ = ["clip_grad_norm_", "clip_grad_value_", "l1_penalty", "l2_penalty"]


def l2_penalty(weight: Tensor, alpha: float = 0.01) -> Tensor:
    """Penalty on squares: α Σ w².  [mmds eq. 13.17, burkov 6.2]

    Parameters
    ----------
    weight : Tensor, any shape
        Weights; biases are usually left out.
    alpha : float, default 0.01
        Strength α.

    Returns
    -------
    Tensor
        A scalar to be added to the loss.
    """
    return alpha * (weight * weight).sum()


def l1_penalty(weight: Tensor, alpha: float = 0.01) -> Tensor:
    """Penalty on absolute values: α Σ |w|.  [mmds eq. 13.18]

    Parameters
    ----------
    weight : Tensor, any shape
        Weights; biases are usually left out.
    alpha : float, default 0.01
        Strength α.

    Returns
    -------
    Tensor
        A scalar to be added to the loss.
    """
    return alpha * weight.abs().sum()


def clip_grad_value_(params: Iterable[Tensor], clip_value: float) -> None:
    """Cut every entry of the gradients to ±clip_value.  [mmds 13.5.2, burkov 6.2, rawassizadeh 10]

    Parameters
    ----------
    params : iterable of Tensor
        Whose gradients to cut in place.
    clip_value : float
        The bound, not negative.
    """
    if not clip_value >= 0:
        raise ValidationError(f"clip_grad_value_: clip_value must not be negative, got {clip_value}")
    torch.nn.utils.clip_grad_value_(params, clip_value)


def clip_grad_norm_(params: Iterable[Tensor], max_norm: float) -> float:
    """Shrink all gradients together to length max_norm if they are longer.  [mmds 13.5.2, burkov 6.2]

    Parameters
    ----------
    params : iterable of Tensor
        Whose gradients to shrink in place.
    max_norm : float
        The longest gradient allowed, not negative.

    Returns
    -------
    float
        Length before.
    """
    if not max_norm >= 0:
        raise ValidationError(f"clip_grad_norm_: max_norm must not be negative, got {max_norm}")
    return float(torch.nn.utils.clip_grad_norm_(params, max_norm))
