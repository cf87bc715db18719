"""Pairs of text and notebook: find, read, execute and write them, the same bytes on every run.

The text under ``chapters/text`` is what authors edit; the notebook beside it holds
the same cells and their outputs. Nothing here looks at the date of a file.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from dlcore.files import written_atomically

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT = 120
"""Seconds that one cell may take."""

KERNEL = "python3"


@dataclass(frozen=True, order=True)
class Pair:
    """A text and the notebook made from it.

    Parameters
    ----------
    stem : str
        ``01-neurons``, or ``exercises/01`` for an exercise notebook.
    text, notebook : Path
        Where the two lie.
    """

    stem: str
    text: Path
    notebook: Path

    @property
    def name(self) -> str:
        """Path of the notebook from the root of the checkout."""
        return f"chapters/{self.stem}.ipynb"

    @property
    def is_exercise(self) -> bool:
        """Whether it is an exercise notebook."""
        return self.stem.startswith("exercises/")


def pairs(root: Path = ROOT) -> list[Pair]:
    """Find every pair of which at least one half exists, chapters first.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    list of Pair
        In reading order.
    """
    found = []
    for prefix, folder in (("", root / "chapters"), ("exercises/", root / "chapters" / "exercises")):
        halves = [*(folder / "text").glob("*.md"), *folder.glob("*.ipynb")]
        for name in sorted({path.stem for path in halves}):
            found.append(Pair(prefix + name, folder / "text" / f"{name}.md", folder / f"{name}.ipynb"))
    return found


def select(stems: list[str], root: Path = ROOT) -> list[Pair]:
    """Take the pairs with these stems, or all.

    Parameters
    ----------
    stems : list of str
        Stems or paths of either half; empty for all.
    root : Path
        Root of the checkout.

    Returns
    -------
    list of Pair
        In reading order.

    Raises
    ------
    SystemExit
        If there is no such pair; the message lists those that exist.
    """
    found = pairs(root)
    if not stems:
        return found
    wanted = {_stem(stem) for stem in stems}
    if unknown := wanted - {pair.stem for pair in found}:
        known = ", ".join(pair.stem for pair in found) or "none"
        raise SystemExit(f"no chapter named {', '.join(sorted(unknown))}; there are: {known}")
    return [pair for pair in found if pair.stem in wanted]


def _stem(name: str) -> str:
    path = Path(name)
    return f"exercises/{path.stem}" if "exercises" in path.parts else path.stem


def read_text(pair: Pair) -> NotebookNode:
    """Read the text as a notebook without outputs.

    Parameters
    ----------
    pair : Pair
        Which text.

    Returns
    -------
    NotebookNode
        Its cells, with ids that follow from their content.
    """
    import jupytext

    # Named, because a header that lacks a key would make every code cell prose.
    notebook = jupytext.read(pair.text, fmt="md:myst")
    notebook.metadata.pop("jupytext", None)
    for cell, name in zip(notebook.cells, _cell_ids(pair.stem, notebook.cells), strict=True):
        cell["id"] = name
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _cell_ids(stem: str, cells: list[NotebookNode]) -> Iterator[str]:
    """Name each cell by what it holds, so that an edit renames one cell and no other."""
    seen: Counter[str] = Counter()
    for cell in cells:
        digest = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:10]
        seen[digest] += 1
        repeat = f"-{seen[digest]}" if seen[digest] > 1 else ""
        yield f"{stem.replace('/', '-')[:40]}-{digest}{repeat}"


def read_notebook(pair: Pair) -> NotebookNode:
    """Read the stored notebook.

    Parameters
    ----------
    pair : Pair
        Which notebook.

    Returns
    -------
    NotebookNode
        As it is stored.
    """
    return nbformat.read(pair.notebook, as_version=4)


def disagreements(text: NotebookNode, stored: NotebookNode) -> list[str]:
    """Say where a stored notebook is not the one that its text describes.

    Parameters
    ----------
    text, stored : NotebookNode
        The notebook read from the text, and the stored one.

    Returns
    -------
    list of str
        One sentence a difference in cells or metadata; outputs are not looked at.
    """
    found = []
    if len(text.cells) != len(stored.cells):
        found.append(f"the text has {len(text.cells)} cells, the notebook {len(stored.cells)}")
    for number, (ours, theirs) in enumerate(zip(text.cells, stored.cells, strict=False), start=1):
        for key in ("cell_type", "source", "metadata", "id"):
            if ours.get(key) != theirs.get(key):
                found.append(f"cell {number} ({theirs.get('id')}): {key} differs from the text")
                break
    if _own(text.metadata) != _own(stored.metadata):
        found.append("the metadata of the notebook differ from the text")
    return found


def _own(metadata: NotebookNode) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if key not in ("language_info", "jupytext")}


def environment(scratch: Path, root: Path = ROOT) -> dict[str, str]:
    """Set what a kernel must see for the same outputs on every run.

    Parameters
    ----------
    scratch : Path
        Directory for what the kernel itself writes.
    root : Path
        Root of the checkout, from where ``dlcore`` is imported.

    Returns
    -------
    dict
        The environment of this process with those variables set.
    """
    own = {
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "IPYKERNEL_CELL_NAME": "<cell>",
        "DLCORE_NB_TEST": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        # A profile of the reader's own, with start-up files, would change what cells print.
        "IPYTHONDIR": str(scratch / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(root), os.environ.get("PYTHONPATH")))),
    }
    return {**os.environ, **own}


def execute(notebook: NotebookNode, root: Path = ROOT) -> NotebookNode:
    """Run every cell in an empty directory of its own, so that no chapter depends on where it lies.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place: outputs and execution counts are filled in, also when a cell fails.
    root : Path
        Root of the checkout.

    Returns
    -------
    NotebookNode
        The same notebook.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises and is not tagged ``raises-exception``.
    nbclient.exceptions.CellTimeoutError
        If a cell takes longer than `TIMEOUT`.
    """
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory(prefix="dlcore-") as folder:
        cwd = Path(folder) / "run"
        cwd.mkdir()
        client = NotebookClient(
            notebook,
            timeout=TIMEOUT,
            kernel_name=KERNEL,
            record_timing=False,
            resources={"metadata": {"path": str(cwd)}},
        )
        try:
            client.execute(env=environment(Path(folder), root), stderr=subprocess.DEVNULL)
        finally:
            # Not switched off at the client, whose Output widgets need it while they capture.
            notebook.metadata.pop("widgets", None)
            notebook.metadata.get("language_info", {}).pop("version", None)
    return notebook


def dumps(notebook: NotebookNode) -> str:
    """Write a notebook as text: sorted keys, one space of indent, the same bytes for the same notebook.

    Parameters
    ----------
    notebook : NotebookNode
        What to write.

    Returns
    -------
    str
        JSON, with a newline at the end.
    """
    split = nbformat.v4.rwbase.split_lines(nbformat.from_dict(notebook))
    return json.dumps(split, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def write(path: Path, text: str) -> bool:
    """Write a file whole or not at all, and only if its content changes.

    Parameters
    ----------
    path : Path
        Where to; missing directories are made.
    text : str
        Content.

    Returns
    -------
    bool
        Whether anything was written.
    """
    data = text.encode()
    if path.exists() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_atomically(path) as file:
        file.write(data)
    return True
