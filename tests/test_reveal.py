"""Predict, then reveal: the answer is there, folded, escaped, and must be one of the options."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.errors import ValidationError
from dlcore.reveal import predict

GOOD = {"answer": "B", "because": "Three is more than two."}


def ask(**changes):
    return predict(**{"question": "How many?", "options": ["two", "three"], **GOOD, **changes})


class Reader(HTMLParser):
    """Collect what is outside and what is inside of the fold, and hold the tags in balance."""

    def __init__(self, html):
        super().__init__()
        self.open, self.outside, self.inside, self.tags = [], "", "", []
        self.feed(html)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        if "details" in self.open and "summary" not in self.open:
            self.inside += text
        else:
            self.outside += text


def test_the_answer_is_folded():
    page = Reader(ask()._repr_html_())
    assert "How many?" in page.outside
    assert "three" in page.outside
    assert "Three is more than two." not in page.outside
    assert page.inside == "B: three. Three is more than two."


def test_the_fold_is_native_and_closed():
    html = ask()._repr_html_()
    assert "<details><summary" in html
    assert "<script" not in html
    assert "onclick" not in html


def test_no_color_is_forced_on_text_or_ground():
    html = ask()._repr_html_()
    assert "background" not in html
    assert " color:" not in html


def test_options_are_lettered():
    assert '<ol type="A"><li>two</li><li>three</li></ol>' in ask()._repr_html_()


@given(st.text(min_size=1).filter(str.strip))
def test_text_is_never_markup(text):
    page = Reader(ask(question=text, because=text, options=["fixed", text + "!"])._repr_html_())
    assert sorted(set(page.tags)) == ["details", "div", "li", "ol", "p", "strong", "summary"]


def test_markup_in_a_question_is_shown_as_it_is():
    page = Reader(ask(question="Is a < b & <b>c</b>?")._repr_html_())
    assert "Is a < b & <b>c</b>?" in page.outside


def test_a_terminal_shows_the_question_without_the_answer():
    text = repr(ask())
    assert "How many?" in text
    assert "A: two" in text
    assert "B: three" in text
    assert "more than" not in text


def test_reveal_says_letter_option_and_reason():
    assert ask(options=["two.", "three."]).reveal() == "B: three. Three is more than two."


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "C"},
        {"answer": "b"},
        {"answer": ""},
        {"answer": "AB"},
        {"options": ["three"], "answer": "A"},
        {"options": ["two", "two"]},
        {"options": [str(i) for i in range(27)]},
        {"options": ["two", " "]},
        {"question": ""},
        {"because": "  "},
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(changes):
    with pytest.raises(ValidationError, match="predict expects"):
        ask(**changes)
