"""The exercises of chapter 01: other right answers pass, and wrong ones hear what is wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dlcore.exercises import neurons


def _fold_by_bits(weight, threshold):
    folded = np.zeros((len(weight), weight.shape[1] + 1), np.float32)
    folded[:, :-1] += weight
    for k in range(len(weight)):
        folded[k, -1] -= threshold[k]
    return folded


def _signs(weight, bias, x, y, eta):
    fires = float(np.einsum("i,i->", weight, x) + bias > 0)
    return weight - eta * (fires - y) * x, bias - eta * (fires - y)


FILM = [-0.3243, -0.6485, -0.1621]

RIGHT = {
    "the sigmoid as text": (neurons.neuron_output, "1/(1 + exp(0.5))"),
    "four digits": (neurons.neuron_output, 0.3775),
    "a border with a division first": (neurons.border_line, "-b/w2 - (w1/w2)*x1"),
    "an equation": (neurons.border_line, "x2 = (-w1*x1 - b) / w2"),
    "a step with signs turned twice": (neurons.perceptron_step, _signs),
    "fractions": (neurons.perceptron_pass, ("1", "1/2", 1)),
    "an array": (neurons.perceptron_pass, np.array([1, 0.5, 1], np.float32)),
    "a loop": (neurons.fold_threshold, _fold_by_bits),
    "concatenate": (neurons.fold_threshold, lambda w, t: np.concatenate([w, -t.reshape(-1, 1)], axis=1)),
    "a border on the line": (neurons.committee, [([2, 1, 1], -2)]),
    "a bare layer": (neurons.committee, ([0.5, 0.3, 0.3], -0.7)),
    "a threshold by its name": (neurons.committee, [{"W": [2, 1, 1], "threshold": 2.5}]),
    "nor and and, joined by nor": (neurons.xor_gate, [([[1, 1], [-1, -1]], [-1.5, 0.5]), ([-1, -1], 0.5)]),
    "rounded to four digits": (neurons.film_gradient, FILM),
}


@pytest.mark.parametrize(("exercise", "answer"), RIGHT.values(), ids=RIGHT)
def test_other_right_answers(exercise, answer):
    assert exercise.check(answer).status == "right"


def _no_eta_and_no_bias(weight, bias, x, y, eta):
    guess = 1.0 if weight @ x + bias > 0 else 0.0
    return weight + (y - guess) * x, bias


def _old_bias_lost(weight, bias, x, y, eta):
    guess = 1.0 if weight @ x + bias > 0 else 0.0
    return weight + eta * (y - guess) * x, eta * (y - guess)


def _in_place(weight, bias, x, y, eta):
    guess = 1.0 if weight @ x + bias > 0 else 0.0
    weight += eta * (y - guess) * x
    bias += eta * (y - guess)
    return weight, bias


WRONG = {
    "hard sigmoid": (neurons.neuron_output, 0.0, "step"),
    "a sign lost in the exponent": (neurons.neuron_output, 0.622, "minus"),
    "solved for x1": (neurons.border_line, "-(w2*x2 + b)/w1", "x2"),
    "a bracket lost": (neurons.border_line, "-w1*x1 + b/w2", "Close|expected"),
    "neither eta nor bias": (neurons.perceptron_step, _no_eta_and_no_bias, "bias never moves"),
    "the old bias lost": (neurons.perceptron_step, _old_bias_lost, "old bias"),
    "1 / 1 + exp": (neurons.neuron_output, "1/1 + exp(0.5)", "Brackets"),
    "the slope alone": (neurons.border_line, "-w1/w2", "slope of the line"),
    "weights alone": (neurons.perceptron_step, lambda w, b, x, y, eta: w, "2 results|shape"),
    "changed in place": (neurons.perceptron_step, _in_place, "changed in place"),
    "one sign and the place": (neurons.fold_threshold, lambda w, t: np.c_[t, w], "own sign.*front"),
    "a row below": (neurons.fold_threshold, lambda w, t: np.vstack([w, -t]), "shape"),
    "the numbers of the chair alone": (neurons.committee, [([3, 1, 1], -2.5)], "chair decides alone"),
    "two units": (neurons.committee, [([[1, 1, 0], [1, 0, 1]], [-1.5, -1.5]), ([1, 1], -0.5)], "hidden"),
    "an or of two gates": (
        neurons.xor_gate,
        [([[1, 1], [-1, -1]], [-0.5, 1.5]), ([1, 1], -0.5)],
        "everything",
    ),
    "uphill": (neurons.film_gradient, [-number for number in FILM], "signs"),
}


@pytest.mark.parametrize(("exercise", "answer", "words"), WRONG.values(), ids=WRONG)
def test_wrong_answers_hear_why(exercise, answer, words):
    verdict = exercise.check(answer)
    assert verdict.status in ("wrong", "close", "error")
    assert re.search(words, verdict.message, re.DOTALL), verdict.message


def test_the_prediction_is_what_the_reference_rule_gives():
    from dlcore import reference as ref

    given = neurons.perceptron_pass.given
    weight, bias = np.zeros(2), -1e-12  # the reference fires on zero, the exercise does not
    for x, y in zip(given["x"], given["y"], strict=True):
        weight, bias, _ = ref.perceptron_rule(x, y, weight, bias, lr=given["eta"])
    np.testing.assert_allclose(
        [*weight, bias], neurons.perceptron_pass.settled(neurons.perceptron_pass.reference)
    )


def test_the_gradient_is_what_the_reference_pullbacks_give():
    from dlcore import reference as ref

    given = neurons.film_gradient.given
    x, weight, bias = [[given["mary"], given["john"]]], [[given["w1"], given["w2"]]], [given["b"]]
    z, back_dense = ref.dense(*map(np.array, (x, weight, bias)))
    yhat, back_sigmoid = ref.sigmoid(z)
    _, back_loss = ref.mse(yhat, np.array([[float(given["y"])]]))
    _, dweight, dbias = back_dense(back_sigmoid(back_loss()[0]))
    np.testing.assert_allclose(
        [*dweight[0], *dbias], neurons.film_gradient.settled(neurons.film_gradient.reference)
    )


def test_lists_written_as_text():
    assert neurons.perceptron_pass.check("[1, 0.5, 1]").status == "right"
    assert neurons.perceptron_pass.check("[1, 0.5").status in ("error", "wrong")
    assert neurons.perceptron_pass.check("[" * 5000).status in ("error", "wrong")


@pytest.mark.parametrize("text", ["0,378", "0,3775", "37,75", ",5", "1,2,3"])
def test_a_comma_is_no_decimal_point(text):
    assert neurons.neuron_output.check(text).status == "error"


def test_thousands_may_be_set_apart():
    from dlcore.exercises.engine.number import read_numbers

    for text in ("260,100", "260_100", "260100", " 260,100 ", "510^2"):
        assert read_numbers(text) == 260100
    assert read_numbers("1,234,567.5") == 1234567.5
