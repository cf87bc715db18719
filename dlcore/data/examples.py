"""The books' small examples: films, exam hours, logic gates.

Where a book's own points are not given, these stand in for them: chosen so
that everything that the book says of its data holds of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dlcore.data.dataset import Dataset
from dlcore.errors import ValidationError

__all__ = ["ExamHours", "Films", "exam_hours", "films", "logic_gates", "susan_films"]

# Ratings by Mary and by John, and whether the film was liked.  The first and the
# second row stand in the book, the rest stands in for rows that it does not print.
_FILMS = [
    (1, 5, 0), (4.5, 4, 1), (1.5, 1, 0), (2, 2.5, 0), (3.5, 1.5, 0), (1, 3, 0), (2.5, 3, 0),
    (4, 1, 0), (5, 3, 1), (4, 4.5, 1), (3.5, 4.5, 1), (2.5, 5, 1), (5, 5, 1), (4.5, 2.5, 1),
]  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Films(Dataset):
    """Film ratings with the film that is still to decide.

    Attributes
    ----------
    x, y, name, feature_names, classes, source, license, stands_in_for : various
        As in `Dataset`.
    question : array, shape (2,)
        Ratings of the film whose label is not known.
    question_name : str
        Its title.
    """

    question: NDArray[Any] = field(default_factory=lambda: np.array([3.0, 3.0], np.float32))
    question_name: str = "Gravity"


def films(*, dtype: DTypeLike = np.float32) -> Films:
    """Load 14 films, rated by Mary and John, liked or not.

    Liked exactly where the ratings sum to more than 6.25, so a line separates
    them.  Gravity, rated 3 by both, is the open question: ``films().question``.
    [le table 1]

    Parameters
    ----------
    dtype : dtype
        Type of the ratings.

    Returns
    -------
    Films
        `x` of shape (14, 2), stars from 1 to 5; `y` of shape (14,), int64,
        1 for liked.
    """
    table = np.array(_FILMS)
    return Films(
        table[:, :2].astype(dtype),
        table[:, 2].astype(np.int64),
        name="films",
        feature_names=("Mary's rating, 1-5", "John's rating, 1-5"),
        classes=("not liked", "liked"),
        source="Q. V. Le, A Tutorial on Deep Learning, Part 1: two rows, the question; 12 rows by dlcore",
        stands_in_for="le, table 1: its other rows are not printed",
        question=np.array([3, 3], dtype),
    )


# Susan likes films that both friends rate low and films that both rate high.
_SUSAN_LIKES = [(1, 1), (1.5, 1), (1, 2), (2, 1.5), (1, 1.5), (4.5, 4), (5, 4), (4, 4.5), (5, 5), (4, 4)]
_SUSAN_DISLIKES = [
    (1, 5), (5, 1), (3, 3), (2, 4), (4, 2), (3, 2.5), (2.5, 3.5), (1.5, 4), (4.5, 1.5), (3.5, 3),
]  # fmt: skip


def susan_films(*, dtype: DTypeLike = np.float32) -> Dataset:
    """Load 20 films that no line separates: Susan likes the two ends.

    Liked where the ratings by Mary and John sum to 3.5 or less, or to 8 or
    more; each end alone can be split off by a line.  [le section 6]

    Parameters
    ----------
    dtype : dtype
        Type of the ratings.

    Returns
    -------
    Dataset
        `x` of shape (20, 2), stars from 1 to 5; `y` of shape (20,), int64,
        1 for liked.
    """
    return Dataset(
        np.array(_SUSAN_LIKES + _SUSAN_DISLIKES, dtype),
        np.repeat([1, 0], [len(_SUSAN_LIKES), len(_SUSAN_DISLIKES)]).astype(np.int64),
        name="susan_films",
        feature_names=("Mary's rating, 1-5", "John's rating, 1-5"),
        classes=("not liked", "liked"),
        source="made for dlcore",
        stands_in_for="le, the figure of section 6: its points are not printed",
    )


@dataclass(frozen=True, eq=False, repr=False)
class ExamHours(Dataset):
    """Exam results with the parameters that explain them.

    Attributes
    ----------
    x, y, name, feature_names, classes, source, license, stands_in_for : various
        As in `Dataset`.
    theta : array, shape (3,)
        Bias, weight of an hour of sleep, weight of an hour of study.
    """

    theta: NDArray[Any] = field(default_factory=lambda: np.array([-24.0, 3.0, 4.0], np.float32))


def exam_hours(
    n: int | None = None, *, rng: np.random.Generator | None = None, dtype: DTypeLike = np.float32
) -> ExamHours:
    """Make students with their hours of sleep and study, above average or not.

    Whole hours from 0 to 10 of each, labeled by the sign of
    ``-24 + 3 sleep + 4 study``; those nearer to the border than 3 are left
    out, so many lines separate the rest.  [buduma fig. 1-4]

    Parameters
    ----------
    n : int, optional
        Draw this many of the 110 students, without repeats.  Default: all.
    rng : numpy.random.Generator, optional
        Source of the draw; needed with `n`.
    dtype : dtype
        Type of the hours.

    Returns
    -------
    ExamHours
        `x` of shape (N, 2), hours; `y` of shape (N,), int64, 1 above the
        average and -1 below, as the book has it; `theta`, the parameters
        [-24, 3, 4].

    Raises
    ------
    ValidationError
        When `n` is not between 1 and 110, or comes without `rng`.
    """
    theta = np.array([-24, 3, 4])
    hours = np.array(list(product(range(11), repeat=2)))
    score = theta[0] + hours @ theta[1:]
    clear = np.abs(score) >= 3
    students = ExamHours(
        hours[clear].astype(dtype),
        np.where(score[clear] < 0, -1, 1).astype(np.int64),
        name="exam_hours",
        feature_names=("sleep, h", "study, h"),
        classes=("below average", "above average"),
        source="generated by dlcore from the parameters of N. Buduma, Fundamentals of Deep Learning, ch. 1",
        stands_in_for="buduma, figure 1-4: its points are not printed",
        theta=theta.astype(dtype),
    )
    return students if n is None else _draw(students, n, rng)


def _draw(students: ExamHours, n: int, rng: np.random.Generator | None) -> ExamHours:
    if not 1 <= n <= len(students):
        raise ValidationError(f"exam_hours has {len(students)} students, cannot draw n={n}")
    if rng is None:
        raise ValidationError(f"a draw of n={n} students needs rng, such as numpy.random.default_rng(0)")
    return students.subset(rng.permutation(len(students))[:n])


_GATES = {
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "nand": lambda a, b: 1 - (a & b),
    "nor": lambda a, b: 1 - (a | b),
    "xor": lambda a, b: a ^ b,
    "xnor": lambda a, b: 1 - (a ^ b),
}


def logic_gates(gate: str = "xor", *, dtype: DTypeLike = np.float32) -> Dataset:
    """Make the truth table of a gate with two inputs.

    Parameters
    ----------
    gate : {"and", "or", "nand", "nor", "xor", "xnor"}
        Which one.
    dtype : dtype
        Type of the inputs.

    Returns
    -------
    Dataset
        `x` of shape (4, 2): 00, 01, 10, 11; `y` of shape (4,), int64.

    Raises
    ------
    ValidationError
        When there is no such gate.
    """
    if gate not in _GATES:
        raise ValidationError(f"no gate {gate!r}: expected one of {', '.join(_GATES)}")
    inputs = np.array(list(product((0, 1), repeat=2)))
    return Dataset(
        inputs.astype(dtype),
        _GATES[gate](inputs[:, 0], inputs[:, 1]).astype(np.int64),
        name=f"logic_gates({gate!r})",
        feature_names=("a", "b"),
        classes=("0", "1"),
    )
