"""Is a hand-derived gradient right? Central differences tell.

`check` drives an operation, a loss or a layer with random cotangents u and compares its
pullback with the numerical gradient of s = Σ ⟨u, y⟩, in float64.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore.errors import GradientError, ValidationError
from dlcore.reference.base import Layer
from dlcore.tables import html_table, text_table

__all__ = ["Comparison", "Report", "check", "directional_error", "numeric_gradient", "relative_error"]

Array = NDArray[Any]

#: Below this norm both gradients count as zero.
NOTHING = 1e-8


def relative_error(analytic: ArrayLike, numeric: ArrayLike) -> float:
    """Distance of two gradients: ‖a - n‖ / (‖a‖ + ‖n‖).

    Parameters
    ----------
    analytic, numeric : array_like, one shape
        Gradients.

    Returns
    -------
    float
        In 0..1; 0 where both are nothing, infinite where one is not finite.
    """
    a, n = np.asarray(analytic, float), np.asarray(numeric, float)
    scale = np.linalg.norm(a) + np.linalg.norm(n)
    if not np.isfinite(scale):
        return float("inf")
    return 0.0 if scale < NOTHING else float(np.linalg.norm(a - n) / scale)


def numeric_gradient(f: Callable[[], float], x: Array, *, eps: float = 1e-5) -> Array:
    """Gradient of a scalar by central differences: (f(x + ε) - f(x - ε)) / 2ε, entry by entry.

    Parameters
    ----------
    f : callable
        ``f() -> float``, which reads `x`.
    x : ndarray of float64
        Changed in place entry by entry, and restored.
    eps : float, default 1e-5
        The step ε.

    Returns
    -------
    ndarray, shaped as `x`
        The gradient.
    """
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        before = x[index]
        x[index] = before + eps
        above = f()
        x[index] = before - eps
        below = f()
        x[index] = before
        grad[index] = (above - below) / (2 * eps)
    return grad


@dataclass(frozen=True)
class Comparison:
    """One argument's gradient, both ways.

    Attributes
    ----------
    name : str
        Name of the argument or parameter.
    analytic, numeric : ndarray
        The two gradients, shaped as the argument.
    tolerance : float
        Largest relative error that passes.
    """

    name: str
    analytic: Array
    numeric: Array
    tolerance: float

    @property
    def error(self) -> float:
        """Relative error; infinite where the shapes differ.

        Returns
        -------
        float
            See `relative_error`.
        """
        if self.analytic.shape != self.numeric.shape:
            return float("inf")
        return relative_error(self.analytic, self.numeric)

    @property
    def ok(self) -> bool:
        """Whether the error is within the tolerance.

        Returns
        -------
        bool
            True if so.
        """
        return self.error <= self.tolerance


@dataclass(frozen=True)
class Report:
    """What a gradient check found.

    Attributes
    ----------
    target : str
        Name of what was checked.
    comparisons : tuple of Comparison
        One for each argument that has a gradient.
    """

    target: str
    comparisons: tuple[Comparison, ...]

    _head = ("argument", "shape", "relative error", "")

    @property
    def ok(self) -> bool:
        """Whether every gradient is right.

        Returns
        -------
        bool
            True if so.
        """
        return all(comparison.ok for comparison in self.comparisons)

    def __bool__(self) -> bool:
        return self.ok

    def require(self) -> Report:
        """Raise unless every gradient is right.

        Returns
        -------
        Report
            This report.

        Raises
        ------
        GradientError
            With the table of comparisons.
        """
        if not self.ok:
            raise GradientError(str(self))
        return self

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (
                c.name,
                str(c.numeric.shape),
                f"< {c.tolerance:.0e}" if c.ok else f"{c.error:.1e}",
                "ok" if c.ok else "wrong",
            )
            for c in self.comparisons
        ]

    def __str__(self) -> str:
        return f"gradients of {self.target}\n{text_table(self._head, self._rows(), left=True)}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self._head, self._rows(), caption=f"gradients of {self.target}")


def check(
    target: Callable[..., Any] | Layer,
    *inputs: Any,
    rng: np.random.Generator,
    tolerance: float = 1e-6,
    eps: float = 1e-5,
    settings: Mapping[str, Any] | None = None,
) -> Report:
    """Compare the gradients of an operation, loss or layer with central differences.

    Parameters
    ----------
    target : callable or Layer
        An operation that returns ``(outputs, back)``, or a layer (its parameters are
        checked too, and are left as they were).
    *inputs : array_like or None
        What to call it with. Float inputs are copied to float64 and differentiated;
        integer ones (class indices, lengths) are passed on.
    rng : numpy.random.Generator
        Draws the cotangents.
    tolerance : float, default 1e-6
        Largest relative error that passes.
    eps : float, default 1e-5
        Step of the differences. Keep kinks and ties further away than this.
    settings : mapping of str to object, optional
        Keyword arguments of the operation or of the layer's call. A Generator among them
        is copied before each call, so that each call draws the same.

    Returns
    -------
    Report
        One comparison for each gradient; its truth value says whether all are right.
    """
    arrays, settings = [_private(x) for x in inputs], _fresh(settings)
    if isinstance(target, Layer):
        return _check_layer(target, arrays, rng, tolerance, eps, settings)
    names = _argument_names(target, len(arrays))

    def _call() -> tuple[Any, Callable[..., Any]]:
        return target(*arrays, **_fresh(settings))  # type: ignore[no-any-return]

    outputs, back = _call()
    cotangents = _cotangents(outputs, rng)
    grads = back(*cotangents)
    grads = grads if isinstance(grads, tuple) else (grads,)
    if len(grads) != len(arrays):
        raise ValidationError(f"{names[0]}…: back gives {len(grads)} gradients for {len(arrays)} arguments")
    comparisons = [
        Comparison(
            name,
            np.asarray(grad),
            numeric_gradient(lambda: _dot(_call()[0], cotangents), x, eps=eps),
            tolerance,
        )
        for name, x, grad in zip(names, arrays, grads, strict=True)
        if _differentiable(x) and grad is not None
    ]
    return Report(getattr(target, "__name__", "operation"), tuple(comparisons))


def _check_layer(
    layer: Layer,
    inputs: list[Any],
    rng: np.random.Generator,
    tolerance: float,
    eps: float,
    settings: Mapping[str, Any],
) -> Report:
    before = copy.deepcopy(layer)

    def _call() -> Any:
        fresh = copy.deepcopy(before)
        for name, parameter in fresh.named_parameters().items():
            parameter.value = values[name]
        return fresh, fresh(*inputs, **settings)

    values = {name: _private(p.value) for name, p in before.named_parameters().items()}
    used, outputs = _call()
    used_grads = used.named_parameters()
    for name, parameter in used_grads.items():
        parameter.grad = np.zeros_like(values[name])
    cotangents = _cotangents(outputs, rng)
    dinputs = used.backward(*cotangents)
    dinputs = dinputs if isinstance(dinputs, tuple) else (dinputs,)

    def _value() -> float:
        return _dot(_call()[1], cotangents)

    if any(_differentiable(x) for x in inputs[len(dinputs) :]):
        raise ValidationError(f"{type(layer).__name__}.backward gives {len(dinputs)} gradients, too few")
    pairs = [(f"input {i}", x, d) for i, (x, d) in enumerate(zip(inputs, dinputs, strict=False))]
    pairs += [(name, values[name], p.grad) for name, p in used_grads.items()]
    comparisons = [
        Comparison(name, np.asarray(grad), numeric_gradient(_value, x, eps=eps), tolerance)
        for name, x, grad in pairs
        if _differentiable(x) and grad is not None
    ]
    return Report(type(layer).__name__, tuple(comparisons))


def directional_error(
    operation: Callable[..., Any],
    *inputs: Any,
    rng: np.random.Generator,
    eps: float = 1e-5,
    settings: Mapping[str, Any] | None = None,
) -> float:
    """Check all gradients at once along one random direction: ⟨u, J v⟩ = ⟨Jᵀu, v⟩.

    Two calls of the operation suffice, however many entries the inputs have.

    Parameters
    ----------
    operation : callable
        Returns ``(outputs, back)``.
    *inputs : array_like or None
        As for `check`.
    rng : numpy.random.Generator
        Draws the direction v and the cotangents u.
    eps : float, default 1e-5
        Step along v.
    settings : mapping of str to object, optional
        Keyword arguments of the operation, as for `check`.

    Returns
    -------
    float
        Relative difference of the two numbers.
    """
    arrays, settings = [_private(x) for x in inputs], _fresh(settings)

    def _at(step: float) -> tuple[Any, Callable[..., Any]]:
        moved = [x if v is None else x + step * v for x, v in zip(arrays, directions, strict=True)]
        return operation(*moved, **_fresh(settings))  # type: ignore[no-any-return]

    directions = [rng.normal(size=np.shape(x)) if _differentiable(x) else None for x in arrays]
    outputs, back = _at(0.0)
    cotangents = _cotangents(outputs, rng)
    grads = back(*cotangents)
    grads = grads if isinstance(grads, tuple) else (grads,)
    backward = sum(
        float(np.sum(g * v))
        for g, v in zip(grads, directions, strict=True)
        if v is not None and g is not None
    )
    forward = (_dot(_at(eps)[0], cotangents) - _dot(_at(-eps)[0], cotangents)) / (2 * eps)
    return relative_error(backward, forward)


def _fresh(settings: Mapping[str, Any] | None) -> dict[str, Any]:
    items = (settings or {}).items()
    return {k: copy.deepcopy(v) if isinstance(v, np.random.Generator) else v for k, v in items}


def _private(x: Any) -> Any:
    if x is None or not np.issubdtype(np.asarray(x).dtype, np.floating):
        return x
    return np.array(x, dtype=np.float64)


def _differentiable(x: Any) -> bool:
    return isinstance(x, np.ndarray) and np.issubdtype(x.dtype, np.floating)


def _outputs(outputs: Any) -> Sequence[Any]:
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _cotangents(outputs: Any, rng: np.random.Generator) -> list[Array]:
    return [rng.normal(size=np.shape(y)) for y in _outputs(outputs)]


def _dot(outputs: Any, cotangents: Sequence[Array]) -> float:
    return float(sum(np.sum(y * u) for y, u in zip(_outputs(outputs), cotangents, strict=True)))


def _argument_names(operation: Callable[..., Any], count: int) -> list[str]:
    names = [name for name in inspect.signature(operation).parameters][:count]
    return names + [f"argument {i}" for i in range(len(names), count)]
