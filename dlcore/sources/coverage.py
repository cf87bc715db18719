"""Which notebook cell shows which item, and what no cell shows yet.

A cell says so itself, in ``metadata.dlcore.shows``. ``concordance.json`` beside
this module is built from the notebooks, so that it travels where they do not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources

from dlcore.errors import ValidationError
from dlcore.sources.inventory import BOOKS, Item, item, items

__all__ = ["CHAPTERS", "COMPUTED", "EXERCISES", "Cell", "Concordance", "Tally", "concordance", "topic_of"]

CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "neurons": ("01-neurons",),
    "networks": ("02-networks", "03-activations"),
    "losses": ("04-losses",),
    "backprop": ("05-backprop",),
    "optimizers": ("06-optimizers",),
    "training": ("07-training",),
    "regularization": ("08-regularization",),
    "cnn": ("09-convolution", "10-cnn"),
    "recurrent": ("11-recurrent", "12-lstm"),
    "beyond": (),
}
"""The chapters that cover each topic; what is beyond the five chapters belongs to none."""

EXERCISES = "exercises"
"""The topic of all exercises, which the exercise notebooks show and no chapter does."""

COMPUTED = frozenset({"equation", "example", "figure", "table", "algorithm"})
"""Kinds of items that a cell shows by computing them: a text cell is not enough."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a notebook.

    Attributes
    ----------
    notebook : str
        Path from the root of the project, such as ``chapters/01-neurons.ipynb``.
    cell : str
        Id of the cell.
    heading : str
        The heading under which it stands.
    code : bool
        Whether it computes something.
    """

    notebook: str
    cell: str
    heading: str
    code: bool

    @property
    def link(self) -> str:
        """The address of the cell, as JupyterLab opens it.

        Returns
        -------
        str
            Path and fragment.
        """
        return f"{self.notebook}#cell-id={self.cell}"

    @property
    def chapter(self) -> str:
        """The name of the notebook, such as ``01-neurons`` or ``exercises/01``.

        Returns
        -------
        str
            Its path without folder and suffix.
        """
        return self.notebook.removeprefix("chapters/").removesuffix(".ipynb")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items of one book and topic there are, and how many are shown.

    Attributes
    ----------
    book, topic : str
        Which items were counted.
    shown, total : int
        How many a cell shows, and how many there are.
    """

    book: str
    topic: str
    shown: int
    total: int


def topic_of(name: str) -> str:
    """Return the topic that someone means by its name or by one of its chapters.

    Parameters
    ----------
    name : str
        ``"cnn"``, ``"10-cnn"`` or ``"exercises"``.

    Returns
    -------
    str
        A key of `CHAPTERS`, or `EXERCISES`.

    Raises
    ------
    ValidationError
        If there is no such topic or chapter.
    """
    if name in CHAPTERS or name == EXERCISES:
        return name
    for topic, chapters in CHAPTERS.items():
        if name in chapters:
            return topic
    raise ValidationError(f"expected a topic out of {', '.join([*CHAPTERS, EXERCISES])}, got {name!r}")


def _of_topic(topic: str, book: str | None = None) -> tuple[Item, ...]:
    """Return what is to be shown of a topic: exercises apart, and those in parts part by part."""
    if topic == EXERCISES:
        return tuple(item for item in items(book, kind="exercise") if not item.parts)
    return tuple(item for item in items(book, topic) if item.kind != "exercise")


class Concordance:
    """The cells that show each item.

    Parameters
    ----------
    shown : mapping of str to tuple of Cell
        For each id the cells that name it, in the order of the notebooks.
    """

    def __init__(self, shown: Mapping[str, tuple[Cell, ...]]) -> None:
        self.shown = shown

    @classmethod
    def from_json(cls, text: str) -> Concordance:
        """Read what `to_json` wrote.

        Parameters
        ----------
        text : str
            The contents of ``concordance.json``.

        Returns
        -------
        Concordance
            The same cells.
        """
        return cls({id: tuple(Cell(**cell) for cell in cells) for id, cells in json.loads(text).items()})

    def to_json(self) -> str:
        """Write the concordance so that equal ones give equal text.

        Returns
        -------
        str
            JSON, ids in alphabetical order.
        """
        plain = {id: [asdict(cell) for cell in cells] for id, cells in sorted(self.shown.items())}
        return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"

    def named_in(self, which: Item) -> tuple[Cell, ...]:
        """Return every cell that names an item, whether or not that is enough to show it.

        Parameters
        ----------
        which : Item
            Of any book.

        Returns
        -------
        tuple of Cell
            For a part of an exercise also the cells of the whole, for the whole those of its parts.
        """
        related = [which.id, *([which.whole] if which.whole else []), *which.parts]
        cells = (cell for id in related for cell in self.shown.get(id, ()))
        return tuple(dict.fromkeys(cells))

    def cells(self, which: Item) -> tuple[Cell, ...]:
        """Return the cells that show an item.

        Parameters
        ----------
        which : Item
            Of any book.

        Returns
        -------
        tuple of Cell
            An exercise counts in exercise notebooks only, all else in chapters only;
            what must be computed (`COMPUTED`) counts in code cells only.
        """
        exercise = which.kind == "exercise"
        return tuple(
            cell
            for cell in self.named_in(which)
            if cell.chapter.startswith("exercises/") == exercise and (cell.code or which.kind not in COMPUTED)
        )

    def missing(self, topic: str) -> tuple[Item, ...]:
        """Return the items of a topic that no cell shows.

        Parameters
        ----------
        topic : str
            A topic or a chapter, see `topic_of`.

        Returns
        -------
        tuple of Item
            In reading order.

        Raises
        ------
        ValidationError
            If there is no such topic.
        """
        return tuple(item for item in _of_topic(topic_of(topic)) if not self.cells(item))

    def tallies(self) -> tuple[Tally, ...]:
        """Count what is shown of each book and topic.

        Returns
        -------
        tuple of Tally
            Topic by topic, book by book; combinations without items are left out.
        """
        return tuple(
            Tally(book, topic, sum(bool(self.cells(item)) for item in counted), len(counted))
            for topic in (*CHAPTERS, EXERCISES)
            for book in BOOKS
            if (counted := _of_topic(topic, book))
        )

    def nearest(self, which: Item) -> Item | None:
        """Return the shown item that stands nearest to another in its book.

        Parameters
        ----------
        which : Item
            An item that no cell shows.

        Returns
        -------
        Item or None
            None when nothing of the book is shown.
        """
        order = items(which.book)
        here = order.index(item(which.id))
        shown = [n for n, other in enumerate(order) if n != here and self.cells(other)]
        return order[min(shown, key=lambda n: abs(n - here))] if shown else None


@cache
def concordance() -> Concordance:
    """Return the concordance of the notebooks that belong to this version.

    Returns
    -------
    Concordance
        Read once and kept.
    """
    path = resources.files("dlcore.sources").joinpath("concordance.json")
    return Concordance.from_json(path.read_text(encoding="utf-8"))
