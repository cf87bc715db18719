"""Layers that training changes: batch normalization and inverted dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.exercises.engine import Pullback, Slip

__all__ = ["batch_norm", "dropout"]

# Batch normalization and its pullback.


def _batch_norm(x, gamma, beta, eps):  # type: ignore[no-untyped-def]
    centered = x - x.mean(axis=0)
    std = np.sqrt((centered**2).mean(axis=0) + eps)
    normal = centered / std

    def back(dy):  # type: ignore[no-untyped-def]
        dnormal = gamma * dy
        along = (dnormal * normal).mean(axis=0)
        dx = (dnormal - dnormal.mean(axis=0) - along * normal) / std
        return dx, (dy * normal).sum(axis=0), dy.sum(axis=0)

    return gamma * normal + beta, back


def _batch_norm_in_stages(x: Any, gamma: Any, beta: Any, eps: float) -> Any:
    n = len(x)
    mean = sum(x) / n
    variance = sum((row - mean) ** 2 for row in x) / n
    inverse = (variance + eps) ** -0.5

    def _back(dy: Any) -> Any:
        dnormal = dy * gamma
        dvariance = (dnormal * (x - mean)).sum(0) * -0.5 * inverse**3
        dmean = -(dnormal * inverse).sum(0) - 2 * dvariance * (x - mean).mean(0)
        dx = dnormal * inverse + dvariance * 2 * (x - mean) / n + dmean / n
        return dx, np.einsum("nd,nd->d", dy, (x - mean) * inverse), np.einsum("nd->d", dy)

    return gamma * (x - mean) * inverse + beta, _back


def _batch_norm_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    n, d = size + 2, size + 1
    x = rng.normal(size=(n, d)) * rng.uniform(0.3, 3, size=d) + rng.normal(size=d)
    return x, rng.normal(size=d), rng.normal(size=d), float(rng.choice([1e-5, 0.1, 1.0]))


def _std(x: Any, eps: float) -> Any:
    return np.sqrt(x.var(axis=0) + eps)


def _right_dx(d: Any, normal: Any, std: Any) -> Any:
    return (d - d.mean(axis=0) - normal * (d * normal).mean(axis=0)) / std


def _batch_norm_with(
    *,
    mean: Callable[..., Any] = lambda x: x.mean(axis=0),
    std: Callable[..., Any] = _std,
    y: Callable[..., Any] = lambda normal, gamma, beta: gamma * normal + beta,
    dnormal: Callable[..., Any] = lambda dy, gamma: dy * gamma,
    dx: Callable[..., Any] = _right_dx,
    dgamma: Callable[..., Any] = lambda dy, normal, x: (dy * normal).sum(axis=0),
    dbeta: Callable[..., Any] = lambda dy, gamma: dy.sum(axis=0),
    order: Callable[..., Any] = lambda dx, dgamma, dbeta: (dx, dgamma, dbeta),
) -> Callable[..., Any]:
    """Return the operation with something else in place of one of its parts."""

    def _wrong(x: Any, gamma: Any, beta: Any, eps: float) -> Any:
        scale = std(x, eps)
        normal = (x - mean(x)) / scale

        def _back(dy: Any) -> Any:
            below = dx(dnormal(dy, gamma), normal, scale)
            return order(below, dgamma(dy, normal, x), dbeta(dy, gamma))

        return y(normal, gamma, beta), _back

    return _wrong


_TWO = np.array([1.0, -2.0])

batch_norm = Pullback(
    id="ours-batch-norm",
    title="Batch normalization, forward and backward",
    statement="Write `batch_norm(x, gamma, beta, eps)` as in training: for x of shape (N, D), a batch of any "
    "size N, and gamma and beta of shape (D,), normalize every column with the mean μ and the variance σ² of "
    "the batch, then scale and shift: y = gamma (x - μ) / √(σ² + eps) + beta. σ² divides by N. Return y and "
    "a function `back(dy)` that returns the gradients of x, gamma and beta. eps is a positive number, and "
    "not always a small one.",
    stub="def batch_norm(x, gamma, beta, eps):\n    y = ...\n\n    def back(dy):\n        return ...\n\n"
    "    return y, back\n",
    points=3,
    reference=_batch_norm,
    also=(_batch_norm_in_stages,),
    inputs=_batch_norm_inputs,
    corners=(
        (np.array([[3.0, 1.0], [3.0, 2.0], [3.0, 4.0]]), _TWO, np.ones(2), 1e-5),
        (np.array([[2.0, -1.0]]), _TWO, np.ones(2), 1e-5),
        (np.array([[1.0, 0.0], [2.0, 200.0]]), _TWO, np.zeros(2), 0.5),
        (100 + np.array([[0.0, 1.0], [4.0, 1.5], [2.0, -3.0], [1.0, 1.0]]), np.array([0.0, 3.0]), _TWO, 1e-3),
    ),
    batched=(),
    cases={
        "only where a column is constant": lambda x, gamma, beta, eps: bool((np.ptp(x, axis=0) == 0).any()),
        "only where eps is not 1e-5": lambda x, gamma, beta, eps: eps > 1e-4,
    },
    hints=(
        "Forward: which axis do the samples of one column lie along?",
        "Name the steps: mean, centered, variance, std, normal, y. Go back through them one by one.",
        "gamma and beta are used once a sample, so their gradients add up over the batch.",
        "An entry of x reaches y on three ways: itself, through the mean, and through the variance. The last "
        "two reach every entry of its column.",
        "With d = gamma * dy, dx is d minus its mean over the batch, minus normal times the mean of d * "
        "normal, all divided by std.",
    ),
    slips=(
        Slip(
            "mean and variance as constants",
            _batch_norm_with(dx=lambda d, normal, std: d / std),
            says="The gradient of `x` takes mean and variance as constants; both move with x.",
            hint="Add 1 to a whole column: y stays. What must the sum of dx over that column be?",
        ),
        Slip(
            "variance as a constant",
            _batch_norm_with(dx=lambda d, normal, std: (d - d.mean(axis=0)) / std),
            says="The gradient of `x` takes the variance as a constant; it moves with x as well.",
            hint="Double the distance of all entries from the mean: with a small eps, y stays. What follows "
            "for dx?",
        ),
        Slip(
            "mean as a constant",
            _batch_norm_with(dx=lambda d, normal, std: (d - normal * (d * normal).mean(axis=0)) / std),
            says="The gradient of `x` takes the mean as a constant; it moves with x as well.",
            hint="Add 1 to a whole column: y stays. What must the sum of dx over that column be?",
        ),
        Slip(
            "gamma forgotten in dx",
            _batch_norm_with(dnormal=lambda dy, gamma: dy),
            says="The gradient of `x` lacks gamma, which every way from x to y goes through.",
            hint="With gamma = 0, how much does y change with x?",
        ),
        Slip(
            "mean and variance as constants + gamma forgotten in dx",
            _batch_norm_with(dnormal=lambda dy, gamma: dy, dx=lambda d, normal, std: d / std),
            says="Two things about the gradient of `x`: gamma is missing, and mean and variance are taken as "
            "constants though they move with x.",
            hint="Begin at the end: what is the gradient of `normal`?",
        ),
        Slip(
            "normalization ignored in dx",
            _batch_norm_with(dx=lambda d, normal, std: d),
            also=(_batch_norm_with(dnormal=lambda dy, gamma: dy, dx=lambda d, normal, std: d),),
            says="The gradient of `x` does not go through the normalization at all.",
            hint="Name the steps from x to y: centered, std, normal, y. Which of them has your dx been "
            "through?",
        ),
        Slip(
            "dx not divided by N",
            _batch_norm_with(dx=lambda d, normal, std: len(d) * _right_dx(d, normal, std)),
            says="The gradient of `x` is N times too large: the last division by N is missing.",
            hint="How much does an entry of normal change if its own entry of x grows by 1, in a large "
            "batch?",
        ),
        Slip(
            "dx divided by N",
            _batch_norm_with(dx=lambda d, normal, std: _right_dx(d, normal, std) / max(len(d), 1)),
            says="The gradient of `x` is divided by N once too often; if the cost is a mean, dy has that 1/N "
            "already.",
            hint="How much does an entry of normal change if its own entry of x grows by 1, in a large "
            "batch?",
        ),
        Slip(
            "sums for means in dx",
            _batch_norm_with(
                dx=lambda d, normal, std: (d - d.sum(axis=0) - normal * (d * normal).sum(axis=0)) / std
            ),
            says="The gradient of `x` subtracts sums where it should subtract means: the 1/N of mean and "
            "variance is lost.",
            hint="How much does the mean change if one entry grows by 1?",
        ),
        Slip(
            "sign of the variance's part",
            _batch_norm_with(
                dx=lambda d, normal, std: (d - d.mean(axis=0) + normal * (d * normal).mean(axis=0)) / std
            ),
            says="In the gradient of `x`, the part that comes through the variance has the wrong sign.",
            hint="A larger variance makes normal smaller. Which sign has its derivative?",
        ),
        Slip(
            "both signs in dx",
            _batch_norm_with(
                dx=lambda d, normal, std: (d + d.mean(axis=0) + normal * (d * normal).mean(axis=0)) / std
            ),
            says="In the gradient of `x`, the parts that come through mean and variance have the wrong sign.",
            hint="Add 1 to a whole column: y stays. What must the sum of dx over that column be?",
        ),
        Slip(
            "dx not divided by the deviation",
            _batch_norm_with(dx=lambda d, normal, std: _right_dx(d, normal, 1.0)),
            says="The gradient of `x` is not divided by the standard deviation.",
            hint="If a column is 10 times as wide, how much does y change with one of its entries?",
        ),
        Slip(
            "dx divided by the variance",
            _batch_norm_with(dx=lambda d, normal, std: _right_dx(d, normal, std**2)),
            says="The gradient of `x` is divided by the variance; its root is what x is divided by.",
            hint="If a column is 10 times as wide, how much does y change with one of its entries?",
        ),
        Slip(
            "centered for normal in dx",
            _batch_norm_with(
                dx=lambda d, normal, std: (
                    (d - d.mean(axis=0) - normal * std * (d * normal * std).mean(axis=0)) / std
                )
            ),
            says="In the gradient of `x`, the part through the variance holds x - μ where it should hold the "
            "normalized values.",
            hint="Work out the derivative of one over the root of the variance. Which power of the deviation "
            "is it?",
        ),
        Slip(
            "order of the gradients",
            _batch_norm_with(order=lambda dx, dgamma, dbeta: (dx, dbeta, dgamma)),
            also=(
                _batch_norm_with(order=lambda dx, dgamma, dbeta: (dgamma, dbeta, dx)),
                _batch_norm_with(order=lambda dx, dgamma, dbeta: (dbeta, dgamma, dx)),
            ),
            says="The gradients are right, but in another order than the arguments x, gamma, beta.",
            hint="Which of your results has the shape of x? And what is the gradient of beta?",
        ),
        Slip(
            "dgamma with x",
            _batch_norm_with(dgamma=lambda dy, normal, x: (dy * x).sum(axis=0)),
            says="The gradient of `gamma` holds x itself; gamma multiplies the normalized values.",
            hint="What stands beside gamma in the formula of y?",
        ),
        Slip(
            "dgamma with x - μ",
            _batch_norm_with(dgamma=lambda dy, normal, x: (dy * (x - x.mean(axis=0))).sum(axis=0)),
            says="The gradient of `gamma` holds x - μ without the division; gamma multiplies the normalized "
            "values.",
            hint="What stands beside gamma in the formula of y?",
        ),
        Slip(
            "dgamma without normal",
            _batch_norm_with(dgamma=lambda dy, normal, x: dy.sum(axis=0)),
            says="The gradient of `gamma` is that of beta: what gamma multiplies is missing.",
            hint="What stands beside gamma in the formula of y?",
        ),
        Slip(
            "averaged over the batch",
            _batch_norm_with(
                dgamma=lambda dy, normal, x: (dy * normal).mean(axis=0),
                dbeta=lambda dy, gamma: dy.mean(axis=0),
            ),
            says="The gradients of gamma or beta are averaged over the batch; they add up. If the cost is a "
            "mean, dy has that 1/N already.",
            hint="beta is added once in every row. What does its gradient collect?",
        ),
        Slip(
            "dbeta with gamma",
            _batch_norm_with(dbeta=lambda dy, gamma: (gamma * dy).sum(axis=0)),
            says="The gradient of `beta` is multiplied by gamma; beta is added after the scaling.",
            hint="If beta grows by 1, by how much does y grow?",
        ),
        Slip(
            "unbiased variance",
            _batch_norm_with(
                std=lambda x, eps: (
                    np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=0) / (len(x) - 1.0) + eps)
                    if len(x) > 1
                    else np.full(x.shape[1], np.nan)
                )
            ),
            says="The variance divides by N - 1; batch normalization divides by N.",
            hint="What does ddof of np.var do, and what would a batch of one sample give?",
        ),
        Slip(
            "along the other axis",
            _batch_norm_with(
                mean=lambda x: x.mean(axis=1, keepdims=True),
                std=lambda x, eps: np.sqrt(x.var(axis=1, keepdims=True) + eps),
            ),
            says="Every row is normalized, that is one sample over its columns; it is every column over the "
            "batch.",
            hint="Which axis of x must be gone in the mean?",
        ),
        Slip(
            "over all entries",
            _batch_norm_with(mean=lambda x: x.mean(), std=lambda x, eps: np.sqrt(x.var() + eps)),
            says="Mean and variance are those of the whole array; every column has its own.",
            hint="How many means are there for D columns?",
        ),
        Slip(
            "eps outside of the root",
            _batch_norm_with(std=lambda x, eps: x.std(axis=0) + eps),
            says="eps is added to the standard deviation; it belongs under the root, to the variance.",
            hint="What is a column of equal numbers divided by: by eps, or by its root?",
        ),
        Slip(
            "eps forgotten",
            _batch_norm_with(std=lambda x, eps: x.std(axis=0)),
            says="eps is missing, so a column of equal numbers is divided by zero.",
            hint="Which of the arguments is not used yet?",
        ),
        Slip(
            "root forgotten",
            _batch_norm_with(std=lambda x, eps: x.var(axis=0) + eps),
            says="x - μ is divided by the variance; it is divided by its root.",
            hint="If all entries are 10 times as large, y must stay, but for eps. Does it?",
        ),
        Slip(
            "squares not averaged",
            _batch_norm_with(std=lambda x, eps: np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=0) + eps)),
            says="The squares are added up, not averaged: the variance divides by N.",
            hint="Twice the same batch has the same variance. Has it with your code?",
        ),
        Slip(
            "squares of x",
            _batch_norm_with(std=lambda x, eps: np.sqrt((x**2).mean(axis=0) + eps)),
            says="The variance is taken from x itself; it is the mean of the squares of x - μ.",
            hint="Add 100 to a column: the variance must stay.",
        ),
        Slip(
            "mean not subtracted",
            _batch_norm_with(mean=lambda x: 0.0),
            says="The mean is not subtracted from x.",
            hint="What must the mean of y be if beta is 0?",
        ),
        Slip(
            "gamma forgotten in y",
            _batch_norm_with(y=lambda normal, gamma, beta: normal + beta),
            says="The value y lacks gamma.",
            hint="With gamma = 0, what must y be?",
        ),
        Slip(
            "beta forgotten in y",
            _batch_norm_with(y=lambda normal, gamma, beta: gamma * normal),
            says="The value y lacks beta.",
            hint="What must y be in a column of equal numbers?",
        ),
        Slip(
            "gamma and beta forgotten in y",
            _batch_norm_with(y=lambda normal, gamma, beta: normal),
            says="The value y is only normalized; scale and shift are missing.",
            hint="Which of the arguments are not used yet?",
        ),
        Slip(
            "gamma and beta exchanged",
            _batch_norm_with(y=lambda normal, gamma, beta: beta * normal + gamma),
            says="gamma and beta are exchanged in y: gamma scales, beta shifts.",
            hint="What must y be in a column of equal numbers?",
        ),
        Slip(
            "beta scaled as well",
            _batch_norm_with(y=lambda normal, gamma, beta: gamma * (normal + beta)),
            says="gamma multiplies beta as well; beta is added after the scaling.",
            hint="With gamma = 0, what must y be?",
        ),
    ),
    because="Mean and variance of a column hang on all of its entries, so the gradient loses what a shift or "
    "a stretch of the whole column would do: its mean, and its part along the normalized values.",
)

# Inverted dropout.


def _dropout(x, p, uniform):  # type: ignore[no-untyped-def]
    factor = (uniform >= p) / (1 - p)

    def back(dy):  # type: ignore[no-untyped-def]
        return dy * factor

    return x * factor, back


def _dropout_where(x: Any, p: float, uniform: Any) -> Any:
    def _silenced(values: Any) -> Any:
        kept = values.copy()
        kept[uniform < p] = 0.0
        return kept / (1.0 - p)

    return _silenced(x), _silenced


def _dropout_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    shape = (size, size + 1) if size < 5 else (size, 3, 2)
    p = float(rng.choice([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8]))
    return rng.normal(size=shape), p, rng.random(shape)


def _dropout_with(
    factor: Callable[..., Any] | None = None, *, back: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """Return dropout with another ``factor(p, uniform)``, or with another ``back(dy, x, factor, p)``."""

    def _wrong(x: Any, p: float, uniform: Any) -> Any:
        found = (factor or _factor)(np.float64(p), uniform)
        return x * found, lambda dy: back(dy, x, found, p) if back else dy * found

    return _wrong


def _factor(p: Any, uniform: Any) -> Any:
    return (uniform >= p) / (1 - p)


#: Entries that fall on p exactly, and on 0.
_EDGES = (np.array([1.0, 2.0, -3.0, 4.0]), np.array([0.25, 0.75, 0.5, 0.0]))
_ROW = (np.arange(1.0, 9.0)[None], 0.4, np.linspace(0, 0.97, 8)[None])

dropout = Pullback(
    id="ours-dropout",
    title="Inverted dropout, forward and backward",
    statement="Write `dropout(x, p, uniform)`, inverted dropout as in training. Every entry of x is dropped "
    "with probability p, that is set to 0, and the others are rescaled so that the expected value of every "
    "entry of y is that of x. The random numbers are handed in: `uniform` has the shape of x, which can be "
    "any, with entries in [0, 1), and an entry is dropped where uniform < p. Return y and a function "
    "`back(dy)` that returns the gradient of x. p lies in [0, 1): it can be 0, and it can be as large as "
    "0.99.",
    stub="def dropout(x, p, uniform):\n    y = ...\n\n    def back(dy):\n        return ...\n\n"
    "    return y, back\n",
    points=2,
    reference=_dropout,
    also=(_dropout_where,),
    inputs=_dropout_inputs,
    corners=(
        *((_EDGES[0], p, _EDGES[1]) for p in (0.0, 0.25, 0.5, 0.75)),
        (np.ones((2, 3)), 0.99, np.array([[0.995, 0.5, 0.0], [0.9, 0.99, 0.98]])),
        _ROW,
        _ROW,
        (np.array([[0.0, 2.0], [0.0, 0.0]]), 0.5, np.array([[0.6, 0.7], [0.2, 0.9]])),  # x can be 0 and stay
    ),
    batched=(0, 2),
    cases={
        "only where p is 0": lambda x, p, uniform: p == 0,
        "only where p is large": lambda x, p, uniform: p > 0.9,
        "only where an entry of x is 0": lambda x, p, uniform: bool((x == 0).any()),
        "only where an entry of uniform is exactly p": lambda x, p, uniform: bool((uniform == p).any()),
    },
    hints=(
        "Make a mask of the entries that stay, 1 or 0, and multiply.",
        "An entry stays with probability 1 - p. By what must it be multiplied for its mean to be x?",
        "For one draw of the mask, y is x times fixed numbers. What is the derivative of that?",
        "factor = (uniform >= p) / (1 - p); y = x * factor; dx = dy * factor",
    ),
    slips=(
        Slip(
            "not rescaled",
            _dropout_with(lambda p, u: u >= p),
            says="The entries that stay are not rescaled, so on average y is smaller than x. Then one would "
            "have to scale at test time; inverted dropout does it in training.",
            hint="With p = 0.5 and x = 1, y is 0 or something else, equally often. What must that be?",
        ),
        Slip(
            "multiplied by 1 - p",
            _dropout_with(lambda p, u: (u >= p) * (1 - p)),
            says="The entries that stay are multiplied by the probability to stay; that makes them smaller "
            "still.",
            hint="With p = 0.5 and x = 1, y is 0 or something else, equally often. What must that be?",
        ),
        Slip(
            "divided by p",
            _dropout_with(lambda p, u: (u >= p) / p),
            says="You divide by p, the probability to be dropped; what counts is the probability to stay.",
            hint="With p = 0 nothing is dropped and nothing should change.",
        ),
        Slip(
            "multiplied by p",
            _dropout_with(lambda p, u: (u >= p) * p),
            says="You multiply by p. The entries that stay must grow, the more so the more are dropped.",
            hint="With p = 0 nothing is dropped and nothing should change.",
        ),
        Slip(
            "the wrong ones dropped",
            _dropout_with(lambda p, u: (u < p) / (1 - p)),
            says="The mask is turned round: entries with uniform < p stay, and those are to be dropped.",
            hint="With p = 0, how many entries should stay?",
        ),
        Slip(
            "p as the chance to stay",
            _dropout_with(lambda p, u: (u < p) / p),
            says="p is taken as the probability to stay; here it is the probability to be dropped.",
            hint="With p = 0, how many entries should stay?",
        ),
        Slip(
            "the wrong ones dropped + not rescaled",
            _dropout_with(lambda p, u: u < p),
            says="Two things: entries with uniform < p stay though they are to be dropped, and nothing is "
            "rescaled.",
            hint="First the mask: with p = 0, how many entries should stay?",
        ),
        Slip(
            "compared with 1 - p",
            _dropout_with(lambda p, u: (u < 1 - p) / (1 - p)),
            says="You keep as many as asked for, but others: uniform is compared with 1 - p.",
            hint="Is an entry with uniform = 0 dropped when p is 0.1?",
        ),
        Slip(
            "compared with 1 - p + not rescaled",
            _dropout_with(lambda p, u: u < 1 - p),
            says="Two things: uniform is compared with 1 - p, so other entries are dropped than asked for, "
            "and those that stay are not rescaled.",
            hint="Is an entry with uniform = 0 dropped when p is 0.1?",
        ),
        Slip(
            "equal to p",
            _dropout_with(lambda p, u: (u > p) / (1 - p)),
            says="Right but for the border: an entry with uniform equal to p stays.",
            hint="With p = 0 and uniform = 0, is the entry dropped?",
        ),
        Slip(
            "divided by the share that stayed",
            _dropout_with(lambda p, u: (u >= p) / (u >= p).mean()),
            says="You divide by the share that happened to stay; inverted dropout divides by its "
            "probability.",
            hint="If by chance nothing stays, what do you divide by?",
        ),
        Slip(
            "mask missing",
            _dropout_with(lambda p, u: np.ones_like(u) / (1 - p)),
            also=(_dropout_with(lambda p, u: np.ones_like(u)),),
            says="No entry is dropped: the mask is missing.",
            hint="How many zeros has your y?",
        ),
        Slip(
            "mask not used in backward",
            _dropout_with(back=lambda dy, x, factor, p: dy / (1 - p)),
            also=(_dropout_with(back=lambda dy, x, factor, p: dy),),
            says="The gradient goes through dropped entries as well: the mask is missing in `back`.",
            hint="If a dropped entry of x changes, does y?",
        ),
        Slip(
            "backward not rescaled",
            _dropout_with(back=lambda dy, x, factor, p: dy * (factor > 0)),
            says="The value y is right, but the gradient is not rescaled as y is.",
            hint="If an entry that stays grows by 1, by how much does y grow?",
        ),
        Slip(
            "backward scaled the wrong way",
            _dropout_with(back=lambda dy, x, factor, p: dy * (factor > 0) * (1 - p)),
            says="The value y is right, but the gradient is multiplied by 1 - p.",
            hint="If an entry that stays grows by 1, by how much does y grow?",
        ),
        Slip(
            "backward rescaled twice",
            _dropout_with(back=lambda dy, x, factor, p: dy * factor / (1 - p)),
            says="The value y is right, but the gradient is rescaled twice.",
            hint="If an entry that stays grows by 1, by how much does y grow?",
        ),
        Slip(
            "gradient times x",
            _dropout_with(back=lambda dy, x, factor, p: dy * x * factor),
            also=(_dropout_with(back=lambda dy, x, factor, p: dy * x),),
            says="The gradient is multiplied by x or y. For one mask y is x times a number, and the "
            "derivative of that is the number.",
            hint="What is the derivative of 2x?",
        ),
    ),
    because="For one draw, y is x times fixed factors: 0 with probability p, else 1 / (1 - p), whose mean is "
    "1. The gradient goes through the same factors.",
)
