"""Exercises whose answer is a formula, judged by its value at random points.

A formula may come as text, as a SymPy expression or as a Python function of the
variables. Text is never executed: `notation` reads it into a tree, and only arithmetic and
a few functions are understood. So no formula needs SymPy, and every equal form is right.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.differences import agree, first_difference, within
from dlcore.exercises.engine.driving import Outcome, drive
from dlcore.exercises.engine.notation import (
    LONGEST,
    Tree,
    inlined,
    read,
    shape,
    spelled,
    split,
    words,
)

__all__ = ["Derivation", "Formula", "evaluate"]

Array = NDArray[Any]

VALUES: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "tanh", "sinh", "cosh", "abs", "floor")},
    "sech": lambda z: 1 / np.cosh(z),
    "sigmoid": lambda z: 0.5 * np.tanh(0.5 * z) + 0.5,
    "relu": lambda z: np.maximum(z, 0),
    "ceil": np.ceil,
    "max": np.maximum,
    "min": np.minimum,
}
#: Functions without a rule: what still holds with them holds by its form.
STRANGERS: Mapping[str, Callable[..., Any]] = {
    **VALUES,
    "sigmoid": lambda z: np.sin(1.7 * z + 0.3) + 0.1 * z * z,
    "tanh": lambda z: np.cos(1.3 * z + 0.4) + 0.2 * z,
}
CONSTANTS = {"e": np.e, "pi": np.pi}

#: Imaginary step of a derivative; squared, it vanishes beside any number.
TINY = 1e-30

IDENTIFIER = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class _Scope:
    """What names stand for.

    Attributes
    ----------
    values : mapping
        Of the variables, numbers or arrays.
    meaning : mapping
        Trees of the names that depend on them.
    functions : mapping
        What is called.
    slopes : bool
        Whether dy/dx is understood.
    hidden : tuple of str
        Names that no message mentions.
    """

    values: Mapping[str, Any]
    meaning: Mapping[str, Tree] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=lambda: VALUES)
    slopes: bool = False
    hidden: tuple[str, ...] = ()

    @functools.cached_property
    def names(self) -> list[str]:
        """All names, and y(x) where y depends on x, and mu(v1) for mu1."""
        spelled_out = [
            f"{re.sub(r'[0-9]', '', name)}({variable})"
            for name in self.meaning
            for variable in self.values
            if re.sub(r"\D", "", name) == re.sub(r"\D", "", variable)
        ]
        return [name for name in (*self.values, *self.meaning, *spelled_out) if name not in self.hidden]

    def read(self, text: str) -> list[Tree]:
        """Read one formula, in each way that it can be meant."""
        return read(text, self.names, self.hidden)

    def defined(self, name: str, text: str) -> _Scope:
        """Return the scope with one more name; its value is settled if nobody differentiates it."""
        tree = self.read(text)[0]
        return replace(
            self, meaning={**self.meaning, name: tree if self.slopes else ("value", self.at(tree))}
        )

    def at(self, tree: Tree) -> Any:
        """Evaluate a tree; NaN or infinity where it has no value."""
        try:
            with np.errstate(all="ignore"):
                return _value(tree, self)
        except (TypeError, RecursionError):
            raise ValidationError("this formula has no value") from None


def _value(tree: Tree, scope: _Scope) -> Any:
    kind, *parts = tree
    if kind == "value":
        return parts[0]
    if kind == "number":
        return np.float64(parts[0])
    if kind == "name":
        return _named(parts[0], scope)
    if kind in ("slope", "prime"):
        return _derivative(kind, parts[0], parts[1], scope)
    if kind == "call":
        function, *arguments = parts
        return scope.functions[function](*(_value(argument, scope) for argument in arguments))
    if kind == "product":
        return functools.reduce(lambda so_far, factor: _times(so_far, factor, scope), parts, np.float64(1))
    values = [_value(part, scope) for part in parts]
    if kind == "power":
        return np.power(*values)
    if kind == "negative":
        return -values[0]
    return 1 / values[0] if kind == "inverse" else functools.reduce(np.add, values)


def _times(value: Any, factor: Tree, scope: _Scope) -> Any:
    """Multiply, or divide at once: 49/49 is 1, 49·(1/49) is not."""
    if factor[0] == "inverse":
        return value / _value(factor[1], scope)
    return value * _value(factor, scope)


def _named(name: str, scope: _Scope) -> Any:
    if name in scope.meaning:
        return _value(scope.meaning[name], scope)
    if name in scope.values:
        value = np.asarray(scope.values[name])
        return value if value.dtype.kind == "c" else value.astype(float)
    return np.float64(CONSTANTS[name])


def _derivative(kind: str, by: str, body: Tree, scope: _Scope) -> Any:
    """Differentiate by an imaginary step, which is exact.

    A slope is that of a formula by a variable, a prime that of a function at its argument.
    """
    if not scope.slopes:
        raise ValidationError("a derivative is asked for: carry it out")
    if kind == "prime":
        return np.imag(scope.functions[by](_moved(_value(body, scope)))) / TINY
    by = by or next(iter(scope.values))
    if by not in scope.values:
        raise ValidationError(f"d{by} is not clear; the variables are {', '.join(scope.values)}")
    moved = replace(scope, values={**scope.values, by: _moved(scope.values[by])})
    return np.imag(_value(body, moved)) / TINY


def _moved(at: Any) -> Array:
    if np.asarray(at).dtype.kind == "c":
        raise ValidationError("a derivative of a derivative is not understood")
    return np.asarray(at + TINY * 1j)


def evaluate(text: str, variables: Mapping[str, Any]) -> Any:
    """Evaluate a formula without executing it.

    Parameters
    ----------
    text : str
        Such as ``"k*((m-f)/s + 1)^2"``; ``^`` is a power. Lines before the last may define
        names: ``"z = 2x; z + 1"``. Of equal sides, the last counts.
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
    return _readings(text, _Scope(variables))[0]


def _readings(text: str, scope: _Scope) -> list[Any]:
    """Return the value of a formula; several, where it can be meant in several ways."""
    trees, scope = _understood(text, scope)
    return [scope.at(tree) for tree in trees]


def _understood(text: str, scope: _Scope) -> tuple[list[Tree], _Scope]:
    """Read a formula in each way that it can be meant, and the names that it defines before."""
    formula, *conditions = re.split(r"\b(?:with|where)\b", text, maxsplit=1)
    given = [line for part in conditions for line in split(spelled(part), ",;\n") if "=" in line]
    statements = [*given, *_statements(formula)]
    for statement in statements[:-1]:
        name, _, body = statement.partition("=")
        name = name.strip().replace("_", "")
        if not IDENTIFIER.fullmatch(name) or not body.strip():
            raise ValidationError(f"{statement[:80]!r} defines nothing: write name = formula, a line each")
        if name in scope.values:
            raise ValidationError(f"{name} is a variable of the exercise: it keeps its letter")
        scope = scope.defined(name, split(body, "=")[-1])
    return scope.read(_sides(statements[-1])[-1]), scope


def _statements(text: str) -> list[str]:
    """Split a text at semicolons and at line breaks that do not stand within a formula."""
    if len(text) > LONGEST:
        raise ValidationError(f"a formula of {len(text)} characters is too long")
    whole: list[str] = []
    for piece in split(spelled(text), ";\n"):
        if whole and ("=" not in whole[-1] or piece[0] in "+-*/=)^" or whole[-1][-1] in "+-*/=(^"):
            whole[-1] += " " + piece
        else:
            whole.append(piece)
    if not whole:
        raise ValidationError("a formula is missing: this text is empty")
    return whole


def _sides(statement: str) -> list[str]:
    sides = split(statement, "=")
    if not sides:
        raise ValidationError(f"{statement[:80]!r} is no formula")
    return sides


Sample = Callable[[np.random.Generator], Mapping[str, float]]


def _lines(data: Any) -> Any:
    """Return a formula that comes in several lines, or by name, as one text."""
    if isinstance(data, dict):
        data = [f"{name} = {formula}" for name, formula in data.items()]
    if isinstance(data, list) and data and all(isinstance(line, str) for line in data):
        return ";".join(data)
    return data


@functools.lru_cache(maxsize=64)
def _scope(
    sample: Sample,
    count: int,
    seed: int,
    meaning: tuple[tuple[str, str], ...],
    absent: tuple[str, ...] | None,
) -> _Scope:
    """Return what an exercise's names stand for at its points; with derivatives if nothing is absent."""
    rng = np.random.default_rng(seed + 1)
    strange = {name: rng.uniform(0.5, 1.5, count) for name in absent or ()}
    values = {**_points(sample, count, seed), **strange}
    scope = _Scope(values, slopes=absent is None, hidden=absent or ())
    for name, text in meaning:
        scope = scope.defined(name, spelled(text))
    return scope


def _mentions(text: str, name: str) -> bool:
    """Whether a name stands in a text, perhaps run together with others."""
    end = r"(?!\d)" if name[-1].isdigit() else r"(?![^\W_])"
    return bool(re.search(rf"(?<![^\W\d_]){re.escape(name)}{end}", spelled(text).replace("_", "")))


def _read_as(text: str, names: Iterable[str]) -> str:
    """Say what a bracket right behind a variable was taken for."""
    found = re.search(rf"\b({'|'.join(map(re.escape, names))})\(", spelled(text))
    return f" ({found[1]}(...) was read as a product: write {found[1]}*(...) to be sure.)" if found else ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Formula(Exercise):
    """A formula in named variables.

    Attributes
    ----------
    sample : callable
        ``sample(rng) -> {name: value}``: a random point, in the order of the statement.
    meaning : mapping
        More names that a text may use, as formulas: ``{"z": "sigma(w*x)"}``, each in the
        variables and in those before it.
    absent : tuple of str
        Names that a right text does not use and wrong ones do, so that a slip can tell what is
        wrong with them.
    count : int, default 16
        How many points are tried.
    rtol : float, default 1e-6
        Relative tolerance at a point.
    """

    sample: Sample
    meaning: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
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
        return [(_points(self.sample, self.count, self.seed),)]

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Compare the values at all points; the message shows the simplest one that differs."""
        points = rounds[0][0]
        readings, why = self._values(outcomes[0], points)
        if not readings:
            return Finding(why, "error")
        (want, *_), _ = self._values(drive(self.reference, rounds[0], how=self.how), points)
        if any(agree(got, want, self.rtol, 1e-12) for got in readings):
            return None
        strange = [name for name in self.absent if _mentions(str(outcomes[0].values[0]), name)]
        if strange:
            return Finding(f"There is no {' and no '.join(strange)} in this exercise.")
        return Finding(self._where(readings[0], want, points, outcomes[0].values[0]))

    def _where(self, got: Array, want: Array, points: Mapping[str, Array], data: Any) -> str:
        """Show the simplest point that differs, and what may explain it."""
        bad = ~within(got, want, self.rtol, 1e-12)
        size = sum(np.abs(values) for values in points.values())
        k = int(np.argmin(np.where(bad, size, np.inf)))
        share = "" if bad.all() else f" It is right at {int((~bad).sum())} of {bad.size} points tried."
        what = f": {first_difference(got, want)}" if bad.all() and _telling(got, want) else ""
        with np.errstate(all="ignore"):
            clue = what or self._factor(got, want)
        text = _lines(data)
        if isinstance(text, str) and not clue:
            clue = self._mended(text, want, points)
        note = self._unused(text) + _read_as(text, points) if isinstance(text, str) else ""
        if _constant(got) and not _constant(want):
            note = " It is the same number everywhere: a formula is asked for."
        return f"At {_place(points, k)} expected {want[k]:.6g}, yours gives {got[k]:.6g}{clue}.{share}{note}"

    def _factor(self, got: Array, want: Array) -> str:
        """Say that a name is missing as a factor, or is one too many."""
        scope = _scope(self.sample, self.count, self.seed, tuple(self.meaning.items()), self.absent)
        for name in (*scope.values, *scope.meaning):
            value = scope.at(("name", name))
            for text, factor in ((name, value), (f"1 - {name}", 1 - value)):
                if agree(got * factor, want, self.rtol, 1e-12):
                    return f": the factor {text} is missing"
                if agree(got, want * factor, self.rtol, 1e-12):
                    return f": the factor {text} is too many"
        return ""

    def _mended(self, text: str, want: Array, names: Iterable[str]) -> str:
        """Say that it would be right with one variable's sign turned, or with two exchanged."""
        scope = _scope(self.sample, self.count, self.seed, tuple(self.meaning.items()), self.absent)
        trees, scope = _understood(text, replace(scope, slopes=True))  # what the text defines stays open
        used = [name for name in names if _mentions(text, name)]
        changes = {f"with the opposite sign of {a}": {a: -scope.values[a]} for a in used} | {
            f"with {a} and {b} exchanged": {a: scope.values[b], b: scope.values[a]}
            for a, b in combinations(used, 2)
        }
        for change, values in changes.items():
            changed = replace(scope, values={**scope.values, **values})
            if any(agree(np.asarray(changed.at(tree)), want, self.rtol, 1e-12) for tree in trees):
                return f": {change} it would be right"
        return ""

    def _unused(self, text: str) -> str:
        """Say which variables the right formula depends on and this one does not mention."""
        if not isinstance(self.reference, str):
            return ""
        used = self._used(text)
        missing = [name for name in self._used(self.reference) if name not in used]
        known = [name for name in missing if name not in self.meaning]
        return f" It does not depend on {', '.join(known[:6])}." if known else ""

    def _used(self, text: str) -> list[str]:
        """Return all names in a formula, and those that they depend on."""
        points = _points(self.sample, 1, self.seed)
        found = {name for name in (*points, *self.meaning) if _mentions(text, name)}
        for name in reversed(list(self.meaning)):
            if name in found:
                found |= {inner for inner in (*points, *self.meaning) if _mentions(self.meaning[name], inner)}
        return [name for name in (*points, *self.meaning) if name in found]

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Compare with the slip's values at all points."""
        points = rounds[0][0]
        mine, _ = self._values(outcomes[0], points)
        slip = self._values(wrong[0], points)[0] if mine else []
        return bool(slip) and any(agree(got, slip[0], self.rtol, 1e-12) for got in mine)

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the formula."""
        return [[str(self.reference)]]

    def _values(self, outcome: Outcome, points: Mapping[str, Array]) -> tuple[list[Array], str]:
        """Return the values in every way that the formula can be meant."""
        if outcome.state != "returned":
            return [], f"This formula cannot be evaluated: {outcome.error}"
        data = _lines(outcome.values[0])
        if isinstance(data, list) or data is None or data is ...:
            return [], f"Expected one formula in {', '.join(points)}."
        try:
            scope = _scope(self.sample, self.count, self.seed, tuple(self.meaning.items()), self.absent)
            values = _readings(data, scope) if isinstance(data, str) else [np.asarray(data, float)]
            return [np.broadcast_to(value, (self.count,)) for value in values], ""
        except ValidationError as error:
            return [], f"{error}."
        except (TypeError, ValueError, OverflowError):
            return [], f"Expected one number at each point, for {', '.join(points)}."


@dataclass(frozen=True)
class _Step:
    """One formula of a chain: as written, as trees, and what its names stand for."""

    text: str
    trees: list[Tree]
    scope: _Scope


@dataclass(frozen=True, kw_only=True, repr=False)
class Derivation(Exercise):
    """A chain of formulas from a first to a last one, each equal to the one before.

    The answer is a list of formulas, as for `Formula`, or one text with ``=`` between
    them; the reference is such a list. The values decide, at random points. Derivatives
    such as ``dy/dx`` and ``d/dx (...)`` are understood, and lines that define a name
    (``"D = 1 + exp(x)"``). A chain may be given from its end to its start.

    Attributes
    ----------
    sample : callable
        ``sample(rng) -> {name: value}``: a random point.
    first : tuple of str
        Forms of the start; the first one is shown. A chain may start with any formula of
        the same value that is not yet the end; but if that value is one number at all
        points, only with one of these.
    last : tuple of str
        Forms of the end; the first one is shown. What does not come down to one of them
        by the rules of arithmetic alone is not the end: `meaning`, sigma and tanh then
        stand for any values and functions, and where a form has none of them, nothing but
        the order of terms and factors may differ.
    meaning : mapping
        Names that depend on the variables, as in `Formula`: ``{"y": "sigma(x)"}``.
    uses : tuple of str
        Functions one of which must appear in the chain: those of the definition.
    through : tuple of str
        Forms one of which must be among the steps, if there are any.
    fewest : int, default 3
        How many formulas the chain must have.
    count : int, default 16
        How many points are tried.
    rtol : float, default 1e-6
        Relative tolerance at a point.
    """

    sample: Sample
    first: tuple[str, ...]
    last: tuple[str, ...]
    meaning: Mapping[str, str] = field(default_factory=dict)
    uses: tuple[str, ...] = ("exp",)
    through: tuple[str, ...] = ()
    fewest: int = 3
    count: int = 16
    rtol: float = 1e-6

    detailed: ClassVar[bool] = True

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Compare the first step with ours, then each with the one before, then look at the ends."""
        try:
            steps = self._steps(outcomes[0])
            if not steps:
                text = (
                    "Expected a list of formulas, each a text or a SymPy expression; numbers prove nothing."
                )
                return Finding(text, "error")
            wrong = self._first_wrong(steps)
        except ValidationError as error:
            return Finding(f"{error}.", "error")
        if wrong is not None:
            return Finding(self._break(*wrong, steps))
        return self._ends(steps) or self._length(steps)

    def _steps(self, outcome: Outcome) -> list[_Step]:
        """Read the chain; definitions and remarks go into the scope of what follows."""
        data = outcome.values[0] if outcome.state == "returned" else None
        lines = data if isinstance(data, list) else [data]
        if not any(isinstance(line, str) for line in lines):
            return []
        if not all(isinstance(line, (str, int, float)) for line in lines):
            return []
        statements = [part for line in lines for part in _statements(str(line))]
        if "..." in statements:
            raise ValidationError(f"formula {statements.index('...') + 1} is still to be written")
        scope, steps = self._scope(), []
        for number, statement in enumerate(statements):
            sides = _sides(statement)
            name = sides[0].replace("_", "")
            later = " ".join([*sides[1:], *statements[number + 1 :]])
            if len(sides) > 1 and IDENTIFIER.fullmatch(name) and name not in scope.names:
                if _mentions(later, name):
                    scope = scope.defined(name, sides[1])
                    continue
                sides = sides[1:]  # the left side is but a label
            found = [_Step(side, scope.read(side), scope) for side in sides]
            if len(found) == 1 or not self._remark(found):
                steps += found
        return steps

    def _scope(self) -> _Scope:
        return _scope(self.sample, self.count, self.seed, tuple(self.meaning.items()), None)

    def _remark(self, sides: list[_Step]) -> bool:
        """Whether an equation is true of something else than the chain: y = 1/(1 + exp(-x))."""
        if sides[0].trees[0][0] not in ("name", "call", "slope"):
            return False
        values = [self._at(side)[0] for side in sides]
        equal = all(self._same(value, values[0]) for value in values)
        return equal and not self._same(values[0], self._right())

    def _right(self) -> Array:
        """Return the value of the whole chain at all points."""
        scope = self._scope()
        start = spelled(self.settled(self.reference)[0])
        return self._at(_Step(start, scope.read(start), scope))[0]

    def _same(self, value: Array, right: Array) -> bool:
        return agree(value, right, self.rtol, 1e-9)

    def _at(self, step: _Step) -> list[Array]:
        """Return the values of a step in every way that it can be meant."""
        values = (step.scope.at(tree) for tree in step.trees)
        return [np.array(np.broadcast_to(value, (self.count,)), float) for value in values]

    def _first_wrong(self, steps: list[_Step]) -> tuple[int, Array] | None:
        """Return the place of the first step of another value, and its values."""
        right = self._right()
        for place, step in enumerate(steps):
            readings = self._at(step)
            if not any(self._same(value, right) for value in readings):
                return place, readings[0]
        return None

    def _break(self, place: int, value: Array, steps: list[_Step]) -> str:
        """Say which step is wrong and where the two sides differ."""
        right, scope = self._right(), self._scope()
        k = int(np.argmax(~within(value, right, self.rtol, 1e-9)))
        known = dict(scope.values) | {
            name: np.broadcast_to(scope.at(tree), (self.count,)) for name, tree in scope.meaning.items()
        }
        text, told = steps[place].text[:80], [*scope.values]
        for step in steps[max(place - 1, 0) : place + 1]:
            told += [name for name in words(step.trees[0]) if name in known and name not in told]
        if not _constant(right) and not any(part in known for part in words(self._expanded(steps[place]))):
            return f"Step {place + 1}, {text}, is a number: values at single points prove no formula."
        before = f"step {place}, {steps[place - 1].text[:80]}" if place else f"what is asked, {self.first[0]}"
        at = _place({name: known[name] for name in told}, k)
        numbers = f"at {at} it is {value[k]:.6g} instead of {right[k]:.6g}"
        return f"Step {place + 1}, {text}, is not equal to {before}: {numbers}."

    def _ends(self, steps: list[_Step]) -> Finding | None:
        """Say that the chain starts elsewhere, goes round in a circle or stops too early."""
        starts_at_end = self._like(steps[0], self.last)
        if starts_at_end and len(steps) > 1 and self._like(steps[-1], self.first):
            return None
        if starts_at_end:
            text = f"This starts with what is to be shown. Start with {self.first[0]}."
            return Finding(text, "close", "starts at the end", 0.25)
        if _constant(self._right()) and not self._like(steps[0], self.first):
            text = f"Every step is right, but the first is not {self.first[0]}, nor that written out."
            return Finding(text, "close", "another start", 0.25)
        if not self._like(steps[-1], self.last):
            text = f"Every step is right. Go on until {self.last[0]}."
            return Finding(text, "close", "not at the end", 0.5)
        return None

    def _length(self, steps: list[_Step]) -> Finding | None:
        """Say that there is nothing between start and end, or nothing that shows it."""
        written = {repr(shape(step.trees[0])) for step in steps}
        carried_out = [form for form in written if not re.search("'(slope|prime)'", form)]
        if len(written) < self.fewest or len(carried_out) < self.fewest - 1:
            text = f"All steps are equal, but a derivation needs at least {self.fewest} that differ"
            return Finding(f"{text}: show what lies between.", "close", "steps missing", 0.5)
        if not any(name in self.uses for step in steps for name in words(self._expanded(step))):
            text = f"All steps are equal, but none of them shows why: {self.uses[0]} never appears."
            return Finding(text, "close", "definition not used", 0.5)
        if self.through and not any(self._like(step, self.through) for step in steps):
            text = "All steps are equal, but the one that shows why is not among them."
            return Finding(text, "close", "steps missing", 0.5)
        return None

    def _expanded(self, step: _Step) -> Tree:
        """Return a step with the names that the answer defined written out."""
        own = {name: tree for name, tree in step.scope.meaning.items() if name not in self.meaning}
        return inlined(step.trees[0], own)

    def _like(self, step: _Step, forms: tuple[str, ...]) -> bool:
        """Whether a step is one of the forms, for any values and functions."""
        own, free = self._scope(), self._freed(step.scope)
        mine = [shape(inlined(tree, step.scope.meaning)) for tree in step.trees]
        for form in forms:
            tree = own.read(spelled(form))[0]
            if shape(inlined(tree, own.meaning)) in mine:
                return True
            if self._is_free(tree) and any(self._equal_in(free, one, tree) for one in step.trees):
                return True
        return False

    def _is_free(self, tree: Tree) -> bool:
        """Whether a form holds a name or a function that may stand for anything."""
        return any(part in (*self.meaning, "sigmoid", "tanh") for part in words(tree))

    def _freed(self, scope: _Scope) -> _Scope:
        """Return a scope in which y no longer depends on x, and sigma is any function."""
        rng = np.random.default_rng(self.seed)
        values = {name: rng.uniform(0.2, 0.8, self.count) for name in (*scope.values, *self.meaning)}
        own = {name: tree for name, tree in scope.meaning.items() if name not in self.meaning}
        return _Scope(values, own, STRANGERS)

    def _equal_in(self, scope: _Scope, mine: Tree, form: Tree) -> bool:
        try:
            values = [np.array(np.broadcast_to(scope.at(tree), (self.count,))) for tree in (mine, form)]
        except ValidationError:
            return False
        return self._same(*values)

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether the first wrong step has the same values in both."""
        found = []
        for outcome in (outcomes[0], wrong[0]):
            try:
                found.append(self._first_wrong(self._steps(outcome)))
            except ValidationError:
                return False
        mine, slip = found
        return mine is not None and slip is not None and self._same(mine[1], slip[1])

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the steps between the first and the last."""
        return [[str(step)] for step in self.settled(self.reference)[1:-1]]


def _points(sample: Sample, count: int, seed: int) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    points = [sample(rng) for _ in range(count)]
    return {name: np.array([float(p[name]) for p in points]) for name in points[0]}


def _place(points: Mapping[str, Array], k: int) -> str:
    return ", ".join(f"{name} = {values[k]:.4g}" for name, values in points.items())


def _constant(values: Array) -> bool:
    return bool(np.isfinite(values).all() and np.ptp(values) < 1e-12)


def _telling(got: Array, want: Array) -> bool:
    """Whether one rule explains all points."""
    text = first_difference(got, want)
    return text.startswith(("it is", "the sign")) and "shifted" not in text and "reversed" not in text
