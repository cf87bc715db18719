"""Images: the size of a map, convolution with stride and padding, max-pooling with its backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import ceil
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlcore.exercises.engine import Change, Function, Pullback, Slip

__all__ = ["conv2d", "max_pool", "output_size"]


def _whole(rng: np.random.Generator, *shape: int) -> Any:
    """Return small whole numbers, easy to check by hand."""
    return rng.integers(-4, 5, size=shape).astype(float)


# How many places a window takes along an axis.


def _output_size(n, kernel, stride, padding):  # type: ignore[no-untyped-def]
    return (n + 2 * padding - kernel) // stride + 1


def _output_size_counted(n: int, kernel: int, stride: int, padding: int) -> int:
    places, start = 0, -padding
    while start + kernel <= n + padding:
        places, start = places + 1, start + stride
    return places


def _output_size_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    n, padding = int(rng.integers(2 * size, 6 * size)), int(rng.integers(4))
    return n, int(rng.integers(1, n + 2 * padding + 1)), int(rng.integers(1, 6)), padding


def _leaves_over(n: int, kernel: int, stride: int, padding: int) -> bool:
    return (n + 2 * padding - kernel) % stride > 0


output_size = Function(
    id="ours-convolution-size",
    title="How long a side of the map is",
    statement="A window of `kernel` places moves along an axis of n places, `stride` places at a time. "
    "Before that, `padding` zeros are put at each of the two ends. Write "
    "`output_size(n, kernel, stride, padding)`: at how many places does the window stop? Only whole windows "
    "count: what is left over at the far end gets none. All are whole numbers, and the window fits at least "
    "once.",
    stub="def output_size(n, kernel, stride, padding):\n    ...\n",
    reference=_output_size,
    also=(
        _output_size_counted,
        lambda n, kernel, stride, padding: len(range(kernel, n + 2 * padding + 1, stride)),
        lambda n, kernel, stride, padding: ceil((n + 2 * padding - kernel + 1) / stride),
    ),
    inputs=_output_size_inputs,
    corners=(
        (1, 1, 1, 0),
        (4, 2, 5, 0),
        (1, 4, 2, 2),
        *product((5, 8), (1, 2, 3), (1, 2, 3), (0, 1)),
        (28, 5, 1, 2),
        (100, 11, 4, 2),
        (224, 7, 2, 3),
    ),
    cases={
        "only where the stride leaves something over": _leaves_over,
        "only where the stride leaves nothing over": lambda *settings: not _leaves_over(*settings),
        "only with padding": lambda n, kernel, stride, padding: padding > 0,
        "only with a stride above 1": lambda n, kernel, stride, padding: stride > 1,
        "only with a window of more than one place": lambda n, kernel, stride, padding: kernel > 1,
    },
    hints=(
        "How long is the axis once both ends are padded?",
        "The first place is taken at once. How far can the window still travel from there, and how many "
        "steps fit into that?",
        "On an axis of 6 a window of 3 can travel 3 further. With a stride of 2 it takes one step of them "
        "and "
        "stops at 2 places.",
        "(n + 2 * padding - kernel) // stride + 1",
    ),
    slips=(
        Slip(
            "one too few",
            lambda n, kernel, stride, padding: (n + 2 * padding - kernel) // stride,
            says="This counts the steps. The place where the window starts counts as well.",
            hint="If the window is as long as the axis, how many places are there?",
        ),
        Slip(
            "one too many",
            lambda n, kernel, stride, padding: (n + 2 * padding - kernel) // stride + 2,
            says="This is always one place too many.",
            hint="If the window is as long as the axis, how many places are there?",
        ),
        Slip(
            "padding once",
            lambda n, kernel, stride, padding: (n + padding - kernel) // stride + 1,
            says="The padding is counted once, but it stands at both ends.",
            hint="n = 3, window 3, padding 1: draw the padded axis.",
        ),
        Slip(
            "padding once + one too few",
            lambda n, kernel, stride, padding: (n + padding - kernel) // stride,
            says="Two things: the padding stands at both ends, and the place where the window starts counts "
            "as well.",
            hint="Mend the padding first: n = 3, window 3, padding 1.",
        ),
        Slip(
            "padding ignored",
            lambda n, kernel, stride, padding: (n - kernel) // stride + 1,
            says="The padding is left out: it makes the axis longer.",
            hint="n = 3, window 3: how many places without padding, how many with one zero at each end?",
        ),
        Slip(
            "padding ignored + one too few",
            lambda n, kernel, stride, padding: (n - kernel) // stride,
            says="Two things: the padding is left out, and the place where the window starts is not counted.",
            hint="Mend one at a time: first n = 3, window 3, no padding.",
        ),
        Slip(
            "padding added at the end",
            lambda n, kernel, stride, padding: (n - kernel) // stride + 2 * padding + 1,
            says="The padding is added to the number of places. It makes the axis longer, and a longer axis "
            "is also divided by the stride.",
            hint="n = 3, window 3, stride 2, padding 1: draw the padded axis and the windows.",
            also=(lambda n, kernel, stride, padding: (n - kernel) // stride + padding + 1,),
        ),
        Slip(
            "padding subtracted",
            lambda n, kernel, stride, padding: (n - 2 * padding - kernel) // stride + 1,
            says="The padding is subtracted: it makes the axis longer, not shorter.",
            hint="n = 3, window 3, padding 1: draw the padded axis.",
        ),
        Slip(
            "rounded up",
            lambda n, kernel, stride, padding: ceil((n + 2 * padding - kernel) / stride) + 1,
            says="You round up, so a window that hangs over the far end counts. Only whole windows do.",
            hint="n = 6, window 3, stride 2: write down where each window starts and ends.",
        ),
        Slip(
            "last window lost where it just fits",
            lambda n, kernel, stride, padding: ceil((n + 2 * padding - kernel) / stride),
            says="Right where the stride leaves something over. Where it leaves nothing, the last window "
            "just fits, and you lose it.",
            hint="n = 5, window 3, stride 1: write down where each window starts.",
        ),
        Slip(
            "rounded to the nearest",
            lambda n, kernel, stride, padding: round((n + 2 * padding - kernel) / stride) + 1,
            says="You round to the nearest whole number. A step that only nearly fits is still none.",
            hint="n = 8, window 3, stride 3: write down where each window starts and ends.",
        ),
        Slip(
            "not rounded",
            lambda n, kernel, stride, padding: (n + 2 * padding - kernel) / stride + 1,
            says="The quotient is not rounded: a part of a step is no step.",
            hint="n = 6, window 3, stride 2: what is done with the rest?",
            also=(
                lambda n, kernel, stride, padding: (n + 2 * padding - kernel) / stride,
                lambda n, kernel, stride, padding: (n - kernel) / stride + 1,
                lambda n, kernel, stride, padding: (n + padding - kernel) / stride + 1,
            ),
        ),
        Slip(
            "one inside of the quotient",
            lambda n, kernel, stride, padding: (n + 2 * padding - kernel + 1) // stride,
            says="The 1 is added before the division: the first place is divided by the stride as well.",
            hint="n = 3, window 3, stride 2: how many places are there, and what does yours give?",
        ),
        Slip(
            "window one shorter",
            lambda n, kernel, stride, padding: (n + 2 * padding - kernel + 1) // stride + 1,
            says="You allow for the first place twice: in the distance that the window travels, and again "
            "after the division.",
            hint="n = 3, window 3, stride 1: how far can the window travel?",
        ),
        Slip(
            "stride ignored",
            lambda n, kernel, stride, padding: n + 2 * padding - kernel + 1,
            says="The stride is left out: this holds for steps of one place.",
            hint="n = 7, window 3, stride 2: write down where each window starts.",
            also=(lambda n, kernel, stride, padding: n + 2 * padding - kernel,),
        ),
        Slip(
            "window divided alone",
            lambda n, kernel, stride, padding: n + 2 * padding - kernel // stride + 1,
            says="Only the window is divided by the stride: a division comes before a difference. Put the "
            "difference in parentheses.",
            hint="What does 8 - 6 // 2 give in Python?",
        ),
        Slip(
            "axis divided alone",
            lambda n, kernel, stride, padding: (n + 2 * padding) // stride - kernel + 1,
            says="The axis is divided by the stride, the window is not: subtract first, then divide.",
            hint="n = 7, window 3, stride 2: how far can the window travel, and how many steps is that?",
            also=(lambda n, kernel, stride, padding: (n + 2 * padding) // stride - kernel // stride + 1,),
        ),
        Slip(
            "window ignored",
            lambda n, kernel, stride, padding: (n + 2 * padding) // stride,
            says="The length of the window is left out: it cannot start at the last places, where it no "
            "longer fits.",
            hint="n = 5, window 3, stride 1: where is the last place to start?",
            also=(
                lambda n, kernel, stride, padding: (n + 2 * padding) // stride + 1,
                lambda n, kernel, stride, padding: (n + 2 * padding - 1) // stride + 1,
            ),
        ),
        Slip(
            "as long as the input",
            lambda n, kernel, stride, padding: ceil(n / stride),
            says="This is the size under a padding chosen to keep the length. Here the padding is given.",
            hint="n = 5, window 3, stride 1, no padding: is the result as long as the axis?",
            also=(lambda n, kernel, stride, padding: n // stride,),
        ),
        Slip(
            "window added",
            lambda n, kernel, stride, padding: (n + 2 * padding + kernel) // stride + 1,
            says="The window is added to the axis; it takes away from the way that it can travel.",
            hint="If the window is as long as the axis, how far can it travel?",
        ),
        Slip(
            "both axes",
            lambda n, kernel, stride, padding: ((n + 2 * padding - kernel) // stride + 1) ** 2,
            says="This is the number of places on a square; the exercise asks for those along one axis.",
            hint="n = 5, window 3, stride 1: write down where each window starts.",
        ),
        Slip(
            "the way back",
            lambda n, kernel, stride, padding: (n - 1) * stride - 2 * padding + kernel,
            says="This is the formula of a transposed convolution, which goes from the map to the image.",
            hint="Does a larger stride give more places, or fewer?",
        ),
    ),
    because="Padded, the axis has n + 2 · padding places. From its first place the window can travel "
    "n + 2 · padding - kernel further; whole strides of that, and the first place, are all.",
)


# Convolution, as networks understand it: a cross-correlation.


def _conv2d(x, weight, bias, stride, padding):  # type: ignore[no-untyped-def]
    height, width = weight.shape[2:]
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = (x.shape[2] - height) // stride + 1
    columns = (x.shape[3] - width) // stride + 1
    y = np.empty((len(x), len(weight), rows, columns))
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + height, left : left + width]
            y[:, :, i, j] = np.einsum("ncab,ocab->no", window, weight) + bias
    return y


def _conv2d_shifted(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    """Add one shifted image for every entry of the filters."""
    (n, c, h, w), (o, _, height, width) = x.shape, weight.shape
    padded = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    padded[:, :, padding : padding + h, padding : padding + w] = x
    rows, columns = (h + 2 * padding - height) // stride + 1, (w + 2 * padding - width) // stride + 1
    y = np.zeros((n, o, rows, columns)) + bias.reshape(o, 1, 1)
    for a, b in product(range(height), range(width)):
        seen = padded[:, :, a : a + stride * rows : stride, b : b + stride * columns : stride]
        y += np.tensordot(weight[:, :, a, b], seen, axes=(1, 1)).swapaxes(0, 1)
    return y


def _windows(x: Any, height: int, width: int, stride: int) -> Any:
    """Return all windows, (N, C, rows, columns, height, width)."""
    return sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]


def _conv2d_windows(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    height, width = weight.shape[2:]
    windows = _windows(_padded(x, padding), height, width, stride)
    return np.einsum("ncijab,ocab->noij", windows, weight) + bias[:, None, None]


def _padded(x: Any, *sides: int, mode: Any = "constant") -> Any:
    """Pad rows and columns: by one number, by two (before, after), or by four."""
    top, bottom, left, right = sides * (4 // len(sides))
    return np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), mode=mode)


def _conv_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    n, c, o, h, w = 1 + size // 2 + np.arange(5)
    height, width = rng.permutation([1, 2, 3])[:2]
    x, weight = rng.normal(size=(n, c, h, w)), rng.normal(size=(o, c, height, width))
    return x, weight, rng.normal(size=o), int(rng.integers(1, 4)), int(rng.integers(3))


def _conv_corner(*lengths: int, stride: int = 1, padding: int = 0, dtype: Any = float) -> tuple[Any, ...]:
    """Return arguments of the lengths N, C, H, W, O, A, B."""
    rng = np.random.default_rng(lengths)
    n, c, h, w, o, height, width = lengths
    arrays = _whole(rng, n, c, h, w), _whole(rng, o, c, height, width), 1.0 + np.arange(o)
    return (*(a.astype(dtype) for a in arrays), stride, padding)


def _conv_with(responses: Callable[..., Any]) -> Any:
    """Return a convolution whose responses, before the bias, are wrong."""
    return lambda x, weight, bias, stride, padding: (
        responses(x, weight, stride, padding) + bias[:, None, None]
    )


def _responses(x: Any, weight: Any, stride: int, padding: int) -> Any:
    return _conv2d_windows(x, weight, np.zeros(len(weight)), stride, padding)


def _bias_with(biased: Callable[..., Any]) -> Any:
    """Return a convolution that adds the bias in another way: ``biased(y, bias, weight)``."""
    return lambda x, weight, bias, stride, padding: biased(
        _responses(x, weight, stride, padding), bias, weight
    )


def _unit_steps(x: Any, weight: Any, stride: int, padding: int) -> Any:
    rows, columns = _responses(x, weight, stride, padding).shape[2:]
    return _responses(x, weight, 1, padding)[:, :, :rows, :columns]


def _dilated(x: Any, weight: Any, stride: int, padding: int) -> Any:
    o, c, height, width = weight.shape
    spread = np.zeros((o, c, (height - 1) * stride + 1, (width - 1) * stride + 1))
    spread[:, :, ::stride, ::stride] = weight
    return _responses(x, spread, 1, padding)


def _indexed_channel_first(x: Any, weight: Any, stride: int, padding: int) -> Any:
    channels_first = weight[np.ix_(range(x.shape[1]), range(len(weight)))]
    return _responses(x, channels_first.swapaxes(0, 1), stride, padding)


def _size_unpadded(x: Any, weight: Any, stride: int, padding: int) -> Any:
    rows, columns = ((x.shape[a] - weight.shape[a]) // stride + 1 for a in (2, 3))
    if min(rows, columns) < 0:
        raise ValueError("negative dimensions are not allowed")
    return _responses(x, weight, stride, padding)[:, :, :rows, :columns]


def _conv_hanging_over(x: Any, weight: Any, stride: int, padding: int) -> Any:
    """Fill up with zeros what the last windows miss."""
    x = _padded(x, padding)
    more = [-(x.shape[a] - weight.shape[a]) % stride for a in (2, 3)]
    return _responses(_padded(x, 0, more[0], 0, more[1]), weight, stride, 0)


def _conv_short_windows(x: Any, weight: Any, bias: Any, stride: int, padding: int) -> Any:
    """Count the same windows, and fail at those that are cut off."""
    y = _conv_with(_conv_hanging_over)(x, weight, bias, stride, padding)
    x = _padded(x, padding)
    for i, j in np.ndindex(*y.shape[2:]):
        top, left = i * stride, j * stride
        window = x[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
        y[:, :, i, j] = (window[:, None] * weight).sum(axis=(2, 3, 4)) + bias
    return y


def _left_over(x: Any, weight: Any, stride: int, padding: int) -> bool:
    return any(_leaves_over(x.shape[a], weight.shape[a], stride, padding) for a in (2, 3))


conv2d = Function(
    id="ours-convolution",
    title="Convolution with stride and padding",
    statement="Write `conv2d(x, weight, bias, stride, padding)` for images x of shape (N, C, H, W), filters "
    "weight (O, C, A, B) and bias (O,). First put `padding` rows or columns of zeros around all four sides "
    "of every image. Then y[n, o, i, j] is bias[o] plus the sum, over all channels, of filter o times the "
    "window of A × B whose upper left corner lies at row i · stride and column j · stride. The filters are "
    "not turned round. Only whole windows count. Return y, of shape (N, O, rows, columns). `stride` (1 or "
    "more) and `padding` (0 or more) are whole numbers for both axes, no length is 0, and at least one "
    "window fits.",
    stub="def conv2d(x, weight, bias, stride, padding):\n    ...\n",
    points=3,
    reference=_conv2d,
    also=(_conv2d_shifted, _conv2d_windows),
    inputs=_conv_inputs,
    atol=1e-5,
    corners=(
        _conv_corner(1, 1, 3, 3, 1, 2, 2),
        _conv_corner(1, 2, 2, 3, 1, 1, 2),
        _conv_corner(1, 1, 2, 2, 2, 2, 1),
        _conv_corner(1, 1, 2, 2, 1, 2, 2, padding=1),
        _conv_corner(1, 1, 5, 6, 1, 2, 2, stride=3),
        _conv_corner(1, 1, 5, 4, 1, 1, 2, stride=2),
        _conv_corner(2, 3, 4, 7, 3, 2, 3, stride=2, padding=1),  # as many filters as channels
        _conv_corner(2, 1, 3, 4, 3, 2, 2),  # as many filters as columns
        _conv_corner(2, 1, 4, 3, 3, 2, 2),  # as many filters as rows
        _conv_corner(1, 2, 2, 1, 3, 3, 2, padding=1),  # filters larger than the image
        _conv_corner(1, 1, 2, 3, 2, 1, 2, stride=2, padding=3),  # windows on the border alone
        _conv_corner(1, 1, 2, 3, 1, 3, 3, padding=3),  # 2 · 3 is not 2 + 3
        _conv_corner(2, 2, 3, 4, 1, 3, 4),
        _conv_corner(3, 1, 4, 3, 2, 2, 1, stride=7, padding=1),
        _conv_corner(2, 3, 5, 6, 4, 3, 2, stride=2, padding=1, dtype=np.float32),
    ),
    cases={
        "only with padding": lambda x, weight, bias, stride, padding: padding > 0,
        "only with a stride above 1": lambda x, weight, bias, stride, padding: stride > 1,
        "only where the stride leaves rows or columns over": (
            lambda x, weight, bias, stride, padding: _left_over(x, weight, stride, padding)
        ),
        "only with several channels": lambda x, weight, *others: x.shape[1] > 1,
        "only with several filters": lambda x, weight, *others: len(weight) > 1,
        "only where the image is not square": lambda x, weight, *others: x.shape[2] != x.shape[3],
        "only for several images": lambda x, *others: len(x) > 1,
        "only where the filters are not square": lambda x, weight, *others: (
            weight.shape[2] != weight.shape[3]
        ),
    },
    hints=(
        "Take one image, one filter and one window first: how many products are there, and what becomes of "
        "the channels?",
        "How many rows and columns has y? That is the exercise before this one, once for each axis.",
        "Two loops over the rows and columns of y are enough: cut out the window at [i, j] for all images "
        "at once, multiply by all filters, and sum over three axes.",
        "In the loops: window = x[:, :, i * stride : i * stride + A, j * stride : j * stride + B]; "
        'y[:, :, i, j] = np.einsum("ncab,ocab->no", window, weight) + bias.',
    ),
    slips=(
        Slip(
            "filter turned round",
            _conv_with(lambda x, w, stride, padding: _responses(x, w[:, :, ::-1, ::-1], stride, padding)),
            says="The filters are turned round, as in a true convolution. Here the first entry of a filter "
            "meets the first entry of the window.",
            hint="Try an image with a single 1 in it and a filter of four different numbers.",
            also=(
                _conv_with(lambda x, w, stride, padding: _responses(x, w[:, :, ::-1], stride, padding)),
                _conv_with(lambda x, w, stride, padding: _responses(x, w[:, :, :, ::-1], stride, padding)),
            ),
        ),
        Slip(
            "filter transposed",
            _conv_with(lambda x, w, stride, padding: _responses(x, w.swapaxes(2, 3), stride, padding)),
            says="Rows and columns of the filters are exchanged.",
            hint="Axis 2 of `weight` goes down the image, axis 3 to the right. Try a filter of 1 × 2.",
        ),
        Slip(
            "rows and columns exchanged",
            _conv_with(lambda x, w, stride, padding: _responses(x, w, stride, padding).swapaxes(2, 3)),
            says="Rows and columns of the result are exchanged.",
            hint="y[n, o, i, j]: i counts along the height of the image. Try an image of 2 × 3.",
            also=(
                _conv_with(lambda x, w, stride, padding: _responses(x.swapaxes(2, 3), w, stride, padding)),
            ),
        ),
        Slip(
            "padding ignored",
            _conv_with(lambda x, w, stride, padding: _responses(x, w, stride, 0)),
            says="The padding is left out.",
            hint="An image of 2 × 2 with padding 1: how many rows has it then?",
        ),
        Slip(
            "padded on one side",
            _conv_with(lambda x, w, stride, padding: _responses(_padded(x, padding, 0), w, stride, 0)),
            says="The zeros are put on one side of an axis only; they belong on both.",
            hint="np.pad takes a pair for each axis: how many before, how many behind.",
            also=(
                _conv_with(lambda x, w, stride, padding: _responses(_padded(x, 0, padding), w, stride, 0)),
            ),
        ),
        Slip(
            "padded along one axis",
            _conv_with(
                lambda x, w, stride, padding: _responses(_padded(x, padding, padding, 0, 0), w, stride, 0)
            ),
            says="Only one of the two axes of the image is padded.",
            hint="The border goes all round: above, below, left and right.",
            also=(
                _conv_with(
                    lambda x, w, stride, padding: _responses(_padded(x, 0, 0, padding, padding), w, stride, 0)
                ),
            ),
        ),
        Slip(
            "padding missing in the size",
            _conv_with(_size_unpadded),
            says="The number of rows and columns is worked out from the image before it was padded.",
            hint="Which shape goes into the size of y: that of x, or that of x with its border?",
        ),
        Slip(
            "padded twice",
            _conv_with(lambda x, w, stride, padding: _responses(x, w, stride, 2 * padding)),
            says="The border is twice as wide as it should be: `padding` is the number on each side.",
            hint="An image of 2 × 2 with padding 1: how many rows has it then?",
        ),
        Slip(
            "all axes padded",
            _conv_with(lambda x, w, stride, padding: _responses(np.pad(x, padding), w, stride, 0)),
            says="All four axes are padded, so there are more images and more channels than before.",
            hint="Print the shape after padding. Which axes are rows and columns?",
        ),
        Slip(
            "border not of zeros",
            _conv_with(
                lambda x, w, stride, padding: _responses(_padded(x, padding, mode="edge"), w, stride, 0)
            ),
            says="The border repeats the pixels at the edge; it should be of zeros.",
            hint="Try an image of ones and a filter of ones: what comes out in a corner?",
        ),
        Slip(
            "stride ignored",
            _conv_with(lambda x, w, stride, padding: _responses(x, w, 1, padding)),
            says="The stride is left out: the windows move by one place.",
            hint="With stride 2, an image of 5 × 5 and a filter of 1 × 1 give 3 × 3 responses.",
        ),
        Slip(
            "stride in the size alone",
            _conv_with(_unit_steps),
            says="The size respects the stride, but the windows do not: they still move by one place.",
            hint="At which row does the window of y[:, :, 1, 0] start if the stride is 2?",
        ),
        Slip(
            "stride along one axis",
            _conv_with(lambda x, w, stride, padding: _responses(x, w, 1, padding)[:, :, ::stride]),
            says="The stride is used along one of the two axes only.",
            hint="Compare the number of rows and of columns for a square image with stride 2.",
            also=(_conv_with(lambda x, w, stride, padding: _responses(x, w, 1, padding)[:, :, :, ::stride]),),
        ),
        Slip(
            "stride as dilation",
            _conv_with(_dilated),
            says="The stride spreads the entries of the filter apart, which is a dilation. It should spread "
            "the windows.",
            hint="The pixels under one window are neighbors, whatever the stride is.",
        ),
        Slip(
            "last window dropped",
            _conv_with(lambda x, w, stride, padding: _responses(x, w, stride, padding)[:, :, :-1, :-1]),
            says="The last row and the last column of windows are missing.",
            hint="If the filter is as large as the image, how many windows are there?",
        ),
        Slip(
            "windows that hang over",
            _conv_with(_conv_hanging_over),
            says="Windows that hang over the lower or right edge are counted. Only whole windows are.",
            hint="An image of 3 × 3, a filter of 2 × 2 and stride 2: how many windows fit?",
            also=(_conv_short_windows,),
        ),
        Slip(
            "channels not summed",
            lambda x, w, b, stride, padding: np.stack(
                [_conv2d_windows(x[:, [k]], w[:, [k]], b, stride, padding) for k in range(x.shape[1])], axis=2
            ),
            says="There is one map for each channel of the input. A filter sums over all channels.",
            hint="Which letters of the window (n, c, a, b) are left in y[n, o]?",
            also=(
                lambda x, w, b, stride, padding: np.stack(
                    [_responses(x[:, [k]], w[:, [k]], stride, padding) for k in range(x.shape[1])], axis=2
                ),
            ),
        ),
        Slip(
            "one channel only",
            _conv_with(lambda x, w, stride, padding: _responses(x[:, :1], w[:, :1], stride, padding)),
            says="Only one channel of the image reaches the result.",
            hint="Try two channels with different numbers. Do you add them up, or keep the last?",
            also=(
                _conv_with(lambda x, w, stride, padding: _responses(x[:, -1:], w[:, -1:], stride, padding)),
            ),
        ),
        Slip(
            "filters and channels exchanged",
            _conv_with(lambda x, w, stride, padding: _responses(x, w.swapaxes(0, 1), stride, padding)),
            says="The first two axes of `weight` are exchanged: it is (O, C, A, B), filters first.",
            hint="Which axis of `weight` is as long as axis 1 of x?",
            also=(_conv_with(_indexed_channel_first),),
        ),
        Slip(
            "mean",
            _conv_with(lambda x, w, stride, padding: _responses(x, w, stride, padding) / w[0].size),
            says="You take the mean of the products; a response is their sum.",
            hint="A filter of ones on an image of ones: what should come out?",
            also=(
                _conv_with(lambda x, w, stride, padding: _responses(x, w, stride, padding) / w[0, 0].size),
            ),
        ),
        Slip(
            "bias along the columns",
            _bias_with(lambda y, bias, w: y + bias),
            says="The bias is lined up with the last axis of y, the columns; it belongs to the axis of the "
            "filters.",
            hint="Which axis of y has length O? NumPy lines arrays up at their last axes.",
            also=(_bias_with(lambda y, bias, w: y + bias[:, None]),),
        ),
        Slip(
            "bias more than once",
            _bias_with(lambda y, bias, w: y + w.shape[1] * bias[:, None, None]),
            says="The bias is added more than once: a filter has one for its whole sum.",
            hint="Try weights of zero: what must come out?",
            also=(
                _bias_with(lambda y, bias, w: y + w[0].size * bias[:, None, None]),
                _bias_with(lambda y, bias, w: y + w[0, 0].size * bias[:, None, None]),
            ),
        ),
        Slip(
            "one bias for all",
            _bias_with(lambda y, bias, w: y + bias[0]),
            says="All filters get the same bias; each has its own.",
            hint="Try weights of zero and the bias [1, 2].",
            also=(_bias_with(lambda y, bias, w: y + bias.sum()),),
        ),
        Change(
            "bias forgotten",
            lambda y, x, w, bias, *settings: y - bias[:, None, None],
            says="The bias is missing.",
            hint="Try weights of zero: what must come out?",
        ),
    ),
    because="Every window is multiplied by every filter and summed over channels, rows and columns; only the "
    "images and the filters keep their axes.",
)


# Max-pooling.


def _max_pool(x, size, stride):  # type: ignore[no-untyped-def]
    rows = (x.shape[2] - size) // stride + 1
    columns = (x.shape[3] - size) // stride + 1
    y = np.empty((*x.shape[:2], rows, columns))
    winner = np.empty(y.shape, int)
    for i in range(rows):
        for j in range(columns):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            flat = window.reshape(*x.shape[:2], -1)
            y[:, :, i, j], winner[:, :, i, j] = flat.max(axis=2), flat.argmax(axis=2)

    def back(dy):  # type: ignore[no-untyped-def]
        dx = np.zeros(x.shape)
        image, channel = np.indices(x.shape[:2])
        for i in range(rows):
            for j in range(columns):
                a, b = np.divmod(winner[:, :, i, j], size)
                dx[image, channel, i * stride + a, j * stride + b] += dy[:, :, i, j]
        return dx

    return y, back


def _max_pool_one_by_one(x: Any, size: int, stride: int) -> Any:
    n, c, h, w = x.shape
    y = np.zeros((n, c, 1 + (h - size) // stride, 1 + (w - size) // stride))
    winners = {}
    for place in np.ndindex(*y.shape):
        top, left = place[2] * stride, place[3] * stride
        pixels = product(range(top, top + size), range(left, left + size))
        best = max(pixels, key=lambda pixel: x[(*place[:2], *pixel)])
        winners[place] = (*place[:2], *best)
        y[place] = x[winners[place]]

    def _back(dy: Any) -> Any:
        dx = np.zeros_like(x)
        for place, pixel in winners.items():
            dx[pixel] += dy[place]
        return dx

    return y, _back


Window = tuple[int, int, tuple[Any, ...]]
Shares = Callable[[Any], Any]


def _places(x: Any, size: int, stride: int, *, step: int | None = None, fewer: int = 0) -> Iterator[Window]:
    """Yield row and column of y with the part of x that is seen there, `step` apart."""
    rows, columns = ((length - size) // stride + 1 - fewer for length in x.shape[2:])
    for i, j in product(range(rows), range(columns)):
        top, left = ((stride if step is None else step) * k for k in (i, j))
        yield i, j, (..., slice(top, top + size), slice(left, left + size))


def _first(window: Any) -> Any:
    """Return ones at the first of the largest pixels, zeros elsewhere."""
    flat = window.reshape(*window.shape[:2], -1)
    return np.eye(flat.shape[2])[flat.argmax(axis=2)].reshape(window.shape)


def _largest(window: Any) -> Any:
    return (window == window.max(axis=(2, 3), keepdims=True)).astype(float)


def _pool_with(
    shares: Shares = _first,
    *,
    value: Shares = lambda window: window.max(axis=(2, 3)),
    forward: dict[str, int] | None = None,
    backward: dict[str, int] | None = None,
    times_dy: bool = True,
) -> Any:
    """Return a pooling with other shares in the gradient, another value, or windows elsewhere."""

    def _wrong(x: Any, size: int, stride: int) -> Any:
        places = list(_places(x, size, stride, **(forward or {})))
        fewer = (forward or {}).get("fewer", 0)
        y = np.zeros((*x.shape[:2], *((length - size) // stride + 1 - fewer for length in x.shape[2:])))
        for i, j, seen in places:
            y[:, :, i, j] = value(x[seen])

        def _back(dy: Any) -> Any:
            dx = np.zeros(x.shape)
            to = _places(x, size, stride, **(backward or forward or {}))
            for (i, j, seen), (_, _, there) in zip(places, to, strict=True):
                dx[there] += shares(x[seen]) * (dy[:, :, [[i]], [[j]]] if times_dy else 1)
            return dx

        return y, _back

    return _wrong


def _pool_overwriting(keep: Callable[[Any, Any, Any], Any]) -> Any:
    """Return a pooling that writes instead of adding: ``keep(mine, before, winners)``."""

    def _wrong(x: Any, size: int, stride: int) -> Any:
        def _back(dy: Any) -> Any:
            dx = np.zeros(x.shape)
            for i, j, seen in _places(x, size, stride):
                winners = _first(x[seen])
                dx[seen] = keep(winners * dy[:, :, [[i]], [[j]]], dx[seen], winners)
            return dx

        return _max_pool(x, size, stride)[0], _back  # type: ignore[no-untyped-call]

    return _wrong


def _pool_of_image(x: Any, size: int, stride: int) -> Any:
    """Let only the largest pixel of the whole image have a gradient."""
    y, back = _max_pool(x, size, stride)  # type: ignore[no-untyped-call]
    return y, lambda dy: back(dy) * _largest(x)


def _wins(x: Any, size: int, stride: int) -> Any:
    """Return ones at pixels that win a window, however many."""
    y, back = _max_pool(x, size, stride)  # type: ignore[no-untyped-call]
    return (back(np.ones(y.shape)) > 0).astype(float)


def _pool_over_channels(x: Any, size: int, stride: int) -> Any:
    y, back = _max_pool(x, size, stride)  # type: ignore[no-untyped-call]
    return y.max(axis=1), back


def _with_settings(settings: Callable[[int, int], tuple[int, int]]) -> Any:
    """Return a pooling with other settings: ``settings(size, stride)``."""
    return lambda x, size, stride: _pool_with()(x, *settings(size, stride))


def _hanging_over(x: Any, size: int, stride: int) -> Any:
    """Count windows that begin inside, whether they end inside or not."""
    more = [-(-(length - size) // stride) * stride + size - length for length in x.shape[2:]]
    border = ((0, 0), (0, 0), (0, more[0]), (0, more[1]))
    y, back = _max_pool(np.pad(x, border, constant_values=-np.inf), size, stride)  # type: ignore[no-untyped-call]
    return y, lambda dy: back(dy)[:, :, : x.shape[2], : x.shape[3]]


def _hanging_over_forward(x: Any, size: int, stride: int) -> Any:
    return _hanging_over(x, size, stride)[0], _max_pool(x, size, stride)[1]  # type: ignore[no-untyped-call]


def _as_many_as_strides(x: Any, size: int, stride: int) -> Any:
    """Count as many windows as strides go into the image."""
    y = np.empty((*x.shape[:2], x.shape[2] // stride, x.shape[3] // stride))
    for i, j in np.ndindex(*y.shape[2:]):
        window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
        y[:, :, i, j] = window.max(axis=(2, 3))
    return y, _max_pool(x, size, stride)[1]  # type: ignore[no-untyped-call]


def _pool_whole_image(x: Any, size: int, stride: int) -> Any:
    return x.max(axis=(2, 3)), _max_pool(x, size, stride)[1]  # type: ignore[no-untyped-call]


def _pool_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    n = 1 + size // 2
    x = rng.normal(size=(n, n + 1, n + 2, n + 3))
    return x, int(rng.integers(1, 4)), int(rng.integers(1, 4))


def _pool_corner(
    *shape: int, size: int, stride: int, shift: float = 0, dtype: Any = float
) -> tuple[Any, ...]:
    """Return arguments with whole numbers in them, none of them twice."""
    x = np.random.default_rng(shape).permutation(int(np.prod(shape))).reshape(shape) - 4.0
    return (x + shift).astype(dtype), size, stride


def _has_ties(x: Any, size: int, stride: int) -> bool:
    return any((_largest(x[seen]).sum(axis=(2, 3)) > 1).any() for _, _, seen in _places(x, size, stride))


def _wins_twice(x: Any, size: int, stride: int) -> bool:
    y, back = _max_pool(x, size, stride)  # type: ignore[no-untyped-call]
    return bool((back(np.ones(y.shape)) > 1).any())


_TIED = np.array([[2.0, 1, 0, 3], [2, 2, 3, 0], [0, 1, 1, 3]])[None, None]

max_pool = Pullback(
    id="ours-max-pool",
    title="Max-pooling, forward and backward",
    statement="Write `max_pool(x, size, stride)` for images x of shape (N, C, H, W): y[n, c, i, j] is the "
    "largest number in the window of size × size whose upper left corner lies at row i · stride and column "
    "j · stride. Only whole windows count, and there is no padding. Return y and a function `back(dy)` that "
    "takes dy, shaped as y, and returns the gradient of x. Windows overlap if stride < size. Where several "
    "pixels of a window are largest, the first of them, row by row, is the one that counts. No length is 0, "
    "`size` and `stride` are 1 or more, and at least one window fits.",
    stub="def max_pool(x, size, stride):\n    y = ...\n\n    def back(dy):\n        return ...\n\n"
    "    return y, back\n",
    points=3,
    reference=_max_pool,
    also=(_max_pool_one_by_one,),
    inputs=_pool_inputs,
    corners=(
        _pool_corner(1, 1, 2, 2, size=2, stride=2),
        _pool_corner(1, 1, 2, 3, size=2, stride=1),
        _pool_corner(1, 1, 3, 3, size=2, stride=1),
        _pool_corner(1, 1, 4, 5, size=2, stride=2),
        _pool_corner(1, 1, 4, 7, size=1, stride=3),
        _pool_corner(1, 2, 2, 4, size=2, stride=3),
        _pool_corner(2, 1, 3, 4, size=3, stride=5),
        _pool_corner(1, 2, 3, 5, size=2, stride=1, shift=-1000.0),
        _pool_corner(2, 3, 6, 7, size=3, stride=2, dtype=np.float32),
        (_TIED, 2, 2),
        (_TIED, 2, 1),
        (np.full((1, 2, 3, 4), -1.0), 3, 1),
        (np.zeros((2, 1, 4, 4)), 2, 2),
    ),
    cases={
        "only where a window holds its largest number twice": _has_ties,
        "only where a pixel is the largest of several windows": _wins_twice,
        "only where windows overlap": lambda x, size, stride: stride < size,
        "only where there are gaps between the windows": lambda x, size, stride: stride > size,
        "only where the stride is not the size": lambda x, size, stride: stride != size,
        "only with a stride above 1": lambda x, size, stride: stride > 1,
    },
    hints=(
        "Forward, cut out each window for all images and channels at once. What must be remembered of it "
        "for the way back?",
        "If a pixel that is not the largest of its window changes a little, what becomes of y?",
        "argmax of the flattened window gives the place of the winner in the window. Where in the image is "
        "it? And if windows overlap, one pixel may win more than one of them.",
        "a, b = divmod(place, size); dx[n, c, i * stride + a, j * stride + b] += dy[n, c, i, j].",
    ),
    slips=(
        Slip(
            "to all that are largest",
            _pool_with(_largest),
            says="Right but for ties: every pixel that is as large as the maximum gets the whole gradient. "
            "Only the first of them counts here.",
            hint="Try an image of zeros. Which of its pixels should get a gradient?",
            credit=0.5,
        ),
        Slip(
            "shared among the largest",
            _pool_with(lambda window: _largest(window) / _largest(window).sum(axis=(2, 3), keepdims=True)),
            says="Right but for ties: the gradient is shared among the pixels that are largest. Here the "
            "first of them gets it all.",
            hint="Try an image of zeros. Which of its pixels should get a gradient?",
            credit=0.5,
        ),
        Slip(
            "last of the largest",
            _pool_with(lambda window: _first(window[:, :, ::-1, ::-1])[:, :, ::-1, ::-1]),
            says="Right but for ties: where several pixels are largest, you take the last of them.",
            hint="Is it > or >= ?",
            credit=0.5,
        ),
        Slip(
            "column by column",
            _pool_with(lambda window: _first(window.swapaxes(2, 3)).swapaxes(2, 3)),
            says="Right but for ties: you go through a window column by column, so another pixel comes "
            "first.",
            hint="Which pixel of the window [[0, 1], [1, 0]] comes first, row by row?",
            credit=0.5,
        ),
        Slip(
            "spread evenly",
            _pool_with(lambda window: np.ones(window.shape) / window[0, 0].size),
            says="The gradient is spread evenly over the window. That is the way back of average-pooling; a "
            "maximum depends on one pixel alone.",
            hint="Change a pixel that is not the largest a little: does y change?",
        ),
        Slip(
            "whole gradient to every pixel",
            _pool_with(lambda window: np.ones(window.shape)),
            says="Every pixel of a window gets its gradient. Only the pixel that won may.",
            hint="Change a pixel that is not the largest a little: does y change?",
        ),
        Slip(
            "overwritten",
            _pool_overwriting(lambda mine, before, winners: np.where(winners, mine, before)),
            says="Where windows overlap, a later window overwrites the gradient of an earlier one. "
            "They have to be added, and += with arrays of indices counts a repeated one only once.",
            hint="One pixel wins two windows whose dy are 1 and 10. What is its gradient?",
            also=(_pool_overwriting(lambda mine, before, winners: mine),),
        ),
        Slip(
            "dy left out",
            _pool_with(times_dy=False),
            says="The gradient says which pixels win, but dy is left out.",
            hint="Try back(2 * dy): what must happen to dx?",
            also=(
                lambda x, size, stride: (
                    _max_pool(x, size, stride)[0],  # type: ignore[no-untyped-call]
                    lambda dy: _wins(x, size, stride),
                ),
            ),
        ),
        Slip(
            "value for mask",
            _pool_with(lambda window: _first(window) * window),
            says="The winner's gradient is multiplied by its value. The derivative of a maximum by the "
            "winner is 1, however large it is.",
            hint="Raise the winner by 0.1: by how much does y rise?",
        ),
        Slip(
            "largest of the whole image",
            _pool_of_image,
            says="Only the largest pixel of a whole image gets a gradient; every window has its own winner.",
            hint="How many entries of dy are there, and where does each of them go?",
        ),
        Slip(
            "place in the window",
            _pool_with(backward={"step": 0}),
            says="The place of the winner in its window is taken for its place in the image, so all "
            "gradients land in the upper left corner.",
            hint="Where in the image does the window of y[:, :, 1, 0] start?",
        ),
        Slip(
            "stride left out on the way back",
            _pool_with(backward={"step": 1}),
            says="On the way back the windows move by one place, whatever the stride is.",
            hint="Where in the image does the window of y[:, :, 1, 0] start if the stride is 2?",
        ),
        Slip(
            "row and column exchanged",
            _pool_with(lambda window: _first(window).swapaxes(2, 3)),
            says="Row and column of the winner are exchanged on the way back.",
            hint="A flat index counts row by row. Which of quotient and remainder is the row?",
        ),
        Slip(
            "stride as large as the window",
            _with_settings(lambda size, stride: (size, size)),
            says="Your windows stand side by side, as if the stride were the size. Here it may be another.",
            hint="Try size 2 with stride 1 on an image of 3 × 3: how many windows are there?",
        ),
        Slip(
            "stride ignored",
            _with_settings(lambda size, stride: (size, 1)),
            says="The stride is left out: your windows move by one place.",
            hint="An image of 4 × 4 with size 2 and stride 2 has 2 × 2 windows.",
        ),
        Slip(
            "stride in the size alone",
            _pool_with(forward={"step": 1}),
            says="y has the right size, but the windows move by one place, whatever the stride is.",
            hint="At which row does the window of y[:, :, 1, 0] start if the stride is 2?",
        ),
        Slip(
            "last window dropped",
            _pool_with(forward={"fewer": 1}),
            says="The last row and the last column of windows are missing.",
            hint="If the window is as large as the image, how many windows are there?",
        ),
        Slip(
            "windows that hang over",
            _hanging_over,
            says="Windows that hang over the lower or right edge are counted. Only whole windows are.",
            hint="An image of 3 × 3 with size 2 and stride 2: how many windows fit?",
            also=(_hanging_over_forward, _as_many_as_strides),
        ),
        Slip(
            "whole image at once",
            _pool_whole_image,
            says="You take the largest number of every whole image; each window has its own.",
            hint="An image of 4 × 4 with size 2 and stride 2 has 2 × 2 windows.",
            also=(
                lambda x, size, stride: (
                    x.max(axis=(2, 3), keepdims=True),
                    _max_pool(x, size, stride)[1],  # type: ignore[no-untyped-call]
                ),
            ),
        ),
        Slip(
            "starts at zero",
            _pool_with(
                lambda window: _first(window) * (window > 0),
                value=lambda window: np.maximum(window.max(axis=(2, 3)), 0),
            ),
            says="A window of negative numbers gives 0. The search for the maximum must not start at zero.",
            hint="Try an image in which all numbers are negative.",
            also=(_pool_with(value=lambda window: np.maximum(window.max(axis=(2, 3)), 0)),),
        ),
        Slip(
            "largest in absolute value",
            _pool_with(
                lambda window: _first(abs(window)),
                value=lambda window: (window * _first(abs(window))).sum(axis=(2, 3)),
            ),
            says="You take the number farthest from zero. Of -3 and 1, the larger is 1.",
            hint="Try an image in which all numbers are negative.",
            also=(_pool_with(lambda window: _first(abs(window)), value=lambda w: abs(w).max(axis=(2, 3))),),
        ),
        Slip(
            "smallest",
            _pool_with(lambda window: _first(-window), value=lambda window: window.min(axis=(2, 3))),
            says="This takes the smallest number of each window.",
            hint="Try a window of 1, 2, 3 and 4.",
        ),
        Slip(
            "average-pooling",
            _pool_with(
                lambda window: np.ones(window.shape) / window[0, 0].size,
                value=lambda window: window.mean(axis=(2, 3)),
            ),
            says="This is average-pooling, forward and backward; the exercise asks for the largest number.",
            hint="Try a window of 1, 2, 3 and 4.",
        ),
        Slip(
            "channels pooled together",
            _pool_over_channels,
            says="The maximum is taken over the channels too. Each channel is pooled by itself.",
            hint="y has as many channels as x.",
        ),
    ),
    because="y changes with the winner of each window alone, one to one. So dy goes to the winners, and a "
    "pixel that wins several windows gets the sum.",
)
