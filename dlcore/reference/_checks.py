"""Checks at the door of the operations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore.errors import ShapeError, ValidationError

Array = NDArray[Any]


def as_floats(x: ArrayLike) -> Array:
    """Turn lists and integers into float64 and leave float arrays as they are."""
    array = np.asarray(x)
    if array.dtype.kind == "f":
        return array
    if array.dtype.kind not in "biu":
        raise ValidationError(f"expected real numbers, got dtype {array.dtype}")
    return array.astype(np.float64)


def same_shape(where: str, a: Array, b: Array, what: str = "prediction and target differ") -> None:
    """Raise unless both arrays have one shape: broadcasting here would hide a mistake."""
    if a.shape != b.shape:
        raise ShapeError(where, f"two arrays of one shape, {a.shape}", b.shape, what)


def one_of(where: str, name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Raise unless `value` is one of the allowed ones."""
    if value not in allowed:
        raise ValidationError(
            f"{where}: {name} must be one of {', '.join(map(repr, allowed))}, got {value!r}"
        )
