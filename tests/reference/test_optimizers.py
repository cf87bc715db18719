"""Each book's form of a rule against ours, and what the rules promise."""

import inspect

import numpy as np
import pytest

import dlcore.reference as reference
from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    Optimizer,
    Parameter,
    RMSprop,
    Rprop,
)
from dlcore.reference.optimizers import BLOCK

ALL = [
    thing
    for thing in vars(reference).values()
    if inspect.isclass(thing) and issubclass(thing, Optimizer) and thing is not Optimizer
]


def walk(optimizer, gradient, start=1.0, steps=100, **settings):
    """Path of one weight under `gradient(w)`."""
    weight = Parameter(np.array([start]))
    stepper, path = optimizer([weight], **settings), []
    for _ in range(steps):
        weight.grad = gradient(weight.value)
        stepper.step()
        path.append(weight.value[0])
    return np.array(path)


def bowl(w):
    """Gradient of w²/2."""
    return w.copy()


# ---------------------------------------------------------------- the books' forms


def test_momentum_as_rawassizadeh_writes_it():
    w, v, path = 1.0, 0.0, []
    for _ in range(100):
        v = 0.9 * v - 0.01 * w
        w = w + v
        path.append(w)
    ours = walk(Momentum, bowl, lr=0.01, momentum=0.9)
    np.testing.assert_allclose(ours, path, atol=1e-14)
    assert ours[-1] == pytest.approx(-0.002634, abs=1e-6)
    assert walk(SGD, bowl, lr=0.01)[-1] == pytest.approx(0.366032, abs=1e-6)


def test_nesterov_tracks_the_look_ahead_point():
    w, v, ahead = 1.0, 0.0, []
    for _ in range(100):
        v = 0.9 * v - 0.01 * (w + 0.9 * v)
        w = w + v
        ahead.append(w + 0.9 * v)
    ours = walk(Nesterov, bowl, lr=0.01, momentum=0.9)
    np.testing.assert_allclose(ours, ahead, atol=1e-14)
    assert w == pytest.approx(-0.000435, abs=1e-6)
    assert ours[-1] == pytest.approx(-0.000708, abs=1e-6)


def test_adagrad_with_epsilon_inside_the_root_differs_only_near_zero():
    def inside(eps, size):
        total, w = 0.0, 1.0
        for _ in range(20):
            total += size**2
            w -= 0.01 * size / np.sqrt(total + eps)
        return w

    for size, agree in ((1.0, True), (1e-4, False)):
        ours = walk(Adagrad, lambda w, size=size: np.full_like(w, size), lr=0.01, steps=20)[-1]
        assert np.isclose(ours, inside(1e-8, size), rtol=1e-6) is np.bool_(agree)


def test_adagrads_rates_of_the_books_example():
    for total, rate in ((3.46, 0.0054), (0.16, 0.025)):
        assert round(0.01 / np.sqrt(total + 1e-8), 4) == rate
        moved = 1 - walk(Adagrad, lambda w, g=total**0.5: np.full_like(w, g), lr=0.01, steps=1)[0]
        assert moved == pytest.approx(0.01)


def test_rmsprop_averages_squares():
    w = Parameter([0.0])
    optimizer = RMSprop([w], alpha=0.9)
    for _ in range(3):
        w.grad = np.array([-1.0])
        optimizer.step()
    assert optimizer.state[0]["square_avg"][0] == pytest.approx(0.271)


def test_rprop_of_the_books_minibatches_with_the_move_after_a_sign_change_left_out():
    gradients = iter([-0.4, -0.3, -0.25, -0.2, -0.14, -0.1, 0.7, 0.9])
    w = Parameter([0.0])
    optimizer, sizes = Rprop([w], lr=0.1), []
    for g in gradients:
        w.grad = np.array([g])
        optimizer.step()
        sizes.append(optimizer.state[0]["step_size"][0])
    np.testing.assert_allclose(sizes[:7], [0.1, 0.12, 0.144, 0.1728, 0.20736, 0.248832, 0.124416])
    assert w.value[0] == pytest.approx(sum(sizes[:6]) - sizes[7])


def test_adams_first_step_has_length_lr_whatever_the_gradient():
    for size in (1e-3, 1.0, 1e3):
        moved = 1 - walk(Adam, lambda w, size=size: np.full_like(w, size), steps=1)[0]
        assert moved == pytest.approx(0.001, rel=1e-4)


def test_adam_as_rawassizadeh_writes_it():
    w, m, v, path = 1.0, 0.0, 0.0, []
    for t in range(1, 101):
        g = w
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= 0.001 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        path.append(w)
    np.testing.assert_allclose(walk(Adam, bowl), path, rtol=1e-12)


def test_weight_decay_is_an_l2_penalty_of_half_the_factor():
    decayed = walk(SGD, lambda w: 2 * (w - 3), lr=0.1, weight_decay=1.0, start=0.0, steps=200)
    assert decayed[-1] == pytest.approx(2.0)  # minimum of (w - 3)² + ½ w²
    coupled = walk(Adam, bowl, lr=0.1, weight_decay=0.5)
    assert not np.allclose(coupled, walk(AdamW, bowl, lr=0.1, weight_decay=0.5))


# ---------------------------------------------------------------- what every optimizer promises


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_long_parameters_are_updated_like_short_ones(kind):
    rng = np.random.default_rng(0)
    n = BLOCK + 17
    values, grads = rng.normal(size=n), rng.normal(size=(3, n))
    whole, parts = Parameter(values), [Parameter(values[:50]), Parameter(values[BLOCK:])]
    one, many = kind([whole]), kind(parts)
    for g in grads:
        whole.grad = g
        parts[0].grad, parts[1].grad = g[:50], g[BLOCK:]
        one.step()
        many.step()
    np.testing.assert_array_equal(whole.value[:50], parts[0].value)
    np.testing.assert_array_equal(whole.value[BLOCK:], parts[1].value)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_keep_their_dtype_and_gradients_are_not_touched(kind, dtype):
    weight = Parameter(np.ones((2, 3), dtype))
    array = weight.value
    weight.grad = grad = np.full((2, 3), 0.5, dtype)
    kind([weight]).step()
    assert weight.value is array
    assert weight.value.dtype == dtype
    assert (grad == 0.5).all()
    assert (weight.value != 1).all()
    assert weight.version == 1


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_optimizer_goes_on_where_another_stopped(kind):
    rng = np.random.default_rng(0)
    grads = rng.normal(size=(6, 4))

    def run(parameter, optimizer, part):
        for g in part:
            parameter.grad = g
            optimizer.step()
        return parameter, optimizer

    start = rng.normal(size=4)
    whole, _ = run(*(lambda p: (p, kind([p])))(Parameter(start)), grads)
    half, first = run(*(lambda p: (p, kind([p], lr=0.3)))(Parameter(start)), [])
    half, first = run(*(lambda p: (p, kind([p])))(Parameter(start)), grads[:3])
    again = Parameter(half.value)
    second = kind([again], lr=0.123)
    second.load_state_dict(first.state_dict())
    run(again, second, grads[3:])
    np.testing.assert_array_equal(again.value, whole.value)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_a_state_that_does_not_fit_changes_nothing(kind):
    optimizer = kind([Parameter(np.ones(3))])
    before = optimizer.state_dict()
    with pytest.raises(ValidationError, match="one side"):
        optimizer.load_state_dict({**before, "odd": 1})
    if optimizer.keeps:
        with pytest.raises(ShapeError, match=r"\(3,\)"):
            optimizer.load_state_dict({**before, f"0.{optimizer.keeps[0]}": np.ones(4), "lr": 9.0})
    assert optimizer.lr == before["lr"]


BOUNDS = {"lr": -0.1, "momentum": 1.0, "rho": 1.0, "alpha": -0.1, "eps": -1e-9, "weight_decay": -1.0}


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_settings_out_of_range_are_refused(kind):
    wrong = {k: v for k, v in BOUNDS.items() if k in inspect.signature(kind).parameters}
    if "betas" in inspect.signature(kind).parameters:
        wrong["betas"] = (0.9, 1.0)
    if kind is Rprop:
        wrong["etas"] = (0.5, 0.9)
    for name, value in wrong.items():
        with pytest.raises(ValidationError, match=name):
            kind([Parameter(np.ones(2))], **{name: value})


def test_the_base_class_has_no_rule():
    with pytest.raises(TypeError, match="Optimizer does not define update"):
        Optimizer([Parameter(np.ones(1))], lr=0.1).step()
