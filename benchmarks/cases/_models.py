"""The models that are trained on the digits, in each package."""

import numpy as np
import torch
from sklearn.neural_network import MLPClassifier
from torch import nn

from dlcore import reference


def digits_mlp(rng):
    """One hidden layer of 64 over 8x8 pixels."""
    ours = reference.Sequential(
        reference.Flatten(),
        reference.Dense(64, 64, rng=rng),
        reference.ReLU(),
        reference.Dense(64, 10, rng=rng),
    )
    return ours, nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


def digits_cnn(rng):
    """Convolutions of 16 and 32 maps, pooling, dense."""
    ours = reference.Sequential(
        reference.Conv2d(1, 16, 3, padding=1, rng=rng),
        reference.ReLU(),
        reference.Conv2d(16, 32, 3, padding=1, rng=rng),
        reference.ReLU(),
        reference.MaxPool2d(2),
        reference.Flatten(),
        reference.Dense(512, 10, rng=rng),
    )
    theirs = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(512, 10),
    )
    return ours, theirs


def torch_epoch(model, optimizer, x, y, order, batch):
    """Train on all samples once, in the order given."""
    model.train()
    for start in range(0, len(x), batch):
        chosen = order[start : start + batch]
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[chosen]), y[chosen]).backward()
        optimizer.step()


def sklearn_mlp(x, y, batch, *, seed=0, shuffle=True):
    """Build scikit-learn's classifier with the settings of `digits_mlp`, initialized but not trained."""
    classifier = MLPClassifier(
        (64,), alpha=0.0, batch_size=batch, learning_rate_init=1e-3, shuffle=shuffle, random_state=seed
    )
    rows = np.ascontiguousarray(x[:batch].reshape(batch, -1))
    classifier.partial_fit(rows, y[:batch], classes=np.unique(y))  # the one call that makes the weights
    return classifier


def set_weights(classifier, values):
    """Overwrite weights and biases, torch's shapes, and forget what the optimizer collected."""
    for i, array in enumerate(values):
        theirs = classifier.intercepts_ if i % 2 else classifier.coefs_
        theirs[i // 2][...] = array.T
    classifier.__dict__.pop("_optimizer", None)


def torch_accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        return float((model(x).argmax(1) == y).float().mean())
