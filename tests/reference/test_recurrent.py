"""Recurrent nets: numbers of the books, what the gates do, lengths, and plain against fast."""

import numpy as np
import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.errors import ShapeError, ValidationError
from dlcore.gradcheck import check

NETS = {"rnn": (1, 1), "lstm": (4, 2), "gru": (3, 1), "minimal_gated": (2, 1)}  # gates, states
SATURATED = 50.0  # σ(50) = 1 - 2e-22 = 1 in float64


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def arguments(rng, gates, states, n=4, steps=5, features=3, hidden=2):
    rows = gates * hidden
    return [
        rng.normal(size=(n, steps, features)),
        *(rng.normal(size=(n, hidden)) for _ in range(states)),
        rng.normal(size=(rows, features)),
        rng.normal(size=(rows, hidden)),
        rng.normal(size=rows),
        rng.normal(size=rows),
    ]


# ---------------------------------------------------------------------- numbers of the books


def test_states_of_mmds_equation_13_5():
    u, w, b = [[1, -1], [0.5, 1]], [[0, 0.5], [-0.5, 0.25]], [0, 0.1]
    (y, h_n), _ = reference.rnn([[[1.0, 0], [0, 1], [1, 0]]], None, u, w, b)
    expected = [[0.761594, 0.537050], [-0.623967, 0.692875], [0.873210, 0.795120]]
    np.testing.assert_allclose(y[0], expected, atol=5e-7)
    np.testing.assert_array_equal(h_n, y[:, -1])


def test_states_of_burkov_figure_4():
    half = 0.5 * np.eye(2)
    (y, _), _ = reference.rnn([[[1.0, -1], [0, 0], [0, 0]]], None, half, half)
    np.testing.assert_allclose(y[0, :, 0], [0.462117, 0.227033, 0.113031], atol=5e-7)
    np.testing.assert_array_equal(y[0, :, 1], -y[0, :, 0])


def test_padding_drifts_the_state_unless_the_length_is_told():
    """U = 1, W = 0.5, b = 0.2 on 1, 0, 1 and two padded zeros, as mmds advises to pad."""
    x = np.array([1.0, 0, 1, 0, 0]).reshape(1, 5, 1)
    arguments = (x, None, [[1.0]], [[0.5]], [0.2])
    (_, drifted), _ = reference.rnn(*arguments)
    (_, kept), _ = reference.rnn(*arguments, lengths=[3])
    assert drifted.item() == pytest.approx(0.450961, abs=5e-7)
    assert kept.item() == pytest.approx(0.900424, abs=5e-7)


def test_memory_of_a_plain_net_fades_but_does_not_stop():
    """h' = tanh(0.5 h + x) at zero input: dh₁₀/dx₁ = 0.5⁹."""
    _, back = reference.rnn(np.zeros((1, 10, 1)), None, [[1.0]], [[0.5]])
    dx, *_ = back(None, np.ones((1, 1)))
    np.testing.assert_allclose(dx.ravel(), 0.5 ** np.arange(9, -1, -1), rtol=1e-12)


#: rows i, f, g, o of the worked step: U, W, b
WORKED = (
    np.array([[1.0], [0.0], [1.0], [0.5]]),
    np.array([[-0.5], [1.0], [0.5], [1.0]]),
    np.array([0.0, 1.0, 0.0, 0.0]),
)


def test_worked_step_of_mmds_equations_13_10_to_13_15():
    weight_ih, weight_hh, bias = WORKED
    arguments = ([[1.0]], [[0.5]], [[1.0]], weight_ih, weight_hh, bias)
    (h, c), _ = reference.lstm_step(*arguments)
    assert c.item() == pytest.approx(1.393711, abs=5e-7)
    assert h.item() == pytest.approx(0.646245, abs=5e-7)
    (printed, c), _ = reference.lstm_step(*arguments, gate_before_tanh=True)
    assert c.item() == pytest.approx(1.393711, abs=5e-7)
    assert printed.item() == pytest.approx(0.769412, abs=5e-7)


def constant_gates(i, f, g, o):
    """Weights and bias of an LSTM step with one unit whose gates have these values for any input."""
    logit = [np.log(v / (1 - v)) for v in (i, f, o)]
    return np.zeros((4, 1)), np.zeros((4, 1)), np.array([logit[0], logit[1], np.arctanh(g), logit[2]])


def test_cell_and_hidden_state_of_rawassizadeh():
    """f = 0.9, C = 2, i = 0.5, candidate -0.4 give 1.6; o = 0.7 shows 0.645168 of it."""
    (h, c), _ = reference.lstm_step([[0.0]], None, [[2.0]], *constant_gates(0.5, 0.9, -0.4, 0.7))
    assert c.item() == pytest.approx(1.6, abs=1e-12)
    assert h.item() == pytest.approx(0.645168, abs=5e-7)


def test_cell_grows_beyond_one():
    """mmds says that both states stay within [-1, 1]; the cell does not."""
    bias = np.full(4, SATURATED)
    (_, _, c_n), _ = reference.lstm(
        np.zeros((1, 10, 1)), None, None, np.zeros((4, 1)), np.zeros((4, 1)), bias
    )
    assert c_n.item() == pytest.approx(10.0, abs=1e-12)
    weights = constant_gates(0.9, 0.9, 0.9, 0.9)
    (_, _, c_n), _ = reference.lstm(np.zeros((1, 500, 1)), None, None, *weights)
    assert c_n.item() == pytest.approx(0.9 * 0.9 / 0.1, abs=1e-9)


def test_lstm_with_fixed_gates_is_a_plain_net_with_one_more_tanh():
    rng = np.random.default_rng(0)
    x, u, w, b = (rng.normal(size=s) for s in ((1, 6, 2), (3, 2), (3, 3), (3,)))
    weight_ih, weight_hh, bias = np.zeros((12, 2)), np.zeros((12, 3)), np.repeat([1.0, -1, 0, 1], 3) * 800
    weight_ih[6:9], weight_hh[6:9], bias[6:9] = u, w, b
    (y, _, _), _ = reference.lstm(x, None, None, weight_ih, weight_hh, bias)
    twice = once = np.zeros(3)
    for t in range(6):
        twice = np.tanh(np.tanh(w @ twice + u @ x[0, t] + b))
        once = np.tanh(w @ once + u @ x[0, t] + b)
        np.testing.assert_allclose(y[0, t], twice, rtol=1e-14)
    assert np.abs(y[0, -1] - once).max() > 0.01


@pytest.mark.parametrize(
    ("forget", "steps", "expected"),
    [(0.999, 100, 0.9048), (0.99, 100, 0.366), (0.9, 100, 2.66e-5), (0.5, 50, 8.9e-16)],
)
def test_gradient_along_the_cell_is_the_product_of_forget_gates(forget, steps, expected):
    _, back = reference.lstm(
        np.zeros((1, steps, 1)), None, np.ones((1, 1)), *constant_gates(0.5, forget, 0.3, 0.5)
    )
    _, _, dc0, *_ = back(None, None, np.ones((1, 1)))
    assert dc0.item() == pytest.approx(forget**steps, rel=1e-10)
    assert dc0.item() == pytest.approx(expected, rel=5e-3)


def gru_of_the_section(x, h, blocks):
    """rawassizadeh's section: reset before the product, old state weighted by 1 - z."""
    (w_r, u_r, b_r), (w_z, u_z, b_z), (w_n, u_n, b_n) = blocks
    r, z = sigmoid(x @ w_r + h @ u_r + b_r), sigmoid(x @ w_z + h @ u_z + b_z)
    return (1 - z) * h + z * np.tanh(x @ w_n + (r * h) @ u_n + b_n)


def test_gru_of_rawassizadeh_maps_onto_ours():
    """With z negated the section's form is ours where r is a constant; else the two differ."""
    rng = np.random.default_rng(3)
    x, h = rng.normal(size=(5, 2)), rng.normal(size=(5, 3))
    blocks = [[rng.normal(size=s) for s in ((2, 3), (3, 3), (3,))] for _ in range(3)]

    def ours():
        (w_r, u_r, b_r), (w_z, u_z, b_z), (w_n, u_n, b_n) = blocks
        weight_ih, weight_hh = np.hstack([w_r, -w_z, w_n]).T, np.hstack([u_r, -u_z, u_n]).T
        return reference.gru_step(x, h, weight_ih, weight_hh, np.hstack([b_r, -b_z, b_n]))[0]

    assert np.abs(ours() - gru_of_the_section(x, h, blocks)).max() > 0.05
    blocks[0] = [np.zeros((2, 3)), np.zeros((3, 3)), np.full(3, 0.7)]
    np.testing.assert_allclose(ours(), gru_of_the_section(x, h, blocks), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("z", "section", "table"), [(0.99, -0.487, 0.787), (0.01, 0.787, -0.487)])
def test_meaning_of_the_update_gate(z, section, table):
    """h = 0.8, candidate -0.5: in our form (rawassizadeh's table) z keeps, in the section it replaces."""
    zeros = np.zeros((3, 1))
    bias = np.array([0.0, np.log(z / (1 - z)), np.arctanh(-0.5)])
    kept, _ = reference.gru_step([[0.0]], [[0.8]], zeros, zeros, bias)
    assert kept.item() == pytest.approx(table, abs=1e-9)
    replaced, _ = reference.gru_step([[0.0]], [[0.8]], zeros, zeros, bias * [1, -1, 1])
    assert replaced.item() == pytest.approx(section, abs=1e-9)


def test_minimal_gated_unit_of_burkov_and_its_gru():
    """Γ = 0.25, candidate 0.9, old 0.5 give 0.6; a GRU with r = 1 and z = 1 - Γ does the same."""
    bias = np.array([np.log(0.25 / 0.75), np.arctanh(0.9)])
    h, _ = reference.minimal_gated_step([[0.0]], [[0.5]], np.zeros((2, 1)), np.zeros((2, 1)), bias)
    assert h.item() == pytest.approx(0.6, abs=1e-12)
    rng = np.random.default_rng(5)
    x, h0, w, u, b, c = arguments(rng, 2, 1, hidden=3)

    def as_gru(a, reset):
        return np.concatenate([np.zeros_like(a[:3]) + reset, -a[:3], a[3:]])

    (y, h_n), _ = reference.minimal_gated(x, h0, w, u, b, c)
    (gru_y, gru_h), _ = reference.gru(x, h0, as_gru(w, 0), as_gru(u, 0), as_gru(b, SATURATED), as_gru(c, 0))
    np.testing.assert_allclose(y, gru_y, rtol=1e-12)
    np.testing.assert_allclose(h_n, gru_h, rtol=1e-12)


def test_minimal_gated_unit_of_burkov_unit_by_unit():
    rng = np.random.default_rng(6)
    x, h, (w, m), (u, o), (b, a) = (rng.normal(size=s) for s in (3, 2, (2, 2, 3), (2, 2, 2), (2, 2)))
    new, _ = reference.minimal_gated_step(
        x[None], h[None], np.vstack([m, w]), np.vstack([o, u]), np.hstack([a, b])
    )
    for unit in range(2):
        candidate = np.tanh(w[unit] @ x + u[unit] @ h + b[unit])
        gate = sigmoid(m[unit] @ x + o[unit] @ h + a[unit])
        assert new[0, unit] == pytest.approx(gate * candidate + (1 - gate) * h[unit], rel=1e-12)


@pytest.mark.parametrize(
    ("gate", "expected"), [(0.001, 0.905), (0.01, 0.366), (0.1, 2.66e-5), (0.5, 7.9e-31)]
)
def test_gradient_through_a_minimal_gate(gate, expected):
    zeros = np.zeros((2, 1))
    bias = np.array([np.log(gate / (1 - gate)), 0.3])
    _, back = reference.minimal_gated(np.zeros((1, 100, 1)), np.ones((1, 1)), zeros, zeros, bias)
    _, dh0, *_ = back(None, np.ones((1, 1)))
    assert dh0.item() == pytest.approx((1 - gate) ** 100, rel=1e-10)
    assert dh0.item() == pytest.approx(expected, rel=5e-3)


# ---------------------------------------------------------------------- gates that are shut or open


def lstm_gates(**values):
    """Bias of a 1-unit step with gates at 0 or 1 and the candidate at tanh(0.5)."""
    z = {"i": 1.0, "f": 1.0, "o": 1.0, **values}
    return np.array(
        [
            SATURATED * (2 * z["i"] - 1) * 16,
            SATURATED * (2 * z["f"] - 1) * 16,
            0.5,
            SATURATED * (2 * z["o"] - 1) * 16,
        ]
    )


@pytest.mark.parametrize(
    ("gates", "cell"),
    [({"f": 0.0}, np.tanh(0.5)), ({"i": 0.0}, 2.0), ({"i": 1.0, "f": 1.0}, 2.0 + np.tanh(0.5))],
)
def test_forget_and_save(gates, cell):
    (h, c), _ = reference.lstm_step(
        [[3.0]], [[0.4]], [[2.0]], np.zeros((4, 1)), np.zeros((4, 1)), lstm_gates(**gates)
    )
    assert c.item() == pytest.approx(cell, abs=1e-15)
    assert h.item() == pytest.approx(np.tanh(cell), abs=1e-15)


def test_focus_shows_one_component_and_keeps_the_others():
    bias = np.concatenate([np.full(3, -800.0), np.full(3, 800.0), np.zeros(3), [-800.0, 800.0, -800.0]])
    cell = np.array([[0.3, -0.7, 1.2]])
    (h, c), _ = reference.lstm_step(np.ones((1, 2)), None, cell, np.zeros((12, 2)), np.zeros((12, 3)), bias)
    np.testing.assert_array_equal(c, cell)
    np.testing.assert_allclose(h, [[0, np.tanh(-0.7), 0]], atol=1e-15)


def test_gru_copies_or_ignores_the_past():
    rng = np.random.default_rng(8)
    x, h, w, u, b, c = (rng.normal(size=s) for s in ((4, 2), (4, 3), (9, 2), (9, 3), (9,), (9,)))
    keep, forget = b.copy(), b.copy()
    keep[3:6] = 800.0
    forget[:6] = -800.0
    np.testing.assert_array_equal(reference.gru_step(x, h, w, u, keep, c)[0], h)
    np.testing.assert_array_equal(
        reference.gru_step(x, h, w, u, forget, c)[0], reference.gru_step(x, -h, w, u, forget, c)[0]
    )


# ---------------------------------------------------------------------- plain and fast, step and sequence


@pytest.mark.parametrize("peephole", [False, True])
def test_lstm_and_its_naive_twin_give_the_same(peephole):
    rng = np.random.default_rng(1)
    given = [*arguments(rng, 4, 2), rng.normal(size=(3, 2)) if peephole else None]
    outputs, back = reference.lstm(*given)
    plain, back_plain = reference.lstm_naive(*given)
    us = [rng.normal(size=y.shape) for y in outputs]
    for ours, theirs in zip((*outputs, *back(*us)), (*plain, *back_plain(*us)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14) if ours is not None else None
    tensors = [None if a is None else torch.tensor(a) for a in given]
    for fast, slow in zip(mirror.lstm(*tensors), mirror.lstm_naive(*tensors), strict=True):
        np.testing.assert_allclose(fast, slow, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", NETS)
def test_a_sequence_is_its_steps(name):
    gates, states = NETS[name]
    x, *rest = arguments(np.random.default_rng(2), gates, states)
    (y, *finals), _ = getattr(reference, name)(x, *rest)
    current, weights = rest[:states], rest[states:]
    for t in range(x.shape[1]):
        after, _ = getattr(reference, f"{name}_step")(x[:, t], *current, *weights)
        current = after if isinstance(after, tuple) else (after,)
        np.testing.assert_allclose(y[:, t], current[0], rtol=1e-12)
    for ours, theirs in zip(finals, current, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("name", NETS)
def test_no_cotangent_is_a_zero_cotangent(name):
    gates, states = NETS[name]
    rng = np.random.default_rng(4)
    arrays = arguments(rng, gates, states)
    outputs, back = getattr(reference, name)(*arrays)
    us = [rng.normal(size=y.shape) for y in outputs]
    for left_out in range(len(us)):
        given = [None if k == left_out else u for k, u in enumerate(us)]
        filled = [np.zeros_like(u) if k == left_out else u for k, u in enumerate(us)]
        for a, b in zip(back(*given)[: len(arrays)], back(*filled), strict=False):
            np.testing.assert_array_equal(a, b)
            assert np.abs(a).max() > 0
    for a in back(*[None] * len(us))[: len(arrays)]:
        assert not a.any()


def test_no_cotangent_of_a_step_is_a_zero_cotangent():
    rng = np.random.default_rng(4)
    x, *rest = arguments(rng, 4, 2)
    (h, _), back = reference.lstm_step(x[:, 0], *rest)
    u, none = rng.normal(size=h.shape), np.zeros_like(h)
    for given, filled in (((u, None), (u, none)), ((None, u), (none, u))):
        for a, b in zip(back(*given)[:-1], back(*filled)[:-1], strict=True):
            np.testing.assert_array_equal(a, b)


# ---------------------------------------------------------------------- lengths and direction


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", NETS)
def test_padding_is_never_read(name, reverse):
    """NaN in the padding reaches neither an output nor a gradient; outputs and dx are zero there."""
    gates, states = NETS[name]
    rng = np.random.default_rng(9)
    given = arguments(rng, gates, states)
    lengths = np.array([2, 5, 0, 3])
    padding = np.arange(5) >= lengths[:, None]
    given[0][padding] = np.nan
    outputs, back = getattr(reference, name)(*given, lengths=lengths, reverse=reverse)
    us = [rng.normal(size=y.shape) for y in outputs]
    us[0][padding] = np.nan
    grads = back(*us)[: len(given)]
    assert all(np.isfinite(a).all() for a in (*outputs, *grads))
    assert not outputs[0][padding].any()
    assert not grads[0][padding].any()
    for final, initial, u, du in zip(outputs[1:], given[1 : 1 + states], us[1:], grads[1:], strict=False):
        np.testing.assert_array_equal(final[2], initial[2])
        np.testing.assert_array_equal(du[2], u[2])


@pytest.mark.parametrize("name", NETS)
def test_reverse_is_the_turned_sequence(name):
    gates, states = NETS[name]
    given = arguments(np.random.default_rng(10), gates, states)
    turned = [given[0][:, ::-1], *given[1:]]
    outputs, _ = getattr(reference, name)(*given, reverse=True)
    expected, _ = getattr(reference, name)(*turned)
    np.testing.assert_allclose(outputs[0], expected[0][:, ::-1], rtol=1e-13)
    np.testing.assert_allclose(outputs[1], expected[1], rtol=1e-13)
    np.testing.assert_allclose(outputs[1], outputs[0][:, 0], rtol=1e-13)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_lengths_equal_a_packed_batch_of_torch(name):
    gates, states = NETS[name]
    x, *rest = arguments(np.random.default_rng(11), gates, states)
    given, weights = rest[:states], rest[states:]
    lengths = [3, 5, 1, 3]
    module = getattr(torch.nn, name.upper())(3, 2, batch_first=True, dtype=torch.float64)
    for parameter, weight in zip(module.parameters(), weights, strict=True):
        parameter.data = torch.tensor(weight)
    packed = pack_padded_sequence(
        torch.tensor(x), torch.tensor(lengths), batch_first=True, enforce_sorted=False
    )
    hx = tuple(torch.tensor(s)[None] for s in given)
    y, finals = module(packed, hx if states == 2 else hx[0])
    y, _ = pad_packed_sequence(y, batch_first=True, total_length=5)
    ours, _ = getattr(reference, name)(x, *given, *weights, lengths=lengths)
    np.testing.assert_allclose(ours[0], y.detach(), rtol=1e-11, atol=1e-13)
    for a, b in zip(ours[1:], finals if states == 2 else (finals,), strict=True):
        np.testing.assert_allclose(a, b[0].detach(), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("package", [reference, mirror])
@pytest.mark.parametrize(
    ("lengths", "error", "message"),
    [
        ([2, 3, 4], ShapeError, r"lengths of shape \(4,\), got \(3,\)"),
        (3, ShapeError, r"lengths of shape \(4,\), got \(\)"),
        ([[2, 3, 4, 5]], ShapeError, r"got \(1, 4\)"),
        ([2, 3, 4, 6], ValidationError, r"0\.\.5, the steps of x, got 6"),
        ([2, 3, -1, 5], ValidationError, r"got -1"),
        ([2.0, 3.0, 4.0, 5.0], ValidationError, "whole numbers, got dtype float64"),
        ([True] * 4, ValidationError, "whole numbers, got dtype bool"),
    ],
)
@pytest.mark.parametrize("name", NETS)
def test_wrong_lengths_are_refused(package, name, lengths, error, message):
    gates, states = NETS[name]
    given = arguments(np.random.default_rng(0), gates, states)
    given = given if package is reference else [torch.tensor(a) for a in given]
    with pytest.raises(error, match=f"{name}.*{message}"):
        getattr(package, name)(*given, lengths=lengths)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize(("n", "steps"), [(0, 4), (3, 0), (0, 0)])
@pytest.mark.parametrize("told", [False, True])
def test_nothing_to_read_leaves_the_state(name, reverse, n, steps, told):
    """An empty batch or no steps: empty outputs, final states as the initial ones, zero gradients."""
    gates, states = NETS[name]
    rng = np.random.default_rng(0)
    given = arguments(rng, gates, states, n=n, steps=steps)
    lengths = np.zeros(n, int) if told else None
    outputs, back = getattr(reference, name)(*given, lengths=lengths, reverse=reverse)
    theirs = getattr(mirror, name)(*(torch.tensor(a) for a in given), lengths=lengths, reverse=reverse)
    us = [rng.normal(size=y.shape) for y in outputs]
    grads = back(*us)
    assert outputs[0].shape == (n, steps, 2)
    for y, t in zip(outputs, theirs, strict=True):
        np.testing.assert_array_equal(y, t)
    for final, initial, u, du in zip(outputs[1:], given[1:], us[1:], grads[1:], strict=False):
        np.testing.assert_array_equal(final, initial)
        np.testing.assert_array_equal(du, u)
    assert [g.shape for g in grads if g is not None] == [a.shape for a in given]
    assert not any(g.any() for g in grads[1 + states :] if g is not None)


# ---------------------------------------------------------------------- kinks, settings, aliasing


def test_relu_has_slope_zero_at_its_kink():
    (y, _), back = reference.rnn(np.zeros((1, 1, 1)), None, [[1.0]], [[1.0]], nonlinearity="relu")
    dx, *_ = back(np.ones((1, 1, 1)))
    assert y.item() == dx.item() == 0


@pytest.mark.parametrize("package", [reference, mirror])
def test_an_unknown_nonlinearity_is_refused(package):
    rng = np.random.default_rng(0)
    for call in (package.rnn, package.rnn_step):
        with pytest.raises(
            ValidationError, match="nonlinearity must be one of 'tanh', 'relu', got 'sigmoid'"
        ):
            call(None, None, None, None, nonlinearity="sigmoid")
    for layer in (package.RNN, package.RNNCell):
        with pytest.raises(ValidationError, match="nonlinearity"):
            layer(2, 3, nonlinearity="sigmoid", rng=rng)


@pytest.mark.parametrize("name", NETS)
def test_final_states_are_arrays_of_their_own(name):
    gates, states = NETS[name]
    given = arguments(np.random.default_rng(0), gates, states)
    (y, *finals), _ = getattr(reference, name)(*given)
    for final in finals:
        assert not np.shares_memory(final, y)
        final[...] = 7.0
    (again, *_), _ = getattr(reference, name)(*given)
    np.testing.assert_array_equal(y, again)


@pytest.mark.parametrize("name", NETS)
def test_a_long_sequence_passes_the_gradient_check(name):
    gates, states = NETS[name]
    rng = np.random.default_rng(12)
    given = arguments(rng, gates, states, n=3, steps=9, features=2, hidden=4)
    given += [rng.normal(size=(3, 4))] if name == "lstm" else []
    check(getattr(reference, name), *given, rng=rng, settings={"lengths": [4, 9, 7]}).require()


def test_the_printed_form_of_mmds_passes_the_gradient_check():
    rng = np.random.default_rng(13)
    x, *rest = arguments(rng, 4, 2)
    given = [*rest, rng.normal(size=(3, 2))]
    settings = {"gate_before_tanh": True}
    check(reference.lstm_step, x[:, 0], *given, rng=rng, settings=settings).require()
    check(reference.lstm_naive, x, *given, rng=rng, settings=settings).require()
