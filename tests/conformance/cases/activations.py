import torch

from tests.conformance.case import Call, Draw, layer, operation


def smooth(draw: Draw) -> Call:
    return Call(draw.normal(*draw.shape()))


def kinked(draw: Draw) -> Call:
    return Call(draw.away_from(0, *draw.shape()))


for name, builtin in {"identity": torch.clone, "sigmoid": torch.sigmoid, "tanh": torch.tanh}.items():
    operation(name, torch=builtin)(smooth)
operation("relu", torch=torch.relu)(kinked)


@operation("step")
def step(draw: Draw) -> Call:
    return Call(draw.away_from(0, *draw.shape()), at_zero=draw.choice(0.0, 0.5, 1.0))


@operation("softmax", torch=lambda z, axis: torch.softmax(z, axis))
def softmax(draw: Draw) -> Call:
    shape = draw.shape(axes=(1, 3), low=1)
    return Call(draw.normal(*shape), axis=draw.integer(-len(shape), len(shape) - 1))


for name, module in {
    "Identity": torch.nn.Identity,
    "Sigmoid": torch.nn.Sigmoid,
    "Tanh": torch.nn.Tanh,
    "ReLU": torch.nn.ReLU,
}.items():
    layer(name, torch=module, rng=False)(lambda draw: (Call(), kinked(draw).args))


@layer("Step", rng=False)
def step_layer(draw: Draw):
    return Call(draw.choice(0.0, 1.0)), kinked(draw).args


@layer("Softmax", torch=torch.nn.Softmax, rng=False)
def softmax_layer(draw: Draw):
    call = softmax(draw)
    return Call(call.settings["axis"]), call.args
