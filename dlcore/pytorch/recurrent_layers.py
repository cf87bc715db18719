"""Recurrent layers: one net over another, read forward or in both directions."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlcore._recurrent_shapes import check_shapes, check_sizes, require_shape
from dlcore.initializers import fan_in_uniform
from dlcore.pytorch._checks import one_of
from dlcore.pytorch._recurrence import Kernel, checked_lengths, run
from dlcore.pytorch.base import Device, Layer, drawn
from dlcore.pytorch.lstm import lstm
from dlcore.pytorch.minimal_gated import minimal_gated
from dlcore.pytorch.recurrent import NONLINEARITIES

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
        dtype: torch.dtype,
        device: Device,
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
                    shape = self._shape(name, features)
                    value = fan_in_uniform(shape, rng=rng, fan_in=hidden_size, dtype=np.float64)
                    setattr(self, f"{name}_l{layer}{suffix}", drawn(value, dtype, device))

    def _shape(self, name: str, features: int) -> tuple[int, ...]:
        rows = self.gates * self.hidden_size
        shapes = {"weight_ih": (rows, features), "weight_hh": (rows, self.hidden_size)}
        return {**shapes, "weight_peephole": (3, self.hidden_size)}.get(name, (rows,))

    def kernel(self) -> Kernel | None:
        """PyTorch's kernel for all layers at once, if there is one.

        Returns
        -------
        callable or None
            The kernel.
        """
        return None

    def net(self, x: Tensor, *states: Any, **weights: Any) -> tuple[Tensor, ...]:
        """Run one layer in one direction, where there is no kernel for all.

        Parameters
        ----------
        x : Tensor
            Sequences.
        *states : Tensor or None
            Initial states.
        **weights : object
            The parameters, lengths and direction.

        Returns
        -------
        tuple of Tensor
            Outputs and final states.
        """
        raise TypeError(f"{type(self).__name__} defines no net")

    def forward(self, x: Tensor, h0: Tensor | None = None, lengths: Any = None) -> Any:
        """Run all layers over a batch of sequences.

        Parameters
        ----------
        x : Tensor, shape (N, T, D)
            Sequences, padded to T steps.
        h0 : Tensor, shape (layers * directions, N, H), optional
            Initial states, layer by layer and forward before reverse; zero if omitted.
        lengths : Tensor or sequence of int, shape (N,), optional
            Steps of each sequence, 0 to T.

        Returns
        -------
        y : Tensor, shape (N, T, directions * H)
            States of the last layer at each step, zero in the padding.
        h_n : Tensor, shape (layers * directions, N, H)
            Final states.
        """
        return super().forward(x, h0, lengths=lengths)

    def operation(  # type: ignore[override]
        self, x: Any, *tensors: Any, lengths: Any = None
    ) -> tuple[Tensor, ...]:
        """Apply the kernel of all layers, or the net of each layer and direction.

        Parameters
        ----------
        x : Tensor, shape (N, T, D)
            Sequences.
        *tensors : Tensor
            Initial states, then the parameters.
        lengths : Tensor or sequence of int, optional
            Steps of each sequence.

        Returns
        -------
        tuple of Tensor
            y and final states.
        """
        count = len(self.state_names)
        initial, weights = tensors[:count], tensors[count:]
        places = self.num_layers * self.directions
        for name, state in zip(self.state_names, initial, strict=True):
            require_shape("", name, state, (places, *x.shape[:1], self.hidden_size))
        first = dict(zip(self.names, weights, strict=False))
        four = (first["weight_ih"], first["weight_hh"], first.get("bias_ih"), first.get("bias_hh"))
        check_shapes("", self.gates, x, {}, four)
        lengths = checked_lengths(type(self).__name__, lengths, x)
        states = [
            x.new_zeros(places, x.shape[0], self.hidden_size) if state is None else state for state in initial
        ]
        kernel = self.kernel()
        if kernel is None:
            return self._unrolled(x, states, iter(weights), lengths)
        bias, both = "bias_ih" in self.names, self.directions == 2
        return run(kernel, x, states, weights, lengths, bias=bias, layers=self.num_layers, bidirectional=both)

    def _unrolled(self, x: Tensor, states: list[Tensor], weights: Any, lengths: Any) -> tuple[Tensor, ...]:
        finals = []
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(self.directions):
                place = layer * self.directions + direction
                named = dict(zip(self.names, weights, strict=False))
                y, *final = self.net(
                    x, *(s[place] for s in states), **named, lengths=lengths, reverse=direction == 1
                )
                outputs.append(y)
                finals.append(final)
            x = torch.cat(outputs, dim=-1)
        return x, *(torch.stack(f) for f in zip(*finals, strict=True))


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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : torch.nn.Parameter
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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        one_of("RNN", "nonlinearity", nonlinearity, NONLINEARITIES)
        super().__init__(input_size, hidden_size, num_layers, bias, bidirectional, rng, dtype, device)
        self.nonlinearity = nonlinearity

    def kernel(self) -> Kernel:
        """PyTorch's kernel for this nonlinearity.

        Returns
        -------
        callable
            The kernel.
        """
        return torch._VF.rnn_tanh if self.nonlinearity == "tanh" else torch._VF.rnn_relu


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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : torch.nn.Parameter
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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, bidirectional, rng, dtype, device, peephole
        )

    def forward(  # type: ignore[override]
        self,
        x: Tensor,
        h0: Tensor | None = None,
        c0: Tensor | None = None,
        lengths: Tensor | None = None,
    ) -> Any:
        """Run all layers over a batch of sequences.

        Parameters
        ----------
        x : Tensor, shape (N, T, D)
            Sequences, padded to T steps.
        h0, c0 : Tensor, shape (layers * directions, N, H), optional
            Initial states and cells, layer by layer and forward before reverse; zero if
            omitted.
        lengths : Tensor of int, shape (N,), optional
            Steps of each sequence, 0 to T.

        Returns
        -------
        y : Tensor, shape (N, T, directions * H)
            States of the last layer at each step, zero in the padding.
        h_n, c_n : Tensor, shape (layers * directions, N, H)
            Final states and cells.
        """
        return Layer.forward(self, x, h0, c0, lengths=lengths)

    def kernel(self) -> Kernel | None:
        """PyTorch's kernel, which knows no peepholes.

        Returns
        -------
        callable or None
            The kernel.
        """
        return None if "weight_peephole" in self.names else torch._VF.lstm


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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : torch.nn.Parameter
        Of the first layer; the next one ends in ``_l1``, the net that reads from the end
        in ``_l0_reverse``.
    """

    gates = 3

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        bidirectional: bool = False,
        *,
        rng: np.random.Generator,
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, bias, bidirectional, rng, dtype, device)

    def kernel(self) -> Kernel:
        """PyTorch's kernel.

        Returns
        -------
        callable
            The kernel.
        """
        return torch._VF.gru


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
    dtype : torch.dtype, default torch.float32
        Type of the parameters.
    device : torch.device or str, optional
        Where the parameters live.

    Attributes
    ----------
    weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0 : torch.nn.Parameter
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
        dtype: torch.dtype = torch.float32,
        device: Device = None,
    ) -> None:
        super().__init__(input_size, hidden_size, num_layers, bias, bidirectional, rng, dtype, device)
