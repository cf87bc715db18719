"""One toy checkout, executed once, for all tests of the tools."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.tools import toy
from tools import notebooks, store


@pytest.fixture(scope="session")
def stored_toy(tmp_path_factory: pytest.TempPathFactory) -> notebooks.Pair:
    """Make a checkout with a stored chapter; nobody may change it."""
    pair = toy.checkout(tmp_path_factory.mktemp("toy"))
    assert store.store(pair) == "written"
    return pair


@pytest.fixture
def pair(stored_toy: notebooks.Pair, tmp_path: Path) -> notebooks.Pair:
    """Copy the chapter of the toy checkout, to be changed."""
    own = notebooks.Pair("01-toy", tmp_path / "chapters/text/01-toy.md", tmp_path / "chapters/01-toy.ipynb")
    shutil.copytree(stored_toy.notebook.parent, tmp_path / "chapters")
    return own
