"""The perceptron rule, which learns without a derivative."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from dlcore.errors import ShapeError, ValidationError

__all__ = ["PerceptronRun", "perceptron_rule", "train_perceptron"]


class PerceptronRun(NamedTuple):
    """What training a perceptron came to.

    Attributes
    ----------
    weight : Tensor, shape (D,)
        Weights of the last epoch.
    bias : float
        Bias, which is minus the threshold.
    mistakes : list of int
        Number of corrections in each epoch; the last is 0 if training ended by itself.
    """

    weight: Tensor
    bias: float
    mistakes: list[int]


def perceptron_rule(
    x: Tensor, y: float, weight: Tensor, bias: float, lr: float = 1.0
) -> tuple[Tensor, float, bool]:
    """Correct a perceptron after one sample: w ← w + η (y - ŷ) x, b ← b + η (y - ŷ).  [buduma 1, le 2]

    Parameters
    ----------
    x : Tensor, shape (D,)
        One sample.
    y : {0, 1}
        Its label.
    weight : Tensor, shape (D,)
        Weights before.
    bias : float
        Bias before.
    lr : float, default 1.0
        Size of the correction η.

    Returns
    -------
    weight : Tensor, shape (D,)
        Weights after; the given ones stay as they are.
    bias : float
        Bias after.
    corrected : bool
        Whether the answer was wrong.
    """
    if x.shape != weight.shape or x.ndim != 1:
        raise ShapeError("perceptron_rule", f"a sample of shape {tuple(weight.shape)}", tuple(x.shape))
    error = float(y) - float(x @ weight + bias >= 0)
    return weight + lr * error * x, bias + lr * error, error != 0


def train_perceptron(
    x: Tensor, y: Tensor, *, epochs: int = 100, lr: float = 1.0, rng: np.random.Generator | None = None
) -> PerceptronRun:
    """Apply the perceptron rule sample by sample until an epoch brings no mistake.  [buduma 1]

    Parameters
    ----------
    x : Tensor, shape (N, D)
        Samples.
    y : Tensor, shape (N,)
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
    if x.ndim != 2 or y.shape != x.shape[:1]:
        got = f"{tuple(x.shape)} and {tuple(y.shape)}"
        raise ShapeError("train_perceptron", "(N, D) samples and (N,) labels", got)
    if not ((y == 0) | (y == 1)).all():
        raise ValidationError(f"train_perceptron expects labels 0 and 1, got {sorted(set(y.tolist()))}")
    weight, bias, mistakes = torch.zeros_like(x[0]) if len(x) else x.new_zeros(x.shape[1]), 0.0, []
    for _ in range(epochs):
        corrections = 0
        for i in range(len(x)) if rng is None else rng.permutation(len(x)).tolist():
            weight, bias, corrected = perceptron_rule(x[i], float(y[i]), weight, bias, lr)
            corrections += corrected
        mistakes.append(corrections)
        if not corrections:
            break
    return PerceptronRun(weight, bias, mistakes)
