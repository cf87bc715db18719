"""The concordance says what the notebooks say, and a gap cannot open unseen."""

from __future__ import annotations

import json

import pytest

from dlcore import sources
from dlcore.errors import ValidationError
from dlcore.sources.coverage import CHAPTERS, EXERCISES, Cell, Concordance, concordance, topic_of
from tests.sources.toy import cell, notebook, text
from tools import concordance as tool

NEURONS = [item for item in sources.items(topic="neurons") if item.kind != "exercise"]


def test_the_stored_concordance_is_fresh_and_finished_topics_have_no_gap():
    assert tool.problems() == []


def test_the_stored_concordance_reads_back_to_itself():
    assert Concordance.from_json(concordance().to_json()).shown == concordance().shown


def test_cells_carry_the_nearest_heading(tmp_path):
    fenced = "```python\n# no heading\n```"
    notebook(
        tmp_path,
        "01-neurons",
        [
            text("t1", "# Neurons\n\ntext"),
            cell("c1", ["mmds-ex13.1"]),
            text("t2", f"## *Gates*\n{fenced}"),
            cell("c3", ["le-eq1"]),
            text("t3", "### XOR\n\n### Later", ["le-movie-problem"]),
            cell("c2", ["mmds-ex13.1"]),
        ],
    )
    built = tool.build(tmp_path)
    path = "chapters/01-neurons.ipynb"
    assert built.shown["mmds-ex13.1"] == (
        Cell(path, "c1", "Neurons", True),
        Cell(path, "c2", "Later", True),
    )
    assert built.shown["le-eq1"] == (Cell(path, "c3", "Gates", True),)
    assert built.shown["le-movie-problem"] == (Cell(path, "t3", "XOR", False),)


def test_build_is_deterministic_and_written_only_when_it_changes(tmp_path):
    path = notebook(tmp_path, "02-networks", [cell("b", ["mmds-layers", "bur-eq1"])])
    notebook(tmp_path, "01-neurons", [cell("a", ["mmds-ex13.1"])])
    assert tool.write(tmp_path)
    first = (tmp_path / tool.STORED).read_bytes()
    assert not tool.write(tmp_path)
    assert (tmp_path / tool.STORED).read_bytes() == first
    assert list(json.loads(first)) == sorted(json.loads(first))
    path.write_text(path.read_text().replace("mmds-layers", "mmds-fig13.3"))
    assert tool.problems(tmp_path, ()) == [f"{tool.STORED} is stale: run python -m tools.concordance"]
    assert tool.write(tmp_path)
    assert tool.problems(tmp_path, ()) == []


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([cell("a", ["mmds-ex13.99"])], "no item is called mmds-ex13.99"),
        ([cell("a", ["mmds-ex13.1", "mmds-ex13.1"])], "twice"),
        ([cell("", ["mmds-ex13.1"])], "has no id"),
    ],
)
def test_an_unsound_cell_is_refused(tmp_path, cells, said):
    notebook(tmp_path, "01-neurons", cells)
    with pytest.raises(ValidationError, match=said):
        tool.build(tmp_path)


def test_removing_the_last_cell_of_an_id_is_noticed(tmp_path):
    """A finished topic may lose a cell only while another shows the same."""
    first, *rest = [item.id for item in NEURONS]
    notebook(tmp_path, "01-neurons", [cell("a", [first]), cell("b", [first]), cell("c", rest)])
    tool.write(tmp_path)
    assert tool.problems(tmp_path, ("neurons",)) == []
    notebook(tmp_path, "01-neurons", [cell("b", [first]), cell("c", rest)])
    tool.write(tmp_path)
    assert tool.problems(tmp_path, ("neurons",)) == []
    notebook(tmp_path, "01-neurons", [cell("c", rest)])
    tool.write(tmp_path)
    assert tool.problems(tmp_path, ("neurons",)) == [f"neurons: no cell shows {first}"]


def test_finished_topics_exist():
    assert {topic_of(topic) for topic in tool.COVERED} == set(tool.COVERED)


def test_what_must_be_computed_is_not_shown_by_text(tmp_path):
    notebook(tmp_path, "01-neurons", [text("t", "# N", ["mmds-ex13.1", "mmds-perceptron-limit"])])
    built = tool.build(tmp_path)
    assert not built.cells(sources.item("mmds-ex13.1"))
    assert built.named_in(sources.item("mmds-ex13.1"))
    assert built.cells(sources.item("mmds-perceptron-limit"))


def test_exercises_count_in_exercise_notebooks_and_all_else_in_chapters(tmp_path):
    ids = ["mmds-exercise13.1.3", "mmds-ex13.1"]
    notebook(tmp_path, "01-neurons", [cell("a", ids)])
    built = tool.build(tmp_path)
    assert not built.cells(sources.item("mmds-exercise13.1.3"))
    assert built.cells(sources.item("mmds-ex13.1"))
    notebook(tmp_path, "01-neurons", [])
    notebook(tmp_path, "exercises/01", [cell("a", ids)])
    built = tool.build(tmp_path)
    assert built.cells(sources.item("mmds-exercise13.1.3"))
    assert not built.cells(sources.item("mmds-ex13.1"))


def test_a_cell_of_the_whole_exercise_shows_its_parts_and_each_part_is_needed(tmp_path):
    whole, (a, b) = "mmds-exercise13.1.2", sources.item("mmds-exercise13.1.2").parts
    notebook(tmp_path, "exercises/01", [cell("x", [whole])])
    missing = {item.id for item in tool.build(tmp_path).missing(EXERCISES)}
    assert not missing & {whole, a, b}
    notebook(tmp_path, "exercises/01", [cell("x", [a])])
    missing = {item.id for item in tool.build(tmp_path).missing(EXERCISES)}
    assert missing & {whole, a, b} == {b}


def test_every_item_belongs_to_exactly_one_count():
    empty = Concordance({})
    counted = [item.id for topic in (*CHAPTERS, EXERCISES) for item in empty.missing(topic)]
    assert len(counted) == len(set(counted))
    assert set(counted) == {item.id for item in sources.items() if not item.parts}
    assert sum(tally.total for tally in empty.tallies()) == len(counted)
    assert all(tally.shown == 0 for tally in empty.tallies())


def test_chapters_stand_for_their_topic():
    assert topic_of("10-cnn") == topic_of("09-convolution") == "cnn"
    assert Concordance({}).missing("03-activations") == Concordance({}).missing("networks")
    with pytest.raises(ValidationError, match="expected a topic"):
        topic_of("neuron")


def test_the_nearest_shown_item_stands_in_the_same_book(tmp_path):
    notebook(tmp_path, "01-neurons", [cell("a", ["mmds-ex13.1", "le-eq1"])])
    built = tool.build(tmp_path)
    assert built.nearest(sources.item("mmds-fig13.2")).id == "mmds-ex13.1"
    assert built.nearest(sources.item("le-eq12")).id == "le-eq1"
    assert built.nearest(sources.item("bur-eq1")) is None


def test_the_tool_reports_instead_of_raising(monkeypatch, capsys, tmp_path):
    notebook(tmp_path, "01-neurons", [cell("a", ["nothing"])])
    monkeypatch.setattr(tool, "write", lambda: tool.build(tmp_path))
    assert tool.main([]) == 1
    assert "no item is called nothing" in capsys.readouterr().err
