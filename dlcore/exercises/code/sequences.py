"""One step of a recurrent cell: LSTM and GRU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcore.exercises.engine import Function, Slip

__all__ = ["gru_step", "lstm_step"]

#: A pre-activation at which a gate is open, whether it is squashed by sigmoid or tanh.
OPEN = 1000.0


def _sigmoid(z: Any) -> Any:
    return 0.5 * np.tanh(0.5 * z) + 0.5


def _overflowing_sigmoid(z: Any) -> Any:
    return np.exp(z) / (1 + np.exp(z))


def _overflowing_tanh(z: Any) -> Any:
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def _as_is(z: Any) -> Any:
    return z


def _one_below_the_other(z: Any, gates: int) -> Any:
    return np.split(z, gates, axis=1)


def _interleaved(z: Any, gates: int) -> Any:
    return [z[:, k::gates] for k in range(gates)]


# One step of an LSTM.


def _lstm_step(x, h, c, weight_ih, weight_hh, bias):  # type: ignore[no-untyped-def]
    i, f, g, o = np.split(x @ weight_ih.T + h @ weight_hh.T + bias, 4, axis=1)
    i, f, o = (0.5 * np.tanh(0.5 * z) + 0.5 for z in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


def _lstm_step_by_units(x: Any, h: Any, c: Any, weight_ih: Any, weight_hh: Any, bias: Any) -> Any:
    units = h.shape[1]
    h_new, c_new = np.zeros_like(h), np.zeros_like(c)
    weight = np.hstack([weight_ih, weight_hh])
    for n, sample in enumerate(np.hstack([x, h])):
        for k in range(units):
            i, f, g, o = (weight[row] @ sample + bias[row] for row in range(k, 4 * units, units))
            i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
            c_new[n, k] = f * c[n, k] + i * np.tanh(g)
            h_new[n, k] = o * np.tanh(c_new[n, k])
    return h_new, c_new


def _lstm_weights(rng: np.random.Generator, n: int, d: int, units: int) -> tuple[Any, ...]:
    shapes = ((n, d), (n, units), (n, units), (4 * units, d), (4 * units, units), (4 * units,))
    return tuple(rng.normal(size=shape) for shape in shapes)


def _lstm_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    return _lstm_weights(rng, size, size + 1, size + 2)


def _lstm_gate_alone(gate: str) -> tuple[Any, ...]:
    """Return inputs whose results hang on one gate; the other gates are open, or nothing passes them."""
    x, h, c, weight_ih, weight_hh, bias = _lstm_weights(np.random.default_rng(0), 2, 3, 2)
    rows = np.repeat([name == gate for name in "ifgo"], 2)
    candidate = {"i": OPEN, "f": 0.0, "g": 0.0, "o": 0.0}[gate]
    elsewhere = np.repeat([OPEN, OPEN, candidate, OPEN], 2)
    c = c if gate in "fo" else 0 * c
    return x, h, c, weight_ih * rows[:, None], weight_hh * rows[:, None], np.where(rows, bias, elsewhere)


def _large_lstm() -> tuple[Any, ...]:
    """Return inputs that open and shut gates entirely: 16 samples for every combination."""
    signs = np.array([[(n >> k) % 2 for k in range(4)] for n in range(16)]) * 2.0 - 1
    x, h, c = OPEN * signs, np.zeros((16, 1)), np.where(np.arange(16) % 3, -2.0, OPEN)[:, None]
    return x, h, c, np.eye(4), np.zeros((4, 1)), np.zeros(4)


def _lstm_with(
    order: str = "ifgo",
    *,
    z: Callable[..., Any] = lambda x, h, w, r, b: x @ w.T + h @ r.T + b,
    cut: Callable[..., Any] = _one_below_the_other,
    cell: Callable[..., Any] = lambda i, f, g, c: f * c + i * g,
    shown: Callable[..., Any] = lambda o, new, old: o * np.tanh(new),
    results: Callable[..., Any] = lambda h, c: (h, c),
    **squash: Callable[..., Any],
) -> Callable[..., Any]:
    """Return the step with something else in place of one of its parts; `squash` is by gate."""
    squashing: dict[str, Callable[..., Any]] = {
        "i": _sigmoid,
        "f": _sigmoid,
        "g": np.tanh,
        "o": _sigmoid,
        **squash,
    }

    def _wrong(x: Any, h: Any, c: Any, weight_ih: Any, weight_hh: Any, bias: Any) -> Any:
        blocks = dict(zip(order, cut(z(x, h, weight_ih, weight_hh, bias), 4), strict=True))
        i, f, g, o = (squashing[gate](blocks[gate]) for gate in "ifgo")
        new = cell(i, f, g, c)
        return results(shown(o, new, c), new)

    return _wrong


lstm_step = Function(
    id="ours-lstm-step",
    title="One step of an LSTM",
    statement="Write `lstm_step(x, h, c, weight_ih, weight_hh, bias)`: one step of an LSTM for a batch, with "
    "x of shape (N, D), the old state h and the old cell c of shape (N, H), weight_ih (4H, D), weight_hh "
    "(4H, H) and one bias (4H,). For every sample, z = weight_ih x + weight_hh h + bias has 4H entries: the "
    "first H are the input gate i, the next H the forget gate f, the next H the candidate g, the last H the "
    "output gate o. i, f and o go through a sigmoid, g through tanh. The new cell is c' = f ⊙ c + i ⊙ g, the "
    "new state h' = o ⊙ tanh(c'). Return h' and c', in this order. The entries of z can be as large as "
    "±1000.",
    stub="def lstm_step(x, h, c, weight_ih, weight_hh, bias):\n    ...\n    return ..., ...\n",
    points=3,
    reference=_lstm_step,
    also=(_lstm_step_by_units,),
    inputs=_lstm_inputs,
    corners=(_lstm_weights(np.random.default_rng(4), 1, 1, 1), _large_lstm()),
    probes={
        "the input gate": _lstm_gate_alone("i"),
        "the forget gate": _lstm_gate_alone("f"),
        "the candidate": _lstm_gate_alone("g"),
        "the output gate": _lstm_gate_alone("o"),
    },
    returns=("The new state h", "The new cell c"),
    hints=(
        "All four blocks come from one array z of shape (N, 4H). Which shapes must the two products have "
        "before they are added?",
        "A sample is a row of x, a unit is a row of the weights: one of the two has to be transposed.",
        "Cut z along its last axis into four blocks of H columns, and squash each block its own way.",
        "First the new cell from the old one, then the new state from the new cell.",
        "i, f, g, o = np.split(x @ weight_ih.T + h @ weight_hh.T + bias, 4, axis=1); "
        "c = sigmoid(f) * c + sigmoid(i) * np.tanh(g); return sigmoid(o) * np.tanh(c), c",
    ),
    slips=(
        Slip(
            "order i, f, o, g",
            _lstm_with("ifog"),
            says="Candidate and output gate are exchanged: the third block is the candidate, the fourth the "
            "output gate.",
            hint="Write the four letters in the order of the statement and number your blocks.",
        ),
        Slip(
            "order f, i, g, o",
            _lstm_with("figo"),
            says="Input gate and forget gate are exchanged: the first block is the input gate, the second "
            "the forget gate.",
            hint="Which of the two gates multiplies the old cell, and which block is it?",
        ),
        Slip(
            "another order",
            _lstm_with("fiog"),
            also=tuple(map(_lstm_with, ("iofg", "igfo", "fgio", "ofig", "oifg", "gifo", "fogi", "iogf"))),
            says="The four blocks are taken in another order than input, forget, candidate, output.",
            hint="Frameworks differ in this order. Write the four letters of the statement and number them.",
        ),
        Slip(
            "interleaved blocks",
            _lstm_with(cut=_interleaved),
            says="You take every fourth entry of z for a gate. The blocks lie side by side: H entries of one "
            "gate, then H of the next.",
            hint="With H = 2, which entries of z belong to the input gate?",
        ),
        Slip(
            "sigmoid for the candidate",
            _lstm_with(g=_sigmoid),
            says="The candidate goes through a sigmoid; it needs tanh, so that a cell can also shrink.",
            hint="Which of the four blocks may be negative after squashing?",
        ),
        Slip(
            "tanh for the gates",
            _lstm_with(i=np.tanh, f=np.tanh, o=np.tanh),
            says="The gates go through tanh. A gate says how much passes, so it lies between 0 and 1.",
            hint="What would a gate of -1 do to the cell?",
        ),
        Slip(
            "tanh and sigmoid exchanged",
            _lstm_with(i=np.tanh, f=np.tanh, o=np.tanh, g=_sigmoid),
            also=(
                _lstm_with(
                    i=np.tanh, f=np.tanh, o=np.tanh, g=_sigmoid, shown=lambda o, c, _: o * _sigmoid(c)
                ),
            ),
            says="Tanh and sigmoid are exchanged: three blocks are gates between 0 and 1, one is not.",
            hint="Which of the four blocks may be negative after squashing?",
        ),
        Slip(
            "candidate not squashed",
            _lstm_with(g=_as_is),
            says="The candidate goes into the cell as it is; the tanh of it is missing.",
            hint="With z = 1000 for the candidate, how much can one step add to the cell at most?",
        ),
        Slip(
            "gates not squashed",
            _lstm_with(i=_as_is, f=_as_is, o=_as_is),
            says="The gates multiply as they are; the sigmoid of them is missing.",
            hint="A gate lies between 0 and 1. Between what does your forget gate lie?",
        ),
        Slip(
            "forget gate missing",
            _lstm_with(cell=lambda i, f, g, c: c + i * g),
            says="The old cell is carried over whole: nothing multiplies it, so it can never be forgotten.",
            hint="Shut the forget gate: what must be left of the old cell?",
        ),
        Slip(
            "input gate missing",
            _lstm_with(cell=lambda i, f, g, c: f * c + g),
            says="The candidate is added whole: the input gate does not multiply it.",
            hint="Shut the input gate: what must come into the cell?",
        ),
        Slip(
            "input gate stored",
            _lstm_with(cell=lambda i, f, g, c: f * c + i),
            says="The input gate itself is added to the cell, without the candidate that it lets in.",
            hint="What is stored, and how much of it? These are two blocks.",
        ),
        Slip(
            "old cell missing",
            _lstm_with(cell=lambda i, f, g, c: i * g),
            says="The old cell is lost: the new one holds the candidate's part alone.",
            hint="What does the forget gate keep?",
        ),
        Slip(
            "forget gate twice",
            _lstm_with(cell=lambda i, f, g, c: f * c + (1 - f) * g),
            says="The candidate is weighed by one minus the forget gate; it has a gate of its own.",
            hint="Can your cell keep everything old and still take in something new?",
        ),
        Slip(
            "forget gate turned round",
            _lstm_with(cell=lambda i, f, g, c: (1 - f) * c + i * g),
            says="The forget gate works the wrong way round: open, near 1, it keeps the cell.",
            hint="What does the formula of the cell make of f = 1?",
        ),
        Slip(
            "state in place of the cell",
            lambda x, h, c, *weights: _lstm_with()(x, h, h, *weights),
            says="The forget gate multiplies the old state h; what it keeps is the old cell c.",
            hint="Hand in a cell of zeros and a state of ones: what does the forget gate see?",
        ),
        Slip(
            "old cell shown",
            _lstm_with(shown=lambda o, new, old: o * np.tanh(old)),
            says="The new state is made of the old cell; the output gate shows the new one.",
            hint="In which order do you compute c' and h'?",
        ),
        Slip(
            "cell not squashed",
            _lstm_with(shown=lambda o, new, old: o * new),
            says="The output gate shows the cell as it is; the tanh of the cell is missing.",
            hint="A cell can grow to 1000. Between what must the state lie?",
        ),
        Slip(
            "order i, f, o, g + cell not squashed",
            _lstm_with("ifog", shown=lambda o, new, old: o * new),
            says="Two things: candidate and output gate are exchanged, the third block is the candidate. And "
            "the output gate shows the cell as it is; the tanh of the cell is missing.",
            hint="Number your blocks by the four letters of the statement, then look at the last line.",
        ),
        Slip(
            "sigmoid of the cell",
            _lstm_with(shown=lambda o, new, old: o * _sigmoid(new)),
            says="The cell is shown through a sigmoid; it needs tanh.",
            hint="What sign has the state when the cell is negative?",
        ),
        Slip(
            "gate inside tanh",
            _lstm_with(shown=lambda o, new, old: np.tanh(o * new)),
            says="The output gate multiplies inside of tanh; it multiplies the tanh of the cell.",
            hint="With a cell of 1000 and a half-open gate, what must the state be?",
        ),
        Slip(
            "output gate missing",
            _lstm_with(shown=lambda o, new, old: np.tanh(new)),
            says="The whole cell is shown: the output gate does not multiply it.",
            hint="Shut the output gate: what must the state be?",
        ),
        Slip(
            "squashed cell returned",
            _lstm_with(results=lambda h, c: (h, np.tanh(c))),
            says="The cell that you hand on is squashed: tanh belongs to the new state alone.",
            hint="Hand in a cell of 5 with the forget gate open and the input gate shut. What must come out?",
        ),
        Slip(
            "results exchanged",
            _lstm_with(results=lambda h, c: (c, h)),
            says="State and cell are exchanged: the state comes first.",
            hint="Look at the order of the results in the statement.",
        ),
        Slip(
            "old cell returned",
            lambda x, h, c, *weights: (_lstm_with()(x, h, c, *weights)[0], c),
            says="The old cell is returned; the next step needs the new one.",
            hint="Which cell does the sequence go on with?",
        ),
        Slip(
            "bias twice",
            _lstm_with(z=lambda x, h, w, r, b: x @ w.T + b + h @ r.T + b),
            says="The bias is added twice, once to each product; here is only one bias.",
            hint="With x and h of zeros, what must z be?",
        ),
        Slip(
            "bias forgotten",
            _lstm_with(z=lambda x, h, w, r, b: x @ w.T + h @ r.T),
            says="The bias is missing.",
            hint="With x and h of zeros, what must z be?",
        ),
        Slip(
            "old state forgotten",
            _lstm_with(z=lambda x, h, w, r, b: x @ w.T + b),
            says="The gates do not see the old state: its product with `weight_hh` is missing.",
            hint="Which of the arguments is not used yet?",
        ),
        Slip(
            "overflow",
            _lstm_with(i=_overflowing_sigmoid, f=_overflowing_sigmoid, o=_overflowing_sigmoid),
            also=(
                _lstm_with(g=_overflowing_tanh, shown=lambda o, new, old: o * _overflowing_tanh(new)),
                _lstm_with(
                    i=_overflowing_sigmoid,
                    f=_overflowing_sigmoid,
                    o=_overflowing_sigmoid,
                    g=_overflowing_tanh,
                    shown=lambda o, new, old: o * _overflowing_tanh(new),
                ),
            ),
            says="For large z your sigmoid or tanh divides infinity by infinity, which is NaN.",
            hint="exp(1000) is infinite, exp(-1000) is 0. Which of the two can a quotient stand?",
        ),
        Slip(
            "sigmoid for the candidate + cell not squashed",
            _lstm_with(g=_sigmoid, shown=lambda o, new, old: o * new),
            says="Two things: the candidate needs tanh in place of the sigmoid, and the output gate shows "
            "the tanh of the cell.",
            hint="tanh stands in the step twice. Where?",
        ),
    ),
    because="Three gates between 0 and 1 say how much of the candidate is stored, how much of the cell is "
    "kept and how much of it is shown. The sigmoid is written with tanh, which never overflows.",
)

# One step of a GRU.


def _gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh):  # type: ignore[no-untyped-def]
    u_r, u_z, u_n = np.split(x @ weight_ih.T + bias_ih, 3, axis=1)
    v_r, v_z, v_n = np.split(h @ weight_hh.T + bias_hh, 3, axis=1)
    r, z = (0.5 * np.tanh(0.5 * (u + v)) + 0.5 for u, v in ((u_r, v_r), (u_z, v_z)))
    n = np.tanh(u_n + r * v_n)
    return (1 - z) * n + z * h


def _gru_step_by_gates(x: Any, h: Any, weight_ih: Any, weight_hh: Any, bias_ih: Any, bias_hh: Any) -> Any:
    units = h.shape[1]

    def _from(values: Any, weight: Any, bias: Any, gate: int) -> Any:
        rows = slice(gate * units, (gate + 1) * units)
        return np.einsum("nd,kd->nk", values, weight[rows]) + bias[rows]

    both = [(_from(x, weight_ih, bias_ih, gate), _from(h, weight_hh, bias_hh, gate)) for gate in range(3)]
    reset, update = (1 / (1 + np.exp(-(u + v))) for u, v in both[:2])
    new = np.tanh(both[2][0] + both[2][1] * reset)
    return new + update * (h - new)


def _gru_weights(rng: np.random.Generator, n: int, d: int, units: int) -> tuple[Any, ...]:
    shapes = ((n, d), (n, units), (3 * units, d), (3 * units, units), (3 * units,), (3 * units,))
    return tuple(rng.normal(size=shape) for shape in shapes)


def _gru_inputs(rng: np.random.Generator, size: int) -> tuple[Any, ...]:
    return _gru_weights(rng, size, size + 1, size + 2)


def _large_gru() -> tuple[Any, ...]:
    """Return inputs that open and shut gates entirely: 8 samples for every combination."""
    signs = np.array([[(n >> k) % 2 for k in range(3)] for n in range(8)]) * 2.0 - 1
    h = np.where(np.arange(8) % 3, -2.0, OPEN)[:, None]
    return OPEN * signs, h, np.eye(3), np.zeros((3, 1)), np.zeros(3), np.array([0.0, 0.0, 0.5])


def _gru_gate_alone(gate: str) -> tuple[Any, ...]:
    """Return inputs whose results hang on one gate."""
    x, h, weight_ih, weight_hh, bias_ih, bias_hh = _gru_weights(np.random.default_rng(1), 2, 3, 2)
    rows = np.repeat([name == gate for name in "rzn"], 2)
    elsewhere = np.repeat([OPEN, -OPEN if gate != "z" else 0.0, OPEN if gate == "z" else 0.0], 2)
    fixed = np.repeat([0.0, 0.0, 1.0 if gate == "r" else 0.0], 2)
    weights = (weight_ih * rows[:, None], weight_hh * rows[:, None])
    return x, h, *weights, np.where(rows, bias_ih, elsewhere), np.where(rows, bias_hh, fixed)


def _candidate(u: Any, v: Any, r: Any, h: Any, weight: Any, bias: Any) -> Any:
    """Return what stands inside of tanh: u and v come from x and h, `weight` and `bias` make v of h."""
    return u + r * v


def _gru_with(
    order: str = "rzn",
    *,
    cut: Callable[..., Any] = _one_below_the_other,
    inside: Callable[..., Any] = _candidate,
    state: Callable[..., Any] = lambda n, z, h, r: (1 - z) * n + z * h,
    biases: Callable[..., Any] = lambda b, c: (b, c),
    resets: str = "r",
    **squash: Callable[..., Any],
) -> Callable[..., Any]:
    """Return the step with something else in place of one of its parts; `squash` is by gate."""
    squashing: dict[str, Callable[..., Any]] = {"r": _sigmoid, "z": _sigmoid, "n": np.tanh, **squash}

    def _wrong(x: Any, h: Any, weight_ih: Any, weight_hh: Any, bias_ih: Any, bias_hh: Any) -> Any:
        bias_ih, bias_hh = biases(bias_ih, bias_hh)
        u = dict(zip(order, cut(x @ weight_ih.T + bias_ih, 3), strict=True))
        v = dict(zip(order, cut(h @ weight_hh.T + bias_hh, 3), strict=True))
        gates = {gate: squashing[gate](u[gate] + v[gate]) for gate in "rz"}
        weight, bias = (dict(zip(order, np.split(a, 3), strict=True))["n"] for a in (weight_hh, bias_hh))
        n = squashing["n"](inside(u["n"], v["n"], gates[resets], h, weight, bias))
        return state(n, gates["z"], h, gates["r"])

    return _wrong


def _reset_before(u: Any, v: Any, r: Any, h: Any, weight: Any, bias: Any) -> Any:
    return u + (r * h) @ weight.T + bias


def _exchanged(n: Any, z: Any, h: Any, r: Any) -> Any:
    return z * n + (1 - z) * h


gru_step = Function(
    id="ours-gru-step",
    title="One step of a GRU",
    statement="Write `gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh)`: one step of a gated recurrent "
    "unit for a batch, in PyTorch's form, with x of shape (N, D), the old state h (N, H), weight_ih (3H, D), "
    "weight_hh (3H, H) and two biases (3H,). For every sample, u = weight_ih x + bias_ih and v = weight_hh h "
    "+ bias_hh have 3H entries each: the first H are for the reset gate r, the next H for the update gate z, "
    "the last H for the candidate n. Then r = σ(uᵣ + vᵣ) and z = σ(u_z + v_z) with the sigmoid σ. The "
    "candidate is n = tanh(uₙ + r ⊙ vₙ): the reset gate multiplies the product with h and its bias. The new "
    "state is h' = (1 - z) ⊙ n + z ⊙ h. Return h'. The entries of u and v can be as large as ±1000.",
    stub="def gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh):\n    ...\n",
    points=3,
    reference=_gru_step,
    also=(_gru_step_by_gates,),
    inputs=_gru_inputs,
    corners=(_gru_weights(np.random.default_rng(4), 1, 1, 1), _large_gru()),
    probes={
        "the reset gate": _gru_gate_alone("r"),
        "the update gate": _gru_gate_alone("z"),
        "the candidate": _gru_gate_alone("n"),
    },
    hints=(
        "Keep what comes from x and what comes from h apart: in one of the three blocks they meet in another "
        "way than by adding.",
        "Cut u and v along the last axis into three blocks of H columns each.",
        "The reset gate acts on what the candidate hears from the old state, after the product.",
        "With z = 1 the new state is the old one, whatever the candidate is.",
        "r = sigmoid(u_r + v_r); z = sigmoid(u_z + v_z); n = np.tanh(u_n + r * v_n); "
        "return (1 - z) * n + z * h",
    ),
    slips=(
        Slip(
            "z and 1 - z exchanged",
            _gru_with(state=_exchanged),
            says="z and 1 - z are exchanged: here z says how much of the old state is kept.",
            hint="Let z be 1. Which of the two, n or h, must come out?",
        ),
        Slip(
            "order z, r, n",
            _gru_with("zrn"),
            says="Reset gate and update gate are exchanged: the first block is the reset gate, the second "
            "the update gate.",
            hint="Some books begin with the update gate. Number the blocks as the statement does.",
        ),
        Slip(
            "another order",
            _gru_with("nrz"),
            also=(_gru_with("rnz"), _gru_with("znr"), _gru_with("nzr")),
            says="The three blocks are taken in another order than reset, update, candidate.",
            hint="Write the three letters of the statement and number your blocks.",
        ),
        Slip(
            "interleaved blocks",
            _gru_with(cut=_interleaved),
            says="You take every third entry for a gate. The blocks lie side by side: H entries of one gate, "
            "then H of the next.",
            hint="With H = 2, which entries belong to the reset gate?",
        ),
        Slip(
            "reset before the product",
            _gru_with(inside=_reset_before),
            says="The reset gate multiplies h before the product, as in the first paper on it. Here it "
            "multiplies what comes out of the product.",
            hint="What is reset first in your code: h, or `weight_hh` times h?",
        ),
        Slip(
            "bias not reset",
            _gru_with(inside=lambda u, v, r, h, w, b: u + r * (v - b) + b),
            says="`bias_hh` stays outside of what the reset gate multiplies; its last block belongs inside.",
            hint="With h of zeros and r shut, what is left inside of tanh?",
        ),
        Slip(
            "reset missing",
            _gru_with(inside=lambda u, v, r, h, w, b: u + v),
            says="The candidate sees all of the old state: the reset gate is not used.",
            hint="Shut the reset gate. What does the candidate still know of h?",
        ),
        Slip(
            "input reset as well",
            _gru_with(inside=lambda u, v, r, h, w, b: r * (u + v)),
            says="The reset gate multiplies what comes from x as well; it acts on the part of h alone.",
            hint="With the reset gate shut, the candidate must still see x.",
        ),
        Slip(
            "reset on the input",
            _gru_with(inside=lambda u, v, r, h, w, b: r * u + v),
            says="The reset gate multiplies the part of x; it acts on the part of h.",
            hint="What is to be forgotten: the input, or the past?",
        ),
        Slip(
            "update gate in the candidate",
            _gru_with(resets="z"),
            says="The candidate is reset by the update gate z; it takes the reset gate r.",
            hint="Each of the two gates is used in one place only (z with its complement). Which?",
        ),
        Slip(
            "sigmoid for the candidate",
            _gru_with(n=_sigmoid),
            says="The candidate goes through a sigmoid; it needs tanh, so that the state can be negative.",
            hint="Which of the three blocks may be negative after squashing?",
        ),
        Slip(
            "candidate not squashed",
            _gru_with(n=_as_is),
            says="The candidate goes into the state as it is; the tanh of it is missing.",
            hint="Between what must the candidate lie, even for large inputs?",
        ),
        Slip(
            "tanh for the gates",
            _gru_with(r=np.tanh, z=np.tanh),
            also=(_gru_with(r=np.tanh), _gru_with(z=np.tanh)),
            says="One or both gates go through tanh. A gate says how much passes: from 0 to 1.",
            hint="What would an update gate of -1 mean?",
        ),
        Slip(
            "gates not squashed",
            _gru_with(r=_as_is, z=_as_is),
            says="The gates multiply as they are; the sigmoid of them is missing.",
            hint="A gate lies between 0 and 1. Between what does your update gate lie?",
        ),
        Slip(
            "old state missing",
            _gru_with(state=lambda n, z, h, r: (1 - z) * n),
            says="The new state holds the candidate's part alone; the part that is kept of h is missing.",
            hint="Let z be 1. What must come out?",
        ),
        Slip(
            "no mixture",
            _gru_with(state=lambda n, z, h, r: n),
            says="The candidate is returned as the new state; it has still to be mixed with the old one.",
            hint="Where is the update gate used?",
        ),
        Slip(
            "candidate whole",
            _gru_with(state=lambda n, z, h, r: n + z * h),
            says="The candidate is added whole; only the part that is not kept of h comes from it.",
            hint="The two shares of a mixture add up to 1.",
        ),
        Slip(
            "candidate by z as well",
            _gru_with(state=lambda n, z, h, r: z * n + z * h),
            says="Both parts are multiplied by z. The two shares of a mixture add up to 1.",
            hint="Let z be 0. What must come out?",
        ),
        Slip(
            "reset state mixed",
            _gru_with(state=lambda n, z, h, r: (1 - z) * n + z * (r * h)),
            says="The mixture holds the state after the reset; it takes the old state as it was.",
            hint="Where does the reset gate act, and where not?",
        ),
        Slip(
            "bias_hh forgotten",
            _gru_with(biases=lambda b, c: (b, 0 * c)),
            says="`bias_hh` is missing.",
            hint="Which of the arguments is not used yet?",
        ),
        Slip(
            "bias_ih forgotten",
            _gru_with(biases=lambda b, c: (0 * b, c)),
            says="`bias_ih` is missing.",
            hint="Which of the arguments is not used yet?",
        ),
        Slip(
            "biases exchanged",
            _gru_with(biases=lambda b, c: (c, b)),
            says="The two biases are exchanged: `bias_hh` belongs to the product with h.",
            hint="In two of the blocks it makes no difference. In which does it?",
        ),
        Slip(
            "biases forgotten",
            _gru_with(biases=lambda b, c: (0 * b, 0 * c)),
            says="Both biases are missing.",
            hint="With x and h of zeros, what are u and v?",
        ),
        Slip(
            "biases twice",
            _gru_with(biases=lambda b, c: (b + c, b + c)),
            says="Each bias is added twice: each of the two products has one bias of its own.",
            hint="With x and h of zeros, what are u and v?",
        ),
        Slip(
            "old state forgotten",
            _gru_with(inside=lambda u, v, r, h, w, b: u),
            says="The candidate sees the input alone: its part of the old state is missing.",
            hint="With the reset gate open, what does the candidate know of h?",
        ),
        Slip(
            "overflow",
            _gru_with(r=_overflowing_sigmoid, z=_overflowing_sigmoid),
            also=(
                _gru_with(n=_overflowing_tanh),
                _gru_with(r=_overflowing_sigmoid, z=_overflowing_sigmoid, n=_overflowing_tanh),
            ),
            says="For large numbers your sigmoid or tanh divides infinity by infinity, which is NaN.",
            hint="exp(1000) is infinite, exp(-1000) is 0. Which of the two can a quotient stand?",
        ),
        Slip(
            "reset before the product + z and 1 - z exchanged",
            _gru_with(inside=_reset_before, state=_exchanged),
            says="Two things differ from the form asked for, as in many books: the reset gate multiplies h "
            "before the product, and z and 1 - z are exchanged.",
            hint="Take z first: let it be 1. Which of the two, n or h, must come out?",
        ),
        Slip(
            "order z, r, n + z and 1 - z exchanged",
            _gru_with("zrn", state=_exchanged),
            says="Two things: the first block is the reset gate, and z says how much of the old state is "
            "kept.",
            hint="Number the blocks first, then let z be 1.",
        ),
    ),
    because="The reset gate says how much of the past the candidate hears, the update gate how much of it "
    "stays. The sigmoid is written with tanh, which never overflows.",
)
