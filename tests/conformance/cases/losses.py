import numpy as np
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, operation

REDUCTIONS = ("mean", "sum", "none")


def pair(draw: Draw, target) -> Call:
    shape = draw.shape(low=1)
    return Call(draw.normal(*shape), target(shape), reduction=draw.choice(*REDUCTIONS))


def unequal() -> list[Call]:
    return [Call(np.ones((3, 1)), np.ones(3))]


@operation("mse", torch=F.mse_loss, bad=unequal)
def mse(draw: Draw) -> Call:
    return pair(draw, lambda shape: draw.normal(*shape))


@operation("binary_cross_entropy", torch=F.binary_cross_entropy_with_logits, bad=unequal)
def binary_cross_entropy(draw: Draw) -> Call:
    return pair(draw, lambda shape: draw.rng.uniform(size=shape))


def misfits() -> list[Call]:
    return [
        Call(np.ones(3), np.zeros(3, int)),
        Call(np.ones((3, 2)), np.zeros(2, int)),
        Call(np.ones((3, 2)), np.ones((3, 1))),
    ]


@operation("cross_entropy", torch=F.cross_entropy, bad=misfits)
def cross_entropy(draw: Draw) -> Call:
    n, k = draw.integer(1, 4), draw.integer(1, 5)
    targets = draw.rng.integers(k, size=n), draw.rng.dirichlet(np.ones(k), size=n)
    return Call(draw.normal(n, k), draw.choice(*targets), reduction=draw.choice(*REDUCTIONS))
