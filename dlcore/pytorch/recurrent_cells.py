"""Recurrent cells: layers that take one step, for a loop over time written by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlcore._recurrent_shapes import check_sizes
from dlcore.initializers import fan_in_uniform
from dlcore.pytorch._checks import one_of
from dlcore.pytorch.base import Device, Layer, drawn
from dlcore.pytorch.gru import gru_step
from dlcore.pytorch.lstm import lstm_step
from dlcore.pytorch.minimal_gated import minimal_gated_step
from dlcore.pytorch.recurrent import NONLINEARITIES, rnn_step

__all__ = ["GRUCell", "LSTMCell", "MinimalGatedCell", "RNNCell"]


class _Cell(Layer):
    """One step of a recurrent net with parameters of its own."""

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        rng: np.random.Generator,
        dtype: torch.dtype,
        device: Device,
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
            value = fan_in_uniform(shape, rng=rng, fan_in=hidden_size, dtype=np.float64)
            setattr(self, name, drawn(value, dtype, device))

    def forward(self, x: Tensor, h: Tensor | None = None) -> Any:
        """Take one step.

        Parameters
        ----------
        x : Tensor, shape (N, D)
            Input of this step.
        h : Tensor, shape (N, H), optional
            State after the step before; zero if omitted.

        Returns
        -------
        Tensor, shape (N, H)
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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : torch.nn.Parameter
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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        one_of("RNNCell", "nonlinearity", nonlinearity, NONLINEARITIES)
        super().__init__(input_size, hidden_size, bias, rng, dtype, device)
        self.nonlinearity = nonlinearity

    def operation(self, x: Any, h: Any, *weights: Any) -> Tensor:
        """Apply `rnn_step`.

        Parameters
        ----------
        x, h : Tensor
            Input and state.
        *weights : Tensor
            The parameters.

        Returns
        -------
        Tensor, shape (N, H)
            State after this step.
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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : torch.nn.Parameter
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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, rng, dtype, device)

    def forward(self, x: Tensor, h: Tensor | None = None, c: Tensor | None = None) -> Any:
        """Take one step.

        Parameters
        ----------
        x : Tensor, shape (N, D)
            Input of this step.
        h, c : Tensor, shape (N, H), optional
            State and cell after the step before; zero if omitted.

        Returns
        -------
        tuple of Tensor
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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : torch.nn.Parameter
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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, rng, dtype, device)


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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.

    Attributes
    ----------
    weight_ih, weight_hh, bias_ih, bias_hh : torch.nn.Parameter
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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, rng, dtype, device)
