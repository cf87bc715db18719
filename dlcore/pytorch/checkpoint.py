"""Save and load: weights, optimizer, schedule, history and randomness in one file.

Both packages write the same file: what was trained in one can go on in the other.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dlcore.archive import generator_states, read_archive, restore_generators, write_archive
from dlcore.errors import DataError, ShapeError, ValidationError
from dlcore.history import History
from dlcore.schedules import Schedule

__all__ = ["load", "save"]


def save(
    path: str | os.PathLike[str],
    model: nn.Module,
    optimizer: torch.optim.Optimizer | None = None,
    *,
    rng: np.random.Generator | None = None,
    schedule: Schedule | None = None,
    history: History | None = None,
) -> None:
    """Write a checkpoint; an older one is replaced only when the new one is complete.

    With `optimizer`, `rng` and `schedule` saved, training goes on from here exactly as if
    it had not been interrupted. Generators that layers hold (dropout) are saved too. Of
    several processes that ``torchrun`` started, the first writes.

    Parameters
    ----------
    path : str or path
        Where to write, usually ``.npz``.
    model : torch.nn.Module
        Its parameters and buffers are saved.
    optimizer : torch.optim.Optimizer, optional
        Its learning rate, step count and averages are saved.
    rng : numpy.random.Generator, optional
        The generator that shuffles the samples.
    schedule : Schedule, optional
        The learning-rate schedule.
    history : History, optional
        What was recorded so far.
    """
    if os.environ.get("RANK", "0") != "0":
        return
    arrays = {f"model.{name}": value for name, value in _arrays(model.state_dict()).items()}
    meta: dict[str, Any] = {
        "generators": generator_states(model.named_modules(), rng),
        "schedule": schedule.state_dict() if schedule else None,
        "history": history.rows if history else [],
    }
    if optimizer is not None:
        state = optimizer.state_dict()
        meta["groups"] = [
            {k: v for k, v in group.items() if k != "params"} for group in state["param_groups"]
        ]
        for i, kept in state["state"].items():
            arrays |= {f"optimizer.{i}.{name}": value for name, value in _arrays(kept).items()}
    write_archive(path, arrays, meta)


def load(
    path: str | os.PathLike[str],
    model: nn.Module,
    optimizer: torch.optim.Optimizer | None = None,
    *,
    rng: np.random.Generator | None = None,
    schedule: Schedule | None = None,
) -> History:
    """Read a checkpoint into a model, and into what else is given.

    Parameters
    ----------
    path : str or path
        The file.
    model : torch.nn.Module
        Built as the saved one was; changed in place.
    optimizer : torch.optim.Optimizer, optional
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
    before = {name: value.clone() for name, value in model.state_dict().items()}
    try:
        model.load_state_dict({name: torch.from_numpy(a) for name, a in _part(arrays, "model").items()})
        if optimizer is not None:
            _restore(optimizer, meta["groups"], _part(arrays, "optimizer"))
    except (RuntimeError, ValueError) as error:
        model.load_state_dict(before)
        raise ValidationError(f"{os.fspath(path)} does not fit: {error}") from error
    if schedule is not None:
        schedule.load_state_dict(meta["schedule"])
    restore_generators(meta["generators"], model.named_modules(), rng)
    history = History()
    for row in meta["history"]:
        history.record(row)
    return history


def _part(arrays: dict[str, NDArray[Any]], name: str) -> dict[str, NDArray[Any]]:
    return {key.removeprefix(f"{name}."): a for key, a in arrays.items() if key.startswith(f"{name}.")}


def _arrays(state: dict[str, Any]) -> dict[str, NDArray[Any]]:
    found = {name: value.detach().cpu() for name, value in state.items() if isinstance(value, Tensor)}
    return {name: (v.float() if v.dtype == torch.bfloat16 else v).numpy().copy() for name, v in found.items()}


def _restore(
    optimizer: torch.optim.Optimizer, groups: list[dict[str, Any]], arrays: dict[str, NDArray[Any]]
) -> None:
    state = optimizer.state_dict()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    kept: dict[int, dict[str, Tensor]] = {}
    for key, array in arrays.items():
        place, name = key.split(".", 1)
        if int(place) >= len(parameters) or (array.ndim and array.shape != parameters[int(place)].shape):
            raise ShapeError(
                "the optimizer", f"{len(parameters)} parameters of its own shapes", array.shape, key
            )
        kept.setdefault(int(place), {})[name] = torch.from_numpy(array)
    for mine, saved in zip(state["param_groups"], groups, strict=True):
        mine.update({k: tuple(v) if isinstance(v, list) else v for k, v in saved.items()})
    optimizer.load_state_dict({"state": kept, "param_groups": state["param_groups"]})
