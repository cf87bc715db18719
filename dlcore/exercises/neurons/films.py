"""A logistic neuron learns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.exercises.engine import Number, Slip

__all__ = ["film_gradient"]


def _drawn_film(rng: np.random.Generator) -> Mapping[str, Any]:
    mary, john = rng.choice([2, 3, 4, 5], 2, replace=False)
    return {
        "mary": int(mary),
        "john": int(john),
        "y": 1,  # with a label of 0 nobody would notice that it was left out
        "w1": float(rng.choice([0.2, 0.3, 0.4])),
        "w2": float(rng.choice([-0.3, -0.2, -0.1])),
        "b": float(rng.choice([0.1, 0.2, 0.5])),
    }


def _yhat(mary: float, john: float, w1: float, w2: float, b: float) -> float:
    return float(1 / (1 + np.exp(-(w1 * mary + w2 * john + b))))


def _film_gradient(mary: int, john: int, y: int, w1: float, w2: float, b: float) -> list[float]:
    yhat = _yhat(mary, john, w1, w2, b)
    delta = 2 * (yhat - y) * yhat * (1 - yhat)
    return [delta * mary, delta * john, delta]


def _film_differences(mary: int, john: int, y: int, w1: float, w2: float, b: float) -> Any:
    def _loss(theta: Any) -> float:
        return (_yhat(mary, john, *theta) - y) ** 2

    theta, step = np.array([w1, w2, b]), 1e-5 * np.eye(3)
    return np.array([(_loss(theta + e) - _loss(theta - e)) / 2e-5 for e in step])


def _film_with(delta: Any) -> Any:
    """Return the gradient with another δ: ``delta(yhat, y)``."""

    def _wrong(mary: int, john: int, y: int, w1: float, w2: float, b: float) -> list[float]:
        wrong = delta(_yhat(mary, john, w1, w2, b), y)
        return [wrong * mary, wrong * john, wrong]

    return _wrong


def _film_after(change: Any) -> Any:
    """Return what a wrong last step makes of the right gradient: ``change(gradient, given)``."""
    return lambda **given: change(_film_gradient(**given), given)


def _film_without_bias(mary: int, john: int, y: int, w1: float, w2: float, b: float) -> list[float]:
    return _film_gradient(mary, john, y, w1, w2, 0.0)


def _film_linear(mary: int, john: int, y: int, w1: float, w2: float, b: float) -> list[float]:
    delta = 2 * (w1 * mary + w2 * john + b - y)
    return [delta * mary, delta * john, delta]


film_gradient = Number(
    id="ours-film-gradient",
    title="The gradient for one film",
    statement="A logistic neuron, ŷ = σ(w₁x₁ + w₂x₂ + b), has w₁ = {w1}, w₂ = {w2} and b = {b}. Mary rated "
    "a film x₁ = {mary}, John x₂ = {john}; its label is y = {y}. The loss is L = (ŷ - y)². What are the "
    "derivatives of L by w₁, by w₂ and by b? The answer is the list of these three numbers, to four "
    "digits.",
    stub="gradient = [..., ..., ...]  # dL/dw1, dL/dw2, dL/db\n",
    source="le 5",
    points=2,
    given={"mary": 2, "john": 4, "y": 1, "w1": 0.4, "w2": -0.1, "b": 0.2},
    draw=_drawn_film,
    reference=_film_gradient,
    entries=("dL/dw1", "dL/dw2", "dL/db"),
    also=(_film_differences,),
    hints=(
        "Go from the loss back to the parameters, one variable at a time: L, then ŷ, then z, then w and b.",
        "Three factors are multiplied: the slope of the square, the slope of the sigmoid, and what stands at "
        "the parameter in z.",
        "The slope of the sigmoid follows from its value ŷ alone. At the bias stands a 1.",
        "δ = 2·(ŷ - y)·ŷ·(1 - ŷ) with ŷ = σ({w1}·{mary} + {w2}·{john} + {b}), and [{mary}·δ, {john}·δ, δ].",
    ),
    slips=(
        Slip(
            "two left out",
            _film_with(lambda yhat, y: (yhat - y) * yhat * (1 - yhat)),
            says="The factor 2 is missing: the slope of a square is twice its base.",
            hint="What is the derivative of u² by u?",
        ),
        Slip(
            "slope of the sigmoid left out",
            _film_with(lambda yhat, y: 2 * (yhat - y)),
            says="The slope of the sigmoid is missing: between ŷ and z lies one more factor.",
            hint="How much does ŷ change when z changes a little?",
        ),
        Slip(
            "two and the slope left out",
            _film_with(lambda yhat, y: yhat - y),
            says="This is (ŷ - y)·x, the gradient of another loss, the cross-entropy. With the squared error "
            "two factors more belong to it.",
            hint="Write the chain out: by ŷ first, then by z, then by w.",
        ),
        Slip(
            "sign flipped",
            _film_after(lambda gradient, given: [-g for g in gradient]),
            says="All three signs are turned: this is the way downhill, or y - ŷ was taken for ŷ - y.",
            hint="If ŷ is too large, does the loss grow or fall with the bias?",
        ),
        Slip(
            "two left out + sign flipped",
            _film_with(lambda yhat, y: (y - yhat) * yhat * (1 - yhat)),
            says="The factor 2 of the square is missing, and all three signs are turned: y - ŷ for ŷ - y.",
            hint="What is the derivative of u² by u, and what is u here?",
        ),
        Slip(
            "slope of the sigmoid left out + sign flipped",
            _film_with(lambda yhat, y: 2 * (y - yhat)),
            says="The slope of the sigmoid is missing, and all three signs are turned: y - ŷ for ŷ - y.",
            hint="If ŷ is too small, does the loss grow or fall with the bias?",
        ),
        Slip(
            "two and the slope left out + sign flipped",
            _film_with(lambda yhat, y: y - yhat),
            says="This is (y - ŷ)·x: the factor 2, the slope of the sigmoid and the sign are missing.",
            hint="Write the chain out: by ŷ first, then by z, then by w.",
        ),
        Slip(
            "label left out",
            _film_with(lambda yhat, y: 2 * yhat * yhat * (1 - yhat)),
            says="The label is left out: the loss compares ŷ with y.",
            hint="What is the gradient if ŷ is just y?",
        ),
        Slip(
            "error left out",
            _film_with(lambda yhat, y: yhat * (1 - yhat)),
            says="This is how ŷ changes with the parameters. The loss is a step further.",
            hint="The derivative of the loss by ŷ is one more factor.",
        ),
        Slip(
            "loss for its slope",
            _film_with(lambda yhat, y: (yhat - y) ** 2),
            says="The loss itself was multiplied by the inputs, not its derivative.",
            hint="What is the derivative of u² by u?",
        ),
        Slip(
            "half of the slope",
            _film_with(lambda yhat, y: 2 * (yhat - y) * yhat),
            says="The slope of the sigmoid is only half there: one of its two factors is missing.",
            hint="At z = 0 the sigmoid is one half, and its slope a quarter.",
        ),
        Slip(
            "other half of the slope",
            _film_with(lambda yhat, y: 2 * (yhat - y) * (1 - yhat)),
            says="The slope of the sigmoid is only half there: the factor ŷ is missing.",
            hint="At z = 0 the sigmoid is one half, and its slope a quarter.",
        ),
        Slip(
            "slope of the tanh",
            _film_with(lambda yhat, y: 2 * (yhat - y) * (1 - yhat**2)),
            says="The slope 1 - ŷ² is that of the tanh. The neuron has a sigmoid.",
            hint="At z = 0 the slope of a sigmoid is a quarter.",
        ),
        Slip(
            "inputs left out",
            _film_after(lambda gradient, given: [gradient[2]] * 3),
            says="All three are the same: the derivatives by the weights lack their inputs.",
            hint="How much does z change when w₁ changes a little?",
        ),
        Slip(
            "weights for inputs",
            _film_after(lambda g, given: [g[2] * given["w1"], g[2] * given["w2"], g[2]]),
            says="These are the derivatives by the inputs: each was multiplied by its weight.",
            hint="In w₁x₁, what stands at w₁?",
        ),
        Slip(
            "bias left out of z",
            _film_without_bias,
            says="The bias is missing in z, so ŷ is not the neuron's answer.",
            hint="Compute ŷ once more, with all three terms.",
        ),
        Slip(
            "weights and inputs",
            _film_after(lambda g, given: [g[0] * given["w1"], g[1] * given["w2"], g[2]]),
            says="Each derivative was multiplied by its weight as well. At w₁ stands x₁ alone.",
            hint="How much does z change when w₁ changes a little?",
        ),
        Slip(
            "no sigmoid",
            _film_linear,
            says="There is no sigmoid in this: z was taken for ŷ.",
            hint="How does ŷ follow from z?",
        ),
        Slip(
            "bias times b",
            _film_after(lambda g, given: [g[0], g[1], g[2] * given["b"]]),
            says="The derivative by the bias was multiplied by the bias. At b stands a 1.",
            hint="How much does z change when b changes a little?",
        ),
        Slip(
            "no derivative by the bias",
            _film_after(lambda g, given: [g[0], g[1], 0.0]),
            says="The derivative by the bias is not 0: z moves with b.",
            hint="How much does z change when b changes a little?",
        ),
        Slip(
            "inputs swapped",
            _film_after(lambda g, given: [g[1], g[0], g[2]]),
            says="The derivatives by the two weights are swapped.",
            hint="Which rating does w₁ multiply?",
        ),
    ),
    because="With z = {w1}·{mary} + {w2}·{john} + {b} and ŷ = σ(z), the derivative by z is "
    "δ = 2(ŷ - y)·ŷ(1 - ŷ); in z, {mary} stands at w₁, {john} at w₂ and 1 at b.",
)
