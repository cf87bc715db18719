"""A student's copy of an exercise notebook, and the scan that proves that no answer is in it.

The cells of an exercise say in ``metadata.dlcore`` which exercise they belong to and what
their role is: statement, answer, hint or solution. A notebook is the dict that its JSON holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import chain
from typing import Any

import numpy as np

from dlcore.exercises import Exercise, all_exercises
from dlcore.exercises.engine import Number

__all__ = ["Leak", "leaks", "role", "student_copy"]

Notebook = Mapping[str, Any]
Cell = Mapping[str, Any]

#: Lines of code with fewer signs are anybody's.
TELLING_LINE = 13

#: So are rows of weights, together.
TELLING_DATA = 6

#: Numbers with fewer digits may stand anywhere.
TELLING_DIGITS = 3

FRACTION = r"(?:\.\d+)?(?:[eE][+-]?\d+)?(?!\w)"
NUMBER = re.compile(r"(?<![\w.])\d+" + FRACTION)
GROUPED = re.compile(r"(?<![\w.])\d{1,3}(?:[,_]\d{3})+" + FRACTION)


@dataclass(frozen=True)
class Leak:
    """An answer that stands where a student can read it.

    Attributes
    ----------
    place : str
        Which cell, and which part of it.
    exercise : str
        Id of the exercise.
    what : str
        Which part of the answer.
    """

    place: str
    exercise: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what} of {self.exercise}"


def role(cell: Cell) -> tuple[str, str]:
    """Say what a cell is for.

    Parameters
    ----------
    cell : mapping
        Of an exercise notebook.

    Returns
    -------
    exercise : str
        Id of the exercise it belongs to, or empty.
    role : str
        ``"statement"``, ``"answer"``, ``"hint"``, ``"solution"``, or empty.
    """
    own = cell.get("metadata", {}).get("dlcore", {})
    return str(own.get("exercise", "")), str(own.get("role", ""))


def student_copy(notebook: Notebook) -> dict[str, Any]:
    """Make a copy without solutions and without outputs.

    Parameters
    ----------
    notebook : mapping
        An exercise notebook; it stays as it is.

    Returns
    -------
    dict
        The copy; `leaks` of it should be empty.
    """
    cells = [_cleared(cell) for cell in notebook["cells"] if role(cell)[1] != "solution"]
    return json.loads(json.dumps({**notebook, "cells": cells}))  # type: ignore[no-any-return]


def _cleared(cell: Cell) -> dict[str, Any]:
    ran: dict[str, Any] = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
    return {**cell, **ran}


def leaks(notebook: Notebook) -> list[Leak]:
    """Look for answers in every text of a notebook: sources, metadata, outputs, attachments.

    What an exercise itself hands out, in its statement or its stub, is no leak.

    Parameters
    ----------
    notebook : mapping
        A student's copy; its cells say which exercises it holds.

    Returns
    -------
    list of Leak
        Empty if no worked answer, no telling line or number of one, and no last hint is in it.
    """
    known = all_exercises()
    held = dict.fromkeys(id for id, _ in map(role, notebook["cells"]) if id in known)
    exercises = [known[id] for id in held]
    handed_out = "\n".join(f"{e.title}\n{e.text(e.statement)}\n{e.stub}" for e in exercises)
    secrets = [(e.id, *secret) for e in exercises for secret in _secrets(e, _squeezed(handed_out))]
    found = [
        Leak(place, id, what)
        for place, text in _texts(notebook)
        for id, what, words in secrets
        if all(_stands_in(word, text) for word in words)
    ]
    return list(dict.fromkeys(found)) + _numbers_told(exercises, notebook, handed_out)


# What must not be told.


def _secrets(exercise: Exercise, handed_out: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield texts that give an exercise away: what they are, and the words of each."""
    told = [("the last hint", [exercise.text(exercise.hints[-1])], TELLING_LINE)]
    told += [("the reason", [exercise.text(exercise.because)], TELLING_LINE)]
    told += [("the worked answer", [line], TELLING_LINE) for line in exercise._worked().splitlines()]
    told += [("the answer", list(words), TELLING_DATA) for words in exercise._secrets()]
    others = [answer for answer in map(exercise.settled, exercise.also) if not callable(answer)]
    told += [("another right answer", [repr(answer)], TELLING_LINE) for answer in others]
    for what, words, least in told:
        squeezed = tuple(_squeezed(word.removeprefix("answer = ")) for word in words)
        if len("".join(squeezed)) >= least and not all(_stands_in(word, handed_out) for word in squeezed):
            yield what, squeezed


def _squeezed(text: str) -> str:
    """Leave out what a copy may change: white space, comment signs, quotes, backslashes, entities."""
    return re.sub(r"[\s\\#]", "", unescape(text)).replace("'", '"')


def _stands_in(word: str, text: str) -> bool:
    """Whether a squeezed word stands in a squeezed text, and not as a part of a longer number."""
    if word not in text:
        return False
    before = r"(?<![\d.])" if word[0].isdigit() else ""
    after = r"(?!\d)" if word[-1].isdigit() else ""
    return re.search(before + re.escape(word) + after, text) is not None


def _numbers_told(exercises: list[Exercise], notebook: Notebook, handed_out: str) -> list[Leak]:
    """Find right numbers, rounded to three digits or more."""
    public = _numbers(handed_out)
    asked = [(e, right) for e in exercises if isinstance(e, Number) and len(right := _telling(e, public))]
    return [
        Leak(place, e.id, "the number")
        for place, text in _texts(notebook, squeezed=False)
        for e, right in asked
        if len(told := _numbers(text)) and all(_near(told, number) for number in right)
    ]


def _telling(exercise: Number, public: np.ndarray[Any, Any]) -> list[float]:
    """Return the numbers of an answer that have three digits or more and are not handed out."""
    numbers = [abs(float(number)) for number in exercise.right.ravel()]
    return [
        number
        for number in numbers
        if sum(map(str.isdigit, f"{number:.15g}".lstrip("0.").replace(".", ""))) >= TELLING_DIGITS
        and not _near(public, number)
    ]


def _near(numbers: np.ndarray[Any, Any], number: float) -> bool:
    """Whether one of some numbers is this one, rounded to three digits or more."""
    return bool((np.abs(numbers - number) <= 0.5 * 10 ** (np.floor(np.log10(number)) - 2)).any())


def _numbers(text: str) -> np.ndarray[Any, Any]:
    """Return the numbers of a text that have three digits or more, without their signs."""
    found = NUMBER.findall(text) + [re.sub("[,_]", "", number) for number in GROUPED.findall(text)]
    return np.array([float(n) for n in found if sum(map(str.isdigit, n.lstrip("0."))) >= TELLING_DIGITS])


# Where it must not be told.


def _texts(notebook: Notebook, *, squeezed: bool = True) -> Iterator[tuple[str, str]]:
    """Yield every part of a notebook as one text."""
    write = _squeezed if squeezed else unescape
    rest = {key: value for key, value in notebook.items() if key != "cells"}
    yield "the notebook's metadata", write(_flat(rest))
    for number, cell in enumerate(notebook["cells"], 1):
        for part, content in cell.items():
            if part not in ("cell_type", "id", "execution_count"):
                yield f"cell {number}, {part}", write(_flat(content))


def _flat(content: Any) -> str:
    """Write nested content both joined and as JSON: a list of numbers is told by its commas."""
    return "\n".join(["".join(_leaves(content)), json.dumps(content, ensure_ascii=False)])


def _leaves(content: Any) -> Iterable[str]:
    if isinstance(content, Mapping):
        return chain.from_iterable(_leaves([key, "\n", value, "\n"]) for key, value in content.items())
    if isinstance(content, list):
        return chain.from_iterable(map(_leaves, content))
    return [content if isinstance(content, str) else f" {content} "]
