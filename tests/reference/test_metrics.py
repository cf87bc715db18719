import numpy as np
import pytest

from dlcore.errors import ShapeError
from dlcore.reference import accuracy, binary_accuracy


@pytest.mark.parametrize(
    ("logits", "target"),
    [((3,), (3,)), ((3, 2), (2,)), ((3, 2), (3, 1)), ((3, 2, 1), (3,)), ((), ())],
)
def test_accuracy_needs_scores_and_an_index_a_sample(logits, target):
    with pytest.raises(ShapeError, match="scores"):
        accuracy(np.ones(logits), np.zeros(target, int))


def test_accuracy_counts_the_first_of_equal_maxima():
    assert accuracy([[1, 1], [0, 2], [3, 0]], [0, 1, 1]) == pytest.approx(2 / 3)


def test_binary_accuracy_needs_one_shape_and_counts_zero_as_no():
    with pytest.raises(ShapeError):
        binary_accuracy(np.ones((3, 1)), np.ones(3))
    assert binary_accuracy([0.0, 1.0, -1.0, 2.0], [0, 1, 1, 1]) == 0.75


@pytest.mark.parametrize("metric", [accuracy, binary_accuracy])
def test_no_samples_have_no_accuracy(metric):
    shape = (0, 3) if metric is accuracy else (0,)
    assert np.isnan(metric(np.ones(shape), np.ones(0, int)))
