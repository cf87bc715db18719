"""A dense layer, softmax and cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcore.exercises.engine import Change, Function, Pullback, Slip

__all__ = ["cross_entropy", "dense", "softmax"]

# A dense layer and its pullback.


def _dense(x, weight, bias):  # type: ignore[no-untyped-def]
    y = x @ weight.T + bias

    def back(dy):  # type: ignore[no-untyped-def]
        return dy @ weight, dy.T @ x, dy.sum(axis=0)

    return y, back


def _dense_einsum(x: Any, weight: Any, bias: Any) -> Any:
    def _back(dy: Any) -> Any:
        dweight = np.einsum("nk,nd->kd", dy, x)
        return np.einsum("nk,kd->nd", dy, weight), dweight, np.einsum("nk->k", dy)

    return np.einsum("nd,kd->nk", x, weight) + bias, _back


def _dense_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    n, d, k = size, size + 1, size + 2
    return rng.normal(size=(n, d)), rng.normal(size=(k, d)), rng.normal(size=k)


def _dense_with(gradients: Any) -> Any:
    """Return the operation with other gradients: ``gradients(x, weight, dy)``."""
    return lambda x, weight, bias: (x @ weight.T + bias, lambda dy: gradients(x, weight, dy))


dense = Pullback(
    id="ours-dense-pullback",
    title="A dense layer, forward and backward",
    statement="Write `dense(x, weight, bias)`: y = x Wᵀ + b for a batch x of shape (N, D), weight (K, D) and "
    "bias (K,). Return y and a function `back(dy)` that returns the gradients of x, weight and bias.",
    stub="def dense(x, weight, bias):\n    y = ...\n\n    def back(dy):\n        return ...\n\n"
    "    return y, back\n",
    points=3,
    reference=_dense,
    also=(_dense_einsum,),
    inputs=_dense_inputs,
    corners=((np.ones((0, 2)), np.ones((3, 2)), np.ones(3)),),
    hints=(
        "Every gradient has the shape of what it belongs to. Which products of dy (N, K), x (N, D) and "
        "the weights (K, D) have those shapes?",
        "Entry (n, k) of y holds weight (k, d) times x (n, d). So weight (k, d) meets dy (n, k) through "
        "x (n, d), once for every sample n.",
        "The bias is used once a sample, so its gradient adds up over the batch.",
        "dx = dy @ weight, dweight = dy.T @ x, dbias = dy.sum(axis=0).",
    ),
    slips=(
        Slip(
            "weight transposed",
            _dense_with(lambda x, w, dy: (dy @ w, x.T @ dy, dy.sum(axis=0))),
            says="The gradient of `weight` is transposed: it must have the shape of `weight`, one row a "
            "unit.",
            hint="Compare the shape of your gradient with weight.shape.",
        ),
        Slip(
            "bias not summed",
            _dense_with(lambda x, w, dy: (dy @ w, dy.T @ x, dy)),
            says="The gradient of `bias` has one row a sample: the bias serves all samples, so sum over "
            "them.",
            hint="bias has shape (K,), dy has shape (N, K). Which axis has to go?",
        ),
        Slip(
            "averaged over the batch",
            _dense_with(lambda x, w, dy: (dy @ w, dy.T @ x / len(x), dy.mean(axis=0))),
            says="The parameters' gradients are divided by N. If the cost is a mean, dy has that 1/N "
            "already.",
            hint="Where does the 1/N of a mean enter: in the loss, or in every layer below it?",
        ),
        Slip(
            "bias forgotten",
            lambda x, w, b: (x @ w.T, lambda dy: (dy @ w, dy.T @ x, dy.sum(axis=0))),
            says="The value y lacks the bias.",
            hint="Try an input of zeros: what must come out?",
        ),
    ),
    because="y is linear in each argument, so every gradient is dy times the other factor, summed over the "
    "indices that the argument does not have.",
)

# Softmax along an axis.


def _softmax(z, axis):  # type: ignore[no-untyped-def]
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def _softmax_loop(z: Any, axis: int) -> Any:
    def _row(values: Any) -> Any:
        top = max(values)
        powers = [np.exp(v - top) for v in values]
        return np.array([p / sum(powers) for p in powers])

    return np.apply_along_axis(_row, axis, z)


def _softmax_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    shape = (size, size + 1) if size < 4 else (2, size, 3)
    return rng.normal(size=shape), int(rng.integers(len(shape)))


def _softmax_of(axis_used: Any, *, shift: bool = True) -> Any:
    def _wrong(z: Any, axis: int) -> Any:
        powers = np.exp(z - z.max(axis=axis, keepdims=True) if shift else z)
        return powers / powers.sum(axis=axis_used(z, axis), keepdims=True)

    return _wrong


softmax = Function(
    id="ours-softmax",
    title="Softmax along an axis",
    statement="Write `softmax(z, axis)`: exp(z) divided by its sum along `axis`, for an array of any shape "
    "and "
    "for numbers as large as 1000.",
    stub="def softmax(z, axis):\n    ...\n",
    points=2,
    reference=_softmax,
    also=(_softmax_loop,),
    inputs=_softmax_inputs,
    corners=(
        (np.array([[1000.0, 0.0], [-1000.0, -1001.0]]), 1),
        (np.array([[1.0, 2.0], [4.0, 8.0]]), 0),
        (np.array([[1000.0, 0.0, 0.0, 0.0]]), 1),
    ),
    hints=(
        "What must add up to 1: all entries, or those along the axis?",
        "To divide, the sum must keep its axis with length one, so that it broadcasts.",
        "exp(1000) is infinite. Adding one number to all entries along the axis changes nothing: "
        "which number makes the largest exponent 0?",
        "powers = np.exp(z - z.max(axis=axis, keepdims=True)); "
        "return powers / powers.sum(axis=axis, keepdims=True)",
    ),
    slips=(
        Slip(
            "overflow",
            _softmax_of(lambda z, axis: axis, shift=False),
            says="For large numbers exp overflows and the quotient is NaN: subtract the maximum along the "
            "axis first.",
            hint="Softmax does not change when the same number is subtracted from all entries along the "
            "axis.",
        ),
        Slip(
            "summed over everything",
            _softmax_of(lambda z, axis: None),
            says="You divide by the sum of all entries, so only the whole array adds up to 1.",
            hint="Every slice along the axis is a distribution of its own.",
        ),
        Slip(
            "always the last axis",
            _softmax_of(lambda z, axis: -1),
            says="You always sum along the last axis, whatever `axis` says.",
            hint="Try axis=0 on a matrix and add up a column.",
        ),
        Slip(
            "axis lost",
            lambda z, axis: (
                np.exp(z - z.max(axis=axis, keepdims=True)) / np.exp(z - z.max(axis=axis)).sum(axis=axis)
            ),
            says="The sum along the axis has lost that axis, so it broadcasts along the wrong one or not "
            "at all.",
            hint="Look up keepdims.",
        ),
        Slip(
            "overflow + summed over everything",
            _softmax_of(lambda z, axis: None, shift=False),
            says="Two things: you divide by the sum of all entries instead of the sum along the axis, and "
            "for "
            "large numbers exp overflows.",
            hint="First make every slice along the axis add up to 1, then try z = 1000.",
        ),
    ),
    because="The shift by the maximum cancels in the quotient and keeps every exponent at or below 0.",
)

# Cross-entropy from logits.


def _cross_entropy(logits, labels):  # type: ignore[no-untyped-def]
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_chances = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_chances[np.arange(len(labels)), labels].mean()


def _cross_entropy_loop(logits: Any, labels: Any) -> float:
    total = 0.0
    for row, label in zip(logits, labels, strict=True):
        top = max(row)
        total += top + np.log(sum(np.exp(v - top) for v in row)) - row[label]
    return total / len(labels)


def _cross_entropy_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    n, k = size, size + 1
    return 2 * rng.normal(size=(n, k)), rng.integers(k, size=n)


def _cross_entropy_naive(logits: Any, labels: Any) -> Any:
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return -np.log(chances[np.arange(len(labels)), labels]).mean()


cross_entropy = Function(
    id="ours-cross-entropy",
    title="Cross-entropy from logits",
    statement="Write `cross_entropy(logits, labels)`: the mean over the batch of -ln "
    "softmax(logits)[label], for "
    "logits of shape (N, K), as large as 1000, and whole-number labels of shape (N,).",
    stub="def cross_entropy(logits, labels):\n    ...\n",
    points=2,
    reference=_cross_entropy,
    also=(_cross_entropy_loop,),
    inputs=_cross_entropy_inputs,
    corners=(
        (np.array([[1000.0, 0.0], [0.0, 1000.0], [0.0, -1000.0]]), np.array([1, 1, 0])),
        (np.array([[1000.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1000.0]]), np.array([1, 3])),
    ),
    hints=(
        "Only the entry of the label counts in each row. Indexing with two arrays takes one entry a row.",
        "ln softmax(z) can be written without a quotient: z minus the logarithm of a sum.",
        "In that sum, take the row's maximum out of the exponents and add it again outside of the logarithm.",
        "shifted = logits - logits.max(axis=1, keepdims=True); "
        "log_chances = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)); "
        "return -log_chances[np.arange(len(labels)), labels].mean()",
    ),
    slips=(
        Slip(
            "logarithm of zero",
            _cross_entropy_naive,
            says="Right for small logits, but for large ones exp overflows, or a chance is rounded to 0 "
            "and its "
            "logarithm is infinite.",
            hint="Do not compute the chance first: ln softmax(z) = z - ln Σ exp(z).",
        ),
        Change(
            "sum",
            lambda loss, logits, labels: loss * len(labels),
            says="You add up over the batch; the exercise asks for the mean.",
            hint="Twice the same batch must give the same loss.",
        ),
        Change(
            "sign",
            lambda loss, logits, labels: -loss,
            says="The sign is missing: the logarithm of a chance is negative, a loss is not.",
            hint="Which sign does ln 0.5 have?",
        ),
        Change(
            "mean over all entries",
            lambda loss, logits, labels: loss / logits.shape[1],
            says="You divide by all N·K entries; only one entry a row counts, so divide by N.",
            hint="How many terms does the sum have?",
        ),
        Change(
            "base 2",
            lambda loss, logits, labels: loss / np.log(2),
            says="You take the logarithm to base 2; losses use the natural one.",
            hint="np.log is the natural logarithm.",
        ),
    ),
    because="The logarithm of the quotient is a difference, and the shift by the maximum keeps both parts "
    "finite.",
)
