"""Save and load: weights, optimizer, schedule, history and randomness in one file.

Both packages write the same file: what was trained in one can go on in the other.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.archive import generator_states, read_archive, restore_generators, write_archive
from dlcore.errors import DataError
from dlcore.history import History
from dlcore.reference.base import Layer
from dlcore.reference.optimizers import Optimizer
from dlcore.schedules import Schedule

__all__ = ["load", "save"]


def save(
    path: str | os.PathLike[str],
    model: Layer,
    optimizer: Optimizer | None = None,
    *,
    rng: np.random.Generator | None = None,
    schedule: Schedule | None = None,
    history: History | None = None,
) -> None:
    """Write a checkpoint; an older one is replaced only when the new one is complete.

    With `optimizer`, `rng` and `schedule` saved, training goes on from here exactly as if
    it had not been interrupted. Generators that layers hold (dropout) are saved too.

    Parameters
    ----------
    path : str or path
        Where to write, usually ``.npz``.
    model : Layer
        Its parameters and buffers are saved.
    optimizer : Optimizer, optional
        Its learning rate, step count and averages are saved.
    rng : numpy.random.Generator, optional
        The generator that shuffles the samples.
    schedule : Schedule, optional
        The learning-rate schedule.
    history : History, optional
        What was recorded so far.
    """
    arrays = {f"model.{name}": value for name, value in model.state_dict().items()}
    meta: dict[str, Any] = {
        "generators": generator_states(model.named_layers(), rng),
        "schedule": schedule.state_dict() if schedule else None,
        "history": history.rows if history else [],
    }
    if optimizer is not None:
        state = optimizer.state_dict()
        meta["groups"] = [{"lr": float(state.pop("lr")), "steps": int(state.pop("steps"))}]
        arrays |= {f"optimizer.{name}": value for name, value in state.items()}
    write_archive(path, arrays, meta)


def load(
    path: str | os.PathLike[str],
    model: Layer,
    optimizer: Optimizer | None = None,
    *,
    rng: np.random.Generator | None = None,
    schedule: Schedule | None = None,
) -> History:
    """Read a checkpoint into a model, and into what else is given.

    Parameters
    ----------
    path : str or path
        The file.
    model : Layer
        Built as the saved one was; changed in place.
    optimizer : Optimizer, optional
        Of the saved one's class, over this model's parameters; changed in place.
    rng : numpy.random.Generator, optional
        Set to the saved state.
    schedule : Schedule, optional
        Of the saved one's class, over this optimizer.

    Returns
    -------
    History
        What had been recorded.

    Raises
    ------
    DataError
        If the file is missing or damaged, or holds no state for what was given.
    ValidationError
        If names or shapes differ.
    """
    arrays, meta = read_archive(path)
    for name, thing in (("groups", optimizer), ("schedule", schedule)):
        if thing is not None and not meta.get(name):
            raise DataError(
                f"{os.fspath(path)} was saved without {'an optimizer' if name == 'groups' else 'a schedule'}"
            )
    before = model.state_dict()
    model.load_state_dict(_part(arrays, "model"))
    if optimizer is not None:
        group = meta["groups"][0]
        try:
            optimizer.load_state_dict(
                {"lr": group["lr"], "steps": group["steps"], **_part(arrays, "optimizer")}
            )
        except Exception:
            model.load_state_dict(before)
            raise
    if schedule is not None:
        schedule.load_state_dict(meta["schedule"])
    restore_generators(meta["generators"], model.named_layers(), rng)
    history = History()
    for row in meta["history"]:
        history.record(row)
    return history


def _part(arrays: dict[str, NDArray[Any]], name: str) -> dict[str, NDArray[Any]]:
    return {key.removeprefix(f"{name}."): a for key, a in arrays.items() if key.startswith(f"{name}.")}
