"""Wrong answers that nobody thought of are rejected, right ones accepted; and the harness can fail."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace

import numpy as np
import pytest

pytest.importorskip("mutmut")

from dlcore.exercises import code
from dlcore.exercises.engine import Function
from tests.exercises import dense, mutants
from tests.exercises.mutants import AGREES, BORDERLINE, DIFFERS, Steps, Yardstick, planted, report

EXERCISES = mutants.exercises()
#: How many mutants of an exercise are tried here; `python -m tests.exercises.mutants` tries all.
MOST = 22


@pytest.mark.parametrize("own", EXERCISES.values(), ids=EXERCISES)
def test_check_is_right_about_every_mutant(own):
    report(own, MOST).holds()


@pytest.mark.parametrize("own", EXERCISES.values(), ids=EXERCISES)
def test_the_declared_answers_are_worth_what_they_should_be(own):
    """Right answers agree with the reference on inputs that their author never saw, wrong ones differ."""
    measure = Yardstick.of(own)
    for position, answer in enumerate(own.also):
        assert measure.worth(answer) == AGREES, f"right answer {position + 1}"
    for slips, wrong in own.mistakes():
        assert measure.worth(wrong) == DIFFERS, [slip.name for slip in slips]


def test_every_row_of_the_table_belongs_to_an_exercise():
    assert dense.TABLE.keys() <= EXERCISES.keys()


@pytest.mark.parametrize("name", dense.TABLE)
def test_dense_inputs_are_many_and_no_two_the_same(name):
    drawn = dense.inputs(name)
    assert len(drawn) >= 200
    assert len(set(map(pickle.dumps, drawn))) >= 200


# The harness refuses exercises that are declared badly.


def _mean_square(x, y):
    return ((x - y) ** 2).mean()


def _small_softmax(z):
    powers = np.exp(z - z.mean())
    return powers / powers.sum()


def _first(x):
    return x


def _halvings(n):
    steps = 0
    while n > 1:
        n = n // 2
        steps += 1
    return steps


def _sorted(x):
    y = x.copy()
    y.sort()
    return y


def declared(reference, draw, monkeypatch, kind=Function, **settings):
    """Return an exercise with nothing but a reference and inputs; the dense ones are drawn as its own."""
    own = code.softmax
    fields = {name: value for name, value in vars(own).items() if name != "_progress"}
    fields |= {"id": "planted", "reference": reference, "inputs": draw, "corners": (), "stub": ""}
    monkeypatch.setitem(dense.TABLE, "planted", draw)
    return kind(**fields | settings)


def vectors(rng, turn):
    return rng.normal(size=turn % 5 + 2), rng.normal(size=turn % 5 + 2)


def vector(rng, turn):
    return (rng.normal(size=turn % 5 + 2),)


@dataclass(frozen=True, kw_only=True, repr=False)
class Literal(Function):
    """Accepts what is the same to the last bit."""

    def _look(self, inputs, outcome):
        look = super()._look(inputs, outcome)
        same = all(g.tobytes() == w.tobytes() for g, w in zip(look.got, look.want, strict=True))
        return look if same else replace(look, wrong=(0,))


def test_inputs_that_are_too_poor_let_wrong_mutants_pass():
    """Square matrices, one axis, no large numbers."""
    poor = replace(code.softmax, corners=(), inputs=lambda rng, size: (rng.normal(size=(size, size)), 1))
    found = report(poor)
    slipped = {trial.mutant.after.strip() for trial in found.mistakes}
    assert "powers = np.exp(z)" in slipped
    assert "return powers / powers.sum(axis=1, keepdims=True)" in slipped
    assert all(trial.worth == DIFFERS for trial in found.mistakes)
    with pytest.raises(AssertionError, match="wrong about"):
        found.holds()


def test_a_literal_comparison_rejects_mutants_that_are_right(monkeypatch):
    own = declared(_small_softmax, vector, monkeypatch, kind=Literal)
    found = report(own)
    refused = [trial for trial in found.mistakes if trial.worth == AGREES]
    assert any("z.max()" in trial.mutant.after for trial in refused)
    with pytest.raises(AssertionError, match="wrong about"):
        found.holds()


def test_the_same_exercise_passes_with_a_tolerance(monkeypatch):
    found = report(declared(_small_softmax, vector, monkeypatch))
    assert found.of(AGREES)
    found.holds()


def test_too_few_mutants_are_refused(monkeypatch):
    with pytest.raises(AssertionError, match=r"planted: \d+ mutants, 20 wanted"):
        report(declared(_first, vector, monkeypatch)).holds()


def test_a_short_answer_lends_from_another(monkeypatch):
    own = declared(_first, vector, monkeypatch, also=(lambda x: x, _small_softmax))
    found = {mutant.source.partition("(")[0] for mutant in mutants.mutants_of(own)}
    assert found == {"def _first", "def _small_softmax"}


def test_an_exercise_without_a_row_is_refused(monkeypatch):
    monkeypatch.delitem(dense.TABLE, code.softmax.id)
    with pytest.raises(AssertionError, match="ours-softmax has no dense inputs: add a row"):
        report(code.softmax)


# What a mutant is worth.


def test_a_mutant_that_never_ends_differs_and_is_rejected(monkeypatch):
    own = declared(_halvings, lambda rng, turn: (int(rng.integers(1, 99)),), monkeypatch)
    trials = {trial.mutant.after.strip(): trial for trial in report(own).trials}
    endless = trials["n = n // 1"]
    assert endless.worth == DIFFERS
    assert endless.rejected
    assert "NeverEnds" in endless.verdict.message


def test_a_mutant_that_changes_its_input_differs_and_is_rejected(monkeypatch):
    own = declared(_sorted, vector, monkeypatch)
    trials = {trial.mutant.after.strip(): trial for trial in report(own).trials}
    assert trials["y = x"].worth == DIFFERS
    assert trials["y = x"].verdict.slip == "input modified"


@pytest.mark.parametrize(
    ("factor", "worth"), [(1, AGREES), (1 + 0.5e-4, AGREES), (1 + 2e-4, BORDERLINE), (1 + 4e-4, DIFFERS)]
)
def test_one_to_three_tolerances_are_a_borderline_case(factor, worth, monkeypatch):
    own = declared(_mean_square, vectors, monkeypatch, atol=0.0)
    assert Yardstick.of(own).worth(lambda x, y: factor * _mean_square(x, y)) == worth


@pytest.mark.parametrize(
    ("answer", "worth"),
    [
        (lambda x, y: [_mean_square(x, y)], AGREES),
        (lambda x, y: np.float32(_mean_square(x, y)), AGREES),
        (lambda x, y: None, DIFFERS),
        (lambda x, y: "text", DIFFERS),
        (lambda x, y: np.nan, DIFFERS),
        (lambda x, y: _mean_square(x, y) + 0j, DIFFERS),
        (lambda x, y: (x - y) ** 2, DIFFERS),
        (lambda x, y: x.fill(0), DIFFERS),
        (lambda x, y: _mean_square(x, y) if len(x) < 6 else 0.0, DIFFERS),
    ],
    ids=["list", "float32", "None", "text", "nan", "complex", "shape", "modified", "one size"],
)
def test_what_an_answer_is_worth(answer, worth, monkeypatch):
    assert Yardstick.of(declared(_mean_square, vectors, monkeypatch)).worth(answer) == worth


@pytest.mark.parametrize(
    ("back", "worth"),
    [
        (lambda x, w, dy: (dy @ w, dy.T @ x, dy.sum(axis=0)), AGREES),
        (lambda x, w, dy: [(dy @ w).tolist(), dy.T @ x, dy.sum(axis=0)], AGREES),
        (lambda x, w, dy: ([*(dy @ w).tolist(), []], dy.T @ x, dy.sum(axis=0)), DIFFERS),
        (lambda x, w, dy: (dy @ w, x.T @ dy, dy.sum(axis=0)), DIFFERS),
        (lambda x, w, dy: (dy @ w, dy.T @ x, None), DIFFERS),
        (lambda x, w, dy: (dy @ w, dy.T @ x), DIFFERS),
        (lambda x, w, dy: (dy @ w, dy.T @ x, dy.sum(axis=0) + dy.__imul__(2).sum(axis=0)), DIFFERS),
    ],
    ids=["right", "list", "ragged", "transposed", "None", "two", "modified"],
)
def test_what_a_pullback_is_worth(back, worth):
    measure = Yardstick.of(code.dense)
    assert measure.worth(lambda x, w, b: (x @ w.T + b, lambda dy: back(x, w, dy))) == worth


def test_steps_are_counted_in_every_loop():
    steps = Steps()
    source = (
        "def _first(n):\n    for i in range(n):\n        pass\n    while n > 0:\n        n -= 1\n"
        "    return [j for j in range(7)]\n"
    )
    assert planted(source, {}, steps)(5) == list(range(7))
    assert steps.taken == 5 + 6 + 7


def test_memory_that_nobody_wrote_to_is_never_right():
    source = "def _first(n):\n    return np.empty((n, 2)), np.empty(n, int)\n"
    floats, whole = planted(source, {"np": np}, Steps())(3)
    assert floats.shape == (3, 2)
    assert np.isnan(floats).all()
    assert (whole < 0).all()


def test_mutants_differ_from_the_reference_and_from_each_other():
    codes = [mutants._spelled(mutant.source) for mutant in mutants.mutants_of(code.dense)]
    assert len({*codes, mutants._spelled(mutants.source_of(code.dense.reference))}) == len(codes) + 1


def test_a_sample_is_drawn_from_all():
    some, everything = mutants.mutants_of(code.dense, MOST), mutants.mutants_of(code.dense)
    assert len(some) == MOST
    assert {mutant.source for mutant in some} < {mutant.source for mutant in everything}
    assert some == mutants.mutants_of(code.dense, MOST)
