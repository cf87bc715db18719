"""Measuring a ratio: paired, shuffled rounds in process CPU time."""

import gc
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Run = Callable[[], Any]


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    rounds: int = 15
    least_rounds: int = 5
    sample: float = 0.02  # CPU seconds
    budget: float = 4.0  # CPU seconds of one benchmark, beyond which rounds are left out


QUICK = Effort(rounds=3, least_rounds=1, sample=0.001, budget=0.1)


class Ratio(NamedTuple):
    """Median of the rounds' ratios with its quartiles, and the median seconds of both sides."""

    median: float
    low: float
    high: float
    ours: float
    theirs: float


def ratio(
    ours: Run,
    theirs: Run,
    effort: Effort,
    *,
    clock: Callable[[], float] = time.process_time,
    seed: int = 0,
) -> Ratio:
    """Measure how many times as long `ours` takes as `theirs`.

    Both run in each round, in a random order, so that what slows the machine for a while slows
    both, and the median over the rounds forgets the rounds where it did not.
    """
    rng = np.random.default_rng(seed)
    runs = (ours, theirs)
    gc.collect()
    gc.freeze()  # what the libraries hold is not searched again and again while something is timed
    repeats = [_repeats(run, effort.sample, clock) for run in runs]
    samples: list[list[float]] = []
    start = clock()
    while len(samples) < effort.rounds and (
        len(samples) < effort.least_rounds or clock() - start < effort.budget
    ):
        times = [0.0, 0.0]
        for side in rng.permutation(2):
            times[side] = _sample(runs[side], repeats[side], clock)
        samples.append(times)
    ratios = [a / b for a, b in samples]
    low, middle, high = np.quantile(ratios, [0.25, 0.5, 0.75]).tolist()
    return Ratio(middle, low, high, *np.median(samples, axis=0).tolist())


def _repeats(run: Run, least: float, clock: Callable[[], float]) -> int:
    """Calls that together last `least` seconds."""
    calls = 1
    while (seconds := _seconds(run, calls, clock)) < least:
        calls = max(calls + 1, math.ceil(calls * min(10.0, 1.2 * least / max(seconds, 1e-9))))
    return calls


def _sample(run: Run, calls: int, clock: Callable[[], float]) -> float:
    run()  # untimed: the other side's data fill the caches
    return _seconds(run, calls, clock) / calls


def _seconds(run: Run, calls: int, clock: Callable[[], float]) -> float:
    start = clock()
    for _ in range(calls):
        run()
    return clock() - start


class Different(Exception):
    """Both sides of a benchmark do not compute the same."""


def require_same(ours: Any, theirs: Any, tolerance: float = 1e-4) -> None:
    """Compare what both sides returned, array by array, by the norm of the difference."""
    pairs = list(zip(_arrays(ours), _arrays(theirs), strict=True))
    if not pairs:
        raise Different("nothing to compare")
    for i, (a, b) in enumerate(pairs):
        if a.shape != b.shape:
            raise Different(f"result {i}: shapes {a.shape} and {b.shape}")
        error, scale = np.linalg.norm(a - b), np.linalg.norm(a) + np.linalg.norm(b)
        if not error <= tolerance * scale:
            raise Different(f"result {i}: differ by {error:.1e} of {scale:.1e}")


def _arrays(results: Any) -> Iterable[np.ndarray]:
    for result in results if isinstance(results, tuple | list) else (results,):
        if result is not None:
            value = result.detach().numpy() if hasattr(result, "detach") else result
            yield np.asarray(value, np.float64).ravel() if np.ndim(value) == 0 else np.asarray(value, float)
