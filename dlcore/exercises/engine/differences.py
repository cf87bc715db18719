"""The first useful difference between two arrays, in words; and how inputs are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "agree",
    "call_text",
    "common_difference",
    "count_wrong",
    "first_difference",
    "what_failing_share",
    "within",
    "write",
]

Array = NDArray[Any]

#: Relative error under which a rule explains what came.
SAME = 1e-4

GATES = {3: ("reset", "update", "new"), 4: ("input", "forget", "cell", "output")}


def within(got: Array, want: Array, rtol: float, atol: float) -> Array:
    """Say for each entry whether it is within the tolerance.

    Parameters
    ----------
    got, want : ndarray, one shape
        What came, and what was expected.
    rtol, atol : float
        An entry passes if ``|got - want| <= atol + rtol |want|``.

    Returns
    -------
    ndarray of bool
        NaN and infinity pass only where they are expected.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        got, want = np.asarray(got, float), np.asarray(want, float)
        finite = np.isfinite(got) & np.isfinite(want)
        same = (got == want) | (np.isnan(got) & np.isnan(want))
        near = np.abs(got - want) <= atol + rtol * np.abs(want)
        return np.asarray(same | (finite & near))


def agree(got: Any, want: Any, rtol: float, atol: float) -> bool:
    """Say whether two results are the same within the tolerance, shapes included.

    Parameters
    ----------
    got, want : ndarray or None
        What came, and what was expected.
    rtol, atol : float
        As for `within`.

    Returns
    -------
    bool
        Every entry counts.
    """
    if got is None or want is None:
        return got is want
    return got.shape == want.shape and bool(within(got, want, rtol, atol).all())


def first_difference(got: Array, want: Array, *, gates: int | None = None) -> str:
    """Say what is wrong with an array, the most telling thing first.

    Parameters
    ----------
    got, want : ndarray
        What came, and what was expected; not the same.
    gates : int, optional
        How many gates are stacked along the first axis.

    Returns
    -------
    str
        A clause such as ``"it is transposed"``.
    """
    if got.shape != want.shape:
        return _shapes(got, want)
    if not np.isfinite(got).all():
        return count_wrong(got, want)
    for text, wrong in (*_uniform(want, got), *_rearranged(want)):
        if _same(got, wrong):
            return text
    if _alike_rows(got) and not _alike_rows(want):
        return "all rows are the same"
    return _where(got, want, gates)


def _alike_rows(array: Array) -> bool:
    return array.ndim > 1 and len(array) > 1 and bool(within(array, array[:1], SAME, 1e-9).all())


def common_difference(got: Array, want: Array) -> str:
    """Say what is wrong with single numbers, each the result for another input.

    Parameters
    ----------
    got, want : ndarray, shape (R,)
        What came, and what was expected; some may be right.

    Returns
    -------
    str
        A clause that holds for all of them; empty if there is none.
    """
    if not np.isfinite(got).all() or len(got) < 3:
        return ""
    for text, wrong in _uniform(want, got):
        if np.isfinite(wrong).all() and _same(got, wrong):
            return text
    wrong = ~within(got, want, SAME, 1e-9)
    for text, much in (("too large", got > want), ("too small", got < want)):
        if much[wrong].all():
            return f"it is {text} wherever it is wrong"
    return ""


def _same(a: Array, b: Array) -> bool:
    return a.shape == b.shape and bool(within(a, b, SAME, SAME * float(np.abs(b).max(initial=0))).all())


def _shapes(got: Array, want: Array) -> str:
    text = f"the shape is {got.shape}, expected {want.shape}"
    if _same(np.squeeze(got), np.squeeze(want)):
        return text + ": the numbers are right, but there are axes of length one too many or too few"
    if got.ndim == want.ndim and (why := _other_axes(got, want) or _cut(got, want)):
        return f"{text}: {why}"
    if got.size == want.size and _same(got.ravel(), want.ravel()):
        return text + ": the numbers are right, in another arrangement"
    for word, reduced in (("mean", np.mean), ("sum", np.sum)):
        for axis in (None, *range(got.ndim)) if got.size and got.ndim > want.ndim else ():
            if _same(np.asarray(reduced(got, axis=axis)), want):
                over = "all entries" if axis is None else f"axis {axis}"
                return text + f": the {word} over {over} would be right"
        for axis in range(want.ndim) if want.size and got.ndim < want.ndim else ():
            if want.shape[axis] > 1 and _same(got, np.asarray(reduced(want, axis=axis))):
                return text + f": this is the {word} of what is expected over axis {axis}"
    return text


def _other_axes(got: Array, want: Array) -> str:
    """Say whether the axes stand in another order."""
    if got.ndim == 2 and _same(got.T, want):
        return "it is transposed"
    for order in permutations(range(want.ndim)) if want.ndim <= 5 else ():
        if _same(got, want.transpose(order)):
            return f"the numbers are right, but your axes are axes {order} of what is expected"
    return ""


def _cut(got: Array, want: Array) -> str:
    """Say whether the beginning is right, but there is more or less than that."""
    common = tuple(slice(min(a, b)) for a, b in zip(got.shape, want.shape, strict=True))
    if not got.ndim or not got[common].size or not _same(got[common], want[common]):
        return ""
    for word, left, right in (("short", got, want), ("long", want, got)):
        axes = [i for i in range(got.ndim) if left.shape[i] < right.shape[i]]
        if axes and left[common].shape == left.shape:
            return f"what is there is right, but it is too {word} along axis {' and '.join(map(str, axes))}"
    return ""


def _uniform(want: Array, got: Array) -> Iterator[tuple[str, Array]]:
    """Yield what would explain all entries at once."""
    if not got.any():
        yield "it is zero everywhere", np.zeros_like(want)
    yield "the sign is flipped", -want
    live = np.abs(want) > 1e-12
    if live.sum() > 1 and np.ptp(want[live]) > 0:
        factor = float(np.median(got[live] / want[live]))
        yield f"it is {factor:.4g} times what it should be", factor * want
    if want.size > 1:
        shift = float(np.median(got - want))
        yield f"it is {abs(shift):.4g} too {'large' if shift > 0 else 'small'} everywhere", want + shift
    yield from _changed(want)


def _changed(want: Array) -> Iterator[tuple[str, Array]]:
    """Yield what a function of each entry would make of it."""
    if want.size < 2 or not (want % 1).any():
        return  # of a few whole numbers, too many functions explain too much
    with np.errstate(all="ignore"):
        if (want < 0).any():
            yield "negative numbers are cut off at 0", np.maximum(want, 0)
            yield "it is the absolute value of what it should be", np.abs(want)
        yield "it is rounded to whole numbers", np.round(want)
        yield "it is cut off to whole numbers", np.trunc(want)
        yield "it is the square of what it should be", want**2
        yield "it is the square root of what it should be", np.sqrt(want)
        yield "it is the exponential of what it should be", np.exp(want)
        yield "it is the logarithm of what it should be", np.log(want)
        yield "it is 1 minus what it should be", 1 - want
        yield "it is 1 divided by what it should be", 1 / want
        yield "it is the sigmoid of what it should be", 1 / (1 + np.exp(-want))
        yield "it is tanh of what it should be", np.tanh(want)


def _rearranged(want: Array) -> Iterator[tuple[str, Array]]:
    if want.ndim >= 2 and want.shape[-1] == want.shape[-2]:
        yield "it is transposed", np.swapaxes(want, -1, -2)
    for axis in range(want.ndim):
        if want.shape[axis] > 1:
            yield f"it is reversed along axis {axis}", np.flip(want, axis)
            yield f"it is shifted along axis {axis}", np.roll(want, 1, axis)
            yield f"it is shifted along axis {axis}", np.roll(want, -1, axis)


def _where(got: Array, want: Array, gates: int | None) -> str:
    """Say which entries are wrong, if they have a place in common."""
    wrong = ~within(got, want, SAME, 1e-9)
    if not want.ndim:
        return ""
    if gates in GATES and len(want) % gates == 0:
        bad = [n for n, block in zip(GATES[gates], np.split(wrong, gates), strict=True) if block.any()]
        if len(bad) == 1:
            return f"only the {bad[0]} gate's part is wrong"
    border = np.ones(want.shape, bool)
    border[(slice(1, -1),) * want.ndim] = False
    if not wrong[~border].any() and not border.all():
        return "only the border is wrong"
    for axis in range(want.ndim):
        places = np.flatnonzero(wrong.any(axis=tuple(a for a in range(want.ndim) if a != axis)))
        if len(places) == 1 and want.shape[axis] > 1 and wrong.sum() > 1:
            return f"only index {places[0]} along axis {axis} is wrong"
    return count_wrong(got, want)


def count_wrong(got: Any, want: Any) -> str:
    """Say how many entries are wrong, or that the shape is.

    Parameters
    ----------
    got, want : ndarray or None
        What came, and what was expected.

    Returns
    -------
    str
        A clause; empty for single numbers.
    """
    if got is None or want is None:
        return "it is None" if got is None else "it should be None"
    if got.shape != want.shape:
        return _shapes(got, want)
    wrong = ~within(got, want, SAME, 1e-9)
    for text, bad in (("NaN", np.isnan(got)), ("infinite", np.isinf(got)), ("wrong", wrong)):
        if (bad & wrong).any():
            count = f"{int((bad & wrong).sum())} of {wrong.size} entries are {text}"
            return count if want.ndim else f"it is {text}" if text != "wrong" else ""
    return ""


def write(value: Any, digits: int = 4) -> str:
    """Write a value as code that can be pasted.

    Parameters
    ----------
    value : Any
        An array, a number or anything with a repr.
    digits : int, default 4
        Decimals of floats.

    Returns
    -------
    str
        At most about 200 characters.
    """
    if not isinstance(value, (np.ndarray, np.number)):
        several = isinstance(value, list) and value and isinstance(value[0], np.ndarray)
        text = f"[{', '.join(write(part) for part in value)}]" if several else repr(value)
        return text if len(text) <= 200 else f"{text[:190]} …"
    if value.ndim == 0:
        return f"{float(value) + 0.0:.{digits + 2}g}"
    if value.size > 24:
        return f"<array of shape {value.shape}>"
    rounded = np.round(value, digits) + 0 if value.dtype.kind == "f" else value
    dtype = ", dtype=int" if value.dtype.kind in "iu" and not value.size else ""
    shape = f".reshape{value.shape}" if not value.size else ""
    return f"np.array({rounded.tolist()}{dtype}){shape}"


def call_text(name: str, inputs: tuple[Any, ...]) -> str:
    """Write a call.

    Parameters
    ----------
    name : str
        Of the function.
    inputs : tuple
        Its arguments.

    Returns
    -------
    str
        Such as ``f(np.array([1.0]), 0)``.
    """
    return f"{name}({', '.join(write(value) for value in inputs)})"


Features = Iterable[tuple[str, Callable[[tuple[Any, ...]], bool]]]

#: What may set the failing inputs apart from those that pass.
FEATURES: Features = (
    ("only for large values", lambda inputs: _largest(inputs) > 50),
    ("only for a single sample", lambda inputs: _rows(inputs) == 1),
    ("only when there is more than one sample", lambda inputs: _rows(inputs) > 1),
    ("only when there are negative values", lambda inputs: _smallest(inputs) < 0),
)


def what_failing_share(
    failing: list[tuple[Any, ...]], passing: list[tuple[Any, ...]], features: Features = ()
) -> str:
    """Say what all failing inputs have and no passing one has.

    Parameters
    ----------
    failing, passing : list of tuple
        Inputs.
    features : iterable of (str, callable)
        Asked before our own: a clause, and whether an input has it.

    Returns
    -------
    str
        A clause, empty if there is nothing.
    """
    if failing and all(map(_empty, failing)) and not any(map(_empty, passing)):
        return "only for an empty batch"
    failing, passing = ([i for i in part if all(a.size for a in _arrays(i))] for part in (failing, passing))
    for text, has in (*features, *FEATURES):
        if failing and passing and all(map(has, failing)) and not any(map(has, passing)):
            return text
    return ""


def _empty(inputs: tuple[Any, ...]) -> bool:
    return any(not a.size for a in _arrays(inputs))


def _arrays(inputs: tuple[Any, ...] | list[Any]) -> Iterator[Any]:
    for value in inputs:
        if isinstance(value, (tuple, list)):
            yield from _arrays(value)
        elif isinstance(value, np.ndarray):
            yield value


def _largest(inputs: tuple[Any, ...]) -> float:
    return max((float(np.abs(a).max(initial=0)) for a in _arrays(inputs)), default=0.0)


def _smallest(inputs: tuple[Any, ...]) -> float:
    return min((float(a.min(initial=0)) for a in _arrays(inputs)), default=0.0)


def _rows(inputs: tuple[Any, ...]) -> int:
    """Return the number of samples: rows of the first array with two axes."""
    return next((len(a) for a in _arrays(inputs) if a.ndim > 1), 0)
