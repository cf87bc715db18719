"""Section 13.4: convolution and pooling."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from dlcore.exercises.engine import Formula, Number, Slip

__all__ = [
    "last_layer",
    "last_layer_with_stride",
    "pooling_size",
    "responses",
    "responses_with_stride",
    "same_padding",
]

# Part 13.4.1: stride 1.


def _drawn_image(rng: np.random.Generator) -> Mapping[str, int]:
    return {"m": int(rng.integers(20, 600)), "f": int(rng.choice([3, 4, 5, 7, 9]))}


responses = Number(
    id="mmds-exercise13.4.1a",
    title="How many responses",
    statement="A filter of {f} × {f} moves over an image of {m} × {m} with stride 1 and without padding. "
    "How many responses are there?",
    source="mmds 13.4.6",
    stub="count = ...\n",
    given={"m": 512, "f": 3},
    draw=_drawn_image,
    reference=lambda m, f: (m - f + 1) ** 2,
    also=(lambda m, f: f"{len(range(0, m - f + 1)) ** 2:,}", lambda m, f: [np.float64(m - f + 1) ** 2]),
    hints=(
        "Count along one side first: at how many places can the filter start?",
        "On a line of 5 places a window of 3 can start at 3 of them.",
        "A side has {m} - {f} + 1 places; the responses fill a square of that side.",
    ),
    slips=(
        Slip(
            "as large as the image",
            lambda m, f: m**2,
            says="That many there would be with padding. Without it, the filter cannot start at the last "
            "rows and columns.",
            hint="Where is the last place at which the whole filter still fits?",
        ),
        Slip(
            "one too few",
            lambda m, f: (m - f) ** 2,
            says="The + 1 is missing: the first place counts as well.",
            hint="On a line of 5 places, at how many can a window of 3 start?",
        ),
        Slip(
            "one too many",
            lambda m, f: (m - f + 2) ** 2,
            says="One place too many along each side.",
            hint="On a line of 5 places, at how many can a window of 3 start?",
        ),
        Slip(
            "corners taken away twice",
            lambda m, f: m**2 - 2 * m * (f - 1),
            says="A strip is taken away along each side, and so what lies in a corner twice.",
            hint="Count the places along one side, then those of the square.",
        ),
        Slip(
            "one side",
            lambda m, f: m - f + 1,
            says="This is the number along one side.",
            hint="The filter moves along both axes.",
        ),
        Slip(
            "one side + one too few",
            lambda m, f: m - f,
            says="Two things: this is one side only, and the first place is not counted.",
            hint="A window of 3 on a line of 5 first. Then: how many lines are there?",
        ),
        Slip(
            "both sides added",
            lambda m, f: 2 * (m - f + 1),
            says="The places along the two sides are added, but each row of places meets each column.",
            hint="How many squares has a board of 3 × 3?",
        ),
        Slip(
            "shrunk along one axis",
            lambda m, f: m * (m - f + 1),
            says="Only one side is shortened: the filter has to fit in both directions.",
            hint="At how many rows can the filter start, and at how many columns?",
        ),
        Slip(
            "lost on both sides",
            lambda m, f: (m - 2 * (f - 1)) ** 2,
            says="Twice as many places are lost as should be: those at the far end of a line, none at its "
            "start.",
            hint="On a line of 5 places, at how many can a window of 3 start?",
        ),
        Slip(
            "grown",
            lambda m, f: (m + f - 1) ** 2,
            says="The filter makes the image smaller, not larger, when nothing is padded.",
            hint="Can there be more places for the filter than pixels?",
        ),
        Slip(
            "without overlap",
            lambda m, f: (m // f) ** 2,
            says="This lays filters side by side; with stride 1 they overlap.",
            hint="How far apart are the starts of two neighboring windows?",
        ),
        Slip(
            "areas subtracted",
            lambda m, f: m**2 - f**2,
            says="The area of the filter is subtracted from that of the image; it is the sides that shorten.",
            hint="Try a filter of 2 × 2 on an image of 3 × 3 and count the places.",
        ),
        Slip(
            "products counted",
            lambda m, f: ((m - f + 1) * f) ** 2,
            says="This counts the products; each response adds up one product for every weight.",
            hint="How many numbers does the filter give at one place?",
        ),
        Slip(
            "weights counted",
            lambda m, f: f**2 + 1,
            says="This counts the parameters of the filter, not its responses.",
            hint="A response belongs to a place. How many places are there?",
        ),
    ),
    because="A side has {m} - {f} + 1 places at which the filter fits, and the responses form a square.",
)


def _drawn_odd_filter(rng: np.random.Generator) -> Mapping[str, int]:
    return {"m": int(rng.integers(20, 600)), "f": int(rng.choice([3, 5, 7, 9, 11]))}


same_padding = Number(
    id="mmds-exercise13.4.1b",
    title="Padding that keeps the size",
    statement="A filter of {f} × {f} moves over an image of {m} × {m} with stride 1. Which zero padding p "
    "makes the output as large as the image? p is how many rows of zeros are added at the top and as many "
    "at the bottom, and how many columns at the left and as many at the right.",
    source="mmds 13.4.6",
    stub="p = ...\n",
    given={"m": 512, "f": 3},
    draw=_drawn_odd_filter,
    reference=lambda m, f: (f - 1) // 2,
    also=(lambda m, f: (f - 1) / 2, lambda m, f: [next(p for p in range(f) if m + 2 * p - f + 1 == m)]),
    hints=(
        "How many places along a side are lost without padding?",
        "By how much does a padding of p lengthen a side? It is added at both ends.",
        "The padded side is {m} + 2p, and the output {m} + 2p - {f} + 1. When is that {m}?",
    ),
    slips=(
        Slip(
            "both ends together",
            lambda m, f: f - 1,
            says="This is what both ends of a side need together; p is added at each of them.",
            hint="By how many pixels does a padding of p lengthen a side?",
        ),
        Slip(
            "as large as the filter",
            lambda m, f: f,
            says="This pads by the size of the filter, which is too much.",
            hint="How many places along a side are lost without padding? Not as many as the filter is long.",
        ),
        Slip(
            "none",
            lambda m, f: 0,
            says="Without padding the output is smaller, also with stride 1.",
            hint="Can the filter start at the last pixel of a row?",
        ),
        Slip(
            "half of the filter",
            lambda m, f: f / 2,
            says="This is half of the filter, no whole number: the + 1 of the output's size is lost.",
            hint="The pixel in the middle of the filter needs no padding. How many are on each side of it?",
        ),
        Slip(
            "side after padding",
            lambda m, f: m + f - 1,
            says="This is the side of the padded image; p is what was added at one end.",
            hint="How much longer is it than the image, and at how many ends was something added?",
        ),
        Slip(
            "side without padding",
            lambda m, f: m - f + 1,
            says="This is the side of the output without padding.",
            hint="How much is missing to the side of the image? Both ends share it.",
        ),
        Slip(
            "four sides added up",
            lambda m, f: 2 * (f - 1),
            says="This adds up all four sides; p is what is added at one of them.",
            hint="How many rows of zeros are there at the top?",
        ),
        Slip(
            "all zeros counted",
            lambda m, f: (m + f - 1) ** 2 - m**2,
            says="This counts all zeros that are added; p is the width of the border that they form.",
            hint="How many rows of zeros are there at the top?",
        ),
        Slip(
            "zeros along the sides counted",
            lambda m, f: 2 * m * (f - 1),
            says="This counts the zeros along the four sides; p is the width of that border.",
            hint="How many rows of zeros are there at the top?",
        ),
        Slip(
            "sign",
            lambda m, f: -((f - 1) // 2),
            says="The size is right, the sign is not: padding makes the image larger.",
            hint="Does a padding of p add rows or take them away?",
        ),
    ),
    because="The padded side {m} + 2p has {m} + 2p - {f} + 1 places for the filter. That is {m} if 2p = {f} "
    "- 1.",
)


def _layers(m: int, f: int, s: int = 1) -> int:
    """Count layers up to the first on whose input the filter does not fit."""
    count = 1
    while m >= f:
        m = (m - f) // s + 1
        count += 1
    return count


def _drawn_series(rng: np.random.Generator) -> Mapping[str, int]:
    return {"m": int(rng.integers(100, 900)), "f": int(rng.choice([3, 4, 5, 7]))}


last_layer = Number(
    id="mmds-exercise13.4.1c",
    title="Layer after layer without padding",
    statement="Layers follow each other, all with a filter of {f} × {f}, stride 1 and no padding. The first "
    "gets an image of {m} × {m}, every other the output of the one before it. After how many layers is "
    "there no output at all? The answer is the number of the first layer, counted from 1, whose filter no "
    "longer fits on its input.",
    source="mmds 13.4.6",
    stub="layers = ...\n",
    points=2,
    given={"m": 512, "f": 3},
    draw=_drawn_series,
    reference=lambda m, f: (m - 1) // (f - 1) + 1,
    also=(lambda m, f: [_layers(m, f)], lambda m, f: str(math.ceil(m / (f - 1)))),
    hints=(
        "How much shorter does one layer make a side?",
        "Write the side after k layers as a formula in k. Down to which side does the filter still fit?",
        "Try a side of 5 and a filter of 3 by hand: 5, then 3, then 1. Which layer is the first without "
        "output?",
        "After k layers the side is {m} - {f}k + k; the first k for which that is below 1 is the answer.",
    ),
    slips=(
        Slip(
            "last layer with output",
            lambda m, f: (m - 1) // (f - 1),
            says="That is the last layer that still has output; the one after it is the first without.",
            hint="How large is the output of this layer? Does the filter fit on it?",
            credit=0.5,
        ),
        Slip(
            "two too few",
            lambda m, f: (m - 1) // (f - 1) - 1,
            says="Two layers too few: after this one the filter still fits, and the layer that fails "
            "counts, too.",
            hint="Try a side of 5 and a filter of 3 by hand, down to the layer without output.",
        ),
        Slip(
            "one too many",
            lambda m, f: (m - 1) // (f - 1) + 2,
            says="One layer too many: the layer before it had no output already.",
            hint="Try a side of 5 and a filter of 3 by hand, down to the layer without output.",
        ),
        Slip(
            "shrunk by the filter",
            lambda m, f: math.ceil(m / f),
            says="This takes the whole size of the filter off a side in each layer, which is too much.",
            hint="On a line of 5 places a window of 3 has 3 places. How many were lost?",
        ),
        Slip(
            "shrunk by the filter, rounded down",
            lambda m, f: m // f,
            says="Two things: this takes the whole size of the filter off a side in each layer, and then it "
            "rounds down, so that some output is left.",
            hint="On a line of 5 places a window of 3 has 3 places. How many were lost?",
        ),
        Slip(
            "shrunk by the filter, not rounded",
            lambda m, f: m / f,
            says="This takes the whole size of the filter off a side in each layer; and a number of layers "
            "is whole.",
            hint="On a line of 5 places a window of 3 has 3 places. How many were lost?",
        ),
        Slip(
            "shrunk by one",
            lambda m, f: m,
            says="This takes one pixel off a side in each layer; how much it is depends on the filter.",
            hint="How long is a side after the first layer?",
        ),
        Slip(
            "shrunk by one, last layer with output",
            lambda m, f: m - 1,
            says="Two things: a layer takes more than one pixel off a side, and the first layer without "
            "output is asked for.",
            hint="How long is a side after the first layer?",
        ),
        Slip(
            "shrunk at both ends",
            lambda m, f: (m - 1) // (2 * (f - 1)) + 1,
            says="This takes twice as much off a side as a layer does: nothing is lost at its start.",
            hint="How long is a side after the first layer?",
        ),
        Slip(
            "shrunk at both ends, last layer with output",
            lambda m, f: (m - 1) // (2 * (f - 1)),
            says="Two things: a layer takes only half as much off a side, and the first layer without "
            "output is asked for.",
            hint="How long is a side after the first layer?",
        ),
        Slip(
            "down to one pixel, not rounded",
            lambda m, f: (m - 1) / (f - 1),
            says="This solves for a side of one pixel. A number of layers is whole, and one pixel still is "
            "an output.",
            hint="Which sides do occur, down to the last? And which layer comes after that?",
        ),
        Slip(
            "halved",
            lambda m, f: int(math.log2(m)),
            says="This halves the side in each layer; with stride 1 a layer only takes a few pixels off.",
            hint="How long is a side after the first layer?",
        ),
    ),
    because="Each layer takes {f} - 1 off a side. The first layer whose side would be below 1 has no output.",
)

# Part 13.4.2: a larger stride.


def _drawn_stride(rng: np.random.Generator) -> Mapping[str, int]:
    """Draw a size for which the last window sticks out by one pixel, as in the book."""
    f, s = int(rng.choice([3, 4, 5, 7])), int(rng.choice([2, 3, 4]))
    return {"m": f - 1 + s * int(rng.integers(20, 150)), "f": f, "s": s}


responses_with_stride = Number(
    id="mmds-exercise13.4.2a",
    title="How many responses with a stride",
    statement="A filter of {f} × {f} moves over an image of {m} × {m} with stride {s} and without padding. "
    "Only places count at which the whole filter lies on the image; pixels left over at the far ends are "
    "ignored. How many responses are there?",
    source="mmds 13.4.6",
    stub="count = ...\n",
    given={"m": 512, "f": 3, "s": 3},
    draw=_drawn_stride,
    reference=lambda m, f, s: ((m - f) // s + 1) ** 2,
    also=(
        lambda m, f, s: f"{len(range(0, m - f + 1, s))}^2",
        lambda m, f, s: float(np.floor((m - f) / s + 1) ** 2),
    ),
    hints=(
        "Count along one side first: the filter starts at pixel 1, then {s} further on, and so on.",
        "Which is the last pixel at which it may start? How many steps lead there, and how many places is "
        "that?",
        "Steps are whole: round down. And one place more than steps.",
        "Along a side there are ({m} - {f}) // {s} + 1 places. The responses fill a square of that side.",
    ),
    slips=(
        Slip(
            "stride along one axis",
            lambda m, f, s: ((m - f) // s + 1) * (m - f + 1),
            says="The stride is used along one axis only.",
            hint="The filter jumps from column to column, and from row to row?",
        ),
        Slip(
            "one too few",
            lambda m, f, s: ((m - f) // s) ** 2,
            says="The + 1 is missing: the first place counts as well.",
            hint="On a line of 7 places, at how many can a window of 3 start with stride 2?",
        ),
        Slip(
            "not rounded",
            lambda m, f, s: ((m - f) / s + 1) ** 2,
            says="The number of places along a side must be rounded before it is squared: a place is there "
            "or not.",
            hint="What happens to the pixels that are left over at the end of a row?",
        ),
        Slip(
            "one too few + not rounded",
            lambda m, f, s: ((m - f) / s) ** 2,
            says="Two things: the + 1 for the first place is missing, and a number of places is whole.",
            hint="On a line of 8 places, at how many can a window of 3 start with stride 2?",
        ),
        Slip(
            "rounded up",
            lambda m, f, s: (math.ceil((m - f) / s) + 1) ** 2,
            says="This rounds up: it counts places at which the filter sticks out of the image.",
            hint="Is there room for the whole filter at your last place?",
        ),
        Slip(
            "one side",
            lambda m, f, s: (m - f) // s + 1,
            says="This is the number along one side.",
            hint="The filter moves along both axes.",
        ),
        Slip(
            "one side + one too few",
            lambda m, f, s: (m - f) // s,
            says="Two things: this is one side only, and the first place is not counted.",
            hint="A window of 3 on a line of 7 with stride 2 first. Then: how many lines are there?",
        ),
        Slip(
            "one side + rounded up",
            lambda m, f, s: math.ceil((m - f) / s) + 1,
            says="Two things: this is one side only, and its last place sticks out of the image.",
            hint="Is there room for the whole filter at your last place? Then: how many lines are there?",
        ),
        Slip(
            "one side + not rounded",
            lambda m, f, s: (m - f) / s + 1,
            says="Two things: this is one side only, and a number of places is whole.",
            hint="What happens to the pixels that are left over? Then: how many lines are there?",
        ),
        Slip(
            "both sides added",
            lambda m, f, s: 2 * ((m - f) // s + 1),
            says="The places along the two sides are added, but each row of places meets each column.",
            hint="How many squares has a board of 3 × 3?",
        ),
        Slip(
            "stride forgotten",
            lambda m, f, s: (m - f + 1) ** 2,
            says="This is the number with stride 1.",
            hint="How far apart are two neighboring places?",
        ),
        Slip(
            "one side + stride forgotten",
            lambda m, f, s: m - f + 1,
            says="Two things: this is one side only, and with stride 1.",
            hint="How far apart are two neighboring places? Then: how many lines are there?",
        ),
        Slip(
            "pixels skipped",
            lambda m, f, s: ((m - f) // (s + 1) + 1) ** 2,
            says="The steps are too long by one: the stride is the distance of two starts, not the number "
            "of pixels in between.",
            hint="With stride 1, how far apart are two neighboring places?",
        ),
    ),
    because="Along a side the filter starts at pixel 1 and then {s} further each time as long as it fits, "
    "which gives ({m} - {f}) // {s} + 1 places.",
)


def _drawn_series_with_stride(rng: np.random.Generator) -> Mapping[str, int]:
    s = int(rng.choice([2, 3]))
    return {"m": int(rng.integers(100, 2000)), "f": s + int(rng.integers(3)), "s": s}


def _layers_of_places(m: int, f: int, s: int) -> int:
    """Count the same by listing the places of every layer."""
    places = range(0, m - f + 1, s)
    return 1 + (_layers_of_places(len(places), f, s) if places else 0)


def _layers_rounded_up(m: int, f: int, s: int) -> int:
    """Count layers as if windows might stick out, up to one after the output of a single pixel."""
    count = 1
    while m > 1:
        m = max(math.ceil((m - f) / s) + 1, 1)
        count += 1
    return count


last_layer_with_stride = Number(
    id="mmds-exercise13.4.2c",
    title="Layer after layer with a stride",
    statement="Layers follow each other, all with a filter of {f} × {f}, stride {s} and no padding. The "
    "first gets an image of {m} × {m}, every other the output of the one before it. Pixels left over at the "
    "far ends are ignored. After how many layers is there no output at all? The answer is the number of the "
    "first layer, counted from 1, whose filter no longer fits on its input.",
    source="mmds 13.4.6",
    stub="layers = ...\n",
    points=2,
    given={"m": 512, "f": 3, "s": 3},
    draw=_drawn_series_with_stride,
    reference=lambda m, f, s: _layers(m, f, s),
    also=(lambda m, f, s: [_layers_of_places(m, f, s)], lambda m, f, s: float(_layers(m, f, s))),
    hints=(
        "Write down the sides, one layer after the other. How does a side follow from the one before it?",
        "A side of n becomes (n - {f}) // {s} + 1 as long as the filter fits: about one part in {s} is left.",
        "Go on until the filter does not fit. Then count the layers, the one that fails included.",
        "The first sides are {m} and ({m} - {f}) // {s} + 1. Go on like this while the side is at least "
        "{f}, and add one layer for the one that fails.",
    ),
    slips=(
        Slip(
            "last layer with output",
            lambda m, f, s: _layers(m, f, s) - 1,
            says="That is the last layer that still has output; the one after it is the first without.",
            hint="How large is the output of this layer? Does the filter fit on it?",
            credit=0.5,
        ),
        Slip(
            "two too few",
            lambda m, f, s: _layers(m, f, s) - 2,
            says="Two layers too few: after this one the filter still fits, and the layer that fails "
            "counts, too.",
            hint="Write down the side after each layer, and mark the first on which the filter does not fit.",
        ),
        Slip(
            "rounded up",
            _layers_rounded_up,
            says="This rounds up in each layer, so that windows stick out of the image; then even a single "
            "pixel would have output for ever.",
            hint="Which places does a filter have when some pixels are left over at the end?",
        ),
        Slip(
            "stride forgotten",
            lambda m, f, s: _layers(m, f),
            says="This is the number of layers with stride 1.",
            hint="How long is a side after the first layer?",
        ),
        Slip(
            "stride forgotten, last layer with output",
            lambda m, f, s: _layers(m, f) - 1,
            says="Two things: this is with stride 1, and the first layer without output is asked for.",
            hint="How long is a side after the first layer?",
        ),
        Slip(
            "divided by the stride",
            lambda m, f, s: math.ceil(_layers(m, f) / s),
            says="This divides the number of layers by the stride. But it is the side that is divided, and "
            "in every layer anew.",
            hint="How long is a side after the first layer, and after the second?",
        ),
        Slip(
            "divided by the stride, rounded down",
            lambda m, f, s: _layers(m, f) // s,
            says="This divides the number of layers by the stride and rounds down. But it is the side that "
            "is divided, and in every layer anew.",
            hint="How long is a side after the first layer, and after the second?",
        ),
        Slip(
            "shrunk by the stride",
            lambda m, f, s: math.ceil(m / s),
            says="This takes the stride off the side in each layer; a layer divides the side by the stride.",
            hint="How long is a side after the first layer?",
        ),
        Slip(
            "shrunk by the stride, rounded down",
            lambda m, f, s: m // s,
            says="This is about the side after one layer, or the number of layers if each took the stride "
            "off it; but a layer divides the side, and the next one goes on from there.",
            hint="How long is a side after the first layer, and after the second?",
        ),
        Slip(
            "logarithm not rounded",
            lambda m, f, s: math.log(m) / math.log(s),
            says="The logarithm is a good estimate, but a number of layers is whole, and the sides are "
            "rounded in each layer.",
            hint="Write down the sides one after the other instead.",
        ),
    ),
    because="A side of n becomes (n - {f}) // {s} + 1. Going on from {m} like this, the sides soon are "
    "below {f}; the layer that gets such a side has no output.",
)

# Part 13.4.3: pooling.


def _pooling_point(rng: np.random.Generator) -> Mapping[str, float]:
    f, s, steps, k, d = (int(rng.integers(2, 7)) for _ in range(5))
    return {"m": f + s * steps, "k": k, "d": d, "f": f, "s": s}


pooling_size = Formula(
    id="mmds-exercise13.4.3",
    title="Values after pooling",
    statement="A convolutional layer with k filters of d channels each gives maps of m × m. A pooling layer "
    "with size f and stride s follows, without padding; s divides m - f. How many values does it give? "
    "Write a formula in m, k, d, f and s.",
    source="mmds 13.4.6",
    stub='values = "..."\n',
    sample=_pooling_point,
    reference="k*((m-f)/s+1)**2",
    also=("k * (m - f + s)^2 / s^2", lambda m, k, d, f, s: k * (1 + (m - f) // s) * ((m - f) / s + 1)),
    hints=(
        "How many maps come out of the convolution: does each filter give one map, or one for every channel?",
        "Along one side the window takes a first place, and then one more for every stride that still fits.",
        "A side of a pooled map has (m - f) / s + 1 values. Now the square of it, for all maps.",
        "k * ((m - f) / s + 1)**2",
    ),
    slips=(
        Slip(
            "channels counted",
            "d*k*((m-f)/s+1)**2",
            says="The channels are summed inside of each filter: one filter gives one map, whatever d is.",
            hint="A layer of 64 filters on an image of 3 channels gives 64 maps.",
        ),
        Slip(
            "one side",
            "k*((m-f)/s+1)",
            says="This counts along one side; the pooled map is a square.",
            hint="The window moves along both axes.",
        ),
        Slip(
            "stride as large as the window",
            "k*(m/f)**2",
            says="That holds if the stride is as large as the window; here s and f may differ.",
            hint="Try m = 7, f = 3, s = 2 by hand.",
        ),
        Slip(
            "one too few",
            "k*((m-f)/s)**2",
            says="The + 1 is missing: the first place counts as well.",
            hint="If m = f, the window has exactly one place. What does your formula give?",
        ),
        Slip(
            "filters forgotten",
            "((m-f)/s+1)**2",
            says="This is one map; there is one for every filter.",
            hint="Pooling works on each map alone.",
        ),
        Slip(
            "one behind the subtraction",
            "k*((m-f+1)/s)**2",
            says="The + 1 is divided by the stride here: it is the first place and stands for itself.",
            hint="If m = f, the window has exactly one place. What does your formula give for s = 2?",
        ),
        Slip(
            "stride forgotten",
            "k*(m-f+1)**2",
            says="The stride does not occur: this is right for s = 1 only.",
            hint="How far apart are two neighboring windows?",
        ),
        Slip(
            "divided by the stride",
            "k*(m/s)**2",
            says="This divides the side by the stride, as if the last windows might stick out of the map.",
            hint="Try m = 7, f = 3, s = 2 by hand.",
        ),
        Slip(
            "stride as large as the window, rounded",
            "k*(m//f)**2",
            says="This lays windows side by side; here the stride may be smaller or larger than the window.",
            hint="Try m = 7, f = 3, s = 2 by hand.",
        ),
        Slip(
            "one outside of the square",
            "k*((m-f)/s)**2 + k",
            says="The + 1 stands behind the square, but the first place counts along each side.",
            hint="Try m = 7, f = 3, s = 2 by hand.",
        ),
        Slip(
            "one outside of everything",
            "k*((m-f)/s)**2 + 1",
            says="The + 1 is added to the whole product, but the first place counts along each side of each "
            "map.",
            hint="Try m = 7, f = 3, s = 2 by hand, for two maps.",
        ),
        Slip(
            "minus one",
            "k*((m-f)/s-1)**2",
            says="One is taken away where it should be added: the first place counts as well.",
            hint="If m = f, the window has exactly one place. What does your formula give?",
        ),
        Slip(
            "brackets missing",
            "k*(m-f/s+1)**2",
            says="Brackets are missing: the whole difference m - f is divided by the stride.",
            hint="Python divides before it subtracts. What is divided by s in your formula?",
        ),
        Slip(
            "whole windows counted",
            "k*f**2*((m-f)/s+1)**2",
            says="Each window is counted with all values that it holds; only one of them comes out.",
            hint="What does a pooling window of 2 × 2 give?",
        ),
        Slip(
            "size and stride exchanged",
            "k*((m-s)/f+1)**2",
            says="Window and stride are exchanged.",
            hint="How far does the window move, and how long is it? Try m = 7, f = 3, s = 2 by hand.",
        ),
        Slip(
            "not pooled",
            "k*m**2",
            says="These are the values in front of the pooling.",
            hint="A window of f × f gives one value.",
        ),
        Slip(
            "convolved once more",
            "k*((m-2*f+1)/s+1)**2",
            says="The map is made smaller by a convolution first, but m × m is the size after it.",
            hint="What is the side of the maps that the pooling layer gets?",
        ),
        Slip(
            "padded",
            "k*((m+f)/s+1)**2",
            says="The side grows by f where it should lose it; nothing is padded here.",
            hint="Where is the last place at which the whole window still fits?",
        ),
        Slip(
            "channels for filters",
            "d*((m-f)/s+1)**2",
            says="This counts d maps, but there is one map for every filter.",
            hint="A layer of 64 filters on an image of 3 channels gives 64 maps.",
        ),
        Slip(
            "both sides added",
            "2*k*((m-f)/s+1)",
            says="The two sides are added, but each row of windows meets each column.",
            hint="How many squares has a board of 3 × 3?",
        ),
        Slip(
            "filters squared",
            "(k*((m-f)/s+1))**2",
            says="The number of filters is squared, too: only the side of a map is.",
            hint="Put the square in the right bracket: what if there are two maps of one value?",
        ),
        Slip(
            "parameters counted",
            "k*(d*f**2+1)",
            says="This counts the parameters of a convolutional layer; the values that come out are asked "
            "for.",
            hint="Has a pooling layer any parameters?",
        ),
        Slip(
            "channels counted + one side",
            "d*k*((m-f)/s+1)",
            says="Two things: the channels are summed inside of each filter, and a map is a square.",
            hint="First count the maps. Then count the windows on one of them, along both axes.",
        ),
        Slip(
            "channels counted + one too few",
            "d*k*((m-f)/s)**2",
            says="Two things: the channels are summed inside of each filter, and the first place counts as "
            "well.",
            hint="First count the maps. Then try m = f: how many places are there?",
        ),
        Slip(
            "channels counted + stride as large as the window",
            "d*k*(m/f)**2",
            says="Two things: the channels are summed inside of each filter, and the stride may differ from "
            "the window.",
            hint="First count the maps. Then try m = 7, f = 3, s = 2 by hand.",
        ),
        Slip(
            "channels counted + not pooled",
            "d*k*m**2",
            says="Two things: the channels are summed inside of each filter, and nothing is pooled yet.",
            hint="First count the maps. Then: how many values does a window give?",
        ),
        Slip(
            "one side + one too few",
            "k*(m-f)/s",
            says="Two things: this counts along one side, and the first place counts as well.",
            hint="Try m = f: how many places are there? Then: along how many axes does the window move?",
        ),
        Slip(
            "one side + filters forgotten",
            "(m-f)/s+1",
            says="Two things: this counts along one side, and for a single map.",
            hint="Along how many axes does the window move? And how many maps are there?",
        ),
    ),
    because="Each of the k maps is pooled alone, and a side of a pooled map has (m - f) / s + 1 values.",
)
