"""Say in plain words what this environment can run, and the command that mends each gap.

  ok      works
  gap     an optional part is not there; everything else runs without it
  broken  the core, or something that you set yourself, does not work

Nothing is downloaded and nothing is changed.

Exit status: 0 when nothing is broken (with --strict: when there is no gap either),
1 otherwise, 2 the command was not understood.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import importlib.metadata
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

__all__ = ["CHECKS", "Finding", "configure", "examine", "run"]

PYTHON = (3, 11)

_CORE = ("numpy", "matplotlib", "tqdm")
_NOTEBOOK = {
    "jupyterlab": "open the chapters in JupyterLab",
    "ipykernel": "run notebook cells",
    "ipywidgets": "move sliders in a live notebook",
    "jupytext": "edit the text sources of the chapters",
    "sklearn": "compare with scikit-learn",
    "scipy": "solve the linear programs of the exercises",
    "sympy": "check formulas symbolically",
    "networkx": "draw graphs",
    "pooch": "download the larger data sets once",
}
_DISTRIBUTIONS = {"sklearn": "scikit-learn"}
_FALLBACK = {
    "numpy": "numpy>=2.0",
    "matplotlib": "matplotlib>=3.9",
    "tqdm": "tqdm>=4.66",
    "torch": "torch>=2.6",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes
    ----------
    part : str
        What was looked at, such as ``"torch"``.
    state : str
        ``ok``, ``gap`` or ``broken``.
    says : str
        The finding in plain words.
    mend : str
        The command that mends it; empty when nothing needs mending.
    """

    part: str
    state: str
    says: str
    mend: str = ""


@functools.cache
def _requirements() -> dict[str, str]:
    """Return ``name -> requirement`` as the installed package declares them."""
    try:
        declared = importlib.metadata.requires("dlcore") or []
    except importlib.metadata.PackageNotFoundError:
        return dict(_FALLBACK)
    plain = [line.partition(";")[0].strip() for line in declared]
    named = {
        match[0].lower(): line for line in plain if (match := re.match(r"[\w-]+", line)) and "[" not in line
    }
    return {**_FALLBACK, **named}


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text.partition("+")[0])[:3])


def _pip(name: str, upgrade: bool = False) -> str:
    requirement = _requirements().get(name, name)
    return f'python -m pip install {"--upgrade " if upgrade else ""}"{requirement}"'


def _package(name: str, missing: str, purpose: str) -> Finding:
    """Look at one package without importing it: is it there, and new enough?"""
    distribution = _DISTRIBUTIONS.get(name, name)
    if find_spec(name) is None:
        return Finding(distribution, missing, f"not installed; needed to {purpose}", _pip(distribution))
    try:
        have = importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return Finding(distribution, "ok", "version unknown")
    least = _requirements().get(distribution, "").partition(">=")[2]
    if least and _version(have) < _version(least):
        says = f"{have} is too old to {purpose}; {least} is the least"
        return Finding(distribution, missing, says, _pip(distribution, upgrade=True))
    return Finding(distribution, "ok", have)


def _python() -> Iterator[Finding]:
    have, least = sys.version_info[:3], ".".join(map(str, PYTHON))
    says = f"{'.'.join(map(str, have))} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    if have >= PYTHON:
        yield Finding("python", "ok", says)
    else:
        mend = f"install Python {least} or newer, then: python3 -m venv .venv"
        yield Finding("python", "broken", f"{says}; {least} is the least", mend)


def _core() -> Iterator[Finding]:
    """Import the core packages: one that is there but does not load is as good as missing."""
    for name in _CORE:
        finding = _package(name, "broken", "run anything at all")
        if finding.state == "ok" and (reason := _import_error(name)):
            mend = f"python -m pip install --force-reinstall {name}"
            finding = Finding(name, "broken", f"installed, but does not load: {reason}", mend)
        yield finding


def _import_error(name: str) -> str:
    try:
        importlib.import_module(name)
    except Exception as error:  # a broken binary may raise anything
        return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
    return ""


def _torch() -> Iterator[Finding]:
    finding = _package(
        "torch", "gap", "run the PyTorch mirror and use a GPU; the NumPy reference runs without"
    )
    if finding.state == "ok" and (reason := _import_error("torch")):
        mend = "python -m pip install --force-reinstall torch"
        finding = Finding("torch", "gap", f"installed, but does not load: {reason}", mend)
    yield finding
    if finding.state == "ok":
        yield _accelerator()


def _accelerator() -> Finding:
    import torch

    if torch.cuda.is_available():
        return Finding("gpu", "ok", f"CUDA, {torch.cuda.get_device_name(0)}")
    if torch.backends.mps.is_available():
        return Finding("gpu", "ok", "Apple MPS")
    if shutil.which("nvidia-smi") is None:
        return Finding("gpu", "ok", "none; the processor does everything, only more slowly")
    says = "an NVIDIA driver is there, but this torch cannot use it"
    return Finding(
        "gpu", "gap", says, "reinstall torch with the CUDA build that pytorch.org/get-started names"
    )


def _notebook() -> Iterator[Finding]:
    for name, purpose in _NOTEBOOK.items():
        yield _package(name, "gap", purpose)


def _data() -> Iterator[Finding]:
    """Look for a local data folder; what is bundled and generated needs none."""
    folder = os.environ.get("DLCORE_DATA")
    if folder is None:
        says = "not set; bundled and generated sets need nothing, larger ones are downloaded once and kept"
        yield Finding("DLCORE_DATA", "ok", says)
    elif not Path(folder).expanduser().is_dir():
        yield Finding("DLCORE_DATA", "broken", f"names {folder}, which is no folder", "unset DLCORE_DATA")
    elif not os.access(Path(folder).expanduser(), os.R_OK | os.X_OK):
        yield Finding(
            "DLCORE_DATA", "broken", f"names {folder}, which cannot be read", f"chmod u+rx {folder}"
        )
    else:
        yield Finding("DLCORE_DATA", "ok", f"data sets are read from {folder}")


def _cache() -> Iterator[Finding]:
    """Look for the folder that keeps downloads: it is made when first needed."""
    if not os.environ.get("DLCORE_CACHE") and find_spec("pooch") is None:
        return
    folder = _cache_folder()
    stands_in = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(stands_in, os.W_OK):
        mend = "set DLCORE_CACHE to a folder that you can write to"
        yield Finding("data cache", "gap", f"{folder} cannot be written; downloads will not be kept", mend)
    elif kept := sum(path.is_file() for path in folder.rglob("*")):
        yield Finding("data cache", "ok", f"{folder}, files kept: {kept}")
    else:
        yield Finding("data cache", "ok", f"{folder}, empty so far")


def _cache_folder() -> Path:
    if named := os.environ.get("DLCORE_CACHE"):
        return Path(named).expanduser().absolute()
    return Path(importlib.import_module("pooch").os_cache("dlcore"))


def _chapters() -> Iterator[Finding]:
    here = Path.cwd()
    roots = (here, *here.parents, Path(__file__).parents[1])
    found = next((root / "chapters" for root in roots if any((root / "chapters").glob("*.ipynb"))), None)
    says = str(found) if found else "no notebooks here; dlcore where names chapter and cell without a link"
    yield Finding("chapters", "ok", says)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python,
    _core,
    _torch,
    _notebook,
    _data,
    _cache,
    _chapters,
)
"""What is looked at, in this order; each yields its findings."""


def examine() -> tuple[Finding, ...]:
    """Run every check.

    Returns
    -------
    tuple of Finding
        In the order of `CHECKS`.
    """
    return tuple(finding for check in CHECKS for finding in check())


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments.

    Parameters
    ----------
    parser : argparse.ArgumentParser
        Of this subcommand.
    """
    parser.add_argument("--strict", action="store_true", help="exit 1 when an optional part is missing, too")
    parser.add_argument("--json", action="store_true", help="print JSON for another program")


def run(options: argparse.Namespace) -> int:
    """Print the findings.

    Parameters
    ----------
    options : argparse.Namespace
        ``strict`` and ``json``.

    Returns
    -------
    int
        1 when something is broken, with ``strict`` also when there is a gap.
    """
    findings = examine()
    if options.json:
        import json

        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        print("\n".join([*(_line(finding) for finding in findings), "", *_summary(findings)]))
    states = {finding.state for finding in findings}
    return 1 if "broken" in states or (options.strict and "gap" in states) else 0


def _line(finding: Finding) -> str:
    line = f"{finding.state:<7} {finding.part:<14} {finding.says}"
    return f"{line}\n{'':<23}mend: {finding.mend}" if finding.mend else line


def _summary(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield what a person wants to know: what runs, and what does not."""
    state = {finding.part: finding.state for finding in findings}

    def runs(*parts: str) -> str:
        return "yes" if all(state.get(part) == "ok" for part in parts) else "no"

    core = ("python", *_CORE)
    yield f"the NumPy reference and the figures: {runs(*core)}"
    yield f"the PyTorch mirror:                  {runs(*core, 'torch')}"
    yield f"the chapters in JupyterLab:          {runs(*core, 'jupyterlab', 'ipykernel')}"
    yield f"live explorers with sliders:         {runs(*core, 'jupyterlab', 'ipykernel', 'ipywidgets')}"
