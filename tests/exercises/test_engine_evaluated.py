"""The engine for graphs that are judged by what their nodes compute."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlcore.exercises import mmds
from dlcore.exercises.engine import EvaluatedGraph, Slip
from tests.exercises import promises


def product(*nodes):
    """Draw s = x · y and g = 2 s x, with some nodes changed."""
    known = {"s": ("matmul", ["x", "y"]), "t": ("mul", [2, "x"]), "g": ("mul", ["s", "t"])}
    known.update({name: (op, inputs) for name, op, inputs in nodes})
    return [(name, op, inputs) for name, (op, inputs) in known.items()]


small = EvaluatedGraph(
    id="ours-small-graph",
    title="A small graph",
    statement="Draw s = x · y and g = 2 s x.",
    stub="graph = [...]\n",
    sample=lambda rng: {"x": rng.normal(size=3), "y": rng.normal(size=3), "A": rng.normal(size=(3, 2))},
    asked=("s", "g"),
    reference=product(),
    also=(product(("r", "transpose", ["x"]), ("s", "@", ["r", "y"])),),
    hints=("What is a dot product?", "s = matmul(x, y), t = mul(2, x), g = mul(s, t)"),
    slips=(
        Slip(
            "no factor", product(("t", "identity", ["x"])), says="The factor is missing.", hint="Twice what?"
        ),
        Slip("wrong vector", product(("t", "mul", [2, "y"])), says="This is along y.", hint="Along x?"),
        Slip("entries", product(("s", "mul", ["x", "y"])), says="s is not added up.", hint="One number?"),
    ),
    because="The product is a number.",
)


@pytest.mark.parametrize("promise", promises.PROMISES, ids=lambda promise: promise.__name__)
def test_it_keeps_the_promises(promise):
    promise(small)


@pytest.mark.parametrize(
    ("node", "right"),
    [
        (("s", "matmul", ["x.T", "y"]), True),
        (("s", "matmul", ["xᵀ", "y"]), True),
        (("s", "matmul", ["y^T", "x"]), True),
        (("s", "matmul", ["transpose(y)", "x"]), True),
        (("s", "matmul", ["x", "y"]), True),
        (("s", "outer", ["x", "y"]), False),
        (("s", "matmul", ["x", "y.T"]), False),
        (("s", "matmul", ["x", "x"]), False),
        (("s", "affine", ["A", "x", "y"]), False),
        (("t", "add", ["x", "x"]), True),
        (("t", "mul", ["x", "4/2"]), True),
        (("t", "sub", ["x", "x"]), False),
        (("t", "neg", ["x"]), False),
        (("g", "mul", ["t", "s"]), True),
        (("g", "matmul", ["t", "s"]), True),
        (("g", "mul", ["x", "t", "s"]), False),
    ],
    ids=lambda value: " ".join(map(str, value[2])) + f" {value[1]}" if isinstance(value, tuple) else "",
)
def test_what_is_the_same_passes(node, right):
    assert small.check(product(node)).ok == right


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        ([("t", "mul", [2, "z"])], "z is neither a node nor given"),
        ([("t", "mul", [2, "e"])], "e is neither a node nor given"),
        ([("t", "scale_by_two", ["x"])], "'scale_by_two' is none of the operators"),
        ([("t", "mul", ["A", "x"])], "mul does not fit shapes (3, 2) and (3,)"),
        ([("t", "matmul", ["A", "x"])], "matmul does not fit shapes (3, 2) and (3,)"),
        ([("t", "outer", ["A", "x"])], "outer takes two vectors"),
        ([("t", "diag", ["A"])], "diag takes a vector"),
        ([("t", "sub", ["x"])], "sub takes 2 inputs, got 1"),
        ([("t", "mul", ["x"])], "mul takes 2 or more inputs, got 1"),
        ([("t", "mul", [6, "x"])], "3 times what it should be"),
        ([("t", "mul", [-2, "x"])], "the sign is flipped"),
        ([("g", "mul", ["s", "s"])], "it does not use x"),
        (
            [("s", "mul", ["x", "y"]), ("t", "identity", ["x"])],
            "The factor is missing.\nAnd: s is not added up.",
        ),
        ([("s", "mul", [3, "y"]), ("g", "mul", [3, "y"])], "Wrong in itself, too: g."),
        ([("t", "mul", [2, "s"])], "g = mul(s, t) is wrong: it does not use x"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_said(nodes, words):
    assert words in small.check(product(*nodes)).message


def test_a_mistake_is_named_once_where_it_is():
    """What follows from a wrong node is right in itself."""
    message = small.check(product(("s", "mul", [3, "y"]))).message
    assert message.startswith("s = mul(3, y) is wrong")
    assert "too:" not in message


def test_a_missing_node_does_not_hide_a_wrong_one():
    message = small.check([("s", "outer", ["x", "y"])]).message
    assert "no node is called g" in message
    assert "s = outer(x, y) is wrong" in message


def test_a_node_that_is_not_used_but_fails_is_told():
    assert "q = sub(x)" in small.check([*product(), ("q", "sub", ["x"])]).message


def test_a_chain_of_squares_does_not_take_for_ever():
    chain = [("n0", "mul", ["x", "x"]), *((f"n{i}", "mul", [f"n{i - 1}"] * 2) for i in range(1, 60))]
    assert (
        "s = matmul(n59, n59) is wrong"
        in small.check([*product(("s", "matmul", ["n59", "n59"])), *chain]).message
    )


def test_another_seed_draws_other_leaves():
    other = small.variant(4)
    assert not np.allclose(other._leaves["x"], small._leaves["x"])
    assert other.check(product()).ok


@pytest.mark.parametrize(
    ("promise", "changes"),
    [
        (promises.slips_are_named, {"slips": (*small.slips[:2], replace(small.slips[0], name="again"))}),
        (
            promises.slips_are_named,
            {"slips": (*small.slips[:2], replace(small.slips[0], name="r", wrong=product()))},
        ),
        (promises.hints_keep_the_answer, {"hints": ("Write mul(s, t).", "Done.")}),
        (promises.right_answers_pass, {"also": (product(("t", "mul", [3, "x"])),)}),
    ],
    ids=["a slip twice", "a slip that is right", "an early hint", "a wrong second answer"],
)
def test_bad_declarations_are_refused(promise, changes):
    with pytest.raises(AssertionError):
        promise(replace(small, **changes))


def test_a_drawing_s_hint_must_not_hold_a_node():
    with pytest.raises(AssertionError):
        promises.hints_keep_the_answer(replace(mmds.compute_graph, hints=("First matmul(W1, x).", "Done.")))


def test_a_networkx_graph_is_worked_out():
    networkx = pytest.importorskip("networkx")
    graph = networkx.DiGraph()
    for name, op, inputs in product():
        graph.add_node(name, op=op)
        for position, start in enumerate(inputs):
            graph.add_edge(start, name, position=position)
    assert small.check(graph).ok
