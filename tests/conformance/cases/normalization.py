import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, layer, operation


def uneven(draw: Draw, *shape: int) -> np.ndarray:
    """Numbers on a checkerboard, so that no mean is over values that are almost the same.

    Two values normalize to ±1 whatever they are, with a gradient that is all rounding: the cases
    below have three or more wherever a mean is taken.
    """
    return 0.5 * draw.normal(*shape) + 3.0 * (np.indices(shape).sum(axis=0) % 2)


def images(draw: Draw) -> np.ndarray:
    """(N, C, ...), the batch perhaps empty."""
    return uneven(draw, draw.choice(3, 4, 5, 0), draw.integer(1, 4), *draw.shape(axes=(0, 2), low=1, high=3))


def affine(draw: Draw, *shape: int):
    """Both, one or none of weight and bias."""
    return draw.choice(draw.normal(*shape), None), draw.choice(draw.normal(*shape), None)


def misfits(**settings) -> list[Call]:
    x = np.ones((4, 3, 5))
    return [
        Call(np.ones(3), np.ones(3), np.ones(3), **settings),
        Call(x, np.ones(5), np.ones(3), **settings),
        Call(x, np.ones(3), np.ones((3, 1)), **settings),
    ]


def running(x, weight, bias, running_mean, running_var, training, momentum, eps):
    if training and len(x) == 0:
        running_mean = running_var = None
    return F.batch_norm(x, running_mean, running_var, weight, bias, training, momentum, eps)


@operation(
    "batch_norm",
    torch=running,
    bad=lambda: [*misfits(), Call(np.ones((4, 3)), running_mean=np.ones(4)), Call(np.ones((1,) * 6))],
)
def batch_norm(draw: Draw) -> Call:
    x, training = images(draw), draw.choice(True, False)
    statistics = draw.normal(x.shape[1]), draw.rng.uniform(0.5, 2, x.shape[1])
    if training:
        statistics = draw.choice(statistics, (None, None))
    return Call(
        x,
        *affine(draw, x.shape[1]),
        running_mean=statistics[0],
        running_var=statistics[1],
        training=training,
        momentum=draw.choice(0.1, 0.5),
        eps=draw.choice(1e-5, 1e-2),
    )


@operation(
    "batch_norm_naive",
    torch=lambda x, weight, bias, eps: F.batch_norm(x, None, None, weight, bias, True, 0.1, eps),
    bad=misfits,
)
def batch_norm_naive(draw: Draw) -> Call:
    x = images(draw)
    return Call(x, draw.normal(x.shape[1]), draw.normal(x.shape[1]), eps=draw.choice(1e-5, 1e-2))


@operation(
    "layer_norm",
    torch=lambda x, weight, bias, normalized_shape, eps: F.layer_norm(x, normalized_shape, weight, bias, eps),
    bad=lambda: [
        Call(np.ones((4, 3)), np.ones(4), None),
        Call(np.ones((4, 3)), np.ones(3), np.ones(4)),
        Call(np.ones((4, 3)), normalized_shape=(4, 4)),
        Call(np.ones(()), None, None),
    ],
)
def layer_norm(draw: Draw) -> Call:
    shape = draw.shape(axes=(1, 2), low=3)
    x = uneven(draw, *draw.shape(axes=(0, 2)), *shape)
    return Call(x, *affine(draw, *shape), normalized_shape=shape, eps=draw.choice(1e-5, 1e-2))


def grouped(draw: Draw):
    """(N, C, ...) with three channels a group, and the number of groups."""
    groups = draw.integer(1, 3)
    return uneven(draw, draw.integer(0, 3), 3 * groups, *draw.shape(axes=(0, 2), low=1, high=2)), groups


def groups_of_torch(x, weight, bias, num_groups, eps):
    if weight is None and bias is not None:  # a bias alone breaks torch's backward pass on no samples
        weight = torch.ones_like(bias)
    return torch.group_norm(x, num_groups, weight, bias, eps)


@operation(
    "group_norm",
    torch=groups_of_torch,
    bad=lambda: [*misfits(num_groups=1), Call(np.ones((4, 3)), num_groups=2)],
)
def group_norm(draw: Draw) -> Call:
    x, groups = grouped(draw)
    return Call(x, *affine(draw, x.shape[1]), num_groups=groups, eps=draw.choice(1e-5, 1e-2))


def spread_out(draw: Draw, ndims: tuple[int, int]) -> np.ndarray:
    sides = draw.shape(axes=(ndims[0] - 3, ndims[1] - 3), low=1, high=3)
    return uneven(draw, draw.integer(1, 3), draw.integer(1, 3), *sides, draw.integer(3, 5))


@operation(
    "instance_norm",
    torch=lambda x, weight, bias, eps: F.instance_norm(x, weight=weight, bias=bias, eps=eps),
    bad=lambda: [*misfits(), Call(np.ones((4, 3)))],
)
def instance_norm(draw: Draw) -> Call:
    x = spread_out(draw, (3, 5))
    return Call(x, *affine(draw, x.shape[1]), eps=draw.choice(1e-5, 1e-2))


def batch_norm_of_torch(kind):
    def build(num_features, momentum=0.1, affine=True, *, dtype):
        return kind(num_features, momentum=momentum, affine=affine, dtype=dtype)

    return build


@layer(
    "BatchNorm1d", torch=batch_norm_of_torch(nn.BatchNorm1d), bad=lambda: [(np.ones((3, 9)),), (np.ones(3),)]
)
def batch_norm_1d(draw: Draw):
    x = uneven(draw, draw.integer(3, 5), draw.integer(1, 4), *draw.shape(axes=(0, 1), low=1))
    return Call(x.shape[1], momentum=draw.choice(0.1, 0.5), affine=draw.choice(True, False)), (x,)


@layer(
    "BatchNorm2d",
    torch=batch_norm_of_torch(nn.BatchNorm2d),
    bad=lambda: [(np.ones((3, 9, 2, 2)),), (np.ones((3, 2)),)],
)
def batch_norm_2d(draw: Draw):
    x = uneven(draw, 3, draw.integer(1, 3), draw.integer(1, 3), draw.integer(1, 3))
    return Call(x.shape[1], momentum=draw.choice(0.1, 0.5), affine=draw.choice(True, False)), (x,)


@layer("LayerNorm", torch=nn.LayerNorm, bad=lambda: [(np.ones((3, 9)),)])
def layer_norm_layer(draw: Draw):
    call = layer_norm(draw)
    shape = call.settings["normalized_shape"]
    given = shape[0] if len(shape) == 1 else shape
    return Call(given, elementwise_affine=draw.choice(True, False)), call.args[:1]


@layer("GroupNorm", torch=nn.GroupNorm, bad=lambda: [(np.ones((3, 7)),), (np.ones(3),)])
def group_norm_layer(draw: Draw):
    x, groups = grouped(draw)
    return Call(groups, x.shape[1], affine=draw.choice(True, False)), (np.concatenate([x, 2 * x + 1]),)


@layer("InstanceNorm2d", torch=nn.InstanceNorm2d, bad=lambda: [(np.ones((3, 9, 2, 2)),), (np.ones((3, 2)),)])
def instance_norm_layer(draw: Draw):
    x = spread_out(draw, (4, 4))
    return Call(x.shape[1], affine=draw.choice(True, False)), (x,)
