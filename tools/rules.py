"""What a notebook of this book must be like: one small function a rule.

A rule looks at one chapter and yields a `Finding` for each place that breaks it.
The limits are in `LIMITS`, the rules in `RULES`; ``tools.lint_notebooks`` runs them.
"""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from nbformat import NotebookNode

from tools import notebooks

LIMITS = {
    "median code lines": 5,
    "code lines of a cell": 20,
    "code cells in a row": 2,
    "alt text": 20,
    "predictions": 2,
    "ids of a cell": 12,
    "ids of one book in a cell": 4,
    "volatile cells": 3,
    "bytes": 1_000_000,
}

HEAD = {
    "what you will be able to do": r"you (will|can) be able to|you will",
    "what you need to know": r"you (will )?need|prerequisite",
    "minutes": r"\d+\s*min",
    'the strip "In your book"': r"in your book",
}
BOOKS = {
    "Burkov": r"Burkov",
    "Buduma": r"Buduma",
    "Rawassizadeh": r"Rawassizadeh",
    "MMDS": r"MMDS|Mining of Massive Datasets|mmds",
    "Le": r"\bLe\b",
}

HERE = re.compile(
    r"(?<![\w./:+=])(?:/(?:home|root|work|tmp|Users|usr|opt|private|var|mnt)/[\w.-]+"
    r"|[A-Za-z]:\\+Users\\+\w+)[^\s'\"<>)]*"
)
IMAGE_LINK = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)\s>]+)")
IMAGE_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
WIDGET = "application/vnd.jupyter.widget-view+json"


class Finding(NamedTuple):
    """Where a rule is broken: the number of the cell, from 1, or 0 for the whole, and a sentence."""

    cell: int
    message: str


@dataclass(frozen=True)
class Chapter:
    """What the rules look at: source from the text, outputs from the notebook.

    Parameters
    ----------
    pair : Pair
        Where the two lie.
    text, stored : NotebookNode or None
        What they hold; None where one is missing.
    """

    pair: notebooks.Pair
    text: NotebookNode | None
    stored: NotebookNode | None

    @classmethod
    def read(cls, pair: notebooks.Pair) -> Chapter:
        """Read both halves, as far as they exist."""
        text = notebooks.read_text(pair) if pair.text.exists() else None
        stored = notebooks.read_notebook(pair) if pair.notebook.exists() else None
        return cls(pair, text, stored)

    @cached_property
    def cells(self) -> list[tuple[int, NotebookNode]]:
        """Numbered cells of the text, or of the notebook if it has no text."""
        return list(enumerate((self.text or self.stored).cells, start=1))

    @property
    def code(self) -> list[tuple[int, NotebookNode]]:
        """The code cells among `cells`."""
        return [(number, cell) for number, cell in self.cells if cell.cell_type == "code"]

    @property
    def prose(self) -> list[tuple[int, NotebookNode]]:
        """The Markdown cells among `cells`."""
        return [(number, cell) for number, cell in self.cells if cell.cell_type == "markdown"]

    @property
    def ran(self) -> list[tuple[int, NotebookNode]]:
        """Numbered code cells of the notebook, with their outputs."""
        cells = enumerate(self.stored.cells if self.stored else [], start=1)
        return [(number, cell) for number, cell in cells if cell.cell_type == "code"]


Rule = Callable[[Chapter], Iterator[Finding]]
RULES: list[tuple[Rule, bool]] = []
"""Each rule, and whether it holds for exercise notebooks too."""


def rule(*, exercises: bool) -> Callable[[Rule], Rule]:
    """Enter a function in `RULES`."""

    def enter(function: Rule) -> Rule:
        RULES.append((function, exercises))
        return function

    return enter


def findings(chapter: Chapter) -> list[Finding]:
    """Apply every rule that holds for this kind of notebook.

    Parameters
    ----------
    chapter : Chapter
        What to look at.

    Returns
    -------
    list of Finding
        In the order of the cells.
    """
    chosen = [check for check, exercises in RULES if exercises or not chapter.pair.is_exercise]
    found = [each for check in chosen for each in check(chapter)]
    return sorted(found, key=lambda each: each.cell)


def _code_lines(source: str) -> int:
    lines = (line.strip() for line in source.splitlines())
    return sum(1 for line in lines if line and not line.startswith("#"))


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


# The pair


@rule(exercises=True)
def agrees(chapter: Chapter) -> Iterator[Finding]:
    """Text and notebook have the same cells and metadata, whatever the dates of the files."""
    if chapter.text is None:
        yield Finding(0, f"there is no text {chapter.pair.text.name} for it")
    elif chapter.stored is None:
        yield Finding(0, "the text was never executed: run `make store`")
    else:
        for message in notebooks.disagreements(chapter.text, chapter.stored):
            yield Finding(0, f"{message}: run `make store`")


@rule(exercises=True)
def executed_in_order(chapter: Chapter) -> Iterator[Finding]:
    """The outputs are those of one run from top to bottom."""
    filled = [(number, cell) for number, cell in chapter.ran if cell.source.strip()]
    for expected, (number, cell) in enumerate(filled, start=1):
        if (count := cell.execution_count) != expected:
            yield Finding(number, f"execution count is {count}, not {expected}: run `make store`")
            return


@rule(exercises=True)
def small(chapter: Chapter) -> Iterator[Finding]:
    """A notebook opens quickly and shows on the web."""
    size = chapter.pair.notebook.stat().st_size if chapter.stored else 0
    if size > LIMITS["bytes"]:
        yield Finding(0, f"{size:,} bytes, at most {LIMITS['bytes']:,}")


# Prose


@rule(exercises=True)
def titled(chapter: Chapter) -> Iterator[Finding]:
    """One title, in the first cell."""
    titles = [number for number, cell in chapter.prose for line in _headings(cell) if line.startswith("# ")]
    if not titles or titles[0] != 1:
        yield Finding(1, "the first cell must start with the title, `# Title`")
    elif not chapter.cells[0][1].source.startswith("# "):
        yield Finding(1, "the title must be the first line")
    for number in titles[1:]:
        yield Finding(number, "a second title: sections start with `## `")


def _headings(cell: NotebookNode) -> Iterator[str]:
    fenced = False
    for line in cell.source.splitlines():
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not fenced and re.match(r"#{1,6} ", line):
            yield line


@rule(exercises=False)
def head(chapter: Chapter) -> Iterator[Finding]:
    """Before the first code: what, from where, how long, and the place in each book."""
    first = next((number for number, _ in chapter.code), len(chapter.cells) + 1)
    text = "\n\n".join(cell.source for number, cell in chapter.prose if number < first)
    for part, pattern in HEAD.items():
        if not re.search(pattern, text, re.IGNORECASE):
            yield Finding(1, f"the head does not say {part}")
    strip = re.split(r"in your book", text, maxsplit=1, flags=re.IGNORECASE)[-1]
    missing = [name for name, pattern in BOOKS.items() if not re.search(pattern, strip)]
    # A second notebook holds what only one book has.
    allowed = len(BOOKS) - 1 if chapter.pair.stem.endswith("-more") else 0
    if len(missing) > allowed:
        yield Finding(1, f'the strip "In your book" does not name {", ".join(missing)}')


@rule(exercises=False)
def foot(chapter: Chapter) -> Iterator[Finding]:
    """After the last code: a summary, and the way to the exercises if there are any."""
    last = max((number for number, _ in chapter.code), default=0)
    end = [cell for number, cell in chapter.prose if number > last]
    if not any(re.match(r"#+ .*summary", line, re.IGNORECASE) for cell in end for line in _headings(cell)):
        yield Finding(len(chapter.cells), "the foot has no heading `## Summary`")
    name = chapter.pair.stem.removesuffix("-more")
    exercises = chapter.pair.text.parents[1] / "exercises" / "text" / f"{name}.md"
    if exercises.exists() and not any(f"exercises/{name}.ipynb" in cell.source for cell in end):
        yield Finding(len(chapter.cells), f"the foot does not link to the exercises, exercises/{name}.ipynb")


@rule(exercises=False)
def prose_between(chapter: Chapter) -> Iterator[Finding]:
    """Prose says what to expect before code, and reads the result after it."""
    row = 0
    for number, cell in chapter.cells:
        row = row + 1 if cell.cell_type == "code" else 0
        if row == LIMITS["code cells in a row"] + 1:
            yield Finding(number, f"more than {row - 1} code cells in a row without prose")
    if chapter.cells and chapter.cells[-1][1].cell_type == "code":
        yield Finding(chapter.cells[-1][0], "no prose after the last code cell reads its result")


# Code


@rule(exercises=False)
def median_code(chapter: Chapter) -> Iterator[Finding]:
    """One idea a cell."""
    counts = [count for _, cell in chapter.code if (count := _code_lines(cell.source))]
    if counts and (median := statistics.median(counts)) > LIMITS["median code lines"]:
        yield Finding(0, f"the median code cell has {median:g} lines, at most {LIMITS['median code lines']}")


@rule(exercises=True)
def longest_code(chapter: Chapter) -> Iterator[Finding]:
    """No cell that must be scrolled."""
    for number, cell in chapter.code:
        if (count := _code_lines(cell.source)) > (most := LIMITS["code lines of a cell"]):
            yield Finding(number, f"{count} lines of code, at most {most}")


@rule(exercises=False)
def predictions(chapter: Chapter) -> Iterator[Finding]:
    """The reader predicts before the cell reveals."""
    asked = sum(_asks(cell.source) for _, cell in chapter.code)
    if asked < LIMITS["predictions"]:
        yield Finding(0, f"{asked} questions to predict(…, answer=…), at least {LIMITS['predictions']}")


def _asks(source: str) -> int:
    """Count the questions; what a model predicts has no ``answer``."""
    try:
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    except SyntaxError:  # a magic; ruff reports what is really wrong
        return 0
    named = [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) == "predict"]
    return sum(any(keyword.arg == "answer" for keyword in call.keywords) for call in named)


@rule(exercises=True)
def style(chapter: Chapter) -> Iterator[Finding]:
    """The code is as ruff wants it."""
    notebook = chapter.text or chapter.stored
    source = notebooks.dumps(notebook)
    for found in json.loads(_ruff(chapter, source, "check", "--output-format", "json", "--exit-zero")):
        yield Finding(found["cell"] or 0, f"{found['code']} {found['message']}")
    formatted = _ruff(chapter, source, "format")
    if formatted:
        for (number, cell), new in zip(chapter.cells, json.loads(formatted)["cells"], strict=True):
            if cell.cell_type == "code" and cell.source != "".join(new["source"]):
                yield Finding(number, "not formatted as `ruff format` does it")


def _ruff(chapter: Chapter, source: str, *arguments: str) -> str:
    name = chapter.pair.name
    command = [sys.executable, "-m", "ruff", *arguments, "--quiet", "--stdin-filename", name, "-"]
    run = subprocess.run(
        command, input=source, capture_output=True, text=True, cwd=notebooks.ROOT, check=False
    )
    if run.returncode and "check" in arguments:
        raise RuntimeError(f"ruff could not read {name}: {run.stderr.strip()}")
    return run.stdout


# Exercises


@rule(exercises=True)
def exercises_as_declared(chapter: Chapter) -> Iterator[Finding]:
    """What stands of an exercise is what is declared."""
    from tools import exercises

    for number, message in exercises.stale(chapter.text or chapter.stored):
        yield Finding(number, message)


@rule(exercises=True)
def hints_keep_the_answer(chapter: Chapter) -> Iterator[Finding]:
    """A stored hint is not the last one, which may tell the answer."""
    for number, cell in chapter.ran:
        if cell.metadata.get("dlcore", {}).get("role") == "hint":
            text = "".join(str(data.get("text/plain", "")) for data, _ in _data(cell))
            shown = re.match(r"Hint (\d+) of (\d+)", text)
            if not shown or shown[1] == shown[2]:
                yield Finding(number, f"stores {text[:40]!r}, not one of the first hints")


# What a cell says it shows


@rule(exercises=True)
def shown_ids(chapter: Chapter) -> Iterator[Finding]:
    """The ids in ``metadata.dlcore.shows`` exist, each once, and not too many in a cell."""
    from dlcore import sources

    known = set(sources.ids())
    for number, cell in chapter.cells:
        shows = cell.metadata.get("dlcore", {}).get("shows", [])
        if not isinstance(shows, list) or not all(isinstance(name, str) for name in shows):
            yield Finding(number, f"dlcore.shows must be a list of ids, not {shows!r}")
            continue
        for message in _wrong_ids(shows, known):
            yield Finding(number, message)
        books = Counter(sources.item(name).book for name in set(shows) & known)
        for book, count in books.items():
            if count > (most := LIMITS["ids of one book in a cell"]):
                yield Finding(number, f"shows {count} items of {book}, at most {most}")


def _wrong_ids(shows: list[str], known: set[str]) -> Iterator[str]:
    if len(shows) > LIMITS["ids of a cell"]:
        yield f"shows {len(shows)} items, at most {LIMITS['ids of a cell']}"
    for name, count in Counter(shows).items():
        if count > 1:
            yield f"shows {name} {count} times"
        if name not in known:
            yield f"shows {name}, which no inventory has"


@rule(exercises=True)
def volatile_cells(chapter: Chapter) -> Iterator[Finding]:
    """Few outputs escape the comparison."""
    tagged = [number for number, cell in chapter.cells if "volatile" in _tags(cell)]
    if len(tagged) > (most := LIMITS["volatile cells"]):
        yield Finding(tagged[most], f"{len(tagged)} cells are tagged volatile, at most {most}")


# Outputs


def _data(cell: NotebookNode) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield data and metadata of each displayed output."""
    for output in cell.outputs:
        if "data" in output:
            yield output.data, output.get("metadata", {})


@rule(exercises=True)
def pictures(chapter: Chapter) -> Iterator[Finding]:
    """Every picture has words, and there is one a cell, so that the words are its own."""
    for number, cell in chapter.ran:
        shown = [
            (mime, meta.get(mime, {}).get("alt", ""))
            for data, meta in _data(cell)
            for mime in data
            if mime.startswith("image/")
        ]
        for mime, alt in shown:
            if len(alt.strip()) < LIMITS["alt text"]:
                yield Finding(
                    number,
                    f"{mime} has the alt text {alt!r}: show figures by dlcore.figures.show(fig, alt=…)",
                )
        if len(shown) > 1:
            yield Finding(
                number, f"{len(shown)} pictures in one cell: one a cell, so that each keeps its alt text"
            )
        if any("<Figure size" in str(data.get("text/plain", "")) for data, _ in _data(cell)):
            yield Finding(number, "a bare figure: show it by dlcore.figures.show(fig, alt=…)")


@rule(exercises=True)
def linked_pictures(chapter: Chapter) -> Iterator[Finding]:
    """No picture is fetched from elsewhere, and none in prose is without words."""
    texts = [(number, cell.source) for number, cell in chapter.prose]
    texts += [
        (number, str(data.get("text/html", ""))) for number, cell in chapter.ran for data, _ in _data(cell)
    ]
    for number, text in texts:
        links = [(alt, address) for alt, address in IMAGE_LINK.findall(text)]
        links += [(_attribute(tag, "alt"), _attribute(tag, "src")) for tag in IMAGE_TAG.findall(text)]
        for alt, address in links:
            if re.match(r"(?:https?:)?//", address):
                yield Finding(number, f"a picture from elsewhere: {address}")
            if len(alt.strip()) < LIMITS["alt text"]:
                yield Finding(number, f"the picture {address[:60]} has the alt text {alt!r}")


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\b{name}\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return (found[1] or found[2] or "") if found else ""


@rule(exercises=True)
def no_widgets(chapter: Chapter) -> Iterator[Finding]:
    """A stored widget is dead without a kernel: the still face is stored."""
    for notebook in (chapter.text, chapter.stored):
        if notebook and "widgets" in notebook.metadata:
            yield Finding(0, "has metadata.widgets")
    for number, cell in chapter.ran:
        if any(WIDGET in data for data, _ in _data(cell)):
            yield Finding(
                number, "stores a live widget, which is dead without a kernel: store its still face"
            )


@rule(exercises=True)
def clean_outputs(chapter: Chapter) -> Iterator[Finding]:
    """No warnings, and no errors that are not announced."""
    for number, cell in chapter.ran:
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                yield Finding(number, f"writes to stderr: {''.join(output.text).strip()[:120]!r}")
            if output.output_type == "error" and "raises-exception" not in _tags(cell):
                yield Finding(number, f"raises {output.ename}: {output.evalue[:120]}")


@rule(exercises=True)
def no_paths_of_this_machine(chapter: Chapter) -> Iterator[Finding]:
    """What a reader sees is the same on every machine."""
    texts = [(number, cell.source) for number, cell in chapter.cells]
    for number, cell in chapter.ran:
        texts += [(number, json.dumps(_without_pictures(output))) for output in cell.outputs]
        texts.append((number, json.dumps(cell.metadata)))
    for number, text in texts:
        for path in dict.fromkeys(HERE.findall(text)):
            yield Finding(number, f"a path of this machine: {path[:80]}")


def _without_pictures(output: NotebookNode) -> dict[str, Any]:
    data = {mime: value for mime, value in output.get("data", {}).items() if not mime.startswith("image/")}
    return {**output, "data": data}
