"""Points in the plane, and what a model makes of the plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore.data import Dataset, logic_gates
from dlcore.figures.base import COLORS, LINES, MARKERS, Picture, canvas, house_style
from dlcore.figures.words import listed, number
from dlcore.reference.activations import sigmoid

if TYPE_CHECKING:
    from matplotlib.axes import Axes


__all__ = [
    "gate_panels",
    "point_classes",
    "probability_map",
    "regions",
]

Array = NDArray[Any]

# Tints of the first two colors for the two sides of a line.
SIDES = ("#D6E6F2", "#FBE3D3")
# The same for four ranges of an output between 0 and 1.
LEVELS = ("#B9D5E8", "#E3EEF6", "#FDEFE5", "#F6CDB0")


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
    return f"{len(dataset)} points over {listed(dataset.feature_names)}: {listed(counts)}."


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
    cuts = f"meets the axes at ({number(-b / w1)}, 0) and (0, {number(-b / w2)})"
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
    output = sigmoid(weight[0] * x1 + weight[1] * x2 + bias)[0]
    axes.contourf(x1, x2, output, levels=[0, 0.1, 0.5, 0.9, 1], colors=LEVELS, zorder=0)
    edges = axes.contour(x1, x2, output, levels=[0.1, 0.5, 0.9], colors="black", linestyles=["--", "-", "--"])
    axes.clabel(edges, fmt="%.1f", fontsize=13)
    words.append(_line_in_words(dataset, "of output one half", bias, *weight))
    if question is not None:
        axes.plot(*question, "*", color="black", markersize=15, linestyle="none", label=question_name)
        at = float(sigmoid(weight @ np.asarray(question, float) + bias)[0])
        words.append(
            f"At the star, {question_name} ({question[0]:g}, {question[1]:g}), the output is {at:.2f}."
        )
    figure.legend(loc="outside upper center", ncols=3)
    words.append("Dashed lines show where the output is 0.1 and 0.9.")
    return figure, " ".join(words)


@house_style
def gate_panels(gates: Mapping[str, Sequence[tuple[float, float, float]]]) -> Picture:
    """Draw the truth tables of gates as points, and the region where neurons fire.  [rawassizadeh fig. 10.9]

    Parameters
    ----------
    gates : mapping of str to sequence of (b, w1, w2)
        For each gate of ``data.logic_gates`` the neurons that must all fire: one line, or several.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.9), layout="constrained")
    panels = figure.subplots(1, len(gates), sharey=True, squeeze=False)[0]
    a, b = _grid(np.array([[-0.5, 1.5], [-0.5, 1.5]]))
    words = []
    for axes, (name, lines) in zip(panels, gates.items(), strict=True):
        table = logic_gates(name)
        fires = np.all([c + w1 * a + w2 * b > 0 for c, w1, w2 in lines], axis=0)
        axes.contourf(a, b, fires, levels=[-0.5, 0.5, 1.5], colors=SIDES, zorder=0)
        for k, (c, w1, w2) in enumerate(lines):
            axes.contour(a, b, c + w1 * a + w2 * b, levels=[0], colors="black", linestyles=[LINES[k]])
        for k in (0, 1):
            axes.plot(*table.x[table.y == k].T, MARKERS[k], color=COLORS[k], linestyle="none", markersize=11)
        parameters = "\n".join(f"{number(w1)}, {number(w2)}; {number(c)}" for c, w1, w2 in lines)
        axes.set(xlabel=f"A\nw₁, w₂; b\n{parameters}", title=name.upper(), aspect="equal")
        axes.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=[0, 1], yticks=[0, 1])
        ones = listed([f"{int(i)}{int(j)}" for i, j in table.x[table.y == 1]])
        drawn = listed([f"{_weighed(w1, w2)} = {number(-c)}" for c, w1, w2 in lines])
        words.append(f"{name.upper()} is 1 at {ones}, in the region cut out by {drawn}.")
    panels[0].set_ylabel("B", rotation=0)
    alt = (
        f"The four points of {len(gates)} truth tables, a square for 0 and a circle for 1. {' '.join(words)}"
    )
    return figure, alt


def _weighed(w1: float, w2: float) -> str:
    factors = [{1.0: "", -1.0: "−"}.get(float(w), number(w)) for w in (w1, w2)]
    return f"{factors[0]}A + {factors[1]}B".replace("+ −", "− ")


@house_style
def regions(dataset: Dataset, models: Mapping[str, Callable[[Array], Array]]) -> Picture:
    """Draw side by side where each model says yes, and the points that it should say it of.

    Parameters
    ----------
    dataset : Dataset
        Points of shape (N, 2) with two classes.
    models : mapping of str to callable
        By name, a function from points (M, 2) to yes or no, shape (M,).

    Returns
    -------
    Picture
        Figure and alt text.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 6.4 / len(models) + 0.5), layout="constrained")
    panels = figure.subplots(1, len(models), sharey=True, squeeze=False)[0]
    x1, x2 = _grid(_limits(dataset), n=160)
    upper = dataset.y == dataset.y.max()
    words = []
    for axes, (name, model) in zip(panels, models.items(), strict=True):
        says = np.asarray(model(np.c_[x1.ravel(), x2.ravel()])).reshape(x1.shape)
        axes.contourf(x1, x2, says, levels=[-0.5, 0.5, 1.5], colors=SIDES, zorder=0)
        axes.contour(x1, x2, says, levels=[0.5], colors="black")
        for k, label in enumerate(np.unique(dataset.y)):
            points = dataset.x[dataset.y == label].T
            axes.plot(*points, MARKERS[k], color=COLORS[k], markeredgecolor="white", markersize=6)
        axes.set(title=name, xticks=[], yticks=[], aspect="equal")
        right = np.mean(np.asarray(model(dataset.x)) == upper)
        words.append(f"{name} puts {right:.0%} on their side")
    return figure, f"{len(dataset)} points of two classes, and where each model says yes: {'; '.join(words)}."
