"""Exercises that accept any right answer and name the mistake in a wrong one.

>>> from dlcore.exercises import neurons  # doctest: +SKIP
>>> neurons.xor_gate.check(my_net)  # doctest: +SKIP
>>> exercise("mmds-exercise13.4.1a").hint()  # doctest: +SKIP

A module or a folder beside this one holds the exercises of a topic, each of them one declaration.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from types import ModuleType

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise
from dlcore.exercises.engine.verdict import Verdict

__all__ = ["Exercise", "Verdict", "all_exercises", "exercise"]


def _topics() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(__path__) if found.name != "engine"]


def all_exercises() -> dict[str, Exercise]:
    """Return all exercises, topic by topic, in the order of their ids.

    Returns
    -------
    dict of str to Exercise
        By id.

    Raises
    ------
    ValidationError
        If two have the same id.
    """
    known: dict[str, Exercise] = {}
    for topic in _topics():
        module = importlib.import_module(f"{__name__}.{topic}")
        own = [value for value in vars(module).values() if isinstance(value, Exercise)]
        for value in sorted(own, key=lambda exercise: exercise.id):
            if known.setdefault(value.id, value) is not value:
                raise ValidationError(f"two exercises are called {value.id!r}")
    return known


def exercise(id: str, *, seed: int | None = None) -> Exercise:
    """Return an exercise by its id.

    Parameters
    ----------
    id : str
        Such as ``"mmds-exercise13.4.1a"``.
    seed : int, optional
        For numbers of one's own, see `Exercise.variant`.

    Returns
    -------
    Exercise
        The one that was declared.

    Raises
    ------
    ValidationError
        If there is none; the nearest id is named.
    """
    known = all_exercises()
    if id not in known:
        close = difflib.get_close_matches(id, known, n=1, cutoff=0.3)
        raise ValidationError(
            f"no exercise is called {id!r}" + (f"; did you mean {close[0]!r}?" if close else "")
        )
    return known[id] if seed is None else known[id].variant(seed)


def __getattr__(name: str) -> ModuleType:
    if name.startswith("_") or name not in _topics():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_topics()])
