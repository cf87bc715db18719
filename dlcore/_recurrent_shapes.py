"""Shape checks that the recurrent nets of both packages share: only `shape` is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ShapeError, ValidationError


def check_sizes(where: str, **sizes: int) -> None:
    """Raise unless every size of a layer is a whole number of at least one."""
    for name, size in sizes.items():
        if not isinstance(size, int | np.integer) or size < 1:
            raise ValidationError(f"{where}: {name} must be a whole number of at least 1, got {size!r}")


def require_shape(where: str, name: str, array: Any, shape: tuple[int, ...], why: str = "") -> None:
    """Raise unless `array` is absent or has the expected shape."""
    if array is not None and tuple(array.shape) != shape:
        raise ShapeError(where, f"{name} of shape {shape}", tuple(array.shape), why)


def check_shapes(
    where: str,
    gates: int,
    x: Any,
    states: dict[str, Any],
    weights: tuple[Any, Any, Any, Any],
    peephole: Any = None,
    *,
    axes: str = "N, T",
) -> int:
    """Raise unless input, states and weights fit together; return the number of hidden units H."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    square = len(weight_hh.shape) == 2 and weight_hh.shape[0] == gates * weight_hh.shape[1]
    if not square:
        rows = "H" if gates == 1 else f"{gates}H"
        raise ShapeError(where, f"weight_hh of shape ({rows}, H)", tuple(weight_hh.shape))
    hidden = int(weight_hh.shape[1])
    if len(weight_ih.shape) != 2 or weight_ih.shape[0] != gates * hidden:
        raise ShapeError(where, f"weight_ih of shape ({gates * hidden}, D)", tuple(weight_ih.shape))
    features = int(weight_ih.shape[1])
    if len(x.shape) != axes.count(",") + 2:
        raise ShapeError(where, f"({axes}, {features})", tuple(x.shape), f"{len(x.shape)} axes")
    if x.shape[-1] != features:
        why = f"{x.shape[-1]} features where weight_ih has {features}"
        raise ShapeError(where, f"({axes}, {features})", tuple(x.shape), why)
    for name, state in states.items():
        require_shape(where, name, state, (x.shape[0], hidden), "one row a sample, one entry a unit")
    for name, bias in (("bias_ih", bias_ih), ("bias_hh", bias_hh)):
        require_shape(where, name, bias, (gates * hidden,), "one entry a row of the weights")
    require_shape(where, "weight_peephole", peephole, (3, hidden), "one row for each of i, f, o")
    return hidden


def check_lengths(where: str, lengths: Any, batch: int, steps: int) -> NDArray[np.int64]:
    """Raise unless there is a whole number in 0..T for each sequence; return them as an array."""
    array = np.asarray(lengths)
    if array.shape != (batch,):
        raise ShapeError(where, f"lengths of shape {(batch,)}", array.shape, "one length a sequence")
    if array.size and array.dtype.kind not in "iu":
        raise ValidationError(f"{where}: lengths must be whole numbers, got dtype {array.dtype}")
    array = array.astype(np.int64)
    wrong = array[(array < 0) | (array > steps)]
    if wrong.size:
        raise ValidationError(f"{where}: lengths must lie in 0..{steps}, the steps of x, got {wrong[0]}")
    return array


def check_chunk(x: Any, chunk: int) -> None:
    """Raise unless `x` has a time axis and `chunk` is a whole number of at least one."""
    if len(x.shape) < 2:
        raise ShapeError("truncated_bptt", "(N, T, D)", tuple(x.shape), "no time axis")
    check_sizes("truncated_bptt", chunk=chunk)


def chunks(
    steps: int, chunk: int, lengths: NDArray[np.int64] | None
) -> Iterator[tuple[slice, NDArray[np.int64] | None]]:
    """Cut the time axis; with each piece comes how many of its steps each sequence has."""
    for start in range(0, steps, chunk):
        stop = min(start + chunk, steps)
        inside = None if lengths is None else np.clip(lengths - start, 0, stop - start)
        yield slice(start, stop), inside
