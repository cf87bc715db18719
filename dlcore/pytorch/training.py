"""Training: minibatches, `fit`, and how well the model does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor, nn

from dlcore.callbacks import Callback
from dlcore.errors import NonFiniteError, ShapeError, ValidationError
from dlcore.history import History
from dlcore.progress import track
from dlcore.pytorch.base import Device, observe_calls
from dlcore.pytorch.devices import resolve_device
from dlcore.pytorch.distributed import Team
from dlcore.schedules import Schedule

__all__ = ["evaluate", "fit", "minibatches", "predict"]

Loss = Callable[[Any, Any], Tensor]
Metrics = Mapping[str, Callable[[Any, Any], Any]]

#: What `fit` computes in: two types of weights, and bfloat16 by autocast.
PRECISIONS = (torch.float32, torch.float64, torch.bfloat16)

#: Column of the bare losses, without penalties, in which NaN and infinity are looked for.
GUARD = ""


def minibatches(
    n: int, batch_size: int | None, *, rng: np.random.Generator | None = None, device: Device = None
) -> Iterator[Tensor]:
    """Cut the samples 0..n-1 into minibatches, the same ones as the reference's.

    Parameters
    ----------
    n : int
        Number of samples.
    batch_size : int or None
        Samples in a minibatch; the last may have fewer. None takes all at once.
    rng : numpy.random.Generator, optional
        Shuffles the samples; without it they come in their order.
    device : torch.device or str, optional
        Where the indices live.

    Yields
    ------
    Tensor of int, shape (batch_size,)
        Indices of the samples of one minibatch.
    """
    if batch_size is not None and batch_size < 1:
        raise ValidationError(f"batch_size must be at least 1, got {batch_size}")
    order = torch.from_numpy(np.arange(n) if rng is None else rng.permutation(n)).to(device)
    yield from torch.split(order, max(n if batch_size is None else batch_size, 1)) if n else ()


def _place(
    model: nn.Module,
    device: Device,
    dtype: torch.dtype | None,
    optimizer: torch.optim.Optimizer | None = None,
) -> torch.device:
    """Move the model, and what its optimizer keeps for each weight, to where it shall compute."""
    if dtype not in (None, *PRECISIONS):
        names = ", ".join(map(str, PRECISIONS))
        raise ValidationError(f"dtype must be one of {names} or None, got {dtype}")
    model.to(
        device=None if device is None else resolve_device(device),
        dtype=None if dtype is torch.bfloat16 else dtype,
    )
    for parameter, kept in (optimizer.state if optimizer is not None else {}).items():
        for name, value in kept.items():
            if isinstance(value, Tensor) and value.shape == parameter.shape:
                kept[name] = value.to(parameter)
    first = next(model.parameters(), None)
    if first is None and device is not None:
        return resolve_device(device)
    return torch.device("cpu") if first is None else first.device


def _samples(x: ArrayLike | Tensor, dtype: torch.dtype | None) -> Tensor:
    tensor = torch.as_tensor(x)
    whole = dtype is None or dtype is torch.bfloat16 or not tensor.is_floating_point()
    return tensor if whole else tensor.to(dtype)


def _send(x: Tensor, place: torch.device) -> Tensor:
    """Bring a batch to the device; a CUDA card fetches it from pinned memory while Python goes on."""
    if place.type == "cuda" and x.device.type == "cpu":
        return x.pin_memory().to(place, non_blocking=True)
    return x.to(place)


def _precision(place: torch.device, dtype: torch.dtype | None) -> torch.autocast:
    return torch.autocast(place.type, torch.bfloat16, enabled=dtype is torch.bfloat16)


def predict(
    model: nn.Module,
    x: ArrayLike | Tensor,
    *,
    batch_size: int | None = None,
    device: Device = None,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Run the model in evaluation mode, without gradients.

    Parameters
    ----------
    model : torch.nn.Module
        The model; its mode is restored afterwards.
    x : Tensor or array_like, shape (N, ...)
        Samples.
    batch_size : int, optional
        Samples at a time, to save memory; all at once by default.
    device : torch.device or str, optional
        Where to run, such as ``"auto"``; by default where the model is.
    dtype : torch.dtype, optional
        float32 or float64, to which the model is cast; or bfloat16, by autocast.

    Returns
    -------
    Tensor, shape (N, ...)
        Outputs.
    """
    place = _place(model, device, dtype)
    x = _samples(x, dtype)
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad(), _precision(place, dtype):
            if batch_size is None or len(x) <= batch_size:
                return model(_send(x, place))  # type: ignore[no-any-return]
            batches = minibatches(len(x), batch_size, device=x.device)
            return torch.cat([model(_send(x[batch], place)) for batch in batches])
    finally:
        for module, mode in modes:
            module.training = mode


def evaluate(
    model: nn.Module,
    x: ArrayLike | Tensor,
    y: ArrayLike | Tensor,
    *,
    loss: Loss,
    metrics: Metrics | None = None,
    batch_size: int | None = None,
    device: Device = None,
    dtype: torch.dtype | None = None,
) -> dict[str, float]:
    """Measure loss and metrics on a data set.

    Parameters
    ----------
    model : torch.nn.Module
        The model, run in evaluation mode.
    x : Tensor or array_like, shape (N, ...)
        Samples.
    y : Tensor or array_like, shape (N, ...)
        Targets.
    loss : callable
        ``loss(outputs, targets) -> Tensor``.
    metrics : mapping of str to callable, optional
        ``metric(outputs, targets) -> float``, by name.
    batch_size : int, optional
        Samples at a time, to save memory.
    device : torch.device or str, optional
        Where to run, such as ``"auto"``; by default where the model is.
    dtype : torch.dtype, optional
        float32 or float64, to which the model is cast; or bfloat16, by autocast.

    Returns
    -------
    dict of str to float
        ``"loss"`` and each metric.
    """
    outputs = predict(model, x, batch_size=batch_size, device=device, dtype=dtype)
    y = _samples(y, dtype).to(outputs.device)
    with torch.no_grad(), _precision(outputs.device, dtype):
        value = float(loss(outputs, y))
    return {"loss": value, **{name: float(f(outputs, y)) for name, f in (metrics or {}).items()}}


def fit(
    model: nn.Module,
    x: ArrayLike | Tensor,
    y: ArrayLike | Tensor,
    *,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    epochs: int = 10,
    batch_size: int | None = 32,
    rng: np.random.Generator | None = None,
    validation: tuple[Any, Any] | None = None,
    metrics: Metrics | None = None,
    penalty: Callable[[Any], Any] | None = None,
    max_grad_norm: float | None = None,
    schedule: Any | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool | None = None,
    device: Device = None,
    dtype: torch.dtype | None = None,
) -> History:
    """Train a model by minibatches.  [le 5, mmds 13.3.4]

    On a GPU nothing in an epoch waits for the device, unless a metric returns a float: losses
    stay there and are read at its end. Started by ``torchrun``, each process takes its share
    of every minibatch and all take the steps that one process would take; see `Team`.

    Parameters
    ----------
    model : torch.nn.Module
        What to train; its parameters are changed in place.
    x : Tensor or array_like, shape (N, ...)
        Samples.
    y : Tensor or array_like, shape (N, ...)
        Targets.
    loss : callable
        ``loss(outputs, targets) -> Tensor``.
    optimizer : torch.optim.Optimizer
        Holds ``model.parameters()``; any of torch's own will do.
    epochs : int, default 10
        Passes over the samples.
    batch_size : int or None, default 32
        Samples a step; None takes all at once, which is gradient descent proper.
    rng : numpy.random.Generator, optional
        Shuffles the samples anew in each epoch; without it they come in their order.
    validation : tuple, optional
        Samples and targets to measure after each epoch.
    metrics : mapping of str to callable, optional
        ``metric(outputs, targets) -> float or Tensor``, by name.
    penalty : callable, optional
        ``penalty(weight) -> Tensor``, added to the loss for every parameter with at least
        two axes (weights, not biases); such as ``partial(l2_penalty, alpha=1e-3)``.
    max_grad_norm : float, optional
        Shrink longer gradients to this length before each step.
    schedule : Schedule or torch.optim.lr_scheduler.LRScheduler, optional
        Stepped after each epoch; a `Schedule` sees the validation loss if there is one.
    callbacks : sequence of Callback
        Called after each epoch, and at the end.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody watches.
    device : torch.device or str, optional
        Where to train, such as ``"auto"``; by default where the model is. Samples on the
        host travel batch by batch; those that are on the device already stay.
    dtype : torch.dtype, optional
        float32 or float64, to which model, samples and targets are cast; or bfloat16, by
        autocast: products in bfloat16, weights and their updates as they are.

    Returns
    -------
    History
        An epoch's loss and metrics are means over its minibatches, as they were when
        each was trained on; ``val_`` columns are measured at the end of the epoch.

    Raises
    ------
    NonFiniteError
        If the loss is NaN or infinite. On the CPU the step that would follow is not taken;
        elsewhere, where looking at each loss would hold up the device, the end of the epoch
        tells in which step it began.
    ShapeError
        If there are not as many targets as samples.
    """
    place = _place(model, device, dtype, optimizer)
    x = _samples(x, dtype)
    x = x.to(place) if place.type == "cpu" else x
    y = _samples(y, dtype).to(x.device)
    if not len(x) or len(x) != len(y):
        raise ShapeError(
            "fit", "as many targets as samples, at least one", f"{len(x)} samples, {len(y)} targets"
        )
    if max_grad_norm is not None and not max_grad_norm >= 0:
        raise ValidationError(f"fit: max_grad_norm must not be negative, got {max_grad_norm}")
    team = Team.joined(place)
    step = _Step(model, loss, optimizer, metrics or {}, penalty, max_grad_norm, dtype, team, team.wrap(model))
    history = History()
    for epoch in track(range(1, epochs + 1), label="epochs", show=False if team.rank else progress):
        model.train()
        batches = minibatches(len(x), batch_size, rng=rng, device=x.device)
        row = step.epoch(((x, y, batch) for batch in batches), epoch)
        if validation is not None:
            measured = evaluate(model, *validation, loss=loss, metrics=metrics, dtype=dtype)
            row |= {f"val_{name}": value for name, value in measured.items()}
        row = team.agree(row, model)
        history.record(row)
        if isinstance(schedule, Schedule):
            schedule.step(row.get("val_loss", row["loss"]))
        elif schedule is not None:
            schedule.step()
        if team.any(any([callback.after_epoch(history, model) for callback in callbacks])):
            break
    for callback in callbacks:
        callback.after_training(history, model)
    return history


class _Step(NamedTuple):
    """One step of training: forward, backward, update."""

    model: nn.Module
    loss: Loss
    optimizer: torch.optim.Optimizer
    metrics: Metrics
    penalty: Callable[[Any], Any] | None
    max_grad_norm: float | None
    dtype: torch.dtype | None
    team: Team
    net: nn.Module  # the model as it is called: the same, or wrapped by the team

    def epoch(self, batches: Iterator[tuple[Tensor, Tensor, Tensor]], epoch: int) -> dict[str, float]:
        """Train once on all samples; return the means of loss and metrics over them."""
        columns: dict[str, list[Any]] = {}
        counts: list[float] = []
        for i, (x, y, batch) in enumerate(batches, 1):
            mine, weight = self.team.share(batch)
            place = self.team.place
            found = self(_send(x[mine], place), _send(y[mine], place), weight, f"epoch {epoch}, step {i}")
            for name, value in found.items():
                columns.setdefault(name, []).append(value)
            counts.append(weight * len(batch) / self.team.size)
        numbers = {name: _read(values) for name, values in columns.items()}
        self._require_finite(numbers.pop(GUARD), epoch)
        sums = [sum(n * v for n, v in zip(counts, values, strict=True)) for values in numbers.values()]
        *totals, samples = self.team.total([*sums, sum(counts)])
        return {name: total / samples for name, total in zip(numbers, totals, strict=True)}

    def __call__(self, x: Tensor, y: Tensor, weight: float, where: str) -> dict[str, Any]:
        self.optimizer.zero_grad()
        with _precision(self.team.place, self.dtype):
            outputs = self.net(x)
            value = self.loss(outputs, y)
        plain = value.detach()
        if _watched(self.team.place):
            self._stop_unless_finite(plain, x, where)
        extra: Any = 0.0
        if self.penalty is not None:
            extra = sum(self.penalty(p) for p in self.model.parameters() if p.ndim >= 2)
        (value * weight + extra).backward()
        if self.max_grad_norm is not None:
            nn.utils.clip_grad_norm_(self.model.parameters(), self.max_grad_norm)
        self.optimizer.step()
        detached = outputs.detach() if isinstance(outputs, Tensor) else outputs
        penalized = plain + (extra.detach() if isinstance(extra, Tensor) else extra)
        return {GUARD: plain, "loss": penalized, **{name: f(detached, y) for name, f in self.metrics.items()}}

    def _stop_unless_finite(self, value: Tensor, x: Tensor, where: str) -> None:
        finite = math.isfinite(value)
        if not self.team.any(not finite):
            return
        reason = _first_non_finite(self.model, x) if not finite else "another process says where it began"
        raise NonFiniteError(f"the loss is {value.item()} in {where}: {reason}")

    def _require_finite(self, values: list[float], epoch: int) -> None:
        first = next((i for i, value in enumerate(values, 1) if not math.isfinite(value)), None)
        if self.team.any(first is not None):
            where = (
                "in another process"
                if first is None
                else f"{values[first - 1]} in epoch {epoch}, step {first}"
            )
            raise NonFiniteError(
                f"the loss is {where}: the steps of the epoch have been taken; on the CPU the layer is named"
            )


def _watched(place: torch.device) -> bool:
    """Whether each loss is looked at before its step; on a GPU that would hold up the device."""
    return place.type == "cpu"


def _read(values: list[Any]) -> list[float]:
    """Numbers of an epoch, fetched from the device at once."""
    if isinstance(values[0], Tensor):
        return torch.stack(values).tolist()
    return [float(value) for value in values]


def _first_non_finite(model: nn.Module, x: Tensor) -> str:
    if not torch.isfinite(x).all():
        return "the samples themselves hold NaN or infinity"
    for name, value in model.named_parameters():
        if not torch.isfinite(value).all():
            return f"parameter '{name}' is not finite; a smaller learning rate may help"
    names = {module: name for name, module in model.named_modules()}
    found: list[str] = []

    def watch(module: nn.Module, inputs: tuple[Any, ...], outputs: Any) -> None:
        parts = outputs if isinstance(outputs, tuple) else (outputs,)
        if not all(bool(torch.isfinite(part).all()) for part in parts):
            found.append(f"it began in layer '{names[module]}' ({type(module).__name__})")

    with torch.no_grad(), observe_calls(watch):
        model(x)
    return found[0] if found else "every layer's output is finite, so it began in the loss"
