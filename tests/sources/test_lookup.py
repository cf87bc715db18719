"""Every item is found by whatever its book calls it, however people type it."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore import sources
from dlcore.sources.lookup import guess_book, look_up
from dlcore.sources.numbers import KINDS, Label, labels, plain, read_request

ITEMS = sources.items()
NUMBERED = [(item, label) for item in ITEMS for label in sorted(labels(item))]


def found(query: str, book: str | None = None) -> set[str]:
    return {item.id for group in look_up(query, book).groups for item in group.items}


@pytest.mark.parametrize("key", sources.BOOKS)
def test_every_item_is_found_by_its_id_and_by_its_words(key):
    lost = [
        (item.id, query)
        for item in sources.items(key)
        for query, book in ((item.id, None), (item.id.upper(), key), (item.what, key))
        if item.id not in found(query, book)
    ]
    assert lost == []


@pytest.mark.parametrize("key", sources.BOOKS)
def test_every_item_is_found_by_its_own_numbers(key):
    lost = []
    for item, label in NUMBERED:
        dotted = ".".join(map(str, label.number)) + label.letter
        tries = ((f"{label.kind} {dotted}", key), (dotted, key), (f"{label.kind} {dotted}", None))
        if item.book == key:
            lost += [(item.id, query) for query, book in tries if item.id not in found(query, book)]
    assert lost == []


@pytest.mark.parametrize("key", sources.BOOKS)
def test_every_section_is_found_by_its_name(key):
    names = {
        item.where: re.sub(r"^[\d.]+ |^table.*?: |^ch\. 1, | \(p\. \d+\)$", "", item.where)
        for item in sources.items(key)
    }
    for where, name in names.items():
        inside = {item.id for item in sources.items(key) if item.where == where}
        if not re.match(r"[\d.]+($| intro| and| footnote)", where):
            assert inside <= found(name, key), name


@st.composite
def typed(draw):
    """Draw an item, one of its numbers, and a way in which someone may type that."""
    item, label = draw(st.sampled_from(NUMBERED))
    kind = draw(st.sampled_from([name for name in KINDS[label.kind] if name != "ex"]))
    kind = draw(st.sampled_from([kind, kind.upper(), kind.title()]))
    joint = draw(st.sampled_from(["", " ", ". ", ": ", "  ", " no. ", "."]))
    marks = [draw(st.sampled_from([".", ",", "-", "–", ". ", " .", ", ", " "])) for _ in label.number]
    number = "".join(f"{n}{mark}" for n, mark in zip(label.number, marks, strict=True))[: -len(marks[-1])]
    if draw(st.booleans()):
        number = f"({number})"
    letter = (
        draw(st.sampled_from([label.letter, f"({label.letter})", f" {label.letter}"])) if label.letter else ""
    )
    return item, f"{kind}{joint}{number}{letter}{draw(st.sampled_from(['', '.', ' ']))}"


@given(typed())
def test_numbers_are_found_however_they_are_typed(case):
    item, query = case
    assert item.id in found(query, item.book), query


@given(st.sampled_from(ITEMS), st.sampled_from(["-", ".", " ", "_"]))
def test_ids_are_found_with_any_separator(item, mark):
    typed = re.sub(r"[-.]", mark, item.id)
    assert item.id in found(typed, item.book)


@given(st.text(max_size=40), st.sampled_from([None, *sources.BOOKS]))
def test_anything_typed_gets_an_answer(query, book):
    answer = look_up(query, book)
    assert answer.groups or answer.remarks
    assert all(item.book == book or book is None for group in answer.groups for item in group.items)


def test_a_number_that_opens_a_description_is_one_of_the_labels():
    kinds = {"Eq": "equation", "Fig": "figure", "Table": "table"}
    heads = [(item, re.match(r"(Eq|Fig|Table)\w*\.? \(?(\d[\d.-]*\d|\d)\)?", item.what)) for item in ITEMS]
    numbered = [
        (item, kinds[head[1]], tuple(map(int, re.findall(r"\d+", head[2])))) for item, head in heads if head
    ]
    assert len(numbered) > 20
    for item, kind, number in numbered:
        assert (kind, number) in {(label.kind, label.number) for label in labels(item)}, item.id


def test_a_number_in_an_id_becomes_a_label():
    dotted = [(item, re.search(r"(?<=[a-z-])\d+(\.\d+)+", item.id)) for item in ITEMS]
    assert sum(match is not None for _, match in dotted) > 200
    for item, match in dotted:
        if match:
            number = tuple(map(int, match[0].split(".")))
            assert number in {label.number for label in labels(item)}, item.id


@pytest.mark.parametrize(
    ("book", "query", "id"),
    [
        ("mmds", "13.1.3", "mmds-exercise13.1.3"),
        ("mmds", "13.1.3", "mmds-cnn-definition"),
        ("mmds", "13.1,3", "mmds-exercise13.1.3"),
        ("mmds", "§13.1.3", "mmds-cnn-definition"),
        ("mmds", "Exercise 13.1.2 (b)", "mmds-exercise13.1.2b"),
        ("mmds", "problem 13.5.3u", "mmds-exercise13.5.3U"),
        ("mmds", "table 13.11", "mmds-fig13.11"),
        ("mmds", "ex 13.5", "mmds-ex13.5"),
        ("le", "eq7", "le-eq7"),
        ("le", "Equation (7)", "le-eq7"),
        ("le", "equasion 7", "le-eq7"),
        ("rawassizadeh", "fig 10-9", "raw-fig10.9"),
        ("rawassizadeh", "figure 10.12", "raw-fig10.12b"),
        ("rawassizadeh", "Adam", "raw-adam-def"),
        ("buduma", "p. 19", "bud-toc-2.2"),
        ("buduma", "fig 1–10", "bud-fig1-10"),
        ("burkov", "6.2.2", "bur-bptt"),
        (None, "vanishng gradient", "bur-vanishing-gradient"),
    ],
)
def test_what_people_type(book, query, id):
    assert id in found(query, book)


def test_a_part_is_found_alone_and_with_the_whole():
    assert found("exercise 13.1.2a", "mmds") == {"mmds-exercise13.1.2a"}
    assert found("exercise 13.1.2", "mmds") == {
        "mmds-exercise13.1.2",
        "mmds-exercise13.1.2a",
        "mmds-exercise13.1.2b",
    }


def test_a_bare_number_means_the_numbered_thing_before_the_section():
    titles = [group.title for group in look_up("13.1.3", "mmds").groups]
    assert titles == ["exercise 13.1.3", "section 13.1.3 Convolutional Neural Networks"]
    titles = [group.title for group in look_up("1", "le").groups]
    assert titles == ["equation 1", "figure 1", "table 1", "section 1 Introduction"]


@pytest.mark.parametrize(
    ("book", "query", "remark"),
    [
        ("mmds", "13.9.9", "Nearest: "),
        ("mmds", "figure 13.99", "figure 13.12"),
        ("mmds", "section 13.12", "this number belongs to equation and figure"),
        ("burkov", "algorithm 1", "this number belongs to equation and figure"),
        ("mmds", "figure 13.3 (c)", "here is the whole"),
        ("mmds", "13", "Sections inside: 13.1, 13.2, 13.3, 13.4, 13.5, 13.6, 13.7, 13.8"),
        ("le", "qqqqqqq", "speaks of"),
    ],
)
def test_an_answer_says_how_it_came_about(book, query, remark):
    assert any(remark in said for said in look_up(query, book).remarks), look_up(query, book).remarks


def test_a_missing_letter_or_kind_is_no_request():
    assert read_request("vanishing gradient") is None
    assert read_request("zzz 3") is None
    assert read_request("13.1.2a").letter == "a"


@given(st.sampled_from(sources.BOOKS), st.integers(0, 20), st.data())
def test_a_book_with_one_slip_is_recognized(key, at, data):
    if len(key) < 4:
        return
    at = at % len(key)
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    slip = data.draw(st.sampled_from([key[:at] + key[at + 1 :], key[:at] + letter + key[at:]]))
    assert guess_book(slip)[0] == key


@pytest.mark.parametrize(
    "word", ["adam", "learning", "13.1", "dropout", "layer", "", "fig", "figure", "section"]
)
def test_other_words_are_no_book(word):
    assert guess_book(word) == (None, False)


def test_labels_print_as_books_do():
    assert str(Label("exercise", (13, 1, 2), "a")) == "exercise 13.1.2a"
    assert plain("  Fig.  10–9 ") == "fig. 10-9"
