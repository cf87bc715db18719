"""Loss functions: one number for a batch, and the gradient that starts the way back.

Every loss takes ``reduction``: ``"mean"``, ``"sum"`` or ``"none"``. The mean is over all terms of
the sum, as in PyTorch. Books differ: le and buduma add up over the samples, buduma with a factor
½; mmds averages over the samples but adds up the components of one output.

A probability of zero counts as the limit: 0 log 0 = 0, and a loss is infinite, never NaN, where
something happened to which the prediction gave no chance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference._checks import Array, as_floats, one_of, same_shape
from dlcore.reference.base import Pullback

__all__ = ["binary_cross_entropy", "cross_entropy", "hellinger", "huber", "kl_divergence", "mae", "mse"]

REDUCTIONS = ("mean", "sum", "none")


def reduce(terms: Array, reduction: str, count: float | None = None) -> tuple[Any, Pullback]:
    """Reduce the terms of a loss, with its pullback.

    Parameters
    ----------
    terms : ndarray, any shape
        One number for each sample or component.
    reduction : {"mean", "sum", "none"}
        What to do with them. The mean of no terms is 0, and so is its gradient.
    count : float, optional
        What the mean divides by, if not the number of terms.

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
    scale = 1.0 / (float(terms.size if count is None else count) or 1.0) if reduction == "mean" else 1.0
    loss = terms.sum() * scale
    return loss, lambda dloss=1.0: np.asarray(scale * np.asarray(dloss), terms.dtype)


def _need_chances(where: str, p: Array, highest: float = np.inf) -> None:
    """Refuse what cannot be a probability: most likely these are logits."""
    if p.size and (p.min() < 0 or p.max() > highest):
        bounds = "at least 0" if highest == np.inf else f"in 0..{highest:g}"
        raise ValidationError(f"{where}: probabilities must be {bounds}, got {p.min():g}..{p.max():g}")


def mse(prediction: ArrayLike, target: ArrayLike, reduction: str = "mean") -> tuple[Any, Pullback]:
    """Squared error: L = (ŷ - y)², averaged over all components.  [mmds 13.2.8, rawassizadeh 10]

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


def mae(prediction: ArrayLike, target: ArrayLike, reduction: str = "mean") -> tuple[Any, Pullback]:
    """Absolute error: L = |ŷ - y|, which outliers move less than the square.  [rawassizadeh 10]

    The derivative where ŷ = y is 0, as in PyTorch, which calls it ``l1_loss``.

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
        If the shapes differ.
    """
    prediction, target = as_floats(prediction), as_floats(target)
    same_shape("mae", prediction, target)
    error = prediction - target
    loss, reduce_back = reduce(np.abs(error), reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        dprediction = np.sign(error) * reduce_back(dloss)
        return dprediction, -dprediction

    return loss, back


def huber(
    prediction: ArrayLike, target: ArrayLike, reduction: str = "mean", delta: float = 1.0
) -> tuple[Any, Pullback]:
    """Huber loss: ½ e² for an error |e| ≤ δ, beyond it the line δ (|e| - ½ δ).  [mmds 13.2.8]

    mmds leaves out the ½: its loss is twice this one. With c = e clipped to ±δ the loss is
    c (e - ½ c) and its derivative is c.

    Parameters
    ----------
    prediction, target : array_like, one shape
        Outputs ŷ and targets y.
    reduction : {"mean", "sum", "none"}
        How the terms become one number.
    delta : float, default 1.0
        Error δ > 0 from which on the loss grows like a line.

    Returns
    -------
    loss : ndarray
        A scalar, or one number a component.
    back : callable
        ``back(dloss=1.0) -> (dprediction, dtarget)``.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValidationError
        If `delta` is not positive.
    """
    prediction, target = as_floats(prediction), as_floats(target)
    same_shape("huber", prediction, target)
    if not delta > 0:
        raise ValidationError(f"huber: delta must be positive, got {delta}")
    error = prediction - target
    clipped = np.clip(error, -delta, delta)
    loss, reduce_back = reduce(clipped * (error - 0.5 * clipped), reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        dprediction = clipped * reduce_back(dloss)
        return dprediction, -dprediction

    return loss, back


def times_log(x: Array, p: Array) -> tuple[Array, Pullback]:
    """Product x log p with 0 log 0 = 0, where both derivatives count as 0 too.

    Parameters
    ----------
    x, p : ndarray, one shape
        Factor, and what the logarithm is taken of, at least 0.

    Returns
    -------
    y : ndarray
        Minus infinity where p = 0 < x.
    back : callable
        ``back(dy) -> (dx, dp)``.
    """
    safe = np.where((x == 0) & (p == 0), 1, p)
    with np.errstate(divide="ignore"):
        log = np.log(safe)

    def back(dy: Array) -> tuple[Array, Array]:
        with np.errstate(divide="ignore"):
            return dy * log, dy * (x / safe)

    return x * log, back


def cross_entropy(
    logits: ArrayLike,
    target: ArrayLike,
    reduction: str = "mean",
    *,
    weight: ArrayLike | None = None,
    ignore_index: int = -100,
    from_logits: bool = True,
) -> tuple[Any, Pullback]:
    """Cross-entropy of softmax(logits): L = -Σₖ yₖ log pₖ, with ∂L/∂z = p - y.  [mmds 13.2.9]

    The logarithm is natural; divide by log 2 for bits. The entropy of p is
    ``cross_entropy(p, p, from_logits=False)``.

    Parameters
    ----------
    logits : array_like, shape (N, K) or (N, K, ...)
        Scores z, before softmax; classes on axis 1, as in PyTorch.
    target : array_like, shape (N, ...) of int or (N, K, ...) of float
        Class indices, or probabilities that sum to one over the classes.
    reduction : {"mean", "sum", "none"}
        How the terms become one number. With class indices the mean divides by the sum of the
        targets' label weights, so ignored ones do not count.
    weight : array_like, shape (K,), optional
        One factor a class, for classes that are rare. It has no gradient.
    ignore_index : int, default -100
        Class index that adds nothing to loss and gradient, such as padding.
    from_logits : bool, default True
        If False, `logits` are probabilities p, at least 0. Where p = 0 < y the loss is infinite.

    Returns
    -------
    loss : ndarray
        A scalar in nats, or one number a target.
    back : callable
        ``back(dloss=1.0) -> (dlogits, dtarget)``; ``dtarget`` is None for class indices.

    Raises
    ------
    ShapeError
        If `logits` is not (N, K, ...), or `target` or `weight` does not fit it.
    ValidationError
        If a class index is not in 0..K-1, or a probability is negative.
    """
    logits, target = as_floats(logits), np.asarray(target)
    if logits.ndim < 2 or logits.shape[1] == 0:
        raise ShapeError("cross_entropy", "logits of shape (N, K) or (N, K, ...)", logits.shape)
    if weight is not None:
        weight = _label_weights(weight, logits)
    if not from_logits:
        _need_chances("cross_entropy(from_logits=False)", logits)
    if target.dtype.kind in "iu":
        terms, rows_back, count = _of_labels(logits, target, weight, ignore_index, from_logits)
    else:
        terms, rows_back, count = _of_distributions(logits, target, weight, from_logits)
    loss, reduce_back = reduce(terms.reshape(logits.shape[:1] + logits.shape[2:]), reduction, count)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array | None]:
        drows, dtarget = rows_back(np.reshape(reduce_back(dloss), (-1, 1)))
        return _from_rows(drows, logits), None if dtarget is None else _from_rows(dtarget, logits)

    return loss, back


def _as_rows(z: Array) -> Array:
    """(N, K, ...) to one row of K a target."""
    return z.transpose(0, *range(2, z.ndim), 1).reshape(-1, z.shape[1])


def _from_rows(rows: Array, like: Array) -> Array:
    n, k, *rest = like.shape
    return rows.reshape(n, *rest, k).transpose(0, like.ndim - 1, *range(1, like.ndim - 1))


def _label_weights(weight: ArrayLike, logits: Array) -> Array:
    weight = np.asarray(weight, logits.dtype)
    if weight.shape != logits.shape[1:2]:
        raise ShapeError("cross_entropy", f"label weights of shape ({logits.shape[1]},)", weight.shape)
    return weight


def _labels(target: Array, k: int, weight: Array | None, ignore_index: int) -> tuple[Array, Array | None]:
    """Class index and weight of each target; no weights where all are 1."""
    low, high = (target.min(), target.max()) if target.size else (0, 0)
    if low >= 0 and high < k and weight is None and not low <= ignore_index <= high:
        return target, None
    kept = target != ignore_index
    labels = np.where(kept, target, 0)
    if labels.size and not (labels.min() >= 0 and labels.max() < k):
        raise ValidationError(
            f"cross_entropy: class indices must be in 0..{k - 1}, got {labels.min()}..{labels.max()}"
        )
    return labels, kept * (1.0 if weight is None else weight[labels])


def _of_labels(
    logits: Array, target: Array, weight: Array | None, ignore_index: int, from_logits: bool
) -> tuple[Array, Pullback, float]:
    """Terms, their pullback to the rows, and what the mean divides by."""
    n, k, *rest = logits.shape
    if target.shape != (n, *rest):
        expected = f"{(n, *rest)} class indices or {logits.shape} probabilities"
        raise ShapeError("cross_entropy", expected, target.shape)
    labels, weights = _labels(target.reshape(-1), k, weight, ignore_index)
    count = labels.size if weights is None else float(weights.sum())
    if from_logits:
        cast = None if weights is None else weights.astype(logits.dtype, copy=False)
        return *_label_terms(_as_rows(logits), labels, cast), count
    rows = np.zeros((labels.size, k), logits.dtype)
    rows[np.arange(labels.size), labels] = 1.0 if weights is None else weights
    terms, rows_back = _chance_terms(_as_rows(logits), rows)
    return terms, lambda dterms: (rows_back(dterms)[0], None), count


def _label_terms(rows: Array, labels: Array, weights: Array | None) -> tuple[Array, Pullback]:
    """-w log pₜ = w (log Σₖ e^zₖ - zₜ), row by row, with nothing computed twice."""
    n = np.arange(len(labels))
    below = rows - rows[n, rows.argmax(axis=1), None]
    e = np.exp(below)
    sums = np.einsum("nk->n", e)
    terms = np.log(sums) - below[n, labels]

    def back(dterms: Array) -> tuple[Array, None]:
        d = dterms if weights is None else dterms * weights[:, None]
        drows = e * (d / sums[:, None])
        drows[n, labels] -= d[:, 0]
        return drows, None

    return terms if weights is None else terms * weights, back


def _of_distributions(
    logits: Array, target: Array, weight: Array | None, from_logits: bool
) -> tuple[Array, Pullback, float]:
    same_shape("cross_entropy", logits, target, "probability targets have one entry a class")
    factor = 1.0 if weight is None else weight
    rows, y = _as_rows(logits), _as_rows(target.astype(logits.dtype, copy=False)) * factor
    terms, rows_back = (_distribution_terms if from_logits else _chance_terms)(rows, y)

    def back(dterms: Array) -> tuple[Array, Array]:
        drows, dy = rows_back(dterms)
        return drows, dy * factor

    return terms, back, len(rows)


def _distribution_terms(rows: Array, y: Array) -> tuple[Array, Pullback]:
    below = rows - rows[np.arange(len(rows)), rows.argmax(axis=1), None]
    log_p = below - np.log(np.einsum("nk->n", np.exp(below)))[:, None]

    def back(dterms: Array) -> tuple[Array, Array]:
        mass = np.einsum("nk->n", y)[:, None]
        return dterms * (np.exp(log_p) * mass - y), -dterms * log_p

    return -np.einsum("nk,nk->n", y, log_p), back


def _chance_terms(p: Array, y: Array) -> tuple[Array, Pullback]:
    y_log_p, log_back = times_log(y, p)

    def back(dterms: Array) -> tuple[Array, Array]:
        dy, dp = log_back(np.broadcast_to(-dterms, p.shape))
        return dp, dy

    return -np.einsum("nk->n", y_log_p), back


def binary_cross_entropy(
    logits: ArrayLike, target: ArrayLike, reduction: str = "mean", *, from_logits: bool = True
) -> tuple[Any, Pullback]:
    """Cross-entropy of σ(logits) for yes-or-no targets, with ∂L/∂z = σ(z) - y.  [rawassizadeh 10, burkov 6]

    L = -y log σ(z) - (1 - y) log(1 - σ(z)), computed as max(z, 0) - y z + log(1 + e^-|z|).
    PyTorch calls it ``binary_cross_entropy_with_logits``; rawassizadeh adds up the terms.

    Parameters
    ----------
    logits : array_like, any shape
        Pre-activations z, before the sigmoid.
    target : array_like, shaped as `logits`
        Probabilities of "yes", in [0, 1].
    reduction : {"mean", "sum", "none"}
        How the terms become one number.
    from_logits : bool, default True
        If False, `logits` are probabilities p of "yes", in [0, 1]. A certain prediction that is
        wrong costs infinity (PyTorch stops at 100), a right one nothing.

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
    ValidationError
        If ``from_logits=False`` and a probability is not in [0, 1].
    """
    z, target = as_floats(logits), np.asarray(target)
    same_shape("binary_cross_entropy", z, target)
    target = target.astype(z.dtype, copy=False)
    if not from_logits:
        return _binary_chances(z, target, reduction)
    loss, reduce_back = reduce(np.maximum(z, 0) - target * z + np.log1p(np.exp(-np.abs(z))), reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        dterms = reduce_back(dloss)
        return dterms * (0.5 * np.tanh(0.5 * z) + 0.5 - target), -dterms * z

    return loss, back


def _binary_chances(p: Array, y: Array, reduction: str) -> tuple[Any, Pullback]:
    _need_chances("binary_cross_entropy(from_logits=False)", p, highest=1)
    yes, yes_back = times_log(y, p)
    no, no_back = times_log(1.0 - y, 1.0 - p)
    loss, reduce_back = reduce(-yes - no, reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        dterms = reduce_back(dloss)
        (dyes, dp), (dno, dq) = yes_back(dterms), no_back(dterms)
        return dq - dp, dno - dyes

    return loss, back


def kl_divergence(p: ArrayLike, q: ArrayLike, reduction: str = "mean") -> tuple[Any, Pullback]:
    """Kullback-Leibler divergence: D(p‖q) = Σₖ pₖ log(pₖ / qₖ) in nats.  [mmds 13.2.9, rawassizadeh 10]

    The cross-entropy of q less the entropy of p, so both have the same gradient with respect to q.
    Not symmetric: p is the truth, q the prediction. PyTorch's ``kl_div`` takes log q first, then p,
    and this mean is its ``"batchmean"``.

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        Distributions along the last axis, at least 0.
    reduction : {"mean", "sum", "none"}
        How the divergences of the rows become one number.

    Returns
    -------
    loss : ndarray
        A scalar, or one number a row; infinite where q = 0 < p. A term with p = 0 counts 0.
    back : callable
        ``back(dloss=1.0) -> (dp, dq)``. At p = 0, where the derivative with respect to p is minus
        infinity, ``dp`` is 0: what is impossible stays so.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValidationError
        If a probability is negative.
    """
    p, q = _distributions("kl_divergence", p, q)
    possible = p > 0
    safe_q = np.where(possible, q, 1)
    with np.errstate(divide="ignore"):
        log_ratio = np.log(np.where(possible, p, 1)) - np.log(safe_q)
    loss, reduce_back = reduce((p * log_ratio).sum(axis=-1), reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        drows = reduce_back(dloss)[..., None]
        with np.errstate(divide="ignore"):
            return drows * (log_ratio + possible.astype(p.dtype)), -drows * (p / safe_q)

    return loss, back


def hellinger(
    p: ArrayLike, q: ArrayLike, reduction: str = "mean", *, squared: bool = False
) -> tuple[Any, Pullback]:
    """Hellinger distance: H(p, q) = √(½ Σₖ (√pₖ - √qₖ)²), in 0..1.  [rawassizadeh 10]

    The book trains on H², which saves a root; ``squared=True`` gives that. With the Bhattacharyya
    coefficient BC = Σₖ √(pₖ qₖ) of two distributions H² = 1 - BC.

    Parameters
    ----------
    p, q : array_like, shape (..., K)
        Distributions along the last axis, at least 0.
    reduction : {"mean", "sum", "none"}
        How the distances of the rows become one number.
    squared : bool, default False
        Whether to leave out the outer root.

    Returns
    -------
    loss : ndarray
        A scalar, or one number a row.
    back : callable
        ``back(dloss=1.0) -> (dp, dq)``. Where p = 0 < q, ``dp`` is minus infinity, and the other
        way round. The distance has a kink where p and q are equal: its gradient there is 0.

    Raises
    ------
    ShapeError
        If the shapes differ.
    ValidationError
        If a probability is negative.
    """
    p, q = _distributions("hellinger", p, q)
    root_p, root_q = np.sqrt(p), np.sqrt(q)
    gap = root_p - root_q
    square = 0.5 * (gap * gap).sum(axis=-1)
    distance = np.sqrt(square)
    loss, reduce_back = reduce(square if squared else distance, reduction)

    def back(dloss: ArrayLike = 1.0) -> tuple[Array, Array]:
        dsquare = np.broadcast_to(reduce_back(dloss), square.shape)
        if not squared:
            dsquare = np.where(square > 0, 0.5 * dsquare / np.where(square > 0, distance, 1), 0)
        drows = 0.5 * dsquare[..., None]
        return drows * (1.0 - _ratio(root_q, root_p)), drows * (1.0 - _ratio(root_p, root_q))

    return loss, back


def _ratio(a: Array, b: Array) -> Array:
    """Quotient a / b with 0 / 0 = 0."""
    with np.errstate(divide="ignore"):
        ratio: Array = a / np.where(a == 0, 1, b)
    return ratio


def _distributions(where: str, p: ArrayLike, q: ArrayLike) -> tuple[Array, Array]:
    p, q = as_floats(p), as_floats(q)
    same_shape(where, p, q, "one row of q for each row of p")
    if p.ndim == 0:
        raise ShapeError(where, "rows of shape (..., K)", p.shape)
    _need_chances(where, p)
    _need_chances(where, q)
    return p, q
