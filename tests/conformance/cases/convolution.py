import numpy as np
import pytest
import torch
from torch import nn

from dlcore.errors import ShapeError, ValidationError
from tests.conformance.case import Call, Draw, layer, operation, other

MODES = ("zeros", "replicate", "reflect")


def geometry(draw: Draw, axes: int) -> tuple[tuple[int, ...], tuple[int, ...], dict]:
    """Image size, kernel and settings that fit each other."""
    kernel = tuple(draw.integer(1, 3) for _ in range(axes))
    dilation = draw.integer(1, 2)
    padding = draw.choice(0, 1, 2, "valid", "same", tuple(draw.integer(0, 2) for _ in range(axes)))
    each = draw.choice(True, False)
    stride = draw.integer(1, 3) if each else tuple(draw.integer(1, 3) for _ in range(axes))
    stride = 1 if padding == "same" else stride
    sides = padding if isinstance(padding, tuple) else (padding if isinstance(padding, int) else 0,) * axes
    least = [max(1 + dilation * (f - 1) - 2 * p, p + 1, 1) for f, p in zip(kernel, sides, strict=True)]
    if padding == "same":  # a mirrored border needs more pixels than it is wide
        least = [dilation * (f - 1) + 1 for f in kernel]
    size = tuple(draw.integer(n, n + 3) for n in least)
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": draw.integer(1, 2)}
    return size, kernel, {**settings, "padding_mode": draw.choice(*MODES)}


def convolution(axes: int):
    def drawn(draw: Draw) -> Call:
        size, kernel, settings = geometry(draw, axes)
        groups, inputs, outputs = settings["groups"], draw.integer(1, 2), draw.integer(1, 2)
        x = draw.normal(draw.integer(0, 2), groups * inputs, *size)
        weight = draw.normal(groups * outputs, inputs, *kernel)
        return Call(x, weight, draw.choice(draw.normal(groups * outputs), None), **settings)

    return drawn


def in_torch(axes: int):
    def call(x, weight, bias, stride, padding, dilation, groups, padding_mode):
        kind, kernel = getattr(nn, f"Conv{axes}d"), tuple(weight.shape[2:])
        sizes = weight.shape[1] * groups, weight.shape[0], kernel
        options = stride, padding, dilation, groups, bias is not None, padding_mode
        state = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
        return torch.func.functional_call(kind(*sizes, *options, dtype=x.dtype), state, (x,))

    return call


def misfits(axes: int) -> list[Call]:
    size = (4,) * axes
    x, weight, bias = np.ones((2, 3, *size)), np.ones((5, 3, *(2,) * axes)), np.ones(5)
    return [
        Call(x[:, :2], weight, bias),
        Call(x[0], weight, bias),
        Call(x, weight[0], bias),
        Call(x, weight, bias[:4]),
        Call(x, np.ones((5, 3, *(6,) * axes)), bias),
        Call(x, np.ones((5, 0, *(2,) * axes)), bias),
        Call(x, weight, bias, padding=4, padding_mode="reflect"),
        Call(x[..., :0], weight, bias, padding=1, padding_mode="replicate"),
    ]


for axes in (1, 2, 3):
    operation(f"conv{axes}d", torch=in_torch(axes), bad=lambda axes=axes: misfits(axes))(convolution(axes))


def module(axes: int):
    def build(*args, rng, dtype, **settings):
        return getattr(nn, f"Conv{axes}d")(*args, **settings, dtype=dtype)

    return build


def drawn_layer(axes: int):
    def drawn(draw: Draw):
        size, kernel, settings = geometry(draw, axes)
        channels = [settings["groups"] * draw.integer(1, 2) for _ in range(2)]
        x = draw.normal(draw.integer(0, 2), channels[0], *size)
        return Call(*channels, kernel, **settings, bias=draw.choice(True, False)), (x,)

    return drawn


for axes in (1, 2, 3):
    wrong = [(np.ones((2, 9, *(7,) * axes)),), (np.ones(3),)]
    layer(f"Conv{axes}d", torch=module(axes), bad=lambda wrong=wrong: wrong)(drawn_layer(axes))


@operation(
    "conv2d_naive",
    torch=nn.functional.conv2d,
    bad=lambda: [
        Call(np.ones((1, 2, 4, 4)), np.ones((1, 3, 2, 2))),
        Call(np.ones((1, 1, 2, 2)), np.ones((1, 1, 3, 3))),
    ],
)
def naive(draw: Draw) -> Call:
    size, kernel, _ = geometry(draw, 2)
    p = draw.integer(0, 2)
    x = draw.normal(draw.integer(0, 2), 2, *(max(n, f) for n, f in zip(size, kernel, strict=True)))
    outputs = draw.integer(1, 3)
    bias = draw.choice(draw.normal(outputs), None)
    return Call(x, draw.normal(outputs, 2, *kernel), bias, stride=draw.integer(1, 3), padding=p)


@operation(
    "convolve2d",
    bad=lambda: [
        Call(np.ones(3), np.ones((1, 1))),
        Call(np.ones((2, 2)), np.ones((0, 1))),
        Call(np.ones((2, 2)), np.ones((3, 1)), mode="valid"),
    ],
)
def true_convolution(draw: Draw) -> Call:
    image = tuple(draw.integer(1, 5) for _ in range(2))
    mode = draw.choice("full", "same", "valid")
    kernel = tuple(draw.integer(1, n if mode == "valid" else 4) for n in image)
    return Call(draw.normal(*image), draw.normal(*kernel), mode=mode)


@other("conv_output_size")
def output_size(reference, mirror, rng):
    for size in (reference.conv_output_size, mirror.conv_output_size):
        for _ in range(200):
            m, f, s, p, d = (
                int(rng.integers(low, high)) for low, high in ((1, 9), (1, 4), (1, 4), (0, 3), (1, 3))
            )
            if m + 2 * p < d * (f - 1) + 1:
                with pytest.raises(ShapeError, match="does not fit"):
                    size(m, f, s, p, d)
                continue
            y = torch.conv1d(torch.zeros(1, 1, m), torch.zeros(1, 1, f), None, s, p, d)
            assert size(m, f, s, p, d) == y.shape[2]
            if (m + 2 * p - d * (f - 1) - 1) % s:
                with pytest.raises(ValidationError, match="does not fit"):
                    size(m, f, s, p, d, strict=True)
            else:
                assert size((m, m), f, s, p, d, strict=True) == (y.shape[2],) * 2
