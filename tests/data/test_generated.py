"""Generated sets: labels by an independent rule, balance, seeds, what a line can and cannot do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore import data
from dlcore.errors import ShapeError, ValidationError


def rng(seed=0):
    return np.random.default_rng(seed)


RANDOM = [
    data.fast_food, data.blobs, data.rings, data.moons, data.spirals, data.stroke_loops,
]  # fmt: skip


@pytest.mark.parametrize("make", RANDOM)
def test_one_seed_one_set_and_dtype_as_asked(make):
    first, again, other = make(30, rng=rng(1)), make(30, rng=rng(1)), make(30, rng=rng(2))
    np.testing.assert_array_equal(first.x, again.x)
    assert not np.array_equal(first.x, other.x)
    assert first.x.dtype == np.float32
    assert make(30, rng=rng(1), dtype=np.float64).x.dtype == np.float64
    assert len(first) == 30
    with pytest.raises(TypeError, match="rng"):
        make(30)


@pytest.mark.parametrize("make", RANDOM[1:])
def test_classes_are_balanced_and_in_random_order(make):
    counts = np.bincount(make(101, rng=rng()).y)
    assert counts.max() - counts.min() <= 1
    y = make(100, rng=rng()).y
    assert (np.diff(y) == 0).any()


@pytest.mark.parametrize("make", RANDOM)
def test_too_few(make):
    with pytest.raises(ValidationError, match="or more, got 0"):
        make(0, rng=rng())


def every_set():
    yield from (data.digits(), data.films(), data.susan_films(), data.exam_hours(), data.logic_gates())
    yield from (data.consecutive_ones(), data.shifted_zero())
    yield from (make(20, rng=rng()) for make in RANDOM)


@pytest.mark.parametrize("dataset", list(every_set()), ids=lambda dataset: dataset.name)
def test_every_set_says_what_it_is(dataset):
    assert dataset.source
    assert dataset.license
    assert np.isfinite(dataset.x).all()
    if dataset.feature_names:
        assert dataset.x.shape[1:] == (len(dataset.feature_names),)
    if dataset.classes:
        assert dataset.y.dtype == np.int64
        assert len(dataset.classes) == len(np.unique(dataset.y))


def test_fast_food_bills_are_servings_times_prices():
    meals = data.fast_food(500, rng=rng(), dtype=np.float64)
    assert meals.prices.tolist() == [5, 2.5, 1]
    for servings, bill in zip(meals.x, meals.y, strict=True):
        assert bill == 5 * servings[0] + 2.5 * servings[1] + servings[2]
    assert set(meals.x.ravel()) == set(range(6))
    noisy = data.fast_food(5000, noise=0.5, rng=rng(), dtype=np.float64)
    assert np.std(noisy.y - noisy.x @ noisy.prices) == pytest.approx(0.5, rel=0.05)


@given(st.integers(1, 10))
def test_consecutive_ones_by_the_text_of_the_bits(bits):
    x, y = data.consecutive_ones(bits)
    words = ["".join(map(str, row.astype(int))) for row in x]
    assert words == ["".join(word) for word in itertools.product("01", repeat=bits)]
    assert y.tolist() == [int("11" in word) for word in words]


def test_consecutive_ones_drawn_and_refused():
    assert data.consecutive_ones().y.sum() == 8
    x, y = data.consecutive_ones(40, n=300, rng=rng())
    assert x.shape == (300, 40)
    assert y.tolist() == [int("11" in "".join(map(str, row.astype(int)))) for row in x]
    with pytest.raises(ValidationError, match="17 bits are too many"):
        data.consecutive_ones(17)
    with pytest.raises(ValidationError, match="needs rng"):
        data.consecutive_ones(4, n=3)
    with pytest.raises(ValidationError, match="bits must be 1 or more"):
        data.consecutive_ones(0)
    with pytest.raises(ValidationError, match="n must be 1 or more"):
        data.consecutive_ones(4, n=0, rng=rng())


def test_blobs_lie_around_their_centers():
    x, y = data.blobs(40_000, centers=[(0, 0, 5), (9, 0, 0)], spread=2, rng=rng(), dtype=np.float64)
    for label, center in enumerate([(0, 0, 5), (9, 0, 0)]):
        np.testing.assert_allclose(x[y == label].mean(axis=0), center, atol=0.1)
        np.testing.assert_allclose(x[y == label].std(axis=0), 2, atol=0.1)


def test_xor_blobs_share_labels_across_the_diagonal():
    corners = [(-2, -2), (-2, 2), (2, -2), (2, 2)]
    x, y = data.blobs(100, centers=corners, labels=(0, 1, 1, 0), spread=0.1, rng=rng())
    np.testing.assert_array_equal(y, (x[:, 0] * x[:, 1] < 0).astype(int))


def test_blobs_refuse_odd_shapes():
    with pytest.raises(ShapeError, match=r"centers of shape \(K, D\)"):
        data.blobs(centers=(1.0, 2.0), rng=rng())
    with pytest.raises(ShapeError, match=r"labels of shape \(2,\)"):
        data.blobs(labels=(0, 1, 1), rng=rng())


def test_rings_are_told_apart_by_radius_and_not_by_a_line():
    x, y = data.rings(rng=rng(), dtype=np.float64)
    np.testing.assert_array_equal(y, ((x**2).sum(axis=1) > 4).astype(int))
    best = 0.0
    for angle in np.linspace(0, np.pi, 90):
        along = x @ [np.cos(angle), np.sin(angle)]
        for cut in np.unique(along):
            right = ((along > cut) == y).mean()
            best = max(best, right, 1 - right)
    assert 0.65 < best < 0.75


def test_moons_without_noise_lie_on_two_half_circles():
    x, y = data.moons(noise=0, rng=rng(), dtype=np.float64)
    upper, lower = x[y == 0], x[y == 1]
    np.testing.assert_allclose((upper**2).sum(axis=1), 1)
    np.testing.assert_allclose(((lower - [1, 0.5]) ** 2).sum(axis=1), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5


def test_spirals_without_noise_are_one_arm_turned():
    x, y = data.spirals(noise=0, arms=4, rng=rng(), dtype=np.float64)
    turned = x[:, 0] + 1j * x[:, 1]
    radius = np.abs(turned)
    turned *= np.exp(-2j * np.pi * (0.75 * radius + y / 4))
    np.testing.assert_allclose(turned, radius, atol=1e-12)
    with pytest.raises(ValidationError, match="arms must be 1 or more"):
        data.spirals(arms=0, rng=rng())


def test_susan_likes_the_two_ends_and_each_end_is_separable():
    x, y = data.susan_films(dtype=np.float64)
    total = x.sum(axis=1)
    np.testing.assert_array_equal(y, ((total <= 3.5) | (total >= 8)).astype(int))
    assert len({tuple(row) for row in x}) == 20
    assert y.sum() == 10


def test_stroke_loops_overlap_in_the_gap_and_carry_it_along():
    loops = data.stroke_loops(100, rng=rng())
    zeros, sixes = loops.gap[loops.y == 0], loops.gap[loops.y == 1]
    assert zeros.max() > sixes.min()
    errors = [((loops.gap > cut) != loops.y).sum() for cut in loops.gap]
    assert min(errors) > 0
    train, test = loops.split()
    assert sorted([*train.gap, *test.gap]) == sorted(loops.gap)
    np.testing.assert_array_equal(train.gap.shape, train.y.shape)
    assert loops.x.min() >= 0
    assert loops.x.max() == 1


def test_the_stated_gap_is_that_of_the_stroke():
    from dlcore.data.strokes import _stroke

    for gap, inward in itertools.product((0, 2.5, 8), (False, True)):
        points = _stroke(gap, inward, 0.1)
        assert np.linalg.norm(points[0] - points[-1]) == pytest.approx(gap, abs=1e-9)


def test_stroke_loops_refuse_gaps_that_do_not_fit():
    with pytest.raises(ValidationError, match="between 0 and 9"):
        data.stroke_loops(zero_gaps=(0, 10), rng=rng())
    with pytest.raises(ValidationError, match="between 0 and 9"):
        data.stroke_loops(six_gaps=(5, 3), rng=rng())


def test_a_zero_is_nearer_to_the_six_than_to_its_shifted_copy():
    zero, copy, six = data.shifted_zero(dtype=np.float64).x
    assert np.linalg.norm(zero - copy) == pytest.approx(3307, abs=0.5)
    assert np.linalg.norm(zero - six) == pytest.approx(1216, abs=0.5)
    np.testing.assert_array_equal(zero[:, :-4], copy[:, 4:])
    for shift in (-6, 6):
        assert data.shifted_zero(shift=shift).x[1].sum() == pytest.approx(zero.sum(), rel=1e-6)
        assert data.shifted_zero(shift=shift).x[1][:, [0, -1]].sum() >= 0
    with pytest.raises(ValidationError, match="out of the image"):
        data.shifted_zero(shift=7)
