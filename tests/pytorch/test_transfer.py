"""Layers of one package built again in the other."""

import copy

import numpy as np
import pytest
import torch

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.errors import ValidationError
from dlcore.pytorch import from_numpy, to_numpy
from tests.conformance.case import LayerCase, Seeded, built, of_kind
from tests.conformance.support import as_tuple, cast, close, settled, taken, to_torch

LAYERS = pytest.mark.parametrize("case", of_kind(LayerCase), ids=lambda case: case.name)
KINDS = {np.float32: torch.float32, np.float64: torch.float64}


def drawn(case, package, seed, dtype):
    """The layer of a case with its inputs, weights and buffers away from their initial values."""
    call, inputs = case.draw(Seeded(seed))
    call = built(call, package)
    constructor = getattr(package, case.name)
    kind = dtype if package is reference else KINDS[dtype]
    extra = taken(constructor, rng=np.random.default_rng(seed), dtype=kind) if case.rng else {}
    return constructor(*call.args, **settled(call.settings), **extra), [cast(x, dtype) for x in inputs]


@LAYERS
@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_every_layer_goes_there_and_back(case, dtype, seed):
    layer, inputs = drawn(case, reference, seed, dtype)
    for value in layer.params.values():
        value += np.random.default_rng(1).uniform(0.1, 0.2, value.shape).astype(dtype)
    module = from_numpy(layer)
    back = to_numpy(module)
    assert type(module) is getattr(mirror, case.name)
    assert type(back) is type(layer)
    assert all(p.dtype == KINDS[dtype] for p in module.parameters())
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(back.state_dict()[name], value)
        assert back.state_dict()[name].dtype == value.dtype
    tolerance = 1e-10 if dtype is np.float64 else 1e-5
    outputs = [as_tuple(net(*inputs)) for net in (layer, back)]
    theirs = as_tuple(module(*(to_torch(x) for x in inputs)))
    for ours, again, other in zip(*outputs, theirs, strict=True):
        np.testing.assert_array_equal(ours, again)
        close(ours, other, tolerance, case.name)


@LAYERS
def test_a_layer_of_the_mirror_keeps_its_settings(case):
    """What the constructor was told, not what it defaults to: several draws, so that settings differ."""
    for seed in range(5):
        module, inputs = drawn(case, mirror, seed, np.float64)
        twin = from_numpy(to_numpy(module.eval()))
        assert twin.training is False
        for y, other in zip(*(as_tuple(net(*map(to_torch, inputs))) for net in (module, twin)), strict=True):
            close(y.detach(), other, 1e-12, case.name)


def net(package, rng, dtype):
    shared = package.Dense(4, 4, rng=rng, dtype=dtype)
    return package.Sequential(
        shared,
        package.Dropout(0.5, rng=rng),
        package.Residual(package.Sequential(package.Dense(4, 4, rng=rng, dtype=dtype), package.Tanh())),
        shared,
    )


def test_shared_layers_stay_shared_and_dropout_goes_on_with_the_same_masks():
    module = net(mirror, np.random.default_rng(0), torch.float64)
    x = np.random.default_rng(1).normal(size=(50, 4))
    module(torch.tensor(x))
    layer = to_numpy(module)
    again = from_numpy(layer)
    assert layer[0] is layer[3]
    assert again[0] is again[3]
    assert layer[1].rng is not module[1].rng
    expected = module(torch.tensor(x))
    close(layer(x), expected, 1e-12, "to_numpy")
    close(again(torch.tensor(x)).detach(), expected, 1e-12, "from_numpy")


def test_the_original_is_left_alone():
    layer = net(reference, np.random.default_rng(0), np.float32)
    before, state = layer.state_dict(), copy.deepcopy(layer[1].rng.bit_generator.state)
    module = from_numpy(layer)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(1.0)
    copied = to_numpy(module)
    copied.params["0.weight"][...] = 7.0
    assert layer[1].rng.bit_generator.state == state
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    assert not any((parameter == 7.0).any() for parameter in module.parameters())


def test_a_cast_of_the_module_counts_and_modes_travel_one_by_one():
    module = net(mirror, np.random.default_rng(0), torch.float32).double()
    module[2].eval()
    layer = to_numpy(module)
    assert layer.params["0.weight"].dtype == np.float64
    assert [inner.training for inner in layer.children()] == [True, True, False, True]
    assert to_numpy(module.bfloat16()).params["0.weight"].dtype == np.float32


def test_what_the_other_package_does_not_define_is_refused():
    class Mine(mirror.Layer):
        pass

    for module in (Mine(), mirror.Sequential(torch.nn.Linear(2, 2))):
        with pytest.raises(ValidationError, match=r"load_state_dict"):
            to_numpy(module)


def test_a_layer_changed_after_it_was_built_is_refused():
    layer = reference.Sequential(reference.Dense(2, 3, rng=np.random.default_rng(0)))
    layer[0].bias = reference.Parameter(np.zeros(5))
    with pytest.raises(ValidationError):
        from_numpy(layer)
