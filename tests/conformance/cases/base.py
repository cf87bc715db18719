import numpy as np
import pytest
import torch

from dlcore.errors import StalePullbackError
from tests.conformance.case import Call, Draw, Inner, layer, other


@other("Layer", "Parameter")
def foundations(reference, mirror, rng):
    assert issubclass(mirror.Layer, torch.nn.Module)
    assert mirror.Parameter is torch.nn.Parameter
    for package in (reference, mirror):
        model = package.Sequential(package.Dense(2, 3, rng=rng), package.Tanh())
        assert all(isinstance(p, package.Parameter) for p in model.parameters())


@other("Sequential")
def sequential(reference, mirror, rng):
    def build(package):
        rng = np.random.default_rng(0)
        return package.Sequential(package.Dense(3, 4, rng=rng), package.Tanh(), package.Dense(4, 2, rng=rng))

    ours, theirs = build(reference), build(mirror)
    assert list(ours.params) == [name for name, _ in theirs.named_parameters()]
    for name, value in theirs.state_dict().items():
        np.testing.assert_array_equal(ours.params[name], value)
    x = rng.normal(size=(5, 3)).astype(np.float32)
    np.testing.assert_allclose(ours(x), theirs(torch.tensor(x)).detach(), rtol=1e-5, atol=1e-6)


@layer("Residual", rng=False)
def residual(draw: Draw):
    return Call(Inner(lambda package: package.Tanh())), (draw.normal(*draw.shape()),)


@other("no_grad")
def no_grad(reference, mirror, rng):
    x = rng.normal(size=(2, 3)).astype(np.float32)
    ours, theirs = reference.Dense(3, 1, rng=rng), mirror.Dense(3, 1, rng=rng)
    with reference.no_grad(), mirror.no_grad():
        y = ours(x)
        assert not theirs(torch.tensor(x)).requires_grad
    with pytest.raises(StalePullbackError):
        ours.backward(y)


@other("observe_calls")
def observe_calls(reference, mirror, rng):
    seen: dict[str, list] = {}
    for package, wrap in ((reference, np.asarray), (mirror, torch.tensor)):
        names = seen.setdefault(package.__name__, [])
        model = package.Sequential(package.Dense(3, 2, rng=rng), package.ReLU())
        x = wrap(np.ones((1, 3), np.float32))
        with package.observe_calls(
            lambda layer, inputs, outputs, names=names: names.append(type(layer).__name__)
        ):
            model(x)
        model(x)
    assert seen[reference.__name__] == seen[mirror.__name__] == ["Dense", "ReLU", "Sequential"]
