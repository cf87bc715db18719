"""Gradient checks of operations and layers."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import GradientError, ValidationError
from dlcore.gradcheck.diagnosis import Diagnosis, Setting, diagnose
from dlcore.gradcheck.differences import numeric_gradient, relative_error
from dlcore.reference.base import Layer, no_grad
from dlcore.tables import html_table, text_table

__all__ = ["Comparison", "Report", "check", "directional_error"]

Array = NDArray[Any]
Numeric = Callable[[Array, Sequence[Array]], Array]


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
    setting : Setting
        Batch size and such, for the diagnosis.
    """

    name: str
    analytic: Array
    numeric: Array
    tolerance: float
    setting: Setting = field(default_factory=Setting)

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

    @cached_property
    def diagnosis(self) -> Diagnosis | None:
        """Which mistake explains a wrong gradient.

        Returns
        -------
        Diagnosis or None
            None if the gradient is right.
        """
        return None if self.ok else diagnose(self.analytic, self.numeric, self.setting)


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

    def _reason(self, wrong: Comparison) -> str:
        for other in self.comparisons:
            if other is not wrong and Comparison("", wrong.analytic, other.numeric, wrong.tolerance).ok:
                return f"this is the gradient of {other.name}; the order is the order of the arguments"
        return str(wrong.diagnosis)

    def explain(self) -> str:
        """Say which gradients are wrong, and why.

        Returns
        -------
        str
            One sentence a wrong gradient, or that all are right.
        """
        wrong = [f"gradient of {c.name}: {self._reason(c)}." for c in self.comparisons if not c.ok]
        return "\n".join(wrong) if wrong else "All gradients are right."

    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [
            (
                c.name,
                str(c.numeric.shape),
                f"< {c.tolerance:.0e}" if c.ok else f"{c.error:.1e}",
                "ok" if c.ok else f"wrong: {self._reason(c)}",
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

    gates = _gates(zip(names, arrays, strict=True))

    def _numeric(x: Array, us: Sequence[Array]) -> Array:
        return numeric_gradient(lambda: _dot(_call()[0], us), x, eps=eps)

    comparisons = [
        Comparison(
            name,
            np.asarray(grad),
            _numeric(x, cotangents),
            tolerance,
            _setting(outputs, x, cotangents, _numeric, gates),
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
    probe = _Probe(layer)
    outputs = probe(*inputs, **settings)
    cotangents = _cotangents(outputs, rng)
    dinputs = probe.layer.backward(*cotangents)
    dinputs = dinputs if isinstance(dinputs, tuple) else (dinputs,)
    parameters = probe.layer.named_parameters()

    gates = _gates((name, p.value) for name, p in parameters.items())

    def _numeric(x: Array, us: Sequence[Array]) -> Array:
        with no_grad():
            return numeric_gradient(lambda: _dot(probe(*inputs, **settings), us), x, eps=eps)

    pairs = [(f"input {i}", x, d) for i, (x, d) in enumerate(zip(inputs, dinputs, strict=False))]
    pairs += [(name, p.value, p.grad) for name, p in parameters.items()]
    comparisons = [
        Comparison(
            name,
            np.asarray(grad),
            _numeric(x, cotangents),
            tolerance,
            _setting(outputs, x, cotangents, _numeric, gates),
        )
        for name, x, grad in pairs
        if _differentiable(x) and grad is not None
    ]
    return Report(type(layer).__name__, tuple(comparisons))


class _Probe:
    """A copy of a layer, in float64, that answers every call from the same state."""

    def __init__(self, layer: Layer) -> None:
        self.layer = copy.deepcopy(layer)
        self.layer.zero_grad()
        for parameter in self.layer.parameters():
            parameter.value = _private(parameter.value)
            parameter.grad = np.zeros_like(parameter.value)
        self._buffers = [(buffer, buffer.copy()) for buffer in self.layer.buffers.values()]
        found = [value for inner in self.layer.layers() for value in vars(inner).values()]
        generators = [value for value in found if isinstance(value, np.random.Generator)]
        self._draws = [(generator.bit_generator, generator.bit_generator.state) for generator in generators]

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        for buffer, before in self._buffers:
            buffer[...] = before
        for source, state in self._draws:
            source.state = state
        return self.layer(*inputs, **settings)


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


def _setting(
    outputs: Any, x: Array, cotangents: Sequence[Array], numeric: Numeric, gates: dict[int, int]
) -> Setting:
    """What the diagnosis may ask for; a sample's share is found by letting its outputs alone count."""
    shapes = [np.shape(y) for y in _outputs(outputs)]
    if shapes == [()]:  # a loss: its argument has the batch
        return Setting(x.shape[0], math.prod(x.shape[1:])) if x.ndim else Setting()
    stacked = gates.get(x.shape[0]) if x.ndim else None
    first = shapes[0][0] if shapes[0] else None
    if first is None or any(not shape or shape[0] != first for shape in shapes):
        return Setting(gates=stacked)

    def _shares() -> Array:
        alone = [
            [u * (np.arange(first) == n).reshape(-1, *[1] * (u.ndim - 1)) for u in cotangents]
            for n in range(first)
        ]
        return np.array([numeric(x, us) for us in alone])

    return Setting(first, math.prod(shapes[0][1:]), _shares, stacked)


def _gates(named: Iterable[tuple[str, Any]]) -> dict[int, int]:
    """Number of gates by length of the stacked axis, from recurrent weights of shape (G·H, H)."""
    return {
        w.shape[0]: w.shape[0] // w.shape[1] for name, w in named if "weight_hh" in name and np.ndim(w) == 2
    }


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
