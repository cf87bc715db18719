import torch

from tests.conformance.case import optimizer, other


def sgd(**fixed):
    return lambda params, **settings: torch.optim.SGD(params, **{**fixed, **settings})


for name in ("GradientDescent", "SGD"):
    optimizer(name, [{}, {"lr": 0.3}, {"weight_decay": 0.1}], torch=torch.optim.SGD)
optimizer("Momentum", [{}, {"momentum": 0.5}, {"weight_decay": 0.1}], torch=sgd(momentum=0.9))
optimizer("Nesterov", [{}, {"momentum": 0.5}, {"weight_decay": 0.1}], torch=sgd(momentum=0.9, nesterov=True))


@other("Optimizer")
def base_class(reference, mirror, rng):
    assert issubclass(mirror.Optimizer, torch.optim.Optimizer)
    assert issubclass(reference.SGD, reference.Optimizer)
