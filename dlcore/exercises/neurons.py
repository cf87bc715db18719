"""Exercises of chapter 01: single neurons and small nets of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.exercises.engine import Function, Network, Number, Slip, all_bits

__all__ = ["neuron_output", "perceptron_step", "xor_gate"]

xor_gate = Network(
    id="ours-xor-gate",
    title="A net for exclusive or",
    statement="Give the weights of a net of threshold units that gives 1 if exactly one of two input bits "
    "is 1. "
    "A unit gives 1 if w·x + b > 0, else 0. The answer is a list of layers (W, b), one row of W a unit.",
    stub="xor = [\n    (..., ...),  # W and b of the hidden layer\n"
    "    (..., ...),  # W and b of the output unit\n]\n",
    points=2,
    second="bias",
    inputs=all_bits(2),
    target=lambda x: float(x.sum() == 1),
    reference=[([[1, 1], [-1, -1]], [-0.5, 1.5]), ([[1, 1]], [-1.5])],
    also=(
        [([[1, -1], [-1, 1]], [-0.5, -0.5]), ([[1, 1]], [-0.5])],
        [([[30, 30], [2, 2], [0, 0]], [-10, -3, 5]), ([[1, -1, 7]], [-7.5])],
    ),
    hints=(
        "One unit cannot do it. Which two gates, joined by a third, say “one of them, but not both”?",
        "“At least one” and “not both” are gates that a single unit can be. The output asks for both.",
        "“At least one” fires if x₁ + x₂ is above a half. “Not both” has negative weights and a positive "
        "bias.",
        "Hidden rows [1, 1] with b = -0.5 and [-1, -1] with b = 1.5; output [1, 1] with b = -1.5.",
    ),
    slips=(
        Slip(
            "inclusive or",
            [([[1, 1]], [-0.5])],
            says="This is the inclusive or: on input 11 it gives 1, where exactly one bit is asked for.",
            hint="Work out your net on 11. What has to hold it back there?",
        ),
        Slip(
            "bias not negated",
            [([[1, 1], [-1, -1]], [-0.5, -1.5]), ([[1, 1]], [-1.5])],
            says="The net is always silent. A “not both” unit with weights -1 has sums 0, -1 and -2: with a "
            "negative bias it never fires.",
            hint="Negating a gate negates the weights and the bias.",
        ),
        Slip(
            "equal bits",
            [([[1, 1], [-1, -1]], [-1.5, 0.5]), ([[1, 1]], [-0.5])],
            says="This is the opposite: it fires when the two bits are equal.",
            hint="Compare the four outputs with the table of exclusive or. What has to be turned round?",
        ),
        Slip(
            "and",
            [([[1, 1]], [-1.5])],
            says="This is the and gate: it fires on 11 alone.",
            hint="On 10 and 01 it must fire, on 11 not.",
        ),
    ),
    because="“At least one” and “not both” are each one unit; exclusive or is both of them at once.",
)


def _drawn_neuron(rng: np.random.Generator) -> Mapping[str, Any]:
    w, x = (
        rng.choice(np.arange(1, 9), 2, replace=False) / 4,
        rng.choice(np.arange(1, 9), 2, replace=False) / 4,
    )
    return {"w1": float(w[0]), "w2": -float(w[1]), "x1": float(x[0]), "x2": float(x[1]), "b": -0.25}


def _sigmoid(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


def _z(w1: float, w2: float, x1: float, x2: float) -> float:
    return w1 * x1 + w2 * x2


neuron_output = Number(
    id="ours-neuron-output",
    title="What a neuron gives",
    statement="A neuron with a sigmoid has weights {w1} and {w2} and bias {b}. What does it give for the "
    "input "
    "({x1}, {x2})? Three digits will do.",
    stub="output = ...\n",
    given={"w1": 2.0, "w2": -1.0, "x1": 0.5, "x2": 1.5, "b": -0.25},
    draw=_drawn_neuron,
    reference=lambda w1, w2, x1, x2, b: _sigmoid(_z(w1, w2, x1, x2) + b),
    also=(lambda w1, w2, x1, x2, b: np.float32(0.5 + 0.5 * np.tanh((np.dot([w1, w2], [x1, x2]) + b) / 2)),),
    hints=(
        "Two steps: first the pre-activation z, one number, then the sigmoid of it.",
        "z is the sum of the products of weights and inputs, plus the bias.",
        "1 / (1 + exp(-({w1} · {x1} + {w2} · {x2} + {b})))",
    ),
    slips=(
        Slip(
            "pre-activation",
            lambda w1, w2, x1, x2, b: _z(w1, w2, x1, x2) + b,
            says="This is the pre-activation z. The neuron gives the sigmoid of it.",
            hint="What comes out of a sigmoid lies between 0 and 1.",
        ),
        Slip(
            "no bias",
            lambda w1, w2, x1, x2, b: _sigmoid(_z(w1, w2, x1, x2)),
            says="The bias is missing.",
            hint="The bias is added to the weighted sum before the sigmoid.",
        ),
        Slip(
            "bias subtracted",
            lambda w1, w2, x1, x2, b: _sigmoid(_z(w1, w2, x1, x2) - b),
            says="The bias is subtracted, as a threshold would be; a bias is added, with its sign.",
            hint="A bias is minus a threshold.",
        ),
        Slip(
            "sign of the exponent",
            lambda w1, w2, x1, x2, b: _sigmoid(-_z(w1, w2, x1, x2) - b),
            says="The sign in the exponent is lost: the sigmoid is 1 / (1 + exp(-z)), with a minus.",
            hint="The sigmoid rises: for a positive z it is above a half, for a negative z below.",
        ),
        Slip(
            "second sign lost",
            lambda w1, w2, x1, x2, b: _sigmoid(_z(w1, -w2, x1, x2) + b),
            says="The second weight is negative: its product is subtracted.",
            hint="Write the products with their signs before you add them.",
        ),
    ),
    because="z = {w1} · {x1} + {w2} · {x2} + {b}, and the neuron gives 1 / (1 + exp(-z)).",
)


def _perceptron_step(weight, bias, x, y, eta):  # type: ignore[no-untyped-def]
    guess = 1.0 if weight @ x + bias > 0 else 0.0
    return weight + eta * (y - guess) * x, bias + eta * (y - guess)


def _perceptron_cases(weight: Any, bias: Any, x: Any, y: Any, eta: Any) -> Any:
    fires = sum(w * v for w, v in zip(weight, x, strict=True)) + bias > 0
    if fires == (y == 1):
        return weight, bias
    direction = 1 if y == 1 else -1
    return np.array([w + direction * eta * v for w, v in zip(weight, x, strict=True)]), bias + direction * eta


def _perceptron_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    d = size + 1
    x, weight = rng.normal(size=d), rng.normal(size=d)
    return weight, float(rng.normal()), x, float(rng.integers(2)), float(rng.choice([0.1, 0.5, 1.0]))


def _step_with(correction: Any, *, bias_too: bool = True, on_tie: bool = False) -> Any:
    """Return the rule with another correction: ``correction(y, guess)``."""

    def _wrong(weight: Any, bias: Any, x: Any, y: Any, eta: Any) -> Any:
        z = weight @ x + bias
        change = eta * correction(y, 1.0 if z > 0 or (on_tie and z == 0) else 0.0)
        return weight + change * x, bias + change if bias_too else bias

    return _wrong


_ONES = np.array([1.0, 1.0])

perceptron_step = Function(
    id="ours-perceptron-broken",
    title="A perceptron that does not learn",
    statement="This step of the perceptron rule should return the new weights and the new bias after one "
    "sample x "
    "with label y (0 or 1). It has two mistakes. Mend it; a weighted sum of exactly 0 does not fire.",
    source="buduma 1",
    stub="def perceptron_step(weight, bias, x, y, eta):\n"
    "    guess = 1.0 if weight @ x + bias > 0 else 0.0\n"
    "    weight = weight + eta * (guess - y) * x\n"
    "    return weight, bias\n",
    points=2,
    reference=_perceptron_step,
    also=(_perceptron_cases,),
    inputs=_perceptron_inputs,
    returns=("The new weight vector", "The new bias"),
    corners=tuple(
        (np.array([w, 1.0]), b, _ONES, y, 0.5)
        for w in (-2.0, 2.0)
        for b in (0.0, 1.0, -1.0)
        for y in (0.0, 1.0)
    ),
    hints=(
        "Take a sample with label 1 on which the unit is silent. Should w·x grow or shrink?",
        "The bias is a weight too: that of an input which is always 1.",
        "The correction of both is eta * (y - guess), times x for the weights and times 1 for the bias.",
    ),
    slips=(
        Slip(
            "bias still left out",
            _step_with(lambda y, guess: y - guess, bias_too=False),
            says="The weights are mended, but the bias never moves.",
            hint="Without a bias the border always goes through the same place. What would its input be?",
        ),
        Slip(
            "sign still flipped",
            _step_with(lambda y, guess: guess - y),
            says="The correction goes the wrong way: every mistake makes the next one more certain.",
            hint="With label 1 and guess 0, the weighted sum has to grow.",
        ),
        Slip(
            "moves towards the label",
            _step_with(lambda y, guess: 2 * y - 1),
            says="The weights move even when the guess was right. The rule corrects mistakes alone.",
            hint="What must y and the guess be for nothing to change?",
        ),
        Slip(
            "label alone",
            _step_with(lambda y, guess: y),
            says="The correction is eta·y·x, so a sample with label 0 never changes anything.",
            hint="Take a sample with label 0 on which the unit fires: it has to be corrected as well.",
        ),
        Slip(
            "fires on zero",
            _step_with(lambda y, guess: y - guess, on_tie=True),
            says="Right but for the border: a weighted sum of exactly 0 does not fire here.",
            hint="Is it > or >= ?",
        ),
    ),
    because="The error y - guess is 1, 0 or -1: the step pulls w·x + b towards the label only after a "
    "mistake.",
)
