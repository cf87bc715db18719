"""Run an exercise notebook from top to bottom in a fresh process and print its verdicts.

  dlcore check my-notebooks/01-neurons.ipynb
  dlcore check my.ipynb --timeout 20 --json

Of each exercise the last verdict counts. A cell that fails does not stop the next; when
the time is up, what was said until then is printed.

Exit status: 0 all answers are right, 1 some are not, or a cell failed or took too long,
2 the command was not understood or the notebook cannot be read.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dlcore.errors import DataError, ValidationError
from dlcore.tables import text_table

__all__ = ["Report", "configure", "examine", "run"]


@dataclass
class Report:
    """What running a notebook brought.

    Attributes
    ----------
    verdicts : dict of str to dict
        The last verdict on each exercise, as `dlcore.exercises.Verdict.as_dict`.
    errors : list of str
        What went wrong in cells.
    """

    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def points(self) -> tuple[float, float]:
        """Points, and how many there could be.

        Returns
        -------
        tuple of float
            Of the exercises that were checked.
        """
        verdicts = self.verdicts.values()
        return sum(v["points"] for v in verdicts), sum(v["out_of"] for v in verdicts)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of this subcommand.
    """
    parser.add_argument("notebook", metavar="NOTEBOOK", type=Path, help="an .ipynb with your answers")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS", help="for all cells (60)")
    parser.add_argument("--json", action="store_true", help="print JSON for another program")


def run(options: argparse.Namespace) -> int:
    """Run the notebook and print the table of verdicts.

    Parameters
    ----------
    options : argparse.Namespace
        ``notebook``, ``timeout`` and ``json``.

    Returns
    -------
    int
        0 when every answer is right and no cell failed, else 1.
    """
    report = examine(options.notebook, options.timeout)
    points, out_of = report.points
    if options.json:
        facts = {"verdicts": list(report.verdicts.values()), "errors": report.errors}
        print(json.dumps({**facts, "points": points, "out_of": out_of}, indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(report)))
    right = all(verdict["status"] == "right" for verdict in report.verdicts.values())
    return 0 if report.verdicts and right and not report.errors else 1


def examine(notebook: Path, timeout: float) -> Report:
    """Run a notebook in a fresh process.

    Parameters
    ----------
    notebook : Path
        The student's.
    timeout : float
        Seconds for all cells together.

    Returns
    -------
    Report
        What was said until the end, or until the time was up.

    Raises
    ------
    DataError
        If the file cannot be read as a notebook.
    ValidationError
        If the time is not positive.
    """
    if not timeout > 0:
        raise ValidationError(f"expected a positive number of seconds, got {timeout:g}")
    _need_notebook(notebook)
    with tempfile.TemporaryDirectory(prefix="dlcore-") as folder:
        lines = Path(folder, "report.jsonl")
        end = _run_process(notebook.resolve(), lines, timeout)
        events = _events(lines)
    report, cell = Report(), 0
    for event in events:
        kind = event.pop("kind")
        cell = event["cell"] if kind == "cell" else cell
        if kind == "verdict":
            report.verdicts[event["exercise"]] = event
        elif kind == "error":
            report.errors.append(f"code cell {event['cell']}: {event['error']}")
    if not events or kind != "end":
        report.errors.append(f"code cell {cell} {end}; the cells after it did not run")
    return report


def _need_notebook(path: Path) -> None:
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            "".join(cell["source"])
            cell["cell_type"].strip()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DataError(f"{path} is not a Jupyter notebook") from None


def _run_process(notebook: Path, lines: Path, timeout: float) -> str:
    """Run the child and say how it ended, should it not have come to the end."""
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    child = subprocess.Popen(
        [sys.executable, "-m", "dlcore.exercises.engine.running", str(notebook), str(lines)],
        cwd=notebook.parent,
        env={**os.environ, "MPLBACKEND": "Agg", "PYTHONPATH": path, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        status = child.wait(timeout)
        return f"ended the process (status {status})"
    except subprocess.TimeoutExpired:
        return f"was still running when the {timeout:g} s were over"
    finally:
        _kill(child)


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever its cells have started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
    child.wait()


def _events(lines: Path) -> list[dict[str, Any]]:
    """Read the report; the last line may be cut off."""
    events = []
    for line in lines.read_text(encoding="utf-8").splitlines() if lines.exists() else []:
        with contextlib.suppress(ValueError):
            events.append(json.loads(line))
    return events


def _lines(report: Report) -> list[str]:
    if not report.verdicts:
        return ["No exercise was checked.", *report.errors]
    rows = [
        (v["exercise"], v["status"], f"{v['points']:g} of {v['out_of']:g}", v["slip"])
        for v in report.verdicts.values()
    ]
    points, out_of = report.points
    table = text_table(("exercise", "verdict", "points", "mistake"), rows, left=True)
    told = [f"{v['exercise']}: {v['message']}" for v in report.verdicts.values() if v["status"] != "right"]
    return [table, f"\n{points:g} of {out_of:g} points", *(["", *told] if told else []), *report.errors]
