"""The gate itself, end to end: right notebooks pass, and each slip fails in the cell where it was planted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import notebooks

pytest.importorskip("nbval")

HEADER = "---\nkernelspec:\n  display_name: Python 3\n  language: python\n  name: python3\n---\n\n# Cases\n"
Slip = Callable[[dict], None]


def keep(cell: dict) -> None:
    """Plant nothing."""


def printed(text: str) -> Slip:
    return lambda cell: cell["outputs"][0].update(text=[text])


def source(text: str) -> Slip:
    return lambda cell: cell.update(source=[text])


def drop_output(cell: dict) -> None:
    cell.update(outputs=[])


def drop_count(cell: dict) -> None:
    cell.update(execution_count=None)


def drop_alt(cell: dict) -> None:
    cell["outputs"][0]["metadata"] = {}


def strip(cell: dict) -> None:
    cell.update(outputs=[], execution_count=None)


@dataclass(frozen=True)
class Case:
    """A code cell, what is planted in it after it was stored, and what must be said of it."""

    code: str
    slip: Slip = keep
    says: str = ""
    tag: str = ""


TRAINED = 'print(f"accuracy {0.9532:.4f}, loss {0.034567:.4f}")'
PICTURE = (
    "from IPython.display import display\n"
    'display({"image/png": "AAAA"}, raw=True, metadata={"image/png": {"alt": "a rising curve"}})'
)
CAPTURED = (
    'from ipywidgets import Output\ninside = Output()\nwith inside:\n    print("inside")\nprint("outside")'
)
CLEARED = (
    "from IPython.display import clear_output\n"
    'for step in range(3):\n    clear_output(wait=True)\n    print("step", step)'
)
CASES = {
    "right": Case(TRAINED),
    "noise": Case(TRAINED, printed("accuracy 0.953209532, loss 0.0346\n")),
    "accuracy": Case(
        TRAINED, printed(f"accuracy {0.9532 * 1.02}, loss 0.0346\n"), "stored 0.972264, got 0.9532"
    ),
    "loss": Case(TRAINED, printed("accuracy 0.9532, loss 0.0353\n"), "stored 0.0353, got 0.0346"),
    "deleted": Case(TRAINED, drop_output, r"stored outputs are \[\], got \[stdout\]"),
    "stripped": Case(TRAINED, strip, "never executed"),
    "uncounted": Case(TRAINED, drop_count, "never executed"),
    "silent": Case("1 + 1;"),
    "unsilent": Case("1 + 1", source("1 + 1;"), "stored outputs are"),
    "picture": Case(PICTURE),
    "wordless": Case(PICTURE, drop_alt, "alt text ''"),
    "announced": Case("1 / 0", tag="raises-exception"),
    "raising": Case("1 / 1", source("1 / 0"), "ZeroDivisionError"),
    "volatile": Case("import time\n\nprint(time.time())", tag="volatile"),
    "untagged": Case("import time\n\nprint(time.time_ns())", keep, "stored [0-9]+, got [0-9]+"),
    "cleared": Case(CLEARED),
    "captured": Case(CAPTURED),
    "ignored": Case("print(1)", printed("2\n"), "stored 2, got 1", "nbval-ignore-output"),
    "slow": Case("1", source("import time; time.sleep(60)"), "Timeout of 6"),  # last: the kernel ends with it
}
NUMBERS = {name: number for number, name in enumerate(CASES, start=2)}
"""The title is cell 1."""


def text_of(cases: Iterable[Case]) -> str:
    cells = []
    for case in cases:
        tags = f"---\ntags: [{case.tag}]\n---\n" if case.tag else ""
        cells.append(f"\n```{{code-cell}} ipython3\n{tags}{case.code}\n```\n")
    return HEADER + "".join(cells)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], subprocess.CompletedProcess[str]]:
    """Make a checkout with one chapter a case, stored by our own tool."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(notebooks.ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    gate = root / "tests" / "notebooks"
    gate.mkdir(parents=True)
    for name in ("conftest.py", "test_chapters.py"):
        shutil.copy(notebooks.ROOT / "tests" / "notebooks" / name, gate)
    (root / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (root / "chapters" / "text").mkdir(parents=True)
    for stem, chosen in (("01-cases", CASES.values()), ("02-right", [CASES["right"]])):
        (root / "chapters" / "text" / f"{stem}.md").write_text(text_of(chosen))

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(notebooks.ROOT), "NO_COLOR": "1"}
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)

    stored = start("tools.store")
    assert stored.returncode == 0, stored.stderr
    plant(root / "chapters" / "01-cases.ipynb")
    return start


def plant(path: Path) -> None:
    notebook = json.loads(path.read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell, case in zip(cells, CASES.values(), strict=True):
        case.slip(cell)
    path.write_text(json.dumps(notebook))


@pytest.fixture(scope="module")
def report(run) -> str:
    done = run(
        "pytest", "tests/notebooks", "-rA", "--nbval-cell-timeout=6", "--color=no", "-p", "no:cacheprovider"
    )
    assert done.returncode == 1
    return done.stdout


def outcome(report: str, name: str) -> str:
    found = re.search(
        rf"^(PASSED|FAILED) chapters/01-cases\.ipynb::Cell {NUMBERS[name]} \(01-cases-", report, re.MULTILINE
    )
    assert found, report
    return found[1]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.says])
def test_a_right_cell_passes(report: str, name: str):
    assert outcome(report, name) == "PASSED"


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.says])
def test_a_slip_fails_in_its_cell(report: str, name: str):
    assert outcome(report, name) == "FAILED"
    section = report.split(f"chapters/01-cases.ipynb::Cell {NUMBERS[name]} __")[1].split("\n____")[0]
    assert re.search(CASES[name].says, section), section


def test_a_text_changed_alone_fails_and_no_other(report: str):
    failed = re.findall(r"^FAILED .*test_text_and_notebook_agree\[([\w-]+)\]", report, re.MULTILINE)
    assert failed == ["01-cases"]
    assert re.search(r"^PASSED chapters/02-right\.ipynb::Cell 2 ", report, re.MULTILINE)


def test_one_chapter_can_be_chosen(run):
    done = run(
        "pytest", "tests/notebooks", "--collect-only", "-q", "-k", "02-right", "-p", "no:cacheprovider"
    )
    assert re.findall(r"^\S+::[^\n\[]+", done.stdout, re.MULTILINE)
    assert "01-cases" not in done.stdout
