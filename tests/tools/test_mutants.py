"""Mutants: what is changed and what is left alone, and who survives in a small project."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("mutmut")

from tools.mutants import mutations, trial
from tools.mutants.__main__ import outcome, planned
from tools.mutants.trial import Baseline, TestRun

ROOT = Path(__file__).resolve().parents[2]
FILE = Path("tiny/arithmetic.py")


def mutants(source):
    changes = mutations.of_source(source, FILE)
    return mutations.drawn(changes, len(changes), seed=0)


def lines(source):
    return {(mutant.before, mutant.after) for mutant in mutants(source)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a + b", "a - b"),
        ("a * b", "a / b"),
        ("a < b", "a <= b"),
        ("a == b", "a != b"),
        ("-a", "+a"),
        ("not a", "a"),
        ("a and b", "a or b"),
        ("a is None", "a is not None"),
        ("True", "False"),
        ("0.5", "1.5"),
        ("a.sum(axis=0)", "a.sum(axis=1)"),
        ("a.sum(axis=-1)", "a.sum(axis=+1)"),
        ("a[1:b]", "a[:b]"),
        ("a[1:b]", "a[1:]"),
        ("a[:, ::2]", "a[:, ::3]"),
        ("a @ b", "b @ a"),
        ("a.T", "a"),
        ("f(a, b)", "f(b, a)"),
        ("f(a, b, c)", "f(a, c, b)"),
        ("a if b else c", "a if not (b) else c"),
    ],
)
def test_expressions_are_changed(before, after):
    assert (f"y = {before}", f"y = {after}") in lines(f"y = {before}\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("y += a", "y -= a"),
        ("y += a", "y = a"),
        ("y += a", "pass"),
        ("f(a)", "pass"),
        ("y[0] = a", "pass"),
        ("y.x = a", "pass"),
        ("raise ValueError(1)", "pass"),
        ("break", "return"),
    ],
)
def test_statements_are_changed_or_dropped(before, after):
    assert (before, after) in lines(f"def g(y, a):\n    while a:\n        {before}\n")


@pytest.mark.parametrize(
    "source",
    [
        '"""1 + 1 is True."""',
        "import a, b",
        "from a import b",
        '__all__ = ["a", "b"]',
        "Kind = int | None",
        "y: dict[1, True]",
        "def f(a: int | None) -> tuple[int, 1]: ...",
        "def __repr__(self):\n    return 1 + 1",
        "@f(1)\ndef g(): ...",
        'y = f"{a + 1}"',
        'y = "nk->n"',
        'f("name", "expected").g',
        "np.maximum(a, b).real",
    ],
)
def test_messages_annotations_and_symmetric_calls_are_left_alone(source):
    assert lines(source + "\n") == set()


def test_no_part_of_a_message_is_changed():
    source = 'def f(n):\n    raise ValueError("expected 1", n + 1, not n)\n'
    assert lines(source) == {('raise ValueError("expected 1", n + 1, not n)', "pass")}


def test_a_mutant_knows_its_place():
    source = (
        "class A:\n    b = 1\n    def f(self):\n        def g():\n            return 2\n        return g\n"
    )
    assert {(m.line, m.function) for m in mutants(source)} == {(2, ""), (5, "A.f.<locals>.g")}


def test_every_mutant_differs_and_can_be_compiled():
    for file in sorted((ROOT / "dlcore/reference").glob("d*.py")):
        source = file.read_text()
        changes = mutations.of_source(source, file)
        for mutant in mutations.drawn(changes, 10, seed=1):
            assert mutant.source != source
            compile(mutant.source, str(file), "exec")


def test_the_seed_decides_the_sample():
    changes = mutations.of_source("y = 1 + 2 * 3 - 4\n", FILE)
    first, again, other = (mutations.drawn(changes, 3, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_tests_that_call_the_function_are_tried_from_the_most_special_one():
    file = "/tree/tiny/arithmetic.py"
    mutant = mutations.Mutant(FILE, "f", 1, "", "", "")
    runs = {
        "wide": TestRun(1, True, {(file, "f"), (file, "g")}),
        "narrow": TestRun(9, True, {(file, "f")}),
        "elsewhere": TestRun(1, True, {(file, "g")}),
        "fails anyway": TestRun(1, False, {(file, "f")}),
        "long": TestRun(1000, True, {(file, "f")}),
    }
    plan = planned(Path("/tree"), mutant, Baseline(runs, 2.0), patience=1.0)
    assert plan.tests == ["narrow", "wide"]
    assert plan.limit == 1 + 2 * 2 + 5 * 10
    assert planned(Path("/tree"), replace(mutant, function=""), Baseline(runs, 0), 1).tests[-1] == "wide"


CODE = """
def double(x):
    return x * 2


def untested(x):
    return x + x


def half_tested(x):
    return x - 0
"""
TESTS = """
from hypothesis import given, strategies as st

from tiny.arithmetic import double, half_tested


@given(st.integers())
def test_double(x):
    assert double(x) == x + x


def test_half():
    half_tested(1)
"""


def test_survivors_are_those_that_no_test_notices(tmp_path):
    for folder, name, text in (("tiny", "arithmetic.py", CODE), ("tests", "test_arithmetic.py", TESTS)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_text(text)
    (tmp_path / "tiny/__init__.py").touch()
    options = ["--root", tmp_path, "--package", "tiny", "--tests", "tests", "--seed", "0"]
    run = subprocess.run(
        [sys.executable, "-m", "tools.mutants", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert "2 tests take" in run.stdout
    assert sorted(line.strip() for line in run.stdout.splitlines() if line.startswith("    + ")) == [
        "+ return x + 0  # survived 1 tests",
        "+ return x - 1  # survived 1 tests",
        "+ return x - x  # no test calls it",
    ]
    assert "tiny/arithmetic.py:7\n    - return x + x" in run.stdout
    assert run.stdout.splitlines()[-4].split() == ["all", "5", "2", "0", "3"]
    assert "40.0% killed, 90% wanted" in run.stdout


def test_tests_that_fail_only_in_trials_are_seen(tmp_path):
    """The first run leaves a file behind, at which the test fails from then on."""
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/__init__.py").write_text("def f(x):\n    return x + 1\n")
    (tmp_path / "test_f.py").write_text(
        "from pathlib import Path\nfrom tiny import f\n\ndef test_f():\n    assert f(1) == 2\n"
        "    Path('left-behind').touch(exist_ok=False)\n"
    )
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "tools.mutants",
            "--root",
            tmp_path,
            "--package",
            "tiny",
            "--tests",
            "test_f.py",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert run.returncode == 2, run.stdout + run.stderr
    assert "killed without a fault: tiny/__init__.py" in run.stdout


def test_an_endless_loop_ends_as_a_timeout():
    def endless():
        trial.limit_time(0)
        while True:
            pass

    _, status = os.waitpid(trial.forked(endless), 0)
    assert outcome(status) == "timeout"


@pytest.mark.parametrize(("status", "expected"), [(0, "survived"), (1, "killed"), (2, "killed")])
def test_what_pytest_returns_decides(status, expected):
    assert outcome(os.waitpid(trial.forked(lambda: status), 0)[1]) == expected
