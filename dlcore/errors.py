"""Errors that say what was expected, what came, and where."""

from __future__ import annotations

__all__ = [
    "DataError",
    "DlcoreError",
    "GradientError",
    "NonFiniteError",
    "ShapeError",
    "StalePullbackError",
    "ValidationError",
]


class DlcoreError(Exception):
    """Base of all errors that dlcore raises on purpose."""


class ValidationError(DlcoreError, ValueError):
    """An argument has a value that the operation cannot take."""


class ShapeError(ValidationError):
    """An array has a shape that the operation cannot take.

    Parameters
    ----------
    where : str
        The operation that refused, such as ``"dense"``. The layer that called it
        puts its own name here, and the layers around that one add its path.
    expected : str
        The expected shape, such as ``"(N, 64)"``.
    got : str or tuple of int
        What came.
    why : str, optional
        One clause that says what does not fit.

    Examples
    --------
    >>> print(ShapeError("dense", "(N, 64)", (32, 8), "8 features where the weights have 64"))
    dense expects (N, 64), got (32, 8): 8 features where the weights have 64
    """

    def __init__(self, where: str, expected: str, got: str | tuple[int, ...], why: str = "") -> None:
        super().__init__(where, expected, got, why)
        self.where, self.expected, self.got, self.why = where, expected, got, why
        self.layer: object = None
        self.path: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f"{self.where} at '{'.'.join(self.path)}'" if self.path else self.where
        text = f"{where} expects {self.expected}, got {self.got}"
        return f"{text}: {self.why}" if self.why else text


class StalePullbackError(DlcoreError, RuntimeError):
    """A layer was asked for a gradient that it can no longer give rightly."""


class NonFiniteError(DlcoreError, ArithmeticError):
    """Training met NaN or infinity; the message names the step and the layer where it began."""


class GradientError(DlcoreError, AssertionError):
    """A hand-derived gradient differs from the numerical one."""


class DataError(DlcoreError, OSError):
    """A data file is missing, truncated or altered, or could not be fetched or stored."""
