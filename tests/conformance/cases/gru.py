from torch import nn

from tests.conformance.case import Call, Draw, operation
from tests.conformance.recurrences import misfits, net_witness, sequence, step


def step_witness(x, *arrays):
    return net_witness(nn.GRU)(x[:, None], *arrays, lengths=None, reverse=False)[1]


@operation("gru_step", torch=step_witness, bad=lambda: misfits(3, axes=(3,)))
def gru_step(draw: Draw) -> Call:
    return Call(*step(draw, 3))


@operation("gru", torch=net_witness(nn.GRU), bad=lambda: misfits(3))
def gru(draw: Draw) -> Call:
    arrays, settings = sequence(draw, 3)
    return Call(*arrays, **settings)
