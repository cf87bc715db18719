"""A picture enters a notebook through one door, with words, in the house style."""

from __future__ import annotations

import base64
import subprocess
import sys
from io import BytesIO

import matplotlib
import numpy as np
import pytest

from dlcore import figures
from dlcore.errors import ValidationError

ALT = "A straight line that rises from zero to one."


@figures.house_style
def line():
    figure, axes = figures.canvas()
    axes.plot([0, 1], [0, 1])
    return figure


@pytest.mark.parametrize("alt", ["", "   ", "too short", " " * 40, "x" * 19, None, 7])
def test_a_picture_without_words_is_refused(alt):
    with pytest.raises(ValidationError, match="alt text"):
        figures.show(line(), alt=alt)


def test_words_alone_are_refused():
    with pytest.raises(ValidationError, match="Figure, got str"):
        figures.show("no figure", alt=ALT)


def test_without_a_notebook_the_words_are_printed(capsys):
    figures.show(line(), alt=ALT)
    assert capsys.readouterr().out == f"Figure: {ALT}\n"


def test_without_ipython_the_words_are_printed(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "IPython", None)
    figures.show(line(), alt=ALT)
    assert capsys.readouterr().out == f"Figure: {ALT}\n"


def test_in_a_notebook_the_picture_carries_the_words(monkeypatch):
    ipython = pytest.importorskip("IPython")
    seen = []
    monkeypatch.setattr(ipython, "get_ipython", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda *args, **kwargs: seen.append((args, kwargs)))
    figures.show(line(), alt=f"  {ALT} ")
    ((bundle,), options) = seen[0]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == f"Figure: {ALT}"
    assert options == {"metadata": {"image/png": {"alt": ALT}}, "raw": True}


def test_the_same_drawing_gives_the_same_bytes():
    assert figures.png(line()) == figures.png(line())


def test_the_bytes_name_no_program_and_no_date():
    assert b"matplotlib" not in figures.png(line()).lower()


def test_the_readers_own_settings_do_not_reach_our_pictures():
    before = figures.png(line())
    with matplotlib.rc_context({"font.size": 30, "savefig.facecolor": "black", "figure.dpi": 30}):
        assert figures.png(line()) == before


def test_the_ground_is_opaque_and_light():
    from matplotlib.image import imread

    corner = imread(BytesIO(figures.png(line())))[0, 0]
    np.testing.assert_array_equal(corner, [1, 1, 1, 1])


def test_colors_are_doubled_by_markers_and_lines():
    signs = (figures.COLORS, figures.MARKERS, figures.LINES)
    assert {len(set(sign)) for sign in signs} == {len(figures.COLORS)}


def test_importing_the_package_loads_no_matplotlib():
    code = "import sys, dlcore.figures, dlcore.reveal; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
