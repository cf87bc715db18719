"""Section 13.4: filters designed by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.exercises.engine import Slip, all_bits
from dlcore.exercises.engine.detector import Detector

__all__ = ["vertical_boundary", "diagonal_boundary", "corner"]  # noqa: RUF022 the order of the book

Filter = NDArray[Any]

VERTICAL = np.array([[0, 1, 1], [0, 1, 1], [0, 1, 1]])
DIAGONAL = np.array([[0, 1, 1], [0, 0, 1], [0, 0, 0]])
CORNER = np.array([[1, 1, 1], [1, 0, 0], [1, 0, 0]])

STATEMENT = (
    "Pixels are 0 (white) or 1 (black). A 3 × 3 filter has a weight for each place, rows and columns 0 to 2 "
    "from the upper left, and a bias. Its response to a window is the sum of all weights times the pixels "
    "under them, plus the bias; the filter is not turned. Give a filter that detects {}: its response is "
    "above 0 on that window and on no other of the 512 windows. The answer is (W, b): W three rows of three "
    "numbers, b a number."
)


def _signs(window: Filter) -> Filter:
    """Weigh a place with 1 where the window has a 1, else with -1."""
    return 2 * window - 1


def _finds(window: Filter) -> Callable[[NDArray[Any]], float]:
    return lambda x: float(np.array_equal(x.reshape(3, 3), window))


def _filter(weights: Filter, bias: float) -> Any:
    return weights.tolist(), bias


def _slips(window: Filter) -> tuple[Slip, ...]:
    """Return what goes wrong with any window."""
    signs, ones = _signs(window), int(window.sum())
    return (
        Slip(
            "zeros cost nothing",
            _filter(window, 0.5 - ones),
            says="Weights of 0 ignore the places that must be white: a 1 there costs nothing.",
            hint="Try the window of nine ones. What should a black pixel in a white place do to the "
            "response?",
        ),
        Slip(
            "ones count nothing",
            _filter(window - 1, 0.5),
            says="Weights of 0 ignore the places that must be black: a white pixel there costs nothing.",
            hint="Try the window without any 1. What is missing in it?",
        ),
        Slip(
            "opposite window",
            _filter(-signs, ones - 8.5),
            says="All signs are reversed: this looks for the window with 0 and 1 exchanged.",
            hint="Which pixels must be 1? What does each of them add to the response?",
        ),
        Slip(
            "counts ones",
            _filter(np.ones((3, 3), int), 0.5 - ones),
            says="With positive weights everywhere the filter counts black pixels, wherever they are.",
            hint="Move one black pixel to a place that must be white. The response has to fall.",
        ),
        Slip(
            "exactly 0",
            _filter(signs, -ones),
            says="The bias takes away all of the full score: the described window responds with exactly 0, "
            "not above.",
            hint="The bias must lie between two scores: the full one and the next.",
            credit=0.5,
        ),
        Slip(
            "silent everywhere",
            _filter(signs, -9),
            says="The signs are right, but the bias takes away more than the largest score: the filter "
            "never responds.",
            hint="How large is the response without a bias on the described window? It has to stay above 0.",
        ),
        Slip(
            "bias with the sign of a threshold",
            _filter(signs, ones - 0.5),
            says="The weights are right and the bias has the right size, but the wrong sign: it is added.",
            hint="Does a positive bias make it harder or easier to get above 0?",
            credit=0.5,
        ),
    )


vertical_boundary = Detector(
    id="mmds-exercise13.4.4a",
    title="A filter for a vertical boundary",
    statement=STATEMENT.format("a vertical boundary, the window with rows 011, 011, 011"),
    source="mmds 13.4.6",
    stub="edge = (..., ...)  # W, b\n",
    points=2,
    inputs=all_bits(9),
    target=_finds(VERTICAL),
    reference=_filter(_signs(VERTICAL), -5.5),
    also=(
        {"W": 2 * _signs(VERTICAL).astype(np.float32), "b": np.float32(-10)},
        (np.array([-3, 1, 2] * 3).reshape(1, 1, 3, 3), [-8.5]),
    ),
    hints=(
        "Which places must be black, which white? What should a wrong pixel of each kind do to the response?",
        "A black pixel in its place should raise the response, a black pixel in a white place should lower "
        "it. Which window then has the largest response?",
        "Work out the largest response without a bias, and the next one. The bias has to come between them.",
        "Each row is [-1, 1, 1]: the window scores 6, all others at most 5. The bias is -5.5.",
    ),
    slips=(
        *_slips(VERTICAL),
        Slip(
            "no threshold",
            _filter(_signs(VERTICAL), 0),
            says="The signs are right, but nothing holds back the windows that show only a part of the "
            "boundary.",
            hint="Try the window of nine ones, and a window with a single one. How large may the bias be?",
        ),
        Slip(
            "middle column free",
            _filter(np.array([[-1, 0, 1]] * 3), 0),
            says="The middle column has weights of 0, as in the usual filters for gradients, so it may hold "
            "anything.",
            hint="Exchange a pixel in the middle column. Does the response change?",
        ),
        Slip(
            "boundary further right",
            _filter(np.array([[-1, -1, 1]] * 3), -2.5),
            says="This boundary lies one column too far right: the middle column has to be black.",
            hint="Write the window beside W. Where does it hold ones?",
        ),
        Slip(
            "mirrored",
            _filter(_signs(VERTICAL)[:, ::-1], -5.5),
            says="This finds the mirror image: black on the left, white on the right.",
            hint="Column 0 is the left one. W lies on the window as it is, it is not turned.",
        ),
        Slip(
            "rows for columns",
            _filter(_signs(VERTICAL).T, -5.5),
            says="This finds a horizontal boundary: rows and columns are exchanged.",
            hint="Print W as an array. What do its rows hold?",
        ),
        Slip(
            "a dot",
            _filter(np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]), 0),
            says="This compares the middle with its surroundings: it finds single dots, not a boundary to "
            "the left.",
            hint="A filter for a direction treats left and right differently.",
        ),
    ),
    because="Six places must be black: the window scores 6. A white pixel among them, or a black one in the "
    "left column, costs at least 1, so all others score at most 5.",
)


diagonal_boundary = Detector(
    id="mmds-exercise13.4.4b",
    title="A filter for a diagonal boundary",
    statement=STATEMENT.format("a diagonal boundary, the window with rows 011, 001, 000"),
    source="mmds 13.4.6",
    stub="edge = (..., ...)  # W, b\n",
    points=2,
    inputs=all_bits(9),
    target=_finds(DIAGONAL),
    reference=_filter(_signs(DIAGONAL), -2.5),
    also=(
        {"W": np.array([[-1, 3, 2], [-4, -2, 5], [-1, -1, -9]], np.float32), "bias": np.float64(-9.25)},
        [_signs(DIAGONAL).ravel().tolist(), -2.01],
    ),
    hints=(
        "Three places must be black, six white. What should a wrong pixel of each kind do to the response?",
        "Count how the described window scores, and how a window with one pixel changed scores.",
        "The bias has to come between the largest score and the next one, and must not reach either in a "
        "way that lets a wrong window through.",
        "Rows [-1, 1, 1], [-1, -1, 1], [-1, -1, -1]: the window scores 3, all others at most 2. The bias is "
        "-2.5.",
    ),
    slips=(
        *_slips(DIAGONAL),
        Slip(
            "diagonal counted",
            _filter(np.array([[1, 1, 1], [-1, 1, 1], [-1, -1, 1]]), -5.5),
            says="The main diagonal is taken as black. In this window it is white: there are three ones, "
            "not six.",
            hint="Write the window beside W and count its ones.",
        ),
        Slip(
            "diagonal free",
            _filter(np.array([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]]), -2.5),
            says="The main diagonal has weights of 0, so its three pixels may hold anything; they must be "
            "white.",
            hint="Put a 1 on the diagonal. Does the response change?",
        ),
        Slip(
            "other side of the diagonal",
            _filter(_signs(DIAGONAL).T, -2.5),
            says="This finds the triangle at the lower left: rows and columns are exchanged, or the filter "
            "is turned.",
            hint="Row 0 is the upper one, column 0 the left one. W lies on the window as it is.",
        ),
        Slip(
            "mirrored",
            _filter(_signs(DIAGONAL)[:, ::-1], -2.5),
            says="This finds the triangle at the upper left: left and right are exchanged.",
            hint="Column 0 is the left one. Print W as an array.",
        ),
        Slip(
            "upside down",
            _filter(_signs(DIAGONAL)[::-1], -2.5),
            says="This finds the triangle at the lower right: up and down are exchanged.",
            hint="Row 0 is the upper one. Print W as an array.",
        ),
    ),
    because="Three places must be black: the window scores 3. A white pixel among them, or a black one "
    "anywhere else, costs at least 1, so all others score at most 2.",
)


corner = Detector(
    id="mmds-exercise13.4.4c",
    title="A filter for a corner",
    statement=STATEMENT.format("a corner, the window with rows 111, 100, 100"),
    source="mmds 13.4.6",
    stub="edge = (..., ...)  # W, b\n",
    points=2,
    inputs=all_bits(9),
    target=_finds(CORNER),
    reference=_filter(_signs(CORNER), -4.5),
    also=(
        {"weights": (0.25 * _signs(CORNER)).tolist(), "b": -1},
        [np.array([[7, 2, 2], [2, -3, -2], [2, -2, -2]], np.float32), np.array([-14])],
    ),
    hints=(
        "Five places must be black, the block of four must be white. What should a wrong pixel of each kind "
        "do?",
        "A black pixel in the block has to lower the response as surely as a missing one outside of it.",
        "Work out the largest response without a bias, and the next one. The bias has to come between them.",
        "Rows [1, 1, 1], [1, -1, -1], [1, -1, -1]: the window scores 5, all others at most 4. The bias is "
        "-4.5.",
    ),
    slips=(
        *_slips(CORNER),
        Slip(
            "no threshold",
            _filter(_signs(CORNER), 0),
            says="The signs are right, but nothing holds back the windows that show only a part of the "
            "corner.",
            hint="Try the window of nine ones, and a window with a single one. How large may the bias be?",
        ),
        Slip(
            "block at the upper left",
            _filter(_signs(CORNER)[::-1, ::-1], -4.5),
            says="The white block lies at the upper left here, as in a filter turned by 180 degrees; it "
            "belongs to the lower right.",
            hint="Row 0 and column 0 meet at the upper left. Print W as an array.",
        ),
        Slip(
            "mirrored",
            _filter(_signs(CORNER)[:, ::-1], -4.5),
            says="The white block lies at the lower left here: left and right are exchanged.",
            hint="Column 0 is the left one. Print W as an array.",
        ),
        Slip(
            "upside down",
            _filter(_signs(CORNER)[::-1], -4.5),
            says="The white block lies at the upper right here: up and down are exchanged.",
            hint="Row 0 is the upper one. Print W as an array.",
        ),
        Slip(
            "one white pixel",
            _filter(np.array([[1, 1, 1], [1, 1, 1], [1, 1, -1]]), -7.5),
            says="Only the pixel in the very corner is taken as white; the white block has four.",
            hint="Write the window beside W and count its zeros.",
        ),
        Slip(
            "middle forgotten",
            _filter(np.array([[1, 1, 1], [1, 1, -1], [1, -1, -1]]), -5.5),
            says="The pixel in the middle is taken as black; it belongs to the white block.",
            hint="The block has two rows and two columns. Which place is its upper left one?",
        ),
    ),
    because="Five places must be black: the window scores 5. A white pixel among them, or a black one in "
    "the block, costs at least 1, so all others score at most 4.",
)
