"""What stands after the gradients: Adam, and gradients clipped by their norm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.exercises.engine import Function, Slip

__all__ = ["adam", "clip"]

# Adam for several steps.


def _adam(weight, gradients, eta, beta1, beta2, eps):  # type: ignore[no-untyped-def]
    m, v, weights = np.zeros_like(weight), np.zeros_like(weight), []
    for t, gradient in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        weight = weight - eta * m_hat / (np.sqrt(v_hat) + eps)
        weights.append(weight)
    return np.array(weights)


def _adam_by_weights(weight: Any, gradients: Any, eta: float, beta1: float, beta2: float, eps: float) -> Any:
    """Write the averages as sums over all gradients until then."""
    steps = len(gradients)
    flat = gradients.reshape(steps, -1)
    moved = np.empty_like(flat)
    for t in range(steps):
        shares = [beta ** np.arange(t, -1, -1.0) for beta in (beta1, beta2)]
        mean, square = (
            np.average(flat[: t + 1] ** k, axis=0, weights=s) for k, s in zip((1, 2), shares, strict=True)
        )
        moved[t] = mean / (eps + square**0.5)
    return weight - eta * np.cumsum(moved, axis=0).reshape(gradients.shape)


def _adam_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    shape = (size,) if size < 4 else (size - 2, 2)
    betas = float(rng.choice([0.5, 0.8, 0.9])), float(rng.choice([0.6, 0.95, 0.99, 0.999]))
    eta, eps = float(rng.choice([0.01, 0.1, 0.5])), float(rng.choice([1e-8, 0.01, 0.3]))
    return rng.normal(size=shape), rng.normal(size=(size + 1, *shape)), eta, *betas, eps


def _average(old: Any, new: Any, beta: float) -> Any:
    return beta * old + (1 - beta) * new


def _corrected(average: Any, beta: float, t: int) -> Any:
    return average / (1 - np.float64(beta) ** t)


def _uncorrected(average: Any, beta: float, t: int) -> Any:
    return average


def _adam_with(
    *,
    average: Callable[..., Any] = _average,
    moments: Callable[..., Any] = lambda g, m: (g, g**2),
    correct: tuple[Callable[..., Any], Callable[..., Any]] = (_corrected, _corrected),
    step: Callable[..., Any] = lambda m, v, eps, g: m / (np.sqrt(v) + eps),
    move: Callable[..., Any] = lambda weight, change, start: weight - change,
    betas: Callable[..., Any] = lambda beta1, beta2: (beta1, beta2),
    first: int = 1,
    results: Callable[..., Any] = lambda weights, start: np.array(weights),
) -> Callable[..., Any]:
    """Return Adam with something else in place of one of its parts."""

    def _wrong(weight: Any, gradients: Any, eta: float, beta1: float, beta2: float, eps: float) -> Any:
        beta1, beta2 = betas(beta1, beta2)
        start, weights = weight, []
        m = v = np.zeros_like(weight)
        for t, g in enumerate(gradients, start=first):
            m = average(m, moments(g, m)[0], beta1)
            v = average(v, moments(g, m)[1], beta2)
            m_hat, v_hat = correct[0](m, beta1, t), correct[1](v, beta2, t)
            weight = move(weight, eta * step(m_hat, v_hat, eps, g), start)
            weights.append(weight)
        return results(weights, start)

    return _wrong


def _learning_rate_inside(weight: Any, gradients: Any, eta: float, *settings: float) -> Any:
    return _adam_with()(weight, eta * gradients, 1.0, *settings)


def _eps_before_correction(
    weight: Any, gradients: Any, eta: float, beta1: float, beta2: float, eps: float
) -> Any:
    m = v = np.zeros_like(weight)
    weights = []
    for t, g in enumerate(gradients, start=1):
        m, v = _average(m, g, beta1), _average(v, g**2, beta2)
        weight = weight - eta * np.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps)
        weights.append(weight)
    return np.array(weights)


def _averages_before(weight: Any, gradients: Any, eta: float, beta1: float, beta2: float, eps: float) -> Any:
    m = v = np.zeros_like(weight)
    weights = []
    for t, g in enumerate(gradients, start=1):
        weight = weight - eta * _corrected(m, beta1, t) / (np.sqrt(_corrected(v, beta2, t)) + eps)
        m, v = _average(m, g, beta1), _average(v, g**2, beta2)
        weights.append(weight)
    return np.array(weights)


def _corrected_averages_kept(
    weight: Any, gradients: Any, eta: float, beta1: float, beta2: float, eps: float
) -> Any:
    m = v = np.zeros_like(weight)
    weights = []
    for t, g in enumerate(gradients, start=1):
        m, v = _average(m, g, beta1), _average(v, g**2, beta2)
        m, v = _corrected(m, beta1, t), _corrected(v, beta2, t)
        weight = weight - eta * m / (np.sqrt(v) + eps)
        weights.append(weight)
    return np.array(weights)


_STEPS = np.array([[1.0, 0.0, -2.0], [0.5, 0.0, 3.0], [-2.0, 0.0, 1.0]])

adam = Function(
    id="ours-adam",
    title="Adam for several steps",
    statement="Write `adam(weight, gradients, eta, beta1, beta2, eps)`: the weights after every step of "
    "Adam. `weight` is an array of any shape; gradients[t - 1], of the same shape, is the gradient at step t "
    "= 1, …, T, with T of at least 1. m and v start at zero and are kept from step to step: m is the average "
    "of the gradients that keeps the share beta1 of the old one, v is the average of their squares that "
    "keeps beta2. Both are then corrected for their start at zero by 1 - betaᵗ, to m̂ and v̂. The step is "
    "eta m̂ / (√v̂ + eps): eps stands outside of the root. Return an array of shape (T, …) with the weights "
    "after step 1, 2, …, T. The betas lie in [0, 1), eps is positive, and not always a small number.",
    stub="def adam(weight, gradients, eta, beta1, beta2, eps):\n    ...\n",
    points=2,
    reference=_adam,
    also=(_adam_by_weights,),
    inputs=_adam_inputs,
    corners=(
        (np.array([1.0]), np.array([[2.0]]), 0.5, 0.9, 0.99, 0.5),
        (np.array([1.0]), np.array([[2.0], [-1.0]]), 0.5, 0.5, 0.75, 1.0),
        (np.ones(3), _STEPS, 0.1, 0.0, 0.9, 1e-8),
        (np.ones(3), _STEPS, 0.1, 0.9, 0.0, 1e-8),
        (np.ones(3), 1e-4 * _STEPS, 1.0, 0.9, 0.999, 1e-4),
        (np.ones(3), 1000 * _STEPS, 1.0, 0.9, 0.999, 10.0),
        (np.zeros((2, 3)), np.ones((4, 2, 3)), 10.0, 0.8, 0.9, 0.1),
    ),
    cases={
        "only at the second step and later": lambda weight, gradients, *settings: len(gradients) > 1,
        "only where a gradient is zero": lambda weight, gradients, *settings: not gradients.all(),
        "only where eps is not small": lambda weight, gradients, *settings: settings[-1] > 0.05,
    },
    hints=(
        "Keep m and v outside of the loop: they are averages over all gradients until now.",
        "The new average is the share beta of the old one plus the rest, 1 - beta, of the new value.",
        "After the first step m is (1 - beta1) times the gradient. What must it be divided by to be the "
        "gradient?",
        "At step t the divisors are 1 - beta1ᵗ and 1 - beta2ᵗ; the first step is t = 1.",
        "m = beta1 * m + (1 - beta1) * g; v = beta2 * v + (1 - beta2) * g**2; "
        "weight = weight - eta * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)",
    ),
    slips=(
        Slip(
            "no bias correction",
            _adam_with(correct=(_uncorrected, _uncorrected)),
            says="m and v are used as they are: the correction for their start at zero is missing.",
            hint="After one step, what is m for a gradient of 1, and what should it stand for?",
        ),
        Slip(
            "only m corrected",
            _adam_with(correct=(_corrected, _uncorrected)),
            says="Only m is corrected for its start at zero; v starts there as well.",
            hint="After one step, what is v for a gradient of 1?",
        ),
        Slip(
            "only v corrected",
            _adam_with(correct=(_uncorrected, _corrected)),
            says="Only v is corrected for its start at zero; m starts there as well.",
            hint="After one step, what is m for a gradient of 1?",
        ),
        Slip(
            "correction without the power",
            _adam_with(correct=(lambda a, beta, t: a / (1 - beta), lambda a, beta, t: a / (1 - beta))),
            says="The correction is the same at every step, 1 - beta; it has to fade with the step t.",
            hint="After many steps the averages need no correction any more. What must the divisor tend to?",
        ),
        Slip(
            "correction with a product",
            _adam_with(
                correct=(
                    lambda a, beta, t: a / np.float64(1 - beta * t),
                    lambda a, beta, t: a / np.float64(1 - beta * t),
                )
            ),
            says="The correction multiplies beta by t; it is the power of beta, which stays below 1.",
            hint="With beta = 0.9 and t = 2, what do you divide by?",
        ),
        Slip(
            "multiplied by the correction",
            _adam_with(correct=(lambda a, beta, t: a * (1 - beta**t), lambda a, beta, t: a * (1 - beta**t))),
            says="The averages are multiplied by the correction; they are too small, so divide.",
            hint="After one step, what is m for a gradient of 1, and what should it stand for?",
        ),
        Slip(
            "t from 0",
            _adam_with(first=0),
            says="All entries are NaN, as they are if t starts at 0, where the correction divides by zero.",
            hint="What is 1 - beta ** 0?",
        ),
        Slip(
            "t from 2",
            _adam_with(first=2),
            says="t is one too large at every step: the first one is t = 1.",
            hint="After one step, what is m for a gradient of 1, and what do you divide it by?",
        ),
        Slip(
            "eps inside of the root",
            _adam_with(step=lambda m, v, eps, g: m / np.sqrt(v + eps)),
            says="eps stands under the root; it is added after it.",
            hint="With v̂ = 0, what do you divide by: eps, or its root?",
        ),
        Slip(
            "eps inside of the root + the same array in every row",
            _adam_with(
                step=lambda m, v, eps, g: m / np.sqrt(v + eps),
                results=lambda weights, start: np.array([weights[-1]] * len(weights)),
            ),
            says="Two things: eps stands under the root; it is added after it. And all rows are the last "
            "weights: the same array was put in the list again and again, and changed in place.",
            hint="With v̂ = 0, what do you divide by? And does `weight -= …` make a new array?",
        ),
        Slip(
            "eps before the correction",
            _eps_before_correction,
            says="eps is added to the root of v before the correction; it is added to the root of the "
            "corrected v̂.",
            hint="At the first step, by how much is your eps multiplied?",
        ),
        Slip(
            "eps forgotten",
            _adam_with(step=lambda m, v, eps, g: m / np.sqrt(v)),
            says="The eps that is handed in is not used.",
            hint="What do you divide by where all gradients until now are zero?",
        ),
        Slip(
            "eps outside of the quotient",
            _adam_with(step=lambda m, v, eps, g: m / np.sqrt(v) + eps),
            says="eps is added to the quotient, not to what m̂ is divided by: brackets are missing.",
            hint="What is m / np.sqrt(v) + eps: where does Python set the brackets?",
        ),
        Slip(
            "root forgotten",
            _adam_with(step=lambda m, v, eps, g: m / (v + eps)),
            says="m̂ is divided by v̂; it is divided by the root of it.",
            hint="The first step must not grow with the size of the gradient, but for eps. Does yours?",
        ),
        Slip(
            "eps forgotten + root forgotten",
            _adam_with(step=lambda m, v, eps, g: m / v),
            says="Two things: the root of v̂ is missing, and so is eps.",
            hint="The first step must not grow with the size of the gradient, but for eps. Does yours?",
        ),
        Slip(
            "squares of averages",
            _adam_with(moments=lambda g, m: (g, m**2)),
            says="v averages the squares of m; it averages the squares of the gradients.",
            hint="With gradients 1 and -1 in turn, which of the two goes to zero?",
        ),
        Slip(
            "square forgotten",
            _adam_with(moments=lambda g, m: (g, g)),
            says="v averages the gradients themselves; it averages their squares.",
            hint="What is the root of v when the gradient is negative?",
        ),
        Slip(
            "betas exchanged",
            _adam_with(betas=lambda beta1, beta2: (beta2, beta1)),
            says="The betas are exchanged: beta1 belongs to m, beta2 to v.",
            hint="Read the statement again: whose share is beta1?",
        ),
        Slip(
            "one beta for both",
            _adam_with(betas=lambda beta1, beta2: (beta1, beta1)),
            also=(_adam_with(betas=lambda beta1, beta2: (beta2, beta2)),),
            says="One beta serves both averages: beta1 belongs to m, beta2 to v.",
            hint="Which of the arguments is used twice?",
        ),
        Slip(
            "shares exchanged",
            _adam_with(average=lambda old, new, beta: (1 - beta) * old + beta * new),
            also=(
                _adam_with(
                    average=lambda old, new, beta: (1 - beta) * old + beta * new,
                    correct=(lambda a, b, t: a / (1 - (1 - b) ** t), lambda a, b, t: a / (1 - (1 - b) ** t)),
                ),
            ),
            says="The shares of old and new are exchanged: beta is what an average keeps of the old.",
            hint="With beta = 0.999, does an average move fast or slowly?",
        ),
        Slip(
            "new value whole",
            _adam_with(average=lambda old, new, beta: beta * old + new),
            says="The new value is added whole; an average adds the share 1 - beta of it.",
            hint="If all gradients are 1, what must their average tend to?",
        ),
        Slip(
            "averages restarted",
            _adam_with(average=lambda old, new, beta: (1 - beta) * new),
            also=(
                _adam_with(
                    average=lambda old, new, beta: (1 - beta) * new,
                    correct=(lambda a, beta, t: a / (1 - beta), lambda a, beta, t: a / (1 - beta)),
                ),
            ),
            says="m and v begin anew at every step; they are kept from step to step.",
            hint="Where do you set them to zero: before the loop, or inside of it?",
        ),
        Slip(
            "corrected averages kept",
            _corrected_averages_kept,
            says="The corrected averages take the place of m and v in the next step; the correction is for "
            "the step alone, and m and v go on without it.",
            hint="Give the corrected ones names of their own.",
        ),
        Slip(
            "averages of the step before",
            _averages_before,
            says="The step uses m and v as they were before this gradient; first both take it in.",
            hint="What are m and v in your first step?",
        ),
        Slip(
            "gradient in place of m",
            _adam_with(step=lambda m, v, eps, g: g / (np.sqrt(v) + eps)),
            says="The step goes along the gradient itself; it goes along its average m̂.",
            hint="Where is m̂ used?",
        ),
        Slip(
            "not divided",
            _adam_with(step=lambda m, v, eps, g: m),
            says="This is momentum alone: the step is not divided by the root of v̂.",
            hint="Where is v̂ used?",
        ),
        Slip(
            "sign",
            _adam_with(move=lambda weight, change, start: weight + change),
            says="The weights move along the gradient; they must go against it.",
            hint="With a positive gradient, must the weight grow or shrink?",
        ),
        Slip(
            "learning rate inside",
            _learning_rate_inside,
            says="The learning rate multiplies the gradients, and so it cancels in the quotient; it "
            "multiplies the step.",
            hint="With eta ten times as large, is your step ten times as large?",
        ),
        Slip(
            "learning rate forgotten",
            lambda weight, gradients, eta, *settings: _adam_with()(weight, gradients, 1.0, *settings),
            says="The learning rate is missing.",
            hint="Which of the arguments is not used yet?",
        ),
        Slip(
            "steps not added up",
            _adam_with(move=lambda weight, change, start: start - change),
            says="Every step starts from the first weights again; it starts from where the last one ended.",
            hint="Which weights does step 2 change?",
        ),
        Slip(
            "weights before the step",
            _adam_with(results=lambda weights, start: np.array([start, *weights[:-1]])),
            says="The rows hold the weights before each step; they should hold those after it.",
            hint="Is the first row still the weight that was handed in?",
        ),
        Slip(
            "start included",
            _adam_with(results=lambda weights, start: np.array([start, *weights])),
            says="There is one row too many: the weights before the first step are not asked for.",
            hint="How many rows should there be for one step?",
        ),
        Slip(
            "last weights alone",
            _adam_with(results=lambda weights, start: weights[-1]),
            says="These are the weights after the last step; those after every step are asked for.",
            hint="Collect the weights in a list as you go.",
        ),
        Slip(
            "the same array in every row",
            _adam_with(results=lambda weights, start: np.array([weights[-1]] * len(weights))),
            says="All rows are the last weights: the same array was put in the list again and again, and "
            "changed in place.",
            hint="Does `weight -= …` make a new array? What does the list hold?",
        ),
        Slip(
            "changes returned",
            _adam_with(results=lambda weights, start: np.diff([start, *weights], axis=0)),
            also=(_adam_with(results=lambda weights, start: -np.diff([start, *weights], axis=0)),),
            says="These are the changes of the weights; the weights after them are asked for.",
            hint="Add the weights that you start from.",
        ),
        Slip(
            "no bias correction + eps inside of the root",
            _adam_with(correct=(_uncorrected, _uncorrected), step=lambda m, v, eps, g: m / np.sqrt(v + eps)),
            says="Two things: the correction of m and v is missing, and eps stands under the root.",
            hint="First the correction: after one step, what is m for a gradient of 1?",
        ),
    ),
    because="Both averages start at zero and hold only 1 - betaᵗ of the values that they stand for after t "
    "steps; the division mends that, and the quotient frees the step of the gradients' size.",
)

# Clipping gradients by their norm.


def _clip(gradients, max_norm):  # type: ignore[no-untyped-def]
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    scale = max_norm / norm if norm > max_norm else 1.0
    return tuple(gradient * scale for gradient in gradients)


def _clip_flat(gradients: Any, max_norm: Any) -> Any:
    norm = np.linalg.norm(np.concatenate([gradient.ravel() for gradient in gradients]))
    return [gradient / max(1.0, norm / max_norm) for gradient in gradients]


def _clip_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    shapes = [(size,), (size + 1, size), (2, size, 2)][: 2 + size // 3]
    gradients = [rng.normal(size=shape) for shape in shapes]
    norm = np.sqrt(sum((gradient**2).sum() for gradient in gradients))
    return gradients, float(norm * rng.choice([0.1, 0.4, 0.8, 1.3, 3.0]))


def _clip_with(scale: Callable[..., Any]) -> Callable[..., Any]:
    """Return clipping with another ``scale(norm, max_norm, gradients)``."""

    def _wrong(gradients: Any, max_norm: Any) -> Any:
        factor = scale(_norm(gradients), np.float64(max_norm), gradients)
        return [gradient * factor for gradient in gradients]

    return _wrong


def _norm(gradients: Any) -> Any:
    return np.sqrt(sum((gradient**2).sum() for gradient in gradients))


def _shrunk(norm: Any, max_norm: Any) -> Any:
    return max_norm / norm if norm > max_norm else 1.0


def _with_norm(norm: Callable[..., Any]) -> Callable[..., Any]:
    """Return clipping with another norm of the list."""
    return _clip_with(lambda right, max_norm, gradients: _shrunk(norm(gradients), max_norm))


def _each_by_itself(clip_one: Callable[..., Any]) -> Callable[..., Any]:
    return lambda gradients, max_norm: [clip_one(g, np.float64(max_norm)) for g in gradients]


def _chosen(chosen: Callable[..., bool]) -> Callable[..., Any]:
    """Return clipping that rescales only some of the arrays: ``chosen(position, count)``."""

    def _wrong(gradients: Any, max_norm: Any) -> Any:
        factor, count = _shrunk(_norm(gradients), max_norm), len(gradients)
        return [g * factor if chosen(i, count) else g for i, g in enumerate(gradients)]

    return _wrong


def _corner(max_norm: float, *gradients: Any) -> tuple[Any, ...]:
    return [np.array(gradient) for gradient in gradients], max_norm


clip = Function(
    id="ours-clip-norm",
    title="Gradients clipped by their norm",
    statement="Write `clip(gradients, max_norm)`: `gradients` is a list of two or more arrays of different "
    "shapes, one for each parameter of a net. Take them all together as one long vector. If its Euclidean "
    "norm is above max_norm, a positive number, scale all arrays by the same factor so that the norm becomes "
    "max_norm; otherwise, and so if all gradients are zero, leave them as they are. Return the list of the "
    "new arrays, in the same order.",
    stub="def clip(gradients, max_norm):\n    ...\n",
    points=2,
    reference=_clip,
    also=(_clip_flat,),
    inputs=_clip_inputs,
    corners=(
        _corner(2.0, [3.0], [[0.0, 4.0]]),
        _corner(6.0, [3.0], [[0.0, 4.0]]),
        _corner(5.0, [3.0], [[0.0, 4.0]]),
        _corner(4.5, [3.0], [[0.0, 4.0]]),
        _corner(0.5, [0.6, 0.0], [[0.0, 0.0], [0.0, -0.8]]),
        _corner(3.0, [-1000.0, 0.0], [[0.0], [1.0]]),
        _corner(3.0, [0.0], [[0.0, 0.0]]),
    ),
    valid=lambda gradients, max_norm: max_norm > 0,
    cases={
        "only where all gradients are zero": lambda gradients, max_norm: not any(g.any() for g in gradients),
        "only where the norm is above max_norm": lambda gradients, max_norm: _norm(gradients) > max_norm,
        "only where the norm is not above max_norm": lambda gradients, max_norm: _norm(gradients) <= max_norm,
    },
    hints=(
        "One number says how long all gradients together are. Which, for [3] and [4]?",
        "Add up the squares of all entries of all arrays before you take one root.",
        "Divide by the norm and multiply by max_norm, but only where that makes the gradients smaller.",
        "norm = np.sqrt(sum((g**2).sum() for g in gradients)); scale = max_norm / norm if norm > max_norm "
        "else 1.0; return [g * scale for g in gradients]",
    ),
    slips=(
        Slip(
            "every array by itself",
            _each_by_itself(lambda g, most: g * _shrunk(np.linalg.norm(g), most)),
            says="Every array is clipped by its own norm; all of them share one norm and one factor.",
            hint="[3] and [4] have a norm of 5 together. What becomes of them with max_norm = 4.5?",
        ),
        Slip(
            "every entry by itself",
            _each_by_itself(lambda g, most: np.clip(g, -most, most)),
            also=(_each_by_itself(np.minimum),),
            says="Every entry is cut by itself; that turns the direction. All are scaled by one factor.",
            hint="The quotient of two entries must not change.",
        ),
        Slip(
            "always rescaled",
            _clip_with(lambda norm, most, _: most / norm),
            says="Small gradients are scaled up to max_norm, and zeros are divided by zero: gradients whose "
            "norm is not above max_norm stay as they are.",
            hint="What becomes of [0.3] and [0.4] with max_norm = 5?",
        ),
        Slip(
            "rescaled unless zero",
            _clip_with(lambda norm, most, _: most / norm if norm > 0 else 1.0),
            says="Small gradients are scaled up to max_norm: those whose norm is not above max_norm stay as "
            "they are.",
            hint="What becomes of [0.3] and [0.4] with max_norm = 5?",
        ),
        Slip(
            "zero divided by zero",
            _clip_with(lambda norm, most, _: np.minimum(norm, most) / norm),
            says="Right but for gradients that are all zero: their norm of 0 is divided by itself.",
            hint="What is the factor when the norm is 0?",
        ),
        Slip(
            "every array by itself + always rescaled",
            _each_by_itself(lambda g, most: g * (most / np.linalg.norm(g))),
            says="Two things: every array is scaled by its own norm though all share one, and it is scaled "
            "even where the norm is not above max_norm.",
            hint="First the norm: how long are [3] and [4] together?",
        ),
        Slip(
            "norms added up",
            _with_norm(lambda gradients: sum(np.linalg.norm(g) for g in gradients)),
            says="The norms of the arrays are added up; the squares are what adds up, before the root.",
            hint="How long are [3] and [4] together: 7?",
        ),
        Slip(
            "norms not squared",
            _with_norm(lambda gradients: sum(np.linalg.norm(g) for g in gradients) ** 0.5),
            says="You take the root of the sum of the norms; what adds up under the root are their squares.",
            hint="How long are [3] and [4] together: the root of 7?",
        ),
        Slip(
            "largest norm",
            _with_norm(lambda gradients: max(np.linalg.norm(g) for g in gradients)),
            says="You take the norm of the longest array; the norm is that of all of them together.",
            hint="How long are [3] and [4] together?",
        ),
        Slip(
            "norm of one array",
            _with_norm(lambda gradients: np.linalg.norm(gradients[0])),
            also=(_with_norm(lambda gradients: np.linalg.norm(gradients[-1])),),
            says="The norm is that of one array of the list; it is that of all of them together.",
            hint="How long are [3] and [4] together?",
        ),
        Slip(
            "root forgotten",
            _with_norm(lambda gradients: _norm(gradients) ** 2),
            says="You use the square of the norm: the root is missing.",
            hint="How long are [3] and [4] together: 25?",
        ),
        Slip(
            "absolute values",
            _with_norm(lambda gradients: sum(np.abs(g).sum() for g in gradients)),
            says="The norm adds up absolute values; the Euclidean norm is the root of the sum of squares.",
            hint="How long are [3] and [4] together: 7?",
        ),
        Slip(
            "largest entry",
            _with_norm(lambda gradients: max(np.abs(g).max() for g in gradients)),
            says="You take the largest entry as the norm; the Euclidean norm is the root of the sum of "
            "squares.",
            hint="How long are [3] and [4] together?",
        ),
        Slip(
            "mean of squares",
            _with_norm(lambda gradients: _norm(gradients) / sum(g.size for g in gradients) ** 0.5),
            says="The squares are averaged; a norm adds them up.",
            hint="How long is a vector of four ones?",
        ),
        Slip(
            "max_norm forgotten",
            _clip_with(lambda norm, most, _: 1 / norm if norm > most else 1.0),
            also=(
                _clip_with(lambda norm, most, _: 1 / norm),
                _clip_with(lambda norm, most, _: 1 / norm if norm else 1.0),
                _clip_with(lambda norm, most, _: 1 / max(norm, 1.0)),
            ),
            says="The gradients end with a norm of 1; they should end with a norm of max_norm.",
            hint="How long is g / norm?",
        ),
        Slip(
            "factor not by the norm",
            _clip_with(lambda norm, most, _: most if norm > most else 1.0),
            says="The gradients are multiplied by max_norm, but not divided by their norm.",
            hint="[3] and [4] with max_norm = 2: how long is your result?",
        ),
        Slip(
            "condition turned round",
            _clip_with(lambda norm, most, _: most / norm if norm < most else 1.0),
            says="The condition is turned round: small gradients are scaled up, large ones stay.",
            hint="Which gradients are to become smaller?",
        ),
        Slip(
            "factor turned round",
            _clip_with(lambda norm, most, _: norm / most if norm > most else 1.0),
            says="The factor is turned round: large gradients become larger still.",
            hint="Is your factor above or below 1?",
        ),
        Slip(
            "first array alone",
            _chosen(lambda i, count: i == 0),
            also=(_chosen(lambda i, count: i == count - 1), _chosen(lambda i, count: i > 0)),
            says="Only a part of the arrays is rescaled; all of them are, by the same factor.",
            hint="Is the return inside of the loop, or is one array left out?",
        ),
        Slip(
            "set to zero",
            _clip_with(lambda norm, most, _: 0.0 if norm > most else 1.0),
            says="Large gradients are thrown away; they should keep their direction and get shorter.",
            hint="How long should they be afterwards?",
        ),
    ),
    because="One factor for all arrays shortens the long vector without turning it, and a norm of zero is "
    "never above max_norm.",
)
