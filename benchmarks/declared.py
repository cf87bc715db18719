"""How a case declares a benchmark: a function that builds both sides, under a decorator.

::

    @benchmark("relu (64, 100)", target=1.6, shape=(64, 100))
    def relu(rng, shape):
        ...
        return ours, theirs

Both are called without arguments and return the numbers that are compared before
anything is timed. Further keywords of the decorator go to the function, so that one
function under several decorators is measured at several sizes.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.measuring import Different, Effort, Ratio, Run, ratio, require_same

Build = Callable[..., tuple[Run, Run]]


@dataclass(frozen=True)
class Result:
    """One line of a table. A target is met where the ratio is not above it."""

    name: str
    peer: str
    ratio: float | None = None
    target: float | None = None
    details: tuple[str, ...] = ()
    failure: str = ""

    @property
    def verdict(self) -> str:
        if self.failure or self.ratio is None:
            return "FAILED"
        if self.target is None:
            return ""
        return "met" if self.ratio <= self.target else "MISSED"


@dataclass(frozen=True)
class Benchmark:
    """Two sides that do the same work."""

    name: str
    build: Build
    peer: str = "torch"
    target: float | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    same: Callable[[Any, Any], None] = require_same

    def measure(self, effort: Effort, *, seed: int = 0) -> Result:
        ours, theirs = self.build(np.random.default_rng(seed), **self.settings)
        self.same(ours(), theirs())
        return self.result(ratio(ours, theirs, effort, seed=seed))

    def result(self, measured: Ratio) -> Result:
        return Result(self.name, self.peer, measured.median, self.target, _in_words(measured))


@dataclass(frozen=True)
class Growth:
    """The same work at one size and at twice that size."""

    name: str
    build: Callable[..., Run]
    sizes: dict[str, int]
    doubled: str
    work: float  # how many times the arithmetic grows
    peer: str = "half the size"

    #: Caches overflow and a fixed cost per call weighs less; a power more in the work shows all the same.
    slack = 1.75

    @property
    def target(self) -> float:
        return self.slack * self.work

    def measure(self, effort: Effort, *, seed: int = 0) -> Result:
        large = self.build(
            np.random.default_rng(seed), **self.sizes | {self.doubled: 2 * self.sizes[self.doubled]}
        )
        small = self.build(np.random.default_rng(seed), **self.sizes)
        measured = ratio(large, small, effort, seed=seed)
        details = (f"arithmetic x{self.work:g}", *_in_words(measured))
        return Result(self.name, self.peer, measured.median, self.target, details)


@dataclass(frozen=True)
class Figure:
    """A ratio that is not one of two times side by side, such as bytes by a formula."""

    name: str
    build: Callable[..., tuple[float, tuple[str, ...]]]
    peer: str
    target: float | None
    settings: dict[str, Any]

    def measure(self, effort: Effort) -> Result:
        value, details = self.build(effort, **self.settings)
        return Result(self.name, self.peer, value, self.target, details)


def _in_words(measured: Ratio) -> tuple[str, ...]:
    return (
        f"{measured.low:.2f}..{measured.high:.2f}",
        f"{1e3 * measured.ours:.3g} ms",
        f"{1e3 * measured.theirs:.3g} ms",
    )


Case = Benchmark | Growth | Figure
GROUPS: dict[str, list[Case]] = {}


def benchmark(
    name: str,
    *,
    peer: str = "torch",
    target: float | None = None,
    group: str = "operations",
    same: Callable[[Any, Any], None] = require_same,
    **settings: Any,
) -> Callable[[Build], Build]:
    """Declare a benchmark; `settings` are given to the function."""

    def add(build: Build) -> Build:
        _declare(group, Benchmark(name, build, peer, target, settings, same))
        return build

    return add


def growing(name: str, **sizes: tuple[int, float]) -> Callable[..., Any]:
    """Declare how a time grows: for each size its value and how the work grows when it doubles."""

    def add(build: Callable[..., Run]) -> Callable[..., Run]:
        values = {size: value for size, (value, _) in sizes.items()}
        for size, (value, work) in reversed(sizes.items()):
            title = f"{name}, {size} {value} to {2 * value}"
            _declare("growth", Growth(title, build, values, size, work))
        return build

    return add


def figure(
    name: str, *, peer: str, group: str, target: float | None = None, **settings: Any
) -> Callable[..., Any]:
    """Declare a figure: a function of the effort and of `settings` that gives a ratio and remarks on it."""

    def add(build: Callable[..., tuple[float, tuple[str, ...]]]) -> Callable[..., Any]:
        _declare(group, Figure(name, build, peer, target, settings))
        return build

    return add


def _declare(group: str, case: Case) -> None:
    """Add a case, before those of the same function: the lowest decorator comes first, but is read last."""
    cases = GROUPS.setdefault(group, [])
    if any(other.name == case.name and other.peer == case.peer for other in cases):
        raise ValueError(f"two benchmarks {case.name!r} against {case.peer}")
    first = next((i for i, other in enumerate(cases) if other.build is case.build), len(cases))
    cases.insert(first, case)


def load() -> dict[str, list[Case]]:
    """Import all cases and return them by group."""
    from benchmarks import cases

    for module in pkgutil.iter_modules(cases.__path__):
        importlib.import_module(f"benchmarks.cases.{module.name}")
    return GROUPS


def measured(cases: list[Case], effort: Effort) -> Iterator[Result]:
    """Measure one case after the other; one that fails is a line in the table and stops nobody."""
    for case in cases:
        try:
            yield case.measure(effort)
        except Different as difference:
            yield Result(
                case.name, case.peer, None, case.target, failure=f"not the same numbers: {difference}"
            )
        except Exception as error:
            yield Result(case.name, case.peer, None, case.target, failure=f"{type(error).__name__}: {error}")
