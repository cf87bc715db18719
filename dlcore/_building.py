"""What a layer was built with, so that the other package can build the same."""

from __future__ import annotations

from typing import Any, Self

__all__ = ["Recorded"]


class Recorded:
    """Base of objects that remember the arguments of their constructor.

    It stands above `Layer`, not in it, so that ``help(Dense)`` shows the signature of
    ``Dense.__init__``.

    Attributes
    ----------
    built_with : tuple of tuple and dict
        Positional and keyword arguments.
    """

    built_with: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **settings: Any) -> Self:
        new = super().__new__(cls)
        new.__dict__["built_with"] = (args, settings)
        return new
