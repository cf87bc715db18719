"""Arrays and settings in one ``.npz`` file, written atomically and read without pickles."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import DataError
from dlcore.files import written_atomically

__all__ = ["generator_states", "read_archive", "restore_generators", "write_archive"]

Arrays = dict[str, NDArray[Any]]

#: Entry of the file that holds the settings, as JSON.
META = "meta"
FORMAT = "dlcore checkpoint 1"


def write_archive(
    path: str | os.PathLike[str], arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]
) -> None:
    """Write arrays and settings; a file that is there is replaced only by a complete one.

    Parameters
    ----------
    path : str or path
        Where to write. The name is taken as it is; ``.npz`` is usual.
    arrays : mapping of str to ndarray
        Arrays by name, of any shape and plain dtype.
    meta : mapping of str to object
        Settings that JSON can hold.
    """
    text = json.dumps({"format": FORMAT, **meta})
    with written_atomically(path) as file:
        np.savez(file, **{META: np.array(text)}, **arrays)  # type: ignore[arg-type]


def read_archive(path: str | os.PathLike[str]) -> tuple[Arrays, dict[str, Any]]:
    """Read what `write_archive` wrote.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    arrays : dict of str to ndarray
        Arrays by name.
    meta : dict of str to object
        Settings.

    Raises
    ------
    DataError
        If there is no such file, or it is truncated, altered or something else.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        meta = json.loads(str(arrays.pop(META)))
    except FileNotFoundError:
        raise DataError(f"there is no checkpoint at {os.fspath(path)}") from None
    except (OSError, ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise DataError(f"{os.fspath(path)} is not a checkpoint, or is damaged: {error}") from error
    if meta.get("format") != FORMAT:
        raise DataError(f"{os.fspath(path)} has format {meta.get('format')!r}, expected {FORMAT!r}")
    return arrays, meta


def generator_states(layers: Iterable[tuple[str, object]], rng: np.random.Generator | None) -> dict[str, Any]:
    """Collect the states of all random generators of a training run.

    Parameters
    ----------
    layers : iterable of (str, object)
        Layers with their names; Generators among their attributes are found.
    rng : numpy.random.Generator, optional
        The one that shuffles the samples.

    Returns
    -------
    dict of str to dict
        State by ``"LAYER:ATTRIBUTE"``; ``"rng"`` for the shuffling one.
    """
    found = _generators(layers, rng)
    return {name: generator.bit_generator.state for name, generator in found.items()}


def restore_generators(
    states: Mapping[str, Any], layers: Iterable[tuple[str, object]], rng: np.random.Generator | None
) -> None:
    """Set all random generators to the states they were saved in.

    Parameters
    ----------
    states : mapping of str to dict
        As `generator_states` gives them.
    layers : iterable of (str, object)
        Layers with their names.
    rng : numpy.random.Generator, optional
        The one that shuffles the samples.
    """
    for name, generator in _generators(layers, rng).items():
        if name in states:
            generator.bit_generator.state = states[name]


def _generators(
    layers: Iterable[tuple[str, object]], rng: np.random.Generator | None
) -> dict[str, np.random.Generator]:
    found = {} if rng is None else {"rng": rng}
    for path, layer in layers:
        for name, value in vars(layer).items():
            if isinstance(value, np.random.Generator):
                found[f"{path}:{name}"] = value
    return found
