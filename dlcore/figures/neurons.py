"""The pictures of chapter 01: one neuron, what it separates, and what it learns from digits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore.data import Dataset
from dlcore.figures.base import COLORS, LINES, MARKERS, Picture, canvas, house_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "activation_and_slope",
    "costs",
    "cutoffs",
    "digit_images",
    "point_classes",
    "probability_map",
    "schematic",
    "shifted_curves",
    "weight_images",
]

Array = NDArray[Any]

# Tints of the first two colors for the two sides of a line.
SIDES = ("#D6E6F2", "#FBE3D3")
# The same for four ranges of an output between 0 and 1.
LEVELS = ("#B9D5E8", "#E3EEF6", "#FDEFE5", "#F6CDB0")


def _number(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _sigmoid(z: ArrayLike) -> Array:
    return 0.5 * np.tanh(0.5 * np.asarray(z, float)) + 0.5


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
    edges = [w if isinstance(w, str) else _number(w) for w in weights]
    constant = bias if isinstance(bias, str) else _number(bias)
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
        f"A neuron as a diagram, read from left to right. Inputs {_listed(pairs)} meet in a sum, to which "
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
def cutoffs(dataset: Dataset) -> Picture:
    """Plot the accuracy of rules that look at one feature only, against their cutoff.

    Parameters
    ----------
    dataset : Dataset
        Points of shape (N, D) with two classes; the rule says the upper class from the cutoff on.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    upper = dataset.y == dataset.y.max()
    figure, axes = canvas(6.0, 3.4)
    words = []
    for k, name in enumerate(dataset.feature_names):
        values = np.unique(dataset.x[:, k])
        right = [float(np.mean((dataset.x[:, k] >= cutoff) == upper)) for cutoff in values]
        axes.plot(values, right, LINES[k], marker=MARKERS[k], color=COLORS[k], label=f"by {name} alone")
        best = int(np.argmax(right))
        words.append(f"by {name} alone at most {right[best]:.0%}, at a cutoff of {values[best]:g}")
    axes.set(xlabel="cutoff", ylabel="share answered right", ylim=(0, 1.05))
    axes.axhline(1, color="black", linewidth=1)
    axes.legend(loc="lower left")
    return figure, f"Share of right answers against the cutoff of a rule on one feature: {'; '.join(words)}."


@house_style
def point_classes(
    dataset: Dataset,
    lines: Mapping[str, Sequence[float]] | None = None,
    *,
    question: Sequence[float] | None = None,
    question_name: str = "?",
) -> Picture:
    """Draw two classes of points in the plane, and lines between them.  [buduma fig. 1-4, le 2]

    Parameters
    ----------
    dataset : Dataset
        Points of shape (N, 2) with two classes.
    lines : mapping of str to (b, w1, w2), optional
        Lines b + w1 x1 + w2 x2 = 0 by name. One alone has its two sides tinted.
    question : sequence of float, length 2, optional
        A point whose class is not known.
    question_name : str, default "?"
        Its name.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    lines = lines or {}
    figure, axes = canvas(6.0, 4.6)
    words = [_scatter(axes, dataset)]
    limits = _limits(dataset)
    if len(lines) == 1:
        b, w1, w2 = next(iter(lines.values()))
        x1, x2 = _grid(limits)
        axes.contourf(x1, x2, b + w1 * x1 + w2 * x2 >= 0, levels=[-0.5, 0.5, 1.5], colors=SIDES, zorder=0)
    for k, (name, (b, w1, w2)) in enumerate(lines.items()):
        ends = np.array(limits[0])
        axes.plot(ends, -(b + w1 * ends) / w2, LINES[k], color=COLORS[(6 - k) % 7], label=name)
        words.append(_line_in_words(dataset, name, b, w1, w2))
    if question is not None:
        axes.plot(*question, "*", color="black", markersize=15, linestyle="none", label=question_name)
        words.append(f"A star marks {question_name} at ({question[0]:g}, {question[1]:g}).")
    axes.set(xlim=limits[0], ylim=limits[1])
    figure.legend(loc="outside upper center", ncols=2)
    return figure, " ".join(words)


def _scatter(axes: Axes, dataset: Dataset) -> str:
    labels = np.unique(dataset.y)
    for k, label in enumerate(labels):
        points = dataset.x[dataset.y == label].T
        name = dataset.classes[k]
        axes.plot(*points, MARKERS[k], color=COLORS[k], markeredgecolor="white", linestyle="none", label=name)
    axes.set(xlabel=dataset.feature_names[0], ylabel=dataset.feature_names[1])
    counts = [f"{(dataset.y == v).sum()} {name}" for v, name in zip(labels, dataset.classes, strict=True)]
    return f"{len(dataset)} points over {_listed(dataset.feature_names)}: {_listed(counts)}."


def _limits(dataset: Dataset) -> Array:
    low, high = dataset.x.min(axis=0), dataset.x.max(axis=0)
    return np.stack([low - 0.08 * (high - low), high + 0.08 * (high - low)], axis=1)


def _grid(limits: Array, n: int = 300) -> tuple[Array, Array]:
    (low1, high1), (low2, high2) = limits
    x1, x2 = np.meshgrid(np.linspace(low1, high1, n), np.linspace(low2, high2, n))
    return x1, x2


def _line_in_words(dataset: Dataset, name: str, b: float, w1: float, w2: float) -> str:
    upper = dataset.y == dataset.y.max()
    wrong = int(((dataset.x @ np.array([w1, w2]) + b >= 0) != upper).sum())
    verdict = "separates the classes" if not wrong else f"leaves {wrong} on the wrong side"
    cuts = f"meets the axes at ({_number(-b / w1)}, 0) and (0, {_number(-b / w2)})"
    return f"The line {name} {cuts} and {verdict}."


@house_style
def probability_map(
    dataset: Dataset,
    weight: ArrayLike,
    bias: float,
    *,
    question: Sequence[float] | None = None,
    question_name: str = "?",
) -> Picture:
    """Draw the output of a logistic neuron over the plane, with the points it learned from.  [le 5]

    Parameters
    ----------
    dataset : Dataset
        Points of shape (N, 2) with two classes.
    weight : array_like, shape (2,)
        Weights of the neuron.
    bias : float
        Its bias.
    question : sequence of float, length 2, optional
        A point whose class is not known.
    question_name : str, default "?"
        Its name.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    weight = np.asarray(weight, float)
    figure, axes = canvas(6.0, 4.6)
    words = [_scatter(axes, dataset)]
    limits = _limits(dataset)
    x1, x2 = _grid(limits)
    output = _sigmoid(weight[0] * x1 + weight[1] * x2 + bias)
    axes.contourf(x1, x2, output, levels=[0, 0.1, 0.5, 0.9, 1], colors=LEVELS, zorder=0)
    edges = axes.contour(x1, x2, output, levels=[0.1, 0.5, 0.9], colors="black", linestyles=["--", "-", "--"])
    axes.clabel(edges, fmt="%.1f", fontsize=13)
    words.append(_line_in_words(dataset, "of output one half", bias, *weight))
    if question is not None:
        axes.plot(*question, "*", color="black", markersize=15, linestyle="none", label=question_name)
        at = float(_sigmoid(weight @ np.asarray(question, float) + bias))
        words.append(
            f"At the star, {question_name} ({question[0]:g}, {question[1]:g}), the output is {at:.2f}."
        )
    figure.legend(loc="outside upper center", ncols=3)
    words.append("Dashed lines show where the output is 0.1 and 0.9.")
    return figure, " ".join(words)


@house_style
def activation_and_slope(
    operation: Callable[[Array], tuple[Array, Callable[..., Array]]], *, name: str, reach: float = 10.0
) -> Picture:
    """Plot an activation function and the derivative that its pullback gives.  [buduma fig. 1-11, le 3]

    Parameters
    ----------
    operation : callable
        ``operation(z) -> (y, back)``, such as ``reference.sigmoid``.
    name : str
        Name for the labels.
    reach : float, default 10.0
        Plot from -reach to reach.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    z = np.linspace(-reach, reach, 401)
    y, back = operation(z)
    slope = back(np.ones_like(z))
    figure, axes = canvas(6.0, 3.2)
    axes.plot(z, y, LINES[0], color=COLORS[0], label=f"{name}(z)")
    axes.plot(z, slope, LINES[1], color=COLORS[1], label=f"its slope, {name}′(z)")
    axes.set(xlabel="z")
    axes.legend(loc="upper left")
    top = int(slope.argmax())
    alt = (
        f"The curve of {name} for z from {_number(-reach)} to {_number(reach)}: it goes from "
        f"{_number(round(y[0], 4))} through {_number(y[200])} at 0 to {_number(round(y[-1], 4))}. "
        f"Its slope is largest near z = {_number(round(z[top], 3))}, where it is {_number(slope[top])}."
    )
    return figure, alt


@house_style
def shifted_curves(weights: Sequence[float], biases: Sequence[float], *, reach: float = 6.0) -> Picture:
    """Plot logistic neurons with one input side by side: what a weight does, what a bias does.

    Parameters
    ----------
    weights : sequence of float, length K
        Weights of the left panel's neurons, which have no bias.
    biases : sequence of float, length K
        Biases of the right panel's neurons, whose weight is 1.
    reach : float, default 6.0
        Plot inputs from -reach to reach.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    from matplotlib.figure import Figure

    x = np.linspace(-reach, reach, 301)
    figure = Figure(figsize=(6.4, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for k, w in enumerate(weights):
        left.plot(x, _sigmoid(w * x), LINES[k], color=COLORS[k], label=f"w = {_number(w)}")
    for k, b in enumerate(biases):
        right.plot(x, _sigmoid(x + b), LINES[k], color=COLORS[k], label=f"b = {_number(b)}")
        right.plot(-b, 0.5, MARKERS[k], color=COLORS[k])
    left.set(xlabel="x", ylabel="σ(w x + b)", title="weight, with b = 0")
    right.set(xlabel="x", title="bias, with w = 1")
    for axes in (left, right):
        axes.legend(loc="upper left", handlelength=1.6, borderpad=0.3)
        axes.set_ylim(-0.02, 1.9)
        axes.set_yticks([0, 0.5, 1])
    slopes = [f"{_number(w / 4)} for w = {_number(w)}" for w in weights]
    crossings = [f"x = {_number(-b)} for b = {_number(b)}" for b in biases]
    alt = (
        "Two panels of S-shaped curves. Left, the weight sets how steep the curve is where it crosses one "
        f"half at x = 0: its slope there is {_listed(slopes)}. Right, the bias moves the curve sideways: it "
        f"crosses one half at {_listed(crossings)}."
    )
    return figure, alt


@house_style
def costs(courses: Mapping[str, Sequence[float]], *, every: int) -> Picture:
    """Plot how the cost fell during several runs.

    Parameters
    ----------
    courses : mapping of str to sequence of float
        Costs by the name of the run, the first one before training.
    every : int
        Steps between two entries.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    figure, axes = canvas(6.0, 3.2)
    words = []
    for k, (name, course) in enumerate(courses.items()):
        axes.plot(np.arange(len(course)) * every, course, LINES[k], color=COLORS[k], label=name)
        half = every * int(np.argmax(np.asarray(course) < course[0] / 2))
        words.append(
            f"with {name} from {course[0]:.2f} to {course[-1]:.2f}, "
            + (f"below half after {half} steps" if half else "never below half")
        )
    axes.set(xlabel="steps", ylabel="cost J", ylim=(0, None))
    axes.legend()
    return figure, f"Cost against training steps: it falls {'; '.join(words)}."


@house_style
def digit_images(images: Array, captions: Sequence[str], *, columns: int = 10) -> Picture:
    """Show small images in rows, dark ink on white, each with its caption.

    Parameters
    ----------
    images : ndarray, shape (N, H, W)
        Ink from 0 to 1.
    captions : sequence of str, length N
        What is written above each.
    columns : int, default 10
        Images in a row.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    from matplotlib.figure import Figure

    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    size = 6.2 / columns
    figure = Figure(figsize=(6.2, rows * (size + 0.3)), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, image, caption in zip(grid.flat, images, captions, strict=False):
        axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        axes.set_title(caption, fontsize=14, pad=3)
    height, width = images.shape[1:]
    alt = f"{len(images)} gray images of {height} by {width} pixels, captioned {_listed(captions)}."
    return figure, alt


@house_style
def weight_images(weights: Array, captions: Sequence[str], *, columns: int = 5) -> Picture:
    """Show the weights of neurons as images: plus where ink speaks for "yes", minus where against.

    Parameters
    ----------
    weights : ndarray, shape (K, H, W)
        One map a neuron.
    captions : sequence of str, length K
        What is written above each.
    columns : int, default 5
        Maps in a row.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    from matplotlib.figure import Figure

    columns = min(columns, len(weights))
    rows = -(-len(weights) // columns)
    reach = float(np.abs(weights).max())
    width = 6.2 if columns > 2 else 4.2
    figure = Figure(figsize=(width, rows * (0.84 * width / columns + 0.35)), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, weight, caption in zip(grid.flat, weights, captions, strict=False):
        shown = axes.imshow(weight, cmap="PuOr", vmin=-reach, vmax=reach)
        axes.set_title(caption, fontsize=14, pad=6)
        _sign(axes, weight, reach, size=9 if columns > 2 else 13)
    figure.colorbar(shown, ax=grid, shrink=0.9, label="weight")
    return figure, " ".join(_weights_in_words(w, c) for w, c in zip(weights, captions, strict=True))


def _sign(axes: Axes, weight: Array, reach: float, size: int) -> None:
    for (row, column), value in np.ndenumerate(weight):
        if abs(value) > 0.4 * reach:
            mark = "+" if value > 0 else "−"
            axes.text(column, row, mark, ha="center", va="center", fontsize=size, color="white")


def _weights_in_words(weight: Array, caption: str) -> str:
    low, high = (np.unravel_index(place(weight), weight.shape) for place in (np.argmin, np.argmax))
    return (
        f"Weights of {caption}: most positive in row {high[0] + 1}, column {high[1] + 1}, "
        f"most negative in row {low[0] + 1}, column {low[1] + 1}."
    )
