"""Make a student's copy of an exercise notebook: without solutions and without outputs.

  dlcore student-copy chapters/exercises/01-neurons.ipynb 01-neurons.ipynb

The copy is searched for answers before it is written: for lines and weights of the worked
answers, their numbers, and last hints, in every cell, output and in the metadata.

Exit status: 0 the copy is written, 1 it would tell an answer and is not written, 2 the
command was not understood, or a file cannot be read or written.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from dlcore.errors import DataError
from dlcore.files import written_atomically

__all__ = ["configure", "run"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of this subcommand.
    """
    parser.add_argument("notebook", metavar="NOTEBOOK", type=Path, help="an exercise notebook with solutions")
    parser.add_argument("copy", metavar="COPY", type=Path, help="the file to write; it must not exist")


def run(options: argparse.Namespace) -> int:
    """Write the copy, unless an answer is in it.

    Parameters
    ----------
    options : argparse.Namespace
        ``notebook`` and ``copy``.

    Returns
    -------
    int
        0 when the copy is written, 1 when it would tell an answer.

    Raises
    ------
    DataError
        If the notebook cannot be read, or the copy is there already or cannot be written.
    """
    from dlcore.course.copies import leaks, student_copy

    copy = student_copy(_read(options.notebook))
    if found := leaks(copy):
        print(*found, "The copy would tell answers and is not written.", sep="\n", file=sys.stderr)
        return 1
    if options.copy.exists():
        raise DataError(f"{options.copy} is there already")
    try:
        with written_atomically(options.copy) as file:
            file.write((json.dumps(copy, indent=1, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise DataError(f"cannot write {options.copy}: {error.strerror}") from None
    return 0


def _read(path: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        if all(cell["cell_type"] and "source" in cell for cell in notebook["cells"]):
            return notebook  # type: ignore[no-any-return]
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise DataError(f"{path} is not a Jupyter notebook")
