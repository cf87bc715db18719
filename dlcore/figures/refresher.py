"""The pictures of chapter 00: broadcasting, slopes, two paths, going downhill, averages, entropy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore.errors import ShapeError
from dlcore.figures.base import COLORS, LINES, MARKERS, Picture, canvas, house_style
from dlcore.figures.planes import SIDES
from dlcore.figures.words import listed, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "binary_entropy",
    "descent",
    "difference_table",
    "running_means",
    "secants",
    "step_errors",
    "two_paths",
]

Array = NDArray[Any]
Scalar = Callable[[Any], Any]


@house_style
def difference_table(row: ArrayLike, column: ArrayLike) -> Picture:
    """Draw what NumPy computes for ``row - column``: every difference, not N of them.

    Parameters
    ----------
    row : array_like, shape (N,)
        The flat vector; NumPy reads it as one row.
    column : array_like, shape (N, 1)
        The column.

    Returns
    -------
    Picture
        Figure and alt text; the pairs that belong together are framed.

    Raises
    ------
    ShapeError
        If the two do not have N numbers each.
    """
    row, column = np.asarray(row, float), np.asarray(column, float)
    n = len(row)
    if row.ndim != 1 or column.shape != (n, 1):
        raise ShapeError("difference_table", "(N,) and (N, 1)", f"{row.shape} and {column.shape}")
    table = row - column
    figure, axes = canvas(5.2, 4.2)
    for i, j in np.ndindex(n, n):
        _cell(axes, i, j, number(table[i, j]), meant=i == j)
    axes.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal")
    axes.set_xticks(range(n), [number(value) for value in row])
    axes.set_yticks(range(n), [number(value) for value in column[:, 0]])
    axes.set(xlabel=f"row of shape ({n},)", ylabel=f"column of shape ({n}, 1)")
    axes.tick_params(length=0)
    axes.grid(visible=False)
    down, across, own = (listed(_numbers(part)) for part in (column[:, 0], row, table.diagonal()))
    alt = (
        f"A table of {n} by {n} differences: each number of the row ({across}) less each number of the "
        f"column ({down}). The {n} on the diagonal are framed: {own}. The other "
        f"{n * n - n} pair a number with one that does not belong to it."
    )
    return figure, alt


def _cell(axes: Axes, i: int, j: int, text: str, *, meant: bool) -> None:
    from matplotlib.patches import Rectangle

    style = {"edgecolor": "black", "linewidth": 2.5, "zorder": 2} if meant else {"edgecolor": "#BBBBBB"}
    axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=SIDES[0] if meant else SIDES[1], **style))
    weight = "bold" if meant else "normal"
    axes.text(j, i, text, ha="center", va="center", fontsize=16, fontweight=weight, zorder=3)


def _numbers(values: Array) -> list[str]:
    return [number(value) for value in values]


@house_style
def secants(f: Scalar, slope: Scalar, x: float, steps: Sequence[float], *, name: str = "f(x)") -> Picture:
    """Draw a curve, lines through two of its points that come closer, and the line they become.

    Parameters
    ----------
    f, slope : callable
        Function and derivative, for arrays.
    x : float
        Where.
    steps : sequence of float
        Steps from x to the second point, largest first.
    name : str, default "f(x)"
        Name of the curve.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    figure, axes = canvas(6.0, 4.0)
    span = np.linspace(x - max(steps) * 0.6, x + max(steps) * 1.25, 200)
    axes.plot(span, f(span), color="black", linewidth=3, label=name)
    words = []
    for k, step in enumerate(steps):
        rise = (f(x + step) - f(x)) / step
        label = f"step {number(step)}: slope {number(rise)}"
        axes.plot(span, f(x) + rise * (span - x), LINES[k + 1], color=COLORS[k], label=label)
        axes.plot(x + step, f(x + step), MARKERS[k], color=COLORS[k])
        words.append(f"with a step of {number(step)} a slope of {number(rise)}")
    label = f"tangent: slope {number(slope(x))}"
    axes.plot(span, f(x) + slope(x) * (span - x), color=COLORS[len(steps)], label=label)
    axes.plot(x, f(x), "o", color="black")
    axes.set(xlabel="x", xlim=(span[0], span[-1]))
    axes.legend(loc="upper left")
    alt = (
        f"The curve {name} and lines through its point at x = {number(x)} and a second point: "
        f"{listed(words)}. They turn towards the tangent, of slope {number(slope(x))}."
    )
    return figure, alt


@house_style
def step_errors(f: Scalar, x: float, exact: float) -> Picture:
    """Plot the error of difference quotients against their step.  [le 9]

    Parameters
    ----------
    f : callable
        Function of one number.
    x : float
        Where.
    exact : float
        The derivative there.

    Returns
    -------
    Picture
        Figure and alt text, with the best step of each formula.
    """
    eps = 10.0 ** np.arange(-15, 0)
    quotients = {
        "forward": [(f(x + e) - f(x)) / e for e in eps],
        "central": [(f(x + e) - f(x - e)) / (2 * e) for e in eps],
    }
    figure, axes = canvas(6.0, 3.8)
    words = []
    for k, (name, values) in enumerate(quotients.items()):
        # A logarithmic axis has no place for an error that rounds to nothing.
        error = np.maximum(np.abs(np.array(values) - exact), np.spacing(exact))
        axes.plot(eps, error, LINES[k], marker=MARKERS[k], color=COLORS[k], label=name)
        best = int(error.argmin())
        words.append(
            f"{name} differences are best near {eps[best]:.0e}, with an error below {_bound(error[best])}, "
            f"and have an error of {number(error[0])} at {eps[0]:.0e}"
        )
    axes.set(xscale="log", yscale="log", xlabel="step ε", ylabel="error of the derivative")
    axes.legend(loc="lower left")
    alt = (
        "Error of a numerical derivative against the step, both on logarithmic axes. Each curve falls as "
        f"the step shrinks, and rises again when rounding takes over: {'; '.join(words)}."
    )
    return figure, alt


def _bound(value: float) -> str:
    return f"{10.0 ** np.ceil(np.log10(value)):.0e}"


@house_style
def two_paths(labels: Mapping[str, str]) -> Picture:
    """Draw how x reaches z through u and through v, with the derivative on each edge.  [mmds 13.3.2]

    Parameters
    ----------
    labels : mapping of str to str
        What to write at the edges ``"xu"``, ``"xv"``, ``"uz"`` and ``"vz"``.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    figure, axes = canvas(6.0, 2.8)
    places = {"x": (0.0, 0.0), "u": (1.5, 0.8), "v": (1.5, -0.8), "z": (3.0, 0.0)}
    for start, end in ("xu", "xv", "uz", "vz"):
        (x0, y0), (x1, y1) = places[start], places[end]
        arrow = {"arrowstyle": "-|>", "color": "black", "linewidth": 2, "shrinkA": 20, "shrinkB": 20}
        axes.annotate("", (x1, y1), (x0, y0), arrowprops=arrow)
        above = 0.36 if y0 + y1 > 0 else -0.36
        axes.text((x0 + x1) / 2, (y0 + y1) / 2 + above, labels[start + end], ha="center", va="center")
    for name, (x, y) in places.items():
        axes.plot(x, y, "o", color=SIDES[0], markeredgecolor="black", markersize=36)
        axes.text(x, y, name, ha="center", va="center", fontsize=17, fontstyle="italic")
    axes.set(xlim=(-0.4, 3.4), ylim=(-1.25, 1.25))
    axes.axis("off")
    alt = (
        "Four nodes. x points to u and to v, and both point to z. The derivative on the edge from x to u is "
        f"{labels['xu']}, from u to z {labels['uz']}, from x to v {labels['xv']}, from v to z {labels['vz']}."
    )
    return figure, alt


@house_style
def descent(f: Scalar, paths: Mapping[str, Array], *, reach: float, levels: Sequence[float]) -> Picture:
    """Draw level lines of a function of two numbers, and steps across them.

    Parameters
    ----------
    f : callable
        ``f((w1, w2)) -> value``, for arrays of one shape.
    paths : mapping of str to ndarray, shape (K + 1, 2)
        Points by the name of the walk, the start first.
    reach : float
        Draw from -reach to reach.
    levels : sequence of float
        Heights of the level lines, in rising order.

    Returns
    -------
    Picture
        Figure and alt text, with the value where each walk begins and ends.
    """
    figure, axes = canvas(5.6, 5.0)
    w = np.meshgrid(*[np.linspace(-reach, reach, 201)] * 2)
    lines = axes.contour(*w, f(w), levels=levels, colors="#888888", linewidths=1)
    axes.clabel(lines, fmt=number, fontsize=12)
    words = []
    for k, (name, path) in enumerate(paths.items()):
        axes.plot(*path.T, LINES[k], marker=MARKERS[k], color=COLORS[k], label=name)
        axes.plot(*path[0], "o", color="black", markersize=11, zorder=5)
        values = f(path.T)
        steps = f"{len(path) - 1} step{'s' if len(path) > 2 else ''}"
        words.append(f"the walk {name} goes from {number(values[0])} to {number(values[-1])} in {steps}")
    axes.set(xlabel="w₁", ylabel="w₂", aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach))
    figure.legend(loc="outside upper center")
    start = ", ".join(_numbers(next(iter(paths.values()))[0]))
    heights = listed(_numbers(np.asarray(levels)))
    words[0] = f"From ({start}), {words[0]}"
    return figure, f"Level lines of a function of w₁ and w₂ at {heights}. {'; '.join(words)}."


@house_style
def running_means(samples: Array, expected: float) -> Picture:
    """Plot how the average of the first n draws settles, for several runs.

    Parameters
    ----------
    samples : ndarray, shape (R, N)
        One run a row.
    expected : float
        Where the averages go.

    Returns
    -------
    Picture
        Figure and alt text, with the largest distance after ten draws and at the end.
    """
    n = np.arange(1, samples.shape[1] + 1)
    means = samples.cumsum(axis=1) / n
    figure, axes = canvas(6.0, 3.6)
    for k, run in enumerate(means):
        axes.plot(n, run, LINES[k], color=COLORS[k], label=f"run {k + 1}")
    axes.axhline(expected, color="black", linewidth=1, label=f"expected: {number(expected)}")
    axes.set(xscale="log", xlabel="draws so far", ylabel="their average")
    axes.legend(ncols=2)
    distance = np.abs(means - expected).max(axis=0)
    alt = (
        f"Average of the first n draws in {len(samples)} runs, n on a logarithmic axis. The averages differ "
        f"at first and settle at {number(expected)}: the farthest run is {distance[9]:.2f} away after 10 "
        f"draws and {distance[-1]:.2f} after {n[-1]}."
    )
    return figure, alt


@house_style
def binary_entropy() -> Picture:
    """Plot the entropy of a coin against the probability of heads, in bits.  [mmds 13.2.9]

    Returns
    -------
    Picture
        Figure and alt text.
    """
    p = np.linspace(0, 1, 201)
    inner = p[1:-1]
    bits = np.zeros_like(p)
    bits[1:-1] = -inner * np.log2(inner) - (1 - inner) * np.log2(1 - inner)
    figure, axes = canvas(6.0, 3.4)
    axes.plot(p, bits, color=COLORS[0])
    marked = np.array([100, 180])
    axes.plot(p[marked], bits[marked], MARKERS[1], color=COLORS[1])
    for i in marked:
        axes.annotate(f"{bits[i]:.3f}", (p[i], bits[i]), (10, 2), textcoords="offset points")
    axes.set(xlabel="probability of heads", ylabel="entropy in bits", ylim=(0, 1.15))
    alt = (
        "Entropy of a coin against its probability of heads: an arch that is 0 at 0 and 1, highest in the "
        f"middle with {bits[100]:.3f} bit, and {bits[180]:.3f} bit at a probability of {p[180]:.1f}."
    )
    return figure, alt
