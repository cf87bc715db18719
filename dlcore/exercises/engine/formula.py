"""Exercises whose answer is a formula, judged by its value at random points.

A formula may come as text, as a SymPy expression or as a Python function of the
variables. Text is never executed: it is parsed, and only arithmetic and a few functions
are understood. So no formula needs SymPy, and every equal form is right.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.differences import agree, first_difference, within
from dlcore.exercises.engine.driving import Outcome, drive

__all__ = ["Derivation", "Formula", "evaluate"]

Array = NDArray[Any]

LONGEST = 2000

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "exp": np.exp,
    "log": np.log,
    "ln": np.log,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "sigmoid": lambda z: 0.5 * np.tanh(0.5 * z) + 0.5,
    "relu": lambda z: np.maximum(z, 0),
    "abs": np.abs,
    "floor": np.floor,
    "ceiling": np.ceil,
    "ceil": np.ceil,
    "max": np.maximum,
    "min": np.minimum,
}
SIGNS = str.maketrans({"^": "**", "×": "*", "·": "*", "−": "-"})
CONSTANTS = {"e": np.e, "E": np.e, "pi": np.pi}
OPERATORS: Mapping[type, Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
}


def evaluate(text: str, variables: Mapping[str, Any]) -> Any:
    """Evaluate a formula without executing it.

    Parameters
    ----------
    text : str
        Such as ``"k*((m-f)/s + 1)^2"``; ``^`` is a power.
    variables : mapping
        Values of the variables, numbers or arrays.

    Returns
    -------
    float or ndarray
        Its value; NaN or infinity where it has none.

    Raises
    ------
    ValidationError
        If it cannot be read, with the place.
    """
    if len(text) > LONGEST:
        raise ValidationError(f"a formula of {len(text)} characters is too long")
    if "=" in text:
        text = text.split("=")[-1]
    try:
        tree = ast.parse(text.strip().translate(SIGNS), mode="eval").body
        with np.errstate(all="ignore"):
            return _value(tree, variables)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        if isinstance(error, ValidationError):
            raise
        raise ValidationError(
            f"{text.strip()!r} is no formula that can be read: write every * and bracket"
        ) from None


def _value(node: ast.expr, variables: Mapping[str, Any]) -> Any:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return np.float64(float(str(node.value)))
    if isinstance(node, ast.Name):
        return _named(node.id, variables)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.left, variables), _value(node.right, variables))
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_value(node.operand, variables))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if node.func.id in variables:
            raise ValidationError(
                f"{ast.unparse(node)!r} would call {node.func.id}: write {node.func.id}*(...)"
            )
        return _called(node.func.id, [_value(argument, variables) for argument in node.args])
    raise ValidationError(f"{ast.unparse(node)!r} is not understood in a formula")


def _named(name: str, variables: Mapping[str, Any]) -> Any:
    if name in variables:
        return np.asarray(variables[name], float)
    if name in CONSTANTS:
        return np.float64(CONSTANTS[name])
    raise ValidationError(f"{name!r} is not one of the variables {', '.join(variables)}")


def _called(name: str, arguments: list[Any]) -> Any:
    known = name if name in FUNCTIONS else name.lower()
    if known not in FUNCTIONS:
        raise ValidationError(f"the function {name!r} is not known; there are {', '.join(FUNCTIONS)}")
    if len(arguments) != (2 if known in ("max", "min") else 1):
        raise ValidationError(f"{name} got {len(arguments)} arguments")
    return FUNCTIONS[known](*arguments)


@dataclass(frozen=True, kw_only=True, repr=False)
class Formula(Exercise):
    """A formula in named variables.

    Attributes
    ----------
    sample : callable
        ``sample(rng) -> {name: value}``: a random point, in the order of the statement.
    count : int, default 16
        How many points are tried.
    rtol : float, default 1e-6
        Relative tolerance at a point.
    """

    sample: Callable[[np.random.Generator], Mapping[str, float]]
    count: int = 16
    rtol: float = 1e-6

    how: ClassVar[str] = "formula"

    def rounds(self) -> Iterable[Inputs]:
        """Return one round with all points.

        Returns
        -------
        iterable of tuple
            A mapping from each variable to an array.
        """
        rng = np.random.default_rng(self.seed)
        points = [self.sample(rng) for _ in range(self.count)]
        return [({name: np.array([float(p[name]) for p in points]) for name in points[0]},)]

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Compare the values at all points; the message shows the simplest one that differs."""
        points = rounds[0][0]
        got, why = self._values(outcomes[0], points)
        if got is None:
            return Finding(why, "error")
        want, _ = self._values(drive(self.reference, rounds[0], how=self.how), points)
        assert want is not None  # the tests hold the reference to it
        bad = ~within(got, want, self.rtol, 1e-12)
        if not bad.any():
            return None
        size = sum(np.abs(values) for values in points.values())
        k = int(np.argmin(np.where(bad, size, np.inf)))
        place = ", ".join(f"{name} = {values[k]:.4g}" for name, values in points.items())
        share = "" if bad.all() else f" It is right at {int((~bad).sum())} of {bad.size} points tried."
        what = f": {first_difference(got, want)}" if bad.all() and _telling(got, want) else ""
        return Finding(f"At {place} expected {want[k]:.6g}, yours gives {got[k]:.6g}{what}.{share}")

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Compare with the slip's values at all points."""
        points = rounds[0][0]
        got, _ = self._values(outcomes[0], points)
        slip, _ = self._values(wrong[0], points)
        return got is not None and slip is not None and agree(got, slip, self.rtol, 1e-12)

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the formula."""
        return [[str(self.reference)]]

    def _values(self, outcome: Outcome, points: Mapping[str, Array]) -> tuple[Array | None, str]:
        if outcome.state != "returned":
            return None, f"This formula cannot be evaluated: {outcome.error}"
        data = outcome.values[0]
        if isinstance(data, (list, dict)) or data is None or data is ...:
            return None, f"Expected one formula in {', '.join(points)}."
        try:
            value = evaluate(data, points) if isinstance(data, str) else np.asarray(data, float)
            return np.broadcast_to(value, (self.count,)), ""
        except ValidationError as error:
            return None, f"{error}."
        except (TypeError, ValueError, OverflowError):
            return None, f"Expected one number at each point, for {', '.join(points)}."


@dataclass(frozen=True, kw_only=True, repr=False)
class Derivation(Exercise):
    """A chain of formulas from a first to a last one, each equal to the one before.

    The answer is a list of formulas, as for `Formula`; the reference is such a list. The
    values decide, at random points.

    Attributes
    ----------
    sample : callable
        ``sample(rng) -> {name: value}``: a random point. Variables may depend on each other,
        as y on x.
    last : str
        What the last formula must be, in these very variables: compared at points where
        they no longer depend on each other.
    fewest : int, default 3
        How many formulas the chain must have.
    count : int, default 16
        How many points are tried.
    rtol : float, default 1e-6
        Relative tolerance at a point.
    """

    sample: Callable[[np.random.Generator], Mapping[str, float]]
    last: str
    fewest: int = 3
    count: int = 16
    rtol: float = 1e-6

    def _points(self) -> dict[str, Array]:
        rng = np.random.default_rng(self.seed)
        points = [self.sample(rng) for _ in range(self.count)]
        return {name: np.array([float(p[name]) for p in points]) for name in points[0]}

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Compare the first step with ours, then each with the one before."""
        steps = outcomes[0].values[0] if outcomes[0].state == "returned" else None
        if not isinstance(steps, list) or not steps or not all(isinstance(step, str) for step in steps):
            return Finding("Expected a list of formulas, each a text or a SymPy expression.", "error")
        points = self._points()
        try:
            values = [self._at(step, points) for step in steps]
        except ValidationError as error:
            return Finding(f"{error}.", "error")
        right = self._at(self.settled(self.reference)[0], points)
        for number, (step, value) in enumerate(zip(steps, values, strict=True), 1):
            if not agree(value, right, self.rtol, 1e-9):
                return Finding(self._break(number, step, value, right, points))
        free = {name: np.roll(values, i) for i, (name, values) in enumerate(points.items())}
        if not agree(self._at(steps[-1], free), self._at(self.last, free), self.rtol, 1e-9):
            return Finding(f"Every step is right. Go on until {self.last}.", "close", "not at the end", 0.5)
        written = {"".join(step.split()) for step in steps}
        if len(written) < self.fewest:
            text = f"All steps are equal, but a derivation needs at least {self.fewest} that differ."
            return Finding(text, "close", "steps missing", 0.5)
        return None

    def _at(self, formula: str, points: Mapping[str, Array]) -> Array:
        return np.array(np.broadcast_to(evaluate(formula, points), (self.count,)))

    def _break(self, number: int, step: str, value: Array, right: Array, points: Mapping[str, Array]) -> str:
        k = int(np.argmax(~within(value, right, self.rtol, 1e-9)))
        place = ", ".join(f"{name} = {values[k]:.4g}" for name, values in points.items())
        before = "what is asked" if number == 1 else f"step {number - 1}"
        numbers = f"at {place} it is {value[k]:.6g} instead of {right[k]:.6g}"
        return f"Step {number}, {step[:80]}, is not equal to {before}: {numbers}."

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether the first wrong step has the same values in both."""
        mine, slip = self._first_wrong(outcomes[0]), self._first_wrong(wrong[0])
        return mine is not None and slip is not None and agree(mine, slip, self.rtol, 1e-9)

    def _first_wrong(self, outcome: Outcome) -> Array | None:
        """Return the values of the first step that is not equal to the reference."""
        points = self._points()
        right = self._at(self.settled(self.reference)[0], points)
        try:
            for step in outcome.values[0]:
                value = self._at(step, points)
                if not agree(value, right, self.rtol, 1e-9):
                    return value
        except (ValidationError, TypeError, AttributeError, IndexError):
            pass
        return None

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the steps between the first and the last."""
        return [[str(step)] for step in self.settled(self.reference)[1:-1]]


def _telling(got: Array, want: Array) -> bool:
    """Whether one rule explains all points."""
    text = first_difference(got, want)
    return text.startswith(("it is", "the sign")) and "shifted" not in text and "reversed" not in text
