"""Training: minibatches, `fit`, and how well the model does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dlcore.callbacks import Callback
from dlcore.errors import NonFiniteError, ShapeError, ValidationError
from dlcore.history import History
from dlcore.progress import track
from dlcore.reference._checks import Array
from dlcore.reference.base import Layer, no_grad, observe_calls
from dlcore.reference.optimizers import Optimizer
from dlcore.reference.regularization import clip_grad_norm_
from dlcore.schedules import Schedule

__all__ = ["evaluate", "fit", "minibatches", "predict"]

Metrics = Mapping[str, Callable[[Any, Any], float]]


def minibatches(n: int, batch_size: int | None, *, rng: np.random.Generator | None = None) -> Iterator[Array]:
    """Cut the samples 0..n-1 into minibatches.

    Parameters
    ----------
    n : int
        Number of samples.
    batch_size : int or None
        Samples in a minibatch; the last may have fewer. None takes all at once.
    rng : numpy.random.Generator, optional
        Shuffles the samples; without it they come in their order.

    Yields
    ------
    ndarray of int, shape (batch_size,)
        Indices of the samples of one minibatch.
    """
    if batch_size is not None and batch_size < 1:
        raise ValidationError(f"batch_size must be at least 1, got {batch_size}")
    order = np.arange(n) if rng is None else rng.permutation(n)
    size = n if batch_size is None else batch_size
    for start in range(0, n, max(size, 1)):
        yield order[start : start + size]


def predict(model: Layer, x: ArrayLike, *, batch_size: int | None = None) -> Array:
    """Run the model in evaluation mode, keeping no pullbacks.

    Parameters
    ----------
    model : Layer
        The model; its mode is restored afterwards.
    x : array_like, shape (N, ...)
        Samples.
    batch_size : int, optional
        Samples at a time, to save memory; all at once by default.

    Returns
    -------
    ndarray, shape (N, ...)
        Outputs.
    """
    x = np.asarray(x)
    modes = [(layer, layer.training) for layer in model.layers()]
    model.eval()
    try:
        with no_grad():
            if batch_size is None or len(x) <= batch_size:
                return model(x)  # type: ignore[no-any-return]
            return np.concatenate([model(x[batch]) for batch in minibatches(len(x), batch_size)])
    finally:
        for layer, mode in modes:
            layer.training = mode


def evaluate(
    model: Layer,
    x: ArrayLike,
    y: ArrayLike,
    *,
    loss: Callable[..., Any],
    metrics: Metrics | None = None,
    batch_size: int | None = None,
) -> dict[str, float]:
    """Measure loss and metrics on a data set.

    Parameters
    ----------
    model : Layer
        The model, run in evaluation mode.
    x : array_like, shape (N, ...)
        Samples.
    y : array_like, shape (N, ...)
        Targets.
    loss : callable
        ``loss(outputs, targets) -> (value, back)``.
    metrics : mapping of str to callable, optional
        ``metric(outputs, targets) -> float``, by name.
    batch_size : int, optional
        Samples at a time, to save memory.

    Returns
    -------
    dict of str to float
        ``"loss"`` and each metric.
    """
    outputs, y = predict(model, x, batch_size=batch_size), np.asarray(y)
    value, _ = loss(outputs, y)
    return {"loss": float(value), **{name: float(f(outputs, y)) for name, f in (metrics or {}).items()}}


def fit(
    model: Layer,
    x: ArrayLike,
    y: ArrayLike,
    *,
    loss: Callable[..., Any],
    optimizer: Optimizer,
    epochs: int = 10,
    batch_size: int | None = 32,
    rng: np.random.Generator | None = None,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    metrics: Metrics | None = None,
    penalty: Callable[[Any], Any] | None = None,
    max_grad_norm: float | None = None,
    schedule: Schedule | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool | None = None,
) -> History:
    """Train a model by minibatches.  [le 5, mmds 13.3.4]

    Parameters
    ----------
    model : Layer
        What to train; its parameters are changed in place.
    x : array_like, shape (N, ...)
        Samples.
    y : array_like, shape (N, ...)
        Targets.
    loss : callable
        ``loss(outputs, targets) -> (value, back)``.
    optimizer : Optimizer
        Holds ``model.parameters()``.
    epochs : int, default 10
        Passes over the samples.
    batch_size : int or None, default 32
        Samples a step; None takes all at once, which is gradient descent proper.
    rng : numpy.random.Generator, optional
        Shuffles the samples anew in each epoch; without it they come in their order.
    validation : tuple of array_like, optional
        Samples and targets to measure after each epoch.
    metrics : mapping of str to callable, optional
        ``metric(outputs, targets) -> float``, by name.
    penalty : callable, optional
        ``penalty(weight) -> (value, back)``, added to the loss for every parameter with at
        least two axes (weights, not biases); such as ``partial(l2_penalty, alpha=1e-3)``.
    max_grad_norm : float, optional
        Shrink longer gradients to this length before each step.
    schedule : Schedule, optional
        Stepped after each epoch, with the validation loss if there is one.
    callbacks : sequence of Callback
        Called after each epoch, and at the end.
    progress : bool, optional
        Whether to show a progress bar; by default where somebody watches.

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
    x, y = np.asarray(x), np.asarray(y)
    if not len(x) or len(x) != len(y):
        raise ShapeError(
            "fit", "as many targets as samples, at least one", f"{len(x)} samples, {len(y)} targets"
        )
    step = _Step(model, loss, optimizer, metrics or {}, penalty, max_grad_norm)
    history = History()
    for epoch in track(range(1, epochs + 1), label="epochs", show=progress):
        model.train()
        sums: dict[str, float] = {}
        for i, batch in enumerate(minibatches(len(x), batch_size, rng=rng), 1):
            for name, value in step(x[batch], y[batch], f"epoch {epoch}, step {i}").items():
                sums[name] = sums.get(name, 0.0) + len(batch) * value
        row = {name: total / len(x) for name, total in sums.items()}
        if validation is not None:
            measured = evaluate(model, *validation, loss=loss, metrics=metrics)
            row |= {f"val_{name}": value for name, value in measured.items()}
        history.record(row)
        if schedule is not None:
            schedule.step(row.get("val_loss", row["loss"]))
        if any([callback.after_epoch(history, model) for callback in callbacks]):
            break
    for callback in callbacks:
        callback.after_training(history, model)
    return history


class _Step(NamedTuple):
    """One step of training: forward, backward, update."""

    model: Layer
    loss: Callable[..., Any]
    optimizer: Optimizer
    metrics: Metrics
    penalty: Callable[[Any], Any] | None
    max_grad_norm: float | None

    def __call__(self, x: Array, y: Array, where: str) -> dict[str, float]:
        self.model.zero_grad()
        outputs = self.model(x)
        value, back = self.loss(outputs, y)
        if not np.isfinite(value):
            raise NonFiniteError(f"the loss is {value} in {where}: {_first_non_finite(self.model, x)}")
        self.model.backward(back()[0])
        total = float(value) + self._penalize()
        if self.max_grad_norm is not None:
            clip_grad_norm_(self.model.parameters(), self.max_grad_norm)
        self.optimizer.step()
        return {"loss": total, **{name: float(f(outputs, y)) for name, f in self.metrics.items()}}

    def _penalize(self) -> float:
        if self.penalty is None:
            return 0.0
        total = 0.0
        for parameter in self.model.parameters():
            if parameter.value.ndim >= 2:
                value, back = self.penalty(parameter.value)
                parameter.grad += back()
                total += float(value)
        return total


def _first_non_finite(model: Layer, x: Array) -> str:
    if not np.isfinite(x).all():
        return "the samples themselves hold NaN or infinity"
    for name, value in model.params.items():
        if not np.isfinite(value).all():
            return f"parameter '{name}' is not finite; a smaller learning rate may help"
    names = {id(layer): name for name, layer in model.named_layers()}
    found: list[str] = []

    def watch(layer: Layer, inputs: tuple[Array, ...], outputs: Any) -> None:
        parts = outputs if isinstance(outputs, tuple) else (outputs,)
        if not all(np.isfinite(part).all() for part in parts):
            found.append(f"it began in layer '{names[id(layer)]}' ({type(layer).__name__})")

    with no_grad(), observe_calls(watch), np.errstate(all="ignore"):
        model(x)
    return found[0] if found else "every layer's output is finite, so it began in the loss"
