"""Building both sides of a benchmark against torch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.measuring import Run
from dlcore import reference

torch.set_num_threads(1)


def normal(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> np.ndarray:
    return (scale * rng.standard_normal(shape)).astype(np.float32)


def tensor(array: Any) -> Any:
    """Copy an array for torch; floats get a gradient, anything else is handed through."""
    if not isinstance(array, np.ndarray):
        return array
    copied = torch.tensor(array)
    return copied.requires_grad_(copied.is_floating_point())


def there_and_back(
    rng: np.random.Generator,
    ours: Callable[..., Any],
    theirs: Callable[..., Any],
    *arrays: np.ndarray | None,
) -> tuple[Run, Run]:
    """Forward and backward of an operation, and of what torch has for it.

    Where it has several outputs, the first alone gets a cotangent: the others are final states.
    """
    outputs, _ = ours(*arrays)
    several = isinstance(outputs, tuple)
    dy = normal(rng, *np.shape(outputs[0] if several else outputs))
    more = (None,) * (len(outputs) - 1) if several else ()
    tensors, dy_tensor = [tensor(a) for a in arrays], torch.tensor(dy)
    differentiable = [t for t in tensors if isinstance(t, torch.Tensor) and t.requires_grad]

    def reference_run() -> Any:
        y, back = ours(*arrays)
        grads = back(dy, *more)
        return (y[0] if several else y), *(grads if isinstance(grads, tuple) else (grads,))

    def torch_run() -> Any:
        y = theirs(*tensors)
        return y, *torch.autograd.grad(y, differentiable, dy_tensor)

    return reference_run, torch_run


def gradients_of(ours: reference.Layer, theirs: torch.nn.Module, x: Any, y: Any) -> tuple[Run, Run]:
    """Forward, cross-entropy and backward of two models, to the input as well: ours always goes there."""
    parameters = list(theirs.parameters())
    x_tensor, y_tensor = torch.tensor(x, requires_grad=True), torch.tensor(y)

    def reference_run() -> Any:
        ours.zero_grad()
        loss, back = reference.cross_entropy(ours(x), y)
        return loss, ours.backward(back()[0]), *ours.grads.values()

    def torch_run() -> Any:
        loss = torch.nn.functional.cross_entropy(theirs(x_tensor), y_tensor)
        return loss, *torch.autograd.grad(loss, [x_tensor, *parameters])

    return reference_run, torch_run


def twins(ours: reference.Layer, theirs: torch.nn.Module) -> tuple[reference.Layer, torch.nn.Module]:
    """Give a torch model the weights of ours, which have the same names."""
    theirs.load_state_dict({name: torch.tensor(value) for name, value in ours.state_dict().items()})
    return ours, theirs
