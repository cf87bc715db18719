"""Compare the outputs stored with a cell with those it produces now.

Text must be the same, apart from what differs between two runs of right code:
addresses, and the last digits of numbers. A number may be off by `RELATIVE`, and by one
unit of its last printed digit where that is a small part of it. In an array, the largest
entry sets the scale: small ones carry its noise. Whole numbers count something: they
must be equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

RELATIVE = 1e-3
DIGIT = 1e-2
"""A rounding flip of the last digit is noise if the digit is worth at most this part of the number."""

ARRAY = 1e-5

Output = Mapping[str, Any]

# Not part of a name (x1), nor of a version (2.4.6).
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\d|\.\d)")
NOISE = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),
    (re.compile(r"\b0x[0-9a-fA-F]{6,}\b"), "0xADDRESS"),
    (re.compile(r"\S*[\\/]ipykernel_\d+[\\/]\d+\.py"), "<cell>"),
)


def differences(stored: Sequence[Output], got: Sequence[Output], *, volatile: bool = False) -> list[str]:
    """Say how the outputs of a cell differ.

    Parameters
    ----------
    stored, got : sequence of output
        Outputs as in a notebook file; streams may come in pieces.
    volatile : bool
        Whether only the kinds of outputs and their numbers of lines matter.

    Returns
    -------
    list of str
        One message a difference; empty if they agree.
    """
    old, new = list(_parts(stored)), list(_parts(got))
    if (kinds := [kind for kind, _ in old]) != (now := [kind for kind, _ in new]):
        return [f"stored outputs are {_listing(kinds)}, got {_listing(now)}"]
    judge = _compare_shape if volatile else compare_text
    both = zip(old, new, strict=True)
    return [f"{kind}: {message}" for (kind, a), (_, b) in both if (message := judge(a, b))]


def _listing(kinds: Sequence[str]) -> str:
    return "[" + ", ".join(kinds) + "]"


def _parts(outputs: Sequence[Output]) -> Iterator[tuple[str, str]]:
    """Yield (kind, text) for each stream, and for each MIME type of each other output, in order."""
    streams: dict[str, str] = {}
    for output in outputs:
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + _joined(output["text"])
    # Streams first: two runs may interleave them differently with the other outputs. The line break at
    # the very end travels by itself on a busy machine, and may come after the cell is over.
    yield from ((name, _overwritten(streams[name]).removesuffix("\n")) for name in sorted(streams))
    for output in outputs:
        if output["output_type"] == "error":
            yield "error", f"{output['ename']}: {output['evalue']}"
        elif output["output_type"] != "stream":
            for mime in sorted(output["data"]):
                yield mime, _content(mime, output)


def _content(mime: str, output: Output) -> str:
    """Give the text to compare: of a picture, what it says to those who do not see it."""
    if mime.startswith("image/"):
        return f"alt text {output.get('metadata', {}).get(mime, {}).get('alt', '')!r}"
    if mime == "application/vnd.jupyter.widget-view+json":
        return ""  # the ids of widgets are random
    return _joined(output["data"][mime])


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


def _overwritten(text: str) -> str:
    """Drop what a carriage return has overwritten, as a progress bar does."""
    return re.sub(r"^.*\r(?=[^\n])", "", text, flags=re.MULTILINE)


def _compare_shape(stored: str, got: str) -> str:
    old, new = stored.count("\n"), got.count("\n")
    return "" if old == new else f"stored {old + 1} lines, got {new + 1}"


def compare_text(stored: str, got: str) -> str:
    """Compare two texts, numbers with tolerance.

    Parameters
    ----------
    stored, got : str
        What was, and what is.

    Returns
    -------
    str
        Empty if they agree; else the first difference, with what was stored and what came.
    """
    for pattern, replacement in NOISE:
        stored, got = pattern.sub(replacement, stored), pattern.sub(replacement, got)
    if stored == got:
        return ""
    if _words(stored) != _words(got):
        return _first_line(stored, got)
    old, new = NUMBER.findall(stored), NUMBER.findall(got)
    for a, b, scale in zip(old, new, _scales(stored), strict=True):
        if not same_number(a, b, scale):
            return f"stored {a}, got {b}, {_context(stored, a)}"
    return ""


def _words(text: str) -> list[str]:
    """Split off the numbers; spaces beside them depend on signs and widths."""
    return [re.sub(r"^[ ]+|[ ]+$", "", part) for part in NUMBER.split(text)]


def _first_line(stored: str, got: str) -> str:
    old, new = stored.splitlines(), got.splitlines()
    for a, b in zip(old, new, strict=False):
        if _words(a) != _words(b):
            return f"stored {a.strip()!r}, got {b.strip()!r}"
    return f"stored {len(old)} lines, got {len(new)}"


def _context(text: str, number: str) -> str:
    line = next(line for line in text.splitlines() if number in NUMBER.findall(line))
    return f"in {line.strip()[:160]!r}"


def _scales(text: str) -> Iterator[float]:
    """Yield, for each number, the largest size within the outermost brackets around it, else 0."""
    depth, group = 0, []
    for token in re.finditer(rf"({NUMBER.pattern})|[\[\]]", text):
        if token[1]:
            group.append(abs(float(token[1])) if depth else 0.0)
        else:
            if depth == 0 or (depth == 1 and token[0] == "]"):
                yield from _shared(group)
                group = []
            depth = max(0, depth + (1 if token[0] == "[" else -1))
    yield from _shared(group)


def _shared(group: list[float]) -> Iterator[float]:
    finite = [size for size in group if math.isfinite(size)]
    return iter([max(finite, default=0.0)] * len(group))


def same_number(stored: str, got: str, scale: float = 0.0) -> bool:
    """Judge whether two printed numbers differ by no more than noise.

    Parameters
    ----------
    stored, got : str
        As printed.
    scale : float
        Size of the largest entry of the array around them, or 0.

    Returns
    -------
    bool
        Whether they count as the same.
    """
    if stored == got:
        return True
    a, b = float(stored), float(got)
    if (_is_whole(stored) and _is_whole(got)) or not (math.isfinite(a) and math.isfinite(b)):
        return a == b
    size = max(abs(a), abs(b))
    unit = min(_unit(stored), _unit(got))
    flip = unit if unit <= max(DIGIT * size, RELATIVE * scale) else 0.0
    allowed = max(RELATIVE * size, flip, ARRAY * scale)
    # The digits themselves carry rounding: 0.1235 - 0.1234 is not 1e-4 in binary.
    return abs(a - b) <= allowed * (1 + 1e-9)


def _is_whole(number: str) -> bool:
    return not any(mark in number for mark in ".eE")


def _unit(number: str) -> float:
    """Give the worth of the last printed digit."""
    mantissa, _, exponent = number.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** max(-400, min(300, int(exponent or 0) - decimals))
