"""The toy language: its numbers, by ways that do not use the machine."""

from __future__ import annotations

import re
from itertools import pairwise, product

import numpy as np
import pytest

from dlcore.data import Grammar, toy_language
from dlcore.errors import ValidationError

LANGUAGE = toy_language()
SENTENCE = re.compile(r"\(S\)|\[S\]|\{S\}|<S>".replace("S", "(?:(?:[bdkm][ao]){5,}|(?:[bdkm][ei]){5,})"))


def entropy(*probabilities: float) -> float:
    return -sum(p * np.log2(p) for p in probabilities)


def test_what_was_promised_of_it():
    assert len(LANGUAGE.symbols) == 16
    assert LANGUAGE.context_entropy(1) - LANGUAGE.entropy_rate > 0.6
    assert LANGUAGE.context_entropy(10) - LANGUAGE.entropy_rate > 0.1
    assert len(LANGUAGE.emission) == 1 + 4 * (2 + 2 * (2 * 5))


def test_entropy_rate_equals_bits_of_a_sentence_over_its_length():
    """Renewal: sentences are independent, so count the choices of one sentence."""
    syllables = 5 + 1
    consonants = syllables * entropy(0.4, 0.3, 0.2, 0.1)
    vowels = 1 + syllables * 1
    when_to_end = 2 * 1
    bits = 2 + consonants + vowels + when_to_end
    assert LANGUAGE.entropy_rate == pytest.approx(bits / (2 + 2 * syllables), abs=1e-9)


def test_bigram_entropy_by_hand():
    """H(next | last symbol), from the rules in the docstring alone."""
    length, syllables = 14, 6
    after_opening = entropy(0.4, 0.3, 0.2, 0.1)
    after_consonant = 2
    goes_on = 5 / 6  # of six vowels in a sentence, five are followed by a consonant
    after_vowel = entropy(goes_on, 1 - goes_on) + goes_on * after_opening + (1 - goes_on) * 2
    after_closing = 2
    total = after_opening + syllables * (after_consonant + after_vowel) + after_closing
    assert LANGUAGE.context_entropy(1) == pytest.approx(total / length, abs=1e-9)


def test_unigram_entropy_by_hand():
    shares = [1 / 14 / 4] * 8 + [6 / 14 * p for p in (0.4, 0.3, 0.2, 0.1)] + [6 / 14 / 4] * 4
    assert LANGUAGE.context_entropy(0) == pytest.approx(entropy(*shares), abs=1e-9)


def test_long_contexts_come_down_to_the_entropy_rate():
    bits = [LANGUAGE.context_entropy(k) for k in (0, 1, 2, 4, 8, 10, 16, 24)]
    assert all(a > b for a, b in pairwise(bits))
    assert bits[-1] > LANGUAGE.entropy_rate
    assert bits[-1] - LANGUAGE.entropy_rate < 0.005


def test_context_entropy_equals_enumeration_of_words():
    """A grammar of three symbols: sum over every word, without merging beliefs."""
    emission = np.array([[0.5, 0.5, 0.0], [0.1, 0.2, 0.7], [0.0, 0.6, 0.4]])
    grammar = Grammar(("a", "b", "c"), emission, np.array([[0, 1, 0], [2, 1, 0], [0, 0, 1]]))

    def chance(word):
        belief = grammar.stationary
        for v in word:
            belief = np.array(
                [(belief * emission[:, v] * (grammar.successor[:, v] == s)).sum() for s in range(3)]
            )
        return belief.sum()

    for k in range(5):
        words = [[chance((*word, v)) for v in range(3)] for word in product(range(3), repeat=k)]
        bits = sum(sum(row) * entropy(*(p / sum(row) for p in row if p)) for row in words if sum(row))
        assert grammar.context_entropy(k) == pytest.approx(bits, abs=1e-9)


def test_a_sample_is_made_of_sentences_and_has_the_stated_entropies():
    text = LANGUAGE.sample(100_000, rng=np.random.default_rng(0))
    whole = text.text[: max(map(text.text.rindex, ")]}>")) + 1]
    assert SENTENCE.sub("", whole) == ""
    surprisal = LANGUAGE.surprisal(text.tokens)
    error = surprisal.std() / np.sqrt(len(text))
    assert abs(surprisal.mean() - LANGUAGE.entropy_rate) < 5 * error
    pairs = np.zeros((16, 16))
    np.add.at(pairs, (text.tokens[:-1], text.tokens[1:]), 1)
    joint, first = pairs / pairs.sum(), pairs.sum(axis=1) / pairs.sum()
    empirical = entropy(*joint[joint > 0]) - entropy(*first[first > 0])
    assert empirical == pytest.approx(LANGUAGE.context_entropy(1), abs=0.01)


def test_the_closing_bracket_needs_eleven_symbols_back():
    text = LANGUAGE.sample(20_000, rng=np.random.default_rng(1)).text
    matches = list(SENTENCE.finditer(text))
    assert len(matches) > 1000
    assert min(len(m.group()) for m in matches) == 12
    kinds = [m.group()[0] for m in matches if len(m.group()) == 12]
    assert min(kinds.count(k) / len(kinds) for k in "([{<") > 0.2


def test_surprisal_of_what_the_grammar_forbids_is_infinite():
    tokens = np.array([LANGUAGE.symbols.index(c) for c in "(bab)"])
    assert np.isinf(LANGUAGE.surprisal(tokens)).tolist() == [False, False, False, False, True]
    tokens = np.array([LANGUAGE.symbols.index(c) for c in "(babebeba"])
    assert np.isinf(LANGUAGE.surprisal(tokens)).tolist() == [False] * 4 + [True] * 5


def test_text_unpacks_splits_and_shows_itself():
    text = LANGUAGE.sample(100, rng=np.random.default_rng(0))
    x, y = text
    np.testing.assert_array_equal(x[1:], y[:-1])
    train, test = text.split(test=0.2)
    assert train.text + test.text == text.text
    assert len(test) == 20
    assert repr(text) == "<toy_language: 100 symbols, 16 different>"
    assert "&lt;" in text._repr_html_()
    assert repr(LANGUAGE).endswith("bit a symbol>")
    for share in (0, 1, 0.005):
        with pytest.raises(ValidationError, match="both parts"):
            text.split(test=share)


def test_bad_input():
    with pytest.raises(ValidationError, match="distribution"):
        Grammar(("a",), np.array([[0.5]]), np.array([[0]]))
    with pytest.raises(ValidationError, match="0 or more"):
        LANGUAGE.context_entropy(-1)
    with pytest.raises(ValidationError, match="1 or more"):
        LANGUAGE.sample(0, rng=np.random.default_rng(0))


def test_seeds():
    first, again, other = (LANGUAGE.sample(50, rng=np.random.default_rng(s)).text for s in (3, 3, 4))
    assert first == again != other
