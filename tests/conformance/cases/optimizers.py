import torch

from tests.conformance.case import optimizer, other

for name in ("GradientDescent", "SGD"):
    optimizer(name, [{}, {"lr": 0.3}], torch=torch.optim.SGD)


@other("Optimizer")
def base_class(reference, mirror, rng):
    assert issubclass(mirror.Optimizer, torch.optim.Optimizer)
    assert issubclass(reference.SGD, reference.Optimizer)
