"""What chapter 01 says of digits holds for other seeds, other splits and MNIST, not for its own alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlcore import data
from dlcore import reference as ref

SEEDS = range(5)
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


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


def loops(images, ink):
    label = pytest.importorskip("scipy.ndimage").label
    padded = np.pad(images < ink, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    return np.array([label(image)[1] - 1 for image in padded])


@pytest.mark.skipif(not (SHARED / "mnist").is_dir(), reason="no folder shared/data with MNIST")
def test_the_rule_of_one_loop_on_mnist(monkeypatch):
    monkeypatch.setenv("DLCORE_DATA", str(SHARED))
    x, y = data.mnist("test", raw=True)
    number, zero = loops(x, ink=64), y == 0
    one_loop = number == 1
    assert (zero & (number == 0)).sum() == 86
    assert (zero & (number > 1)).sum() == 51
    assert (one_loop & ~zero).sum() == 2142
    found = (one_loop & zero).sum()
    assert round(found / zero.sum(), 3) == 0.860
    assert round(found / one_loop.sum(), 3) == 0.282


@pytest.mark.parametrize("ink", [0.125, 0.25])
def test_the_rule_of_one_loop_finds_zeros_and_much_else(ink):
    digits = data.digits()
    one_loop, zero = loops(digits.x, ink) == 1, digits.y == 0
    assert (one_loop & zero).sum() / zero.sum() > 0.97
    assert 0.25 < (one_loop & zero).sum() / one_loop.sum() < 0.29


def deep_net_accuracy(activation, *, hidden, eta, epochs, seed):
    rng = np.random.default_rng(seed)
    learn, test = data.digits(dtype=float).split()
    layers = []
    for _ in range(hidden):
        layers += [ref.Dense(64, 64, rng=rng, dtype=float), activation()]
    net = ref.Sequential(*layers, ref.Dense(64, 10, rng=rng, dtype=float))
    how = {"loss": ref.cross_entropy, "optimizer": ref.SGD(net.parameters(), lr=eta)}
    ref.fit(net, pixels(learn), learn.y, epochs=epochs, rng=rng, **how)
    return ref.accuracy(ref.predict(net, pixels(test)), test.y)


@pytest.mark.parametrize("seed", [1, 2])
def test_deep_sigmoids_stay_at_guessing_where_relu_and_tanh_learn(seed):
    shallow = {"hidden": 3, "eta": 0.1, "epochs": 15, "seed": seed}
    assert deep_net_accuracy(ref.Sigmoid, **shallow) < 0.15
    assert deep_net_accuracy(ref.Tanh, **shallow) > 0.8
    deep = {"hidden": 5, "eta": 0.05, "epochs": 60, "seed": seed}
    assert deep_net_accuracy(ref.Sigmoid, **deep) < 0.15
    assert deep_net_accuracy(ref.ReLU, **deep) > 0.85
