"""Whatever is handed in: `check` gives a verdict, raises nothing and changes nothing."""

from __future__ import annotations

import contextlib
import copy
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dlcore.exercises import Verdict, all_exercises
from dlcore.exercises.engine.verdict import STATUSES
from tests.exercises.promises import answers

EXERCISES = all_exercises()


class Hostile:
    """Raises whatever is done with it."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __repr__(self):
        raise RuntimeError("repr")

    __str__ = __len__ = __iter__ = __float__ = __eq__ = __bool__ = __call__ = __repr__
    __hash__ = None


class BadError(Exception):
    def __str__(self):
        raise RuntimeError("str")


class Unusual(BaseException):
    pass


def raising(error):
    def function(*arguments, **named):
        raise error

    return function


def forever(*arguments, **named):
    while True:
        yield 1


def recursive(*arguments, **named):
    return recursive(*arguments, **named)


def vandal(*arguments, **named):
    for value in (*arguments, *named.values()):
        with contextlib.suppress(Exception):
            value[...] = np.nan
    return arguments[0] if arguments else None


def ring():
    loop: list = []
    loop.append(loop)
    return loop


class Fickle:
    """Returns another kind of thing each time."""

    def __init__(self):
        self.turn = 0

    def __call__(self, *arguments, **named):
        self.turn += 1
        return [1.0, None, "text", (1, 2), np.zeros(3), forever()][self.turn % 6]


numbers = st.one_of(
    st.floats(), st.integers(), st.booleans(), st.fractions(), st.complex_numbers(), st.just(10**4000)
)
atoms = st.one_of(
    st.none(),
    numbers,
    st.text(max_size=8),
    st.binary(max_size=4),
    st.just(...),
    st.sampled_from(
        ["1e999999999", "9**9**9**9", "((((" * 200, "-" * 1500 + "1", "1/0", "k", "x" * 5000, "\0"]
    ),
)
data = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(
            st.sampled_from(["good", "bad", "net", "proof", "w", "W", "b", "t", "nodes", "edges", "x"]),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=8,
)
arrays = st.sampled_from(
    [
        np.array(3),
        np.full((2, 2), np.nan),
        np.array([1 + 2j]),
        np.array(["a"]),
        np.array([None, [1]], dtype=object),
        np.broadcast_to(0.0, (10**6, 10**6)),
        np.zeros((3, 0)),
        np.float32(1),
        np.array("2026-01-01", dtype="datetime64[D]"),
    ]
)
things = st.one_of(data, arrays)
functions = st.one_of(
    st.sampled_from(
        [
            ValueError("no"),
            SystemExit(2),
            StopIteration(),
            MemoryError(),
            BadError(),
            Unusual(),
            GeneratorExit(),
        ]
    ).map(raising),
    st.sampled_from([forever, recursive, vandal, dict, print, len, lambda: 1, lambda x: x, np.sum]),
    things.map(lambda value: lambda *arguments, **named: value),
    st.tuples(things, things).map(lambda pair: lambda *a, **named: (pair[0], lambda *dy: pair[1])),
    st.just(0).map(lambda _: Fickle()),
    st.just(0).map(lambda _: lambda *a, **named: ring()),
)
others = st.one_of(
    st.sampled_from([object(), {1, 2}, range(4), open, Fraction(1, 3)]),
    st.builds(ring),
    st.just(Hostile),
    st.just(0).map(lambda _: Hostile()),
)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(answer=st.one_of(things, functions, others))
def test_any_junk_gets_a_verdict(exercise, answer):
    verdict = exercise.check(answer)
    assert isinstance(verdict, Verdict)
    assert verdict.status in STATUSES
    assert verdict.message
    assert str(verdict)
    assert verdict._repr_html_()
    assert 0 <= verdict.points <= verdict.out_of
    assert "could not be judged" not in verdict.message, "the engine itself failed"


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(answer=data)
def test_data_is_not_changed(exercise, answer):
    before = copy.deepcopy(answer)
    exercise.check(answer)
    assert repr(answer) == repr(before)


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(junk=data, place=st.integers(0, 20))
def test_a_right_answer_with_junk_inside_gets_a_verdict(exercise, junk, place):
    """Junk at depth comes nearer to the readers than junk alone."""
    answer = copy.deepcopy(answers(exercise)[0])
    if callable(answer):
        return
    verdict = exercise.check(_with_junk(answer, junk, [place]))
    assert "could not be judged" not in verdict.message, "the engine itself failed"


def _with_junk(value, junk, left):
    """Put junk in the place of one part, counted through."""
    if left[0] == 0:
        left[0] -= 1
        return junk
    left[0] -= 1
    if isinstance(value, dict):
        return {key: _with_junk(part, junk, left) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_with_junk(part, junk, left) for part in value)
    return value


def test_an_interrupt_goes_through():
    with pytest.raises(KeyboardInterrupt):
        EXERCISES["ours-softmax"].check(raising(KeyboardInterrupt()))
