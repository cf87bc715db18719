"""Trying out settings: every combination of a grid, or random draws.

The combinations come from scikit-learn; what is ours is the table. Needs the extra
``notebook``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.errors import ValidationError
from dlcore.progress import track
from dlcore.tables import html_table, text_table

__all__ = ["SearchResult", "grid_search", "random_search"]

Settings = dict[str, Any]


@dataclass(frozen=True)
class SearchResult:
    """Settings that were tried, and their scores.

    Attributes
    ----------
    rows : tuple of (float, dict)
        Score and settings, the lowest score first; NaN comes last.
    """

    rows: tuple[tuple[float, Settings], ...]

    @property
    def best(self) -> Settings:
        """Settings with the lowest score.

        Returns
        -------
        dict of str to object
            By name.
        """
        return self.rows[0][1]

    def _table(self) -> tuple[list[str], list[list[str]]]:
        names = list(self.best)
        return [*names, "score"], [[*(str(s[n]) for n in names), f"{score:.4g}"] for score, s in self.rows]

    def __str__(self) -> str:
        return text_table(*self._table())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(*self._table(), caption=f"{len(self.rows)} settings, lowest score first")


def grid_search(train: Callable[..., float], grid: Mapping[str, Sequence[Any]]) -> SearchResult:
    """Try every combination.  [rawassizadeh 10]

    Parameters
    ----------
    train : callable
        ``train(**settings) -> score``, lower is better; usually a validation loss.
    grid : mapping of str to sequence
        Values of each setting.

    Returns
    -------
    SearchResult
        All combinations, ranked.
    """
    from sklearn.model_selection import ParameterGrid

    return _ranked(train, ParameterGrid({name: list(values) for name, values in grid.items()}))


def random_search(
    train: Callable[..., float], draws: Mapping[str, Any], *, n: int, rng: np.random.Generator
) -> SearchResult:
    """Try random settings, which finds good values of the few that matter with fewer runs.

    Parameters
    ----------
    train : callable
        ``train(**settings) -> score``, lower is better.
    draws : mapping of str to sequence or distribution
        Values to choose from, or a SciPy distribution such as ``loguniform(1e-4, 1)``.
    n : int
        Number of runs, at least 1. If all are sequences, no combination comes twice.
    rng : numpy.random.Generator
        Draws the settings.

    Returns
    -------
    SearchResult
        All runs, ranked.
    """
    from sklearn.model_selection import ParameterSampler

    if n < 1:
        raise ValidationError(f"random_search: n must be at least 1, got {n}")
    # scikit-learn takes a seed, not a Generator
    return _ranked(train, ParameterSampler(dict(draws), n, random_state=int(rng.integers(2**31))))


def _ranked(train: Callable[..., float], candidates: Iterable[Settings]) -> SearchResult:
    tried = [
        (float(train(**settings)), dict(settings)) for settings in track(list(candidates), label="settings")
    ]
    return SearchResult(tuple(sorted(tried, key=lambda row: (np.isnan(row[0]), row[0]))))
