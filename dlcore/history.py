"""What a training run recorded, as a table, a plot and a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dlcore.errors import ValidationError
from dlcore.tables import html_table, text_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["History"]


class History:
    """Numbers recorded once an epoch.

    Attributes
    ----------
    rows : list of dict
        One entry an epoch: column name to number. A column that starts with ``val_``
        was measured on the validation set.

    Examples
    --------
    >>> history = History()
    >>> history.record(loss=2.0)
    >>> history.record(loss=0.5)
    >>> history["loss"]
    [2.0, 0.5]
    >>> print(history.describe())
    2 epochs: loss fell from 2 to 0.5.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []

    def record(self, values: Mapping[str, float] | None = None, /, **columns: float) -> None:
        """Append one epoch.

        Parameters
        ----------
        values : mapping of str to float, optional
            Numbers by column name.
        **columns : float
            More of them.
        """
        row = {name: float(value) for name, value in {**(values or {}), **columns}.items()}
        if self.rows and set(row) != set(self.rows[0]):
            raise ValidationError(f"History expects columns {sorted(self.rows[0])}, got {sorted(row)}")
        self.rows.append(row)

    @property
    def columns(self) -> list[str]:
        """Names of what was recorded.

        Returns
        -------
        list of str
            In the order of the first epoch.
        """
        return list(self.rows[0]) if self.rows else []

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, float]]:
        return iter(self.rows)

    def __getitem__(self, column: str) -> list[float]:
        if column not in self.columns:
            raise KeyError(f"no column {column!r}; recorded: {', '.join(self.columns) or 'nothing'}")
        return [row[column] for row in self.rows]

    def describe(self) -> str:
        """Say in a sentence how each column went.

        Returns
        -------
        str
            Also the alt text of `plot`.
        """
        if not self.rows:
            return "No epoch recorded."
        if len(self) == 1:
            return "1 epoch: " + ", ".join(f"{name} {self[name][0]:.4g}" for name in self.columns) + "."
        return f"{len(self)} epochs: " + "; ".join(self._course(name) for name in self.columns) + "."

    def _course(self, name: str) -> str:
        values = self[name]
        first, last = values[0], values[-1]
        verb = "fell" if last < first else "rose" if last > first else "stayed"
        text = (
            f"{name} stayed at {first:.4g}"
            if verb == "stayed"
            else f"{name} {verb} from {first:.4g} to {last:.4g}"
        )
        best = min(values) if "loss" in name else max(values)
        if best not in (first, last):
            extreme = "lowest" if "loss" in name else "highest"
            text += f" ({extreme} {best:.4g} after epoch {values.index(best) + 1})"
        return text

    def plot(self) -> Figure:
        """Draw the losses, and beside them the other columns if there are any.

        Returns
        -------
        matplotlib.figure.Figure
            For ``figures.show(history.plot(), alt=history.describe())``.
        """
        from matplotlib.figure import Figure

        groups = [[c for c in self.columns if "loss" in c], [c for c in self.columns if "loss" not in c]]
        groups = [group for group in groups if group]
        figure = Figure(figsize=(4.2 * max(len(groups), 1), 3.0), layout="constrained")
        for place, group in enumerate(groups, 1):
            axes = figure.add_subplot(1, len(groups), place)
            for name in group:
                style = "--" if name.startswith("val_") else "-"
                axes.plot(range(1, len(self) + 1), self[name], style, marker=".", label=name)
            axes.set_xlabel("epoch")
            axes.set_ylabel(group[0].removeprefix("val_"))
            axes.legend()
        return figure

    def _formatted(self) -> list[list[str]]:
        shown = self.rows if len(self) <= 10 else [*self.rows[:4], None, *self.rows[-4:]]
        last = len(self)
        numbers = [*range(1, last + 1)] if last <= 10 else [1, 2, 3, 4, 0, last - 3, last - 2, last - 1, last]
        return [
            ["…"] * (len(self.columns) + 1)
            if row is None
            else [str(n), *(f"{row[c]:.4f}" for c in self.columns)]
            for n, row in zip(numbers, shown, strict=True)
        ]

    def __repr__(self) -> str:
        return text_table(["epoch", *self.columns], self._formatted()) if self.rows else "History(empty)"

    def _repr_html_(self) -> str:
        return html_table(["epoch", *self.columns], self._formatted(), caption=self.describe())
