"""House notation and that of each book, as data.

``notation.yml`` keeps to the part of YAML that is JSON too: the standard library
reads it, so that it needs no extra, and any YAML reader gives the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["Convention", "Notation", "Symbol", "Usage", "notation"]


@dataclass(frozen=True, slots=True)
class Usage:
    """How one book writes something.

    Attributes
    ----------
    form : str
        Its symbol or formula.
    item : str
        Id of the item where the book does so.
    """

    form: str
    item: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """One quantity and its symbols.

    Attributes
    ----------
    meaning : str
        The quantity in words.
    house : str
        How the companion writes it.
    books : mapping of str to Usage
        How each book that has it writes it.
    """

    meaning: str
    house: str
    books: Mapping[str, Usage]


@dataclass(frozen=True, slots=True)
class Convention:
    """One choice that the books make differently.

    Attributes
    ----------
    id : str
        Its name.
    about : str
        The question.
    house : str
        What the companion chose.
    books : mapping of str to Usage
        What the books chose.
    test : str
        The test that shows in numbers how each form maps onto the house's.
    """

    id: str
    about: str
    house: str
    books: Mapping[str, Usage]
    test: str


@dataclass(frozen=True, slots=True)
class Notation:
    """Symbols and conventions of the companion and of the five books.

    Attributes
    ----------
    symbols : tuple of Symbol
        Which quantity is called what.
    conventions : tuple of Convention
        Where formulas differ in more than letters.
    """

    symbols: tuple[Symbol, ...]
    conventions: tuple[Convention, ...]


def _usages(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "books": {book: Usage(**usage) for book, usage in record["books"].items()}}


@cache
def notation() -> Notation:
    """Return the notation of the companion and of the five books.

    Returns
    -------
    Notation
        Read once and kept.
    """
    raw = json.loads(resources.files("dlcore.sources").joinpath("notation.yml").read_text(encoding="utf-8"))
    return Notation(
        tuple(Symbol(**_usages(record)) for record in raw["symbols"]),
        tuple(Convention(**_usages(record)) for record in raw["conventions"]),
    )
