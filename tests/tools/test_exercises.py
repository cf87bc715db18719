"""The cells of exercises come from the declarations, what stands around them from the author."""

from __future__ import annotations

import dataclasses
import re

import jupytext
import pytest

from dlcore import sources
from dlcore.exercises import all_exercises
from tools import exercises, notebooks
from tools.rules import Chapter, exercises_as_declared, hints_keep_the_answer

KNOWN = all_exercises()
PAIRS = [pair for pair in notebooks.pairs() if pair.is_exercise]

HEADER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

"""
HAND = """# Mine

Words *by hand*,
in two lines.

```{code-cell} ipython3
from dlcore.exercises import mmds, neurons
```

## One

PLACE
+++

## Two

More words.
"""


def placed(*ids):
    return "".join(f'+++ {{"dlcore": {{"exercise": "{id}"}}}}\n\nHere.\n\n' for id in ids)


@pytest.fixture
def pair(tmp_path):
    made = notebooks.Pair("exercises/01-mine", tmp_path / "text" / "01-mine.md", tmp_path / "01-mine.ipynb")
    made.text.parent.mkdir()
    made.text.write_text(HEADER + HAND.replace("PLACE", placed("ours-border-line", "ours-xor-gate")))
    return made


def roles(notebook):
    return [cell.metadata.get("dlcore", {}).get("role") for cell in notebook.cells]


# Cells.


@pytest.mark.parametrize("exercise", KNOWN.values(), ids=KNOWN)
def test_the_cells_of_every_exercise(exercise):
    statement, answer, hint, solution = exercises.cells(exercise)
    assert exercise.title in statement.source
    assert f"`{exercise.id}`" in statement.source
    names: dict = {}
    topic = exercises.addresses()[exercise.id].split(".")[0]
    exec(f"import numpy as np\nfrom dlcore.exercises import {topic}", names)
    verdict = eval_last(answer.source, names)
    assert (verdict.exercise, verdict.status) == (exercise.id, "not attempted")
    assert repr(eval_last(solution.source, names)) == repr(exercise.solution())
    assert eval_last(hint.source, names).title.startswith("Hint")


def eval_last(source, names):
    *lines, last = source.split("\n")
    exec("\n".join(lines), names)
    return eval(last, names)


@pytest.mark.parametrize("exercise", KNOWN.values(), ids=KNOWN)
def test_a_statement_is_shown_as_it_is_written(exercise):
    html = pytest.importorskip("markdown_it").MarkdownIt().render(exercises.cells(exercise)[0].source)
    shown = re.sub(r"<[^>]*>", "", html.split("</h3>")[1].split("<em>")[0])
    for entity, sign in {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}.items():
        shown = shown.replace(entity, sign)
    expected = exercise.text(exercise.statement).replace("`", "")
    assert " ".join(shown.split()) == " ".join(expected.split())


def test_signs_of_markdown_are_kept_but_code_stays_code():
    assert exercises.markdown("a*b < c_d, _e_, $5, `x*y_z`") == r"a\*b \< c_d, \_e_, \$5, `x*y_z`"


def test_texts_of_python_are_code_and_keep_their_quotes():
    literal = '{"net": [(W, t)], "proof": {"or": [...], "and": [...]}}'
    shown = exercises.markdown(f'Give {literal}; ("01", 2) or "a_b", “so” (to say).')
    assert shown == f'Give `{literal}`; `("01", 2)` or `"a_b"`, “so” (to say).'


# Texts.


def test_an_exercise_takes_its_place_and_the_words_around_it_stay(pair):
    assert exercises.renew(pair) == (True, [])
    text = pair.text.read_text()
    assert "Words *by hand*,\nin two lines." in text
    assert text.endswith("## Two\n\nMore words.\n")
    assert "Here." not in text
    assert "jupytext_version" not in text
    block = ["statement", "answer", "hint", "solution"]
    assert roles(notebooks.read_text(pair)) == [None] * 3 + block * 2 + [None]


def test_a_second_time_changes_nothing(pair):
    exercises.renew(pair)
    assert exercises.renew(pair) == (False, [])
    assert list(exercises.stale(notebooks.read_text(pair))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The border of a neuron", "Another title"),
        ('x2 = "..."', 'x2 = "-(w1*x1 + b)/w2"'),
        ("neurons.border_line.hint()", "neurons.border_line.hints"),
        ("role: solution", "role: answer"),
        ("source_hidden: true", "source_hidden: false"),
        ("  role: hint\n", "  role: hint\n  shows: [le-eq1]\n"),
    ],
)
def test_what_was_edited_by_hand_is_stale_and_mended(pair, old, new):
    exercises.renew(pair)
    good = pair.text.read_text()
    pair.text.write_text(good.replace(old, new, 1))
    (found,) = exercises.stale(notebooks.read_text(pair))
    assert found == (4, "exercise ours-border-line is not as it is declared: run python -m tools.exercises")
    exercises.renew(pair)
    assert pair.text.read_text() == good


def test_what_was_declared_anew_is_stale(pair, monkeypatch):
    exercises.renew(pair)
    changed = dataclasses.replace(KNOWN["ours-xor-gate"], statement="Another one.")
    monkeypatch.setattr(exercises, "all_exercises", lambda: {**KNOWN, "ours-xor-gate": changed})
    (found,) = exercises.stale(notebooks.read_text(pair))
    assert found[0] == 8
    assert "ours-xor-gate" in found[1]


def test_what_is_not_declared_or_stands_twice(pair):
    places = placed("ours-nothing", "ours-xor-gate") + "+++\n\nWords.\n\n" + placed("ours-xor-gate")
    pair.text.write_text(HEADER + HAND.replace("PLACE", places))
    _, problems = exercises.renew(pair)
    assert problems == ["exercise ours-nothing is not declared", "exercise ours-xor-gate stands twice"]
    assert "ours-nothing" in pair.text.read_text()
    assert [message for _, message in exercises.stale(notebooks.read_text(pair))] == problems


def test_the_command(pair, monkeypatch, capsys):
    monkeypatch.setattr(notebooks, "pairs", lambda *_: [pair])
    assert exercises.main(["--check"]) == 1
    assert "not as it is declared" in capsys.readouterr().err
    assert exercises.main([]) == 0
    assert "written" in capsys.readouterr().out
    assert exercises.main(["--check"]) == 0


def test_the_linter_asks(pair):
    chapter = Chapter(pair, notebooks.read_text(pair), None)
    assert len(list(exercises_as_declared(chapter))) == 2
    exercises.renew(pair)
    assert not list(exercises_as_declared(Chapter(pair, notebooks.read_text(pair), None)))


@pytest.mark.parametrize(
    ("title", "count"), [("Hint 1 of 4", 0), ("Hint 4 of 4", 1), ("Solution", 1), ("", 1)]
)
def test_a_stored_last_hint_is_found(pair, title, count):
    exercises.renew(pair)
    stored = notebooks.read_text(pair)
    for cell in stored.cells:
        if cell.metadata.get("dlcore", {}).get("role") == "hint":
            data = {"text/plain": f"{title}: Ask."}
            cell.outputs = [jupytext.jupytext.NotebookNode(output_type="execute_result", data=data)]
    assert len(list(hints_keep_the_answer(Chapter(pair, None, stored)))) == 2 * count


# The notebooks that there are.


def placed_in(stem):
    text = notebooks.read_text(next(pair for pair in PAIRS if pair.stem == stem))
    return [
        id
        for id, role in zip(map(exercises.named, text.cells), roles(text), strict=True)
        if role == "statement"
    ]


def test_the_exercises_of_chapter_01_are_all_there():
    assert len(placed_in("exercises/01-neurons")) == 8
    assert set(placed_in("exercises/01-neurons")) == {
        id for id, address in exercises.addresses().items() if address.startswith("neurons.")
    }


def test_the_exercises_of_mmds_stand_in_the_books_order():
    book = [item.id for item in sources.items("mmds", kind="exercise") if not item.parts]
    assert placed_in("exercises/mmds") == [id for id in book if id in KNOWN]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.stem)
def test_writing_a_text_that_is_up_to_date_changes_nothing(pair, tmp_path):
    copy = dataclasses.replace(pair, text=tmp_path / "copy.md")
    copy.text.write_text(pair.text.read_text())
    written, problems = exercises.renew(copy)
    assert not problems
    assert written == bool(list(exercises.stale(notebooks.read_text(pair))))
