"""Which mistake explains a wrong gradient?

A mistake is a rule that turns the right gradient into the wrong one that people get by
it. The right gradient comes from finite differences at random points, so when a rule
reproduces the wrong numbers, chance is not the explanation. Rules are tried alone first,
then in pairs; two tests at the end recognize mistakes that leave part of it right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore.gradcheck.differences import NOTHING, relative_error

__all__ = ["Diagnosis", "diagnose"]

Array = NDArray[Any]
Variant = tuple[str, str, Array]

#: Relative error under which two gradients count as the same.
SAME = 1e-5

#: Gate names by number of blocks, in PyTorch's order.
GATES = {3: ("reset", "update", "new"), 4: ("input", "forget", "cell", "output")}


@dataclass(frozen=True)
class Diagnosis:
    """What went wrong with a gradient.

    Attributes
    ----------
    mistakes : tuple of str
        Short names of the mistakes, ``("sign",)`` or ``("sign", "transposed")``; empty if
        no known mistake explains the difference.
    text : str
        A sentence for the reader, without the name of the argument.
    """

    mistakes: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Setting:
    """What a rule may know about the operation.

    Attributes
    ----------
    batch : int or None
        Number of samples N, if outputs have one row a sample.
    components : int or None
        Entries of one sample's output.
    per_sample : callable
        ``per_sample() -> (N, *shape)``: each sample's share of the right gradient, or None.
    gates : int or None
        Number of gates whose parts are stacked along the first axis.
    """

    batch: int | None = None
    components: int | None = None
    per_sample: Callable[[], Array | None] = lambda: None
    gates: int | None = None


Rule = Callable[[Array, Setting], Iterator[Variant]]


def _sign(g: Array, setting: Setting) -> Iterator[Variant]:
    """A forgotten or doubled minus."""
    yield "sign", "the sign is flipped", -g


def _factor(g: Array, setting: Setting) -> Iterator[Variant]:
    """A forgotten or doubled factor: the 2 of a square, the 1/N of a mean."""
    n, k = setting.batch, setting.components
    if n is not None and n > 1:
        yield "missing 1/N", f"it is N = {n} times too large: the mean over the batch divides by N", n * g
        yield "extra 1/N", f"it was divided by the batch size N = {n} once too often", g / n
    if n is not None and k is not None and k > 1:
        whole = f"the mean over all {n * k} components divides by their number"
        yield "missing 1/(NK)", f"it is {n * k} times too large: {whole}", n * k * g
        yield "missing 1/K", f"it is {k} times too large: {whole}", k * g
        yield "extra 1/K", f"it was divided by the number of components {k} once too often", g / k
    yield "factor 2", "it is twice too large: a factor 2 is there once too often", 2 * g
    yield (
        "factor 1/2",
        "it is half of what it should be: the factor 2 from the derivative of a square is missing",
        g / 2,
    )


def _transposed(g: Array, setting: Setting) -> Iterator[Variant]:
    """Two axes exchanged, as by x.T @ dy for dy.T @ x."""
    if g.ndim >= 2 and min(g.shape[-2:]) > 1:
        yield "transposed", "it is transposed", np.swapaxes(g, -1, -2)


def _batch_sum(g: Array, setting: Setting) -> Iterator[Variant]:
    """A parameter's gradient left per sample, or taken from one sample alone."""
    shares = setting.per_sample()
    if shares is None or len(shares) < 2:
        return
    advice = "it is right for one sample; sum over the batch"
    yield "batch not summed", f"there is one gradient a sample here; {advice.split('; ')[1]}", shares
    yield "batch not summed", f"{advice} (this is the first sample's share alone)", shares[0]
    yield "batch not summed", f"{advice} (this is the last sample's share alone)", shares[-1]


def _time_shift(g: Array, setting: Setting) -> Iterator[Variant]:
    """A sequence read one step too early or too late."""
    for axis in range(g.ndim):
        if g.shape[axis] < 3:
            continue
        for step, word in ((1, "late"), (-1, "early")):
            moved = np.roll(g, step, axis)
            edge = [slice(None)] * g.ndim
            edge[axis] = slice(0, 1) if step == 1 else slice(-1, None)
            moved[tuple(edge)] = 0
            text = f"it is one step too {word} along axis {axis}: check which step each factor is taken from"
            yield "off by one step", text, moved


def _gates(g: Array, setting: Setting) -> Iterator[Variant]:
    """Two gates exchanged, or the sign of one flipped."""
    if setting.gates not in GATES or g.shape[0] % setting.gates:  # another rule may have transposed it
        return
    names = GATES[setting.gates]
    blocks = np.split(g, len(names))
    for i, j in combinations(range(len(names)), 2):
        order = list(range(len(names)))
        order[i], order[j] = j, i
        text = f"the {names[i]} gate and the {names[j]} gate are exchanged (the order is {', '.join(names)})"
        yield "gates exchanged", text, np.concatenate([blocks[k] for k in order])
    for i, name in enumerate(names):
        flipped = [-b if k == i else b for k, b in enumerate(blocks)]
        yield "sign of one gate", f"the sign of the {name} gate's part is flipped", np.concatenate(flipped)


RULES: tuple[Rule, ...] = (_sign, _factor, _transposed, _batch_sum, _time_shift, _gates)


def _variants(
    g: Array, setting: Setting, done: tuple[Variant, ...] = ()
) -> Iterator[tuple[tuple[Variant, ...], Array]]:
    for rule in RULES:
        for variant in rule(g, setting):
            if variant[0] not in {d[0] for d in done}:
                yield (*done, variant), variant[2]


def _same(a: Array, b: Array) -> bool:
    return a.shape == b.shape and relative_error(a, b) <= SAME


def diagnose(analytic: ArrayLike, numeric: ArrayLike, setting: Setting | None = None) -> Diagnosis:
    """Find the mistake, or the two mistakes, that turn the right gradient into the wrong one.

    Parameters
    ----------
    analytic : array_like
        The wrong gradient, in whatever shape it came.
    numeric : array_like
        The right one, at a random point.
    setting : Setting, optional
        Batch size and such, which some mistakes depend on.

    Returns
    -------
    Diagnosis
        With no mistakes and a description of the difference if nothing explains it.
    """
    a, n, setting = np.asarray(analytic, float), np.asarray(numeric, float), setting or Setting()
    if not np.isfinite(a).all():
        return Diagnosis(("not finite",), "it holds NaN or infinity")
    if a.size and not a.any():
        return Diagnosis(("forgotten",), "it is zero everywhere: this gradient was forgotten")
    singles = list(_variants(n, setting)) if n.size else []
    pairs = (pair for done, wrong in singles for pair in _variants(wrong, setting, done))
    for done, wrong in chain(singles, pairs):
        if _same(a, wrong):
            return _diagnosis(done)
    for matches, name, text in TESTS:
        for done, wrong in [((), n), *singles]:
            if matches(a, wrong):
                return _diagnosis((*done, (name, text, wrong)))
    return Diagnosis((), _difference(a, n, setting))


def _diagnosis(done: tuple[Variant, ...]) -> Diagnosis:
    return Diagnosis(tuple(name for name, _, _ in done), " and ".join(text for _, text, _ in done))


def _unmasked(a: Array, n: Array) -> bool:
    """Whether `a` is right wherever the right gradient is not zero, and wrong elsewhere."""
    if a.shape != n.shape:
        return False
    live = np.abs(n) > NOTHING
    return bool(live.any() and not live.all() and _same(a[live], n[live]))


def _squeezed(a: Array, n: Array) -> bool:
    return a.shape != n.shape and _same(np.squeeze(a), np.squeeze(n))


TESTS: tuple[tuple[Callable[[Array, Array], bool], str, str], ...] = (
    (_squeezed, "shape", "the numbers are right, but the shape has axes of length one too many or too few"),
    (
        _unmasked,
        "not masked",
        "it is right where something passes through, but not zero where the forward pass was cut off: "
        "multiply by the mask",
    ),
)


def _difference(a: Array, n: Array, setting: Setting) -> str:
    if a.shape != n.shape:
        return f"its shape is {a.shape}, expected {n.shape}"
    names = GATES.get(setting.gates or 0, ())
    parts = zip(names, np.split(a, len(names)), np.split(n, len(names)), strict=True) if names else ()
    bad = [name for name, x, y in parts if relative_error(x, y) > SAME]
    if len(bad) == 1:
        return f"only the {bad[0]} gate's part is wrong"
    where = np.unravel_index(np.argmax(np.abs(a - n)), a.shape)
    wrong = int((np.abs(a - n) > SAME * np.abs(n).max()).sum())
    place = f" at {list(map(int, where))}" if a.ndim else ""
    numbers = f"got {a[where]:.6g}, expected {n[where]:.6g}"
    return f"{wrong} of {a.size} entries are wrong; largest difference{place}: {numbers}"
