"""Recurrent layers: one net over another, read forward or in both directions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlcore._recurrent_shapes import check_sizes, require_shape
from dlcore.initializers import fan_in_uniform
from dlcore.reference._checks import Array, one_of
from dlcore.reference.base import Layer, Parameter, Pullback
from dlcore.reference.gru import gru
from dlcore.reference.lstm import lstm
from dlcore.reference.minimal_gated import minimal_gated
from dlcore.reference.recurrent import NONLINEARITIES, rnn

__all__ = ["GRU", "LSTM", "RNN", "MinimalGatedUnit"]


class _Recurrent(Layer):
    """Recurrent nets over each other: the states of one are the inputs of the next."""

    gates = 1
    state_names: tuple[str, ...] = ("h0",)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        bidirectional: bool,
        rng: np.random.Generator,
        dtype: DTypeLike,
        peephole: bool = False,
    ) -> None:
        super().__init__()
        check_sizes(
            type(self).__name__, input_size=input_size, hidden_size=hidden_size, num_layers=num_layers
        )
        self.hidden_size, self.num_layers = hidden_size, num_layers
        self.directions = 2 if bidirectional else 1
        self.names = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if bias else [])]
        self.names += ["weight_peephole"] if peephole else []
        for layer in range(num_layers):
            features = input_size if layer == 0 else self.directions * hidden_size
            for suffix in ("", "_reverse")[: self.directions]:
                for name in self.names:
                    value = fan_in_uniform(
                        self._shape(name, features), rng=rng, fan_in=hidden_size, dtype=dtype
                    )
                    setattr(self, f"{name}_l{layer}{suffix}", Parameter(value))

    def _shape(self, name: str, features: int) -> tuple[int, ...]:
        rows = self.gates * self.hidden_size
        shapes = {"weight_ih": (rows, features), "weight_hh": (rows, self.hidden_size)}
        return {**shapes, "weight_peephole": (3, self.hidden_size)}.get(name, (rows,))

    def net(self, x: Any, *states: Any, **weights: Any) -> tuple[Any, Pullback]:
        """Run the layer's operation for one layer and one direction."""
        raise TypeError(f"{type(self).__name__} defines no net")

    def forward(self, x: ArrayLike, h0: ArrayLike | None = None, lengths: ArrayLike | None = None) -> Any:
        """Run all layers over a batch of sequences.

        Parameters
        ----------
        x : array_like, shape (N, T, D)
            Sequences, padded to T steps.
        h0 : array_like, shape (layers * directions, N, H), optional
            Initial states, layer by layer and forward before reverse; zero if omitted.
        lengths : array_like of int, shape (N,), optional
            Steps of each sequence, 0 to T.

        Returns
        -------
        y : ndarray, shape (N, T, directions * H)
            States of the last layer at each step, zero in the padding.
        h_n : ndarray, shape (layers * directions, N, H)
            Final states.
        """
        return super().forward(x, h0, lengths=lengths)

    def backward(self, *cotangents: ArrayLike | None) -> Any:
        """Undo the most recent call: add to the parameters' gradients, return the inputs'.

        Parameters
        ----------
        *cotangents : array_like or None
            Gradients with respect to y and the final states; None, or nothing, is zero.

        Returns
        -------
        tuple of ndarray
            Gradients with respect to x and the initial states; None for those omitted.
        """
        missing = 1 + len(self.state_names) - len(cotangents)
        return super().backward(*cotangents, *[None] * missing)

    def operation(  # type: ignore[override]
        self, x: Any, *arrays: Any, lengths: Any = None
    ) -> tuple[Any, Pullback]:
        """Apply the net of each layer and direction.

        Parameters
        ----------
        x : ndarray, shape (N, T, D)
            Sequences.
        *arrays : ndarray
            Initial states, then the parameters.
        lengths : array_like of int, optional
            Steps of each sequence.

        Returns
        -------
        tuple
            Outputs (y and final states) and pullback.
        """
        initial, weights = arrays[: len(self.state_names)], iter(arrays[len(self.state_names) :])
        places = self.num_layers * self.directions
        for name, state in zip(self.state_names, initial, strict=True):
            require_shape("", name, state, (places, *x.shape[:1], self.hidden_size))
        finals, backs = [], []
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(self.directions):
                place = layer * self.directions + direction
                named = dict(zip(self.names, weights, strict=False))
                states = [None if state is None else state[place] for state in initial]
                (y, *final), back = self.net(x, *states, **named, lengths=lengths, reverse=direction == 1)
                outputs.append(y)
                finals.append(final)
                backs.append(back)
            x = outputs[0] if self.directions == 1 else np.concatenate(outputs, axis=-1)
        return (x, *(np.stack(f) for f in zip(*finals, strict=True))), self._pullback(backs, initial)

    def _pullback(self, backs: list[Pullback], initial: tuple[Any, ...]) -> Pullback:
        """Undo the layers from the last to the first; both directions add to the gradient of their input."""
        states = len(initial)

        def back(dy: Array | None, *dfinals: Array | None) -> tuple[Any, ...]:
            grads: list[Any] = [None] * len(backs)
            for layer in reversed(range(self.num_layers)):
                dys = [None] * self.directions if dy is None else np.split(dy, self.directions, axis=-1)
                dxs = []
                for place, part in enumerate(dys, layer * self.directions):
                    dstates = (None if d is None else d[place] for d in dfinals)
                    dx, *grads[place] = backs[place](part, *dstates)
                    dxs.append(dx)
                dy = dxs[0] if self.directions == 1 else dxs[0] + dxs[1]
            dinitial = [
                None if state is None else np.stack([grad[k] for grad in grads])
                for k, state in enumerate(initial)
            ]
            return dy, *dinitial, *(d for grad in grads for d in grad[states:] if d is not None)

        return back


class RNN(_Recurrent):
    """Plain recurrent layers; see `rnn`.  [mmds 13.5, rawassizadeh 10, burkov 6.2.2]

    Called with x (N, T, D) and optionally h0 and lengths, it gives ``(y, h_n)``.

    Parameters
    ----------
    input_size : int
        Features D of a step.
    hidden_size : int
        Units H of a layer.
    num_layers : int, default 1
        Layers over each other.
    bias : bool, default True
        Whether there are the two bias vectors.
    bidirectional : bool, default False
        Whether a second net reads each sequence from its end; both outputs are joined.
    nonlinearity : {"tanh", "relu"}, default "tanh"
        The activation.
    rng : numpy.random.Generator
        Draws all parameters, uniform in ±1/√H, in the order of ``state_dict``.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Of the first layer; the next one ends in ``_l1``, the net that reads from the end
        in ``_l0_reverse``.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        bidirectional: bool = False,
        *,
        nonlinearity: str = "tanh",
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        one_of("RNN", "nonlinearity", nonlinearity, NONLINEARITIES)
        super().__init__(input_size, hidden_size, num_layers, bias, bidirectional, rng, dtype)
        self.nonlinearity = nonlinearity

    def net(self, x: Any, *states: Any, **weights: Any) -> tuple[Any, Pullback]:
        """Apply `rnn` for one layer and one direction.

        Parameters
        ----------
        x : ndarray
            Sequences.
        *states : ndarray or None
            Initial state.
        **weights : object
            The parameters, lengths and direction.

        Returns
        -------
        tuple
            Outputs and pullback.
        """
        return rnn(x, *states, **weights, nonlinearity=self.nonlinearity)


class LSTM(_Recurrent):
    """Layers of long short-term memory; see `lstm`.  [mmds 13.5.3, rawassizadeh 10]

    Called with x (N, T, D) and optionally h0, c0 and lengths, it gives ``(y, h_n, c_n)``.

    Parameters
    ----------
    input_size : int
        Features D of a step.
    hidden_size : int
        Units H of a layer.
    num_layers : int, default 1
        Layers over each other.
    bias : bool, default True
        Whether there are the two bias vectors.
    bidirectional : bool, default False
        Whether a second net reads each sequence from its end; both outputs are joined.
    peephole : bool, default False
        Whether the gates see the cell, with weights of their own.
    rng : numpy.random.Generator
        Draws all parameters, uniform in ±1/√H, in the order of ``state_dict``.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Of the first layer; the next one ends in ``_l1``, the net that reads from the end
        in ``_l0_reverse``. With peepholes there is ``weight_peephole_l0`` too.
    """

    gates = 4
    state_names = ("h0", "c0")
    net = staticmethod(lstm)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        bidirectional: bool = False,
        *,
        peephole: bool = False,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, bias, bidirectional, rng, dtype, peephole)

    def forward(  # type: ignore[override]
        self,
        x: ArrayLike,
        h0: ArrayLike | None = None,
        c0: ArrayLike | None = None,
        lengths: ArrayLike | None = None,
    ) -> Any:
        """Run all layers over a batch of sequences.

        Parameters
        ----------
        x : array_like, shape (N, T, D)
            Sequences, padded to T steps.
        h0, c0 : array_like, shape (layers * directions, N, H), optional
            Initial states and cells, layer by layer and forward before reverse; zero if
            omitted.
        lengths : array_like of int, shape (N,), optional
            Steps of each sequence, 0 to T.

        Returns
        -------
        y : ndarray, shape (N, T, directions * H)
            States of the last layer at each step, zero in the padding.
        h_n, c_n : ndarray, shape (layers * directions, N, H)
            Final states and cells.
        """
        return Layer.forward(self, x, h0, c0, lengths=lengths)


class GRU(_Recurrent):
    """Layers of gated recurrent units; see `gru`.  [rawassizadeh 10, mmds 13.5.3]

    Called with x (N, T, D) and optionally h0 and lengths, it gives ``(y, h_n)``.

    Parameters
    ----------
    input_size : int
        Features D of a step.
    hidden_size : int
        Units H of a layer.
    num_layers : int, default 1
        Layers over each other.
    bias : bool, default True
        Whether there are the two bias vectors.
    bidirectional : bool, default False
        Whether a second net reads each sequence from its end; both outputs are joined.
    rng : numpy.random.Generator
        Draws all parameters, uniform in ±1/√H, in the order of ``state_dict``.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Of the first layer; the next one ends in ``_l1``, the net that reads from the end
        in ``_l0_reverse``.
    """

    gates = 3
    net = staticmethod(gru)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        bidirectional: bool = False,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, bias, bidirectional, rng, dtype)


class MinimalGatedUnit(_Recurrent):
    """Layers of minimal gated units; see `minimal_gated`.  [burkov 6.2.2]

    Called with x (N, T, D) and optionally h0 and lengths, it gives ``(y, h_n)``.

    Parameters
    ----------
    input_size : int
        Features D of a step.
    hidden_size : int
        Units H of a layer.
    num_layers : int, default 1
        Layers over each other.
    bias : bool, default True
        Whether there are the two bias vectors.
    bidirectional : bool, default False
        Whether a second net reads each sequence from its end; both outputs are joined.
    rng : numpy.random.Generator
        Draws all parameters, uniform in ±1/√H, in the order of ``state_dict``.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : Parameter
        Of the first layer; the next one ends in ``_l1``, the net that reads from the end
        in ``_l0_reverse``.
    """

    gates = 2
    net = staticmethod(minimal_gated)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        bidirectional: bool = False,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, bias, bidirectional, rng, dtype)
