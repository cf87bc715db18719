import numpy as np
from torch import nn

from tests.conformance.case import Call, Draw, layer
from tests.conformance.recurrences import cell_witness


def misfits() -> list:
    return [(np.ones((3, 9)),), (np.ones(3),), (np.ones((3, 1)), np.ones((3, 9)))]


def cell(draw: Draw, states: int = 1):
    n, features, hidden = draw.integer(0, 3), draw.integer(1, 3), draw.integer(1, 3)
    given = draw.choice([draw.normal(n, hidden) for _ in range(states)], [None] * states)
    return Call(features, hidden, draw.choice(True, False)), (draw.normal(n, features), *given)


layer("RNNCell", torch=cell_witness(nn.RNNCell), bad=misfits)(cell)
layer("GRUCell", torch=cell_witness(nn.GRUCell), bad=misfits)(cell)
layer("MinimalGatedCell", bad=misfits)(cell)


@layer("LSTMCell", torch=cell_witness(nn.LSTMCell), bad=misfits)
def lstm_cell(draw: Draw):
    return cell(draw, 2)
