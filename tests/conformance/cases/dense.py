import numpy as np
from torch import nn
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, layer, operation


def misfits() -> list[Call]:
    x, bias = np.ones((3, 4)), np.ones(2)
    return [
        Call(x, np.ones((2, 5)), bias),
        Call(x, np.ones((2, 4)), np.ones(3)),
        Call(x, np.ones(4), bias),
        Call(np.float64(1), np.ones((2, 4)), bias),
    ]


def sizes(draw: Draw) -> tuple[tuple[int, ...], int, int]:
    return draw.shape(axes=(0, 2)), draw.integer(1, 5), draw.integer(1, 4)


@operation("dense", torch=F.linear, bad=misfits)
def dense(draw: Draw) -> Call:
    lead, d, k = sizes(draw)
    return Call(draw.normal(*lead, d), draw.normal(k, d), draw.choice(draw.normal(k), None))


def linear(in_features, out_features, bias=True, *, rng, dtype):
    return nn.Linear(in_features, out_features, bias=bias, dtype=dtype)


@layer("Dense", torch=linear, bad=lambda: [(np.ones((2, 9)),), (np.float64(1),)])
def dense_layer(draw: Draw):
    lead, d, k = sizes(draw)
    return Call(d, k, draw.choice(True, False)), (draw.normal(*lead, d),)
