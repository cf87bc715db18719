"""Nets that are right in another reading, and what a message tells of the others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.exercises import mmds
from dlcore.exercises.engine import threshold_net

XOR = [([[1, 1], [-1, -1]], [0.5, -1.5]), ([[1, 1]], [1.5])]


@pytest.mark.parametrize("scale", [1e-200, 1e-12, 1e12, 1e200])
def test_weights_of_any_size_are_a_net(scale):
    assert mmds.xor.check([(scale * np.array(w), scale * np.array(t)) for w, t in XOR]).ok


def test_the_threshold_itself_is_met_up_to_rounding():
    layers = [(np.array([[0.1, 0.2]]), np.array([-0.3]))]
    assert threshold_net(layers, np.ones((1, 2))) == 0
    assert threshold_net(layers, np.ones((1, 2)), at_threshold=True) == 1


READINGS = {
    "on the threshold": [([[1, 1], [-1, -1]], [1, -1]), ([[1, 1]], [2])],
    "sign of the threshold": [([[1, 1], [-1, -1]], [-0.5, 1.5]), ([[1, 1]], [-1.5])],
    "columns for rows": [([[1, -1], [1, -1]], [0.5, -1.5]), ([[1, 1]], [1.5])],
}


@pytest.mark.parametrize("name", READINGS)
def test_other_readings_are_named(name):
    verdict = mmds.xor.check(READINGS[name])
    assert (verdict.status, verdict.slip) == ("close", name)
    assert verdict.points == 0.5 * mmds.xor.points


def test_the_sign_is_that_of_the_word_in_the_statement():
    own = replace(mmds.xor, second="bias")
    assert own.check(XOR).slip == "sign of the bias"
    assert own.check(READINGS["sign of the threshold"]).ok


def test_one_wrong_sign_alone_is_no_other_reading():
    verdict = mmds.xor.check([([[1, 1], [-1, -1]], [0.5, 1.5]), ([[1, 1]], [0.5])])
    assert verdict.slip == "inclusive or"
    assert "The hidden units give 1, 0 there. Unit 2 of the hidden layer never fires." in verdict.message


def test_wrong_inputs_are_listed_if_they_are_few():
    net = [([[1, 2, 1, 0, 0], [0, 0, 1, 2, 1]], [2.5, 3.5]), ([[1, 1]], [0.5])]
    message = mmds.adjacent_ones.check({"net": net, "proof": ...}).message
    assert "(5 of 32 inputs are wrong: 00011, 00110, 01011, 10011, 10110)" in message
    assert "Unit" not in message


def test_dead_units_of_deep_nets_have_a_layer():
    net = [([[1, 0], [0, 1]], [0.5, 0.5]), ([[1, 1], [1, 1]], [-1, 5]), ([[1, 1]], [0.5])]
    message = mmds.xor.check(net).message
    assert "Unit 1 of hidden layer 2 always fires. Unit 2 of hidden layer 2 never fires." in message


def test_inputs_that_are_no_bits_are_written_apart():
    line = replace(mmds.xor, inputs=np.array([[0.5, -1.0]]), target=lambda x: 0.0)
    assert "On input (0.5, -1) the net gives 1" in line.check([([[2, 0]], [0])]).message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([([[1, -1], [-1, 1]], [0.5, 0.5])], "is the output layer missing?"),
        ([([[1, 1, 0], [1, 0, 1]], [0, 0, 0]), ([1, 1, 1], 0)], "expected W of shape (3, 2)"),
        ([([[1, 1, 0], [1, 0, 1]], [0, 0, 0]), ([1, 1, 1], 0)], "is it transposed?"),
        ({"proof": {"good": ["01"]}}, '"net" is missing'),
    ],
)
def test_misfits(answer, words):
    verdict = mmds.xor.check(answer)
    assert verdict.status == "error"
    assert words in verdict.message


def test_one_threshold_for_all_units_of_a_layer():
    assert mmds.xor.check([([[1, -1], [-1, 1]], 0.5), ([1, 1], 0.5)]).ok


def test_a_net_and_its_proof_as_a_pair():
    right = mmds.adjacent_ones.reference
    assert mmds.adjacent_ones.check((right["net"], right["proof"])).ok
    assert mmds.adjacent_ones.check((right["net"], {"good": ["11000"]})).slip == "proof: one side"


@pytest.mark.parametrize("number", [2, 2.0, "2", np.int64(2)])
def test_the_number_alone_in_any_form(number):
    assert mmds.adjacent_ones.check(number).slip == "number alone"


def test_the_worked_answer_runs_and_has_short_lines():
    code = mmds.adjacent_ones_six.solution().code
    names: dict = {}
    exec(code, names)
    assert mmds.adjacent_ones_six.check(names["answer"]).ok
    assert max(map(len, code.splitlines())) <= 110


@given(st.lists(st.integers(-3, 3), min_size=9, max_size=9))
def test_a_verdict_agrees_with_the_table(numbers):
    """Half-way thresholds, so that no reading of ties can differ."""
    w, t = np.array(numbers[:4]).reshape(2, 2), np.array(numbers[4:6]) + 0.5
    u, s = np.array(numbers[6:8]), numbers[8] + 0.5
    table = [int((u * (w @ x > t)).sum() > s) for x in ([0, 0], [0, 1], [1, 0], [1, 1])]
    assert mmds.xor.check([(w, t), (u, s)]).ok == (table == [0, 1, 1, 0])


def linear(layers, x):
    for weight, bias in layers:
        x = x @ weight.T + bias
    return x


def test_a_net_of_another_kind_has_no_threshold():
    message = replace(mmds.xor, run=linear, second="bias").check([([[1, 1]], [0])]).message
    assert message == "On input 11 the net gives 2, expected 0 (1 of 4 inputs are wrong)."
