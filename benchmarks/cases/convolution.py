"""Convolution and pooling; the target of a convolution depends on its channels, not on its sides."""

from torch.nn import functional

from benchmarks.cases._sides import normal, there_and_back
from benchmarks.declared import benchmark
from dlcore import reference


def weights(rng, outputs, inputs, k):
    return normal(rng, outputs, inputs, k, k, scale=(inputs * k * k) ** -0.5)


@benchmark("conv2d 3x3 (64, 1, 8, 8) to 16", target=1.0, shape=(64, 1, 8, 8), outputs=16, padding=1)
@benchmark("conv2d 3x3 (64, 1, 28, 28) to 16", target=1.0, shape=(64, 1, 28, 28), outputs=16, padding=1)
@benchmark("conv2d 3x3 (64, 16, 8, 8) to 32", target=2.8, shape=(64, 16, 8, 8), outputs=32, padding=1)
@benchmark("conv2d 3x3 (64, 16, 14, 14) to 32", target=2.8, shape=(64, 16, 14, 14), outputs=32, padding=1)
@benchmark(
    "conv2d 3x3 (64, 16, 14, 14) to 32, dilation 2",
    target=2.8,
    shape=(64, 16, 14, 14),
    outputs=32,
    padding=2,
    dilation=2,
)
@benchmark(
    "conv2d 3x3 (64, 16, 28, 28) to 32, stride 2",
    target=2.8,
    shape=(64, 16, 28, 28),
    outputs=32,
    padding=1,
    stride=2,
)
@benchmark("conv2d 3x3 (32, 64, 32, 32) to 64", target=2.8, shape=(32, 64, 32, 32), outputs=64, padding=1)
@benchmark(
    "conv2d 5x5 (64, 32, 28, 28) to 32", target=3.5, shape=(64, 32, 28, 28), outputs=32, k=5, padding=2
)
def conv2d(rng, shape, outputs, k=3, **settings):
    def ours(x, weight, bias):
        return reference.conv2d(x, weight, bias, **settings)

    def theirs(x, weight, bias):
        return functional.conv2d(x, weight, bias, **settings)

    x, weight, bias = normal(rng, *shape), weights(rng, outputs, shape[1], k), normal(rng, outputs)
    return there_and_back(rng, ours, theirs, x, weight, bias)


@benchmark(
    "conv_transpose2d 4x4 (64, 32, 7, 7) to 16, stride 2",
    target=2.2,
    shape=(64, 32, 7, 7),
    outputs=16,
    k=4,
    stride=2,
    padding=1,
)
@benchmark(
    "conv_transpose2d 3x3 (64, 16, 14, 14) to 16",
    target=2.2,
    shape=(64, 16, 14, 14),
    outputs=16,
    k=3,
    padding=1,
)
def conv_transpose2d(rng, shape, outputs, k, **settings):
    def ours(x, weight, bias):
        return reference.conv_transpose2d(x, weight, bias, **settings)

    def theirs(x, weight, bias):
        return functional.conv_transpose2d(x, weight, bias, **settings)

    x, weight, bias = normal(rng, *shape), weights(rng, shape[1], outputs, k), normal(rng, outputs)
    return there_and_back(rng, ours, theirs, x, weight, bias)


@benchmark("max_pool2d 2x2 (64, 16, 28, 28)", target=0.9, shape=(64, 16, 28, 28), kernel_size=2)
@benchmark("max_pool2d 2x2 (64, 16, 8, 8)", target=0.9, shape=(64, 16, 8, 8), kernel_size=2)
@benchmark(
    "max_pool2d 3x3 (64, 16, 28, 28), stride 2",
    target=0.9,
    shape=(64, 16, 28, 28),
    kernel_size=3,
    stride=2,
    padding=1,
)
def max_pool2d(rng, shape, **settings):
    def ours(x):
        return reference.max_pool2d(x, **settings)

    def theirs(x):
        return functional.max_pool2d(x, **settings)

    return there_and_back(rng, ours, theirs, normal(rng, *shape))


@benchmark("avg_pool2d 2x2 (64, 16, 28, 28)")
def avg_pool2d(rng):
    x = normal(rng, 64, 16, 28, 28)
    return there_and_back(rng, lambda x: reference.avg_pool2d(x, 2), lambda x: functional.avg_pool2d(x, 2), x)
