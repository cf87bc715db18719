import numpy as np
import torch

from tests.conformance.case import other


@other("perceptron_rule")
def rule(reference, mirror, rng):
    for _ in range(50):
        x, weight, bias, y = rng.normal(size=3), rng.normal(size=3), rng.normal(), rng.integers(2)
        ours = reference.perceptron_rule(x, y, weight, bias, 0.5)
        theirs = mirror.perceptron_rule(torch.tensor(x), y, torch.tensor(weight), bias, 0.5)
        np.testing.assert_allclose(ours[0], theirs[0])
        assert ours[1:] == theirs[1:]


@other("train_perceptron", "PerceptronRun")
def train(reference, mirror, rng):
    x = rng.normal(size=(40, 2))
    y = (x @ [1.0, -2.0] + 0.3 > 0).astype(int)
    ours = reference.train_perceptron(x, y, rng=np.random.default_rng(1))
    theirs = mirror.train_perceptron(torch.tensor(x), torch.tensor(y), rng=np.random.default_rng(1))
    assert isinstance(ours, reference.PerceptronRun)
    assert isinstance(theirs, mirror.PerceptronRun)
    assert ours.mistakes == theirs.mistakes
    assert ours.mistakes[-1] == 0
    np.testing.assert_allclose(ours.weight, theirs.weight)
    assert ((x @ ours.weight + ours.bias >= 0) == y).all()
