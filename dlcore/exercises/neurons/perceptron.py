"""The perceptron rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcore.exercises.engine import Function, Number, Slip

__all__ = ["perceptron_pass", "perceptron_step"]


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


def _step_with(correction: Any, *, on_tie: bool = False) -> Any:
    """Return the rule with another correction: ``correction(y, guess)``."""

    def _wrong(weight: Any, bias: Any, x: Any, y: Any, eta: Any) -> Any:
        z = weight @ x + bias
        change = eta * correction(y, 1.0 if z > 0 or (on_tie and z == 0) else 0.0)
        return weight + change * x, bias + change

    return _wrong


def _moved_by(steps: Any) -> Any:
    """Return the rule with spoiled steps: ``steps(dw, db, x, eta)`` instead of the right dw and db."""

    def _wrong(weight: Any, bias: Any, x: Any, y: Any, eta: Any) -> Any:
        db = eta * (y - float(weight @ x + bias > 0))
        wrong = steps(db * x, db, x, eta)
        return weight + wrong[0], bias + wrong[1]

    return _wrong


def _guessing(guess: Any) -> Any:
    """Return the rule with another guess: ``guess(z, bias)``."""

    def _wrong(weight: Any, bias: Any, x: Any, y: Any, eta: Any) -> Any:
        change = eta * (y - guess(weight @ x + bias, bias))
        return weight + change * x, bias + change

    return _wrong


_right = _moved_by(lambda dw, db, x, eta: (dw, db))

_ONES = np.array([1.0, 1.0])

perceptron_step = Function(
    id="ours-perceptron-broken",
    title="A perceptron that does not learn",
    statement="This is one step of the perceptron rule with learning rate eta, after one sample x with "
    "label y (0 or 1). It has two mistakes. Mend it: return the pair of the new weight vector and the new "
    "bias. A weighted sum (bias included) of exactly 0 does not fire.",
    source="buduma 1",
    stub="def perceptron_step(weight, bias, x, y, eta):\n    guess = 1.0 if weight @ x + bias > 0 else "
    "0.0\n    weight = weight + eta * (guess - y) * x\n    return weight, bias\n",
    points=2,
    reference=_perceptron_step,
    also=(_perceptron_cases,),
    inputs=_perceptron_inputs,
    returns=("The new weight vector", "The new bias"),
    corners=tuple(
        (np.array([w, 1.0]), b, _ONES, y, 0.5)
        for w in (-2.0, 2.0)
        for b in (0.0, 1.0, -1.0, 2.0)
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
            _moved_by(lambda dw, db, x, eta: (dw, 0)),
            says="The weights are mended, but the bias never moves.",
            hint="Without a bias the border always goes through the same place. What would its input be?",
        ),
        Slip(
            "sign still flipped",
            _moved_by(lambda dw, db, x, eta: (-dw, -db)),
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
        Slip(
            "sign flipped for the weights",
            _moved_by(lambda dw, db, x, eta: (-dw, db)),
            says="The bias moves the right way, the weights go the wrong way.",
            hint="With label 1 and guess 0, the weighted sum has to grow: by both.",
        ),
        Slip(
            "sign flipped for the bias",
            _moved_by(lambda dw, db, x, eta: (dw, -db)),
            says="The weights move the right way, the bias goes the wrong way.",
            hint="Both need the same correction: the bias is the weight of an input that is always 1.",
        ),
        Slip(
            "eta left out",
            _moved_by(lambda dw, db, x, eta: (dw / eta, db / eta)),
            says="The learning rate eta is left out: every correction has the full size.",
            hint="Try eta = 0.1: how far may a weight move?",
        ),
        Slip(
            "eta left out of the bias",
            _moved_by(lambda dw, db, x, eta: (dw, db / eta)),
            says="The learning rate eta is left out of the step of the bias.",
            hint="The bias moves like a weight whose input is 1.",
        ),
        Slip(
            "eta twice",
            _moved_by(lambda dw, db, x, eta: (dw * eta, db * eta)),
            says="The learning rate eta is multiplied in twice.",
            hint="Where does eta stand already?",
        ),
        Slip(
            "always adds",
            _step_with(lambda y, guess: abs(y - guess)),
            says="After every mistake something is added, also after a false one, which has to be taken "
            "back.",
            hint="With label 0 and guess 1, should the weighted sum grow or shrink?",
        ),
        Slip(
            "false ones not corrected",
            _step_with(lambda y, guess: max(y - guess, 0)),
            says="Only missed ones are corrected. A guess of 1 where the label is 0 is a mistake, too.",
            hint="With label 0 and guess 1, what is y - guess?",
        ),
        Slip(
            "old values lost",
            lambda w, b, x, y, eta: (_right(w, b, x, y, eta)[0] - w, _right(w, b, x, y, eta)[1] - b),
            says="These are the steps alone. The old weights and the old bias have to be added.",
            hint="What must come back after a right guess?",
        ),
        Slip(
            "old bias lost",
            lambda w, b, x, y, eta: (_right(w, b, x, y, eta)[0], _right(w, b, x, y, eta)[1] - b),
            says="This is the step of the bias alone. The old bias has to be added.",
            hint="What must come back as the bias after a right guess?",
        ),
        Slip(
            "guess without the bias",
            _guessing(lambda z, bias: float(z - bias > 0)),
            says="The guess is made without the bias.",
            hint="Compare the line of the guess with the one that was handed out.",
        ),
        Slip(
            "guess of -1",
            _guessing(lambda z, bias: 1.0 if z > 0 else -1.0),
            says="A silent unit guesses -1 here, but the labels are 0 and 1.",
            hint="With label 0 and a silent unit, what must y - guess be?",
        ),
        Slip(
            "guess of a sigmoid",
            _guessing(lambda z, bias: 0.5 + 0.5 * np.tanh(z / 2)),
            says="The guess is that of a sigmoid, so every sample moves the weights a little.",
            hint="A perceptron's guess is 0 or 1.",
        ),
        Slip(
            "results swapped",
            lambda *inputs: _right(*inputs)[::-1],
            says="The two results are swapped: first the weights, then the bias.",
            hint="Read the last line of the code that was handed out.",
        ),
        Slip(
            "bias times the sum of x",
            _moved_by(lambda dw, db, x, eta: (dw, db * x.sum())),
            says="The step of the bias is multiplied by the inputs.",
            hint="The bias is the weight of an input that is always 1. What is its step multiplied by?",
        ),
        Slip(
            "bias times x",
            _moved_by(lambda dw, db, x, eta: (dw, db * x)),
            says="The step of the bias is multiplied by x, so the bias has become a vector.",
            hint="The bias is the weight of an input that is always 1. What is its step multiplied by?",
        ),
        Slip(
            "weights not times x",
            _moved_by(lambda dw, db, x, eta: (db, db)),
            says="The step of the weights is not multiplied by x: all weights move alike.",
            hint="A weight whose input is 0 had no part in the mistake. Should it move?",
        ),
        Slip(
            "weighted sum for the guess",
            _guessing(lambda z, bias: z),
            says="The correction takes the weighted sum instead of the guess, so it is never quite 0.",
            hint="The guess is 0 or 1. Which values can y - guess have?",
        ),
    ),
    because="The error y - guess is 1, 0 or -1: the step pulls w·x + b towards the label only after a "
    "mistake.",
)


Points = tuple[tuple[int, int], ...]
Labels = tuple[int, ...]


def _walk(x: Points, y: Labels, eta: float, *, passes: int = 1, **how: Any) -> list[float]:
    """Return the weights and the bias after a pass of the rule, or of a wrong one."""
    theta = np.zeros(3)
    for point, label in zip(x * passes, y * passes, strict=True):
        theta = _walked(theta, np.array([*point, 1.0]), label, eta, **how)
    return [float(value) for value in theta]


def _walked(
    theta: Any, x: Any, y: int, eta: float, *, on_tie: bool = False, correction: Any = np.subtract
) -> Any:
    z = theta @ x
    return theta + eta * correction(y, int(z > 0 or (on_tie and z == 0))) * x


def _without_bias(x: Points, y: Labels, eta: float) -> list[float]:
    theta = np.zeros(3)
    for point, label in zip(x, y, strict=True):
        theta = _walked(theta, np.array([*point, 0.0]), label, eta)
    return [float(value) for value in theta]


def _old_weights_throughout(x: Points, y: Labels, eta: float) -> list[float]:
    """Add up what the first weights, under which nothing fires, get wrong."""
    wrong = np.array([[*point, 1.0] for point, label in zip(x, y, strict=True) if label])
    return [float(value) for value in eta * wrong.sum(axis=0)]


def _perceptron_by_hand(x: Points, y: Labels, eta: float) -> list[str]:
    """Count in units of eta, with whole numbers."""
    w1 = w2 = b = 0
    for (x1, x2), label in zip(x, y, strict=True):
        error = label - (w1 * x1 + w2 * x2 + b > 0)
        w1, w2, b = w1 + error * x1, w2 + error * x2, b + error
    return [f"{n}*{eta}" for n in (w1, w2, b)]


def _drawn_pass(rng: np.random.Generator) -> Mapping[str, Any]:
    """Draw points so that the last one is a mistake, or who leaves it out is right."""
    x = tuple((int(p) // 5 - 2, int(p) % 5 - 2) for p in rng.choice(25, 5, replace=False))
    y = tuple(map(int, rng.permutation([1, 1, 0, 0])))
    fires = np.dot(_walk(x[:-1], y, 1.0), [*x[-1], 1]) > 0
    return {"x": x, "y": (*y, int(not fires)), "eta": float(rng.choice([0.25, 0.5, 2.0]))}


perceptron_pass = Number(
    id="ours-perceptron-pass",
    title="Predict a pass of the perceptron rule",
    statement="A unit starts with both weights 0 and bias 0; it gives 1 if w·x + b > 0, else 0. The "
    "perceptron rule teaches it, with learning rate η = {eta}: one pass over the inputs (x₁, x₂) = {x}, "
    "in this order, with labels {y}. Predict on paper, before you compute: what are w₁, w₂ and b "
    "afterwards? The answer is the list of these three numbers.",
    stub="prediction = [..., ..., ...]  # w1, w2, bias\n",
    source="buduma 1",
    points=2,
    given={"x": ((-2, 0), (2, 1), (-1, 1), (0, 0), (1, -1)), "y": (0, 1, 1, 0, 1), "eta": 0.5},
    draw=_drawn_pass,
    reference=_walk,
    entries=("w1", "w2", "b"),
    also=(_perceptron_by_hand,),
    hints=(
        "Make a table with a line for each input: w₁, w₂, bias, the sum, the guess, the label.",
        "Where guess and label agree, copy the line. Where they differ, all three numbers move.",
        "Where a one was missed, the weights grow by η times the input, and the bias by η. A false one takes "
        "as much away.",
        "From line to line, (w₁, w₂, bias) grows by {eta} · (label - guess) · (x₁, x₂, 1).",
    ),
    slips=(
        Slip(
            "fires on zero",
            lambda **given: _walk(**given, on_tie=True),
            says="A sum of exactly 0 was counted as firing. Here it does not fire.",
            hint="At the start all sums are 0. What does the unit say to the first input?",
        ),
        Slip(
            "bias left out",
            _without_bias,
            says="The bias never moved. It is corrected like the weights, as if its input were always 1.",
            hint="What does the rule do to the bias after a mistake?",
        ),
        Slip(
            "nothing moved",
            [0.0, 0.0, 0.0],
            says="Nothing has moved. With all numbers 0 the unit is silent, so the first label 1 is missed.",
            hint="What does the rule do with the first input whose label is 1?",
        ),
        Slip(
            "all signs turned",
            lambda **given: [-value for value in _walk(**given)],
            says="All three signs are turned round.",
            hint="A missed one adds, a false one takes away.",
        ),
        Slip(
            "old weights throughout",
            _old_weights_throughout,
            says="All guesses were made with the first weights. The rule corrects after each input, and the "
            "next guess is made with the corrected weights.",
            hint="After the first mistake, what does the unit say to the next input?",
        ),
        Slip(
            "direction flipped",
            lambda **given: _walk(**given, correction=lambda y, guess: guess - y),
            says="The corrections go the wrong way: a missed 1 must raise the sum.",
            hint="Label 1, guess 0: should the bias grow or shrink?",
        ),
        Slip(
            "moves at every input",
            lambda **given: _walk(**given, correction=lambda y, guess: 2 * y - 1),
            says="The weights moved at every input. A right guess changes nothing.",
            hint="Mark the lines of your table where guess and label differ.",
        ),
        Slip(
            "false ones not corrected",
            lambda **given: _walk(**given, correction=lambda y, guess: max(y - guess, 0.0)),
            says="Only missed ones were corrected. A 1 where the label is 0 is a mistake too, and moves the "
            "bias even where the input is all 0.",
            hint="Label 0, guess 1: what is label minus guess?",
        ),
        Slip(
            "two passes",
            lambda **given: _walk(**given, passes=2),
            says="These are the numbers after two passes. One is asked for.",
            hint="Each input is seen once.",
        ),
        Slip(
            "eta left out",
            lambda x, y, eta: _walk(x, y, 1.0),
            says="Every correction was made with a learning rate of 1.",
            hint="By how much does one mistake move the bias?",
        ),
        Slip(
            "last input left out",
            lambda x, y, eta: _walk(x[:-1], y[:-1], eta),
            says="The last input is missing: this is the state after three of four.",
            hint="What does the unit say to the last input?",
        ),
    ),
    because="A line for each input, with the guess made by the line above: (w₁, w₂, bias) grows by "
    "{eta} · (label - guess) · (x₁, x₂, 1), which is nothing where the guess is right.",
)
