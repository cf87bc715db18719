"""Find an item of a book by its number, its id or its words.

The command line asks `look_up`, and so does whoever else needs to find a passage.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache

from dlcore.sources.inventory import BOOKS, Item, books, items
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

    Parameters
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

    Parameters
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
        return Answer(book, text, (found,))
    if request := read_request(text):
        return _numbered(request, text, book)
    if groups := _by_section_name(text, book):
        return Answer(book, text, groups)
    return _by_words(text, book)


def _numbered(request: Request, text: str, book: str | None) -> Answer:
    """Answer for a number: as asked, else under another kind, else without its letter, else what is near."""
    if groups := _by_number(request, book):
        return Answer(book, text, groups, _subsections(request, book))
    if groups := _by_number(Request((*_all_kinds(book),), request.number, request.letter), book):
        kinds = " and ".join(group.title.split(" ")[0] for group in groups)
        return Answer(book, text, groups, (f"No {request} is listed; this number belongs to {kinds}.",))
    if groups := _by_number(Request(request.kinds, request.number), book):
        return Answer(book, text, groups, (f"No part ({request.letter}) is listed; here is the whole.",))
    return Answer(book, text, (), _near(request, book))


def _spelling(id: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", id.lower()).strip("-")


def _by_id(text: str, book: str | None) -> Group | None:
    """Return the item of an id, with or without the letters of its book, and its parts."""
    wanted = _spelling(text)
    for item in items(book):
        own = _spelling(item.id)
        if wanted == own or (book and wanted == own.partition("-")[2] and not read_request(text)):
            return Group(item.id, tuple(i for i in items(item.book) if item.id in (i.id, i.whole)))
    return None


@cache
def _all_kinds(book: str | None) -> frozenset[str]:
    return frozenset(label.kind for item in items(book) for label in labels(item))


def _section_title(item: Item) -> str:
    """Return the name of an item's section without its number."""
    return re.sub(r"^(table of contents, )?(ch\. )?[\d.]+[:,]?\s*|\s*\(p\. \d+\)$", "", item.where).strip()


def _by_section_name(text: str, book: str | None) -> tuple[Group, ...]:
    """Return the sections that are called so; many sections have a name and no number."""
    name = text.removeprefix("section ").rstrip("?")
    found: dict[tuple[str, str], list[Item]] = {}
    for item in items(book):
        names = [plain(part).rstrip("?") for part in (_section_title(item), *item.where.split(" / "))]
        if name in names:
            found.setdefault((item.book, item.where), []).append(item)
    prefix = "{}: " if book is None else ""
    return tuple(
        Group(f"{prefix.format(key)}section {where}", tuple(group)) for (key, where), group in found.items()
    )


def _by_number(request: Request, book: str | None) -> tuple[Group, ...]:
    """Return one group for each kind of number, and book, that the request matches."""
    groups: dict[tuple[str, Label], list[Item]] = {}
    for item in items(book):
        for label in labels(item):
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
    sections = {label.number for item in items(book) for label in labels(item) if label.kind == "section"}
    inside = sorted(n for n in sections if n[:-1] == request.number)
    if not inside or "section" not in request.kinds:
        return ()
    return (f"Sections inside: {', '.join('.'.join(map(str, number)) for number in inside)}.",)


def _near(request: Request, book: str | None) -> tuple[str, ...]:
    """Say which numbers stand nearest to one that is not listed."""
    known = sorted({label for item in items(book) for label in labels(item) if label.kind in request.kinds})
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
def _texts(item: Item) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Return the words of an item with their weights: its name counts most."""
    remarks = f"{item.show} {item.note}"
    weighted = ((4, item.id), (3, item.where), (3, f"{item.what} {item.kind}"), (1, remarks))
    return tuple((weight, tuple(_words(text))) for weight, text in weighted)


def _score(word: str, item: Item) -> int:
    """Return the weight of the best place where a word, or one that begins with it, stands."""
    return max(
        (
            2 * weight + (word in text)
            for weight, text in _texts(item)
            if any(w == word or (len(word) > 2 and w.startswith(word)) for w in text)
        ),
        default=0,
    )


def _by_words(text: str, book: str | None) -> Answer:
    """Return the items that hold the words; a word that stands nowhere is read as the one most alike."""
    searched = items(book)
    typed = _words(text)
    vocabulary = sorted({word for item in searched for _, part in _texts(item) for word in part})
    spelt = [w if any(_score(w, item) for item in searched) else _alike(w, vocabulary) for w in typed]
    read = [word for word in spelt if word]
    found = _ranked(read, searched)
    if not found:
        return Answer(book, text, (), (f"No item of {book or 'the five books'} speaks of “{text}”.",))
    title = f"“{' '.join(read)}”"
    return Answer(book, text, (Group(title, found),), () if read == typed else (f"Read as {title}.",))


def _alike(word: str, vocabulary: list[str]) -> str:
    close = difflib.get_close_matches(word, vocabulary, n=1, cutoff=0.75) if len(word) > 4 else []
    return close[0] if close else ""


def _ranked(words: list[str], searched: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items that hold most of the words, at least half of them, best first."""
    scores = {item.id: [_score(word, item) for word in words] for item in searched}
    held = {id: sum(map(bool, each)) for id, each in scores.items()}
    most = max(held.values(), default=0)
    best = [item for item in searched if most and held[item.id] == most >= len(words) / 2]
    return tuple(sorted(best, key=lambda item: -sum(scores[item.id]))[:_MOST])
