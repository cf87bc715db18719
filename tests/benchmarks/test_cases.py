"""The declared benchmarks: every one builds, and both sides of it give the same numbers."""

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("sklearn")

from benchmarks import __main__ as command
from benchmarks import declared, machine, report
from benchmarks.cases import memory

GROUPS = declared.load()
#: Those of more than a moment; `make bench` checks them like all others.
LARGE = ("4.2 M", "1024", "(32, 64, 32, 32)", "(64, 32, 28, 28)", "H256", "(8192", "(4096", "(64, 64, 32")


def cases(*groups):
    found = [case for group in groups for case in GROUPS[group]]
    return [case for case in found if not any(size in case.name for size in LARGE)]


def test_every_group_has_a_table():
    assert set(GROUPS) == set(command.TABLES)


@pytest.mark.parametrize(
    "case", cases("operations", "training"), ids=lambda case: f"{case.name}, {case.peer}"
)
def test_both_sides_give_the_same_numbers(case):
    ours, theirs = case.build(np.random.default_rng(1), **case.settings)
    case.same(ours(), theirs())


@pytest.mark.parametrize("case", cases("growth"), ids=lambda case: case.name)
def test_growth_doubles_a_size_that_exists(case):
    assert case.doubled in case.sizes
    case.build(np.random.default_rng(1), **case.sizes)()


def test_the_formula_of_the_peak_counts_every_array():
    x, padded, y = 2 * 3 * 25, 2 * 3 * 49, 2 * 4 * 25
    columns, weight = 3 * 9 * 25 * 2, 4 * 3 * 9
    expected = 4 * (x + padded + y + y + x + 2 * columns + 2 * weight)
    assert memory.conv2d_parts((2, 3, 5, 5), 4, 3, 1) == expected


def test_the_peak_holds_at_least_arguments_and_results():
    ratio, _ = memory.conv2d_peak(None, (8, 4, 12, 12), 8)
    assert 0.3 < ratio < 3


def test_the_machine_is_described():
    text = machine.description()
    for word in ("date", "CPU", "BLAS", "numpy", "torch", "OMP_NUM_THREADS=1"):
        assert word in text


def test_names_fit_their_column():
    too_long = [case.name for group in GROUPS.values() for case in group if len(case.name) > report.WIDTHS[0]]
    assert too_long == []
