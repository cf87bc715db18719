"""Gates: one unit, and a net where one is not enough."""

from __future__ import annotations

from dlcore.exercises.engine import Network, Slip, all_bits

__all__ = ["committee", "xor_gate"]

committee = Network(
    id="ours-committee",
    title="A committee with a chair",
    statement="A committee of three votes with 1 or 0; the first vote is the chair's. A proposal is "
    "accepted if the chair and at least one of the two others say 1. Give the three weights and the bias "
    "of a single unit that decides so: it gives 1 if w·x + b > 0, else 0. The answer is a list with one "
    "layer (w, b).",
    stub="committee = [\n    (..., ...),  # w and b of the unit\n]\n",
    points=2,
    second="bias",
    inputs=all_bits(3),
    target=lambda x: float(x[0] == 1 and x[1:].any()),
    hidden_layers=0,
    reference=[([[2, 1, 1]], [-2.5])],
    also=(
        [([4, 2, 2], -4)],
        [{"W": [0.3, 0.2, 0.1], "b": -0.35}],
    ),
    hints=(
        "The chair cannot be overruled. Which vote needs the largest weight?",
        "The two others together must not be enough, nor the chair alone; the chair with one of them must "
        "be.",
        "Say each of the others has weight 1 and the chair more. Write down the sums of 100, 011, 110 and "
        "111, and look for a place between them.",
        "Weights [2, 1, 1] have the sums 2, 2, 3 and 4 there: a bias of -2.5 lies between.",
    ),
    slips=(
        Slip(
            "majority",
            [([[1, 1, 1]], [-1.5])],
            says="This is a plain majority: the two others can overrule the chair.",
            hint="Work out your unit on 011.",
        ),
        Slip(
            "unanimity",
            [([[1, 1, 1]], [-2.5])],
            says="This unit fires only if all three say 1. The chair and one other are enough.",
            hint="Work out your unit on 110. Is its sum above 0, or just 0?",
        ),
        Slip(
            "anyone",
            [([[1, 1, 1]], [-0.5])],
            says="One vote, whoever's it is, is enough for this unit.",
            hint="Work out your unit on 001.",
        ),
        Slip(
            "chair or both others",
            [([[2, 1, 1]], [-1.5])],
            says="The chair counts double, but the bias holds back too little: the chair alone is enough, "
            "and so are the two others.",
            hint="Write down the sums of 100, 011 and 110. The border has to lie above the first two.",
        ),
        Slip(
            "chair alone",
            [([[1, 0, 0]], [-0.5])],
            says="The chair decides alone: the other votes make no difference.",
            hint="Work out your unit on 100.",
        ),
        Slip(
            "chair unheard",
            [([[0, 1, 1]], [-0.5])],
            says="The two others decide, and each of them alone is enough: the chair makes no difference.",
            hint="Work out your unit on 001 and on 100. Which vote needs the largest weight?",
        ),
        Slip(
            "both others",
            [([[0, 1, 1]], [-1.5])],
            says="The two others decide together: the chair makes no difference.",
            hint="Work out your unit on 011 and on 110. Which vote needs the largest weight?",
        ),
        Slip(
            "one other unheard",
            [([[1, 1, 0]], [-1.5])],
            says="The third vote makes no difference: the chair needs the second.",
            hint="Work out your unit on 101.",
        ),
        Slip(
            "second unheard",
            [([[1, 0, 1]], [-1.5])],
            says="The second vote makes no difference: the chair needs the third.",
            hint="Work out your unit on 110.",
        ),
        Slip(
            "always fires",
            [([[2, 1, 1]], [2.5])],
            says="The unit always fires, even if nobody says 1. Its bias has the sign of a threshold.",
            hint="A bias is minus a threshold.",
        ),
        Slip(
            "never fires",
            [([[1, 1, 1]], [-3])],
            says="The unit never fires, even if all three say 1: the bias holds back all that they weigh.",
            hint="Add the weights up and compare with the bias. A sum of exactly 0 does not fire.",
        ),
        Slip(
            "turned round",
            [([[-2, -1, -1]], [2.5])],
            says="The unit is turned round: it fires when the proposal is rejected.",
            hint="Which signs must weights have for votes to speak for a proposal?",
        ),
    ),
    because="The sums are above 2.5 exactly for 110, 101 and 111: the chair is worth two, and two is not "
    "enough.",
)

xor_gate = Network(
    id="ours-xor-gate",
    title="A net for exclusive or",
    statement="Give the weights of a net of threshold units that gives 1 if exactly one of two input bits "
    "is 1. A unit gives 1 if w·x + b > 0, else 0. The answer is a list of layers (W, b), one row of W a "
    "unit.",
    stub="xor = [\n    (..., ...),  # W and b of the hidden layer\n"
    "    (..., ...),  # W and b of the output unit\n]\n",
    points=2,
    second="bias",
    inputs=all_bits(2),
    target=lambda x: float(x.sum() == 1),
    reference=[([[1, 1], [-1, -1]], [-0.5, 1.5]), ([[1, 1]], [-1.5])],
    also=(
        [([[1, -1], [-1, 1]], [-0.5, -0.5]), ([[1, 1]], [-0.5])],
        [([[30, 30], [2, 2], [0, 0]], [-10, -3, 5]), ([[1, -1, 7]], [-7.5])],
    ),
    hints=(
        "One unit cannot do it. Which two gates, joined by a third, say “one of them, but not both”?",
        "“At least one” and “not both” are gates that a single unit can be. The output asks for both.",
        "“At least one” fires if x₁ + x₂ is above a half. “Not both” has negative weights and a positive "
        "bias.",
        "Hidden rows [1, 1] with b = -0.5 and [-1, -1] with b = 1.5; output [1, 1] with b = -1.5.",
    ),
    slips=(
        Slip(
            "inclusive or",
            [([[1, 1]], [-0.5])],
            says="This is the inclusive or: on input 11 it gives 1, where exactly one bit is asked for.",
            hint="Work out your net on 11. What has to hold it back there?",
        ),
        Slip(
            "always silent",
            [([[1, 1], [-1, -1]], [-0.5, -1.5]), ([[1, 1]], [-1.5])],
            says="The net never fires. The usual reason is a gate with negative weights and a negative bias: "
            "its sum is never above 0.",
            hint="To turn a gate round, negate its weights and its bias.",
        ),
        Slip(
            "equal bits",
            [([[1, 1], [-1, -1]], [-1.5, 0.5]), ([[1, 1]], [-0.5])],
            says="This is the opposite: it fires when the two bits are equal.",
            hint="Compare the four outputs with the table of exclusive or. What has to be turned round?",
        ),
        Slip(
            "and",
            [([[1, 1]], [-1.5])],
            says="This is the and gate: it fires on 11 alone.",
            hint="On 10 and 01 it must fire, on 11 not.",
        ),
        Slip(
            "always fires",
            [([[1, 1], [-1, -1]], [-0.5, 1.5]), ([[1, 1]], [-0.5])],
            says="The net fires on everything. Either its biases have the sign of thresholds, or the output "
            "unit is content with one of two gates where it should ask for both.",
            hint="Write down what each hidden unit gives on 00 and on 11, then what the output makes of it.",
        ),
        Slip(
            "not both",
            [([[-1, -1]], [1.5])],
            says="This is the gate “not both”: it fires on 00 as well, where no bit is 1.",
            hint="Work out your net on 00. What has to hold it back there?",
        ),
        Slip(
            "neither",
            [([[-1, -1]], [0.5])],
            says="This is the gate “neither”: it fires on 00 alone.",
            hint="On 10 and 01 it must fire, on 00 not.",
        ),
        Slip(
            "first bit alone",
            [([[1, -1]], [-0.5])],
            says="This fires on 10 alone: “the first but not the second”. The other half, 01, is missing.",
            hint="Build the mirror image of it as well, and join the two.",
        ),
        Slip(
            "second bit alone",
            [([[-1, 1]], [-0.5])],
            says="This fires on 01 alone: “the second but not the first”. The other half, 10, is missing.",
            hint="Build the mirror image of it as well, and join the two.",
        ),
        Slip(
            "implication",
            [([[-1, 1]], [0.5])],
            says="This is an implication: it is silent on 10 alone, as “if the first, then the second” is.",
            hint="Equal bits must give 0. Work out your net on 00 and on 11.",
        ),
        Slip(
            "implication backwards",
            [([[1, -1]], [0.5])],
            says="This is an implication: it is silent on 01 alone, as “if the second, then the first” is.",
            hint="Equal bits must give 0. Work out your net on 00 and on 11.",
        ),
        Slip(
            "copies the first",
            [([[1, 0]], [-0.5])],
            says="The net repeats the first bit: the second makes no difference.",
            hint="Two bits decide. Compare 10 with 11.",
        ),
        Slip(
            "copies the second",
            [([[0, 1]], [-0.5])],
            says="The net repeats the second bit: the first makes no difference.",
            hint="Two bits decide. Compare 01 with 11.",
        ),
    ),
    because="“At least one” and “not both” are each one unit; exclusive or is both of them at once.",
)
