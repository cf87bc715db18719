"""What every picture must be, whichever chapter it belongs to."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from dlcore import figures


def require_words(figure: Figure, alt: str) -> None:
    """Demand a picture that fits a page, and words that are a sentence about it."""
    assert figures.png(figure).startswith(b"\x89PNG")
    assert figure.get_figwidth() <= 7
    assert 40 <= len(alt) <= 1000
    assert alt[0].isupper() or alt[0].isdigit()
    assert alt.endswith(".")
    assert "nan" not in alt


def require_room(figure: Figure) -> None:
    """Demand that no two labels overlap."""
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    texts = [t for axes in figure.axes for t in _labels(axes) if t.get_text().strip() and t.get_visible()]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
    for i, (first, a) in enumerate(boxes):
        for second, b in boxes[i + 1 :]:
            assert not a.overlaps(b), f"{first!r} overlaps {second!r}"


def _labels(axes: Axes) -> list[Text]:
    shown = [axes.title, *(t for t in axes.texts if axes.viewLim.contains(*t.get_position()))]
    if axes.axison:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
            shown += [axis.label, *ticks]
    return shown
