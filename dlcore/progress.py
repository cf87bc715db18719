"""Progress bars that keep silent where nobody watches."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TypeVar

__all__ = ["track", "watched"]

T = TypeVar("T")


def watched() -> bool:
    """Whether a person is likely to watch.

    Returns
    -------
    bool
        False while a notebook is executed for the book or for a test
        (``DLCORE_NB_TEST`` is set), True otherwise.
    """
    return not os.environ.get("DLCORE_NB_TEST")


def track(
    iterable: Iterable[T], *, total: int | None = None, label: str = "", show: bool | None = None
) -> Iterator[T]:
    """Iterate with a progress bar.

    Parameters
    ----------
    iterable : iterable
        What to iterate over.
    total : int, optional
        Number of items, if `iterable` has no length.
    label : str
        Text in front of the bar.
    show : bool, optional
        True or False forces the bar; by default it appears in a terminal and in a
        live notebook, and not in a file, a pipe or a notebook executed for the book.

    Yields
    ------
    object
        The items of `iterable`.
    """
    if show is False or (show is None and not watched()):
        yield from iterable
        return
    from tqdm.auto import tqdm

    yield from tqdm(iterable, total=total, desc=label, leave=False, disable=None if show is None else False)
