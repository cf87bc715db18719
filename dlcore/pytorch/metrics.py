"""Numbers to report beside the loss; nothing is trained on them."""

from __future__ import annotations

import torch
from torch import Tensor

from dlcore.errors import ShapeError
from dlcore.pytorch._checks import same_shape

__all__ = ["accuracy", "binary_accuracy"]


def accuracy(logits: Tensor, target: Tensor) -> Tensor:
    """Share of samples whose largest score is the target's class.

    Parameters
    ----------
    logits : Tensor, shape (N, K)
        Scores or probabilities.
    target : Tensor, shape (N,) of int
        Class indices.

    Returns
    -------
    Tensor
        A scalar in 0..1, where the scores are, so that no GPU is waited for; nan for no samples.

    Raises
    ------
    ShapeError
        If the shapes do not fit.
    """
    if logits.ndim != 2 or target.shape != logits.shape[:1]:
        got = f"{tuple(logits.shape)} and {tuple(target.shape)}"
        raise ShapeError("accuracy", "(N, K) scores and (N,) class indices", got)
    return _share(logits.argmax(dim=1) == target)


def binary_accuracy(logits: Tensor, target: Tensor) -> Tensor:
    """Share of entries on the right side: logit above 0 exactly where the target is above ½.

    Parameters
    ----------
    logits : Tensor, any shape
        Pre-activations, before the sigmoid.
    target : Tensor, shaped as `logits`
        Zeros and ones.

    Returns
    -------
    Tensor
        A scalar in 0..1, where the scores are, so that no GPU is waited for; nan for no entries.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    same_shape("binary_accuracy", logits, target)
    return _share((logits > 0) == (target > 0.5))


def _share(right: Tensor) -> Tensor:
    return right.mean(dtype=torch.float32 if right.device.type == "mps" else torch.float64)
