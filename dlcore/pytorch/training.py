"""Training: minibatches, `fit`, and how well the model does."""

from __future__ import annotations

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
from dlcore.pytorch.regularization import clip_grad_norm_
from dlcore.schedules import Schedule

__all__ = ["evaluate", "fit", "minibatches", "predict"]

Loss = Callable[[Any, Any], Tensor]
Metrics = Mapping[str, Callable[[Any, Any], float]]


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


def _place(model: nn.Module, device: Device) -> torch.device:
    if device is not None:
        model.to(device)
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None else first.device


def predict(
    model: nn.Module, x: ArrayLike | Tensor, *, batch_size: int | None = None, device: Device = None
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
        Where to run; by default where the model is.

    Returns
    -------
    Tensor, shape (N, ...)
        Outputs.
    """
    x = torch.as_tensor(x).to(_place(model, device))
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            if batch_size is None or len(x) <= batch_size:
                return model(x)  # type: ignore[no-any-return]
            batches = minibatches(len(x), batch_size, device=x.device)
            return torch.cat([model(x[batch]) for batch in batches])
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
        Where to run; by default where the model is.

    Returns
    -------
    dict of str to float
        ``"loss"`` and each metric.
    """
    outputs = predict(model, x, batch_size=batch_size, device=device)
    y = torch.as_tensor(y).to(outputs.device)
    return {
        "loss": float(loss(outputs, y)),
        **{name: float(f(outputs, y)) for name, f in (metrics or {}).items()},
    }


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
) -> History:
    """Train a model by minibatches.  [le 4, mmds 13.2.8, burkov 4]

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
        ``metric(outputs, targets) -> float``, by name.
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
        Where to train; by default where the model is.

    Returns
    -------
    History
        An epoch's loss and metrics are means over its minibatches, as they were when
        each was trained on; ``val_`` columns are measured at the end of the epoch.

    Raises
    ------
    NonFiniteError
        If the loss is NaN or infinite; the step that would follow is not taken.
    ShapeError
        If there are not as many targets as samples.
    """
    place = _place(model, device)
    x, y = torch.as_tensor(x).to(place), torch.as_tensor(y).to(place)
    if not len(x) or len(x) != len(y):
        raise ShapeError(
            "fit", "as many targets as samples, at least one", f"{len(x)} samples, {len(y)} targets"
        )
    step = _Step(model, loss, optimizer, metrics or {}, penalty, max_grad_norm)
    history = History()
    for epoch in track(range(1, epochs + 1), label="epochs", show=progress):
        model.train()
        sums: dict[str, float] = {}
        for i, batch in enumerate(minibatches(len(x), batch_size, rng=rng, device=place), 1):
            for name, value in step(x[batch], y[batch], f"epoch {epoch}, step {i}").items():
                sums[name] = sums.get(name, 0.0) + len(batch) * value
        row = {name: total / len(x) for name, total in sums.items()}
        if validation is not None:
            measured = evaluate(model, *validation, loss=loss, metrics=metrics)
            row |= {f"val_{name}": value for name, value in measured.items()}
        history.record(row)
        if isinstance(schedule, Schedule):
            schedule.step(row.get("val_loss", row["loss"]))
        elif schedule is not None:
            schedule.step()
        if any([callback.after_epoch(history, model) for callback in callbacks]):
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

    def __call__(self, x: Tensor, y: Tensor, where: str) -> dict[str, float]:
        self.optimizer.zero_grad()
        outputs = self.model(x)
        value = self.loss(outputs, y)
        if not torch.isfinite(value):
            raise NonFiniteError(f"the loss is {value.item()} in {where}: {_first_non_finite(self.model, x)}")
        if self.penalty is not None:
            value = value + sum(self.penalty(p) for p in self.model.parameters() if p.ndim >= 2)
        value.backward()  # type: ignore[no-untyped-call]
        if self.max_grad_norm is not None:
            clip_grad_norm_(self.model.parameters(), self.max_grad_norm)
        self.optimizer.step()
        detached = outputs.detach() if isinstance(outputs, Tensor) else outputs
        return {"loss": value.item(), **{name: float(f(detached, y)) for name, f in self.metrics.items()}}


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
