"""Several processes that train one model, as ``torchrun`` starts them.

Each process holds the whole model and takes its share of every minibatch; the gradients
are averaged over all samples, so all take the step that one process would take.
"""

from __future__ import annotations

import atexit
import os
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from dlcore.callbacks import Callback
from dlcore.errors import ValidationError
from dlcore.history import History
from dlcore.pytorch.checkpoint import load, save
from dlcore.schedules import Schedule

__all__ = ["Checkpoint", "Team"]


class Team(NamedTuple):
    """The processes that train together; alone, every method leaves things as they are.

    Attributes
    ----------
    rank : int
        Which one this is, counted from 0.
    size : int
        How many there are.
    place : torch.device
        Where this one computes.
    """

    rank: int
    size: int
    place: torch.device

    @classmethod
    def joined(cls, place: torch.device) -> Team:
        """Join the other processes if ``torchrun`` started several.

        Parameters
        ----------
        place : torch.device
            Where this process computes: CUDA cards speak NCCL, all else Gloo.

        Returns
        -------
        Team
            Of size 1 where there are no others.
        """
        if not dist.is_available():
            return cls(0, 1, place)
        if int(os.environ.get("WORLD_SIZE", "1")) > 1 and not dist.is_initialized():
            if place.type == "cuda":
                torch.cuda.set_device(place)
            from torch.distributed.rendezvous import rendezvous  # torch may lack distributed

            store, rank, size = next(rendezvous("env://"))
            backend = "nccl" if place.type == "cuda" else "gloo"
            dist.init_process_group(backend, store=_fresh(store), rank=rank, world_size=size)
            atexit.register(_leave)
        return (
            cls(dist.get_rank(), dist.get_world_size(), place) if dist.is_initialized() else cls(0, 1, place)
        )

    def wrap(self, model: nn.Module) -> nn.Module:
        """Let the backward pass of a model average its gradients over the team.

        Parameters
        ----------
        model : torch.nn.Module
            The model; its weights become those of the first process.

        Returns
        -------
        torch.nn.Module
            What to call in training.
        """
        if self.size == 1 or not any(p.requires_grad for p in model.parameters()):
            return model
        return DistributedDataParallel(model)

    def share(self, batch: Tensor) -> tuple[Tensor, float]:
        """Take this process's part of a minibatch.

        Parameters
        ----------
        batch : Tensor of int, shape (B,)
            Indices of the samples of all processes together.

        Returns
        -------
        mine : Tensor of int
            Indices of this process: never none, since all must call the model.
        weight : float
            Factor on the mean loss over `mine` with which the average over the processes
            is the mean over `batch`; 0 where `mine` only keeps the others company.
        """
        mine = torch.tensor_split(batch, self.size)[self.rank]
        return (mine, len(mine) * self.size / len(batch)) if len(mine) else (batch[:1], 0.0)

    def total(self, values: list[float]) -> list[float]:
        """Add up numbers over the team.

        Parameters
        ----------
        values : list of float
            This process's numbers.

        Returns
        -------
        list of float
            Sums, the same in every process.
        """
        if self.size == 1:
            return values
        sums = torch.tensor(values, dtype=torch.float64, device=self.place)
        dist.all_reduce(sums)
        return sums.tolist()

    def any(self, flag: bool) -> bool:
        """Ask whether something holds in any process.

        Parameters
        ----------
        flag : bool
            Whether it holds in this one.

        Returns
        -------
        bool
            The same in every process.
        """
        return flag if self.size == 1 else self.total([float(flag)])[0] > 0

    def agree(self, row: dict[str, float], model: nn.Module) -> dict[str, float]:
        """Take over what the first process measured, and its buffers, at the end of an epoch.

        Another CPU may round differently; what decides about stopping must not differ at all.

        Parameters
        ----------
        row : dict of str to float
            Numbers by name.
        model : torch.nn.Module
            Its buffers are overwritten with those of the first process.

        Returns
        -------
        dict of str to float
            The numbers of the first process.
        """
        if self.size == 1:
            return row
        values = torch.tensor(list(row.values()), dtype=torch.float64, device=self.place)
        for tensor in (values, *model.buffers()):
            dist.broadcast(tensor, src=0)
        return dict(zip(row, values.tolist(), strict=True))


def _fresh(store: Any) -> Any:
    """Keep a restarted team apart from the addresses that the killed one left in torchrun's store.

    Only on one machine does every process know the same count of restarts; on several,
    TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 gives each start a store of its own.
    """
    if os.environ.get("GROUP_WORLD_SIZE") != "1":
        return store
    from torch.distributed.distributed_c10d import PrefixStore

    return PrefixStore(f"start {os.environ.get('TORCHELASTIC_RESTART_COUNT', '0')}", store)


def _leave() -> None:
    if dist.is_initialized():
        dist.destroy_process_group()


class Checkpoint(Callback):
    """Save after each epoch, and go on from there when the program is started again.

    Whoever restarts the program, ``torchrun`` or a person, it ends where an undisturbed run
    would have ended::

        checkpoint = Checkpoint("run.npz", model, optimizer, rng=rng)
        fit(model, ..., epochs=checkpoint.remaining(20), callbacks=[checkpoint])

    Parameters
    ----------
    path : str or path
        The file. If it exists it is loaded at once; all processes must see it, the first writes it.
    model : torch.nn.Module
        What is trained.
    optimizer : torch.optim.Optimizer
        What trains it.
    rng : numpy.random.Generator, optional
        The generator that shuffles the samples.
    schedule : Schedule, optional
        The learning-rate schedule.
    every : int, default 1
        Epochs from one saving to the next; the last epoch is always saved.

    Attributes
    ----------
    history : History
        All epochs, those before the restart too.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        *,
        rng: np.random.Generator | None = None,
        schedule: Schedule | None = None,
        every: int = 1,
    ) -> None:
        if every < 1:
            raise ValidationError(f"Checkpoint: every must be at least 1, got {every}")
        self.path, self.optimizer, self.every = path, optimizer, every
        self.kept: dict[str, Any] = {"rng": rng, "schedule": schedule}
        self.history = load(path, model, optimizer, **self.kept) if os.path.exists(path) else History()

    def remaining(self, epochs: int) -> int:
        """Count the epochs that are still to be trained.

        Parameters
        ----------
        epochs : int
            Epochs of the whole run.

        Returns
        -------
        int
            Those that the file does not hold yet.
        """
        return max(epochs - len(self.history), 0)

    def after_epoch(self, history: History, model: Any) -> bool:
        """Save if it is time.

        Parameters
        ----------
        history : History
            What this start recorded so far.
        model : torch.nn.Module
            The model after the epoch.

        Returns
        -------
        bool
            False: training goes on.
        """
        self.history.record(history.rows[-1])
        if len(self.history) % self.every == 0:
            self._save(model)
        return False

    def after_training(self, history: History, model: Any) -> None:
        """Save the end.

        Parameters
        ----------
        history : History
            What this start recorded.
        model : torch.nn.Module
            The trained model.
        """
        self._save(model)

    def _save(self, model: nn.Module) -> None:
        save(self.path, model, self.optimizer, history=self.history, **self.kept)
