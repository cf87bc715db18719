"""Images side by side: digits, and the weights of neurons that read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dlcore.figures.base import Picture, house_style
from dlcore.figures.words import listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes


__all__ = [
    "digit_images",
    "image_rows",
    "weight_images",
]

Array = NDArray[Any]


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
    alt = f"{len(images)} gray images of {height} by {width} pixels, captioned {listed(captions)}."
    return figure, alt


@house_style
def image_rows(images: Array, names: Sequence[str]) -> Picture:
    """Show rows of small images, one row a class.  [buduma fig. 1-1]

    Parameters
    ----------
    images : ndarray, shape (R, C, H, W)
        Ink from 0 to 1.
    names : sequence of str, length R
        Names of the rows.

    Returns
    -------
    Picture
        Figure and alt text.
    """
    from matplotlib.figure import Figure

    rows, columns, height, width = images.shape
    framed = np.pad(images, ((0, 0), (0, 0), (0, 1), (0, 1)))
    mosaic = framed.transpose(0, 2, 1, 3).reshape(rows * (height + 1), columns * (width + 1))
    figure = Figure(figsize=(6.2, 6.2 * rows / columns), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(mosaic, cmap="gray_r", vmin=0, vmax=1)
    axes.set_yticks((height + 1) * np.arange(rows) + height / 2 - 0.5, names)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    alt = (
        f"{rows} rows of {columns} gray images of {height} by {width} pixels; the rows show {listed(names)}."
    )
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
    figure = Figure(figsize=(width, rows * (width / columns + 0.35) + 0.7), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for axes, weight, caption in zip(grid.flat, weights, captions, strict=False):
        shown = axes.imshow(weight, cmap="PuOr", vmin=-reach, vmax=reach)
        axes.set_title(caption, fontsize=14, pad=6)
        _sign(axes, weight, reach, size=9 if columns > 2 else 13)
    # Below the maps the bar costs them no width, which is what a phone has least of.
    figure.colorbar(shown, ax=grid, location="bottom", aspect=30, label="weight")
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
