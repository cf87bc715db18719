"""Diagrams of neurons: what goes in, what it is weighed by, what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import ShapeError
from dlcore.figures.base import COLORS, Picture, canvas, house_style
from dlcore.figures.words import listed, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[Any]
Point = tuple[float, float]


__all__ = [
    "nerve_cell",
    "schematic",
    "threshold_net",
]


@house_style
def schematic(
    weights: Sequence[str | float],
    bias: str | float,
    *,
    inputs: Sequence[str] = (),
    activation: str = "g",
    output: str = "a",
) -> Picture:
    """Draw a neuron: inputs, weights, sum with bias, activation, output.  [buduma fig. 1-7]

    Parameters
    ----------
    weights : sequence of str or float, length D
        What is written on the edges; ``"…"`` stands for left-out inputs.
    bias : str or float
        What is added to the sum.
    inputs : sequence of str, length D, optional
        Names of the inputs; x₁, x₂, … if omitted.
    activation : str, default "g"
        What is written in the activation's box.
    output : str, default "a"
        Name of the output.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    edges = [w if isinstance(w, str) else number(w) for w in weights]
    constant = bias if isinstance(bias, str) else number(bias)
    total = f"Σ − {constant[1:]}" if constant.startswith("−") else f"Σ + {constant}"
    names = list(inputs) or [f"x{chr(0x2080 + i)}" for i in range(1, len(edges) + 1)]
    middle = 0.5 * len(edges)
    figure, axes = canvas(6.0, 0.75 * max(len(edges), 2) + 0.3)
    axes.set(xlim=(-0.8, 8.3), ylim=(min(-0.1, middle - 1), max(2 * middle + 0.1, middle + 1)))
    axes.axis("off")
    for i, (name, edge) in enumerate(zip(names, edges, strict=True)):
        y = middle + 0.5 * (len(edges) - 1) - i
        if edge == "…":
            axes.text(0, y, "⋮", ha="center", va="center", fontsize=16)
            continue
        _node(axes, 0, y, name, COLORS[5], boxed=False)
        _arrow(axes, (0.45, y), (2.75, middle + 0.2 * (y - middle)))
        axes.text(1.5, y + 0.46 * (0.8 * (middle - y)) + 0.17, edge, ha="center", va="bottom")
    for x, label, color in ((3.4, total, "#DDDDDD"), (5.7, activation, COLORS[4])):
        _node(axes, x, middle, label, color, boxed=True)
    _arrow(axes, (4.25, middle), (5.05, middle))
    axes.text(4.63, middle + 0.12, "z", ha="center", va="bottom", style="italic")
    _arrow(axes, (6.35, middle), (7.3, middle))
    axes.text(7.45, middle, output, ha="left", va="center")
    pairs = [f"{n} with weight {e}" for n, e in zip(names, edges, strict=True) if e != "…"]
    alt = (
        f"A neuron as a diagram, read from left to right. Inputs {listed(pairs)} meet in a sum, to which "
        f"the bias {constant} is added. The sum z passes through the activation {activation} and "
        f"leaves as {output}."
    )
    return figure, alt


def _node(axes: Axes, x: float, y: float, label: str, color: str, *, boxed: bool) -> None:
    shape = "round,pad=0.45" if boxed else "circle,pad=0.25"
    box = {"boxstyle": shape, "facecolor": color, "edgecolor": "black"}
    axes.text(x, y, label, ha="center", va="center", bbox=box)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    arrow = {"arrowstyle": "-|>", "color": "black", "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=arrow)


@house_style
def nerve_cell() -> Picture:
    """Draw a nerve cell with its parts, and below each what an artificial neuron has in its place.

    [buduma fig. 1-6, rawassizadeh fig. 10.2 and fig. 10.5]

    Returns
    -------
    Picture
        Figure and alt text.
    """
    figure, axes = canvas(6.2, 3.2)
    axes.set(xlim=(-0.3, 10.3), ylim=(-1.2, 4.2))
    axes.axis("off")
    for side, x, reach in ((-1, 3.6, 2.4), (1, 8.4, 1.1)):
        for height in (-1, 0, 1):
            _branch(axes, (x, 2 + 0.3 * height * (side < 0)), (x + side * reach, 2 + 1.05 * height))
    axes.plot([4.4, 8.4], [2, 2], color=COLORS[4], linewidth=5, solid_capstyle="round")
    axes.plot(4.1, 2, "o", color=COLORS[5], markeredgecolor="black", markersize=42)
    axes.plot(4.1, 2, "o", color=COLORS[0], markersize=13)
    parts = (
        (1.3, "dendrites", "inputs\n× weights"),
        (4.1, "cell body", "sum z,\nthreshold"),
        (6.6, "axon", "activation\na = g(z)"),
        (9.1, "terminals", "output a\nto others"),
    )
    for x, part, counterpart in parts:
        axes.text(x, 3.65, part, ha="center", va="bottom", weight="bold")
        axes.text(x, 0.15, counterpart, ha="center", va="top")
        axes.plot([x, x], [3.2, 3.55], color="black", linewidth=1)
    alt = (
        "A nerve cell, read from left to right, with the artificial counterpart of each part below it. "
        "Branching dendrites receive signals: inputs times weights. The cell body collects them: the sum z "
        "and the threshold. The long axon conducts the pulse: the activation a = g(z). Branching terminals "
        "hand it on: the output a, which other neurons read."
    )
    return figure, alt


def _branch(axes: Axes, start: Point, end: Point) -> None:
    (x0, y0), (x1, y1) = start, end
    knee = (x0 + 0.55 * (x1 - x0), y0 + 0.75 * (y1 - y0))
    axes.plot([x0, knee[0], x1], [y0, knee[1], y1], color=COLORS[5], linewidth=3)
    axes.plot([knee[0], x1], [knee[1], y1 + 0.35], color=COLORS[5], linewidth=2)


@house_style
def threshold_net(
    weights: Sequence[Array],
    thresholds: Sequence[Array],
    *,
    x: Sequence[float] | None = None,
    inputs: Sequence[str] = (),
    always_one: bool = False,
) -> Picture:
    """Draw a net of neurons that fire above a threshold.  [mmds fig. 13.1, fig. 13.2]

    Parameters
    ----------
    weights : sequence of array, shapes (K, D), (M, K), …
        One row a neuron; edges of weight 0 are left out.
    thresholds : sequence of array, shapes (K,), (M,), …
        What the sum of a neuron must exceed.
    x : sequence of float, length D, optional
        An input; the neurons that it makes fire are drawn dark, with their output.
    inputs : sequence of str, length D, optional
        Names of the inputs; x₁, x₂, … if omitted.
    always_one : bool, default False
        Draw each threshold as an edge of weight -t from an input that is always 1.

    Returns
    -------
    Picture
        Figure and alt text.

    Raises
    ------
    ShapeError
        If there is not one threshold a neuron.
    """
    sizes = [np.shape(weights[0])[1], *(len(w) for w in weights)]
    if (got := [len(t) for t in thresholds]) != sizes[1:]:
        raise ShapeError("threshold_net", f"{sizes[1:]} thresholds", str(got), "one a neuron")
    names = list(inputs) or [f"x{chr(0x2080 + i)}" for i in range(1, sizes[0] + 1)]
    rows = max(sizes) + always_one
    figure, axes = canvas(6.2, 0.72 * rows + 0.5)
    # Labels keep their size in inches, so a longer net needs wider margins in its own units.
    wide = 2.75 * len(weights)
    axes.set(xlim=(-0.09 * wide, 1.14 * wide), ylim=(-0.6 - always_one, max(sizes) - 0.4))
    axes.axis("off")
    fired = _fired(weights, thresholds, x)
    for layer, (w, t) in enumerate(zip(weights, thresholds, strict=True)):
        _edges(axes, layer, sizes, np.asarray(w), np.asarray(t) if always_one else None)
    for layer, size in enumerate(sizes):
        for k in range(size):
            label = names[k] if layer == 0 else f"> {0 if always_one else number(thresholds[layer - 1][k])}"
            _unit(axes, _place(layer, k, sizes), label, None if x is None else bool(fired[layer][k]))
        if always_one and layer < len(weights):
            _unit(axes, (2.75 * layer, -1), "1", None)
    return figure, _net_in_words(weights, thresholds, names, fired, x, always_one)


def _fired(weights: Sequence[Array], thresholds: Sequence[Array], x: Sequence[float] | None) -> list[Array]:
    outputs = [np.asarray(x if x is not None else np.zeros(np.shape(weights[0])[1]))]
    for w, t in zip(weights, thresholds, strict=True):
        outputs.append(np.asarray(w) @ outputs[-1] > t)
    return outputs


def _place(layer: int, k: int, sizes: Sequence[int]) -> Point:
    spread = (max(sizes) - 1) / 2
    gap = 1.0 if sizes[layer] == max(sizes) else max(sizes) / (sizes[layer] + 1)
    return 2.75 * layer, spread + gap * ((sizes[layer] - 1) / 2 - k)


def _edges(axes: Axes, layer: int, sizes: Sequence[int], w: Array, t: Array | None) -> None:
    for k in range(len(w)):
        end = _place(layer + 1, k, sizes)
        at = 0.5 if len(w) == 1 else 0.36 + 0.14 * (k % 2)
        for i in np.flatnonzero(w[k]):
            _edge(axes, _place(layer, int(i), sizes), end, w[k, i], at)
        if t is not None:
            _edge(axes, (2.75 * layer, -1.0), end, -t[k], 0.72)


def _edge(axes: Axes, start: Point, end: Point, weight: float, at: float) -> None:
    (x0, y0), (x1, y1) = start, end
    axes.plot([x0, x1], [y0, y1], color="#777777", linewidth=1.5, zorder=0)
    ground = {"boxstyle": "square,pad=0.08", "facecolor": "white", "edgecolor": "none"}
    place = (x0 + at * (x1 - x0), y0 + at * (y1 - y0))
    axes.text(*place, number(weight), ha="center", va="center", fontsize=13, bbox=ground)


def _unit(axes: Axes, place: Point, label: str, fires: bool | None) -> None:
    face, ink = (COLORS[0], "white") if fires else ("white" if fires is None else "#EEEEEE", "black")
    text = label if fires is None else f"{label} {'→' if label[0] == '>' else '='} {int(fires)}"
    box = {"boxstyle": "round,pad=0.4", "facecolor": face, "edgecolor": "black"}
    axes.text(*place, text, ha="center", va="center", color=ink, bbox=box)


def _net_in_words(
    weights: Sequence[Array],
    thresholds: Sequence[Array],
    names: Sequence[str],
    fired: Sequence[Array],
    x: Sequence[float] | None,
    always_one: bool,
) -> str:
    sizes = [len(names), *(len(w) for w in weights)]
    words = [
        f"A net with {sizes[0]} input{'s' * (sizes[0] > 1)} and layers of {listed([*map(str, sizes[1:])])}."
    ]
    for layer, (w, t) in enumerate(zip(weights, thresholds, strict=True), start=1):
        for k in range(len(w)):
            row = listed([number(v) for v in np.asarray(w)[k]])
            limit = f"a weight of {number(-t[k])} from an input 1, threshold 0" if always_one else ""
            words.append(
                f"Neuron {k + 1} of layer {layer}: weights {row}, {limit or f'threshold {number(t[k])}'}."
            )
    if x is not None:
        bits = "".join(str(int(v)) for v in x)
        words.append(f"For the input {bits} the outputs are {listed([_bits(f) for f in fired[1:]])}.")
    return " ".join(words)


def _bits(outputs: Array) -> str:
    return "".join(str(int(fires)) for fires in outputs)
