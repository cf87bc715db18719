"""Curves: activations, rules that look at one number, and how training went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.data import Dataset
from dlcore.figures.base import COLORS, LINES, MARKERS, Picture, canvas, house_style
from dlcore.figures.words import listed, number
from dlcore.reference.activations import sigmoid

__all__ = [
    "activation_and_slope",
    "activations",
    "costs",
    "curves",
    "cutoffs",
    "shifted_curves",
]

Array = NDArray[Any]
Operation = Callable[[Array], tuple[Array, Callable[..., Array]]]


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
    names, _, units = zip(*(feature.partition(", ") for feature in dataset.feature_names), strict=True)
    figure, axes = canvas(6.0, 3.4)
    words = []
    for k, name in enumerate(names):
        values = np.unique(dataset.x[:, k])
        right = [float(np.mean((dataset.x[:, k] >= cutoff) == upper)) for cutoff in values]
        axes.plot(values, right, LINES[k], marker=MARKERS[k], color=COLORS[k], label=f"by {name} alone")
        best = int(np.argmax(right))
        words.append(f"by {name} alone at most {right[best]:.0%}, at a cutoff of {values[best]:g}")
    axes.set(
        xlabel=f"cutoff, {units[0]}" if units[0] else "cutoff", ylabel="share answered right", ylim=(0, 1.05)
    )
    axes.axhline(1, color="black", linewidth=1)
    axes.legend(loc="lower left")
    return figure, f"Share of right answers against the cutoff of a rule on one feature: {'; '.join(words)}."


@house_style
def activation_and_slope(operation: Operation, *, name: str, reach: float = 10.0) -> Picture:
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
        f"The curve of {name} for z from {number(-reach)} to {number(reach)}: it goes from "
        f"{number(round(y[0], 4))} through {number(y[200])} at 0 to {number(round(y[-1], 4))}. "
        f"Its slope is largest near z = {number(round(z[top], 3))}, where it is {number(slope[top])}."
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
        left.plot(x, sigmoid(w * x)[0], LINES[k], color=COLORS[k], label=f"w = {number(w)}")
    for k, b in enumerate(biases):
        right.plot(x, sigmoid(x + b)[0], LINES[k], color=COLORS[k], label=f"b = {number(b)}")
        right.plot(-b, 0.5, MARKERS[k], color=COLORS[k])
    left.set(xlabel="x", ylabel="σ(w x + b)", title="weight, with b = 0")
    right.set(xlabel="x", title="bias, with w = 1")
    for axes in (left, right):
        axes.legend(loc="upper left", handlelength=1.6, borderpad=0.3)
        axes.set_ylim(-0.02, 1.9)
        axes.set_yticks([0, 0.5, 1])
    slopes = [f"{number(w / 4)} for w = {number(w)}" for w in weights]
    crossings = [f"x = {number(-b)} for b = {number(b)}" for b in biases]
    alt = (
        "Two panels of S-shaped curves. Left, the weight sets how steep the curve is where it crosses one "
        f"half at x = 0: its slope there is {listed(slopes)}. Right, the bias moves the curve sideways: it "
        f"crosses one half at {listed(crossings)}."
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
def curves(x: Array, named: Mapping[str, Array], *, xlabel: str, ylabel: str) -> Picture:
    """Plot several curves over one axis.

    Parameters
    ----------
    x : ndarray, shape (N,)
        Where.
    named : mapping of str to ndarray, shape (N,)
        Values by the name of the curve.
    xlabel, ylabel : str
        Labels of the axes.

    Returns
    -------
    Picture
        Figure and alt text, with the start, the end and the extremes of each curve.
    """
    figure, axes = canvas(6.0, 3.4)
    words = []
    for k, (name, y) in enumerate(named.items()):
        axes.plot(x, y, LINES[k], color=COLORS[k], label=name)
        low, high = int(np.argmin(y)), int(np.argmax(y))
        words.append(
            f"{name} goes from {number(y[0])} to {number(y[-1])}, lowest {number(y[low])} "
            f"at {number(x[low])}, highest {number(y[high])} at {number(x[high])}"
        )
    axes.set(xlabel=xlabel, ylabel=ylabel)
    if len(named) > 1:
        figure.legend(loc="outside upper center", ncols=min(len(named), 3))
    span = f"{xlabel} from {number(x[0])} to {number(x[-1])}"
    return figure, f"{ylabel[0].upper()}{ylabel[1:]} over {span}: {'; '.join(words)}."


@house_style
def activations(operations: Mapping[str, Operation], *, reach: float = 5.0) -> Picture:
    """Plot activation functions side by side with the derivatives that their pullbacks give.

    Parameters
    ----------
    operations : mapping of str to callable
        ``operation(z) -> (y, back)`` by name.
    reach : float, default 5.0
        Plot from -reach to reach.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    from matplotlib.figure import Figure

    z = np.linspace(-reach, reach, 401)
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    words = []
    for k, (name, operation) in enumerate(operations.items()):
        y, back = operation(z)
        slope = back(np.ones_like(z))
        left.plot(z, y, LINES[k], color=COLORS[k], label=name)
        right.plot(z, slope, LINES[k], color=COLORS[k])
        words.append(
            f"{name} runs from {number(round(y[0], 3))} to {number(round(y[-1], 3))}, its slope is at most "
            f"{number(slope.max())} and at least {number(round(slope.min(), 3))}"
        )
    left.set(xlabel="z", title="g(z)", ylim=(-1.3, 3))
    right.set(xlabel="z", title="slope g′(z)")
    figure.legend(loc="outside lower center", ncols=3)
    span = f"z from {number(-reach)} to {number(reach)}"
    return figure, f"Activations on the left and their slopes on the right, for {span}: {'; '.join(words)}."
