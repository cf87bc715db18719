"""Hold texts and notebooks to the rules of the book: ``python -m tools.lint_notebooks [FILE ...]``.

No kernel is started. Each line says file, cell and what is wrong; the exit status is 1 if there is any.
"""

from __future__ import annotations

import argparse

from tools import notebooks
from tools.rules import Chapter, findings


def lint(pair: notebooks.Pair) -> list[str]:
    """Lint one pair.

    Parameters
    ----------
    pair : Pair
        Text and notebook.

    Returns
    -------
    list of str
        ``file: cell N (id): message``, in the order of the cells.
    """
    chapter = Chapter.read(pair)
    ids = {number: cell.get("id", "no id") for number, cell in chapter.cells}
    lines = []
    for cell, message in findings(chapter):
        place = f"cell {cell} ({ids.get(cell, 'not in the text')}): " if cell else ""
        lines.append(f"{pair.name}: {place}{message}")
    return lines


def main(argv: list[str] | None = None) -> int:
    """Lint the pairs named on the command line, or all.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    int
        0 if all is well, else 1.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.lint_notebooks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="stem, text or notebook (default: all)")
    chosen = notebooks.select(parser.parse_args(argv).files)
    lines = [line for pair in chosen for line in lint(pair)]
    print(*lines, sep="\n") if lines else None
    print(f"{len(chosen)} notebooks, {len(lines)} findings")
    return int(bool(lines))


if __name__ == "__main__":
    raise SystemExit(main())
