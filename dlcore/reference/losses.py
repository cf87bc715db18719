"""Loss functions: one number for a batch, and the gradient that starts the way back.

Every loss takes ``reduction``: ``"mean"``, ``"sum"`` or ``"none"``. The mean is over
all terms of the sum, as in PyTorch. Books differ: mmds adds up the components of one
output and averages over the samples only, le and rawassizadeh also write a factor ½.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference._checks import Array, as_floats, one_of, same_shape
from dlcore.reference.base import Pullback

__all__ = ["binary_cross_entropy", "cross_entropy", "mse"]

REDUCTIONS = ("mean", "sum", "none")


def reduce(terms: Array, reduction: str) -> tuple[Any, Pullback]:
    """Reduce the terms of a loss, with its pullback.

    Parameters
    ----------
    terms : ndarray, any shape
        One number for each sample or component.
    reduction : {"mean", "sum", "none"}
        What to do with them. The mean of no terms is 0, and so is its gradient.

    Returns
    -------
    loss : ndarray
        A scalar of the dtype of `terms`, or `terms` itself.
    back : callable
        ``back(dloss=1.0) -> dterms``: a number, or an array shaped as `terms`.
    """
    one_of("a loss", "reduction", reduction, REDUCTIONS)
    if reduction == "none":
        return terms, lambda dloss=1.0: np.broadcast_to(np.asarray(dloss, terms.dtype), terms.shape)
    scale = 1.0 / max(terms.size, 1) if reduction == "mean" else 1.0
    loss = terms.sum() * scale
    return loss, lambda dloss=1.0: np.asarray(scale * np.asarray(dloss), terms.dtype)


def mse(prediction: ArrayLike, target: ArrayLike, reduction: str = "mean") -> tuple[Any, Pullback]:
    """Squared error: L = (ŷ - y)², averaged over all components.  [mmds 13.2.6, burkov 6]

    Parameters
    ----------
    prediction, target : array_like, one shape
        Outputs ŷ and targets y.
    reduction : {"mean", "sum", "none"}
        How the terms become one number.

    Returns
    -------
    loss : ndarray
        A scalar, or one number a component.
    back : callable
        ``back(dloss=1.0) -> (dprediction, dtarget)``.

    Raises
    ------
    ShapeError
        If the shapes differ: broadcasting (N, 1) against (N,) would average N² errors.
    """
    prediction, target = as_floats(prediction), as_floats(target)
    same_shape("mse", prediction, target)
    error = prediction - target
    loss, reduce_back = reduce(error * error, reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        dprediction = 2.0 * error * reduce_back(dloss)
        return dprediction, -dprediction

    return loss, back


def log_softmax_rows(logits: Array) -> Array:
    """Log of softmax along the last axis, by log-sum-exp.

    Parameters
    ----------
    logits : ndarray, shape (..., K)
        Scores.

    Returns
    -------
    ndarray, shape (..., K)
        Log-probabilities.
    """
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return log_p


def cross_entropy(logits: ArrayLike, target: ArrayLike, reduction: str = "mean") -> tuple[Any, Pullback]:
    """Cross-entropy of softmax(logits): L = -Σₖ yₖ log pₖ, with ∂L/∂z = p - y.  [mmds 13.2.7]

    Parameters
    ----------
    logits : array_like, shape (N, K)
        Scores z, before softmax.
    target : array_like, shape (N,) of int or (N, K) of float
        Class indices, or probabilities that sum to one in each row.
    reduction : {"mean", "sum", "none"}
        How the N terms become one number.

    Returns
    -------
    loss : ndarray
        A scalar in nats, or one number a sample.
    back : callable
        ``back(dloss=1.0) -> (dlogits, dtarget)``; ``dtarget`` is None for class indices.

    Raises
    ------
    ShapeError
        If `logits` is not (N, K), or `target` fits neither form.
    ValidationError
        If a class index is not in 0..K-1.
    """
    logits, target = as_floats(logits), np.asarray(target)
    if logits.ndim != 2:
        raise ShapeError("cross_entropy", "logits of shape (N, K)", logits.shape)
    log_p = log_softmax_rows(logits)
    if target.dtype.kind in "iu":
        return _cross_entropy_of_indices(log_p, target, reduction)
    same_shape("cross_entropy", logits, target, "probability targets have one entry a class")
    loss, reduce_back = reduce(-(target * log_p).sum(axis=1), reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        dterms = np.reshape(reduce_back(dloss), (-1, 1))
        return dterms * (np.exp(log_p) * target.sum(axis=1, keepdims=True) - target), -dterms * log_p

    return loss, back


def _cross_entropy_of_indices(log_p: Array, target: Array, reduction: str) -> tuple[Any, Pullback]:
    n, k = log_p.shape
    if target.shape != (n,):
        raise ShapeError("cross_entropy", f"({n},) class indices or ({n}, {k}) probabilities", target.shape)
    if n and not (target.min() >= 0 and target.max() < k):
        raise ValidationError(
            f"cross_entropy: class indices must be in 0..{k - 1}, got {target.min()}..{target.max()}"
        )
    rows = np.arange(n)
    loss, reduce_back = reduce(-log_p[rows, target], reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, None]:
        dlogits = np.exp(log_p)
        dlogits[rows, target] -= 1.0
        dlogits *= np.reshape(reduce_back(dloss), (-1, 1))
        return dlogits, None

    return loss, back


def binary_cross_entropy(
    logits: ArrayLike, target: ArrayLike, reduction: str = "mean"
) -> tuple[Any, Pullback]:
    """Cross-entropy of σ(logits) for yes-or-no targets, with ∂L/∂z = σ(z) - y.  [mmds 13.2.7, burkov 6]

    L = -y log σ(z) - (1 - y) log(1 - σ(z)), computed as max(z, 0) - y z + log(1 + e^-|z|).
    PyTorch calls it ``binary_cross_entropy_with_logits``.

    Parameters
    ----------
    logits : array_like, any shape
        Pre-activations z, before the sigmoid.
    target : array_like, shaped as `logits`
        Probabilities of "yes", in [0, 1].
    reduction : {"mean", "sum", "none"}
        How the terms become one number.

    Returns
    -------
    loss : ndarray
        A scalar in nats, or one number an entry.
    back : callable
        ``back(dloss=1.0) -> (dlogits, dtarget)``.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    z, target = as_floats(logits), np.asarray(target)
    same_shape("binary_cross_entropy", z, target)
    target = target.astype(z.dtype, copy=False)
    loss, reduce_back = reduce(np.maximum(z, 0) - target * z + np.log1p(np.exp(-np.abs(z))), reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        dterms = reduce_back(dloss)
        return dterms * (0.5 * np.tanh(0.5 * z) + 0.5 - target), -dterms * z

    return loss, back
