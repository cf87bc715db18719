"""One step of an optimizer over all parameters of a model."""

import torch

from benchmarks.cases._sides import normal
from benchmarks.declared import benchmark
from dlcore import reference

SMALL = ((128, 784), (128,), (10, 128), (10,))
LARGE = ((2048, 2048), (2048,))


@benchmark("Adam step, 102 k parameters", target=0.9, kind="Adam", shapes=SMALL)
@benchmark("Adam step, 4.2 M parameters", target=1.2, kind="Adam", shapes=LARGE)
@benchmark("AdamW step, 102 k parameters", kind="AdamW", shapes=SMALL)
@benchmark("RMSprop step, 102 k parameters", kind="RMSprop", shapes=SMALL)
@benchmark("Adagrad step, 102 k parameters", kind="Adagrad", shapes=SMALL)
def step(rng, kind, shapes):
    values, grads = ([normal(rng, *shape) for shape in shapes] for _ in range(2))
    ours = [reference.Parameter(value) for value in values]
    theirs = [torch.nn.Parameter(torch.tensor(value)) for value in values]
    for mine, other, grad in zip(ours, theirs, grads, strict=True):
        mine.grad[...], other.grad = grad, torch.tensor(grad)
    settings = {} if kind == "Adam" else {"lr": 1e-3}
    reference_optimizer = getattr(reference, kind)(ours, **settings)
    torch_optimizer = getattr(torch.optim, kind)(theirs, **settings)

    def reference_run():
        reference_optimizer.step()
        return [parameter.value for parameter in ours]

    def torch_run():
        torch_optimizer.step()
        return theirs

    return reference_run, torch_run
