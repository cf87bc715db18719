"""The container of all data sets and the split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.data import Dataset, digits, exam_hours, films, logic_gates, train_test_split
from dlcore.errors import ShapeError, ValidationError


def make(labels) -> Dataset:
    labels = np.asarray(labels)
    classes = tuple(str(label) for label in np.unique(labels))
    return Dataset(np.arange(len(labels))[:, None], labels, name="made", classes=classes)


@given(
    labels=st.lists(st.integers(0, 4), min_size=2, max_size=60),
    share=st.floats(0.01, 0.99),
    seed=st.integers(0, 1000),
)
def test_split_is_a_partition_that_keeps_the_share_of_each_class(labels, share, seed):
    whole = make(labels)
    count = round(share * len(labels))
    if not 0 < count < len(labels):
        with pytest.raises(ValidationError, match="both parts"):
            whole.split(test=share)
        return
    train, test = whole.split(test=share, rng=np.random.default_rng(seed))
    assert len(test) == count
    assert sorted([*train.x[:, 0], *test.x[:, 0]]) == list(range(len(labels)))
    for part in (train, test):
        np.testing.assert_array_equal(part.y, whole.y[part.x[:, 0]])
    for label in set(labels):
        exact = labels.count(label) * count / len(labels)
        assert abs((test.y == label).sum() - exact) < 1


def test_split_without_rng_is_stated_and_repeats():
    first, again = digits().split(), train_test_split(digits(), rng=np.random.default_rng(0))
    np.testing.assert_array_equal(first[1].y, again[1].y)
    np.testing.assert_array_equal(first[0].x, again[0].x)
    other = digits().split(rng=np.random.default_rng(1))
    assert not np.array_equal(first[1].y, other[1].y)
    assert (len(first[0]), len(first[1])) == (1348, 449)


def test_split_by_count_keeps_the_extra_fields():
    train, test = films().split(test=3, rng=np.random.default_rng(0))
    assert (len(train), len(test)) == (11, 3)
    assert train.question.tolist() == test.question.tolist() == [3, 3]


def test_stratify_is_refused_without_classes_and_may_be_switched_off():
    numbers = Dataset(np.zeros((8, 1)), np.linspace(0, 1, 8), name="numbers")
    with pytest.raises(ValidationError, match="stratify needs classes"):
        numbers.split(stratify=True)
    assert len(numbers.split(test=2)[1]) == 2
    assert len(exam_hours().split(test=10, stratify=False)[1]) == 10


@pytest.mark.parametrize("test", [0, 4, 5, -1, 0.0, 1.0, 0.01])
def test_an_empty_part_is_refused(test):
    with pytest.raises(ValidationError, match="both parts need an example"):
        logic_gates().split(test=test)


def test_examples_without_targets_are_refused():
    with pytest.raises(ShapeError, match="one target an example"):
        Dataset(np.zeros((3, 2)), np.zeros(2), name="odd")


def test_text_faces():
    hours = exam_hours()
    assert repr(hours) == "<exam_hours: x float32 (110, 2), 2 classes>"
    page = hours._repr_html_()
    assert "figure 1-4" in page
    assert page.count("<tr>") == 5
    nasty = Dataset(np.zeros((1, 1)), np.zeros(1), name="<b>", source="<script>")
    assert "<b>" not in nasty._repr_html_()
    assert "<script>" not in nasty._repr_html_()


def test_each_call_gives_arrays_of_its_own():
    films().x[:] = 0
    assert films().x.max() == 5
