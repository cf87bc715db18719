"""Convolutions by hand, by the books' numbers, by the loop form, and at their edges."""

import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import signal

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose2d,
    Dense,
    conv1d,
    conv2d,
    conv2d_naive,
    conv3d,
    conv_output_size,
    conv_transpose2d,
    conv_transpose_output_size,
    convolve2d,
)

#: The 4x5 image of rawassizadeh's padding figure.
IMAGE = np.array([[1, 5, 1, 1, 3], [2, 3, 4, 1, 2], [4, 1, 1, 0, 5], [2, 6, 0, 2, 0]], float)


def responses(image, kernel, bias=None, **settings):
    """One image, one filter."""
    y, _ = conv2d(
        np.asarray(image, float)[None, None], np.asarray(kernel, float)[None, None], bias, **settings
    )
    return y[0, 0]


# ---------------------------------------------------------------- numbers of the books


def test_mmds_example_13_8():
    bits = [[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 0], [0, 1, 0, 1]]
    np.testing.assert_array_equal(responses(bits, [[1, 0], [0, -1]]), [[0, -1, 0], [-1, 1, 1], [0, 1, -1]])


@pytest.mark.parametrize(
    ("setting", "side"), [((224, 5), 220), ((224, 5, 1, 2), 224), ((224, 3, 1, 1), 224), ((224, 2, 2), 112)]
)
def test_mmds_equation_13_3(setting, side):
    assert conv_output_size(*setting) == conv_output_size(*setting, strict=True) == side


def test_mmds_strict_reading_names_the_pixels_left_over_and_a_cure():
    assert conv_output_size(512, 3, 3) == 170
    with pytest.raises(ValidationError, match=r"170\.7.*last 2 of 512.*2 more pixel") as caught:
        conv_output_size(512, 3, 3, strict=True)
    assert not isinstance(caught.value, ShapeError)
    assert conv_output_size(512, 3, 3, 2, strict=True) == 172
    with pytest.raises(
        ValidationError, match=r"3\.5.*last 1 of 7 pixels \(padding included\) would not be read$"
    ):
        conv_output_size(7, 2, 2, strict=True)
    with pytest.raises(ValidationError, match="stride 2 does not fit"):
        conv_output_size((8, 7), 2, 2, strict=True)


def test_mmds_exercise_13_4():
    assert conv_output_size(512, 3) ** 2 == 260_100
    side, layers = 512, 0
    while side >= 3:
        side, layers = conv_output_size(side, 3), layers + 1
    assert (side, layers) == (2, 255)
    with pytest.raises(ShapeError, match="a window over 3 pixels does not fit into 2"):
        conv_output_size(side, 3)


def test_mmds_parameter_counts():
    rng = np.random.default_rng(0)

    def count(layer):
        return sum(p.size for p in layer.params.values())

    assert count(Conv2d(3, 64, 5, padding=2, rng=rng)) == 64 * (3 * 5**2 + 1) == 4_864
    widths = [3, 64, 128, 256, 512, 1024]
    counts = [count(Conv2d(d, k, 3, padding=1, rng=rng)) for d, k in pairwise(widths)]
    assert counts == [1_792, 73_856, 295_168, 1_180_160, 4_719_616]
    assert sum(counts) + 1000 * (7 * 7 * 1024 + 1) == 56_447_592
    assert count(Conv2d(1, 8, 3, rng=rng)) == 80  # burkov 6.2.1
    assert count(Conv2d(8, 16, 3, rng=rng)) == 1168
    assert count(Conv2d(8, 16, 3, groups=4, bias=False, rng=rng)) == 16 * 2 * 9


def test_burkov_patch_and_filter():
    cross, t = [[0, 1, 0], [1, 1, 1], [0, 1, 0]], [[1, 1, 1], [0, 1, 0], [0, 1, 0]]
    printed, corrected = [[0, 2, 3], [2, 4, 1], [0, 3, 0]], [[0, 2, 0], [2, 4, 1], [0, 3, 0]]
    assert responses(cross, printed) == responses(cross, corrected) == responses(t, printed) == 12
    assert responses(t, corrected) == 9
    np.testing.assert_array_equal(responses(np.arange(16).reshape(4, 4), corrected), [[63, 75], [111, 123]])
    image = [[1, 0, 0, 1], [1, 1, 0, 0], [0, 1, 1, 1]]
    np.testing.assert_array_equal(responses(image, [[2, -1], [1, 3]], [-1]), [[5, 0, -2], [3, 5, 3]])


def test_burkov_volume():
    volume = np.reshape([[3, 1, 4, 1], [2, -1, -3, 1], [1, -1, 2, -1]], (1, 3, 2, 2)).astype(float)
    weight = np.tile(np.reshape([-2.0, 3, 5, -1], (1, 1, 2, 2)), (1, 3, 1, 1))
    assert conv2d(volume, weight)[0].item() == -1
    assert conv2d(volume, weight, [-2.0])[0].item() == -3
    slices, _ = conv2d(volume, weight.reshape(3, 1, 2, 2), groups=3)
    np.testing.assert_array_equal(slices.ravel(), [16, -23, 6])


@pytest.mark.parametrize(
    ("kernel", "expected"),
    [
        ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], [[3, 14, -2], [-9, 0, -9]]),
        ([[0.05, 0.1, 0.05], [0.1, 0.25, 0.1], [0.05, 0.1, 0.05]], [[2.3, 1.95, 1.45], [2.05, 1.35, 1.2]]),
        ([[1, 0, -1], [1.5, 0, -1.5], [1, 0, -1]], [[0, 8, -3], [4.5, 7.5, -4]]),
        ([[1, 0, -1], [2, 0, -2], [1, 0, -1]], [[-1, 9, -2], [6, 8, -6]]),
        ([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], [[1, -8, 6], [-3, -6, -3]]),
    ],
)
def test_rawassizadeh_sample_kernels(kernel, expected):
    np.testing.assert_allclose(responses(IMAGE, kernel), expected, atol=1e-12)


def test_rawassizadeh_sizes():
    assert [conv_output_size(28, k) for k in (3, 5, 7)] == [26, 24, 22]
    assert [conv_output_size(5, 3, s) for s in (1, 2)] == [3, 2]
    assert conv_output_size(5, 3, padding="same") == 5
    assert conv_output_size(5, 3, padding="valid") == 3
    assert conv_output_size(7, 3, dilation=2) == 3
    assert conv_output_size(7, 3, padding=2, dilation=2) == 7
    x, weight = np.ones((1, 1, 6, 6, 6)), np.ones((1, 1, 3, 3, 3))
    assert conv3d(x, weight)[0].shape == (1, 1, 4, 4, 4)
    assert conv2d(np.ones((1, 3, 6, 6)), np.ones((1, 3, 3, 3)))[0].shape == (1, 1, 4, 4)


def test_rawassizadeh_true_convolution():
    f, g = np.arange(9.0).reshape(3, 3), np.array([[1.0, 2, 0], [0, 1, -1], [3, 0, 1]])
    np.testing.assert_array_equal(convolve2d(f, g, "same")[0], [[10, 14, 11], [25, 29, 18], [18, 19, 5]])
    row, _ = convolve2d([[1, 2, 3]], [[0, 1, 0.5]])
    np.testing.assert_array_equal(row, [[0, 1, 2.5, 4, 1.5]])
    np.testing.assert_array_equal(convolve2d([[0, 1, 0.5]], [[1, 2, 3]])[0], row)


def test_rawassizadeh_transposed_convolution():
    def spread(image, kernel, **settings):
        return conv_transpose2d(np.float64(image)[None, None], np.float64(kernel)[None, None], **settings)[0][
            0, 0
        ]

    small = [[0, 1], [2, 3]]
    np.testing.assert_array_equal(spread(small, small), [[0, 0, 1], [0, 4, 6], [4, 12, 9]])
    kernel = [[1, 0], [2, 1]]
    back_again = spread(responses(np.arange(9).reshape(3, 3), kernel), kernel)
    np.testing.assert_array_equal(back_again, [[10, 14, 0], [42, 64, 14], [44, 74, 26]])
    assert conv_transpose_output_size(2, 2) == 3
    assert conv_transpose_output_size(7, 4, 2, 1) == 14


# ---------------------------------------------------------------- the same in other words


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (2, 3), (4, 2)])
def test_true_convolution_is_scipys(mode, kernel):
    rng = np.random.default_rng(0)
    f, g = rng.normal(size=(5, 6)), rng.normal(size=kernel)
    np.testing.assert_allclose(convolve2d(f, g, mode)[0], signal.convolve2d(f, g, mode), atol=1e-12)


def test_gradients_of_a_true_convolution_by_hand():
    _, back = convolve2d([[1.0, 2], [3, 4]], [[5.0, 6], [7, 8]], "valid")
    dimage, dkernel = back(np.array([[10.0]]))
    np.testing.assert_array_equal(dimage, [[80, 70], [60, 50]])
    np.testing.assert_array_equal(dkernel, [[40, 30], [20, 10]])


def test_a_layer_correlates_and_does_not_flip():
    rng = np.random.default_rng(0)
    f, g = rng.normal(size=(8, 8)), rng.normal(size=(3, 3))
    np.testing.assert_allclose(responses(f, g), signal.correlate2d(f, g, "valid"), atol=1e-12)
    np.testing.assert_allclose(responses(f, g), convolve2d(f, g[::-1, ::-1], "valid")[0], atol=1e-12)
    assert abs(responses(f, g) - convolve2d(f, g, "valid")[0]).max() > 1


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_naive_and_fast_agree(stride, padding):
    rng = np.random.default_rng(1)
    x, weight, bias = rng.normal(size=(2, 3, 7, 6)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    fast, fast_back = conv2d(x, weight, bias, stride, padding)
    slow, slow_back = conv2d_naive(x, weight, bias, stride, padding)
    np.testing.assert_allclose(fast, slow, atol=1e-12)
    dy = rng.normal(size=slow.shape)
    for a, b in zip(fast_back(dy), slow_back(dy), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_a_convolution_is_a_dense_layer_with_tied_weights():
    rng = np.random.default_rng(2)
    filters = rng.normal(size=(3, 3))
    matrix = np.stack([responses(e.reshape(6, 6), filters).ravel() for e in np.eye(36)], axis=1)
    values, counts = np.unique(matrix[matrix != 0].round(12), return_counts=True)
    assert (len(values), set(counts)) == (9, {16})
    x = rng.normal(size=36)
    np.testing.assert_allclose(matrix @ x, responses(x.reshape(6, 6), filters).ravel())


def test_transposed_is_the_transpose():
    rng = np.random.default_rng(3)
    x, weight = rng.normal(size=(2, 4, 9, 8)), rng.normal(size=(6, 2, 3, 2))
    settings = {"stride": (2, 3), "padding": 1, "dilation": 2, "groups": 2}
    y, back = conv2d(x, weight, **settings)
    u = rng.normal(size=y.shape)
    extra = [
        n - conv_transpose_output_size(m, f, s, 1, 0, 2)
        for n, m, f, s in zip((9, 8), y.shape[2:], (3, 2), (2, 3), strict=True)
    ]
    spread, _ = conv_transpose2d(u, weight, output_padding=extra, **settings)
    np.testing.assert_allclose(spread, back(u)[0], atol=1e-12)
    assert np.isclose(np.vdot(u, y), np.vdot(spread, x))


def test_one_axis_and_three_axes_are_two_with_ones():
    rng = np.random.default_rng(4)
    x, weight = rng.normal(size=(2, 3, 9)), rng.normal(size=(4, 3, 3))
    settings = {"stride": 2, "padding": "valid", "dilation": 2}
    two, _ = conv2d(x[:, :, None], weight[:, :, None], **settings)
    np.testing.assert_allclose(conv1d(x, weight, **settings)[0], two[:, :, 0], atol=1e-12)
    x, weight = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 3, 2))
    three, _ = conv3d(x[:, :, None], weight[:, :, None], padding=(0, 1, 1))
    np.testing.assert_allclose(conv2d(x, weight, padding=1)[0], three[:, :, 0], atol=1e-12)


def test_same_puts_the_odd_pixel_after_the_image():
    x = np.arange(1.0, 5)[None, None]
    np.testing.assert_array_equal(
        conv1d(x, np.array([[[1.0, 10]]]), padding="same")[0][0, 0], [21, 32, 43, 4]
    )
    weight = np.array([[[1.0, 10, 100, 1000]]])
    np.testing.assert_array_equal(conv1d(x, weight, padding="same")[0][0, 0], [3210, 4321, 432, 43])
    with pytest.raises(ValidationError, match="needs stride 1"):
        conv1d(x, weight, stride=2, padding="same")


def test_dilation_is_a_kernel_with_holes():
    rng = np.random.default_rng(5)
    x, weight = rng.normal(size=(1, 1, 9, 9)), rng.normal(size=(1, 1, 3, 3))
    holes = np.zeros((1, 1, 5, 5))
    holes[..., ::2, ::2] = weight
    np.testing.assert_allclose(conv2d(x, weight, dilation=2)[0], conv2d(x, holes)[0], atol=1e-12)


# ---------------------------------------------------------------- edges


def test_one_pixel():
    y, back = conv2d([[[[3.0]]]], [[[[2.0]]]], [1.0])
    assert y.item() == 7
    dx, dweight, dbias = back(np.array([[[[5.0]]]]))
    assert (dx.item(), dweight.item(), dbias.item()) == (10, 15, 5)
    assert conv2d([[[[3.0]]]], np.ones((1, 1, 3, 3)), padding=1)[0].item() == 3
    assert (
        conv2d([[[[3.0]]]], np.ones((1, 1, 3, 3)), padding="same", padding_mode="replicate")[0].item() == 27
    )


def test_pixels_that_no_window_reads_get_no_gradient():
    x = np.ones((1, 1, 8, 8))
    y, back = conv2d(x, np.ones((1, 1, 2, 2)), stride=3)
    assert y.shape[2:] == (3, 3)
    y, back = conv2d(x[..., :7, :7], np.ones((1, 1, 2, 2)), stride=3)
    dx, _, _ = back(np.ones(y.shape))
    assert y.shape[2:] == (2, 2)
    read = np.isin(np.arange(7), [0, 1, 3, 4])
    np.testing.assert_array_equal(dx[0, 0], np.outer(read, read))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_empty_batch_has_zero_gradients_of_the_weights(dtype):
    for operation, shape in (
        (conv2d, (4, 3, 2, 2)),
        (conv_transpose2d, (3, 4, 2, 2)),
        (conv2d_naive, (4, 3, 2, 2)),
    ):
        weight, bias = np.ones(shape, dtype), np.ones(4, dtype)
        y, back = operation(np.ones((0, 3, 5, 5), dtype), weight, bias)
        assert (len(y), y.shape[1], y.dtype) == (0, 4, dtype)
        dx, dweight, dbias = back(y)
        assert dx.shape == (0, 3, 5, 5)
        assert not dweight.any()
        assert not dbias.any()
        assert dweight.dtype == dbias.dtype == dtype


def test_messages():
    weight = np.ones((4, 3, 5, 5))
    with pytest.raises(ShapeError) as caught:
        conv2d(np.ones((2, 1, 8, 8)), weight)
    assert str(caught.value) == (
        "conv2d expects (N, 3, H, W), got (2, 1, 8, 8): 1 channel where the weights have 3"
    )
    with pytest.raises(ShapeError, match=r"\(2, 3, 8, 4\): a window over 5x5 pixels does not fit into 8x4"):
        conv2d(np.ones((2, 3, 8, 4)), weight)
    with pytest.raises(ShapeError, match=r"^Conv2d expects"):
        Conv2d(3, 4, 5, rng=np.random.default_rng(0))(np.ones((2, 3, 8, 4)))
    with pytest.raises(ShapeError, match="2 axes instead of 3"):
        conv1d(np.ones((2, 3)), np.ones((4, 3, 5)))
    with pytest.raises(ShapeError, match="the output would be 0x0"):
        conv_transpose2d(np.ones((1, 3, 1, 1)), np.ones((3, 1, 2, 2)), padding=1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"stride": 0}, "stride must be an integer of at least 1, or 2 of them, got 0"),
        ({"stride": 1.5}, "stride"),
        ({"dilation": (1, 2, 3)}, "dilation"),
        ({"padding": -1}, "padding must be an integer of at least 0"),
        ({"padding": "full"}, "'valid' or 'same'"),
        ({"groups": 0}, "groups must be an integer of at least 1, got 0"),
        ({"padding_mode": "circular"}, "padding mode must be one of zeros, replicate, reflect"),
    ],
)
def test_settings_out_of_range(settings, message):
    with pytest.raises(ValidationError, match=message):
        conv2d(np.ones((1, 2, 4, 4)), np.ones((2, 2, 3, 3)), **settings)


def test_groups_must_divide_the_channels():
    rng = np.random.default_rng(0)
    with pytest.raises(ValidationError, match="groups=2 does not divide the 3 channels"):
        conv2d(np.ones((1, 4, 4, 4)), np.ones((3, 2, 3, 3)), groups=2)
    with pytest.raises(ValidationError, match="Conv2d: groups=2 does not divide out_channels=3"):
        Conv2d(4, 3, 2, groups=2, rng=rng)
    with pytest.raises(ValidationError, match="in_channels"):
        ConvTranspose2d(3, 4, 2, groups=2, rng=rng)
    with pytest.raises(ValidationError, match="kernel_size"):
        Conv1d(1, 1, (2, 2), rng=rng)
    with pytest.raises(ValidationError, match="below the stride"):
        conv_transpose2d(np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)), output_padding=1)


# ---------------------------------------------------------------- layers


@pytest.mark.parametrize(
    ("build", "shape", "fan_in"),
    [
        (lambda **kw: Conv1d(4, 300, 5, groups=2, **kw), (300, 2, 5), 10),
        (lambda **kw: Conv2d(4, 300, (3, 2), **kw), (300, 4, 3, 2), 24),
        (lambda **kw: Conv3d(2, 300, 2, **kw), (300, 2, 2, 2, 2), 16),
        (lambda **kw: ConvTranspose2d(40, 8, 3, groups=2, **kw), (40, 4, 3, 3), 36),
    ],
)
def test_initial_weights_are_drawn_as_in_torch(build, shape, fan_in):
    layer = build(rng=np.random.default_rng(0))
    weight, bias = layer.params["weight"], layer.params["bias"]
    assert weight.shape == shape
    assert weight.dtype == np.float32
    for values in (weight, bias):
        assert abs(values).max() <= fan_in**-0.5 + 1e-7
    assert abs(weight).max() > 0.98 * fan_in**-0.5
    assert abs(float(weight.std()) * (3 * fan_in) ** 0.5 - 1) < 0.05
    theirs = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))[0]
    assert theirs == fan_in


def test_an_initializer_of_ones_own_leaves_the_bias_at_zero():
    from dlcore.initializers import constant

    for kind in (Conv2d, ConvTranspose2d):
        layer = kind(2, 3, 2, init=constant, rng=np.random.default_rng(0))
        assert not any(value.any() for value in layer.params.values())
        assert list(kind(2, 3, 2, bias=False, rng=np.random.default_rng(0)).params) == ["weight"]


def test_a_filter_learns_from_data():
    rng = np.random.default_rng(6)
    hidden, x = rng.normal(size=(1, 1, 3, 3)), rng.normal(size=(8, 1, 10, 10))
    target, _ = conv2d(x, hidden, [0.5])
    layer = Conv2d(1, 1, 3, rng=rng, dtype=np.float64)
    for _ in range(200):
        layer.zero_grad()
        error = layer(x) - target
        layer.backward(2 * error / error.size)
        for parameter in layer.parameters():
            parameter.assign(parameter.value - 0.2 * parameter.grad)
    np.testing.assert_allclose(layer.params["weight"], hidden, atol=1e-6)
    np.testing.assert_allclose(layer.params["bias"], 0.5, atol=1e-6)


def test_a_dense_layer_is_a_convolution_over_the_whole_image():
    rng = np.random.default_rng(7)
    dense = Dense(3 * 4 * 5, 6, rng=rng, dtype=np.float64)
    x = rng.normal(size=(2, 3, 4, 5))
    y, _ = conv2d(x, dense.params["weight"].reshape(6, 3, 4, 5), dense.params["bias"])
    np.testing.assert_allclose(y[:, :, 0, 0], dense(x.reshape(2, -1)), atol=1e-12)


# ---------------------------------------------------------------- memory


def batch_last(array):
    return np.moveaxis(np.moveaxis(array, 0, -1).copy(), -1, 0)


@pytest.mark.parametrize(
    ("shape", "filters", "f", "padding", "layout", "bound"),
    [
        ((64, 16, 28, 28), 32, 3, 1, "batch first", 1.25),
        ((64, 16, 28, 28), 32, 3, 1, "batch last", 1.25),
        ((64, 1, 28, 28), 16, 3, 1, "batch last", 1.25),
        # with fewer columns than responses, the copy of dy that puts its batch last shows
        ((64, 1, 28, 28), 16, 3, 1, "batch first", 1.3),
    ],
)
def test_peak_memory(shape, filters, f, padding, layout, bound):
    rng = np.random.default_rng(0)
    arrange = batch_last if layout == "batch last" else np.asarray
    side = shape[2] + 2 * padding - f + 1
    tracemalloc.start()
    try:
        x = arrange(rng.random(shape, np.float32))
        dy = arrange(rng.random((shape[0], filters, side, side), np.float32))
        weight, bias = rng.random((filters, shape[1], f, f), np.float32), np.zeros(filters, np.float32)
        tracemalloc.reset_peak()
        y, back = conv2d(x, weight, bias, padding=padding)
        grads = back(dy)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    padded = shape[0] * shape[1] * (shape[2] + 2 * padding) ** 2
    columns = shape[0] * shape[1] * f * f * side * side
    named = 4 * (2 * x.size + padded + 2 * y.size + 2 * columns + 2 * weight.size)
    print(f"peak {peak / named:.2f} times the arrays that are named")
    assert len(grads) == 3
    assert peak <= bound * named
