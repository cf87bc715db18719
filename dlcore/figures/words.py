"""Numbers and lists as the words for a picture need them."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["listed", "number"]


def number(value: float) -> str:
    """Write a number with three digits and a real minus sign.

    Parameters
    ----------
    value : float
        What to write.

    Returns
    -------
    str
        Such as ``−0.25``.
    """
    positive_zero = value + 0.0
    return f"{positive_zero:.3g}".replace("-", "−")


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    Parameters
    ----------
    words : sequence of str
        At least one.

    Returns
    -------
    str
        Such as ``a, b and c``.
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
