"""Predict, then reveal: a question whose answer stays folded until the reader has one.

The answer is folded by HTML's own ``<details>``, so it opens by mouse and keyboard, on a
page without a kernel as well as in a live notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import ascii_uppercase

from dlcore.errors import ValidationError

__all__ = ["Question", "predict"]

# No color of its own but the bar: text and ground are the page's, light or dark.
BOX = "border-left: 4px solid #E69F00; padding: 0.2em 1em; margin: 0.5em 0; text-align: left"


@dataclass(frozen=True, repr=False)
class Question:
    """A question with lettered options; what a notebook shows of it keeps the answer folded.

    Attributes
    ----------
    question : str
        What to predict.
    options : tuple of str
        What to choose from, lettered A, B, …
    answer : str
        Letter of the right one.
    because : str
        Why it is right.
    """

    question: str
    options: tuple[str, ...]
    answer: str
    because: str

    def reveal(self) -> str:
        """Say the answer.

        Returns
        -------
        str
            Letter, option and reason.
        """
        option = self.options[ascii_uppercase.index(self.answer)]
        return f"{self.answer}: {option.rstrip('.')}. {self.because}"

    def __repr__(self) -> str:
        lines = [f"Predict: {self.question}"]
        lines += [
            f"  {letter}: {option}" for letter, option in zip(ascii_uppercase, self.options, strict=False)
        ]
        return "\n".join([*lines, "Choose one, then call .reveal() or run the next cell."])

    def _repr_html_(self) -> str:
        options = "".join(f"<li>{escape(option)}</li>" for option in self.options)
        return (
            f'<div role="group" aria-label="Predict, then reveal" style="{BOX}">'
            f"<p><strong>Predict.</strong> {escape(self.question)}</p>"
            f'<ol type="A">{options}</ol>'
            '<details><summary style="cursor: pointer"><strong>Reveal the answer</strong></summary>'
            f"<p>{escape(self.reveal())}</p></details></div>"
        )


def predict(question: str, options: Sequence[str], *, answer: str, because: str) -> Question:
    """Ask the reader for a prediction before a cell computes the answer.

    Parameters
    ----------
    question : str
        What to predict; the next cell should compute it.
    options : sequence of str
        Two to 26 different answers to choose from. They are lettered A, B, …
    answer : str
        Letter of the right one.
    because : str
        Why it is right, in a sentence or two.

    Returns
    -------
    Question
        The last value of a notebook cell, which shows it with the answer folded.

    Raises
    ------
    ValidationError
        If a text is empty, options are too few, too many or equal, or no option has that letter.
    """
    options = tuple(options)
    if not all(text.strip() for text in (question, because, *options)):
        raise ValidationError("predict expects a question, options and a reason, got an empty text")
    if not 2 <= len(options) <= len(ascii_uppercase) or len(set(options)) < len(options):
        raise ValidationError(f"predict expects 2 to 26 different options, got {options!r}")
    letters = ascii_uppercase[: len(options)]
    if len(answer) != 1 or answer not in letters:
        raise ValidationError(f"predict expects as answer one of {', '.join(letters)}, got {answer!r}")
    return Question(question, options, answer, because)
