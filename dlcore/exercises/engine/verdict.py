"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, Literal, get_args

__all__ = ["STATUSES", "Status", "Verdict"]

Status = Literal["not attempted", "error", "wrong", "close", "right"]
STATUSES: tuple[Status, ...] = get_args(Status)

# A bar and a sign, both doubled by the word: no meaning hangs on color alone.
LOOK = {
    "not attempted": ("○", "#999999"),
    "error": ("!", "#D55E00"),
    "wrong": ("✗", "#D55E00"),
    "close": ("≈", "#E69F00"),
    "right": ("✓", "#009E73"),
}


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a check says about an answer.

    Attributes
    ----------
    exercise : str
        Id of the exercise.
    status : {"not attempted", "error", "wrong", "close", "right"}
        "close" is not right, but earns part of the points: the values are right and
        something else is not, or one part of two.
    message : str
        What to tell the student: the mistake by name where it is known, otherwise the
        smallest input that fails, what was expected and what came.
    points, out_of : float
        Points earned, and the most that can be.
    slip : str
        Name of the mistake, names joined by " + " if there are two; empty if unknown.
    """

    exercise: str
    status: Status
    message: str
    points: float = 0.0
    out_of: float = 1.0
    slip: str = ""

    @property
    def ok(self) -> bool:
        """Whether the answer is right.

        Returns
        -------
        bool
            True if so.
        """
        return self.status == "right"

    def as_dict(self) -> dict[str, Any]:
        """Return the verdict for JSON.

        Returns
        -------
        dict
            All attributes.
        """
        return dict(vars(self))

    def __bool__(self) -> bool:
        return self.ok

    def __repr__(self) -> str:
        sign = LOOK[self.status][0]
        return f"{sign} {self.exercise}: {self.status} ({self.points:g} of {self.out_of:g})\n{self.message}"

    def _repr_html_(self) -> str:
        sign, color = LOOK[self.status]
        box = f"border-left: 4px solid {color}; padding: 0.2em 1em; margin: 0.5em 0; text-align: left"
        lines = "".join(
            f'<p style="white-space: pre-wrap">{escape(line)}</p>'
            for line in self.message.split("\n")
            if line
        )
        return (
            f'<div role="status" aria-label="Verdict on {escape(self.exercise)}" style="{box}">'
            f'<p><span aria-hidden="true">{sign}</span> <strong>{self.status}</strong> '
            f"({self.points:g} of {self.out_of:g})</p>{lines}</div>"
        )
