import torch
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, layer, operation


def smooth(draw: Draw) -> Call:
    return Call(draw.normal(*draw.shape()))


def kinked(draw: Draw) -> Call:
    return Call(draw.away_from(0, *draw.shape()))


SMOOTH = {"identity": torch.clone, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "silu": F.silu}
for name, builtin in SMOOTH.items():
    operation(name, torch=builtin)(smooth)
operation("relu", torch=torch.relu)(kinked)


@operation("step")
def step(draw: Draw) -> Call:
    return Call(draw.away_from(0, *draw.shape()), at_zero=draw.choice(0.0, 0.5, 1.0))


@operation("leaky_relu", torch=F.leaky_relu)
def leaky_relu(draw: Draw) -> Call:
    return Call(*kinked(draw).args, negative_slope=draw.choice(0.01, 0.3, 0.0, 2.0))


def channels(draw: Draw):
    """Pre-activations of shape (N, C, ...), or one axis; and how many slopes fit them."""
    (z,) = kinked(draw).args
    return z, draw.choice(1, z.shape[1] if z.ndim > 1 else 1)


@operation(
    "prelu",
    torch=F.prelu,
    bad=lambda: [Call(torch.ones(4, 3).numpy(), torch.ones(n).numpy()) for n in ((4,), (1, 1), ())],
)
def prelu(draw: Draw) -> Call:
    z, slopes = channels(draw)
    return Call(z, draw.normal(slopes))


@operation("elu", torch=F.elu)
def elu(draw: Draw) -> Call:
    return Call(*kinked(draw).args, alpha=draw.choice(1.0, 0.5, 2.0))


@operation("softplus", torch=lambda z, beta: F.softplus(z, beta, threshold=100))
def softplus(draw: Draw) -> Call:
    return Call(*smooth(draw).args, beta=draw.choice(1.0, 0.5, 4.0))


@operation("gelu", torch=F.gelu)
def gelu(draw: Draw) -> Call:
    z = draw.rng.uniform(-2, 4, size=draw.shape())  # below -2 torch's ½ (1 + erf) loses digits in float32
    return Call(z, approximate=draw.choice("none", "tanh"))


def nothing_along_the_axis() -> list[Call]:
    return [Call(torch.ones(shape).numpy(), axis=axis) for shape, axis in (((2, 0), 1), ((2,), 1), ((), 0))]


@operation("softmax", torch=lambda z, axis: torch.softmax(z, axis), bad=nothing_along_the_axis)
def softmax(draw: Draw) -> Call:
    shape = draw.shape(axes=(1, 3), low=1)
    return Call(draw.normal(*shape), axis=draw.integer(-len(shape), len(shape) - 1))


operation("log_softmax", torch=lambda z, axis: torch.log_softmax(z, axis), bad=nothing_along_the_axis)(
    softmax
)


for name, module in {
    "Identity": torch.nn.Identity,
    "Sigmoid": torch.nn.Sigmoid,
    "Tanh": torch.nn.Tanh,
    "ReLU": torch.nn.ReLU,
    "SiLU": torch.nn.SiLU,
}.items():
    layer(name, torch=module, rng=False)(lambda draw: (Call(), kinked(draw).args))


@layer("Step", rng=False)
def step_layer(draw: Draw):
    return Call(draw.choice(0.0, 1.0)), kinked(draw).args


for name, module, values in (
    ("LeakyReLU", torch.nn.LeakyReLU, (0.01, 0.3)),
    ("ELU", torch.nn.ELU, (1.0, 0.5)),
    ("Softplus", torch.nn.Softplus, (1.0, 2.0)),
):
    layer(name, torch=module, rng=False)(
        lambda draw, values=values: (Call(draw.choice(*values)), kinked(draw).args)
    )


@layer("GELU", torch=lambda approximate: torch.nn.GELU(approximate), rng=False)
def gelu_layer(draw: Draw):
    return Call(draw.choice("none", "tanh")), kinked(draw).args


@layer("PReLU", torch=torch.nn.PReLU)
def prelu_layer(draw: Draw):
    z, slopes = channels(draw)
    return Call(slopes, draw.choice(0.25, -0.5)), (z,)


for name, module in {"Softmax": torch.nn.Softmax, "LogSoftmax": torch.nn.LogSoftmax}.items():

    @layer(name, torch=module, rng=False)
    def softmax_layer(draw: Draw):
        call = softmax(draw)
        return Call(call.settings["axis"]), call.args
