"""Reference, mirror and torch's own functions give the same values and gradients."""

import copy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcore.pytorch as mirror
import dlcore.reference as reference
from tests.conformance.case import (
    Call,
    Draw,
    LayerCase,
    OperationCase,
    OptimizerCase,
    OtherCase,
    built,
    of_kind,
)
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
    torch_grads,
    torch_settings,
)

PRECISIONS = [(np.float64, 1e-10), (np.float32, 1e-5)]


def by_name(kind, *, in_torch: bool = False):
    cases = [case for case in of_kind(kind) if not in_torch or case.torch is not None]
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def compare_operation(case, call: Call, draw: Draw, theirs, dtype, tolerance: float) -> None:
    outputs, back = call_operation(getattr(reference, case.name), call, dtype)
    us = cotangents(outputs, draw)
    ours = as_tuple(back(*(u.astype(dtype) for u in us)))
    tensors = [to_torch(cast(x, dtype)) for x in call.args]
    values = theirs(*tensors, **torch_settings(call.settings))
    for i, (y, t) in enumerate(zip(as_tuple(outputs), as_tuple(values), strict=True)):
        close(y, t, tolerance, f"{case.name}: output {i}")
    floats = [i for i, x in enumerate(call.args) if is_float(x)]
    grads = torch_grads(values, us, [tensors[i] for i in floats])
    for i, grad in zip(floats, grads, strict=True):
        if ours[i] is not None:
            close(ours[i], grad, tolerance, f"{case.name}: gradient of argument {i}")


@by_name(OperationCase)
@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_operation_and_mirror_agree(case, dtype, tolerance, data):
    draw = Draw(data)
    compare_operation(case, case.draw(draw), draw, getattr(mirror, case.name), dtype, tolerance)


@by_name(OperationCase, in_torch=True)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_operation_and_torch_agree(case, data):
    draw = Draw(data)
    compare_operation(case, case.draw(draw), draw, case.torch, np.float64, 1e-10)


def pair_of_layers(case, call: Call, dtype):
    """One layer in each package, drawn from one seed."""
    layers = []
    for package, kind in ((reference, dtype), (mirror, getattr(torch, np.dtype(dtype).name))):
        constructor = getattr(package, case.name)
        extra = taken(constructor, rng=np.random.default_rng(7), dtype=kind) if case.rng else {}
        inside = built(call, package)
        layers.append(constructor(*inside.args, **settled(inside.settings), **extra))
    return layers


def compare_layers(name, ours, theirs, inputs, draw, dtype, tolerance) -> None:
    arrays = [cast(x, dtype) for x in inputs]
    tensors = [to_torch(x) for x in arrays]
    outputs, values = ours(*arrays), theirs(*tensors)
    us = cotangents(outputs, draw)
    ours.zero_grad()
    outputs = ours(*arrays)
    dinputs = as_tuple(ours.backward(*(u.astype(dtype) for u in us)))
    values = theirs(*tensors)
    for i, (y, t) in enumerate(zip(as_tuple(outputs), as_tuple(values), strict=True)):
        close(y, t, tolerance, f"{name}: output {i}")
    floats = [i for i, x in enumerate(arrays) if is_float(x)]
    parameters = dict(theirs.named_parameters())
    grads = torch_grads(values, us, [tensors[i] for i in floats] + list(parameters.values()))
    for i, grad in zip(floats, grads, strict=False):
        close(dinputs[i], grad, tolerance, f"{name}: gradient of input {i}")
    for key, grad in zip(parameters, grads[len(floats) :], strict=True):
        close(ours.grads[key], grad, tolerance, f"{name}: gradient of {key}")
    buffers = dict(theirs.named_buffers())
    for key, value in ours.buffers.items():
        close(value, buffers[key], tolerance, f"{name}: buffer {key}")


@by_name(LayerCase)
@pytest.mark.parametrize(("dtype", "tolerance"), PRECISIONS)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_layer_and_mirror_agree(case, dtype, tolerance, data):
    draw = Draw(data)
    call, inputs = case.draw(draw)
    ours, theirs = pair_of_layers(case, call, dtype)
    assert [n for n, _ in theirs.named_parameters()] == list(ours.params)
    assert sorted(theirs.state_dict()) == sorted(ours.state_dict())
    for name, value in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.state_dict()[name], value.numpy())
    compare_layers(case.name, ours, theirs, inputs, draw, dtype, tolerance)


@by_name(LayerCase, in_torch=True)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_layer_and_torch_agree_after_the_weights_are_copied(case, data):
    draw = Draw(data)
    call, inputs = case.draw(draw)
    ours, theirs = pair_of_layers(case, call, np.float64)
    inside = built(call, mirror)
    extra = taken(case.torch, rng=None, dtype=torch.float64) if case.rng else {}
    builtin = case.torch(*inside.args, **inside.settings, **extra)
    state = {n: torch.tensor(v) for n, v in ours.state_dict().items()}
    builtin.load_state_dict(state, strict=False)
    assert set(state) <= set(builtin.state_dict())
    theirs.load_state_dict(state)
    ours.load_state_dict({n: v for n, v in builtin.state_dict().items() if n in state})
    compare_layers(case.name, ours, builtin, inputs, draw, np.float64, 1e-10)


def descend(package, optimizer, settings, arrays, gradients):
    """Feed both packages the same gradients and return the path of the parameters."""
    parameters = [package.Parameter(copy.deepcopy(a)) for a in arrays]
    stepper = optimizer(parameters, **settings)
    for grads in gradients:
        for p, g in zip(parameters, grads, strict=True):
            p.grad = g if package is reference else torch.tensor(g)
        stepper.step()
        yield [p.value.copy() if package is reference else p.detach().numpy().copy() for p in parameters]


WALKS = [(case, witness) for case in of_kind(OptimizerCase) for witness in ("mirror", "torch")]


@pytest.mark.parametrize(
    ("case", "witness"),
    [w for w in WALKS if w[1] == "mirror" or w[0].torch],
    ids=lambda part: getattr(part, "name", part),
)
def test_optimizers_walk_the_same_path(case, witness):
    theirs = getattr(mirror, case.name) if witness == "mirror" else case.torch
    rng = np.random.default_rng(11)
    arrays = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    gradients = [[rng.normal(size=a.shape) for a in arrays] for _ in range(100)]
    for setting in case.settings:
        defaults = (
            {"lr": reference.__dict__[case.name]([reference.Parameter([0.0])]).lr}
            if witness == "torch"
            else {}
        )
        a = descend(reference, getattr(reference, case.name), setting, arrays, gradients)
        b = descend(mirror, theirs, {**defaults, **setting}, [torch.tensor(x) for x in arrays], gradients)
        for step, (ours, others) in enumerate(zip(a, b, strict=True), 1):
            for x, y in zip(ours, others, strict=True):
                close(x, y, 1e-10, f"{case.name}{setting} after step {step}")


@by_name(OtherCase)
def test_other_names_agree(case):
    case.compare(reference, mirror, np.random.default_rng(2))


def test_a_wrong_gradient_is_seen():
    """The comparison itself must be able to fail."""

    class Planted:
        name = "sigmoid"

    def wrong(z):
        return 1.001 * torch.sigmoid(z)

    draw = type("Fixed", (), {"rng": np.random.default_rng(0)})()
    with pytest.raises(AssertionError, match="output 0"):
        compare_operation(Planted, Call(np.ones(3)), draw, wrong, np.float64, 1e-10)
