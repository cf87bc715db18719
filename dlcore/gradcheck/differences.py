"""Numerical gradients, and how far two gradients are apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["numeric_gradient", "relative_error"]

Array = NDArray[Any]

#: Below this norm both gradients count as zero.
NOTHING = 1e-8


def relative_error(analytic: ArrayLike, numeric: ArrayLike) -> float:
    """Distance of two gradients: ‖a - n‖ / (‖a‖ + ‖n‖).

    Parameters
    ----------
    analytic, numeric : array_like, one shape
        Gradients.

    Returns
    -------
    float
        In 0..1; 0 where both are nothing, infinite where one is not finite.
    """
    a, n = np.asarray(analytic, float), np.asarray(numeric, float)
    scale = np.linalg.norm(a) + np.linalg.norm(n)
    if not np.isfinite(scale):
        return float("inf")
    return 0.0 if scale < NOTHING else float(np.linalg.norm(a - n) / scale)


def numeric_gradient(f: Callable[[], float], x: Array, *, eps: float = 1e-5) -> Array:
    """Gradient of a scalar by central differences: (f(x + ε) - f(x - ε)) / 2ε, entry by entry.

    Parameters
    ----------
    f : callable
        ``f() -> float``, which reads `x`.
    x : ndarray of float64
        Changed in place entry by entry, and restored.
    eps : float, default 1e-5
        The step ε.

    Returns
    -------
    ndarray, shaped as `x`
        The gradient.
    """
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        before = x[index]
        try:
            x[index] = before + eps
            above = f()
            x[index] = before - eps
            below = f()
        finally:
            x[index] = before
        grad[index] = (above - below) / (2 * eps)
    return grad
