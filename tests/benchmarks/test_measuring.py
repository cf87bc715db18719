"""How ratios are measured, on toy functions and a clock of our own."""

import json

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import declared, measuring, report
from benchmarks.measuring import Different, Effort, ratio, require_same


class Clock:
    """Time that passes only when a toy function says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def taking(self, *seconds):
        """Make a function that takes these times in turns."""
        calls = 0

        def run():
            nonlocal calls
            self.now += seconds[calls % len(seconds)]
            calls += 1

        return run


EFFORT = Effort(rounds=9, least_rounds=3, sample=1.0, budget=1e9)


def test_a_ratio_is_the_quotient_of_the_times():
    clock = Clock()
    measured = ratio(clock.taking(0.03), clock.taking(0.02), EFFORT, clock=clock)
    assert measured.median == pytest.approx(1.5)
    assert (measured.ours, measured.theirs) == pytest.approx((0.03, 0.02))
    assert (measured.low, measured.high) == pytest.approx((1.5, 1.5))


def test_a_machine_that_slows_down_slows_both():
    clock = Clock()

    def slower_and_slower(seconds):
        def run():
            clock.now += seconds * (1 + clock.now / 100)

        return run

    measured = ratio(slower_and_slower(0.2), slower_and_slower(0.1), EFFORT, clock=clock)
    assert measured.median == pytest.approx(2, rel=0.1)


def test_one_slow_round_moves_nothing():
    clock = Clock()
    often = clock.taking(*[0.1] * 37, 100.0)
    measured = ratio(often, clock.taking(0.1), EFFORT, clock=clock)
    assert measured.median == pytest.approx(1)


def test_samples_last_as_long_as_asked():
    clock, calls = Clock(), []

    def run():
        calls.append(clock.now)
        clock.now += 0.001

    ratio(run, run, Effort(rounds=1, least_rounds=1, sample=0.5, budget=1.0), clock=clock)
    assert len(calls) > 1000


def test_rounds_are_left_out_when_time_is_up():
    clock = Clock()
    slow = clock.taking(10.0)
    ratio(slow, slow, Effort(rounds=100, least_rounds=2, sample=1.0, budget=50.0), clock=clock)
    assert clock.now < 200


def test_a_function_against_itself_is_near_one():
    x = np.random.default_rng(0).normal(size=(100, 100))
    measured = ratio(lambda: x @ x, lambda: x @ x, measuring.QUICK)
    assert 0.2 < measured.median < 5


def test_both_sides_run_in_either_order():
    order, clock = [], Clock()

    def side(name):
        def run():
            order.append(name)
            clock.now += 1.0

        return run

    ratio(side("a"), side("b"), Effort(rounds=20, least_rounds=20, sample=0.5, budget=0.0), clock=clock)
    rounds = ["".join(order[i : i + 4]) for i in range(2, len(order), 4)]
    assert set(rounds) == {"aabb", "bbaa"}


@pytest.mark.parametrize(
    ("ours", "theirs", "complaint"),
    [
        (np.ones(3), 1.001 * np.ones(3), "differ by"),
        ([np.ones(3)], [np.ones((3, 1))], "shapes"),
        ((np.ones(3), np.nan), (np.ones(3), 1.0), "result 1"),
        ([], [], "nothing"),
        ([None], [None], "nothing"),
    ],
)
def test_different_numbers_are_refused(ours, theirs, complaint):
    with pytest.raises(Different, match=complaint):
        require_same(ours, theirs)


def test_rounding_is_not_a_difference():
    require_same((np.ones(3), None), (1.00001 * np.ones(3),))


# ------------------------------------------------------------------ declaring, printing, writing


@pytest.fixture
def groups(monkeypatch):
    """Declare four toys instead of the real cases."""
    monkeypatch.setattr(declared, "GROUPS", {})
    monkeypatch.setattr(declared, "load", lambda: declared.GROUPS)
    numbers = np.arange(1000.0)

    @declared.benchmark("easy", target=100.0, factor=2.0)
    @declared.benchmark("hard", target=1e-9, factor=3.0)
    @declared.benchmark("wrong", factor=None)
    def times(rng, factor):
        return lambda: numbers * (factor or 1.0), lambda: numbers * (factor or 2.0)

    @declared.growing("toy", n=(1000, 2))
    def grow(rng, n):
        values = rng.normal(size=n)
        return lambda: values * 2.0

    @declared.figure("raises", peer="nothing", group="memory")
    def raises(effort):
        raise ZeroDivisionError("no figure")

    for group in command.TABLES:
        declared.GROUPS.setdefault(group, [])
    return declared.GROUPS


def test_cases_come_in_the_order_they_are_read(groups):
    assert [case.name for case in groups["operations"]] == ["easy", "hard", "wrong"]


def test_a_name_is_declared_once(groups):
    with pytest.raises(ValueError, match="two benchmarks 'easy'"):
        declared.benchmark("easy")(lambda rng: None)


def test_the_command_prints_verdicts_and_writes_json(groups, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(command.machine, "settle", lambda arguments: None)
    monkeypatch.setattr(command.machine, "description", lambda: "a machine")
    file = tmp_path / "ratios.json"
    status = command.main(["--quick", "--json", str(file)])
    printed = capsys.readouterr().out
    assert status == 1
    assert "1 missed, 2 failed" in printed
    assert "missed: hard against torch" in printed
    assert "not the same numbers" in printed
    assert "ZeroDivisionError: no figure" in printed
    rows = json.loads(file.read_text())
    assert [row["name"] for row in rows] == ["easy", "hard", "toy, n 1000 to 2000"]
    for row in rows:
        assert list(row) == ["name", "peer", "ratio", "target"]
        assert row["ratio"] > 0
    assert rows[1]["target"] == 1e-9


def test_only_chooses_by_group_name_and_peer(groups):
    chosen = command.chosen("^growth|hard")
    assert [case.name for cases in chosen.values() for case in cases] == ["hard", "toy, n 1000 to 2000"]


def test_a_missed_target_is_shown_and_not_punished():
    missed = declared.Result("slow", "torch", 1.5, 1.0)
    assert "MISSED" in report.line(missed)
    assert "1.50 instead of 1.00, 50% over" in report.summary([missed])
    assert report.status([missed]) == 0
    assert report.status([]) == 1
