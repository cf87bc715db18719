"""The protocol: several calls, stale pullbacks, shared layers, accumulation, errors that undo."""

import numpy as np
import pytest
import torch

from dlcore.errors import ShapeError, StalePullbackError, ValidationError
from dlcore.gradcheck import check
from dlcore.reference import (
    Dense,
    Layer,
    Parameter,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    Tanh,
    dense,
    no_grad,
    observe_calls,
    softmax,
)
from dlcore.reference.base import ParameterView


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def small(rng, dtype=np.float64):
    return Sequential(Dense(3, 4, rng=rng, dtype=dtype), Tanh(), Dense(4, 2, rng=rng, dtype=dtype))


# ---------------------------------------------------------------- operations


def test_a_pullback_may_be_called_again_and_answers_for_its_own_call(rng):
    w, b = rng.normal(size=(2, 3)), rng.normal(size=2)
    x1, x2, dy = rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), rng.normal(size=(4, 2))
    _, back1 = dense(x1, w, b)
    _, back2 = dense(x2, w, b)
    first = back1(dy)
    np.testing.assert_array_equal(back2(dy)[1], dy.T @ x2)
    for a, again in zip(first, back1(dy), strict=True):
        np.testing.assert_array_equal(a, again)
    np.testing.assert_array_equal(first[1], dy.T @ x1)


def test_an_argument_that_is_not_given_has_no_gradient(rng):
    _, back = dense(rng.normal(size=(4, 3)), rng.normal(size=(2, 3)))
    assert back(np.ones((4, 2)))[2] is None


class Split(Layer):
    """Two outputs of one input."""

    def operation(self, x):
        def back(da, db):
            left = np.zeros_like(x[:, :1]) if da is None else da
            right = np.zeros_like(x[:, 1:]) if db is None else db
            return np.concatenate([left, right], axis=1)

        return (x[:, :1], x[:, 1:]), back


def test_several_outputs_take_a_cotangent_each(rng):
    layer, x = Split(), rng.normal(size=(5, 3))
    layer(x)
    np.testing.assert_array_equal(layer.backward(np.ones((5, 1)), np.full((5, 2), 2.0))[0], [1, 2, 2])
    layer(x)
    np.testing.assert_array_equal(layer.backward(None, np.full((5, 2), 2.0))[0], [0, 2, 2])
    layer(x)
    with pytest.raises(ShapeError, match="2 cotangents, got 1"):
        layer.backward(np.ones((5, 1)))
    assert check(layer, x, rng=rng)


class Blend(Layer):
    """Two inputs, one output."""

    def __init__(self):
        super().__init__()
        self.share = Parameter(np.array(0.3))

    def operation(self, a, b, share):
        def back(dy):
            return share * dy, (1 - share) * dy, np.sum((a - b) * dy)

        return share * a + (1 - share) * b, back


def test_several_inputs_get_a_gradient_each(rng):
    layer = Blend()
    assert check(layer, rng.normal(size=4), rng.normal(size=4), rng=rng)
    layer(np.ones(4), np.zeros(4))
    da, db = layer.backward(np.ones(4))
    np.testing.assert_allclose([da[0], db[0], layer.grads["share"]], [0.3, 0.7, 4.0])


# ---------------------------------------------------------------- calls on a stack


def test_calls_are_undone_last_first(rng):
    layer, x1, x2 = Dense(3, 2, rng=rng, dtype=np.float64), rng.normal(size=(1, 3)), rng.normal(size=(1, 3))
    layer(x1)
    layer(x2)
    dy = np.ones((1, 2))
    layer.backward(dy)
    np.testing.assert_allclose(layer.grads["weight"], dy.T @ x2)
    layer.backward(dy)
    np.testing.assert_allclose(layer.grads["weight"], dy.T @ x2 + dy.T @ x1)
    with pytest.raises(StalePullbackError, match="no recorded call"):
        layer.backward(dy)


def test_a_shared_layer_collects_the_gradients_of_both_places(rng):
    shared = Dense(3, 3, rng=rng, dtype=np.float64)
    model = Sequential(shared, Tanh(), shared, Tanh())
    assert list(model.params) == ["0.weight", "0.bias"]
    assert check(model, rng.normal(size=(4, 3)), rng=rng)


def test_a_parameter_that_two_layers_share_comes_once_and_collects_from_both(rng):
    first, second = Dense(3, 3, bias=False, rng=rng, dtype=np.float64), Dense(3, 3, bias=False, rng=rng)
    second.weight = first.weight
    model = Sequential(first, Tanh(), second)
    assert list(model.params) == ["0.weight"]
    assert len(model.parameters()) == 1
    model(np.ones((2, 3)))
    model.backward(np.ones((2, 3)))
    alone = Sequential(first, Tanh())
    assert not np.allclose(model.grads["0.weight"], 0)
    model.zero_grad()
    alone(np.ones((2, 3)))
    alone.backward(np.ones((2, 3)) @ first.weight.value)
    partial = first.weight.grad.copy()
    model.zero_grad()
    model(np.ones((2, 3)))
    model.backward(np.ones((2, 3)))
    hidden = np.tanh(np.ones((2, 3)) @ first.weight.value.T)
    np.testing.assert_allclose(first.weight.grad, partial + np.ones((2, 3)).T @ hidden)


def test_gradients_add_up_until_zero_grad(rng):
    model, x = small(rng), rng.normal(size=(5, 3))
    model(x)
    model.backward(np.ones((5, 2)))
    once = {name: grad.copy() for name, grad in model.grads.items()}
    model(x)
    model.backward(np.ones((5, 2)))
    for name, grad in model.grads.items():
        np.testing.assert_allclose(grad, 2 * once[name])
    model.zero_grad()
    assert not any(grad.any() for grad in model.grads.values())


def test_a_call_before_an_update_cannot_be_undone_after_it(rng):
    model, x = small(rng), rng.normal(size=(5, 3))
    model(x)
    model.params["2.weight"] -= 0.1
    grads = {name: grad.copy() for name, grad in model.grads.items()}
    with pytest.raises(StalePullbackError, match="updated since"):
        model.backward(np.ones((5, 2)))
    for name, grad in model.grads.items():
        np.testing.assert_array_equal(grad, grads[name])
    model(x)
    model.backward(np.ones((5, 2)))


def test_zero_grad_forgets_calls_and_no_grad_records_none(rng):
    model, x = small(rng), rng.normal(size=(5, 3))
    model(x)
    model.zero_grad()
    with pytest.raises(StalePullbackError):
        model.backward(np.ones((5, 2)))
    with no_grad():
        model(x)
    assert not any(layer._calls for layer in model.layers())
    model(x)
    model.backward(np.ones((5, 2)))


# ---------------------------------------------------------------- errors


def test_an_error_names_the_layer_its_place_and_the_shapes(rng):
    model = Sequential(Dense(3, 4, rng=rng), Residual(Sequential(Tanh(), Dense(5, 5, rng=rng))))
    with pytest.raises(ShapeError) as caught:
        model(np.ones((2, 3)))
    text = "Dense at '1.inner.1' expects (..., 5), got (2, 4): 4 features where the weights have 5"
    assert str(caught.value) == text


def test_a_failed_call_leaves_no_trace_in_the_layers_before_it(rng):
    model = Sequential(Dense(3, 4, rng=rng), Dense(5, 2, rng=rng))
    with pytest.raises(ShapeError):
        model(np.ones((2, 3)))
    assert not any(layer._calls for layer in model.layers())


class Counter(Layer):
    """Counts its calls in a buffer."""

    def __init__(self):
        super().__init__()
        self.add_buffer("calls", np.zeros(1))

    def operation(self, x):
        self._buffers["calls"] += 1
        return x, lambda dy: dy


def test_a_failed_call_restores_buffers(rng):
    model = Sequential(Counter(), Dense(5, 2, rng=rng))
    with pytest.raises(ShapeError):
        model(np.ones((2, 3)))
    assert model.buffers["0.calls"] == 0
    model(np.ones((2, 5)))
    assert model.buffers["0.calls"] == 1


def test_a_wrong_cotangent_is_refused_and_the_call_can_still_be_undone(rng):
    layer = Dense(3, 2, rng=rng)
    layer(np.ones((4, 3), np.float32))
    with pytest.raises(ShapeError, match=r"\(4, 2\), got \(4, 3\)"):
        layer.backward(np.ones((4, 3)))
    layer.backward(np.ones((4, 2), np.float32))


def test_residual_needs_a_branch_that_keeps_the_shape(rng):
    with pytest.raises(ShapeError, match=r"keeps \(2, 3\), got \(2, 4\)"):
        Residual(Dense(3, 4, rng=rng))(np.ones((2, 3)))


@pytest.mark.parametrize("wrong", [[], "Dense", Dense])
def test_sequential_takes_layers_only(wrong):
    with pytest.raises(ValidationError, match="at place 1"):
        Sequential(ReLU(), wrong)


def test_a_layer_must_call_the_base_constructor():
    class Forgetful(Layer):
        def __init__(self):
            self.weight = Parameter(np.ones(1))

    with pytest.raises(ValidationError, match="super"):
        Forgetful()


def test_a_layer_without_mathematics_says_so():
    with pytest.raises(TypeError, match="Layer defines neither"):
        Layer()(np.ones(1))


@pytest.mark.parametrize("seed", [None, 0, np.random.RandomState(0)])
def test_rng_must_be_a_generator(seed):
    with pytest.raises(ValidationError, match="default_rng"):
        Dense(2, 2, rng=seed)


# ---------------------------------------------------------------- parameters and states


def test_parameters_are_assigned_in_place_with_their_shape_checked(rng):
    layer = Dense(3, 2, rng=rng)
    array = layer.params["weight"]
    layer.params["weight"] = np.ones((2, 3))
    assert array is layer.params["weight"]
    assert array.dtype == np.float32
    assert (array == 1).all()
    with pytest.raises(ShapeError, match=r"\(2, 3\), got \(3, 2\)"):
        layer.params["weight"] = np.zeros((3, 2))
    assert (array == 1).all()
    with pytest.raises(ValidationError, match="weight, bias"):
        layer.params["wieght"] = np.ones((2, 3))
    with pytest.raises(ValidationError):
        del layer.params["weight"]
    assert isinstance(layer.params, ParameterView)
    assert "(2, 3)" in repr(layer.params)


def test_weights_move_to_torch_and_back_without_a_rename(rng):
    model = small(rng)
    builtin = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    builtin.load_state_dict({name: torch.tensor(value) for name, value in model.state_dict().items()})
    x = rng.normal(size=(6, 3))
    np.testing.assert_allclose(model(x), builtin(torch.tensor(x)).detach(), rtol=1e-12)
    other = small(np.random.default_rng(9))
    other.load_state_dict(builtin.state_dict())
    np.testing.assert_array_equal(other(x), model(x))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.pop("0.bias"), "missing \\['0.bias'\\]"),
        (lambda s: s.update(extra=1), "unknown \\['extra'\\]"),
        (lambda s: s.update({"2.weight": np.ones((4, 2))}), "for 2.weight"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(rng, change, message):
    model = small(rng)
    before = model.state_dict()
    state = {name: np.zeros_like(value) for name, value in before.items()}
    change(state)
    with pytest.raises(ValidationError, match=message):
        model.load_state_dict(state)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_loading_a_state_makes_earlier_calls_stale(rng):
    model, x = small(rng), np.ones((1, 3))
    model(x)
    model.load_state_dict(model.state_dict())
    with pytest.raises(StalePullbackError):
        model.backward(np.ones((1, 2)))


def test_state_dict_is_a_copy(rng):
    model = small(rng)
    model.state_dict()["0.weight"][...] = 0
    assert model.params["0.weight"].any()


def test_modes_reach_every_layer(rng):
    model = Sequential(Residual(Tanh()), Sigmoid())
    assert not any(layer.training for layer in model.eval().layers())
    assert all(layer.training for layer in model.train().layers())


def test_observers_see_each_call_once_and_go_away(rng):
    seen = []
    model = small(rng)
    with observe_calls(lambda layer, inputs, outputs: seen.append((type(layer).__name__, outputs.shape))):
        model(np.ones((2, 3)))
    model(np.ones((2, 3)))
    assert seen == [("Dense", (2, 4)), ("Tanh", (2, 4)), ("Dense", (2, 2)), ("Sequential", (2, 2))]


def test_layers_print_what_they_hold(rng):
    assert (
        repr(small(rng))
        == "Sequential(0: Dense(weight(4, 3), bias(4,)), 1: Tanh(), 2: Dense(weight(2, 4), bias(2,)))"
    )
    assert len(small(rng)) == 3
    assert isinstance(small(rng)[1], Tanh)


def test_lists_and_integers_are_taken_as_float64():
    y, _ = softmax([[0, 0], [1, 1]])
    assert y.dtype == np.float64
    with pytest.raises(ValidationError, match="complex"):
        softmax([1j])
