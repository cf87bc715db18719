"""Layers as `torch.nn.Module`, with the names and places of the reference.

Operations return the value alone and autograd supplies the pullback, so the mirror is
an independent witness against every gradient that the reference derives by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dlcore._building import Recorded
from dlcore.errors import ShapeError, ValidationError
from dlcore.pytorch.devices import resolve_device

__all__ = ["Layer", "Parameter", "Residual", "Sequential", "no_grad", "observe_calls"]

Device = torch.device | str | None
Observer = Callable[[nn.Module, tuple[Any, ...], Any], None]

Parameter = nn.Parameter
no_grad = torch.no_grad


@contextmanager
def observe_calls(observer: Observer) -> Iterator[None]:
    """Call ``observer(layer, inputs, outputs)`` after each module's forward pass.

    Parameters
    ----------
    observer : callable
        What to call; it sees inner modules before the module that holds them.

    Yields
    ------
    None
        The observer is active inside the block.
    """

    def _hook(module: nn.Module, inputs: tuple[Any, ...], outputs: Any) -> None:
        observer(module, inputs, outputs)

    handle = nn.modules.module.register_module_forward_hook(_hook)
    try:
        yield
    finally:
        handle.remove()


def drawn(array: NDArray[Any], dtype: torch.dtype, device: Device) -> Parameter:
    """Turn an array drawn by an initializer into a parameter.

    Parameters
    ----------
    array : ndarray
        Weights, drawn in float64 so that rounding is the same in both backends.
    dtype : torch.dtype
        Type of the parameter.
    device : torch.device or str or None
        Where it lives, such as ``"auto"``.

    Returns
    -------
    torch.nn.Parameter
        Shaped as `array`.
    """
    return Parameter(torch.from_numpy(np.asarray(array)).to(device=resolve_device(device), dtype=dtype))


class Layer(Recorded, nn.Module):
    """Base of the mirror's layers: a `torch.nn.Module`.

    A layer with mathematics of its own defines ``operation(*inputs, *parameters)`` as
    the reference's does; a layer made of other layers overrides ``forward``.
    """

    def __init__(self) -> None:
        super().__init__()

    def operation(self, *tensors: Any) -> Any:
        """Apply the layer's operation.

        Parameters
        ----------
        *tensors : Tensor
            The inputs, then the layer's own parameters in the order of their definition.

        Returns
        -------
        Tensor or tuple of Tensor
            What the operation gives.
        """
        raise TypeError(f"{type(self).__name__} defines neither operation nor forward")

    def forward(self, *inputs: Any, **settings: Any) -> Any:
        """Apply the layer's operation to `inputs`.

        Parameters
        ----------
        *inputs : Tensor
            What the operation takes before the parameters.
        **settings : object
            What it takes besides, such as lengths.

        Returns
        -------
        Tensor or tuple of Tensor
            What the operation gives.
        """
        try:
            return self.operation(*inputs, *self.parameters(recurse=False), **settings)
        except ShapeError as error:
            if error.layer is None:
                error.where, error.layer = type(self).__name__, self
            raise


class Sequential(Layer):
    """Layers one after the other: a⁽ˡ⁾ = layer⁽ˡ⁾(a⁽ˡ⁻¹⁾).  [mmds 13.1, le 6]

    Parameters
    ----------
    *layers : torch.nn.Module
        The layers, first to last. Their parameters are named ``"0.weight"``, ``"2.weight"``, …
    """

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        for i, layer in enumerate(layers):
            if not isinstance(layer, nn.Module):
                raise ValidationError(f"Sequential takes layers, got {type(layer).__name__} at place {i}")
            self.add_module(str(i), layer)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layers in order.

        Parameters
        ----------
        x : Tensor
            Input of the first layer.

        Returns
        -------
        Tensor
            Output of the last one.
        """
        for name, layer in self._modules.items():  # named_children leaves out a layer that stands twice
            assert layer is not None
            try:
                x = layer(x)
            except ShapeError as error:
                error.path = (name, *error.path)
                raise
        return x

    def __len__(self) -> int:
        return len(self._modules)

    def __getitem__(self, index: int) -> nn.Module:
        return list(self._modules.values())[index]  # type: ignore[return-value]


class Residual(Layer):
    """A skip connection: y = x + inner(x).  [rawassizadeh 10]

    Parameters
    ----------
    inner : torch.nn.Module
        The branch; its output has the shape of its input.
    """

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        """Add the branch to its input.

        Parameters
        ----------
        x : Tensor
            Input, any shape that `inner` takes.

        Returns
        -------
        Tensor
            Shaped as `x`.
        """
        y: Tensor = self.inner(x)
        if y.shape != x.shape:
            raise ShapeError("Residual", f"a branch that keeps {tuple(x.shape)}", tuple(y.shape))
        return x + y
