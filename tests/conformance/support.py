"""How the conformance tests call a case in each package and compare what comes back."""

import copy
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tests.conformance.case import Call, Draw


def settled(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings for one call: a Generator is copied, so that every call draws the same."""
    return {k: copy.deepcopy(v) if isinstance(v, np.random.Generator) else v for k, v in settings.items()}


def taken(constructor: Callable[..., Any], **extra: Any) -> dict[str, Any]:
    """Those of `extra` that a constructor takes: not every layer draws weights, or has any."""
    parameters = inspect.signature(constructor).parameters
    return {name: value for name, value in extra.items() if name in parameters}


def as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def is_float(x: Any) -> bool:
    return isinstance(x, np.ndarray | np.floating) and np.asarray(x).dtype.kind == "f"


def cast(x: Any, dtype: Any) -> Any:
    """An argument in another float type; everything else as it is."""
    return np.asarray(x).astype(dtype) if is_float(x) else x


def to_torch(x: Any, *, grad: bool = True) -> Any:
    if isinstance(x, tuple):
        return tuple(to_torch(part, grad=grad) for part in x)
    if not isinstance(x, np.ndarray | np.generic):
        return x
    tensor = torch.tensor(np.asarray(x))
    return tensor.requires_grad_(grad and tensor.is_floating_point())


def torch_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings for the mirror: arrays become tensors, a Generator is copied."""
    return {k: to_torch(v, grad=False) for k, v in settled(settings).items()}


def cotangents(outputs: Any, draw: Draw) -> list[np.ndarray]:
    return [draw.rng.normal(size=np.shape(y)) for y in as_tuple(outputs)]


def torch_grads(outputs: Any, cotangents: list[np.ndarray], inputs: list[torch.Tensor]) -> list[np.ndarray]:
    """Gradients of Σ⟨u, y⟩ by autograd; zeros where no path leads."""
    pairs = zip(as_tuple(outputs), cotangents, strict=True)
    total = sum(((y * torch.tensor(u).to(y.dtype)).sum() for y, u in pairs), start=torch.zeros(()))
    if not total.requires_grad:
        return [np.zeros(x.shape) for x in inputs]
    grads = torch.autograd.grad(total, inputs, allow_unused=True)
    return [np.zeros(x.shape) if g is None else g.numpy() for x, g in zip(inputs, grads, strict=True)]


def close(ours: Any, theirs: Any, tolerance: float, what: str) -> None:
    """Equal shape, and norm of the difference at most `tolerance` of the norms."""
    a = np.asarray(ours, float)
    b = np.asarray(theirs.detach() if isinstance(theirs, torch.Tensor) else theirs, float)
    assert a.shape == b.shape, f"{what}: shapes {a.shape} and {b.shape}"
    difference, scale = np.linalg.norm(a - b), np.linalg.norm(a) + np.linalg.norm(b)
    # small values come from numbers of size one by cancellation (1 - tanh²), so the error is absolute there
    assert difference <= tolerance * max(scale, 1.0 if tolerance > 1e-8 else 0.1), (
        f"{what}: differ by {difference:.2e} of {scale:.2e}"
    )


def call_operation(function: Any, call: Call, dtype: Any = np.float64) -> tuple[Any, Any]:
    return function(*(cast(x, dtype) for x in call.args), **settled(call.settings))
