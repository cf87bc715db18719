"""Losses: the books' numbers and factors, zero probabilities, label weights, ignored labels."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

import dlcore.pytorch as mirror
from dlcore.errors import ShapeError, ValidationError
from dlcore.gradcheck import numeric_gradient
from dlcore.reference import (
    binary_cross_entropy,
    cross_entropy,
    hellinger,
    huber,
    kl_divergence,
    mae,
    mse,
    sigmoid,
    softmax,
)

BIT = math.log(2)
P, Q = np.array([[0.7, 0.1, 0.2]]), np.array([[0.5, 0.3, 0.2]])


def entropy(p):
    return cross_entropy(p, p, from_logits=False)[0]


# ------------------------------------------------------------------ regression


def test_squared_error_in_each_book():
    """mmds 13.2.8 and rawassizadeh average over samples, le adds up, buduma halves the sum."""
    prediction, target = np.array([2.5, 0, 2, 8]), np.array([3, -0.5, 2, 7])
    assert mse(prediction, target)[0] == pytest.approx(0.375)
    assert mse([1.0, 2, 3], [1.0, 0, 0])[0] == pytest.approx(13 / 3)
    errors = prediction - target
    assert mse(prediction, target, "sum")[0] == pytest.approx((errors**2).sum())
    assert 0.5 * mse(prediction, target, "sum")[0] == pytest.approx(0.75)
    _, back = mse(prediction, target, "sum")
    np.testing.assert_allclose(back(0.5)[0], errors)  # buduma's E = ½ Σ (t - y)² has ∂E/∂y = y - t
    assert mse([2.5], [3.0], "sum")[1]()[0] == [-1.0]


def test_squared_error_of_vectors_in_mmds_adds_up_components():
    """mmds 13.2.8: 0.322329 for one sample, where a mean over components gives half of it."""
    prediction, target = sigmoid(np.array([[1.0, 0.0]]))[0], np.array([[1.0, 0.0]])
    assert mse(prediction, target, "sum")[0] / len(target) == pytest.approx(0.322329, abs=1e-6)
    assert mse(prediction, target)[0] == pytest.approx(0.161165, abs=1e-6)


def test_huber_is_half_of_mmds():
    z = np.array([0, 0.5, 1, 2, 3, 10])
    zero = np.zeros(6)
    np.testing.assert_allclose(2 * huber(z, zero, "none")[0], [0, 0.25, 1, 3, 5, 19])
    np.testing.assert_allclose(2 * huber(-z, zero, "none", delta=2.0)[0], [0, 0.25, 1, 4, 8, 36])


def test_huber_is_squared_error_inside_and_absolute_error_outside():
    prediction, target = np.array([-5.0, -0.5, 0.25, 7.0]), np.zeros(4)
    _, back = huber(prediction, target, "sum")
    assert back()[0].tolist() == [-1, -0.5, 0.25, 1]
    assert huber([100.0], [0.0], delta=1e-3)[0] / 1e-3 == pytest.approx(mae([100.0], [0.0])[0], rel=1e-5)
    for delta in (0.0, -1.0, math.nan):
        with pytest.raises(ValidationError, match="positive"):
            huber(prediction, target, delta=delta)


@pytest.mark.parametrize(
    ("loss", "settings", "values", "low", "high"),
    [
        (mse, {}, [1.0, 2, 3, 4, 100], 22, 22),  # mmds 13.2.8
        (huber, {}, [1.0, 2, 3, 4, 100], 3, 3),
        (mse, {}, [1.0, 2, 3, 100], 26.5, 26.5),  # rawassizadeh ch. 10
        (mae, {}, [1.0, 2, 3, 100], 2, 3),
    ],
)
def test_best_constant_under_each_loss(loss, settings, values, low, high):
    target = np.array(values)
    grid = np.arange(0, 101, 0.25)
    costs = np.array([loss(np.full_like(target, c), target, **settings)[0] for c in grid])
    best = grid[np.isclose(costs, costs.min(), rtol=1e-12)]
    assert (best.min(), best.max()) == (low, high)


def test_kink_of_the_absolute_error_and_the_joint_of_huber_equal_torch():
    prediction, target = np.array([1.0, 1.0, 1.0, 1.0]), np.array([1.0, 0.0, 2.0, 1.0])
    for ours, theirs in ((mae, F.l1_loss), (huber, F.huber_loss)):
        x = torch.tensor(prediction, requires_grad=True)
        theirs(x, torch.tensor(target), reduction="sum").backward()
        assert ours(prediction, target, "sum")[1]()[0].tolist() == x.grad.tolist() == [0, 1, -1, 0]


# ------------------------------------------------------------------ classification


def test_entropy_and_cross_entropy_in_bits():
    """mmds 13.2.9."""
    p, q = np.array([[0.5, 0.25, 0.25]]), np.array([[0.25, 0.25, 0.5]])
    assert entropy(p) / BIT == pytest.approx(1.5)
    assert entropy(np.array([[0.9, 0.1]])) / BIT == pytest.approx(0.468996, abs=1e-6)
    assert entropy(np.full((1, 8), 1 / 8)) / BIT == pytest.approx(3)
    assert cross_entropy(q, p, from_logits=False)[0] / BIT == pytest.approx(1.75)
    assert kl_divergence(p, q)[0] / BIT == pytest.approx(0.25)
    assert kl_divergence(p, q)[0] == pytest.approx(0.173287, abs=1e-6)


def test_probabilities_of_rawassizadeh():
    assert cross_entropy(Q, P, from_logits=False)[0] == pytest.approx(0.927488, abs=1e-6)
    assert entropy(P) == pytest.approx(0.801819, abs=1e-6)
    assert kl_divergence(P, Q)[0] == pytest.approx(0.125669, abs=1e-6)
    assert kl_divergence(Q, P)[0] == pytest.approx(0.161348, abs=1e-6)
    assert hellinger(P, Q)[0] == pytest.approx(0.187582, abs=1e-6)
    assert hellinger(P, Q, squared=True)[0] == pytest.approx(0.035187, abs=1e-6)
    coefficient = np.sqrt(P * Q).sum()
    assert hellinger(P, Q)[0] == pytest.approx(math.sqrt(1 - coefficient))
    _, back = hellinger(P, Q, squared=True)
    np.testing.assert_allclose(back()[0], 0.5 * (1 - np.sqrt(Q / P)))


def test_hellinger_is_not_bhattacharyya():
    p, q = np.array([[0.5, 0.5]]), np.array([[0.9, 0.1]])
    assert hellinger(p, q)[0] == pytest.approx(0.324920, abs=1e-6)
    assert -math.log(1 - hellinger(p, q, squared=True)[0]) == pytest.approx(0.111572, abs=1e-6)
    assert hellinger([[1.0, 0.0]], [[0.0, 1.0]])[0] == pytest.approx(1)
    assert hellinger(np.ones((1, 3)), np.zeros((1, 3)), squared=True)[0] == pytest.approx(1.5)


def test_mood_example_of_rawassizadeh():
    """-ln 0.7 for the true state; the two-term form over all three outputs gives more."""
    p, y = P, np.array([[1.0, 0, 0]])
    assert cross_entropy(p, [0], from_logits=False)[0] == pytest.approx(0.356675, abs=1e-6)
    assert cross_entropy(p, y, from_logits=False)[0] == pytest.approx(0.356675, abs=1e-6)
    assert cross_entropy(p, y, from_logits=False)[0] / BIT == pytest.approx(0.514573, abs=1e-6)
    assert kl_divergence(y, p)[0] == pytest.approx(0.356675, abs=1e-6)
    assert binary_cross_entropy(p, y, "sum", from_logits=False)[0] == pytest.approx(0.685179, abs=1e-6)
    _, back = binary_cross_entropy([0.7], [1.0], from_logits=False)
    assert back()[0] == pytest.approx((0.7 - 1) / (0.7 * 0.3))
    assert binary_cross_entropy(y, p, "sum", from_logits=False)[0] == math.inf  # the roles swapped


def test_divergence_is_no_metric():
    """mmds 13.2.9: neither symmetric nor bound by the triangle inequality."""
    half, skewed = np.array([[0.5, 0.5]]), np.array([[0.9, 0.1]])
    assert kl_divergence(half, skewed)[0] / BIT == pytest.approx(0.736966, abs=1e-6)
    assert kl_divergence(skewed, half)[0] / BIT == pytest.approx(0.531004, abs=1e-6)
    between, far = np.array([[0.25, 0.75]]), np.array([[0.1, 0.9]])
    direct = kl_divergence(half, far)[0]
    assert direct == pytest.approx(0.510826, abs=1e-6)
    detour = kl_divergence(half, between)[0] + kl_divergence(between, far)[0]
    assert detour == pytest.approx(0.236173, abs=1e-6)


def test_divergence_is_cross_entropy_less_entropy_with_one_gradient():
    assert kl_divergence(P, Q)[0] == pytest.approx(cross_entropy(Q, P, from_logits=False)[0] - entropy(P))
    np.testing.assert_allclose(kl_divergence(P, Q)[1]()[1], cross_entropy(Q, P, from_logits=False)[1]()[0])


def test_fused_cross_entropy_of_mmds():
    """Logits (1, 2, 3) with soft labels, and (1000, 0, -1000) where log(softmax) is minus infinity."""
    logits, soft = np.array([[1.0, 2, 3]]), np.array([[0.2, 0.5, 0.3]])
    loss, back = cross_entropy(logits, soft)
    assert loss == pytest.approx(1.307606, abs=1e-6)
    np.testing.assert_allclose(back()[0], softmax(logits)[0] - soft)
    assert cross_entropy([[1000.0, 0, -1000]], [1])[0] == 1000
    assert cross_entropy([[1000.0, 0, -1000]], [[0.0, 1, 0]])[0] == 1000
    _, back = cross_entropy([[20.0, 0, 0]], [1])
    np.testing.assert_allclose(back()[0], [[1, -1, 0]], atol=1e-6)


def test_saturated_sigmoid_learns_under_cross_entropy_only():
    """rawassizadeh ch. 10: z = -5, y = 1."""
    _, back = binary_cross_entropy([-5.0], [1.0])
    assert back()[0] == pytest.approx(-0.993307, abs=1e-6)
    y, sigmoid_back = sigmoid([-5.0])
    assert sigmoid_back(mse(y, [1.0])[1]()[0]) == pytest.approx(-0.013207, abs=1e-6)


def test_logits_and_probabilities_are_two_doors_to_one_loss():
    rng = np.random.default_rng(0)
    z, labels = rng.normal(size=(5, 3, 2)), rng.integers(3, size=(5, 2))
    weight = np.array([1.0, 0.5, 2.0])
    p, softmax_back = softmax(z, axis=1)
    for target in (labels, rng.dirichlet(np.ones(3), size=(5, 2)).swapaxes(1, 2)):
        for reduction in ("mean", "sum", "none"):
            direct, back = cross_entropy(z, target, reduction, weight=weight)
            staged, staged_back = cross_entropy(p, target, reduction, weight=weight, from_logits=False)
            np.testing.assert_allclose(direct, staged)
            u = rng.normal(size=np.shape(direct))
            np.testing.assert_allclose(softmax_back(staged_back(u)[0]), back(u)[0], atol=1e-12)
    z, y = rng.normal(size=4), rng.uniform(size=4)
    p, sigmoid_back = sigmoid(z)
    staged, staged_back = binary_cross_entropy(p, y, from_logits=False)
    assert staged == pytest.approx(binary_cross_entropy(z, y)[0])
    np.testing.assert_allclose(sigmoid_back(staged_back()[0]), binary_cross_entropy(z, y)[1]()[0])


# ------------------------------------------------------------------ zero probabilities


CERTAIN = np.array([[1.0, 0.0, 0.0]])


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_right_and_certain_costs_nothing(reduction):
    for loss, back in (
        cross_entropy(CERTAIN, [0], reduction, from_logits=False),
        cross_entropy(CERTAIN, CERTAIN, reduction, from_logits=False),
        binary_cross_entropy(CERTAIN, CERTAIN, reduction, from_logits=False),
        kl_divergence(CERTAIN, CERTAIN, reduction),
        hellinger(CERTAIN, CERTAIN, reduction),
    ):
        assert np.sum(loss) == 0
        grads = back(np.ones_like(loss))
        assert all(np.isfinite(g).all() for g in grads if g is not None)


def test_wrong_and_certain_costs_infinity():
    wrong = np.array([[0.0, 1.0, 0.0]])
    for target, (loss, back) in (
        (0.0, cross_entropy(wrong, [0], from_logits=False)),
        (0.0, cross_entropy(wrong, CERTAIN, from_logits=False)),
        (1 / 3, binary_cross_entropy(wrong, CERTAIN, from_logits=False)),  # of -log(1 - p) at p = 0
    ):
        assert loss == math.inf
        assert back()[0][0, 0] == -math.inf
        assert back()[0][0, 2] == target
    loss, back = kl_divergence(CERTAIN, wrong)
    assert loss == math.inf
    assert back()[1].tolist() == [[-math.inf, 0, 0]]
    assert back()[0].tolist() == [[math.inf, 0, 0]]


def test_gradients_next_to_zero_probabilities():
    """Each derivative that exists, at the border of the simplex, against the mirror and by hand."""
    p, q = np.array([[0.0, 0.5, 0.5, 0.0]]), np.array([[0.25, 0.25, 0.5, 0.0]])
    dp, dq = kl_divergence(p, q)[1]()
    np.testing.assert_allclose(dq, [[0, -2, -1, 0]])
    np.testing.assert_allclose(dp, [[0, 1 + math.log(2), 1, 0]])
    dp, dq = hellinger(p, q, squared=True)[1]()
    np.testing.assert_allclose(dp, [[-math.inf, 0.5 * (1 - math.sqrt(0.5)), 0, 0.5]])
    np.testing.assert_allclose(dq, [[0.5, 0.5 * (1 - math.sqrt(2)), 0, 0.5]])
    dp, dy = cross_entropy(q, p, from_logits=False)[1]()
    np.testing.assert_allclose(dp, [[0, -2, -1, 0]])
    np.testing.assert_allclose(dy, [[math.log(4), math.log(4), math.log(2), 0]])


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("kl_divergence", {}),
        ("hellinger", {}),
        ("hellinger", {"squared": True}),
        ("cross_entropy", {"from_logits": False}),
        ("binary_cross_entropy", {"from_logits": False}),
    ],
)
@pytest.mark.filterwarnings("error")
def test_mirror_agrees_where_probabilities_are_zero(name, settings):
    rows = np.array([[1.0, 0, 0], [0.5, 0.5, 0], [0, 0.5, 0.5], [0.2, 0.3, 0.5]])
    p, q = np.repeat(rows, 4, axis=0), np.tile(rows, (4, 1))
    ours, back = globals()[name](p, q, "none", **settings)
    a, b = (torch.tensor(x, requires_grad=True) for x in (p, q))
    theirs = getattr(mirror, name)(a, b, "none", **settings)
    np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=1e-15)
    grads = torch.autograd.grad(theirs.sum(), (a, b))
    for mine, other in zip(back(np.ones_like(ours)), grads, strict=True):
        np.testing.assert_allclose(mine, other.numpy(), atol=1e-12)


def test_distance_of_equal_distributions_has_gradient_zero():
    for grad in hellinger(P, P)[1]():
        assert not grad.any()


def test_logits_in_place_of_probabilities_are_refused():
    z = np.array([[-1.0, 2.0]])
    for call in (
        lambda: cross_entropy(z, [0], from_logits=False),
        lambda: kl_divergence(z, np.abs(z)),
        lambda: kl_divergence(np.abs(z), z),
        lambda: hellinger(np.abs(z), z),
        lambda: binary_cross_entropy(np.abs(z), [[0.0, 1.0]], from_logits=False),
        lambda: mirror.hellinger(torch.tensor(z), torch.tensor(z)),
        lambda: mirror.binary_cross_entropy(torch.tensor([2.0]), torch.tensor([1.0]), from_logits=False),
    ):
        with pytest.raises(ValidationError, match="probabilities must be"):
            call()


# ------------------------------------------------------------------ label weights and ignored labels


def test_mean_divides_by_the_weights_of_the_targets():
    z, labels, weight = np.zeros((3, 2)), np.array([0, 0, 1]), np.array([1.0, 4.0])
    assert cross_entropy(z, labels, "sum", weight=weight)[0] == pytest.approx(6 * BIT)
    assert cross_entropy(z, labels, weight=weight)[0] == pytest.approx(BIT)
    soft = np.eye(2)[labels]
    assert cross_entropy(z, soft, weight=weight)[0] == pytest.approx(6 * BIT / 3)  # probabilities: over N
    _, back = cross_entropy(z, labels, weight=weight)
    np.testing.assert_allclose(back()[0], np.array([[-1, 1], [-1, 1], [4, -4]]) * 0.5 / 6)


@pytest.mark.parametrize("from_logits", [True, False])
@pytest.mark.parametrize("ignore_index", [-100, -1, 1])
def test_ignored_labels_add_nothing(ignore_index, from_logits):
    rng = np.random.default_rng(1)
    scores = rng.uniform(0.1, 1, size=(4, 3))
    labels = np.array([0, ignore_index, 2, ignore_index])
    kept = [0, 2]
    settings = {"ignore_index": ignore_index, "from_logits": from_logits}
    for reduction in ("mean", "sum"):
        loss, back = cross_entropy(scores, labels, reduction, **settings)
        only, only_back = cross_entropy(scores[kept], labels[kept], reduction, from_logits=from_logits)
        assert loss == pytest.approx(only)
        np.testing.assert_allclose(back()[0][kept], only_back()[0])
        assert not back()[0][[1, 3]].any()
    assert cross_entropy(scores, labels, "none", **settings)[0][[1, 3]].tolist() == [0, 0]


def test_nothing_to_learn_from_gives_zero_not_nan():
    z = np.ones((2, 3))
    for labels in (np.array([-100, -100]), np.array([0, 0])):
        loss, back = cross_entropy(z, labels, weight=[0.0, 1.0, 1.0])
        assert loss == 0
        assert not back()[0].any()
        ours = torch.tensor(z, requires_grad=True)
        theirs = mirror.cross_entropy(ours, torch.tensor(labels), weight=torch.tensor([0.0, 1.0, 1.0]))
        assert theirs == 0
    assert cross_entropy(np.ones((0, 3)), np.zeros(0, int))[0] == 0


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0], [-100, 3]])
def test_labels_out_of_range_are_refused(labels):
    with pytest.raises(ValidationError, match=r"0\.\.2"):
        cross_entropy(np.ones((2, 3)), np.array(labels))
    with pytest.raises(ValidationError, match=r"0\.\.2"):
        mirror.cross_entropy(torch.ones(2, 3), torch.tensor(labels))


def test_label_weights_must_fit_the_classes():
    for weight in (np.ones(2), np.ones((1, 3))):
        with pytest.raises(ShapeError, match=r"\(3,\)"):
            cross_entropy(np.ones((2, 3)), [0, 1], weight=weight)


def test_classes_lie_on_axis_1():
    """A class wins by its scores along axis 1, whatever the other axes hold."""
    z = np.zeros((2, 3, 4, 5))
    z[:, 1] = 50
    loss, back = cross_entropy(z, np.ones((2, 4, 5), int), "none")
    assert loss.shape == (2, 4, 5)
    assert loss.max() < 1e-20
    assert back(np.ones_like(loss))[0].shape == z.shape
    assert cross_entropy(z, np.zeros((2, 4, 5), int))[0] == pytest.approx(50)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_pullback_scales_with_the_cotangent(reduction):
    """The factor of `back` reaches each loss, sign included."""
    rng = np.random.default_rng(2)
    x, y = rng.uniform(0.1, 1, size=(2, 4, 3)) / 3
    labels = rng.integers(3, size=4)
    for loss, target in (
        (mse, y),
        (mae, y),
        (huber, y),
        (binary_cross_entropy, y),
        (cross_entropy, y),
        (cross_entropy, labels),
        (kl_divergence, y),
        (hellinger, y),
    ):
        value, back = loss(x, target, reduction)
        point = x.copy()
        numeric = numeric_gradient(lambda: loss(point, target, reduction)[0], point)  # noqa: B023
        np.testing.assert_allclose(back()[0], numeric, atol=1e-8)
        np.testing.assert_allclose(back(-2.0)[0], -2 * numeric, atol=1e-8)
        assert np.ndim(value) == 0
