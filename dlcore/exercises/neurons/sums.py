"""Weighted sums: what a neuron gives, where its border is, where its threshold goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.exercises.engine import Change, Formula, Function, Number, Slip

__all__ = ["border_line", "fold_threshold", "neuron_output"]


def _drawn_neuron(rng: np.random.Generator) -> Mapping[str, Any]:
    w, x = (
        rng.choice(np.arange(1, 9), 2, replace=False) / 4,
        rng.choice(np.arange(1, 9), 2, replace=False) / 4,
    )
    return {"w1": float(w[0]), "w2": -float(w[1]), "x1": float(x[0]), "x2": float(x[1]), "b": -0.25}


def _sigmoid(z: float) -> float:
    return float(1 / (1 + np.exp(-z)))


def _slope(z: float) -> float:
    return _sigmoid(z) * (1 - _sigmoid(z))


def _z(w1: float, w2: float, x1: float, x2: float) -> float:
    return w1 * x1 + w2 * x2


neuron_output = Number(
    id="ours-neuron-output",
    title="What a neuron gives",
    statement="A neuron with a sigmoid has weights {w1} and {w2} and bias {b}. What does it give for the "
    "input ({x1}, {x2})? Four digits will do.",
    stub="output = ...\n",
    given={"w1": 2.0, "w2": -1.0, "x1": 0.5, "x2": 1.25, "b": -0.25},
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
        Slip(
            "tanh",
            lambda w1, w2, x1, x2, b: float(np.tanh(_z(w1, w2, x1, x2) + b)),
            says="This is the tanh of z; the neuron here has a sigmoid.",
            hint="A sigmoid gives one half at z = 0, a tanh gives 0.",
        ),
        Slip(
            "step",
            lambda w1, w2, x1, x2, b: int(_z(w1, w2, x1, x2) + b > 0),
            says="This is what a step would give. A sigmoid answers in between.",
            hint="How far is z from 0? The further, the nearer is a sigmoid to 0 or 1.",
        ),
        Slip(
            "exponential alone",
            lambda w1, w2, x1, x2, b: float(np.exp(-_z(w1, w2, x1, x2) - b)),
            says="This is exp(-z) alone: it is one part of the sigmoid.",
            hint="The sigmoid is 1 divided by 1 plus that.",
        ),
        Slip(
            "bias after the sigmoid",
            lambda w1, w2, x1, x2, b: _sigmoid(_z(w1, w2, x1, x2)) + b,
            says="The bias is added after the sigmoid. It belongs to the sum inside.",
            hint="What comes out of a sigmoid lies between 0 and 1, and nothing is added later.",
        ),
        Slip(
            "brackets lost",
            lambda w1, w2, x1, x2, b: float(1 + np.exp(-_z(w1, w2, x1, x2) - b)),
            says="Brackets are missing below the line: 1 / 1 + exp(-z) is read as (1 / 1) + exp(-z).",
            hint="What comes out of a sigmoid lies between 0 and 1.",
        ),
        Slip(
            "slope of the sigmoid",
            lambda w1, w2, x1, x2, b: _slope(_z(w1, w2, x1, x2) + b),
            says="This is the slope of the sigmoid at z. Its value is asked for.",
            hint="The slope is the value times one minus the value.",
        ),
        Slip(
            "both minus signs lost",
            lambda w1, w2, x1, x2, b: _sigmoid(_z(w1, -w2, x1, x2) - b),
            says="The second weight and the bias are negative: both are subtracted.",
            hint="Write the products and the bias with their signs before you add them.",
        ),
        Slip(
            "inputs crossed",
            lambda w1, w2, x1, x2, b: _sigmoid(_z(w1, w2, x2, x1) + b),
            says="The weights and inputs are crossed: the first weight belongs to the first input.",
            hint="Write the two products below each other: w₁ with x₁, w₂ with x₂.",
        ),
        Slip(
            "sums multiplied",
            lambda w1, w2, x1, x2, b: _sigmoid((w1 + w2) * (x1 + x2) + b),
            says="The sums of weights and inputs are multiplied. Multiply each pair first, then add.",
            hint="There are two products and not one: one for each input.",
        ),
        Slip(
            "one sigmoid an input",
            lambda w1, w2, x1, x2, b: _sigmoid(w1 * x1) + _sigmoid(w2 * x2) + b,
            says="Each product went through a sigmoid of its own. A neuron adds first and has one sigmoid.",
            hint="Add everything up to one number z before the sigmoid.",
        ),
        Slip(
            "products alone",
            lambda w1, w2, x1, x2, b: _z(w1, w2, x1, x2),
            says="This is the weighted sum alone: the bias is missing, and so is the sigmoid.",
            hint="Two things follow after the products have been added.",
        ),
    ),
    because="z = {w1} · {x1} + {w2} · {x2} + {b}, and the neuron gives 1 / (1 + exp(-z)).",
)


def _drawn_border(rng: np.random.Generator) -> Mapping[str, float]:
    w1, w2, b, x1 = rng.uniform(0.3, 3, 4) * rng.choice([-1, 1], 4)
    return {"w1": w1, "w2": w2, "b": b, "x1": x1}


border_line = Formula(
    id="ours-border-line",
    title="The border of a neuron",
    statement="A neuron with weights w1 and w2 and bias b changes its mind where w1·x1 + w2·x2 + b = 0. "
    "With w2 not 0 these points form a line. Give x2 on that line as a formula in w1, w2, b and x1, "
    'written as a text such as `"w1*b - x1/w2"`, or as a function of these four.',
    stub='x2 = "..."\n',
    sample=_drawn_border,
    reference="-(w1*x1 + b)/w2",
    also=("(-b - w1*x1)/w2", lambda w1, w2, b, x1: -w1 / w2 * x1 - b / w2),
    hints=(
        "Write the condition down first: which sum of three terms is 0?",
        "Bring the two terms without x2 to the other side. What happens to their signs?",
        "Then divide the whole other side by the weight that stands at x2.",
        "-(w1*x1 + b)/w2",
    ),
    slips=(
        Slip(
            "sign of the bias",
            "(b - w1*x1)/w2",
            says="The bias has the wrong sign. It was treated as a threshold.",
            hint="Put your x2 into w1*x1 + w2*x2 + b, with w1 = 0: is the sum 0?",
        ),
        Slip(
            "sign of the weight",
            "(w1*x1 - b)/w2",
            says="The term with x1 kept its sign on its way to the other side.",
            hint="Put your x2 into w1*x1 + w2*x2 + b, with b = 0: is the sum 0?",
        ),
        Slip(
            "both signs",
            "(w1*x1 + b)/w2",
            says="The sign is lost: terms that change sides change their signs.",
            hint="Put your x2 into w1*x1 + w2*x2 + b: is the sum 0?",
        ),
        Slip(
            "bias not divided",
            "-w1*x1/w2 - b",
            says="The bias was not divided by w2. The whole side is.",
            hint="Where does the border meet the axis x1 = 0? Try w2 = 2.",
        ),
        Slip(
            "first term not divided",
            "-w1*x1 - b/w2",
            says="The term with x1 was not divided by w2. Brackets are missing around the two terms.",
            hint="What is the slope of the line w1 = 1, w2 = 2?",
        ),
        Slip(
            "not divided",
            "-w1*x1 - b",
            says="This is w2*x2: the division by w2 is missing.",
            hint="Try w2 = 2.",
        ),
        Slip(
            "bias left out",
            "-w1*x1/w2",
            says="The bias is missing: this line goes through the origin.",
            hint="Where does the border meet the axis x1 = 0?",
        ),
        Slip(
            "bias beside the fraction",
            "-w1*x1/w2 + b",
            says="The bias was neither moved to the other side nor divided by w2.",
            hint="Two things happen to the bias on its way: which?",
        ),
        Slip(
            "slope alone",
            "-w1/w2",
            says="This is the slope of the line, one number. A point on it depends on x1, too.",
            hint="Where does the border meet the axis x1 = 0?",
        ),
        Slip(
            "where x1 is 0",
            "-b/w2",
            says="This is where the line meets the axis x1 = 0. Elsewhere it depends on x1.",
            hint="What is the slope of the line?",
        ),
        Slip(
            "where x2 is 0",
            "-b/w1",
            says="This is where the line meets the axis x2 = 0. What is asked is x2 for any x1.",
            hint="Which letter has to stand alone on its side?",
        ),
        Slip(
            "weights swapped",
            "-(w2*x1 + b)/w1",
            says="The weights are swapped: w2 belongs to x2, and w1 to x1.",
            hint="Which of the two weights stands at the unknown?",
        ),
        Slip(
            "border at one",
            "(1 - w1*x1 - b)/w2",
            says="This is where the sum is 1. The border is where it is 0.",
            hint="Between which sums does a step jump?",
        ),
        Slip(
            "sum one half",
            "(0.5 - w1*x1 - b)/w2",
            says="This is where the sum is one half. A sigmoid gives one half where its sum is 0.",
            hint="What is the sigmoid of 0?",
        ),
        Slip(
            "multiplied",
            "-(w1*x1 + b)*w2",
            says="This multiplies by w2. It stands as a factor at x2, so divide.",
            hint="Try w2 = 2.",
        ),
    ),
    because="w1·x1 + w2·x2 + b = 0 gives w2·x2 = -(w1·x1 + b), and then both sides are divided by w2.",
)


def _fold_threshold(weight, threshold):  # type: ignore[no-untyped-def]
    return np.column_stack([weight, -threshold])


def _fold_loop(weight: Any, threshold: Any) -> Any:
    return [[*row, -t] for row, t in zip(weight.tolist(), threshold.tolist(), strict=True)]


fold_threshold = Function(
    id="ours-fold-threshold",
    title="The threshold as a weight",
    statement="The units of a layer fire where W x > t: `weight` has shape (K, D), one row a unit, and "
    "`threshold` has shape (K,). Now every unit gets one more input, the last, that is always 1, so that "
    "one matrix will do. Write `fold(weight, threshold)`: it returns the matrix V of shape (K, D + 1), "
    "the weights as they were and a new last column, for which V (x, 1) > 0 exactly where W x > t.",
    stub="def fold(weight, threshold):\n    return ...\n",
    source="mmds 13.1.2",
    reference=_fold_threshold,
    also=(_fold_loop,),
    inputs=lambda rng, size: (rng.normal(size=(size, size + 1)), rng.normal(size=size)),
    corners=(
        (np.array([[1.0, 2, 1, 0], [0, 0, 1, 1]]), np.array([2.5, 1.5])),
        (np.array([[1.0]]), np.array([0.0])),
        (np.array([[1, -1], [0, 2]]), np.array([0.5, -1.5])),  # whole weights, as one writes them
    ),
    cases={"only where the weights are whole numbers": lambda weight, threshold: weight.dtype.kind == "i"},
    hints=(
        "Bring the threshold to the side of the weights: W x - ? > 0.",
        "The new input is 1, so the new weight is added to the sum as it is. What has to be added?",
        "Each row of the result is a row of `weight` and one more number. NumPy joins columns by "
        "np.column_stack or np.c_.",
        "np.column_stack([weight, -threshold])",
    ),
    slips=(
        Slip(
            "sign kept",
            lambda weight, threshold: np.column_stack([weight, threshold]),
            says="The thresholds went in with their own sign: now they push a unit to fire instead of "
            "holding it back.",
            hint="One unit with weight 1 and threshold 5, input 3: does it fire? What does your row give?",
        ),
        Change(
            "in front",
            lambda folded, weight, threshold: np.roll(folded, 1, axis=1),
            says="The new column stands in front, but the input that is always 1 is the last.",
            hint="Write the product of your first row with (x₁, x₂, 1).",
        ),
        Change(
            "transposed",
            lambda folded, weight, threshold: np.transpose(folded),
            says="The result is transposed: one row a unit.",
            hint="Two units with three inputs each: which shape is asked for?",
        ),
        Slip(
            "ones for thresholds",
            lambda weight, threshold: np.column_stack([weight, np.ones(len(weight))]),
            says="The new column holds ones. The 1 is the input; its weight carries the threshold.",
            hint="Where has the threshold gone in your result?",
        ),
        Slip(
            "minus ones for thresholds",
            lambda weight, threshold: np.column_stack([weight, -np.ones(len(weight))]),
            says="The new column holds -1 everywhere. Its weight has to carry each unit's own threshold.",
            hint="Where has the threshold gone in your result?",
        ),
        Slip(
            "zeros for thresholds",
            lambda weight, threshold: np.column_stack([weight, np.zeros(len(weight))]),
            says="The new column holds zeros, so the thresholds are lost.",
            hint="The right side of the new comparison is 0. On which side must the threshold appear?",
        ),
        Slip(
            "weights negated",
            lambda weight, threshold: np.column_stack([-weight, threshold]),
            says="All signs are turned: this fires where the units were silent.",
            hint="Which of the two, W x or t, has to be the larger for a unit to fire?",
        ),
        Slip(
            "weights and thresholds negated",
            lambda weight, threshold: -np.column_stack([weight, threshold]),
            says="The weights are negated too; only the threshold changes sides.",
            hint="In W x > t, which of the two moves to the other side?",
        ),
        Slip(
            "threshold taken from each weight",
            lambda weight, threshold: weight - threshold[:, None],
            says="The threshold is subtracted from every weight. It needs a column of its own.",
            hint="An input of zeros: the threshold still counts, but no weight does.",
        ),
        Slip(
            "weights alone",
            lambda weight, threshold: weight,
            says="This is the matrix as it was: the column for the new input is missing.",
            hint="How many inputs has each unit now?",
        ),
    ),
    because="W x > t is the same as W x - t > 0, and -t is -t times the input 1.",
)
