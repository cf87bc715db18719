"""Proofs as data, verified in exact arithmetic.

No threshold unit separates good points from bad ones if a weighted sum of good points
equals a weighted sum of bad points with the same total weight: w·x > t for every good
point and w·x ≤ t for every bad one would give the two sums the same value on both sides
of the same threshold. Such weights are a complete proof, and checking them is
arithmetic with fractions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.driving import Outcome
from dlcore.exercises.engine.number import read_fraction

__all__ = ["Certificate", "verify"]

Point = tuple[int, ...]
Weighted = list[tuple[Point, Fraction]]


@dataclass(frozen=True, kw_only=True, repr=False)
class Certificate(Exercise):
    """A proof that no threshold unit separates the good bit vectors from the bad ones.

    The answer is ``{"good": [...], "bad": [...]}`` with entries ``"1100"`` or
    ``("1100", 2)``; the number is the weight, 1 by default. Slips are recognized by what
    is wrong: "no certificate", "not a bit vector", "a separating unit", "empty", "label",
    "negative weight", "totals" or "sums".

    Attributes
    ----------
    bits : int
        Length of the vectors.
    good : callable
        ``good(bits) -> bool`` for a tuple of 0 and 1.
    """

    bits: int
    good: Callable[[Point], bool]

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


def verify(data: Any, bits: int, good: Callable[[Point], bool]) -> Finding | None:
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
    if isinstance(data, dict) and not {"good", "bad"} <= data.keys() and data.keys() & {"w", "W", "weights"}:
        return _claim(data, bits, good)
    if not isinstance(data, dict) or not {"good", "bad"} <= data.keys():
        text = 'Expected {"good": [...], "bad": [...]} with the bit vectors whose sums are equal.'
        return Finding(text, name="no certificate") if isinstance(data, str) else Finding(text, "error")
    try:
        sides = {side: _side(data[side], bits) for side in ("good", "bad")}
    except (ValidationError, TypeError, ValueError, ArithmeticError) as error:
        text = str(error) if isinstance(error, ValidationError) else f"weights must be numbers: {error}"
        return Finding(text, "error", "not a bit vector")
    return _labels(sides, good) or _sums(sides)


def _side(entries: Any, bits: int) -> Weighted:
    if not isinstance(entries, list):
        raise ValidationError(f'expected a list such as ["{"10" * (bits // 2)}"], got {str(entries)[:60]!r}')
    pairs = [_entry(entry) for entry in entries]
    return [(_point(point, bits), read_fraction(weight)) for point, weight in pairs]


def _entry(entry: Any) -> tuple[Any, Any]:
    if isinstance(entry, (list, tuple)) and len(entry) == 2 and not isinstance(entry[0], (int, float)):
        return entry[0], entry[1]
    if isinstance(entry, (list, tuple)) and len(entry) == 2 and len(str(entry[0])) > 1:
        return str(entry[0]), entry[1]
    return entry, 1


def _point(point: Any, bits: int) -> Point:
    digits = list(point) if isinstance(point, (str, list, tuple, np.ndarray)) else []
    if len(digits) != bits or any(str(d) not in ("0", "1", "0.0", "1.0") for d in digits):
        raise ValidationError(f"{str(point)[:60]!r} is not a vector of {bits} bits")
    return tuple(int(float(d)) for d in digits)


def _labels(sides: dict[str, Weighted], good: Callable[[Point], bool]) -> Finding | None:
    for side, entries in sides.items():
        if not entries:
            return Finding(f"There is no {side} vector.", name="empty")
        for point, weight in entries:
            if weight < 0:
                return Finding(f"The weight {weight} of {_write(point)} is negative.", name="negative weight")
            if good(point) != (side == "good"):
                other = "bad" if side == "good" else "good"
                return Finding(f"{_write(point)} is {other}, but stands on the {side} side.", name="label")
    return None


def _sums(sides: dict[str, Weighted]) -> Finding | None:
    total = {side: sum(weight for _, weight in entries) for side, entries in sides.items()}
    if total["good"] != total["bad"]:
        text = (
            f"The weights add up to {total['good']} on the good side and to {total['bad']} on the bad side."
        )
        return Finding(text, name="totals")
    if not total["good"]:
        return Finding("All weights are 0, so nothing is proved.", name="empty")
    sums = {side: _sum(entries) for side, entries in sides.items()}
    if sums["good"] != sums["bad"]:
        written = {side: ", ".join(map(str, value)) for side, value in sums.items()}
        text = f"The good vectors add up to ({written['good']}), the bad ones to ({written['bad']})."
        return Finding(text, name="sums")
    return None


def _sum(entries: Weighted) -> list[Fraction]:
    columns = zip(*([weight * bit for bit in point] for point, weight in entries), strict=True)
    return [sum(column, Fraction(0)) for column in columns]


def _claim(data: dict[str, Any], bits: int, good: Callable[[Point], bool]) -> Finding:
    """Refute a unit that is claimed to separate."""
    try:
        weights = [read_fraction(w) for w in data[next(k for k in ("w", "W", "weights") if k in data)]]
        threshold = read_fraction(data.get("t", data.get("threshold", 0)))
    except (TypeError, ValueError, ArithmeticError):
        return Finding("Expected numbers as weights and threshold.", "error", "a separating unit")
    for number in range(2**bits if len(weights) == bits else 0):
        point = tuple(int(bit) for bit in f"{number:0{bits}b}")
        fires = sum((w * bit for w, bit in zip(weights, point, strict=True)), Fraction(0)) > threshold
        if fires != good(point):
            text = f"This unit {'fires' if fires else 'is silent'} on {_write(point)}, which it must not."
            return Finding(text, name="a separating unit")
    return Finding(f"Expected {bits} weights, got {len(weights)}.", "error", "a separating unit")


def _write(point: Point) -> str:
    return "".join(map(str, point))
