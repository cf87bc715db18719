import torch
from torch import nn

from tests.conformance.case import Call, Draw, operation
from tests.conformance.recurrences import misfits, net_witness, sequence, step

#: σ(40) differs from 1 by less than float64 shows: the reset gate stays open.
OPEN = 40.0


def as_gru(weight, row_of_reset: float):
    """Rows of r, z, n for rows of Γ, n: z = 1 - Γ, and r is constant."""
    gate, candidate = weight.chunk(2)
    return torch.cat([torch.zeros_like(gate) + row_of_reset, -gate, candidate])


def net(x, h, weight_ih, weight_hh, bias_ih, bias_hh, **settings):
    """A GRU of torch whose reset gate is one and whose update gate is 1 - Γ."""
    bias = torch.zeros_like(weight_ih[:, 0]) if bias_ih is None else bias_ih
    bias_hh = None if bias_hh is None else as_gru(bias_hh, 0.0)
    return net_witness(nn.GRU)(
        x, h, as_gru(weight_ih, 0.0), as_gru(weight_hh, 0.0), as_gru(bias, OPEN), bias_hh, **settings
    )


def step_witness(x, *arrays):
    return net(x[:, None], *arrays, lengths=None, reverse=False)[1]


@operation("minimal_gated_step", torch=step_witness, bad=lambda: misfits(2, axes=(3,)))
def minimal_gated_step(draw: Draw) -> Call:
    return Call(*step(draw, 2))


@operation("minimal_gated", torch=net, bad=lambda: misfits(2))
def minimal_gated(draw: Draw) -> Call:
    arrays, settings = sequence(draw, 2)
    return Call(*arrays, **settings)
