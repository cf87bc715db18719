"""Flatten, embedding, one-hot: order, repeats, padding and what is no index."""

import numpy as np
import pytest
import torch
from torch import nn

import dlcore.pytorch as mirror
from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import Embedding, Flatten, dense, embedding, flatten, one_hot


def test_flattened_tensor_product_of_mmds():
    """mmds Example 13.7: a (7, 7, 28, 28) weight on a 28 x 28 image is a 49 x 784 matrix on a vector."""
    rng = np.random.default_rng(0)
    image, weight = rng.normal(size=(28, 28)), rng.normal(size=(7, 7, 28, 28))
    h = np.einsum("ijkl,kl->ij", weight, image)
    rows = flatten(flatten(weight, 2)[0], 0, 1)[0]
    y, _ = dense(flatten(image[None])[0], rows)
    np.testing.assert_allclose(y, flatten(h[None])[0])
    assert not np.allclose(dense(image.T.reshape(1, -1), rows)[0], y)  # column by column breaks it


def test_vectors_of_a_tensor_in_order():
    """mmds 13.3.5: (2, 3, 4) lists its 6 vectors."""
    x = np.arange(24.0).reshape(2, 3, 4)
    y, back = flatten(x, 0, 1)
    assert y[4].tolist() == x[1, 1].tolist()
    np.testing.assert_array_equal(back(y), x)


@pytest.mark.parametrize("order", ["C", "F"])
def test_flatten_gives_a_copy_whatever_the_layout(order):
    x = np.array(np.arange(24.0).reshape(2, 3, 4), order=order)
    y, back = flatten(x)
    np.testing.assert_array_equal(y, np.arange(24.0).reshape(2, 12))
    dx = back(y)
    np.testing.assert_array_equal(dx, x)
    assert not np.shares_memory(x, y)
    assert not np.shares_memory(dx, y)


def test_flatten_says_what_it_lacks():
    with pytest.raises(ShapeError, match=r"Flatten expects axes 1 to -1, got \(3,\)"):
        Flatten()(np.ones(3))
    with pytest.raises(ShapeError, match=r"axes 1 to -1, got \(3,\)"):
        mirror.Flatten()(torch.ones(3))


def test_embedding_is_the_product_with_one_hot_rows():
    """mmds 13.5: U @ onehot(i) is column i of U."""
    rng = np.random.default_rng(0)
    weight, indices = rng.normal(size=(4, 3)), np.array([[2, 0, 2], [2, 3, 3]])
    u = rng.normal(size=(2, 3, 3))
    y, back = embedding(indices, weight)
    hot = one_hot(indices, 4, dtype=np.float64)
    np.testing.assert_array_equal(y, hot @ weight)
    np.testing.assert_allclose(back(u)[1], np.einsum("ntv,ntd->vd", hot, u))
    added = np.zeros_like(weight)
    np.add.at(added, indices, u)
    np.testing.assert_allclose(back(u)[1], added)
    assert not back(u)[1][1].any()  # a word that does not occur


@pytest.mark.parametrize("padding_idx", [0, 2])
def test_padding_row_is_zero_at_the_start_and_never_learns(padding_idx):
    ours = Embedding(3, 2, padding_idx, rng=np.random.default_rng(0))
    theirs = mirror.Embedding(3, 2, padding_idx, rng=np.random.default_rng(0))
    builtin = nn.Embedding(3, 2, padding_idx)
    builtin.load_state_dict({n: torch.tensor(v) for n, v in ours.state_dict().items()})
    indices = np.array([0, 1, 2, 2, 0])
    y = ours(indices)
    assert not y[indices == padding_idx].any()
    assert ours.backward(np.ones_like(y)) is None
    for module in (theirs, builtin):
        values = module(torch.tensor(indices))
        values.sum().backward()
        np.testing.assert_array_equal(y, values.detach().numpy())
        np.testing.assert_array_equal(ours.grads["weight"], module.weight.grad.numpy())
    assert not ours.grads["weight"][padding_idx].any()


def test_table_starts_standard_normal_unless_told():
    weight = Embedding(200, 50, rng=np.random.default_rng(0)).params["weight"]
    assert weight.dtype == np.float32
    assert weight.std() == pytest.approx(1, abs=0.02)

    def half(shape, *, rng, dtype):
        return np.full(shape, 0.5, dtype)

    assert (Embedding(2, 3, rng=np.random.default_rng(0), init=half).params["weight"] == 0.5).all()
    assert (mirror.Embedding(2, 3, rng=np.random.default_rng(0), init=half).weight == 0.5).all()


def test_one_hot_of_mmds():
    """mmds 13.2.9: class 2 of 4."""
    assert one_hot(2, 4).tolist() == [0, 0, 1, 0]
    assert one_hot([1, 0], 2).dtype == np.float32


@pytest.mark.parametrize("indices", [[3], [-1], [0, 7]])
def test_indices_out_of_range_are_refused(indices):
    for call in (
        lambda: one_hot(indices, 3),
        lambda: embedding(indices, np.ones((3, 2))),
        lambda: mirror.one_hot(torch.tensor(indices), 3),
        lambda: mirror.embedding(torch.tensor(indices), torch.ones(3, 2)),
        lambda: Embedding(3, 2, indices[-1], rng=np.random.default_rng(0)),
    ):
        with pytest.raises(ValidationError, match=r"0\.\.2"):
            call()


def test_floats_are_no_indices():
    for call in (
        lambda: one_hot([1.0], 3),
        lambda: embedding([1.0], np.ones((3, 2))),
        lambda: mirror.one_hot(torch.tensor([1.0]), 3),
        lambda: mirror.embedding(torch.tensor([1.0]), torch.ones(3, 2)),
    ):
        with pytest.raises(ValidationError, match="integers"):
            call()
