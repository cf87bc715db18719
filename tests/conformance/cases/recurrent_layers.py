import numpy as np
from torch import nn

from tests.conformance.case import Call, Draw, layer
from tests.conformance.recurrences import layer_witness, stack


def misfits() -> list:
    """The drawn layers have at most 2 features and 2 units."""
    return [
        (np.ones((3, 4, 9)),),
        (np.ones((3, 1)),),
        (np.float64(1),),
        (np.ones((3, 4, 1)), np.ones((1, 3, 9))),
        (np.ones((3, 4, 9)), None, np.ones(3, int)),
    ]


@layer("RNN", torch=layer_witness(nn.RNN), bad=misfits)
def rnn(draw: Draw):
    sizes, inputs = stack(draw)
    return Call(*sizes), inputs


@layer("LSTM", torch=layer_witness(nn.LSTM, 2), bad=misfits)
def lstm(draw: Draw):
    sizes, inputs = stack(draw, 2)
    return Call(*sizes), inputs


@layer("GRU", torch=layer_witness(nn.GRU), bad=misfits)
def gru(draw: Draw):
    sizes, inputs = stack(draw)
    return Call(*sizes), inputs


@layer("MinimalGatedUnit", bad=misfits)
def minimal_gated_unit(draw: Draw):
    sizes, inputs = stack(draw)
    return Call(*sizes), inputs
