"""Many inputs for every exercise in code, drawn from what its statement promises.

They are written from the statements, never from an exercise's own `inputs` and `corners`,
and drawn from other seeds: what a mutant does on them says what it is worth. Every
exercise whose answer is code needs a row in `TABLE`: ``draw(rng, turn) -> arguments``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

COUNT = 240
SCALES = (0.01, 1.0, 1.0, 10.0, 100.0)

Draw = Callable[[np.random.Generator, int], tuple[Any, ...]]


def inputs(name: str) -> list[tuple[Any, ...]]:
    """Draw the inputs of an exercise."""
    if name not in TABLE:
        raise AssertionError(
            f"{name} has no dense inputs: add a row to TABLE in tests/exercises/dense.py that draws "
            "arguments from all that its statement promises"
        )
    rng = np.random.default_rng([int.from_bytes(name.encode()) % 2**32, 7])
    return [TABLE[name](rng, turn) for turn in range(COUNT)]


def numbers(rng: np.random.Generator, *shape: int, most: float = 100.0) -> Any:
    """Draw numbers of some size: now and then with ties, with zeros, all the same, or all zero."""
    x = rng.normal(size=shape) * rng.choice([scale for scale in SCALES if scale <= most])
    manner = rng.integers(8)
    if manner == 0:
        x = np.round(x)
    elif manner == 1:
        x = x * rng.integers(2, size=shape)
    elif manner == 2:
        x = np.full(shape, x.flat[0] if x.size else 0.0)
    elif manner == 3 and rng.integers(3) == 0:
        x = np.zeros(shape)
    return np.clip(x, -most, most) + 0.0


def size(rng: np.random.Generator, least: int = 1, most: int = 6) -> int:
    return int(rng.integers(least, most + 1))


# Layers.


def _dense(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n, d, k = size(rng, 0), size(rng), size(rng)
    return numbers(rng, n, d), numbers(rng, k, d), numbers(rng, k)


def _softmax(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    shape = [size(rng, 1, 4) for _ in range(size(rng, 1, 4))]
    z = numbers(rng, *shape)
    if turn % 4 == 0:
        z = z + rng.uniform(-1000, 1000, size=shape)
    return np.clip(z, -1000, 1000), int(rng.integers(-len(shape), len(shape)))


def _cross_entropy(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n, k = size(rng), size(rng)
    logits = numbers(rng, n, k)
    if turn % 4 == 0:
        logits = logits + rng.uniform(-1000, 1000, size=(n, k))
    return np.clip(logits, -1000, 1000), rng.integers(k, size=n)


# Training.


def _batch_norm(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n, d = size(rng, most=7), size(rng)
    x = numbers(rng, n, d)
    if turn % 3 == 0:
        x[:, rng.integers(d)] = float(numbers(rng))
    return x, numbers(rng, d), numbers(rng, d), float(rng.choice([1e-5, 1e-3, 0.1, 1.0, 10.0]))


def _dropout(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    shape = [size(rng, most=4) for _ in range(size(rng, most=3))]
    p = float(rng.choice([0.0, 0.5, 0.99, rng.uniform(), rng.uniform()]))
    uniform = rng.uniform(size=shape)
    uniform[rng.uniform(size=shape) < 0.1] = p
    uniform[rng.uniform(size=shape) < 0.1] = 0.0
    return numbers(rng, *shape), p, uniform


def _adam(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    shape = [size(rng, most=3) for _ in range(size(rng, most=3))]
    beta1, beta2 = rng.choice([0.0, 0.5, 0.9, 0.99, 0.999, rng.uniform()], size=2).tolist()
    eta, eps = rng.choice([0.001, 0.1, 1.0, 10.0]), rng.choice([1e-8, 1e-4, 0.1, 1.0, 10.0])
    return numbers(rng, *shape), numbers(rng, size(rng, most=8), *shape), float(eta), beta1, beta2, float(eps)


def _clip(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    shapes = [(size(rng),), (size(rng), size(rng)), (size(rng, most=3),) * 3, (1, size(rng), 1, 1)]
    chosen = rng.permutation(4)[: rng.integers(2, 5)]
    gradients = [numbers(rng, *shapes[i]) for i in chosen]
    if turn % 4 == 0:
        for gradient in gradients if turn % 8 == 0 else gradients[:1]:
            gradient[...] = 0
    norm = float(np.linalg.norm(np.concatenate([g.ravel() for g in gradients])))
    return gradients, float(rng.choice([0.01, 1.0, 100.0, norm, norm / 2, norm * 2])) or 1.0


# Images.


def _windows(rng: np.random.Generator, n: int, most: int) -> tuple[int, int]:
    """Draw a padding, often larger than what it surrounds, and a window that fits."""
    padding = int(rng.choice([0, 0, 1, 2, 3]))
    return padding, size(rng, 1, min(most, n + 2 * padding))


def _output_size(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n = size(rng, 1, (8, 40, 1000)[turn % 3])
    padding, kernel = _windows(rng, n, 2000)
    if turn % 4 == 0:
        kernel = min(kernel, 5)
    return n, kernel, size(rng, 1, (3, 12)[turn % 2]), padding


def _conv2d(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    (n, c, o), (h, w) = (size(rng, most=3) for _ in range(3)), (size(rng), size(rng))
    padding, rows = _windows(rng, h, 4)
    columns = size(rng, 1, min(4, w + 2 * padding))
    x, weight = numbers(rng, n, c, h, w), numbers(rng, o, c, rows, columns)
    return x, weight, numbers(rng, o), size(rng, 1, 4), padding


def _max_pool(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    h, w = size(rng, most=7), size(rng, most=7)
    x = numbers(rng, size(rng, most=3), size(rng, most=3), h, w)
    if turn % 3 == 0:
        x = np.sign(x) * (np.abs(x) > 1)  # many ties, windows without a positive number
    if turn % 5 == 0:
        x = -np.abs(x)
    return x, size(rng, 1, min(h, w, 4)), size(rng, 1, 4)


# Recurrent cells: whatever comes out of a product and its bias is at most 1000.


def _affine(rng: np.random.Generator, x: Any, rows: int) -> tuple[Any, Any]:
    """Draw weights and a bias, for gates that are open, shut or between."""
    weight, bias = numbers(rng, rows, x.shape[1]), numbers(rng, rows)
    if rng.integers(4) == 0:
        bias = bias + rng.choice([-500.0, 0.0, 500.0], size=rows)
    largest = max(np.abs(x @ weight.T + bias).max(), np.abs(x @ weight.T).max(), np.abs(bias).max())
    shrink = min(1.0, 500.0 / (largest + 1e-300))
    return weight * shrink, bias * shrink


def _lstm_step(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n, d, units = size(rng, most=4), size(rng, most=4), size(rng, most=4)
    x, h, c = numbers(rng, n, d), numbers(rng, n, units), numbers(rng, n, units)
    weight_ih, bias = _affine(rng, x, 4 * units)
    return x, h, c, weight_ih, _affine(rng, h, 4 * units)[0], bias


def _gru_step(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n, d, units = size(rng, most=4), size(rng, most=4), size(rng, most=4)
    x, h = numbers(rng, n, d), numbers(rng, n, units)
    (weight_ih, bias_ih), (weight_hh, bias_hh) = _affine(rng, x, 3 * units), _affine(rng, h, 3 * units)
    return x, h, weight_ih, weight_hh, bias_ih, bias_hh


# Compute graphs.


def _output_jacobian(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n, k = size(rng), size(rng)
    return numbers(rng, n), numbers(rng, k, n), numbers(rng, k)


def _hidden_jacobian(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n, d = size(rng), size(rng)
    return numbers(rng, d), numbers(rng, n, d, most=1.0 if turn % 2 else 100.0), numbers(rng, n)


def _gradient_from_hidden(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    n, d = size(rng), size(rng)
    return numbers(rng, n), np.tanh(numbers(rng, n)), numbers(rng, n, d)


def _whole_net(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    k, (x, weight, bias) = size(rng), _hidden_jacobian(rng, turn)
    n = len(weight)
    return x, numbers(rng, k), weight, bias, numbers(rng, k, n), numbers(rng, k)


# Recurrent nets.


def _softmax_of(z: Any) -> Any:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _targets(rng: np.random.Generator, n: int, m: int) -> Any:
    """Draw distributions: of one kind only or of several, certain ones among them."""
    return _softmax_of(rng.normal(size=(n, m)) * rng.choice([0.0, 1.0, 3.0, 1000.0], size=(n, 1)))


def _state_gradient(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    k, m = size(rng), size(rng)
    weight, bias = numbers(rng, m, k, most=10.0), numbers(rng, m, most=10.0)
    return weight, bias, np.tanh(numbers(rng, k)), _targets(rng, 1, m)[0]


def _run(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    """Draw a net and run it over a sequence."""
    n, k, d, m = (size(rng) for _ in range(4))
    W, V, x = (numbers(rng, *shape, most=10.0) for shape in ((k, k), (m, k), (n, d)))
    U, b, c = (numbers(rng, *shape, most=1.0) for shape in ((k, d), (k,), (m,)))
    s = np.zeros((n + 1, k))
    for t in range(n):
        s[t + 1] = np.tanh(U @ x[t] + W @ s[t] + b)
    return W, V, x, s, _softmax_of(s[1:] @ V.T + c), _targets(rng, n, m)


# Neurons.


def _perceptron_step(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    d = size(rng)
    weight, x, bias = numbers(rng, d), numbers(rng, d), float(numbers(rng))
    if turn % 3 == 0:  # exactly on the border, or just beside it
        weight, x = np.round(weight), np.round(x)
        bias = -float(weight @ x) + float(rng.choice([0.0, 0.0, -1e-3, 1e-3]))
    return weight, bias, x, float(rng.integers(2)), float(rng.choice([0.01, 0.1, 0.5, 1.0, 2.0, 10.0]))


def _fold(rng: np.random.Generator, turn: int) -> tuple[Any, ...]:
    k, d = size(rng), size(rng)
    return numbers(rng, k, d), numbers(rng, k)


TABLE: dict[str, Draw] = {
    "ours-dense-pullback": _dense,
    "ours-softmax": _softmax,
    "ours-cross-entropy": _cross_entropy,
    "ours-batch-norm": _batch_norm,
    "ours-dropout": _dropout,
    "ours-adam": _adam,
    "ours-clip-norm": _clip,
    "ours-convolution-size": _output_size,
    "ours-convolution": _conv2d,
    "ours-max-pool": _max_pool,
    "ours-lstm-step": _lstm_step,
    "ours-gru-step": _gru_step,
    "mmds-exercise13.3.2a": _output_jacobian,
    "mmds-exercise13.3.2b": _hidden_jacobian,
    "mmds-exercise13.3.2c": _gradient_from_hidden,
    "mmds-exercise13.3.2d": _whole_net,
    "mmds-exercise13.5.2": _state_gradient,
    "mmds-exercise13.5.3U": _run,
    "mmds-exercise13.5.3V": _run,
    "ours-perceptron-broken": _perceptron_step,
    "ours-fold-threshold": _fold,
}
