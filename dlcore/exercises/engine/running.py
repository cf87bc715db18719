"""Run the cells of a notebook in this process and write down every verdict as it comes.

``python -m dlcore.exercises.engine.running NOTEBOOK REPORT`` is the child process of
``dlcore check``. REPORT gets one JSON object a line, so that what was said before a hang
or a crash is not lost.
"""

from __future__ import annotations

import json
import re
import sys
import types
from pathlib import Path
from typing import Any

from dlcore.exercises.engine import declaration

__all__ = ["main", "run_cells"]

#: Lines that only a notebook understands; no answer depends on them.
MAGIC = re.compile(r"^\s*[%!?].*$", re.MULTILINE)


def run_cells(cells: list[str], say: Any) -> None:
    """Run cells one after the other; one that fails does not stop the next.

    Parameters
    ----------
    cells : list of str
        Sources of the code cells.
    say : callable
        ``say(kind, **facts)`` is told of each cell that begins, of each verdict and of each error.
    """
    module = types.ModuleType("__main__")
    module.__dict__["display"] = lambda *values, **settings: None
    sys.modules["__main__"] = module
    for number, source in enumerate(cells, 1):
        say("cell", cell=number)
        try:
            exec(compile(MAGIC.sub("pass", source), f"<cell {number}>", "exec"), module.__dict__)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: exit() in a cell ends that cell
            say("error", cell=number, error=f"{type(error).__name__}: {error}"[:300])


def main(notebook: str, report: str) -> None:
    """Run a notebook and write the report.

    Parameters
    ----------
    notebook : str
        Path of the notebook.
    report : str
        Path of the file to write.
    """
    cells = json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    with open(report, "w", encoding="utf-8", buffering=1) as lines:

        def _say(kind: str, **facts: Any) -> None:
            lines.write(json.dumps({"kind": kind, **facts}) + "\n")

        declaration.listeners.append(lambda verdict: _say("verdict", **verdict.as_dict()))
        run_cells(sources, _say)
        _say("end")


if __name__ == "__main__":
    # The module that runs is called __main__; the cells must not find themselves in it.
    from dlcore.exercises.engine.running import main as run_main

    run_main(*sys.argv[1:])
