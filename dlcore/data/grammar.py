"""A small language whose entropy is known exactly.

How good a language model can get is in general unknown.  Here it is a number:
the grammar is a machine whose state follows from the symbols so far, so the
entropy of the next symbol, averaged over the states, is the loss of the best
possible model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlcore.data.text import Text
from dlcore.errors import ValidationError

__all__ = ["Grammar", "toy_language"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Grammar:
    """A probabilistic regular grammar, as a machine that emits symbols.

    In state s it emits symbol v with probability ``emission[s, v]`` and goes to
    state ``successor[s, v]``.  The first state is where a sentence begins; it
    must be reached again from everywhere.

    Attributes
    ----------
    symbols : tuple of str
        The alphabet, V symbols.
    emission : array, shape (S, V)
        Probability of each symbol in each state; rows sum to 1.
    successor : array of int, shape (S, V)
        The state that follows; ignored where the probability is 0.
    name : str
        Name of the language.
    stands_in_for : str
        What its text takes the place of.

    Raises
    ------
    ValidationError
        When a row of `emission` is not a distribution.
    """

    symbols: tuple[str, ...]
    emission: Array
    successor: NDArray[np.int64]
    name: str = "grammar"
    stands_in_for: str = ""

    def __post_init__(self) -> None:
        """Refuse rows that are no distributions."""
        if (self.emission < 0).any() or not np.allclose(self.emission.sum(axis=1), 1):
            raise ValidationError(f"{self.name}: each row of emission must be a distribution")

    def __repr__(self) -> str:
        """Return one line: name, sizes, entropy rate."""
        states, symbols = self.emission.shape
        return f"<{self.name}: {symbols} symbols, {states} states, {self.entropy_rate:.3f} bit a symbol>"

    @cached_property
    def stationary(self) -> Array:
        """Share of the time spent in each state.

        Returns
        -------
        ndarray, shape (S,)
            Sums to one.
        """
        states = len(self.emission)
        step = np.zeros((states, states))
        np.add.at(step, (np.arange(states)[:, None], self.successor), self.emission)
        balance = np.vstack([step.T - np.eye(states), np.ones(states)])
        share: Array = np.linalg.lstsq(balance, np.eye(states + 1)[-1])[0]
        return share

    @cached_property
    def entropy_rate(self) -> float:
        """Entropy of the best possible model, Σ_s π(s) H(emission[s]).

        Returns
        -------
        float
            In bits a symbol.
        """
        return float(self.stationary @ _entropy(self.emission))

    def context_entropy(self, length: int) -> float:
        """Return the bits a symbol of the best model that sees a few symbols back.

        A unigram model sees none, a bigram model one.  Computed exactly: words
        of this length are summed over, those that leave the same belief about
        the state together.

        Parameters
        ----------
        length : int
            Number of symbols that the model sees.

        Returns
        -------
        float
            H(next symbol | the last `length` symbols), in bits; never below
            `entropy_rate`.

        Raises
        ------
        ValidationError
            When `length` is negative.
        """
        if length < 0:
            raise ValidationError(f"a context has a length of 0 or more, got {length}")
        weights, beliefs = np.ones(1), self.stationary[None]
        for _ in range(length):
            weights, beliefs = self._after_one_symbol(weights, beliefs)
        return float(weights @ _entropy(beliefs @ self.emission))

    def _after_one_symbol(self, weights: Array, beliefs: Array) -> tuple[Array, Array]:
        """Move each belief on by each symbol, and merge those that became equal."""
        moved = np.zeros((len(self.symbols), *beliefs.shape))
        for v in range(len(self.symbols)):
            np.add.at(moved[v].T, self.successor[:, v], (beliefs * self.emission[:, v]).T)
        chance = moved.sum(axis=2)
        possible = chance > 0
        weight = (chance * weights)[possible]
        belief = moved[possible] / chance[possible][:, None]
        _, first, group = np.unique(belief.round(12), axis=0, return_index=True, return_inverse=True)
        merged = np.zeros(len(first))
        np.add.at(merged, group.ravel(), weight)
        return merged, belief[first]

    def sample(self, length: int, *, rng: np.random.Generator) -> Text:
        """Draw a text that begins with a sentence.

        Parameters
        ----------
        length : int
            Number of symbols.
        rng : numpy.random.Generator
            Source of the draw.

        Returns
        -------
        Text
            The symbols drawn.

        Raises
        ------
        ValidationError
            When `length` is below 1.
        """
        if length < 1:
            raise ValidationError(f"a text has a length of 1 or more, got {length}")
        emits = [np.flatnonzero(row) for row in self.emission]
        bounds = [np.cumsum(row[row > 0])[:-1] for row in self.emission]
        tokens, state = np.empty(length, np.int64), 0
        for t, chance in enumerate(rng.random(length)):
            tokens[t] = emits[state][np.searchsorted(bounds[state], chance, side="right")]
            state = self.successor[state, tokens[t]]
        return Text(tokens, self.symbols, name=self.name, stands_in_for=self.stands_in_for)

    def surprisal(self, tokens: NDArray[np.int64]) -> Array:
        """Return the bits that each symbol of a text carries, to one who knows the grammar.

        Parameters
        ----------
        tokens : array of int, shape (T,)
            A text that begins with a sentence.

        Returns
        -------
        array, shape (T,)
            ``-log2 p(symbol | all before it)``; their mean comes close to
            `entropy_rate` in a long text.  Infinite from the first symbol on
            that the grammar forbids.
        """
        bits, state = np.full(len(tokens), np.inf), 0
        for t, token in enumerate(tokens):
            if self.emission[state, token] == 0:
                break
            bits[t] = -np.log2(self.emission[state, token])
            state = self.successor[state, token]
        return bits


def _entropy(distribution: Array) -> Array:
    """Return the entropy along the last axis, in bits."""
    logs = np.log2(distribution, out=np.zeros_like(distribution), where=distribution > 0)
    bits: Array = -(distribution * logs).sum(axis=-1)
    return bits


_OPENING, _CLOSING = "([{<", ")]}>"
_CONSONANTS = {"b": 0.4, "d": 0.3, "k": 0.2, "m": 0.1}
_VOWELS = ("ao", "ei")  # back and front; one sentence keeps to one of them
_SHORTEST = 5  # syllables, so a bracket closes 11 symbols or more after it opened


def toy_language() -> Grammar:
    """Return a grammar of 16 symbols with a memory of more than ten steps.

    A sentence is an opening bracket, five or more syllables, and the closing
    bracket of the same kind; after the fifth syllable each goes on with
    probability 1/2.  A syllable is a consonant and a vowel.  All vowels of a
    sentence are back (a, o) or all are front (e, i), as in languages with vowel
    harmony.  So the bracket asks for a memory of 11 symbols or more, the vowel
    for one of two, and what a bigram sees is blind to both.

    Returns
    -------
    Grammar
        Its `entropy_rate` is known, its text stands in for real text.
    """
    states = [_Sentence()]
    for state in states:
        states += dict.fromkeys(after for _, _, after in _rules(state) if after not in states)
    symbols = (*_OPENING, *_CLOSING, *_CONSONANTS, *"".join(_VOWELS))
    emission = np.zeros((len(states), len(symbols)))
    successor = np.zeros(emission.shape, np.int64)
    for s, state in enumerate(states):
        for symbol, probability, after in _rules(state):
            v = symbols.index(symbol)
            emission[s, v], successor[s, v] = probability, states.index(after)
    return Grammar(
        symbols, emission, successor, name="toy_language", stands_in_for="text, such as tiny Shakespeare"
    )


class _Sentence(NamedTuple):
    """What of a sentence decides how it goes on."""

    bracket: str = ""
    vowels: str = ""
    syllables: int = 0
    consonant: bool = False


def _rules(now: _Sentence) -> list[tuple[str, float, _Sentence]]:
    """Return the symbols that may follow, each with its probability and what is known after it."""
    if not now.bracket:
        return [(symbol, 1 / len(_OPENING), _Sentence(symbol)) for symbol in _OPENING]
    if now.consonant:
        classes = [now.vowels] if now.vowels else _VOWELS
        count = min(now.syllables + 1, _SHORTEST)
        chance = 1 / (2 * len(classes))
        return [(v, chance, _Sentence(now.bracket, vowels, count)) for vowels in classes for v in vowels]
    end = 0.5 if now.syllables == _SHORTEST else 0.0
    more = [(c, (1 - end) * share, now._replace(consonant=True)) for c, share in _CONSONANTS.items()]
    closing = _CLOSING[_OPENING.index(now.bracket)]
    return [*more, (closing, end, _Sentence())] if end else more
