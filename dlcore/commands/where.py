"""Find the notebook cell that shows a passage of your book.

BOOK is burkov, buduma, le, mmds or rawassizadeh; leave it out to search all five.
WHAT is a number as your book prints it, an id, the name of a section, or words:

  dlcore where mmds 13.1.3             section 13.1.3 and exercise 13.1.3
  dlcore where le eq7                  equation (7)
  dlcore where rawassizadeh fig 10-9   Figure 10-9
  dlcore where buduma p. 19            what stands on page 19
  dlcore where rawassizadeh Adam       the section of that name
  dlcore where vanishing gradient      whatever speaks of it, in any book

Exit status: 0 a cell shows what was found, 1 nothing was found or no cell shows
it yet, 2 the command was not understood.
"""

from __future__ import annotations

import argparse
from typing import Any

from dlcore.commands.printing import as_json, describe, paragraph, place, print_json
from dlcore.errors import ValidationError
from dlcore.sources import BOOKS, Item, book
from dlcore.sources.coverage import CHAPTERS, Concordance, concordance
from dlcore.sources.lookup import Answer, Group, guess_book, look_up
from dlcore.sources.numbers import read_request

__all__ = ["ask", "configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of this subcommand.
    """
    parser.add_argument("words", nargs="+", metavar="[BOOK] WHAT", help="such as: mmds 13.1.3")
    parser.add_argument("--json", action="store_true", help="print JSON for another program")


def run(options: argparse.Namespace) -> int:
    """Look up and print.

    Parameters
    ----------
    options : argparse.Namespace
        ``words`` and ``json``.

    Returns
    -------
    int
        0 when a cell shows what was found, else 1.
    """
    answer, known = ask(options.words), concordance()
    if options.json:
        print_json(_answer_as_json(answer, known))
    else:
        print("\n".join(_lines(answer, known)))
    return 0 if any(known.cells(item) for group in answer.groups for item in group.items) else 1


def ask(words: list[str]) -> Answer:
    """Tell the book from what is sought in it, and look that up.

    Parameters
    ----------
    words : list of str
        As typed, the book first, misspelt or left out.

    Returns
    -------
    Answer
        Its remarks say how a misspelt book was read.

    Raises
    ------
    ValidationError
        If a book was named and nothing else.
    """
    words = " ".join(words).split()
    name, rest = (words[0], " ".join(words[1:])) if words else ("", "")
    key, sure = guess_book(name)
    if not rest:
        return _alone(name, key if sure else None)
    if key and sure:
        return look_up(rest, key)
    if read_request(rest) is None or read_request(f"{name} {rest}"):
        whole = look_up(f"{name} {rest}")
        if key is None or not whole.remarks:
            return whole
    remark = f"No book is called “{name}”; the books are {', '.join(BOOKS)}."
    if key:
        remark = f"No book is called “{name}”; did you mean {key}? Read as {key}, {book(key).title}."
    found = look_up(rest, key)
    return Answer(found.book, found.query, found.groups, (remark, *found.remarks))


def _alone(word: str, key: str | None) -> Answer:
    if key or not word:
        raise ValidationError(
            f"expected a number or words after {key or 'the book'}, such as: dlcore where mmds 13.1.3"
        )
    return look_up(word)


def _lines(answer: Answer, known: Concordance) -> list[str]:
    lines = [paragraph(remark) for remark in answer.remarks]
    for group in answer.groups:
        lines += ["", group.title, *_group_lines(group, known)]
    return lines[1:] if lines and not lines[0] else lines


def _group_lines(group: Group, known: Concordance) -> list[str]:
    lines = []
    bare = [item for item in group.items if not known.cells(item)]
    for item in group.items:
        lines.append(paragraph(describe(item), indent=2))
        lines += [paragraph(f"-> {place(cell)}", indent=4, hang=3) for cell in known.cells(item)]
        if item in bare:
            lines.append(paragraph(f"-- {_status(item)}", indent=4, hang=3))
    return [*lines, paragraph(_nearest(bare[0], known), indent=2)] if bare else lines


def _status(item: Item) -> str:
    """Say why no cell shows an item, and where it belongs."""
    if item.kind == "exercise":
        return "not covered yet; it belongs to the exercise notebooks"
    chapters = " or ".join(CHAPTERS[item.topic])
    if not chapters:
        return "not covered: beyond the chapters of this companion"
    return f"not covered yet; it belongs to {chapters}"


def _nearest(item: Item, known: Concordance) -> str:
    near = known.nearest(item)
    if near is None:
        return f"Nearest covered: nothing of {item.book} is shown yet."
    return f"Nearest covered: {describe(near)} -> {place(known.cells(near)[0])}"


def _answer_as_json(answer: Answer, known: Concordance) -> dict[str, Any]:
    return {
        "book": answer.book,
        "query": answer.query,
        "remarks": list(answer.remarks),
        "groups": [
            {"title": group.title, "items": [_item_as_json(item, known) for item in group.items]}
            for group in answer.groups
        ],
    }


def _item_as_json(item: Item, known: Concordance) -> dict[str, Any]:
    near = None if known.cells(item) else known.nearest(item)
    fields = {name: getattr(item, name) for name in ("id", "book", "where", "kind", "topic", "what")}
    return {
        **fields,
        "cells": [as_json(cell) for cell in known.cells(item)],
        "nearest": near.id if near else None,
    }
