"""The promises refuse exercises that are declared badly: the tests of the tests."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import pytest

from dlcore.errors import ValidationError
from dlcore.exercises import code, mmds, neurons
from dlcore.exercises.code import layers
from dlcore.exercises.engine import Number
from tests.exercises import promises


def slips_of(exercise, position, **changes):
    slips = list(exercise.slips)
    slips[position] = replace(slips[position], **changes)
    return tuple(slips)


@dataclass(frozen=True, kw_only=True, repr=False)
class Generous(Number):
    """Accepts whatever is a number."""

    def _compare(self, rounds, outcomes):
        return None


def fields(exercise):
    return {name: value for name, value in vars(exercise).items() if name != "_progress"}


def slow(z, axis):
    """Take 20 ms on any machine; one check calls it at least ten times."""
    start = time.process_time()
    while time.process_time() - start < 0.02:
        pass
    return layers._softmax(z, axis)


def twice(x, weight, bias):
    """A dense layer whose gradient of the weights is twice too large."""
    y, back = layers._dense(x, weight, bias)
    return y, lambda dy: (back(dy)[0], 2 * back(dy)[1], back(dy)[2])


def twice_again(x, weight, bias):
    y, back = layers._dense_einsum(x, weight, bias)
    return y, lambda dy: tuple(factor * part for factor, part in zip((1, 2, 1), back(dy), strict=True))


def _borrowed(z, axis):
    return layers._softmax(z, axis)


PLANTED = {
    "the worked answer needs a name that it does not define": (
        promises.solution_is_executed,
        replace(code.softmax, reference=_borrowed),
    ),
    "both answers have the same wrong gradient": (
        promises.pullbacks_are_derivatives,
        replace(code.dense, reference=twice, also=(twice_again,)),
    ),
    "a slip has a misspelled name": (
        promises.slips_run,
        replace(code.softmax, slips=slips_of(code.softmax, 1, wrong=lambda z, axis: np.exp(zed))),  # noqa: F821
    ),
    "two slips give the same values": (
        promises.slips_are_named,
        replace(mmds.responses, slips=slips_of(mmds.responses, 1, wrong=lambda m, f: m * m), draw=None),
    ),
    "two slips of code give the same values": (
        promises.slips_are_named,
        replace(code.softmax, slips=slips_of(code.softmax, 2, wrong=code.softmax.slips[1].wrong)),
    ),
    "a slip is right": (
        promises.slips_are_named,
        replace(neurons.xor_gate, slips=slips_of(neurons.xor_gate, 0, wrong=neurons.xor_gate.also[0])),
    ),
    "a slip earns everything": (
        promises.slips_are_named,
        replace(mmds.adjacent_ones, slips=slips_of(mmds.adjacent_ones, 0, credit=1.0)),
    ),
    "the reference is wrong": (
        promises.right_answers_pass,
        replace(code.cross_entropy, reference=layers._cross_entropy_naive),
    ),
    "the reference of a proof is wrong": (
        promises.right_answers_pass,
        replace(mmds.adjacent_ones_proof, reference={"good": ["1100", "0110"], "bad": ["1010", "0101"]}),
    ),
    "the second answer is the first": (
        promises.second_answer_is_written_differently,
        replace(code.softmax, also=(layers._softmax,)),
    ),
    "an early hint holds the code": (
        promises.hints_keep_the_answer,
        replace(code.dense, hints=("Write return dy @ weight, dy.T@x, dy.sum(axis = 0)", "Done.")),
    ),
    "an early hint holds the number": (
        promises.hints_keep_the_answer,
        replace(mmds.responses, hints=("It is 260,100.", "Done.")),
    ),
    "an early hint holds the weights": (
        promises.hints_keep_the_answer,
        replace(neurons.xor_gate, hints=("Rows [1,1] and [-1,-1].", "Done.")),
    ),
    "an early hint holds the formula": (
        promises.hints_keep_the_answer,
        replace(mmds.pooling_size, hints=("k * ((m-f)/s + 1)**2 it is", "Done.")),
    ),
    "a slip's hint holds the points": (
        promises.hints_keep_the_answer,
        replace(
            mmds.adjacent_ones_proof,
            slips=slips_of(mmds.adjacent_ones_proof, 1, hint="Take 1100 and 0011."),
        ),
    ),
    "the stub is the solution": (
        promises.right_answers_pass,
        replace(mmds.pooling_size, stub=f"values = {mmds.pooling_size.reference!r}"),
    ),
    "the stub is an attempt": (
        promises.stub_is_not_attempted,
        replace(mmds.responses, stub="count = 512"),
    ),
    "two slips say the same": (
        promises.sentences_differ,
        replace(mmds.responses, slips=slips_of(mmds.responses, 0, says=mmds.responses.slips[1].says)),
    ),
    "the checker accepts everything": (
        promises.one_wrong_entry_is_rejected,
        Generous(**fields(neurons.neuron_output)),
    ),
    "the check is slow": (promises.check_is_quick, replace(code.softmax, reference=slow)),
    "numbers for a student that are always the same": (
        promises.given_numbers_are_filled_in,
        replace(mmds.responses, draw=lambda rng: {"m": 512, "f": 3}),
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_bad_declaration_is_refused(name):
    promise, exercise = PLANTED[name]
    with pytest.raises(AssertionError):
        promise(exercise)


@pytest.mark.parametrize(
    "changes",
    [
        {"hints": ()},
        {"hints": ("", "The answer.")},
        {"slips": mmds.responses.slips[:2]},
        {"slips": (mmds.responses.slips[0], *mmds.responses.slips)},
        {"also": ()},
        {"because": " "},
    ],
    ids=["no hints", "an empty hint", "too few slips", "a slip twice", "no second answer", "no reason"],
)
def test_an_incomplete_declaration_is_refused_at_once(changes):
    with pytest.raises(ValidationError, match=r"13\.4\.1a"):
        replace(mmds.responses, **changes)


def test_numbers_that_confuse_two_slips_are_drawn_again():
    def draw(rng):  # with f = 2, "one too many" is "as large as the image"
        return {"m": 100, "f": int(rng.choice([2, 3]))}

    own = replace(mmds.responses, draw=draw)
    assert {own.variant(seed).given["f"] for seed in range(10)} == {3}
    with pytest.raises(ValidationError, match="same answer"):
        replace(mmds.responses, draw=lambda rng: {"m": 100, "f": 2}).variant(1)


@pytest.mark.parametrize("batched", [True, ("x",), (3,)], ids=["a truth", "a name", "too large"])
def test_batched_arguments_are_numbers_of_arguments(batched):
    with pytest.raises(ValidationError, match="x, weight, bias"):
        replace(code.dense, batched=batched)
