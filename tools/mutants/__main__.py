"""Plant small faults in the reference, one at a time, and count those that the tests catch."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tools.mutants import mutations, trial
from tools.mutants.mutations import Mutant
from tools.mutants.trial import Baseline, TestRun

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/conformance", "tests/reference", "tests/test_gradcheck.py", "tests/test_initializers.py")
GOAL = 0.9
#: CPU seconds of tests a mutant is tried with: those first that call the fewest functions besides.
BUDGET = 60.0
SURVIVED, KILLED, TIMEOUT = "survived", "killed", "timeout"


class Trial(NamedTuple):
    """A mutant and what became of it."""

    mutant: Mutant
    outcome: str
    tests: int


class Plan(NamedTuple):
    """A mutant, the tests that could catch it, and their limit of CPU time."""

    mutant: Mutant
    tests: list[str]
    limit: float


def planned(root: Path, mutant: Mutant, baseline: Baseline, patience: float) -> Plan:
    """Choose the tests that call the mutant's function, or anything of its file if it is in none."""
    file = str(root / mutant.file)

    def calls(run: TestRun) -> bool:
        if mutant.function:
            return (file, mutant.function) in run.functions
        return any(where == file for where, _ in run.functions)

    able = [(name, run) for name, run in baseline.runs.items() if run.passed and calls(run)]
    able.sort(key=lambda pair: (len(pair[1].functions), pair[1].seconds))
    chosen, seconds = [], 0.0
    for name, run in able:
        if seconds + run.seconds <= BUDGET:
            chosen.append(name)
            seconds += run.seconds
    return Plan(mutant, chosen, patience + 2 * baseline.overhead + 5 * seconds)


def tried(root: Path, plans: list[Plan], jobs: int) -> Iterator[Trial]:
    """Try mutants, so many at a time, and yield each as soon as it is decided."""
    waiting, running = list(reversed(plans)), {}
    while waiting or running:
        while waiting and len(running) < jobs:
            plan = waiting.pop()
            if plan.tests:
                running[trial.start(root, plan.mutant, plan.tests, plan.limit)] = plan
            else:
                yield Trial(plan.mutant, SURVIVED, 0)
        if running:
            process, status = os.wait()
            plan = running.pop(process)
            yield Trial(plan.mutant, outcome(status), len(plan.tests))


def uncontrolled(root: Path, plans: list[Plan], jobs: int) -> list[str]:
    """Try each file unchanged, with the tests of one of its mutants; name those that fail all the same."""
    first = {plan.mutant.file: plan for plan in reversed(plans) if plan.tests}
    controls = [
        plan._replace(mutant=replace(plan.mutant, source=(root / file).read_text()))
        for file, plan in first.items()
    ]
    return [str(one.mutant.file) for one in tried(root, controls, jobs) if one.outcome != SURVIVED]


def outcome(status: int) -> str:
    """Read a process's wait status."""
    if os.WIFSIGNALED(status):
        return TIMEOUT if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else KILLED
    return SURVIVED if os.WEXITSTATUS(status) == 0 else KILLED


def table(trials: list[Trial]) -> str:
    """Count the outcomes file by file."""
    lines = [f"{'file':<46} {'mutants':>8} {KILLED:>8} {TIMEOUT:>8} {SURVIVED:>8}"]
    by_file: dict[str, list[Trial]] = {}
    for one in trials:
        by_file.setdefault(str(one.mutant.file), []).append(one)
    for file, group in [*sorted(by_file.items()), ("all", trials)]:
        counts = Counter(one.outcome for one in group)
        row = (len(group), counts[KILLED], counts[TIMEOUT], counts[SURVIVED])
        lines.append(f"{file:<46} " + " ".join(f"{number:>8}" for number in row))
    return "\n".join(lines)


def described(baseline: Baseline) -> str:
    """Say how many tests there are, and name those that fail by themselves and so can show nothing."""
    seconds = sum(run.seconds for run in baseline.runs.values())
    failing = [name for name, run in baseline.runs.items() if not run.passed]
    lines = [f"{len(baseline.runs)} tests take {seconds:.0f} s of CPU time without a fault"]
    return "\n".join(lines + [f"  left out, fails by itself: {name}" for name in failing])


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=300, help="mutants to try (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=4, help="draws the sample (default: %(default)s)")
    parser.add_argument("--only", default="", metavar="TEXT", help="mutants whose file name holds this")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default: %(default)s)")
    parser.add_argument(
        "--examples", type=int, default=20, help="Hypothesis examples a test (default: %(default)s)"
    )
    parser.add_argument(
        "--patience", type=float, default=5.0, help="further CPU seconds (default: %(default)s)"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout")
    parser.add_argument("--package", type=Path, default=Path("dlcore/reference"), help="what is changed")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="what should notice")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Draw and try; the status is 1 where too few are caught, 2 where nothing can be said."""
    options = parse(arguments)
    options.root = options.root.resolve()
    start = time.perf_counter()
    changes = mutations.of_package(options.root, options.package)
    changes = [change for change in changes if options.only in str(change.file)]
    sample = mutations.drawn(changes, options.sample, options.seed)
    print(f"{len(sample)} of {len(changes)} mutants of {options.package}, drawn with seed {options.seed}")
    with tempfile.TemporaryDirectory() as cache:
        trial.warm_up(options.root, cache)
        status = tested(options, sample)
    print(f"{time.perf_counter() - start:.0f} s")
    return status


def tested(options: argparse.Namespace, sample: list[Mutant]) -> int:
    """Run the tests without a fault, then against each mutant, and print what survives."""
    trial.limit_examples(options.examples)
    baseline = trial.watch(options.root / options.package, options.tests)
    print(described(baseline), flush=True)
    plans = [planned(options.root, mutant, baseline, options.patience) for mutant in sample]
    if wrong := uncontrolled(options.root, plans, options.jobs):
        print(f"killed without a fault: {', '.join(wrong)}; nothing can be concluded")
        return 2
    trials = []
    for one in tried(options.root, plans, options.jobs):
        trials.append(one)
        if one.outcome == SURVIVED:
            tests = f"survived {one.tests} tests" if one.tests else "no test calls it"
            print(f"{one.mutant}  # {tests}", flush=True)
    share = sum(one.outcome != SURVIVED for one in trials) / max(len(trials), 1)
    print(f"\n{table(trials)}\n\n{share:.1%} killed, {GOAL:.0%} wanted")
    return int(share < GOAL)


if __name__ == "__main__":
    sys.exit(main())
