"""What every declared exercise promises: each function holds one exercise to one promise.

They are plain functions, so that the suite can also try them on exercises that were
declared badly on purpose and must be refused.
"""

from __future__ import annotations

import copy
import re
import statistics
import time

import numpy as np

from dlcore import gradcheck
from dlcore.exercises.engine import (
    Certificate,
    Derivation,
    Exercise,
    Formula,
    Function,
    Network,
    Number,
    Pullback,
    RecurrentNet,
    drive,
)
from dlcore.exercises.engine.driving import plain
from dlcore.exercises.engine.function import SIZES

#: Seeds of students' own numbers; where all have the same numbers, only the inputs differ, and one more does.
SEEDS = (1, 2, 3, 4, 5)

#: The time of a check is taken from this many wrong answers at most.
TIMED = 24


def variants(exercise: Exercise) -> list[Exercise]:
    return [exercise, *(exercise.variant(seed) for seed in SEEDS[: None if exercise.draw else 1])]


def answers(exercise: Exercise) -> list:
    return [exercise.settled(answer) for answer in (exercise.reference, *exercise.also)]


def examine(exercise: Exercise, answer):
    """Check without the net that `check` spreads below."""
    return exercise.examine(lambda inputs: drive(answer, inputs, how=exercise.how, stub=exercise.stub))


# The promises.


def right_answers_pass(exercise):
    for own in variants(exercise):
        for answer in answers(own):
            verdict = examine(own, answer)
            assert verdict.status == "right", f"seed {own.seed}: {verdict}"
            assert verdict.points == own.points == verdict.out_of


def second_answer_is_written_differently(exercise):
    first, *others = answers(exercise)
    for other in others:
        assert repr(other) != repr(first), "the second answer is the first"
        if callable(first) and callable(other):
            assert other.__code__.co_code != first.__code__.co_code, "the code is the same"


def slips_run(exercise):
    """A slip that stumbles over its own code names nobody's mistake."""
    for slips, wrong in exercise.mistakes():
        for inputs in exercise.rounds():
            error = drive(wrong, inputs, how=exercise.how).error
            assert not error.startswith(BLUNDERS), f"{' + '.join(slip.name for slip in slips)}: {error}"


BLUNDERS = ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "SyntaxError")


def pullbacks_are_derivatives(exercise):
    """Central differences are a witness that no author of an exercise can persuade."""
    if not isinstance(exercise, Pullback):
        return
    rng = np.random.default_rng(7)
    for arguments, cotangents in list(exercise.rounds())[: len(SIZES)]:
        count = len(exercise._expected((arguments, cotangents))) - len(cotangents)
        report = gradcheck.check(
            lambda *arrays, fixed=arguments[count:]: exercise.reference(*arrays, *fixed),
            *arguments[:count],
            rng=rng,
            tolerance=1e-5,
        )
        assert report, report


def stub_is_not_attempted(exercise):
    names: dict = {}
    exec(exercise.stub, {"np": np}, names)
    for answer in (*list(names.values())[-1:], None, ...):
        assert examine(exercise, answer).status == "not attempted"
    assert exercise.check().status == "not attempted"


def slips_are_named(exercise):
    for own in variants(exercise):
        for slips, wrong in own.mistakes():
            if len(slips) > 1 and own is not exercise:
                continue  # pairs are many: with the book's numbers they are all tried
            verdict, made = own.check(wrong), " + ".join(slip.name for slip in slips)
            assert verdict.slip == made, (
                f"seed {own.seed}: expected {made!r}, got {verdict.slip!r}, {verdict}"
            )
            assert verdict.status == ("close" if all(slip.credit for slip in slips) else "wrong")
            assert verdict.points < own.points
            for slip in slips:
                assert own.text(slip.says) in verdict.message


def sentences_differ(exercise):
    says = [slip.says for slip in exercise.slips]
    assert len(set(says)) == len(says)


def hints_keep_the_answer(exercise):
    early = [*exercise.hints[:-1], *(text for slip in exercise.slips for text in (slip.says, slip.hint))]
    for own in variants(exercise):
        for text in map(own.text, early):
            for words in own._secrets():
                assert not all(_holds(text, word) for word in words), f"{text!r} gives {words} away"


def _holds(text: str, word: str) -> bool:
    spelled = r"\s*".join(re.escape(sign) for sign in word if not sign.isspace())
    return bool(re.search(rf"(?<![\w.]){spelled}(?!\w|\.\d)", text))


def given_numbers_are_filled_in(exercise):
    for own in variants(exercise):
        texts = [own.statement, own.because, *own.hints]
        for text in map(own.text, texts + [t for s in own.slips for t in (s.says, s.hint)]):
            assert not re.search(r"\{(" + "|".join(own.given or ["^"]) + r")\}", text)
    if exercise.draw:
        assert len({own.text(own.statement) for own in variants(exercise)}) > 1


def solution_is_executed(exercise):
    note, names = exercise.solution(), {"np": np}
    assert "# check: right" in note.code
    try:
        exec(note.code, names)  # as somebody would who pastes it
    except Exception as error:
        raise AssertionError(f"the worked answer cannot be run: {error}") from error
    answer = names[exercise.name] if isinstance(exercise, Function) else [*names.values()][-1]
    assert exercise.check(answer).ok
    assert "{" not in note.text or not exercise.given


def formats_do_not_matter(exercise):
    for own in (exercise, exercise.variant(1)):
        for answer in formats(own):
            verdict = examine(own, answer)
            assert verdict.status == "right", verdict


def formats(exercise):
    """The reference as float32, as float64, and as lists."""
    answer = exercise.settled(exercise.reference)
    if isinstance(exercise, Pullback):
        return [_pullback_of(answer, as_type) for as_type in CASTS]
    if isinstance(exercise, Function):
        return [lambda *a, c=as_type: _cast(answer(*a), c) for as_type in CASTS]
    if isinstance(exercise, Number):
        return [as_type(np.asarray(answer)) for as_type in CASTS] + [str(answer)]
    if isinstance(exercise, Network):
        layers = exercise.read(plain(answer))
        others = [[{"W": as_type(w), "bias": as_type(b)} for w, b in layers] for as_type in CASTS]
        return others if exercise.minimum is None else [{**answer, "net": net} for net in others]
    if isinstance(exercise, RecurrentNet):
        arrays = {name: value for name, value in answer.items() if isinstance(value, (list, np.ndarray))}
        return [{**answer, **{n: as_type(np.asarray(v)) for n, v in arrays.items()}} for as_type in CASTS]
    return [answer]


CASTS = (
    lambda y: np.asarray(y, np.float32),
    lambda y: np.asarray(y, np.float64),
    lambda y: np.asarray(y).tolist(),
)


def _cast(result, as_type):
    return tuple(map(as_type, result)) if isinstance(result, tuple) else as_type(result)


def _pullback_of(answer, as_type):
    def wrapped(*arguments):
        y, back = answer(*arguments)
        return _cast(y, as_type), lambda *dy: _cast(back(*dy), as_type)

    return wrapped


def one_wrong_entry_is_rejected(exercise):
    for answer in spoiled(exercise):
        verdict = examine(exercise, answer)
        assert verdict.status in ("wrong", "close"), verdict
        assert verdict.points < exercise.points


def spoiled(exercise):
    """The reference with one entry off by three tolerances, result by result, first and last entry."""
    answer = exercise.settled(exercise.reference)
    if isinstance(exercise, Function):
        count = len(exercise._expected(exercise.rounds()[-1]))
        return [_spoil(exercise, answer, i, place) for i in range(count) for place in (0, -1)]
    if isinstance(exercise, Number):
        step = max(3 * exercise.tolerance[0] * abs(exercise.right).max(), 1e-6)
        flat = exercise.right.astype(float)
        return [flat + step * (np.arange(flat.size).reshape(flat.shape) == i) for i in range(flat.size)]
    if isinstance(exercise, Formula):
        return [f"({answer})*(1 + 3*{exercise.rtol})"]
    if isinstance(exercise, Derivation):
        off = f"*(1 + 3*{exercise.rtol})"
        return [[*answer[:i], f"({answer[i]}){off}", *answer[i + 1 :]] for i in range(1, len(answer))]
    if isinstance(exercise, Certificate):
        heavier = copy.deepcopy(answer)
        heavier["good"][0] = (heavier["good"][0], "1000001/1000000")
        return [heavier]
    return []


def _spoil(exercise, answer, i, place):
    def nudge(values):
        values = [np.array(v, float, order="C") for v in values]  # so that its flat form is a view
        if values[i].size:
            entry = values[i].reshape(-1)
            entry[place] += 3 * (exercise.atol + exercise.rtol * abs(entry[place]))
        return tuple(values)

    def call(*arguments):
        result = answer(*arguments)
        values = nudge(result if isinstance(result, tuple) else (result,))
        return values if isinstance(result, tuple) else values[0]

    def operation(*arguments):
        y, back = answer(*arguments)
        if i == 0:
            return nudge((y,))[0], back
        return y, lambda *dy: nudge((y, *back(*dy)))[1:]

    return operation if isinstance(exercise, Pullback) else call


def answers_stay_as_they_are(exercise):
    for answer in answers(exercise):
        if not callable(answer):
            before = copy.deepcopy(answer)
            exercise.check(answer)
            assert repr(before) == repr(answer)


def modified_inputs_are_seen(exercise):
    if not isinstance(exercise, Function) or not any(_arrays(inputs) for inputs in exercise.rounds()):
        return
    reference = exercise.settled(exercise.reference)

    def rude(*arguments):
        result = reference(*copy.deepcopy(arguments))
        for array in _arrays(arguments):
            array += 1
        return result

    verdict = exercise.check(rude)
    assert (verdict.status, verdict.slip) == ("close", "input modified"), verdict


def _arrays(value):
    """All arrays in an argument, those in lists as well."""
    if isinstance(value, np.ndarray):
        return [value]
    return [array for part in value for array in _arrays(part)] if isinstance(value, (list, tuple)) else []


def check_is_quick(exercise):
    wrong = [wrong for _, wrong in exercise.mistakes()]
    times = []
    for answer in [*answers(exercise), *wrong[:: -(-len(wrong) // TIMED)], "no idea", 7]:
        start = time.process_time()
        exercise.check(answer)
        times.append(time.process_time() - start)
    assert statistics.median(times) < 0.1, f"median {statistics.median(times):.3f} s"


PROMISES = (
    right_answers_pass,
    second_answer_is_written_differently,
    stub_is_not_attempted,
    slips_are_named,
    slips_run,
    pullbacks_are_derivatives,
    sentences_differ,
    hints_keep_the_answer,
    given_numbers_are_filled_in,
    solution_is_executed,
    formats_do_not_matter,
    one_wrong_entry_is_rejected,
    answers_stay_as_they_are,
    modified_inputs_are_seen,
    check_is_quick,
)
