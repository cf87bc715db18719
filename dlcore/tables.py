"""Tables, once as text and once as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["html_table", "text_table"]


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: bool = False) -> str:
    """Lay out a table in columns of equal width.

    Parameters
    ----------
    head : sequence of str
        Column titles.
    rows : sequence of sequence of str
        Cells.
    left : bool, default False
        Align to the left instead of the right.

    Returns
    -------
    str
        One line a row.
    """
    table = [head, *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if left else cell.rjust(w) for cell, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in table
    )


def html_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str = "") -> str:
    """Write a table that screen readers can follow.

    Parameters
    ----------
    head : sequence of str
        Column titles.
    rows : sequence of sequence of str
        Cells; all text is escaped.
    caption : str, optional
        What the table says, in a sentence.

    Returns
    -------
    str
        HTML.
    """
    top = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    label = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{label}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
