"""Section 13.2: activation functions and a small net, in formulas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dlcore.exercises.engine import Derivation, Slip

__all__ = ["sigmoid_derivative"]


def _point(rng: np.random.Generator) -> Mapping[str, float]:
    return {"x": round(float(rng.uniform(0.1, 2.5)) * int(rng.choice([-1, 1])), 1)}


sigmoid_derivative = Derivation(
    id="mmds-exercise13.2.1",
    title="The derivative of the sigmoid",
    statement="Let y = 1/(1 + exp(-x)). Show that dy/dx = y(1 - y): give a list of formulas in x and y, "
    "the first "
    "the derivative as it comes from the quotient or chain rule, the last y*(1 - y), each equal to the one "
    "before.",
    source="mmds 13.2.10",
    stub='steps = ["...", "y*(1 - y)"]\n',
    points=2,
    sample=_point,
    meaning={"y": "sigma(x)"},
    first=("dy/dx", "exp(-x)/(1 + exp(-x))^2"),
    last=("y*(1-y)", "sigma(x)*(1-sigma(x))"),
    reference=[
        "exp(-x)/(1 + exp(-x))^2",
        "1/(1 + exp(-x)) * exp(-x)/(1 + exp(-x))",
        "y*(1 - 1/(1 + exp(-x)))",
        "y*(1 - y)",
    ],
    also=(["-(1+exp(-x))**(-2) * (-exp(-x))", "y**2*exp(-x)", "y^2*(1/y - 1)", "y - y^2", "y*(1 - y)"],),
    hints=(
        "Write y as a power, (1 + exp(-x)) to the power of -1, and use the chain rule: it brings two minus "
        "signs.",
        "The square below belongs to two factors. One of them is y itself.",
        "What remains beside y is exp(-x)/(1 + exp(-x)): how far is that from 1?",
        "exp(-x)/(1 + exp(-x))^2 = y * exp(-x)/(1 + exp(-x)) = y*(1 - 1/(1 + exp(-x))) = y*(1 - y)",
    ),
    slips=(
        Slip(
            "one minus lost",
            ["-exp(-x)/(1 + exp(-x))^2", "y*(y - 1)"],
            says="One of two minus signs is lost: the power -1 brings one, the inner derivative of exp(-x) "
            "the other.",
            hint="The curve rises, so its slope is positive. Which sign has your first step?",
        ),
        Slip(
            "rule of the tanh",
            ["1 - y^2"],
            says="1 - y² is the derivative of the tanh.",
            hint="Compare at x = 0, where y is a half and the slope a quarter.",
        ),
        Slip(
            "x for y",
            ["y*(1 - x)"],
            says="The second factor holds x where it should hold y.",
            hint="Compare at a large x: can the slope of a sigmoid be negative?",
        ),
        Slip(
            "square lost",
            ["exp(-x)/(1 + exp(-x))"],
            says="The square below the line is lost: the derivative of 1/u is -1/u² times that of u.",
            hint="Write y as u to the power of -1 and differentiate the power.",
        ),
    ),
    because="The derivative is exp(-x)/(1 + exp(-x))²; one factor of it is y, the other 1 - y.",
)
