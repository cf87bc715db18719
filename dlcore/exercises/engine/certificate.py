"""Proofs as data, verified in exact arithmetic.

No threshold unit separates good points from bad ones if a weighted sum of good points
equals a weighted sum of bad points with the same total weight: w·x > t for every good
point and w·x ≤ t for every bad one would give the two sums the same value on both sides
of the same threshold. Such weights are a complete proof, and checking them is
arithmetic with fractions.

Two hidden units and a third that joins them fail where many such conflicts meet. Up to
negated units, which are threshold units as well, the third is an or, an and, or listens
to one alone. If it is an or, each good point needs a unit that fires on it and on no bad
point; two good points whose sum is that of two bad ones cannot have the same. Where such
pairs form an odd cycle, two units are not enough. The and changes good and bad.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import Any, ClassVar

import numpy as np

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.driving import Outcome
from dlcore.exercises.engine.number import read_fraction

__all__ = ["Certificate", "verify", "verify_two_units"]

Point = tuple[int, ...]
Weighted = list[tuple[Point, Fraction]]
Sides = dict[str, Weighted]
Label = Callable[[Point], bool]

#: Which points need a unit of their own where the output is an or, and where it is an and.
CASES = {"or": "good", "and": "bad"}
OTHER = {"good": "bad", "bad": "good"}

BITS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "False": 0, "True": 1}

#: As many points of each group are shown.
SHOWN = 6


@dataclass(frozen=True, kw_only=True, repr=False)
class Certificate(Exercise):
    """A proof that no threshold unit separates the good bit vectors from the bad ones.

    The answer is ``{"good": [...], "bad": [...]}`` with entries ``"1100"`` or
    ``("1100", 2)``; the number is the weight, 1 by default. A side may also be a dict of
    weights or a text, the whole an identity as text: ``"1100 + 0011 = 1010 + 0101"``. Slips are
    recognized by what is wrong: "no certificate", "not a bit vector", "a separating unit",
    "one side", "swapped", "label", "negative weight", "totals", "no weight" or "sums".

    Attributes
    ----------
    bits : int
        Length of the vectors.
    good : callable
        ``good(bits) -> bool`` for a tuple of 0 and 1.
    """

    bits: int
    good: Label

    detailed: ClassVar[bool] = True

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Verify the certificate."""
        if outcomes[0].state != "returned":
            return Finding(f"Expected a certificate. {outcomes[0].error}", "error")
        return verify(outcomes[0].values[0], self.bits, self.good)

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether the same thing is wrong with both."""
        mine, slip = self._compare(rounds, outcomes), self._compare(rounds, wrong)
        return mine is not None and slip is not None and mine.name == slip.name != ""

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the points of the reference."""
        right = self.settled(self.reference)
        points = [_write(_point(_entry(e)[0], self.bits)) for side in ("good", "bad") for e in right[side]]
        return [points, points[: len(right["good"])]]


def verify(data: Any, bits: int, good: Label) -> Finding | None:
    """Verify a certificate of inseparability.

    Parameters
    ----------
    data : Any
        Plain data, see `Certificate`.
    bits : int
        Length of the vectors.
    good : callable
        Which vectors are good.

    Returns
    -------
    Finding or None
        None if it is a proof.
    """
    data = _lists(data)
    if isinstance(data, str):
        return _text(data, bits, good)
    unit = _unit(data)
    if unit is not None:
        return _claim(*unit, bits, good)
    if not isinstance(data, dict) or not data.keys() & {"good", "bad"}:
        text = 'Expected {"good": [...], "bad": [...]} with the bit vectors whose sums are equal.'
        return Finding(text, "error")
    try:
        sides = {side: _side(data.get(side), bits) for side in ("good", "bad")}
    except ValidationError as error:
        return Finding(str(error), "error", "not a bit vector")
    return _labels(sides, good) or _sums(sides)


def verify_two_units(data: Any, bits: int, good: Label) -> Finding | None:
    """Verify that two threshold units, joined by a third, do not tell good from bad.

    Parameters
    ----------
    data : Any
        ``{"or": [...], "and": [...]}`` with conflicts (p, q, r, s), p + q = r + s. In the
        first list p and q are good, r and s bad, in the second the other way round. A
        conflict may also be ((p, q), (r, s)), a text or a certificate as for `verify`.
    bits : int
        Length of the vectors.
    good : callable
        Which vectors are good.

    Returns
    -------
    Finding or None
        None if it is a proof: all identities hold, and in neither case do two groups
        without a conflict inside exist.
    """
    data = _lists(data)
    if isinstance(data, str):
        return Finding("Expected lists of conflicts, not a text.", name="no certificate")
    cases = {str(key).lower(): value for key, value in data.items()} if isinstance(data, dict) else {}
    if cases.keys() & {"good", "bad"} and not cases.keys() & CASES.keys():
        return Finding("One certificate excludes a single unit. What excludes two?", name="one unit excluded")
    given = [case for case in CASES if cases.get(case)]
    if not given:
        return Finding('Expected {"or": [...], "and": [...]} with conflicts in both lists.', "error", "empty")
    for case in given:
        found = _case(case, cases[case], bits, good)
        if found is not None:
            return replace(found, message=f'In the "{case}" list: {found.message}')
    if len(given) < len(CASES):
        return Finding(
            f'The "{given[0]}" case is proved, the other one is not there.', name=f"only {given[0]}"
        )
    return None


def _case(case: str, entries: Any, bits: int, good: Label) -> Finding | None:
    """Verify the conflicts of one case, then look for two groups that keep them apart."""
    if not isinstance(entries, list):
        return Finding(f"expected a list of conflicts, got {_short(entries)}", "error", "not a conflict")
    if len(entries) == 4 and all(isinstance(entry, str) and "=" not in entry for entry in entries):
        entries = [entries]
    edges = set()
    for entry in entries:
        edge = _edge(entry, CASES[case], bits, good)
        if isinstance(edge, Finding):
            return edge
        edges.add(edge)
    groups = _two_groups(sorted(edges))
    if groups is None:
        return None
    first, second = (", ".join(map(_write, group[:SHOWN])) for group in groups)
    text = f"these conflicts leave two units a way: one for {first}, the other for {second}."
    return Finding(text, name="no odd cycle")


def _edge(entry: Any, own: str, bits: int, good: Label) -> tuple[Point, Point] | Finding:
    """Return the two points that one unit cannot serve, or what is wrong with the reason."""
    try:
        sides = _conflict(entry, own, bits, good)
    except ValidationError as error:
        return Finding(str(error), "error", "not a conflict")
    found = _labels(sides, good) or _sums(sides)
    if found is not None:
        return replace(found, message=f"{_equation(sides, own)}: {found.message}")
    ends = sorted({point for point, weight in sides[own] if weight})
    if len(ends) > 2:
        return Finding("a conflict is between two vectors, not more.", "error", "not a conflict")
    return ends[0], ends[-1]


def _conflict(entry: Any, own: str, bits: int, good: Label) -> Sides:
    """Read a conflict; the labels say which side is which if they can."""
    if isinstance(entry, dict) and {"good", "bad"} <= entry.keys():
        return {side: _side(entry[side], bits) for side in ("good", "bad")}
    if isinstance(entry, str):
        left, right = _equals(entry, bits)
    elif isinstance(entry, list) and len(entry) == 4:
        left, right = _side(entry[:2], bits), _side(entry[2:], bits)
    elif isinstance(entry, list) and len(entry) == 2 and all(isinstance(half, list) for half in entry):
        left, right = (_side(half, bits) for half in entry)
    else:
        raise ValidationError(f"expected four vectors (p, q, r, s) as a conflict, got {_short(entry)}")
    return _oriented(left, right, own, good)


def _oriented(left: Weighted, right: Weighted, own: str, good: Label) -> Sides:
    """Call the left side `own`, or the right one if that is what fits the labels."""
    sides, turned = {own: left, OTHER[own]: right}, {own: right, OTHER[own]: left}
    return sides if _misplaced(turned, good) else turned


def _two_groups(edges: list[tuple[Point, Point]]) -> tuple[list[Point], list[Point]] | None:
    """Split points into two groups without an edge inside; None if an odd cycle forbids it."""
    neighbors: dict[Point, list[Point]] = {}
    for a, b in edges:
        neighbors.setdefault(a, []).append(b)
        neighbors.setdefault(b, []).append(a)
    group: dict[Point, bool] = {}
    for start in neighbors:
        waiting = [] if start in group else [start]
        group.setdefault(start, False)
        while waiting:
            point = waiting.pop()
            for other in neighbors[point]:
                if other not in group:
                    group[other] = not group[point]
                    waiting.append(other)
                elif group[other] == group[point]:
                    return None
    first, second = ([point for point, side in group.items() if side == own] for own in (False, True))
    return first, second


# Reading.


def _lists(data: Any) -> Any:
    """Turn arrays and tuples into lists, at any depth."""
    if isinstance(data, np.ndarray):
        return data.tolist()
    if isinstance(data, dict):
        return {key: _lists(value) for key, value in data.items()}
    return [_lists(value) for value in data] if isinstance(data, (list, tuple)) else data


def _text(data: str, bits: int, good: Label) -> Finding | None:
    """Verify an identity written as text; other texts prove nothing here."""
    try:
        sides = _oriented(*_equals(data, bits), "good", good)
    except ValidationError:
        return Finding("Expected the vectors themselves, not a text.", name="no certificate")
    return _labels(sides, good) or _sums(sides)


def _equals(text: str, bits: int) -> tuple[Weighted, Weighted]:
    """Read an identity such as ``1100 + 0011 = 1010 + 0101``."""
    halves = text.split("=")
    if len(halves) != 2:
        raise ValidationError(f"expected p + q = r + s, got {_short(text)}")
    return _side(halves[0], bits), _side(halves[1], bits)


def _side(entries: Any, bits: int) -> Weighted:
    if entries in (None, ...):
        return []
    if isinstance(entries, str):
        entries = re.split(r"[\s+,]+", entries.strip())
    if isinstance(entries, dict):
        entries = [[point, weight] for point, weight in entries.items()]
    if not isinstance(entries, list):
        raise ValidationError(f'expected a list such as ["{1:0{bits}b}"], got {_short(entries)}')
    return [(_point(point, bits), _weight(weight, bits)) for point, weight in map(_entry, entries)]


def _entry(entry: Any) -> tuple[Any, Any]:
    """Split a vector and its weight; a pair of single bits is a vector."""
    pair = isinstance(entry, (list, tuple)) and len(entry) == 2 and isinstance(entry[0], (str, list, tuple))
    return (entry[0], entry[1]) if pair and len(entry[0]) > 1 else (entry, 1)


def _weight(weight: Any, bits: int) -> Fraction:
    if isinstance(weight, str) and len(weight) == bits > 1 and set(weight) <= {"0", "1"}:
        raise ValidationError(f"{weight!r} is a vector inside of another entry: list each vector by itself")
    try:
        return read_fraction(weight)
    except (TypeError, ValueError, ArithmeticError):
        raise ValidationError(f"expected a number as weight, got {_short(weight)}") from None


def _short(data: Any) -> str:
    return repr(str(data)[:60])


def _point(point: Any, bits: int) -> Point:
    digits = list(point) if isinstance(point, (str, list)) else []
    if len(digits) != bits or any(str(d) not in BITS for d in digits):
        text = f'such as "{1:0{bits}b}", a text or a list'
        raise ValidationError(f"{_short(point)} is not a vector of {bits} bits {text}")
    return tuple(BITS[str(d)] for d in digits)


# Verifying.


def _misplaced(sides: Sides, good: Label) -> list[tuple[Point, str]]:
    return [(p, side) for side, entries in sides.items() for p, _ in entries if good(p) != (side == "good")]


def _labels(sides: Sides, good: Label) -> Finding | None:
    for side, entries in sides.items():
        if not entries:
            return Finding(f"There is no {side} vector.", name="one side")
    turned = {"good": sides["bad"], "bad": sides["good"]}
    if not _misplaced(turned, good) and _sums(turned) is None:
        return Finding(
            "All good vectors stand on the bad side, all bad ones on the good side.", name="swapped"
        )
    for point, side in _misplaced(sides, good):
        return Finding(f"{_write(point)} is {OTHER[side]}, but stands on the {side} side.", name="label")
    return None


def _sums(sides: Sides) -> Finding | None:
    for point, weight in sides["good"] + sides["bad"]:
        if weight < 0:
            return Finding(f"The weight {weight} of {_write(point)} is negative.", name="negative weight")
    good, bad = (sum(weight for _, weight in sides[side]) for side in ("good", "bad"))
    if good != bad:
        return Finding(
            f"The weights add up to {good} on the good side and to {bad} on the bad side.", name="totals"
        )
    if not good:
        return Finding("All weights are 0, so nothing is proved.", name="no weight")
    left, right = _sum(sides["good"]), _sum(sides["bad"])
    if left != right:
        written = [", ".join(map(str, side)) for side in (left, right)]
        text = f"The good vectors add up to ({written[0]}), the bad ones to ({written[1]})."
        return Finding(text, name="sums")
    return None


def _sum(entries: Weighted) -> list[Fraction]:
    columns = zip(*([weight * bit for bit in point] for point, weight in entries), strict=True)
    return [sum(column, Fraction(0)) for column in columns]


def _unit(data: Any) -> tuple[list[Any], Any, bool] | None:
    """Return weights, threshold or bias, and whether it is a bias, if an answer is a unit."""
    if isinstance(data, dict) and not data.keys() & {"good", "bad"}:
        names = {str(key).lower()[:1]: value for key, value in data.items()}
        if "w" in names:
            return _flat(names["w"]), names.get("t", names.get("b", 0)), "t" not in names
    if isinstance(data, list) and len(data) == 2 and isinstance(data[0], list):
        numbers, second = _flat(data[0]), _flat(data[1])
        if len(second) == 1 and not any(isinstance(number, str) for number in numbers + second):
            return numbers, second[0], False
    return None


def _claim(weights: list[Any], second: Any, bias: bool, bits: int, good: Label) -> Finding:
    """Refute a unit that is claimed to separate."""
    name = "a separating unit"
    try:
        values = [read_fraction(weight) for weight in weights]
        (number,) = _flat(second)
        threshold = -read_fraction(number) if bias else read_fraction(number)
    except (TypeError, ValueError, ArithmeticError):
        return Finding("Expected numbers as weights and threshold.", "error", name)
    if len(values) != bits:
        return Finding(f"Expected {bits} weights, got {len(values)}.", "error", name)
    for point in product((0, 1), repeat=bits):
        fires = sum((w * bit for w, bit in zip(values, point, strict=True)), Fraction(0)) > threshold
        if fires != good(point):
            text = f"This unit {'fires' if fires else 'is silent'} on {_write(point)}, which it must not."
            return Finding(text, name=name)
    return Finding("This unit separates all vectors.", name=name)


def _flat(data: Any) -> list[Any]:
    return [entry for part in data for entry in _flat(part)] if isinstance(data, list) else [data]


def _equation(sides: Sides, own: str) -> str:
    left, right = (" + ".join(_write(point) for point, _ in sides[side]) for side in (own, OTHER[own]))
    return f"{left} = {right}"


def _write(point: Point) -> str:
    return "".join(map(str, point))
