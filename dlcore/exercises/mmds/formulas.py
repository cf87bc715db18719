"""Section 13.2: activation functions and a small net, in formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.exercises.engine import Derivation, Formula, Number, Slip

__all__ = [
    "mirrored_sigmoid",
    "net_formula",
    "net_outputs",
    "net_slope",
    "sigmoid_derivative",
    "softmax_total",
    "tanh_as_sigmoid",
    "tanh_derivative",
]

Array = NDArray[Any]


def _point(rng: np.random.Generator) -> Mapping[str, float]:
    return {"x": round(float(rng.uniform(0.1, 2.5)) * int(rng.choice([-1, 1])), 1)}


sigmoid_derivative = Derivation(
    id="mmds-exercise13.2.1",
    title="The derivative of the sigmoid",
    statement="Let y = 1/(1 + exp(-x)). Show that dy/dx = y(1 - y). Hand in a list of three or more formulas "
    "in x and y, each equal to the one before. The first is the derivative as the quotient or chain rule "
    "gives it (`dy/dx` itself may stand before it), the last is `y*(1 - y)`. Write e to the power of -x as "
    "`exp(-x)` or `e^(-x)`.",
    source="mmds 13.2.10",
    stub='steps = ["...", "...", "y*(1 - y)"]\n',
    points=2,
    sample=_point,
    meaning={"y": "sigma(x)"},
    first=("dy/dx", "exp(-x)/(1 + exp(-x))^2"),
    last=("y*(1-y)",),
    reference=[
        "exp(-x)/(1 + exp(-x))^2",
        "1/(1 + exp(-x)) * exp(-x)/(1 + exp(-x))",
        "y*(1 - 1/(1 + exp(-x)))",
        "y*(1 - y)",
    ],
    also=(
        ["-(1+exp(-x))**(-2) * (-exp(-x))", "y**2*exp(-x)", "y^2*(1/y - 1)", "y - y^2", "y*(1 - y)"],
        ["dy/dx = d/dx (1 + e^-x)^-1", "= (1 + e^-x)^-2 e^-x", "= y² (1/y − 1)", "= y(1−y)"],
        [r"\frac{dy}{dx}", r"\frac{e^{-x}}{(1+e^{-x})^2}", r"\sigma(x)\left(1-\sigma(x)\right)"],
    ),
    hints=(
        "Write y as a power, (1 + exp(-x)) to the power of -1, and use the chain rule: it brings two minus "
        "signs.",
        "The square below belongs to two factors. One of them is y itself.",
        "What remains beside y is exp(-x)/(1 + exp(-x)): how far is that from 1?",
        "exp(-x)/(1 + exp(-x))^2 = y * exp(-x)/(1 + exp(-x)) = y*(1 - 1/(1 + exp(-x))) = y*(1 - y)",
    ),
    slips=(
        Slip(
            "one minus lost",
            ["-exp(-x)/(1 + exp(-x))^2", "y*(y - 1)"],
            says="One of two minus signs is lost: the power -1 brings one, the inner derivative of exp(-x) "
            "the other.",
            hint="The curve rises, so its slope is positive. Which sign has your first step?",
        ),
        Slip(
            "rule of the tanh",
            ["1 - y^2"],
            says="1 - y² is the derivative of the tanh.",
            hint="Compare at x = 0, where y is a half and the slope a quarter.",
        ),
        Slip(
            "x for y",
            ["y*(1 - x)"],
            says="The second factor holds x where it should hold y.",
            hint="Compare at a large x: can the slope of a sigmoid be negative?",
        ),
        Slip(
            "square lost",
            ["exp(-x)/(1 + exp(-x))"],
            says="A factor y is lost: the derivative of 1/u is -1/u² times that of u, with a square below.",
            hint="Write y as u to the power of -1 and differentiate the power.",
        ),
        Slip(
            "inner derivative lost",
            ["-1/(1 + exp(-x))^2"],
            says="The chain rule is not carried out: the derivative of 1 + exp(-x) is missing as a factor.",
            hint="With u = 1 + exp(-x), y is 1/u. What is du/dx?",
        ),
        Slip(
            "not differentiated",
            ["1/(1 + exp(-x))"],
            says="This is y itself; the chain starts with its derivative.",
            hint="What does the rule for 1/u give with u = 1 + exp(-x)?",
        ),
        Slip(
            "derivative turned over",
            ["1/(-exp(-x))"],
            says="The derivative of 1/u is not 1 over the derivative of u.",
            hint="Try your rule on 1/x, whose derivative is -1/x².",
        ),
        Slip(
            "exponent brought down",
            ["x*exp(-x)/(1 + exp(-x))^2"],
            says="The derivative of exp(-x) by x has the factor -1, not -x.",
            hint="The inner function is -x. What is its derivative?",
        ),
        Slip(
            "sign of the exponent",
            ["exp(x)/(1 + exp(-x))^2"],
            says="The exponent changed its sign: differentiating exp(-x) leaves exp(-x), with a factor of "
            "-1.",
            hint="Only a factor comes out of an exponential; its exponent stays.",
        ),
        Slip(
            "plus for minus",
            ["y*(1 + y)"],
            says="The second factor has a plus where a minus belongs: exp(-x)/(1 + exp(-x)) is below 1.",
            hint="Write the exp(-x) above the line as (1 + exp(-x)) - 1.",
        ),
        Slip(
            "one y too many",
            ["y^2*(1 - y)"],
            says="A factor y is too many: exp(-x) alone is not 1 - y, only exp(-x)/(1 + exp(-x)) is.",
            hint="At x = 0, what are exp(-x) and 1 - y?",
        ),
        Slip(
            "integrated",
            ["log(1 + exp(-x))"],
            says="This is a logarithm: 1/u was integrated, not differentiated.",
            hint="Which power of u is 1/u, and what does the power rule give?",
        ),
    ),
    because="The derivative is exp(-x)/(1 + exp(-x))²; one factor of it is y, the other 1 - y.",
)


tanh_derivative = Derivation(
    id="mmds-exercise13.2.2",
    title="The derivative of the tanh",
    statement="Let y = tanh(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x)). Show that dy/dx = 1 - y². Hand in a "
    "list of three or more formulas in x and y, each equal to the one before. The first is the derivative "
    "as the quotient rule gives it (`dy/dx` itself may stand before it), the last is `1 - y^2`. A line "
    'such as `"a = exp(x) + exp(-x)"` may define a name.',
    source="mmds 13.2.10",
    stub='steps = ["...", "...", "1 - y^2"]\n',
    points=2,
    sample=_point,
    meaning={"y": "tanh(x)"},
    first=("dy/dx", "4/(exp(x)+exp(-x))^2", "sech(x)^2", "1/cosh(x)^2"),
    last=("1 - y^2",),
    uses=("exp", "sinh", "cosh", "sech", "sigmoid"),
    reference=[
        "((exp(x) + exp(-x))^2 - (exp(x) - exp(-x))^2)/(exp(x) + exp(-x))^2",
        "1 - (exp(x) - exp(-x))^2/(exp(x) + exp(-x))^2",
        "1 - ((exp(x) - exp(-x))/(exp(x) + exp(-x)))^2",
        "1 - y^2",
    ],
    also=(
        ["dy/dx", "(cosh(x)*cosh(x) - sinh(x)*sinh(x))/cosh(x)^2", "1 - sinh²(x)/cosh²(x)", "1 - tanh²x"],
        ["a = e^x + e^-x; b = e^x - e^-x", "dy/dx = (a*a - b*b)/a^2", "1 - (b/a)^2", "1 - y**2"],
        ["4σ(2x)(1 − σ(2x))", "4 (1+y)/2 · (1 − (1+y)/2)", "(1+y)(1−y)", "1 − y²"],
    ),
    hints=(
        "Give the two sums names: a = exp(x) + exp(-x) below and b = exp(x) - exp(-x) above the line. What "
        "are their derivatives?",
        "The derivative of b is a, and that of a is b. Put them into the quotient rule.",
        "Divide each of the two terms above the line by the square below.",
        "(a*a - b*b)/a^2 = 1 - b^2/a^2 = 1 - (b/a)^2 = 1 - y^2",
    ),
    slips=(
        Slip(
            "square forgotten",
            ["1 - tanh(x)"],
            says="The square is lost: this is 1 - y.",
            hint="The slope is the same at x and at -x. Is 1 - y?",
        ),
        Slip(
            "plus for minus",
            ["1 + y^2"],
            says="A plus stands where the quotient rule has a minus.",
            hint="The tanh is steepest at 0, where its slope is 1. How large does yours get?",
        ),
        Slip(
            "rule of the sigmoid",
            ["y*(1 - y)"],
            says="y(1 - y) is the rule of the sigmoid.",
            hint="Compare at x = 0, where y is 0 and the slope 1.",
        ),
        Slip(
            "quotient rule reversed",
            ["((exp(x) - exp(-x))^2 - (exp(x) + exp(-x))^2)/(exp(x) + exp(-x))^2"],
            says="The two terms of the quotient rule are exchanged, which turns the sign.",
            hint="(b/a)' is (b'a - ba')/a²: the derivative of the upper part comes first. The tanh rises.",
        ),
        Slip(
            "parts differentiated alone",
            ["(exp(x) + exp(-x))/(exp(x) - exp(-x))"],
            says="Upper and lower part were differentiated each for itself; a quotient needs the quotient "
            "rule.",
            hint="Try your rule on x/x², which is 1/x.",
        ),
        Slip(
            "sign of exp(-x)",
            ["((exp(x)-exp(-x))*(exp(x)+exp(-x)) - (exp(x)-exp(-x))*(exp(x)+exp(-x)))/(exp(x)+exp(-x))^2"],
            says="This is 0 for every x: the derivative of exp(-x) was taken as exp(-x), without its minus.",
            hint="Differentiate exp(x) - exp(-x) term by term and watch the sign of the second.",
        ),
        Slip(
            "square below lost",
            ["((exp(x) + exp(-x))^2 - (exp(x) - exp(-x))^2)/(exp(x) + exp(-x))"],
            says="The part below the line must be squared in the quotient rule.",
            hint="At x = 0 the slope is 1. What does your formula give?",
        ),
        Slip(
            "denominator lost",
            ["(exp(x) + exp(-x))^2 - (exp(x) - exp(-x))^2"],
            says="The part below the line is lost: this is only what stands above it in the quotient rule.",
            hint="The difference of the two squares is 4 for every x. Can a slope of the tanh be 4?",
        ),
        Slip(
            "upper part alone",
            ["(exp(x) + exp(-x))/(exp(x) + exp(-x))"],
            says="Only the upper part was differentiated. The lower one depends on x too.",
            hint="How many terms has the quotient rule?",
        ),
        Slip(
            "factor of 2x lost",
            ["2*sigma(2*x)*(1 - sigma(2*x))"],
            says="Half of it is missing: the chain rule brings a factor of 2 out of σ(2x).",
            hint="What is the derivative of 2σ(2x) - 1? The inner function is 2x.",
        ),
        Slip(
            "sech without its square",
            ["1/cosh(x)"],
            says="This is 1/cosh(x); the lower part of the quotient rule is a square.",
            hint="cosh² - sinh² = 1 stands above the line. And below?",
        ),
        Slip(
            "not differentiated",
            ["tanh(x)"],
            says="This is y itself; the chain starts with its derivative.",
            hint="What does the quotient rule give?",
        ),
        Slip(
            "rule of the arctan",
            ["1/(1 + x^2)"],
            says="1/(1 + x²) is the derivative of the arctangent.",
            hint="The tanh is made of exponentials. Differentiate those.",
        ),
        Slip(
            "both factors of σ lost",
            ["sigma(2*x)*(1 - sigma(2*x))"],
            says="Two factors are missing: the one before σ, and the one that the inner function 2x brings.",
            hint="What is the derivative of 2σ(2x) - 1, factor by factor?",
        ),
    ),
    because="With a = exp(x) + exp(-x) and b = exp(x) - exp(-x), b' = a and a' = b, so the quotient rule "
    "gives (a² - b²)/a², which is 1 - (b/a)².",
)


tanh_as_sigmoid = Derivation(
    id="mmds-exercise13.2.3",
    title="The tanh is a stretched sigmoid",
    statement="Let σ(x) = 1/(1 + exp(-x)) and tanh(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x)). Show that "
    "tanh(x) = 2σ(2x) - 1 for all x. Hand in a list of three or more formulas in x, each equal to the one "
    "before, from `tanh(x)`, or its definition, to `2*sigma(2*x) - 1`, or the other way round. σ is written "
    "`sigma`.",
    source="mmds 13.2.10",
    stub='steps = ["tanh(x)", "...", "2*sigma(2*x) - 1"]\n',
    points=2,
    sample=_point,
    first=(
        "tanh(x)",
        "(exp(x)-exp(-x))/(exp(x)+exp(-x))",
        "sinh(x)/cosh(x)",
        "(exp(2x)-1)/(exp(2x)+1)",
    ),
    last=("2*sigma(2*x) - 1", "2/(1+exp(-2x)) - 1", "2*exp(2x)/(1+exp(2x)) - 1"),
    reference=[
        "tanh(x)",
        "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
        "(1 - exp(-2*x))/(1 + exp(-2*x))",
        "(2 - (1 + exp(-2*x)))/(1 + exp(-2*x))",
        "2*sigma(2*x) - 1",
    ],
    also=(
        ["2σ(2x) − 1", "2/(1+e^{-2x}) − 1", "(1 − e⁻²ˣ)/(1 + e⁻²ˣ)", "(e^x − e^-x)/(e^x + e^-x)", "tanh(x)"],
        ["tanh(x) = (e^2x - 1)/(e^2x + 1) = (2e^2x - (e^2x + 1))/(e^2x + 1) = 2σ(2x) - 1"],
    ),
    hints=(
        "Only one exponential can stand in σ(2x). Divide above and below the line so that only one is left.",
        "Dividing by exp(x) turns exp(-x) into exp(-2x). What does exp(x) become?",
        "Write the 1 - exp(-2x) above the line as 2 - (1 + exp(-2x)) and split the fraction.",
        "tanh(x) = (1 - exp(-2x))/(1 + exp(-2x)) = 2/(1 + exp(-2x)) - 1 = 2*sigma(2*x) - 1",
    ),
    slips=(
        Slip(
            "argument not doubled",
            ["2*sigma(x) - 1"],
            says="This is tanh(x/2): the argument is not doubled, or exp(-x)/exp(x) was taken for exp(-x).",
            hint="Compare the slopes at 0: the tanh has 1. And yours?",
        ),
        Slip(
            "shift lost",
            ["2*sigma(2*x)"],
            says="The shift by 1 is lost: this lies between 0 and 2.",
            hint="Compare at x = 0.",
        ),
        Slip(
            "height not doubled",
            ["sigma(2*x) - 1"],
            says="The height is not doubled: this stays between -1 and 0.",
            hint="The tanh rises from -1 to 1, a sigmoid from 0 to 1.",
        ),
        Slip(
            "fraction upside down",
            ["(exp(x) + exp(-x))/(exp(x) - exp(-x))"],
            says="The fraction is upside down: the difference belongs above the line.",
            hint="The tanh is 0 at x = 0. Which part of your fraction is 0 there?",
        ),
        Slip(
            "divided by 2",
            ["(exp(x) - exp(-x))/2"],
            says="This is sinh(x), the upper part alone; the tanh is divided by cosh(x).",
            hint="The tanh never exceeds 1. Does your formula?",
        ),
        Slip(
            "sign turned",
            ["1 - 2*sigma(2*x)"],
            says="The sign is turned: this is -tanh(x), which falls.",
            hint="Compare at a large x: is your value near 1 or near -1?",
        ),
        Slip(
            "exponents added wrongly",
            ["1 - exp(-2*x)"],
            says="Only the part above the line was divided by exp(x), or the part below it got lost.",
            hint="A fraction keeps its value only if both parts are divided by the same.",
        ),
        Slip(
            "plus one",
            ["2*sigma(2*x) + 1"],
            says="The 1 is added where it must be subtracted.",
            hint="Compare at x = 0.",
        ),
        Slip(
            "factor inside and outside",
            ["2*sigma(2*x - 1)"],
            says="The 1 got into the brackets: it is subtracted from 2σ(2x), not from the argument.",
            hint="Where is your formula 0?",
        ),
        Slip(
            "no factors",
            ["sigma(x)"],
            says="tanh and σ are different functions: one rises from -1 to 1, the other from 0 to 1.",
            hint="Stretch and shift σ until both ends fit, then look at the slope at 0.",
        ),
        Slip(
            "squared for doubled",
            ["2/(1 + exp(-x))^2 - 1"],
            says="σ was squared; σ(2x) has 2x as its argument.",
            hint="Write 2x wherever σ has an x.",
        ),
        Slip(
            "2 before the exponential",
            ["2/(1 + 2*exp(-x)) - 1"],
            says="The 2 got before the exponential; it belongs to the argument, inside of the exponent.",
            hint="Write 2x wherever σ has an x.",
        ),
        Slip(
            "brackets lost",
            ["(2 - 1 + exp(-2*x))/(1 + exp(-2*x))"],
            says="This is 1 for every x: the 1 is subtracted as a fraction, and its whole upper part gets "
            "the minus.",
            hint="Write 1 as a fraction with the part below the line that you have. Keep it in brackets.",
        ),
        Slip(
            "one subtracted above",
            ["1/(1 + exp(-2*x))"],
            says="This is σ(2x): the 1 was subtracted above the line without making a fraction of it.",
            hint="How do you write 1 as a fraction with this part below the line?",
        ),
    ),
    because="Dividing above and below by exp(x) gives (1 - exp(-2x))/(1 + exp(-2x)); with 2 - (1 + exp(-2x)) "
    "above the line this is 2σ(2x) - 1.",
)


mirrored_sigmoid = Derivation(
    id="mmds-exercise13.2.4",
    title="The sigmoid and its mirror image",
    statement="Let σ(x) = 1/(1 + exp(-x)). Show that σ(x) = 1 - σ(-x) for all x. Hand in a list of three or "
    "more formulas in x, each equal to the one before, from `sigma(x)`, or its definition, to "
    "`1 - sigma(-x)`, or the other way round. σ is written `sigma`.",
    source="mmds 13.2.10",
    stub='steps = ["sigma(x)", "...", "1 - sigma(-x)"]\n',
    sample=_point,
    first=("sigma(x)", "1/(1+exp(-x))"),
    last=("1 - sigma(-x)", "1 - 1/(1+exp(x))"),
    reference=[
        "1/(1 + exp(-x))",
        "exp(x)/(exp(x) + 1)",
        "(1 + exp(x) - 1)/(1 + exp(x))",
        "1 - 1/(1 + exp(x))",
        "1 - sigma(-x)",
    ],
    also=(
        ["1 − σ(−x)", "1 − 1/(1+e^x)", "e^x/(1+e^x)", "1/(e^-x + 1)", "σ(x)"],
        [r"\sigma(x) = \frac{1}{1+e^{-x}} = 1 - \frac{e^{-x}}{1+e^{-x}} = 1 - \frac{1}{e^x+1}=1-\sigma(-x)"],
    ),
    hints=(
        "Write σ(-x) out: what does exp(-x) become when x is replaced by -x?",
        "Bring 1 - σ(-x) over one fraction line.",
        "Multiply above and below by exp(-x), which changes no value.",
        "1 - 1/(1 + exp(x)) = exp(x)/(1 + exp(x)) = 1/(exp(-x) + 1) = sigma(x)",
    ),
    slips=(
        Slip(
            "taken as odd",
            ["-sigma(-x)"],
            says="σ is not odd: σ(-x) is not -σ(x). Its values are all positive.",
            hint="Where does the curve cross the axis x = 0: at 0 or at a half?",
        ),
        Slip(
            "taken as odd, other side",
            ["1 + sigma(x)"],
            says="σ(-x) was replaced by -σ(x), but σ is not odd: its values are all positive.",
            hint="Compare σ(-1) and -σ(1).",
        ),
        Slip(
            "exponent not mirrored",
            ["1 - 1/(1 + exp(-x))"],
            says="This is 1 - σ(x), or σ(-x): somewhere x and -x were exchanged in the exponent.",
            hint="Put x = 2 into both sides. Write σ(-x) with brackets around -x.",
        ),
        Slip(
            "below the line lost",
            ["exp(x)"],
            says="The part below the fraction line is lost.",
            hint="A sigmoid lies between 0 and 1. Does your step?",
        ),
        Slip(
            "fraction turned over",
            ["1 + exp(-x)"],
            says="The fraction is turned over: this is 1/σ(x), which is larger than 1.",
            hint="What is 1 divided by a/b? And how often was it turned?",
        ),
        Slip(
            "minus on the wrong place",
            ["1 - 1/(1 - exp(x))"],
            says="The minus of -x went before the exponential: exp(-(-x)) is exp(x), and it is added.",
            hint="Below the fraction line of σ stands a sum, whatever the argument is.",
        ),
        Slip(
            "minus before the exponential",
            ["1 - 1/(1 - exp(-x))"],
            says="The minus of -x does not come before the exponential; it changes the sign of the exponent.",
            hint="What is -(-x)?",
        ),
        Slip(
            "terms turned",
            ["sigma(-x) - 1"],
            says="The difference is turned round: this is negative.",
            hint="σ(x) is positive for all x. Which of 1 and σ(-x) is the larger?",
        ),
        Slip(
            "plus for minus",
            ["1 + sigma(-x)"],
            says="The minus before σ(-x) became a plus: this exceeds 1.",
            hint="Compare at x = 0, where both sigmoids are a half.",
        ),
        Slip(
            "sum in the denominator split",
            ["1 + exp(x)"],
            says="1/(a + b) is not 1/a + 1/b.",
            hint="Try a = b = 1.",
        ),
        Slip(
            "extended on one side",
            ["exp(x)/(1 + exp(-x))"],
            says="The part above the line was multiplied by exp(x), the part below it was not.",
            hint="What is exp(x) · (1 + exp(-x))?",
        ),
        Slip(
            "product not carried out",
            ["exp(x)/(exp(x) + exp(-x))"],
            says="exp(x) times exp(-x) is not exp(-x): the exponents add up.",
            hint="Multiply each term of 1 + exp(-x) by exp(x).",
        ),
    ),
    because="1 - 1/(1 + exp(x)) = exp(x)/(1 + exp(x)), and multiplying above and below by exp(-x) gives "
    "σ(x).",
)


def _three(rng: np.random.Generator) -> Mapping[str, float]:
    return {name: round(float(rng.uniform(-2, 2)), 1) for name in ("v1", "v2", "v3")}


softmax_total = Derivation(
    id="mmds-exercise13.2.5",
    title="The softmax adds up to 1",
    statement="The softmax turns real numbers v1, v2, v3 into μ(v1), μ(v2), μ(v3): each is the exponential "
    "of "
    "its own number, divided by the sum of all three exponentials. Show that the three add up to 1, whatever "
    "the numbers are; the proof for any other count looks the same. Hand in a list of three or more "
    "formulas in v1, v2, v3, each equal to the one before. The first is `mu(v1) + mu(v2) + mu(v3)`, or that "
    "written out with exp; the last is `1`. `D` may stand for the sum of the three exponentials, and "
    "`sum_i` for a sum over all i.",
    source="mmds 13.2.10",
    stub='steps = ["mu(v1) + mu(v2) + mu(v3)", "...", "1"]\n',
    sample=_three,
    meaning={
        "D": "exp(v1) + exp(v2) + exp(v3)",
        **{f"mu{i}": f"exp(v{i})/D" for i in (1, 2, 3)},
        **{f"softmax{i}": f"exp(v{i})/D" for i in (1, 2, 3)},
    },
    first=("mu(v1) + mu(v2) + mu(v3)",),
    last=("1",),
    through=(
        "(exp(v1) + exp(v2) + exp(v3))/D",
        "(1 + exp(v2 - v1) + exp(v3 - v1))/(1 + exp(v2 - v1) + exp(v3 - v1))",
        "(exp(v1 - v2) + 1 + exp(v3 - v2))/(exp(v1 - v2) + 1 + exp(v3 - v2))",
        "(exp(v1 - v3) + exp(v2 - v3) + 1)/(exp(v1 - v3) + exp(v2 - v3) + 1)",
    ),
    reference=[
        "mu(v1) + mu(v2) + mu(v3)",
        "exp(v1)/D + exp(v2)/D + exp(v3)/D",
        "(exp(v1) + exp(v2) + exp(v3))/D",
        "D/D",
        "1",
    ],
    also=(
        [
            "e^v1/(e^v1+e^v2+e^v3) + e^v2/(e^v1+e^v2+e^v3) + e^v3/(e^v1+e^v2+e^v3)",
            "(e^v1 + e^v2 + e^v3)/(e^v1 + e^v2 + e^v3)",
            1,
        ],
        [r"\sum_i \frac{e^{v_i}}{\sum_j e^{v_j}}", r"\frac{1}{D} \sum_i e^{v_i}", "D/D", "1"],
    ),
    hints=(
        "Write each of the three out as a fraction. What do the fractions have in common?",
        "Fractions with the same part below the line add up above it.",
        "Compare what stands above the line now with what stands below it. Can that be 0?",
        "exp(v1)/D + exp(v2)/D + exp(v3)/D = (exp(v1) + exp(v2) + exp(v3))/D = D/D = 1",
    ),
    slips=(
        Slip(
            "one index for two sums",
            ["exp(v1)/exp(v1) + exp(v2)/exp(v2) + exp(v3)/exp(v3)", "3"],
            says="Each fraction was canceled to 1. Below the line stands the sum of all exponentials, not "
            "only "
            "that of the same entry.",
            hint="The sum below has an index of its own. Is one entry of a softmax 1?",
        ),
        Slip(
            "denominators added",
            ["(exp(v1) + exp(v2) + exp(v3))/(3*D)"],
            says="The parts below the lines were added too; a common one stays as it is.",
            hint="What is 1/5 + 2/5?",
        ),
        Slip(
            "one term missing",
            ["mu(v1) + mu(v2)"],
            says="This adds only two of the three.",
            hint="How many entries has the vector here?",
        ),
        Slip(
            "exponential of the sum",
            ["exp(v1 + v2 + v3)/D"],
            says="A sum of exponentials is not the exponential of the sum: that is a product.",
            hint="Try v = (0, 0, 0).",
        ),
        Slip(
            "entries added",
            ["v1 + v2 + v3"],
            says="These are the inputs. They add up to anything; the outputs are what add up to 1.",
            hint="Try v = (0, 0, 0): what are the three outputs?",
        ),
        Slip(
            "without the exponential",
            ["(v1 + v2 + v3)/D"],
            says="The exponentials above the line are lost.",
            hint="Each output is the exponential of an entry, divided by the sum of all of them.",
        ),
        Slip(
            "not divided",
            ["exp(v1) + exp(v2) + exp(v3)"],
            says="This is the sum of the exponentials; what each is divided by got lost.",
            hint="What stands below the line in every output?",
        ),
        Slip(
            "own term left out",
            ["exp(v1)/(exp(v2)+exp(v3)) + exp(v2)/(exp(v1)+exp(v3)) + exp(v3)/(exp(v1)+exp(v2))"],
            says="The sum below the line leaves out the entry's own exponential; it runs over all of them.",
            hint="Without the own term an output could exceed 1.",
        ),
        Slip(
            "sigmoids",
            ["sigma(v1) + sigma(v2) + sigma(v3)"],
            says="These are sigmoids, each divided by 1 plus its own exponential; they add up to anything.",
            hint="What do the three outputs of a softmax have in common below the line?",
        ),
        Slip(
            "divided by the inputs",
            ["(exp(v1) + exp(v2) + exp(v3))/(v1 + v2 + v3)"],
            says="Below the line stand the exponentials too, not the numbers themselves.",
            hint="Try v = (0, 0, 0).",
        ),
    ),
    because="All fractions share D, which is positive, so their sum is D/D; nothing in this depends on the "
    "numbers or on how many there are.",
)


# Exercise 13.2.6: the numbers are ours, the wiring is that of the figure.

_NET = (
    "A net has three inputs x1, x2, x3, two hidden nodes and three output nodes, no biases. The top hidden "
    "node sees x1 and x2, the bottom one x2 and x3; there are no other links from the inputs. Every output "
    "node sees both hidden nodes. Hidden nodes have the sigmoid as activation; the outputs are the softmax "
    "of their three weighted sums. "
)


def _sigmoid(a: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-a)))


def _softmax(o: Array) -> Array:
    return np.asarray(np.exp(o) / np.exp(o).sum())


def _sums(x: Sequence[float], top: Sequence[float], bottom: Sequence[float]) -> Array:
    return np.array([np.dot(top, x[:2]), np.dot(bottom, x[1:])])


def _five(
    x: Any, top: Any, bottom: Any, out: Any, *, hidden: Any = _sigmoid, last: Any = _softmax, at: Any = _sums
) -> Array:
    """Return the outputs of all five nodes; the settings are what can go wrong."""
    z = hidden(at(x, top, bottom))
    return np.concatenate([z, last(np.array(out) @ z)])


def _five_by_loops(x: Any, top: Any, bottom: Any, out: Any) -> list[str]:
    sums = top[0] * x[0] + top[1] * x[1], bottom[0] * x[1] + bottom[1] * x[2]
    z = [1 / (1 + np.e**-a) for a in sums]
    e = [np.e ** (u[0] * z[0] + u[1] * z[1]) for u in out]
    return [f"{number:.4f}" for number in (*z, *(part / sum(e) for part in e))]


def _unfed(x: Any, top: Any, bottom: Any, out: Any) -> Array:
    """Hidden nodes right, but the outputs made from their sums."""
    return np.concatenate([_sigmoid(_sums(x, top, bottom)), _softmax(np.array(out) @ _sums(x, top, bottom))])


def _exchanged(x: Any, top: Any, bottom: Any, out: Any) -> Array:
    """The two weights of each output node exchanged."""
    return _five(x, top, bottom, np.array(out)[:, ::-1])


def _grouped(x: Any, top: Any, bottom: Any, out: Any) -> Array:
    """The six weights read in two rows of three."""
    return _five(x, top, bottom, np.reshape(out, (2, 3)).T)


def _drawn_net(rng: np.random.Generator) -> Mapping[str, Any]:
    def some(*shape: int) -> Any:
        return (rng.integers(1, 4, shape) * rng.choice([-1, 1], shape)).tolist()

    return {"x": some(3), "top": some(2), "bottom": some(2), "out": (np.array(some(3, 2)) / 2).tolist()}


net_outputs = Number(
    id="mmds-exercise13.2.6a",
    title="Outputs of a small net",
    statement=_NET + "The input is (x1, x2, x3) = {x}. The top hidden node has weights {top} for x1, x2; the "
    "bottom one {bottom} for x2, x3. The three output nodes have the weights {out}, a pair for each node: "
    "first that of the top, then that of the bottom hidden node. Which numbers do the five nodes put out? "
    "Hand in a list [z1, z2, q1, q2, q3]: top and bottom hidden node, then the outputs from top to bottom, "
    "with three decimals or more.",
    source="mmds 13.2.10",
    stub="outputs = [..., ..., ..., ..., ...]\n",
    points=2,
    atol=6e-4,
    entries=("z1", "z2", "q1", "q2", "q3"),
    given={"x": [2, 1, -1], "top": [1, -1], "bottom": [3, 1], "out": [[2, -1], [-1, 1], [1, 0.5]]},
    draw=_drawn_net,
    reference=_five,
    also=(_five_by_loops, lambda **net: dict(zip(("z1", "z2", "q1", "q2", "q3"), _five(**net), strict=True))),
    hints=(
        "Go from left to right: first the weighted sum of each hidden node. Which inputs does it see?",
        "A hidden output is the sigmoid of its sum. Each output node takes a weighted sum of the two.",
        "Take the exponential of the three sums at the outputs and divide each by the sum of all three.",
        "z = 1/(1 + exp(-a)) for the sums a of {top} and {bottom} with their inputs; q = exp(o)/sum(exp(o)) "
        "for o = out @ z",
    ),
    slips=(
        Slip(
            "sigmoid at the output",
            lambda **net: _five(**net, last=_sigmoid),
            says="The output nodes have the softmax as their activation, not the sigmoid.",
            hint="Add your three outputs up. What must a softmax give?",
        ),
        Slip(
            "softmax in the hidden layer",
            lambda **net: _five(**net, hidden=_softmax),
            says="Hidden nodes have the sigmoid as their activation, each for itself, not the softmax.",
            hint="Your two hidden outputs add up to 1. Must they?",
        ),
        Slip(
            "no hidden activation",
            lambda **net: _five(**net, hidden=np.array),
            says="The hidden nodes put out their bare sums here; the sigmoid is missing.",
            hint="Can a sigmoid give a whole number other than 0 or 1?",
        ),
        Slip(
            "sums passed on",
            _unfed,
            says="The hidden outputs are right, but the output nodes were fed with the sums before the "
            "sigmoid.",
            hint="What leaves a hidden node is what the next layer sees.",
        ),
        Slip(
            "no softmax",
            lambda **net: _five(**net, last=np.array),
            says="The last three are the sums at the output nodes; the softmax is still to come.",
            hint="Do your outputs add up to 1?",
        ),
        Slip(
            "not divided",
            lambda **net: _five(**net, last=np.exp),
            says="The exponentials of the softmax are not divided by their sum.",
            hint="Do your outputs add up to 1?",
        ),
        Slip(
            "divided without exponentials",
            lambda **net: _five(**net, last=lambda o: o / (o.sum() or 1)),
            says="The sums were divided by their total; the softmax takes exponentials first.",
            hint="What would happen to a negative sum?",
        ),
        Slip(
            "sigmoid and softmax",
            lambda **net: _five(**net, last=lambda o: _softmax(_sigmoid(o))),
            says="The output sums went through a sigmoid before the softmax.",
            hint="The output nodes have one activation.",
        ),
        Slip(
            "largest alone",
            lambda **net: _five(**net, last=lambda o: (o == o.max()) * 1.0),
            says="The softmax does not choose the largest: every output gets its share.",
            hint="What is the exponential of the smallest sum?",
        ),
        Slip(
            "links shifted",
            lambda **net: _five(
                **net, at=lambda x, top, bottom: np.array([np.dot(top, x[:2]), np.dot(bottom, x[:2])])
            ),
            says="The bottom hidden node was wired to x1 and x2.",
            hint="Which inputs does the bottom node see?",
        ),
        Slip(
            "tanh in the hidden layer",
            lambda **net: _five(**net, hidden=np.tanh),
            says="This uses tanh in the hidden layer instead of the sigmoid.",
            hint="What is the sigmoid of 0, and what its tanh?",
        ),
        Slip(
            "steps in the hidden layer",
            lambda **net: _five(**net, hidden=lambda a: (a > 0) * 1.0),
            says="The hidden nodes are not threshold gates: a sigmoid lies strictly between 0 and 1.",
            hint="What is the sigmoid of 1?",
        ),
        Slip(
            "sign in the sigmoid",
            lambda **net: _five(**net, hidden=lambda a: _sigmoid(-a)),
            says="The minus in the exponent of the sigmoid is lost.",
            hint="A positive sum gives more than a half. Does yours?",
        ),
        Slip(
            "weights exchanged",
            _exchanged,
            says="At the outputs the weights of the top and of the bottom hidden node are exchanged.",
            hint="The first weight of each pair belongs to the top node.",
        ),
        Slip(
            "weights regrouped",
            _grouped,
            says="The six output weights were read in two rows of three; they come in pairs, one for each "
            "output node.",
            hint="Which two weights belong to the second output node?",
        ),
        Slip(
            "sigmoid at the output + sums passed on",
            lambda **net: np.concatenate(
                [_five(**net)[:2], _sigmoid(np.array(net["out"]) @ _five(**net, hidden=np.array)[:2])]
            ),
            says="The sums before the sigmoid were passed on, and the outputs have a sigmoid instead of the "
            "softmax.",
            hint="What leaves a hidden node? And do your outputs add up to 1?",
        ),
        Slip(
            "sigmoid everywhere, twice",
            lambda **net: _five(**net, hidden=lambda a: _sigmoid(_sigmoid(a))),
            says="The sigmoid was applied twice in the hidden layer.",
            hint="A sum goes through the activation once.",
        ),
        Slip(
            "sums for hidden outputs",
            lambda **net: np.concatenate([_five(**net, hidden=np.array)[:2], _five(**net)[2:]]),
            says="The three outputs are right, but the first two are the sums of the hidden nodes, not what "
            "they put out.",
            hint="Which function does a hidden node apply to its sum?",
        ),
        Slip(
            "sign of an input",
            lambda x, **net: _five(**net, x=np.abs(x)),
            says="The minus of an input is lost.",
            hint="Write the weighted sums of the hidden nodes out, with all signs.",
        ),
        Slip(
            "sign of a weight",
            lambda top, bottom, **net: _five(**net, top=np.abs(top), bottom=np.abs(bottom)),
            says="The minus of a hidden node's weight is lost.",
            hint="Write the weighted sums of the hidden nodes out, with all signs.",
        ),
        Slip(
            "activations exchanged",
            lambda **net: _five(**net, hidden=_softmax, last=_sigmoid),
            says="The activations are exchanged: the sigmoid belongs to the hidden nodes, the softmax to the "
            "outputs.",
            hint="Which three numbers of yours should add up to 1?",
        ),
        Slip(
            "no activations",
            lambda **net: _five(**net, hidden=np.array, last=np.array),
            says="These are weighted sums throughout; both activations are missing.",
            hint="What does a hidden node do with its sum? And what do the outputs do together?",
        ),
        Slip(
            "no hidden activation, sigmoid at the output",
            lambda **net: _five(**net, hidden=np.array, last=_sigmoid),
            says="The hidden nodes put out their bare sums here, and the outputs have a sigmoid instead of "
            "the softmax.",
            hint="Which nodes have the sigmoid, and which the softmax?",
        ),
    ),
    because="The hidden sums go through the sigmoid each for itself; the three output sums go through one "
    "softmax together.",
)


_WEIGHTS = (
    "The weights: w11 (from x1) and w12 (from x2) belong to the top hidden node, w22 (from x2) and w23 (from "
    "x3) to the bottom one; u11, u12 belong to the top output node, u21, u22 to the middle one, u31, u32 to "
    "the bottom one, the first for the top and the second for the bottom hidden node. "
)
_NAMES = ("w11", "w12", "w22", "w23", "u11", "u12", "u21", "u22", "u31", "u32", "x1", "x2", "x3")


def _weights(rng: np.random.Generator) -> Mapping[str, float]:
    return {name: round(float(rng.uniform(0.2, 1.8)) * int(rng.choice([-1, 1])), 1) for name in _NAMES}


_Z1, _Z2 = "1/(1 + exp(-(w11*x1 + w12*x2)))", "1/(1 + exp(-(w22*x2 + w23*x3)))"


def _top(
    top: str = "exp(o1)",
    below: str = "exp(o1) + exp(o2) + exp(o3)",
    *,
    hidden: str = f"z1 = {_Z1}; z2 = {_Z2}",
) -> str:
    """Return the top output with parts of it exchanged, as lines that define names."""
    sums = "; ".join(f"o{i} = u{i}1*z1 + u{i}2*z2" for i in (1, 2, 3))
    return f"{hidden}; {sums}; ({top})/({below})"


def _top_by_arrays(  # the names of the exercise, in its order
    w11: Any, w12: Any, w22: Any, w23: Any, u11: Any, u12: Any, u21: Any, u22: Any, u31: Any, u32: Any,
    x1: Any, x2: Any, x3: Any,
) -> Any:  # fmt: skip
    z1, z2 = 1 / (1 + np.exp(-w11 * x1 - w12 * x2)), 1 / (1 + np.exp(-w22 * x2 - w23 * x3))
    o1, o2, o3 = u11 * z1 + u12 * z2, u21 * z1 + u22 * z2, u31 * z1 + u32 * z2
    return 1 / (1 + np.exp(o2 - o1) + np.exp(o3 - o1))


net_formula = Formula(
    id="mmds-exercise13.2.6b",
    title="The top output as a formula",
    statement=_NET
    + _WEIGHTS
    + "Write the top output q1 as a formula of all weights and inputs. You may define "
    'names on the way, a line or a semicolon each, as in "z1 = ...; z2 = ...; q1 = ...": the last one '
    "counts. "
    "A Python function of these thirteen names does as well.",
    source="mmds 13.2.10",
    stub='top_output = "..."\n',
    points=2,
    sample=_weights,
    absent=("w13", "w21", "u13", "u23"),
    reference=f"exp(u11*{_Z1} + u12*{_Z2})/(exp(u11*{_Z1} + u12*{_Z2}) + exp(u21*{_Z1} + u22*{_Z2}) "
    f"+ exp(u31*{_Z1} + u32*{_Z2}))",
    also=(
        "z1 = σ(w11 x1 + w12 x2); z2 = σ(w22 x2 + w23 x3); "
        "q1 = e^(u11 z1 + u12 z2) / (e^(u11 z1 + u12 z2) + e^(u21 z1 + u22 z2) + e^(u31 z1 + u32 z2))",
        _top_by_arrays,
    ),
    hints=(
        "Start at the output: what does the softmax do with the three sums o1, o2, o3?",
        "Each sum holds both hidden outputs: o1 = u11 z1 + u12 z2. How do o2 and o3 look?",
        "A hidden output is the sigmoid of what its node sees: the top one of w11 x1 + w12 x2.",
        "q1 = exp(u11 z1 + u12 z2)/(exp(u11 z1 + u12 z2) + exp(u21 z1 + u22 z2) + exp(u31 z1 + u32 z2)) with "
        "z1 = sigma(w11 x1 + w12 x2), z2 = sigma(w22 x2 + w23 x3)",
    ),
    slips=(
        Slip(
            "sigmoid for softmax",
            _top("exp(o1)", "1 + exp(o1)"),
            says="This is the sigmoid of the top sum; a softmax divides by the exponentials of all output "
            "nodes.",
            hint="Does your formula depend on u21?",
        ),
        Slip(
            "two terms below",
            _top("exp(o1)", "exp(o1) + exp(o2)"),
            says="Below the line stand only two exponentials; the third output node is forgotten.",
            hint="How many output nodes are there?",
        ),
        Slip(
            "own term left out",
            _top("exp(o1)", "exp(o2) + exp(o3)"),
            says="The sum below the line leaves out the top node's own exponential.",
            hint="An output must stay below 1. Does it?",
        ),
        Slip(
            "one added below",
            _top("exp(o1)", "1 + exp(o1) + exp(o2) + exp(o3)"),
            says="The 1 below the line belongs to the sigmoid; the softmax has none.",
            hint="Do three outputs of this form add up to 1?",
        ),
        Slip(
            "missing links used",
            _top(hidden="z1 = sigma(w11*x1+w12*x2+w13*x3); z2 = sigma(w21*x1+w22*x2+w23*x3)"),
            says="This takes every input to be linked to both hidden nodes; two of these links do not exist.",
            hint="Which inputs does the top hidden node see, which the bottom one?",
        ),
        Slip(
            "no hidden activation",
            _top(hidden="z1 = w11*x1 + w12*x2; z2 = w22*x2 + w23*x3"),
            says="The hidden nodes pass their bare sums on; their sigmoid is missing.",
            hint="What happens to w11 x1 + w12 x2 before it leaves the node?",
        ),
        Slip(
            "no exponentials",
            _top("o1", "o1 + o2 + o3"),
            says="The sums were divided by their total; the softmax takes exponentials first.",
            hint="What if one of the sums is negative?",
        ),
        Slip(
            "not divided",
            _top("exp(o1)", "1"),
            says="The exponential is not divided by the sum of all three.",
            hint="What makes the three outputs add up to 1?",
        ),
        Slip(
            "no softmax",
            _top("o1", "1"),
            says="This is the sum at the top output node; the softmax is still to come.",
            hint="Does your formula depend on u21? It should.",
        ),
        Slip(
            "indices exchanged",
            _top(
                "exp(u11*z1 + u21*z2)",
                "exp(u11*z1 + u21*z2) + exp(u12*z1 + u22*z2) + exp(u13*z1 + u23*z2)",
            ),
            says="The indices of the output weights are exchanged: here the first one counts the output "
            "nodes.",
            hint="Which two weights belong to the top output node?",
        ),
        Slip(
            "another output",
            _top("exp(o3)"),
            says="This is the bottom output; the top one is asked for.",
            hint="Whose exponential belongs above the line?",
        ),
        Slip(
            "the middle output",
            _top("exp(o2)"),
            says="This is the middle output; the top one is asked for.",
            hint="Whose exponential belongs above the line?",
        ),
        Slip(
            "sign in the sigmoid",
            _top(hidden="z1 = sigma(-w11*x1-w12*x2); z2 = sigma(-w22*x2-w23*x3)"),
            says="The minus in the exponent of the sigmoid is lost.",
            hint="What is 1/(1 + exp(a)) for a large a?",
        ),
        Slip(
            "sign of one term",
            _top(hidden="z1 = 1/(1+exp(-w11*x1+w12*x2)); z2 = 1/(1+exp(-w22*x2+w23*x3))"),
            says="The minus in the exponent reaches only the first product; brackets are missing.",
            hint="Put the whole sum of a hidden node in brackets and the minus before them.",
        ),
        Slip(
            "tanh in the hidden layer",
            _top(hidden="z1 = tanh(w11*x1+w12*x2); z2 = tanh(w22*x2+w23*x3)"),
            says="This uses tanh in the hidden layer instead of the sigmoid.",
            hint="Which activation do the hidden nodes have?",
        ),
        Slip(
            "softmax in the hidden layer",
            _top(
                hidden="a1 = w11*x1+w12*x2; a2 = w22*x2+w23*x3; z1 = e^a1/(e^a1+e^a2); z2 = e^a2/(e^a1+e^a2)"
            ),
            says="Hidden nodes have the sigmoid as their activation, each for itself, not the softmax.",
            hint="Does the top hidden output depend on x3?",
        ),
        Slip(
            "links shifted",
            _top(hidden="z1 = sigma(w11*x1+w12*x2); z2 = sigma(w22*x1+w23*x2)"),
            says="The bottom hidden node was wired to x1 and x2.",
            hint="Which inputs does the bottom node see?",
        ),
        Slip(
            "no hidden layer",
            "exp(w11*x1+w12*x2)/(exp(w11*x1+w12*x2) + exp(w22*x2+w23*x3))",
            says="This is a softmax of the hidden sums; the output layer and its weights are missing.",
            hint="Which weights should your formula hold? Count them.",
        ),
        Slip(
            "exponential of the sum",
            _top("exp(o1)", "exp(o1 + o2 + o3)"),
            says="The exponential was taken of the sum of all three; a softmax adds up the exponentials.",
            hint="Do three outputs of your form add up to 1?",
        ),
        Slip(
            "shares of sigmoids",
            _top("sigma(o1)", "sigma(o1) + sigma(o2) + sigma(o3)"),
            says="The output sums went through sigmoids; the softmax takes their exponentials instead.",
            hint="Which function of each sum stands in a softmax?",
        ),
        Slip(
            "sigmoid, then softmax",
            _top("exp(sigma(o1))", "exp(sigma(o1)) + exp(sigma(o2)) + exp(sigma(o3))"),
            says="The output sums went through a sigmoid before the softmax.",
            hint="The output nodes have one activation.",
        ),
    ),
    because="z1 and z2 are sigmoids of what each hidden node sees; the softmax divides the exponential of "
    "the "
    "top sum by those of all three.",
)


_SLOPE = "q1*(u11 - (q1*u11 + q2*u21 + q3*u31))"


def _moved(**point: Any) -> Any:
    """Differentiate the top output numerically."""
    step = 1e-5
    up, down = (_top_by_arrays(**{**point, "w11": point["w11"] + sign * step}) for sign in (1, -1))
    return (up - down) / (2 * step)


net_slope = Formula(
    id="mmds-exercise13.2.6c",
    title="The derivative by one weight",
    statement=_NET
    + _WEIGHTS
    + "Let z1, z2 be the outputs of the top and the bottom hidden node and q1, q2, q3 "
    "those of the output nodes from top to bottom. Differentiate q1 with respect to w11, the weight from x1 "
    "to "
    "the top hidden node. Write the derivative as a formula in the weights, the inputs, z1, z2, q1, q2, q3; "
    "you may define more names on the way, a line or a semicolon each. A Python function of the thirteen "
    "weights and inputs does as well.",
    source="mmds 13.2.10",
    stub='slope = "..."\n',
    points=3,
    sample=_weights,
    absent=("w13", "w21", "u13", "u23"),
    meaning={
        "z1": _Z1,
        "z2": _Z2,
        "D": "exp(u11*z1 + u12*z2) + exp(u21*z1 + u22*z2) + exp(u31*z1 + u32*z2)",
        **{f"q{i}": f"exp(u{i}1*z1 + u{i}2*z2)/D" for i in (1, 2, 3)},
    },
    reference=f"{_SLOPE}*z1*(1 - z1)*x1",
    also=(
        "q1 (q2 (u11 − u21) + q3 (u11 − u31)) z1 (1−z1) x1",
        "dz1 = x1*z1*(1-z1)\n dq1 = q1*(1-q1)*u11 - q1*q2*u21 - q1*q3*u31\n dq1*dz1",
        _moved,
    ),
    hints=(
        "Follow the weight: w11 changes the sum of one hidden node, that changes z1. What does z1 change?",
        "z1 reaches all three output sums, so three ways lead to q1: the derivative adds them up.",
        "The derivative of q1 is q1(1 - q1) by its own sum, and -q1 q2 by the middle one. What is that of z1 "
        "by "
        "w11?",
        f"{_SLOPE}*z1*(1 - z1)*x1",
    ),
    slips=(
        Slip(
            "one way only",
            "q1*(1-q1)*u11*z1*(1-z1)*x1",
            says="Only the way through the top output sum is counted; z1 changes the other two sums too, and "
            "q1 "
            "depends on all three.",
            hint="Does q1 change if only the middle sum grows? Your formula says no.",
        ),
        Slip(
            "no sigmoid derivative",
            f"{_SLOPE}*x1",
            says="The derivative of the hidden sigmoid is missing.",
            hint="Name the links of the chain from q1 to w11. What lies between z1 and its sum?",
        ),
        Slip(
            "input forgotten",
            f"{_SLOPE}*z1*(1-z1)",
            says="The last link of the chain is missing: the derivative of w11·x1 by w11.",
            hint="If x1 were 0, would w11 matter?",
        ),
        Slip(
            "sigmoid not differentiated",
            f"{_SLOPE}*z1*x1",
            says="The sigmoid stands there itself, where its derivative belongs.",
            hint="What is the slope of a sigmoid whose value is near 1?",
        ),
        Slip(
            "rule of the tanh",
            f"{_SLOPE}*(1-z1^2)*x1",
            says="1 - z² is the rule of the tanh; the hidden nodes have sigmoids.",
            hint="How does the derivative of σ look in terms of σ?",
        ),
        Slip(
            "sign",
            f"-({_SLOPE})*z1*(1-z1)*x1",
            says="The sign is turned round.",
            hint="Say u11 is large, the weights of the other outputs are 0 and x1 is positive: does q1 grow "
            "with w11?",
        ),
        Slip(
            "factor q1 lost",
            "(u11 - (q1*u11 + q2*u21 + q3*u31))*z1*(1-z1)*x1",
            says="A factor q1 is missing: this is the derivative of the logarithm of q1.",
            hint="The derivative of q1 by its own sum is q1(1 - q1), not 1 - q1.",
        ),
        Slip(
            "another input",
            f"{_SLOPE}*z1*(1-z1)*x2",
            says="This is the derivative by w12: it ends in x2.",
            hint="Which input does w11 multiply?",
        ),
        Slip(
            "own term missing",
            "q1*(u11 - (q2*u21 + q3*u31))*z1*(1-z1)*x1",
            says="In the sum over the outputs the term of the top node itself is missing.",
            hint="If all three outputs had the same weights, q1 would not depend on z1. Does your bracket "
            "give 0?",
        ),
        Slip(
            "signs of the other ways",
            "q1*((1-q1)*u11 + q2*u21 + q3*u31)*z1*(1-z1)*x1",
            says="The ways through the other two sums have the wrong sign: if those sums grow, q1 shrinks.",
            hint="Differentiate exp(o1)/(exp(o1) + exp(o2) + exp(o3)) by o2.",
        ),
        Slip(
            "all diagonal",
            "(q1*(1-q1)*u11 + q2*(1-q2)*u21 + q3*(1-q3)*u31)*z1*(1-z1)*x1",
            says="The derivatives of all three outputs by their own sums were added up; only q1 is asked "
            "for.",
            hint="What is the derivative of q1 by the middle sum?",
        ),
        Slip(
            "output weights missing",
            "q1*(1-q1)*z1*(1-z1)*x1",
            says="The output weights are missing: z1 is multiplied by one on its way to each output sum.",
            hint="What is the derivative of u11 z1 + u12 z2 by z1?",
        ),
        Slip(
            "weights of the other hidden node",
            "q1*(u12 - (q1*u12 + q2*u22 + q3*u32))*z1*(1-z1)*x1",
            says="These are the weights behind the bottom hidden node.",
            hint="w11 belongs to the top hidden node. Which weights lead on from there?",
        ),
        Slip(
            "the other hidden node",
            "q1*(u12 - (q1*u12 + q2*u22 + q3*u32))*z2*(1-z2)*x1",
            says="The chain runs through the bottom hidden node, which w11 does not touch.",
            hint="Which node does w11 lead to?",
        ),
        Slip(
            "stopped at the hidden sum",
            _SLOPE,
            says="This is the derivative by z1; the way from z1 to w11 is still missing.",
            hint="z1 is the sigmoid of w11 x1 + w12 x2. Differentiate it by w11.",
        ),
        Slip(
            "hidden node alone",
            "z1*(1-z1)*x1",
            says="This is the derivative of z1; the way from z1 to q1 is missing.",
            hint="Which sums at the outputs does z1 enter?",
        ),
        Slip(
            "weight for input",
            f"{_SLOPE}*z1*(1-z1)*w11",
            says="The last factor is the weight itself; differentiating w11·x1 by w11 leaves the other "
            "factor.",
            hint="What is the derivative of 3w by w?",
        ),
        Slip(
            "one way only + input forgotten",
            "q1*(1-q1)*u11*z1*(1-z1)",
            says="Only the way through the top output sum is counted, and the last link, from w11·x1, is "
            "missing.",
            hint="How many sums does z1 enter? And does w11 matter if x1 is 0?",
        ),
        Slip(
            "one way only + no sigmoid derivative",
            "q1*(1-q1)*u11*x1",
            says="Only the way through the top output sum is counted, and the derivative of the hidden "
            "sigmoid is "
            "missing.",
            hint="How many sums does z1 enter? And what lies between z1 and its sum?",
        ),
        Slip(
            "not differentiated",
            "q1",
            says="This is q1 itself; its derivative by w11 is asked for.",
            hint="Name the links of the chain from q1 to w11.",
        ),
        Slip(
            "only the upper part",
            "q1*u11*z1*(1-z1)*x1",
            says="Only the part above the line was differentiated; the sum below it depends on z1 too.",
            hint="A softmax is a quotient. What does the quotient rule add?",
        ),
        Slip(
            "softmax skipped",
            "u11*z1*(1-z1)*x1",
            says="This is the derivative of the top output sum; the softmax behind it is missing.",
            hint="How does q1 depend on the three output sums?",
        ),
        Slip(
            "other ways without q1",
            "(q1*(1-q1)*u11 - q2*u21 - q3*u31)*z1*(1-z1)*x1",
            says="The ways through the other two sums lack a factor.",
            hint="What is the derivative of q1 by the middle output sum?",
        ),
        Slip(
            "shares lost",
            "q1*(u11 - u21 - u31)*z1*(1-z1)*x1",
            says="The other weights are subtracted in full; each counts only with the share of its output.",
            hint="If all three outputs had the same weights, q1 would not depend on z1. Does your bracket "
            "give 0?",
        ),
        Slip(
            "third output forgotten",
            "(q1*(1-q1)*u11 - q1*q2*u21)*z1*(1-z1)*x1",
            says="The way through the bottom output sum is forgotten.",
            hint="How many output sums does z1 enter?",
        ),
        Slip(
            "indices exchanged",
            "q1*(u11 - (q1*u11 + q2*u12 + q3*u13))*z1*(1-z1)*x1",
            says="The indices of the output weights are exchanged: the first one counts the output nodes.",
            hint="Which weights does z1 meet on its way to the three outputs?",
        ),
        Slip(
            "one way only + factor q1 lost",
            "(1-q1)*u11*z1*(1-z1)*x1",
            says="Only the way through the top output sum is counted, and the derivative of q1 by that sum "
            "lacks a factor.",
            hint="How many sums does z1 enter? And what is the derivative of a share such as q1 by its own "
            "sum?",
        ),
        Slip(
            "one way only + sigmoid not differentiated",
            "q1*(1-q1)*u11*z1*x1",
            says="Only the way through the top output sum is counted, and the sigmoid stands where its "
            "derivative belongs.",
            hint="How many sums does z1 enter? And what is the slope of a sigmoid in terms of its value?",
        ),
        Slip(
            "all weights added",
            "q1*(1-q1)*(u11 + u21 + u31)*z1*(1-z1)*x1",
            says="All three ways got the derivative of the first: q1(1 - q1) holds for the top sum alone.",
            hint="What is the derivative of q1 by the middle output sum?",
        ),
    ),
    because="Three ways lead from z1 to q1, with the derivatives q1(1 - q1), -q1 q2 and -q1 q3; z1(1 - z1) "
    "x1 "
    "leads from w11 to z1.",
)
