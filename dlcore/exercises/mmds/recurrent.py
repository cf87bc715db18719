"""Section 13.5: recurrent nets that watch bits, and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.exercises.engine import Change, Function, RecurrentNet, Slip

__all__ = [
    "gradient_U",
    "gradient_V",
    "same_as_before",
    "state_gradient",
    "three_ones",
    "zero_then_one",
]

# Nets that watch bits.

_NET = (
    "A recurrent net reads one bit xₜ a step. Its nodes are sₜ = f(U xₜ + W sₜ₋₁ + b) with s₀ = 0: U "
    "and b have one number a node, and row i of W holds the weights into node i. "
)

_HAND_IN = (
    ' The answer is a dict. "activation" is "step", "tanh", "sigmoid" or "relu" for all nodes; step(z) is 1 '
    'if z > 0, else 0. "U", "W" and "b" are numbers or lists. "node" is the number of the node that gives '
    'the signal, counted from 1. "readout" is a comparison that means yes, such as "s > 0.5" or '
    '"|s| < 0.5", where s is the value of that node. In the place of "node" there may be an output layer: '
    '"V", one number a node, "c" and the readout "V s + c > 0". Use as many nodes as you like.'
)

_NET_STUB = """\
net = {
    "activation": ...,
    "U": ...,
    "W": ...,
    "b": ...,
    "node": ...,
    "readout": ...,
}
"""


def _steps(U: Any, W: Any, b: Any, **read: Any) -> dict[str, Any]:
    """Return a net of step nodes, read at its last node unless `read` says otherwise."""
    return {"activation": "step", "U": U, "W": W, "b": b, **(read or {"node": len(U), "readout": "s > 0.5"})}


zero_then_one = RecurrentNet(
    id="mmds-exercise13.5.1a",
    title="Now 1, before 0",
    statement=_NET
    + "Design a net with a signal that means: the current input is 1 and the one before was 0. The signal "
    "comes in the same step as the current input. It counts from step 2 on, since the first input has none "
    "before it." + _HAND_IN,
    source="mmds 13.5.4",
    stub=_NET_STUB,
    points=1,
    first=2,
    target=lambda bits: bits[-2:] == (0, 1),
    reference=_steps([1, 1], [[0, 0], [-1, 0]], [-0.5, -0.5]),
    also=(
        {
            "activation": "tanh",
            "U": [10, 10],
            "W": [[0, 0], [-5, 0]],
            "b": [-5, -10],
            "node": 2,
            "readout": "s > 0.5",
        },
        {"activation": "tanh", "U": [1], "W": [[-0.5]], "b": [0], "node": 1, "readout": "s>0.67"},
        {
            "Activation": "Step",
            "u": np.ones((3, 1), np.float32),
            "w": [[0, 0, 0], [-2, 0, 0], [0, 0, 0]],
            "B": [-0.5, -0.9, 7],
            "v": [[0, 3, 0]],
            "C": [-1],
            "Readout": "V s + c > 0",
        },
        ("step", [1, 1, 1], [[0, 0, 0], [0, 0, 0], [-1, 1, 0]], [-0.5, 0.5, -1.5], 3),
    ),
    hints=(
        "After step t the bit xₜ₋₁ is gone, unless a node has kept it. What must such a node compute?",
        "W multiplies the state of the step before. So a node that copies its input hands on the previous "
        "bit.",
        "The signal has to see xₜ through U and the copy through W, one with a positive and one with a "
        "negative weight. Write down the sum for all four pairs and put a threshold between the largest "
        "two.",
        "Copy: step(xₜ - 0.5). Signal: step(xₜ - copyₜ₋₁ - 0.5). U = [1, 1], W = [[0, 0], [-1, 0]], b "
        "= [-0.5, -0.5].",
    ),
    slips=(
        Slip(
            "own output for the last input",
            _steps([1], [[-1]], [-0.5]),
            says="This node looks at its own previous output, where it should look at the previous input.",
            hint="Run 1, 1, 1: is the second output the second input? Which node keeps the input itself?",
        ),
        Slip(
            "two steps back",
            _steps([1, 0, 1], [[0, 0, 0], [1, 0, 0], [0, -1, 0]], [-0.5, -0.5, -0.5]),
            says="The net looks back two steps instead of one: it compares with xₜ₋₂.",
            hint="W delays by one step already. What does a copy node hold when its value goes through W?",
        ),
        Slip(
            "sign of the biases",
            _steps([1, 1], [[0, 0], [-1, 0]], [0.5, 0.5]),
            says="The thresholds stand in b or c with their own sign, but both are added: a bias is minus "
            "the threshold.",
            hint="What does a node with weight 1 and bias +0.5 give for the input 0?",
        ),
        Slip(
            "current input alone",
            _steps([1], [[0]], [-0.5]),
            says="This signals that the current input is 1; the previous one has no say in it.",
            hint="Run 1, 1. Which entry of W should hold the signal back?",
        ),
        Slip(
            "previous input alone",
            _steps([1, 0], [[0, 0], [-1, 0]], [-0.5, 0.5]),
            says="This signals that the previous input was 0, whatever the current one is.",
            hint="Run 0, 0. Does the signal node see its own input, and is that enough to decide?",
        ),
        Slip(
            "order turned round",
            _steps([1, -1], [[0, 0], [1, 0]], [-0.5, -0.5]),
            says="The two inputs have changed places: this signals a 0 after a 1.",
            hint="U belongs to the current input, W to the one before. Which of them should speak for the "
            "signal?",
        ),
        Slip(
            "both ones",
            _steps([1, 1], [[0, 0], [1, 0]], [-0.5, -1.5]),
            says="This signals that both inputs are 1. The previous one should speak against the signal.",
            hint="Run 1, 1 and 0, 1. What should the previous bit do to the sum?",
        ),
        Slip(
            "sign of W",
            _steps([1, 1], [[0, 0], [1, 0]], [-0.5, -0.5]),
            says="The weights in W have the wrong sign: the previous 1 calls for the signal instead of "
            "stopping it.",
            hint="With the previous bit 1, should the sum be larger or smaller than with 0?",
        ),
        Slip(
            "one condition is enough",
            _steps([1, 1], [[0, 0], [-1, 0]], [-0.5, 0.5]),
            says="The threshold is too low: one of the two conditions is enough for the signal.",
            hint="Write the sum of the signal node for 00, 01, 10 and 11. Between which two must the "
            "threshold lie?",
        ),
        Slip(
            "every change",
            _steps([1, 1, -1], [[0, 0, 0], [-1, 0, 0], [1, 0, 0]], [-0.5, -0.5, -0.5], V=[0, 1, 1], c=-0.5),
            says="This signals every change; only the change to 1 is asked for.",
            hint="Run 1, 0. Which sign has the difference of the two inputs there?",
        ),
        Slip(
            "any 0 so far",
            _steps([-1, 1], [[2, 0], [1, 0]], [0.5, -1.5]),
            says="Once it has seen a 0, the helper never forgets it. Only the last input before this one "
            "counts.",
            hint="Run 0, 1, 1. What should the helper hold after the first 1?",
        ),
        Slip(
            "first 1 alone",
            _steps([1, 1], [[1, 0], [-1, 0]], [-0.5, -0.5]),
            says="Once it has seen a 1, the helper never forgets it, so that only the first 1 is signalled.",
            hint="Run 1, 0, 1. Does the helper look at one input, or at all of them?",
        ),
        Slip(
            "W transposed",
            _steps([1, 1], [[0, -1], [0, 0]], [-0.5, -0.5]),
            says="W is transposed: here the signal acts on the copy instead of the copy on the signal.",
            hint="Row i of W is what node i receives. Which row belongs to the signal?",
        ),
        Slip(
            "on the threshold",
            _steps([1, 1], [[0, 0], [-1, 0]], [-0.5, -1]),
            says="The sum reaches the threshold but is not above it, and step(0) is 0.",
            hint="What is the largest sum of the signal node, and what the next one?",
        ),
        Slip(
            "never",
            _steps([1, 1], [[0, 0], [-1, 0]], [-0.5, -1.5]),
            says="The threshold lies above every sum that can occur, so the signal never comes.",
            hint="What is the largest sum of the signal node?",
        ),
        Slip(
            "yes for no",
            _steps([1, 1], [[0, 0], [-1, 0]], [-0.5, -0.5], node=2, readout="s < 0.5"),
            says="Yes and no have changed places.",
            hint="Which side of the comparison means yes?",
        ),
        Slip(
            "one step late",
            _steps([1, 1, 0], [[0, 0, 0], [-1, 0, 0], [0, 1, 0]], [-0.5, -0.5, -0.5]),
            says="The signal is right, but comes one step late.",
            hint="Through which of U and W does the signal node see the bit that it should call the "
            "current one?",
            credit=0.5,
        ),
    ),
    because="The first node copies the input, and W hands its value on in the next step. The signal's sum "
    "is 1 for 0 then 1, 0 for two equal bits and -1 for 1 then 0, so any threshold from 0 up to, but not "
    "including, 1 does it.",
)


three_ones = RecurrentNet(
    id="mmds-exercise13.5.1b",
    title="Three ones in a row",
    statement=_NET
    + "Design a net with a signal that means: the last three inputs, the current one included, were all "
    "1. The signal comes in the same step as the third of them. It counts from step 3 on." + _HAND_IN,
    source="mmds 13.5.4",
    stub=_NET_STUB,
    points=2,
    first=3,
    target=lambda bits: bits[-3:] == (1, 1, 1),
    reference=_steps([1, 1, 1], [[0, 0, 0], [1, 0, 0], [0, 1, 0]], [-0.5, -1.5, -1.5]),
    also=(
        {"activation": "relu", "U": [101], "W": [[1]], "b": [-100], "node": 1, "readout": "s > 2.5"},
        _steps([1, 0, 1], [[0, 0, 0], [1, 0, 0], [1, 1, 0]], [-0.5, -0.5, -2.5]),
        ["tanh", [9, 9, 9], [[0, 0, 0], [4, 0, 0], [4, 4, 0]], [-4.5, -9, -14], 3, "s > 0.5"],
        {
            "activation": "sigmoid",
            "U": [[40, 40, 40]],
            "W": [[0, 0, 0], [40, 0, 0], [0, 40, 0]],
            "thresholds": [20, 60, 60],
            "V": [0, 0, 1],
            "c": "-0.5",
        },
    ),
    hints=(
        "When the third 1 comes in, what must the nodes know of the two inputs before it?",
        "Think of a chain: one node for “one 1”, one for “two in a row”, one for “three in a row”.",
        "Each node of the chain is an AND of the current input and of the node before it, one step ago. "
        "Where must the threshold of an AND lie?",
        "U = [1, 1, 1], W = [[0, 0, 0], [1, 0, 0], [0, 1, 0]], b = [-0.5, -1.5, -1.5], node 3.",
    ),
    slips=(
        Slip(
            "two ones",
            _steps([1, 1], [[0, 0], [1, 0]], [-0.5, -1.5]),
            says="Two 1s in a row are enough for this net: the memory is one step too short.",
            hint="Run 0, 1, 1. How many earlier inputs can the signal see?",
        ),
        Slip(
            "four ones",
            _steps(
                [1, 1, 1, 1],
                [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]],
                [-0.5, -1.5, -1.5, -1.5],
            ),
            says="This net waits for four 1s in a row: the memory is one step too long.",
            hint="Run 1, 1, 1. The current input counts as one of the three.",
        ),
        Slip(
            "helper stays on",
            _steps([1, 1, 1], [[1, 0, 0], [1, 0, 0], [0, 1, 0]], [-0.5, -1.5, -1.5]),
            says="A helper stays on once it has seen a 1, so that a 0 in between is forgotten.",
            hint="Run 1, 0, 1, 1. What should every helper do when the input is 0?",
        ),
        Slip(
            "counts all ones",
            {"activation": "relu", "U": [1], "W": [[1]], "b": [0], "node": 1, "readout": "s > 2.5"},
            says="This counts all the 1s so far, in a row or not: nothing is reset by a 0.",
            hint="Run 1, 0, 1, 0, 1. What should a 0 do to the count?",
        ),
        Slip(
            "third 1 of any",
            _steps([1, 1, 1], [[1, 0, 0], [1, 2, 0], [0, 1, 0]], [-0.5, -1.5, -1.5]),
            says="The signal asks for a 1 now and for two 1s at any time before, in a row or not.",
            hint="Run 1, 1, 0, 1. What should every helper do when the input is 0?",
        ),
        Slip(
            "reset too weak",
            {"activation": "relu", "U": [3], "W": [[1]], "b": [-2], "node": 1, "readout": "s > 2.5"},
            says="A 0 lowers the count, but after a long run it does not clear it.",
            hint="Run 1, 1, 1, 1, 0, 1. How large can the count get, and how much does a 0 take away?",
        ),
        Slip(
            "on the threshold",
            _steps([1, 0, 1], [[0, 0, 0], [1, 0, 0], [1, 1, 0]], [-0.5, -0.5, -3]),
            says="Three 1s give a value that reaches the threshold, but a node fires only above it: "
            "step(0) is 0.",
            hint="Which sums are there for two 1s and for three? Put the threshold between them.",
        ),
        Slip(
            "any of the three",
            _steps([1, 0, 1], [[0, 0, 0], [1, 0, 0], [1, 1, 0]], [-0.5, -0.5, -0.5]),
            says="This is an OR: one 1 among the last three is enough.",
            hint="Run 0, 0, 1. How large is the sum of an AND of three when one of them is missing?",
        ),
        Slip(
            "two of the three",
            _steps([1, 0, 1], [[0, 0, 0], [1, 0, 0], [1, 1, 0]], [-0.5, -0.5, -1.5]),
            says="Two 1s among the last three are enough here.",
            hint="Run 1, 0, 1. Which sum do two 1s give, and where is your threshold?",
        ),
        Slip(
            "middle one skipped",
            _steps([1, 0, 1], [[0, 0, 0], [1, 0, 0], [0, 1, 0]], [-0.5, -0.5, -1.5]),
            says="The current input and the one two steps back are asked for, the one between them is not.",
            hint="Run 1, 0, 1. Which weight into the signal carries the middle input?",
        ),
        Slip(
            "current input alone",
            _steps([1], [[0]], [-0.5]),
            says="This signals that the current input is 1; nothing earlier has a say in it.",
            hint="Run 0, 0, 1. Which nodes hold what came before?",
        ),
        Slip(
            "previous two alone",
            _steps([1, 0, 0], [[0, 0, 0], [1, 0, 0], [1, 1, 0]], [-0.5, -0.5, -1.5]),
            says="Only the two inputs before the current one are asked for.",
            hint="Run 1, 1, 0. How does the signal see the current input?",
        ),
        Slip(
            "third alone",
            _steps(
                [1, 1, 1, 1],
                [[0, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 1, -1, 0]],
                [-0.5, -1.5, -1.5, -1.5],
            ),
            says="The signal comes only at the third 1 of a run; at the fourth the last three are all 1 as "
            "well.",
            hint="Run 1, 1, 1, 1. What holds the signal back at the end?",
        ),
        Slip(
            "never switched off",
            _steps([1, 1, 1], [[0, 0, 0], [1, 0, 0], [0, 1, 3]], [-0.5, -1.5, -1.5]),
            says="Once given, the signal never ends: the node keeps itself on.",
            hint="Run 1, 1, 1, 0. What does the signal node receive from itself?",
        ),
        Slip(
            "never",
            _steps([1], [[1]], [-1.5]),
            says="The signal never comes. A node that needs its own signal, or more than its inputs can "
            "give, never starts.",
            hint="Begin with all nodes at 0 and run 1, 1, 1, node by node. Which one should be the first "
            "to fire?",
        ),
        Slip(
            "sign of the biases",
            _steps([1, 1, 1], [[0, 0, 0], [1, 0, 0], [0, 1, 0]], [0.5, 1.5, 1.5]),
            says="The thresholds stand in b or c with their own sign, but both are added: a bias is minus "
            "the threshold.",
            hint="What does a node with weight 1 and bias +0.5 give for the input 0?",
        ),
        Slip(
            "W transposed",
            _steps([1, 1, 1], [[0, 1, 0], [0, 0, 1], [0, 0, 0]], [-0.5, -1.5, -1.5]),
            says="W is transposed: the chain runs from the signal back to the first node.",
            hint="Row i of W is what node i receives. Which row belongs to the signal?",
        ),
        Slip(
            "yes for no",
            _steps(
                [1, 1, 1],
                [[0, 0, 0], [1, 0, 0], [0, 1, 0]],
                [-0.5, -1.5, -1.5],
                node=3,
                readout="s < 0.5",
            ),
            says="Yes and no have changed places.",
            hint="Which side of the comparison means yes?",
        ),
        Slip(
            "one step late",
            _steps([1, 0, 0, 0], [[0] * 4, [1, 0, 0, 0], [0, 1, 0, 0], [1, 1, 1, 0]], [-0.5] * 3 + [-2.5]),
            says="The signal is right, but comes one step late: it looks at the three inputs before the "
            "current one.",
            hint="The current input reaches the signal node through U, without a delay.",
            credit=0.5,
        ),
    ),
    because="Each node of the chain fires if the input is 1 and the node before it fired one step ago, so "
    "node i fires after at least i ones in a row. A 0 switches all of them off.",
)


same_as_before = RecurrentNet(
    id="mmds-exercise13.5.1c",
    title="The same input again",
    statement=_NET
    + "Design a net with a signal that means: the current input is the same as the one before, 0 and 0 or 1 "
    "and 1. It counts from step 2 on, since the first input has none before it." + _HAND_IN + " The signal "
    'comes in the same step as the current input; if yours comes one step later, add "delay": 1.',
    source="mmds 13.5.4",
    stub=_NET_STUB,
    points=3,
    first=2,
    latest=1,
    target=lambda bits: bits[-2] == bits[-1],
    reference={
        "activation": "tanh",
        "U": [10, 10],
        "W": [[0, 0], [-5, 0]],
        "b": [-5, -5],
        "node": 2,
        "readout": "|s| < 0.5",
    },
    also=(
        _steps(
            [1, 1, -1],
            [[0, 0, 0], [1, 0, 0], [-1, 0, 0]],
            [-0.5, -1.5, 0.5],
            V=[0, 1, 1],
            c=-0.5,
            readout="V s + c > 0",
        ),
        _steps(
            [1, 1, -1, 0],
            [[0] * 4, [1, 0, 0, 0], [-1, 0, 0, 0], [0, 1, 1, 0]],
            [-0.5, -1.5, 0.5, -0.5],
            node=4,
            delay=1,
        ),
        {
            "activation": "tanh",
            "U": [1, 1],
            "W": [[0, 0], [-1, 0]],
            "b": [0, 0],
            "node": 2,
            "readout": "1 - s^2 > 0.7",
        },
        {
            "activation": "relu",
            "U": [1, 1, -1],
            "W": [[0, 0, 0], [-1, 0, 0], [1, 0, 0]],
            "b": [0, 0, 0],
            "V": [0, -1, -1],
            "c": 0.5,
        },
    ),
    hints=(
        "Keep the previous input in a node that copies. Then write the four cases as a table. Which gate "
        "is it?",
        "One threshold cannot do it: for xₜ = 1 a previous 1 must raise the sum, for xₜ = 0 it must "
        "lower it. So either use more than one node, or read a node in another way than by one threshold.",
        "First way: one node with the difference of the two inputs. Second way: two nodes, “both 1” and "
        "“both 0”, joined in the output layer.",
        "With tanh: the copy is tanh(10 xₜ - 5), the difference tanh(10 xₜ - 5 copyₜ₋₁ - 5): about 0 "
        'if they are equal, 1 or -1 if not. Read node 2 with "|s| < 0.5".',
    ),
    slips=(
        Slip(
            "both ones alone",
            _steps([1, 1], [[0, 0], [1, 0]], [-0.5, -1.5]),
            says="This signals two 1s. Two 0s are the same input again as well.",
            hint="Run 0, 0. Which node speaks for it?",
        ),
        Slip(
            "both zeros alone",
            _steps([1, -1], [[0, 0], [-1, 0]], [-0.5, 0.5]),
            says="This signals two 0s. Two 1s are the same input again as well.",
            hint="Run 1, 1. Which node speaks for it?",
        ),
        Slip(
            "sign of the difference",
            {
                "activation": "tanh",
                "U": [10, 10],
                "W": [[0, 0], [-5, 0]],
                "b": [-5, -5],
                "node": 2,
                "readout": "s > 0",
            },
            says="What is read here follows the current input, not its being equal to the one before. The "
            "sign of a difference does not tell whether it is small.",
            hint="Write the difference for 00, 01, 10 and 11. Which values mean equal, and do they lie on "
            "one side of a threshold?",
        ),
        Slip(
            "differ",
            _steps([1, 1, -1], [[0, 0, 0], [-1, 0, 0], [1, 0, 0]], [-0.5, -0.5, -0.5], V=[0, 1, 1], c=-0.5),
            says="Yes and no have changed places: this signals that the two inputs differ.",
            hint="Run 1, 1. What has to be turned round, the net or the way it is read?",
        ),
        Slip(
            "change to 0 missed",
            _steps([1, 1], [[0, 0], [-1, 0]], [-0.5, -0.5], node=2, readout="s < 0.5"),
            says="The change from 1 to 0 passes as equal: a step node or one threshold sees a difference "
            "of one sign only.",
            hint="Run 1, 0. What is the difference there, and what is left of it?",
        ),
        Slip(
            "change to 1 missed",
            _steps([1, -1], [[0, 0], [1, 0]], [-0.5, -0.5], node=2, readout="s < 0.5"),
            says="The change from 0 to 1 passes as equal: a step node or one threshold sees a difference "
            "of one sign only.",
            hint="Run 0, 1. What is the difference there, and what is left of it?",
        ),
        Slip(
            "change to 1 signalled",
            _steps([1, 1], [[0, 0], [-1, 0]], [-0.5, -0.5]),
            says="This signals the change from 0 to 1 and nothing else: the large difference is read, not "
            "the small one.",
            hint="Which values has your node for 00 and 11?",
        ),
        Slip(
            "at least one 1",
            _steps([1, 1], [[0, 0], [1, 0]], [-0.5, -0.5]),
            says="One 1 among the two inputs is enough for this net. One threshold on their sum cannot "
            "tell equal from different.",
            hint="Equal inputs have the sum 0 or 2, different ones 1. How do you single out the middle?",
        ),
        Slip(
            "at least one 0",
            _steps([1, -1], [[0, 0], [-1, 0]], [-0.5, 1.5]),
            says="One 0 among the two inputs is enough for this net. One threshold on their sum cannot "
            "tell equal from different.",
            hint="Equal inputs have the sum 0 or 2, different ones 1. How do you single out the middle?",
        ),
        Slip(
            "own output for the last input",
            {
                "activation": "tanh",
                "U": [10],
                "W": [[-5]],
                "b": [-5],
                "node": 1,
                "readout": "|s| < 0.5",
            },
            says="This node compares the input with its own previous output, where it should take the "
            "previous input.",
            hint="Run 1, 1, 1. Which node keeps the input itself?",
        ),
        Slip(
            "two steps back",
            _steps(
                [1, 0, 1, -1],
                [[0] * 4, [1, 0, 0, 0], [0, 1, 0, 0], [0, -1, 0, 0]],
                [-0.5, -0.5, -1.5, 0.5],
                V=[0, 0, 1, 1],
                c=-0.5,
            ),
            says="The net looks back two steps instead of one: it compares with xₜ₋₂.",
            hint="W delays by one step already. What does a copy node hold when its value goes through W?",
        ),
        Slip(
            "all inputs so far",
            _steps([1, -1], [[1, 0], [0, 1]], [-0.5, 0.5], V=[-1, -1], c=1.5),
            says="This asks whether all inputs so far were the same. Only the last two count.",
            hint="Run 0, 1, 1. What should be forgotten by then?",
        ),
        Slip(
            "never",
            _steps([1, 1, -1], [[0, 0, 0], [1, 0, 0], [-1, 0, 0]], [-0.5, -1.5, 0.5], V=[0, 1, 1], c=-1.5),
            says="The signal never comes. Two 1s and two 0s exclude each other, so an AND of both never "
            "holds; nor does a reading that is too narrow.",
            hint="Run 1, 1 and look at the value that you read. On which side of the threshold is it?",
        ),
        Slip(
            "always",
            {
                "activation": "tanh",
                "U": [10, 10],
                "W": [[0, 0], [-5, 0]],
                "b": [-5, -5],
                "node": 2,
                "readout": "|s| < 2",
            },
            says="The signal is always there: the reading includes every value that occurs.",
            hint="Run 0, 1 and look at the value that you read.",
        ),
        Slip(
            "sign of the biases",
            _steps([1, 1, -1], [[0, 0, 0], [1, 0, 0], [-1, 0, 0]], [0.5, 1.5, -0.5], V=[0, 1, 1], c=-0.5),
            says="The thresholds stand in b or c with their own sign, but both are added: a bias is minus "
            "the threshold.",
            hint="Try one node with the input 0. Does it fire, and should it?",
        ),
        Slip(
            "W transposed",
            _steps([1, 1, -1], [[0, 1, -1], [0, 0, 0], [0, 0, 0]], [-0.5, -1.5, 0.5], V=[0, 1, 1], c=-0.5),
            says="W is transposed: the other nodes act on the copy instead of the copy on them.",
            hint="Row i of W is what node i receives. Which row belongs to the copy?",
        ),
        Slip(
            "one step late",
            _steps(
                [1, 1, -1, 0], [[0] * 4, [1, 0, 0, 0], [-1, 0, 0, 0], [0, 1, 1, 0]], [-0.5, -1.5, 0.5, -0.5]
            ),
            says="The signal is right, but comes one step late, and the answer does not say so.",
            hint="A node that joins two others sees them through W, one step later. The statement has a "
            "word for it.",
            credit=0.5,
        ),
    ),
    because="The second node takes the difference of the current and the previous input, made steep by "
    "tanh: about 0 for equal inputs, 1 or -1 for different ones. The absolute value turns that into one "
    "threshold.",
)

# From the loss of one step to its state.


def _state_gradient(V, c, s, yhat):  # type: ignore[no-untyped-def]
    powers = np.exp(V @ s + c)
    do = powers / powers.sum() - yhat
    J = V.T.copy()
    return do, J, J @ do


def _state_gradient_long(V: Any, c: Any, s: Any, yhat: Any) -> Any:
    """Take the Jacobian of the softmax and the gradient at y apart."""
    o = np.einsum("mk,k->m", V, s) + c
    y = np.exp(o - o.max()) / np.exp(o - o.max()).sum()
    J = [[row[i] for row in V] for i in range(len(s))]
    do = (np.diag(y) - np.outer(y, y)) @ (-yhat / y)
    return do.tolist(), J, [sum(a * b for a, b in zip(row, do, strict=True)) for row in J]


def _state_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    k, m = 2 if size == 1 else size + 2, size + 3  # neither is 3, the number of results
    return rng.normal(size=(m, k)), rng.normal(size=m), rng.uniform(-1, 1, size=k), rng.dirichlet(np.ones(m))


def _one_hot(n: int, i: int) -> Any:
    return np.eye(n)[i]


def _softmax(o: Any) -> Any:
    powers = np.exp(o - o.max())
    return powers / powers.sum()


def _by_steps(
    scores: Callable[[Any, Any, Any], Any],
    *,
    jacobian: Callable[[Any], Any] = np.transpose,
    result: Callable[[Any, Any, Any], Any] = lambda V, do, s: V.T @ do,
) -> Callable[..., Any]:
    """Return an answer from ``scores(o, y, yhat)``, the Jacobian of V, and ``result(V, do, s)``."""

    def _answer(V: Any, c: Any, s: Any, yhat: Any) -> Any:
        o = V @ s + c
        do = scores(o, _softmax(o), yhat)
        return do, jacobian(V), result(V, do, s)

    return _answer


def _difference(o: Any, y: Any, yhat: Any) -> Any:
    return y - yhat


def _is_distribution(V: Any, c: Any, s: Any, yhat: Any) -> bool:
    return bool((yhat >= 0).all() and np.isclose(yhat.sum(), 1))


_SQUARE = np.array([[1.0, 2.0], [-0.5, 0.75]])
_TALL = np.array([[1.0, -1.0], [2.0, 0.5], [-1.5, 0.25], [0.0, -2.0]])

state_gradient = Function(
    id="mmds-exercise13.5.2",
    title="From the loss of a step to its state",
    statement="At one step of a recurrent net the state s of length k gives the scores o = V s + c of "
    "length m, the output y = softmax(o) and the loss e = -Σᵢ ŷᵢ ln yᵢ. V has shape (m, k). The hat marks "
    "the target: ŷ (`yhat`) is a distribution of length m, one-hot or not. Derive the gradient of e at s "
    "in two steps. Write `state_gradient(V, c, s, yhat)` that returns three arrays: the gradient of e at "
    "the scores o, length m; the Jacobian of o with one row for each entry of s and one column for each "
    "entry of o, shape (k, m); the gradient of e at s, length k. Only this step's loss counts.",
    source="mmds 13.5.4",
    stub="def state_gradient(V, c, s, yhat):\n    do = ...\n    J = ...\n    ds = ...\n    return do, J, "
    "ds\n",
    points=2,
    returns=("The gradient at the scores o", "The Jacobian of o by s", "The gradient at the state s"),
    reference=_state_gradient,
    also=(_state_gradient_long,),
    inputs=_state_inputs,
    corners=(
        (_SQUARE, np.array([0.5, -0.5]), np.array([0.3, -0.6]), _one_hot(2, 1)),
        (_TALL, np.zeros(4), np.array([0.2, -0.4]), _one_hot(4, 0)),
    ),
    valid=_is_distribution,
    hints=(
        "Which quantities lie between s and e? Differentiate one link of the chain at a time.",
        "Write ln yᵢ = oᵢ - ln Σⱼ exp(oⱼ) and differentiate by one score. Where do you need that ŷ adds up "
        "to 1?",
        "How does the score oⱼ change with the entry sᵢ? That number stands in row i and column j of the "
        "Jacobian.",
        "The gradient at the scores is y - ŷ, the Jacobian is Vᵀ, and the result is Vᵀ (y - ŷ).",
    ),
    slips=(
        Slip(
            "V not transposed",
            _by_steps(_difference, result=lambda V, do, s: V @ do),
            says="V is multiplied with the gradient at the scores as it is: that only fits if V is square, "
            "and even then rows and columns are confused.",
            hint="Compare shapes: the result must have the length of s.",
        ),
        Slip(
            "V not transposed, in both places",
            _by_steps(_difference, jacobian=lambda V: V, result=lambda V, do, s: V @ do),
            says="The Jacobian is the wrong way round, and so is the product: rows belong to the entries "
            "of s.",
            hint="V has one row a score. What must have one row for each entry of s?",
        ),
        Slip(
            "Jacobian turned round",
            _by_steps(_difference, jacobian=lambda V: V),
            says="The Jacobian has its rows and columns exchanged: here each row belongs to one entry of "
            "s, the one differentiated by.",
            hint="Its shape must be (k, m).",
        ),
        Slip(
            "sign",
            _by_steps(lambda o, y, yhat: yhat - y),
            says="The sign is wrong from the gradient at the scores on.",
            hint="A higher score of the true class must lower the loss. Which sign has that entry then?",
        ),
        Slip(
            "softmax not differentiated",
            _by_steps(lambda o, y, yhat: -yhat / y),
            says="This is the gradient at y. The softmax lies between y and the scores and has a "
            "derivative too.",
            hint="Every score changes every output, through the sum below the line.",
        ),
        Slip(
            "diagonal of the softmax alone",
            _by_steps(lambda o, y, yhat: -yhat * (1 - y)),
            says="Only the derivative of each output by its own score is counted. A score moves the other "
            "outputs too.",
            hint="What happens to y₂ when o₁ grows? Which terms does that add?",
        ),
        Slip(
            "target forgotten",
            _by_steps(lambda o, y, yhat: y),
            says="The target does not appear in the gradient at the scores.",
            hint="If the output equals the target, where should the loss pull?",
        ),
        Slip(
            "softmax differentiated twice",
            _by_steps(lambda o, y, yhat: (y - yhat) * y * (1 - y)),
            says="There is a factor y(1 - y) too many: the logarithm of the loss has cancelled it already.",
            hint="Start from ln yᵢ = oᵢ - ln Σⱼ exp(oⱼ) and differentiate once.",
        ),
        Slip(
            "scores for outputs",
            _by_steps(lambda o, y, yhat: o - yhat),
            says="The scores are compared with the target, before the softmax.",
            hint="Which of o and y adds up to 1?",
        ),
        Slip(
            "not normalized",
            _by_steps(lambda o, y, yhat: np.exp(o) - yhat),
            says="The powers are not divided by their sum, so y is no softmax.",
            hint="What do the entries of y add up to?",
        ),
        Slip(
            "sigmoid for softmax",
            _by_steps(lambda o, y, yhat: 1 / (1 + np.exp(-o)) - yhat),
            says="The output is computed with a sigmoid; here it is a softmax.",
            hint="What do the entries of y add up to?",
        ),
        Slip(
            "bias forgotten",
            lambda V, c, s, yhat: _state_gradient_long(V, 0 * c, s, yhat),
            says="The bias c is missing in the scores.",
            hint="c has no part in the Jacobian, but it has one in y.",
        ),
        Slip(
            "target made one-hot",
            _by_steps(lambda o, y, yhat: y - _one_hot(len(y), int(np.argmax(yhat)))),
            says="The target is treated as one-hot. It may be any distribution.",
            hint="Keep the whole sum Σᵢ ŷᵢ ln yᵢ.",
        ),
        Slip(
            "mean over the scores",
            _by_steps(lambda o, y, yhat: (y - yhat) / len(y)),
            says="The gradient is divided by the number of scores, but the loss is a sum and no mean.",
            hint="Which factor stands before the Σ of e?",
        ),
        Slip(
            "slope of the state",
            _by_steps(_difference, result=lambda V, do, s: (1 - s**2) * (V.T @ do)),
            says="The slope of tanh comes in only when you go on to what lies before the state: this is "
            "the gradient at z, not at s.",
            hint="Does e depend on s through a tanh, or s on something else?",
        ),
        Slip(
            "gradient at the scores alone",
            lambda V, c, s, yhat: _state_gradient_long(V, c, s, yhat)[0],
            says="This is the gradient at the scores. One more link of the chain leads on to s.",
            hint="Return the gradient at o, the Jacobian and the gradient at s, in this order.",
            credit=0.25,
        ),
        Slip(
            "result alone",
            lambda V, c, s, yhat: _state_gradient_long(V, c, s, yhat)[2],
            says="The last of the three is right. What is missing are the two steps that lead to it.",
            hint="Return the gradient at o, the Jacobian and the gradient at s, in this order.",
            credit=0.5,
        ),
    ),
    because="With ln yᵢ = oᵢ - ln Σⱼ exp(oⱼ) the loss is e = ln Σⱼ exp(oⱼ) - Σᵢ ŷᵢ oᵢ, because ŷ adds up "
    "to 1. Its gradient at o is y - ŷ. A score oⱼ holds sᵢ with the factor Vⱼᵢ, so the Jacobian is Vᵀ, and "
    "the chain rule gives Vᵀ (y - ŷ).",
)

# Gradients of a whole sequence.

_SEQUENCE = (
    "A recurrent net reads x₁ … xₙ: zₜ = U xₜ + W sₜ₋₁ + b, sₜ = tanh(zₜ) with s₀ = 0, yₜ = softmax(V sₜ + "
    "c). The loss is e = e₁ + … + eₙ, eₜ = -Σᵢ ŷₜᵢ ln yₜᵢ; the hat marks the target, a distribution. The "
    "forward pass is done: you get W (k, k), V (m, k), x (n, d), y (n, m), yhat (n, m) and all states s (n "
    "+ 1, k), s[0] being s₀. So x[t] has led from s[t] to s[t + 1] and y[t]. "
)


def _gradient_U(W, V, x, s, y, yhat):  # type: ignore[no-untyped-def]
    dU, later = np.zeros((s.shape[1], x.shape[1])), np.zeros(s.shape[1])
    for t in reversed(range(len(x))):
        delta = (1 - s[t + 1] ** 2) * (V.T @ (y[t] - yhat[t]) + later)
        dU += np.outer(delta, x[t])
        later = W.T @ delta
    return dU


def _gradient_U_forward(W: Any, V: Any, x: Any, s: Any, y: Any, yhat: Any) -> Any:
    """Carry the Jacobian of the state by U, its rows in one line, forward in time."""
    k, d = s.shape[1], x.shape[1]
    jacobian, total = np.zeros((k * d, k)), np.zeros(k * d)
    for x_t, s_t, error in zip(x, s[1:], y - yhat, strict=True):
        jacobian = (np.kron(np.eye(k), x_t[:, None]) + jacobian @ W.T) * (1 - s_t**2)
        total += jacobian @ V.T @ error
    return total.reshape(k, d)


def _gradient_U_paths(W: Any, V: Any, x: Any, s: Any, y: Any, yhat: Any) -> Any:
    """Add up all pairs of an input and a later loss."""
    slopes, direct = 1 - s[1:] ** 2, (y - yhat) @ V
    total: Any = 0
    for i in range(len(x)):
        for j in range(i, len(x)):
            pull = direct[j] * slopes[j]
            for t in range(j - 1, i - 1, -1):
                pull = np.einsum("i,ij,j->j", pull, W, slopes[t])
            total = total + np.einsum("k,d->kd", pull, x[i])
    return total.tolist()


def _gradient_V(W, V, x, s, y, yhat):  # type: ignore[no-untyped-def]
    return (y - yhat).T @ s[1:]


def _gradient_V_loop(W: Any, V: Any, x: Any, s: Any, y: Any, yhat: Any) -> Any:
    dV = [[0.0] * len(row) for row in V]
    for t in range(len(y)):
        for i, target in enumerate(yhat[t]):
            for j, value in enumerate(s[t + 1]):
                dV[i][j] += (y[t][i] - target) * value
    return dV


def _sequence(rng: np.random.Generator, n: int, k: int, d: int, m: int) -> tuple[Any, ...]:
    """Draw a net whose W is not symmetric and has norm 1.5, and run it."""
    W, V, U = rng.normal(size=(k, k)), rng.normal(size=(m, k)), rng.normal(size=(k, d))
    W *= 1.5 / np.linalg.norm(W, 2)
    b, c, x = 0.3 * rng.normal(size=k), 0.3 * rng.normal(size=m), rng.normal(size=(n, d))
    s, y = np.zeros((n + 1, k)), np.zeros((n, m))
    for t in range(n):
        s[t + 1] = np.tanh(U @ x[t] + W @ s[t] + b)
        y[t] = _softmax(V @ s[t + 1] + c)
    yhat = np.eye(m)[rng.integers(m, size=n)] if rng.integers(2) else rng.dirichlet(np.ones(m), size=n)
    return W, V, x, s, y, yhat


def _sequence_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    return _sequence(rng, n=size, k=size + 1, d=size + 2, m=size + 3)


def _possible(W: Any, V: Any, x: Any, s: Any, y: Any, yhat: Any) -> bool:
    """Whether these could be states, outputs and targets."""
    return bool(
        not s[0].any()
        and (np.abs(s) < 1).all()
        and np.allclose(y.sum(axis=1), 1)
        and np.allclose(yhat.sum(axis=1), 1)
    )


_LONG = _sequence(np.random.default_rng(13), n=5, k=3, d=2, m=4)


def _slope(s: Any, t: int) -> Any:
    return 1 - s[t + 1] ** 2


def _deltas(
    W: Any,
    V: Any,
    s: Any,
    error: Any,
    *,
    slope: Callable[[Any, int], Any] = _slope,
    carry: Callable[[Any, Any, Any], Any] = lambda W, delta, own: W.T @ delta,
    both: bool = True,
    backward: bool = True,
) -> Any:
    """Return the gradients at z_t, or what comes of a wrong recursion.

    `carry` makes what goes to the neighboring step from W, the gradient there and its direct
    part; with `both` the slope multiplies that as well; `backward` is the order of the steps.
    """
    n, later = len(error), np.zeros(len(W))
    deltas = np.zeros((n, len(W)))
    for t in reversed(range(n)) if backward else range(n):
        own = slope(s, t) * (V.T @ error[t])
        deltas[t] = own + (slope(s, t) * later if both else later)
        later = carry(W, deltas[t], own)
    return deltas


def _U_by(**changes: Any) -> Callable[..., Any]:
    """Return an answer with a wrong recursion, see `_deltas`."""
    return lambda W, V, x, s, y, yhat: _deltas(W, V, s, y - yhat, **changes).T @ x


def _U_from(pair: Callable[..., Any]) -> Callable[..., Any]:
    """Return an answer from ``pair(deltas, x, s)`` with the right recursion."""
    return lambda W, V, x, s, y, yhat: pair(_deltas(W, V, s, y - yhat), x, s)


def _last_loss(error: Any) -> Any:
    return error * (np.arange(len(error)) == len(error) - 1)[:, None]


_SUMMED_UP = (
    Change(
        "sign",
        lambda gradient, *inputs: -gradient,
        says="The sign is flipped: the target is subtracted from the output, not the other way round.",
        hint="If the output of the true class is too small, its score should grow when you step against "
        "the gradient.",
    ),
    Change(
        "mean over time",
        lambda gradient, W, V, x, s, y, yhat: gradient / len(x),
        says="The gradient is divided by the number of steps. The loss is the sum over the steps, not "
        "their mean.",
        hint="Which factor stands before e₁ + … + eₙ?",
    ),
    Change(
        "transposed",
        lambda gradient, *inputs: gradient.T,
        says="The gradient is transposed: it must have the shape of the matrix that it belongs to.",
        hint="Which vector of the outer product numbers the rows of that matrix?",
    ),
)

gradient_U = Function(
    id="mmds-exercise13.5.3U",
    title="The gradient of the input weights",
    statement=_SEQUENCE
    + "Write `gradient_U(W, V, x, s, y, yhat)` that returns de/dU in the shape of U, (k, d).",
    source="mmds 13.5.4",
    stub="def gradient_U(W, V, x, s, y, yhat):\n    dU = ...\n    return dU\n",
    points=3,
    reference=_gradient_U,
    also=(_gradient_U_forward, _gradient_U_paths),
    inputs=_sequence_inputs,
    corners=(_LONG,),
    valid=_possible,
    hints=(
        "U enters at every step through zₜ. If you knew the gradient δₜ of e at every zₜ, how would de/dU "
        "follow?",
        "The state sₜ acts on e in two ways: on its own loss eₜ, through V, and on all later losses, "
        "through sₜ₊₁.",
        "So go from the last step to the first. At each one add what comes from its own loss and what "
        "comes back from δₜ₊₁ through W, then pass through the slope of tanh.",
        "δₜ = (1 - sₜ²) ⊙ (Vᵀ(yₜ - ŷₜ) + Wᵀ δₜ₊₁) with δₙ₊₁ = 0, and de/dU = Σₜ δₜ xₜᵀ.",
    ),
    slips=(
        Slip(
            "first step left out",
            _U_from(lambda deltas, x, s: deltas[1:].T @ x[1:]),
            says="The first step is left out: rows of the arrays are counted from 0.",
            hint="With a single step, is your gradient 0?",
        ),
        Slip(
            "later steps forgotten",
            _U_by(carry=lambda W, delta, own: 0 * own),
            says="Only the direct way from each state to its own loss is counted. A state also acts on all "
            "later losses.",
            hint="Change x₁ a little: does only e₁ change?",
        ),
        Slip(
            "W for Wᵀ",
            _U_by(carry=lambda W, delta, own: W @ delta),
            says="On the way through time W and Wᵀ are confused.",
            hint="Entry (i, j) of W leads from node j to node i. Which way does the gradient go?",
        ),
        Slip(
            "one step ahead alone",
            _U_by(carry=lambda W, delta, own: W.T @ own),
            says="The chain is cut: from a later step only its own loss comes back, not what came back to "
            "it.",
            hint="With three steps, how does e₃ reach x₁?",
        ),
        Slip(
            "gradient of W",
            _U_from(lambda deltas, x, s: deltas.T @ s[:-1]),
            says="This is the gradient of W: what was multiplied by U at step t is not the state.",
            hint="Which vector does U meet in zₜ? Compare the shape with (k, d) too.",
        ),
        Slip(
            "new state for the input",
            _U_from(lambda deltas, x, s: deltas.T @ s[1:]),
            says="The outer product holds the state sₜ where the input xₜ belongs.",
            hint="Which vector does U meet in zₜ? Compare the shape with (k, d) too.",
        ),
        Slip(
            "slope forgotten",
            _U_by(slope=lambda s, t: 1.0),
            says="The slope of tanh is missing: the recursion gives gradients at the states, not at zₜ.",
            hint="Between sₜ and zₜ lies an activation function. What is its derivative, written with sₜ?",
        ),
        Slip(
            "slope of the sigmoid",
            _U_by(slope=lambda s, t: s[t + 1] * (1 - s[t + 1])),
            says="s(1 - s) is the slope of a sigmoid; the state is a tanh.",
            hint="What is the derivative of tanh, written with its value?",
        ),
        Slip(
            "slope of the state",
            _U_by(slope=lambda s, t: 1 - np.tanh(s[t + 1]) ** 2),
            says="The slope is taken at s instead of at z: tanh is applied twice.",
            hint="s is a value of tanh already. What is the derivative of tanh, written with its value?",
        ),
        Slip(
            "slope of the step before",
            _U_by(slope=lambda s, t: 1 - s[t] ** 2),
            says="The slope is that of the state one step too early.",
            hint="Which row of s has come out of x[t]?",
        ),
        Slip(
            "square forgotten",
            _U_by(slope=lambda s, t: 1 - s[t + 1]),
            says="1 - s is not the slope of tanh: a square is missing.",
            hint="The slope of tanh is the same at z and at -z. Is yours?",
        ),
        Slip(
            "later steps forgotten + slope forgotten",
            _U_by(carry=lambda W, delta, own: 0 * own, slope=lambda s, t: 1.0),
            says="Two things: the slope of tanh is missing, and only the direct way from each state to its "
            "own loss is counted.",
            hint="First ask what lies between sₜ and zₜ, then which losses s₁ acts on.",
        ),
        Slip(
            "W for Wᵀ + slope forgotten",
            _U_by(carry=lambda W, delta, own: W @ delta, slope=lambda s, t: 1.0),
            says="Two things: the slope of tanh is missing, and on the way through time W and Wᵀ are "
            "confused.",
            hint="First ask what lies between sₜ and zₜ, then which way the gradient goes through W.",
        ),
        Slip(
            "W left out",
            _U_by(carry=lambda W, delta, own: delta),
            says="What comes back from the next step has not passed through W.",
            hint="How does zₜ₊₁ depend on sₜ?",
        ),
        Slip(
            "V left out",
            lambda W, V, x, s, y, yhat: (y - yhat).T @ x,
            says="The error at the scores meets the input directly: the way through V, the state and its "
            "tanh is left out.",
            hint="Which functions lie between U and eₜ? Compare the shape with (k, d) too.",
        ),
        Slip(
            "softmax differentiated twice",
            lambda W, V, x, s, y, yhat: _deltas(W, V, s, (y - yhat) * y * (1 - y)).T @ x,
            says="There is a factor y(1 - y) too many: softmax and cross-entropy together have a simpler "
            "gradient.",
            hint="Work out the gradient of eₜ at the scores, as in exercise 13.5.2.",
        ),
        Slip(
            "slope on one part",
            _U_by(both=False),
            says="The slope of tanh multiplies only what comes from the step's own loss, not what comes "
            "from later steps.",
            hint="Both parts reach sₜ first. What lies between sₜ and zₜ?",
        ),
        Slip(
            "slope on the later part alone",
            lambda W, V, x, s, y, yhat: (_deltas(W, V, s, y - yhat) + (s[1:] ** 2) * ((y - yhat) @ V)).T @ x,
            says="The slope of tanh is missing where the step's own loss comes in.",
            hint="Both parts reach sₜ first. What lies between sₜ and zₜ?",
        ),
        Slip(
            "target forgotten",
            lambda W, V, x, s, y, yhat: _deltas(W, V, s, y).T @ x,
            says="The target does not appear: with perfect outputs the gradient would not vanish.",
            hint="What is the gradient of eₜ at the scores V sₜ + c?",
        ),
        Slip(
            "last step alone",
            _U_from(lambda deltas, x, s: np.outer(deltas[-1], x[-1])),
            says="Only the last step's term is returned; U is used at every step.",
            hint="Add up over the steps: = or += ?",
        ),
        Slip(
            "first step alone",
            _U_from(lambda deltas, x, s: np.outer(deltas[0], x[0])),
            says="Only the first step's term is returned: each term has overwritten the one before, or no "
            "others were made.",
            hint="Add up over the steps: = or += ?",
        ),
        Slip(
            "last loss alone",
            lambda W, V, x, s, y, yhat: _deltas(W, V, s, _last_loss(y - yhat)).T @ x,
            says="Only the loss of the last step is sent back. Every step has a loss of its own.",
            hint="At each step of the way back something new comes in from above. What?",
        ),
        Slip(
            "forward in time",
            _U_by(backward=False),
            says="The recursion runs from the first step to the last, so a state answers for losses before "
            "it.",
            hint="Which losses does s₁ act on, and which does sₙ?",
        ),
        Slip(
            "input of the step before",
            _U_from(lambda deltas, x, s: deltas[1:].T @ x[:-1]),
            says="δ of one step meets the input of the step before.",
            hint="Which x stands in zₜ?",
        ),
        Slip(
            "product of sums",
            _U_from(lambda deltas, x, s: np.outer(deltas.sum(axis=0), x.sum(axis=0))),
            says="The sums over time are multiplied; what is asked for is the sum of the products.",
            hint="With two steps, which of δ₁x₁ᵀ, δ₁x₂ᵀ, δ₂x₁ᵀ, δ₂x₂ᵀ belong into the sum?",
        ),
        *_SUMMED_UP,
    ),
    because="δₜ is the gradient of e at zₜ: sₜ acts on eₜ through V and on all later losses through zₜ₊₁, "
    "and the slope of tanh is 1 - sₜ². zₜ holds U xₜ, so each step adds δₜ xₜᵀ. For another activation f "
    "put f'(zₜ) in the place of the slope, for another output or loss the gradient of eₜ at its scores in "
    "the place of yₜ - ŷₜ.",
)


def _V_from(pair: Callable[..., Any]) -> Callable[..., Any]:
    """Return an answer from ``pair(error, s, x, V)``."""
    return lambda W, V, x, s, y, yhat: pair(y - yhat, s, x, V)


def _V_through_time(W: Any, V: Any, x: Any, s: Any, y: Any, yhat: Any) -> Any:
    """Carry the term of each step on to the next ones, as if V acted on the state."""
    carried, total = np.zeros_like(V), np.zeros_like(V)
    for t in range(len(x)):
        carried = np.outer(y[t] - yhat[t], s[t + 1]) + carried @ W.T
        total += carried
    return total


gradient_V = Function(
    id="mmds-exercise13.5.3V",
    title="The gradient of the output weights",
    statement=_SEQUENCE
    + "Write `gradient_V(W, V, x, s, y, yhat)` that returns de/dV in the shape of V, (m, k). You may not "
    "need all arguments.",
    source="mmds 13.5.4",
    stub="def gradient_V(W, V, x, s, y, yhat):\n    dV = ...\n    return dV\n",
    points=2,
    reference=_gradient_V,
    also=(_gradient_V_loop, lambda W, V, x, s, y, yhat: np.einsum("ti,tj->ij", y - yhat, s[1:])),
    inputs=_sequence_inputs,
    corners=(_LONG,),
    valid=_possible,
    hints=(
        "Change V a little: which of zₜ, sₜ, yₜ and eₜ change?",
        "So the steps are independent of each other. At one step V is a dense layer from sₜ to the scores.",
        "The gradient of a dense layer's weights is an outer product of the gradient at its result and its "
        "input. What are these two here?",
        "de/dV = Σₜ (yₜ - ŷₜ) sₜᵀ, that is (y - yhat).T @ s[1:].",
    ),
    slips=(
        Slip(
            "old state",
            _V_from(lambda error, s, x, V: error.T @ s[:-1]),
            says="The state of the step before is taken: yₜ comes from another one.",
            hint="Which row of s stands in the formula of y[t]?",
        ),
        Slip(
            "first step left out",
            _V_from(lambda error, s, x, V: error[1:].T @ s[2:]),
            says="The first step is left out: rows of the arrays are counted from 0.",
            hint="With a single step, is your gradient 0?",
        ),
        Slip(
            "target forgotten",
            lambda W, V, x, s, y, yhat: y.T @ s[1:],
            says="The target does not appear: with perfect outputs the gradient would not vanish.",
            hint="What is the gradient of eₜ at the scores V sₜ + c?",
        ),
        Slip(
            "through time",
            _V_through_time,
            says="There is a recursion through time, but V has no influence on any state.",
            hint="Change V: does s₂ change?",
        ),
        Slip(
            "later errors added",
            _V_from(lambda error, s, x, V: np.cumsum(error[::-1], axis=0)[::-1].T @ s[1:]),
            says="Errors of later steps are added to each step, as if V acted on later states.",
            hint="Which losses change if V is another at step t alone?",
        ),
        Slip(
            "slope of tanh",
            _V_from(lambda error, s, x, V: error.T @ (1 - s[1:] ** 2)),
            says="The slope of tanh stands in the place of the state. V meets the state itself.",
            hint="Does the way from eₜ to V lead through the tanh?",
        ),
        Slip(
            "slope of tanh too many",
            _V_from(lambda error, s, x, V: error.T @ (s[1:] * (1 - s[1:] ** 2))),
            says="There is a slope of tanh too many: the way from the loss to V does not pass through the "
            "state's activation.",
            hint="Which functions lie between V and eₜ?",
        ),
        Slip(
            "softmax differentiated twice",
            lambda W, V, x, s, y, yhat: ((y - yhat) * y * (1 - y)).T @ s[1:],
            says="There is a factor y(1 - y) too many: softmax and cross-entropy together have a simpler "
            "gradient.",
            hint="Work out the gradient of eₜ at the scores, as in exercise 13.5.2.",
        ),
        Slip(
            "softmax not differentiated",
            lambda W, V, x, s, y, yhat: (-yhat / y).T @ s[1:],
            says="-ŷ/y is the gradient at y. The softmax lies between y and the scores and has a "
            "derivative too.",
            hint="Work out the gradient of eₜ at the scores, as in exercise 13.5.2.",
        ),
        Slip(
            "gradient of U's kind",
            _V_from(lambda error, s, x, V: error.T @ x),
            says="The outer product holds the input xₜ, but V never meets it.",
            hint="Which vector does V multiply? Compare the shape with (m, k) too.",
        ),
        Slip(
            "V applied",
            _V_from(lambda error, s, x, V: (error @ V).T @ s[1:]),
            says="The error has been sent through V already: that belongs to the way on to the state, not "
            "to V itself.",
            hint="Compare the shape with (m, k). What is the gradient at the scores?",
        ),
        Slip(
            "last step alone",
            _V_from(lambda error, s, x, V: np.outer(error[-1], s[-1])),
            says="Only the last step's term is returned; V is used at every step.",
            hint="Add up over the steps: = or += ?",
        ),
        Slip(
            "first step alone",
            _V_from(lambda error, s, x, V: np.outer(error[0], s[1])),
            says="Only the first step's term is returned; V is used at every step.",
            hint="Add up over the steps: = or += ?",
        ),
        Slip(
            "last step left out",
            _V_from(lambda error, s, x, V: error[:-1].T @ s[1:-1]),
            says="The last step is missing in the sum.",
            hint="The arrays y and s have different lengths. Which rows belong together?",
        ),
        Slip(
            "tanh applied again",
            _V_from(lambda error, s, x, V: error.T @ np.tanh(s[1:])),
            says="tanh is applied to the states once more; they are values of tanh already.",
            hint="Which vector does V multiply in yₜ?",
        ),
        Slip(
            "product of sums",
            _V_from(lambda error, s, x, V: np.outer(error.sum(axis=0), s[1:].sum(axis=0))),
            says="The sums over time are multiplied; what is asked for is the sum of the products.",
            hint="With two steps there are four products of an error and a state. Which of them belong "
            "into the sum?",
        ),
        *_SUMMED_UP,
    ),
    because="V acts on eₜ only through the scores V sₜ + c, and no state depends on it. So de/dV is the "
    "sum of the outer products of the gradient at the scores and the state; for softmax and cross-entropy "
    "that gradient is yₜ - ŷₜ. Nothing runs through time.",
)
