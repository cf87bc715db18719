"""Find an item of a book by its number, its id or its words.

The command line asks `look_up`, and so does whoever else needs to find a passage.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache

from dlcore.sources.inventory import BOOKS, Item, books, items
from dlcore.sources.inventory import item as item_of
from dlcore.sources.numbers import Label, Request, labels, plain, read_request

__all__ = ["Answer", "Group", "guess_book", "look_up"]

_NAMES = {
    "burkov": ("andriy", "bur", "hundred-page"),
    "buduma": ("nikhil", "bud", "locascio"),
    "le": ("quoc", "tutorial"),
    "mmds": ("leskovec", "rajaraman", "ullman", "massive"),
    "rawassizadeh": ("raw", "reza"),
}
_MOST = 8


@dataclass(frozen=True, slots=True)
class Group:
    """Items that answer a question in the same way.

    Attributes
    ----------
    title : str
        Such as ``"exercise 13.1.3"`` or ``"section 13.1.3 Convolutional Neural Networks"``.
    items : tuple of Item
        In reading order, or best match first where words were asked for.
    """

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes
    ----------
    book : str or None
        Key of the book that was searched; None for all.
    query : str
        What was asked for, in plain spelling.
    groups : tuple of Group
        What was found; empty when nothing was.
    remarks : tuple of str
        How the question was read where it was not plain, and what stands near where nothing was found.
    """

    book: str | None
    query: str
    groups: tuple[Group, ...]
    remarks: tuple[str, ...] = ()


def guess_book(name: str) -> tuple[str | None, bool]:
    """Return the book that a name means.

    Parameters
    ----------
    name : str
        A key, an author, or either misspelt.

    Returns
    -------
    key : str or None
        Key of the book; None when no book is meant.
    sure : bool
        False for a misspelt name.
    """
    spoken = {alias: key for key, aliases in _NAMES.items() for alias in (key, *aliases)}
    word = plain(name).strip(".,;:")
    if word in spoken:
        return spoken[word], True
    close = difflib.get_close_matches(word, [alias for alias in spoken if len(alias) > 3], n=1, cutoff=0.7)
    return (spoken[close[0]], False) if close else (None, False)


def look_up(query: str, book: str | None = None) -> Answer:
    """Find items by id, by number, by name of a section or by words, in this order.

    Parameters
    ----------
    query : str
        What a reader types: ``"13.1.3"``, ``"eq7"``, ``"fig 10-9"``, ``"le-eq7"``, ``"vanishing gradient"``.
    book : str, optional
        Key of the book to search; all books otherwise.

    Returns
    -------
    Answer
        With remarks that help when nothing was found.

    Raises
    ------
    ValidationError
        If there is no such book.
    """
    text = plain(query)
    if found := _by_id(text, book):
        return Answer(book, text, found)
    if request := read_request(text):
        return _numbered(request, text, book)
    short = _by_id(text, book, short=True) if book and " " not in text else ()
    if found := (*_by_section_name(text, book), *short):
        return Answer(book, text, found)
    return _by_words(text, book)


def _numbered(request: Request, text: str, book: str | None) -> Answer:
    """Answer for a number: as asked, else under another kind, else without its letter, else what is near."""
    if groups := _by_number(request, book):
        return Answer(book, text, groups, _subsections(request, book))
    other = Request(tuple(sorted(_all_kinds(book))), request.number, request.letter)
    if groups := _by_number(other, book):
        kinds = {label.kind for _, own in _labelled(book) for label in own if other.matches(label)}
        remark = f"No {request} is listed; this number belongs to {' and '.join(sorted(kinds))}."
        return Answer(book, text, groups, (remark,))
    if groups := _by_number(Request(request.kinds, request.number), book):
        return Answer(book, text, groups, (f"No part ({request.letter}) is listed; here is the whole.",))
    return Answer(book, text, (), _near(request, book))


def _spelling(id: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-")


@cache
def _spelt(book: str | None, short: bool) -> dict[str, Item]:
    """Return the items by their ids in one spelling; a short id lacks the letters of the book."""
    spellings = [(_spelling(item.id), item) for item in reversed(items(book))]
    return {own.partition("-")[2] if short else own: item for own, item in spellings}


def _by_id(text: str, book: str | None, short: bool = False) -> tuple[Group, ...]:
    """Return the item of an id, followed by its parts."""
    item = _spelt(book, short).get(_spelling(text))
    return (Group(item.id, (item, *map(item_of, item.parts))),) if item else ()


@cache
def _labelled(book: str | None) -> tuple[tuple[Item, frozenset[Label]], ...]:
    return tuple((item, labels(item)) for item in items(book))


@cache
def _all_kinds(book: str | None) -> frozenset[str]:
    return frozenset(label.kind for _, own in _labelled(book) for label in own)


def _section_title(item: Item) -> str:
    """Return the name of an item's section without its number."""
    return re.sub(r"^(table of contents, )?(ch\. )?[\d.]+[:,]?\s*|\s*\(p\. \d+\)$", "", item.where).strip()


@cache
def _sections() -> dict[str, dict[tuple[str, str], list[Item]]]:
    """Return for each name of a section the sections of that name, by book and place, with their items."""
    named: dict[str, dict[tuple[str, str], list[Item]]] = {}
    for item in items():
        for name in {_section_title(item), *item.where.split(" / ")}:
            places = named.setdefault(plain(name).rstrip("?"), {})
            places.setdefault((item.book, item.where), []).append(item)
    return named


def _by_section_name(text: str, book: str | None) -> tuple[Group, ...]:
    """Return the sections that are called so; many sections have a name and no number."""
    places = _sections().get(text.removeprefix("section ").rstrip("?"), {})
    prefix = "{}: " if book is None else ""
    return tuple(
        Group(f"{prefix.format(key)}section {where}", tuple(found))
        for (key, where), found in places.items()
        if book in (None, key)
    )


def _by_number(request: Request, book: str | None) -> tuple[Group, ...]:
    """Return one group for each kind of number, and book, that the request matches."""
    groups: dict[tuple[str, Label], list[Item]] = {}
    for item, own in _labelled(book):
        for label in own:
            if request.matches(label):
                key = (item.book, Label(label.kind, label.number))
                groups.setdefault(key, []).append(item)
    # Whoever types a bare number means the one numbered thing before the section full of things.
    order = sorted(groups, key=lambda key: (BOOKS.index(key[0]), key[1].kind in ("section", "page"), key[1]))
    return tuple(Group(_title(key[0], key[1], groups[key], book), tuple(groups[key])) for key in order)


def _title(key: str, label: Label, found: list[Item], book: str | None) -> str:
    names = {_section_title(item) for item in found} if label.kind == "section" else set()
    words = (f"{key}:" if book is None else "", str(label), names.pop() if len(names) == 1 else "")
    return " ".join(filter(None, words))


def _subsections(request: Request, book: str | None) -> tuple[str, ...]:
    """Name the sections inside the one that was asked for."""
    sections = {label.number for _, own in _labelled(book) for label in own if label.kind == "section"}
    inside = sorted(n for n in sections if n[:-1] == request.number)
    if not inside or "section" not in request.kinds:
        return ()
    return (f"Sections inside: {', '.join('.'.join(map(str, number)) for number in inside)}.",)


def _near(request: Request, book: str | None) -> tuple[str, ...]:
    """Say which numbers stand nearest to one that is not listed."""
    known = sorted({label for _, own in _labelled(book) for label in own if label.kind in request.kinds})
    where = book or "any of the five books"
    if not known:
        kinds = ", ".join(sorted(_all_kinds(book)))
        return (f"{where} numbers no {' or '.join(request.kinds)}; it numbers: {kinds}.",)

    def distance(label: Label) -> tuple[int, list[int]]:
        pairs = list(zip(label.number, request.number, strict=False))
        same = next((n for n, (a, b) in enumerate(pairs) if a != b), len(pairs))
        return -same, [abs(a - b) for a, b in pairs] + [abs(len(label.number) - len(request.number))]

    nearest = sorted(known, key=distance)[:3]
    covered = "; ".join(f"{b.key}: {b.chapter}" for b in books() if book in (None, b.key))
    return (
        f"No {request} in {where}. Nearest: {', '.join(map(str, nearest))}.",
        f"Covered is {covered}.",
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain(text))


@cache
def _index() -> dict[str, dict[str, int]]:
    """Return for each word the items that hold it, with the weight of the place: the name counts most."""
    index: dict[str, dict[str, int]] = {}
    for item in items():
        remarks = f"{item.show} {item.note} {item.erratum.says if item.erratum else ''}"
        for weight, text in ((1, remarks), (3, f"{item.what} {item.kind} {item.where}"), (4, item.id)):
            for word in _words(text):
                index.setdefault(word, {})[item.id] = weight
    return index


@cache
def _holders(word: str) -> dict[str, int]:
    """Return the items that hold a word, or one that begins with it, and how well."""
    found: dict[str, int] = {}
    for known, holders in _index().items():
        if known == word or (len(word) > 2 and known.startswith(word)):
            for id, weight in holders.items():
                found[id] = max(found.get(id, 0), 2 * weight + (known == word))
    return found


def _by_words(text: str, book: str | None) -> Answer:
    """Return the items that hold the words; a word that stands nowhere is read as the one most alike."""
    searched = {item.id for item in items(book)}
    typed = _words(text)
    spelt = [word if searched & _holders(word).keys() else _alike(word, searched) for word in typed]
    read = [word for word in spelt if word]
    found = _ranked(read, items(book))
    if not found:
        return Answer(book, text, (), (f"No item of {book or 'the five books'} speaks of “{text}”.",))
    title = f"“{' '.join(read)}”"
    return Answer(book, text, (Group(title, found),), () if read == typed else (f"Read as {title}.",))


def _alike(word: str, searched: set[str]) -> str:
    """Return the word that is spelt most alike among those that the searched items hold."""
    known = sorted(w for w, holders in _index().items() if searched & holders.keys()) if len(word) > 4 else []
    return next(iter(difflib.get_close_matches(word, known, n=1, cutoff=0.75)), "")


def _ranked(words: list[str], searched: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items that hold most of the words, at least half of them, best first."""
    holders = [_holders(word) for word in words]
    held = {item.id: sum(item.id in each for each in holders) for item in searched}
    most = max(held.values(), default=0)
    best = [item for item in searched if most and held[item.id] == most >= len(words) / 2]
    return tuple(sorted(best, key=lambda item: -sum(each.get(item.id, 0) for each in holders))[:_MOST])
