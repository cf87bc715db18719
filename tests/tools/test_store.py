"""Storing writes what changed, and nothing else."""

from __future__ import annotations

import re

import pytest

from tests.tools import toy
from tools import notebooks, store


@pytest.fixture
def rerun(stored_toy: notebooks.Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give what executing the toy gives, without doing it again."""
    monkeypatch.setattr(notebooks, "execute", lambda _: notebooks.read_notebook(stored_toy))


def text_of(pair: notebooks.Pair, number: int) -> list[str]:
    return toy.code_cells(notebooks.read_notebook(pair))[number].outputs


def put(pair: notebooks.Pair, number: int, key: str, value) -> None:
    toy.edit(pair, lambda nb: toy.code_cells(nb)[number]["outputs"][0].update({key: value}))


def test_what_holds_is_left_alone(pair: notebooks.Pair):
    before = pair.notebook.stat()
    assert store.store(pair) == "unchanged"
    after = pair.notebook.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


@pytest.mark.usefixtures("rerun")
def test_noise_of_another_machine_is_kept_and_a_changed_result_is_not(pair: notebooks.Pair):
    put(pair, 0, "text", ["accuracy 0.9534 over 5 runs\n"])
    put(pair, 4, "data", {"text/plain": ["0.035"]})
    assert store.store(pair) == "written"
    assert text_of(pair, 0)[0].text == "accuracy 0.9534 over 5 runs\n"
    assert text_of(pair, 4)[0].data["text/plain"] == "0.034"


@pytest.mark.usefixtures("rerun")
def test_a_new_drawing_is_stored(pair: notebooks.Pair):
    right = pair.notebook.read_text()
    toy.edit(pair, lambda nb: toy.code_cells(nb)[2]["outputs"][0]["data"].update({"image/png": "AAAA"}))
    assert store.store(pair) == "written"
    assert pair.notebook.read_text() == right


def test_a_changed_text_is_stored(pair: notebooks.Pair):
    pair.text.write_text(pair.text.read_text().replace("0.9533", "0.9633"))
    assert store.store(pair) == "written"
    assert text_of(pair, 0)[0].text == "accuracy 0.9633 over 5 runs\n"
    assert notebooks.disagreements(notebooks.read_text(pair), notebooks.read_notebook(pair)) == []


def test_a_notebook_that_grows_too_large_is_refused(pair: notebooks.Pair):
    before = pair.notebook.read_bytes()
    pair.text.write_text(
        pair.text.read_text().replace("loss = 0.034", 'print("x" * 1_000_001)\nloss = 0.034')
    )
    with pytest.raises(ValueError, match=re.compile(r"1,0\d\d,\d\d\d bytes, more than the 1,000,000")):
        store.store(pair)
    assert pair.notebook.read_bytes() == before


def test_a_failing_chapter_is_reported_and_stays_as_it_was(
    pair: notebooks.Pair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    before = pair.notebook.read_bytes()
    pair.text.write_text(pair.text.read_text().replace("loss = 0.034", "loss = 1 / 0"))
    monkeypatch.setattr(notebooks, "select", lambda stems: [pair])
    assert store.main([]) == 1
    assert pair.notebook.read_bytes() == before
    assert "chapters/01-toy.ipynb: FAILED" in (error := capsys.readouterr().err)
    assert "ZeroDivisionError" in error
