"""Every operation, layer and optimizer on the card gives the reference's numbers."""

import inspect

import numpy as np
import pytest
import torch

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.pytorch import from_numpy
from tests.conformance.case import LayerCase, OperationCase, OptimizerCase, Seeded, built, of_kind
from tests.conformance.support import (
    as_tuple,
    call_operation,
    cast,
    close,
    cotangents,
    is_float,
    settled,
    taken,
    to_torch,
    torch_settings,
)

CARD = "cuda"
PRECISIONS = [(np.float64, 1e-10), (np.float32, 1e-5)]
SEEDS = range(5)

both = pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS, ids=["float64", "float32"])


def cases(kind):
    return pytest.mark.parametrize("case", of_kind(kind), ids=lambda case: case.name)


def on_card(x, *, grad=True):
    tensor = to_torch(x, grad=False)
    if isinstance(tensor, tuple):
        return tuple(on_card(part, grad=grad) for part in tensor)
    if not isinstance(tensor, torch.Tensor):
        return tensor
    return tensor.to(CARD).requires_grad_(grad and tensor.is_floating_point())


def gradients(values, us, inputs):
    pairs = zip(as_tuple(values), us, strict=True)
    total = sum(((y * torch.tensor(u, device=CARD).to(y.dtype)).sum() for y, u in pairs))
    if not (isinstance(total, torch.Tensor) and total.requires_grad):
        return [np.zeros(x.shape) for x in inputs]
    found = torch.autograd.grad(total, inputs, allow_unused=True)
    return [np.zeros(x.shape) if g is None else g.cpu().numpy() for x, g in zip(inputs, found, strict=True)]


def on_host(values):
    return [value.detach().cpu() if isinstance(value, torch.Tensor) else value for value in as_tuple(values)]


def same_randomness(settings):
    """The card draws other masks than NumPy: both sides are handed one."""
    return (
        settings.get("rng") is None or settings.get("mask") is not None or not settings.get("training", True)
    )


@cases(OperationCase)
@both
@pytest.mark.parametrize("seed", SEEDS)
def test_operation(case, dtype, tolerance, seed):
    draw = Seeded(seed)
    call = case.draw(draw)
    if not same_randomness(call.settings):
        call.settings["mask"] = draw.rng.random(np.shape(call.args[0])) < 0.5
    outputs, back = call_operation(getattr(reference, case.name), call, dtype)
    us = cotangents(outputs, draw)
    ours = as_tuple(back(*(u.astype(dtype) for u in us)))
    tensors = [on_card(cast(x, dtype)) for x in call.args]
    settings = {name: on_card(value, grad=False) for name, value in torch_settings(call.settings).items()}
    values = getattr(mirror, case.name)(*tensors, **settings)
    for y, t in zip(as_tuple(outputs), on_host(values), strict=True):
        close(y, t, tolerance, case.name)
    floats = [i for i, x in enumerate(call.args) if is_float(x)]
    for i, grad in zip(floats, gradients(values, us, [tensors[i] for i in floats]), strict=True):
        if ours[i] is not None:
            close(ours[i], grad, tolerance, f"{case.name}: gradient of argument {i}")


@cases(LayerCase)
@both
@pytest.mark.parametrize("seed", SEEDS)
def test_layer(case, dtype, tolerance, seed):
    draw = Seeded(seed)
    call, inputs = case.draw(draw)
    inside = built(call, reference)
    constructor = getattr(reference, case.name)
    extra = taken(constructor, rng=np.random.default_rng(7), dtype=dtype) if case.rng else {}
    ours = constructor(*inside.args, **settled(inside.settings), **extra)
    theirs = from_numpy(ours, device="auto")
    assert all(tensor.is_cuda for tensor in (*theirs.parameters(), *theirs.buffers()))
    if any(isinstance(value, np.random.Generator) for value in vars(ours).values()):
        ours.eval()
        theirs.eval()
        if getattr(ours, "monte_carlo", False):
            pytest.skip("the card draws masks of its own")
    arrays = [cast(x, dtype) for x in inputs]
    tensors = [on_card(x) for x in arrays]
    outputs, values = ours(*arrays), theirs(*tensors)
    us = cotangents(outputs, draw)
    dinputs = as_tuple(ours.backward(*(u.astype(dtype) for u in us)))
    for y, t in zip(as_tuple(outputs), on_host(values), strict=True):
        close(y, t, tolerance, case.name)
    floats = [i for i, x in enumerate(arrays) if is_float(x)]
    parameters = dict(theirs.named_parameters())
    found = gradients(values, us, [*(tensors[i] for i in floats), *parameters.values()])
    for i, grad in zip(floats, found, strict=False):
        close(dinputs[i], grad, tolerance, f"{case.name}: gradient of input {i}")
    for name, grad in zip(parameters, found[len(floats) :], strict=True):
        close(ours.grads[name], grad, tolerance, f"{case.name}: gradient of {name}")


@cases(LayerCase)
def test_layer_is_built_on_the_card(case):
    constructor = getattr(mirror, case.name)
    if "device" not in inspect.signature(constructor).parameters:
        pytest.skip("takes no device: it has no weights of its own")
    call, _ = case.draw(Seeded(0))
    inside = built(call, mirror)
    extra = taken(constructor, rng=np.random.default_rng(0), device="auto")
    module = constructor(*inside.args, **settled(inside.settings), **extra)
    assert all(tensor.is_cuda for tensor in (*module.parameters(), *module.buffers()))


@cases(OptimizerCase)
def test_optimizer_walks_the_same_path(case):
    rng = np.random.default_rng(11)
    arrays = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    for setting in case.settings:
        mine = [reference.Parameter(a) for a in arrays]
        theirs = [torch.nn.Parameter(torch.tensor(a, device=CARD)) for a in arrays]
        steppers = [
            getattr(package, case.name)(p, **setting) for package, p in ((reference, mine), (mirror, theirs))
        ]
        for _ in range(100):
            for p, q in zip(mine, theirs, strict=True):
                grad = rng.normal(size=p.value.shape)
                p.grad, q.grad = grad, torch.tensor(grad, device=CARD)
            for stepper in steppers:
                stepper.step()
        for p, q in zip(mine, theirs, strict=True):
            close(p.value, q.detach().cpu(), 1e-10, f"{case.name}{setting}")
