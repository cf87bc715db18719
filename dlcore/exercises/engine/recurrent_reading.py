"""Read a small recurrent net from plain data, and run it on all sequences of bits.

The state is s_t = f(U x_t + W s_{t-1} + b) with s_0 = 0 and one bit x_t a step; a
read-out turns the value of one node, or of an output layer V s + c, into yes or no.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError
from dlcore.exercises.engine.formula import evaluate
from dlcore.exercises.engine.network import TIE

__all__ = ["BitNet", "Readout", "read_net"]

Array = NDArray[Any]

EXPECTED = (
    'Expected a dict with "activation", "U", "W", "b", "node" and "readout"; '
    "activation and readout are texts, the node is a number."
)

MOST_NODES = 200

ACTIVATIONS: Mapping[str, Callable[[Array, float], Array]] = {
    "step": lambda z, tie: (z > tie).astype(float),
    "tanh": lambda z, tie: np.tanh(z),
    "sigmoid": lambda z, tie: 0.5 * np.tanh(0.5 * z) + 0.5,
    "relu": lambda z, tie: np.maximum(z, 0),
}
ALSO_CALLED = {"heaviside": "step", "threshold": "step", "logistic": "sigmoid", "σ": "sigmoid"}

#: How the parts of an answer may be called, in small letters and without signs between words.
NAMES = {
    **dict.fromkeys(("activation", "f", "act", "function"), "activation"),
    **dict.fromkeys(("b", "bias", "biases"), "b"),
    **dict.fromkeys(("threshold", "thresholds", "t"), "threshold"),
    **dict.fromkeys(("node", "unit", "signal"), "node"),
    **dict.fromkeys(("readout", "rule", "read"), "readout"),
    **{"u": "U", "w": "W", "v": "V", "c": "c", "delay": "delay"},
}

COMPARISON = re.compile(r">=|<=|==|!=|≥|≤|≠|>|<|=")
COMPARISONS: Mapping[str, Callable[[Array, float], Array]] = {
    ">": lambda gap, tie: gap > tie,
    "<": lambda gap, tie: -gap > tie,
    ">=": lambda gap, tie: gap > -TIE,
    "<=": lambda gap, tie: -gap > -TIE,
    "==": lambda gap, tie: np.abs(gap) <= TIE,
    "!=": lambda gap, tie: np.abs(gap) > TIE,
}
SAME_SIGN = {"≥": ">=", "≤": "<=", "≠": "!=", "=": "=="}


@dataclass(frozen=True)
class Readout:
    """How yes and no are read from a state.

    Attributes
    ----------
    rule : str
        A comparison of s, the value of the node, or of o, that of the output layer. A
        value without comparison means yes above a half.
    node : int
        Counted from 0; not used where there is an output layer.
    V : ndarray, shape (k,), optional
        Weights of the output layer.
    c : float
        Bias of the output layer, or a constant of the rule.
    """

    rule: str
    node: int
    V: Array | None = None
    c: float = 0.0

    def value(self, states: Array) -> Array:
        """Return what is looked at.

        Parameters
        ----------
        states : ndarray, shape (N, k)
            One row a sequence.

        Returns
        -------
        ndarray, shape (N,)
            The value of the node, or V s + c.
        """
        with np.errstate(all="ignore"):
            return states[:, self.node] if self.V is None else states @ self.V + self.c

    def says(self, states: Array, tie: float = TIE) -> Array:
        """Say yes or no.

        Parameters
        ----------
        states : ndarray, shape (N, k)
            One row a sequence.
        tie : float
            By how much > and < must hold.

        Returns
        -------
        ndarray of bool, shape (N,)
            True for yes.

        Raises
        ------
        ValidationError
            If the rule cannot be read.
        """
        signs = [SAME_SIGN.get(sign, sign) for sign in COMPARISON.findall(self.rule)]
        parts = COMPARISON.split(self.rule)
        if not signs:
            parts, signs = [*parts, "1/2"], [">"]
        if not parts[0].strip():  # such as "> 0.5"
            parts[0] = "s" if self.V is None else "o"
        known, yes = self._known(states), np.ones(len(states), bool)
        values = [evaluate(part, known) for part in parts]
        with np.errstate(all="ignore"):
            for left, sign, right in zip(values, signs, values[1:], strict=False):
                yes &= COMPARISONS[sign](left - right, tie)
        return yes

    def _known(self, states: Array) -> dict[str, Any]:
        value = self.value(states)
        if self.V is None:
            return {"s": value, "c": self.c}
        return {"o": value, "Vs": value - self.c, "c": self.c}


@dataclass(frozen=True)
class BitNet:
    """A recurrent net that reads one bit a step.

    Attributes
    ----------
    activation : str
        One of `ACTIVATIONS`.
    U, b : ndarray, shape (k,)
        Weights of the input, and biases.
    W : ndarray, shape (k, k)
        Row i holds the weights into node i.
    readout : Readout
        What means yes.
    delay : int
        By how many steps the signal comes later.
    tie : float
        A sum up to this does not make a step node fire: 0.1 + 0.2 - 0.3 is 0.
    """

    activation: str
    U: Array
    W: Array
    b: Array
    readout: Readout
    delay: int = 0
    tie: float = TIE

    def states(self, length: int) -> list[Array]:
        """Return the states after all sequences.

        Parameters
        ----------
        length : int
            Of the longest sequences.

        Returns
        -------
        list of ndarray, shape (2ᵗ, k)
            For t from 0 to `length`; row i stands for the sequence that spells i in binary.
        """
        states = [np.zeros((1, len(self.U)))]
        with np.errstate(all="ignore"):
            for _ in range(length):
                z = np.repeat(states[-1] @ self.W.T + self.b, 2, axis=0)
                z[1::2] += self.U
                states.append(ACTIVATIONS[self.activation](z, self.tie))
        return states

    def says(self, length: int) -> list[Array]:
        """Return what is read after all sequences.

        Parameters
        ----------
        length : int
            Of the longest sequences.

        Returns
        -------
        list of ndarray of bool, shape (2ᵗ,)
            For t from 0 to `length`, in the order of `states`.
        """
        states = self.states(length)
        yes = self.readout.says(np.concatenate(states), self.tie)
        return np.split(yes, [2**t - 1 for t in range(1, length + 1)])


def read_net(data: Any) -> BitNet:
    """Read a net.

    Parameters
    ----------
    data : Any
        Plain data: a dict, its keys in large or small letters, or a list in the order
        activation, U, W, b, then node and read-out, or V, c and read-out.

    Returns
    -------
    BitNet
        Ready to run.

    Raises
    ------
    ValidationError
        What was expected and what came, with both shapes.
    """
    fields = _fields(data)
    for name in ("activation", "U", "W"):
        if name not in fields:
            raise ValidationError(f'"{name}" is missing. {EXPECTED}')
    weights = _vector(fields["U"], "U")
    k = len(weights)
    if k > MOST_NODES:
        raise ValidationError(f"expected at most {MOST_NODES} nodes, got {k}")
    net = BitNet(
        _activation(fields["activation"]),
        weights,
        _recurrent(fields["W"], k),
        _biases(fields, k),
        _readout(fields, k),
        _whole(fields.get("delay", 0), "delay"),
    )
    net.readout.says(np.zeros((1, k)))  # a rule that cannot be read is found here
    return net


def _fields(data: Any) -> dict[str, Any]:
    """Return the parts by name; what is still `...` is left out."""
    if isinstance(data, list):
        data = _in_order(data)
    if not isinstance(data, dict):
        raise ValidationError(EXPECTED)
    fields: dict[str, Any] = {}
    for key, value in data.items():
        name = NAMES.get(re.sub(r"[-_ ]", "", key).lower())
        if name is None:
            raise ValidationError(f"{key[:30]!r} is no part of the answer. {EXPECTED}")
        if value is not None and value is not ...:
            fields[name] = value
    return fields


def _in_order(data: list[Any]) -> dict[str, Any]:
    if not data or not isinstance(data[0], str):
        raise ValidationError(EXPECTED)
    head, tail = data[:4], data[4:]
    one_node = len(tail) == 1 or (len(tail) == 2 and isinstance(tail[1], str))
    names = ("node", "readout") if one_node else ("V", "c", "readout")
    if len(tail) > len(names):
        raise ValidationError(EXPECTED)
    return dict(zip(("activation", "U", "W", "b", *names), head + tail, strict=False))


def _activation(value: Any) -> str:
    name = value.strip().lower() if isinstance(value, str) else ""
    name = ALSO_CALLED.get(name, name)
    if name not in ACTIVATIONS:
        raise ValidationError(f"activation: expected one of {', '.join(ACTIVATIONS)} as a text")
    return name


def _numbers(value: Any, name: str) -> Array:
    try:
        array = np.asarray(value, float)
    except (TypeError, ValueError, OverflowError):
        raise ValidationError(f"{name}: expected numbers") from None
    if not array.size or not np.isfinite(array).all():
        raise ValidationError(f"{name}: expected finite numbers")
    return array


def _vector(value: Any, name: str) -> Array:
    array = _numbers(value, name)
    if max(array.shape, default=1) != array.size:
        raise ValidationError(f"{name}: expected one number a node, got shape {array.shape}")
    return array.ravel()


def _recurrent(value: Any, k: int) -> Array:
    array = _numbers(value, "W")
    if array.size == k == 1:
        array = array.reshape(1, 1)
    if array.shape != (k, k):
        text = f"W: expected shape ({k}, {k}), one row a node, because U has {k} number(s)"
        raise ValidationError(f"{text}; got shape {array.shape}")
    return array


def _biases(fields: dict[str, Any], k: int) -> Array:
    """Read biases, or thresholds, which are their negatives; one number serves all nodes."""
    if "b" not in fields and "threshold" not in fields:
        raise ValidationError('"b" is missing: one bias a node')
    biases = _vector(fields["b"], "b") if "b" in fields else -_vector(fields["threshold"], "threshold")
    if len(biases) not in (1, k):
        raise ValidationError(f"b: expected {k} numbers, one a node, got {len(biases)}")
    return np.broadcast_to(biases, (k,))


def _whole(value: Any, name: str) -> int:
    try:
        number = -1.0 if isinstance(value, np.ndarray) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = -1.0
    if number < 0 or number > MOST_NODES or number % 1:
        raise ValidationError(f"{name}: expected a whole number")
    return int(number)


def _readout(fields: dict[str, Any], k: int) -> Readout:
    rule = _rule(fields.get("readout", ""))
    c = _numbers(fields.get("c", 0.0), "c")
    if c.size != 1:
        raise ValidationError(f"c: expected one number, got shape {c.shape}")
    if "V" in fields:
        if "node" in fields:
            raise ValidationError('expected a "node" or an output layer "V" and "c", not both')
        weights = _vector(fields["V"], "V")
        if len(weights) != k:
            raise ValidationError(f"V: expected {k} numbers, one a node, got {len(weights)}")
        return Readout(_of_output(rule) or "o > 0", 0, weights, float(c.item()))
    rule, named = _of_node(rule)
    nodes = named | ({_whole(fields["node"], "node")} if "node" in fields else set()) or {k}
    if len(nodes) > 1:
        raise ValidationError('the read-out looks at one node; to combine several, give "V" and "c"')
    (node,) = nodes
    if not 1 <= node <= k:
        raise ValidationError(f"node: expected a number from 1 to {k}, counted from 1; got {node}")
    return Readout(rule or "s > 0.5", node - 1, None, float(c.item()))


def _rule(value: Any) -> str:
    """Read a rule: text, a number to exceed, or a sign and a number."""
    if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
        left = "s " if COMPARISON.fullmatch(value[0].strip()) else ""
        value = f"{left}{value[0]} {value[1]}"
    if isinstance(value, (int, float)):
        value = f"s > {value}"
    if not isinstance(value, str) or len(value) > MOST_NODES:
        raise ValidationError('readout: expected a comparison as a text, such as "s > 0.5" or "|s| < 0.5"')
    rule = re.sub(r"\|([^|]+)\|", r"abs(\1)", value.replace("²", "**2"))
    return re.sub(r"\bs_t\b", "s", rule).strip()


def _of_output(rule: str) -> str:
    """Write `V s + c` as o, and `V s` alone as Vs."""
    rule = re.sub(r"\bV\s*[@*·]?\s*s\b", "Vs", rule)
    return re.sub(r"Vs\s*\+\s*c\b", "o", rule)


def _of_node(rule: str) -> tuple[str, set[int]]:
    """Write `s2` or `s_2` as s, and return the nodes so named."""
    return re.sub(r"\bs_?\d+\b", "s", rule), {int(n[:4]) for n in re.findall(r"\bs_?(\d+)\b", rule)}
