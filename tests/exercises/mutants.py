"""Mutants of the worked answers: does `check` tell the wrong ones from those that are right all the same?

``python -m tests.exercises.mutants`` tries all mutants of all exercises in code and prints
the table. What a mutant is really worth is found out here on inputs of our own (`dense`),
with a comparison of our own: nothing of the engine is asked but its tolerance.
"""

from __future__ import annotations

import ast
import copy
import inspect
import math
import random
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dlcore.exercises import all_exercises
from dlcore.exercises.engine import Function, Pullback, Verdict
from tests.exercises import dense, mutations
from tools.mutants.mutations import Mutant, of_source

FEWEST = 20
#: Off by more tolerances than this is wrong; off by more than one is a borderline case.
CLEAR = 3.0
DIFFERS, BORDERLINE, AGREES = "differs", "borderline", "agrees"
#: A mutant may take so many times as many steps as the reference, and some more: another answer may count.
PATIENCE, FREE = 10, 10_000


def exercises() -> dict[str, Function]:
    """All exercises whose answer is code."""
    return {name: own for name, own in all_exercises().items() if isinstance(own, Function)}


# Making mutants.


def source_of(answer: Callable[..., Any]) -> str:
    """Return the definition of a function as the text of a file."""
    source = textwrap.dedent(inspect.getsource(answer))
    if not source.startswith(f"def {answer.__name__}(") or answer.__code__.co_freevars:
        raise AssertionError(f"write {answer.__qualname__} as a function of its module, to be changed")
    return source


def sources(own: Function) -> Iterator[str]:
    """Yield the worked answer, then the others that are functions of the same module."""
    yield source_of(own.reference)
    for other in own.also:
        if other.__module__ == own.reference.__module__ and other.__name__ in other.__globals__:
            yield source_of(other)


def mutants_of(own: Function, most: int | None = None) -> list[Mutant]:
    """Make the mutants of a worked answer, or as many as are wanted, no two of them the same code.

    Where it is too short for enough of them, other answers are changed as well.
    """
    seen: set[str | None] = {None}
    found: list[Mutant] = []
    for source in sources(own):
        if len(found) >= FEWEST:
            break
        seen.add(_spelled(source))
        changes = of_source(source, Path(own.id), mutations.operators(source))
        if most is not None:
            changes = random.Random(own.id).sample(changes, len(changes))
        for change in changes:
            mutant = change.written() if len(found) != most else None
            spelled = _spelled(mutant.source) if mutant else None
            if spelled not in seen:
                seen.add(spelled)
                found.append(mutant)
    return found


class _Spelled(ast.NodeTransformer):
    """A plus before a number says nothing."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.UAdd) else node


def _spelled(source: str) -> str | None:
    """Return code without comments, spare parentheses and signs; nothing if it is no code."""
    try:
        compile(source, "<mutant>", "exec")
    except SyntaxError:
        return None
    return ast.unparse(_Spelled().visit(ast.parse(source)))


# Running them: a mutant may never end.


class NeverEndsError(Exception):
    """More steps than any right answer takes."""


@dataclass
class Steps:
    """Counts what goes round in loops, and stops it."""

    most: float = math.inf
    taken: int = 0

    def one(self) -> bool:
        self.taken += 1
        if self.taken > self.most:
            raise NeverEndsError(f"more than {self.most:.0f} steps")
        return True

    def of(self, loop: Any) -> Iterator[Any]:
        for item in loop:
            self.one()
            yield item


def _empty(shape: Any, dtype: Any = float) -> Any:
    """Memory that nobody wrote to holds nothing right, not even by chance."""
    return np.full(shape, np.nan if np.dtype(dtype).kind == "f" else -(10**6), dtype)


class _Guarded(ast.NodeTransformer):
    """Every loop counts its steps, and nothing is right by chance."""

    def _count(self, node: Any) -> Any:
        self.generic_visit(node)
        node.iter = ast.Call(ast.parse("_steps.of", mode="eval").body, [node.iter], [])
        return node

    visit_For = visit_comprehension = _count

    def visit_While(self, node: ast.While) -> ast.While:
        self.generic_visit(node)
        node.test = ast.BoolOp(ast.And(), [ast.parse("_steps.one()", mode="eval").body, node.test])
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        return ast.Name("_empty", ast.Load()) if ast.unparse(node) == "np.empty" else node


def planted(source: str, names: dict[str, Any], steps: Steps) -> Callable[..., Any]:
    """Return the function of a source, whose steps are counted from call to call."""
    tree = ast.fix_missing_locations(_Guarded().visit(ast.parse(source)))
    names = {**names, "_steps": steps, "_empty": _empty}
    exec(compile(tree, "<mutant>", "exec"), names)
    function = names[tree.body[0].name]

    def call(*arguments):
        steps.taken = 0
        return function(*arguments)

    return call


# What a mutant is worth, on inputs of our own.


@dataclass(frozen=True)
class Case:
    """Arguments, cotangents where the answer is a pullback, and what is right."""

    arguments: tuple[Any, ...]
    cotangents: tuple[Any, ...] | None
    want: list[Any]


@dataclass(frozen=True)
class Yardstick:
    """An exercise with its dense inputs, and how many steps an answer may take."""

    own: Function
    cases: list[Case]
    steps: int

    @classmethod
    def of(cls, own: Function) -> Yardstick:
        rng, most, steps, cases = np.random.default_rng(2026), 0, Steps(), []
        right = planted(source_of(own.reference), own.reference.__globals__, steps)
        for arguments in dense.inputs(own.id):
            cotangents = None
            if isinstance(own, Pullback):
                values = _parts(right(*copy.deepcopy(arguments))[0])
                cotangents = tuple(rng.normal(size=v.shape, scale=rng.choice(dense.SCALES)) for v in values)
            cases.append(Case(arguments, cotangents, _results(right, arguments, cotangents)))
            most = max(most, steps.taken)
        return cls(own, cases, PATIENCE * most + FREE)

    def worth(self, answer: Callable[..., Any]) -> str:
        """Say whether an answer is as good as the reference, wrong, or between."""
        worst = 0.0
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            for case in self.cases:
                worst = max(worst, self.error(answer, case))
                if worst > CLEAR:
                    return DIFFERS
        return AGREES if worst <= 1 else BORDERLINE

    def error(self, answer: Callable[..., Any], case: Case) -> float:
        """Return the largest error of an entry, in tolerances; infinite if there are no such entries."""
        try:
            got = _results(answer, case.arguments, case.cotangents)
        except Exception:
            return math.inf
        if len(case.want) == 1 and len(got) > 1:
            got = [np.asarray(got)] if len({np.shape(g) for g in got}) == 1 else got
        elif len(got) == 1 and len(case.want) > 1 and np.shape(got[0])[:1] == (len(case.want),):
            got = list(got[0])
        if len(got) != len(case.want):
            return math.inf
        return max(self._error(g, w) for g, w in zip(got, case.want, strict=True))

    def _error(self, got: Any, want: Any) -> float:
        if got is None or want is None:
            return 0.0 if got is want else math.inf
        if got.size != want.size or not (got.shape == want.shape or self._shape_is_free(got, want)):
            return math.inf
        got, want = got.ravel(), want.ravel()
        error = np.abs(got - want) / (self.own.atol + self.own.rtol * np.abs(want))
        same = (got == want) | (np.isnan(got) & np.isnan(want))
        error = np.where(same, 0.0, np.where(np.isfinite(got) & np.isfinite(want), error, math.inf))
        return float(error.max(initial=0.0))

    def _shape_is_free(self, got: Any, want: Any) -> bool:
        """Whether it is one number, nothing at all, or something the exercise does not ask for."""
        loose = self.own.loose_shape and got.squeeze().shape == want.squeeze().shape
        return want.ndim == 0 or want.size == 0 or loose


def _results(answer: Callable[..., Any], arguments: Any, cotangents: Any) -> list[Any]:
    """Call an answer; whatever it should not touch must be as before."""
    arguments, cotangents = before = copy.deepcopy((arguments, cotangents))
    untouched = copy.deepcopy(before)
    result = answer(*arguments)
    if cotangents is not None:
        value, back = result
        first, second = (_parts(back(*cotangents)) for _ in range(2))
        if not _identical(first, second):
            raise AssertionError("back gives something else when it is called again")
        found = _parts(value) + first
    else:
        found = _parts(result)
    if not _identical(before, untouched):
        raise AssertionError("an input was changed")
    return found


def _parts(result: Any) -> list[Any]:
    """Return the arrays of a result; numbers side by side are one array, and so are rows in a list."""
    if not isinstance(result, tuple | list):
        return [_array(result)]
    numbers = all(isinstance(part, int | float | np.number) for part in result)
    rows = isinstance(result, list) and len({np.shape(part) for part in result}) <= 1
    return [_array(result)] if numbers or rows else [_array(part) for part in result]


def _array(part: Any) -> Any:
    if part is None:
        return None
    array = np.array(part)
    if array.dtype.kind not in "biuf":
        raise AssertionError(f"these are no real numbers: {array.dtype}")
    return array.astype(float)


def _identical(a: Any, b: Any) -> bool:
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(_identical, a, b))
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return bool(a == b)


# What `check` says of them.


@dataclass(frozen=True)
class Trial:
    """A mutant, what it is worth, and what `check` says."""

    mutant: Mutant
    worth: str
    verdict: Verdict

    @property
    def accepted(self) -> bool:
        return self.verdict.status == "right" and self.verdict.points == self.verdict.out_of

    @property
    def rejected(self) -> bool:
        bad = self.verdict.status in ("wrong", "close", "error")
        return bad and self.verdict.points < self.verdict.out_of

    def __str__(self) -> str:
        return f"{self.mutant}\n    {self.worth}, and check says: {str(self.verdict)[:400]}"


@dataclass
class Report:
    """All trials of an exercise."""

    name: str
    trials: list[Trial] = field(default_factory=list)

    def of(self, worth: str) -> list[Trial]:
        return [trial for trial in self.trials if trial.worth == worth]

    @property
    def mistakes(self) -> list[Trial]:
        """Those that differ and were not rejected, and those that agree and were not accepted."""
        slipped = [trial for trial in self.of(DIFFERS) if not trial.rejected]
        return slipped + [trial for trial in self.of(AGREES) if not trial.accepted]

    def row(self) -> tuple[Any, ...]:
        differ, agree, between = self.of(DIFFERS), self.of(AGREES), self.of(BORDERLINE)
        rejected, accepted = (sum(t.rejected for t in differ), sum(t.accepted for t in agree))
        return len(self.trials), len(differ), rejected, len(agree), accepted, len(between)

    def holds(self) -> None:
        """Fail unless there are enough mutants and `check` was right about every one."""
        assert len(self.trials) >= FEWEST, f"{self.name}: {len(self.trials)} mutants, {FEWEST} wanted"
        shown = "\n".join(map(str, self.mistakes))
        assert not self.mistakes, f"{self.name}: wrong about {len(self.mistakes)} mutants\n{shown}"


def report(own: Function, most: int | None = None) -> Report:
    """Try mutants of an exercise: all, or so many."""
    measure, found = Yardstick.of(own), Report(own.id)
    for mutant in mutants_of(own, most):
        answer = planted(mutant.source, own.reference.__globals__, Steps(measure.steps))
        found.trials.append(Trial(mutant, measure.worth(answer), own.check(answer)))
    return found


# The command.

HEADER = ("mutants", "differ", "rejected", "agree", "accepted", "borderline")


def _line(name: str, cells: Any) -> str:
    return f"{name:34}" + "".join(f"{cell:>11}" for cell in cells)


def main(names: list[str]) -> int:
    """Try all mutants of the exercises whose id holds one of the words, and print the table."""
    wanted = [own for own in exercises().values() if not names or any(name in own.id for name in names)]
    reports, complaints = [], []
    print(_line("exercise", HEADER))
    for own in wanted:
        try:
            reports.append(report(own))
            print(_line(own.id, reports[-1].row()), flush=True)
            reports[-1].holds()
        except AssertionError as complaint:
            complaints.append(str(complaint))
    print(_line("all", [sum(column) for column in zip(*(one.row() for one in reports), strict=True)]))
    print(*complaints, sep="\n")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
