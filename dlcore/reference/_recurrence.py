"""What all recurrent nets share: two projections a step, and a walk over a padded batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore._recurrent_shapes import check_lengths, check_shapes
from dlcore.reference._checks import Array, as_floats
from dlcore.reference.base import Pullback
from dlcore.reference.dense import dense

Optional = Array | None
Weights = tuple[Array, Array, Optional, Optional]


def optional_floats(array: ArrayLike | None) -> Optional:
    """Turn an argument into a float array; None stays None."""
    return None if array is None else as_floats(array)


def as_weights(
    weight_ih: ArrayLike, weight_hh: ArrayLike, bias_ih: ArrayLike | None, bias_hh: ArrayLike | None
) -> Weights:
    """Turn the four parameters of a recurrent net into float arrays."""
    return as_floats(weight_ih), as_floats(weight_hh), optional_floats(bias_ih), optional_floats(bias_hh)


def zeros_if_none(state: Optional, like: Array, hidden: int) -> Array:
    """Return the state, or the zero state of a batch."""
    return np.zeros((like.shape[0], hidden), like.dtype) if state is None else state


def sigmoid_in_place(z: Array) -> None:
    """Overwrite z by σ(z) = ½ tanh(½ z) + ½."""
    z *= 0.5
    np.tanh(z, out=z)
    z *= 0.5
    z += 0.5


def projections(
    where: str, gates: int, x: Array, states: dict[str, Optional], weights: Weights, peephole: Any = None
) -> tuple[Array, Array, Callable[[Array, Array], tuple[Any, ...]]]:
    """What a step of every recurrent net begins with: W x + b and R h + b', one row block a gate.

    The third result, ``back(dzx, dzh)``, gives the gradients of x, h, weight_ih, weight_hh,
    bias_ih and bias_hh.
    """
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    hidden = check_shapes(where, gates, x, states, weights, peephole, axes="N")
    given = next(iter(states.values()))
    from_input, back_input = dense(x, weight_ih, bias_ih)
    from_state, back_state = dense(zeros_if_none(given, x, hidden), weight_hh, bias_hh)

    def back(dzx: Array, dzh: Array) -> tuple[Any, ...]:
        dx, dweight_ih, dbias_ih = back_input(dzx)
        dh, dweight_hh, dbias_hh = back_state(dzh)
        return dx, None if given is None else dh, dweight_ih, dweight_hh, dbias_ih, dbias_hh

    return from_input, from_state, back


class Walk:
    """A padded batch arranged for a walk over time, as PyTorch packs it.

    Time comes first; a sequence that is read from its end is turned round; longer
    sequences stand before shorter ones, so that the ones running at step t are the
    first ``active[t]`` rows. Where a sequence does not run, its state stays as it is.
    """

    def __init__(self, where: str, x: Array, lengths: Any, reverse: bool) -> None:
        self.batch, self.steps = x.shape[:2]
        self.turn = slice(None, None, -1 if reverse else 1)
        self.order: Any = slice(None)
        self.back_to_order: Any = slice(None)
        self.running: Array | None = None
        self.active = [self.batch] * self.steps
        if lengths is not None:
            lengths = check_lengths(where, lengths, self.batch, self.steps)
            self.order = np.argsort(-lengths, kind="stable")
            self.back_to_order = np.argsort(self.order)
            running = np.arange(self.steps)[self.turn, None] < lengths[self.order]
            self.active = running.sum(axis=1).tolist()
            self.running = running[:, :, None]

    def enter(self, a: Array) -> Array:
        """Arrange (N, T, F) as (T, N, F); what stands in the padding becomes zero."""
        a = a.swapaxes(0, 1)[self.turn, self.order]
        return np.ascontiguousarray(a if self.running is None else np.where(self.running, a, 0))

    def leave(self, a: Array) -> Array:
        """Arrange (T, N, F) as (N, T, F), with zeros in the padding: the transpose of `enter`."""
        a = a if self.running is None else np.where(self.running, a, 0)
        return a[self.turn, self.back_to_order].swapaxes(0, 1)

    def project(
        self, x: Array, weight: Array, bias_ih: Optional, bias_hh: Optional = None
    ) -> tuple[Array, Pullback]:
        """Project the input of all steps at once, W x + b + b': one matrix product, shaped (T, N, G)."""
        z, back = dense(self.enter(x).reshape(-1, x.shape[2]), weight, bias_ih)
        if bias_hh is not None:
            z += bias_hh
        return z.reshape(self.steps, self.batch, weight.shape[0]), back

    def states(self, initial: Optional, hidden: int, dtype: Any) -> Array:
        """Room for the states before and after each step, (T + 1, N, H), the first one filled in."""
        states = np.empty((self.steps + 1, self.batch, hidden), dtype)
        states[0] = 0 if initial is None else initial[self.order]
        return states

    def final(self, states: Array) -> Array:
        """Return the state after the last step of each sequence, in the order of the batch."""
        return np.array(states[-1, self.back_to_order])

    def cotangents(self, dy: Optional, *dfinals: Optional, like: Array) -> tuple[Array, ...]:
        """Arrange the cotangents of the outputs and of the final states, where None is zero."""
        dys = np.zeros_like(like[1:]) if dy is None else self.enter(dy)
        return dys, *(np.zeros_like(like[0]) if d is None else np.array(d[self.order]) for d in dfinals)

    def initial(self, dstate: Array, given: Optional) -> Optional:
        """Give the gradient of an initial state, in the order of the batch."""
        return None if given is None else dstate[self.back_to_order]

    def gradients(
        self, dzx: Array, dzh: Array, back_input: Pullback, hs: Array, bias_hh: Optional
    ) -> tuple[Any, ...]:
        """Gather dx and the weights' gradients over all steps: one matrix product each."""
        dxs, dweight_ih, dbias_ih = back_input(dzx.reshape(-1, dzx.shape[-1]))
        dzh = dzh.reshape(-1, dzh.shape[-1])
        dweight_hh = dzh.T @ hs[:-1].reshape(-1, hs.shape[-1])
        dbias_hh = None if bias_hh is None else dzh.sum(axis=0)
        dx = self.leave(dxs.reshape(self.steps, self.batch, dxs.shape[-1]))
        return dx, dweight_ih, dweight_hh, dbias_ih, dbias_hh
