"""Measure ratios to the reference's peers; see `benchmarks`."""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

from benchmarks import declared, machine, measuring, report

#: Groups of cases in the order of their tables: title, and what the last columns hold.
TABLES = {
    "operations": ("Operations, forward and backward, float32", "quartiles, CPU time of both"),
    "mirror": ("The mirror's default path, forward and backward, float32", "quartiles, CPU time of both"),
    "training": ("Training", "quartiles, CPU time of both"),
    "learning": ("To 97 % of the test digits, median of the seeds", "epochs of both, CPU time of both"),
    "growth": ("Growth of the reference when a size doubles", "arithmetic, quartiles, CPU time of both"),
    "memory": ("Memory", ""),
    "imports": ("Imports", "CPU time"),
}


def run(groups: dict[str, list[declared.Case]], effort: measuring.Effort) -> list[declared.Result]:
    """Measure and print group by group."""
    results: list[declared.Result] = []
    for group, cases in groups.items():
        if cases:
            title, details = TABLES[group]
            print(report.heading(title, details))
        for result in declared.measured(cases, effort):
            print(report.line(result), flush=True)
            results.append(result)
    return results


def chosen(pattern: str) -> dict[str, list[declared.Case]]:
    """Cases whose group, name or peer the regular expression finds."""
    groups, expression = declared.load(), re.compile(pattern)
    return {
        group: [case for case in groups[group] if expression.search(f"{group}: {case.name}, {case.peer}")]
        for group in TABLES
    }


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write name, peer, ratio and target as JSON"
    )
    parser.add_argument(
        "--only", default="", metavar="PATTERN", help="regular expression for 'group: name, peer'"
    )
    parser.add_argument("--quick", action="store_true", help="few and short samples: rough, under a minute")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    machine.settle(arguments)
    start = time.perf_counter()
    print(machine.description())
    results = run(chosen(options.only), measuring.QUICK if options.quick else measuring.Effort())
    print(report.summary(results))
    print(f"{time.perf_counter() - start:.0f} s")
    if options.json:
        report.write(results, options.json)
    return report.status(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
