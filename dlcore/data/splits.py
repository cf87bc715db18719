"""Cutting any number of samples into two, three or more parts, at random or along time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError

__all__ = ["split_indices"]


def split_indices(
    n: int, *shares: float, rng: np.random.Generator | None = None
) -> tuple[NDArray[np.integer[Any]], ...]:
    """Cut the samples 0..n-1 into parts: training, validation, test.  [buduma 2, mmds 13.6]

    Parameters
    ----------
    n : int
        Number of samples.
    *shares : float
        Share of each part, positive; they sum to 1. Two give training and test,
        three training, validation and test.
    rng : numpy.random.Generator, optional
        Shuffles the samples first. Without it they stay in their order: along time, so
        that a model is never tested on what came before its training data.

    Returns
    -------
    tuple of ndarray of int
        Indices of each part; every sample is in exactly one.

    Raises
    ------
    ValidationError
        If the shares do not sum to 1, or a part would be empty.

    Examples
    --------
    >>> [part.tolist() for part in split_indices(10, 0.6, 0.2, 0.2)]
    [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9]]
    """
    if not shares or min(shares) <= 0 or not np.isclose(sum(shares), 1):
        raise ValidationError(f"split_indices expects positive shares that sum to 1, got {shares}")
    order = np.arange(n) if rng is None else rng.permutation(n)
    borders = np.round(np.cumsum(shares[:-1]) * n).astype(int)
    parts = tuple(np.split(order, borders))
    if any(len(part) == 0 for part in parts):
        raise ValidationError(f"{n} samples are too few for shares {shares}: a part would be empty")
    return parts
