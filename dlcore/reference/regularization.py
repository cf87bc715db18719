"""Penalties on large weights, and limits on large gradients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ValidationError
from dlcore.reference._checks import Array, as_floats
from dlcore.reference.base import Parameter, Pullback

__all__ = ["clip_grad_norm_", "clip_grad_value_", "l1_penalty", "l2_penalty"]


def l2_penalty(weight: ArrayLike, alpha: float = 0.01) -> tuple[Any, Pullback]:
    """Penalty on squares: α Σ w², with gradient 2 α w.  [mmds eq. 13.17, burkov 6.2]

    An optimizer's ``weight_decay`` of 2 α has the same effect under plain descent.

    Parameters
    ----------
    weight : array_like, any shape
        Weights; biases are usually left out.
    alpha : float, default 0.01
        Strength α.

    Returns
    -------
    penalty : ndarray
        A scalar to be added to the loss.
    back : callable
        ``back(dloss=1.0) -> dweight``.
    """
    weight = as_floats(weight)

    def back(dloss: float = 1.0) -> Array:
        return np.asarray(2.0 * alpha * weight * dloss, weight.dtype)

    return alpha * (weight * weight).sum(), back


def l1_penalty(weight: ArrayLike, alpha: float = 0.01) -> tuple[Any, Pullback]:
    """Penalty on absolute values: α Σ |w|, with gradient α sign(w), which is 0 at w = 0.  [mmds eq. 13.18]

    Parameters
    ----------
    weight : array_like, any shape
        Weights; biases are usually left out.
    alpha : float, default 0.01
        Strength α.

    Returns
    -------
    penalty : ndarray
        A scalar to be added to the loss.
    back : callable
        ``back(dloss=1.0) -> dweight``.
    """
    weight = as_floats(weight)

    def back(dloss: float = 1.0) -> Array:
        return np.asarray(alpha * np.sign(weight) * dloss, weight.dtype)

    return alpha * np.abs(weight).sum(), back


def clip_grad_value_(params: Iterable[Parameter], clip_value: float) -> None:
    """Cut every entry of the gradients to ±clip_value.  [mmds 13.5.2, burkov 6.2, rawassizadeh 10]

    Each entry is replaced by the bound, not dropped; the direction changes.

    Parameters
    ----------
    params : iterable of Parameter
        Whose gradients to cut in place.
    clip_value : float
        The bound, not negative.
    """
    if not clip_value >= 0:
        raise ValidationError(f"clip_grad_value_: clip_value must not be negative, got {clip_value}")
    for parameter in params:
        np.clip(parameter.grad, -clip_value, clip_value, out=parameter.grad)


def clip_grad_norm_(params: Iterable[Parameter], max_norm: float) -> float:
    """Shrink all gradients together to length max_norm if they are longer.  [mmds 13.5.2, burkov 6.2]

    g ← g · min(1, max_norm / ‖g‖), with ‖g‖ over all parameters: the direction stays.
    As in PyTorch 1e-6 is added to ‖g‖ in the quotient.

    Parameters
    ----------
    params : iterable of Parameter
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
    params = list(params)
    norm = float(np.sqrt(sum(float(np.vdot(p.grad, p.grad)) for p in params)))
    factor = max_norm / (norm + 1e-6)
    if factor < 1:
        for parameter in params:
            parameter.grad *= factor
    return norm
