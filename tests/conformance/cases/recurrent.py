from torch import nn

from tests.conformance.case import Call, Draw, operation
from tests.conformance.recurrences import misfits, net_witness, sequence, step


def settled_units(draw: Draw, arrays: list) -> str:
    """A nonlinearity; for relu a bias that keeps each unit on its side of the kink."""
    nonlinearity = draw.choice("tanh", "relu")
    if nonlinearity == "relu":
        hidden = arrays[2].shape[0]
        arrays[2:4] = [0.1 * weight for weight in arrays[2:4]]
        arrays[4:6] = [6.0 * draw.rng.choice([-1, 1], size=hidden), 0.1 * draw.normal(hidden)]
    return nonlinearity


def step_witness(x, h, *weights, nonlinearity):
    net = net_witness(nn.RNN)
    _, h_n = net(x[:, None], h, *weights, lengths=None, reverse=False, nonlinearity=nonlinearity)
    return h_n


@operation("rnn_step", torch=step_witness, bad=lambda: misfits(1, axes=(3,)))
def rnn_step(draw: Draw) -> Call:
    arrays = step(draw, 1)
    return Call(*arrays, nonlinearity=settled_units(draw, arrays))


@operation("rnn", torch=net_witness(nn.RNN), bad=lambda: misfits(1))
def rnn(draw: Draw) -> Call:
    arrays, settings = sequence(draw, 1)
    return Call(*arrays, **settings, nonlinearity=settled_units(draw, arrays))
