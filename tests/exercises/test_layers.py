"""Dense layers, softmax and cross-entropy, as students write them: right, and wrong with the message."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from dlcore.exercises.code import layers
from dlcore.exercises.code.layers import cross_entropy, dense, softmax


def affine(gradients, *, value=lambda x, w, b: x @ w.T + b):
    return lambda x, w, b: (value(x, w, b), lambda dy: gradients(x, w, b, dy))


def right(x, w, b, dy):
    return dy @ w, dy.T @ x, dy.sum(axis=0)


def powers(z, axis):
    return np.exp(z - z.max(axis=axis, keepdims=True))


def share(z, axis=1):
    return powers(z, axis) / powers(z, axis).sum(axis=axis, keepdims=True)


def log_share(z):
    return z - z.max(axis=1, keepdims=True) - np.log(powers(z, 1).sum(axis=1, keepdims=True))


def own(entries, labels):
    return entries[np.arange(len(labels)), labels]


def one_hot(z, labels):
    return np.eye(z.shape[1])[labels]


# Right answers.


def with_lists(x, w, b):
    y = [
        [sum(u * v for u, v in zip(row, unit, strict=True)) + c for unit, c in zip(w, b, strict=True)]
        for row in x
    ]
    return y, lambda dy: [(dy @ w).tolist(), (dy.T @ x).tolist(), dy.sum(axis=0).tolist()]


def in_single_precision(x, w, b):
    y, back = layers._dense(*(a.astype(np.float32) for a in (x, w, b)))
    return y, lambda dy: back(dy.astype(np.float32))


@pytest.mark.parametrize("answer", [with_lists, in_single_precision], ids=range(2))
def test_dense_layers_in_other_styles(answer):
    assert dense.check(answer).ok


def by_moving_the_axis(z, axis):
    rows = np.moveaxis(z, axis, -1)
    rows = np.exp(rows - np.max(rows, axis=-1)[..., None])
    return np.moveaxis(rows / np.sum(rows, axis=-1)[..., None], -1, axis)


@pytest.mark.parametrize(
    "answer",
    [
        by_moving_the_axis,
        lambda z, axis: np.exp(z - np.logaddexp.reduce(z, axis=axis, keepdims=True)),
        lambda z, axis: share(z.astype(np.float32), axis).tolist(),
    ],
    ids=range(3),
)
def test_softmax_in_other_styles(answer):
    assert softmax.check(answer).ok


@pytest.mark.parametrize(
    "answer",
    [
        lambda z, y: (np.logaddexp.reduce(z, axis=1) - own(z, y)).mean(),
        lambda z, y: -(one_hot(z, y) * log_share(z)).sum() / len(z),
        lambda z, y: np.float32(-own(log_share(z.astype(np.float32)), y).mean()),
        lambda z, y: [float(abs(own(log_share(z), y)).sum() / y.size)],
    ],
    ids=range(4),
)
def test_cross_entropy_in_other_styles(answer):
    assert cross_entropy.check(answer).ok


# Wrong answers, and words of the message that they get.

WRONG_LAYERS = {
    "x @ weight": (
        affine(lambda x, w, b, dy: (dy @ w.T, x.T @ dy, dy.sum(axis=0)), value=lambda x, w, b: x @ w + b),
        "as they stand",
    ),
    "x @ weight, forward only": (affine(right, value=lambda x, w, b: x @ w + b), "as they stand"),
    "dy @ weight.T": (
        affine(lambda x, w, b, dy: (dy @ w.T, dy.T @ x, dy.sum(axis=0))),
        "the weights are transposed",
    ),
    "x.T @ dy": (
        affine(lambda x, w, b, dy: (dy @ w, x.T @ dy, dy.sum(axis=0))),
        "gradient of `weight` is transposed",
    ),
    "one sum for all biases": (
        affine(lambda x, w, b, dy: (dy @ w, dy.T @ x, dy.sum())),
        "summed over everything",
    ),
    "sum over axis 1": (
        affine(lambda x, w, b, dy: (dy @ w, dy.T @ x, dy.sum(axis=1))),
        "summed over the units",
    ),
    "no sum": (affine(lambda x, w, b, dy: (dy @ w, dy.T @ x, dy)), "one row a sample"),
    "mean": (affine(lambda x, w, b, dy: (dy @ w, dy.T @ x, dy.mean(axis=0))), "divided by N"),
    "everything by N": (
        affine(lambda x, w, b, dy: [g / max(len(x), 1) for g in right(x, w, b, dy)]),
        "divided by N",
    ),
    "dy forgotten": (affine(lambda x, w, b, dy: (dy @ w, dy.T @ x, np.ones(len(w)))), "dy is left out"),
    "bias subtracted": (affine(right, value=lambda x, w, b: x @ w.T - b), "bias is subtracted"),
    "no bias": (affine(right, value=lambda x, w, b: x @ w.T), "lacks the bias"),
    "per sample": (
        affine(lambda x, w, b, dy: (dy @ w, dy[:, :, None] * x[:, None], dy.sum(axis=0))),
        "gradient of `weight` is wrong: there is one gradient a sample",
    ),
    "with ReLU": (
        affine(right, value=lambda x, w, b: np.maximum(x @ w.T + b, 0)),
        "negative numbers are cut off",
    ),
    "minus": (affine(lambda x, w, b, dy: [-g for g in right(x, w, b, dy)]), "the sign is flipped"),
}


@pytest.mark.parametrize("name", WRONG_LAYERS)
def test_a_wrong_dense_layer_is_named(name):
    answer, words = WRONG_LAYERS[name]
    verdict = dense.check(answer)
    assert verdict.points < dense.points
    assert words in verdict.message


@pytest.mark.parametrize("order", [order for order in permutations(range(3)) if order != (0, 1, 2)])
def test_gradients_in_another_order_are_named(order):
    verdict = dense.check(affine(lambda *a: tuple(right(*a)[i] for i in order)))
    assert verdict.slip == "wrong order"


WRONG_SOFTMAX = {
    "one sum, one maximum": (
        lambda z, axis: np.exp(z - z.max()) / np.exp(z - z.max()).sum(),
        "sum of all entries",
    ),
    "one sum": (lambda z, axis: np.exp(z) / np.exp(z).sum(), "Two things"),
    "one maximum": (
        lambda z, axis: np.exp(z - z.max()) / np.exp(z - z.max()).sum(axis=axis, keepdims=True),
        "maximum of the whole array",
    ),
    "no maximum": (lambda z, axis: np.exp(z) / np.exp(z).sum(axis=axis, keepdims=True), "exp overflows"),
    "the mean for the maximum": (
        lambda z, axis: (
            share(z, axis) * 0
            + np.exp(z - z.mean(axis=axis, keepdims=True))
            / np.exp(z - z.mean(axis=axis, keepdims=True)).sum(axis=axis, keepdims=True)
        ),
        "exp overflows",
    ),
    "no keepdims": (lambda z, axis: np.exp(z) / np.exp(z).sum(axis=axis), "has lost that axis"),
    "last axis, no maximum": (lambda z, axis: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True), "last axis"),
    "first axis": (lambda z, axis: share(z, 0), "first axis"),
    "other axis": (lambda z, axis: share(z, 1 - axis), "not the one asked for"),
    "logarithm": (lambda z, axis: np.log(share(z, axis)), "logarithm of softmax"),
    "sigmoid": (lambda z, axis: 1 / (1 + np.exp(-z)), "sigmoid"),
    "no exp": (lambda z, axis: z / z.sum(axis=axis, keepdims=True), "exponential is missing"),
    "minus": (lambda z, axis: share(-z, axis), "sign of the exponent"),
    "powers": (lambda z, axis: np.exp(z), "division by their sum is missing"),
    "mean": (
        lambda z, axis: powers(z, axis) / powers(z, axis).mean(axis=axis, keepdims=True),
        "mean of the powers",
    ),
    "clipped": (lambda z, axis: share(np.clip(z, -500, 500), axis), "clipped"),
    "largest": (lambda z, axis: z.argmax(axis=axis), "1 to the largest number"),
    "base 2": (lambda z, axis: 2**z / (2**z).sum(axis=axis, keepdims=True), "powers of 2"),
    "one minus": (lambda z, axis: 1 - share(z, axis), "it is 1 minus what it should be"),
}


@pytest.mark.parametrize("name", WRONG_SOFTMAX)
def test_a_wrong_softmax_is_named(name):
    answer, words = WRONG_SOFTMAX[name]
    verdict = softmax.check(answer)
    assert verdict.points < softmax.points
    assert words in verdict.message


WRONG_LOSSES = {
    "small number": (lambda z, y: -np.log(own(share(z), y) + 1e-9).mean(), "small number"),
    "clipped": (lambda z, y: -np.log(np.clip(own(share(z), y), 1e-7, 1)).mean(), "small number"),
    "log of 0": (lambda z, y: -np.log(own(share(z), y)).mean(), "rounded to 0"),
    "no shift": (lambda z, y: (np.log(np.exp(z).sum(axis=1)) - own(z, y)).mean(), "exp overflows"),
    "columns": (lambda z, y: -np.log(share(z)[:, y]).mean(), "all samples in every row"),
    "axis 0": (lambda z, y: -np.log(own(share(z, 0), y)).mean(), "over the batch"),
    "every sample": (lambda z, y: -np.log(own(share(z), y)), "loss of every sample"),
    "one-hot": (lambda z, y: -(y * np.log(share(z))).sum(axis=1).mean(), "as if they were one-hot"),
    "over classes": (lambda z, y: -(one_hot(z, y) * log_share(z)).mean(), "divide by all N·K entries"),
    "sum": (lambda z, y: -own(log_share(z), y).sum(), "asks for the mean"),
    "sum, no minus": (lambda z, y: own(log_share(z), y).sum(), "And: The sign is missing"),
    "no softmax": (lambda z, y: -own(z, y).mean(), "the softmax is missing"),
    "softmax twice": (lambda z, y: -own(log_share(share(z)), y).mean(), "taken twice"),
    "no logarithm": (lambda z, y: 1 - own(share(z), y).mean(), "its logarithm is missing"),
    "labels from 1": (lambda z, y: -own(log_share(z), y - 1).mean(), "counted from 0"),
    "log of the mean": (lambda z, y: -np.log(own(share(z), y).mean()), "before the logarithm"),
    "shift not undone": (lambda z, y: (np.log(powers(z, 1).sum(axis=1)) - own(z, y)).mean(), "not added"),
    "squared": (lambda z, y: ((share(z) - one_hot(z, y)) ** 2).sum(axis=1).mean(), "squared error"),
    "gradient": (lambda z, y: (share(z) - one_hot(z, y)) / len(y), "gradient of the loss"),
    "base 10": (
        lambda z, y: -own(log_share(z), y).mean() / np.log(10),
        "it is 0.4343 times what it should be",
    ),
    "perplexity": (lambda z, y: np.exp(-own(log_share(z), y).mean()), "exponential of what it should be"),
}


@pytest.mark.parametrize("name", WRONG_LOSSES)
def test_a_wrong_loss_is_named(name):
    answer, words = WRONG_LOSSES[name]
    verdict = cross_entropy.check(answer)
    assert verdict.points < cross_entropy.points
    assert words in verdict.message
