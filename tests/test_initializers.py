import inspect

import numpy as np
import pytest
import torch

from dlcore import initializers
from dlcore.errors import ValidationError

DRAWN = [
    name
    for name in initializers.__all__
    if inspect.isfunction(getattr(initializers, name)) and name not in ("constant", "fans")
]


def draw(name, shape, seed=0, **more):
    return getattr(initializers, name)(shape, rng=np.random.default_rng(seed), **more)


@pytest.mark.parametrize("name", DRAWN)
def test_one_seed_one_start_in_every_precision(name):
    single, double = draw(name, (6, 4)), draw(name, (6, 4), dtype=np.float64)
    assert single.dtype == np.float32
    assert double.dtype == np.float64
    np.testing.assert_array_equal(single, double.astype(np.float32))
    assert (draw(name, (6, 4), seed=1) != single).any()


@pytest.mark.parametrize("name", DRAWN)
def test_rng_must_be_a_generator(name):
    with pytest.raises(ValidationError, match="Generator"):
        getattr(initializers, name)((2, 2), rng=0)


TORCH = {
    "xavier_uniform": torch.nn.init.xavier_uniform_,
    "xavier_normal": torch.nn.init.xavier_normal_,
    "he_uniform": lambda t: torch.nn.init.kaiming_uniform_(t, nonlinearity="relu"),
    "he_normal": lambda t: torch.nn.init.kaiming_normal_(t, nonlinearity="relu"),
    "fan_in_uniform": lambda t: torch.nn.init.kaiming_uniform_(t, a=5**0.5),
    "orthogonal": torch.nn.init.orthogonal_,
}


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("shape", [(200, 300), (60, 40, 5, 5)])
def test_spread_is_torchs(name, shape):
    ours, theirs = draw(name, shape), TORCH[name](torch.empty(*shape)).numpy()
    assert ours.std() == pytest.approx(theirs.std(), rel=0.02)
    assert abs(ours.mean()) < 0.02 * ours.std() * 5
    if "uniform" in name:
        assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.01)


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 2, 3), (4, 4)])
def test_orthogonal_rows_or_columns(shape):
    matrix = draw("orthogonal", shape, dtype=np.float64, gain=2.0).reshape(shape[0], -1)
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(gram, 4 * np.eye(len(gram)), atol=1e-12)


def test_constant_and_fans():
    assert (initializers.constant((2, 3), value=7) == 7).all()
    assert initializers.fans((8, 3, 5, 5)) == (75, 200)
    assert initializers.fans((4,)) == (4, 1)
    with pytest.raises(ValidationError):
        initializers.fans(())
    with pytest.raises(ValidationError, match="two axes"):
        draw("orthogonal", (3,))


def test_a_bias_is_drawn_with_its_layers_fan():
    bias = draw("fan_in_uniform", (1000,), fan_in=400)
    assert np.abs(bias).max() == pytest.approx(0.05, rel=0.02)
