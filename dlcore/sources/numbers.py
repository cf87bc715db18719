"""The numbers that readers look up: how an item carries them and how people type them.

An item carries its numbers in its id (``mmds-eq13.1``, ``bud-fig1-10``) and in
its section (``13.1.3 Convolutional Neural Networks``). People type them in many
ways: ``fig 10-9``, ``eq. (7)``, ``§13.1.3``, ``13.1,3``. Both become a `Label`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from dlcore.sources.inventory import Item

__all__ = ["KINDS", "Label", "Request", "labels", "plain", "read_request"]

KINDS = {
    "section": ("section", "sections", "sect", "sec", "chapter", "chap", "ch", "subsection", "paragraph"),
    "figure": ("figure", "figures", "figs", "fig", "diagram", "plot"),
    "equation": ("equation", "equations", "eqs", "eqn", "eq", "formula"),
    "table": ("table", "tables", "tab", "tbl"),
    "example": ("example", "examples", "ex"),
    "exercise": ("exercise", "exercises", "exer", "exc", "problem", "question", "ex"),
    "algorithm": ("algorithm", "algo", "alg"),
    "page": ("page", "pages", "pg", "pp", "p"),
}
"""How each kind of number is called, its full name first."""

_IN_ID = re.compile(r"-(eq|fig|tab|table|exercise|ex|alg|toc-)(\d+(?:[.-]\d+)*)([a-z])?(?![a-z0-9])")
_IN_SECTION = re.compile(r"^(?:ch\. |table of contents, )?(\d+(?:\.\d+)*)(?![\w)])")
_PAGE = re.compile(r"\(p\. (\d+)\)")
_TYPED = re.compile(
    r"(?P<kind>[a-z]*)[\s.:#]*(?:no\.?|number)?\s*"
    r"\(?\s*(?P<number>\d+(?:[\s.,;:/-]+\d+)*)\s*[.,;]?\s*\)?\s*\(?(?P<letter>[a-z])?\)?[.,;:]?"
)


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """One number that a book prints.

    Attributes
    ----------
    kind : str
        A key of `KINDS`.
    number : tuple of int
        ``(13, 1, 3)`` for 13.1.3.
    letter : str
        ``"a"`` for part (a); empty where there is none.
    """

    kind: str
    number: tuple[int, ...]
    letter: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {'.'.join(map(str, self.number))}{self.letter}"


@dataclass(frozen=True, slots=True)
class Request:
    """A number as someone asks for it.

    Attributes
    ----------
    kinds : tuple of str
        Keys of `KINDS` that were meant; all of them when none was named.
    number : tuple of int
        ``(13, 1, 3)`` for 13.1.3.
    letter : str
        Empty when none was given.
    """

    kinds: tuple[str, ...]
    number: tuple[int, ...]
    letter: str = ""

    def matches(self, label: Label) -> bool:
        """Return whether the label is what was asked for.

        Parameters
        ----------
        label : Label
            Number of an item.

        Returns
        -------
        bool
            A request without a letter matches every letter.
        """
        same = label.kind in self.kinds and label.number == self.number
        return same and self.letter in ("", label.letter)

    def __str__(self) -> str:
        kind = " or ".join(self.kinds) if len(self.kinds) < len(KINDS) else "number"
        return f"{kind} {'.'.join(map(str, self.number))}{self.letter}"


def plain(text: str) -> str:
    """Return text in one spelling: lower case, plain dashes, single spaces.

    Parameters
    ----------
    text : str
        What someone typed.

    Returns
    -------
    str
        The same, ready to be compared.
    """
    text = unicodedata.normalize("NFKC", text).lower().replace("§", " section ")
    return " ".join(re.sub("[‐‑‒–—−]", "-", text).split())


def _digits(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text))


def labels(item: Item) -> frozenset[Label]:
    """Return every number under which a reader may look an item up.

    Parameters
    ----------
    item : Item
        Of any book.

    Returns
    -------
    frozenset of Label
        Its own number, its section and, where known, its page.
    """
    found = set()
    if own := _IN_ID.search(item.id.lower()):
        stem = own[1].rstrip("-")
        kind = "section" if stem == "toc" else "example" if stem == "ex" else _kinds(stem)[0]
        found.add(Label(kind, _digits(own[2]), own[3] or ""))
        if {kind, item.kind} == {"figure", "table"}:  # a table that the book numbers among its figures
            found.add(Label(item.kind, _digits(own[2]), own[3] or ""))
    if section := _IN_SECTION.match(item.where):
        found.add(Label("section", _digits(section[1])))
    if page := _PAGE.search(item.where):
        found.add(Label("page", _digits(page[1])))
    return frozenset(found)


@cache
def _kinds(word: str) -> tuple[str, ...]:
    """Return the kinds that a word may mean, misspelt ones included; none for any other word."""
    exact = tuple(kind for kind, names in KINDS.items() if word in names)
    if exact or len(word) < 4:
        return exact
    close = difflib.get_close_matches(word, KINDS, n=1, cutoff=0.75)
    return tuple(close)


def read_request(text: str) -> Request | None:
    """Read a number as people type it.

    Parameters
    ----------
    text : str
        Such as ``"fig 10-9"``, ``"eq. (7)"``, ``"13.1,3"`` or ``"exercise 13.1.2 (a)"``.

    Returns
    -------
    Request or None
        None when the text is no number but words.
    """
    typed = _TYPED.fullmatch(plain(text))
    if typed is None:
        return None
    kinds = _kinds(typed["kind"]) if typed["kind"] else tuple(KINDS)
    return Request(kinds, _digits(typed["number"]), typed["letter"] or "") if kinds else None
