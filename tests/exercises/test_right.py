"""Right answers by people who had seen the statements alone are right, whatever their style."""

from __future__ import annotations

import pytest

from dlcore.exercises import all_exercises, exercise
from tests.exercises.right_mmds import RIGHT as MMDS
from tests.exercises.right_ours import EDGE
from tests.exercises.right_ours import RIGHT as OURS

ALL = [*MMDS, *OURS, *EDGE]


@pytest.mark.parametrize("place", range(len(ALL)))
def test_a_right_answer_is_right(place):
    id, answer, style = ALL[place]
    verdict = exercise(id).check(answer)
    assert verdict.status == "right", f"{style}: {verdict}"


def test_each_exercise_has_two_at_least():
    given = [id for id, _, _ in ALL]
    assert not [id for id in all_exercises() if given.count(id) < 2]
