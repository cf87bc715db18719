"""What the five books hold: every item, with its place, its kind and its erratum.

Each book is one JSON file beside this module, in reading order. A file is read
when it is first asked for and kept; the standard library is all that is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from dlcore.errors import ValidationError

__all__ = ["BOOKS", "Book", "Erratum", "Item", "book", "books", "errata", "ids", "item", "items"]

BOOKS = ("burkov", "buduma", "le", "mmds", "rawassizadeh")


@dataclass(frozen=True, slots=True)
class Book:
    """One of the five books.

    Attributes
    ----------
    key : str
        Short name, as in ``[mmds 13.1.3]``.
    title, author : str
        Title and authors.
    chapter : str
        The part of the book that the inventory covers.
    erratum_levels : mapping of str to str
        What each level of an erratum means.
    conventions : tuple of str
        Conventions of this book that its items rely on.
    """

    key: str
    title: str
    author: str
    chapter: str
    erratum_levels: Mapping[str, str]
    conventions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Erratum:
    """A passage that does not hold as printed.

    Attributes
    ----------
    level : str
        ``error``, ``inconsistency``, ``imprecise`` or ``typo``; `Book.erratum_levels` explains them.
    says : str
        What the book says, in our words.
    right : str
        What holds.
    proof : str
        The computation that shows it, for a cell to repeat.
    """

    level: str
    says: str
    right: str
    proof: str


@dataclass(frozen=True, slots=True)
class Item:
    """One concept, equation, figure, table, example, piece of advice, claim or exercise of a book.

    Attributes
    ----------
    id : str
        Unique over all books; notebook cells name it in ``metadata.dlcore.shows``.
    book : str
        Key of the book.
    where : str
        Section, as the book numbers or names it.
    kind : str
        ``equation``, ``figure``, ``exercise`` and so on.
    topic : str
        The topic of the companion that covers it, such as ``neurons``.
    what : str
        What the item says; the statement, for part of an exercise.
    show : str
        What a cell must show; empty for exercises.
    note, recipe : str
        A remark, and the code behind numbers that depend on a seed; empty where there is none.
    number, part, difficulty : str
        For exercises: ``"13.1.2"``, ``"a"``, and ``"plain"``, ``"!"`` or ``"!!"``.
    statement : str
        For exercises without parts: what is asked.
    whole : str
        For part of an exercise: id of the exercise.
    parts : tuple of str
        For an exercise in parts: their ids.
    erratum : Erratum or None
        What does not hold as printed, if anything.
    """

    id: str
    book: str
    where: str
    kind: str
    topic: str
    what: str
    show: str = ""
    note: str = ""
    recipe: str = ""
    number: str = ""
    part: str = ""
    difficulty: str = ""
    statement: str = ""
    whole: str = ""
    parts: tuple[str, ...] = ()
    erratum: Erratum | None = field(default=None, repr=False)


def _with_parts(record: dict[str, Any], key: str) -> Iterator[Item]:
    """Yield the item of a record, then one item for each of its parts."""
    erratum = record.pop("erratum", None)
    parts = record.pop("parts", [])
    whole = Item(
        **record,
        book=key,
        parts=tuple(part["id"] for part in parts),
        erratum=Erratum(**erratum) if erratum else None,
    )
    yield whole
    shared: dict[str, Any] = {
        "book": key,
        "where": whole.where,
        "kind": whole.kind,
        "number": whole.number,
        "whole": whole.id,
    }
    for part in parts:
        yield Item(what=part.pop("statement"), **part, **shared)


@cache
def _load(key: str) -> tuple[Book, tuple[Item, ...]]:
    text = resources.files("dlcore.sources").joinpath(f"{key}.json").read_text(encoding="utf-8")
    raw = json.loads(text)
    head = raw["book"]
    head["conventions"] = tuple(head.get("conventions", ()))
    return Book(**head), tuple(item for record in raw["items"] for item in _with_parts(record, key))


@cache
def _by_id() -> dict[str, Item]:
    return {item.id: item for item in items()}


def book(key: str) -> Book:
    """Return one book by its key.

    Parameters
    ----------
    key : str
        One of `BOOKS`.

    Returns
    -------
    Book
        Its title, authors and conventions.

    Raises
    ------
    ValidationError
        If there is no such book.
    """
    if key not in BOOKS:
        raise ValidationError(f"expected a book out of {', '.join(BOOKS)}, got {key!r}")
    return _load(key)[0]


def books() -> tuple[Book, ...]:
    """Return the five books.

    Returns
    -------
    tuple of Book
        In the order of `BOOKS`.
    """
    return tuple(book(key) for key in BOOKS)


def items(book: str | None = None, topic: str | None = None, kind: str | None = None) -> tuple[Item, ...]:
    """Return the items of the books in reading order.

    Parameters
    ----------
    book, topic, kind : str, optional
        Keep only the items of this book, topic or kind.

    Returns
    -------
    tuple of Item
        An exercise in parts is followed by its parts, which are items too.

    Raises
    ------
    ValidationError
        If there is no such book.
    """
    if book is not None and book not in BOOKS:
        raise ValidationError(f"expected a book out of {', '.join(BOOKS)}, got {book!r}")
    return tuple(
        item
        for key in BOOKS
        if book in (None, key)
        for item in _load(key)[1]
        if topic in (None, item.topic) and kind in (None, item.kind)
    )


def ids() -> frozenset[str]:
    """Return every id that a cell may name in ``metadata.dlcore.shows``.

    Returns
    -------
    frozenset of str
        The ids of all items, parts of exercises included.
    """
    return frozenset(_by_id())


def item(id: str) -> Item:
    """Return one item by its id.

    Parameters
    ----------
    id : str
        Such as ``"le-eq7"``.

    Returns
    -------
    Item
        The item.

    Raises
    ------
    ValidationError
        If no item has this id.
    """
    if id not in _by_id():
        raise ValidationError(f"expected the id of an inventory item, such as 'le-eq7', got {id!r}")
    return _by_id()[id]


def errata(book: str | None = None) -> tuple[Item, ...]:
    """Return the items whose passage does not hold as printed.

    Parameters
    ----------
    book : str, optional
        Keep only those of this book.

    Returns
    -------
    tuple of Item
        In reading order; each has an `Item.erratum`.

    Raises
    ------
    ValidationError
        If there is no such book.
    """
    return tuple(item for item in items(book) if item.erratum is not None)
