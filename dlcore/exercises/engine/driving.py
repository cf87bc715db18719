"""Call a student's answer and bring back plain arrays: the half that touches foreign objects.

`drive` knows neither what is expected nor what exercise it serves, and this file imports
nothing but NumPy and the standard library: it can be put alone behind a wall. What it
returns is numbers, text and nothing that could act.
"""

from __future__ import annotations

import contextlib
import copy
import dis
import functools
import io
import textwrap
import traceback
import types
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

__all__ = ["Outcome", "drive", "plain"]

#: Larger results are refused unread: no exercise asks for as much.
MOST_NUMBERS = 100_000
DEEPEST = 12

EMPTY_BODIES = ("def f(): pass", "def f(): raise NotImplementedError", "def f(): raise NotImplementedError()")


@dataclass(frozen=True)
class Outcome:
    """What came of one round of driving: plain data only.

    Attributes
    ----------
    state : str
        ``"returned"``, ``"raised"``, ``"unattempted"`` (empty, or the stub as it was) or
        ``"unreadable"`` (not something that such an answer can be).
    values : tuple
        What came back: arrays, or for an answer that is data, that data.
    error : str
        What was raised, and in which line; or why the answer cannot be read.
    modified : tuple of int
        Positions of the inputs that the answer changed in place.
    repeats : bool
        Whether a pullback gave the same again when it was called again.
    """

    state: str
    values: tuple[Any, ...] = ()
    error: str = ""
    modified: tuple[int, ...] = ()
    repeats: bool = True


class _Unreadable(Exception):
    """Why an answer cannot be read."""


def drive(
    answer: Any, inputs: tuple[Any, ...] = (), *, how: str = "value", stub: str | None = None
) -> Outcome:
    """Drive an answer with inputs.

    Parameters
    ----------
    answer : Any
        The student's object.
    inputs : tuple
        For ``"call"`` the arguments; for ``"pullback"`` the tuple of arguments, then the
        tuple of cotangents; for ``"formula"`` the variables as one mapping; else empty.
        The answer gets copies.
    how : {"value", "call", "pullback", "formula"}
        Whether the answer is data, a function, a function that returns its pullback as
        well, or a formula: text, a SymPy expression or a function of the variables.
    stub : str, optional
        Source that was handed out; an answer that is empty or still the same is not attempted.

    Returns
    -------
    Outcome
        Whatever happens: an exception becomes part of it.
    """
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            if _unattempted(answer, stub):
                return Outcome("unattempted")
            return DRIVERS[how](answer, copy.deepcopy(inputs))
        except _Unreadable as reason:
            return Outcome("unreadable", error=str(reason))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a student may raise or exit as they like
            return Outcome("raised", error=_describe(error))


def _describe(error: BaseException) -> str:
    """Name the exception and the student's line, never a line of ours."""
    try:
        text = f"{type(error).__name__}: {error}".removesuffix(": ")
    except Exception:
        text = type(error).__name__
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
    line = f" (line {frames[0].lineno}: {frames[0].line})" if frames and frames[0].line else ""
    return textwrap.shorten(text, 300) + line


# Driving, one function a way.


def _value(answer: Any, inputs: tuple[Any, ...]) -> Outcome:
    return Outcome("returned", (plain(answer),))


def _call(answer: Any, inputs: tuple[Any, ...]) -> Outcome:
    function, before = _function(answer), copy.deepcopy(inputs)
    result = function(*inputs)
    return Outcome("returned", _arrays(result), modified=_modified(before, inputs))


def _pullback(answer: Any, inputs: tuple[Any, ...]) -> Outcome:
    function, (arguments, cotangents), before = _function(answer), inputs, copy.deepcopy(inputs)
    result = function(*arguments)
    if not (isinstance(result, (tuple, list)) and len(result) == 2 and callable(result[1])):
        raise _Unreadable(f"expected `return y, back` with a function `back`, got {_parts(result)}")
    value = _arrays(result[0])
    try:
        first, again = (_arrays(result[1](*cotangents)) for _ in range(2))
    except KeyboardInterrupt:
        raise
    except _Unreadable as reason:
        raise _Unreadable(f"what `back` returns: {reason}") from None
    except BaseException as error:  # the value was there before `back` failed
        return Outcome("raised", value, error=_describe(error))
    repeats = len(first) == len(again) and all(map(_equal, first, again))
    modified = _modified((*before[0], *before[1]), (*arguments, *cotangents))
    return Outcome("returned", value + first, modified=modified, repeats=repeats)


def _formula(answer: Any, inputs: tuple[Any, ...]) -> Outcome:
    if not callable(answer) or _is_sympy(answer):
        return Outcome("returned", (plain(answer),))
    names, columns = inputs[0].keys(), np.broadcast_arrays(*inputs[0].values())
    points = zip(*(column.ravel().tolist() for column in columns), strict=True)
    values = [
        answer(**dict(zip(names, point, strict=True))) for point in points
    ]  # number by number: math works
    return Outcome("returned", _arrays([_number(value) for value in values]))


def _number(value: Any) -> Any:
    """Return one number without axes, or what came."""
    array = _array(value)
    return array.item() if array is not None and array.size == 1 else array


DRIVERS: Mapping[str, Callable[[Any, tuple[Any, ...]], Outcome]] = {
    "value": _value,
    "call": _call,
    "pullback": _pullback,
    "formula": _formula,
}


def _function(answer: Any) -> Callable[..., Any]:
    if not callable(answer):
        raise _Unreadable(f"expected a function, got {_name(answer)}")
    if isinstance(answer, type):
        raise _Unreadable(f"expected a function, got the class {answer.__name__}")
    return answer  # type: ignore[no-any-return]


# Reading what came back.


def _arrays(result: Any) -> tuple[Any, ...]:
    """Read one array, or several: a tuple not of numbers, or a list of arrays of different shapes."""
    if isinstance(result, tuple) and not all(_is_scalar(part) for part in result):
        return tuple(_array(part) for part in result)
    parts = _unlike(result) if isinstance(result, list) else ()
    return parts or (_array(result),)


def _unlike(result: list[Any]) -> tuple[Any, ...]:
    """Read a list of arrays of different shapes, or of arrays and numbers; empty if it is anything else."""
    try:
        np.asarray(result)
    except ValueError:
        with contextlib.suppress(_Unreadable):
            parts = tuple(_array(part) for part in result)
            arrays = any(isinstance(part, np.ndarray) for part in result)
            return parts if arrays or all(part is None or part.ndim for part in parts) else ()
    return ()


def _array(value: Any) -> Any:
    """Return a fresh array of real numbers, or None."""
    if value is None:
        return None
    if isinstance(value, (str, bytes)):
        raise _Unreadable(f"expected numbers, got the text {textwrap.shorten(repr(value), 60)}")
    if not isinstance(value, (list, tuple)) and not _is_scalar(value) and not hasattr(value, "__array__"):
        raise _Unreadable(f"expected an array of numbers, got {_name(value)}")
    array = _tensor(value)
    if array.size > MOST_NUMBERS:
        raise _Unreadable(f"expected a small result, got an array of shape {array.shape}")
    if array.dtype.kind not in "biuf":
        raise _Unreadable(f"expected real numbers, got an array of {array.dtype}")
    return np.array(array, dtype=array.dtype if array.dtype.kind == "f" else float, subok=False)


def _tensor(value: Any) -> np.ndarray[Any, Any]:
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        return np.asarray(value)
    except ValueError:
        raise _Unreadable("expected an array, got lists of different lengths") from None


def plain(answer: Any, depth: int = 0) -> Any:
    """Turn an answer that is data into numbers, text, lists, dicts and arrays.

    Parameters
    ----------
    answer : Any
        Numbers, fractions, text, containers (a set in any order), arrays, tensors, SymPy
        expressions or networkx graphs.
    depth : int
        How deep in the answer we are.

    Returns
    -------
    Any
        The same without foreign objects; a fraction stays one, an expression becomes text.
    """
    if depth > DEEPEST:
        raise _Unreadable("expected plain data, got lists in lists without end")
    if type(answer) is int and answer.bit_length() > 1000:
        return float("inf") if answer > 0 else float("-inf")
    if answer is None or answer is ... or type(answer) in (bool, int, float, str, Fraction):
        return answer[:MOST_NUMBERS] if isinstance(answer, str) else answer
    if isinstance(answer, Decimal) and answer.is_finite():
        return plain(float(answer), depth)
    if _is_sympy(answer):
        return str(answer)
    if isinstance(answer, (list, tuple, Mapping)):
        return _plain_container(answer, depth + 1)
    if isinstance(answer, (set, frozenset)):
        return _plain_container(sorted(answer, key=repr), depth + 1)
    if hasattr(answer, "nodes") and hasattr(answer, "edges"):
        return _plain_graph(answer, depth + 1)
    array = _array(answer)
    return array if array.ndim else array.item()


def _plain_container(answer: Any, depth: int) -> Any:
    if len(answer) > MOST_NUMBERS:
        raise _Unreadable(f"expected a short answer, got {len(answer)} entries")
    if isinstance(answer, Mapping):
        return {str(key): plain(value, depth) for key, value in answer.items()}
    return [plain(value, depth) for value in answer]


def _plain_graph(graph: Any, depth: int) -> Any:
    nodes = [[str(name), _plain_container(dict(data), depth)] for name, data in graph.nodes(data=True)]
    edges = [
        [str(start), str(end), _plain_container(dict(data), depth)]
        for start, end, data in graph.edges(data=True)
    ]
    return {"nodes": nodes, "edges": edges}


def _is_sympy(value: Any) -> bool:
    return any(base.__module__.partition(".")[0] == "sympy" for base in type(value).__mro__)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (bool, int, float, Fraction, np.number, np.bool_))


def _name(value: Any) -> str:
    return "None (is a return missing?)" if value is None else f"a {type(value).__name__}"


def _parts(value: Any) -> str:
    """Name what was returned, a tuple part by part."""
    if not isinstance(value, tuple):
        return _name(value)
    parts = ", ".join("None" if part is None else _name(part) for part in value[:4])
    return f"a tuple of {len(value)}: {parts}" if value else "an empty tuple"


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return np.array_equal(a, b, equal_nan=a.dtype.kind == "f" and b.dtype.kind == "f")
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(_equal, a, b))
    return type(a) is type(b) and not isinstance(a, np.ndarray) and bool(a == b)


def _modified(before: tuple[Any, ...], after: tuple[Any, ...]) -> tuple[int, ...]:
    return tuple(i for i, (a, b) in enumerate(zip(before, after, strict=True)) if not _equal(a, b))


# Attempted, or still what was handed out?


def _unattempted(answer: Any, stub: str | None) -> bool:
    if answer is None or answer is ...:
        return True
    if stub is None:
        return False
    if isinstance(answer, types.FunctionType):
        mine = _fingerprint(answer.__code__)
        return any(mine == _fingerprint_of(source) for source in (*EMPTY_BODIES, stub))
    if isinstance(answer, (str, list, tuple, Mapping)):
        data = plain(answer)
        return _only_gaps(data) or (bool(stub) and _same(data, plain(_executed(stub))))
    return False


@functools.cache
def _fingerprint_of(source: str) -> list[Any] | None:
    """Return what the function in a stub does; None if the stub holds none."""
    function = _executed(source) if source else None
    return _fingerprint(function.__code__) if isinstance(function, types.FunctionType) else None


def _executed(source: str) -> Any:
    """Run the source of a stub and return what it defines last."""
    names: dict[str, Any] = {}
    exec(source, {"np": np}, names)
    return list(names.values())[-1]


@functools.lru_cache(maxsize=256)
def _fingerprint(code: types.CodeType) -> list[Any]:
    """Return what a function does, without its docstring, name and line numbers."""
    return [
        (step.opname, _fingerprint(step.argval) if isinstance(step.argval, types.CodeType) else step.argval)
        for step in dis.get_instructions(code)
        if step.opname != "NOP"
    ]


def _only_gaps(data: Any) -> bool:
    parts = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else None
    if parts is None:
        return data is None or data is ...
    return bool(parts) and all(_only_gaps(part) for part in parts)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, (list, np.ndarray)) and isinstance(b, (list, np.ndarray)) and _equal_lists(a, b)
    return bool(a == b)


def _equal_lists(a: Any, b: Any) -> bool:
    try:
        return np.array_equal(np.asarray(a, float), np.asarray(b, float))
    except (TypeError, ValueError):
        return False
