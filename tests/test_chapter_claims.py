"""What chapter 01 says of digits holds for other seeds and other splits than its own."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import data
from dlcore import reference as ref

SEEDS = range(5)


def train(backend, x, targets, *, seed, eta, epochs, dtype):
    rng = np.random.default_rng(seed)
    net = backend.Sequential(
        backend.Dense(x.shape[1], targets.shape[1], rng=rng, dtype=dtype), backend.Sigmoid()
    )
    optimizer = backend.SGD(net.parameters(), lr=eta)
    history = backend.fit(net, x, targets, loss=backend.mse, optimizer=optimizer, epochs=epochs, rng=rng)
    return net, history


def pixels(part):
    return part.x.reshape(len(part), -1)


def one_layer_accuracy(seed, split_seed):
    learn, test = data.digits(dtype=float).split(rng=np.random.default_rng(split_seed))
    net, _ = train(ref, pixels(learn), np.eye(10)[learn.y], seed=seed, eta=10.0, epochs=60, dtype=float)
    return ref.accuracy(ref.predict(net, pixels(test)), test.y)


def zero_or_one_accuracy(seed, split_seed):
    digits = data.digits(dtype=float)
    learn, test = digits.subset(digits.y < 2).split(rng=np.random.default_rng(split_seed))
    targets = learn.y[:, None].astype(float)
    net, _ = train(ref, pixels(learn), targets, seed=seed, eta=1.0, epochs=10, dtype=float)
    return float(((ref.predict(net, pixels(test))[:, 0] > 0.5) == test.y).mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_ten_neurons_read_94_percent_of_the_digits(seed):
    assert one_layer_accuracy(seed, split_seed=0) >= 0.94


@pytest.mark.parametrize("seed", SEEDS)
def test_and_on_other_splits_too(seed):
    assert one_layer_accuracy(seed, split_seed=seed) >= 0.94


@pytest.mark.parametrize("seed", SEEDS)
def test_one_neuron_tells_zero_from_one(seed):
    assert zero_or_one_accuracy(seed, split_seed=0) >= 0.99
    assert zero_or_one_accuracy(seed, split_seed=seed) >= 0.99


@pytest.mark.torch
@pytest.mark.parametrize("seed", SEEDS)
def test_reference_and_mirror_walk_the_same_path(seed):
    torch = pytest.importorskip("torch")
    from dlcore import pytorch as mirror

    learn, _ = data.digits(dtype=float).split()
    targets = np.eye(10)[learn.y]
    settings = {"seed": seed, "eta": 10.0, "epochs": 5}
    _, ours = train(ref, pixels(learn), targets, dtype=float, **settings)
    _, theirs = train(mirror, pixels(learn), targets, dtype=torch.float64, **settings)
    np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=0, atol=1e-12)
