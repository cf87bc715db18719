"""What the books say of their small data sets holds of the stand-ins."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore.data import exam_hours, films, logic_gates
from dlcore.errors import ValidationError


def test_films_hold_the_rows_that_the_book_prints():
    ratings, liked = films()
    table = {tuple(row): label for row, label in zip(ratings.tolist(), liked.tolist(), strict=True)}
    assert len(table) == 14
    assert table[1, 5] == 0
    assert table[4.5, 4] == 1
    assert films().question.tolist() == [3, 3]
    assert tuple(films().question.tolist()) not in table
    np.testing.assert_array_equal(liked, ratings.sum(axis=1) > 6.25)
    assert ratings.min() >= 1
    assert ratings.max() <= 5


def test_theta_explains_all_exam_hours_and_the_border_is_clear():
    students = exam_hours(dtype=np.float64)
    score = students.theta[0] + students.x @ students.theta[1:]
    np.testing.assert_array_equal(students.y, np.where(score < 0, -1, 1))
    assert len(students) == 110
    assert (students.y == 1).sum() == 84
    assert np.abs(score).min() == 3
    for theta in ([-22, 3, 4], [-26, 3, 4], [-24, 3.2, 3.9], [-29, 4, 5]):
        score = theta[0] + students.x @ np.array(theta[1:])
        np.testing.assert_array_equal(students.y, np.where(score < 0, -1, 1))


def test_exam_hours_drawn_are_distinct_students_of_the_whole():
    whole = {tuple(row) for row in exam_hours().x.tolist()}
    some = exam_hours(30, rng=np.random.default_rng(0))
    rows = {tuple(row) for row in some.x.tolist()}
    assert len(rows) == 30
    assert rows < whole
    assert some.x.tolist() == exam_hours(30, rng=np.random.default_rng(0)).x.tolist()
    for n in (0, -1, 111):
        with pytest.raises(ValidationError, match="110 students"):
            exam_hours(n, rng=np.random.default_rng(0))
    with pytest.raises(ValidationError, match="needs rng"):
        exam_hours(30)


@pytest.mark.parametrize(
    ("gate", "truth"),
    [
        ("and", [0, 0, 0, 1]),
        ("or", [0, 1, 1, 1]),
        ("nand", [1, 1, 1, 0]),
        ("nor", [1, 0, 0, 0]),
        ("xor", [0, 1, 1, 0]),
        ("xnor", [1, 0, 0, 1]),
    ],
)
def test_truth_tables(gate, truth):
    x, y = logic_gates(gate)
    assert x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == truth


def test_unknown_gate():
    with pytest.raises(ValidationError, match=r"no gate 'not'.*xnor"):
        logic_gates("not")
