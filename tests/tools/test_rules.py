"""Every rule is broken once, and says so; the toy chapter breaks none."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_output

from dlcore import sources
from tools import lint_notebooks, notebooks, rules
from tools.rules import LIMITS, Chapter

Spoil = Callable[[Chapter], None]


@pytest.fixture
def chapter(stored_toy: notebooks.Pair) -> Chapter:
    read = Chapter.read(stored_toy)
    return Chapter(stored_toy, copy.deepcopy(read.text), copy.deepcopy(read.stored))


def both(change: Callable[[list[NotebookNode]], object]) -> Spoil:
    """Change the cells of text and notebook alike."""

    def spoil(chapter: Chapter) -> None:
        for notebook in (chapter.text, chapter.stored):
            change(notebook.cells)

    return spoil


def source(number: int, text: str) -> Spoil:
    return both(lambda cells: cells[number - 1].update(source=text))


def prose(old: str, new: str) -> Spoil:
    def change(cells: list[NotebookNode]) -> None:
        assert any(old in cell.source for cell in cells)
        for cell in cells:
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(old, new)

    return both(change)


def add(*made: Callable[[], NotebookNode], at: int = 3) -> Spoil:
    return both(lambda cells: cells.__setitem__(slice(at, at), [make() for make in made]))


def metadata(number: int, **data) -> Spoil:
    return both(lambda cells: cells[number - 1].metadata.update(from_dict(data)))


def output(number: int, kind: str, **content) -> Spoil:
    return lambda chapter: chapter.stored.cells[number - 1].outputs.append(new_output(kind, **content))


def image(alt: str | None) -> dict:
    meta = {} if alt is None else {"image/png": {"alt": alt}}
    return {"data": {"image/png": "iVBOR"}, "metadata": meta}


def display(**content) -> Spoil:
    return output(3, "display_data", **content)


def ids(book: str, count: int) -> list[str]:
    return sorted(item.id for item in sources.items() if item.book == book)[:count]


def spread(count: int) -> list[str]:
    """Give ids of several books, no more of one than a cell may show."""
    return [name for book in sources.BOOKS for name in ids(book, LIMITS["ids of one book in a cell"])][:count]


ALT = "A curve that rises from left to right"
LONG = "\n".join(f"x{n} = {n}" for n in range(LIMITS["code lines of a cell"] + 1))
CASES: list[tuple[str, Spoil, str]] = [
    ("agrees", lambda c: c.stored.cells[2].update(source="print(2)"), "cell 3 .*source differs"),
    ("agrees", lambda c: c.stored.metadata.update(x=1), "metadata of the notebook differ"),
    ("agrees", lambda c: c.stored.cells.pop(), "the text has 12 cells, the notebook 11"),
    ("executed_in_order", lambda c: c.stored.cells[2].update(execution_count=None), "count is None, not 1"),
    ("executed_in_order", lambda c: c.stored.cells[4].update(execution_count=7), "count is 7, not 2"),
    ("titled", prose("# A toy", "A toy"), "must start with the title"),
    ("titled", prose("# A toy", "Hello\n\n# A toy"), "title must be the first line"),
    ("titled", prose("## Adding", "# Adding"), "a second title"),
    ("head", prose("You will be able to", "You learn to"), "does not say what you will be able to do"),
    ("head", prose("You need", "Required is"), "does not say what you need to know"),
    ("head", prose("2 minutes", "quick"), "does not say minutes"),
    ("head", prose("In your book", "Books"), 'does not say the strip "In your book"'),
    ("head", prose("Rawassizadeh 10, ", ""), "does not name Rawassizadeh"),
    ("head", prose(", Le 2", ", Let us"), "does not name Le"),
    ("foot", prose("## Summary", "## The end"), "no heading `## Summary`"),
    ("prose_between", add(*[lambda: new_code_cell("a = 1")] * 2), "more than 2 code cells in a row"),
    ("prose_between", both(list.pop), "no prose after the last code cell"),
    (
        "median_code",
        both(lambda cells: [c.update(source="x = 1\n" * 6) for c in cells[2:]]),
        "has 6 lines, at",
    ),
    ("longest_code", source(3, LONG), "21 lines of code, at most 20"),
    ("predictions", source(5, "predict(1)"), "1 questions to predict"),
    ("style", source(3, "import os\n\nx = 1"), "F401"),
    ("style", source(3, "x  =  1"), "not formatted"),
    ("style", source(3, "x = ("), "invalid-syntax|SyntaxError|Expected|unexpected EOF"),
    (
        "exercises_as_declared",
        metadata(4, dlcore={"exercise": "ours-xor-gate"}),
        "ours-xor-gate is not as it is declared",
    ),
    ("exercises_as_declared", metadata(4, dlcore={"exercise": "ours-no"}), "ours-no is not declared"),
    ("hints_keep_the_answer", metadata(3, dlcore={"role": "hint"}), "not one of the first hints"),
    (
        "shown_ids",
        metadata(3, dlcore={"shows": ["bur-nonsense"]}),
        "shows bur-nonsense, which no inventory has",
    ),
    ("shown_ids", metadata(4, dlcore={"shows": ids("le", 1) * 2}), f"shows {ids('le', 1)[0]} 2 times"),
    ("shown_ids", metadata(4, dlcore={"shows": ids("mmds", 5)}), "shows 5 items of mmds, at most 4"),
    ("shown_ids", metadata(4, dlcore={"shows": spread(13)}), "shows 13 items, at most 12"),
    ("shown_ids", metadata(4, dlcore={"shows": "bur-eq1"}), "must be a list"),
    (
        "volatile_cells",
        both(lambda cells: [c.metadata.update(tags=["volatile"]) for c in cells[:4]]),
        "4 cells are",
    ),
    ("pictures", display(**image(None)), "has the alt text ''"),
    ("pictures", display(**image("a curve")), "has the alt text 'a curve'"),
    ("pictures", output(7, "display_data", **image(ALT)), "2 pictures in one cell"),
    ("pictures", display(data={"text/plain": "<Figure size 640x480 with 1 Axes>"}), "a bare figure"),
    (
        "linked_pictures",
        prose("We added.", f"![{ALT}](https://example.org/a.png)"),
        "a picture from elsewhere",
    ),
    (
        "linked_pictures",
        prose("We added.", f'<img src="//example.org/a" alt="{ALT}">'),
        "a picture from elsewhere",
    ),
    ("linked_pictures", prose("We added.", "![](a.png)"), "picture a.png has the alt text ''"),
    (
        "linked_pictures",
        display(data={"text/html": "<img src='data:image/png;base64,AA'>"}),
        "has the alt text ''",
    ),
    ("no_widgets", lambda c: c.stored.metadata.update(widgets={}), "has metadata.widgets"),
    ("no_widgets", display(data={rules.WIDGET: {"model_id": "0"}}), "stores a live widget"),
    (
        "clean_outputs",
        output(3, "stream", name="stderr", text="Warning: hot"),
        "writes to stderr: 'Warning: hot'",
    ),
    (
        "clean_outputs",
        output(3, "error", ename="KeyError", evalue="'a'", traceback=[]),
        "raises KeyError: 'a'",
    ),
    ("no_paths_of_this_machine", source(3, 'print("/home/someone/x")'), "/home/someone/x"),
    ("no_paths_of_this_machine", prose("We added.", "See /root/notes."), "/root/notes"),
    (
        "no_paths_of_this_machine",
        output(3, "stream", name="stdout", text="in /tmp/abc/d.py"),
        "/tmp/abc/d.py",
    ),
    ("no_paths_of_this_machine", display(data={"text/html": "C:\\Users\\ada\\x.py"}), "ada"),
    ("no_paths_of_this_machine", source(3, "# opened from /work/book"), "/work/book"),
]


@pytest.mark.parametrize(
    ("name", "spoil", "message"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)]
)
def test_a_broken_rule_is_named(chapter: Chapter, name: str, spoil: Spoil, message: str):
    check = getattr(rules, name)
    assert list(check(chapter)) == []
    spoil(chapter)
    found = list(check(Chapter(chapter.pair, chapter.text, chapter.stored)))
    assert any(re.search(message, line) for _, line in found), found


def test_every_rule_was_broken():
    # Two rules look at files, not at cells; they are broken below.
    assert {check.__name__ for check, _ in rules.RULES} == {name for name, _, _ in CASES} | {"small"}


def test_the_toy_breaks_no_rule(chapter: Chapter):
    assert rules.findings(chapter) == []


def test_a_notebook_that_is_too_large(pair: notebooks.Pair):
    with pair.notebook.open("a") as file:
        file.write(" " * LIMITS["bytes"])
    assert any("at most 1,000,000" in line for line in lint_notebooks.lint(pair))


def test_a_half_that_is_missing(pair: notebooks.Pair):
    text = pair.text.read_text()
    pair.text.unlink()
    assert any("no text 01-toy.md" in line for line in lint_notebooks.lint(pair))
    pair.text.write_text(text)
    pair.notebook.unlink()
    assert any("never executed" in line for line in lint_notebooks.lint(pair))


def test_the_foot_links_to_exercises_that_exist(pair: notebooks.Pair):
    pair.text.write_text(pair.text.read_text().replace("[exercises](exercises/01-toy.ipynb)", "exercises"))
    assert not any("link" in line for line in lint_notebooks.lint(pair))
    (pair.notebook.parent / "exercises" / "text").mkdir(parents=True)
    (pair.notebook.parent / "exercises" / "text" / "01-toy.md").touch()
    assert any("does not link to the exercises" in line for line in lint_notebooks.lint(pair))


def test_what_is_allowed(chapter: Chapter):
    metadata(4, dlcore={"shows": spread(LIMITS["ids of a cell"])})(chapter)
    metadata(3, tags=["raises-exception"])(chapter)
    output(3, "error", ename="ShapeError", evalue="got (3,)", traceback=["at <cell>"])(chapter)
    prose("We added.", "See https://example.org/home/x, and/or/work, a/tmp/b.\n\n```\n# a comment\n```")(
        chapter
    )
    assert rules.findings(Chapter(chapter.pair, chapter.text, chapter.stored)) == []


def test_a_second_notebook_of_a_chapter_may_be_for_one_book(chapter: Chapter):
    prose("Burkov 6.1, Buduma 1, Rawassizadeh 10, MMDS 13.1, Le 2", "Burkov 6.1")(chapter)
    more = replace(chapter, pair=replace(chapter.pair, stem="01-toy-more"))
    assert list(rules.head(chapter))
    assert list(rules.head(more)) == []


def test_exercises_have_no_head_and_no_questions(chapter: Chapter):
    prose("In your book", "Books")(chapter)
    source(5, "predict = print")(chapter)
    exercise = replace(chapter, pair=replace(chapter.pair, stem="exercises/01"))
    of_chapter, of_exercise = ({line for _, line in rules.findings(each)} for each in (chapter, exercise))
    assert {line.split()[1] for line in of_chapter - of_exercise} >= {"head", "questions"}


def test_the_line_names_file_cell_and_id(pair: notebooks.Pair):
    pair.text.write_text(pair.text.read_text().replace("bur-nn-as-logreg", "bur-nonsense"))
    line = next(line for line in lint_notebooks.lint(pair) if "nonsense" in line)
    assert re.fullmatch(
        r"chapters/01-toy.ipynb: cell 3 \(01-toy-\w{10}\): shows bur-nonsense, which .*", line
    )


def test_the_exit_status_says_whether_all_is_well(
    pair: notebooks.Pair, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(notebooks, "select", lambda files: [pair])
    assert lint_notebooks.main([]) == 0
    assert capsys.readouterr().out == "1 notebooks, 0 findings\n"
    pair.notebook.write_text(pair.notebook.read_text().replace("An empty white rectangle, as", "as"))
    assert lint_notebooks.main([]) == 1
