"""How the time of the reference grows when a size doubles."""

from benchmarks.cases._sides import normal
from benchmarks.declared import growing
from dlcore import reference


def there_and_back(rng, operation, *arrays):
    outputs, _ = operation(*arrays)
    several = isinstance(outputs, tuple)
    dy = normal(rng, *(outputs[0] if several else outputs).shape)
    more = (None,) * (len(outputs) - 1) if several else ()

    def run():
        y, back = operation(*arrays)
        return y, back(dy, *more)

    return run


@growing("dense", N=(256, 2), channels=(512, 4))
def dense(rng, N, channels):
    return there_and_back(
        rng, reference.dense, normal(rng, N, channels), normal(rng, channels, channels), normal(rng, channels)
    )


@growing("conv2d 3x3", N=(32, 2), channels=(16, 4), side=(16, 4))
def conv2d(rng, N, channels, side):
    def operation(x, weight):
        return reference.conv2d(x, weight, padding=1)

    return there_and_back(
        rng, operation, normal(rng, N, channels, side, side), normal(rng, channels, channels, 3, 3)
    )


@growing("max_pool2d 2x2", N=(32, 2), channels=(16, 2), side=(16, 4))
def max_pool2d(rng, N, channels, side):
    return there_and_back(rng, lambda x: reference.max_pool2d(x, 2), normal(rng, N, channels, side, side))


@growing("cross_entropy", N=(512, 2), classes=(64, 2))
def cross_entropy(rng, N, classes):
    z, y = normal(rng, N, classes), rng.integers(classes, size=N)

    def run():
        loss, back = reference.cross_entropy(z, y)
        return loss, back()

    return run


def recurrent(rng, operation, gates, N, T, H):
    states = (None, None) if gates == 4 else (None,)
    weight_ih, weight_hh = (normal(rng, gates * H, H, scale=H**-0.5) for _ in range(2))
    return there_and_back(rng, operation, normal(rng, N, T, H), *states, weight_ih, weight_hh)


@growing("rnn", N=(32, 2), T=(32, 2), H=(64, 4))
def rnn(rng, **sizes):
    return recurrent(rng, reference.rnn, 1, **sizes)


@growing("gru", N=(32, 2), T=(32, 2), H=(64, 4))
def gru(rng, **sizes):
    return recurrent(rng, reference.gru, 3, **sizes)


@growing("lstm", N=(32, 2), T=(32, 2), H=(64, 4))
def lstm(rng, **sizes):
    return recurrent(rng, reference.lstm, 4, **sizes)


@growing("Adam step", parameters=(100_000, 2))
def adam(rng, parameters):
    parameter = reference.Parameter(normal(rng, parameters))
    parameter.grad[...] = normal(rng, parameters)
    return reference.Adam([parameter]).step
