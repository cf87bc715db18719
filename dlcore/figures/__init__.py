"""Every picture of the chapters: functions that return a figure and its alt text.

``show(figure, alt=alt)`` is the one door through which a picture enters a notebook, and
it refuses a picture without words. The pictures of a chapter are in the module named
after it, such as ``dlcore.figures.neurons``.
"""

from __future__ import annotations

from dlcore.figures.base import COLORS, LINES, MARKERS, STYLE, Picture, canvas, house_style, png, show

__all__ = ["COLORS", "LINES", "MARKERS", "STYLE", "Picture", "canvas", "house_style", "png", "show"]
