"""`fit` of the mirror where it is more than the reference's: devices, types, and what it waits for."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from dlcore import pytorch as mirror
from dlcore.errors import NonFiniteError, ValidationError
from dlcore.pytorch import Adam, Dense, Sequential, Tanh, cross_entropy, evaluate, fit, predict, training
from tests.conformance.case import LayerCase, Seeded, built, of_kind
from tests.conformance.support import as_tuple, cast, close, settled, taken, to_torch


def problem(n=40, dtype=torch.float32):
    rng = np.random.default_rng(3)
    model = Sequential(Dense(4, 8, rng=rng, dtype=dtype), Tanh(), Dense(8, 3, rng=rng, dtype=dtype))
    x = rng.normal(size=(n, 4)).astype(np.float32)
    return model, x, (x[:, 0] > 0).astype(int) + (x[:, 1] > 0), rng


def train(n=40, kind=torch.float32, **settings):
    model, x, y, rng = problem(n, kind)
    optimizer = Adam(model.parameters(), lr=0.01)
    kept = {"loss": cross_entropy, "optimizer": optimizer, "batch_size": 8, "epochs": 2, "rng": rng}
    return model, fit(model, x, y, **{**kept, **settings}), x, y


class Waits(TorchDispatchMode):
    """Counts reads of a value by Python, each of which would wait for a GPU."""

    READS = ("aten::_local_scalar_dense", "aten::is_nonzero", "aten::nonzero", "aten::equal")

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.count += func._schema.name in self.READS
        return func(*args, **(kwargs or {}))


def right(outputs, y):
    return (outputs.argmax(1) == y).float().mean()


@pytest.mark.parametrize("optimizer", ["SGD", "Nesterov", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta"])
def test_no_step_waits_for_a_gpu(monkeypatch, optimizer):
    monkeypatch.setattr(training, "_watched", lambda place: False)
    counts = []
    for n in (16, 160):
        model, x, y, rng = problem(n)
        stepper = getattr(mirror, optimizer)(model.parameters(), lr=0.01)
        with Waits() as waits:
            fit(
                model,
                x,
                y,
                loss=torch.nn.functional.cross_entropy,  # ours looks at the labels, on the CPU alone
                optimizer=stepper,
                batch_size=8,
                epochs=1,
                rng=rng,
                metrics={"right": right, "accuracy": mirror.accuracy},
                penalty=mirror.l2_penalty,
                max_grad_norm=1.0,
            )
        counts.append(waits.count)
    assert counts[0] == counts[1]


def test_the_counter_of_waits_sees_one():
    with Waits() as waits:
        train()
    with Waits() as more:
        train(160)
    assert 0 < waits.count < more.count


def test_a_metric_may_give_a_tensor():
    _, history, _, _ = train(metrics={"tensor": right, "number": lambda z, y: float(right(z, y))})
    np.testing.assert_allclose(history["tensor"], history["number"], rtol=1e-6)


@pytest.mark.parametrize("batch_size", [8, 40])
def test_a_loss_that_is_not_finite_stops_a_gpu_at_the_end_of_the_epoch(monkeypatch, batch_size):
    """On the CPU the step is not taken, and the layer is named: tested with the reference's."""
    monkeypatch.setattr(training, "_watched", lambda place: False)
    model, x, y, _ = problem()
    x[-1] = np.nan
    with pytest.raises(NonFiniteError, match=f"nan in epoch 1, step {40 // batch_size}"):
        fit(model, x, y, loss=cross_entropy, optimizer=mirror.SGD(model.parameters()), batch_size=batch_size)


def test_on_the_cpu_the_step_after_a_loss_that_is_not_finite_is_not_taken():
    model, x, y, _ = problem()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x[0] = np.nan
    with pytest.raises(NonFiniteError, match="epoch 1, step 1: the samples themselves"):
        fit(model, x, y, loss=cross_entropy, optimizer=mirror.SGD(model.parameters()), batch_size=8)
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_casts_model_samples_and_validation(dtype):
    start = torch.float64 if dtype is torch.float32 else torch.float32
    model, x, y, _ = problem(dtype=start)
    optimizer = Adam(model.parameters())
    kept = {"loss": cross_entropy, "optimizer": optimizer, "epochs": 1}
    fit(model, x.astype(str(start).removeprefix("torch.")), y, **kept)
    fit(model, x, y, dtype=dtype, validation=(x, y), **kept)
    assert {p.dtype for p in model.parameters()} == {dtype}
    moments = [value for kept in optimizer.state.values() for value in kept.values()]
    assert {value.dtype for value in moments if value.ndim} == {dtype}
    assert predict(model, x.astype(np.float64), dtype=dtype, batch_size=7).dtype == dtype


def test_bfloat16_multiplies_in_bfloat16_and_keeps_the_weights():
    seen = []

    def watch(module, inputs, outputs):
        if isinstance(module, Dense):
            seen.append(outputs.dtype)

    with mirror.observe_calls(watch):
        _, history, x, y = train(epochs=30)
        assert set(seen) == {torch.float32}
        seen.clear()
        other, rough, _, _ = train(epochs=30, dtype=torch.bfloat16)
    assert set(seen) == {torch.bfloat16}
    assert {p.dtype for p in other.parameters()} == {torch.float32}
    assert rough["loss"] != history["loss"]
    np.testing.assert_allclose(rough["loss"], history["loss"], rtol=0.05)
    assert evaluate(other, x, y, loss=cross_entropy, dtype=torch.bfloat16)["loss"] == pytest.approx(
        evaluate(other, x, y, loss=cross_entropy)["loss"], rel=0.05
    )


@pytest.mark.parametrize("case", of_kind(LayerCase), ids=lambda case: case.name)
def test_every_layer_takes_bfloat16_under_autocast(case):
    """What a product before it hands on, with weights in float32."""
    for seed in range(4):
        call, inputs = case.draw(Seeded(seed))
        call = built(call, mirror)
        constructor = getattr(mirror, case.name)
        extra = taken(constructor, rng=np.random.default_rng(0)) if case.rng else {}
        module = constructor(*call.args, **settled(call.settings), **extra).eval()
        tensors = [to_torch(cast(x, np.float32), grad=False) for x in inputs]
        plain = as_tuple(module(*tensors))
        rough = [
            x.bfloat16() if isinstance(x, torch.Tensor) and x.is_floating_point() else x for x in tensors
        ]
        with torch.autocast("cpu", torch.bfloat16):
            found = as_tuple(module(*rough))
        for y, z in zip(plain, found, strict=True):
            if (
                y.is_floating_point() and case.name != "Step"
            ):  # a value next to its threshold may land on the other side
                close(y.detach(), z.detach().float(), 0.05, case.name)


@pytest.mark.parametrize("dtype", [torch.float16, torch.int64])
def test_another_dtype_is_refused(dtype):
    with pytest.raises(ValidationError, match="dtype"):
        train(dtype=dtype)


def test_a_negative_limit_of_the_gradient_is_refused():
    with pytest.raises(ValidationError, match="max_grad_norm"):
        train(max_grad_norm=-1.0)


def test_a_cuda_card_fetches_batches_from_pinned_memory_without_waiting():
    calls = []

    class Host:
        device = torch.device("cpu")

        def pin_memory(self):
            calls.append("pinned")
            return self

        def to(self, place, non_blocking=False):
            calls.append((str(place), non_blocking))
            return self

    training._send(Host(), torch.device("cuda:0"))
    assert calls == ["pinned", ("cuda:0", True)]
    calls.clear()
    training._send(Host(), torch.device("cpu"))
    assert calls == [("cpu", False)]


def test_deterministic_mode_trains_the_same_twice():
    losses = []
    for _ in range(2):
        with mirror.deterministic():
            losses.append(train(device="cpu")[1]["loss"])
    assert losses[0] == losses[1]


def test_weights_that_a_layer_shares_are_trained_alike_wherever_it_stands():
    rng = np.random.default_rng(0)
    shared = Dense(4, 4, rng=rng)
    twice = Sequential(shared, Tanh(), shared)
    x = torch.ones(2, 4)
    assert torch.equal(twice(x), shared(torch.tanh(shared(x))))
