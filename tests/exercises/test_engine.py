"""The engine: the wall between driving and judging, differences, shrinking, and each kind's own promises."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.errors import ValidationError
from dlcore.exercises import all_exercises, code, exercise, mmds, neurons
from dlcore.exercises.code import layers
from dlcore.exercises.engine import Certificate, all_bits, drive, driving, evaluate, function
from dlcore.exercises.engine.differences import (
    count_wrong,
    first_difference,
    what_failing_share,
    within,
    write,
)
from dlcore.exercises.mmds import gates

ROOT = Path(driving.__file__).parents[3]
RNG = np.random.default_rng(0)


# The wall.


def test_driving_needs_nothing_of_ours():
    tree = ast.parse(Path(driving.__file__).read_text(encoding="utf-8"))
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    modules |= {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    assert {m.partition(".")[0] for m in modules} <= sys.stdlib_module_names | {"numpy"}


def is_plain(value) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and is_plain(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(is_plain, value))
    if isinstance(value, np.ndarray):
        return type(value) is np.ndarray and value.dtype.kind == "f"
    return value is None or value is ... or type(value) in (bool, int, float, str, Fraction)


@pytest.mark.parametrize("own", all_exercises().values(), ids=all_exercises())
def test_what_crosses_the_wall_is_plain_and_judged_alone(own):
    slips, wrong = next(own.mistakes())
    for answer, slip in ((own.settled(own.reference), ""), (wrong, slips[0].name)):
        rounds = list(own.rounds())
        outcomes = [drive(answer, inputs, how=own.how, stub=own.stub) for inputs in rounds]
        assert all(is_plain(outcome.values) for outcome in outcomes)
        verdict = own.judge(rounds, outcomes)
        assert (verdict.ok, verdict.slip) == (not slip, slip)


def test_results_are_copies():
    z = np.ones((2, 2))
    result = drive(lambda z: z, (z,), how="call").values[0]
    assert not np.shares_memory(result, z)


def test_the_students_line_is_named_and_none_of_ours():
    outcome = drive(lambda z: z.nothing, (np.ones(2),), how="call")
    assert outcome.state == "raised"
    assert "AttributeError" in outcome.error
    assert "z.nothing" in outcome.error
    assert "driving.py" not in outcome.error


def test_prints_and_warnings_stay_inside(capsys, recwarn):
    def noisy(z, axis):
        print("noise")
        np.log(-1.0 * np.ones(2))
        return layers._softmax(z, axis)

    assert code.softmax.check(noisy).ok
    assert capsys.readouterr().out == ""
    assert not recwarn.list


def test_a_pullback_that_remembers():
    def adds_up(x, weight, bias):
        y, back = layers._dense(x, weight, bias)
        total = [0, 0, 0]

        def again(dy):
            total[:] = [t + g for t, g in zip(total, back(dy), strict=True)]
            return tuple(total)

        return y, again

    verdict = code.dense.check(adds_up)
    assert (verdict.status, verdict.slip) == ("close", "not repeatable")


@pytest.mark.parametrize(
    "source",
    ["def f(z, axis): pass", 'def f(z, axis):\n    """Words."""', "def f(*a): return None", "def f(): ..."],
)
def test_an_empty_function_is_not_attempted(source):
    names: dict = {}
    exec(source, names)
    assert code.softmax.check(names["f"]).status == "not attempted"


def test_the_broken_stub_is_not_attempted_but_half_mended_is():
    names: dict = {"np": np}
    exec(neurons.perceptron_step.stub, names)
    assert neurons.perceptron_step.check(names["perceptron_step"]).status == "not attempted"
    exec(neurons.perceptron_step.stub.replace("guess - y", "y - guess"), names)
    assert neurons.perceptron_step.check(names["perceptron_step"]).slip == "bias still left out"


# Differences.

W = RNG.normal(size=(4, 4))


@pytest.mark.parametrize(
    ("got", "text"),
    [
        (-W, "the sign is flipped"),
        (3 * W, "it is 3 times what it should be"),
        (W + 2, "it is 2 too large everywhere"),
        (W.T, "it is transposed"),
        (W[::-1], "it is reversed along axis 0"),
        (np.roll(W, 1, 1), "it is shifted along axis 1"),
        (0 * W, "it is zero everywhere"),
        (W[None], "the numbers are right, but there are axes of length one"),
        (W[:2], "the shape is (2, 4), expected (4, 4)"),
        (W.ravel(), "in another arrangement"),
        (np.stack([W - 1, W + 1]), "the mean over axis 0 would be right"),
        (np.stack([W - 1, np.ones((4, 4))]), "the sum over axis 0 would be right"),
        (np.where(np.eye(4), np.nan, W), "4 of 16 entries are NaN"),
        (np.where(np.arange(4) == 1, 9, W), "only index 1 along axis 1 is wrong"),
        (np.pad(W[1:3, 1:3], 1, constant_values=7), "only the border is wrong"),
        (np.where(np.eye(4), 9, W), "4 of 16 entries are wrong"),
    ],
)
def test_the_first_useful_difference(got, text):
    assert text in first_difference(got, W)


def test_one_gate():
    lstm = RNG.normal(size=(8, 3))
    wrong = lstm.copy()
    wrong[2:4] *= RNG.normal(size=(2, 3))
    assert first_difference(wrong, lstm, gates=4) == "only the forget gate's part is wrong"


@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_one_wrong_entry_is_always_seen(n, d, data):
    want = np.random.default_rng(n * 7 + d).normal(size=(n, d))
    got = want.copy()
    place = data.draw(st.tuples(st.integers(0, n - 1), st.integers(0, d - 1)))
    got[place] += data.draw(st.sampled_from([1e-3, -1e-3, 1.0, np.nan, np.inf]))
    assert not within(got, want, 1e-4, 1e-6).all()
    assert first_difference(got, want)
    assert count_wrong(got, want).startswith("1 of ")


@pytest.mark.parametrize(
    ("has", "clause"),
    [
        (lambda x: np.abs(x).max() > 50, "only for large values"),
        (lambda x: len(x) == 1, "only for a single sample"),
        (lambda x: len(x) > 1, "only when there is more than one sample"),
        (lambda x: x.min() < 0, "only when there are negative values"),
    ],
)
def test_what_failing_inputs_share(has, clause):
    inputs = [(scale * np.ones((n, 2)),) for n in (1, 3) for scale in (-100, -1, 1, 100)]
    failing = [i for i in inputs if has(i[0])]
    assert what_failing_share(failing, [i for i in inputs if not has(i[0])]) == clause
    assert what_failing_share(inputs, []) == ""


@given(st.lists(st.lists(st.floats(-9, 9), min_size=2, max_size=2), max_size=3))
def test_inputs_can_be_pasted(rows):
    array = np.array(rows, float).reshape(-1, 2)
    back = eval(write(array), {"np": np})
    assert back.shape == array.shape
    np.testing.assert_allclose(back, array, atol=1e-4)


def test_details_follow_what_a_slip_says():
    verdict = mmds.adjacent_ones_proof.check({"good": ["1100", "0011"], "bad": ["0110", "1001"]})
    assert verdict.slip == "wrong label"
    assert "0110 is good, but stands on the bad side" in verdict.message


def test_an_answer_of_another_form_is_no_slip():
    verdict = mmds.adjacent_ones_proof.check([("1100", "0011"), ("1010", "0101")])
    assert (verdict.status, verdict.slip) == ("error", "")


def test_a_loss_that_is_not_reduced():
    message = code.cross_entropy.check(
        lambda z, y: -np.log(layers._softmax(z, 1)[np.arange(len(y)), y] + 1e-300)
    ).message
    assert "the shape is" in message


# The smallest failing input, and naming the mistake on a rich one.


def test_the_failing_input_is_shrunk():
    def clipped(logits, labels):
        return layers._cross_entropy(np.clip(logits, -30, 30), labels)

    message = code.cross_entropy.check(clipped).message
    assert "only for large values" in message
    assert "np.array([[1000.0, 0.0], [0.0, 0.0], [0.0, 0.0]])" in message


def test_a_shrunk_input_does_not_mislead():
    def squared(x, weight, bias):
        return layers._dense(x, weight, bias)[0], lambda dy: (
            dy @ weight**2,
            *layers._dense(x, weight, bias)[1](dy)[1:],
        )

    message = code.dense.check(squared).message
    assert "gradient of `x`" in message
    assert "sign" not in message


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda dx, dw, db: (-dx, dw, db), "gradient of `x` is wrong: the sign is flipped"),
        (lambda dx, dw, db: (dx, 2 * dw, db), "gradient of `weight` is wrong: it is twice too large"),
        (lambda dx, dw, db: (dx, dw, 0 * db), "gradient of `bias` is wrong: it is zero everywhere"),
        (lambda dx, dw, db: (dx, dw), "one gradient for each of `x`, `weight`, `bias`, got 2"),
        (
            lambda dx, dw, db: (dx, -dw.T, db),
            "gradient of `weight` is wrong: the sign is flipped and it is transposed",
        ),
    ],
)
def test_gradcheck_names_what_no_slip_does(spoil, says):
    def wrong(x, weight, bias):
        y, back = layers._dense(x, weight, bias)
        return y, lambda dy: spoil(*back(dy))

    assert says in code.dense.check(wrong).message


def test_two_slips_in_two_results_are_both_named():
    def wrong(x, weight, bias):
        return x @ weight.T + bias, lambda dy: (dy @ weight, x.T @ dy, dy)

    assert code.dense.check(wrong).slip == "weight transposed + bias not summed"


def test_two_changes_of_one_result_are_both_named():
    verdict = code.cross_entropy.check(lambda z, y: -len(y) * layers._cross_entropy(z, y))
    assert verdict.slip == "sum + sign"


def test_bounded_work_when_everything_fails():
    calls = []
    code.dense.check(lambda *arguments: calls.append(1) or 1 / 0)
    assert len(calls) <= len(function.SIZES) + len(code.dense.corners) + 60


# Kinds.


@pytest.mark.parametrize(
    "answer", ["k((m-f)/s+1)^2".replace("k(", "k*("), "k × ((m − f)/s + 1)^2", "y = k*((m-f)/s+1)**2", "K"]
)
def test_formulas_as_people_write_them(answer):
    assert mmds.pooling_size.check(answer).ok == (answer != "K")


def test_sympy_expressions_are_formulas():
    sympy = pytest.importorskip("sympy")
    m, f, s, k = sympy.symbols("m f s k")
    assert mmds.pooling_size.check(sympy.expand(k * ((m - f) / s + 1) ** 2)).ok
    assert mmds.pooling_size.check(k * (m / f) ** 2).slip == "stride as large as the window"


@pytest.mark.parametrize(
    "text", ["__import__('os')", "(1).real", "[1][0]", "k if k else m", "lambda: 1", "k.real", "'a'"]
)
def test_formulas_are_not_executed(text):
    with pytest.raises(ValidationError):
        evaluate(text, {"k": 1.0, "m": 1.0})


@pytest.mark.parametrize(
    ("steps", "slip", "says"),
    [
        (["exp(-x)/(1+exp(-x))^2", "y*(1-y)"], "steps missing", "at least 3"),
        (["exp(-x)/(1+exp(-x))^2", "y*(1 - y)", "y* (1-y)"], "steps missing", "at least 3"),
        (["exp(-x)/(1+exp(-x))^2", "y*exp(-x)/(1+exp(-x))"], "not at the end", "until y*(1-y)"),
        (["exp(-x)/(1+exp(-x))^2", "y*(1-y)", "y*y"], "", "Step 3, y*y, is not equal to step 2"),
        (["x", "y*(1-y)"], "", "Step 1, x, is not equal to what is asked"),
        ([], "", "Expected a list"),
        ([1, 2], "", "Expected a list"),
        (["q"], "", "'q' is not one of the variables x, y"),
    ],
)
def test_a_derivation_step_by_step(steps, slip, says):
    verdict = mmds.sigmoid_derivative.check(steps)
    assert not verdict.ok
    assert verdict.slip == slip
    assert says in verdict.message


def test_a_missing_star_is_named():
    assert "write k*(...)" in mmds.pooling_size.check("k(m-f)").message


@given(st.fractions(min_value=Fraction(1, 50), max_value=20), st.permutations([[1, 1], [-1, -1]]))
def test_rescaled_and_permuted_nets_pass(scale, rows):
    bias = {1: -0.5, -1: 1.5}
    hidden = (float(scale) * np.array(rows), [float(scale) * bias[row[0]] for row in rows])
    assert neurons.xor_gate.check([hidden, ([[1, 1]], -1.5)]).ok


@pytest.mark.parametrize(
    "form", [lambda w, b: (w, b), lambda w, b: [(w, [b])], lambda w, b: {"W": w, "b": b}]
)
def test_a_filter_is_a_unit(form):
    edge = np.array([[0, 1, 1]] * 3)
    own = replace(
        neurons.xor_gate, inputs=all_bits(9), target=lambda x: float(np.array_equal(x.reshape(3, 3), edge))
    )
    assert own.check(form([[-1, 1, 1]] * 3, -5.5)).ok
    assert not own.check(form([[0, 1, 1]] * 3, -5.5)).ok


def test_nothing_is_driven_twice_if_it_cannot_be_read():
    calls = []
    assert code.softmax.check(lambda *arguments: calls.append(1) or "text").status == "error"
    assert len(calls) == 1


def test_a_sum_on_the_threshold_does_not_fire():
    own = replace(mmds.adjacent_ones, minimum=None, proof=None, inputs=np.ones((1, 2)), target=lambda x: 0.0)
    assert own.check([([[0.1, 0.2]], [0.3]), ([[1]], [0])]).ok


@pytest.mark.parametrize(
    ("answer", "slip", "share"),
    [
        (2, "number alone", 0.25),
        (mmds.adjacent_ones.reference["net"], "proof missing", 0.6),
        (
            {**mmds.adjacent_ones.reference, "proof": {"good": ["11000"], "bad": ["10100"]}},
            "proof: sums",
            0.6,
        ),
        (3, "", 0),
    ],
)
def test_a_design_in_parts(answer, slip, share):
    verdict = mmds.adjacent_ones.check(answer)
    assert verdict.slip == slip
    assert verdict.points == pytest.approx(share * 3)


@given(st.data())
def test_only_true_certificates_pass(data):
    """Against the definition, in whole numbers, for any points and weights."""
    good = [p for p in gates.all_bits(4) if gates._adjacent(tuple(int(b) for b in p))]
    bad = [p for p in gates.all_bits(4) if not gates._adjacent(tuple(int(b) for b in p))]
    entry = st.tuples(st.sampled_from(range(8)), st.integers(0, 3))
    sides = {"good": data.draw(st.lists(entry, max_size=3)), "bad": data.draw(st.lists(entry, max_size=3))}
    points = {"good": good, "bad": bad}
    answer = {s: [(points[s][i % len(points[s])].tolist(), n) for i, n in sides[s]] for s in sides}
    total = {s: sum((n * np.array([*p, 1]) for p, n in answer[s]), np.zeros(5)) for s in sides}
    proves = np.array_equal(total["good"], total["bad"]) and total["good"][4] > 0
    assert mmds.adjacent_ones_proof.check(answer).ok == proves


def test_certificates_are_exact():
    tiny = Fraction(1, 10**15)
    answer = {"good": [("1100", 1), ("0011", 1 + tiny)], "bad": [("1010", 1), ("0101", 1)]}
    assert not mmds.adjacent_ones_proof.check(answer).ok


def test_a_networkx_graph_is_an_answer():
    networkx = pytest.importorskip("networkx")
    graph = networkx.DiGraph()
    for name, op, inputs in mmds.compute_graph.reference:
        graph.add_node(name, op=op)
        for position, start in enumerate(inputs):
            graph.add_edge(start, name, position=position)
    assert mmds.compute_graph.check(graph).ok
    graph.nodes["z"]["op"] = "sigmoid"
    assert not mmds.compute_graph.check(graph).ok


def test_without_networkx_a_clear_message(monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    verdict = mmds.compute_graph.check(mmds.compute_graph.reference)
    assert verdict.status == "error"
    assert "pip install" in verdict.message


@pytest.mark.parametrize(
    "answer", [260100, "260,100", "260 100", "260_100", "510^2", np.int64(260100), [260100], 260100.0]
)
def test_numbers_as_people_write_them(answer):
    assert mmds.responses.check(answer).ok


def test_a_number_rounded_too_early_is_close():
    right = neurons.neuron_output.settled(neurons.neuron_output.reference)
    assert neurons.neuron_output.check(right * 1.01).status == "close"
    assert "right" not in neurons.neuron_output.check(right * 1.01).message


# What a reader uses.


def test_hints_go_one_step_further_each_time():
    own = replace(mmds.responses)
    given = [str(own.hint()) for _ in range(5)]
    assert len(set(given)) == 3
    assert given[2] == given[3] == given[4]
    assert "512 - 3 + 1" in given[2]


def test_after_a_slip_the_hint_is_about_it():
    own = replace(mmds.responses)
    own.check(512 * 512)
    assert own.slips[0].hint in str(own.hint())
    assert "Hint 1 of 3" in str(own.hint())


def test_seeds_give_numbers_of_ones_own():
    own = mmds.responses.variant(3)
    assert own.statement == mmds.responses.statement
    assert own.text(own.statement) != mmds.responses.text(mmds.responses.statement)
    right = own.settled(own.reference)
    assert mmds.responses.check(right, seed=3).ok
    assert not mmds.responses.check(right).ok
    assert repr(own) == repr(exercise("mmds-exercise13.4.1a", seed=3))


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(ValidationError, match=r"did you mean 'mmds-exercise13\.4\.1[abc]'"):
        exercise("mmds-exercise13.4.1")


def test_completion_shows_what_a_reader_uses():
    from dlcore import exercises

    assert {"code", "mmds", "neurons", "exercise"} <= set(dir(exercises))
    assert {"check", "hint", "solution", "statement"} <= set(dir(neurons.xor_gate))
    assert "reference" not in dir(neurons.xor_gate)


def test_exercises_need_no_extras():
    program = (
        "import sys; from dlcore.exercises import all_exercises; all_exercises()\n"
        "print([m for m in ('sympy', 'networkx', 'torch', 'matplotlib', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_verdicts_are_escaped():
    verdict = mmds.pooling_size.check("<script>")
    assert "<script>" not in verdict._repr_html_()
    assert "not attempted" not in str(verdict)


def test_ids_belong_to_the_books():
    known = {item for item in all_exercises() if item.startswith("mmds-")}
    text = (ROOT / "dlcore/sources/mmds.json").read_text(encoding="utf-8")
    for item in known:
        assert f'"id": "{item}"' in text


def test_the_net_below_check(monkeypatch):
    """Should the engine itself fail, a student still gets a verdict."""
    monkeypatch.setattr(Certificate, "_compare", lambda *a: 1 / 0)
    verdict = mmds.adjacent_ones_proof.check({"good": []})
    assert verdict.status == "error"
    assert "could not be judged" in verdict.message
