"""What every exercise declares, and how an answer to it becomes a verdict.

`Exercise.examine` is the whole story: rounds of inputs are driven, the outcomes are
judged, and if the answer is wrong in a way that no slip explains, more rounds look for a
smaller input that still fails. Only the driver ever touches the student's object.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from html import escape
from typing import Any, ClassVar, Self

import numpy as np

from dlcore.errors import ValidationError
from dlcore.exercises.engine.driving import Outcome, drive
from dlcore.exercises.engine.verdict import Status, Verdict

__all__ = ["Driver", "Exercise", "Finding", "Note", "Slip"]

Inputs = tuple[Any, ...]
Driver = Callable[[Inputs], Outcome]

#: Each is told every verdict of `Exercise.check` in this process.
listeners: list[Callable[[Verdict], None]] = []

#: Rounds of driving that the search for a smaller failing input may take.
SHRINKING = 60

FEWEST_SLIPS = 3

MEMORY = 200

#: Draws of a student's own numbers until all slips can be told apart.
DRAWS = 100


@dataclass(frozen=True)
class Slip:
    """A wrong answer that people really give.

    Attributes
    ----------
    name : str
        Two or three words, for tables.
    wrong : Any
        The wrong answer itself; a function of the given numbers where the exercise has some.
    says : str
        The sentence that names the mistake.
    hint : str
        What moves the student on, without the answer.
    credit : float
        Part of the points that it earns; above 0 the verdict is "close".
    also : tuple
        More wrong answers that come of the same mistake.
    """

    name: str
    wrong: Any
    _: KW_ONLY
    says: str
    hint: str
    credit: float = 0.0
    also: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Why an answer is not right, before it is known whether a slip explains it.

    Attributes
    ----------
    message : str
        For the student.
    status : str
        As in `Verdict`.
    name : str
        Name of the mistake, if it has one.
    credit : float
        Part of the points that it earns.
    failing : tuple or None
        The inputs that show it.
    """

    message: str
    status: Status = "wrong"
    name: str = ""
    credit: float = 0.0
    failing: Inputs | None = None


@dataclass(frozen=True, repr=False)
class Note:
    """A hint or a worked answer: plain in the terminal, folded in a notebook, where nobody need see it.

    Attributes
    ----------
    title, text, code : str
        What is shown; `code` keeps its line breaks.
    """

    title: str
    text: str
    code: str = ""

    def __repr__(self) -> str:
        return "\n".join(part for part in (f"{self.title}: {self.text}", self.code) if part)

    def _repr_html_(self) -> str:
        code = f"<pre>{escape(self.code)}</pre>" if self.code else ""
        return f"<details><summary>{escape(self.title)}</summary><p>{escape(self.text)}</p>{code}</details>"


@dataclass
class _Progress:
    """How many hints were asked for, which slip was seen last, and right outcomes found before."""

    steps: int = 0
    slip: Slip | None = None
    memory: dict[int, tuple[Inputs, Outcome]] = field(default_factory=dict)

    def kept(self, inputs: Inputs, find: Callable[[], Outcome]) -> Outcome:
        """Return the right outcome for these inputs, found once while they live."""
        if id(inputs) not in self.memory:
            if len(self.memory) > MEMORY:
                self.memory.clear()
            self.memory[id(inputs)] = (inputs, find())  # holding the inputs keeps their id theirs
        return self.memory[id(inputs)][1]


@dataclass(frozen=True, kw_only=True, repr=False)
class Exercise(ABC):
    """What every kind of exercise declares.

    Attributes
    ----------
    id : str
        ``mmds-exercise13.4.1a``, or ``ours-`` and a name.
    title, statement : str
        What is asked. ``{m}`` stands for the given number `m`.
    reference : Any
        A right answer.
    also : tuple
        More right answers, written differently; the tests need at least one.
    hints : tuple of str
        Steps; only the last may give the answer away.
    slips : tuple of Slip
        At least three.
    because : str
        Why the reference is right: the text of the worked answer.
    source : str
        Where the exercise stands; the id's own by default.
    points : float, default 1.0
        For a right answer.
    stub : str
        Source that the student starts from.
    given : mapping
        Numbers of the statement. Where there are some, a reference, an answer or a slip
        that is callable is called with them.
    draw : callable, optional
        ``draw(rng) -> given``: other numbers, so that a course can give each student their own.
    seed : int, default 0
        Of the generated inputs; set by `variant`.
    """

    id: str
    title: str
    statement: str
    reference: Any
    also: tuple[Any, ...]
    hints: tuple[str, ...]
    slips: tuple[Slip, ...]
    because: str
    source: str = "ours"
    points: float = 1.0
    stub: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    draw: Callable[[np.random.Generator], Mapping[str, Any]] | None = None
    seed: int = 0
    _progress: _Progress = field(default_factory=_Progress, init=False, compare=False)

    how: ClassVar[str] = "value"
    #: Whether what a slip says is followed by what was found: the input, the vector.
    detailed: ClassVar[bool] = False

    def __post_init__(self) -> None:
        names = [slip.name for slip in self.slips]
        texts = [self.id, self.title, self.statement, self.because, *self.hints, *names]
        texts += [text for slip in self.slips for text in (slip.says, slip.hint)]
        if not all(text.strip() for text in texts) or not self.hints:
            raise ValidationError(f"exercise {self.id!r} expects hints and no empty text")
        if len(names) < FEWEST_SLIPS or len(set(names)) < len(names):
            raise ValidationError(
                f"exercise {self.id!r} expects {FEWEST_SLIPS} slips of different names: {names}"
            )
        if not self.also:
            raise ValidationError(f"exercise {self.id!r} expects a second right answer, written differently")

    # What a reader uses.

    def check(self, answer: Any = None, *, seed: int | None = None) -> Verdict:
        """Say whether an answer is right, and if not, which mistake it is.

        Parameters
        ----------
        answer : Any
            The student's; it is never changed.
        seed : int, optional
            The student's own numbers, see `variant`.

        Returns
        -------
        Verdict
            Whatever the answer does: nothing is raised.
        """
        own = self if seed is None else self.variant(seed)
        try:
            verdict = own.examine(own._driver(answer))
        except Exception as error:
            message = f"This answer could not be judged ({type(error).__name__}). Is it what was asked for?"
            verdict = own.verdict(Finding(message, "error"))
        found = [slip for slip in self.slips if slip.name in verdict.slip.split(" + ")]
        self._progress.slip = found[0] if found else None
        for hear in listeners:
            hear(verdict)
        return verdict

    def hint(self) -> Note:
        """Go one step further: first from the last mistake found, then from step to step.

        Returns
        -------
        Note
            The last step stays once it is reached.
        """
        progress = self._progress
        if progress.slip is not None:
            slip, progress.slip = progress.slip, None
            return Note("Hint", self.text(slip.hint))
        progress.steps = min(progress.steps + 1, len(self.hints))
        return Note(f"Hint {progress.steps} of {len(self.hints)}", self.text(self.hints[progress.steps - 1]))

    def solution(self) -> Note:
        """Show a worked answer, executed.

        Returns
        -------
        Note
            The answer, why it is right, and what `check` says of it.
        """
        verdict = self.examine(self._driver(self.settled(self.reference)))  # nobody's answer: not checked
        return Note("Solution", self.text(self.because), f"{self._worked()}\n\n# check: {verdict.status}")

    def _driver(self, answer: Any) -> Driver:
        return lambda inputs: drive(answer, inputs, how=self.how, stub=self.stub)

    def variant(self, seed: int) -> Self:
        """Return the same exercise with numbers of one's own.

        Parameters
        ----------
        seed : int
            Same seed, same numbers.

        Returns
        -------
        Exercise
            Of the same kind; the statement holds the new numbers.

        Raises
        ------
        ValidationError
            If `draw` hardly ever gives numbers for which all slips lead to different answers.
        """
        if self.draw is None:
            return replace(self, seed=seed)
        rng = np.random.default_rng(seed)
        for _ in range(DRAWS):
            own = replace(self, given=self.draw(rng), seed=seed)
            if own._told_apart():
                return own
        raise ValidationError(f"{self.id}: draw gives numbers for which two slips lead to the same answer")

    # What a grader uses.

    def examine(self, driver: Driver) -> Verdict:
        """Drive and judge, and look for a smaller failing input if no slip is recognized.

        Parameters
        ----------
        driver : callable
            ``driver(inputs) -> Outcome``: `drive` with the answer, here or behind a wall.

        Returns
        -------
        Verdict
            Of this answer.
        """
        rounds = list(self.rounds())
        outcomes: list[Outcome] = []
        for inputs in rounds:
            outcomes.append(driver(inputs))
            if outcomes[-1].state in ("unattempted", "unreadable"):
                break
        rounds = rounds[: len(outcomes)]
        if outcomes[-1].state in ("unattempted", "unreadable"):
            return self.judge(rounds, outcomes)
        finding = self._compare(rounds, outcomes)
        slips = None if finding is None else self.recognize(rounds, outcomes)
        if finding is not None and finding.failing is not None and slips is None:
            smallest, outcome = self._shrink(finding.failing, driver)
            if outcome is not None:
                finding = self._compare([*rounds, smallest], [*outcomes, outcome])
        return self._said(slips, finding)

    def judge(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Verdict:
        """Judge outcomes; the student's object is far away.

        Parameters
        ----------
        rounds : sequence of tuple
            The inputs.
        outcomes : sequence of Outcome
            What came of each.

        Returns
        -------
        Verdict
            Right, or the first thing that a student needs to hear.
        """
        if any(outcome.state == "unattempted" for outcome in outcomes):
            return self.verdict(
                Finding("Nothing here yet: write your answer, then check again.", "not attempted")
            )
        finding = self._compare(rounds, outcomes)
        slips = None if finding is None else self.recognize(rounds, outcomes)
        return self._said(slips, finding)

    def verdict(self, finding: Finding | None) -> Verdict:
        """Turn a finding into a verdict.

        Parameters
        ----------
        finding : Finding or None
            None for a right answer.

        Returns
        -------
        Verdict
            With the points it earns.
        """
        if finding is None:
            return Verdict(self.id, "right", "Right.", self.points, self.points)
        points = finding.credit * self.points
        return Verdict(self.id, finding.status, finding.message, points, self.points, finding.name)

    def recognize(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> tuple[Slip, ...] | None:
        """Find the slip, or the two slips, that give what the answer gave.

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
        for slips, wrong in self.mistakes():
            if self._alike(rounds, outcomes, [drive(wrong, inputs, how=self.how) for inputs in rounds]):
                return slips
        return None

    def mistakes(self) -> Iterator[tuple[tuple[Slip, ...], Any]]:
        """Yield the slips with their wrong answers, single ones first.

        Yields
        ------
        slips : tuple of Slip
            One, or two made at once.
        wrong : Any
            The answer they lead to.
        """
        for slip in self.slips:
            for wrong in (slip.wrong, *slip.also):
                yield (slip,), self.settled(wrong)

    def settled(self, value: Any) -> Any:
        """Fill the given numbers in.

        Parameters
        ----------
        value : Any
            An answer, or a function of the given numbers.

        Returns
        -------
        Any
            An answer.
        """
        return value(**self.given) if self.given and callable(value) else value

    def text(self, words: str) -> str:
        """Fill the given numbers into a text.

        Parameters
        ----------
        words : str
            Statement, hint or sentence.

        Returns
        -------
        str
            ``{m}`` is replaced if `m` is given; other braces stay.
        """
        return re.sub(r"\{(\w+)\}", lambda name: str(self.given.get(name[1], name[0])), words)

    def _said(self, slips: tuple[Slip, ...] | None, finding: Finding | None) -> Verdict:
        if finding is not None and slips is not None:
            finding = self._named(slips, finding)
        return self.verdict(finding)

    def _named(self, slips: tuple[Slip, ...], finding: Finding) -> Finding:
        credit = min(slip.credit for slip in slips)
        message = "\nAnd: ".join(self.text(slip.says) for slip in slips)
        message += f"\n{finding.message}" if self.detailed else ""
        name = " + ".join(slip.name for slip in slips)
        return Finding(message, "close" if credit else "wrong", name, credit)

    def _told_apart(self) -> bool:
        """Whether no slip is right or like another with these numbers."""
        rounds = list(self.rounds())
        seen: list[tuple[tuple[Slip, ...], list[Outcome]]] = []
        for slips, wrong in self.mistakes():
            outcomes = [drive(wrong, inputs, how=self.how) for inputs in rounds]
            others = [before for made, before in seen if made != slips]
            if self._compare(rounds, outcomes) is None or any(
                self._alike(rounds, outcomes, o) for o in others
            ):
                return False
            seen.append((slips, outcomes))
        return True

    def _shrink(self, failing: Inputs, driver: Driver) -> tuple[Inputs, Outcome | None]:
        """Go from smaller to smaller inputs as long as the answer fails on them."""
        best, found, left = failing, None, SHRINKING
        moved = True
        while moved and left:
            moved = False
            for candidate in self._smaller(best):
                if not left:
                    break
                left -= 1
                outcome = driver(candidate)
                if self._compare([candidate], [outcome]) is not None:
                    best, found, moved = candidate, outcome, True
                    break
        return best, found

    # What a kind says.

    def rounds(self) -> Iterable[Inputs]:
        """Return the inputs to drive an answer with: one round without any for data.

        Returns
        -------
        iterable of tuple
            Small ones first.
        """
        return [()]

    def _smaller(self, inputs: Inputs) -> Iterable[Inputs]:
        """Return inputs simpler than these.

        Parameters
        ----------
        inputs : tuple
            That the answer fails on.

        Returns
        -------
        iterable of tuple
            Most daring first; empty where nothing is generated.
        """
        return ()

    @abstractmethod
    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Compare outcomes with the reference.

        Parameters
        ----------
        rounds : sequence of tuple
            The inputs.
        outcomes : sequence of Outcome
            What came of each.

        Returns
        -------
        Finding or None
            None for a right answer.
        """

    @abstractmethod
    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether an answer makes the same mistake as a slip.

        Parameters
        ----------
        rounds : sequence of tuple
            The inputs.
        outcomes, wrong : sequence of Outcome
            Of the answer, and of the slip's wrong answer.

        Returns
        -------
        bool
            Only asked where the answer is not right.
        """

    @abstractmethod
    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return what early hints must not hold.

        Returns
        -------
        iterable of sequence of str
            A text leaks if all words of one sequence are in it.
        """

    def _worked(self) -> str:
        """Return the reference as text.

        Returns
        -------
        str
            Code.
        """
        answer = self.settled(self.reference)
        return f"answer = {answer.round(6).tolist() if isinstance(answer, np.ndarray) else answer!r}"

    def __dir__(self) -> list[str]:
        return ["check", "hint", "id", "points", "solution", "source", "statement", "title", "variant"]

    def __repr__(self) -> str:
        return f"{self.id}: {self.title} ({self.points:g} points)\n{self.text(self.statement)}"

    def _repr_html_(self) -> str:
        head = f"<p><strong>{escape(self.title)}</strong> ({self.points:g} points, {escape(self.id)})</p>"
        stub = f"<pre>{escape(self.stub)}</pre>" if self.stub else ""
        return f"<div>{head}<p>{escape(self.text(self.statement))}</p>{stub}</div>"
