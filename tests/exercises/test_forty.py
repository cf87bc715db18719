"""Wrong answers by somebody who had seen the statements alone get a message that names the mistake."""

from __future__ import annotations

import pytest

from dlcore.exercises import exercise
from tests.exercises.forty import FORTY
from tests.exercises.forty_more import FORTY_MORE
from tests.exercises.forty_third import FORTY_THIRD

#: What the message says where no slip is recognized, by place in the list.
WORDS = {
    7: "with the opposite sign of w23 it would be right",
    9: "u3 = matmul(W2, u2) is wired otherwise. No node takes what z gives",
    31: "fails only where an entry of x is 0",
}


@pytest.mark.parametrize("place", range(len(FORTY)))
def test_the_mistake_is_named(place):
    id, answer, mistake = FORTY[place]
    verdict = exercise(id).check(answer)
    assert verdict.status in ("wrong", "close"), mistake
    assert verdict.slip or WORDS[place] in verdict.message, f"{mistake} {verdict}"


@pytest.mark.parametrize("place", range(len(FORTY_MORE)))
def test_subtle_mistakes_are_not_accepted(place):
    id, answer, mistake = FORTY_MORE[place]
    verdict = exercise(id).check(answer)
    assert verdict.status in ("wrong", "close"), mistake
    assert verdict.points < verdict.out_of


@pytest.mark.parametrize("place", range(len(FORTY_THIRD)))
def test_a_slip_is_recognized(place):
    id, answer, mistake = FORTY_THIRD[place]
    verdict = exercise(id).check(answer)
    assert verdict.status in ("wrong", "close"), mistake
    assert verdict.slip, f"{mistake} {verdict}"


@pytest.mark.parametrize("answers", [FORTY, FORTY_MORE, FORTY_THIRD], ids=["first", "second", "third"])
def test_there_are_forty(answers):
    assert len(answers) == 40
    assert len({id for id, _, _ in answers}) >= 32
