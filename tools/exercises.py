"""Write the cells of the exercises into the exercise texts: ``python -m tools.exercises [STEM ...]``.

A statement, a stub and a hint live in one place, the declaration under ``dlcore/exercises``.
What stands around the exercises is written by hand. To place one, write a cell that names it::

    +++ {"dlcore": {"exercise": "ours-border-line"}}

    Here it will stand.

and run this. Its four cells take that place: statement, answer, hint and the folded solution.
``--check`` changes nothing and exits with 1 where a text does not hold what is declared.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby

import nbformat
from nbformat import NotebookNode

import dlcore.exercises
from dlcore.exercises import Exercise, all_exercises
from tools import notebooks

NUMBERED = re.compile(r"mmds-exercise(\d+\.\d+\.\d+)(\w?)")
"""The number that an exercise has in its book, and its part."""

CODE = r"`[^`]*`"
LITERAL = r'\{"[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\("[^()]*\)|"[^"]*"'
"""A dict, a tuple or a text as Python writes it; typographic quotes would spoil it."""

MARKUP = re.compile(rf"({CODE})|({LITERAL})|([\\*<$]|(?<!\w)_)")


@cache
def addresses() -> dict[str, str]:
    """Find what a student writes to reach each exercise.

    Returns
    -------
    dict of str to str
        From ids to addresses such as ``neurons.xor_gate``.
    """
    topics = sorted(set(dir(dlcore.exercises)) - set(dlcore.exercises.__all__))
    return {
        value.id: f"{topic}.{name}"
        for topic in topics
        for name, value in vars(getattr(dlcore.exercises, topic)).items()
        if isinstance(value, Exercise)
    }


def cells(exercise: Exercise) -> list[NotebookNode]:
    """Make the cells of an exercise.

    Parameters
    ----------
    exercise : Exercise
        As it is declared.

    Returns
    -------
    list of NotebookNode
        Statement, answer, hint and solution.
    """
    call = addresses()[exercise.id]
    made = [
        ("statement", nbformat.v4.new_markdown_cell(_statement(exercise))),
        ("answer", nbformat.v4.new_code_cell(_answer(exercise, call))),
        ("hint", nbformat.v4.new_code_cell(f"{call}.hint()")),
        ("solution", nbformat.v4.new_code_cell(f"{call}.solution()")),
    ]
    for role, cell in made:
        cell.metadata = nbformat.from_dict({"dlcore": {"exercise": exercise.id, "role": role}})
    if NUMBERED.fullmatch(exercise.id):
        made[0][1].metadata.dlcore["shows"] = [exercise.id]
    made[3][1].metadata |= nbformat.from_dict({"jupyter": {"source_hidden": True}, "tags": ["remove-input"]})
    return [cell for _, cell in made]


def _statement(exercise: Exercise) -> str:
    number = NUMBERED.fullmatch(exercise.id)
    title = exercise.title
    if number:
        title = f"Exercise {number[1]}{f' ({number[2]})' if number[2] else ''}: {title}"
    worth = f"{exercise.points:g} point{'' if exercise.points == 1 else 's'}"
    return f"### {title}\n\n{markdown(exercise.text(exercise.statement))}\n\n*{worth}, `{exercise.id}`*"


def markdown(text: str) -> str:
    """Keep the signs of a plain text as they are.

    Parameters
    ----------
    text : str
        With code between backticks; words between straight quotes are code, too.

    Returns
    -------
    str
        Markdown that shows this text.
    """
    return MARKUP.sub(lambda found: found[1] or (f"`{found[2]}`" if found[2] else "\\" + found[3]), text)


def _answer(exercise: Exercise, call: str) -> str:
    last = ast.parse(exercise.stub).body[-1]
    name = last.name if isinstance(last, ast.FunctionDef) else ast.unparse(last.targets[0])
    return _formatted(f"{exercise.stub}\n{call}.check({name})\n")


@cache
def _formatted(source: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", "cell.py", "-"]
    run = subprocess.run(
        command, input=source, capture_output=True, text=True, cwd=notebooks.ROOT, check=True
    )
    return run.stdout.rstrip("\n")


def renewed(notebook: NotebookNode) -> tuple[list[NotebookNode], list[str]]:
    """Put the declared cells in the place of those that stand in a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Read from a text.

    Returns
    -------
    cells : list of NotebookNode
        All cells; those that belong to no exercise are as they were.
    problems : list of str
        Exercises that are not declared, or that stand twice.
    """
    known = all_exercises() if any(map(named, notebook.cells)) else {}
    seen: set[str] = set()
    made: list[NotebookNode] = []
    problems: list[str] = []
    for id, block in groupby(notebook.cells, key=named):
        if id in seen:
            problems.append(f"exercise {id} stands twice")
        if id and id not in known:
            problems.append(f"exercise {id} is not declared")
        made += cells(known[id]) if id in known else block
        seen |= {id} - {""}
    return made, problems


def named(cell: NotebookNode) -> str:
    """Say which exercise a cell belongs to.

    Parameters
    ----------
    cell : NotebookNode
        Of an exercise notebook.

    Returns
    -------
    str
        Its id; empty for a cell written by hand.
    """
    return str(cell.metadata.get("dlcore", {}).get("exercise", ""))


def stale(notebook: NotebookNode) -> Iterator[tuple[int, str]]:
    """Say where a text does not hold what is declared.

    Parameters
    ----------
    notebook : NotebookNode
        Read from a text.

    Yields
    ------
    number : int
        Of the first cell of the exercise, from 1; 0 for the whole text.
    message : str
        What to do.
    """
    made, problems = renewed(notebook)
    yield from ((0, problem) for problem in problems)
    fresh = {id: list(map(_content, block)) for id, block in groupby(made, key=named) if id}
    number = 1
    for id, block in groupby(notebook.cells, key=named):
        content = list(map(_content, block))
        if id in fresh and content != fresh[id]:
            yield number, f"exercise {id} is not as it is declared: run python -m tools.exercises"
        number += len(content)


def _content(cell: NotebookNode) -> tuple[str, str, dict]:
    return cell.cell_type, cell.source.rstrip("\n"), dict(cell.metadata)


def renew(pair: notebooks.Pair) -> tuple[bool, list[str]]:
    """Write the declared cells into one text.

    Parameters
    ----------
    pair : Pair
        Of an exercise notebook.

    Returns
    -------
    written : bool
        Whether the text changed.
    problems : list of str
        As for `renewed`.
    """
    import jupytext

    old = pair.text.read_text(encoding="utf-8")
    notebook = jupytext.reads(old, fmt="md:myst")
    notebook.cells, problems = renewed(notebook)
    text = jupytext.writes(notebook, fmt="md:myst")
    text = re.sub(r"\n    jupytext_version: .*", "", text, count=1)  # of whoever ran this last
    return notebooks.write(pair.text, text), problems


def _checked(pairs: Iterable[notebooks.Pair]) -> list[str]:
    found = [(pair, *each) for pair in pairs for each in stale(notebooks.read_text(pair))]
    return [f"{pair.name}: cell {number}: {message}" for pair, number, message in found]


def main(argv: list[str] | None = None) -> int:
    """Write the exercises of the texts named on the command line, or of all.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    int
        1 if an exercise is not declared or stands twice, or if ``--check`` finds a stale one.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.exercises", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("stems", nargs="*", metavar="STEM", help="such as exercises/mmds (default: all)")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 where a text is stale")
    options = parser.parse_args(argv)
    chosen = [pair for pair in notebooks.select(options.stems) if pair.is_exercise and pair.text.exists()]
    if options.check:
        problems = _checked(chosen)
    else:
        problems = []
        for pair in chosen:
            written, found = renew(pair)
            problems += [f"{pair.name}: {problem}" for problem in found]
            print(f"{pair.stem}: {'written' if written else 'unchanged'}")
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    return int(bool(problems))


if __name__ == "__main__":
    raise SystemExit(main())
