"""The kind `RecurrentNet`: what it reads, how it runs, and what it names."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.errors import ValidationError
from dlcore.exercises.engine import RecurrentNet, Slip
from dlcore.exercises.engine.recurrent_reading import read_net

# A net for "1 now, 0 before", read at its second node.
RISE = {"activation": "step", "U": [1, 1], "W": [[0, 0], [-1, 0]], "b": [-0.5, -0.5], "node": 2}


def one(weight, bias):
    """A single node without memory."""
    return {"activation": "step", "U": [weight], "W": [[0]], "b": [bias], "node": 1}


rise = RecurrentNet(
    id="test-rise",
    title="rise",
    statement="Signal a 1 after a 0.",
    reference=RISE,
    also=({**RISE, "U": [2, 2]},),
    hints=("?",),
    slips=(
        Slip("always", one(0, 1), says="always", hint="?"),
        Slip("never", one(0, -1), says="never", hint="?"),
        Slip("current", one(1, -0.5), says="current", hint="?"),
    ),
    because="it works",
    target=lambda bits: bits[-2:] == (0, 1),
    first=2,
)
late_rise = replace(rise, id="test-late", latest=1)
LATE = {
    "activation": "step",
    "U": [1, 1, 0],
    "W": [[0, 0, 0], [-1, 0, 0], [0, 1, 0]],
    "b": [-0.5] * 3,
    "node": 3,
}


# Running.

FUNCTIONS = {
    "step": lambda z: 1.0 if z > 0 else 0.0,
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "relu": lambda z: max(z, 0.0),
}
weights = st.integers(-3, 3).map(lambda w: w / 2)


@given(st.data(), st.sampled_from(sorted(FUNCTIONS)), st.integers(1, 3))
def test_states_are_those_of_a_plain_loop(data, activation, k):
    U, b = (data.draw(st.lists(weights, min_size=k, max_size=k)) for _ in range(2))
    W = data.draw(st.lists(st.lists(weights, min_size=k, max_size=k), min_size=k, max_size=k))
    net = read_net({"activation": activation, "U": U, "W": W, "b": b})
    states = net.states(4)
    for place, bits in enumerate(product((0, 1), repeat=4)):
        s = [0.0] * k
        for t, x in enumerate(bits, 1):
            z = [U[i] * x + sum(W[i][j] * s[j] for j in range(k)) + b[i] for i in range(k)]
            s = [FUNCTIONS[activation](value) for value in z]
            np.testing.assert_allclose(states[t][place >> (4 - t)], s, rtol=1e-12, atol=1e-12)


def test_a_sum_that_should_be_zero_does_not_fire():
    net = read_net({"activation": "step", "U": [0.1], "W": [[0]], "b": [0.2 - 0.3], "node": 1})
    assert 0.1 + (0.2 - 0.3) > 0
    assert not net.says(1)[1].any()


def test_huge_weights_bring_no_warning():
    relu = {"activation": "relu", "U": [1e308, -1e308], "W": [[1e308] * 2] * 2, "b": [1e308] * 2, "node": 1}
    assert rise.check(relu).status == "wrong"
    assert rise.check({**relu, "activation": "tanh"}).status == "wrong"


# Reading.

FORMS = {
    "arrays": {key: np.array(value) if key in "UWb" else value for key, value in RISE.items()},
    "float32": {key: np.float32(value) if key in "UWb" else value for key, value in RISE.items()},
    "column": {**RISE, "U": [[1], [1]], "b": [[-0.5], [-0.5]]},
    "row": {**RISE, "U": [[1, 1]]},
    "small keys": {"ACTIVATION": "Step", "u": [1, 1], "w": [[0, 0], [-1, 0]], "B": [-0.5, -0.5], "Node": 2},
    "thresholds": {**{k: v for k, v in RISE.items() if k != "b"}, "thresholds": [0.5, 0.5]},
    "fractions": {**RISE, "b": [Fraction(-1, 2), Fraction(-1, 3)]},
    "text": {**RISE, "b": ["-0.5", "-0.5"], "node": "2"},
    "one bias": {**RISE, "b": -0.5},
    "last node": {k: v for k, v in RISE.items() if k != "node"},
    "heaviside": {**RISE, "activation": " Heaviside "},
    "tuple": ("step", (1, 1), ((0, 0), (-1, 0)), (-0.5, -0.5)),
    "tuple with node": ("step", [1, 1], [[0, 0], [-1, 0]], [-0.5, -0.5], 2),
    "tuple with rule": ["step", [1, 1], [[0, 0], [-1, 0]], [-0.5, -0.5], 2, "s > 0"],
    "tuple with V": ("step", [1, 1], [[0, 0], [-1, 0]], [-0.5, -0.5], [0, 1], -0.5),
    "tuple with V and rule": (
        "step",
        [1, 1],
        [[0, 0], [-1, 0]],
        [-0.5, -0.5],
        [[0, 1]],
        [0],
        "V s + c > 0.5",
    ),
    "still empty": {**RISE, "V": ..., "c": None},
}


@pytest.mark.parametrize("answer", FORMS.values(), ids=FORMS)
def test_a_right_net_in_any_form(answer):
    verdict = rise.check(answer)
    assert verdict.ok, verdict


RULES = {
    "s > 0.5": True,
    "s>=1": True,
    "s ≥ 1": True,
    "s2 > 0.5": True,
    "s_2 == 1": True,
    "s_t != 0": True,
    "s = 1": True,
    "0.5 < s < 1.5": True,
    "1/2 < s": True,
    "> 0.5": True,
    "|s| > 0.5": True,
    "|s - 1| < 0.5": True,
    "abs(s - 1) < 0.1": True,
    "s^2 > 0.5": True,
    "1 - (1 - s)²": True,
    "s": True,
    "s > 1": False,
    "s < 0.5": False,
    "s1 > 0.5": False,
}


@pytest.mark.parametrize(("rule", "right"), RULES.items(), ids=RULES)
def test_rules(rule, right):
    answer = {**RISE, "readout": rule}
    if rule.startswith("s1"):
        del answer["node"]
    assert rise.check(answer).ok is right


@pytest.mark.parametrize(
    "rule", ["V s + c > 0", "V*s+c>0", "V @ s + c >= 0.5", "Vs > 0.5", "V s > 0", "", 0.25]
)
def test_rules_of_an_output_layer(rule):
    if rule == 0.25:
        rule = "o > 0.25"
    answer = {**{k: v for k, v in RISE.items() if k != "node"}, "V": [[0, 1]], "c": 0, "readout": rule}
    assert rise.check(answer).ok


def test_rules_that_are_no_text():
    for rule in (0.5, (">", 0.5), ("s >", 0.5), ["<", 2]):
        assert rise.check({**RISE, "readout": rule}).ok is (rule != ["<", 2])
    assert rise.check({**RISE, "readout": "s > c", "c": 0.5}).ok


UNREADABLE = {
    "a number": (3, "Expected a dict"),
    "text": ("step", "Expected a dict"),
    "arrays alone": (([1, 1], [[0, 0], [-1, 0]], [-0.5, -0.5]), "Expected a dict"),
    "too long": (["step", 1, 1, 1, 1, 1, "s", 1], "Expected a dict"),
    "function inside": ({**RISE, "readout": lambda s: s > 0.5}, "are texts"),
    "activation as function": ({**RISE, "activation": np.tanh}, "are texts"),
    "unknown key": ({**RISE, "readuot": "s > 0"}, "'readuot' is no part"),
    "unknown activation": ({**RISE, "activation": "sine"}, "expected one of step, tanh, sigmoid, relu"),
    "W missing": ({**RISE, "W": ...}, '"W" is missing'),
    "b missing": ({**RISE, "b": None}, '"b" is missing'),
    "W as a list": ({**RISE, "W": [0, -1]}, "expected shape (2, 2), one row a node"),
    "W of one node": ({**RISE, "W": [[0]]}, "expected shape (2, 2)"),
    "ragged": ({**RISE, "W": [[0, 0], [1]]}, "W: expected numbers"),
    "U a matrix": ({**RISE, "U": [[1, 0], [0, 1]]}, "U: expected one number a node, got shape (2, 2)"),
    "b too long": ({**RISE, "b": [1, 2, 3]}, "b: expected 2 numbers"),
    "infinite": ({**RISE, "b": [1, float("inf")]}, "b: expected finite numbers"),
    "no node": ({**RISE, "node": 0}, "from 1 to 2, counted from 1; got 0"),
    "third node": ({**RISE, "node": 3}, "from 1 to 2"),
    "half a node": ({**RISE, "node": 1.5}, "node: expected a whole number"),
    "an array as node": ({**RISE, "node": np.array([2])}, "node: expected a whole number"),
    "two nodes": ({**RISE, "readout": "s1 > 0.5"}, "looks at one node"),
    "nodes in a rule": ({**RISE, "readout": "s1 + s2 > 0.5"}, "looks at one node"),
    "node and V": ({**RISE, "V": [1, 1], "c": 0}, "not both"),
    "V too long": (
        {**{k: v for k, v in RISE.items() if k != "node"}, "V": [1, 1, 1]},
        "V: expected 2 numbers",
    ),
    "two of c": (
        {**{k: v for k, v in RISE.items() if k != "node"}, "V": [1, 1], "c": [1, 1]},
        "c: expected one",
    ),
    "unknown name": ({**RISE, "readout": "q > 0.5"}, "'q' is not one of the variables s"),
    "no formula": ({**RISE, "readout": "s > yes, else no"}, "is not one of the variables s"),
    "rule a list": ({**RISE, "readout": [1, 2, 3]}, "readout: expected a comparison"),
    "late": ({**RISE, "delay": 1}, "delay: the signal must come in the same step"),
    "too many nodes": ({**RISE, "U": [1] * 500}, "at most 200 nodes"),
}


@pytest.mark.parametrize(("answer", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_says_why(answer, words):
    verdict = rise.check(answer)
    assert verdict.status == "error"
    assert words in verdict.message


def test_read_net_raises_what_check_says():
    with pytest.raises(ValidationError, match="U: expected numbers"):
        read_net({**RISE, "U": "one"})


# Judging.


@pytest.mark.parametrize("part", ["U", "W", "b"])
@pytest.mark.parametrize("factor", [-1, 0])
def test_each_weight_matters(part, factor):
    """Every weight of a net without slack, negated or taken away, makes it wrong."""
    tight = {**RISE, "b": [-0.5, -0.5]}
    array = np.array(tight[part], float)
    for place in np.argwhere(array):
        spoiled = array.copy()
        spoiled[tuple(place)] *= factor
        if part == "b" and factor == 0:
            spoiled[tuple(place)] = 0.75  # a bias of 0 is right here
        assert not rise.check({**tight, part: spoiled}).ok


def test_the_first_input_does_not_count():
    guarded = {
        "activation": "step",
        "U": [1, 0, 1],
        "W": [[0, 0, 0], [0, 0, 0], [-1, 1, 0]],
        "b": [-0.5, 0.5, -1.5],
    }
    for net, first in ((RISE, [False, True]), (guarded, [False, False])):
        assert read_net(net).says(1)[1].tolist() == first
        assert rise.check(net).ok


def test_the_message_shows_the_shortest_sequence():
    verdict = rise.check({**RISE, "b": [-0.5, 0.5]})
    assert (
        "After the inputs 0, 0 the net says yes, expected no: node 2 gave 1, 1 on the way." in verdict.message
    )
    assert "254 of 508 sequences are wrong." in verdict.message
    assert "depends on the last two inputs alone: yes after 00, 01, 11" in verdict.message


REPAIRED = {
    "node counted from 0": {**RISE, "node": 1},
    "one step late": LATE,
    "sign of the biases": {**RISE, "b": [0.5, 0.5]},
    "W transposed": {**RISE, "W": [[0, -1], [0, 0]]},
    "on the threshold": {**RISE, "b": [-0.5, -1]},
    "sign of W": {**RISE, "W": [[0, 0], [1, 0]]},
    "another node": {**LATE, "node": 1, "W": [[0, 1, 0], [0, 0, 0], [0, -1, 0]], "U": [0, 1, 1]},
    "not steep enough": {
        "activation": "sigmoid",
        "U": [1, 1],
        "W": [[0, 0], [-1, 0]],
        "b": [-0.5, -0.5],
        "node": 2,
        "readout": "s > 0.9",
    },
}


@pytest.mark.parametrize(("name", "answer"), REPAIRED.items(), ids=REPAIRED)
def test_one_change_that_mends_the_net_is_named(name, answer):
    verdict = rise.check(answer)
    assert verdict.slip == name, verdict
    assert "After the inputs" in verdict.message
    assert verdict.status in ("wrong", "close")


def test_a_declared_delay_is_right_where_it_may_be():
    assert late_rise.check({**LATE, "delay": 1}).ok
    assert late_rise.check(LATE).slip == "one step late"
    assert late_rise.check({**RISE, "delay": 1}).status == "wrong"
    assert late_rise.check(RISE).ok
    assert "at most 1 step(s) later" in late_rise.check({**LATE, "delay": 2}).message


def test_a_slip_is_known_by_what_it_says_or_by_what_it_says_later():
    assert rise.check({"activation": "tanh", "U": [3], "W": [[0.1]], "b": [-1], "node": 1}).slip == "current"
    wakes_up = {
        "activation": "step",
        "U": [0, 0, 1],
        "W": [[0, 0, 0], [1, 0, 0], [0, 1, 0]],
        "b": [0.5, -0.5, -1.5],
        "node": 3,
    }
    verdict = rise.check(wakes_up)
    assert verdict.slip == "current"
    assert "depends on the current input alone: yes after 1" in verdict.message


def test_what_remembers_nothing_is_told_so():
    assert "W is zero" in rise.check(one(-1, 0.5)).message
    assert "With a single node" in rise.check({**one(1, -0.5), "W": [[-1]]}).message
    assert "It never says yes" in rise.check(one(0, -1)).message
    assert "It always says yes" in rise.check(one(0, 1)).message
