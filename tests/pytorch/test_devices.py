"""Where to compute."""

import os

import numpy as np
import pytest
import torch

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.errors import ValidationError
from dlcore.pytorch import deterministic, from_numpy, resolve_device
from dlcore.pytorch.dropout import draw_mask
from tests.conformance.case import LayerCase, Seeded, built, of_kind
from tests.conformance.support import settled, taken


def pretend(monkeypatch, *, cuda, mps, cards=1):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards if cuda else 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "found"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_auto_takes_the_fastest_that_is_there(monkeypatch, cuda, mps, found):
    pretend(monkeypatch, cuda=cuda, mps=mps)
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    assert resolve_device("auto") == torch.device(found)


def test_each_process_of_a_machine_takes_its_own_card(monkeypatch):
    pretend(monkeypatch, cuda=True, mps=False, cards=4)
    monkeypatch.setenv("LOCAL_RANK", "3")
    assert resolve_device("auto") == resolve_device("cuda") == torch.device("cuda:3")
    assert resolve_device("cuda:1") == torch.device("cuda:1")


@pytest.mark.parametrize(("device", "message"), [("cuda", "no CUDA card"), ("abacus", "abacus")])
def test_a_device_that_is_not_there_is_refused(monkeypatch, device, message):
    pretend(monkeypatch, cuda=False, mps=False)
    with pytest.raises(ValidationError, match=message):
        resolve_device(device)


@pytest.mark.parametrize("case", of_kind(LayerCase), ids=lambda case: case.name)
def test_every_layer_with_weights_or_buffers_takes_auto_and_puts_all_of_them_there(monkeypatch, case):
    """The meta device stands for a GPU: what is left on the CPU is seen."""
    constructor = getattr(mirror, case.name)
    for module in ("base", "normalization", "transfer"):
        monkeypatch.setattr(f"dlcore.pytorch.{module}.resolve_device", lambda device: torch.device("meta"))
    call, _ = case.draw(Seeded(0))
    call = built(call, mirror)
    extra = taken(constructor, rng=np.random.default_rng(0), device="auto") if case.rng else {}
    module = constructor(*call.args, **settled(call.settings), **extra)
    assert all(tensor.is_meta for tensor in (*module.parameters(), *module.buffers()))
    if list(module.parameters()) and case.name != "Residual":
        assert "device" in extra


def test_from_numpy_takes_auto(monkeypatch):
    pretend(monkeypatch, cuda=False, mps=False)
    layer = reference.Dense(2, 3, rng=np.random.default_rng(0))
    assert next(from_numpy(layer, device="auto").parameters()).device == torch.device("cpu")


def test_deterministic_mode_ends_with_its_block():
    assert not torch.are_deterministic_algorithms_enabled()
    before = os.environ.get("CUBLAS_WORKSPACE_CONFIG")
    with deterministic():
        assert torch.are_deterministic_algorithms_enabled()
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"]
    assert not torch.are_deterministic_algorithms_enabled()
    assert os.environ.get("CUBLAS_WORKSPACE_CONFIG") == before


def test_a_mask_away_from_the_cpu_is_seeded_from_rng(monkeypatch):
    """torch draws instead of NumPy there; the CPU plays the other device."""
    seeds = []

    class Watched(torch.Generator):
        def manual_seed(self, seed):
            seeds.append(seed)
            return super().manual_seed(seed)

    class Elsewhere:
        type = "cuda"

    rand = torch.rand
    monkeypatch.setattr(torch, "Generator", lambda device: Watched())
    monkeypatch.setattr(torch, "rand", lambda *shape, generator, device: rand(*shape, generator=generator))
    first, second = (draw_mask((4000,), 0.3, np.random.default_rng(5), Elsewhere()) for _ in range(2))
    assert seeds[0] == seeds[1] == int(np.random.default_rng(5).integers(2**63))
    assert torch.equal(first, second)
    assert 0.65 < first.double().mean() < 0.75
    rng = np.random.default_rng(5)
    assert not torch.equal(
        draw_mask((4000,), 0.3, rng, Elsewhere()), draw_mask((4000,), 0.3, rng, Elsewhere())
    )
