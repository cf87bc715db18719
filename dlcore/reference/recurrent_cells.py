"""Recurrent cells: layers that take one step, for a loop over time written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from dlcore._recurrent_shapes import check_sizes
from dlcore.initializers import fan_in_uniform
from dlcore.reference._checks import one_of
from dlcore.reference.base import Layer, Parameter, Pullback
from dlcore.reference.gru import gru_step
from dlcore.reference.lstm import lstm_step
from dlcore.reference.minimal_gated import minimal_gated_step
from dlcore.reference.recurrent import NONLINEARITIES, rnn_step

__all__ = ["GRUCell", "LSTMCell", "MinimalGatedCell", "RNNCell"]


class _Cell(Layer):
    """One step of a recurrent net with parameters of its own."""

    gates = 1

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool, rng: np.random.Generator, dtype: DTypeLike
    ) -> None:
        super().__init__()
        check_sizes(type(self).__name__, input_size=input_size, hidden_size=hidden_size)
        rows = self.gates * hidden_size
        shapes: dict[str, tuple[int, ...]] = {
            "weight_ih": (rows, input_size),
            "weight_hh": (rows, hidden_size),
        }
        shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if bias else {}
        for name, shape in shapes.items():
            setattr(self, name, Parameter(fan_in_uniform(shape, rng=rng, fan_in=hidden_size, dtype=dtype)))

    def forward(self, x: ArrayLike, h: ArrayLike | None = None) -> Any:
        """Take one step; ``backward(dh)`` undoes the most recent one.

        In a loop over time, call ``backward`` once a step, last step first, and add the
        gradient of the state that it gives to that of the step before.

        Parameters
        ----------
        x : array_like, shape (N, D)
            Input of this step.
        h : array_like, shape (N, H), optional
            State after the step before; zero if omitted.

        Returns
        -------
        ndarray, shape (N, H)
            State after this step.
        """
        return super().forward(x, h)


class RNNCell(_Cell):
    """One step of a plain recurrent net as a layer; see `rnn_step`.

    Parameters
    ----------
    input_size : int
        Features D of a step.
    hidden_size : int
        Units H.
    bias : bool, default True
        Whether there are the two bias vectors.
    nonlinearity : {"tanh", "relu"}, default "tanh"
        The activation.
    rng : numpy.random.Generator
        Draws all parameters, uniform in ±1/√H.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        Shaped as `rnn_step` takes them.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        nonlinearity: str = "tanh",
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        one_of("RNNCell", "nonlinearity", nonlinearity, NONLINEARITIES)
        super().__init__(input_size, hidden_size, bias, rng, dtype)
        self.nonlinearity = nonlinearity

    def operation(self, x: Any, h: Any, *weights: Any) -> tuple[Any, Pullback]:
        """Apply `rnn_step`.

        Parameters
        ----------
        x, h : ndarray
            Input and state.
        *weights : ndarray
            The parameters.

        Returns
        -------
        tuple
            New state and pullback.
        """
        return rnn_step(x, h, *weights, nonlinearity=self.nonlinearity)


class LSTMCell(_Cell):
    """One step of an LSTM as a layer; see `lstm_step`.

    Parameters
    ----------
    input_size : int
        Features D of a step.
    hidden_size : int
        Units H.
    bias : bool, default True
        Whether there are the two bias vectors.
    rng : numpy.random.Generator
        Draws all parameters, uniform in ±1/√H.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        Shaped as `lstm_step` takes them.
    """

    gates = 4
    operation = staticmethod(lstm_step)  # type: ignore[assignment]

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, rng, dtype)

    def forward(self, x: ArrayLike, h: ArrayLike | None = None, c: ArrayLike | None = None) -> Any:
        """Take one step; ``backward(dh, dc)`` undoes the most recent one.

        Parameters
        ----------
        x : array_like, shape (N, D)
            Input of this step.
        h, c : array_like, shape (N, H), optional
            State and cell after the step before; zero if omitted.

        Returns
        -------
        tuple of ndarray
            State and cell after this step, each of shape (N, H).
        """
        return Layer.forward(self, x, h, c)


class GRUCell(_Cell):
    """One step of a gated recurrent unit as a layer; see `gru_step`.

    Parameters
    ----------
    input_size : int
        Features D of a step.
    hidden_size : int
        Units H.
    bias : bool, default True
        Whether there are the two bias vectors.
    rng : numpy.random.Generator
        Draws all parameters, uniform in ±1/√H.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        Shaped as `gru_step` takes them.
    """

    gates = 3
    operation = staticmethod(gru_step)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, rng, dtype)


class MinimalGatedCell(_Cell):
    """One step of a minimal gated unit as a layer; see `minimal_gated_step`.

    Parameters
    ----------
    input_size : int
        Features D of a step.
    hidden_size : int
        Units H.
    bias : bool, default True
        Whether there are the two bias vectors.
    rng : numpy.random.Generator
        Draws all parameters, uniform in ±1/√H.
    dtype : dtype, default numpy.float32
        Type of the parameters.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : Parameter
        Shaped as `minimal_gated_step` takes them.
    """

    gates = 2
    operation = staticmethod(minimal_gated_step)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        rng: np.random.Generator,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, rng, dtype)
