"""Convolution, its output size and max-pooling, as students write them: right, and wrong with the message."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from dlcore.exercises.code import images
from dlcore.exercises.code.images import conv2d, max_pool, output_size
from dlcore.reference import convolution, pooling


def padded(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def sliding(x, weight, bias, stride, padding, *, pad=padded, step=None, count=None, response=None):
    """Convolve window by window; every step can be done wrongly."""
    x = pad(x, padding)
    a, b = weight.shape[2:]
    count = count or (lambda n, k, s: (n - k) // s + 1)
    response = response or (lambda window, w: np.einsum("ncab,ocab->no", window, w))
    y = np.zeros((len(x), len(weight), count(x.shape[2], a, stride), count(x.shape[3], b, stride)))
    for i, j in np.ndindex(*y.shape[2:]):
        top, left = (k * (step or stride) for k in (i, j))
        y[:, :, i, j] = response(x[:, :, top : top + a, left : left + b], weight) + bias
    return y


# Right answers.


def loops_all_the_way(x, weight, bias, stride, padding):
    (n, c, h, w), (o, _, a, b) = x.shape, weight.shape
    rows, columns = (h + 2 * padding - a) // stride + 1, (w + 2 * padding - b) // stride + 1
    y = [[[[float(bias[k])] * columns for _ in range(rows)] for k in range(o)] for _ in range(n)]
    places = product(range(n), range(o), range(rows), range(columns), range(c), range(a), range(b))
    for m, k, i, j, d, p, q in places:
        row, column = i * stride + p - padding, j * stride + q - padding
        if 0 <= row < h and 0 <= column < w:
            y[m][k][i][j] += float(x[m, d, row, column] * weight[k, d, p, q])
    return y


def in_single_precision(x, weight, bias, stride, padding):
    x, weight, bias = (a.astype(np.float32) for a in (x, weight, bias))
    return sliding(x, weight, bias, stride, padding).astype(np.float32)


def ours(x, weight, bias, stride, padding):
    return convolution.conv2d(x, weight, bias, stride=stride, padding=padding)[0]


@pytest.mark.parametrize("answer", [loops_all_the_way, in_single_precision, ours, sliding])
def test_convolutions_in_other_styles(answer):
    assert conv2d.check(answer).ok


def keeps_masks(x, size, stride):
    """Remember one mask for each window."""
    y = pooling.max_pool2d(x, size, stride)[0]
    masks = {}
    for i, j in np.ndindex(*y.shape[2:]):
        seen = (..., slice(i * stride, i * stride + size), slice(j * stride, j * stride + size))
        flat = x[seen].reshape(*x.shape[:2], -1)
        first = (flat == flat.max(axis=2, keepdims=True)).cumsum(axis=2) == 1
        masks[i, j] = seen, (first & (flat == flat.max(axis=2, keepdims=True))).reshape(x[seen].shape)

    def back(dy):
        dx = np.zeros_like(x)
        for (i, j), (seen, mask) in masks.items():
            dx[seen] += mask * dy[:, :, i, j, None, None]
        return dx

    return y, back


def with_gradients_of_settings(x, size, stride):
    y, back = pooling.max_pool2d(x, size, stride)
    return y, lambda dy: (back(dy), None, None)


@pytest.mark.parametrize(
    "answer", [keeps_masks, with_gradients_of_settings, lambda *a: pooling.max_pool2d(*a)], ids=range(3)
)
def test_poolings_in_other_styles(answer):
    assert max_pool.check(answer).ok


@pytest.mark.parametrize(
    "answer",
    [
        lambda n, k, s, p: 1 + (n - k + p + p) // s,
        lambda n, k, s, p: float(np.floor((n + 2 * p - k) / s + 1)),
        lambda n, k, s, p: np.array([(n + 2 * p - k + s) // s]),
        lambda n, k, s, p: sum(1 for i in range(0, n + 2 * p, s) if i + k <= n + 2 * p),
        lambda n, k, s, p: np.convolve(np.ones(n + 2 * p), np.ones(k), "valid")[::s].size,
    ],
    ids=range(5),
)
def test_sizes_in_other_styles(answer):
    assert output_size.check(answer).ok


# Wrong answers, and words of the message that they get.


def as_if_square(x, weight, bias, stride, padding):
    x, k = padded(x, padding), weight.shape[2]
    y = np.zeros((len(x), len(weight), *((n - k) // stride + 1 for n in x.shape[2:])))
    for i, j in np.ndindex(*y.shape[2:]):
        top, left = i * stride, j * stride
        window = x[:, None, :, top : top + k, left : left + k]
        y[:, :, i, j] = (window * weight).sum(axis=(2, 3, 4)) + bias
    return y


WRONG_CONVOLUTIONS = {
    "turned by np.flip": (
        lambda x, w, b, s, p: sliding(x, np.flip(w, (2, 3)), b, s, p),
        "turned round",
    ),
    "padding forgotten": (lambda x, w, b, s, p: sliding(x, w, b, s, 0), "padding is left out"),
    "padded behind only": (
        lambda x, w, b, s, p: sliding(x, w, b, s, p, pad=lambda x, p: images._padded(x, 0, p)),
        "one side",
    ),
    "everything padded": (
        lambda x, w, b, s, p: sliding(x, w, b, s, p, pad=np.pad),
        "All four axes are padded",
    ),
    "no + 1": (
        lambda x, w, b, s, p: sliding(x, w, b, s, p, count=lambda n, k, s: (n - k) // s),
        "last row and the last column",
    ),
    "windows side by side": (
        lambda x, w, b, s, p: sliding(x, w, b, s, p, step=1),
        "still move by one place",
    ),
    "size before padding": (
        lambda x, w, b, s, p: sliding(x, w, b, s, p, count=lambda n, k, s: (n - 2 * p - k) // s + 1),
        "before it was padded",
    ),
    "mean of the products": (
        lambda x, w, b, s, p: sliding(
            x, w, b, s, p, response=lambda v, w: (v[:, None] * w).mean(axis=(2, 3, 4))
        ),
        "mean of the products",
    ),
    "bias in the innermost loop": (
        lambda x, w, b, s, p: sliding(
            x, w, b, s, p, response=lambda v, w: np.einsum("ncab,ocab->no", v, w) + (w[0].size - 1) * b
        ),
        "more than once",
    ),
    "bias by broadcasting": (
        lambda x, w, b, s, p: sliding(x, w, np.zeros(len(w)), s, p) + b,
        "the columns",
    ),
    "the last channel wins": (
        lambda x, w, b, s, p: [sliding(x[:, [c]], w[:, [c]], b, s, p) for c in range(x.shape[1])][-1],
        "Only one channel",
    ),
    "indexed [channel, filter]": (
        lambda x, w, b, s, p: sliding(
            x,
            w,
            b,
            s,
            p,
            response=lambda v, w: sum(
                np.einsum("nab,oab->no", v[:, c], np.stack([w[c, o] for o in range(len(w))]))
                for c in range(v.shape[1])
            ),
        ),
        "first two axes of `weight`",
    ),
    "spread filter": (
        lambda x, w, b, s, p: images._dilated(x, w, s, p) + b[:, None, None],
        "dilation",
    ),
    "channels last": (
        lambda x, w, b, s, p: sliding(x, w, b, s, p).transpose(0, 2, 3, 1),
        "your axes are axes (0, 2, 3, 1)",
    ),
    "with ReLU": (
        lambda x, w, b, s, p: np.maximum(sliding(x, w, b, s, p), 0),
        "negative numbers are cut off",
    ),
    "square filters": (as_if_square, "only where the filters are not square"),
    "first image alone": (
        lambda x, w, b, s, p: sliding(x, w, b, s, p) * (np.arange(len(x)) < 1)[:, None, None, None],
        "only for several images",
    ),
}


@pytest.mark.parametrize("name", WRONG_CONVOLUTIONS)
def test_a_wrong_convolution_is_named(name):
    answer, words = WRONG_CONVOLUTIONS[name]
    verdict = conv2d.check(answer)
    assert verdict.points < conv2d.points
    assert words in verdict.message


def test_two_mistakes_at_once():
    verdict = conv2d.check(lambda x, w, b, s, p: sliding(x, np.flip(w, (2, 3)), 0 * b, s, p))
    assert verdict.slip == "filter turned round + bias forgotten"


def pooled(gradient, *, value=None):
    """Return a pooling whose way back goes window by window: ``gradient(dx, window, dy)`` changes dx."""

    def answer(x, size, stride):
        y = pooling.max_pool2d(x, size, stride)[0]

        def back(dy):
            dx = np.zeros_like(x)
            for n, c, i, j in np.ndindex(*y.shape):
                seen = (n, c, slice(i * stride, i * stride + size), slice(j * stride, j * stride + size))
                gradient(dx, x, seen, dy[n, c, i, j])
            return dx

        return y if value is None else value(x, size, stride), back

    return answer


def equal_to_the_maximum(dx, x, seen, dy):
    dx[seen] += (x[seen] == x[seen].max()) * dy


def equal_and_overwritten(dx, x, seen, dy):
    dx[seen] = (x[seen] == x[seen].max()) * dy


def without_dy(dx, x, seen, dy):
    dx[seen] += x[seen] == x[seen].max()


def at_argmax(dx, x, seen, dy):
    a, b = np.unravel_index(x[seen].argmax(), x[seen].shape)
    dx[seen][a, b] = dy


def at_argmax_of_the_image(dx, x, seen, dy):
    a, b = np.unravel_index(x[seen].argmax(), x[seen].shape)
    dx[seen[0], seen[1], a, b] += dy


def everywhere(dx, x, seen, dy):
    dx[seen] += dy


def averaged(dx, x, seen, dy):
    dx[seen] += dy / x[seen].size


def the_last(dx, x, seen, dy):
    a, b = np.argwhere(x[seen] == x[seen].max())[-1]
    dx[seen][a, b] += dy


def quotient_and_remainder_exchanged(dx, x, seen, dy):
    b, a = np.unravel_index(x[seen].argmax(), x[seen].shape)
    dx[seen][a, b] += dy


def from_zero(x, size, stride):
    return np.maximum(pooling.max_pool2d(x, size, stride)[0], 0)


def blocks(x, size, stride):
    """Cut the image into blocks, whatever the stride is."""
    n, c, h, w = x.shape
    cut = x[:, :, : h // size * size, : w // size * size].reshape(n, c, h // size, size, w // size, size)
    y = cut.max(axis=(3, 5))

    def back(dy):
        return ((cut == y[:, :, :, None, :, None]) * dy[:, :, :, None, :, None]).reshape(x.shape)

    return y, back


def h_by_stride(x, size, stride):
    """Count h // stride windows."""
    y = np.empty((*x.shape[:2], x.shape[2] // stride, x.shape[3] // stride))
    for i, j in np.ndindex(*y.shape[2:]):
        seen = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
        y[:, :, i, j] = seen.max(axis=(2, 3))

    def back(dy):
        return sum(dy[:, :, i, j].sum() for i, j in np.ndindex(*y.shape[2:])) * x

    return y, back


WRONG_POOLINGS = {
    "equal to the maximum": (pooled(equal_to_the_maximum), "Right but for ties"),
    "overwritten, with ties": (pooled(equal_and_overwritten), "overwrites"),
    "without dy": (pooled(without_dy), "dy is left out"),
    "assigned": (pooled(at_argmax), "overwrites"),
    "place not moved": (pooled(at_argmax_of_the_image), "upper left corner"),
    "to every pixel": (pooled(everywhere), "Every pixel of a window"),
    "averaged": (pooled(averaged), "average-pooling"),
    "last of the ties": (pooled(the_last), "the last of them"),
    "row and column": (pooled(quotient_and_remainder_exchanged), "exchanged on the way back"),
    "from zero": (pooled(at_argmax, value=from_zero), "must not start at zero"),
    "blocks": (blocks, "side by side"),
    "h // stride": (h_by_stride, "hang over"),
    "y alone": (lambda *a: pooling.max_pool2d(*a)[0], "`return y, back`"),
    "minus": (
        lambda *a: (pooling.max_pool2d(*a)[0], lambda dy: -pooling.max_pool2d(*a)[1](dy)),
        "the sign is flipped",
    ),
}


@pytest.mark.parametrize("name", WRONG_POOLINGS)
def test_a_wrong_pooling_is_named(name):
    answer, words = WRONG_POOLINGS[name]
    verdict = max_pool.check(answer)
    assert verdict.points < max_pool.points
    assert words in verdict.message


def test_ties_earn_a_part():
    verdict = max_pool.check(pooled(the_last))
    assert (verdict.status, verdict.points) == ("close", 1.5)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n, k, s, p: (n + 2 * p - k) // s, "The place where the window starts"),
        (lambda n, k, s, p: int((n - k + p) / s + 1), "counted once"),
        (lambda n, k, s, p: (n - k) // s + 1, "left out"),
        (lambda n, k, s, p: (n - k + 2 * p) / s + 1, "not rounded"),
        (lambda n, k, s, p: int(np.ceil((n - k + 2 * p) / s + 1)), "round up"),
        (lambda n, k, s, p: -(-(n + 2 * p - k) // s), "you lose it"),
        (lambda n, k, s, p: round((n + 2 * p - k) / s) + 1, "nearest"),
        (lambda n, k, s, p: (n + 2 * p - k + 1) // s, "before the division"),
        (lambda n, k, s, p: n + 2 * p - k // s + 1, "Put the difference in parentheses"),
        (lambda n, k, s, p: len(range(0, n + 2 * p, s)), "length of the window is left out"),
        (lambda n, k, s, p: (n - k) // s + 2 * p + 1, "added to the number of places"),
        (lambda n, k, s, p: n // s, "keep the length"),
        (lambda n, k, s, p: n - k + 2 * p + 1, "stride is left out"),
        (lambda n, k, s, p: ((n - k + 2 * p) // s + 1) ** 2, "along one axis"),
        (lambda n, k, s, p: s * (n - 1) + k - 2 * p, "transposed"),
        (lambda n, k, s, p: (n + p - k) // s, "Two things"),
        (lambda n, k, s, p: (n + 2 * p - k) // s + 1 + (s > 1), "It fails only with a stride above 1"),
        (lambda n, k, s, p: (n + 2 * p - k) // s + 4, "it is 3 too large everywhere"),
    ],
    ids=range(18),
)
def test_a_wrong_size_is_named(answer, words):
    verdict = output_size.check(answer)
    assert verdict.points == 0
    assert words in verdict.message


# The statements keep their word.


CONVOLUTIONS, POOLINGS = list(conv2d.rounds()), list(max_pool.rounds())


@pytest.mark.parametrize("arguments", CONVOLUTIONS, ids=range(len(CONVOLUTIONS)))
def test_the_convolution_is_the_references(arguments):
    x, weight, bias, stride, padding = arguments
    want = convolution.conv2d(x, weight, bias, stride=stride, padding=padding)[0]
    np.testing.assert_allclose(images._conv2d(*arguments), want, atol=1e-5)
    rows, columns = (
        images._output_size(x.shape[axis], weight.shape[axis], stride, padding) for axis in (2, 3)
    )
    assert want.shape == (len(x), len(weight), rows, columns)


@pytest.mark.parametrize("arguments", POOLINGS, ids=range(len(POOLINGS)))
def test_the_pooling_is_the_references(arguments):
    inputs, (dy,) = arguments
    (y, back), (want, want_back) = images._max_pool(*inputs), pooling.max_pool2d(*inputs)
    np.testing.assert_array_equal(y, want)
    np.testing.assert_allclose(back(dy), want_back(dy.astype(want.dtype)), atol=1e-5)
