"""Filters that must find one window of bits among all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Finding
from dlcore.exercises.engine.driving import Outcome, plain
from dlcore.exercises.engine.network import TIE, Array, Layers, Network

__all__ = ["Detector"]

#: As many windows that should be silent are shown.
SHOWN = 3


@dataclass(frozen=True, kw_only=True, repr=False)
class Detector(Network):
    """Weights and bias of a filter that responds above 0 to one square window of bits alone.

    The answer is ``(W, b)``. A filter is right exactly if each weight has the sign that
    its bit asks for, + for 1 and - for 0, and the bias leaves the full score above 0 but
    not the next one: so what is wrong is a sign or the bias, and a slip is recognized by
    that, whatever the size of the weights. A filter whose response is largest on the
    window, but not alone above 0, is close if it is silent on the two flat windows: an
    edge detector.

    Attributes
    ----------
    second, hidden_layers
        As in `Network`, here for a single unit with a bias. `inputs` are all windows, row
        after row, and `target` is 1 on the one to find.
    """

    second: str = "bias"
    hidden_layers: int | None = 0

    def read(self, data: Any) -> Layers:
        """Read weights and bias.

        Parameters
        ----------
        data : Any
            Plain data.

        Returns
        -------
        list of (ndarray, ndarray)
            One layer: weights of shape (1, places) and a bias of shape (1,).

        Raises
        ------
        ValidationError
            If there is no bias, or the weights do not fit a window.
        """
        weights = data["W"] if isinstance(data, dict) and data.keys() == {"W"} else data
        if _size(weights) == self.inputs.shape[1]:
            raise ValidationError("expected (W, b): the bias is missing")
        return super().read(data)

    def _layer(self, layer: Any, number: int, width: int) -> tuple[Array, Array]:
        weight, bias, _ = self._pair(layer, number)
        if (_size(weight), _size(bias)) != (width, 1):
            text = f"expected W of shape ({self._side}, {self._side}) and one bias"
            raise ValidationError(f"{text}, got {_shape(weight)} and {_shape(bias)}")
        return super()._layer(layer, number, width)

    def _behavior(self, layers: Layers) -> Finding | None:
        if np.array_equal(self._outputs(layers), self.right):
            return None
        return self._other_reading(layers) or self._edge_detector(layers) or self._cause(layers)

    def _edge_detector(self, layers: Layers) -> Finding | None:
        """Say whether the window has the largest response and flat windows have none."""
        scale = max(np.abs(layers[0][0]).max(), np.abs(layers[0][1]).max(), np.finfo(float).tiny)
        found, others = self._split(self._responses(layers) / scale)
        _, flat = self._split(self._flat)
        if found <= TIE or found - others.max() <= TIE or others[flat].max() > TIE:
            return None
        text = "This is an edge detector: strongest on the described window, silent on flat ones."
        return Finding(
            f"{text} {self._others(layers)} Only the described one should.", "close", "edge detector", 0.5
        )

    def _cause(self, layers: Layers) -> Finding:
        """Name the first weight of the wrong sign, or else the bias."""
        found, _ = self._split(self._responses(layers))
        text = f"On the described window the response is {found:g}. {self._others(layers)}"
        window, signs = self.inputs[self.right.argmax()], np.sign(layers[0][0][0])
        wrong = np.flatnonzero(signs != 2 * window - 1)
        if wrong.size:
            row, column = divmod(int(wrong[0]), self._side)
            moves = {-1: "lowers", 0: "does not change", 1: "raises"}[int(signs[wrong[0]])]
            text += f" A 1 at row {row}, column {column} {moves} the response; the window has a "
            text += f"{window[wrong[0]]:g} there.{self._bias(layers)}"
            return Finding(text, name="sign of a weight")
        size = "low" if found <= 0 else "high"
        text += f" The signs of the weights are right, the bias is too {size}."
        return Finding(text, name=f"bias too {size}")

    def _bias(self, layers: Layers) -> str:
        """Say what is wrong with the bias even for the window that these weights fit best."""
        weight, bias = layers[0][0][0], float(layers[0][1][0])
        best = weight[weight > 0].sum() + bias
        if best <= 0:
            return " And with this bias no window at all gets above 0."
        if best > np.abs(weight[weight != 0]).min(initial=np.inf):
            return " And the bias is too high: even for these weights, more than the best windows pass."
        return ""

    def _others(self, layers: Layers) -> str:
        """Count the other windows that get above 0, and show some, flat ones first."""
        _, responses = self._split(self._responses(layers))
        _, fires = self._split(self._outputs(layers))
        _, flat = self._split(self._flat)
        if not fires.any():
            return "No other window responds above 0."
        places = sorted(np.flatnonzero(fires), key=lambda place: not flat[place])
        windows = np.delete(self.inputs, self.right.argmax(), axis=0)
        shown = [f"{self._drawn(windows[place])} ({responses[place]:g})" for place in places[:SHOWN]]
        if len(places) == 1:
            return f"One other window responds above 0: {shown[0]}."
        return f"{len(places)} other windows respond above 0, such as {', '.join(shown)}."

    def _split(self, values: Array) -> tuple[Any, Array]:
        """Return the value on the window to find, and those on all others."""
        place = self.right.argmax()
        return values[place], np.delete(values, place)

    @property
    def _flat(self) -> Array:
        return np.isin(self.inputs.sum(axis=1), (0, self.inputs.shape[1]))

    def _responses(self, layers: Layers) -> Array:
        weight, bias = layers[0]
        with np.errstate(all="ignore"):
            return np.asarray((self.inputs @ weight.T + bias)[:, 0])

    @property
    def _side(self) -> int:
        return int(np.sqrt(self.inputs.shape[1]))

    def _drawn(self, window: Array) -> str:
        rows = window.reshape(self._side, self._side)
        return "/".join("".join(f"{bit:g}" for bit in row) for row in rows)

    def _signature(self, outcome: Outcome) -> tuple[str, str, tuple[float, ...]] | None:
        """Return what is wrong and the signs of the weights."""
        if outcome.state != "returned":
            return None
        try:
            layers = self.read(outcome.values[0])
        except ValidationError:
            return None
        finding = self._behavior(layers)
        return None if finding is None else ("filter", finding.name, tuple(np.sign(layers[0][0][0])))

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the rows of the filter."""
        weight = self.read(plain(self.settled(self.reference)))[0][0]
        rows = weight.reshape(self._side, self._side)
        return [["[" + ", ".join(f"{w:g}" for w in row) + "]" for row in rows]]


def _size(data: Any) -> int:
    """Return how many numbers there are; 0 if these are no numbers in equal rows."""
    try:
        return np.asarray(data, float).size
    except (TypeError, ValueError):
        return 0


def _shape(data: Any) -> str:
    try:
        return str(np.asarray(data, float).shape)
    except (TypeError, ValueError):
        return repr(data)[:40]
