"""Weights of a network, judged by what the network does on every input, and designs with a minimum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError
from dlcore.exercises.engine.certificate import verify
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.driving import Outcome, plain

__all__ = ["Network", "all_bits", "threshold_net"]

Array = NDArray[Any]
Layers = list[tuple[Array, Array]]

#: A weighted sum nearer to the threshold than this is on it: 0.1 + 0.2 is 0.3.
TIE = 1e-9


def all_bits(n: int) -> Array:
    """Return all bit vectors, those with few ones first.

    Parameters
    ----------
    n : int
        Number of bits.

    Returns
    -------
    ndarray, shape (2ⁿ, n)
        One row a vector.
    """
    return np.array(sorted(product((0, 1), repeat=n), key=lambda bits: (sum(bits), bits)), dtype=float)


def threshold_net(layers: Layers, x: Array) -> Array:
    """Run a net of threshold units: a unit gives 1 if w·x + b > 0, else 0.  [mmds 13.1.2]

    Parameters
    ----------
    layers : list of (ndarray, ndarray)
        Weights of shape (units, inputs) and biases of shape (units,).
    x : ndarray, shape (N, D)
        Inputs.

    Returns
    -------
    ndarray, shape (N, units of the last layer)
        Of 0 and 1.
    """
    for weight, bias in layers:
        x = (x @ weight.T + bias > TIE).astype(float)
    return x


@dataclass(frozen=True, kw_only=True, repr=False)
class Network(Exercise):
    """Weights of a net of threshold units, or of another net that `run` knows.

    The answer is a list of layers ``(W, threshold)`` or ``(W, bias)``, as `second` says;
    a layer may also be a dict with ``"W"`` and ``"threshold"`` or ``"bias"``. With
    `minimum` the answer is ``{"net": layers, "proof": certificate}``.

    Attributes
    ----------
    inputs : ndarray, shape (N, D)
        All inputs that there are, the simplest first.
    target : callable
        ``target(x) -> number`` for a row of `inputs`.
    second : {"threshold", "bias"}
        What stands beside the weights; a bias is minus a threshold.
    run : callable
        ``run(layers, inputs) -> outputs``, with biases.
    hidden_layers : int, optional
        How many there must be; any number by default.
    minimum : int, optional
        The least number of hidden units, where the exercise asks for it.
    proof : tuple, optional
        Bits and labels of the certificate that fewer units do not do, as for `verify`.
    """

    inputs: Array
    target: Callable[[Array], float]
    second: str = "threshold"
    run: Callable[[Layers, Array], Array] = threshold_net
    hidden_layers: int | None = None
    minimum: int | None = None
    proof: tuple[int, Callable[[tuple[int, ...]], bool]] | None = None

    detailed: ClassVar[bool] = True

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Run the net on every input, count its units, then verify the proof."""
        if outcomes[0].state != "returned":
            return Finding(f"Expected weights. {outcomes[0].error}", "error")
        data = outcomes[0].values[0]
        if isinstance(data, (int, float)) and self.minimum is not None:
            return self._number_alone(data)
        try:
            layers = self.read(data)
        except ValidationError as error:
            return Finding(str(error), "error")
        return self._behavior(layers) or self._units(layers) or self._proof(data)

    def read(self, data: Any) -> Layers:
        """Read layers.

        Parameters
        ----------
        data : Any
            Plain data.

        Returns
        -------
        list of (ndarray, ndarray)
            Weights and biases.

        Raises
        ------
        ValidationError
            If shapes do not fit, with both of them.
        """
        data = data.get("net", data) if isinstance(data, dict) else data
        if isinstance(data, dict) or (isinstance(data, list) and len(data) == 2 and _is_layer(data)):
            data = [data]
        if not isinstance(data, list) or not data:
            raise ValidationError(f"expected a list of layers (W, {self.second})")
        layers, width = [], self.inputs.shape[1]
        for number, layer in enumerate(data, 1):
            layers.append(self._layer(layer, number, width))
            width = len(layers[-1][1])
        if width != 1:
            raise ValidationError(f"expected one output unit, got {width}")
        if self.hidden_layers is not None and len(layers) != self.hidden_layers + 1:
            raise ValidationError(f"expected {self.hidden_layers} hidden layer(s), got {len(layers) - 1}")
        return layers

    def _layer(self, layer: Any, number: int, width: int) -> tuple[Array, Array]:
        weight, second, name = self._pair(layer, number)
        try:
            weight, second = np.asarray(weight, float), np.atleast_1d(np.asarray(second, float)).ravel()
        except (TypeError, ValueError, OverflowError):
            raise ValidationError(f"layer {number}: expected numbers as W and {name}") from None
        if weight.size == width and len(second) == 1:
            weight = weight.reshape(1, width)
        if weight.shape != (len(second), width):
            text = f"layer {number}: expected W of shape ({len(second)}, {width}), one row a unit"
            raise ValidationError(f"{text} and one {name} a unit, got {weight.shape}")
        if not (np.isfinite(weight).all() and np.isfinite(second).all()):
            raise ValidationError(f"layer {number}: expected finite numbers")
        return weight, -second if name == "threshold" else second

    def _pair(self, layer: Any, number: int) -> tuple[Any, Any, str]:
        if isinstance(layer, dict):
            names = {key.lower()[0]: key for key in layer if key}
            for letter, name in (("t", "threshold"), ("b", "bias")):
                if "w" in names and letter in names:
                    return layer[names["w"]], layer[names[letter]], name
        if isinstance(layer, list) and len(layer) == 2:
            return layer[0], layer[1], self.second
        raise ValidationError(f"layer {number}: expected (W, {self.second})")

    def _outputs(self, layers: Layers) -> Array:
        return np.asarray(self.run(layers, self.inputs)).reshape(len(self.inputs))

    @property
    def right(self) -> Array:
        """What the net must give.

        Returns
        -------
        ndarray, shape (N,)
            On each input.
        """
        return np.array([float(self.target(x)) for x in self.inputs])

    def _behavior(self, layers: Layers) -> Finding | None:
        got, right = self._outputs(layers), self.right
        wrong = np.flatnonzero(~np.isclose(got, right, rtol=0, atol=1e-9))
        if not wrong.size:
            return None
        first = wrong[0]
        written = "".join(f"{bit:g}" for bit in self.inputs[first])
        return Finding(
            f"On input {written} the net gives {got[first]:g}, expected {right[first]:g} "
            f"({wrong.size} of {len(right)} inputs are wrong)."
        )

    def _units(self, layers: Layers) -> Finding | None:
        units = _hidden(layers)
        if self.minimum is None or units <= self.minimum:
            return None
        text = (
            f"The net is right on all {len(self.inputs)} inputs, but has {units} hidden units: fewer do it."
        )
        return Finding(text, "close", "not minimal", 0.5)

    def _proof(self, data: Any) -> Finding | None:
        if self.proof is None:
            return None
        if not isinstance(data, dict) or "proof" not in data or data["proof"] in (None, ...):
            text = (
                'The net is right. What is missing is "proof": a certificate that fewer units cannot do it.'
            )
            return Finding(text, "close", "proof missing", 0.6)
        found = verify(data["proof"], *self.proof)
        if found is None:
            return None
        return Finding(
            f"The net is right, the proof is not. {found.message}", "close", f"proof: {found.name}", 0.6
        )

    def _number_alone(self, number: float) -> Finding:
        if number == self.minimum:
            return Finding(
                "The number is right. Now give the net and the proof.", "close", "number alone", 0.25
            )
        return Finding(f"{number:g} is not the least number of hidden units.", name="")

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether both nets give the same on every input, or have as many units too many."""
        mine, slip = self._signature(outcomes[0]), self._signature(wrong[0])
        return mine is not None and mine == slip

    def _signature(self, outcome: Outcome) -> tuple[Any, ...] | None:
        if outcome.state != "returned":
            return None
        data = outcome.values[0]
        if isinstance(data, (int, float)):
            return ("units", float(data))
        try:
            layers = self.read(data)
        except ValidationError:
            return None
        if self._behavior(layers) is not None:
            return ("outputs", *np.round(self._outputs(layers), 9))
        if self._units(layers) is not None:
            return ("units", float(_hidden(layers)))
        proof = self._proof(data)
        return None if proof is None else ("proof", proof.name)

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the rows of the weights, a layer at a time."""
        reference = self.settled(self.reference)
        rows = [
            ["[" + ", ".join(f"{w:g}" for w in row) + "]" for row in weight]
            for weight, _ in self.read(plain(reference))[:1]
        ]
        return [row for row in rows if row]


def _hidden(layers: Layers) -> int:
    return sum(len(bias) for _, bias in layers[:-1])


def _is_layer(data: list[Any]) -> bool:
    """Whether two entries are weights and thresholds of one layer, not two layers."""
    try:
        return np.asarray(data[1], float).ndim <= 1 and np.asarray(data[0], float).ndim <= 2
    except (TypeError, ValueError):
        return False
