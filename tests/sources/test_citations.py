"""Every source that a docstring names exists in that book's inventory."""

import ast
import re
from pathlib import Path

import pytest

from dlcore.sources import BOOKS
from dlcore.sources.lookup import look_up

ROOT = Path(__file__).parents[2]
BRACKET = re.compile(rf"\[((?:{'|'.join(BOOKS)}) [^\]]+)\]")
#: A book whose text here is one chapter is cited by that chapter's number as a whole.
CHAPTERS = {"burkov": "6", "buduma": "1", "rawassizadeh": "10", "mmds": "13"}


def docstrings():
    for path in sorted((ROOT / "dlcore").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield path.relative_to(ROOT), ast.get_docstring(node) or ""


def citations(text: str):
    """Pairs of book and place: ``[le 5, mmds eq. 13.1 and eq. 13.2]`` has three."""
    for bracket in BRACKET.findall(" ".join(text.split())):
        book = ""
        for part in re.split(r", | and ", bracket):
            word, _, rest = part.partition(" ")
            book, place = (word, rest) if word in BOOKS else (book, part)
            first, last = re.fullmatch(r"(.*?\S)(?:-(\d+\.\d+))?", place).groups()
            yield book, first
            if last:
                yield book, f"{first.rpartition(' ')[0]} {last}"


def exists(book: str, place: str) -> bool:
    if place == CHAPTERS.get(book):
        return True
    answer = look_up(f"section {place}" if place[0].isdigit() else place, book)
    return bool(answer.groups) and not any(remark.startswith("No ") for remark in answer.remarks)


FOUND = sorted({(str(path), *found) for path, text in docstrings() for found in citations(text)})


@pytest.mark.parametrize(("path", "book", "place"), FOUND, ids=lambda part: part)
def test_a_cited_place_is_in_the_inventory(path, book, place):
    assert exists(book, place), f"{path} cites {book} {place}"


def test_there_are_citations_and_a_wrong_one_is_seen():
    assert len(FOUND) > 50
    assert list(citations("x  [le 5, mmds eq. 13.17 and eq. 13.18]")) == [
        ("le", "5"),
        ("mmds", "eq. 13.17"),
        ("mmds", "eq. 13.18"),
    ]
    assert list(citations("[mmds eq. 13.1-13.2]")) == [("mmds", "eq. 13.1"), ("mmds", "eq. 13.2")]
    assert exists("mmds", "eq. 13.17")
    assert not exists("mmds", "eq. 13.99")
    assert not exists("burkov", "4")
