"""Recurrent nets over whole sequences."""

import torch
from torch import nn

from benchmarks.cases._sides import normal, twins
from benchmarks.declared import benchmark
from dlcore import reference


@benchmark("RNN N32 T50 D64 H64", target=0.65, kind="RNN", n=32, t=50, d=64, h=64)
@benchmark("RNN N32 T50 D128 H128", target=0.65, kind="RNN", n=32, t=50, d=128, h=128)
@benchmark("LSTM N32 T50 D64 H64", target=2.2, kind="LSTM", n=32, t=50, d=64, h=64)
@benchmark("LSTM N32 T50 D128 H128", target=2.2, kind="LSTM", n=32, t=50, d=128, h=128)
@benchmark("LSTM N64 T100 D256 H256", target=2.2, kind="LSTM", n=64, t=100, d=256, h=256)
@benchmark("GRU N32 T50 D64 H64", target=0.85, kind="GRU", n=32, t=50, d=64, h=64)
@benchmark("GRU N32 T50 D128 H128", target=0.85, kind="GRU", n=32, t=50, d=128, h=128)
def recurrent(rng, kind, n, t, d, h):
    ours, theirs = twins(getattr(reference, kind)(d, h, rng=rng), getattr(nn, kind)(d, h, batch_first=True))
    x, dy = normal(rng, n, t, d), normal(rng, n, t, h)
    x_tensor, dy_tensor = torch.tensor(x, requires_grad=True), torch.tensor(dy)

    def reference_run():
        ours.zero_grad()
        y, *_ = ours(x)
        dx, *_ = ours.backward(dy)
        return y, dx, *ours.grads.values()

    def torch_run():
        y, _ = theirs(x_tensor)
        return y, *torch.autograd.grad(y, [x_tensor, *theirs.parameters()], dy_tensor)

    return reference_run, torch_run
