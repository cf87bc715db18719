import tempfile
from pathlib import Path

import numpy as np
import torch

from tests.conformance.case import other


def run(package, dtype, path=None, source=None, epochs=6):
    """Train for some epochs, optionally from `source` or saving to `path`."""
    rng = np.random.default_rng(3)
    model = package.Sequential(
        package.Dense(4, 8, rng=rng, dtype=dtype), package.Tanh(), package.Dense(8, 3, rng=rng, dtype=dtype)
    )
    x = rng.normal(size=(60, 4))
    y = (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)
    optimizer = package.Adam(model.parameters(), lr=0.01)
    schedule = package.ExponentialLR(optimizer, 0.9)
    if source is not None:
        package.load(source, model, optimizer, rng=rng, schedule=schedule)
    history = package.fit(
        model,
        x,
        y,
        loss=package.cross_entropy,
        optimizer=optimizer,
        schedule=schedule,
        epochs=epochs,
        rng=rng,
    )
    if path is not None:
        package.save(path, model, optimizer, rng=rng, schedule=schedule, history=history)
    return {name: np.asarray(value) for name, value in model.state_dict().items()}


@other("save", "load")
def checkpoints(reference, mirror, rng):
    kinds = {reference: np.float64, mirror: torch.float64}
    with tempfile.TemporaryDirectory() as folder:
        for first, dtype in kinds.items():
            path = Path(folder, "half.npz")
            run(first, dtype, path=path, epochs=3)
            for second, other_dtype in kinds.items():
                whole, resumed = run(second, other_dtype), run(second, other_dtype, source=path, epochs=3)
                for name, value in whole.items():
                    if first is second:
                        np.testing.assert_array_equal(resumed[name], value)
                    else:
                        np.testing.assert_allclose(resumed[name], value, rtol=1e-8)


@other("Callback", "EarlyStopping")
def early_stopping(reference, mirror, rng):
    found = []
    for package, dtype in ((reference, np.float64), (mirror, torch.float64)):
        stream = np.random.default_rng(5)
        x, y = stream.normal(size=(60, 8)), stream.integers(2, size=60)
        model = package.Dense(8, 2, rng=stream, dtype=dtype)
        stop = package.EarlyStopping(patience=3)
        history = package.fit(
            model,
            x[:20],
            y[:20],
            loss=package.cross_entropy,
            optimizer=package.SGD(model.parameters(), lr=1.0),
            validation=(x[20:], y[20:]),
            callbacks=[stop],
            epochs=200,
        )
        losses = history["val_loss"]
        measured = package.evaluate(model, x[20:], y[20:], loss=package.cross_entropy)["loss"]
        assert np.isclose(measured, min(losses))
        assert stop.best_epoch == losses.index(min(losses)) + 1
        assert len(history) == stop.best_epoch + 3 < 200
        found.append(losses)
        assert isinstance(stop, package.Callback)
    np.testing.assert_allclose(*found, rtol=1e-10)
