"""Normalization: hand-computed numbers, running statistics, which axes, and what must not happen."""

import numpy as np
import pytest
import torch
from torch import nn

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import (
    BatchNorm1d,
    BatchNorm2d,
    GroupNorm,
    batch_norm,
    batch_norm_naive,
    dense,
    group_norm,
    instance_norm,
    layer_norm,
)

COLUMN = np.array([[1.0], [2.0], [3.0], [4.0]])


def test_numbers_of_rawassizadeh_and_buduma():
    """(1, 2, 3, 4): mean 2.5, biased variance 1.25, values ±0.4472 and ±1.3416."""
    expected = [-1.3416, -0.4472, 0.4472, 1.3416]
    np.testing.assert_allclose(batch_norm(COLUMN)[0].ravel(), expected, atol=5e-5)
    np.testing.assert_allclose(layer_norm(COLUMN.T)[0].ravel(), expected, atol=5e-5)
    mean, var = np.zeros(1), np.ones(1)
    batch_norm(COLUMN, running_mean=mean, running_var=var, momentum=1.0)
    assert (mean.item(), var.item()) == (2.5, pytest.approx(5 / 3))  # the running variance counts n - 1


def test_epsilon_stands_under_the_root():
    """rawassizadeh leaves ε out: 0 / 0 for a constant batch, 0 with it."""
    y, back = batch_norm(np.full((4, 1), 5.0))
    assert not y.any()
    np.testing.assert_allclose(back(COLUMN)[0], (COLUMN - 2.5) / np.sqrt(1e-5))
    for norm, x in ((batch_norm, COLUMN), (layer_norm, COLUMN.T)):
        y = norm(x, eps=1.0)[0].ravel()
        np.testing.assert_allclose(y, (COLUMN.ravel() - 2.5) / np.sqrt(1.25 + 1.0))


def test_combined_formula_takes_the_raw_input():
    """rawassizadeh's combined formula normalizes twice: mean -1.131 and deviation 0.283."""
    x = np.array([[1.0], [2.0], [3.0], [10.0]])
    mean, std = x.mean(), x.std()
    y = batch_norm(x, eps=0.0)[0]
    assert (y.mean(), y.std()) == (pytest.approx(0, abs=1e-12), pytest.approx(1))
    twice = (y - mean) / std
    assert (twice.mean(), twice.std()) == (pytest.approx(-1.131, abs=5e-4), pytest.approx(0.283, abs=5e-4))


def test_scale_and_shift_can_undo_it():
    x = np.random.default_rng(0).normal(3, 2, size=(6, 3))
    y, back = batch_norm(x, x.std(axis=0), x.mean(axis=0), eps=0.0)
    np.testing.assert_allclose(y, x)
    u = np.random.default_rng(1).normal(size=x.shape)
    _, dweight, dbias = back(u)
    np.testing.assert_allclose(dweight, (u * (x - x.mean(axis=0)) / x.std(axis=0)).sum(axis=0))
    np.testing.assert_allclose(dbias, u.sum(axis=0))


@pytest.mark.parametrize(
    "shape", [(5, 3), (4, 3, 2), (3, 2, 4, 5), (2, 3, 2, 2, 2), (2, 1), (0, 3), (3, 0, 2)]
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_staged_and_fast_form_are_equal(shape, dtype):
    rng = np.random.default_rng(0)
    x, u = (rng.normal(1, 2, size=shape).astype(dtype) for _ in range(2))
    weight, bias = (rng.normal(size=shape[1]).astype(dtype) for _ in range(2))
    tolerance = 1e-12 if dtype is np.float64 else 2e-5
    fast, fast_back = batch_norm(x, weight, bias)
    staged, staged_back = batch_norm_naive(x, weight, bias)
    np.testing.assert_allclose(fast, staged, atol=tolerance)
    for a, b in zip(fast_back(u), staged_back(u), strict=True):
        assert a.dtype == b.dtype == dtype
        np.testing.assert_allclose(a, b, atol=10 * tolerance)


AXES = {"batch": (0, 2, 3), "layer": (1, 2, 3), "instance": (2, 3)}


@pytest.mark.parametrize("kind", AXES)
def test_axes_of_the_cube(kind):
    """rawassizadeh Fig. 10.22: what each kind takes a mean over, for (N, C, H, W)."""
    x = np.random.default_rng(0).normal(size=(4, 6, 5, 3))
    y = {
        "batch": lambda: batch_norm(x),
        "layer": lambda: layer_norm(x, normalized_shape=(6, 5, 3)),
        "instance": lambda: instance_norm(x),
    }[kind]()[0]
    mean, var = x.mean(axis=AXES[kind], keepdims=True), x.var(axis=AXES[kind], keepdims=True)
    np.testing.assert_allclose(y, (x - mean) / np.sqrt(var + 1e-5))


def test_group_norm_lies_between_layer_and_instance_norm():
    """rawassizadeh ch. 10: one group is layer norm over (C, H, W), C groups are instance norm."""
    x = np.random.default_rng(0).normal(size=(4, 6, 5, 5))
    np.testing.assert_allclose(group_norm(x, num_groups=1)[0], layer_norm(x, normalized_shape=(6, 5, 5))[0])
    np.testing.assert_allclose(group_norm(x, num_groups=6)[0], instance_norm(x)[0])
    halves = group_norm(x, num_groups=2)[0].reshape(4, 2, -1)
    np.testing.assert_allclose(halves.mean(axis=2), 0, atol=1e-12)
    np.testing.assert_allclose(halves.std(axis=2), 1, atol=1e-4)
    over_channels_only = layer_norm(x.transpose(0, 2, 3, 1))[0].transpose(0, 3, 1, 2)
    assert np.abs(over_channels_only - layer_norm(x, normalized_shape=(6, 5, 5))[0]).max() > 0.5


def test_one_sample_is_enough_but_for_batch_norm():
    x = np.random.default_rng(0).normal(size=(1, 4))
    assert layer_norm(x)[0].std() == pytest.approx(1, abs=1e-3)
    assert group_norm(x[..., None], num_groups=2)[0].shape == (1, 4, 1)
    for package, value in ((reference, x), (mirror, torch.tensor(x))):
        with pytest.raises(ValidationError, match=r"more than one value a channel.*\(1, 4\)"):
            package.batch_norm(value)
        with pytest.raises(ValidationError, match="more than one value a channel"):
            package.instance_norm(value[..., None])
        assert package.BatchNorm1d(4, dtype=value.dtype).eval()(value).shape == (1, 4)


# ------------------------------------------------------------------ running statistics


def test_running_statistics_follow_torch_over_training_and_evaluation():
    rng = np.random.default_rng(0)
    ours = BatchNorm2d(3, momentum=0.3, dtype=np.float64)
    theirs = nn.BatchNorm2d(3, momentum=0.3, dtype=torch.float64)
    for training in (True, True, False, True, False):
        x = rng.normal(2, 3, size=(4, 3, 2, 2))
        y = ours.train(training)(x)
        value = theirs.train(training)(torch.tensor(x))
        np.testing.assert_allclose(y, value.detach().numpy(), atol=1e-12)
        for name, buffer in theirs.named_buffers():
            np.testing.assert_allclose(ours.buffers[name], buffer.numpy(), atol=1e-12)
    assert ours.buffers["num_batches_tracked"] == 3
    theirs.load_state_dict({n: torch.tensor(v) for n, v in ours.state_dict().items()})
    ours.load_state_dict(dict(theirs.state_dict()))


def test_evaluation_differentiates_through_constants():
    rng = np.random.default_rng(0)
    ours, theirs = BatchNorm1d(3, dtype=np.float64).eval(), nn.BatchNorm1d(3, dtype=torch.float64).eval()
    state = {
        "running_mean": rng.normal(size=3),
        "running_var": rng.uniform(0.5, 2, 3),
        "num_batches_tracked": 7,
    }
    state |= {"weight": rng.normal(size=3), "bias": rng.normal(size=3)}
    ours.load_state_dict(state)
    theirs.load_state_dict({n: torch.tensor(v) for n, v in state.items()})
    x, u = rng.normal(size=(5, 3)), rng.normal(size=(5, 3))
    t = torch.tensor(x, requires_grad=True)
    y, value = ours(x), theirs(t)
    value.backward(torch.tensor(u))
    np.testing.assert_allclose(y, value.detach().numpy())
    np.testing.assert_allclose(ours.backward(u), t.grad.numpy())
    for name, parameter in theirs.named_parameters():
        np.testing.assert_allclose(ours.grads[name], parameter.grad.numpy())
    for name, buffer in ours.buffers.items():
        np.testing.assert_array_equal(buffer, state[name])


@pytest.mark.parametrize("package", [reference, mirror])
def test_a_refused_call_leaves_the_running_statistics(package):
    tensor = np.asarray if package is reference else torch.tensor
    layer = package.BatchNorm1d(3)
    before = {n: np.asarray(v).copy() for n, v in layer.state_dict().items()}
    for wrong, error in (
        (np.ones((1, 3), np.float32), ValidationError),
        (np.ones((4, 2), np.float32), ShapeError),
        (np.ones((4, 3, 2, 2), np.float32), ShapeError),
    ):
        with pytest.raises(error):
            layer(tensor(wrong))
        for name, value in layer.state_dict().items():
            np.testing.assert_array_equal(np.asarray(value), before[name])
    with pytest.raises(ShapeError, match=r"BatchNorm1d expects \(N, C\) or \(N, C, L\)"):
        layer(tensor(np.ones((4, 3, 2, 2), np.float32)))
    mean = tensor(np.zeros(3))
    with pytest.raises(ShapeError):
        package.batch_norm(
            tensor(np.arange(6.0).reshape(2, 3)), running_mean=mean, running_var=tensor(np.ones(2))
        )
    assert not np.asarray(mean).any()


@pytest.mark.parametrize("package", [reference, mirror])
def test_evaluation_needs_statistics_and_an_empty_batch_teaches_nothing(package):
    tensor = np.asarray if package is reference else torch.tensor
    mean, var = tensor(np.full(2, 3.0)), tensor(np.full(2, 4.0))
    with pytest.raises(ValidationError, match="evaluation needs"):
        package.batch_norm(tensor(np.ones((3, 2))), running_mean=mean, training=False)
    package.batch_norm(tensor(np.ones((0, 2))), running_mean=mean, running_var=var)
    assert np.asarray(mean).tolist() == [3, 3]
    assert np.asarray(var).tolist() == [4, 4]


def test_running_statistics_keep_their_own_type():
    x = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    mean, var = np.zeros(2), np.ones(2)
    others = torch.zeros(2, dtype=torch.float64), torch.ones(2, dtype=torch.float64)
    y = batch_norm(x, running_mean=mean, running_var=var)[0]
    value = mirror.batch_norm(torch.tensor(x), running_mean=others[0], running_var=others[1])
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, value.numpy(), atol=1e-6)
    np.testing.assert_allclose(mean, others[0].numpy(), atol=1e-6)
    np.testing.assert_allclose(var, others[1].numpy(), atol=1e-6)
    assert batch_norm(x, running_mean=mean, running_var=var, training=False)[0].dtype == np.float32


# ------------------------------------------------------------------ layers


def test_groups_must_divide_the_channels():
    for package in (reference, mirror):
        for groups in (0, 4):
            with pytest.raises(ValidationError, match="do not divide 6 channels"):
                package.GroupNorm(groups, 6)
    with pytest.raises(ShapeError, match=r"GroupNorm expects \(N, 6, ...\), got \(2, 3\)"):
        GroupNorm(2, 6)(np.ones((2, 3)))


def test_scaling_the_weights_before_it_changes_nothing():
    """Why large initial weights matter less: batch norm forgets their size, and the bias before it."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(8, 3)), rng.normal(size=(2, 3))
    small = batch_norm(dense(x, w)[0], eps=0.0)[0]
    large = batch_norm(dense(x, 100 * w, np.array([7.0, -7.0]))[0], eps=0.0)[0]
    np.testing.assert_allclose(small, large)


def test_gradient_has_no_part_along_a_shift_or_a_stretch():
    """Adding a constant to a channel, or scaling it, changes nothing, so dx is orthogonal to both."""
    rng = np.random.default_rng(0)
    x, u = rng.normal(size=(7, 3)), rng.normal(size=(7, 3))
    for norm, axis in ((batch_norm, 0), (layer_norm, 1)):
        y, back = norm(x, eps=0.0)
        dx = back(u)[0]
        np.testing.assert_allclose(dx.sum(axis=axis), 0, atol=1e-12)
        np.testing.assert_allclose((dx * y).sum(axis=axis), 0, atol=1e-12)
