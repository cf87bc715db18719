"""Data sets that travel with the package: small, real, verified on each load."""

from __future__ import annotations

import hashlib
from importlib import resources
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from dlcore.data.dataset import Dataset
from dlcore.errors import DataError

__all__ = ["digits"]

SHA256 = {"digits.npz": "b2dab7b501728c22e9119ad76740b2e17c77a231e42d1e592380d90886f1a05e"}


def digits(*, raw: bool = False, dtype: DTypeLike = np.float32) -> Dataset:
    """Load 1797 handwritten digits of 8 by 8 pixels.

    The test part of the UCI set "Optical Recognition of Handwritten Digits",
    written by 13 people; each pixel counts the dark ones in a block of 4 by 4.
    The split of `Dataset.split` is over images, not over people, so both parts
    hold each writer's hand.

    Parameters
    ----------
    raw : bool
        Return the counts 0 to 16 as uint8 instead of ink from 0 to 1.
    dtype : dtype
        Type of the scaled pixels.

    Returns
    -------
    Dataset
        `x` of shape (1797, 8, 8), 1 is full ink; `y` of shape (1797,), int64,
        0 to 9.

    Raises
    ------
    DataError
        When the file is missing or was altered.
    """
    with np.load(BytesIO(_verified("digits.npz")), allow_pickle=False) as file:
        images, labels = file["images"], file["labels"].astype(np.int64)
    full_ink = 16
    return Dataset(
        images if raw else images.astype(dtype) / np.asarray(full_ink, dtype),
        labels,
        name="digits",
        classes=tuple("0123456789"),
        source="E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning "
        "Repository, 1998, doi:10.24432/C50P49; test part, as copied in scikit-learn",
        license="CC BY 4.0",
        stands_in_for="MNIST, where a book uses it",
    )


def _verified(name: str) -> bytes:
    """Read a bundled file and hold it against its digest."""
    installed = resources.files("dlcore.data") / "bundled" / name
    checkout = Path(__file__).parents[2] / "data" / name
    for place in (installed, checkout):
        if place.is_file():
            content = place.read_bytes()
            break
    else:
        raise DataError(f"{name} is missing: looked for {installed} and {checkout}; install dlcore again")
    if (digest := hashlib.sha256(content).hexdigest()) != SHA256[name]:
        raise DataError(
            f"{place} was altered: SHA-256 {digest}, expected {SHA256[name]}; install dlcore again"
        )
    return content
