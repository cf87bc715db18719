"""Numbers to report beside the loss; nothing is trained on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ShapeError
from dlcore.reference._checks import same_shape

__all__ = ["accuracy", "binary_accuracy"]


def accuracy(logits: ArrayLike, target: ArrayLike) -> float:
    """Share of samples whose largest score is the target's class.

    Parameters
    ----------
    logits : array_like, shape (N, K)
        Scores or probabilities; the first of equal maxima counts.
    target : array_like, shape (N,) of int
        Class indices.

    Returns
    -------
    float
        In 0..1; nan for no samples.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    """
    logits, target = np.asarray(logits), np.asarray(target)
    if logits.ndim != 2 or target.shape != logits.shape[:1]:
        raise ShapeError(
            "accuracy", "(N, K) scores and (N,) class indices", f"{logits.shape} and {target.shape}"
        )
    return float((logits.argmax(axis=1) == target).mean()) if len(target) else float("nan")


def binary_accuracy(logits: ArrayLike, target: ArrayLike) -> float:
    """Share of entries on the right side: logit above 0 exactly where the target is above ½.

    Parameters
    ----------
    logits : array_like, any shape
        Pre-activations, before the sigmoid.
    target : array_like, shaped as `logits`
        Zeros and ones.

    Returns
    -------
    float
        In 0..1; nan for no entries.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    logits, target = np.asarray(logits), np.asarray(target)
    same_shape("binary_accuracy", logits, target)
    return float(((logits > 0) == (target > 0.5)).mean()) if target.size else float("nan")
