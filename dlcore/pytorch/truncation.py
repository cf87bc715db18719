"""Truncated backpropagation through time: long sequences in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from dlcore._recurrent_shapes import check_chunk, chunks
from dlcore.pytorch._recurrence import checked_lengths

__all__ = ["truncated_bptt"]


def truncated_bptt(
    layer: Callable[..., Any],
    x: Tensor,
    chunk: int,
    *states: Any,
    lengths: Tensor | Sequence[int] | None = None,
) -> Iterator[tuple[Any, ...]]:
    """Run a recurrent layer over long sequences chunk by chunk, carrying the states along.

    The state crosses the border between two chunks, its gradient does not: each chunk is
    undone by itself, because its first states are detached, so time and memory of a step
    of training do not grow with T::

        for steps, y, *states in truncated_bptt(lstm, x, 20):
            mse(y, target[:, steps]).backward()
            optimizer.step()
            optimizer.zero_grad()

    The next chunk runs when the loop asks for it, with the parameters as they are then.

    Parameters
    ----------
    layer : callable
        ``layer(x, *states) -> (y, *states)``, such as `RNN`, `LSTM`, `GRU` or
        `MinimalGatedUnit`.
    x : Tensor, shape (N, T, D)
        Sequences.
    chunk : int
        Steps of a chunk, at least 1; the last one may be shorter.
    *states : Tensor
        States before the first step; zero if omitted.
    lengths : Tensor or sequence of int, shape (N,), optional
        Steps of each sequence, 0 to T; `layer` is then called with the steps of each one
        that fall into the chunk.

    Returns
    -------
    iterator of tuple
        The chunk as a slice of the time axis, then what the layer gives: outputs of these
        steps and states after them.

    Raises
    ------
    ShapeError
        If `x` has no time axis, or `lengths` has not one entry a sequence.
    ValidationError
        If `chunk` is not a whole number of at least 1, or a length is not in 0..T.
    """
    check_chunk(x, chunk)
    known = checked_lengths("truncated_bptt", lengths, x)
    on_host = None if known is None else known.cpu().numpy()

    def _run(states: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        for steps, inside in chunks(x.shape[1], chunk, on_host):
            settings = {} if inside is None else {"lengths": torch.from_numpy(inside)}
            y, *after = layer(x[:, steps], *states, **settings)
            yield steps, y, *after
            states = tuple(state.detach() for state in after)

    return _run(states)
