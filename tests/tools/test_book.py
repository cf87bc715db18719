"""The book is made in build/, chapter by chapter, and says what failed."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from tests.tools import toy
from tools import book, notebooks

CONF = """\
project = "toy"
extensions = ["myst_nb"]
nb_execution_mode = "off"
suppress_warnings = ["myst.xref_missing"]
"""
INDEX = "# Toy\n\n```{toctree}\n:glob:\n\nchapters/*\n```\n"


def snapshot(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory):
    """Make the book of a good and a failing chapter."""
    pytest.importorskip("myst_nb")
    root = tmp_path_factory.mktemp("book")
    good = toy.checkout(root)
    failing = good.text.with_name("02-failing.md")
    failing.write_text(good.text.read_text().replace("loss = 0.034", "loss = 1 / 0"))
    (root / "docs").mkdir()
    (root / "docs" / "conf.py").write_text(CONF)
    (root / "docs" / "index.md").write_text(INDEX)
    before = snapshot(root / "chapters")
    done = toy.run(root, "tools.book")
    assert snapshot(root / "chapters") == before
    return root, done


def test_a_failing_chapter_is_named_with_its_cell_and_error(made):
    _, done = made
    assert done.returncode == 1
    assert re.search(r"^01-toy +[\d.]+ +5  ok$", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert re.search(r"^02-failing +[\d.]+ +5  FAILED$", done.stdout, re.MULTILINE)
    assert re.search(
        r"^02-failing: cell 11 \(02-failing-\w+\): ZeroDivisionError: division by zero$", done.stdout, re.M
    )
    assert "2/2" in done.stderr


def test_the_other_chapters_are_made_and_their_pictures_have_words(made):
    root, done = made
    page = root / "build/book/html/chapters/01-toy.html"
    assert f"Open {root}/build/book/html/index.html" in done.stdout
    images = re.findall(r"<img[^>]*_images[^>]*>", page.read_text())
    assert len(images) == 1
    assert 'alt="An empty white rectangle, as wide as the page"' in images[0]


def test_what_did_not_change_is_not_made_again(made):
    root, _ = made
    (root / "chapters/text/02-failing.md").unlink()
    fixed = toy.run(root, "tools.book")
    assert fixed.returncode == 0, fixed.stderr
    assert not (root / "build/book/source/chapters/02-failing.ipynb").exists()
    before = {path: path.stat().st_mtime_ns for path in (root / "build").rglob("*") if path.is_file()}
    again = toy.run(root, "tools.book")
    assert again.returncode == 0
    assert {path: path.stat().st_mtime_ns for path in (root / "build").rglob("*") if path.is_file()} == before


def test_a_warning_of_the_site_fails_each_time_until_it_is_mended(made):
    root, _ = made
    (root / "docs" / "index.md").write_text(INDEX + "\n{nonsense}`x`\n")
    results = [toy.run(root, "tools.book") for _ in range(2)]
    (root / "docs" / "index.md").write_text(INDEX)
    assert [done.returncode for done in results] == [1, 1]
    assert "nonsense" in results[1].stderr


def test_a_chapter_that_is_not_chosen_is_shown_as_stored(made, stored_toy: notebooks.Pair):
    root, _ = made
    shutil.copy(stored_toy.notebook, root / "chapters" / "02-other.ipynb")
    done = toy.run(root, "tools.book", "01-toy")
    (root / "chapters" / "02-other.ipynb").unlink()
    assert done.returncode == 0, done.stderr
    assert "02-other" not in done.stdout
    assert 'alt="An empty white' in (root / "build/book/html/chapters/02-other.html").read_text()


def test_the_key_of_a_chapter_follows_its_text_and_the_package(tmp_path: Path):
    (tmp_path / "dlcore").mkdir()
    (tmp_path / "dlcore" / "a.py").write_text("x = 1")
    first = book.tree_digest(tmp_path)
    (tmp_path / "dlcore" / "__pycache__").mkdir()
    (tmp_path / "dlcore" / "__pycache__" / "a.pyc").touch()
    assert book.tree_digest(tmp_path) == first
    (tmp_path / "dlcore" / "a.py").write_text("x = 2")
    assert book.tree_digest(tmp_path) != first
    (tmp_path / "dlcore" / "a.py").write_text("x = 1")
    (tmp_path / "dlcore" / "a.py").rename(tmp_path / "dlcore" / "b.py")
    assert book.tree_digest(tmp_path) != first


def test_the_source_holds_what_belongs_and_nothing_else(tmp_path: Path):
    docs, executed, source = (tmp_path / name for name in ("docs", "executed", "source"))
    for path in (docs / "index.md", docs / "_build/old.html", executed / "01-a.ipynb", source / "gone.md"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(path.name)
    pair = notebooks.Pair("01-a", tmp_path / "01-a.md", tmp_path / "01-a.ipynb")
    book.assemble(source, docs, executed, [pair])
    found = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()}
    assert found == {"index.md", "chapters/01-a.ipynb"}
