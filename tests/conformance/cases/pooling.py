import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, layer, operation


def distinct(draw: Draw, *shape: int) -> np.ndarray:
    """Numbers of which no two are closer than a gap, so that no maximum is a tie."""
    size = int(np.prod(shape))
    return (0.1 * draw.rng.permutation(size) + 0.01 * draw.rng.uniform(size=size)).reshape(shape) - 1.0


def geometry(
    draw: Draw, axes: int, *, dilated: bool = False, padded: bool = True
) -> tuple[tuple[int, ...], dict]:
    """Image size and settings of a window that fits."""
    kernel = tuple(draw.integer(1, 3) for _ in range(axes))
    dilation = draw.integer(1, 2) if dilated else 1
    # a window that lies in the border alone would be -inf
    padding = tuple(draw.integer(0, f // 2) for f in kernel) if padded and dilation == 1 else (0,) * axes
    least = [max(dilation * (f - 1) + 1 - 2 * p, 1) for f, p in zip(kernel, padding, strict=True)]
    settings = {"kernel_size": kernel, "stride": draw.choice(None, 1, 2, 3)}
    if padded:
        settings["padding"] = padding
    if dilated:
        settings["dilation"] = dilation
    return tuple(draw.integer(n, n + 4) for n in least), settings


def batch(draw: Draw) -> tuple[int, int]:
    return draw.integer(0, 2), draw.integer(1, 2)


def misfits(axes: int) -> list[Call]:
    x = np.ones((2, 3, *(4,) * axes))
    return [Call(x[0], kernel_size=2), Call(x, kernel_size=5), Call(x[..., :0], kernel_size=1)]


def max_pool(axes: int):
    def drawn(draw: Draw) -> Call:
        size, settings = geometry(draw, axes, dilated=True)
        return Call(distinct(draw, *batch(draw), *size), **settings)

    return drawn


def avg_pool(axes: int):
    def drawn(draw: Draw) -> Call:
        size, settings = geometry(draw, axes)
        return Call(draw.normal(*batch(draw), *size), **settings, count_include_pad=draw.choice(True, False))

    return drawn


@operation("l2_pool2d", torch=lambda x, **settings: F.lp_pool2d(x, 2.0, **settings), bad=lambda: misfits(2))
def l2_pool(draw: Draw) -> Call:
    size, settings = geometry(draw, 2, padded=False)
    return Call(draw.away_from(0, *batch(draw), *size), **settings)


def of_layer(drawn):
    def of(draw: Draw):
        call = drawn(draw)
        return Call(**call.settings), call.args

    return of


for axes in (1, 2):
    bad = {"bad": lambda axes=axes: misfits(axes)}
    wrong = {"bad": lambda: [(np.ones(3),)], "rng": False}
    operation(f"max_pool{axes}d", torch=getattr(F, f"max_pool{axes}d"), **bad)(max_pool(axes))
    operation(f"avg_pool{axes}d", torch=getattr(F, f"avg_pool{axes}d"), **bad)(avg_pool(axes))
    layer(f"MaxPool{axes}d", torch=getattr(nn, f"MaxPool{axes}d"), **wrong)(of_layer(max_pool(axes)))
    layer(f"AvgPool{axes}d", torch=getattr(nn, f"AvgPool{axes}d"), **wrong)(of_layer(avg_pool(axes)))


def l2_module(**settings) -> torch.nn.Module:
    return nn.LPPool2d(2.0, **settings)


layer("L2Pool2d", torch=l2_module, bad=lambda: [(np.ones((1, 1, 0, 0)),)], rng=False)(of_layer(l2_pool))
