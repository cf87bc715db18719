"""Use an installed dlcore from anywhere: load the digits and train one layer on them.

test_wheel.py runs this file in an empty environment outside the checkout, and
reads the JSON that it prints.
"""

import json
import sys

import numpy as np

import dlcore
from dlcore import data, reference, sources


def digits_accuracy() -> float:
    """Train ten neurons, one for each digit, as the first chapter does, and return their test accuracy."""
    rng = np.random.default_rng(0)
    train, test = data.digits().split(rng=rng)
    net = reference.Sequential(reference.Dense(64, 10, rng=rng), reference.Sigmoid())
    optimizer = reference.SGD(net.parameters(), lr=10.0)
    targets = np.eye(10, dtype=np.float32)[train.y]
    pixels, unseen = train.x.reshape(-1, 64), test.x.reshape(-1, 64)
    reference.fit(net, pixels, targets, loss=reference.mse, optimizer=optimizer, epochs=60, rng=rng)
    return float((reference.predict(net, unseen).argmax(axis=1) == test.y).mean())


print(
    json.dumps(
        {
            "accuracy": digits_accuracy(),
            "file": dlcore.__file__,
            "version": dlcore.__version__,
            "items": len(sources.items()),
            "extras": sorted({"torch", "IPython", "scipy", "sklearn"} & set(sys.modules)),
        }
    )
)
