"""Loss functions: one number for a batch; see the reference for conventions."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from dlcore.errors import ShapeError, ValidationError
from dlcore.pytorch._checks import one_of, same_shape

__all__ = ["binary_cross_entropy", "cross_entropy", "mse"]

REDUCTIONS = ("mean", "sum", "none")


def reduce(terms: Tensor, reduction: str) -> Tensor:
    """Reduce the terms of a loss.

    Parameters
    ----------
    terms : Tensor, any shape
        One number for each sample or component.
    reduction : {"mean", "sum", "none"}
        What to do with them. The mean of no terms is 0.

    Returns
    -------
    Tensor
        A scalar, or `terms` itself.
    """
    one_of("a loss", "reduction", reduction, REDUCTIONS)
    if reduction == "none":
        return terms
    return terms.sum() / max(terms.numel(), 1) if reduction == "mean" else terms.sum()


def mse(prediction: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """Squared error: L = (ŷ - y)², averaged over all components.  [mmds 13.2.6, burkov 6]

    Parameters
    ----------
    prediction, target : Tensor, one shape
        Outputs ŷ and targets y.
    reduction : {"mean", "sum", "none"}
        How the terms become one number.

    Returns
    -------
    Tensor
        A scalar, or one number a component.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    same_shape("mse", prediction, target)
    return reduce((prediction - target) ** 2, reduction)


def cross_entropy(logits: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """Cross-entropy of softmax(logits): L = -Σₖ yₖ log pₖ.  [mmds 13.2.7]

    Parameters
    ----------
    logits : Tensor, shape (N, K)
        Scores z, before softmax.
    target : Tensor, shape (N,) of int or (N, K) of float
        Class indices, or probabilities that sum to one in each row.
    reduction : {"mean", "sum", "none"}
        How the N terms become one number.

    Returns
    -------
    Tensor
        A scalar in nats, or one number a sample.

    Raises
    ------
    ShapeError
        If `logits` is not (N, K), or `target` fits neither form.
    ValidationError
        If a class index is not in 0..K-1 (checked on the CPU only: it would stop a GPU).
    """
    if logits.ndim != 2:
        raise ShapeError("cross_entropy", "logits of shape (N, K)", tuple(logits.shape))
    if target.is_floating_point():
        same_shape("cross_entropy", logits, target, "probability targets have one entry a class")
        return reduce(-(target * F.log_softmax(logits, dim=1)).sum(dim=1), reduction)
    n, k = logits.shape
    if target.shape != (n,):
        got = tuple(target.shape)
        raise ShapeError("cross_entropy", f"({n},) class indices or ({n}, {k}) probabilities", got)
    if n and target.device.type == "cpu" and not (target.min() >= 0 and target.max() < k):
        raise ValidationError(
            f"cross_entropy: class indices must be in 0..{k - 1}, got {target.min()}..{target.max()}"
        )
    return reduce(F.cross_entropy(logits, target.long(), reduction="none"), reduction)


def binary_cross_entropy(logits: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """Cross-entropy of σ(logits) for yes-or-no targets.  [mmds 13.2.7, burkov 6]

    PyTorch calls it ``binary_cross_entropy_with_logits``.

    Parameters
    ----------
    logits : Tensor, any shape
        Pre-activations z, before the sigmoid.
    target : Tensor, shaped as `logits`
        Probabilities of "yes", in [0, 1].
    reduction : {"mean", "sum", "none"}
        How the terms become one number.

    Returns
    -------
    Tensor
        A scalar in nats, or one number an entry.

    Raises
    ------
    ShapeError
        If the shapes differ.
    """
    same_shape("binary_cross_entropy", logits, target)
    terms = F.binary_cross_entropy_with_logits(logits, target.to(logits.dtype), reduction="none")
    return reduce(terms, reduction)
