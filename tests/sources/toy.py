"""Toy checkouts: notebooks whose cells show what a test wants."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def cell(id: str, shows: Iterable[str] = (), source: str = "1 + 1", kind: str = "code") -> dict[str, Any]:
    return {"cell_type": kind, "id": id, "metadata": {"dlcore": {"shows": list(shows)}}, "source": [source]}


def text(id: str, source: str, shows: Iterable[str] = ()) -> dict[str, Any]:
    return cell(id, shows, source, "markdown")


def notebook(root: Path, name: str, cells: list[dict[str, Any]]) -> Path:
    path = root / "chapters" / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    (root / "dlcore" / "sources").mkdir(parents=True, exist_ok=True)
    return path
