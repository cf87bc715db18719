"""Borders by the books' numbers and by NumPy's own padding."""

import numpy as np
import pytest

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import conv2d, pad

IMAGE = np.array([[1, 5, 1, 1, 3], [2, 3, 4, 1, 2], [4, 1, 1, 0, 5], [2, 6, 0, 2, 0]], float)
NUMPYS = {"zeros": "constant", "replicate": "edge", "reflect": "reflect"}


@pytest.mark.parametrize(
    ("mode", "rows"),
    [
        ("zeros", [[0, 0, 0, 0, 0, 0, 0], [0, 1, 5, 1, 1, 3, 0]]),
        ("replicate", [[1, 1, 5, 1, 1, 3, 3], [1, 1, 5, 1, 1, 3, 3]]),
        ("reflect", [[3, 2, 3, 4, 1, 2, 1], [5, 1, 5, 1, 1, 3, 1]]),
    ],
)
def test_rawassizadeh_figure(mode, rows):
    y, _ = pad(IMAGE[None, None], 1, mode)
    np.testing.assert_array_equal(y[0, 0, :2], rows)
    np.testing.assert_array_equal(y[0, 0], np.pad(IMAGE, 1, mode=NUMPYS[mode]))


@pytest.mark.parametrize("mode", NUMPYS)
@pytest.mark.parametrize("padding", [0, 1, 3, (2, 0), (0, 3)])
def test_modes_are_numpys_and_gradients_go_to_the_source(mode, padding):
    x = np.arange(20.0).reshape(1, 1, 4, 5)
    sides = (padding,) * 2 if isinstance(padding, int) else padding
    y, back = pad(x, padding, mode)
    np.testing.assert_array_equal(y[0, 0], np.pad(x[0, 0], [(p, p) for p in sides], mode=NUMPYS[mode]))
    dy = np.random.default_rng(0).normal(size=y.shape)
    expected = np.bincount(y.ravel().astype(int), dy.ravel(), 20)  # x holds its own places
    if mode == "zeros":
        expected = dy[0, 0, sides[0] : sides[0] + 4, sides[1] : sides[1] + 5].ravel()
    dx = back(dy)
    np.testing.assert_allclose(dx.ravel(), expected)
    assert not np.shares_memory(dx, dy)
    assert not np.shares_memory(x, y)


@pytest.mark.parametrize("mode", NUMPYS)
@pytest.mark.parametrize("padding", [1, (2, 1), "same"])
def test_a_convolution_pads_as_pad_does(mode, padding):
    rng = np.random.default_rng(1)
    x, weight = rng.normal(size=(2, 3, 5, 4)), rng.normal(size=(2, 3, 3, 3))
    y, back = conv2d(x, weight, padding=padding, padding_mode=mode)
    padded, unpad = pad(x, 1 if padding == "same" else padding, mode)
    inner, inner_back = conv2d(padded, weight)
    np.testing.assert_allclose(y, inner, atol=1e-12)
    dy = rng.normal(size=y.shape)
    np.testing.assert_allclose(back(dy)[0], unpad(inner_back(dy)[0]), atol=1e-12)


def test_a_border_that_the_image_cannot_fill():
    with pytest.raises(ShapeError, match=r"at least 4 pixels .* to reflect, got \(1, 1, 3\): 3 pixel"):
        pad(np.ones((1, 1, 3)), 3, "reflect")
    assert pad(np.ones((1, 1, 4)), 3, "reflect")[0].shape == (1, 1, 10)
    assert pad(np.ones((1, 1, 1)), 3, "replicate")[0].sum() == 7
    with pytest.raises(ShapeError, match="to replicate"):
        pad(np.ones((1, 1, 0)), 1, "replicate")
    assert not pad(np.ones((1, 1, 0)), 1, "zeros")[0].any()
    with pytest.raises(ValidationError, match="got 'wrap'"):
        pad(np.ones((1, 1, 3)), 1, "wrap")
