"""Between shapes: flatten images to vectors, and turn labels and words into vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dlcore.errors import ShapeError, ValidationError
from dlcore.initializers import Initializer, normal
from dlcore.pytorch.base import Device, Layer, drawn

__all__ = ["Embedding", "Flatten", "embedding", "flatten", "one_hot"]


def flatten(x: Tensor, start_dim: int = 1, end_dim: int = -1) -> Tensor:
    """Merge neighboring axes into one, the last of them running fastest.  [mmds 13.3.5, le 11]

    Parameters
    ----------
    x : Tensor, shape (N, ...)
        Such as images (N, C, H, W).
    start_dim, end_dim : int
        First and last axis to merge; by default all but the batch.

    Returns
    -------
    Tensor, shape (N, D)
        The same numbers.

    Raises
    ------
    ShapeError
        If `x` has no such axes.
    """
    first, last = (axis + x.ndim if axis < 0 else axis for axis in (start_dim, end_dim))
    if not 0 <= first <= last < x.ndim:
        raise ShapeError("flatten", f"axes {start_dim} to {end_dim}", tuple(x.shape))
    merged = math.prod(x.shape[first : last + 1])
    return x.reshape(*x.shape[:first], merged, *x.shape[last + 1 :])


def need_indices(where: str, indices: Tensor, count: int) -> Tensor:
    """Return indices as int64, or say which is no index.

    Parameters
    ----------
    where : str
        The operation, for the message.
    indices : Tensor of int
        Indices.
    count : int
        How many there are to choose from.

    Returns
    -------
    Tensor of int64
        The indices.

    Raises
    ------
    ValidationError
        If they are not integers in 0..count-1 (checked on the CPU only: it would stop a GPU).
    """
    if indices.numel() and (indices.is_floating_point() or indices.dtype == torch.bool):
        raise ValidationError(f"{where}: indices must be integers, got dtype {indices.dtype}")
    on_cpu = indices.numel() and indices.device.type == "cpu"
    if on_cpu and not (indices.min() >= 0 and indices.max() < count):
        low, high = indices.min().item(), indices.max().item()
        raise ValidationError(f"{where}: indices must be in 0..{count - 1}, got {low}..{high}")
    return indices.long()


def embedding(indices: Tensor, weight: Tensor, padding_idx: int | None = None) -> Tensor:
    """Look up one row a word: yₙ = W[iₙ], the product of a one-hot row with W.  [buduma 6]

    Parameters
    ----------
    indices : Tensor of int, any shape
        Which rows.
    weight : Tensor, shape (V, D)
        One row a word.
    padding_idx : int, optional
        A word that stands for nothing: its row is looked up as any other but gets no gradient.

    Returns
    -------
    Tensor, shape (..., D)
        The rows.

    Raises
    ------
    ShapeError
        If `weight` is not (V, D).
    ValidationError
        If an index is not in 0..V-1.
    """
    if weight.ndim != 2:
        raise ShapeError("embedding", "weights of shape (V, D)", tuple(weight.shape))
    indices = need_indices("embedding", indices, len(weight))
    if padding_idx is not None:
        need_indices("embedding: padding_idx", torch.tensor(padding_idx), len(weight))
    return F.embedding(indices, weight, padding_idx)


def one_hot(indices: Tensor, num_classes: int, *, dtype: torch.dtype = torch.float32) -> Tensor:
    """Rows of zeros with a single 1 at the index.  [mmds 13.5, burkov 6.2.2]

    Parameters
    ----------
    indices : Tensor of int, any shape
        Class or word of each row.
    num_classes : int
        Length K of a row.
    dtype : torch.dtype, default torch.float32
        Type of the entries.

    Returns
    -------
    Tensor, shape (..., K)
        The rows.

    Raises
    ------
    ValidationError
        If an index is not in 0..K-1.
    """
    indices = need_indices("one_hot", indices, num_classes)
    rows = torch.zeros(*indices.shape, num_classes, dtype=dtype, device=indices.device)
    return rows.scatter(-1, indices.unsqueeze(-1), 1)


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

    def operation(self, x: Any) -> Tensor:
        """Apply `flatten`.

        Parameters
        ----------
        x : Tensor, shape (N, ...)
            Such as images (N, C, H, W).

        Returns
        -------
        Tensor, shape (N, D)
            The same numbers.
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
        Draws the table, the same as the reference.
    init : callable, optional
        Initializer of the table; by default normal with standard deviation 1.
    dtype : torch.dtype, default torch.float32
        Type of the parameter.
    device : torch.device or str, optional
        Where the parameter lives.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        rng: np.random.Generator,
        init: Initializer | None = None,
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__()
        if padding_idx is not None:
            need_indices("Embedding: padding_idx", torch.tensor(padding_idx), num_embeddings)
        shape = (num_embeddings, embedding_dim)
        if init is None:
            table = normal(shape, rng=rng, std=1.0, dtype=np.float64)
        else:
            table = init(shape, rng=rng, dtype=np.float64)
        self.padding_idx = padding_idx
        if padding_idx is not None:
            table[padding_idx] = 0
        self.weight = drawn(table, dtype, device)

    def operation(self, indices: Any, weight: Any) -> Tensor:
        """Apply `embedding` with the layer's table.

        Parameters
        ----------
        indices : Tensor of int
            Which rows.
        weight : Tensor
            The table.

        Returns
        -------
        Tensor, shape (..., D)
            The rows.
        """
        return embedding(indices, weight, self.padding_idx)
