import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore.errors import ShapeError, ValidationError
from tests.conformance.case import Call, Draw, layer, operation, other


def geometry(draw: Draw) -> tuple[tuple[int, int], tuple[int, int], dict]:
    """Input size, kernel and settings that leave an output."""
    kernel = draw.integer(1, 3), draw.integer(1, 3)
    stride, dilation = (draw.integer(1, 3), draw.integer(1, 3)), draw.integer(1, 2)
    extra = tuple(draw.integer(0, max(s, dilation) - 1) for s in stride)
    reach = [dilation * (f - 1) + 1 + q for f, q in zip(kernel, extra, strict=True)]
    padding = draw.integer(0, 2)
    least = [
        next(n for n in range(1, 9) if (n - 1) * s + r > 2 * padding)
        for s, r in zip(stride, reach, strict=True)
    ]
    size = tuple(draw.integer(n, n + 2) for n in least)
    settings = {"stride": stride, "padding": padding, "output_padding": extra}
    return size, kernel, {**settings, "groups": draw.integer(1, 2), "dilation": dilation}


def misfits() -> list[Call]:
    x, weight, bias = np.ones((2, 3, 4, 4)), np.ones((3, 5, 2, 2)), np.ones(5)
    return [
        Call(x[:, :2], weight, bias),
        Call(x[0], weight, bias),
        Call(x, weight[0], bias),
        Call(x, weight, bias[:4]),
        Call(x[..., :1], weight, bias, padding=1),
        Call(x[..., :0], weight, bias),
    ]


@operation("conv_transpose2d", torch=F.conv_transpose2d, bad=misfits)
def transposed(draw: Draw) -> Call:
    size, kernel, settings = geometry(draw)
    groups, inputs, outputs = settings["groups"], draw.integer(1, 2), draw.integer(1, 2)
    x = draw.normal(draw.integer(0, 2), groups * inputs, *size)
    weight = draw.normal(groups * inputs, outputs, *kernel)
    return Call(x, weight, draw.choice(draw.normal(groups * outputs), None), **settings)


def module(*args, rng, dtype, **settings):
    return nn.ConvTranspose2d(*args, **settings, dtype=dtype)


@layer("ConvTranspose2d", torch=module, bad=lambda: [(np.ones((2, 9, 3, 3)),), (np.ones(3),)])
def transposed_layer(draw: Draw):
    size, kernel, settings = geometry(draw)
    channels = [settings["groups"] * draw.integer(1, 2) for _ in range(2)]
    x = draw.normal(draw.integer(0, 2), channels[0], *size)
    return Call(*channels, kernel, **settings, bias=draw.choice(True, False)), (x,)


@other("conv_transpose_output_size")
def output_size(reference, mirror, rng):
    for size in (reference.conv_transpose_output_size, mirror.conv_transpose_output_size):
        for _ in range(200):
            n, f, s, p, q, d = (
                int(rng.integers(low, high)) for low, high in ((1, 6), (1, 4), (1, 4), (0, 3), (0, 3), (1, 3))
            )
            if q >= max(s, d):
                with pytest.raises(ValidationError, match="output_padding"):
                    size(n, f, s, p, q, d)
            elif (n - 1) * s - 2 * p + d * (f - 1) + 1 + q < 1:
                with pytest.raises(ShapeError, match="leaves an output"):
                    size((n,), f, s, p, q, d)
            else:
                x, weight = torch.zeros(1, 1, n), torch.zeros(1, 1, f)
                y = F.conv_transpose1d(x, weight, None, s, p, q, 1, d)
                assert size(n, f, s, p, q, d) == y.shape[2]
                assert size((n, n), f, s, p, q, d) == (y.shape[2],) * 2
