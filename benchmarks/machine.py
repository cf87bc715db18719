"""The environment that makes ratios repeatable, and what machine and libraries they were taken on."""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

#: One thread on both sides; and memory that a call freed stays with the process. With the
#: defaults of glibc, large arrays are mapped and zeroed afresh in every call, on one side or on
#: the other, depending on what ran before.
SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(4 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(8 << 30),
    "MALLOC_TOP_PAD_": str(64 << 20),
}


def settle(arguments: list[str]) -> None:
    """Start this process again where the settings are missing: libraries read them when they load."""
    if any(os.environ.get(name) != value for name, value in SETTINGS.items()):
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks", *arguments], os.environ | SETTINGS)


def cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def blas() -> str:
    """NumPy's BLAS with the kernels that it picked for this CPU."""
    import numpy as np

    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        built_with = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{built_with['name']} {built_with['version']} (kernels unknown without threadpoolctl)"
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return "; ".join(
        f"{pool['internal_api']} {pool['version']}, {pool.get('architecture', 'unknown')} kernels, "
        f"{pool['num_threads']} thread in {Path(pool['filepath']).name.split('-')[0]}"
        for pool in pools
    )


def description() -> str:
    import numpy as np
    import sklearn
    import torch

    import dlcore

    kernels = torch.backends.cpu.get_cpu_capability()
    return "\n".join(
        [
            f"date      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"CPU       {cpu()}, {os.cpu_count()} cores",
            f"BLAS      {blas()}",
            f"versions  dlcore {dlcore.__version__}, numpy {np.__version__}, torch {torch.__version__} "
            f"({kernels} kernels), scikit-learn {sklearn.__version__}, Python {platform.python_version()}",
            "settings  " + " ".join(f"{name}={value}" for name, value in SETTINGS.items()),
        ]
    )
