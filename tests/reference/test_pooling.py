"""Pools by the books' numbers, at ties, and at their edges."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    GlobalAveragePool,
    L2Pool2d,
    MaxPool1d,
    MaxPool2d,
    adaptive_avg_pool2d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    conv_output_size,
    global_average_pool,
    global_max_pool,
    l2_pool2d,
    max_pool1d,
    max_pool2d,
)

MMDS = np.array([[1, 3, 2, 4], [5, 6, 1, 2], [7, 2, 9, 1], [0, 1, 3, 8]], float)[None, None]
RAWASSIZADEH = np.array([[1, 5, 1, 1], [2, 3, 4, 1], [4, 1, 1, 0], [2, 6, 0, 2]], float)[None, None]


def torch_gradient(function, x, dy):
    x = torch.tensor(x, requires_grad=True)
    return torch.autograd.grad(function(x), x, torch.tensor(dy))[0].numpy()


# ---------------------------------------------------------------- numbers of the books


def test_mmds_two_by_two():
    np.testing.assert_array_equal(max_pool2d(MMDS, 2)[0][0, 0], [[6, 4], [7, 9]])
    np.testing.assert_array_equal(avg_pool2d(MMDS, 2)[0][0, 0], [[3.75, 2.25], [2.5, 5.25]])


def test_rawassizadeh_pools():
    np.testing.assert_array_equal(max_pool2d(RAWASSIZADEH, 2)[0][0, 0], [[5, 4], [6, 2]])
    np.testing.assert_array_equal(avg_pool2d(RAWASSIZADEH, 2)[0][0, 0], [[2.75, 1.75], [3.25, 0.75]])
    lengths = l2_pool2d(RAWASSIZADEH, 2)[0][0, 0]
    np.testing.assert_allclose(lengths, [[6.245, 4.359], [7.550, 2.236]], atol=5e-4)
    assert np.isclose(lengths[0, 0] ** 2, 39)  # a sum under the root, not a mean


def test_mmds_sizes():
    assert conv_output_size(224, 2, 2) == 112
    assert [conv_output_size(m, 3, 2, strict=True) for m in (55, 27, 13)] == [27, 13, 6]
    with pytest.raises(ValidationError, match="does not fit"):
        conv_output_size(224, 3, 2, strict=True)
    x = np.zeros((1, 1, 224, 224), np.float32)
    assert max_pool2d(x, 3, 2)[0].shape[2:] == (111, 111)
    for m, k, f, s, values in (
        (8, 3, 2, 2, 48),
        (7, 5, 3, 2, 45),
        (9, 2, 3, 3, 18),
        (10, 4, 4, 1, 196),
        (6, 1, 2, 1, 25),
    ):
        assert max_pool2d(np.zeros((1, k, m, m)), f, s)[0].size == values


def test_mmds_small_shifts_are_often_unseen():
    def pooled(column):
        image = np.zeros((1, 1, 8, 8))
        image[0, 0, 3, column] = 1
        return max_pool2d(image, 2)[0]

    assert [c for c in range(7) if (pooled(c) == pooled(c + 1)).all()] == [0, 2, 4, 6]


def test_rawassizadeh_one_size_for_all_images():
    for side in (32, 48):
        x = np.ones((1, 2, side, side))
        assert AdaptiveAvgPool2d(7)(x).shape == (1, 2, 7, 7)
        assert MaxPool2d(2)(x).shape == (1, 2, side // 2, side // 2)
        assert GlobalAveragePool()(x).shape == (1, 2)


# ---------------------------------------------------------------- ties


@pytest.mark.parametrize("settings", [(2,), (3, 1), (3, 2, 1), (2, 1, 0, 2), ((2, 3), (1, 2), (1, 1))])
def test_the_first_of_several_largest_gets_the_gradient(settings):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, size=(3, 2, 7, 6)).astype(float)
    y, back = max_pool2d(x, *settings)
    dy = rng.integers(1, 9, size=y.shape).astype(float)
    dx = back(dy)
    np.testing.assert_array_equal(dx, torch_gradient(lambda t: F.max_pool2d(t, *settings), x, dy))
    assert dx.sum() == dy.sum()
    np.testing.assert_array_equal(back(dy), dx)


def test_ties_by_hand():
    _, back = max_pool2d(np.ones((1, 1, 2, 2)), 2)
    np.testing.assert_array_equal(back(np.full((1, 1, 1, 1), 5.0))[0, 0], [[5, 0], [0, 0]])
    _, back = max_pool2d(np.array([[0.0, 1], [1, 1]])[None, None], 2)
    np.testing.assert_array_equal(back(np.full((1, 1, 1, 1), 5.0))[0, 0], [[0, 5], [0, 0]])
    _, back = max_pool2d(np.array([[0.0, 0], [0, 1]])[None, None], 2)
    np.testing.assert_array_equal(back(np.full((1, 1, 1, 1), 5.0))[0, 0], [[0, 0], [0, 5]])
    _, back = max_pool1d(np.array([[[0.0, -0.0, -1]]]), 3)
    np.testing.assert_array_equal(back(np.full((1, 1, 1), 5.0)), [[[5, 0, 0]]])


@pytest.mark.parametrize("size", [1, 2, 3, (5, 4), 7])
def test_ties_of_the_other_maxima(size):
    rng = np.random.default_rng(1)
    x = rng.integers(0, 2, size=(2, 3, 5, 6)).astype(float)
    y, back = adaptive_max_pool2d(x, size)
    dy = rng.integers(1, 9, size=y.shape).astype(float)
    np.testing.assert_array_equal(back(dy), torch_gradient(lambda t: F.adaptive_max_pool2d(t, size), x, dy))
    _, back = global_max_pool(np.ones((1, 2, 2, 2)))
    np.testing.assert_array_equal(back(np.array([[3.0, 4]])).reshape(2, 4), [[3, 0, 0, 0], [4, 0, 0, 0]])


# ---------------------------------------------------------------- borders, edges, kinks


def test_a_border_never_wins_a_maximum():
    x = np.full((1, 1, 3, 3), -5.0)
    y, back = max_pool2d(x, 3, 2, 1)
    np.testing.assert_array_equal(y, np.full((1, 1, 2, 2), -5.0))
    np.testing.assert_array_equal(back(np.ones(y.shape))[0, 0], [[1, 1, 0], [1, 1, 0], [0, 0, 0]])


def test_whether_the_border_counts_in_an_average():
    x = np.full((1, 1, 2, 2), 4.0)
    np.testing.assert_allclose(avg_pool2d(x, 2, 1, 1)[0][0, 0], [[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    y, back = avg_pool2d(x, 2, 1, 1, count_include_pad=False)
    np.testing.assert_allclose(y, 4.0)
    np.testing.assert_allclose(back(np.ones(y.shape))[0, 0], np.full((2, 2), 1 + 0.5 + 0.5 + 0.25))
    np.testing.assert_allclose(avg_pool1d(x[0], 2, 2, 1)[0][0], [[2, 2], [2, 2]])


def test_the_length_of_a_window_of_zeros():
    x = np.zeros((1, 1, 2, 4))
    x[..., 2:] = [[3, 0], [0, 4]]
    y, back = l2_pool2d(x, 2)
    np.testing.assert_array_equal(y.ravel(), [0, 5])
    with np.errstate(all="raise"):
        dx = back(np.ones(y.shape))
    np.testing.assert_allclose(dx[0, 0], [[0, 0, 0.6, 0], [0, 0, 0, 0.8]])


def test_pixels_beyond_the_last_window_get_nothing():
    x = np.random.default_rng(0).normal(size=(2, 2, 7, 5))
    for operation in (max_pool2d, avg_pool2d, l2_pool2d):
        y, back = operation(x, 2, 2)
        assert y.shape[2:] == (3, 2)
        dx = back(np.ones(y.shape))
        assert not dx[:, :, 6].any()
        assert not dx[..., 4].any()
        assert dx[:, :, :6, :4].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_empty_batch_and_one_pixel(dtype):
    for operation in (
        lambda x: max_pool2d(x, 1),
        lambda x: avg_pool2d(x, 1),
        lambda x: l2_pool2d(x, 1),
        lambda x: adaptive_avg_pool2d(x, 1),
        lambda x: adaptive_max_pool2d(x, 1),
        global_average_pool,
        global_max_pool,
    ):
        y, back = operation(np.ones((0, 2, 1, 1), dtype))
        assert (len(y), y.dtype, back(y).shape) == (0, dtype, (0, 2, 1, 1))
        y, back = operation(np.full((1, 1, 1, 1), 3, dtype))
        assert y.item() == 3
        assert back(np.full_like(y, 2)).item() == 2


def test_every_pixel_has_its_share_of_a_global_average():
    y, back = global_average_pool(np.arange(8.0).reshape(1, 2, 4))
    np.testing.assert_array_equal(y, [[1.5, 5.5]])
    np.testing.assert_array_equal(back(np.array([[4.0, 8]])), [[[1, 1, 1, 1], [2, 2, 2, 2]]])


def test_regions_of_an_adaptive_pool():
    x = np.arange(5.0).reshape(1, 1, 1, 5)
    np.testing.assert_allclose(adaptive_avg_pool2d(x, (1, 2))[0].ravel(), [1, 3])  # 0-2 and 2-4
    np.testing.assert_allclose(adaptive_max_pool2d(x, (1, 3))[0].ravel(), [1, 3, 4])  # 0-1, 1-3, 3-4
    np.testing.assert_allclose(adaptive_avg_pool2d(x[..., :2], (1, 4))[0].ravel(), [0, 0, 1, 1])


def test_errors():
    x = np.ones((2, 3, 4, 4))
    with pytest.raises(ShapeError, match=r"a window over 5x5 pixels does not fit into 4x4"):
        max_pool2d(x, 5)
    with pytest.raises(
        ShapeError, match=r"^max_pool2d expects \(N, C, H, W\), got \(3, 4, 4\): 3 axes instead of 4"
    ):
        max_pool2d(x[0], 2)
    with pytest.raises(ShapeError, match=r"^AvgPool2d expects"):
        AvgPool2d(5)(x)
    with pytest.raises(ShapeError, match="at least one pixel"):
        global_max_pool(x[..., :0])
    with pytest.raises(ValidationError, match="at most half of kernel_size"):
        max_pool2d(x, 3, padding=2)
    with pytest.raises(ValidationError, match="MaxPool1d: kernel_size"):
        MaxPool1d((2, 2))
    with pytest.raises(ValidationError, match="L2Pool2d: stride"):
        L2Pool2d(2, 0)
    with pytest.raises(ValidationError, match="output_size"):
        AdaptiveAvgPool2d(0)


def test_channels_do_not_mix():
    x = np.random.default_rng(2).normal(size=(2, 4, 6, 6))
    order = [2, 0, 3, 1]
    for operation in (max_pool2d, avg_pool2d, l2_pool2d):
        np.testing.assert_array_equal(operation(x[:, order], 3, 2)[0], operation(x, 3, 2)[0][:, order])
