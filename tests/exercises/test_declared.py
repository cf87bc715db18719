"""Every declared exercise keeps every promise; exercises are found, not listed."""

from __future__ import annotations

import pytest

from dlcore.exercises import all_exercises
from tests.exercises.promises import PROMISES

EXERCISES = all_exercises()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_promise(exercise, promise):
    promise(exercise)
