"""The mirror's default path beside torch's own modules and optimizers, from equal weights."""

import inspect

import numpy as np
import torch
from torch import nn

from benchmarks.declared import benchmark
from dlcore import pytorch as mirror

IMAGES = (64, 32, 28, 28)
ROWS = (512, 1024)
WORDS = (64, 50, 128)

#: Name of the mirror: arguments, torch's module with its own, shape of the input.
LAYERS = {
    "Dense": ((1024, 1024), nn.Linear, (1024, 1024), ROWS),
    "Conv1d": ((32, 32, 3), nn.Conv1d, (32, 32, 3), (64, 32, 512)),
    "Conv2d": ((32, 32, 3), nn.Conv2d, (32, 32, 3), IMAGES),
    "Conv3d": ((8, 8, 3), nn.Conv3d, (8, 8, 3), (8, 8, 16, 16, 16)),
    "ConvTranspose2d": ((32, 32, 3), nn.ConvTranspose2d, (32, 32, 3), IMAGES),
    "MaxPool1d": ((2,), nn.MaxPool1d, (2,), (64, 32, 1024)),
    "AvgPool1d": ((2,), nn.AvgPool1d, (2,), (64, 32, 1024)),
    "MaxPool2d": ((2,), nn.MaxPool2d, (2,), IMAGES),
    "AvgPool2d": ((2,), nn.AvgPool2d, (2,), IMAGES),
    "AdaptiveAvgPool2d": ((7,), nn.AdaptiveAvgPool2d, (7,), IMAGES),
    "AdaptiveMaxPool2d": ((7,), nn.AdaptiveMaxPool2d, (7,), IMAGES),
    "BatchNorm1d": ((1024,), nn.BatchNorm1d, (1024,), (2048, 1024)),
    "BatchNorm2d": ((32,), nn.BatchNorm2d, (32,), IMAGES),
    "LayerNorm": ((1024,), nn.LayerNorm, (1024,), (2048, 1024)),
    "GroupNorm": ((8, 32), nn.GroupNorm, (8, 32), IMAGES),
    "InstanceNorm2d": ((32,), nn.InstanceNorm2d, (32,), IMAGES),
    "Sigmoid": ((), nn.Sigmoid, (), IMAGES),
    "Tanh": ((), nn.Tanh, (), IMAGES),
    "ReLU": ((), nn.ReLU, (), IMAGES),
    "LeakyReLU": ((), nn.LeakyReLU, (), IMAGES),
    "PReLU": ((), nn.PReLU, (), IMAGES),
    "ELU": ((), nn.ELU, (), IMAGES),
    "Softplus": ((), nn.Softplus, (), IMAGES),
    "SiLU": ((), nn.SiLU, (), IMAGES),
    "GELU": ((), nn.GELU, (), IMAGES),
    "Softmax": ((-1,), nn.Softmax, (-1,), (2048, 1024)),
    "LogSoftmax": ((-1,), nn.LogSoftmax, (-1,), (2048, 1024)),
    "RNN": ((128, 128), nn.RNN, (128, 128), WORDS),
    "LSTM": ((128, 128), nn.LSTM, (128, 128), WORDS),
    "GRU": ((128, 128), nn.GRU, (128, 128), WORDS),
}
SHAPES = ((784, 128), (128,), (128, 128), (128,), (128, 10), (10,)) * 4


def there_and_back(module, leaves, x):
    """Forward, and backward of the first output to `leaves`."""
    first = module(x)
    shape = (first[0] if isinstance(first, tuple) else first).shape
    dy = torch.randn(shape, generator=torch.Generator().manual_seed(0))

    def run():
        y = module(x)
        y = y[0] if isinstance(y, tuple) else y
        return y, *torch.autograd.grad(y, leaves, dy)

    return run


def layer(rng, kind):
    arguments, torch_kind, torch_arguments, shape = LAYERS[kind]
    constructor = getattr(mirror, kind)
    drawn = {"rng": rng} if "rng" in inspect.signature(constructor).parameters else {}
    batched = {"batch_first": True} if kind in ("RNN", "LSTM", "GRU") else {}
    ours, theirs = constructor(*arguments, **drawn), torch_kind(*torch_arguments, **batched)
    theirs.load_state_dict(ours.state_dict(), strict=False)
    x = torch.from_numpy(rng.standard_normal(shape, dtype=np.float32)).requires_grad_()
    ours_run, theirs_run = (there_and_back(net, [x, *net.parameters()], x) for net in (ours, theirs))
    return ours_run, theirs_run


for _kind in reversed(LAYERS):
    _peer = f"nn.{LAYERS[_kind][1].__name__}"
    benchmark(_kind, peer=_peer, target=1.15, group="mirror", kind=_kind)(layer)


@benchmark("LSTM step by step", peer="nn.LSTM", target=4.0, group="mirror")
def explicit(rng):
    theirs = nn.LSTM(128, 128, batch_first=True)
    weights = list(theirs.parameters())
    x = torch.from_numpy(rng.standard_normal(WORDS, dtype=np.float32)).requires_grad_()
    loop = there_and_back(lambda values: mirror.lstm_naive(values, None, None, *weights), [x, *weights], x)
    return loop, there_and_back(theirs, [x, *weights], x)


@benchmark("SGD step", target=1.1, group="mirror", kind="SGD", peer="torch foreach")
@benchmark("Momentum step", target=1.1, group="mirror", kind="Momentum", peer="torch foreach")
@benchmark("Nesterov step", target=1.1, group="mirror", kind="Nesterov", peer="torch foreach")
@benchmark("Adagrad step", target=1.1, group="mirror", kind="Adagrad", peer="torch foreach")
@benchmark("Adadelta step", target=1.1, group="mirror", kind="Adadelta", peer="torch foreach")
@benchmark("RMSprop step", target=1.1, group="mirror", kind="RMSprop", peer="torch foreach")
@benchmark("Rprop step", target=1.1, group="mirror", kind="Rprop", peer="torch foreach")
@benchmark("Adam step", target=1.1, group="mirror", kind="Adam", peer="torch foreach")
@benchmark("AdamW step", target=1.1, group="mirror", kind="AdamW", peer="torch foreach")
def step(rng, kind):
    heavy = {"Momentum": {"momentum": 0.9}, "Nesterov": {"momentum": 0.9, "nesterov": True}}
    values, grads = ([rng.standard_normal(shape, dtype=np.float32) for shape in SHAPES] for _ in range(2))
    sides = []
    for constructor, settings in (
        (getattr(mirror, kind), {}),
        (getattr(torch.optim, "SGD" if kind in heavy else kind), {"foreach": True, **heavy.get(kind, {})}),
    ):
        parameters = [nn.Parameter(torch.tensor(value)) for value in values]
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = torch.tensor(grad)
        sides.append((constructor(parameters, lr=1e-3, **settings), parameters))

    def stepped(optimizer, parameters):
        optimizer.step()
        return parameters

    ours, theirs = sides
    return lambda: stepped(*ours), lambda: stepped(*theirs)
