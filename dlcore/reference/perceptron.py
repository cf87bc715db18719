"""The perceptron rule, which learns without a derivative."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference._checks import Array, as_floats

__all__ = ["PerceptronRun", "perceptron_rule", "train_perceptron"]


class PerceptronRun(NamedTuple):
    """What training a perceptron came to.

    Attributes
    ----------
    weight : ndarray, shape (D,)
        Weights of the last epoch.
    bias : float
        Bias, which is minus the threshold.
    mistakes : list of int
        Number of corrections in each epoch; the last is 0 if training ended by itself.
    """

    weight: Array
    bias: float
    mistakes: list[int]


def perceptron_rule(
    x: ArrayLike, y: float, weight: ArrayLike, bias: float, lr: float = 1.0
) -> tuple[Array, float, bool]:
    """Correct a perceptron after one sample: w ← w + η (y - ŷ) x, b ← b + η (y - ŷ).  [buduma 1, le 2]

    The neuron answers ŷ = 1 where w·x + b ≥ 0, else 0; a right answer changes nothing.

    Parameters
    ----------
    x : array_like, shape (D,)
        One sample.
    y : {0, 1}
        Its label.
    weight : array_like, shape (D,)
        Weights before.
    bias : float
        Bias before.
    lr : float, default 1.0
        Size of the correction η.

    Returns
    -------
    weight : ndarray, shape (D,)
        Weights after; the given ones stay as they are.
    bias : float
        Bias after.
    corrected : bool
        Whether the answer was wrong.
    """
    x, weight = as_floats(x), as_floats(weight)
    if x.shape != weight.shape or x.ndim != 1:
        raise ShapeError("perceptron_rule", f"a sample of shape {weight.shape}", x.shape)
    error = float(y) - float(x @ weight + bias >= 0)
    return weight + lr * error * x, bias + lr * error, error != 0


def train_perceptron(
    x: ArrayLike, y: ArrayLike, *, epochs: int = 100, lr: float = 1.0, rng: np.random.Generator | None = None
) -> PerceptronRun:
    """Apply the perceptron rule sample by sample until an epoch brings no mistake.  [buduma 1]

    It ends by itself exactly if a line (a hyperplane) separates the classes.

    Parameters
    ----------
    x : array_like, shape (N, D)
        Samples.
    y : array_like, shape (N,)
        Labels 0 and 1.
    epochs : int, default 100
        Number of passes after which to give up.
    lr : float, default 1.0
        Size of a correction.
    rng : numpy.random.Generator, optional
        Shuffles the samples in each epoch; without it they come in their order.

    Returns
    -------
    PerceptronRun
        Weights, bias and the mistakes of each epoch.
    """
    x, y = as_floats(x), np.asarray(y)
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ShapeError("train_perceptron", "(N, D) samples and (N,) labels", f"{x.shape} and {y.shape}")
    if not np.isin(y, (0, 1)).all():
        raise ValidationError(f"train_perceptron expects labels 0 and 1, got {np.unique(y)}")
    weight, bias, mistakes = np.zeros(x.shape[1], x.dtype), 0.0, []
    for _ in range(epochs):
        corrections = 0
        for i in range(len(x)) if rng is None else rng.permutation(len(x)):
            weight, bias, corrected = perceptron_rule(x[i], y[i], weight, bias, lr)
            corrections += corrected
        mistakes.append(corrections)
        if not corrections:
            break
    return PerceptronRun(weight, bias, mistakes)
