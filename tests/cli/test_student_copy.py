"""`dlcore student-copy`: writes a copy, or nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dlcore import cli
from dlcore.course.copies import student_copy

ORIGINAL = Path(cli.__file__).parents[1] / "chapters" / "exercises" / "01-neurons.ipynb"


def run(*words):
    return cli.main(["student-copy", *map(str, words)])


def test_a_copy_is_written(tmp_path):
    assert run(ORIGINAL, tmp_path / "mine.ipynb") == 0
    made = json.loads((tmp_path / "mine.ipynb").read_text(encoding="utf-8"))
    assert made == student_copy(json.loads(ORIGINAL.read_text(encoding="utf-8")))


def test_nothing_is_written_over(tmp_path, capsys):
    mine = tmp_path / "mine.ipynb"
    mine.write_text("my work")
    assert run(ORIGINAL, mine) == 2
    assert mine.read_text() == "my work"
    assert "is there already" in capsys.readouterr().err


def test_a_copy_that_tells_an_answer_is_not_written(tmp_path, capsys):
    notebook = json.loads(ORIGINAL.read_text(encoding="utf-8"))
    notebook["cells"].insert(1, {"cell_type": "raw", "metadata": {}, "source": ["-(w1*x1 + b)/w2"]})
    leaky = tmp_path / "leaky.ipynb"
    leaky.write_text(json.dumps(notebook))
    assert run(leaky, tmp_path / "mine.ipynb") == 1
    assert not (tmp_path / "mine.ipynb").exists()
    err = capsys.readouterr().err
    assert "cell 2, source" in err
    assert "ours-border-line" in err


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [{"source": "x"}]}', None])
def test_what_is_no_notebook(content, tmp_path, capsys):
    path = tmp_path / "no.ipynb"
    if content is not None:
        path.write_text(content)
    assert run(path, tmp_path / "mine.ipynb") == 2
    assert "no.ipynb" in capsys.readouterr().err


def test_a_folder_that_is_not_there(tmp_path, capsys):
    assert run(ORIGINAL, tmp_path / "none" / "mine.ipynb") == 2
    assert "cannot write" in capsys.readouterr().err
