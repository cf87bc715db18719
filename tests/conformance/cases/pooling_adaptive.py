import numpy as np
from torch import nn
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, layer, operation
from tests.conformance.cases.pooling import batch, distinct, of_layer


def no_pixels() -> list[Call]:
    return [Call(np.ones((2, 3))), Call(np.ones((2, 3, 0))), Call(np.ones((2, 3, 4, 0)))]


def maps(draw: Draw) -> Call:
    return Call(distinct(draw, *batch(draw), *(draw.integer(1, 4) for _ in range(draw.integer(1, 3)))))


for name, reduce in {
    "global_average_pool": lambda x: x.mean(dim=tuple(range(2, x.ndim))),
    "global_max_pool": lambda x: x.amax(dim=tuple(range(2, x.ndim))),
}.items():
    operation(name, torch=reduce, bad=no_pixels)(maps)

for name in ("GlobalAveragePool", "GlobalMaxPool"):
    layer(name, bad=lambda: [call.args for call in no_pixels()], rng=False)(of_layer(maps))


def grid(draw: Draw) -> Call:
    x = distinct(draw, *batch(draw), draw.integer(1, 6), draw.integer(1, 6))
    return Call(x, output_size=draw.choice(draw.integer(1, 7), (draw.integer(1, 7), draw.integer(1, 7))))


def misfits() -> list[Call]:
    return [Call(call.args[0], output_size=2) for call in no_pixels()]


for name, kind in {
    "adaptive_avg_pool2d": "AdaptiveAvgPool2d",
    "adaptive_max_pool2d": "AdaptiveMaxPool2d",
}.items():
    operation(name, torch=getattr(F, name), bad=misfits)(grid)
    wrong = {"bad": lambda: [(np.ones((2, 3)),), (np.ones((1, 1, 0, 2)),)], "rng": False}
    layer(kind, torch=getattr(nn, kind), **wrong)(of_layer(grid))
