"""Designs of recurrent nets on bits, judged by what the net says after every sequence."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs, Slip
from dlcore.exercises.engine.driving import Outcome, plain
from dlcore.exercises.engine.network import TIE
from dlcore.exercises.engine.recurrent_reading import EXPECTED, BitNet, read_net

__all__ = ["RecurrentNet"]

Array = NDArray[Any]
Signature = tuple[Any, ...] | None
Target = Callable[[tuple[int, ...]], bool]

#: Nets that make the same mistake may begin differently: so many graded steps are passed over.
BEGINNING = 2

#: Inputs that may decide what a net says.
LAST = ("", "current input", "last two inputs", "last three inputs")

#: A steep sigmoid or tanh is a step.
STEEP = 20.0


@dataclass(frozen=True)
class Repair:
    """One change that would make a net right, and so names what is wrong with it.

    Attributes
    ----------
    name : str
        Two or three words.
    says : str
        The sentence that names the mistake.
    others : callable
        ``others(net)``: the nets with this change.
    credit : float
        Part of the points that the answer earns.
    """

    name: str
    says: str
    others: Callable[[BitNet], Iterable[BitNet]]
    credit: float = 0.0


def _read_at(net: BitNet, nodes: Iterable[int]) -> list[BitNet]:
    read = net.readout
    others = [i for i in nodes if i != read.node and i < len(net.U)] if read.V is None else []
    return [replace(net, readout=replace(read, node=i)) for i in others]


def _other_biases(net: BitNet) -> list[BitNet]:
    output = replace(net.readout, c=-net.readout.c)
    negated = replace(net, b=-net.b)
    return [negated, replace(net, readout=output), replace(negated, readout=output)]


def _steeper(net: BitNet) -> list[BitNet]:
    if net.activation not in ("sigmoid", "tanh"):
        return []
    with np.errstate(over="ignore"):
        return [replace(net, U=STEEP * net.U, W=STEEP * net.W, b=STEEP * net.b)]


REPAIRS = (
    Repair(
        "one step late",
        "The signal is right, but it comes late: the step after the one that is asked for.",
        lambda net: [replace(net, delay=net.delay + 1)],
        0.5,
    ),
    Repair(
        "node counted from 0",
        "The signal is there, but at the next node: nodes are counted from 1.",
        lambda net: _read_at(net, [net.readout.node + 1]),
        0.5,
    ),
    Repair(
        "on the threshold",
        "A value that just reaches its threshold is not above it: step(0) is 0. "
        "Put the threshold between the sums.",
        lambda net: [replace(net, tie=-TIE)],
    ),
    Repair(
        "sign of the biases",
        "The thresholds stand in b or c with their own sign. Both are added, so a bias is minus a threshold.",
        _other_biases,
    ),
    Repair(
        "W transposed",
        "W is transposed: row i holds the weights into node i, column j those that come from node j.",
        lambda net: [replace(net, W=net.W.T)],
    ),
    Repair(
        "sign of W",
        "The weights in W have the wrong sign.",
        lambda net: [replace(net, W=-net.W)],
    ),
    Repair(
        "not steep enough",
        "The idea is right, but the weights are too small: the nodes are not steep enough to tell "
        "the cases apart.",
        _steeper,
    ),
)

#: A node that happens to be right explains less than a slip does, so slips are asked first.
ANOTHER_NODE = Repair(
    "another node",
    "The signal is there, but at another node than the one that is read.",
    lambda net: _read_at(net, range(len(net.U))),
    0.5,
)


@functools.cache
def _asked(target: Target, length: int) -> Array:
    """Return what is asked after all sequences of a length, in the order of `BitNet.says`."""
    sequences = (tuple(i >> place & 1 for place in reversed(range(length))) for i in range(2**length))
    return np.array([bool(target(bits)) for bits in sequences])


@dataclass(frozen=True, kw_only=True, repr=False)
class RecurrentNet(Exercise):
    """A recurrent net on bits: s_t = f(U x_t + W s_{t-1} + b), s_0 = 0, read at one node or output.

    The answer is a dict: activation (step, tanh, sigmoid or relu), U, W, b, node (counted
    from 1) and readout, a comparison of s that means yes. Instead of a node it may have an
    output layer V, c, read as ``V s + c > 0``.

    Attributes
    ----------
    target : callable
        ``target(bits) -> bool``: whether the net must say yes after these inputs.
    first : int
        After how many inputs it counts what the net says.
    length : int, default 8
        Of the longest sequences; all of them are tried.
    latest : int, default 0
        How late a signal may come whose ``"delay"`` the answer declares.
    """

    target: Target
    first: int
    length: int = 8
    latest: int = 0

    detailed: ClassVar[bool] = True

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Run the net on all sequences; if it errs, look for the change that would mend it."""
        if outcomes[0].state != "returned":
            return Finding(f"{EXPECTED} Yours cannot be read: {outcomes[0].error}.", "error")
        try:
            net = self.read(outcomes[0].values[0])
        except ValidationError as error:
            return Finding(str(error), "error")
        if self._right(net):
            return None
        repair, example = self._repair(net, (*REPAIRS, ANOTHER_NODE)), self._example(net)
        if repair is None:
            return Finding(example)
        text = f"{repair.says}\n{example}"
        return Finding(text, "close" if repair.credit else "wrong", repair.name, repair.credit)

    def read(self, data: Any) -> BitNet:
        """Read a net.

        Parameters
        ----------
        data : Any
            Plain data.

        Returns
        -------
        BitNet
            Ready to run.

        Raises
        ------
        ValidationError
            If it cannot be read, or comes later than it may.
        """
        net = read_net(data)
        if net.delay > self.latest:
            when = f"at most {self.latest} step(s) later" if self.latest else "in the same step"
            raise ValidationError(f"delay: the signal must come {when}")
        return net

    def _wrong(self, net: BitNet) -> dict[int, Array]:
        """Return for each graded length after which sequences the net errs."""
        said = net.says(self.length)
        return {
            t: said[t] != np.repeat(_asked(self.target, t - net.delay), 2**net.delay)
            for t in range(self.first + net.delay, self.length + 1)
        }

    def _right(self, net: BitNet) -> bool:
        return not any(bad.any() for bad in self._wrong(net).values())

    def _repair(self, net: BitNet, repairs: Iterable[Repair]) -> Repair | None:
        return next((repair for repair in repairs if any(map(self._right, repair.others(net)))), None)

    def _example(self, net: BitNet) -> str:
        """Show the shortest sequence on which the net errs, and what it does elsewhere."""
        wrong = self._wrong(net)
        t = next(t for t, bad in wrong.items() if bad.any())
        i = int(np.argmax(wrong[t]))
        bits = ", ".join(str(i >> place & 1) for place in reversed(range(t)))
        states = net.states(t)
        values = [float(net.readout.value(states[u])[i >> (t - u)]) + 0.0 for u in range(1, t + 1)]
        says = ("no", "yes") if net.says(t)[t][i] else ("yes", "no")
        what = f"node {net.readout.node + 1}" if net.readout.V is None else "V s + c"
        tried = sum(bad.size for bad in wrong.values())
        return (
            f"After the inputs {bits} the net says {says[1]}, expected {says[0]}: {what} gave "
            f"{', '.join(f'{value:.3g}' for value in values)} on the way. "
            f"{sum(int(bad.sum()) for bad in wrong.values())} of {tried} sequences are wrong."
            f"{self._habit(net)}{_memory(net)}"
        )

    def _habit(self, net: BitNet) -> str:
        """Say after which last inputs the net says yes, if the last three decide it."""
        said = net.says(self.length)
        for width in range(len(LAST)):
            begin = max(self.first, width) + BEGINNING - 1
            rows = np.concatenate([said[t].reshape(-1, 2**width) for t in range(begin, self.length + 1)])
            if (rows == rows[0]).all():
                break
        else:
            return ""
        if not width:
            return " It always says yes." if rows[0, 0] else " It never says yes."
        yes = ", ".join(f"{i:0{width}b}" for i in np.flatnonzero(rows[0]))
        order = " (the current one stands last)" if width > 1 else ""
        return f" What it says depends on the {LAST[width]} alone: yes after {yes}{order}."

    def _named(self, slips: tuple[Slip, ...], finding: Finding) -> Finding:
        """Let the slip's own sentence stand in the place of the repair's."""
        return super()._named(slips, replace(finding, message=finding.message.split("\n")[-1]))

    def recognize(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> tuple[Slip, ...] | None:
        """Find the slip that says the same after every sequence, or at least after the first steps.

        Parameters
        ----------
        rounds : sequence of tuple
            The inputs.
        outcomes : sequence of Outcome
            What came of each.

        Returns
        -------
        tuple of Slip or None
            None if no slip explains it.
        """
        for mine, known in zip(self._signatures(outcomes[0]), zip(*self._known, strict=True), strict=True):
            if mine is not None and mine in known:
                return (self.slips[known.index(mine)],)
        return None

    @functools.cached_property
    def _known(self) -> list[tuple[Signature, Signature]]:
        """What the slips lead to, found once."""
        wrong = (plain(self.settled(slip.wrong)) for slip in self.slips)
        return [self._signatures(Outcome("returned", (data,))) for data in wrong]

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether one change mends both nets, or both say the same after every sequence."""
        mine = self._signatures(outcomes[0])[0]
        return mine is not None and mine == self._signatures(wrong[0])[0]

    def _signatures(self, outcome: Outcome) -> tuple[Signature, Signature]:
        """Return what a net does wrong: over all graded steps, and without the first of them."""
        if outcome.state != "returned":
            return None, None
        try:
            net = self.read(outcome.values[0])
        except ValidationError:
            return None, None
        repair = self._repair(net, REPAIRS)
        if repair is not None:
            return (repair.name,), None
        said = tuple(part.tobytes() for part in net.says(self.length)[self.first :])
        return (net.delay, said), (net.delay, said[BEGINNING:])

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the recurrent weights row by row, and the biases."""
        net = self.read(plain(self.settled(self.reference)))
        rows = [_written(row) for row in net.W if row.any()]
        return [secret for secret in (rows, [_written(net.b)]) if secret]


def _memory(net: BitNet) -> str:
    """Say what a net remembers, if that is too little to be good for much."""
    if not net.W.any():
        return " W is zero, so nothing of the past is kept."
    if len(net.U) == 1 and net.activation != "relu":  # a counter is one node
        return " With a single node, all that is kept of the past is that node's own value."
    return ""


def _written(row: Array) -> str:
    return "[" + ", ".join(f"{w:g}" for w in row) + "]"
