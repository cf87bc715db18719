"""A small checkout with one chapter that breaks no rule, to be spoilt by the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools import notebooks

CHAPTER = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A toy

You will be able to add. You need nothing. 2 minutes.

**In your book**: Burkov 6.1, Buduma 1, Rawassizadeh 10, MMDS 13.1, Le 2.

+++

## Adding

```{code-cell} ipython3
---
dlcore:
  shows: [bur-nn-as-logreg]
---
accuracy = 0.9533
print(f"accuracy {accuracy:.4f} over 5 runs")
```

The accuracy is high. What is its half?

```{code-cell} ipython3
from dlcore.reveal import predict

predict("Half of 0.8?", ["0.4", "0.5"], answer="A", because="It is 0.8 / 2.")
```

Read the answer, then go on.

```{code-cell} ipython3
from matplotlib.figure import Figure

from dlcore.figures import show

figure = Figure()
show(figure, alt="An empty white rectangle, as wide as the page")
```

Nothing was drawn.

```{code-cell} ipython3
predict("A third of 0.9?", ["0.3", "0.5"], answer="A", because="It is 0.9 / 3.");
```

A loss that training printed:

```{code-cell} ipython3
loss = 0.034
loss
```

+++

## Summary

We added. Go on with the [exercises](exercises/01-toy.ipynb).
"""

ROOT = notebooks.ROOT


def checkout(root: Path) -> notebooks.Pair:
    """Make a checkout of the tools, the gate and one chapter, not yet executed."""
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    gate = root / "tests" / "notebooks"
    gate.mkdir(parents=True)
    for name in ("conftest.py", "test_chapters.py"):
        shutil.copy(ROOT / "tests" / "notebooks" / name, gate)
    shutil.copy(ROOT / "pyproject.toml", root)
    pair = notebooks.Pair("01-toy", root / "chapters/text/01-toy.md", root / "chapters/01-toy.ipynb")
    pair.text.parent.mkdir(parents=True)
    pair.text.write_text(CHAPTER)
    return pair


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the checkout, as make does."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


def edit(pair: notebooks.Pair, change: Callable[[dict], None]) -> None:
    """Change the stored notebook by hand, as a slip would."""
    notebook = json.loads(pair.notebook.read_text())
    change(notebook)
    pair.notebook.write_text(json.dumps(notebook))


def code_cells(notebook: dict) -> list[dict]:
    """Give the code cells of a notebook as JSON."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
