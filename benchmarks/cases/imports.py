"""What an import costs, in CPU time of a fresh interpreter."""

import atexit
import functools
import os
import statistics
import subprocess
import sys
import tempfile

from benchmarks.declared import figure

TIMED = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"
LIMIT = 0.020  # CPU seconds of `import dlcore`


@functools.cache
def environment():
    """Bytecode is kept, as it is where a package is installed, in a folder of our own."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder.name}


def seconds(module):
    run = subprocess.run(
        [sys.executable, "-c", TIMED.format(module)],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return float(run.stdout)


def taken(modules, rounds):
    """Times of each module, taken in turns; the first turn writes the bytecode and does not count."""
    return [[seconds(module) for module in modules] for _ in range(rounds + 1)][1:]


@figure("import dlcore", peer=f"{1e3 * LIMIT:.0f} ms", group="imports", target=1.0)
def package(effort):
    median = statistics.median(time for (time,) in taken(["dlcore"], effort.rounds))
    return median / LIMIT, (f"{1e3 * median:.1f} ms",)


@figure("import dlcore.reference", peer="import numpy", group="imports", target=1.2)
def reference(effort):
    times = taken(["dlcore.reference", "numpy"], effort.rounds)
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    return statistics.median(a / b for a, b in times), tuple(f"{1e3 * median:.0f} ms" for median in medians)
