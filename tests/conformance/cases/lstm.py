import numpy as np
import torch
from torch import nn

from tests.conformance.case import Call, Draw, operation
from tests.conformance.recurrences import misfits, net_witness, one_by_one, sequence, step, zeros


def with_peephole(draw: Draw, arrays: list) -> list:
    return [*arrays, draw.choice(draw.normal(3, arrays[4].shape[1]), None)]


def shown(c, o, gate_before_tanh=False):
    return torch.tanh(o * c) if gate_before_tanh else o * torch.tanh(c)


def one_sequence(x, h, c, weight_ih, weight_hh, bias, peephole, **variant):
    """The equations once more, for one sequence (L, D), with a peephole matrix P = diag(p)."""
    p_i, p_f, p_o = (torch.diag(p) for p in peephole)
    y = []
    for row in x:
        z_i, z_f, z_g, z_o = torch.split(weight_ih @ row + weight_hh @ h + bias, len(h))
        kept = torch.sigmoid(z_f + p_f @ c) * c
        c = kept + torch.sigmoid(z_i + p_i @ c) * torch.tanh(z_g)
        h = shown(c, torch.sigmoid(z_o + p_o @ c), **variant)
        y.append(h)
    return torch.stack(y), h, c


def by_hand(x, h0, c0, weight_ih, weight_hh, b, b_, p, *, lengths=None, reverse=False, **variant):
    rows, hidden = weight_hh.shape
    bias = sum((v for v in (b, b_) if v is not None), start=x.new_zeros(rows))
    p = x.new_zeros(3, hidden) if p is None else p

    def run(x_n, states):
        (h,), (c,) = (s[:, 0] for s in states)
        rows = x_n[0].flip(0) if reverse else x_n[0]
        y, h, c = one_sequence(rows, h, c, weight_ih, weight_hh, bias, p, **variant)
        return (y.flip(0) if reverse else y)[None], [h[None, None], c[None, None]]

    initial = zeros(x, tuple(None if s is None else s[None] for s in (h0, c0)), 1, hidden)
    y, h_n, c_n = one_by_one(run, x, initial, lengths, hidden)
    return y, h_n[0], c_n[0]


def net(*arrays, **settings):
    """torch's own module, or by hand where it has none."""
    builtin = net_witness(nn.LSTM, 2)
    return by_hand(*arrays, **settings) if arrays[-1] is not None else builtin(*arrays[:-1], **settings)


def naive(*arrays, gate_before_tanh):
    if gate_before_tanh or arrays[-1] is not None:
        return by_hand(*arrays, gate_before_tanh=gate_before_tanh)
    return net(*arrays, lengths=None, reverse=False)


def one_step(x, *arrays, gate_before_tanh):
    return naive(x[:, None], *arrays, gate_before_tanh=gate_before_tanh)[1:]


def peephole_misfits(**axes) -> list[Call]:
    calls = misfits(4, 2, **axes)
    right = calls[0].args[1:]
    x = np.ones((*axes.get("axes", (3, 4)), 2))
    return [*calls, Call(x, *right, np.ones((4, 5))), Call(x, *right, np.ones(15))]


@operation("lstm_step", torch=one_step, bad=lambda: peephole_misfits(axes=(3,)))
def lstm_step(draw: Draw) -> Call:
    return Call(*with_peephole(draw, step(draw, 4, 2)), gate_before_tanh=draw.choice(False, True))


@operation("lstm_naive", torch=naive, bad=peephole_misfits)
def lstm_naive(draw: Draw) -> Call:
    arrays, _ = sequence(draw, 4, 2)
    return Call(*with_peephole(draw, arrays), gate_before_tanh=draw.choice(False, True))


@operation("lstm", torch=net, bad=peephole_misfits)
def lstm(draw: Draw) -> Call:
    arrays, settings = sequence(draw, 4, 2)
    return Call(*with_peephole(draw, arrays), **settings)
