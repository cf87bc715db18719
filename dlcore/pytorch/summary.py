"""A model as a table: shapes, parameters with their formulas, memory, multiply-adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from dlcore.costs import Row, Summary, multiply_adds, parameter_formula
from dlcore.pytorch.base import Device, observe_calls
from dlcore.pytorch.training import predict

__all__ = ["summary"]


def summary(
    model: nn.Module, input_shape: Sequence[int], *, dtype: torch.dtype = torch.float32, device: Device = None
) -> Summary:
    """Run a model once on zeros and list what its layers give and cost.  [mmds 13.4.4]

    Parameters
    ----------
    model : torch.nn.Module
        The model; run in evaluation mode, its state is left as it was.
    input_shape : sequence of int
        Shape of one sample, without the batch axis.
    dtype : torch.dtype, default torch.float32
        Type of the input; an integer type for models that start with an embedding.
    device : torch.device or str, optional
        Where to run; by default where the model is.

    Returns
    -------
    Summary
        A table in text and HTML, with totals.
    """
    rows: list[Row] = []
    names = {id(layer): name for name, layer in model.named_modules()}
    counted: set[int] = set()

    def _watch(layer: nn.Module, inputs: tuple[Any, ...], outputs: Any) -> None:
        if next(layer.children(), None) is not None:
            return
        own = dict(layer.named_parameters())
        new = [p for p in own.values() if id(p) not in counted]
        counted.update(id(p) for p in new)
        shapes = {name: tuple(p.shape) for name, p in own.items()} if new else {}
        kind, y = type(layer).__name__, outputs[0] if isinstance(outputs, tuple) else outputs
        costs = {name: tuple(p.shape) for name, p in own.items()}
        work = multiply_adds(kind, costs, tuple(inputs[0].shape), tuple(y.shape))
        count, memory = sum(p.numel() for p in new), y.numel() * y.element_size()
        rows.append(
            Row(
                names[id(layer)],
                kind,
                tuple(y.shape[1:]),
                count,
                parameter_formula(kind, shapes),
                memory,
                work,
            )
        )

    with observe_calls(_watch):
        predict(model, torch.zeros((1, *input_shape), dtype=dtype), device=device)
    return Summary(tuple(rows))
