"""Compute graphs judged by what their nodes compute: every graph that works is right.

Each node that the exercise asks for is worked out from right inputs, whatever the answer
has at these inputs itself. So a node is wrong only where its own mistake is, and two
mistakes in one graph are found and named one by one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Finding, Inputs, Slip
from dlcore.exercises.engine.differences import agree, first_difference
from dlcore.exercises.engine.driving import Outcome, plain
from dlcore.exercises.engine.graph import ComputeGraph, Nodes, spelled_out
from dlcore.exercises.engine.number import read_fraction

__all__ = ["EvaluatedGraph"]

Array = NDArray[Any]

RTOL = 1e-6

#: Ways to write a transposed input: ``W.T``, ``W^T``, ``Wᵀ``, ``W'``; and ``transpose(W)``.
TRANSPOSED = (".transpose", ".T", "^T", "T", "'")


@dataclass(frozen=True)
class _Failure:
    """Where a graph cannot be worked out, and why; failures for one reason are alike."""

    node: str
    why: str


Value = Array | _Failure


@dataclass(frozen=True, kw_only=True, repr=False)
class EvaluatedGraph(ComputeGraph):
    """A compute graph that is right if the nodes of some names compute the right arrays.

    Vectors are columns in products and may lie as they like elsewhere. Numbers may be inputs,
    as in ``("s", "mul", [2, "d"])``, and so may transposes, as in ``"W.T"``. Operators are
    those of `OPERATIONS`, by any of their names.

    Attributes
    ----------
    sample : callable
        ``sample(rng) -> {leaf: array}``: the leaves with random values.
    asked : tuple of str
        Names of nodes that must be there; their values come from the reference.
    known : tuple of str
        Names of more nodes of the reference that are compared where the answer has them.
    """

    sample: Callable[[np.random.Generator], Mapping[str, Array]]
    asked: tuple[str, ...]
    known: tuple[str, ...] = ()

    def read(self, data: Any) -> Nodes:
        """Read a graph as it is.

        Parameters
        ----------
        data : Any
            Plain data.

        Returns
        -------
        dict
            Node name -> operator and inputs.

        Raises
        ------
        ValidationError
            If it is no graph, goes round in a circle, or gives a leaf another value.
        """
        nodes = spelled_out(self.parse(data))
        for name in self._leaves:
            if name in nodes:
                raise ValidationError(f"{name} is given, so nothing leads to it: call your node otherwise")
        return nodes

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Name the nodes that are missing, and the first that is wrong in itself."""
        if outcomes[0].state != "returned":
            return Finding(f"Expected a graph. {outcomes[0].error}", "error")
        try:
            nodes = self.read(outcomes[0].values[0])
        except ValidationError as error:
            return Finding(str(error), "error")
        missing = [name for name in self.asked if name not in nodes]
        wrong = self._wrong(nodes)
        parts = [f"Missing: no node is called {', '.join(missing)}."] if missing else []
        parts += [self._complaint(name, value, nodes) for name, value in [*wrong.items()][:1]]
        if len(wrong) > 1:
            parts.append(f"Wrong in itself, too: {', '.join([*wrong][1:])}.")
        return Finding("\n".join(parts)) if parts else None

    def recognize(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> tuple[Slip, ...] | None:
        """Find the slips that explain all wrong nodes: one for all, or one for each.

        Parameters
        ----------
        rounds : sequence of tuple
            Nothing is driven.
        outcomes : sequence of Outcome
            The answer.

        Returns
        -------
        tuple of Slip or None
            None if no slip explains some node.
        """
        mine = self._mistaken(outcomes[0].values)
        if not mine:
            return None
        reasons = {
            name: [slip for slip, wrong in self._known_mistakes if _same(value, wrong.get(name))]
            for name, value in mine.items()
        }
        for slip in self.slips:
            if all(slip in found for found in reasons.values()):
                return (slip,)
        if not all(reasons.values()):
            return None
        first = {found[0].name for found in reasons.values()}
        return tuple(slip for slip in self.slips if slip.name in first)

    def _mistaken(self, values: Sequence[Any]) -> dict[str, Value]:
        """Return the wrong nodes of an answer; none if it cannot be read or lacks a node."""
        try:
            nodes = self.read(values[0])
        except (ValidationError, IndexError):
            return {}
        return self._wrong(nodes) if set(self.asked) <= nodes.keys() else {}

    def _wrong(self, nodes: Nodes) -> dict[str, Value]:
        """Return what is wrong in itself: asked nodes first, then others that do not work."""
        right = self._right
        local = _worked_out(nodes, self._leaves, right)
        wrong = {name: local[name] for name in right if name in local and not _same(local[name], right[name])}
        broken = {name: value for name, value in local.items() if isinstance(value, _Failure)}
        blamed = {value.node for value in wrong.values() if isinstance(value, _Failure)}
        return wrong or {name: value for name, value in broken.items() if name not in blamed}

    @cached_property
    def _known_mistakes(self) -> list[tuple[Slip, dict[str, Value]]]:
        return [(slip, self._mistaken((plain(slip.wrong),))) for slip in self.slips]

    @cached_property
    def _leaves(self) -> dict[str, Array]:
        values = self.sample(np.random.default_rng(self.seed))
        return {name: np.asarray(value, float) for name, value in values.items()}

    @cached_property
    def _right(self) -> dict[str, Array]:
        """The right values of the compared nodes, in the order of the reference."""
        values = _worked_out(self.read(plain(self.reference)), self._leaves, {})
        compared = {*self.asked, *self.known}
        return {name: np.asarray(value) for name, value in values.items() if name in compared}

    def _complaint(self, name: str, value: Value, nodes: Nodes) -> str:
        """Say what is wrong with a node."""
        reference = self.read(plain(self.reference))
        needed = _sources(name, reference, self._right) if name in reference else set()
        lacking = needed - _sources(name, nodes, self._right)
        unused = f"it does not use {', '.join(sorted(lacking))}" if lacking else ""
        if isinstance(value, _Failure):
            clue = f", and {unused}" if unused and value.node == name else ""
            return f"{_written(value.node, nodes)} cannot be worked out: {value.why}{clue}."
        what = first_difference(np.squeeze(value), np.squeeze(self._right[name]))
        telling = any(word in what for word in ("it is", "this is", "the sign", "arrangement"))
        return f"{_written(name, nodes)} is wrong: {what if telling or not unused else unused}."

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether the same nodes are wrong in the same way."""
        mine, slip = self._mistaken(outcomes[0].values), self._mistaken(wrong[0].values)
        return bool(mine) and mine.keys() == slip.keys() and all(_same(mine[n], slip[n]) for n in mine)


def _same(a: Value | None, b: Value | None) -> bool:
    """Whether two values are the same; a vector may lie or stand."""
    if isinstance(a, _Failure) or isinstance(b, _Failure):
        return isinstance(a, _Failure) and isinstance(b, _Failure) and a.why == b.why
    return a is not None and b is not None and agree(np.squeeze(a), np.squeeze(b), RTOL, 1e-12)


def _written(name: str, nodes: Nodes) -> str:
    op, inputs = nodes[name]
    return f"{name} = {op}({', '.join(inputs)})"[:160]


def _sources(name: str, nodes: Nodes, stops: Mapping[str, Array]) -> set[str]:
    """Return the leaves and compared nodes that a node is made of; numbers are neither."""
    found: set[str] = set()
    left = list(nodes[name][1])
    while left:
        source = left.pop()
        if source in found:
            continue
        found.add(source)
        if source in nodes and source not in stops:
            left += nodes[source][1]
    outer = {
        source if source in stops else _upright(source) for source in found - (nodes.keys() - stops.keys())
    }
    return {source for source in outer if source[:1].isalpha()}


# Working out.


def _worked_out(nodes: Nodes, leaves: Mapping[str, Array], right: Mapping[str, Array]) -> dict[str, Value]:
    """Return the value of every node, each from right inputs where these are known."""
    values: dict[str, Value] = dict(leaves)
    local: dict[str, Value] = {}
    for name, (op, inputs) in nodes.items():
        local[name] = _performed(name, op, inputs, values)
        values[name] = right.get(name, local[name])
    return local


def _performed(name: str, op: str, inputs: Sequence[str], values: Mapping[str, Value]) -> Value:
    try:
        operands = [_looked_up(i, values) for i in inputs]
        failed = [value for value in operands if isinstance(value, _Failure)]
        if failed:
            return failed[0]
        if op not in OPERATIONS:
            raise ValidationError(f"{op[:40]!r} is none of the operators {', '.join(OPERATIONS)}")
        fewest, most, operation = OPERATIONS[op]
        if not fewest <= len(operands) <= most:
            count = str(fewest) if fewest == most else f"{fewest} or more"
            raise ValidationError(f"{op} takes {count} input{'s' * (count != '1')}, got {len(operands)}")
        with np.errstate(all="ignore"):
            return np.asarray(operation(*(np.asarray(value) for value in operands)))
    except ValidationError as error:
        return _Failure(name, str(error))


def _looked_up(name: str, values: Mapping[str, Value]) -> Value:
    """Return a node, a leaf, one of them transposed, or a number."""
    if name in values:
        return values[name]
    turned = values.get(_upright(name))
    if turned is not None:
        return _transpose(turned) if isinstance(turned, np.ndarray) else turned
    try:
        return np.asarray(float(read_fraction(name)))
    except (ValueError, ArithmeticError):
        raise ValidationError(f"{name[:40]} is neither a node nor given") from None


def _upright(name: str) -> str:
    """Return a name without the sign of transposition."""
    return next(
        (stem for ending in TRANSPOSED if (stem := name.removesuffix(ending)) != name),
        name.removeprefix("transpose"),
    )


def _transpose(a: Array) -> Array:
    """Lay a standing vector down, and the other way round."""
    if a.ndim == 1:
        return a[None, :]
    return a[0] if a.ndim == 2 and len(a) == 1 else a.T


def _matmul(a: Array, b: Array) -> Array:
    """Multiply; a vector is a column, or a row where only that fits, as in NumPy."""
    if not a.ndim or not b.ndim:
        return np.asarray(a * b)
    if a.ndim == 1 and b.ndim == 2 and len(b) == 1:
        return np.outer(a, b)
    try:
        return np.asarray(a @ b)
    except ValueError:
        raise ValidationError(f"matmul does not fit shapes {a.shape} and {b.shape}") from None


def _outer(a: Array, b: Array) -> Array:
    a, b = np.squeeze(a), np.squeeze(b)
    if a.ndim != 1 or b.ndim != 1:
        raise ValidationError(f"outer takes two vectors, got shapes {a.shape} and {b.shape}")
    return np.outer(a, b)


def _diag(a: Array) -> Array:
    if np.squeeze(a).ndim != 1:
        raise ValidationError(f"diag takes a vector, got shape {a.shape}")
    return np.diag(np.squeeze(a))


def _entrywise(name: str, operation: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    """Return an operation on arrays of one shape, or with a number; nothing else is stretched."""

    def _pair(a: Array, b: Array) -> Array:
        if a.shape != b.shape and np.squeeze(a).shape == np.squeeze(b).shape:
            a, b = np.squeeze(a), np.squeeze(b)
        if a.ndim and b.ndim and a.shape != b.shape:
            raise ValidationError(f"{name} does not fit shapes {a.shape} and {b.shape}")
        return operation(a, b)

    return lambda *arrays: reduce(_pair, arrays)


_add = _entrywise("add", np.add)

#: Operator -> fewest inputs, most inputs, what it does.
OPERATIONS: Mapping[str, tuple[int, float, Callable[..., Any]]] = {
    "matmul": (2, math.inf, lambda *arrays: reduce(_matmul, arrays)),
    "add": (1, math.inf, lambda *arrays: _add(*arrays) if arrays[1:] else np.sum(arrays[0])),
    "sub": (2, 2, _entrywise("sub", np.subtract)),
    "mul": (2, math.inf, _entrywise("mul", np.multiply)),
    "outer": (2, 2, _outer),
    "transpose": (1, 1, _transpose),
    "tanh": (1, 1, np.tanh),
    "dtanh": (1, 1, lambda z: 1 - z * z),
    "sqerr": (2, 2, lambda a, b: np.sum(_entrywise("sqerr", np.subtract)(a, b) ** 2)),
    "square": (1, 1, np.square),
    "neg": (1, 1, np.negative),
    "diag": (1, 1, _diag),
    "identity": (1, 1, np.array),
}
