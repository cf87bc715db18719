"""Loss functions: one number for a batch; see the reference for conventions."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from dlcore.errors import ShapeError, ValidationError
from dlcore.pytorch._checks import one_of, same_shape

__all__ = ["binary_cross_entropy", "cross_entropy", "hellinger", "huber", "kl_divergence", "mae", "mse"]

REDUCTIONS = ("mean", "sum", "none")


def reduce(terms: Tensor, reduction: str, count: Tensor | None = None) -> Tensor:
    """Reduce the terms of a loss.

    Parameters
    ----------
    terms : Tensor, any shape
        One number for each sample or component.
    reduction : {"mean", "sum", "none"}
        What to do with them. The mean of no terms is 0.
    count : Tensor, optional
        What the mean divides by, if not the number of terms.

    Returns
    -------
    Tensor
        A scalar, or `terms` itself.
    """
    one_of("a loss", "reduction", reduction, REDUCTIONS)
    if reduction == "none":
        return terms
    if reduction == "sum":
        return terms.sum()
    return terms.sum() / (max(terms.numel(), 1) if count is None else torch.where(count == 0, 1, count))


def _need_chances(where: str, p: Tensor, highest: float = torch.inf) -> None:
    """Refuse what cannot be a probability (checked on the CPU only: it would stop a GPU)."""
    if p.device.type == "cpu" and p.numel() and (p.min() < 0 or p.max() > highest):
        bounds = "at least 0" if highest == torch.inf else f"in 0..{highest:g}"
        raise ValidationError(f"{where}: probabilities must be {bounds}, got {p.min():g}..{p.max():g}")


def mse(prediction: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """Squared error: L = (ŷ - y)², averaged over all components.  [mmds 13.2.8, rawassizadeh 10]

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


def mae(prediction: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """Absolute error: L = |ŷ - y|.  [rawassizadeh 10]

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
    same_shape("mae", prediction, target)
    return reduce((prediction - target).abs(), reduction)


def huber(prediction: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """Huber loss: ½ e² for an error |e| ≤ δ, beyond it the line δ (|e| - ½ δ).  [mmds 13.2.8]

    Parameters
    ----------
    prediction, target : Tensor, one shape
        Outputs ŷ and targets y.
    reduction : {"mean", "sum", "none"}
        How the terms become one number.
    delta : float, default 1.0
        Error δ > 0 from which on the loss grows like a line.

    Returns
    -------
    Tensor
        A scalar, or one number a component.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValidationError
        If `delta` is not positive.
    """
    same_shape("huber", prediction, target)
    if not delta > 0:
        raise ValidationError(f"huber: delta must be positive, got {delta}")
    return reduce(F.huber_loss(prediction, target, reduction="none", delta=delta), reduction)


def times_log(x: Tensor, p: Tensor) -> Tensor:
    """Product x log p with 0 log 0 = 0, where both derivatives count as 0 too.

    Parameters
    ----------
    x, p : Tensor, one shape
        Factor, and what the logarithm is taken of, at least 0.

    Returns
    -------
    Tensor
        Minus infinity where p = 0 < x.
    """
    return x * torch.where((x == 0) & (p == 0), 1, p).log()


def cross_entropy(
    logits: Tensor,
    target: Tensor,
    reduction: str = "mean",
    *,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    from_logits: bool = True,
) -> Tensor:
    """Cross-entropy of softmax(logits): L = -Σₖ yₖ log pₖ.  [mmds 13.2.9]

    Parameters
    ----------
    logits : Tensor, shape (N, K) or (N, K, ...)
        Scores z, before softmax; classes on axis 1.
    target : Tensor, shape (N, ...) of int or (N, K, ...) of float
        Class indices, or probabilities that sum to one over the classes.
    reduction : {"mean", "sum", "none"}
        How the terms become one number. With class indices the mean divides by the sum of the
        targets' label weights, so ignored ones do not count.
    weight : Tensor, shape (K,), optional
        One factor a class.
    ignore_index : int, default -100
        Class index that adds nothing to loss and gradient, such as padding.
    from_logits : bool, default True
        If False, `logits` are probabilities p, at least 0. Where p = 0 < y the loss is infinite.

    Returns
    -------
    Tensor
        A scalar in nats, or one number a target.

    Raises
    ------
    ShapeError
        If `logits` is not (N, K, ...), or `target` or `weight` does not fit it.
    ValidationError
        If a class index is not in 0..K-1, or a probability is negative (both checked on the CPU
        only: it would stop a GPU).
    """
    if logits.ndim < 2 or logits.shape[1] == 0:
        raise ShapeError("cross_entropy", "logits of shape (N, K) or (N, K, ...)", tuple(logits.shape))
    k = logits.shape[1]
    if weight is not None and tuple(weight.shape) != (k,):
        raise ShapeError("cross_entropy", f"label weights of shape ({k},)", tuple(weight.shape))
    if not from_logits:
        _need_chances("cross_entropy(from_logits=False)", logits)
    count = None
    if target.is_floating_point():
        same_shape("cross_entropy", logits, target, "probability targets have one entry a class")
    else:
        target, count = _spread_labels(target, logits, weight, ignore_index)
    y = target if weight is None else target * weight.to(logits).view(-1, *[1] * (logits.ndim - 2))
    terms = y * F.log_softmax(logits, dim=1) if from_logits else times_log(y, logits)
    return reduce(-terms.sum(dim=1), reduction, count)


def _spread_labels(
    labels: Tensor, logits: Tensor, weight: Tensor | None, ignore_index: int
) -> tuple[Tensor, Tensor]:
    """Class indices as rows of one 1, ignored ones as rows of zeros; and the sum of their weights."""
    n, k, *rest = logits.shape
    if tuple(labels.shape) != (n, *rest):
        expected = f"{(n, *rest)} class indices or {tuple(logits.shape)} probabilities"
        raise ShapeError("cross_entropy", expected, tuple(labels.shape))
    kept = labels != ignore_index
    labels = torch.where(kept, labels, 0).long()
    if labels.numel() and labels.device.type == "cpu" and not (labels.min() >= 0 and labels.max() < k):
        raise ValidationError(
            f"cross_entropy: class indices must be in 0..{k - 1}, got {labels.min()}..{labels.max()}"
        )
    factors = kept.to(logits.dtype)
    count = (factors if weight is None else factors * weight.to(logits)[labels]).sum()
    spread = torch.zeros_like(logits).scatter(1, labels.unsqueeze(1), factors.unsqueeze(1))
    return spread, count


def binary_cross_entropy(
    logits: Tensor, target: Tensor, reduction: str = "mean", *, from_logits: bool = True
) -> Tensor:
    """Cross-entropy of σ(logits) for yes-or-no targets.  [rawassizadeh 10, burkov 6]

    PyTorch calls it ``binary_cross_entropy_with_logits``.

    Parameters
    ----------
    logits : Tensor, any shape
        Pre-activations z, before the sigmoid.
    target : Tensor, shaped as `logits`
        Probabilities of "yes", in [0, 1].
    reduction : {"mean", "sum", "none"}
        How the terms become one number.
    from_logits : bool, default True
        If False, `logits` are probabilities p of "yes", in [0, 1].

    Returns
    -------
    Tensor
        A scalar in nats, or one number an entry.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValidationError
        If ``from_logits=False`` and a probability is not in [0, 1] (checked on the CPU only).
    """
    same_shape("binary_cross_entropy", logits, target)
    y = target.to(logits.dtype)
    if from_logits:
        return reduce(F.binary_cross_entropy_with_logits(logits, y, reduction="none"), reduction)
    _need_chances("binary_cross_entropy(from_logits=False)", logits, highest=1)
    return reduce(-times_log(y, logits) - times_log(1 - y, 1 - logits), reduction)


def kl_divergence(p: Tensor, q: Tensor, reduction: str = "mean") -> Tensor:
    """Kullback-Leibler divergence: D(p‖q) = Σₖ pₖ log(pₖ / qₖ) in nats.  [mmds 13.2.9, rawassizadeh 10]

    Parameters
    ----------
    p, q : Tensor, shape (..., K)
        Distributions along the last axis, at least 0.
    reduction : {"mean", "sum", "none"}
        How the divergences of the rows become one number.

    Returns
    -------
    Tensor
        A scalar, or one number a row; infinite where q = 0 < p.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValidationError
        If a probability is negative (checked on the CPU only).
    """
    _need_distributions("kl_divergence", p, q)
    possible = p > 0
    log_ratio = torch.where(possible, p, 1).log() - torch.where(possible, q, 1).log()
    return reduce((p * log_ratio).sum(dim=-1), reduction)


def hellinger(p: Tensor, q: Tensor, reduction: str = "mean", *, squared: bool = False) -> Tensor:
    """Hellinger distance: H(p, q) = √(½ Σₖ (√pₖ - √qₖ)²), in 0..1.  [rawassizadeh 10]

    Parameters
    ----------
    p, q : Tensor, shape (..., K)
        Distributions along the last axis, at least 0.
    reduction : {"mean", "sum", "none"}
        How the distances of the rows become one number.
    squared : bool, default False
        Whether to leave out the outer root.

    Returns
    -------
    Tensor
        A scalar, or one number a row.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValidationError
        If a probability is negative (checked on the CPU only).
    """
    _need_distributions("hellinger", p, q)
    nothing = (p == 0) & (q == 0)  # where autograd would multiply 0 by the infinite slope of the root
    gap = torch.where(nothing, 1, p).sqrt() - torch.where(nothing, 1, q).sqrt()
    square = torch.where(nothing, 0.5 * (p + q), 0.5 * gap**2).sum(dim=-1)
    if squared:
        return reduce(square, reduction)
    return reduce(torch.where(square > 0, torch.where(square > 0, square, 1).sqrt(), 0), reduction)


def _need_distributions(where: str, p: Tensor, q: Tensor) -> None:
    same_shape(where, p, q, "one row of q for each row of p")
    if p.ndim == 0:
        raise ShapeError(where, "rows of shape (..., K)", tuple(p.shape))
    _need_chances(where, p)
    _need_chances(where, q)
