"""Memory: the peak of a convolution beside its formula, and a training run that must not grow."""

import gc
import math
import tracemalloc

import numpy as np
import psutil

from benchmarks.cases._sides import normal
from benchmarks.declared import figure
from dlcore import reference
from dlcore.callbacks import Callback

STEPS_AN_EPOCH = 50
STEPS, SETTLED = 1000, 200


def conv2d_parts(shape, outputs, k, padding):
    """Bytes of x, padded x, y, dy, dx, the columns twice and the weights twice, in float32."""
    n, channels, *sides = shape
    padded_sides = [side + 2 * padding for side in sides]
    places = math.prod(side - k + 1 for side in padded_sides)
    x, padded = math.prod(shape), n * channels * math.prod(padded_sides)
    y, columns, weight = n * outputs * places, channels * k * k * places * n, outputs * channels * k * k
    return 4 * (2 * x + padded + 2 * y + 2 * columns + 2 * weight)


@figure(
    "peak of conv2d 3x3 (64, 1, 28, 28) to 16",
    peer="its arrays",
    group="memory",
    target=1.25,
    shape=(64, 1, 28, 28),
    outputs=16,
)
@figure(
    "peak of conv2d 3x3 (64, 16, 14, 14) to 32",
    peer="its arrays",
    group="memory",
    target=1.25,
    shape=(64, 16, 14, 14),
    outputs=32,
)
@figure(
    "peak of conv2d 3x3 (32, 64, 32, 32) to 64",
    peer="its arrays",
    group="memory",
    target=1.25,
    shape=(32, 64, 32, 32),
    outputs=64,
)
@figure(
    "peak of conv2d 5x5 (64, 32, 28, 28) to 32",
    peer="its arrays",
    group="memory",
    target=1.25,
    shape=(64, 32, 28, 28),
    outputs=32,
    k=5,
    padding=2,
)
def conv2d_peak(effort, shape, outputs, k=3, padding=1):
    """Bytes at the highest point of forward and backward, arguments included, by those of the formula."""
    rng, parts = np.random.default_rng(0), conv2d_parts(shape, outputs, k, padding)
    tracemalloc.start()
    try:
        x, weight = normal(rng, *shape), normal(rng, outputs, shape[1], k, k)
        dy = np.ones_like(reference.conv2d(x, weight, padding=padding)[0])
        tracemalloc.reset_peak()
        y, back = reference.conv2d(x, weight, padding=padding)
        grads = back(dy)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert y.nbytes + sum(grad.nbytes for grad in grads[:2]) < peak
    return peak / parts, (f"{peak / 2**20:.1f} of {parts / 2**20:.1f} MiB",)


class Watch(Callback):
    """After each epoch: bytes that Python and NumPy hold, and those of the process."""

    def __init__(self):
        self.traced, self.resident = [], []

    def after_epoch(self, history, model):
        gc.collect()  # Python keeps small objects for reuse, which count as held otherwise
        self.traced.append(tracemalloc.get_traced_memory()[0])
        self.resident.append(psutil.Process().memory_info().rss)
        return False


@figure(f"memory after {STEPS:,} steps of fit", peer=f"after {SETTLED} steps", group="memory", target=1.05)
def fit_growth(effort):
    watch, rng = Watch(), np.random.default_rng(0)
    tracemalloc.start()
    try:
        train(watch, rng)
    finally:
        tracemalloc.stop()
    early = SETTLED // STEPS_AN_EPOCH - 1
    details = tuple(
        f"{name} {values[early] / 2**20:.2f} to {values[-1] / 2**20:.2f} MiB"
        for name, values in (("arrays", watch.traced), ("process", watch.resident))
    )
    return watch.traced[-1] / watch.traced[early], details


def train(watch, rng):
    x, y = normal(rng, 32 * STEPS_AN_EPOCH, 1, 8, 8), rng.integers(10, size=32 * STEPS_AN_EPOCH)
    model = reference.Sequential(
        reference.Conv2d(1, 8, 3, rng=rng),
        reference.ReLU(),
        reference.Flatten(),
        reference.Dense(288, 10, rng=rng),
    )
    reference.fit(
        model,
        x,
        y,
        loss=reference.cross_entropy,
        optimizer=reference.Adam(model.parameters()),
        epochs=STEPS // STEPS_AN_EPOCH,
        rng=rng,
        callbacks=[watch],
        progress=False,
    )
