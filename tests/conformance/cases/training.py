import numpy as np
import torch

from tests.conformance.case import other


@other("minibatches")
def minibatches(reference, mirror, rng):
    for n, size in ((10, 3), (10, 10), (10, None), (0, 4), (1, 1)):
        ours = list(reference.minibatches(n, size, rng=np.random.default_rng(5)))
        theirs = list(mirror.minibatches(n, size, rng=np.random.default_rng(5)))
        assert [b.tolist() for b in ours] == [b.tolist() for b in theirs]
        assert sorted(np.concatenate([np.empty(0, int), *ours]).tolist()) == list(range(n))


def problem(package, dtype):
    rng = np.random.default_rng(3)
    model = package.Sequential(
        package.Dense(4, 8, rng=rng, dtype=dtype), package.Tanh(), package.Dense(8, 3, rng=rng, dtype=dtype)
    )
    x = rng.normal(size=(60, 4))
    return model, x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 0), rng


@other("fit", "evaluate", "predict")
def fit(reference, mirror, rng):
    histories = []
    for package, dtype in ((reference, np.float64), (mirror, torch.float64)):
        model, x, y, rng = problem(package, dtype)
        history = package.fit(
            model,
            x[:40],
            y[:40],
            loss=package.cross_entropy,
            optimizer=package.SGD(model.parameters(), lr=0.5),
            epochs=20,
            batch_size=16,
            rng=rng,
            validation=(x[40:], y[40:]),
            metrics={"accuracy": package.accuracy},
            progress=False,
        )
        measured = package.evaluate(model, x[40:], y[40:], loss=package.cross_entropy, batch_size=7)
        assert np.isclose(measured["loss"], history["val_loss"][-1])
        assert np.allclose(package.predict(model, x, batch_size=9), package.predict(model, x))
        histories.append(history)
    ours, theirs = histories
    assert ours.columns == theirs.columns
    for column in ours.columns:
        np.testing.assert_allclose(ours[column], theirs[column], rtol=1e-10)
    assert ours["loss"][-1] < 0.5 * ours["loss"][0]
