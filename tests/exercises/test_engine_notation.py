"""Formulas as people write them: what a text means, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.errors import ValidationError
from dlcore.exercises.engine import evaluate
from dlcore.exercises.engine.notation import read, shape, spelled

X = {"x": 0.7, "y": -1.3, "v1": 0.4, "v2": -0.2, "v3": 1.1, "w11": 2.0, "w12": -3.0}
x, y, v1, v2, v3, w11, w12 = X.values()
e = np.e


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2x", 2 * x),
        ("xy", x * y),
        ("xy^2", x * y**2),
        ("2x^2y", 2 * x**2 * y),
        ("w11x", w11 * x),
        ("y(1-y)", y * (1 - y)),
        ("(1-x)(1+x)", 1 - x * x),
        ("x [1 - x]", x * (1 - x)),
        ("-x^2", -x * x),
        ("2^-x", 2**-x),
        ("2^3^2", 512),
        ("x − 2·y", x - 2 * y),
        ("x²", x * x),
        ("x⁻¹", 1 / x),
        ("e^-x", e**-x),
        ("e^-2x", e ** (-2 * x)),
        ("e^2 x", e**2 * x),
        ("e^-x(1-y)", e**-x * (1 - y)),
        ("e⁻²ˣ", e ** (-2 * x)),
        ("e^{-x}", e**-x),
        ("exp -x", e**-x),
        ("exp^(-x)", e**-x),
        ("np.exp(-x)", e**-x),
        ("1/(1+e^-x)", 1 / (1 + e**-x)),
        ("σ(2x)", 1 / (1 + e ** (-2 * x))),
        ("sigma(x) - sigmoid(x)", 0),
        ("tanh²x", np.tanh(x) ** 2),
        ("tanh^2(x)", np.tanh(x) ** 2),
        ("tanh 2x", np.tanh(2 * x)),
        ("tanh x (1 + y)", np.tanh(x) * (1 + y)),
        ("sqrt(x)", x**0.5),
        ("√x", x**0.5),
        (r"\frac{1}{1+e^{-x}}", 1 / (1 + e**-x)),
        (r"2\cdot\left(x+y\right)", 2 * (x + y)),
        (r"\exp\left(-x\right)\, y", e**-x * y),
        (r"\mathrm{exp}(x)", e**x),
        ("v_1 + v_{2} + v₃", v1 + v2 + v3),
        ("sum_i v_i", v1 + v2 + v3),
        ("Σᵢ e^{vᵢ}", e**v1 + e**v2 + e**v3),
        (r"\sum_{i=1}^{2} v_i", v1 + v2),
        ("sum_i v_i/sum_j v_j", 1),
        ("⌊2.5⌋ + ⌈x⌉", 3),
        ("7 // 2", 3),
        ("49/49", 1),
        ("max(x, y)", x),
        ("1e-3 + 2e", 1e-3 + 2 * e),
        ("π", np.pi),
        ("z = 2x; z + 1", 2 * x + 1),
        ("z = 2x\nw = z²\nw + 1", 4 * x * x + 1),
        ("z² where z = 2x", 4 * x * x),
        ("y = x = 3", 3),
    ],
)
def test_what_a_text_means(text, value):
    assert np.allclose(evaluate(text, X), value, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1/2x", (x / 2, 1 / (2 * x))),
        ("1/(1+x)(1-x)", ((1 - x) / (1 + x), 1 / (1 - x * x))),
        ("1/2*x", (x / 2,)),
        ("2x/3", (2 * x / 3,)),
    ],
)
def test_what_people_read_in_two_ways_is_read_in_both(text, values):
    trees = read(spelled(text), X)
    assert len(trees) == len(values)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x +", "stops too early"),
        ("(x", "never closed"),
        ("x)", "from ')' on"),
        ("2 3", "from '3' on"),
        ("[1][0]", "write every"),
        ("x[0]", "write every"),
        ("q", "'q' is not one of the variables x, y"),
        ("f(x)", "the function 'f' is not known"),
        ("sigma", "in brackets: sigma(x)"),
        ("tanh^x(x)", "is not clear"),
        ("dy/dx", "carry it out"),
        ("sum_i x", "no variable with the index i"),
        ("max(x)", "1 arguments"),
        ("", "empty"),
        (" = ", "no formula"),
        ("x = 2; x", "keeps its letter"),
        ("2^" * 300 + "2", "in each other"),
        ("(" * 300 + "1" + ")" * 300, "in each other"),
        ("sqrt " * 300 + "x", "in each other"),
        ("x" * 3000, "too long"),
        ("x.real", "write every"),
        ("__import__('os')", "not known"),
        ("lambda: 1", "'lambda' is not one of"),
    ],
)
def test_what_cannot_be_read_is_named(text, words):
    with pytest.raises(ValidationError) as raised:
        evaluate(text, X)
    assert words in str(raised.value)


def test_variables_come_before_functions_and_constants():
    assert evaluate("e^2", {"e": 3.0}) == 9
    assert evaluate("d_in/d_out^2", {"d_in": 8.0, "d_out": 2.0}) == 2
    assert evaluate("max(1 - max)", {"max": 3.0}) == -6


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2/(1+x) - 1", "-1 + 2/(x+1)", True),
        ("y(1-x)", "(1-x)*y", True),
        ("-(x - y)", "y - x", True),
        ("1*x/y", "x*1/y", True),
        ("-x*y", "x*(-y)", True),
        ("x/(y*2)", "x/2/y", True),
        ("1 - x", "x - 1", False),
        ("(1-x)/(1+x)", "2/(1+x) - 1", False),
        ("x*(1-x)", "x - x^2", False),
        ("x/y", "y/x", False),
        ("x - y", "x + y", False),
    ],
)
def test_a_shape_knows_no_order(one, other, same):
    first, second = (shape(read(text, X)[0]) for text in (one, other))
    assert (first == second) == same


terms = st.recursive(
    st.sampled_from(["x", "y", "2", "0.5", "v1"]),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("-{}".format, inner),
        st.builds("({})**2".format, inner),
        st.builds("tanh({})".format, inner),
    ),
    max_leaves=10,
)


@given(terms)
@settings(deadline=None)
def test_python_reads_plain_formulas_in_the_same_way(text):
    numbers = {name: np.float64(value) for name, value in X.items()}
    with np.errstate(all="ignore"):
        try:
            expected = eval(text, {"tanh": np.tanh, **numbers})
        except ZeroDivisionError:
            return  # of whole numbers alone, such as 2 / (2 - 2); a formula's numbers are floats
        assert np.allclose(evaluate(text, X), expected, equal_nan=True)


@given(terms)
@settings(deadline=None)
def test_a_shape_keeps_the_value(text):
    tree = read(spelled(text), X)[0]
    assert shape(shape(tree)) == shape(tree)
