"""Activations: kinks, the books' numbers, and what shapes alone do not show."""

import math

import numpy as np
import pytest
import torch

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    prelu,
    relu,
    sigmoid,
    silu,
    softmax,
    softplus,
    step,
    tanh,
)
from dlcore.reference._gaussian import gaussian

POINTS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])


@pytest.mark.parametrize(
    ("name", "settings", "slope"),
    [
        ("relu", {}, 0.0),
        ("step", {}, 0.0),
        ("leaky_relu", {}, 0.01),
        ("leaky_relu", {"negative_slope": 0.3}, 0.3),
        ("elu", {}, 1.0),
        ("elu", {"alpha": 0.5}, 0.5),
        ("gelu", {}, 0.5),
        ("gelu", {"approximate": "tanh"}, 0.5),
        ("silu", {}, 0.5),
        ("softplus", {}, 0.5),
        ("softplus", {"beta": 3.0}, 0.5),
    ],
)
def test_derivative_at_zero_is_the_stated_one_and_torchs(name, settings, slope):
    y, back = getattr(reference, name)(np.zeros(1), **settings)
    z = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    value = getattr(mirror, name)(z, **settings)
    assert y == value.detach().numpy()
    assert back(np.array([2.0])) == 2 * slope
    if name != "step":
        value.backward(torch.tensor([2.0]))
        assert z.grad.numpy() == 2 * slope


def test_prelu_at_zero_passes_the_slope_and_teaches_nothing():
    _, back = prelu(np.zeros((1, 1)), np.array([0.3]))
    dz, dweight = back(np.ones((1, 1)))
    assert (dz.item(), dweight.item()) == (0.3, 0.0)
    z, w = torch.zeros(1, 1, requires_grad=True), torch.tensor([0.3], requires_grad=True)
    torch.nn.functional.prelu(z, w).sum().backward()
    assert (z.grad.item(), w.grad.item()) == (pytest.approx(0.3), 0.0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("slope", [0.0, 0.01, 0.1, 0.25, 0.3, 0.7, 1.0])
def test_leaky_relu_leaves_positive_values_to_the_last_bit(dtype, slope):
    z = np.array([1.0, 3.0, 0.1, 123.456], dtype)
    y, back = leaky_relu(z, slope)
    np.testing.assert_array_equal(y, z)
    np.testing.assert_array_equal(back(z), z)


@pytest.mark.parametrize(
    ("operation", "settings", "z", "expected"),
    [
        # mmds 13.2.3 and 13.2.4, burkov 6.1.2, rawassizadeh ch. 10
        (sigmoid, {}, [-5, -2, 0, 2, 5], [0.006693, 0.119203, 0.5, 0.880797, 0.993307]),
        (tanh, {}, [-2, -1, 0, 1, 2], [-0.964028, -0.761594, 0, 0.761594, 0.964028]),
        (step, {}, [-1, 0, 2], [0, 0, 1]),
        (relu, {}, [-2, 0, 3], [0, 0, 3]),
        # mmds 13.2.5
        (softmax, {}, [1, 2, 3], [0.090031, 0.244728, 0.665241]),
        (softmax, {}, [1000, 1001, 1002], [0.090031, 0.244728, 0.665241]),
        (softmax, {}, [-800, -801, -802], [0.665241, 0.244728, 0.090031]),
        # mmds 13.2.6, le 15
        (leaky_relu, {}, [-2, -1, 0, 3], [-0.02, -0.01, 0, 3]),
        (elu, {}, [-1, -2, -5, -10, 2], [-0.632121, -0.864665, -0.993262, -0.999955, 2]),
        (elu, {"alpha": 0.5}, [-50, 1], [-0.5, 1]),
        # rawassizadeh ch. 10
        (gelu, {}, [-1, 0, 1, 2, -0.751792], [-0.158655, 0, 0.841345, 1.9545, -0.169971]),
    ],
)
def test_numbers_of_the_books(operation, settings, z, expected):
    y, _ = operation(z, **settings)
    np.testing.assert_allclose(y, expected, atol=6e-7 if operation is not gelu else 6e-5)


@pytest.mark.parametrize(
    ("operation", "z", "slopes"),
    [
        (sigmoid, [0, 1, 2, 4, 5, 10], [0.25, 0.196612, 0.104994, 0.017663, 0.006648, 4.54e-5]),  # mmds, le
        (tanh, [0, 1, 2, 5], [1, 0.419974, 0.070651, 1.816e-4]),  # mmds 13.2.4
        (relu, [-2, 3], [0, 1]),
        (leaky_relu, [-2, 3], [0.01, 1]),  # mmds 13.2.6
    ],
)
def test_slopes_of_the_books(operation, z, slopes):
    _, back = operation(z)
    np.testing.assert_allclose(back(np.ones(len(z))), slopes, atol=6e-7)


def test_identities_of_mmds():
    z = np.linspace(-5, 5, 1001)
    assert np.abs(tanh(z)[0] - (2 * sigmoid(2 * z)[0] - 1)).max() < 4e-16
    two_outputs = softmax(np.stack([np.zeros_like(z), z], axis=1))[0][:, 1]
    assert np.abs(two_outputs - sigmoid(z)[0]).max() < 1e-15
    slope = elu(-z[z > 0], 2.0)[1](np.ones((z > 0).sum()))
    np.testing.assert_allclose(slope, elu(-z[z > 0], 2.0)[0] + 2.0)  # f + α on the negative side


def test_elu_saturates_without_losing_digits():
    """mmds 13.2.6: elu(-20) + 1 = e^-20; the derivative says so to full precision."""
    _, back = elu(np.array([-20.0]))
    assert back(np.ones(1)) == pytest.approx(math.exp(-20), rel=1e-15)


def test_mean_activation_under_a_normal_input():
    """mmds 13.2.6: ELU pulls the mean toward zero."""
    z, spacing = np.linspace(-9, 9, 18_001, retstep=True)
    means = [(gaussian(z)[1] * f(z)[0]).sum() * spacing for f in (relu, leaky_relu, elu)]
    np.testing.assert_allclose(means, [0.398942, 0.394953, 0.160521], atol=6e-7)


def test_prelu_is_not_le_s_maximum_for_slopes_above_one():
    """le 15 writes max(x, a x): the same for a ≤ 1 only."""
    np.testing.assert_allclose(prelu(POINTS, np.array([0.25]))[0], [-0.5, -0.25, 0, 1, 2])
    np.testing.assert_allclose(prelu(POINTS, np.array([0.25]))[0], np.maximum(POINTS, 0.25 * POINTS))
    np.testing.assert_allclose(prelu(POINTS, np.array([2.0]))[0], [-4, -2, 0, 1, 2])
    assert np.maximum(POINTS, 2 * POINTS).tolist() == [-2, -1, 0, 2, 4]


def test_prelu_slope_gradient_and_recovery():
    """mmds 13.2.6: the slope's gradient for (-2, 3) is -2, and α = 0.3 is found from data."""
    _, back = prelu(np.array([-2.0, 3.0]), np.array([0.25]))
    assert back(np.ones(2))[1].tolist() == [-2.0]
    rng = np.random.default_rng(0)
    z, weight = rng.normal(size=200), np.array([0.0])
    target = prelu(z, np.array([0.3]))[0]
    for _ in range(100):
        y, back = prelu(z, weight)
        weight = weight - 0.5 * back(2 * (y - target) / z.size)[1]
    assert weight == pytest.approx(0.3, abs=1e-6)


def test_prelu_slopes_belong_to_axis_1():
    z = -np.ones((2, 3, 4))
    y, back = prelu(z, np.array([1.0, 10.0, 100.0]))
    assert y[1, :, 0].tolist() == [-1, -10, -100]
    assert back(np.ones_like(z))[1].tolist() == [-8, -8, -8]
    with pytest.raises(ShapeError, match=r"\(4,\).*z \(2, 3, 4\)"):
        prelu(z, np.ones(4))


@pytest.mark.parametrize(("low", "high", "relative"), [(-3, 0, 1e-15), (-10, -3, 1e-14), (-37, -10, 2e-13)])
def test_normal_distribution_function_in_the_tail(low, high, relative):
    mpmath = pytest.importorskip("mpmath")
    z = np.random.default_rng(0).uniform(low, high, 200)
    with mpmath.workdps(40):
        exact = [mpmath.ncdf(mpmath.mpf(v)) for v in z]
        error = [abs(mpmath.mpf(c) / e - 1) for c, e in zip(gaussian(z)[0], exact, strict=True)]
        assert max(error) < relative


def test_normal_distribution_function_equals_erf_everywhere():
    z = np.linspace(-45, 45, 9001)
    cdf, pdf = gaussian(z)
    exact = np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in z])
    assert np.abs(cdf - exact).max() < 3e-16
    np.testing.assert_allclose(pdf, np.exp(-z * z / 2) / np.sqrt(2 * np.pi), rtol=1e-14)
    np.testing.assert_allclose(cdf + gaussian(-z)[0], 1, atol=3e-16)
    assert gaussian(np.array([0.0, -1e4, 1e4]))[0].tolist() == [0.5, 0, 1]
    single = gaussian(z.astype(np.float32))[0]
    assert single.dtype == np.float32
    assert np.abs(single - exact).max() < 4e-7


def test_gelu_forms_differ_as_stated():
    z = np.linspace(-6, 6, 10001)
    gap = np.abs(gelu(z)[0] - gelu(z, "tanh")[0]).max()
    assert 1e-4 < gap < 5e-4
    assert gelu(z)[0].min() == pytest.approx(-0.169971, abs=1e-6)
    assert silu(z)[0].min() == pytest.approx(-0.278465, abs=1e-6)
    with pytest.raises(ValidationError, match=r"'none', 'tanh'.*'fast'"):
        gelu(z, "fast")


def test_gelu_is_the_mean_of_a_random_gate():
    """rawassizadeh ch. 10: x·Φ(x) is the expectation of x under a 0/1 mask with P(1) = Φ(x)."""
    rng = np.random.default_rng(0)
    gated = 1.5 * (rng.normal(size=400_000) < 1.5)
    assert gated.mean() == pytest.approx(gelu(np.array([1.5]))[0].item(), abs=3e-3)


def test_softplus_lies_above_relu_by_log_2_at_zero_and_nothing_far_out():
    y, _ = softplus(np.array([-800.0, 0.0, 800.0]))
    np.testing.assert_allclose(y, [0, math.log(2), 800])
    assert softplus(np.array([-30.0]))[0] == pytest.approx(math.exp(-30), rel=1e-12)


def test_log_softmax_is_finite_where_the_logarithm_of_softmax_is_not():
    z = np.array([1000.0, 0.0, -1000.0])
    assert log_softmax(z)[0].tolist() == [0, -1000, -2000]
    np.testing.assert_allclose(log_softmax(POINTS)[0], np.log(softmax(POINTS)[0]))


@pytest.mark.parametrize("operation", [softmax, log_softmax])
def test_softmax_with_ties_and_along_another_axis(operation):
    tied = np.array([[3.0, 3.0, 1.0], [2.0, 2.0, 2.0]])
    across, back = operation(tied.T, axis=0)
    along, back_along = operation(tied)
    np.testing.assert_allclose(across, along.T)
    u = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(back(u.T), back_along(u).T)


def test_jacobian_of_softmax_in_mmds():
    """mmds 13.2.3: entry (1, 2) at (1, 2, 3); 13.2.5: at (20, 0, 0) no entry exceeds 4.2e-9."""
    _, back = softmax([1.0, 2.0, 3.0])
    assert back(np.array([1.0, 0, 0]))[1] == pytest.approx(-0.022033, abs=1e-6)
    _, back = softmax([20.0, 0.0, 0.0])
    assert max(np.abs(back(u)).max() for u in np.eye(3)) == pytest.approx(4.1e-9, rel=0.02)


def test_a_dead_unit_learns_again_through_a_leak():
    """mmds 13.2.6, rawassizadeh ch. 10: with bias -5 a ReLU passes no gradient, a leaky one does."""
    z = np.linspace(0, 1, 11) - 5
    assert not relu(z)[1](np.ones(11)).any()
    assert leaky_relu(z)[1](np.ones(11)).all()
