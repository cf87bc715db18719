"""Execute the texts and store the outputs in ``chapters/``: ``python -m tools.store [STEM ...]``.

Only what changed is written: a cell whose outputs agree with the stored ones, up to the
noise that the gate allows, keeps those, and a notebook that stays the same stays untouched.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from nbformat import NotebookNode

from tools import notebooks
from tools.comparison import differences

LIMIT = 1_000_000
"""Bytes that a stored notebook may have."""


def merge(new: NotebookNode, stored: NotebookNode) -> None:
    """Let cells keep their stored outputs where these still hold.

    Parameters
    ----------
    new : NotebookNode
        Just executed; its cells are changed in place.
    stored : NotebookNode
        What lies in ``chapters/``.
    """
    old = {cell.get("id"): cell for cell in stored.cells if cell.cell_type == "code"}
    for cell in new.cells:
        if cell.cell_type == "code" and cell.id in old and _still_holds(cell, old[cell.id]):
            cell.outputs = old[cell.id].outputs


def _still_holds(cell: NotebookNode, stored: NotebookNode) -> bool:
    volatile = "volatile" in cell.metadata.get("tags", [])
    if stored.execution_count is None or differences(stored.outputs, cell.outputs, volatile=volatile):
        return False
    return volatile or _pictures(stored) == _pictures(cell)


def _pictures(cell: NotebookNode) -> list[str]:
    """List the pictures themselves: an author who changed a drawing wants the new one stored."""
    shown = [item for output in cell.outputs for item in sorted(output.get("data", {}).items())]
    return ["".join(data).strip() for mime, data in shown if mime.startswith("image/")]


def store(pair: notebooks.Pair) -> str:
    """Execute one text and write its notebook, if anything changed.

    Parameters
    ----------
    pair : Pair
        Which chapter.

    Returns
    -------
    str
        ``written`` or ``unchanged``.

    Raises
    ------
    ValueError
        If the notebook would be larger than `LIMIT`; the old one stays.
    nbclient.exceptions.CellExecutionError
        If a cell fails; the old notebook stays.
    """
    new = notebooks.execute(notebooks.read_text(pair))
    if pair.notebook.exists():
        merge(new, notebooks.read_notebook(pair))
    text = notebooks.dumps(new)
    if (size := len(text.encode())) > LIMIT:
        raise ValueError(f"{size:,} bytes, more than the {LIMIT:,} that a notebook may have; not written")
    return "written" if notebooks.write(pair.notebook, text) else "unchanged"


def main(argv: list[str] | None = None) -> int:
    """Store the chapters named on the command line, or all.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    int
        0 if all are stored, else 1.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.store", description=__doc__.splitlines()[0])
    parser.add_argument("stems", nargs="*", metavar="STEM", help="chapters such as 01-neurons (default: all)")
    chosen = notebooks.select(parser.parse_args(argv).stems)
    failed = False
    with ThreadPoolExecutor(2) as pool:
        for pair, job in [(pair, pool.submit(store, pair)) for pair in chosen]:
            if error := job.exception():
                failed = True
                print(f"{pair.name}: FAILED\n{error}", file=sys.stderr)
            else:
                print(f"{pair.name}: {job.result()}")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
