"""From one seed both packages walk the same path: every step's loss of two real trainings."""

import numpy as np
import pytest
import torch

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.data import digits

STEPS = 50
TEXT = "the cat sat on the mat and the dog sat on the log while the rat ate the bread of the cat. " * 4
PACKAGES = {reference: np.float64, mirror: torch.float64}


def cnn(package, rng, dtype):
    """Two convolutions with pooling over 8x8 digits, with everything that has a state."""
    return package.Sequential(
        package.Conv2d(1, 8, 3, padding=1, rng=rng, dtype=dtype),
        package.BatchNorm2d(8, dtype=dtype),
        package.ReLU(),
        package.MaxPool2d(2),
        package.Conv2d(8, 16, 3, padding=1, rng=rng, dtype=dtype),
        package.ReLU(),
        package.Flatten(),
        package.Dropout(0.2, rng=rng),
        package.Dense(256, 10, rng=rng, dtype=dtype),
    )


def letters(package, rng, dtype):
    """Embedding, LSTM, dense: the scores of the next letter at every step."""

    class Letters(package.Layer):
        def __init__(self):
            super().__init__()
            self.embedding = package.Embedding(len(set(TEXT)), 8, rng=rng, dtype=dtype)
            self.lstm = package.LSTM(8, 24, rng=rng, dtype=dtype)
            self.dense = package.Dense(24, len(set(TEXT)), rng=rng, dtype=dtype)

        def forward(self, x):
            return self.dense(self.lstm(self.embedding(x))[0])

        def backward(self, dy):
            return self.embedding.backward(self.lstm.backward(self.dense.backward(dy), None, None)[0])

    return Letters()


def letter_loss(package):
    """Cross-entropy with the letters on axis 1, where the operation expects them."""
    if package is mirror:
        return lambda z, y: mirror.cross_entropy(z.movedim(-1, 1), y)

    def loss(z, y):
        value, back = reference.cross_entropy(np.moveaxis(z, -1, 1), y)

        def back_moved(dloss=1.0):
            dz, dy = back(dloss)
            return np.moveaxis(dz, 1, -1), dy

        return value, back_moved

    return loss


def pictures():
    found = digits(dtype=np.float64)
    return found.x.reshape(-1, 1, 8, 8)[:400], found.y[:400]


def text():
    names = sorted(set(TEXT))
    codes = np.array([names.index(letter) for letter in TEXT])
    windows = np.lib.stride_tricks.sliding_window_view(codes, 13)
    return windows[:320, :-1].copy(), windows[:320, 1:].copy()


def losses(build, data, loss_of, optimizer, package, steps):
    rng = np.random.default_rng(1)
    model = build(package, rng, PACKAGES[package])
    x, y = data()
    found = []

    def watched_loss(outputs, targets):
        result = loss_of(package)(outputs, targets)
        found.append(float(result[0] if package is reference else result.detach()))
        return result

    stepper = getattr(package, optimizer)(model.parameters(), lr=0.01)
    package.fit(
        model,
        x,
        y,
        loss=watched_loss,
        optimizer=stepper,
        batch_size=len(x) // steps,
        epochs=1,
        rng=rng,
        max_grad_norm=1.0,
        progress=False,
    )
    return np.array(found)


@pytest.mark.parametrize("optimizer", ["Adam", "Nesterov"])
@pytest.mark.parametrize(
    ("build", "data", "loss"),
    [(cnn, pictures, lambda package: package.cross_entropy), (letters, text, letter_loss)],
    ids=["digits CNN", "letters LSTM"],
)
def test_loss_curves_agree(build, data, loss, optimizer):
    ours, theirs = (losses(build, data, loss, optimizer, package, STEPS) for package in PACKAGES)
    assert len(ours) == len(theirs) >= STEPS
    np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=0)
    assert ours[-5:].mean() < 0.9 * ours[:5].mean()


def test_another_seed_is_another_path():
    """The comparison can fail: a part in a million in the learning rate is seen."""
    x, y = pictures()
    found = []
    for rate in (0.01, 0.01 * (1 + 1e-6)):
        rng = np.random.default_rng(1)
        model = cnn(mirror, rng, torch.float64)
        optimizer = mirror.Adam(model.parameters(), lr=rate)
        history = mirror.fit(model, x, y, loss=mirror.cross_entropy, optimizer=optimizer, epochs=2, rng=rng)
        found.append(history["loss"][-1])
    assert abs(found[0] / found[1] - 1) > 1e-8
