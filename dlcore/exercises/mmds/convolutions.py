"""Section 13.4: convolution and pooling."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dlcore.exercises.engine import Formula, Number, Slip

__all__ = ["pooling_size", "responses"]


def _drawn_image(rng: np.random.Generator) -> Mapping[str, int]:
    return {"m": int(rng.integers(20, 600)), "f": int(rng.choice([3, 4, 5, 7, 9]))}


responses = Number(
    id="mmds-exercise13.4.1a",
    title="How many responses",
    statement="A filter of {f} × {f} moves over an image of {m} × {m} with stride 1 and without padding. "
    "How many "
    "responses are there?",
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
            "one side",
            lambda m, f: m - f + 1,
            says="This is the number along one side.",
            hint="The filter moves along both axes.",
        ),
    ),
    because="A side has {m} - {f} + 1 places at which the filter fits, and the responses form a square.",
)


def _pooling_point(rng: np.random.Generator) -> Mapping[str, float]:
    f, s, steps, k, d = (int(rng.integers(2, 7)) for _ in range(5))
    return {"m": f + s * steps, "k": k, "d": d, "f": f, "s": s}


pooling_size = Formula(
    id="mmds-exercise13.4.3",
    title="Values after pooling",
    statement="A convolutional layer with k filters of d channels each gives maps of m × m. A pooling "
    "layer with "
    "size f and stride s follows, without padding; s divides m - f. How many values does it give? Write a "
    "formula in m, k, d, f and s.",
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
    ),
    because="Each of the k maps is pooled alone, and a side of a pooled map has (m - f) / s + 1 values.",
)
