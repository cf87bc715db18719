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
    "ours-perceptron-broken": _perceptron_step,
    "ours-fold-threshold": _fold,
}
