"""Exercises whose answer is code: a function, or an operation that returns its pullback."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs, Slip
from dlcore.exercises.engine.differences import (
    agree,
    call_text,
    common_difference,
    count_wrong,
    first_difference,
    what_failing_share,
    write,
)
from dlcore.exercises.engine.driving import Outcome, drive
from dlcore.gradcheck.diagnosis import Setting, diagnose

__all__ = ["Change", "Function", "Pullback"]

Array = NDArray[Any]

SIZES = (1, 1, 2, 2, 3, 3, 4, 5)

PRODUCT = "Write down the shapes of the two factors of that product: do they fit as they stand?"

#: What to say to an error of NumPy's, by words of its message.
SHAPES = ("matmul", "aligned", "broadcast", "einstein", "shape", "dimension", "size", "axes", "axis")

ADVICE = {
    "matmul: ": PRODUCT,
    "not aligned: ": PRODUCT,
    "inhomogeneous": "Arrays of different shapes cannot become one array: take them one by one.",
}


@dataclass(frozen=True)
class Change(Slip):
    """A slip that spoils a right result, so that two of them can be made at once.

    `wrong` is ``wrong(result, *inputs) -> result``. Alone it is applied to the right
    result; after another slip to what that one gives, which recognizes both together.
    """


@dataclass(frozen=True)
class _Look:
    """One round compared: inputs, what came, results as they came and as they should be."""

    inputs: Inputs
    outcome: Outcome
    got: tuple[Any, ...]
    want: tuple[Any, ...]
    wrong: tuple[int, ...]

    @property
    def broken(self) -> bool:
        """Whether there are no results to compare, or too few or too many."""
        return self.outcome.state != "returned" or len(self.got) != len(self.want)

    @property
    def fails(self) -> bool:
        """Whether anything is wrong."""
        return self.broken or bool(self.wrong)


@dataclass(frozen=True, kw_only=True, repr=False)
class Function(Exercise):
    """A function of arrays.

    Attributes
    ----------
    inputs : callable
        ``inputs(rng, size) -> tuple`` of arguments; size 1 is the smallest.
    corners : tuple of tuple
        Arguments that are always tried: large values, ties, one sample.
    rtol, atol : float
        Tolerance of every entry.
    loose_shape : bool, default False
        Whether axes of length one may be too many or too few.
    valid : callable, optional
        ``valid(*inputs) -> bool``: which inputs the search for smaller ones may use.
    gates : int, optional
        How many gates are stacked along the first axis of a result.
    returns : tuple of str
        What the results are called, where there are several: ``("The new weight", ...)``.
    cases : mapping of str to callable
        What may set the failing inputs apart: ``{"only with padding": lambda x, padding: padding > 0}``.
    probes : mapping of str to tuple
        Arguments that look at one part each, by its name: ``"the forget gate"``. If just one
        of them fails, the message names the part.
    """

    inputs: Callable[[np.random.Generator, int], Inputs]
    corners: tuple[Inputs, ...] = ()
    rtol: float = 1e-4
    atol: float = 1e-6
    loose_shape: bool = False
    valid: Callable[..., bool] | None = None
    gates: int | None = None
    returns: tuple[str, ...] = ()
    cases: Mapping[str, Callable[..., bool]] = field(default_factory=dict)
    probes: Mapping[str, Inputs] = field(default_factory=dict)

    how: ClassVar[str] = "call"

    @property
    def name(self) -> str:
        """What the function is called.

        Returns
        -------
        str
            By its stub.
        """
        named = re.search(r"def (\w+)", self.stub)
        return named[1] if named else str(self.reference.__name__)

    @property
    def arguments(self) -> list[str]:
        """Names of the arguments.

        Returns
        -------
        list of str
            Of the reference.
        """
        return list(inspect.signature(self.reference).parameters)

    def rounds(self) -> Iterable[Inputs]:
        """Return inputs of growing size, then the corners and the probes.

        Returns
        -------
        iterable of tuple
            Arguments.
        """
        rng = np.random.default_rng(self.seed)
        return [*(self.inputs(rng, size) for size in SIZES), *self.corners, *self.probes.values()]

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Compare every entry of every result, then look at what else was touched."""
        compared = [self._look(*pair) for pair in zip(rounds, outcomes, strict=True)]
        failing = [look for look in compared if look.fails]
        if not failing:
            return self._side_effects(outcomes)
        smallest = min(failing, key=lambda look: _weight(look.inputs))
        return self._broken(smallest) if smallest.broken else self._wrong(compared)

    def _look(self, inputs: Inputs, outcome: Outcome) -> _Look:
        want = self._expected(inputs)
        got = self._aligned(outcome.values, want)
        if outcome.state != "returned" or len(got) != len(want):
            return _Look(inputs, outcome, got, want, ())
        pairs = enumerate(zip(got, want, strict=True))
        wrong = tuple(i for i, (g, w) in pairs if not agree(g, w, self.rtol, self.atol))
        return _Look(inputs, outcome, got, want, wrong)

    def _expected(self, inputs: Inputs) -> tuple[Any, ...]:
        """Return what is right for some inputs."""
        return self._progress.kept(inputs, lambda: drive(self.reference, inputs, how=self.how)).values

    def _aligned(self, got: tuple[Any, ...], want: tuple[Any, ...]) -> tuple[Any, ...]:
        """Read a list of arrays as one array, or one array as a list, where only that can be meant."""
        whole = all(part is not None for part in got)
        if len(want) == 1 < len(got) and whole and len({part.shape for part in got}) == 1:
            got = (np.stack(got),)
        elif len(got) == 1 < len(want) and got[0] is not None and got[0].shape[:1] == (len(want),):
            got = tuple(got[0])
        if len(got) != len(want):
            return got
        return tuple(self._reshaped(g, w) for g, w in zip(got, want, strict=True))

    def _reshaped(self, got: Any, want: Any) -> Any:
        if got is None or want is None or got.size != want.size:
            return got
        loose = self.loose_shape and np.squeeze(got).shape == np.squeeze(want).shape
        bare = want.ndim == 0 or not want.size  # one number, or an empty list that cannot know its axes
        return got.reshape(want.shape) if bare or loose else got

    def _broken(self, look: _Look) -> Finding:
        call, outcome = self._call(look.inputs), look.outcome
        if outcome.state == "unreadable":
            return Finding(f"{outcome.error[:1].upper()}{outcome.error[1:]}.", "error", failing=look.inputs)
        if outcome.state == "raised":
            advice = next((advice for words, advice in ADVICE.items() if words in outcome.error), "")
            text = f"{call} raises {outcome.error}" + (f"\n{advice}" if advice else "")
            return Finding(text, "error", failing=look.inputs)
        nothing = len(look.got) == 1 and look.got[0] is None
        came = "None (is a return missing?)" if nothing else len(look.got)
        return Finding(f"{self._too_few_or_many(look, came)}: {call}", failing=look.inputs)

    def _too_few_or_many(self, look: _Look, came: object) -> str:
        return f"Expected {len(look.want)} results, got {came}"

    def _wrong(self, compared: list[_Look]) -> Finding:
        """Name the mistake on the richest input that shows it, and show the smallest.

        On an input that was shrunk to a few ones and zeros, almost any rule explains the result.
        """
        drawn = compared[: len(SIZES)], compared[: len(SIZES) + len(self.corners)], compared
        richest = next(looks for part in drawn if (looks := [look for look in part if look.wrong]))
        rich = max(richest, key=lambda look: _weight(look.inputs, empty=0))
        i = rich.wrong[0]
        small = min((look for look in compared if i in look.wrong), key=lambda look: _weight(look.inputs))
        name, what = self._difference(i, rich.got[i], rich.want[i], rich.inputs)
        if not rich.want[i].ndim and not what:
            whole = [look for look in drawn[not any(look.wrong for look in drawn[0])] if not look.broken]
            what = common_difference(*_numbers(whole, i))
        if _of_one_input(what):
            why = what.partition(": ")[1:]
            what = count_wrong(small.got[i], small.want[i]).partition(": ")[0] + "".join(why)
        share = what_failing_share(
            [look.inputs for look in drawn[1] if look.fails],
            [look.inputs for look in drawn[1] if not look.fails],
            [(text, self._has(case)) for text, case in self.cases.items()],
        )
        clause = f": {what}" if what else ""
        tail = (f" It fails {share}." if share else self._only_part(compared)) + self._unsteady(compared)
        return Finding(
            f"{self._results(small.inputs)[i]} is wrong{clause}.{tail}\n"
            f"Smallest input that fails: {self._call(small.inputs)}\n"
            f"expected {write(small.want[i])}\ngot      {write(small.got[i])}",
            name=name,
            failing=small.inputs,
        )

    def _has(self, case: Callable[..., bool]) -> Callable[[Inputs], bool]:
        """Return whether a round's arguments are a case."""
        return lambda inputs: case(*inputs)

    def _only_part(self, compared: list[_Look]) -> str:
        """Name the part whose probe is the only one that fails."""
        probed = compared[len(SIZES) + len(self.corners) :]
        parts = [part for part, look in zip(self.probes, probed, strict=False) if look.fails]
        return f" Of its parts, looked at one by one, only {parts[0]} is wrong." if len(parts) == 1 else ""

    def _unsteady(self, compared: list[_Look]) -> str:
        """Say that one dy, or the arguments of a corner that is declared twice, give two results."""
        if not all(look.outcome.repeats for look in compared):
            return " Calling `back` again with the same dy gives something else: does it draw random numbers?"
        first: dict[int, _Look] = {}
        for look in compared:
            before = first.setdefault(id(self._called_with(look.inputs)), look)
            if not (look.broken or before.broken or agree(look.got[0], before.got[0], self.rtol, self.atol)):
                return " Called again, it gives something else: does it draw random numbers of its own?"
        return ""

    def _outputs(self, inputs: Inputs) -> int:
        """Return how many of the results are values, which come before gradients."""
        return len(self._expected(inputs))

    def _called_with(self, inputs: Inputs) -> Inputs:
        """Return what the function itself is called with."""
        return inputs

    def _results(self, inputs: Inputs) -> list[str]:
        """Name the results."""
        count = len(self._expected(inputs))
        if len(self.returns) == count:
            return list(self.returns)
        return ["The result"] if count == 1 else [f"Result {i + 1} of {count}" for i in range(count)]

    def _call(self, inputs: Inputs) -> str:
        """Write a round as code."""
        return call_text(self.name, inputs)

    def _difference(self, i: int, got: Any, want: Any, inputs: Inputs) -> tuple[str, str]:
        """Name what is wrong with a result."""
        if got is None or want is None:
            return "", "it is None" if got is None else "it should be None"
        return "", first_difference(got, want, gates=self.gates)

    def _side_effects(self, outcomes: Sequence[Outcome]) -> Finding | None:
        touched = {i for outcome in outcomes for i in outcome.modified}
        if touched:
            names = ", ".join(f"`{name}`" for i, name in enumerate(self._touchable()) if i in touched)
            text = f"The values are right, but {names} is changed in place. Copy it first."
            return Finding(text, "close", "input modified", 0.5)
        if not all(outcome.repeats for outcome in outcomes):
            text = "The values are right the first time, but calling `back` again gives something else."
            return Finding(text, "close", "not repeatable", 0.5)
        return None

    def _touchable(self) -> list[str]:
        return self.arguments

    def recognize(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> tuple[Slip, ...] | None:
        """Find the slip or slips that explain everything, or else every result, or else what was drawn.

        Parameters
        ----------
        rounds : sequence of tuple
            The inputs.
        outcomes : sequence of Outcome
            What came of each.

        Returns
        -------
        tuple of Slip or None
            None if no slip explains it.
        """
        mine = [self._look(*pair) for pair in zip(rounds, outcomes, strict=True)]
        if not any(look.fails for look in mine):
            return None
        return (
            self._wholly(mine)
            or self._piecewise(mine)
            or self._nearly(mine)
            or self._nearly(mine[: len(SIZES)])
        )

    def _wholly(self, mine: list[_Look], *, any_error: bool = False) -> tuple[Slip, ...] | None:
        """Find the slip, or the two, that give the same in all these rounds."""
        telling = sorted(mine, key=lambda look: not look.fails)  # the first rounds rule out most slips
        for slips, wrong in self.mistakes():
            if all(self._made_by(wrong, look, any_error) for look in telling):
                return slips
        return None

    def _nearly(self, mine: list[_Look]) -> tuple[Slip, ...] | None:
        """Find them by wrong results alone, whatever kind of error the other rounds raise."""
        return self._wholly(mine, any_error=True) if any(look.wrong for look in mine) else None

    def _made_by(self, wrong: Callable[..., Any], look: _Look, any_error: bool) -> bool:
        made = drive(wrong, look.inputs, how=self.how)
        if any_error and look.outcome.state == made.state == "raised":
            return True
        return self._same(look.outcome, made, look.want)

    def _piecewise(self, mine: list[_Look]) -> tuple[Slip, ...] | None:
        """Find slips for single results; they earn credit only if they explain all that is wrong."""
        wrong = sorted({i for look in mine for i in look.wrong})
        if not wrong or any(look.broken for look in mine) or len(mine[0].want) == 1:
            return None
        found: dict[int, Slip] = {}
        for slips, function in self.mistakes():
            if len(slips) == 1:
                explained = self._explained(function, mine, set(wrong) - found.keys())
                found |= dict.fromkeys(explained, slips[0])
        partly = len(found) < len(wrong)
        values = {i for i in wrong if i < self._outputs(mine[0].inputs)}
        if values and not values & found.keys():
            return None  # a wrong gradient is the lesser trouble
        named = (s for s in self.slips if s in found.values())
        return tuple(s for s in named if not (partly and s.credit)) or None

    def _explained(self, function: Callable[..., Any], mine: list[_Look], results: set[int]) -> set[int]:
        """Return which results a wrong function gives as well: none if it spoils a value that is right."""
        spoiled: set[int] = set()
        right = set(range(self._outputs(mine[0].inputs))) - {i for look in mine for i in look.wrong}
        for look in sorted(mine, key=lambda look: not look.fails) if results else ():
            slip = self._look(look.inputs, drive(function, look.inputs, how=self.how))
            if slip.broken:
                return set()
            pairs = dict(enumerate(zip(look.got, slip.got, strict=True)))
            results = {i for i in results if i not in pairs or agree(*pairs[i], self.rtol, self.atol)}
            spoiled |= set(slip.wrong)
            if not results or right & spoiled:
                return set()
        return results & spoiled

    def mistakes(self) -> Iterator[tuple[tuple[Slip, ...], Any]]:
        """Yield the slips, then two at once where the second spoils a result."""
        changes = [slip for slip in self.slips if isinstance(slip, Change)]
        for slip in self.slips:
            yield (slip,), self.wrong(slip)
            yield from (((slip,), wrong) for wrong in slip.also)
        for slip in self.slips:
            later = changes[changes.index(slip) + 1 :] if slip in changes else changes
            for change in later:
                yield (slip, change), _spoiled(self.wrong(slip), change)

    def wrong(self, slip: Slip) -> Callable[..., Any]:
        """Return the wrong function that a slip leads to.

        Parameters
        ----------
        slip : Slip
            Of this exercise.

        Returns
        -------
        callable
            With the arguments of the reference.
        """
        return _spoiled(self.reference, slip) if isinstance(slip, Change) else slip.wrong

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Compare with the slip's results on all rounds."""
        return all(
            self._same(outcome, slip, self._expected(inputs))
            for inputs, outcome, slip in zip(rounds, outcomes, wrong, strict=True)
        )

    def _same(self, a: Outcome, b: Outcome, want: tuple[Any, ...]) -> bool:
        if a.state != b.state or a.state != "returned":
            return a.state == b.state == "raised" and _trouble(a.error) == _trouble(b.error)
        x, y = self._aligned(a.values, want), self._aligned(b.values, want)
        return len(x) == len(y) and all(agree(g, w, self.rtol, self.atol) for g, w in zip(x, y, strict=True))

    def _smaller(self, inputs: Inputs) -> Iterable[Inputs]:
        """Return the inputs with rounder numbers and with more zeros."""
        for candidate in _simpler(inputs):
            if self.valid is None or self.valid(*candidate):
                yield candidate

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the lines of the reference that say something."""
        tree = textwrap.dedent(inspect.getsource(self.reference)).split('"""')[-1].splitlines()
        lines = [line.split("#")[0].strip() for line in tree if not line.strip().startswith(("def ", "@"))]
        return [[line.removeprefix("return ")] for line in lines if len(line.removeprefix("return ")) > 12]

    def _worked(self) -> str:
        """Return the source of the reference and a call of it."""
        inputs = next(iter(self.rounds()))
        results = ", ".join(write(value) for value in self._expected(inputs) if value is not None)
        source = re.sub(
            r"  # type: ignore.*", "", textwrap.dedent(inspect.getsource(self.reference)).rstrip()
        )
        source = source.replace(f"def {self.reference.__name__}(", f"def {self.name}(")
        call = self._call(inputs)
        if "<array" in call or "…" in call:
            call = f"# {call}"  # too long to be written out, so it cannot be run
        return f"{source}\n\n{call}\n# {results}"


@dataclass(frozen=True, kw_only=True, repr=False)
class Pullback(Function):
    """An operation that returns its value and its pullback, driven with cotangents.

    Attributes
    ----------
    batched : tuple of int
        Which arguments have one row a sample; needed to tell "per sample" from "summed".
    """

    batched: tuple[int, ...] = (0,)

    how: ClassVar[str] = "pullback"

    def __post_init__(self) -> None:
        super().__post_init__()
        known = range(len(self.arguments))
        if not (isinstance(self.batched, tuple) and all(i in known for i in self.batched)):
            names = ", ".join(self.arguments)
            raise ValidationError(
                f"exercise {self.id!r} expects as batched the numbers of arguments, such as (0,), "
                f"for ({names}), got {self.batched!r}"
            )

    def rounds(self) -> Iterable[Inputs]:
        """Return arguments with random cotangents, one for each output.

        Returns
        -------
        iterable of tuple
            The arguments and the cotangents, a tuple each.
        """
        rng = np.random.default_rng([self.seed, 1])
        return [(arguments, self._cotangents(arguments, rng)) for arguments in super().rounds()]

    def _cotangents(self, arguments: Inputs, rng: np.random.Generator) -> Inputs:
        values = drive(lambda *a: self.reference(*a)[0], arguments, how="call").values
        return tuple(rng.normal(size=value.shape) for value in values)

    def recognize(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> tuple[Slip, ...] | None:
        """Find the slip or slips, and if there are none, that of the values alone.

        Parameters
        ----------
        rounds : sequence of tuple
            The inputs.
        outcomes : sequence of Outcome
            What came of each.

        Returns
        -------
        tuple of Slip or None
            None if no slip explains it.
        """
        found = super().recognize(rounds, outcomes)
        mine = [self._look(*pair) for pair in zip(rounds, outcomes, strict=True)]
        outputs = len(rounds[0][1])
        told = [look for look in mine if len(look.outcome.values) >= outputs]
        if found or all(self._values_agree(look.outcome.values, look.want, outputs) for look in told):
            return found
        for slips, answer in self.mistakes():
            made = (drive(answer, look.inputs, how=self.how).values for look in told)
            if all(
                self._values_agree(look.outcome.values, m, outputs)
                for look, m in zip(told, made, strict=True)
            ):
                return slips
        return None

    def _values_agree(self, got: tuple[Any, ...], want: tuple[Any, ...], outputs: int) -> bool:
        pairs = zip(got[:outputs], want[:outputs], strict=False)
        return len(want) >= outputs and all(agree(g, w, self.rtol, self.atol) for g, w in pairs)

    def _has(self, case: Callable[..., bool]) -> Callable[[Inputs], bool]:
        """Return whether a round's arguments are a case, whatever the cotangents are."""
        return lambda inputs: case(*inputs[0])

    def _aligned(self, got: tuple[Any, ...], want: tuple[Any, ...]) -> tuple[Any, ...]:
        """Let settings at the end of the arguments have None as their gradient."""
        while len(got) > len(want) and got[-1] is None:
            got = got[:-1]
        return super()._aligned(got, want)

    def _results(self, inputs: Inputs) -> list[str]:
        """Name the outputs, then the gradients by their arguments."""
        outputs = len(inputs[1])
        count = len(self._expected(inputs)) - outputs
        values = ["The value y"] if outputs == 1 else [f"Output {i + 1}" for i in range(outputs)]
        return [*values, *(f"The gradient of `{name}`" for name in self.arguments[:count])]

    def _call(self, inputs: Inputs) -> str:
        """Write a round as two lines of code."""
        cotangents = ", ".join(write(u) for u in inputs[1])
        return f"y, back = {call_text(self.name, inputs[0])}; back({cotangents})"

    def _too_few_or_many(self, look: _Look, came: object) -> str:
        outputs = self._outputs(look.inputs)
        if len(look.got) <= outputs:
            return super()._too_few_or_many(look, came)
        names = ", ".join(f"`{name}`" for name in self.arguments[: len(look.want) - outputs])
        return f"`back` must return one gradient for each of {names}, got {len(look.got) - outputs}"

    def _difference(self, i: int, got: Any, want: Any, inputs: Inputs) -> tuple[str, str]:
        """Ask gradcheck which mistake explains a wrong gradient."""
        outputs = len(inputs[1])
        if got is None or want is None or i < outputs or not want.any():
            return super()._difference(i, got, want, inputs)
        for name, other in zip(
            self._results(inputs)[outputs:], self._expected(inputs)[outputs:], strict=True
        ):
            if other is not want and agree(got, other, self.rtol, self.atol):
                what = name.removeprefix("The ")
                return "wrong order", f"this is the {what}; the order is the order of the arguments"
        found = diagnose(got, want, self._setting(i - outputs, inputs))
        if found.mistakes:
            return " + ".join(found.mistakes), found.text
        return "", first_difference(got, want, gates=self.gates)

    def _setting(self, argument: int, inputs: Inputs) -> Setting:
        arguments, cotangents = inputs
        n = len(arguments[self.batched[0]]) if self.batched else None
        components = int(np.prod(cotangents[0].shape[1:])) if cotangents[0].ndim else None
        position = len(cotangents) + argument

        def shares() -> Array | None:
            if not n or argument in self.batched or any(len(u) != n for u in cotangents):
                return None
            return np.stack([self._expected(self._sample(inputs, k))[position] for k in range(n)])

        return Setting(n, components, shares, self.gates)

    def _sample(self, inputs: Inputs, k: int) -> Inputs:
        arguments = tuple(a[k : k + 1] if i in self.batched else a for i, a in enumerate(inputs[0]))
        return arguments, tuple(u[k : k + 1] for u in inputs[1])

    def _outputs(self, inputs: Inputs) -> int:
        """Return how many there are: a cotangent each."""
        return len(inputs[1])

    def _called_with(self, inputs: Inputs) -> Inputs:
        """Return the arguments without the cotangents."""
        arguments: Inputs = inputs[0]
        return arguments

    def _touchable(self) -> list[str]:
        return [*self.arguments, "dy"]

    def _smaller(self, inputs: Inputs) -> Iterable[Inputs]:
        """Return simpler arguments with simpler cotangents."""
        arguments, cotangents = inputs
        for candidate in _simpler((*arguments, *cotangents)):
            split = candidate[: len(arguments)], candidate[len(arguments) :]
            if self.valid is None or self.valid(*split[0]):
                yield split


def _trouble(error: str) -> str:
    """Return the kind of an exception: of products that do not fit NumPy speaks in several ways."""
    name, _, text = error.partition(" (line ")[0].partition(":")
    if any(words in text for words in SHAPES):
        return f"{name} of shapes"
    return name + re.sub(r"\d+", "0", text)


def _spoiled(function: Callable[..., Any], change: Slip) -> Callable[..., Any]:
    return lambda *inputs: change.wrong(function(*inputs), *inputs)


def _numbers(looks: list[_Look], i: int) -> tuple[Array, Array]:
    """Return result i of all rounds, as it came and as it should be."""
    return np.array([float(look.got[i]) for look in looks]), np.array([float(look.want[i]) for look in looks])


def _of_one_input(what: str) -> bool:
    """Whether a difference speaks of shapes and places, which belong to one input."""
    return any(word in what for word in ("shape", "entries are", "index"))


def _weight(inputs: Inputs, *, empty: float = 1e6) -> float:
    """Rank inputs by their entries, by how many are not zero and not round, and by their settings."""
    flat = [a for part in inputs for a in (part if isinstance(part, (tuple, list)) else (part,))]
    arrays = [a for a in flat if isinstance(a, np.ndarray)]
    if not all(a.size for a in arrays):
        return empty  # an empty input shows little
    settings = sum(min(abs(a), 1e3) for a in flat if isinstance(a, (int, float)))
    entries = sum(a.size + 0.01 * np.count_nonzero(a) + 0.001 * np.count_nonzero(a % 1) for a in arrays)
    return entries + 1e-6 * settings


def _simpler(inputs: Inputs) -> Iterator[Inputs]:
    floats = [i for i, a in enumerate(inputs) if isinstance(a, np.ndarray) and a.dtype.kind == "f" and a.size]
    for rounded in (np.sign, np.round):
        for chosen in (floats, *([i] for i in floats)):
            candidate = tuple(rounded(a) + 0.0 if i in chosen else a for i, a in enumerate(inputs))
            if not all(a is b or np.array_equal(a, b) for a, b in zip(inputs, candidate, strict=True)):
                yield candidate
    for i in floats:
        for place in np.argwhere(inputs[i])[:8]:
            zeroed = inputs[i].copy()
            zeroed[tuple(place)] = 0
            yield (*inputs[:i], zeroed, *inputs[i + 1 :])
