"""What the mirror reaches on a CUDA card: ``python -m benchmarks.gpu``.

Against cuDNN as torch.nn calls it: convolution, LSTM and GRU at teaching sizes and at a large
one; the explicit LSTM captured in a CUDA graph; and training steps a second on the card and on
the CPU. Times are of the card, from events on its stream, in shuffled pairs. It needs torch and
NumPy alone.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

import dlcore
from dlcore import pytorch as mirror

Run = Callable[[], Any]

ROUNDS, CALLS = 15, 20

#: Name: batch, channels in and out, kernel, image.
CONVOLUTIONS = {
    "conv2d N64 1->16 3x3 28x28": (64, 1, 16, 3, 28),
    "conv2d N64 16->32 3x3 14x14": (64, 16, 32, 3, 14),
    "conv2d N128 128->128 3x3 56x56": (128, 128, 128, 3, 56),
}
#: Name: batch, steps, inputs, units.
SEQUENCES = {
    "N32 T50 D64 H64": (32, 50, 64, 64),
    "N32 T50 D128 H128": (32, 50, 128, 128),
    "N128 T200 D512 H512": (128, 200, 512, 512),
}


def there_and_back(module: nn.Module, x: torch.Tensor) -> Run:
    """Forward and backward to the input and all parameters, of the first output where there are several."""
    x = x.clone().requires_grad_()
    leaves = [x, *module.parameters()]
    first = module(x)
    dy = torch.ones_like(first[0] if isinstance(first, tuple) else first)

    def run() -> tuple[torch.Tensor, ...]:
        y = module(x)
        y = y[0] if isinstance(y, tuple) else y
        return y, *torch.autograd.grad(y, leaves, dy)

    return run


def card_seconds(run: Run, calls: int = CALLS) -> float:
    """Seconds of the card for one call."""
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    for _ in range(calls):
        run()
    end.record()
    torch.cuda.synchronize()
    return 1e-3 * start.elapsed_time(end) / calls


def ratio(ours: Run, theirs: Run, seconds: Callable[[Run], float] = card_seconds) -> dict[str, float]:
    """Median over rounds in a random order of how many times as long `ours` takes."""
    rng = np.random.default_rng(0)
    for run in (ours, theirs):
        seconds(run)
    pairs = []
    for _ in range(ROUNDS):
        times = [0.0, 0.0]
        for side in rng.permutation(2):
            times[side] = seconds((ours, theirs)[side])
        pairs.append(times)
    low, middle, high = np.quantile([a / b for a, b in pairs], [0.25, 0.5, 0.75]).tolist()
    mine, other = np.median(pairs, axis=0).tolist()
    return {"ratio": middle, "low": low, "high": high, "seconds": mine, "peer_seconds": other}


def require_same(ours: Run, theirs: Run) -> None:
    """Raise unless both sides return the same up to float32's rounding, TF32 allowed."""
    for a, b in zip(ours(), theirs(), strict=True):
        a, b = a.detach(), b.detach()
        error = float((a - b).norm() / (a.norm() + b.norm()).clamp(min=1e-6))
        if not error < 1e-2:
            raise ValueError(f"the sides differ by {error:.1e}")


def convolution(sizes: tuple[int, ...], device: str) -> tuple[Run, Run]:
    """Our convolution and torch's, from equal weights."""
    n, channels, filters, width, image = sizes
    ours = mirror.Conv2d(
        channels, filters, width, padding=width // 2, rng=np.random.default_rng(0), device=device
    )
    theirs = nn.Conv2d(channels, filters, width, padding=width // 2, device=device)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(n, channels, image, image, device=device)
    return there_and_back(ours, x), there_and_back(theirs, x)


def recurrence(kind: str, sizes: tuple[int, ...], device: str) -> tuple[Run, Run]:
    """Our LSTM or GRU and torch's, from equal weights."""
    n, steps, inputs, units = sizes
    ours = getattr(mirror, kind)(inputs, units, rng=np.random.default_rng(0), device=device)
    theirs = getattr(nn, kind)(inputs, units, batch_first=True, device=device)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(n, steps, inputs, device=device)
    return there_and_back(ours, x), there_and_back(theirs, x)


class Explicit(nn.Module):
    """The equations of the LSTM step by step, on the weights of an `nn.LSTM`."""

    def __init__(self, layer: nn.LSTM) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run `lstm_naive` from zero states."""
        return mirror.lstm_naive(x, None, None, *self.layer.parameters())[0]


def captured(sizes: tuple[int, ...], device: str) -> tuple[Run, Run]:
    """The explicit LSTM, forward and backward as one CUDA graph, and cuDNN's."""
    n, steps, inputs, units = sizes
    theirs = nn.LSTM(inputs, units, batch_first=True, device=device)
    x = torch.randn(n, steps, inputs, device=device)
    ours = there_and_back(Explicit(theirs), x)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            ours()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        outputs = ours()

    def replay() -> tuple[torch.Tensor, ...]:
        graph.replay()
        return outputs

    return replay, there_and_back(theirs, x)


class Letters(mirror.Layer):
    """LSTM over one-hot letters, scores of the next letter."""

    def __init__(self, letters: int, units: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.embedding = mirror.Embedding(letters, 32, rng=rng)
        self.lstm = mirror.LSTM(32, units, rng=rng)
        self.dense = mirror.Dense(units, letters, rng=rng)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores with the letters on axis 1."""
        return self.dense(self.lstm(self.embedding(x))[0]).movedim(-1, 1)


def cnn(rng: np.random.Generator) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """Two convolutions over images as large as MNIST's."""
    model = mirror.Sequential(
        mirror.Conv2d(1, 32, 3, padding=1, rng=rng),
        mirror.ReLU(),
        mirror.MaxPool2d(2),
        mirror.Conv2d(32, 64, 3, padding=1, rng=rng),
        mirror.ReLU(),
        mirror.MaxPool2d(2),
        mirror.Flatten(),
        mirror.Dense(3136, 10, rng=rng),
    )
    x = torch.from_numpy(rng.standard_normal((2048, 1, 28, 28), dtype=np.float32))
    return model, x, torch.from_numpy(rng.integers(10, size=2048))


def lstm(rng: np.random.Generator) -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """An LSTM over sequences of 100 letters."""
    codes = torch.from_numpy(rng.integers(65, size=(2048, 101)))
    return Letters(65, 256, rng), codes[:, :-1], codes[:, 1:]


def steps_a_second(
    build: Callable[..., Any], device: str, samples: int = 2048, batch_size: int = 64
) -> float:
    """Steps of `fit` a second by the clock, samples on the device, after one epoch to warm up."""
    rng = np.random.default_rng(0)
    model, x, y = build(rng)
    x, y = x[:samples].to(device), y[:samples].to(device)
    optimizer = mirror.Adam(model.parameters())
    kept = {"loss": mirror.cross_entropy, "batch_size": batch_size, "rng": rng, "progress": False}
    mirror.fit(model, x, y, optimizer=optimizer, epochs=1, device=device, **kept)
    start = time.perf_counter()
    mirror.fit(model, x, y, optimizer=optimizer, epochs=1, device=device, **kept)
    return samples / batch_size / (time.perf_counter() - start)


def ratios(device: str) -> list[dict[str, Any]]:
    """Measure every ratio to cuDNN and print it."""
    sides: list[tuple[str, float, Callable[[], tuple[Run, Run]]]] = []
    for name, sizes in CONVOLUTIONS.items():
        sides.append((name, 1.1, lambda sizes=sizes: convolution(sizes, device)))
    for kind in ("LSTM", "GRU"):
        for name, sizes in SEQUENCES.items():
            sides.append((f"{kind} {name}", 1.1, lambda k=kind, s=sizes: recurrence(k, s, device)))
    for name, sizes in list(SEQUENCES.items())[:2]:
        sides.append((f"explicit LSTM {name}, captured", 2.0, lambda sizes=sizes: captured(sizes, device)))
    rows = []
    for name, target, build in sides:
        ours, theirs = build()
        require_same(ours, theirs)
        row = {"name": name, "peer": "cuDNN", "target": target, **ratio(ours, theirs)}
        rows.append(row)
        verdict = "met" if row["ratio"] <= target else "MISSED"
        print(f"{name:<44} {row['ratio']:6.2f} of {target:.1f}  {verdict:<6} {1e3 * row['seconds']:8.3f} ms")
    return rows


def rates(device: str) -> list[dict[str, Any]]:
    """Measure steps a second on the card and on the CPU, and print them."""
    rows = []
    for name, build in (("CNN 28x28", cnn), ("LSTM T100 H256", lstm)):
        card, host = steps_a_second(build, device), steps_a_second(build, "cpu", samples=512)
        rows.append({"name": name, "card": card, "cpu": host, "ratio": card / host})
        print(f"{name:<44} {card:8.1f} steps/s on the card, {host:8.1f} on the CPU: {card / host:.1f} times")
    return rows


def machine() -> dict[str, Any]:
    """Say what was measured on."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "card": torch.cuda.get_device_name(),
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "dlcore": dlcore.__version__,
        "python": platform.python_version(),
        "cpu threads": torch.get_num_threads(),
    }


def main(arguments: list[str]) -> int:
    """Measure, print, and write JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured as JSON")
    options = parser.parse_args(arguments)
    if not torch.cuda.is_available():
        print("No CUDA card: torch finds none here, so there is nothing to measure.", file=sys.stderr)
        return 1
    found = {"machine": machine()}
    print("  ".join(f"{name} {value}" for name, value in found["machine"].items()))
    found |= {"ratios": ratios("cuda"), "steps per second": rates("cuda")}
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
