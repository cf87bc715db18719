"""Student copies of all exercise notebooks: nothing is lost, nothing told, and `dlcore check` knows them."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from dlcore import cli
from dlcore.course.copies import Leak, leaks, role, student_copy
from dlcore.exercises import all_exercises
from dlcore.exercises.engine import Number

NOTEBOOKS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(cli.__file__).parents[1] / "chapters" / "exercises").glob("*.ipynb"))
}
KNOWN = all_exercises()


@pytest.fixture(params=NOTEBOOKS)
def notebook(request):
    return copy.deepcopy(NOTEBOOKS[request.param])


def ids(notebook):
    return {id for id, _ in map(role, notebook["cells"]) if id}


def answers(notebook):
    """The cells for answers, by the ids of their exercises."""
    return {role(cell)[0]: cell for cell in notebook["cells"] if role(cell)[1] == "answer"}


def source(cell):
    return "".join(cell["source"])


# What a copy is.


def test_there_are_notebooks():
    assert {"01-neurons", "mmds"} <= set(NOTEBOOKS)


def test_solutions_and_outputs_are_gone_and_all_else_is_there(notebook):
    before = copy.deepcopy(notebook)
    made = student_copy(notebook)
    assert notebook == before
    kept = [cell for cell in notebook["cells"] if role(cell)[1] != "solution"]
    assert [source(cell) for cell in made["cells"]] == [source(cell) for cell in kept]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in made["cells"])
    assert not any(".solution()" in source(cell) for cell in made["cells"])
    assert ids(made) == ids(notebook)
    assert {key: value for key, value in made.items() if key != "cells"} == {
        key: value for key, value in notebook.items() if key != "cells"
    }


def test_every_exercise_has_its_four_cells(notebook):
    found = [role(cell) for cell in notebook["cells"] if role(cell)[0]]
    roles = ("statement", "answer", "hint", "solution")
    assert found == [(id, role) for id, _ in found[::4] for role in roles]


# What a copy must not tell.


def test_no_answer_is_in_the_copy(notebook):
    assert leaks(student_copy(notebook)) == []


def test_the_scan_finds_every_solution_of_the_notebook_itself(notebook):
    assert {leak.exercise for leak in leaks(notebook)} == ids(notebook)


def in_source(cell, text):
    cell["source"] = [*cell["source"], "\n", *text.splitlines(keepends=True)]


def in_comment(cell, text):
    cell["source"] = "".join(cell["source"]) + "".join(f"\n#   {line}" for line in text.splitlines())


def in_metadata(cell, text):
    cell["metadata"]["nbgrader"] = {"grade_id": "a", "notes": [{"text": text}]}


def in_key(cell, text):
    cell["metadata"][text] = True


def in_stream(cell, text):
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}]


def in_html(cell, text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#x27;").replace("\n", "<br>\n")
    data = {"text/html": f"<div hidden>{escaped}</div>", "text/plain": "Solution"}
    cell["outputs"] = [{"output_type": "display_data", "data": data, "metadata": {}}]


def in_traceback(cell, text):
    cell["outputs"] = [{"output_type": "error", "ename": "E", "evalue": "", "traceback": [text]}]


PLACES = (in_source, in_comment, in_metadata, in_key, in_stream, in_html, in_traceback)


def last_hint(exercise):
    return exercise.text(exercise.hints[-1])


def worked_answer(exercise):
    return repr(exercise.solution())


@pytest.mark.parametrize("what", [last_hint, worked_answer])
@pytest.mark.parametrize("plant", PLACES)
def test_planted_leaks_are_found(notebook, plant, what):
    made = student_copy(notebook)
    for id, cell in answers(made).items():
        plant(cell, what(KNOWN[id]))
    telling = {id for id in ids(made) if what is worked_answer or len(last_hint(KNOWN[id])) > 30}
    assert telling <= {leak.exercise for leak in leaks(made)}


def test_planted_in_prose_and_in_the_notebooks_metadata(notebook):
    for exercise in map(KNOWN.get, ids(notebook)):
        made = student_copy(notebook)
        made["cells"].insert(
            1, {"cell_type": "markdown", "metadata": {}, "source": f"<!-- {exercise.because} -->"}
        )
        if "{" not in exercise.because:
            assert Leak("cell 2, source", exercise.id, "the reason") in leaks(made)
            break
    made = student_copy(notebook)
    made["metadata"]["celltoolbar"] = worked_answer(exercise)
    assert exercise.id in {leak.exercise for leak in leaks(made) if "metadata" in leak.place}


def test_numbers_are_found_however_they_are_written():
    made = student_copy(NOTEBOOKS["mmds"])
    for written in ("260100", "260,100", "= 260_100", "<b>260100</b>", "2.601e5", "[260100,3]"):
        planted = copy.deepcopy(made)
        in_source(answers(planted)["mmds-exercise13.4.1a"], f"# {written}")
        assert {leak.exercise for leak in leaks(planted)} == {"mmds-exercise13.4.1a"}, written
    planted = copy.deepcopy(made)
    answers(planted)["mmds-exercise13.4.1a"]["metadata"]["expected"] = 260100
    assert {leak.exercise for leak in leaks(planted)} == {"mmds-exercise13.4.1a"}


def four_digits(exercise):
    return [f"{abs(float(number)):.4g}" for number in exercise.right.ravel()]


TOLD = {
    id: notebook
    for notebook in NOTEBOOKS.values()
    for id in sorted(ids(notebook))
    if isinstance(KNOWN[id], Number)
    and all(len(digits.replace(".", "").strip("0")) >= 3 for digits in four_digits(KNOWN[id]))
}


@pytest.mark.parametrize("id", TOLD)
def test_a_rounded_number_is_still_told(id):
    planted = student_copy(TOLD[id])
    in_source(answers(planted)[id], "# " + ", ".join(four_digits(KNOWN[id])))
    assert id in {leak.exercise for leak in leaks(planted)}


def test_every_right_answer_that_is_data_is_found(notebook):
    made = student_copy(notebook)
    told = {}
    for id, cell in answers(made).items():
        right = map(KNOWN[id].settled, (KNOWN[id].reference, *KNOWN[id].also))
        told[id] = [text for text in map(repr, right) if len("".join(text.split())) > 12 and "<" not in text]
        in_comment(cell, "\n".join(told[id]))
    found = leaks(made)
    for id, texts in told.items():
        mine = [leak for leak in found if leak.exercise == id]
        assert bool(mine) == bool(texts), id
        assert len(texts) < 2 or {"another right answer"} <= {leak.what for leak in mine}, id


def test_weights_and_lines_are_found():
    made = student_copy(NOTEBOOKS["01-neurons"])
    for id, planted_line in {
        "ours-committee": "# w = [ 2,1, 1 ]",
        "ours-xor-gate": "hidden = [[1, 1], [-1, -1]]",
        "ours-border-line": 'x2 = "-( w1*x1+b )/w2"',
        "ours-fold-threshold": "    return np.column_stack( [weight, -threshold] )",
        "ours-perceptron-broken": "    return weight + eta*(y - guess)*x, bias + eta*(y - guess)",
        "ours-film-gradient": "# 0.324 0.649 0.162",
    }.items():
        planted = copy.deepcopy(made)
        in_source(answers(planted)[id], planted_line)
        assert {leak.exercise for leak in leaks(planted)} == {id}, planted_line


def test_what_is_handed_out_is_no_leak():
    made = student_copy(NOTEBOOKS["01-neurons"])
    stub = KNOWN["ours-perceptron-broken"].stub
    assert "guess = 1.0 if weight @ x + bias > 0 else 0.0" in stub  # a line of the right answer, too
    in_source(answers(made)["ours-perceptron-broken"], stub)
    assert leaks(made) == []


# What `dlcore check` says of a copy.


def checked(notebook, folder, capsys):
    path = folder / "mine.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    status = cli.main(["check", str(path), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["errors"] == []
    return status, {verdict["exercise"]: verdict["status"] for verdict in told["verdicts"]}


def test_a_fresh_copy_is_not_attempted(notebook, tmp_path, capsys):
    status, verdicts = checked(student_copy(notebook), tmp_path, capsys)
    assert status == 1
    assert verdicts == dict.fromkeys(ids(notebook), "not attempted")


def test_the_notebook_itself_is_not_attempted_although_its_solutions_run(notebook, tmp_path, capsys):
    _, verdicts = checked(notebook, tmp_path, capsys)
    assert verdicts == dict.fromkeys(ids(notebook), "not attempted")


def test_a_copy_with_the_references_filled_in_is_right(notebook, tmp_path, capsys):
    made = student_copy(notebook)
    for id, cell in answers(made).items():
        call, name = source(cell).splitlines()[-1].removesuffix(")").split(".check(")
        cell["source"] = f"from dlcore.exercises import exercise\n{name} = exercise({id!r})\n"
        cell["source"] += f"{name} = {name}.settled({name}.reference)\n{call}.check({name})"
    status, verdicts = checked(made, tmp_path, capsys)
    assert verdicts == dict.fromkeys(ids(notebook), "right")
    assert status == 0


def test_the_table_names_every_exercise(notebook, tmp_path, capsys):
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(student_copy(notebook)), encoding="utf-8")
    assert cli.main(["check", str(path)]) == 1
    table = capsys.readouterr().out
    for id in ids(notebook):
        assert f"\n{id} " in table
    assert table.count("not attempted") == len(ids(notebook))
