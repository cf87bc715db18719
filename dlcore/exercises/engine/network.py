"""Weights of a network, judged by what the network does on every input, and designs with a minimum."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pprint import pformat
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.driving import Outcome, plain
from dlcore.exercises.engine.number import read_numbers

__all__ = ["Network", "all_bits", "threshold_net"]

Array = NDArray[Any]
Layers = list[tuple[Array, Array]]

#: A weighted sum nearer to the threshold than this is on it, as a part of the unit's
#: largest number: 0.1 + 0.2 is 0.3, and a net of tiny weights is still a net.
TIE = 1e-9

#: As many wrong inputs are listed one by one.
LISTED = 6

SIGN = "A threshold is what w·x must exceed; a bias is added to w·x: one is minus the other."


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


def threshold_net(layers: Layers, x: Array, *, at_threshold: bool = False) -> Array:
    """Run a net of threshold units: a unit gives 1 if w·x + b > 0, else 0.  [mmds 13.1.1]

    Parameters
    ----------
    layers : list of (ndarray, ndarray)
        Weights of shape (units, inputs) and biases of shape (units,).
    x : ndarray, shape (N, D)
        Inputs.
    at_threshold : bool
        Whether a unit gives 1 at w·x + b = 0 as well.

    Returns
    -------
    ndarray, shape (N, units of the last layer)
        Of 0 and 1.
    """
    for weight, bias in layers:
        largest = np.maximum(np.abs(weight).max(axis=1, initial=0), np.abs(bias))
        scale = np.where(largest > 0, largest, 1.0)
        z = x @ (weight / scale[:, None]).T + bias / scale
        x = (z > (-TIE if at_threshold else TIE)).astype(float)
    return x


@dataclass(frozen=True, kw_only=True, repr=False)
class Network(Exercise):
    """Weights of a net of threshold units, or of another net that `run` knows.

    The answer is a list of layers ``(W, threshold)`` or ``(W, bias)``, as `second` says;
    a layer may also be a dict with ``"W"`` and ``"threshold"`` or ``"bias"``. With
    `proof` the answer is ``{"net": layers, "proof": proof}``.

    A wrong net that is right in another reading is told so: one that takes the threshold
    itself as above, has the signs of all thresholds turned, or a column for each unit.

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
    proof : callable, optional
        ``proof(data) -> Finding or None``: what verifies that fewer units do not do, such as
        `verify` with its bits and labels filled in.
    """

    inputs: Array
    target: Callable[[Array], float]
    second: str = "threshold"
    run: Callable[[Layers, Array], Array] = threshold_net
    hidden_layers: int | None = None
    minimum: int | None = None
    proof: Callable[[Any], Finding | None] | None = None

    detailed: ClassVar[bool] = True

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Run the net on every input, count its units, then verify the proof."""
        if outcomes[0].state != "returned":
            return Finding(f"Expected weights. {outcomes[0].error}", "error")
        data = outcomes[0].values[0]
        number = None if self.minimum is None else _number(data)
        if number is not None:
            return self._number_alone(number)
        try:
            layers = self.read(data)
        except ValidationError as error:
            return Finding(str(error), "error")
        return self._behavior(layers) or self._units(layers, data) or self._proof(data)

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
        data = self._parts(data)[0]
        if isinstance(data, dict) or (isinstance(data, list) and len(data) == 2 and _is_layer(data)):
            data = [data]
        if not isinstance(data, list) or not data:
            raise ValidationError(f"expected a list of layers (W, {self.second})")
        layers, width = [], self.inputs.shape[1]
        for number, layer in enumerate(data, 1):
            layers.append(self._layer(layer, number, width))
            width = len(layers[-1][1])
        if width != 1:
            text = f"expected one output unit in the last layer, got {width}"
            raise ValidationError(text + ("; is the output layer missing?" if len(layers) == 1 else ""))
        if self.hidden_layers is not None and len(layers) != self.hidden_layers + 1:
            raise ValidationError(f"expected {self.hidden_layers} hidden layer(s), got {len(layers) - 1}")
        return layers

    def _parts(self, data: Any) -> tuple[Any, Any]:
        """Split an answer into the net and the proof."""
        if isinstance(data, dict) and data.keys() & {"net", "proof"}:
            if data.get("net", ...) in (None, ...):
                raise ValidationError('the proof is here, "net" is missing')
            return data["net"], data.get("proof")
        if self.proof and isinstance(data, list) and len(data) == 2 and isinstance(data[1], dict):
            return (data, None) if "w" in _names(data[1]) else (data[0], data[1])
        return data, None

    def _layer(self, layer: Any, number: int, width: int) -> tuple[Array, Array]:
        weight, second, name = self._pair(layer, number)
        try:
            weight, second = read_numbers(weight), np.atleast_1d(read_numbers(second)).ravel()
        except (TypeError, ValueError, ArithmeticError):
            raise ValidationError(f"layer {number}: expected numbers as W and {name}") from None
        if weight.size == width and len(second) == 1:
            weight = weight.reshape(1, width)
        if weight.ndim == 2 and len(second) == 1:
            second = np.repeat(second, len(weight))
        right = (len(second), width)
        if weight.shape != right:
            text = f"layer {number}: expected W of shape {right}, a row for each {name} ({len(second)})"
            text += f" and a column for each input ({width}), got {weight.shape}"
            raise ValidationError(text + ("; is it transposed?" if weight.shape == right[::-1] else ""))
        if not (np.isfinite(weight).all() and np.isfinite(second).all()):
            raise ValidationError(f"layer {number}: expected finite numbers")
        return weight, -second if name == "threshold" else second

    def _pair(self, layer: Any, number: int) -> tuple[Any, Any, str]:
        if isinstance(layer, dict):
            names = _names(layer)
            for letter, name in (("t", "threshold"), ("b", "bias")):
                if "w" in names and letter in names:
                    return layer[names["w"]], layer[names[letter]], name
        if isinstance(layer, list) and len(layer) == 2:
            return layer[0], layer[1], self.second
        raise ValidationError(f"layer {number}: expected (W, {self.second})")

    def _outputs(self, layers: Layers) -> Array:
        return np.asarray(self.run(layers, self.inputs)).reshape(len(self.inputs))

    @cached_property
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
        wrong = np.flatnonzero(~_equal(got, right))
        if not wrong.size:
            return None
        other = self._other_reading(layers)
        if other is not None:
            return other
        first = wrong[0]
        text = (
            f"On input {_write(self.inputs[first])} the net gives {got[first]:g}, expected {right[first]:g}"
        )
        text += f" ({wrong.size} of {len(right)} inputs are wrong"
        if 1 < wrong.size <= LISTED:
            text += ": " + ", ".join(_write(self.inputs[place]) for place in wrong)
        return Finding(" ".join([text + ").", *self._gates(layers, int(first))]))

    def _other_reading(self, layers: Layers) -> Finding | None:
        """Return the reading of the same numbers in which they are right."""
        for name, says, outputs in self._readings(layers):
            if _equal(outputs, self.right).all():
                return Finding(says, "close", name, 0.5)
        return None

    def _readings(self, layers: Layers) -> Iterator[tuple[str, str, Array]]:
        """Yield other readings of the same numbers: a name, a sentence and the outputs."""
        if self.run is threshold_net:
            text = "This would be right if a unit also fired exactly at its threshold. It has to be above."
            yield "on the threshold", text, threshold_net(layers, self.inputs, at_threshold=True).ravel()
        turned = [(weight, -bias) for weight, bias in layers]
        text = f"This would be right with the opposite sign of every {self.second}. {SIGN}"
        yield f"sign of the {self.second}", text, self._outputs(turned)
        columns = [(w.T if w.shape[0] == w.shape[1] else w, bias) for w, bias in layers]
        text = "This would be right if each column of W were a unit. Here a unit is a row."
        yield "columns for rows", text, self._outputs(columns)

    def _gates(self, layers: Layers, first: int) -> Iterator[str]:
        """Say what the hidden units of a threshold net do: all of them on one input, dead ones on all."""
        if self.run is not threshold_net or len(layers) == 1:
            return
        states = [threshold_net(layers[:depth], self.inputs) for depth in range(1, len(layers))]
        for number, state in enumerate(states, 1):
            layer = "" if len(states) == 1 else f" of hidden layer {number}"
            yield f"The hidden units{layer} give {', '.join(f'{s:g}' for s in state[first])} there."
            for unit in np.flatnonzero((state == state[0]).all(axis=0)):
                always = "always fires" if state[0, unit] else "never fires"
                yield f"Unit {unit + 1}{layer or ' of the hidden layer'} {always}."

    def _units(self, layers: Layers, data: Any) -> Finding | None:
        units = _hidden(layers)
        if self.minimum is None or units <= self.minimum:
            return None
        text = (
            f"The net is right on all {len(self.inputs)} inputs, but has {units} hidden units: fewer do it."
        )
        given = self._parts(data)[1]
        proof = None if self.proof is None or given in (None, ...) else self.proof(given)
        text += f"\nThe proof is not right either. {proof.message}" if proof else ""
        return Finding(text, "close", "not minimal", 0.5)

    def _proof(self, data: Any) -> Finding | None:
        if self.proof is None:
            return None
        proof = self._parts(data)[1]
        if proof in (None, ...):
            text = 'The net is right. What is missing is "proof": that fewer units cannot do it.'
            return Finding(text, "close", "proof missing", 0.6)
        found = self.proof(proof)
        if found is None:
            return None
        text = f"The net is right, the proof is not. {found.message}"
        return Finding(text, "close", f"proof: {found.name}", 0.6)

    def _number_alone(self, number: float) -> Finding:
        if number == self.minimum:
            return Finding(
                "The number is right. Now give the net and the proof.", "close", "number alone", 0.25
            )
        return Finding(f"{number:g} is not the least number of hidden units.", name="")

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether both nets give the same, have as many units too many, or fail in the same proof."""
        mine, slip = self._signature(outcomes[0]), self._signature(wrong[0])
        if mine is None or slip is None:
            return False
        return mine[::2] == slip[::2] and mine[1] in ("", slip[1])

    def _signature(self, outcome: Outcome) -> tuple[str, str, tuple[float, ...]] | None:
        """Return what a mistake is known by: its kind, its name if it has one, and numbers."""
        if outcome.state != "returned":
            return None
        data = outcome.values[0]
        number = _number(data)
        if number is not None:
            return "number", "", (number,)
        try:
            layers = self.read(data)
        except ValidationError:
            return None
        behavior = self._behavior(layers)
        if behavior is not None:
            return "outputs", behavior.name, tuple(np.round(self._outputs(layers), 9))
        if self._units(layers, data) is not None:
            return "units", "", (float(_hidden(layers)),)
        proof = self._proof(data)
        return None if proof is None else ("proof", proof.name, ())

    def _worked(self) -> str:
        """Return the reference with a line for each layer and each part of the proof."""
        lines = pformat(self.settled(self.reference), width=100, sort_dicts=False).splitlines()
        return "answer = " + ("\n" + " " * len("answer = ")).join(lines)

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the rows of the weights, a layer at a time."""
        reference = self.settled(self.reference)
        rows = [
            ["[" + ", ".join(f"{w:g}" for w in row) + "]" for row in weight]
            for weight, _ in self.read(plain(reference))[:1]
        ]
        return [row for row in rows if row]


def _equal(got: Array, right: Array) -> Array:
    return np.isclose(got, right, rtol=0, atol=1e-9)


def _write(x: Array) -> str:
    """Write bits without gaps, other numbers apart."""
    words = [f"{value:g}" for value in x]
    return "".join(words) if all(len(word) == 1 for word in words) else f"({', '.join(words)})"


def _names(layer: dict[str, Any]) -> dict[str, str]:
    """Return the keys of a layer by their first letter."""
    return {key.lower()[0]: key for key in layer if key}


def _number(data: Any) -> float | None:
    """Read a number of units, if an answer is no more than that."""
    if isinstance(data, str) and data.strip().isdecimal() and len(data) < 9:
        return float(data)
    return float(data) if isinstance(data, (int, float)) else None


def _hidden(layers: Layers) -> int:
    return sum(len(bias) for _, bias in layers[:-1])


def _is_layer(data: list[Any]) -> bool:
    """Whether two entries are weights and thresholds of one layer, not two layers."""
    try:
        read_numbers(data[0])
        return read_numbers(data[1]).ndim <= 1
    except (TypeError, ValueError, ArithmeticError):
        return False
