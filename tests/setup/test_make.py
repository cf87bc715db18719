"""The Makefile's promises that can be held without a network."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = [
    "help",
    "book",
    "lab",
    "test",
    "test-all",
    "lint",
    "types",
    "unit",
    "conformance",
    "notebooks",
    "store",
    "bench",
    "mutants",
    "clean",
]

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


@pytest.fixture
def checkout(tmp_path):
    """Make a checkout with the Makefile alone, whose pip is a script that we watch."""
    for name in ["Makefile", "constraints.txt", "pyproject.toml", "setup.py"]:
        shutil.copy(ROOT / name, tmp_path / name)
    python = tmp_path / "fake-python"
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    return tmp_path


FAKE_PYTHON = """#!/bin/sh
echo "$@" >> calls
case "$*" in
  "-c "*) exit 0 ;;
  "-m venv "*) mkdir -p .venv/bin && cp fake-python .venv/bin/python ;;
  "-m pip install"*) test ! -e pip-fails && touch .venv/installed ;;
esac
"""


def make(folder, *arguments):
    from_outside = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHON", "PIP_ARGS"}
    env = {name: value for name, value in os.environ.items() if name not in from_outside}
    return subprocess.run(["make", *arguments], cwd=folder, env=env, capture_output=True, text=True)


def calls(folder):
    log = folder / "calls"
    lines = log.read_text().splitlines() if log.exists() else []
    log.write_text("")
    return [line for line in lines if line.startswith(("-m venv", "-m pip install"))]


def test_help_lists_the_targets():
    listed = make(ROOT, "help").stdout
    for target in TARGETS:
        assert f"make {target} " in listed


def test_set_up_happens_once_and_again_when_a_pin_changes(checkout):
    asked = ["types", "PYTHON=./fake-python", "PIP_ARGS=--only-this"]
    assert make(checkout, *asked).returncode == 0
    first = calls(checkout)
    assert [line.split()[1] for line in first] == ["venv", "pip"]
    assert "--only-this" in first[1]
    make(checkout, *asked)
    assert calls(checkout) == []
    (checkout / "constraints.txt").write_text("numpy==2.0.0\n")
    make(checkout, *asked)
    assert [line.split()[1] for line in calls(checkout)] == ["pip"]


def test_an_interrupted_installation_is_begun_anew(checkout):
    asked = ["types", "PYTHON=./fake-python"]
    (checkout / "pip-fails").touch()
    assert make(checkout, *asked).returncode != 0
    (checkout / ".venv" / "half-copied").touch()
    (checkout / "pip-fails").unlink()
    assert make(checkout, *asked).returncode == 0
    assert not (checkout / ".venv" / "half-copied").exists()
    assert [line.split()[1] for line in calls(checkout)] == ["venv", "pip", "venv", "pip"]


def test_another_interpreter_means_another_environment(checkout):
    make(checkout, "types", "PYTHON=./fake-python")
    calls(checkout)
    shutil.copy(checkout / "fake-python", checkout / "other-python")
    make(checkout, "types", "PYTHON=./other-python")
    assert [line.split()[1] for line in calls(checkout)] == ["venv", "pip"]
    make(checkout, "types")
    assert calls(checkout) == []


def test_an_unsupported_python_is_named(checkout):
    old = checkout / "old-python"
    old.write_text(
        f'#!/bin/sh\nshift\nexec {sys.executable} -c "import sys; sys.version_info = (3, 9, 0)\n$1"\n'
    )
    old.chmod(0o755)
    run = make(checkout, "types", "PYTHON=./old-python")
    assert run.returncode != 0
    assert "3.11, 3.12 or 3.13" in run.stderr
    assert "./old-python is 3.9" in run.stderr
    assert not (checkout / ".venv").exists()


def test_parts_are_timed_and_a_failure_fails_the_whole(checkout):
    run = make(checkout, "test", "PYTHON=./fake-python")
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("passed") == 4
    failing = (checkout / "Makefile").read_text().replace("$(PY) -m mypy", "false")
    (checkout / "Makefile").write_text(failing)
    run = make(checkout, "test")
    assert run.returncode != 0
    assert run.stdout.count("FAILED") == 1
    assert run.stdout.count("passed") == 3


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_all_tests_leave_the_checkout_as_it_was(checkout):
    (checkout / ".gitignore").write_text(".venv/\nbuild/\ncalls\n")
    subprocess.run(["git", "init", "-q"], cwd=checkout, check=True)
    (checkout / "my-draft").touch()
    run = make(checkout, "test-all", "PYTHON=./fake-python")
    assert run.returncode == 0, run.stdout + run.stderr
    for part in ["test", "wheel-test", "book", "browser"]:
        assert f"== {part}\n" in run.stdout
    leaves_a_file = (checkout / "Makefile").read_text().replace("$(PY) -m mypy", "touch left-behind")
    (checkout / "Makefile").write_text(leaves_a_file)
    run = make(checkout, "test-all")
    assert run.returncode != 0
    assert "left-behind" in run.stdout


@pytest.mark.parametrize("command", ["$(PY) -m mypy", "@$(PY) -m tools.book", "-m browser"])
def test_a_failure_in_any_part_fails_test_all(checkout, command):
    makefile = checkout / "Makefile"
    assert command in makefile.read_text()
    makefile.write_text(makefile.read_text().replace(command, f"{command}; false"))
    run = make(checkout, "test-all", "PYTHON=./fake-python")
    assert "FAILED" in run.stdout
    assert run.returncode != 0
