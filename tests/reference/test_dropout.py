"""Dropout: expectations over all masks, the books' scaling, seeds and modes."""

import itertools

import numpy as np
import pytest
import torch

import dlcore.pytorch as mirror
from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import Dropout, Dropout2d, dropout, sigmoid


def every_mask(units: int, p: float):
    """All masks of a few units with their probabilities."""
    masks = np.array(list(itertools.product([False, True], repeat=units)))
    return masks, np.where(masks, 1 - p, p).prod(axis=1)


def test_mean_over_all_masks_in_mmds():
    """mmds 13.6.2: a linear read-out of 10 units at rate 0.2; the kept share, not the rate, is the factor."""
    rng, p = np.random.default_rng(0), 0.2
    h, w = rng.normal(size=10), rng.normal(size=10)
    masks, chances = every_mask(10, p)
    plain = np.array([dropout(h, p, mask=m, scaling="test")[0] @ w for m in masks])
    inverted = np.array([dropout(h, p, mask=m)[0] @ w for m in masks])
    assert chances @ plain == pytest.approx(-3.049071, abs=1e-6)
    at_test_time = dropout(h, p, training=False, scaling="test")[0] @ w
    assert at_test_time == pytest.approx(chances @ plain) == pytest.approx(0.8 * -3.811339, abs=1e-6)
    assert chances @ inverted == pytest.approx(h @ w) == pytest.approx(dropout(h, p, training=False)[0] @ w)


def test_incoming_weights_are_the_wrong_ones_to_scale():
    """le 16: p = 0.2 and pre-activation 2: the mean output is 0.7046, scaled inputs give 0.8320 or 0.5987."""
    h, _ = sigmoid(np.array([2.0]))
    assert dropout(h, 0.2, training=False, scaling="test")[0] == pytest.approx(0.7046, abs=1e-4)
    assert sigmoid(0.8 * 2.0)[0] == pytest.approx(0.8320, abs=1e-4)
    assert sigmoid(0.2 * 2.0)[0] == pytest.approx(0.5987, abs=1e-4)


def test_values_are_zero_or_scaled():
    """rawassizadeh ch. 10: ones at p = 0.5 become 0 or 2; mmds: 1.25 at 0.2."""
    for p, kept in ((0.5, 2.0), (0.2, 1.25)):
        y, back = dropout(np.ones(1000), p, rng=np.random.default_rng(0))
        assert set(y) == {0.0, kept}
        assert (y == 0).mean() == pytest.approx(p, abs=0.04)
        np.testing.assert_array_equal(back(np.ones(1000)), y)  # the same mask on the way back
        y, _ = dropout(np.ones(1000), p, rng=np.random.default_rng(0), scaling="test")
        assert set(y) == {0.0, 1.0}


def test_nothing_and_everything():
    x = np.array([1.0, -2.0])
    assert dropout(x, 0.0, rng=np.random.default_rng(0))[0].tolist() == [1, -2]
    y, back = dropout(x, 1.0, rng=np.random.default_rng(0))
    assert not y.any()
    assert not back(x).any()
    assert not dropout(x, 1.0, training=False, scaling="test")[0].any()


def test_evaluation_draws_nothing_and_passes_through():
    rng = np.random.default_rng(3)
    before = rng.bit_generator.state
    x = np.array([1.0, 2.0])
    y, back = dropout(x, 0.5, rng=rng, training=False)
    assert rng.bit_generator.state == before
    assert y.tolist() == back(x).tolist() == [1, 2]
    assert not np.shares_memory(x, y)


def test_each_call_draws_anew_and_weights_stay():
    layer = Dropout(0.5, rng=np.random.default_rng(0))
    first, second = layer(np.ones(50)), layer(np.ones(50))
    assert (first != second).any()
    np.testing.assert_array_equal(layer.backward(np.ones(50)), second)
    np.testing.assert_array_equal(layer.backward(np.ones(50)), first)


@pytest.mark.parametrize("kind", ["Dropout", "Dropout2d"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_seed_gives_both_backends_the_same_masks(kind, dtype):
    x = np.ones((4, 3, 2, 5), dtype)
    ours = {"Dropout": Dropout, "Dropout2d": Dropout2d}[kind](0.4, rng=np.random.default_rng(5))
    theirs = getattr(mirror, kind)(0.4, rng=np.random.default_rng(5))
    for _ in range(3):
        np.testing.assert_array_equal(ours(x), theirs(torch.tensor(x)).numpy())


def test_monte_carlo_stays_on_in_evaluation():
    """rawassizadeh ch. 10: the predictions spread, and their mean is the plain prediction."""
    x = np.ones((2000, 1))
    layer = Dropout(0.5, rng=np.random.default_rng(0), monte_carlo=True).eval()
    draws = layer(x)
    assert set(draws.ravel()) == {0.0, 2.0}
    assert draws.mean() == pytest.approx(1, abs=0.1)
    assert (Dropout(0.5, rng=np.random.default_rng(0)).eval()(x) == 1).all()


def test_whole_channels_fall_silent():
    y = Dropout2d(0.5, rng=np.random.default_rng(0))(np.ones((8, 16, 3, 3)))
    assert (y == y[:, :, :1, :1]).all()
    assert set(y.ravel()) == {0.0, 2.0}
    assert len({tuple(row) for row in y[:, :, 0, 0]}) > 1  # each sample has a mask of its own
    x = np.random.default_rng(1).normal(size=(1, 2, 3, 3))
    np.testing.assert_array_equal(Dropout2d(0.5, rng=np.random.default_rng(0)).eval()(x), x)


def test_a_fixed_share_of_units_is_a_mask_away():
    """mmds 13.6.2 deletes exactly half of 50 hidden nodes; dropped units pass no gradient."""
    mask = np.random.default_rng(0).permutation(50) < 25
    y, back = dropout(np.ones((3, 50)), 0.5, mask=mask)
    assert (y == 0).sum(axis=1).tolist() == [25, 25, 25]
    assert not back(np.ones((3, 50)))[:, ~mask].any()


@pytest.mark.parametrize("package", [np, torch])
def test_what_cannot_be_drawn_is_refused(package):
    function, x = (dropout, np.ones(3)) if package is np else (mirror.dropout, torch.ones(3))
    for p in (-0.1, 1.5, float("nan")):
        with pytest.raises(ValidationError, match="p must be"):
            function(x, p, rng=np.random.default_rng(0))
    with pytest.raises(ValidationError, match="default_rng"):
        function(x)
    with pytest.raises(ValidationError, match="'inverted', 'test'"):
        function(x, scaling="train", rng=np.random.default_rng(0))
    with pytest.raises(ShapeError, match=r"\(3,\).*\(2,\)"):
        function(x, mask=package.ones(2))
