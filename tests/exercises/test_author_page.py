"""What the page for authors shows is true: its exercises keep every promise."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from dlcore.exercises import engine
from dlcore.exercises.engine import Exercise
from tests.exercises import promises

PAGE = (Path(__file__).parents[2] / "docs/writing_exercises.md").read_text(encoding="utf-8")
BLOCKS = [block for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL) if "slips=" in block]


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The exercises of the page, from a file: the worked answer is read from the source."""
    found = {}
    for number, block in enumerate(BLOCKS):
        path = tmp_path_factory.mktemp("page") / f"page{number}.py"
        path.write_text("import numpy as np\n" + block, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= {own.id: own for own in vars(module).values() if isinstance(own, Exercise)}
    return found


@pytest.mark.parametrize("promise", promises.PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("name", ["ours-dense-parameters", "ours-norm", "ours-scale"])
def test_an_exercise_of_the_page_keeps_its_promises(name, promise, shown):
    promise(shown[name])


def test_what_the_page_says_of_them(shown):
    own = shown["ours-dense-parameters"]
    assert own.check(78500).ok
    assert "biases are missing" in own.check(78400).message
    assert len(BLOCKS[0].strip().splitlines()) <= 22


def test_every_kind_is_in_the_table():
    kinds = [n for n, k in vars(engine).items() if isinstance(k, type) and issubclass(k, Exercise)]
    for kind in kinds:
        assert kind == "Exercise" or f"| `{kind}` |" in PAGE
