"""`dlcore check`: a fresh process, a time limit, the table of verdicts."""

from __future__ import annotations

import json
import os
import subprocess
import time

import pytest

from dlcore import cli

XOR = "xor = [([[1, 1], [-1, -1]], [-0.5, 1.5]), ([[1, 1]], [-1.5])]\nneurons.xor_gate.check(xor)"
OR = "neurons.xor_gate.check([([[1, 1]], [-0.5])])"
IMPORT = "%matplotlib inline\nfrom dlcore.exercises import mmds, neurons\nprint('noise')"


@pytest.fixture
def check(tmp_path, capsys):
    def run(*cells, arguments=()):
        path = tmp_path / "mine.ipynb"
        text = [{"cell_type": "markdown", "source": ["# Mine"]}]
        code = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
        path.write_text(
            json.dumps({"cells": text + code, "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
        )
        status = cli.main(["check", str(path), *arguments])
        return status, *capsys.readouterr()

    return run


def test_right_answers(check):
    status, out, _ = check(IMPORT, XOR, "count = 260100", "mmds.responses.check(count)")
    assert status == 0
    assert "ours-xor-gate" in out
    assert "3 of 3 points" in out
    assert "noise" not in out


def test_a_slip_is_named_and_the_last_verdict_counts(check):
    status, out, _ = check(IMPORT, XOR, OR)
    assert status == 1
    assert "inclusive or" in out
    assert "0 of 2 points" in out
    assert check(IMPORT, OR, XOR)[0] == 0


def test_json(check):
    status, out, _ = check(IMPORT, OR, "neurons.neuron_output.check(...)", arguments=["--json"])
    told = json.loads(out)
    assert status == 1
    assert [v["status"] for v in told["verdicts"]] == ["wrong", "not attempted"]
    assert told["verdicts"][0]["slip"] == "inclusive or"
    assert (told["points"], told["out_of"]) == (0, 3)


def test_a_failing_cell_does_not_stop_the_next(check):
    status, out, _ = check(IMPORT, "1 / 0", "def broken(:", "exit()", XOR)
    assert status == 1
    assert "ours-xor-gate  right" in out
    assert "code cell 2: ZeroDivisionError" in out
    assert "code cell 3: SyntaxError" in out
    assert "code cell 4: SystemExit" in out


def test_the_time_limit_keeps_what_was_said(check):
    start = time.monotonic()
    status, out, _ = check(IMPORT, XOR, "while True: pass", OR, arguments=["--timeout", "6"])
    assert time.monotonic() - start < 20
    assert status == 1
    assert "ours-xor-gate  right" in out
    assert "code cell 3 was still running when the 6 s were over" in out


def test_a_crash_is_told(check):
    status, out, _ = check(IMPORT, XOR, "import os; os.kill(os.getpid(), 11)")
    assert status == 1
    assert "ours-xor-gate  right" in out
    assert "code cell 3 ended the process" in out


def test_what_a_cell_started_ends_with_it(check, tmp_path):
    cell = "import subprocess\np = subprocess.Popen(['sleep', '300'])\nopen('pid', 'w').write(str(p.pid))"
    check(cell)
    pid = int((tmp_path / "pid").read_text())
    for _ in range(50):
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
        if not state.strip() or state.startswith("Z"):
            return
        time.sleep(0.1)
    os.kill(pid, 9)
    pytest.fail("the process of a cell is still there")


def test_nothing_was_checked(check):
    status, out, _ = check("x = 1")
    assert status == 1
    assert "No exercise was checked" in out


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"source": "x"}]}', None])
def test_what_is_no_notebook(content, tmp_path, capsys):
    path = tmp_path / "no.ipynb"
    if content is not None:
        path.write_text(content)
    assert cli.main(["check", str(path)]) == 2
    assert "no.ipynb" in capsys.readouterr().err


def test_a_time_that_is_none(check):
    assert check(IMPORT, arguments=["--timeout", "0"])[0] == 2
