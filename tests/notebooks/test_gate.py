"""The gate itself, end to end: right notebooks pass, and each slip fails in the cell where it was planted."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools import notebooks

pytest.importorskip("nbval")

HEADER = "---\njupytext:\n  text_representation:\n    format_name: myst\nkernelspec:\n  name: python3\n---\n"
Slip = Callable[[list[dict]], None]


def keep(cells: list[dict]) -> None:
    """Plant nothing."""


def printed(text: str) -> Slip:
    return lambda cells: cells[-1]["outputs"][0].update(text=[text])


def strip(cells: list[dict]) -> None:
    for cell in cells:
        cell.update(outputs=[], execution_count=None)


def drop_alt(cells: list[dict]) -> None:
    cells[-1]["outputs"][0]["metadata"] = {}


@dataclass(frozen=True)
class Case:
    """A notebook of a few cells, what is planted in it after it was stored, and what must be said of it."""

    code: list[str]
    slip: Slip = keep
    says: str = ""
    tags: list[str] = field(default_factory=list)


TRAINED = ["loss = 0.034567", 'print(f"accuracy {0.9532:.4f}, loss {loss:.4f}")']
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
    "deleted": Case(
        TRAINED, lambda cells: cells[-1].update(outputs=[]), r"stored outputs are \[\], got \[stdout\]"
    ),
    "stripped": Case(TRAINED, strip, "never executed"),
    "uncounted": Case(TRAINED, lambda cells: cells[-1].update(execution_count=None), "never executed|Unrun"),
    "silent": Case(["1 + 1;"]),
    "unsilent": Case(["1 + 1"], lambda cells: cells[0].update(source=["1 + 1;"]), "stored outputs are"),
    "picture": Case([PICTURE]),
    "wordless": Case([PICTURE], drop_alt, "alt text ''"),
    "announced": Case(["1 / 0"], tags=["raises-exception"]),
    "raising": Case(["1 / 1"], lambda cells: cells[0].update(source=["1 / 0"]), "ZeroDivisionError"),
    "volatile": Case(["import time\n", "print(time.time())"], tags=["volatile"]),
    "untagged": Case(["import time\n", "print(time.time_ns())"], keep, "stored [0-9]+, got [0-9]+"),
    "cleared": Case([CLEARED]),
    "captured": Case([CAPTURED]),
    "ignored": Case(["print(1)"], printed("2\n"), "stored 2, got 1", tags=["nbval-ignore-output"]),
    "slow": Case(
        ["1"], lambda cells: cells[0].update(source=["import time; time.sleep(60)"]), "Timeout of 6"
    ),
}


def text_of(case: Case) -> str:
    tags = f"---\ntags: {json.dumps(case.tags)}\n---\n" if case.tags else ""
    return HEADER + "\n# Case\n" + "".join(f"\n```{{code-cell}}\n{tags}{code}\n```\n" for code in case.code)


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
    for name, case in CASES.items():
        (root / "chapters" / "text" / f"{name}.md").write_text(text_of(case))

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(notebooks.ROOT), "NO_COLOR": "1"}
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)

    stored = start("tools.store")
    assert stored.returncode == 0, stored.stderr
    for name, case in CASES.items():
        plant(root / "chapters" / f"{name}.ipynb", case.slip)
    return start


def plant(path: Path, slip: Slip) -> None:
    notebook = json.loads(path.read_text())
    slip([cell for cell in notebook["cells"] if cell["cell_type"] == "code"])
    path.write_text(json.dumps(notebook))


@pytest.fixture(scope="module")
def report(run) -> str:
    done = run(
        "pytest", "tests/notebooks", "-rA", "--nbval-cell-timeout=6", "--color=no", "-p", "no:cacheprovider"
    )
    assert done.returncode == 1
    return done.stdout


def test_every_case_was_run(report: str):
    for name in CASES:
        assert re.search(rf"^(PASSED|FAILED) chapters/{name}\.ipynb::Cell \d+ ", report, re.MULTILINE), name


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.says])
def test_a_right_notebook_passes(report: str, name: str):
    assert not re.search(rf"^FAILED chapters/{name}\.ipynb", report, re.MULTILINE), report


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.says])
def test_a_slip_fails_in_its_cell(report: str, name: str):
    number = len(CASES[name].code) + 1  # the title is cell 1
    if name == "stripped":
        number = 2
    assert re.search(
        rf"^FAILED chapters/{name}\.ipynb::Cell {number} \({name}-\w+\)", report, re.MULTILINE
    ), report
    section = report.split(f"chapters/{name}.ipynb::Cell {number} __")[1].split("\n____")[0]
    assert re.search(CASES[name].says, section), section


def test_a_text_changed_alone_fails(report: str):
    failed = re.findall(r"^FAILED .*test_text_and_notebook_agree\[([\w-]+)\]", report, re.MULTILINE)
    assert sorted(failed) == ["raising", "slow", "unsilent"]


def test_one_chapter_can_be_chosen(run):
    done = run("pytest", "tests/notebooks", "-q", "-k", "right and Cell", "-p", "no:cacheprovider")
    assert done.returncode == 0
    assert "2 passed" in done.stdout
