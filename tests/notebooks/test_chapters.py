"""Every chapter runs, and prints what is stored. The cells themselves are collected by conftest.py."""

from __future__ import annotations

import pytest

from tools import notebooks


def test_nbval_is_there_to_run_the_chapters(pytestconfig: pytest.Config):
    pytest.importorskip("nbval")
    if not pytestconfig.pluginmanager.hasplugin("nbval"):
        pytest.skip("started with -p no:nbval")


@pytest.mark.parametrize("pair", notebooks.pairs(), ids=lambda pair: pair.stem)
def test_text_and_notebook_agree(pair: notebooks.Pair):
    pytest.importorskip("jupytext")
    assert pair.text.exists(), f"{pair.notebook.name} has no text"
    assert pair.notebook.exists(), f"{pair.text.name} was never stored: run `make store`"
    assert notebooks.disagreements(notebooks.read_text(pair), notebooks.read_notebook(pair)) == []
