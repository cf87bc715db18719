"""Normalization over a batch, a sample, a group of maps or one map."""

from torch.nn import functional

from benchmarks.cases._sides import normal, there_and_back
from benchmarks.declared import benchmark
from dlcore import reference


@benchmark("batch_norm (64, 16, 8, 8)", target=1.2, shape=(64, 16, 8, 8))
@benchmark("batch_norm (64, 16, 28, 28)", target=1.2, shape=(64, 16, 28, 28))
@benchmark("batch_norm (64, 64, 32, 32)", target=1.2, shape=(64, 64, 32, 32))
def batch_norm(rng, shape):
    def theirs(x, weight, bias):
        return functional.batch_norm(x, None, None, weight, bias, training=True)

    return there_and_back(rng, reference.batch_norm, theirs, *inputs(rng, shape, shape[1]))


@benchmark("layer_norm (64, 128)", target=1.6, shape=(64, 128))
@benchmark("layer_norm (1600, 256)", target=3.0, shape=(1600, 256))
@benchmark("layer_norm (8192, 512)", shape=(8192, 512))
def layer_norm(rng, shape):
    def theirs(x, weight, bias):
        return functional.layer_norm(x, shape[1:], weight, bias)

    return there_and_back(rng, reference.layer_norm, theirs, *inputs(rng, shape, shape[1]))


@benchmark("group_norm (64, 16, 28, 28), 4 groups", groups=4)
@benchmark("instance_norm (64, 16, 28, 28), as 16 groups", groups=16)
def group_norm(rng, groups):
    def ours(x, weight, bias):
        return reference.group_norm(x, weight, bias, num_groups=groups)

    def theirs(x, weight, bias):
        return functional.group_norm(x, groups, weight, bias)

    return there_and_back(rng, ours, theirs, *inputs(rng, (64, 16, 28, 28), 16))


def inputs(rng, shape, channels):
    return normal(rng, *shape), normal(rng, channels), normal(rng, channels)
