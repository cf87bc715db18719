"""How the subcommands print items and cells."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from pathlib import Path
from typing import Any

from dlcore.errors import ValidationError
from dlcore.sources import BOOKS, Item
from dlcore.sources.coverage import Cell
from dlcore.sources.lookup import guess_book

__all__ = ["as_json", "book_or_error", "describe", "paragraph", "place", "print_json"]


def print_json(value: Any) -> None:
    """Print a value for another program to read.

    Parameters
    ----------
    value : Any
        What JSON can hold.
    """
    print(json.dumps(value, indent=2, ensure_ascii=False))


def as_json(cell: Cell) -> dict[str, str]:
    """Return a cell for `print_json`.

    Parameters
    ----------
    cell : Cell
        Of any notebook.

    Returns
    -------
    dict of str to str
        Its notebook, id, heading and link.
    """
    return {"notebook": cell.notebook, "cell": cell.cell, "heading": cell.heading, "link": cell.link}


def paragraph(text: str, indent: int = 0, hang: int = 2) -> str:
    """Wrap text to the width of the terminal.

    Parameters
    ----------
    text : str
        One paragraph.
    indent, hang : int
        Spaces before the first line, and how many more before the others.

    Returns
    -------
    str
        At most 100 columns wide; a long link is not broken.
    """
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    first, later = " " * indent, " " * (indent + hang)
    return textwrap.fill(
        text,
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def describe(item: Item) -> str:
    """Return an item in one line: id, section and what it says.

    Parameters
    ----------
    item : Item
        Of any book.

    Returns
    -------
    str
        Not wrapped.
    """
    return f"{item.id} ({item.where}): {item.what}"


def place(cell: Cell) -> str:
    """Return where a cell is found: a link in a checkout, chapter and cell without one.

    Parameters
    ----------
    cell : Cell
        Of any notebook.

    Returns
    -------
    str
        Chapter and heading, then the link as a path from the working directory.
    """
    title = f"{cell.chapter}, “{cell.heading}”"
    here = Path.cwd()
    for root in (here, *here.parents, Path(__file__).parents[2]):
        if (root / cell.notebook).is_file():
            start = os.path.relpath(root, here) if root.drive == here.drive else root
            return f"{title}: {Path(start, cell.link).as_posix()}"
    return f"{title}, cell {cell.cell} (the notebooks lie in the project's repository)"


def book_or_error(name: str) -> tuple[str, str]:
    """Return the book that a name means.

    Parameters
    ----------
    name : str
        A key, an author, or either misspelt.

    Returns
    -------
    key : str
        Key of the book.
    remark : str
        How a misspelt name was read; empty otherwise.

    Raises
    ------
    ValidationError
        If no book is meant.
    """
    key, sure = guess_book(name)
    if key is None:
        raise ValidationError(f"no book is called “{name}”; the books are {', '.join(BOOKS)}")
    return key, "" if sure else f"No book is called “{name}”; did you mean {key}? Read as {key}."
