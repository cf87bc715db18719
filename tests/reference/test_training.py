"""`fit` and its parts."""

from functools import partial

import numpy as np
import pytest

from dlcore.errors import NonFiniteError, ShapeError, ValidationError
from dlcore.reference import (
    SGD,
    Dense,
    GradientDescent,
    Layer,
    ReLU,
    Sequential,
    accuracy,
    cross_entropy,
    evaluate,
    fit,
    l2_penalty,
    minibatches,
    mse,
    predict,
)


def line(n=50):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(n, 2))
    return x, x @ [[2.0], [-1.0]] + 0.5, Dense(2, 1, rng=rng, dtype=np.float64), rng


def test_gradient_descent_finds_the_line():
    x, y, model, _ = line()
    history = fit(
        model,
        x,
        y,
        loss=mse,
        optimizer=GradientDescent(model.parameters(), lr=0.3),
        epochs=200,
        batch_size=None,
    )
    np.testing.assert_allclose(model.params["weight"], [[2, -1]], atol=1e-6)
    np.testing.assert_allclose(model.params["bias"], [0.5], atol=1e-6)
    assert len(history) == 200
    assert history["loss"] == sorted(history["loss"], reverse=True)


def test_an_epochs_loss_is_the_mean_over_its_samples_also_when_the_last_batch_is_small():
    x, y, model, _ = line(10)
    history = fit(model, x, y, loss=mse, optimizer=SGD(model.parameters(), lr=0.0), epochs=1, batch_size=4)
    assert history["loss"][0] == pytest.approx(evaluate(model, x, y, loss=mse)["loss"])


def test_the_same_rng_gives_the_same_run():
    def run():
        x, y, model, rng = line()
        return fit(model, x, y, loss=mse, optimizer=SGD(model.parameters(), lr=0.1), epochs=3, rng=rng).rows

    assert run() == run()


def test_without_rng_the_samples_come_in_order():
    assert np.concatenate(list(minibatches(7, 3))).tolist() == list(range(7))


@pytest.mark.parametrize("size", [1, 2, 5, 8, None])
def test_every_sample_is_in_one_minibatch(size):
    batches = list(minibatches(7, size, rng=np.random.default_rng(0)))
    assert sorted(np.concatenate(batches).tolist()) == list(range(7))
    assert all(len(batch) <= (size or 7) for batch in batches)


def one_weight():
    """A weight whose loss is (w - 3)²."""
    model = Dense(1, 1, bias=False, rng=np.random.default_rng(0), dtype=np.float64)
    model.params["weight"] = [[0.0]]
    return model, {"x": np.ones((1, 1)), "y": np.full((1, 1), 3.0), "loss": mse}


def test_a_penalty_moves_the_minimum_and_counts_in_the_loss():
    model, task = one_weight()
    optimizer = SGD(model.parameters(), lr=0.1)
    history = fit(model, **task, optimizer=optimizer, epochs=200, penalty=partial(l2_penalty, alpha=0.5))
    assert model.params["weight"].item() == pytest.approx(2.0)
    assert history["loss"][-1] == pytest.approx((2 - 3) ** 2 + 0.5 * 2**2)


def test_biases_are_not_penalized():
    model = Dense(1, 1, rng=np.random.default_rng(0), dtype=np.float64)
    model.params["weight"] = [[0.0]]
    task = {"x": np.zeros((1, 1)), "y": np.full((1, 1), 3.0), "loss": mse}
    fit(model, **task, optimizer=SGD(model.parameters(), lr=0.1), epochs=200, penalty=l2_penalty)
    assert model.params["bias"].item() == pytest.approx(3.0)


def test_a_long_gradient_is_shortened_before_the_step():
    model, task = one_weight()
    fit(model, **task, optimizer=SGD(model.parameters(), lr=1.0), epochs=1, max_grad_norm=0.1)
    assert model.params["weight"].item() == pytest.approx(0.1, rel=1e-5)


@pytest.mark.parametrize("size", [0, -1])
def test_a_minibatch_has_at_least_one_sample(size):
    with pytest.raises(ValidationError, match="batch_size"):
        list(minibatches(5, size))


@pytest.mark.parametrize(("n", "m"), [(3, 4), (0, 0)])
def test_samples_and_targets_must_fit(n, m):
    _, _, model, _ = line()
    with pytest.raises(ShapeError, match=f"{n} samples, {m} targets"):
        fit(model, np.ones((n, 2)), np.ones((m, 1)), loss=mse, optimizer=SGD(model.parameters()))


def test_divergence_stops_before_the_step_and_names_the_place():
    x, y, model, _ = line()
    optimizer = GradientDescent(model.parameters(), lr=1e200)
    with (
        pytest.raises(NonFiniteError, match=r"epoch \d+, step 1: .*(parameter|layer)"),
        np.errstate(all="ignore"),
    ):
        fit(model, x, y, loss=mse, optimizer=optimizer, batch_size=None)
    assert np.isfinite(model.params["weight"]).all()


class Poison(Layer):
    """Gives infinity."""

    def operation(self, x):
        return x + np.inf, lambda dy: dy


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda model, x: Sequential(model[0], Poison(), model[1]), r"layer '1' \(Poison\)"),
        (lambda model, x: x.__setitem__((0, 0), np.nan) or model, "samples themselves"),
        (lambda model, x: model.params.__setitem__("0.bias", [np.nan] * 3) or model, "parameter '0.bias'"),
    ],
)
def test_the_place_where_infinity_began_is_named(spoil, message):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(8, 2)), rng.integers(2, size=8)
    model = spoil(Sequential(Dense(2, 3, rng=rng), Dense(3, 2, rng=rng)), x)
    before = model.state_dict()
    with pytest.raises(NonFiniteError, match=message), np.errstate(all="ignore"):
        fit(model, x, y, loss=cross_entropy, optimizer=SGD(model.parameters()))
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_a_loss_that_is_not_finite_on_its_own_is_named_as_such():
    x, y, model, _ = line()

    def broken(prediction, target):
        return np.float64("nan"), lambda dloss=1.0: (prediction, None)

    with pytest.raises(NonFiniteError, match="began in the loss"):
        fit(model, x, y, loss=broken, optimizer=SGD(model.parameters()))


def test_predict_restores_each_layers_mode_and_records_nothing():
    rng = np.random.default_rng(0)
    model = Sequential(Dense(2, 3, rng=rng), ReLU())
    model[1].training = False
    predict(model, np.ones((5, 2)), batch_size=2)
    assert [layer.training for layer in model.layers()] == [True, True, False]
    assert not any(layer._calls for layer in model.layers())


def test_metrics_and_validation_have_columns_of_their_own():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(20, 2)), rng.integers(3, size=20)
    model = Dense(2, 3, rng=rng)
    history = fit(
        model,
        x,
        y,
        loss=cross_entropy,
        optimizer=SGD(model.parameters()),
        epochs=2,
        validation=(x, y),
        metrics={"accuracy": accuracy},
    )
    assert history.columns == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history["val_accuracy"][-1] == accuracy(predict(model, x), y)


def test_optimizers_refuse_what_they_cannot_train():
    with pytest.raises(ValidationError, match=r"model.parameters\(\)"):
        SGD([])
    with pytest.raises(ValidationError, match=r"model.parameters\(\)"):
        SGD([np.ones(3)])
    _, _, model, _ = line()
    with pytest.raises(ValidationError, match="lr must be in"):
        SGD(model.parameters(), lr=-1)
