"""What the books print that does not hold, and the cell that proves it.

Each erratum has a level:
  error          a formula, number, sign, index or statement is wrong
  inconsistency  it contradicts another place of the same text
  imprecise      it holds under added conditions only
  typo           a slip in a name, number or label

Exit status: 0, or 2 when the command was not understood.
"""

from __future__ import annotations

import argparse
from typing import Any

from dlcore.commands.printing import as_json, book_or_error, paragraph, place, print_json
from dlcore.sources import Erratum, Item, errata
from dlcore.sources.coverage import CHAPTERS, Concordance, concordance, topic_of

__all__ = ["configure", "run"]

LEVELS = ("error", "inconsistency", "imprecise", "typo")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of this subcommand.
    """
    parser.add_argument("book", nargs="?", metavar="BOOK", help="one book; all five by default")
    parser.add_argument("--level", choices=LEVELS, help="one level only")
    parser.add_argument("--topic", help=f"one topic only: {', '.join(CHAPTERS)}")
    parser.add_argument("--json", action="store_true", help="print JSON for another program")


def run(options: argparse.Namespace) -> int:
    """Print the errata.

    Parameters
    ----------
    options : argparse.Namespace
        ``book``, ``level``, ``topic`` and ``json``.

    Returns
    -------
    int
        Always 0.
    """
    key, remark = book_or_error(options.book) if options.book else (None, "")
    topic = topic_of(options.topic) if options.topic else None
    known = concordance()
    chosen = [
        (item, item.erratum)
        for item in errata(key)
        if item.erratum and options.level in (None, item.erratum.level) and topic in (None, item.topic)
    ]
    if options.json:
        print_json([_as_json(item, erratum, known) for item, erratum in chosen])
        return 0
    for line in filter(None, (remark, *(_text(item, erratum, known) for item, erratum in chosen))):
        print(line)
    print(f"{len(chosen)} errata, {sum(bool(known.named_in(item)) for item, _ in chosen)} shown by a cell")
    return 0


def _text(item: Item, erratum: Erratum, known: Concordance) -> str:
    cells = known.named_in(item)
    lines = [
        f"{item.book}, {item.where}: {erratum.level} [{item.id}]",
        paragraph(f"says:  {erratum.says}", indent=2, hang=7),
        paragraph(f"holds: {erratum.right}", indent=2, hang=7),
    ]
    proof = [f"proof: {place(cell)}" for cell in cells] or ["proof: not yet shown by a cell"]
    return "\n".join([*lines, *(paragraph(line, indent=2, hang=7) for line in proof), ""])


def _as_json(item: Item, erratum: Erratum, known: Concordance) -> dict[str, Any]:
    fields = {name: getattr(erratum, name) for name in Erratum.__slots__}
    cells = [as_json(cell) for cell in known.named_in(item)]
    return {
        "id": item.id,
        "book": item.book,
        "where": item.where,
        "topic": item.topic,
        **fields,
        "cells": cells,
    }
