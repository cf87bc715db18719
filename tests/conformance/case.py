"""How a case tells the conformance suite to use a public name.

A module ``cases/TOPIC.py`` holds the cases of ``dlcore/*/TOPIC.py``. Each public name has
exactly one kind of case, registered by one of the four decorators below; a name without
a case fails the suite.

A case function takes a `Draw` and returns a `Call`. Arrays are float64 and must keep away
from kinks and ties, which are tested on their own.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

try:
    from hypothesis import strategies as st
except ImportError:  # a GPU machine may lack it; `Seeded` needs none
    st = None


class Draw:
    """Random choices for a case: sizes that shrink, and numbers from a Generator."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data
        self.rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1), label="seed"))

    def integer(self, low: int, high: int) -> int:
        return self._data.draw(st.integers(low, high))

    def choice(self, *options: Any) -> Any:
        return self._data.draw(st.sampled_from(options))

    def shape(self, *, axes: tuple[int, int] = (1, 3), low: int = 0, high: int = 4) -> tuple[int, ...]:
        return tuple(self.integer(low, high) for _ in range(self.integer(*axes)))

    def normal(self, *shape: int) -> np.ndarray:
        return self.rng.normal(size=shape)

    def away_from(self, kink: float, *shape: int, gap: float = 0.05) -> np.ndarray:
        """Numbers that keep a distance from a kink."""
        return kink + self.rng.choice([-1, 1], size=shape) * self.rng.uniform(gap, 2, size=shape)


class Seeded(Draw):
    """The same choices in every run, from a seed alone."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def integer(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def choice(self, *options: Any) -> Any:
        return options[int(self.rng.integers(len(options)))]


class Call:
    """Arguments of one call: `args` are arrays (or None), `settings` everything else.

    `largest` is how far the first float argument may be scaled; a probability has less room than a score.
    """

    largest = 1e4

    def __init__(self, *args: Any, **settings: Any) -> None:
        self.args, self.settings = args, settings


class Inner:
    """An argument that each package builds for itself, such as the layer inside a layer."""

    def __init__(self, build: Callable[[Any], Any]) -> None:
        self.build = build

    def __repr__(self) -> str:
        return "Inner()"


def built(call: Call, package: Any) -> Call:
    """Let `package` build its inner arguments."""
    return Call(*(a.build(package) if isinstance(a, Inner) else a for a in call.args), **call.settings)


@dataclass
class OperationCase:
    """A function that returns ``(outputs, back)`` in the reference and outputs in the mirror."""

    name: str
    draw: Callable[[Draw], Call]
    torch: Callable[..., Any] | None = None
    bad: Callable[[], list[Call]] = field(default=list)  # calls that must raise ShapeError
    finite: bool = True  # gives finite values for inputs of 1e4


@dataclass
class LayerCase:
    """A layer: `build` gives positional and keyword arguments, `inputs` what it is called with."""

    name: str
    draw: Callable[[Draw], tuple[Call, tuple[Any, ...]]]
    torch: Callable[..., Any] | None = None  # same arguments -> torch.nn module with the same state_dict
    bad: Callable[[], list[Any]] = field(
        default=list
    )  # inputs that must raise ShapeError, with the drawn layer
    rng: bool = True  # is given rng and dtype, whichever it takes


@dataclass
class OptimizerCase:
    """An optimizer: settings for ours, and the same rule in torch if there is one."""

    name: str
    settings: list[dict[str, Any]]
    torch: Callable[..., Any] | None = None  # (params, **settings) -> torch.optim.Optimizer


@dataclass
class OtherCase:
    """Anything else: a function that compares both packages by itself and asserts."""

    name: str
    compare: Callable[[Any, Any, np.random.Generator], None]


Case = OperationCase | LayerCase | OptimizerCase | OtherCase
CASES: dict[str, Case] = {}


def _register(case: Case) -> None:
    if case.name in CASES:
        raise ValueError(f"two cases for {case.name}")
    CASES[case.name] = case


def operation(name: str, **more: Any) -> Callable[[Callable[[Draw], Call]], Callable[[Draw], Call]]:
    """Register a case for an operation or loss."""

    def add(draw: Callable[[Draw], Call]) -> Callable[[Draw], Call]:
        _register(OperationCase(name, draw, **more))
        return draw

    return add


def layer(name: str, **more: Any) -> Callable[..., Any]:
    """Register a case for a layer."""

    def add(draw: Callable[[Draw], tuple[Call, tuple[Any, ...]]]) -> Any:
        _register(LayerCase(name, draw, **more))
        return draw

    return add


def optimizer(name: str, settings: list[dict[str, Any]], torch: Callable[..., Any] | None = None) -> None:
    """Register a case for an optimizer."""
    _register(OptimizerCase(name, settings, torch))


def other(*names: str) -> Callable[..., Any]:
    """Register a comparison of one's own for names that are neither operation, layer nor optimizer."""

    def add(compare: Callable[[Any, Any, np.random.Generator], None]) -> Any:
        for name in names:
            _register(OtherCase(name, compare))
        return compare

    return add


def load() -> dict[str, Case]:
    """Import every module of cases and return what they registered."""
    from tests.conformance import cases

    for module in pkgutil.iter_modules(cases.__path__):
        importlib.import_module(f"tests.conformance.cases.{module.name}")
    return CASES


def of_kind(kind: type) -> list[Any]:
    return [case for _, case in sorted(load().items()) if isinstance(case, kind)]
