"""Build the concordance: which cell of which notebook shows which item of the books.

A cell says so in ``metadata.dlcore.shows``. From the root of the checkout::

    python -m tools.concordance            write dlcore/sources/concordance.json
    python -m tools.concordance --check    exit 1 when it is stale, or when a finished topic has gaps

The notebooks are read as JSON, so this needs no kernel and nothing but the standard library.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dlcore import sources
from dlcore.errors import ValidationError
from dlcore.sources.coverage import Cell, Concordance

ROOT = Path(__file__).resolve().parents[1]
STORED = Path("dlcore/sources/concordance.json")

COVERED: tuple[str, ...] = ("neurons", "exercises")
"""Topics whose chapters are finished: not one of their items may lack a cell again."""

_FENCE = re.compile(r"^(```|~~~|:::).*?^\1[`~:]*\s*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def build(root: Path = ROOT) -> Concordance:
    """Read every notebook under ``chapters``.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    Concordance
        The cells of each id, chapters first, in reading order.

    Raises
    ------
    ValidationError
        If a cell names an unknown id, names one twice, or has no id of its own.
    """
    shown: dict[str, list[Cell]] = {}
    chapters = root / "chapters"
    for path in sorted(chapters.glob("*.ipynb")) + sorted((chapters / "exercises").glob("*.ipynb")):
        for cell, ids in _cells(path, path.relative_to(root).as_posix()):
            for id in ids:
                shown.setdefault(id, []).append(cell)
    return Concordance({id: tuple(cells) for id, cells in shown.items()})


def _cells(path: Path, name: str) -> Iterator[tuple[Cell, list[str]]]:
    """Yield each cell of a notebook that shows something, with the ids it names."""
    heading = path.stem
    for raw in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        text = "".join(raw["source"])
        headings = _headings(text) if raw["cell_type"] == "markdown" else []
        ids = raw.get("metadata", {}).get("dlcore", {}).get("shows", [])
        if ids:
            _require_sound(raw, ids, name)
            yield Cell(name, raw["id"], (headings or [heading])[0], raw["cell_type"] == "code"), ids
        heading = headings[-1] if headings else heading


def _headings(text: str) -> list[str]:
    return [re.sub(r"[*_`]", "", title) for title in _HEADING.findall(_FENCE.sub("", text))]


def _require_sound(raw: dict[str, Any], ids: list[str], name: str) -> None:
    if not raw.get("id"):
        raise ValidationError(f"{name}: a cell that shows {', '.join(ids)} has no id")
    if unknown := set(ids) - sources.ids():
        raise ValidationError(f"{name}, cell {raw['id']}: no item is called {', '.join(sorted(unknown))}")
    if len(set(ids)) < len(ids):
        raise ValidationError(f"{name}, cell {raw['id']}: an id stands twice in its list")


def write(root: Path = ROOT) -> bool:
    """Write the concordance beside the inventories.

    Parameters
    ----------
    root : Path
        Root of the checkout.

    Returns
    -------
    bool
        Whether the file changed.
    """
    text = build(root).to_json()
    changed = not (root / STORED).exists() or (root / STORED).read_text(encoding="utf-8") != text
    if changed:
        (root / STORED).write_text(text, encoding="utf-8")
    return changed


def problems(root: Path = ROOT, covered: tuple[str, ...] = COVERED) -> list[str]:
    """Say what `--check` objects to.

    Parameters
    ----------
    root : Path
        Root of the checkout.
    covered : tuple of str
        Topics in which nothing may be missing.

    Returns
    -------
    list of str
        One sentence each; empty when all is well.
    """
    built = build(root)
    stored = (root / STORED).read_text(encoding="utf-8") if (root / STORED).exists() else ""
    stale = [f"{STORED} is stale: run python -m tools.concordance"] if stored != built.to_json() else []
    gaps = [f"{topic}: no cell shows {item.id}" for topic in covered for item in built.missing(topic)]
    return stale + gaps


def main(argv: list[str] | None = None) -> int:
    """Write the concordance, or check it.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    int
        1 when ``--check`` objects, or a notebook is unsound.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 when something is wrong")
    options = parser.parse_args(argv)
    try:
        found = problems() if options.check else []
        if not options.check and write():
            print(f"wrote {STORED}")
    except ValidationError as error:
        found = [str(error)]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
