"""A model as a table: shapes, parameters with their formulas, memory, multiply-adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from dlcore.costs import Row, Summary, multiply_adds, parameter_formula
from dlcore.reference.base import Layer, observe_calls
from dlcore.reference.training import predict

__all__ = ["summary"]


def summary(model: Layer, input_shape: Sequence[int], *, dtype: DTypeLike = np.float32) -> Summary:
    """Run a model once on zeros and list what its layers give and cost.  [mmds 13.4.4]

    Parameters
    ----------
    model : Layer
        The model; run in evaluation mode, its state is left as it was.
    input_shape : sequence of int
        Shape of one sample, without the batch axis.
    dtype : dtype, default numpy.float32
        Type of the input; an integer type for models that start with an embedding.

    Returns
    -------
    Summary
        A table in text and HTML, with totals.
    """
    rows: list[Row] = []
    names = {id(layer): name for name, layer in model.named_layers()}
    counted: set[int] = set()

    def _watch(layer: Layer, inputs: tuple[Any, ...], outputs: Any) -> None:
        if next(layer.children(), None) is not None:
            return
        own = {name: p.value for name, p in layer.named_parameters().items()}
        new = [p for p in own.values() if id(p) not in counted]
        counted.update(id(p) for p in new)
        shapes = {name: tuple(p.shape) for name, p in own.items()} if new else {}
        kind, y = type(layer).__name__, outputs[0] if isinstance(outputs, tuple) else outputs
        costs = {name: tuple(p.shape) for name, p in own.items()}
        work = multiply_adds(kind, costs, tuple(inputs[0].shape), tuple(y.shape))
        count, memory = sum(p.size for p in new), y.nbytes
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
        predict(model, np.zeros((1, *input_shape), dtype))
    return Summary(tuple(rows))
