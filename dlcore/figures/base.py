"""The house style of all pictures, and the one door through which they are shown."""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from dlcore.errors import ValidationError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLORS", "LINES", "MARKERS", "STYLE", "Picture", "canvas", "house_style", "png", "show"]

P = ParamSpec("P")
R = TypeVar("R")

#: What every drawing function returns: the figure, and the alt text that says what is seen in it.
Picture = tuple["Figure", str]

#: Okabe and Ito's palette without its yellow, which is lost on white. Use in this order.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

#: A second sign beside the color, in the same order, so that no picture needs color to be read.
MARKERS = ("s", "o", "^", "D", "v", "P", "X")
LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)), (0, (3, 1, 1, 1)))

MIN_ALT = 20
DPI = 110

# 14 points in a picture 6 inches wide are still 9 pixels on a phone.
STYLE: dict[Any, Any] = {
    "figure.facecolor": "white",
    "figure.dpi": DPI,
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "font.family": "DejaVu Sans",
    "font.size": 14,
    "axes.titlesize": 14,
    "axes.labelsize": 14,
    "xtick.labelsize": 13,
    "ytick.labelsize": 13,
    "legend.fontsize": 13,
    "legend.framealpha": 0.9,
    "lines.linewidth": 2,
    "lines.markersize": 7,
}


def house_style(draw: Callable[P, R]) -> Callable[P, R]:
    """Let a drawing function draw in the house style, whatever the reader's own settings are.

    Parameters
    ----------
    draw : callable
        The function.

    Returns
    -------
    callable
        The same function, run under `STYLE`.
    """

    @functools.wraps(draw)
    def _styled(*args: P.args, **kwargs: P.kwargs) -> R:
        import matplotlib

        with matplotlib.rc_context(STYLE):
            return draw(*args, **kwargs)

    return _styled


def canvas(width: float = 6.0, height: float = 3.6) -> tuple[Figure, Axes]:
    """Make a figure with one pair of axes, outside of pyplot's global state.

    Parameters
    ----------
    width, height : float
        Size in inches.

    Returns
    -------
    figure : matplotlib.figure.Figure
        Laid out so that labels do not overlap.
    axes : matplotlib.axes.Axes
        Where to draw.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


@house_style
def png(figure: Figure) -> bytes:
    """Render a figure; the same drawing gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to render.

    Returns
    -------
    bytes
        A PNG on an opaque white ground, so that it can be read on a dark page too.
    """
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def show(figure: Figure, alt: str) -> None:
    """Show a figure together with the words that stand for it.

    In a notebook the picture carries the words as its alt text. Without a notebook, in a
    script or a terminal, the words are printed instead.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What to show.
    alt : str
        What is to be seen in it, for a reader who does not see it; at least 20 characters.

    Raises
    ------
    ValidationError
        If there is no alt text or too little of it, or `figure` is no figure.
    """
    from matplotlib.figure import Figure

    if not isinstance(figure, Figure):
        raise ValidationError(f"show expects a matplotlib Figure, got {type(figure).__name__}")
    if not isinstance(alt, str) or len(alt.strip()) < MIN_ALT:
        raise ValidationError(f"show expects an alt text of at least {MIN_ALT} characters, got {alt!r}")
    words = f"Figure: {alt.strip()}"
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(words)
        return
    if get_ipython() is None:
        print(words)
        return
    image = base64.b64encode(png(figure)).decode("ascii")
    bundle = {"image/png": image, "text/plain": words}
    display(bundle, metadata={"image/png": {"alt": alt.strip()}}, raw=True)  # type: ignore[no-untyped-call]
