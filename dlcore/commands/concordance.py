"""How much of each book is shown by a notebook cell, and what is not.

Without arguments: a table of what is shown out of what there is, by topic and
book. Exercises are counted apart, part by part, and so is what lies beyond the
chapters. With --missing: the items of a topic that no cell shows; a chapter such
as 10-cnn stands for its topic.

Exit status: 0, with --missing 1 when anything is missing; 2 the command was not
understood.
"""

from __future__ import annotations

import argparse

from dlcore.commands.printing import describe, paragraph, print_json
from dlcore.sources import BOOKS, Item
from dlcore.sources.coverage import CHAPTERS, COMPUTED, EXERCISES, Concordance, Tally, concordance, topic_of

__all__ = ["configure", "run"]

_APART = ("beyond", EXERCISES)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of this subcommand.
    """
    topics = ", ".join([*CHAPTERS, EXERCISES])
    parser.add_argument("--missing", metavar="TOPIC", help=f"list what no cell shows: {topics}")
    parser.add_argument("--json", action="store_true", help="print JSON for another program")


def run(options: argparse.Namespace) -> int:
    """Print the table or what is missing.

    Parameters
    ----------
    options : argparse.Namespace
        ``missing`` and ``json``.

    Returns
    -------
    int
        1 when something is missing that was asked for, else 0.
    """
    known = concordance()
    if options.missing is None:
        tallies = known.tallies()
        if options.json:
            print_json([{name: getattr(t, name) for name in Tally.__slots__} for t in tallies])
        else:
            print("\n".join(_table(tallies)))
        return 0
    missing = known.missing(topic_of(options.missing))
    if options.json:
        print_json([{"id": i.id, "where": i.where, "kind": i.kind, "what": i.what} for i in missing])
    else:
        for item in missing:
            print(paragraph(describe(item) + _why(item, known)))
    return 1 if missing else 0


def _why(item: Item, known: Concordance) -> str:
    """Say why a cell that names an item does not show it."""
    named = known.named_in(item)
    if not named:
        return ""
    if item.kind in COMPUTED and not any(cell.code for cell in named):
        return f" [named by a text cell only; a code cell must compute this {item.kind}]"
    home = "an exercise notebook" if item.kind == "exercise" else "a chapter"
    return f" [named in {named[0].chapter}; {home} must show it]"


def _table(tallies: tuple[Tally, ...]) -> list[str]:
    """Return one row a topic, one column a book, as ``shown/total``."""
    counts = {(t.topic, t.book): t for t in tallies}

    def row(name: str, topics: tuple[str, ...]) -> str:
        cells = [[counts[t, b] for t in topics if (t, b) in counts] for b in BOOKS]
        both = [*cells, [tally for cell in cells for tally in cell]]
        texts = [f"{sum(t.shown for t in c)}/{sum(t.total for t in c)}" if c else "" for c in both]
        return f"{name:<16}" + "".join(f"{text:>14}" for text in texts)

    topics = tuple(topic for topic in CHAPTERS if topic not in _APART)
    head = f"{'':<16}" + "".join(f"{name:>14}" for name in (*BOOKS, "all"))
    return [
        head,
        *(row(t, (t,)) for t in topics),
        row("together", topics),
        "",
        *(row(t, (t,)) for t in _APART),
    ]
