"""Arguments for the recurrent nets, and torch's own modules as witnesses, one sequence at a time."""

from typing import Any

import numpy as np
import torch
from torch.func import functional_call

from tests.conformance.case import Call, Draw

NAMES = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def weights(draw: Draw, gates: int, features: int, hidden: int) -> list[Any]:
    rows = gates * hidden
    biases = draw.choice((True, True), (False, False), (True, False), (False, True))
    return [
        0.5 * draw.normal(rows, features),
        0.5 * draw.normal(rows, hidden),
        *(draw.normal(rows) if given else None for given in biases),
    ]


def step(draw: Draw, gates: int, states: int = 1) -> list[Any]:
    n, features, hidden = draw.integer(0, 3), draw.integer(1, 3), draw.integer(1, 2)
    given = [draw.choice(draw.normal(n, hidden), None) for _ in range(states)]
    return [draw.normal(n, features), *given, *weights(draw, gates, features, hidden)]


def sequence(draw: Draw, gates: int, states: int = 1) -> tuple[list[Any], dict[str, Any]]:
    n, steps, features, hidden = (
        draw.integer(0, 3),
        draw.integer(0, 3),
        draw.integer(1, 3),
        draw.integer(1, 2),
    )
    given = [draw.choice(draw.normal(n, hidden), None) for _ in range(states)]
    arrays = [draw.normal(n, steps, features), *given, *weights(draw, gates, features, hidden)]
    lengths = draw.choice(draw.rng.integers(0, steps, n, endpoint=True), None)
    return arrays, {"lengths": lengths, "reverse": draw.choice(False, True)}


def stack(draw: Draw, states: int = 1) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Sizes of a layer and what it is called with."""
    layers, both = draw.choice((1, False), (1, True), (2, False), (2, True))
    n, steps, features = draw.integer(0, 2), draw.integer(0, 3), draw.integer(1, 2)
    hidden = draw.integer(1, 1 if layers == 2 and both else 2)
    given = [draw.choice(draw.normal(layers * (1 + both), n, hidden), None) for _ in range(states)]
    lengths = draw.choice(draw.rng.integers(0, steps, n, endpoint=True), None)
    sizes = (features, hidden, layers, draw.choice(True, False), both)
    return sizes, (draw.normal(n, steps, features), *given, lengths)


def misfits(gates: int, states: int = 1, *, axes: tuple[int, ...] = (3, 4)) -> list[Call]:
    """Calls of a net with D = 2 and H = 5, each wrong in one place."""
    rows = gates * 5
    right = [
        np.ones((*axes, 2)),
        *(np.ones((3, 5)) for _ in range(states)),
        np.ones((rows, 2)),
        np.ones((rows, 5)),
        np.ones(rows),
        np.ones(rows),
    ]
    wrong = {
        0: [np.ones((*axes, 7)), np.ones((3, 9, 9, 2)), np.ones(2)],
        1: [np.ones((4, 5)), np.ones((3, 6)), np.ones(5)],
        states: [np.ones((3, 1))],
        1 + states: [np.ones((rows + 1, 2)), np.ones(rows)],
        2 + states: [np.ones((rows, 6)), np.ones(5)],
        3 + states: [np.ones(rows + 1), np.ones((rows, 1))],
        4 + states: [np.ones(rows - 1)],
    }
    return [Call(*right[:i], bad, *right[i + 1 :]) for i, bads in wrong.items() for bad in bads]


def one_by_one(run: Any, x: Any, states: list[Any], lengths: Any, width: int) -> tuple[Any, ...]:
    """Run each sequence by itself, cut to its length: what a padded batch must equal.

    `run(x, states)` takes one sequence (1, L, D) and states (places, 1, H).
    """
    outputs, finals = [], []
    for n in range(x.shape[0]):
        length = x.shape[1] if lengths is None else int(lengths[n])
        y, final = x.new_zeros(1, 0, width), [s[:, n : n + 1] for s in states]
        if length:
            y, final = run(x[n : n + 1, :length], final)
        outputs.append(torch.cat([y, y.new_zeros(1, x.shape[1] - length, width)], dim=1))
        finals.append(final)
    if not outputs:
        return x.new_zeros(0, x.shape[1], width), *states
    return torch.cat(outputs), *(torch.cat(f, dim=1) for f in zip(*finals, strict=True))


def zeros(x: Any, states: tuple[Any, ...], places: int, hidden: int) -> list[Any]:
    return [x.new_zeros(places, x.shape[0], hidden) if s is None else s for s in states]


def call_builtin(module: Any, x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
    y, finals = module(x, tuple(states) if len(states) > 1 else states[0])
    return y, list(finals) if isinstance(finals, tuple) else [finals]


def net_witness(kind: Any, states: int = 1) -> Any:
    """A torch module as witness of an operation; `reverse` is the second half of a bidirectional one."""

    def call(x: Any, *arrays: Any, lengths: Any, reverse: bool, **options: Any) -> tuple[Any, ...]:
        given, parameters = arrays[:states], arrays[states:]
        rows, hidden = parameters[1].shape
        parameters = [x.new_zeros(rows) if p is None else p for p in parameters]
        module = kind(x.shape[2], hidden, batch_first=True, bidirectional=reverse, dtype=x.dtype, **options)
        named = dict(zip(NAMES, parameters, strict=True))
        named |= {f"{name}_reverse": p for name, p in named.items()} if reverse else {}

        def run(x_n: Any, states_n: list[Any]) -> tuple[Any, list[Any]]:
            both = [torch.cat([s, s]) if reverse else s for s in states_n]
            y, finals = call_builtin(lambda *a: functional_call(module, named, a), x_n, both)
            return y[..., -hidden:], [f[-1:] for f in finals]

        initial = zeros(x, tuple(None if s is None else s[None] for s in given), 1, hidden)
        y, *finals = one_by_one(run, x, initial, lengths, hidden)
        return y, *(f[0] for f in finals)

    return call


def layer_witness(kind: Any, states: int = 1) -> Any:
    """A torch module that takes what our layers take."""

    class Witness(kind):
        def forward(self, x: Any, *arrays: Any) -> tuple[Any, ...]:
            given, lengths = arrays[:states], arrays[states]
            directions = 2 if self.bidirectional else 1
            initial = zeros(x, given, self.num_layers * directions, self.hidden_size)
            run = super().forward
            return one_by_one(
                lambda *a: call_builtin(run, *a), x, initial, lengths, directions * self.hidden_size
            )

    def build(
        features: int,
        hidden: int,
        layers: int,
        bias: bool,
        both: bool,
        *,
        rng: Any,
        dtype: Any,
        **options: Any,
    ) -> Any:
        return Witness(
            features, hidden, layers, bias=bias, batch_first=True, bidirectional=both, dtype=dtype, **options
        )

    return build


def cell_witness(kind: Any) -> Any:
    """A torch cell that takes its states one by one."""

    class Witness(kind):
        def forward(self, x: Any, *states: Any) -> Any:
            given = [x.new_zeros(x.shape[0], self.hidden_size) if s is None else s for s in states]
            return super().forward(x, tuple(given) if len(given) > 1 else given[0])

    def build(features: int, hidden: int, bias: bool, *, rng: Any, dtype: Any, **options: Any) -> Any:
        return Witness(features, hidden, bias=bias, dtype=dtype, **options)

    return build
