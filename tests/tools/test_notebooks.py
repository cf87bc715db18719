"""Pairs are found, read the same way each time, and written whole."""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
import pytest

from tests.tools import toy
from tools import notebooks


def test_pairs_are_found_by_either_half(tmp_path: Path):
    for name in ("chapters/text/02-b.md", "chapters/01-a.ipynb", "chapters/exercises/text/01.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = notebooks.pairs(tmp_path)
    assert [pair.stem for pair in found] == ["01-a", "02-b", "exercises/01"]
    assert found[2].text == tmp_path / "chapters/exercises/text/01.md"
    assert found[2].notebook == tmp_path / "chapters/exercises/01.ipynb"
    assert [pair.is_exercise for pair in found] == [False, False, True]
    assert [pair.name for pair in found][1:] == ["chapters/02-b.ipynb", "chapters/exercises/01.ipynb"]


@pytest.mark.parametrize("name", ["01-toy", "chapters/01-toy.ipynb", "chapters/text/01-toy.md"])
def test_a_pair_is_chosen_by_stem_or_path(pair: notebooks.Pair, tmp_path: Path, name: str):
    assert notebooks.select([name], tmp_path) == [pair]


def test_an_unknown_chapter_is_named_with_those_that_exist(pair: notebooks.Pair, tmp_path: Path):
    with pytest.raises(SystemExit, match="no chapter named 02-toys; there are: 01-toy"):
        notebooks.select(["02-toys"], tmp_path)


def test_ids_are_valid_unique_and_the_same_each_time(pair: notebooks.Pair):
    pair.text.write_text(pair.text.read_text() + "\n+++\n\nTwice.\n\n+++\n\nTwice.\n")
    first, second = (notebooks.read_text(pair) for _ in range(2))
    ids = [cell.id for cell in first.cells]
    assert ids == [cell.id for cell in second.cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", name) for name in ids)
    nbformat.validate(first)


def test_an_inserted_cell_renames_no_other(pair: notebooks.Pair):
    before = [cell.id for cell in notebooks.read_text(pair).cells]
    pair.text.write_text(
        pair.text.read_text().replace("Nothing was drawn.", "New.\n\n+++\n\nNothing was drawn.")
    )
    after = [cell.id for cell in notebooks.read_text(pair).cells]
    assert len(after) == len(before) + 1
    assert [name for name in after if name in before] == before


def test_metadata_of_a_cell_come_from_the_text(pair: notebooks.Pair):
    cell = notebooks.read_text(pair).cells[2]
    assert cell.metadata == {"dlcore": {"shows": ["bur-nn-as-logreg"]}}


def test_a_stored_notebook_agrees_whatever_the_dates(pair: notebooks.Pair):
    for times in ((1, 2), (2, 1)):
        for path, time in zip((pair.text, pair.notebook), times, strict=True):
            os.utime(path, (time, time))
        text = pair.text.read_bytes()
        assert notebooks.disagreements(notebooks.read_text(pair), notebooks.read_notebook(pair)) == []
        assert pair.text.read_bytes() == text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("accuracy = 0.9533", "accuracy = 0.9534", "cell 3 .*source"),
        ("We added.", "We did add.", "cell 12 .*source"),
        ("shows: [bur-nn-as-logreg]", "shows: [bur-eq1]", "cell 3 .*metadata"),
        ("name: python3", "name: julia", "metadata of the notebook"),
        ("## Summary", "## Summary\n\n+++\n", "the text has 13 cells, the notebook 12"),
    ],
)
def test_a_text_changed_alone_disagrees(pair: notebooks.Pair, old: str, new: str, message: str):
    assert old in pair.text.read_text()
    pair.text.write_text(pair.text.read_text().replace(old, new))
    found = notebooks.disagreements(notebooks.read_text(pair), notebooks.read_notebook(pair))
    assert re.search(message, found[0])


def test_two_executions_give_the_same_bytes(pair: notebooks.Pair):
    again = notebooks.execute(notebooks.read_text(pair))
    assert notebooks.dumps(again) == pair.notebook.read_text()
    nbformat.validate(again)


def test_nothing_of_this_run_is_stored(pair: notebooks.Pair):
    stored = notebooks.read_notebook(pair)
    assert "version" not in stored.metadata.language_info
    assert "widgets" not in stored.metadata
    assert all("execution" not in cell.metadata for cell in stored.cells)


def test_a_chapter_runs_in_an_empty_directory_with_a_fixed_environment(pair: notebooks.Pair):
    cell = nbformat.v4.new_code_cell(
        "import os, dlcore\n"
        "names = ('PYTHONHASHSEED', 'OMP_NUM_THREADS', 'DLCORE_NB_TEST')\n"
        "print(os.listdir(), *map(os.environ.get, names))"
    )
    done = notebooks.execute(nbformat.v4.new_notebook(cells=[cell]))
    assert done.cells[0].outputs[0].text == "[] 0 1 1\n"


def test_a_file_is_written_whole_and_only_when_it_changes(tmp_path: Path):
    path = tmp_path / "new" / "file"
    assert notebooks.write(path, "a")
    os.utime(path, (1, 1))
    assert not notebooks.write(path, "a")
    assert path.stat().st_mtime == 1
    assert notebooks.write(path, "b")
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "file"
    path.write_text("old")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        notebooks.write(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_toy_has_a_code_cell_of_each_kind(pair: notebooks.Pair):
    kinds = {
        key for cell in notebooks.read_notebook(pair).cells for o in cell.get("outputs", []) for key in o
    }
    assert {"text", "data"} <= kinds
    assert len(toy.code_cells(notebooks.read_notebook(pair))) == 5
