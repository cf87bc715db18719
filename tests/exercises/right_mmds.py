"""Correct answers to the mmds exercises, in many styles: (exercise_id, answer, style)."""

import math
from fractions import Fraction as F

import numpy as np

RIGHT = []


def add(exercise, answer, style):
    RIGHT.append(("mmds-exercise" + exercise, answer, style))


# ---------------------------------------------------------------- 13.1.1
INT = "exact sums of both sides, equal total weight, good/bad by '11' in v"
add("13.1.1", {"good": ["1100", "0011"], "bad": ["1010", "0101"]}, "plain lists; " + INT)
add(
    "13.1.1",
    {"bad": [("0101", 3), ("1010", 3)], "good": [("0011", 3), ("1100", 3)]},
    "weights 3 on all, keys in the other order; " + INT,
)
add(
    "13.1.1",
    {"good": ["1100", "0011", ("1100", 1), ("0011", 1)], "bad": [("1010", 2), "0101", "0101"]},
    "repeated texts mixed with pairs; " + INT,
)
add(
    "13.1.1",
    {"good": (("1100", F(1, 2)), ("0011", F(1, 2))), "bad": (("1010", 0.5), ("0101", 0.5))},
    "edge: tuples, weights 1/2 as Fraction and float (midpoints); " + INT,
)

# ---------------------------------------------------------------- 13.1.4
add("13.1.4", {"good": ["01", "10"], "bad": ["00", "11"]}, "plain; " + INT)
add("13.1.4", {"good": [("10", 2), ("01", 2)], "bad": [("11", 2), ("00", 2)]}, "weights 2; " + INT)
add("13.1.4", {"good": ["10", "01", "10", "01"], "bad": [("00", 2), "11", "11"]}, "repeats; " + INT)
add(
    "13.1.4",
    {"good": [("10", 0.5), ("01", 0.5)], "bad": [("11", 0.5), ("00", 0.5)]},
    "edge: convex combinations, weights one half; " + INT,
)

# ---------------------------------------------------------------- 13.1.2a
ALL32 = "net run on all 32 vectors with own code, proof by exact sums"
add(
    "13.1.2a",
    {
        "net": [([[1, 2, 1, 0, 0], [0, 0, 1, 2, 1]], [2, 2]), ([1, 1], 0)],
        "proof": {"good": ["11000", "00110"], "bad": ["10100", "01010"]},
    },
    "or of two gates, integer lists, thresholds met exactly by bad vectors; " + ALL32,
)
add(
    "13.1.2a",
    {
        "net": [
            (np.array([[-1, -2, -1, 0, 0], [0, 0, -1, -2, -1]], dtype=np.float32), np.array([-2.5, -2.5])),
            (np.array([-1.0, -1.0]), -1.5),
        ],
        "proof": {"good": [("11000", 2), ("00011", 2)], "bad": [("10010", 2), ("01001", 2)]},
    },
    "NumPy arrays, negated gates and negative output weights; " + ALL32,
)
add(
    "13.1.2a",
    {
        "net": [([[2, 0, 2, 1, 1], [0, 3, 1, 2, 1]], [1, 2]), ([1, 1], 1.5)],
        "proof": {"good": ["01100", "00011"], "bad": ["01010", "00101"]},
    },
    "and of two gates found by integer programming, another design; " + ALL32,
)
add(
    "13.1.2a",
    {
        "net": (
            (((0, 0, F(1, 3), F(2, 3), F(1, 3)), (F(1, 2), 1, F(1, 2), 0, 0)), (F(5, 6), 1.25)),
            ((0.7, 0.3), 0.1),
        ),
        "proof": {"good": ["11100", "00011"], "bad": ["10101", "01010"]},
    },
    "tuples, fractions, gates swapped, unequal output weights; 11100+00011=11111=10101+01010; " + ALL32,
)
add(
    "13.1.2a",
    {
        "net": [([[1, 2, 3, 5, 3], [-2, -3, -2, -1, 0]], [7, -5]), ([2, -3], -2)],
        "proof": {"good": ["11000", "00110", "11000", "00011"], "bad": ["10100", "01010", "10010", "01001"]},
    },
    "one gate plain, the other negated (2g-3h>-2), proof adds two conflicts; " + ALL32,
)

# ---------------------------------------------------------------- 13.1.2b
ALL64 = "net run on all 64 vectors, conflicts summed exactly, odd cycle checked by own 2-colouring"
OR3 = [
    ("110000", "001100", "101000", "010100"),
    ("001100", "000011", "001010", "000101"),
    ("110000", "000011", "100010", "010001"),
]
AND5 = [
    ("001010", "100101", "000011", "101100"),
    ("100101", "010010", "000011", "110100"),
    ("010010", "101001", "000011", "111000"),
    ("101001", "010100", "001100", "110001"),
    ("010100", "001010", "000110", "011000"),
]
OR5 = [
    ("000011", "001100", "000101", "001010"),
    ("001100", "110000", "010100", "101000"),
    ("110000", "000110", "010010", "100100"),
    ("000110", "011000", "001010", "010100"),
    ("011000", "000011", "001001", "010010"),
]
AND5B = [
    ("101010", "010101", "000011", "111100"),
    ("010101", "101001", "001101", "110001"),
    ("101001", "010010", "000011", "111000"),
    ("010010", "100101", "000011", "110100"),
    ("100101", "101010", "100011", "101100"),
]
AND7 = [
    ("000101", "001010", "000011", "001100"),
    ("001010", "100101", "000011", "101100"),
    ("100101", "010010", "000011", "110100"),
    ("010010", "101001", "000011", "111000"),
    ("101001", "010100", "001100", "110001"),
    ("010100", "101010", "000110", "111000"),
    ("101010", "000101", "000011", "101100"),
]
add(
    "13.1.2b",
    {
        "net": [([[1, 2, 1, 0, 0, 0], [0, 0, 1, 2, 1, 0], [0, 0, 0, 0, 1, 1]], [2, 2, 1]), ([1, 1, 1], 0)],
        "proof": {"or": OR3, "and": AND5},
    },
    "or of three gates, triangle and 5-cycle; " + ALL64,
)
add(
    "13.1.2b",
    {
        "net": [
            (
                np.array([[-1, -1, 0, 0, 0, 0], [0, -1, -2, -1, 0, 0], [0, 0, 0, -1, -2, -1.0]]),
                np.array([-1.5, -2.5, -2.5]),
            ),
            (np.array([-1, -1, -1]), -2.5),
        ],
        "proof": {"or": [(q, p, s, r) for p, q, r, s in OR5], "and": [(p, q, s, r) for p, q, r, s in AND5B]},
    },
    "NumPy, nand gates, 5-cycles, p/q and r/s exchanged; " + ALL64,
)
add(
    "13.1.2b",
    {
        "net": [([[2, 3, 4, 1, 4, 1], [3, 0, 3, 1, 2, 1], [0, 4, 1, 3, 2, 2]], [4, 2, 3]), ([1, 1, 1], 2.5)],
        "proof": {"or": [list(c) for c in OR3 + OR5], "and": [list(c) for c in AND7]},
    },
    "and of three gates (integer programming), lists for conflicts, 7-cycle, more conflicts than needed; "
    + ALL64,
)
add(
    "13.1.2b",
    {
        "net": [
            ([[1, 1, 2, 4, 6, 4], [4, 6, 3, 1, 2, 2], [0, -2, -4, -2, -1, -1]], [9, 9, -6]),
            ([1, 1, -1], -0.5),
        ],
        "proof": {"or": tuple(reversed(OR3)), "and": tuple(AND5 + AND5B + AND7)},
    },
    "other gates, third negated, tuples; " + ALL64,
)

# ---------------------------------------------------------------- 13.1.3
ALL4 = "net run on all inputs"
add("13.1.3", [([[1, 1], [1, 1]], [0.5, 1.5]), ([[1, -1]], [0.5])], "or and not and; " + ALL4)
add("13.1.3", [([[1, -1], [-1, 1]], [0, 0]), ([[1, 1]], [0])], "two one-sided gates, thresholds 0; " + ALL4)
add(
    "13.1.3",
    [
        (np.array([[1.0, 1.0], [-1.0, -1.0]]), np.array([0.5, -1.5])),
        (np.array([[1.0, 1.0]]), np.array([1.5])),
    ],
    "NumPy, or and nand; " + ALL4,
)
add(
    "13.1.3",
    [
        ([[-1, -1], [1, 0], [0, 1]], [-1.5, 0.5, 0.5]),
        ([[1, 1, 0], [1, 0, 1]], [1.5, 1.5]),
        ([[-1, -1], [1, 1]], [-0.5, 0.5]),
        ([[-1, 2]], [0]),
    ],
    "four layers from nand gates with copies and spare gates; " + ALL4,
)
add(
    "13.1.3",
    ((((F(1, 3), F(-1, 3)), (F(-1, 3), F(1, 3)), (1, 1)), (F(1, 6), F(1, 6), 5)), (((1, 1, 7),), (F(1, 2),))),
    "tuples, fractions, a third gate that never fires; " + ALL4,
)
add(
    "13.1.3",
    [([[1, 1], [1, 1]], [0, 1]), ([1, -1], 0)],
    "edge: last layer written (u, threshold) as in 13.1.2a; " + ALL4,
)

# ---------------------------------------------------------------- 13.1.5
add("13.1.5", [([[1, 1, 1]] * 3, [0.5, 1.5, 2.5]), ([[1, -1, 1]], [0.5])], "at least 1, 2, 3; " + ALL4)
add(
    "13.1.5",
    [
        ([[1, 1, 0], [1, 1, 0], [0, 0, 1]], [0, 1, 0]),
        ([[1, -1, 0], [0, 0, 1]], [0, 0]),
        ([[1, 1], [1, 1]], [0, 1]),
        ([[1, -1]], [0]),
    ],
    "two exclusive ors in a row, the third bit copied; " + ALL4,
)
add(
    "13.1.5",
    [
        (
            np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1], [1, 1, 1]], dtype=np.float32),
            np.array([0.5, 0.5, 0.5, 2.5], dtype=np.float32),
        ),
        (np.ones((1, 4), dtype=np.float32), np.array([0.5], dtype=np.float32)),
    ],
    "a gate for each odd vector, float32; " + ALL4,
)
add(
    "13.1.5",
    [([(-2, -2, -2), (2, 2, 2), (-2, -2, -2)], (-3, 5, -1)), ([(3, 3, -3)], (0,))],
    "negated gates (sum<1.5, sum>2.5, sum<0.5), tuples inside; " + ALL4,
)

# ---------------------------------------------------------------- 13.2.1
NUM = "all lines evaluated at random points, equal to 1e-12"
add(
    "13.2.1",
    [
        "dy/dx",
        "-(1 + exp(-x))^(-2) * (-exp(-x))",
        "exp(-x)/(1 + exp(-x))^2",
        "1/(1 + exp(-x)) * exp(-x)/(1 + exp(-x))",
        "1/(1 + exp(-x)) * (1 - 1/(1 + exp(-x)))",
        "y*(1 - y)",
    ],
    "chain rule, dy/dx in front; " + NUM,
)
add(
    "13.2.1",
    [
        "(0*(1 + e^(-x)) - 1*(-e^(-x)))/(1 + e^(-x))^2",
        "e^(-x)/(1 + e^(-x))^2",
        "y^2*e^(-x)",
        "y^2*(1/y - 1)",
        "y*(1-y)",
    ],
    "quotient rule, e^(-x), by 1/y; " + NUM,
)
add(
    "13.2.1",
    [
        "exp(-x)/(1+exp(-x))**2",
        "((1+exp(-x)) - 1)/(1+exp(-x))**2",
        "1/(1+exp(-x)) - 1/(1+exp(-x))**2",
        "y - y**2",
        "y*(1 - y)",
    ],
    "** and add-subtract 1; " + NUM,
)
add("13.2.1", ["exp(-x)/(1 + exp(-x))^2", "exp(-x)*y^2", "y*(1 - y)"], "shortest, three lines; " + NUM)
add(
    "13.2.1",
    ["−(1 + e^(−x))^(−2) · (−e^(−x))", "y² · e^(−x)", "y² · (1/y − 1)", "y·(1 − y)"],
    "edge: Unicode minus, dot and square; " + NUM,
)
add(
    "13.2.1",
    [
        "-1 * (1+exp(-x))^(-2) * exp(-x) * (-1)",
        "exp(-x) / ((1+exp(-x))*(1+exp(-x)))",
        "y * exp(-x)/(1+exp(-x))",
        "y * (1 + exp(-x) - 1)/(1 + exp(-x))",
        "y * (1 - 1/(1+exp(-x)))",
        "y(1 - y)",
    ],
    "edge: last line as the statement prints it, y(1 - y); " + NUM,
)

# ---------------------------------------------------------------- 13.2.2
add(
    "13.2.2",
    [
        "((exp(x) + exp(-x))*(exp(x) + exp(-x)) - (exp(x) - exp(-x))*(exp(x) - exp(-x)))/(exp(x) + exp(-x))^2",
        "1 - (exp(x) - exp(-x))^2/(exp(x) + exp(-x))^2",
        "1 - y^2",
    ],
    "three lines; " + NUM,
)
add(
    "13.2.2",
    [
        "a = exp(x) + exp(-x)",
        "b = exp(x) - exp(-x)",
        "dy/dx",
        "(a*a - b*b)/a^2",
        "a^2/a^2 - b^2/a^2",
        "1 - (b/a)^2",
        "1 - y^2",
    ],
    "names a and b, dy/dx; " + NUM,
)
add(
    "13.2.2",
    [
        "dy/dx",
        "((e^x + e^(-x))^2 - (e^x - e^(-x))^2)/(e^x + e^(-x))^2",
        "(e^x + e^(-x))^2/(e^x + e^(-x))^2 - ((e^x - e^(-x))/(e^x + e^(-x)))^2",
        "1 - y²",
    ],
    "e^x, last line with ² as printed; " + NUM,
)
add(
    "13.2.2",
    [
        "u = exp(x) - exp(-x)",
        "v = exp(x) + exp(-x)",
        "(v*v - u*u)/v**2",
        "(v - u)*(v + u)/v**2",
        "(2*exp(-x))*(2*exp(x))/v**2",
        "4/v**2",
        "(v**2 - u**2)/v**2",
        "1 - u**2/v**2",
        "1 - y**2",
    ],
    "detour by 4/v², **; " + NUM,
)
add(
    "13.2.2",
    [
        "n = exp(x) - exp(-x)",
        "((exp(x) + exp(-x))*(exp(x) + exp(-x)) - n*(exp(x) - exp(-x)))/(exp(x) + exp(-x))^2",
        "1 - n^2/(exp(x) + exp(-x))^2",
        "1 - y*y",
        "1 - y^2",
    ],
    "one name only; " + NUM,
)

# ---------------------------------------------------------------- 13.2.3
add(
    "13.2.3",
    [
        "tanh(x)",
        "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
        "(1 - exp(-2*x))/(1 + exp(-2*x))",
        "(2 - (1 + exp(-2*x)))/(1 + exp(-2*x))",
        "2/(1 + exp(-2*x)) - 1",
        "2*sigma(2*x) - 1",
    ],
    "multiply by exp(-x); " + NUM,
)
add(
    "13.2.3",
    [
        "2*sigma(2*x) - 1",
        "2/(1 + e^(-2*x)) - 1",
        "(2 - 1 - e^(-2*x))/(1 + e^(-2*x))",
        "(1 - e^(-2*x))/(1 + e^(-2*x))",
        "(e^x - e^(-x))/(e^x + e^(-x))",
        "tanh(x)",
    ],
    "the other way round, e^; " + NUM,
)
add(
    "13.2.3",
    [
        "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
        "(exp(2*x) - 1)/(exp(2*x) + 1)",
        "(2*exp(2*x) - (exp(2*x) + 1))/(exp(2*x) + 1)",
        "2*exp(2*x)/(exp(2*x) + 1) - 1",
        "2*1/(1 + exp(-2*x)) - 1",
        "2*sigma(2*x) - 1",
    ],
    "from the definition, times exp(x); " + NUM,
)
add(
    "13.2.3",
    [
        "tanh(x)",
        "exp(x)/(exp(x) + exp(-x)) - exp(-x)/(exp(x) + exp(-x))",
        "1/(1 + exp(-2*x)) - 1/(1 + exp(2*x))",
        "sigma(2*x) - sigma(-2*x)",
        "sigma(2*x) - (1 - sigma(2*x))",
        "2*sigma(2*x) - 1",
    ],
    "by 13.2.4; " + NUM,
)
add(
    "13.2.3",
    [
        "2*sigma(2x) - 1",
        "2/(1+exp(-2x)) - 1",
        "(1-exp(-2x))/(1+exp(-2x))",
        "(exp(x)-exp(-x))/(exp(x)+exp(-x))",
    ],
    "edge: 2x without *, ends in the definition; " + NUM,
)

# ---------------------------------------------------------------- 13.2.4
add(
    "13.2.4",
    [
        "sigma(x)",
        "1/(1 + exp(-x))",
        "exp(x)/(exp(x) + 1)",
        "(1 + exp(x) - 1)/(1 + exp(x))",
        "1 - 1/(1 + exp(x))",
        "1 - sigma(-x)",
    ],
    "long; " + NUM,
)
add(
    "13.2.4",
    ["1 - sigma(-x)", "1 - 1/(1 + e^x)", "e^x/(1 + e^x)", "1/(e^(-x) + 1)", "sigma(x)"],
    "the other way round, e^; " + NUM,
)
add(
    "13.2.4",
    [
        "1/(1 + exp(-x))",
        "(1 + exp(-x) - exp(-x))/(1 + exp(-x))",
        "1 - exp(-x)/(1 + exp(-x))",
        "1 - 1/(exp(x) + 1)",
        "1 - sigma(-x)",
    ],
    "from the definition, numerator split; " + NUM,
)
add(
    "13.2.4",
    [
        "1 - sigma(-x)",
        "1 - 1/(1 + exp(-(-x)))",
        "(1 + exp(x) - 1)/(1 + exp(x))",
        "exp(x)/(1 + exp(x))",
        "(exp(x)*exp(-x))/((1 + exp(x))*exp(-x))",
        "1/(1 + exp(-x))",
    ],
    "backwards to the definition; " + NUM,
)
add(
    "13.2.4",
    ["sigma(x)", "1/(1+exp(-x))", "1 - exp(-x)/(1+exp(-x))", "1 - exp(-x)*sigma(x)", "1 - sigma(-x)"],
    "with sigma(-x) = exp(-x) sigma(x); " + NUM,
)

# ---------------------------------------------------------------- 13.2.5
add(
    "13.2.5",
    [
        "mu(v1) + mu(v2) + mu(v3)",
        "exp(v1)/(exp(v1) + exp(v2) + exp(v3)) + exp(v2)/(exp(v1) + exp(v2) + exp(v3)) + exp(v3)/(exp(v1) + exp(v2) + exp(v3))",
        "(exp(v1) + exp(v2) + exp(v3))/(exp(v1) + exp(v2) + exp(v3))",
        "1",
    ],
    "written out; " + NUM,
)
add(
    "13.2.5",
    [
        "mu(v1) + mu(v2) + mu(v3)",
        "exp(v1)/D + exp(v2)/D + exp(v3)/D",
        "(exp(v1) + exp(v2) + exp(v3))/D",
        "D/D",
        "1",
    ],
    "with D; " + NUM,
)
add(
    "13.2.5",
    [
        "e^v1/(e^v1 + e^v2 + e^v3) + e^v2/(e^v1 + e^v2 + e^v3) + e^v3/(e^v1 + e^v2 + e^v3)",
        "(e^v1 + e^v2 + e^v3)/(e^v1 + e^v2 + e^v3)",
        "1",
    ],
    "starts written out, e^v1; " + NUM,
)
add(
    "13.2.5",
    ["mu(v1) + mu(v2) + mu(v3)", "sum_i(exp(v_i)/D)", "sum_i(exp(v_i))/D", "D/D", "1"],
    "edge: sum_i with v_i in brackets; by hand: the sum over i = 1..3",
)
add(
    "13.2.5",
    ["mu(v1) + mu(v2) + mu(v3)", "sum_i mu(vi)", "sum_i exp(vi)/D", "(sum_i exp(vi))/D", "D/D", "1"],
    "edge: sum_i before a term without brackets, vi; by hand, both readings of the precedence are equal",
)
add(
    "13.2.5",
    ["exp(v1)/D + exp(v2)/D + exp(v3)/D", "(1/D)*(exp(v1) + exp(v2) + exp(v3))", "1/D*D", "1"],
    "edge: first line written out with D; " + NUM,
)
add(
    "13.2.5",
    [
        "mu(v1)+mu(v2)+mu(v3)",
        "exp(v1 - v3)/(exp(v1 - v3) + exp(v2 - v3) + 1) + exp(v2 - v3)/(exp(v1 - v3) + exp(v2 - v3) + 1) + 1/(exp(v1 - v3) + exp(v2 - v3) + 1)",
        "(exp(v1 - v3) + exp(v2 - v3) + 1)/(exp(v1 - v3) + exp(v2 - v3) + 1)",
        "1",
    ],
    "divided by exp(v3) on the way; " + NUM,
)


# ---------------------------------------------------------------- 13.2.6a
def _outputs():
    z = [1 / (1 + math.exp(-1)), 1 / (1 + math.exp(-2))]
    e = [math.exp(2 * z[0] - z[1]), math.exp(-z[0] + z[1]), math.exp(z[0] + 0.5 * z[1])]
    return z + [v / sum(e) for v in e]


FWD = "own forward pass"
add("13.2.6a", _outputs(), "full precision list; " + FWD)
add("13.2.6a", [round(v, 3) for v in _outputs()], "three decimals; " + FWD)
add("13.2.6a", tuple(round(v, 4) for v in _outputs()), "edge: tuple, four decimals; " + FWD)
add("13.2.6a", np.array(_outputs(), dtype=np.float32), "float32 array; " + FWD)
add("13.2.6a", [F(round(v * 10**6), 10**6) for v in _outputs()], "edge: fractions of six decimals; " + FWD)

# ---------------------------------------------------------------- 13.2.6b
RND = "evaluated at random points against own forward pass"
add(
    "13.2.6b",
    "z1 = 1/(1 + exp(-(w11*x1 + w12*x2))); z2 = 1/(1 + exp(-(w22*x2 + w23*x3))); "
    "q1 = exp(u11*z1 + u12*z2)/(exp(u11*z1 + u12*z2) + exp(u21*z1 + u22*z2) + exp(u31*z1 + u32*z2))",
    "names by semicolons; " + RND,
)
add(
    "13.2.6b",
    """z1 = 1/(1 + e^(-w11*x1 - w12*x2))
z2 = 1/(1 + e^(-w22*x2 - w23*x3))
a = u11*z1 + u12*z2
b = u21*z1 + u22*z2
c = u31*z1 + u32*z2
q1 = 1/(1 + e^(b - a) + e^(c - a))""",
    "lines, e^, softmax shifted by its own score; " + RND,
)
add(
    "13.2.6b",
    "exp(u11/(1+exp(-w11*x1-w12*x2)) + u12/(1+exp(-w22*x2-w23*x3))) / ("
    "exp(u11/(1+exp(-w11*x1-w12*x2)) + u12/(1+exp(-w22*x2-w23*x3))) + "
    "exp(u21/(1+exp(-w11*x1-w12*x2)) + u22/(1+exp(-w22*x2-w23*x3))) + "
    "exp(u31/(1+exp(-w11*x1-w12*x2)) + u32/(1+exp(-w22*x2-w23*x3))))",
    "one bare formula; " + RND,
)
add(
    "13.2.6b",
    "z1 = (1 + tanh((w11*x1 + w12*x2)/2))/2\nz2 = (1 + tanh((w22*x2 + w23*x3)/2))/2; "
    "q1 = 1/(1 + exp((u21 - u11)*z1 + (u22 - u12)*z2) + exp((u31 - u11)*z1 + (u32 - u12)*z2))",
    "tanh for the sigmoid, lines and semicolons mixed; " + RND,
)
add(
    "13.2.6b",
    "z1 = sigma(w11*x1 + w12*x2); z2 = sigma(w22*x2 + w23*x3); s = exp(u11*z1 + u12*z2); "
    "q1 = s/(s + exp(u21*z1 + u22*z2) + exp(u31*z1 + u32*z2))",
    "edge: sigma for the sigmoid; " + RND,
)


def top_math(w11, w12, w22, w23, u11, u12, u21, u22, u31, u32, x1, x2, x3):
    def sigmoid(v):
        return 1 / (1 + math.exp(-v))

    z1, z2 = sigmoid(w11 * x1 + w12 * x2), sigmoid(w22 * x2 + w23 * x3)
    e = [math.exp(a * z1 + b * z2) for a, b in ((u11, u12), (u21, u22), (u31, u32))]
    return e[0] / sum(e)


def top_numpy(x1, x2, x3, w11, w12, w22, w23, u11, u12, u21, u22, u31, u32):
    W = np.array([[w11, w12, 0], [0, w22, w23]])
    z = 1 / (1 + np.exp(-W @ np.array([x1, x2, x3])))
    o = np.array([[u11, u12], [u21, u22], [u31, u32]]) @ z
    return (np.exp(o - o.max()) / np.exp(o - o.max()).sum())[0]


add("13.2.6b", top_math, "function with math, weights first; " + RND)
add("13.2.6b", top_numpy, "NumPy function, names in another order (by keyword); " + RND)

# ---------------------------------------------------------------- 13.2.6c
DIF = "central differences of own forward pass"
add("13.2.6c", "q1*(u11 - (q1*u11 + q2*u21 + q3*u31))*z1*(1 - z1)*x1", "short; " + DIF)
add("13.2.6c", "x1*z1*(1 - z1)*(q1*(1 - q1)*u11 - q1*q2*u21 - q1*q3*u31)", "softmax Jacobian; " + DIF)
add("13.2.6c", "m = q1*u11 + q2*u21 + q3*u31; dz = x1*(z1 - z1^2); dq1 = q1*(u11 - m)*dz", "names; " + DIF)
add(
    "13.2.6c",
    "g = q2*(u11 - u21) + q3*(u11 - u31)\nq1*g*z1*(1 - z1)*x1",
    "lines, last one without a name; " + DIF,
)
add(
    "13.2.6c",
    "e1 = exp(u11*z1 + u12*z2)\ne2 = exp(u21*z1 + u22*z2)\ne3 = exp(u31*z1 + u32*z2)\n"
    "dq1 = (u11*e1*(e1 + e2 + e3) - e1*(u11*e1 + u21*e2 + u31*e3))/(e1 + e2 + e3)**2 * z1*(1 - z1)*x1",
    "quotient rule, **; " + DIF,
)
add(
    "13.2.6c",
    "x1 * exp(-(w11*x1 + w12*x2))/(1 + exp(-(w11*x1 + w12*x2)))^2 * q1*((1-q1)*u11 - q2*u21 - q3*u31)",
    "sigmoid's derivative written out; " + DIF,
)


def slope_math(w11, w12, w22, w23, u11, u12, u21, u22, u31, u32, x1, x2, x3):
    z1 = 1 / (1 + math.exp(-w11 * x1 - w12 * x2))
    z2 = 1 / (1 + math.exp(-w22 * x2 - w23 * x3))
    e = [math.exp(u11 * z1 + u12 * z2), math.exp(u21 * z1 + u22 * z2), math.exp(u31 * z1 + u32 * z2)]
    q1, q2, q3 = [v / sum(e) for v in e]
    dq = [q1 * (1 - q1), -q1 * q2, -q1 * q3]
    return sum(d * u for d, u in zip(dq, (u11, u21, u31))) * z1 * (1 - z1) * x1


def slope_numpy(*, x1, x2, x3, u11, u12, u21, u22, u31, u32, w11, w12, w22, w23):
    U = np.array([[u11, u12], [u21, u22], [u31, u32]])
    z = 1 / (1 + np.exp(-np.array([w11 * x1 + w12 * x2, w22 * x2 + w23 * x3])))
    q = np.exp(U @ z)
    q = q / q.sum()
    jac = np.diag(q) - np.outer(q, q)
    return float(jac[0] @ U[:, 0] * z[0] * (1 - z[0]) * x1)


add("13.2.6c", slope_math, "function with math; " + DIF)
add("13.2.6c", slope_numpy, "edge: keyword-only function, Jacobian matrix; " + DIF)

# ---------------------------------------------------------------- 13.3.1
GRA = "graph evaluated by own interpreter against formulas"
add(
    "13.3.1",
    [
        ("u1", "matmul", ["W1", "x"]),
        ("u2", "add", ["u1", "b1"]),
        ("z", "tanh", ["u2"]),
        ("u3", "matmul", ["W2", "z"]),
        ("y", "add", ["u3", "b2"]),
        ("L", "sqerr", ["y", "yhat"]),
    ],
    "plain; " + GRA,
)
add(
    "13.3.1",
    [
        ("m", "matmul", ["W1", "x"]),
        ("s", "add", ["m", "b1"]),
        ("h", "tanh", ["s"]),
        ("n", "matmul", ["W2", "h"]),
        ("out", "add", ["n", "b2"]),
    ],
    "no loss, other names; " + GRA,
)
add(
    "13.3.1",
    (
        ("loss", "sqerr", ("y", "yhat")),
        ("y", "add", ("u3", "b2")),
        ("u3", "matmul", ("W2", "z")),
        ("z", "tanh", ("u2",)),
        ("u2", "add", ("u1", "b1")),
        ("u1", "matmul", ("W1", "x")),
    ),
    "edge: tuples, nodes from the loss backwards; " + GRA,
)
add(
    "13.3.1",
    [
        ["A", "matmul", ["W1", "x"]],
        ["B", "add", ["A", "b1"]],
        ["C", "tanh", ["B"]],
        ["D", "matmul", ["W2", "C"]],
        ["E", "add", ["D", "b2"]],
        ["F", "sqerr", ["E", "yhat"]],
    ],
    "nodes as lists, capital letters; " + GRA,
)


# ---------------------------------------------------------------- 13.3.2a
def jac_out_t(z, W2, b2):
    return W2.T


def jac_out_loops(z, W2, b2):
    k, n = W2.shape
    J = np.zeros((n, k))
    for i in range(n):
        for j in range(k):
            J[i, j] = W2[j, i]
    return J


def jac_out_einsum(z, W2, b2):
    return np.einsum("ji->ij", np.asarray(W2, dtype=float)).copy()


def jac_out_basis(z, W2, b2):
    n = len(z)
    return np.array([W2 @ e for e in np.eye(n)])


def jac_out_32(z, W2, b2):
    return np.array([list(row) for row in zip(*W2.tolist())], dtype=np.float32)


CEN = "central differences on random nets, not square"
for f, s in (
    (jac_out_t, "W2.T"),
    (jac_out_loops, "loops"),
    (jac_out_einsum, "einsum"),
    (jac_out_basis, "images of unit vectors"),
    (jac_out_32, "zip, float32 result"),
):
    add("13.3.2a", f, s + "; " + CEN)


# ---------------------------------------------------------------- 13.3.2b
def jac_hid_bcast(x, W1, b1):
    z = np.tanh(W1 @ x + b1)
    return W1.T * (1 - z**2)


def jac_hid_diag(x, W1, b1):
    a = W1.dot(x) + b1
    return W1.T @ np.diag(1 / np.cosh(a) ** 2)


def jac_hid_loops(x, W1, b1):
    n, d = W1.shape
    J = np.empty((d, n))
    for j in range(n):
        zj = math.tanh(sum(float(W1[j, i]) * float(x[i]) for i in range(d)) + float(b1[j]))
        for i in range(d):
            J[i, j] = (1 - zj * zj) * W1[j, i]
    return J


def jac_hid_einsum(x, W1, b1):
    z = np.tanh(np.einsum("nd,d->n", W1, x) + b1)
    return np.einsum("n,nd->dn", 1 - z * z, W1)


def jac_hid_exp(x, W1, b1):
    s = 1 / (1 + np.exp(-2 * (x @ W1.T + b1)))
    return (4 * s * (1 - s) * W1.T).astype(np.float32)


for f, s in (
    (jac_hid_bcast, "broadcast"),
    (jac_hid_diag, "diag and cosh"),
    (jac_hid_loops, "plain loops"),
    (jac_hid_einsum, "einsum"),
    (jac_hid_exp, "by sigmoid, float32 result"),
):
    add("13.3.2b", f, s + "; " + CEN)


# ---------------------------------------------------------------- 13.3.2c
def ing_c_matmul(gz, z, W1):
    return W1.T @ (gz * (1 - z**2))


def ing_c_row(gz, z, W1):
    return (gz - gz * z * z) @ W1


def ing_c_list(gz, z, W1):
    n, d = W1.shape
    return [float(sum(gz[j] * (1 - z[j] ** 2) * W1[j, i] for j in range(n))) for i in range(d)]


def ing_c_einsum(gz, z, W1):
    return np.einsum("n,n,nd->d", gz, 1 - np.square(z), W1)


def ing_c_jac(gz, z, W1):
    return np.dot(W1.T * (1 - z) * (1 + z), gz).astype(np.float32)


for f, s in (
    (ing_c_matmul, "matmul"),
    (ing_c_row, "row vector"),
    (ing_c_list, "edge: comprehension, returns a list"),
    (ing_c_einsum, "einsum"),
    (ing_c_jac, "Jacobian times gz, float32"),
):
    add("13.3.2c", f, s + "; " + CEN)


# ---------------------------------------------------------------- 13.3.2d
def ing_d_plain(x, yhat, W1, b1, W2, b2):
    z = np.tanh(W1 @ x + b1)
    y = W2 @ z + b2
    gy = 2 * (y - yhat)
    return W1.T @ ((1 - z * z) * (W2.T @ gy))


def ing_d_jac(x, yhat, W1, b1, W2, b2):
    a = W1 @ x + b1
    Jz = W1.T @ np.diag(1 - np.tanh(a) ** 2)
    Jy = W2.T
    return -2 * Jz @ Jy @ (yhat - W2 @ np.tanh(a) - b2)


def ing_d_loops(x, yhat, W1, b1, W2, b2):
    n, d, k = len(b1), len(x), len(b2)
    z = [math.tanh(b1[j] + sum(W1[j][i] * x[i] for i in range(d))) for j in range(n)]
    y = [b2[l] + sum(W2[l][j] * z[j] for j in range(n)) for l in range(k)]
    g = [0.0] * d
    for i in range(d):
        for j in range(n):
            for l in range(k):
                g[i] += 2 * (y[l] - yhat[l]) * W2[l][j] * (1 - z[j] ** 2) * W1[j][i]
    return np.array(g)


def ing_d_einsum(x, yhat, W1, b1, W2, b2):
    z = np.tanh(np.einsum("nd,d->n", W1, x) + b1)
    r = np.einsum("kn,n->k", W2, z) + b2 - yhat
    return tuple(2 * np.einsum("k,kn,n,nd->d", r, W2, 1 - z**2, W1))


def ing_d_column(x, yhat, W1, b1, W2, b2):
    x, yhat, b1, b2 = (np.reshape(v, (-1, 1)) for v in (x, yhat, b1, b2))
    z = np.tanh(W1 @ x + b1)
    return (W1.T @ ((W2.T @ (2 * (W2 @ z + b2 - yhat))) * (1 - z**2))).ravel()


for f, s in (
    (ing_d_plain, "backward pass"),
    (ing_d_jac, "product of Jacobians, yhat - y"),
    (ing_d_loops, "three loops"),
    (ing_d_einsum, "edge: einsum, returns a tuple"),
    (ing_d_column, "columns, ravel at the end"),
):
    add("13.3.2d", f, s + "; " + CEN)

# ---------------------------------------------------------------- 13.3.2e
add(
    "13.3.2e",
    [
        ("u1", "matmul", ["W1", "x"]),
        ("v1", "add", ["u1", "b1"]),
        ("z", "tanh", ["v1"]),
        ("u2", "matmul", ["W2", "z"]),
        ("y", "add", ["u2", "b2"]),
        ("L", "sqerr", ["y", "yhat"]),
        ("diff", "sub", ["y", "yhat"]),
        ("gy", "mul", [2, "diff"]),
        ("gW2", "outer", ["gy", "z"]),
        ("gb2", "identity", ["gy"]),
        ("gz", "matmul", ["W2.T", "gy"]),
        ("dz", "dtanh", ["z"]),
        ("gv1", "mul", ["gz", "dz"]),
        ("o1", "outer", ["gv1", "x"]),
        ("gW1", "mul", ["o1", "M"]),
        ("gb1", "identity", ["gv1"]),
        ("gx", "matmul", ["W1.T", "gv1"]),
    ],
    "plain; " + GRA + ", central differences",
)
add(
    "13.3.2e",
    [
        ("A", "mul", ["M", "W1"]),
        ("Ax", "matmul", ["A", "x"]),
        ("v1", "add", ["b1", "Ax"]),
        ("z", "tanh", ["v1"]),
        ("W2z", "matmul", ["W2", "z"]),
        ("y", "add", ["W2z", "b2"]),
        ("r", "sub", ["yhat", "y"]),
        ("gy", "mul", ["r", -2]),
        ("zT", "transpose", ["z"]),
        ("gW2", "matmul", ["gy", "zT"]),
        ("gb2", "mul", [1, "gy"]),
        ("W2T", "transpose", ["W2"]),
        ("gz", "matmul", ["W2T", "gy"]),
        ("z2", "square", ["z"]),
        ("one_minus", "sub", [1, "z2"]),
        ("gv1", "mul", ["one_minus", "gz"]),
        ("xT", "transpose", ["x"]),
        ("full", "matmul", ["gv1", "xT"]),
        ("gW1", "mul", ["M", "full"]),
        ("gb1", "mul", ["gv1", 1]),
        ("AT", "transpose", ["A"]),
        ("gx", "matmul", ["AT", "gv1"]),
    ],
    "no L, W1 masked first, matmul with transposes for outer, square, -2(yhat-y); "
    + GRA
    + ", central differences",
)
add(
    "13.3.2e",
    [
        ("gx", "matmul", ["W1.T", "gv1"]),
        ("gb1", "identity", ["gv1"]),
        ("gW1", "mul", ["M", "w"]),
        ("w", "outer", ["gb1", "x"]),
        ("gv1", "sub", ["gz", "t"]),
        ("t", "mul", ["gz", "q"]),
        ("q", "mul", ["z", "z"]),
        ("gz", "matmul", ["W2.T", "gb2"]),
        ("gb2", "identity", ["gy"]),
        ("gW2", "outer", ["gb2", "z"]),
        ("gy", "add", ["e", "e"]),
        ("e", "sub", ["y", "yhat"]),
        ("y", "add", ["p", "b2"]),
        ("p", "matmul", ["W2", "z"]),
        ("z", "tanh", ["v1"]),
        ("v1", "add", ["s", "b1"]),
        ("s", "matmul", ["W1", "x"]),
    ],
    "edge: nodes in backward order, gy = e + e, gz - gz z z, gW2 from gb2; " + GRA + ", central differences",
)
add(
    "13.3.2e",
    [
        ("a", "matmul", ["W1", "x"]),
        ("v1", "add", ["a", "b1"]),
        ("z", "tanh", ["v1"]),
        ("b", "matmul", ["W2", "z"]),
        ("y", "add", ["b", "b2"]),
        ("d", "sub", ["y", "yhat"]),
        ("L", "sqerr", ["yhat", "y"]),
        ("y2", "mul", [2, "y"]),
        ("t2", "mul", [2, "yhat"]),
        ("gy", "sub", ["y2", "t2"]),
        ("gb2", "add", ["gy", 0]),
        ("gyT", "transpose", ["gy"]),
        ("gzT", "matmul", ["gyT", "W2"]),
        ("gz", "transpose", ["gzT"]),
        ("f", "dtanh", ["z"]),
        ("gv1", "mul", ["f", "gz"]),
        ("gW2T", "outer", ["z", "gy"]),
        ("gW2", "transpose", ["gW2T"]),
        ("o", "outer", ["x", "gv1"]),
        ("oT", "transpose", ["o"]),
        ("gW1", "mul", ["oT", "M"]),
        ("gb1", "sub", ["gv1", 0]),
        ("gvT", "transpose", ["gv1"]),
        ("gxT", "matmul", ["gvT", "W1"]),
        ("gx", "transpose", ["gxT"]),
    ],
    "edge: row vectors and transposes, add 0 in place of identity, an unused node; "
    + GRA
    + ", central differences",
)

# ---------------------------------------------------------------- 13.4.*
CNT = "counted by a loop over places"
for ex, n, e in (("13.4.1a", 260100, 510**2), ("13.4.2a", 28900, ((512 - 3) // 3 + 1) ** 2)):
    add(ex, n, "int; " + CNT)
    add(ex, np.int64(e), "NumPy integer; " + CNT)
    add(ex, float(e), "edge: float; " + CNT)
add("13.4.1b", 1, "int; output computed")
add("13.4.1b", (3 - 1) // 2, "expression; output computed")
add("13.4.1b", (3 - 1) / 2, "edge: float 1.0; output computed")
add("13.4.1c", 256, "int; loop over layers")
add("13.4.1c", 512 // 2, "expression; loop over layers")


def _layers(stride):
    n, k = 512, 1
    while n >= 3:
        n, k = (n - 3) // stride + 1, k + 1
    return k


add("13.4.1c", np.int32(_layers(1)), "NumPy integer from a loop over layers")
add("13.4.2c", 6, "int; loop over layers")
add("13.4.2c", _layers(3), "from a loop over layers")
add("13.4.2c", F(6), "edge: Fraction; loop over layers")
POO = "random m, f, s with s | m-f, loop over places"
for t, s in (
    ("k*((m - f)/s + 1)^2", "^"),
    ("k*(m - f + s)**2/s**2", "one fraction, **"),
    ("k*((m - f)//s + 1)**2", "floor division, equal as s divides"),
    ("k·((m − f)/s + 1)²", "edge: Unicode"),
    ("values = k*(1 + (m-f)/s)*(1 + (m-f)/s)", "edge: with the name in front"),
    ("k*(((m - f)/s)^2 + 2*(m - f)/s + 1)", "multiplied out"),
    ("k*floor((m - f)/s + 1)^2", "edge: floor, equal as s divides"),
    ("k*((m-f)/s+1)*((m-f)/s+1) + 0*d", "d with factor 0, since all five letters are named"),
):
    add("13.4.3", t, s + "; " + POO)

# ---------------------------------------------------------------- 13.4.4
W512 = "all 512 windows"
add("13.4.4a", ([[-1, 1, 1]] * 3, -5.5), "±1; " + W512)
add(
    "13.4.4a",
    (np.array([[-3, 2, 4], [-2, 3, 1], [-5, 1, 2]]), -12),
    "uneven integers, other windows touch 0; " + W512,
)
add("13.4.4a", ([(F(-1, 2), F(1, 2), F(1, 2))] * 3, F(-11, 4)), "fractions; " + W512)
add(
    "13.4.4a",
    [[[-100.0, 1.0, 1.0], [-100.0, 1.0, 1.0], [-100.0, 1.0, 1.0]], -5.01],
    "edge: list for the pair, margins uneven; " + W512,
)
add("13.4.4b", ([[-1, 1, 1], [-1, -1, 1], [-1, -1, -1]], -2), "±1, response 1 and else at most 0; " + W512)
add(
    "13.4.4b",
    (np.array([[-2, 1, 1], [-2, -2, 1], [-2, -2, -2]], dtype=np.float32), np.float32(-2.5)),
    "float32; " + W512,
)
add("13.4.4b", (((-4, 3, 5), (-9, -3, 4), (-3, -3, -3)), -9.5), "tuples, uneven; " + W512)
add("13.4.4c", ([[1, 1, 1], [1, -1, -1], [1, -1, -1]], -4.5), "±1; " + W512)
add(
    "13.4.4c",
    (np.where(np.array([[1, 1, 1], [1, 0, 0], [1, 0, 0]]) == 1, 2.0, -7.0), -9.0),
    "np.where; " + W512,
)
add("13.4.4c", ([[5, 2, 2], [3, -2, -8], [2, -2, -2]], -12), "uneven, response 2, ties at 0; " + W512)

# ---------------------------------------------------------------- 13.5.1a
SEQ = "run on all sequences up to length 12"
add(
    "13.5.1a",
    {
        "activation": "step",
        "U": [1, 1],
        "W": [[0, 0], [-1, 0]],
        "b": [-0.5, -0.5],
        "node": 2,
        "readout": "s > 0.5",
    },
    "two step nodes; " + SEQ,
)
add(
    "13.5.1a",
    {"activation": "relu", "U": 1, "W": -0.5, "b": 0, "node": 1, "readout": "s > 0.9"},
    "a single relu node, plain numbers; " + SEQ,
)
add(
    "13.5.1a",
    {"activation": "tanh", "U": [3], "W": [[-1]], "b": [-2], "node": 1, "readout": "s > 0.85"},
    "a single tanh node; " + SEQ,
)
add(
    "13.5.1a",
    {
        "activation": "step",
        "U": [1, 1],
        "W": [[0, 0], [1, 0]],
        "b": [0, -1],
        "V": [1, -1],
        "c": -0.5,
        "readout": "V s + c > 0",
    },
    "output layer: now and not (now and before); " + SEQ,
)
add(
    "13.5.1a",
    {
        "activation": "sigmoid",
        "U": np.array([20.0, 20.0]),
        "W": np.array([[0.0, -20.0], [0.0, 0.0]]),
        "b": np.array([-10.0, -10.0]),
        "node": 1,
        "readout": "s >= 0.5",
    },
    "sigmoid, NumPy, signal in the first node, >=; " + SEQ,
)

# ---------------------------------------------------------------- 13.5.1b
add(
    "13.5.1b",
    {
        "activation": "step",
        "U": [1, 1, 1],
        "W": [[0, 0, 0], [1, 0, 0], [0, 1, 0]],
        "b": [-0.5, -1.5, -1.5],
        "node": 3,
        "readout": "s > 0.5",
    },
    "chain of ands; " + SEQ,
)
add(
    "13.5.1b",
    {
        "activation": "step",
        "U": [1, 0, 1],
        "W": [[0, 0, 0], [1, 0, 0], [1, 1, 0]],
        "b": [0, 0, -2],
        "node": 3,
        "readout": "s > 0",
    },
    "memory of two inputs, then an and of three; " + SEQ,
)
add(
    "13.5.1b",
    {"activation": "relu", "U": 10, "W": 0.5, "b": -9, "node": 1, "readout": "s > 1.6"},
    "a single relu counter; " + SEQ,
)
add(
    "13.5.1b",
    {"activation": "tanh", "U": [6], "W": [[2]], "b": [-5], "V": [1], "c": 0.2, "readout": "V s + c > 0"},
    "a single tanh node with output layer; " + SEQ,
)
add(
    "13.5.1b",
    {"activation": "sigmoid", "U": 4, "W": 2, "b": -4, "node": 1, "readout": "s > 0.78"},
    "a single sigmoid node; " + SEQ,
)

# ---------------------------------------------------------------- 13.5.1c
add(
    "13.5.1c",
    {"activation": "tanh", "U": 2, "W": -0.5, "b": -1, "node": 1, "readout": "|s| < 0.75"},
    "a single tanh node, |s|; " + SEQ,
)
add(
    "13.5.1c",
    {
        "activation": "tanh",
        "U": [20, 2],
        "W": [[0, 0], [-1, 0]],
        "b": [-10, -1],
        "node": 2,
        "readout": "|s| < 0.5",
    },
    "two tanh nodes, |s|; " + SEQ,
)
add(
    "13.5.1c",
    {
        "activation": "step",
        "U": [1, 1, -1],
        "W": [[0, 0, 0], [1, 0, 0], [-1, 0, 0]],
        "b": [-0.5, -1.5, 0.5],
        "V": [0, 1, 1],
        "c": -0.5,
        "readout": "V s + c > 0",
    },
    "both 1 or both 0, output layer; " + SEQ,
)
add(
    "13.5.1c",
    {
        "activation": "relu",
        "U": [1, 1, -1],
        "W": [[0, 0, 0], [-1, 0, 0], [1, 0, 0]],
        "b": [0, 0, 0],
        "V": [0, -1, -1],
        "c": 0.5,
        "readout": "V s + c > 0",
    },
    "relu of both differences, output layer; " + SEQ,
)
add(
    "13.5.1c",
    {
        "activation": "step",
        "U": [1, 1, -1, 0],
        "W": [[0, 0, 0, 0], [1, 0, 0, 0], [-1, 0, 0, 0], [0, 1, 1, 0]],
        "b": [-0.5, -1.5, 0.5, -0.5],
        "node": 4,
        "readout": "s > 0.5",
        "delay": 1,
    },
    "fourth node one step later, delay; " + SEQ,
)
add(
    "13.5.1c",
    {
        "activation": "sigmoid",
        "U": [20, 20, -20, 0],
        "W": [[0, 0, 0, 0], [-20, 0, 0, 0], [20, 0, 0, 0], [0, -20, -20, 0]],
        "b": [-10, -10, -10, 10],
        "node": 4,
        "readout": "s > 0.5",
        "delay": 1,
    },
    "sigmoid nodes for the two changes, nor of them one step later; " + SEQ,
)


# ---------------------------------------------------------------- 13.5.2
def sg_plain(V, c, s, yhat):
    o = V @ s + c
    y = np.exp(o - o.max())
    y = y / y.sum()
    do = y - yhat
    J = V.T
    return do, J, J @ do


def sg_list(V, c, s, yhat):
    m, k = V.shape
    o = [sum(V[i, j] * s[j] for j in range(k)) + c[i] for i in range(m)]
    top = max(o)
    e = [math.exp(v - top) for v in o]
    do = [e[i] / sum(e) - yhat[i] for i in range(m)]
    J = [[V[i, j] for i in range(m)] for j in range(k)]
    ds = [sum(J[j][i] * do[i] for i in range(m)) for j in range(k)]
    return np.array(do), np.array(J), np.array(ds)


def sg_softjac(V, c, s, yhat):
    o = np.einsum("mk,k->m", V, s) + c
    y = np.exp(o - np.log(np.exp(o - o.max()).sum()) - o.max())
    dy = -yhat / y
    do = (np.diag(y) - np.outer(y, y)) @ dy
    J = np.transpose(V).copy()
    return [do, J, np.einsum("km,m->k", J, do)]


def sg_32(V, c, s, yhat):
    o = np.dot(V, s) + c
    e = np.exp(o - np.max(o))
    do = (e / np.sum(e) - yhat).astype(np.float32)
    return do, V.T.astype(np.float32), (do @ V).astype(np.float32)


def sg_sum(V, c, s, yhat):
    o = s @ V.T + c
    y = 1 / np.exp(o[None, :] - o[:, None]).sum(axis=1)
    do = y * yhat.sum() - yhat
    return do, np.stack(list(V), axis=1), V.T.dot(do)


for f, s in (
    (sg_plain, "y - yhat"),
    (sg_list, "loops, then arrays"),
    (sg_softjac, "softmax Jacobian times -yhat/y (not for scores hundreds apart), returns a list of arrays"),
    (sg_32, "float32"),
    (sg_sum, "general target sum, stacked rows"),
):
    add("13.5.2", f, s + "; " + CEN)


# ---------------------------------------------------------------- 13.5.3U
def du_bptt(W, V, x, s, y, yhat):
    n, k = len(x), W.shape[0]
    dU = np.zeros((k, x.shape[1]))
    later = np.zeros(k)
    for t in reversed(range(n)):
        ds = V.T @ (y[t] - yhat[t]) + later
        dz = ds * (1 - s[t + 1] ** 2)
        dU += np.outer(dz, x[t])
        later = W.T @ dz
    return dU


def du_matmul(W, V, x, s, y, yhat):
    dz = np.zeros((len(x) + 1, len(W)))
    g = (y - yhat) @ V
    for t in range(len(x) - 1, -1, -1):
        dz[t] = (g[t] + dz[t + 1] @ W) * (1 - s[t + 1] * s[t + 1])
    return dz[:-1].T @ x


def du_forward(W, V, x, s, y, yhat):
    n, d = x.shape
    k = W.shape[0]
    S = np.zeros((k, k, d))  # ds_t[a] / dU[i, j]
    total = np.zeros((k, d))
    for t in range(n):
        S = np.einsum("ab,bij->aij", W, S)
        for i in range(k):
            S[i, i] += x[t]
        S *= (1 - s[t + 1] ** 2)[:, None, None]
        total += np.einsum("a,aij->ij", V.T @ (y[t] - yhat[t]), S)
    return total


def du_double(W, V, x, s, y, yhat):
    dU = np.zeros((W.shape[0], x.shape[1]), dtype=np.float32)
    for t in range(x.shape[0]):
        delta = (y[t] - yhat[t]) @ V * (1 - s[t + 1] ** 2)
        for r in range(t, -1, -1):
            dU += np.outer(delta, x[r]).astype(np.float32)
            delta = delta @ W * (1 - s[r] ** 2)
    return dU


def du_lists(W, V, x, s, y, yhat):
    W, V, x, s, y, yhat = (np.asarray(a).tolist() for a in (W, V, x, s, y, yhat))
    n, k, d, m = len(x), len(W), len(x[0]), len(V)
    dU = [[0.0] * d for _ in range(k)]
    dz = [0.0] * k
    for t in range(n - 1, -1, -1):
        dz = [
            (sum(V[i][a] * (y[t][i] - yhat[t][i]) for i in range(m)) + sum(W[b][a] * dz[b] for b in range(k)))
            * (1 - s[t + 1][a] ** 2)
            for a in range(k)
        ]
        for a in range(k):
            for j in range(d):
                dU[a][j] += dz[a] * x[t][j]
    return np.array(dU)


for f, s in (
    (du_bptt, "back through time"),
    (du_matmul, "all dz, one matmul"),
    (du_forward, "forward sensitivities"),
    (du_double, "double loop over loss and source step, float32"),
    (du_lists, "plain lists inside"),
):
    add("13.5.3U", f, s + "; " + CEN)


# ---------------------------------------------------------------- 13.5.3V
def dv_matmul(W, V, x, s, y, yhat):
    return (y - yhat).T @ s[1:]


def dv_outer(W, V, x, s, y, yhat):
    return sum(np.outer(y[t] - yhat[t], s[t + 1]) for t in range(len(y)))


def dv_einsum(W, V, x, s, y, yhat):
    return np.einsum("ti,tj->ij", y - yhat, s[1:]).astype(np.float32)


def dv_loops(W, V, x, s, y, yhat):
    dV = np.zeros(V.shape)
    for t in range(x.shape[0]):
        for i in range(V.shape[0]):
            for j in range(V.shape[1]):
                dV[i, j] += (y[t, i] - yhat[t, i]) * s[t + 1, j]
    return dV


def dv_list(W, V, x, s, y, yhat):
    return [
        [float(sum((y[t][i] - yhat[t][i]) * s[t + 1][j] for t in range(len(y)))) for j in range(len(V[0]))]
        for i in range(len(V))
    ]


for f, s in (
    (dv_matmul, "matmul"),
    (dv_outer, "sum of outer products"),
    (dv_einsum, "einsum, float32"),
    (dv_loops, "loops"),
    (dv_list, "edge: comprehension, returns nested lists"),
):
    add("13.5.3V", f, s + "; " + CEN)
