"""The command line: what it prints, how it exits, and that bad input never ends in a traceback."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlcore import cli, sources
from dlcore.commands import printing, where
from dlcore.sources.coverage import Concordance, concordance
from tests.sources.toy import cell, notebook, text
from tools import concordance as tool

ROOT = Path(cli.__file__).parents[1]


@pytest.fixture
def dlcore(capsys):
    """Return a function that runs a command line and returns its status and what it printed."""

    def run(line: str) -> tuple[int, str, str]:
        try:
            status = cli.main(shlex.split(line))
        except SystemExit as stop:
            status = stop.code or 0
        out, err = capsys.readouterr()
        return status, out, err

    return run


@pytest.fixture
def toy(tmp_path, monkeypatch) -> Concordance:
    """Stand in a checkout with a chapter and an exercise notebook."""
    ids = ["mmds-ex13.1", "le-eq1", "raw-fig10.9", "bud-fig1-10"]
    notebook(tmp_path, "01-neurons", [text("t", "# Neurons"), cell("gates", ids)])
    notebook(tmp_path, "exercises/01", [text("t", "# XOR"), cell("xor", ["mmds-exercise13.1.3"])])
    known = tool.build(tmp_path)
    for command in cli.COMMANDS:
        module = importlib.import_module(command.module)
        if hasattr(module, "concordance"):
            monkeypatch.setattr(module, "concordance", lambda: known)
    monkeypatch.chdir(tmp_path)
    return known


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_every_subcommand_explains_itself(command, dlcore):
    status, out, _ = dlcore(f"{command.name} --help")
    assert status == 0
    assert "Exit status" in out
    assert command.summary in dlcore("--help")[1]


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_only_the_chosen_subcommand_is_loaded(command):
    others = [other.module for other in cli.COMMANDS if other != command]
    code = (
        f"import sys; from dlcore import cli; cli._parser({command.name!r});"
        f"print([m for m in {others!r} + ['numpy', 'torch', 'matplotlib'] if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_python_m_does_the_same():
    done = subprocess.run(
        [sys.executable, "-m", "dlcore", "--version"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0
    assert re.fullmatch(r"dlcore \d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "required"),
        ("wher mmds 13.1", "Did you mean 'where'?"),
        ("where", "required"),
        ("where mmds", "such as: dlcore where mmds 13.1.3"),
        ("where ''", "such as"),
        ("where --nonsense", "required"),
        ("concordance --missing neuron", "expected a topic out of neurons"),
        ("concordance --missing", "expected one argument"),
        ("errata zzz", "the books are burkov, buduma, le, mmds, rawassizadeh"),
        ("errata --level grave", "invalid choice"),
        ("errata --topic cats", "expected a topic"),
    ],
)
def test_bad_input_exits_2_and_says_what_was_expected(line, said, dlcore):
    status, out, err = dlcore(line)
    assert (status, out) == (2, "")
    assert said in err


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(words=st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=1, max_size=4))
def test_where_never_ends_in_a_traceback(words, capsys):
    try:
        status = cli.main(["where", "--", *words])
    except SystemExit as stop:
        status = stop.code
    assert status in (0, 1, 2)
    out, err = capsys.readouterr()
    assert out or err


@pytest.mark.parametrize(
    "line", ["mmds 'example 13.1'", "le eq1", "rawassizadeh 'fig 10-9'", "raw fig 10.9", "bud fig 1-10"]
)
def test_where_gives_chapter_heading_and_link(line, dlcore, toy):
    status, out, _ = dlcore(f"where {line}")
    assert status == 0
    assert "01-neurons, “Neurons”: chapters/01-neurons.ipynb#cell-id=gates" in out


def test_a_bare_number_finds_the_exercise_and_the_section(dlcore, toy):
    status, out, _ = dlcore("where mmds 13.1.3")
    assert status == 0
    assert out.index("exercise 13.1.3") < out.index("section 13.1.3 Convolutional Neural Networks")
    assert "chapters/exercises/01.ipynb#cell-id=xor" in out
    assert dlcore("where mmds 13.1,3")[1] == out


def test_the_link_leads_from_where_one_stands(dlcore, toy, monkeypatch):
    monkeypatch.chdir("chapters")
    assert ": ../chapters/01-neurons.ipynb#cell-id=gates" in dlcore("where le eq1")[1]


def test_without_a_checkout_chapter_and_cell_are_named(dlcore, toy, monkeypatch, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    monkeypatch.chdir(away)
    monkeypatch.setattr(printing, "__file__", str(away / "site-packages/dlcore/commands/printing.py"))
    out = " ".join(dlcore("where le eq1")[1].split())
    assert "01-neurons, “Neurons”, cell gates" in out
    assert ".ipynb" not in out


def test_what_is_not_covered_names_the_chapter_and_the_nearest(dlcore, toy):
    status, out, _ = dlcore("where mmds 'eq 13.10'")
    assert status == 1
    assert "not covered yet; it belongs to 11-recurrent or 12-lstm" in out
    flat = " ".join(out.split())
    assert "Nearest covered: mmds-exercise13.1.3 (13.1.5 Exercises)" in flat
    assert "chapters/exercises/01.ipynb#cell-id=xor" in flat


def test_what_is_beyond_says_so(dlcore, toy):
    status, out, _ = dlcore("where buduma 9.40")
    assert status == 1
    assert "beyond the chapters of this companion" in out


@pytest.mark.parametrize("book", ["mdms", "mmd", "MMDS2", "rawasizadeh", "burkow"])
def test_a_misspelt_book_is_read_and_said(book, dlcore, toy):
    number = "6.1" if "bur" in book else "fig 10-9" if "raw" in book else "13.1.3"
    _, out, _ = dlcore(f"where {book} {number}")
    assert "did you mean" in out
    assert ("not covered" in out) or ("->" in out)


def test_an_unknown_book_is_said_and_all_are_searched(dlcore, toy):
    status, out, _ = dlcore("where knuth 13.1.3")
    assert status == 0
    assert "No book is called “knuth”" in out
    assert "mmds: exercise 13.1.3" in out


def test_words_search_all_books(dlcore, toy):
    _, out, _ = dlcore("where vanishing gradient")
    assert "bur-vanishing-gradient" in out
    assert "raw-vanishing" in out
    assert dlcore("where qqqqq")[0] == 1


def test_where_as_json_says_the_same(dlcore, toy):
    _, out, _ = dlcore("where --json mmds 13.1.3")
    answer = json.loads(out)
    (exercise,), *_ = (group["items"] for group in answer["groups"])
    assert exercise["cells"] == [
        {
            "notebook": "chapters/exercises/01.ipynb",
            "cell": "xor",
            "heading": "XOR",
            "link": "chapters/exercises/01.ipynb#cell-id=xor",
        }
    ]
    assert answer["groups"][1]["items"][0]["nearest"] == "mmds-exercise13.1.3"


def test_missing_lists_what_no_cell_shows(dlcore, toy):
    status, out, _ = dlcore("concordance --missing neurons")
    listed = set(re.findall(r"^(\S+) \(", out, re.MULTILINE))
    assert status == 1
    assert listed == {item.id for item in toy.missing("neurons")}
    assert dlcore("concordance --missing 01-neurons")[1] == out
    assert "mmds-exercise13.1.4" in dlcore("concordance --missing exercises")[1]


def test_missing_says_nothing_when_nothing_is(dlcore, toy, monkeypatch, tmp_path):
    every = [item.id for item in sources.items(topic="losses")]
    notebook(tmp_path, "04-losses", [cell("all", every)])
    full = tool.build(tmp_path)
    monkeypatch.setattr(importlib.import_module("dlcore.commands.concordance"), "concordance", lambda: full)
    assert dlcore("concordance --missing losses") == (0, "", "")


def test_missing_says_why_a_named_item_does_not_count(dlcore, toy, monkeypatch, tmp_path):
    notebook(tmp_path, "01-neurons", [text("t", "# N", ["mmds-ex13.1"]), cell("c", ["mmds-exercise13.1.4"])])
    known = tool.build(tmp_path)
    monkeypatch.setattr(importlib.import_module("dlcore.commands.concordance"), "concordance", lambda: known)
    flat = " ".join(dlcore("concordance --missing neurons")[1].split())
    assert "named by a text cell only; a code cell must compute this example" in flat
    flat = " ".join(dlcore("concordance --missing exercises")[1].split())
    assert "named in 01-neurons; an exercise notebook must show it" in flat


def test_the_table_adds_up(dlcore, toy):
    _, out, _ = dlcore("concordance")
    rows = {line.split()[0]: re.findall(r"(\d+)/(\d+)", line) for line in out.splitlines() if "/" in line}
    for name, pairs in rows.items():
        *each, together = [(int(a), int(b)) for a, b in pairs]
        assert tuple(map(sum, zip(*each, strict=True))) == together, name
    topics = [pairs[-1] for name, pairs in rows.items() if name not in ("together", "beyond", "exercises")]
    assert rows["together"][-1] == tuple(str(sum(int(pair[n]) for pair in topics)) for n in (0, 1))
    as_json = json.loads(dlcore("concordance --json")[1])
    assert sum(entry["shown"] for entry in as_json) == 5


def test_errata_name_level_claim_truth_and_proof(dlcore, toy):
    status, out, _ = dlcore("errata")
    flat = " ".join(out.split())
    assert status == 0
    shown = sum(bool(toy.named_in(item)) for item in sources.errata())
    assert out.endswith(f"{len(sources.errata())} errata, {shown} shown by a cell\n")
    for item in sources.errata():
        assert item.id in flat
        assert " ".join(item.erratum.right.split()) in flat
    assert "proof: not yet shown by a cell" in flat


def test_errata_name_the_cell_that_proves_them(dlcore, toy, monkeypatch, tmp_path):
    wrong = sources.errata("le")[0]
    notebook(tmp_path, "01-neurons", [text("t", "# Corrections"), cell("proof", [wrong.id])])
    known = tool.build(tmp_path)
    monkeypatch.setattr(importlib.import_module("dlcore.commands.errata"), "concordance", lambda: known)
    _, out, _ = dlcore("errata le")
    assert "proof: 01-neurons, “Corrections”: chapters/01-neurons.ipynb#cell-id=proof" in " ".join(
        out.split()
    )
    assert "15 errata, 1 shown by a cell" in out
    assert len(json.loads(dlcore("errata le --json --level error")[1])) == 7


def test_a_misspelt_book_of_errata_is_read_and_said(dlcore, toy):
    status, out, _ = dlcore("errata burkow")
    assert status == 0
    assert "Read as burkov" in out
    assert "21 errata" in out


def test_the_stored_concordance_answers_for_every_shown_id():
    """Whatever id is named lands on a cell that names it."""
    known = concordance()
    for id, cells in known.shown.items():
        assert cells
        assert set(cells) <= set(known.named_in(sources.item(id)))
        answer = where.ask([id])
        assert next(item.id for group in answer.groups for item in group.items) == id


def test_a_reader_who_closes_the_pipe_is_no_error():
    line = f"{shlex.quote(sys.executable)} -m dlcore errata | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=ROOT)
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "0"


def test_where_loads_nothing_heavy_and_answers_at_once():
    """The processor time of a whole run stays under 300 ms, in the best of three."""
    code = "import sys; sys.argv = ['dlcore', 'where', 'le', 'eq7']; from dlcore.cli import main; main();"
    heavy = "print([m for m in ('numpy', 'matplotlib', 'torch', 'yaml', 'jupytext') if m in sys.modules]);"
    time = "import time; print(time.process_time())"
    runs = [
        subprocess.run([sys.executable, "-c", code + heavy + time], capture_output=True, text=True, cwd=ROOT)
        for _ in range(3)
    ]
    *_, loaded, _ = runs[0].stdout.splitlines()
    assert loaded == "[]"
    assert min(float(run.stdout.splitlines()[-1]) for run in runs) < 0.3
