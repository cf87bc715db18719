"""What can be checked of the benchmark for cards without one."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from benchmarks import gpu

ROOT = Path(__file__).resolve().parents[2]


def test_both_sides_compute_the_same():
    for ours, theirs in (
        gpu.convolution((2, 3, 4, 3, 6), "cpu"),
        gpu.recurrence("LSTM", (2, 5, 3, 4), "cpu"),
        gpu.recurrence("GRU", (2, 5, 3, 4), "cpu"),
    ):
        gpu.require_same(ours, theirs)


def test_the_explicit_equations_are_those_of_the_kernel():
    layer = torch.nn.LSTM(3, 4, batch_first=True)
    x = torch.randn(2, 5, 3)
    gpu.require_same(gpu.there_and_back(gpu.Explicit(layer), x), gpu.there_and_back(layer, x))


def test_sides_that_differ_are_refused():
    x = torch.randn(2, 3)
    one, other = (gpu.there_and_back(torch.nn.Linear(3, 3), x) for _ in range(2))
    with pytest.raises(ValueError, match="differ"):
        gpu.require_same(one, other)


def test_a_ratio_is_ours_over_theirs():
    durations = {True: 3.0, False: 1.5}
    assert gpu.ratio(True, False, durations.__getitem__)["ratio"] == 2.0


@pytest.mark.parametrize("build", [gpu.cnn, gpu.lstm])
def test_models_train(build):
    start = time.perf_counter()
    rate = gpu.steps_a_second(build, "cpu", samples=4, batch_size=2)
    assert 2 / rate < time.perf_counter() - start


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_without_a_card_it_says_so():
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert "No CUDA card" in run.stderr
    assert "Traceback" not in run.stderr
