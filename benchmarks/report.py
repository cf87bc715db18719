"""Printing results as they come, and writing them as JSON."""

import json
from pathlib import Path

from benchmarks.declared import Result

WIDTHS = (52, 14, 7, 7, 7)


def heading(title: str, details: str) -> str:
    return f"\n{title}\n{_row('name', 'against', 'ratio', 'target', '')} {details}".rstrip()


def line(result: Result) -> str:
    ratio, target = ("-" if value is None else f"{value:.2f}" for value in (result.ratio, result.target))
    more = result.failure or "  ".join(result.details)
    return f"{_row(result.name, result.peer, ratio, target, result.verdict)} {more}".rstrip()


def _row(name: str, peer: str, ratio: str, target: str, verdict: str) -> str:
    a, b, c, d, e = WIDTHS
    return f"{name:<{a}} {peer:<{b}} {ratio:>{c}} {target:>{d}} {verdict:>{e}}"


def summary(results: list[Result]) -> str:
    """Count the verdicts and repeat what was missed or failed."""
    verdicts = [result.verdict for result in results]
    met, missed, failed = (verdicts.count(verdict) for verdict in ("met", "MISSED", "FAILED"))
    lines = [f"\n{met} targets met, {missed} missed, {failed} failed"]
    for result in results:
        if result.verdict == "FAILED":
            lines.append(f"  failed: {result.name} against {result.peer}: {result.failure}")
        elif result.ratio and result.target and result.verdict == "MISSED":
            excess = result.ratio / result.target - 1
            figures = f"{result.ratio:.2f} instead of {result.target:.2f}, {excess:.0%} over"
            lines.append(f"  missed: {result.name} against {result.peer}: {figures}")
    return "\n".join(lines)


def write(results: list[Result], file: Path) -> None:
    """Write what was measured; a benchmark that failed has no ratio and is left out."""
    rows = [
        {"name": r.name, "peer": r.peer, "ratio": r.ratio, "target": r.target}
        for r in results
        if r.ratio is not None
    ]
    file.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def status(results: list[Result]) -> int:
    """1 where a benchmark could not be measured; a missed target is shown, not punished."""
    return int(not results or any(result.verdict == "FAILED" for result in results))
