"""Training on the card: the same curve, no waiting, types, deterministic mode, one process of torchrun."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.errors import NonFiniteError
from dlcore.pytorch import training

ROOT = Path(__file__).resolve().parents[2]


def cnn(package, rng, dtype):
    return package.Sequential(
        package.Conv2d(1, 8, 3, padding=1, rng=rng, dtype=dtype),
        package.BatchNorm2d(8, dtype=dtype),
        package.ReLU(),
        package.MaxPool2d(2),
        package.Flatten(),
        package.Dense(128, 4, rng=rng, dtype=dtype),
    )


def data(dtype):
    rng = np.random.default_rng(0)
    return rng.normal(size=(200, 1, 8, 8)).astype(dtype), rng.integers(4, size=200)


def train(package, kind, *, epochs=2, **settings):
    rng = np.random.default_rng(1)
    model = cnn(package, rng, kind)
    if package is mirror:
        model.to("cuda")
    x, y = data(np.float64 if kind in (np.float64, torch.float64) else np.float32)
    optimizer = package.Adam(model.parameters(), lr=0.01)
    kept = {"loss": package.cross_entropy, "optimizer": optimizer, "batch_size": 8, "rng": rng}
    return model, package.fit(model, x, y, epochs=epochs, progress=False, **kept, **settings)


def test_fifty_steps_give_the_losses_of_the_reference():
    _, ours = train(reference, np.float64)
    model, theirs = train(mirror, torch.float64, device="auto")
    assert next(model.parameters()).is_cuda
    np.testing.assert_allclose(ours["loss"], theirs["loss"], rtol=1e-8)


def test_an_epoch_does_not_wait_for_the_card(monkeypatch):
    """torch raises at whatever would wait; only reading the numbers of a whole epoch may."""
    read = training._read

    def allowed(values):
        torch.cuda.set_sync_debug_mode("default")
        numbers = read(values)
        torch.cuda.set_sync_debug_mode("error")
        return numbers

    monkeypatch.setattr(training, "_read", allowed)
    rng = np.random.default_rng(1)
    model = cnn(mirror, rng, torch.float32).to("cuda")
    x, y = data(np.float32)
    optimizer = mirror.Adam(model.parameters())
    torch.cuda.set_sync_debug_mode("error")
    try:
        mirror.fit(
            model,
            x,
            y,
            loss=mirror.cross_entropy,
            optimizer=optimizer,
            batch_size=8,
            rng=rng,
            epochs=2,
            max_grad_norm=1.0,
            metrics={"right": lambda z, target: (z.argmax(1) == target).float().mean()},
            progress=False,
        )
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_types(dtype):
    model, history = train(mirror, torch.float32, dtype=dtype)
    expected = torch.float64 if dtype is torch.float64 else torch.float32
    assert {p.dtype for p in model.parameters()} == {expected}
    _, plain = train(mirror, torch.float32)
    np.testing.assert_allclose(history["loss"], plain["loss"], rtol=0.05)


def test_deterministic_mode_gives_the_same_bits_twice():
    runs = []
    for _ in range(2):
        with mirror.deterministic():
            runs.append(train(mirror, torch.float32))
    (first, a), (second, b) = runs
    assert a["loss"] == b["loss"]
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name])


def test_dropout_draws_on_the_card_from_rng():
    x = torch.ones(10000, device="cuda")
    first, second = (mirror.dropout(x, 0.3, rng=np.random.default_rng(5)) for _ in range(2))
    assert first.is_cuda
    assert torch.equal(first, second)
    assert float(first.mean()) == pytest.approx(1.0, abs=0.05)
    rng = np.random.default_rng(5)
    assert not torch.equal(mirror.dropout(x, 0.3, rng=rng), mirror.dropout(x, 0.3, rng=rng))


def test_a_loss_that_is_not_finite_is_noticed_at_the_end_of_the_epoch():
    model = cnn(mirror, np.random.default_rng(0), torch.float32).to("cuda")
    x, y = data(np.float32)
    x[20] = np.nan
    with pytest.raises(NonFiniteError, match="epoch 1, step 3"):
        mirror.fit(
            model,
            x,
            y,
            loss=mirror.cross_entropy,
            optimizer=mirror.SGD(model.parameters()),
            batch_size=8,
            progress=False,
        )


def test_a_checkpoint_from_the_card_goes_on_in_numpy(tmp_path):
    model, _ = train(mirror, torch.float64)
    mirror.save(tmp_path / "x.npz", model)
    layer = cnn(reference, np.random.default_rng(9), np.float64)
    reference.load(tmp_path / "x.npz", layer)
    x, _ = data(np.float64)
    theirs = mirror.predict(model, x, device="auto").cpu().numpy()
    np.testing.assert_allclose(reference.predict(layer, x), theirs, rtol=1e-8, atol=1e-10)


def test_torchrun_takes_a_card_and_nccl(tmp_path):
    program = tmp_path / "train.py"
    program.write_text(
        "import numpy as np, torch, torch.distributed as dist\n"
        "from dlcore import pytorch as m\n"
        "rng = np.random.default_rng(0)\n"
        "model = m.Dense(4, 2, rng=rng)\n"
        "x = rng.normal(size=(20, 4)).astype(np.float32)\n"
        "optimizer = m.SGD(model.parameters(), lr=0.1)\n"
        "m.fit(model, x, (x[:, 0] > 0).astype(int), loss=m.cross_entropy, optimizer=optimizer,\n"
        "      rng=rng, device='auto', progress=False)\n"
        "assert next(model.parameters()).is_cuda\n"
        "assert not dist.is_initialized() or dist.get_backend() == 'nccl'\n"
    )
    cards = str(min(torch.cuda.device_count(), 2))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", cards]
    run = subprocess.run(
        [*command, str(program)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
