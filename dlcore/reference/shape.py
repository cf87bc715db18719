"""Between shapes: flatten images to vectors, and turn labels and words into vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlcore.errors import ShapeError, ValidationError
from dlcore.initializers import Initializer, normal
from dlcore.reference._checks import Array, as_floats
from dlcore.reference.base import Layer, Parameter, Pullback

__all__ = ["Embedding", "Flatten", "embedding", "flatten", "one_hot"]


def flatten(x: ArrayLike, start_dim: int = 1, end_dim: int = -1) -> tuple[Array, Pullback]:
    """Merge neighboring axes into one, the last of them running fastest.  [mmds 13.3.5, le 11]

    Parameters
    ----------
    x : array_like, shape (N, ...)
        Such as images (N, C, H, W).
    start_dim, end_dim : int
        First and last axis to merge; by default all but the batch.

    Returns
    -------
    y : ndarray, shape (N, D)
        A copy.
    back : callable
        ``back(dy) -> dx``.

    Raises
    ------
    ShapeError
        If `x` has no such axes.
    """
    x = as_floats(x)
    first, last = (axis + x.ndim if axis < 0 else axis for axis in (start_dim, end_dim))
    if not 0 <= first <= last < x.ndim:
        raise ShapeError("flatten", f"axes {start_dim} to {end_dim}", x.shape)
    merged = math.prod(x.shape[first : last + 1])
    shape = (*x.shape[:first], merged, *x.shape[last + 1 :])

    def back(dy: Array) -> Array:
        return np.array(dy, order="C").reshape(x.shape)

    return np.array(x, order="C").reshape(shape), back


def need_indices(where: str, indices: ArrayLike, count: int) -> Array:
    """Return indices as an array, or say which is no index.

    Parameters
    ----------
    where : str
        The operation, for the message.
    indices : array_like of int
        Indices.
    count : int
        How many there are to choose from.

    Returns
    -------
    ndarray of int
        The indices.

    Raises
    ------
    ValidationError
        If they are not integers in 0..count-1.
    """
    array = np.asarray(indices)
    if array.dtype.kind not in "iu" and array.size:
        raise ValidationError(f"{where}: indices must be integers, got dtype {array.dtype}")
    if array.size and not (array.min() >= 0 and array.max() < count):
        raise ValidationError(f"{where}: indices must be in 0..{count - 1}, got {array.min()}..{array.max()}")
    return array.astype(np.intp, copy=False)


def embedding(
    indices: ArrayLike, weight: ArrayLike, padding_idx: int | None = None
) -> tuple[Array, Pullback]:
    """Look up one row a word: yₙ = W[iₙ], the product of a one-hot row with W.  [buduma 6]

    Parameters
    ----------
    indices : array_like of int, any shape
        Which rows.
    weight : array_like, shape (V, D)
        One row a word.
    padding_idx : int, optional
        A word that stands for nothing: its row is looked up as any other but gets no gradient.

    Returns
    -------
    y : ndarray, shape (..., D)
        The rows.
    back : callable
        ``back(dy) -> (None, dweight)``; a row that is looked up several times adds up.

    Raises
    ------
    ShapeError
        If `weight` is not (V, D).
    ValidationError
        If an index is not in 0..V-1.
    """
    weight = as_floats(weight)
    if weight.ndim != 2:
        raise ShapeError("embedding", "weights of shape (V, D)", weight.shape)
    indices = need_indices("embedding", indices, len(weight))
    if padding_idx is not None:
        need_indices("embedding: padding_idx", padding_idx, len(weight))

    def back(dy: Array) -> tuple[None, Array]:
        dweight = _sum_rows(dy.reshape(-1, weight.shape[1]), indices.reshape(-1), weight)
        if padding_idx is not None:
            dweight[padding_idx] = 0
        return None, dweight

    return weight[indices], back


def _sum_rows(rows: Array, indices: Array, like: Array) -> Array:
    """Add each row to the place it came from: sorted by place, sums of neighbors do it.

    `numpy.add.at` says the same in one line and takes several times as long.
    """
    total = np.zeros_like(like)
    if indices.size:
        order = np.argsort(indices, kind="stable")
        places = indices[order]
        starts = np.flatnonzero(np.diff(places, prepend=-1))
        total[places[starts]] = np.add.reduceat(rows[order], starts, axis=0)
    return total


def one_hot(indices: ArrayLike, num_classes: int, *, dtype: DTypeLike = np.float32) -> Array:
    """Rows of zeros with a single 1 at the index.  [mmds 13.5, burkov 6.2.2]

    Parameters
    ----------
    indices : array_like of int, any shape
        Class or word of each row.
    num_classes : int
        Length K of a row.
    dtype : dtype, default numpy.float32
        Type of the entries.

    Returns
    -------
    ndarray, shape (..., K)
        The rows.

    Raises
    ------
    ValidationError
        If an index is not in 0..K-1.
    """
    indices = need_indices("one_hot", indices, num_classes)
    rows = np.zeros((indices.size, num_classes), dtype)
    rows[np.arange(indices.size), indices.reshape(-1)] = 1
    return rows.reshape(*indices.shape, num_classes)


class Flatten(Layer):
    """Merging of axes as a layer; see `flatten`.

    Parameters
    ----------
    start_dim, end_dim : int
        First and last axis to merge; by default all but the batch.
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `flatten`.

        Parameters
        ----------
        x : ndarray, shape (N, ...)
            Such as images (N, C, H, W).

        Returns
        -------
        tuple
            Output and pullback.
        """
        return flatten(x, self.start_dim, self.end_dim)


class Embedding(Layer):
    """Rows of a table of its own; see `embedding`.

    Parameters
    ----------
    num_embeddings : int
        Number of words V.
    embedding_dim : int
        Length D of a row.
    padding_idx : int, optional
        A word that stands for nothing: its row starts at zero and gets no gradient.
    rng : numpy.random.Generator
        Draws the table.
    init : callable, optional
        Initializer of the table; by default normal with standard deviation 1, as in PyTorch.
    dtype : dtype, default numpy.float32
        Type of the parameter.

    Attributes
    ----------
    weight : Parameter, shape (V, D)
        One row a word.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        rng: np.random.Generator,
        init: Initializer | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        if padding_idx is not None:
            need_indices("Embedding: padding_idx", padding_idx, num_embeddings)
        shape = (num_embeddings, embedding_dim)
        if init is None:
            table = normal(shape, rng=rng, std=1.0, dtype=dtype)
        else:
            table = init(shape, rng=rng, dtype=dtype)
        self.padding_idx = padding_idx
        if padding_idx is not None:
            table[padding_idx] = 0
        self.weight = Parameter(table)

    def operation(self, indices: Any, weight: Any) -> tuple[Array, Pullback]:
        """Apply `embedding` with the layer's table.

        Parameters
        ----------
        indices : ndarray of int
            Which rows.
        weight : ndarray
            The table.

        Returns
        -------
        tuple
            Output of shape ``(..., D)`` and pullback.
        """
        return embedding(indices, weight, self.padding_idx)
