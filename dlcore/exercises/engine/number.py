"""Exercises whose answer is a number, or several."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.differences import agree, within
from dlcore.exercises.engine.driving import Outcome
from dlcore.exercises.engine.formula import evaluate

__all__ = ["Number", "read_fraction", "read_numbers"]

#: A number off by less than this many tolerances was rounded, not miscalculated.
ROUNDED = 20

#: A slip that was rounded to three digits is still that slip.
ROUNDED_SLIP = 5

#: Numbers as text; an exponent of nine digits would take all memory.
SHORT = re.compile(r"[+-]?(\d{1,30}\.?\d{0,30}|\.\d{1,30})(e[+-]?\d{1,2})?(/\d{1,30})?", re.IGNORECASE)

#: Thousands set apart by commas; in 0,5 the comma may be meant as a point, so that is no number.
GROUPS = re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:,\d{3})+(?![\d.]*,)(?!\d)")

#: Characters of a list that comes as text.
LONGEST_LIST = 10_000

#: Answers of fewer characters are not looked for in hints: a 2 may be any 2.
TELLING = 3


@dataclass(frozen=True, kw_only=True, repr=False)
class Number(Exercise):
    """A number, or an array of numbers; whole numbers are compared exactly.

    Attributes
    ----------
    rtol, atol : float
        Tolerance of numbers that are not whole: three digits by default.
    entries : tuple of str
        What the numbers of an array are called, from the first to the last.
    """

    rtol: float = 1e-3
    atol: float = 0.0
    entries: tuple[str, ...] = ()

    @property
    def right(self) -> NDArray[Any]:
        """The reference.

        Returns
        -------
        ndarray
            With the given numbers filled in.
        """
        return np.asarray(self.settled(self.reference))

    @property
    def tolerance(self) -> tuple[float, float]:
        """What `within` takes.

        Returns
        -------
        tuple of float
            Relative and absolute.
        """
        return (1e-9, 0.0) if self.right.dtype.kind in "iub" else (self.rtol, self.atol)

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Compare the numbers; the message never tells the right one."""
        got, why = self._read(outcomes[0])
        if got is None:
            return Finding(why, "error")
        right, (rtol, atol) = self.right.astype(float), self.tolerance
        if got.shape != right.shape:
            return Finding(f"Expected {_count(right)}, got {_count(got)}.")
        good = within(got, right, rtol, atol)
        if good.all():
            return None
        if rtol > 1e-9 and within(got, right, ROUNDED * rtol, ROUNDED * atol).all():
            return Finding(
                "Close: carry more digits on the way and round at the end.", "close", "rounded", 0.5
            )
        if not right.ndim:
            return Finding(_direction(float(got), float(right)))
        if within(np.sort(got, axis=None), np.sort(right, axis=None), rtol, atol).all():
            return Finding(
                "These are the numbers, but not in the order that is asked for.", "close", "order", 0.5
            )
        return Finding(self._which(got, right, good))

    def _which(self, got: NDArray[Any], right: NDArray[Any], good: NDArray[Any]) -> str:
        """Say which numbers of an array are wrong; of a single one, whether it is too large."""
        wrong = np.argwhere(~good)
        names = [str(list(map(int, place))) for place in wrong]
        if self.entries:
            names = [self.entries[int(np.ravel_multi_index(tuple(place), good.shape))] for place in wrong]
        if len(names) == 1:
            place = tuple(wrong[0])
            where = names[0] if self.entries else f"The number at {names[0]}"
            way = _direction(float(got[place]), float(right[place]))
            return f"{where} is wrong, all others are right. {way}"
        which = f": {', '.join(names[:6])}" if self.entries else f": at {', '.join(names[:6])}"
        return f"{len(names)} of {good.size} numbers are wrong{which}."

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Compare with the slip's numbers."""
        got, _ = self._read(outcomes[0])
        slip, _ = self._read(wrong[0])
        rtol, atol = self.tolerance
        if rtol > 1e-9:
            rtol, atol = ROUNDED_SLIP * rtol, ROUNDED_SLIP * atol
        elif slip is not None and (slip % 1).any():  # whole numbers were asked for, fractions get rounded
            rtol = self.rtol
        return got is not None and slip is not None and agree(got, slip, rtol, atol)

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the numbers, written as one would."""
        right = self.right
        if right.dtype.kind in "iu" and not right.ndim:
            ways = [[str(right)], [f"{int(right):,}"]]
        else:
            ways = [[f"{float(n):.3g}" for n in right.ravel()]]
        return [way for way in ways if len("".join(way)) >= TELLING]

    def _read(self, outcome: Outcome) -> tuple[NDArray[Any] | None, str]:
        if outcome.state != "returned":
            return None, f"Expected {_count(self.right)}. {outcome.error}"
        try:
            data = outcome.values[0]
            got = read_numbers(_together(data, self.entries) if self.right.ndim else data)
        except (TypeError, ValueError, OverflowError, ZeroDivisionError):
            return None, f"Expected {_count(self.right)}, got {str(outcome.values[0])[:60]!r}."
        if got.size == 1 and not self.right.ndim:
            got = got.reshape(())
        return (got.ravel() if self.right.ndim == 1 else got), ""


def read_numbers(data: Any) -> NDArray[Any]:
    """Read numbers as people write them.

    Parameters
    ----------
    data : Any
        Numbers, fractions, lists, or texts such as ``"260,100"``, ``"1/3"``, ``"5 %"``, ``"510^2"``
        or ``"[1, 2]"``.

    Returns
    -------
    ndarray of float
        In their arrangement.

    Raises
    ------
    ValueError, TypeError
        If something is no number.
    """
    if isinstance(data, str) and data.strip().startswith("["):
        return read_numbers(_listed(data.strip()))
    if isinstance(data, str):
        text = GROUPS.sub(lambda group: group[0].replace(",", ""), data).replace("_", "").replace(" ", "")
        if "," in text:
            raise ValueError("a comma that separates no thousands")
        if not SHORT.fullmatch(text.removesuffix("%")):
            return np.asarray(float(evaluate(text, {})))
        return np.asarray(float(read_fraction(text.removesuffix("%"))) / (100 if text.endswith("%") else 1))
    if isinstance(data, list):
        return np.asarray([read_numbers(part) for part in data], dtype=float)
    if isinstance(data, dict) or data is None or data is ...:
        raise TypeError("no number")
    return np.asarray(data, dtype=float)


def _listed(text: str) -> Any:
    """Read a list that came as text."""
    try:
        return ast.literal_eval(text) if len(text) <= LONGEST_LIST else ...
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError("no list of numbers") from None


def _together(data: Any, entries: tuple[str, ...]) -> Any:
    """Return several numbers as one list, however they come: as text, by name, in parts."""
    if isinstance(data, str):
        with contextlib.suppress(ValueError):
            return _listed(data.strip())
        unlabeled = re.sub(r"[^\W\d]\w*\s*[=:]", " ", data)
        return [part for part in re.split(r"[\s,;\[\]{}]+", unlabeled) if part]
    if isinstance(data, dict):
        named = [data[name] for name in entries if name in data]
        return _together(named if len(named) == len(data) else list(data.values()), entries)
    if isinstance(data, list) and any(isinstance(part, (list, dict, np.ndarray)) for part in data):
        parts = [_together(part, entries) for part in data]
        ragged = len({np.shape(part) for part in parts}) > 1
        return [n for part in parts for n in np.ravel(part).tolist()] if ragged else parts
    return data


def read_fraction(data: Any) -> Fraction:
    """Read a number exactly.

    Parameters
    ----------
    data : Any
        A number, or a text such as ``"1/3"`` or ``"-2.5"``. A float is read as the simple
        fraction that it stands for.

    Returns
    -------
    Fraction
        Its value.

    Raises
    ------
    ValueError, TypeError, ArithmeticError
        If it is no finite number.
    """
    if isinstance(data, str) and not SHORT.fullmatch(data.strip()):
        raise ValueError(f"{data[:40]!r} is no number")
    return Fraction(data).limit_denominator(10**6) if isinstance(data, float) else Fraction(data)


def _count(numbers: NDArray[Any]) -> str:
    if not numbers.ndim:
        return "one number"
    return (
        f"{numbers.size} numbers of shape {numbers.shape}" if numbers.ndim > 1 else f"{numbers.size} numbers"
    )


def _direction(got: float, right: float) -> str:
    if not np.isfinite(got):
        return f"{got} is not the number."
    if right and got == -right:
        return "The size is right, the sign is not."
    return f"{got:g} is too {'large' if got > right else 'small'}."
