import numpy as np
import pytest

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference import perceptron_rule, train_perceptron

GATES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0]}
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


@pytest.mark.parametrize("gate", GATES)
def test_separable_gates_are_learned(gate):
    run = train_perceptron(CORNERS, GATES[gate])
    assert ((CORNERS @ run.weight + run.bias >= 0) == GATES[gate]).all()
    assert run.mistakes[-1] == 0


def test_xor_never_ends():
    run = train_perceptron(CORNERS, [0, 1, 1, 0], epochs=50)
    assert len(run.mistakes) == 50
    assert min(run.mistakes) > 0


def test_one_correction_by_hand():
    weight, bias, corrected = perceptron_rule([2.0, 3.0], 0, [0.5, 0.5], 0.0, lr=0.1)
    np.testing.assert_allclose(weight, [0.3, 0.2])
    assert bias == pytest.approx(-0.1)
    assert corrected


def test_a_right_answer_changes_nothing():
    weight, bias, corrected = perceptron_rule([2.0, 3.0], 1, [0.5, 0.5], 0.0)
    assert (weight.tolist(), bias, corrected) == ([0.5, 0.5], 0.0, False)


def test_the_boundary_counts_as_yes():
    assert perceptron_rule([1.0], 1, [0.0], 0.0)[2] is False


def test_bad_input():
    with pytest.raises(ShapeError):
        perceptron_rule([1.0, 2.0], 1, [1.0], 0.0)
    with pytest.raises(ShapeError):
        train_perceptron(CORNERS, [0, 1])
    with pytest.raises(ValidationError, match="labels 0 and 1"):
        train_perceptron(CORNERS, [-1, 1, 1, -1])
