"""Running tests in a fork: all at once to learn what they call, or against a mutant."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import os
import pickle
import resource
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import hypothesis
import pytest

from tools.mutants.mutations import Mutant

QUIET = ("-q", "-x", "--no-header", "-p", "no:cacheprovider")
WARM = ("numpy", "hypothesis.extra.numpy", "torch", "torch.nn", "scipy.special", "psutil")


def warm_up(root: Path, cache: str) -> None:
    """Load what every trial needs, but nothing of the package that is changed; keep bytecode in `cache`."""
    sys.dont_write_bytecode, sys.pycache_prefix = False, cache
    sys.path.insert(0, str(root))
    os.chdir(root)
    os.environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OMP_NUM_THREADS": "1"}
    for name in WARM:
        if importlib.util.find_spec(name.split(".")[0]):
            importlib.import_module(name)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)


def limit_examples(most: int) -> None:
    """Let Hypothesis draw at most so many examples a test, always the same ones, and not shrink them."""
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutants", max_examples=most, phases=phases, derandomize=True, database=None, deadline=None
    )
    hypothesis.settings.load_profile("mutants")
    original = hypothesis.settings.__init__

    def limited(self: Any, *args: Any, max_examples: Any = None, **settings: Any) -> None:
        if isinstance(max_examples, int):
            settings["max_examples"] = min(max_examples, most)
        original(self, *args, **settings)

    hypothesis.settings.__init__ = limited  # type: ignore[method-assign]


# ------------------------------------------------------------------ which test calls what


@dataclass
class TestRun:
    """What one test did without any fault planted."""

    __test__ = False
    seconds: float = 0.0
    passed: bool = True
    functions: set[tuple[str, str]] = field(default_factory=set)  # file and __qualname__


class _Watcher:
    """A pytest plugin that notes which functions of a package each test calls."""

    def __init__(self, folder: str) -> None:
        self.folder, self.runs = folder + os.sep, {}
        self._current = TestRun()

    def _trace(self, frame: Any, event: str, arg: Any) -> None:
        code = frame.f_code
        if code.co_filename.startswith(self.folder):
            self._current.functions.add((code.co_filename, code.co_qualname))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._current = self.runs[item.nodeid] = TestRun()
        start = time.process_time()
        sys.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self._current.seconds = time.process_time() - start

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._current.passed &= report.outcome != "failed"


class Baseline(NamedTuple):
    """What the tests do without a fault, and the CPU seconds that pytest takes besides."""

    runs: dict[str, TestRun]
    overhead: float


def watch(folder: Path, tests: Sequence[str]) -> Baseline:
    """Run the tests once, in a fork, and note what each of them calls."""
    with tempfile.NamedTemporaryFile() as file:

        def child() -> int:
            watcher = _Watcher(str(folder))
            pytest.main([*(flag for flag in QUIET if flag != "-x"), *tests], plugins=[watcher])
            Path(file.name).write_bytes(pickle.dumps(watcher.runs))
            return 0

        _, status, usage = os.wait4(forked(child), 0)
        if status:
            raise RuntimeError(f"the tests could not be run without a fault: status {status}")
        runs: dict[str, TestRun] = pickle.loads(Path(file.name).read_bytes())
    if not runs:
        raise RuntimeError(f"no tests found in {', '.join(tests)}")
    taken = usage.ru_utime + usage.ru_stime
    return Baseline(runs, taken - sum(run.seconds for run in runs.values()))


# ------------------------------------------------------------------ against a mutant


class _Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Import one module from a changed source."""

    def __init__(self, root: Path, mutant: Mutant) -> None:
        parts = mutant.file.with_suffix("").parts
        self.package = parts[-1] == "__init__"
        self.name = ".".join(parts[:-1] if self.package else parts)
        self.path, self.source = str(root / mutant.file), mutant.source

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def is_package(self, fullname: str) -> bool:
        return self.package

    def exec_module(self, module: Any) -> None:
        exec(compile(self.source, self.path, "exec"), module.__dict__)


def start(root: Path, mutant: Mutant, tests: list[str], seconds: float) -> int:
    """Begin to run tests against a mutant in a fork, with a limit of CPU time; return its process."""

    def child() -> int:
        limit_time(seconds)
        sys.meta_path.insert(0, _Planted(root, mutant))
        return int(pytest.main([*QUIET, *tests]))

    return forked(child)


def limit_time(seconds: float) -> None:
    """Kill this process when it has used so much CPU time."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))


def forked(work: Callable[[], int]) -> int:
    """Do some work in a fork, whose exit status is its result; return the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    return process or _run_and_exit(work)


def _run_and_exit(work: Callable[[], int]) -> NoReturn:
    status = 99
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        status = work()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
