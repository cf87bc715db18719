"""Dense networks, embeddings, losses and activations."""

import numpy as np
import torch
from torch import nn

from benchmarks.cases._sides import gradients_of, normal, there_and_back, twins
from benchmarks.declared import benchmark
from benchmarks.measuring import Different
from dlcore import reference


@benchmark("MLP 784-128-10, batch 64", target=1.0, sizes=(784, 128, 10), n=64)
@benchmark("MLP 64-64-10, batch 64", target=1.0, sizes=(64, 64, 10), n=64)
@benchmark("MLP 1024-1024-10, batch 256", target=1.0, sizes=(1024, 1024, 10), n=256)
def mlp(rng, sizes, n):
    inputs, hidden, classes = sizes
    ours, theirs = twins(
        reference.Sequential(
            reference.Dense(inputs, hidden, rng=rng),
            reference.ReLU(),
            reference.Dense(hidden, classes, rng=rng),
        ),
        nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, classes)),
    )
    x, y = normal(rng, n, inputs), rng.integers(classes, size=n)
    return gradients_of(ours, theirs, x, y)


@benchmark("dense (64, 784) to 128", target=1.0, n=64, inputs=784, outputs=128)
@benchmark("dense (256, 1024) to 1024", target=1.0, n=256, inputs=1024, outputs=1024)
def dense(rng, n, inputs, outputs):
    arrays = normal(rng, n, inputs), normal(rng, outputs, inputs, scale=inputs**-0.5), normal(rng, outputs)
    return there_and_back(rng, reference.dense, nn.functional.linear, *arrays)


@benchmark("embedding 64 of 10,000 rows, 1,600 indices", rows=10_000, features=64, n=1600)
def embedding(rng, rows, features, n):
    indices, weight = rng.integers(rows, size=n), normal(rng, rows, features)
    return there_and_back(rng, reference.embedding, nn.functional.embedding, indices, weight)


@benchmark("cross_entropy (64, 10)", target=0.8, n=64, classes=10)
@benchmark("cross_entropy (1600, 64)", target=1.6, n=1600, classes=64)
@benchmark("cross_entropy (4096, 1000)", n=4096, classes=1000)
def cross_entropy(rng, n, classes):
    z, y = normal(rng, n, classes), rng.integers(classes, size=n)
    z_tensor, y_tensor = torch.tensor(z, requires_grad=True), torch.tensor(y)

    def ours():
        loss, back = reference.cross_entropy(z, y)
        return loss, back()[0]

    def theirs():
        loss = nn.functional.cross_entropy(z_tensor, y_tensor)
        return loss, *torch.autograd.grad(loss, z_tensor)

    return ours, theirs


@benchmark("relu (1024, 784)", function="relu")
@benchmark("sigmoid (1024, 784)", function="sigmoid")
@benchmark("tanh (1024, 784)", function="tanh")
@benchmark("gelu (1024, 784)", function="gelu")
@benchmark("silu (1024, 784)", function="silu")
def activation(rng, function):
    builtin = getattr(torch if function in ("sigmoid", "tanh") else nn.functional, function)
    return there_and_back(rng, getattr(reference, function), builtin, normal(rng, 1024, 784))


@benchmark("softmax (1600, 64)")
def softmax(rng):
    return there_and_back(rng, reference.softmax, lambda z: torch.softmax(z, -1), normal(rng, 1600, 64))


def same_share(ours, theirs):
    """Both draw masks of their own: compare how much is kept, and that what is kept is doubled."""
    for y, dx in (ours, theirs):
        kept = np.asarray(torch.as_tensor(y).detach()) != 0
        if not 0.49 < kept.mean() < 0.51 or not np.array_equal(kept, np.asarray(dx) != 0):
            raise Different(f"{kept.mean():.3f} of the entries are kept instead of half of them")


@benchmark("dropout (1024, 784)", same=same_share)
def dropout(rng):
    def ours(x):
        return reference.dropout(x, 0.5, rng=rng)

    return there_and_back(rng, ours, lambda x: nn.functional.dropout(x, 0.5), normal(rng, 1024, 784))
