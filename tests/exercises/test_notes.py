"""Hints and worked answers: what a reader sees, and that nobody takes them for an answer."""

from __future__ import annotations

import pytest

from dlcore.exercises import all_exercises, neurons
from dlcore.exercises.engine import declaration


@pytest.mark.parametrize("note", ["hint", "solution"])
def test_a_note_is_folded_in_a_notebook(note):
    own = neurons.fold_threshold.variant(0)
    html = getattr(own, note)()._repr_html_()
    assert html.startswith("<details><summary>")
    assert html.count("<details") == html.count("</details>") == 1
    assert " open" not in html.split("</summary>")[0]


def test_signs_of_code_are_escaped():
    note = declaration.Note("A < B", "x > t & u", "if a < b: ...")
    assert note._repr_html_() == (
        "<details><summary>A &lt; B</summary><p>x &gt; t &amp; u</p><pre>if a &lt; b: ...</pre></details>"
    )


@pytest.mark.parametrize("exercise", all_exercises().values(), ids=all_exercises())
def test_a_worked_answer_is_no_answer(exercise, monkeypatch):
    heard: list = []
    monkeypatch.setattr(declaration, "listeners", [heard.append])
    assert "# check: right" in exercise.solution().code
    assert heard == []
    assert exercise.check().status == "not attempted"
    assert [verdict.status for verdict in heard] == ["not attempted"]


def test_the_worked_answer_leaves_the_hints_where_they_were():
    own = neurons.committee.variant(0)
    own.check([([1, 1, 1], -1.5)])
    own.solution()
    slip = next(slip for slip in own.slips if slip.name == "majority")
    assert own.hint().text == slip.hint
