import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore import data
from dlcore.data.augmentation import rotate, shift
from dlcore.data.splits import split_indices
from dlcore.errors import ShapeError, ValidationError


@given(st.integers(20, 200), st.lists(st.integers(2, 9), min_size=1, max_size=4), st.booleans())
def test_every_sample_is_in_one_part(n, weights, shuffled):
    shares = [w / sum(weights) for w in weights]
    rng = np.random.default_rng(0) if shuffled else None
    parts = split_indices(n, *shares, rng=rng)
    assert sorted(np.concatenate(parts).tolist()) == list(range(n))
    for part, share in zip(parts, shares, strict=True):
        assert abs(len(part) - share * n) <= 1
    if not shuffled:
        assert np.concatenate(parts).tolist() == list(range(n))


@pytest.mark.parametrize("shares", [(), (0.5, 0.6), (1.2, -0.2), (1.0, 0.0)])
def test_shares_must_sum_to_one(shares):
    with pytest.raises(ValidationError, match="sum to 1"):
        split_indices(10, *shares)


def test_no_part_is_empty():
    with pytest.raises(ValidationError, match="too few"):
        split_indices(3, 0.9, 0.05, 0.05)


@pytest.fixture
def images():
    return data.digits().x[:20]


@pytest.mark.parametrize("change", [shift, rotate])
def test_images_keep_shape_dtype_and_are_not_modified(images, change):
    before = images.copy()
    for batch in (images, images[:, None], images[:0], images.astype(np.float64)):
        new = change(batch, rng=np.random.default_rng(0))
        assert (new.shape, new.dtype) == (batch.shape, batch.dtype)
    np.testing.assert_array_equal(images, before)
    assert (change(images, rng=np.random.default_rng(0)) != images).any()


def test_a_shift_moves_whole_images(images):
    new = shift(images, most=2, rng=np.random.default_rng(0))
    moves = [(a, b) for a in range(-2, 3) for b in range(-2, 3)]
    padded = np.pad(images, [(0, 0), (2, 2), (2, 2)])
    for i, image in enumerate(new):
        assert any(np.array_equal(image, padded[i, 2 + a : 10 + a, 2 + b : 10 + b]) for a, b in moves)
    assert np.array_equal(shift(images, most=0, rng=np.random.default_rng(0)), images)


def test_a_rotation_by_nothing_changes_nothing_and_quarter_turns_are_exact(images):
    np.testing.assert_allclose(rotate(images, degrees=0, rng=np.random.default_rng(0)), images, atol=1e-6)

    class Quarter(np.random.Generator):
        def uniform(self, low, high, size):
            return np.full(size, high)

    turned = rotate(images.astype(float), degrees=90, rng=Quarter(np.random.PCG64(0)))
    np.testing.assert_allclose(turned, np.rot90(images, k=-1, axes=(1, 2)), atol=1e-6)


def test_rotation_agrees_with_scipy_inside():
    ndimage = pytest.importorskip("scipy.ndimage")
    image = np.random.default_rng(1).random((1, 9, 9))

    class Fixed(np.random.Generator):
        def uniform(self, low, high, size):
            return np.full(size, 20.0)

    ours = rotate(image, degrees=20, rng=Fixed(np.random.PCG64(0)))[0]
    theirs = ndimage.rotate(image[0], -20, reshape=False, order=1)
    np.testing.assert_allclose(ours[2:7, 2:7], theirs[2:7, 2:7], atol=1e-9)


def test_bad_images_are_refused():
    rng = np.random.default_rng(0)
    with pytest.raises(ShapeError, match=r"\(8, 8\)"):
        shift(np.ones((8, 8)), rng=rng)
    with pytest.raises(ValidationError, match="most"):
        shift(np.ones((2, 8, 8)), most=8, rng=rng)
    with pytest.raises(ValidationError, match="float"):
        rotate(np.ones((2, 8, 8), int), rng=rng)
