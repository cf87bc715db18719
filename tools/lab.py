"""Give the reader a copy of the notebooks to write in, and open JupyterLab on it.

    python -m tools.lab [--copy-only] [ARGUMENT FOR JUPYTERLAB ...]

What a reader wrote is never overwritten. A copy that nobody touched follows
its original; beside one that was edited, a changed original arrives under a
name of its own: ``01-neurons.new.ipynb``.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ORIGINALS = ROOT / "chapters"
COPIES = ROOT / "my-notebooks"
RECORD = ".originals.json"
LAB_OPTIONS = ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]


def update(originals: Path, copies: Path) -> list[str]:
    """Bring the copies up to date without losing a reader's work.

    Parameters
    ----------
    originals : Path
        Folder with the executed notebooks.
    copies : Path
        Folder of the reader's copies; made when missing.

    Returns
    -------
    list of str
        One sentence for each file that was written.
    """
    record = copies / RECORD
    delivered: dict[str, dict[str, str]] = json.loads(record.read_text()) if record.exists() else {}
    written = []
    for original in _notebooks(originals):
        name = original.relative_to(originals).as_posix()
        place = _deliver(original.read_bytes(), name, copies, delivered.setdefault(name, {}))
        if place == name:
            written.append(f"{place} is up to date")
        elif place:
            written.append(f"{name} is yours and stays; its new version is {place}")
    _write(record, json.dumps(delivered, indent=1, sort_keys=True).encode())
    return written


def _deliver(content: bytes, name: str, copies: Path, delivered: dict[str, str]) -> str | None:
    """Write an original to the first place where nothing is lost, and return that place.

    `delivered` maps each place to the digest of what was last written there; a
    file with one of these digests holds no work of the reader's.
    """
    digest = _digest(content)
    if digest in delivered.values() and (copies / name).exists():
        return None
    for place in _places(name):
        copy = copies / place
        found = _digest(copy.read_bytes()) if copy.exists() else None
        if found == digest or found is None or found in delivered.values():
            break
    delivered[place] = digest
    if found == digest:
        return None
    _write(copy, content)
    return place


def _notebooks(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)


def _places(name: str) -> Iterator[str]:
    """Yield the names that an original may arrive under, in order."""
    stem = name.removesuffix(".ipynb")
    yield name
    yield f"{stem}.new.ipynb"
    for number in itertools.count(2):
        yield f"{stem}.new-{number}.ipynb"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    os.replace(part, path)


def main(arguments: list[str]) -> int:
    """Update the copies and start JupyterLab on them."""
    for sentence in update(ORIGINALS, COPIES):
        print(sentence)
    if "--copy-only" in arguments:
        return 0
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={COPIES}", *LAB_OPTIONS, *arguments]
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
