"""A dense layer, softmax and cross-entropy."""

from __future__ import annotations

from itertools import permutations
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


def _dense_gradients(x: Any, weight: Any, dy: Any) -> tuple[Any, ...]:
    return dy @ weight, dy.T @ x, dy.sum(axis=0)


def _dense_with(gradients: Any = _dense_gradients, *, value: Any = lambda x, w, b: x @ w.T + b) -> Any:
    """Return the operation with other gradients, ``gradients(x, weight, dy)``, or another value."""
    return lambda x, weight, bias: (value(x, weight, bias), lambda dy: gradients(x, weight, dy))


def _in_order(order: tuple[int, ...]) -> Any:
    return _dense_with(lambda x, w, dy: tuple(_dense_gradients(x, w, dy)[i] for i in order))


_ORDERS = [_in_order(order) for order in permutations(range(3)) if order != (0, 1, 2)]


dense = Pullback(
    id="ours-dense-pullback",
    title="A dense layer, forward and backward",
    statement="Write `dense(x, weight, bias)`: y = x Wᵀ + b for a batch x of shape (N, D), weight W of shape "
    "(K, D) and bias b of shape (K,). Return y and a function `back(dy)` that takes dy, shaped as y, and "
    "returns the gradients of x, weight and bias, in this order. An empty batch (N = 0) is one too.",
    stub="def dense(x, weight, bias):\n    y = ...\n\n    def back(dy):\n        return ...\n\n"
    "    return y, back\n",
    points=3,
    reference=_dense,
    also=(_dense_einsum,),
    inputs=_dense_inputs,
    corners=(
        (np.ones((0, 2)), np.ones((3, 2)), np.ones(3)),
        (np.array([[1.0, 2.0], [0.0, 3.0], [-1.0, 1.0]]), np.array([[1.0, 0.0], [2.0, -1.0]]), np.ones(2)),
        (np.array([[0.5, -2.0, 1.0]], np.float32), np.ones((2, 3), np.float32), np.zeros(2, np.float32)),
    ),
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
            also=(_dense_with(lambda x, w, dy: tuple(g / len(x) for g in _dense_gradients(x, w, dy))),),
            says="A gradient is divided by N. If the cost is a mean over the batch, dy has that 1/N already.",
            hint="Where does the 1/N of a mean enter: in the loss, or in every layer below it?",
        ),
        Slip(
            "bias forgotten",
            _dense_with(value=lambda x, w, b: x @ w.T),
            says="The value y lacks the bias.",
            hint="Try an input of zeros: what must come out?",
        ),
        Slip(
            "bias subtracted",
            _dense_with(value=lambda x, w, b: x @ w.T - b),
            says="The bias is subtracted, as a threshold would be; it should be added.",
            hint="Try an input of zeros: what must come out?",
        ),
        Slip(
            "weight not turned",
            _dense_with(
                lambda x, w, dy: (dy @ w.T, x.T @ dy, dy.sum(axis=0)), value=lambda x, w, b: x @ w + b
            ),
            says="x is multiplied by the weights as they stand. One row of `weight` is one unit, so the "
            "forward pass needs the transpose.",
            hint="x has shape (N, D), weight (K, D): along which axis of each do you sum?",
            also=(_dense_with(value=lambda x, w, b: x @ w + b),),
        ),
        Slip(
            "weight turned on the way back",
            _dense_with(lambda x, w, dy: (dy @ w.T, dy.T @ x, dy.sum(axis=0))),
            says="In the gradient of x, the weights are transposed. On the way back they are used the other "
            "way round than forward.",
            hint="dy has shape (N, K), and the gradient of x has shape (N, D). What shape stands between?",
        ),
        Slip(
            "bias summed to one number",
            _dense_with(lambda x, w, dy: (dy @ w, dy.T @ x, dy.sum())),
            says="The gradient of `bias` is summed over everything: every unit has a bias of its own.",
            hint="bias has shape (K,), dy has shape (N, K). Which axis has to go?",
        ),
        Slip(
            "bias summed over the units",
            _dense_with(lambda x, w, dy: (dy @ w, dy.T @ x, dy.sum(axis=1))),
            says="The gradient of `bias` is summed over the units and has one entry a sample. It needs one a "
            "unit.",
            hint="bias has shape (K,), dy has shape (N, K). Which axis has to go?",
        ),
        Slip(
            "wrong order",
            _ORDERS[0],
            says="The gradients come in another order: x first, then weight, then bias, as in the arguments.",
            hint="Compare the shape of each gradient with that of its argument.",
            also=tuple(_ORDERS[1:]),
        ),
        Slip(
            "dy left out",
            _dense_with(lambda x, w, dy: _dense_gradients(x, w, np.ones(dy.shape))),
            says="dy is left out: these are the gradients of the sum of y.",
            hint="Try back(2 * dy): what must happen to all three?",
            also=(
                _dense_with(lambda x, w, dy: (dy @ w, dy.T @ x, np.ones(len(w)))),
                _dense_with(lambda x, w, dy: (w, x, np.ones(len(w)))),
            ),
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


def _softmax_shifted(shift: Any) -> Any:
    """Return softmax with another shift, ``shift(z, axis)``: the same until exp overflows or underflows."""

    def _wrong(z: Any, axis: int) -> Any:
        powers = np.exp(z - shift(z, axis))
        return powers / powers.sum(axis=axis, keepdims=True)

    return _wrong


#: Numbers that people add so that nothing is divided by 0 and no logarithm is taken of it.
_SMALL = (1e-12, 1e-15, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6)


def _softmax_clipped(most: float) -> Any:
    return lambda z, axis: _softmax(np.clip(z, -most, most), axis)  # type: ignore[no-untyped-call]


def _powers(z: Any, axis: int) -> Any:
    return np.exp(z - z.max(axis=axis, keepdims=True))


softmax = Function(
    id="ours-softmax",
    title="Softmax along an axis",
    statement="Write `softmax(z, axis)`: exp(z) divided by its sum along `axis`, for an array of any shape "
    "and for numbers from -1000 to 1000. Axes are counted as in NumPy, so -1 is the last. The result has the "
    "shape of z.",
    stub="def softmax(z, axis):\n    ...\n",
    points=2,
    reference=_softmax,
    also=(_softmax_loop,),
    inputs=_softmax_inputs,
    corners=(
        (np.array([[1000.0, 0.0], [-1000.0, -1001.0]]), 1),
        (np.array([[1.0, 2.0], [4.0, 8.0]]), 0),
        (np.array([[1000.0, 0.0, 0.0, 0.0]]), 1),
        (np.array([[999.0, -1000.0, -1000.0], [1000.0, -999.0, -1000.0]]), 0),
        (np.array([1.0, 3.0, 2.0]), 0),
        (np.arange(24.0).reshape(2, 3, 4) % 5, -2),
        (np.array([[1.0, 3.0], [2.0, 2.0], [0.0, 9.0]], np.float32), -1),
    ),
    cases={
        "only with a negative axis": lambda z, axis: axis < 0,
        "only along an axis that is not the last": lambda z, axis: axis % z.ndim < z.ndim - 1,
        "only with more than two axes": lambda z, axis: z.ndim > 2,
    },
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
            also=(
                _softmax_shifted(lambda z, axis: z.min(axis=axis, keepdims=True)),
                _softmax_shifted(lambda z, axis: z.mean(axis=axis, keepdims=True)),
                lambda z, axis: np.nan_to_num(np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True)),
                *(
                    lambda z, axis, eps=eps: np.exp(z) / (np.exp(z).sum(axis=axis, keepdims=True) + eps)
                    for eps in _SMALL
                ),
            ),
        ),
        Slip(
            "summed over everything",
            _softmax_of(lambda z, axis: None),
            says="You divide by the sum of all entries, so only the whole array adds up to 1.",
            hint="Every slice along the axis is a distribution of its own.",
            also=(lambda z, axis: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),),
        ),
        Slip(
            "always the last axis",
            lambda z, axis: _softmax(z, -1),  # type: ignore[no-untyped-call]
            says="You always sum along the last axis, whatever `axis` says.",
            hint="Try axis=0 on a matrix and add up a column.",
            also=(_softmax_of(lambda z, axis: -1),),
        ),
        Slip(
            "always the first axis",
            lambda z, axis: _softmax(z, 0),  # type: ignore[no-untyped-call]
            says="You always sum along the first axis, whatever `axis` says.",
            hint="Try axis=1 on a matrix and add up a row.",
            also=(_softmax_of(lambda z, axis: 0),),
        ),
        Slip(
            "another axis",
            lambda z, axis: _softmax(z, 1 - axis),  # type: ignore[no-untyped-call]
            says="You sum along an axis that is not the one asked for.",
            hint="Try axis=0 on a matrix: is it the columns that add up to 1, or the rows?",
            also=(
                lambda z, axis: _softmax(z, (axis + 1) % z.ndim),  # type: ignore[no-untyped-call]
                lambda z, axis: _softmax(z, (axis - 1) % z.ndim),  # type: ignore[no-untyped-call]
                lambda z, axis: _softmax(z.T, axis).T,  # type: ignore[no-untyped-call]
            ),
        ),
        Slip(
            "always rows",
            lambda z, axis: _softmax(z, 1),  # type: ignore[no-untyped-call]
            says="You always sum along axis 1, whatever `axis` says and however many axes there are.",
            hint="Try axis=0 on a matrix, then a vector.",
            also=(_softmax_of(lambda z, axis: 1),),
        ),
        Slip(
            "axis lost",
            lambda z, axis: (
                np.exp(z - z.max(axis=axis, keepdims=True)) / np.exp(z - z.max(axis=axis)).sum(axis=axis)
            ),
            says="The sum along the axis has lost that axis, so it broadcasts along the wrong one or not "
            "at all.",
            hint="Look up keepdims.",
            also=(
                lambda z, axis: np.exp(z) / np.exp(z).sum(axis=axis),
                lambda z, axis: _powers(z, axis) / _powers(z, axis).sum(axis=axis),
            ),
        ),
        Slip(
            "axis lost + one maximum for all",
            lambda z, axis: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=axis),
            says="Two things: the sum along the axis has lost that axis, so it broadcasts along the wrong "
            "one or not at all. And the maximum of the whole array leaves only zeros of a slice far below.",
            hint="Look up keepdims, then try the rows [1000, 0] and [-1000, -1001] along axis 1.",
        ),
        Slip(
            "one maximum for all",
            _softmax_shifted(lambda z, axis: z.max()),
            says="Right but for extreme numbers: you subtract the maximum of the whole array. Where a slice "
            "lies far below it, all of its powers are rounded to 0, and 0 / 0 is NaN.",
            hint="Try the rows [1000, 0] and [-1000, -1001] along axis 1. Which number should each row lose?",
            credit=0.5,
        ),
        Slip(
            "clipped",
            _softmax_clipped(700.0),
            says="Right but for extreme numbers: they are clipped so that exp does not overflow, and after "
            "that they no longer differ.",
            hint="Two numbers, -1000 and -1001: what should come out, and what does?",
            credit=0.5,
            also=tuple(map(_softmax_clipped, (709.0, 708.0, 600.0, 500.0, 300.0, 100.0, 88.0, 80.0, 50.0))),
        ),
        Slip(
            "shifted above only",
            lambda z, axis: _powers(z, axis) / np.exp(z).sum(axis=axis, keepdims=True),
            says="The maximum is subtracted above but not in the sum below, so it does not cancel.",
            hint="Add up your result along the axis.",
        ),
        Slip(
            "logarithm",
            lambda z, axis: (
                z - z.max(axis, keepdims=True) - np.log(_powers(z, axis).sum(axis, keepdims=True))
            ),
            says="This is the logarithm of softmax.",
            hint="What comes out of softmax adds up to 1.",
            also=(lambda z, axis: np.log(_softmax(z, axis)),),  # type: ignore[no-untyped-call]
        ),
        Slip(
            "sigmoid",
            lambda z, axis: 1 / (1 + np.exp(-z)),
            says="This is the sigmoid of each number by itself: nothing is divided by a sum.",
            hint="Add up your result along the axis.",
        ),
        Slip(
            "no exponential",
            lambda z, axis: z / z.sum(axis=axis, keepdims=True),
            says="You divide the numbers themselves by their sum; the exponential is missing.",
            hint="Can a chance be negative?",
            also=(
                lambda z, axis: abs(z) / abs(z).sum(axis=axis, keepdims=True),
                lambda z, axis: z**2 / (z**2).sum(axis=axis, keepdims=True),
                lambda z, axis: z / np.linalg.norm(z, axis=axis, keepdims=True),
            ),
        ),
        Slip(
            "powers alone",
            _powers,
            says="These are the powers; the division by their sum is missing.",
            hint="Add up your result along the axis.",
            also=(lambda z, axis: np.exp(z),),
        ),
        Slip(
            "sign of the exponent",
            lambda z, axis: _softmax(-z, axis),  # type: ignore[no-untyped-call]
            says="The sign of the exponent is flipped: the smallest number gets the largest share.",
            hint="Which entry of softmax([1, 2]) is the larger?",
        ),
        Slip(
            "divided by the mean",
            lambda z, axis: _powers(z, axis) / _powers(z, axis).mean(axis=axis, keepdims=True),
            says="You divide by the mean of the powers; softmax divides by their sum.",
            hint="Add up your result along the axis.",
        ),
        Slip(
            "divided by the length",
            lambda z, axis: _powers(z, axis) / np.linalg.norm(_powers(z, axis), axis=axis, keepdims=True),
            says="You divide by the Euclidean length of the powers; softmax divides by their sum.",
            hint="Add up your result along the axis.",
        ),
        Slip(
            "divided by the sum of z",
            lambda z, axis: np.exp(z) / z.sum(axis=axis, keepdims=True),
            says="The powers are divided by the sum of the numbers themselves, not of the powers.",
            hint="Add up your result along the axis.",
        ),
        Slip(
            "base 2",
            lambda z, axis: _softmax(z * np.log(2), axis),  # type: ignore[no-untyped-call]
            says="These are powers of 2; softmax takes powers of e.",
            hint="softmax([0, 1]): how many times as large is the second share as the first?",
        ),
        Slip(
            "largest alone",
            lambda z, axis: (z == z.max(axis=axis, keepdims=True)).astype(float),
            says="This gives 1 to the largest number and 0 to the others. Softmax gives all of them a share.",
            hint="What is softmax([0, 1])?",
            also=(lambda z, axis: z.argmax(axis=axis),),
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


def _chances(logits: Any, axis: int = 1) -> Any:
    return _softmax(logits, axis)  # type: ignore[no-untyped-call]


def _log_chances(logits: Any, axis: int = 1) -> Any:
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _own(entries: Any, labels: Any) -> Any:
    """Return the entry of the label in each row."""
    return entries[np.arange(len(labels)), labels]


def _loss_of(losses: Any) -> Any:
    """Return the mean of other losses: ``losses(logits, labels)``."""
    return lambda logits, labels: losses(logits, labels).mean()


def _loss_with(safe: Any) -> Any:
    """Return the loss from chances made safe: ``safe(chances)``."""
    return _loss_of(lambda logits, labels: -np.log(safe(_own(_chances(logits), labels))))


_SAFE = [
    *(lambda p, eps=eps: p + eps for eps in _SMALL),
    *(lambda p, eps=eps: np.clip(p, eps, 1) for eps in _SMALL),
    lambda p: p + 1e-300,
    lambda p: np.maximum(p, np.finfo(float).tiny),
    lambda p: p + np.finfo(float).eps,
]


cross_entropy = Function(
    id="ours-cross-entropy",
    title="Cross-entropy from logits",
    statement="Write `cross_entropy(logits, labels)`: the mean over the batch of -ln "
    "softmax(logits)[label], for logits of shape (N, K), from -1000 to 1000, and whole-number labels of "
    "shape (N,), counted from 0. ln is the natural logarithm. Return one number.",
    stub="def cross_entropy(logits, labels):\n    ...\n",
    points=2,
    reference=_cross_entropy,
    also=(_cross_entropy_loop,),
    inputs=_cross_entropy_inputs,
    corners=(
        (np.array([[1000.0, 0.0], [0.0, 1000.0], [0.0, -1000.0]]), np.array([1, 1, 0])),
        (np.array([[1000.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1000.0]]), np.array([1, 3])),
        (np.array([[-1000.0, -1001.0, -1002.0, -1000.0], [3.0, 0.0, 999.0, 1000.0]]), np.array([2, 2])),
        (np.array([[1.0, 3.0, 0.0], [2.0, 0.0, 1.0], [0.0, 1.0, -1.0]]), np.array([2, 0, 1])),
        (np.array([[1.0, 3.0, 0.0], [2.0, 0.0, 1.0]], np.float32), np.array([1, 2])),
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
            also=(
                _loss_with(lambda chances: chances),
                lambda z, y: -_own(z - np.log(np.exp(z).sum(axis=1, keepdims=True)), y).mean(),
                lambda z, y: _cross_entropy_naive(z - z.max(), y),
                lambda z, y: (np.log(np.exp(z - z.max()).sum(axis=1)) + z.max() - _own(z, y)).mean(),
            ),
        ),
        Slip(
            "small number added",
            _loss_with(_SAFE[0]),
            says="Right for small logits. For large ones, the small number that keeps the logarithm finite "
            "takes the place of the chance, and the loss can grow no further.",
            hint="Logits 1000 and 0 with label 1: the loss is 1000. What is the largest that yours can give?",
            credit=0.5,
            also=tuple(_loss_with(safe) for safe in _SAFE[1:]),
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
        Slip(
            "all labels in every row",
            _loss_of(lambda z, y: -_log_chances(z)[:, y]),
            says="Indexing with [:, labels] takes the labels of all samples in every row. Each row needs the "
            "entry of its own label.",
            hint="Which shape has a[:, labels] if there are N labels?",
        ),
        Slip(
            "softmax over the batch",
            _loss_of(lambda z, y: -_own(_log_chances(z, 0), y)),
            says="The softmax is taken over the batch; the classes of each sample should compete.",
            hint="Which axis of (N, K) must add up to 1?",
        ),
        Slip(
            "softmax over everything",
            _loss_of(lambda z, y: -_own(z - z.max() - np.log(np.exp(z - z.max()).sum()), y)),
            says="The softmax is taken over the whole array; each sample has its own.",
            hint="Which axis of (N, K) must add up to 1?",
        ),
        Slip(
            "not reduced",
            lambda z, y: -_own(_log_chances(z), y),
            says="This is the loss of every sample: the shape is (N,), and the exercise asks for one number.",
            hint="What is the shape of your result?",
            also=(
                lambda z, y: -_own(_log_chances(z), y)[:, None],
                lambda z, y: -_log_chances(z)[:, y],
                lambda z, y: -np.eye(z.shape[1])[y] * _log_chances(z),
            ),
        ),
        Slip(
            "one-hot labels expected",
            lambda z, y: -(y * _log_chances(z)).sum(axis=1).mean(),
            says="You multiply by the labels, as if they were one-hot rows. Here a label is the number of a "
            "class.",
            hint="What is the shape of `labels`?",
            also=(lambda z, y: -(y[:, None] * _log_chances(z)).sum(axis=1).mean(),),
        ),
        Slip(
            "labels from one",
            _loss_of(lambda z, y: -_own(_log_chances(z), y - 1)),
            says="You subtract 1 from the labels; here they are counted from 0.",
            hint="Which entry of a row has label 0?",
        ),
        Slip(
            "no softmax",
            _loss_of(lambda z, y: -_own(z, y)),
            says="This takes the logit of the label; the softmax is missing.",
            hint="The loss does not change when all logits of a row grow by the same number. Does yours?",
            also=(_loss_of(lambda z, y: -np.log(_own(z, y))),),
        ),
        Slip(
            "softmax twice",
            _loss_of(lambda z, y: -_own(_log_chances(_chances(z)), y)),
            says="The softmax is taken twice: chances are treated as logits.",
            hint="What goes into the logarithm of your last step, and what was done to it before?",
        ),
        Slip(
            "sigmoid",
            _loss_of(lambda z, y: np.log1p(np.exp(-_own(z, y)))),
            says="This takes the sigmoid of the label's logit. In a softmax, all classes compete.",
            hint="Does your loss change when the logit of another class grows?",
        ),
        Slip(
            "maximum not added again",
            _loss_of(lambda z, y: np.log(np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1)) - _own(z, y)),
            says="The maximum is subtracted inside of the sum, but not from the label's logit, or not added "
            "again.",
            hint="The loss does not change when all logits of a row grow by the same number. Does yours?",
        ),
        Slip(
            "other classes too",
            _loss_of(
                lambda z, y: (
                    -_own(_log_chances(z), y)
                    - np.log(1 - _chances(z) + np.eye(z.shape[1])[y] * _chances(z)).sum(axis=1)
                )
            ),
            says="You also add -ln(1 - chance) of the other classes. That is the loss of many yes-or-no "
            "questions, not of one choice.",
            hint="How many terms has the loss of one sample?",
        ),
        Slip(
            "squared error",
            _loss_of(lambda z, y: ((_chances(z) - np.eye(z.shape[1])[y]) ** 2).sum(axis=1)),
            says="This is a squared error of the chances, without a logarithm.",
            hint="How large is the loss when the chance of the label is nearly 0?",
        ),
        Slip(
            "gradient",
            lambda z, y: (_chances(z) - np.eye(z.shape[1])[y]) / len(y),
            says="This is the gradient of the loss by the logits; the exercise asks for the loss.",
            hint="What is the shape of your result?",
        ),
        Slip(
            "rows and classes exchanged",
            _loss_of(lambda z, y: -_log_chances(z)[y, np.arange(len(y))]),
            says="The two indices are exchanged: the first axis of the logits counts samples, the second "
            "classes.",
            hint="Which index says which sample it is?",
        ),
        Slip(
            "no logarithm",
            _loss_of(lambda z, y: -_own(_chances(z), y)),
            says="This takes the chance of the label; its logarithm is missing.",
            hint="How large is the loss when the chance is nearly 0?",
            also=(_loss_of(lambda z, y: 1 - _own(_chances(z), y)),),
        ),
        Slip(
            "logarithm of the mean",
            lambda z, y: -np.log(_own(_chances(z), y).mean()),
            says="The mean is taken of the chances, before the logarithm. It should be of the losses.",
            hint="Chances 1 and 0.01: which loss has each sample?",
        ),
        Slip(
            "every class counts",
            _loss_of(lambda z, y: -_log_chances(z).sum(axis=1)),
            says="The logarithms of all classes are added up; only that of the label counts.",
            hint="Does your loss change when a label changes?",
        ),
        Slip(
            "entropy",
            _loss_of(lambda z, y: -(_chances(z) * _log_chances(z)).sum(axis=1)),
            says="This is the entropy of the chances: the labels are not used.",
            hint="Does your loss change when a label changes?",
        ),
        Slip(
            "largest chance",
            _loss_of(lambda z, y: -_log_chances(z).max(axis=1)),
            says="You take the class with the largest chance. The label says which one counts.",
            hint="Does your loss change when a label changes?",
        ),
    ),
    because="The logarithm of the quotient is a difference, and the shift by the maximum keeps both parts "
    "finite.",
)
