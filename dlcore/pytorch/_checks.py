"""Checks at the door of the operations, with the reference's messages."""

from __future__ import annotations

from torch import Tensor

from dlcore.errors import ShapeError, ValidationError


def same_shape(where: str, a: Tensor, b: Tensor, what: str = "prediction and target differ") -> None:
    """Raise unless both tensors have one shape."""
    if a.shape != b.shape:
        raise ShapeError(where, f"two arrays of one shape, {tuple(a.shape)}", tuple(b.shape), what)


def one_of(where: str, name: str, value: object, allowed: tuple[object, ...]) -> None:
    """Raise unless `value` is one of the allowed ones."""
    if value not in allowed:
        raise ValidationError(
            f"{where}: {name} must be one of {', '.join(map(repr, allowed))}, got {value!r}"
        )
