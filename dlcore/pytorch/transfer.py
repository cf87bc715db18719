"""From one package to the other: the same layers with equal weights."""

from __future__ import annotations

import copy
import inspect
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.errors import ValidationError
from dlcore.pytorch.base import Device
from dlcore.pytorch.devices import resolve_device

__all__ = ["from_numpy", "to_numpy"]


def to_numpy(module: nn.Module) -> reference.Layer:
    """Build the layer of the reference that computes the same, with weights of its own.

    Parameters
    ----------
    module : torch.nn.Module
        A layer of the mirror, or several of them in each other, on any device.

    Returns
    -------
    Layer
        Of the same names, weights, buffers and mode. Generators (dropout) are copied in
        their state, so both draw the same masks from here on.

    Raises
    ------
    ValidationError
        If `module` holds a module that the mirror does not define.
    """
    build = _Builder(mirror, reference)
    layer: reference.Layer = build(module)
    named = [*module.named_parameters(), *module.named_buffers()]
    layer.load_state_dict({name: _array(value) for name, value in named})
    modes = {name: inner.training for name, inner in module.named_modules()}
    for name, inner in layer.named_layers():
        inner.training = modes[name]
    build.wind_generators()
    return layer


def from_numpy(layer: reference.Layer, *, device: Device = None) -> nn.Module:
    """Build the mirror of a reference layer, with weights of its own.

    Parameters
    ----------
    layer : Layer
        A layer of the reference, or several of them in each other.
    device : torch.device or str, optional
        Where the weights shall live, such as ``"auto"``.

    Returns
    -------
    torch.nn.Module
        Of the same names, weights, buffers and mode. Generators (dropout) are copied in
        their state, so both draw the same masks from here on.

    Raises
    ------
    ValidationError
        If `layer` holds a layer that the reference does not define.
    """
    build = _Builder(reference, mirror)
    module: nn.Module = build(layer)
    state = {name: torch.from_numpy(value) for name, value in layer.state_dict().items()}
    try:  # a shared weight has one name in the reference and several in torch, so some are missing
        unexpected = module.load_state_dict(state, strict=False).unexpected_keys
    except RuntimeError as error:
        raise ValidationError(f"{type(layer).__name__} was changed since it was built: {error}") from error
    if unexpected:
        raise ValidationError(f"{type(layer).__name__} was changed since it was built: {unexpected} are new")
    modes = {name: inner.training for name, inner in layer.named_layers()}
    for name, inner in module.named_modules():
        inner.training = modes[name]
    build.wind_generators()
    return module.to(resolve_device(device))


def _array(value: Tensor) -> np.ndarray[Any, Any]:
    value = value.detach().cpu()
    return (value.float() if value.dtype == torch.bfloat16 else value).numpy()


class _Builder:
    """Builds the layers of one package in another; what occurs twice is built once.

    Parameters
    ----------
    source, target : module
        The packages.
    """

    def __init__(self, source: ModuleType, target: ModuleType) -> None:
        self.source, self.target = source, target
        self.built: dict[int, tuple[Any, Any]] = {}

    def __call__(self, thing: Any) -> Any:
        if isinstance(thing, tuple | list):
            return type(thing)(self(part) for part in thing)
        if not isinstance(thing, reference.Layer | nn.Module | np.random.Generator):
            return thing
        if id(thing) not in self.built:
            made = copy.deepcopy(thing) if isinstance(thing, np.random.Generator) else self._layer(thing)
            self.built[id(thing)] = thing, made
        return self.built[id(thing)][1]

    def _layer(self, layer: Any) -> Any:
        name = type(layer).__name__
        if getattr(self.source, name, None) is not type(layer):
            raise ValidationError(
                f"{type(layer).__qualname__} is none of {self.source.__name__}, so no counterpart is known: "
                f"build that in {self.target.__name__} and move the weights by load_state_dict"
            )
        constructor = getattr(self.target, name)
        args, settings = layer.built_with
        kept = {key: self(value) for key, value in settings.items() if key not in ("device", "dtype")}
        if "dtype" in inspect.signature(constructor).parameters:
            kept["dtype"] = self._dtype(layer, settings.get("dtype"))
        return constructor(*self(args), **kept)

    def _dtype(self, layer: Any, asked: Any) -> Any:
        """The type of the weights as they are now, which a cast may have changed since they were drawn."""
        if isinstance(layer, nn.Module):
            first = next(
                (p.dtype for p in (*layer.parameters(), *layer.buffers()) if p.is_floating_point()), asked
            )
            return np.float64 if first == torch.float64 else np.float32
        values = (*layer.params.values(), *layer.buffers.values())
        first = next((value.dtype for value in values if value.dtype.kind == "f"), asked)
        return torch.float64 if first is not None and np.dtype(first) == np.float64 else torch.float32

    def wind_generators(self) -> None:
        """Set the copies to where the originals are: building has drawn weights from them."""
        for original, made in self.built.values():
            if isinstance(original, np.random.Generator):
                made.bit_generator.state = original.bit_generator.state
