"""Each convention of ``notation.yml`` in numbers: the book's form maps onto the house's.

The entry of a convention names its test here. An entry without a test fails, and
so does a test that no entry names. Expected values follow from the book's formula,
written out in plain NumPy; the house's side is ``dlcore.reference``, or PyTorch
where the house's convention is PyTorch's.
"""

from __future__ import annotations

import itertools
import math
import sys

import numpy as np
import pytest
import yaml

from dlcore import reference as ref
from dlcore import sources
from dlcore.sources import symbols

NOTATION = sources.notation()
BOOKKEEPING = {
    "test_every_convention_has_its_test_and_every_test_its_convention",
    "test_any_yaml_reader_reads_the_same",
    "test_every_usage_names_an_item_of_its_book",
    "test_what_the_house_writes_is_said_once",
}


def test_every_convention_has_its_test_and_every_test_its_convention():
    here = {
        name
        for name, value in vars(sys.modules[__name__]).items()
        if name.startswith("test_") and callable(value)
    }
    assert {convention.test for convention in NOTATION.conventions} == here - BOOKKEEPING


def test_any_yaml_reader_reads_the_same():
    from importlib import resources

    text = resources.files("dlcore.sources").joinpath("notation.yml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    assert [entry["meaning"] for entry in raw["symbols"]] == [symbol.meaning for symbol in NOTATION.symbols]
    for entry, convention in zip(raw["conventions"], NOTATION.conventions, strict=True):
        assert entry == {
            "id": convention.id,
            "about": convention.about,
            "house": convention.house,
            "books": {key: {"form": use.form, "item": use.item} for key, use in convention.books.items()},
            "test": convention.test,
        }


@pytest.mark.parametrize(
    "entry", [*NOTATION.symbols, *NOTATION.conventions], ids=lambda e: getattr(e, "id", e.house)
)
def test_every_usage_names_an_item_of_its_book(entry: symbols.Symbol | symbols.Convention):
    assert entry.books
    for key, use in entry.books.items():
        assert use.form
        assert sources.item(use.item).book == key


def test_what_the_house_writes_is_said_once():
    for entries in ([s.house for s in NOTATION.symbols], [c.id for c in NOTATION.conventions]):
        assert len(entries) == len(set(entries))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_weight_orientation(rng):
    weight, bias, x = rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=(4, 2))
    house, _ = ref.dense(x, weight, bias)
    columns = weight.T  # buduma: n x m, one column a neuron
    np.testing.assert_allclose([columns.T @ row + bias for row in x], house)
    np.testing.assert_allclose([weight @ row + bias for row in x], house)  # mmds, burkov
    theta = weight  # le: theta_ij leads from j to i
    np.testing.assert_allclose([[sum(theta[i] * row) + bias[i] for i in range(3)] for row in x], house)
    np.testing.assert_allclose(x @ columns + bias, house)  # rawassizadeh's row vectors
    with pytest.raises(ValueError, match="mismatch"):  # le's printed transpose fits no other shape
        theta.T @ x[0]


def test_threshold_or_bias():
    inputs = np.array([[int(bit) for bit in f"{n:04b}"] for n in range(16)], dtype=float)
    weight, threshold = np.array([1.0, 2.0, 1.0, 0.0]), 2.5
    with_threshold = inputs @ weight > threshold
    with_bias, _ = ref.step(ref.dense(inputs, weight[None], np.array([-threshold]))[0])
    folded = np.c_[inputs, np.ones(16)] @ np.append(weight, -threshold) > 0
    np.testing.assert_array_equal(with_bias[:, 0], with_threshold)
    np.testing.assert_array_equal(folded, with_threshold)
    assert with_threshold.sum() == 6


def test_step_at_zero():
    z = np.array([-1.0, 0.0, 1.0])
    np.testing.assert_array_equal(ref.step(z)[0], [0, 0, 1])  # mmds
    buduma = np.where(z < 0, -1, 1)
    np.testing.assert_array_equal(2 * ref.step(z, at_zero=1.0)[0] - 1, buduma)
    assert buduma[1] == 1 != 2 * ref.step(z)[0][1] - 1
    touching = ref.perceptron_rule(np.array([0.0]), 1.0, np.array([1.0]), 0.0)
    assert not touching[2]  # the rule takes 0 for a yes, as buduma does


def test_layer_count(rng):
    widths = [2, 4, 4, 1]
    layers = [ref.Dense(n, m, rng=rng) for n, m in itertools.pairwise(widths)]
    house = len(layers)
    with_the_input = len(widths)  # le and buduma: layer 1 is the input, layer L the output
    assert (house, with_the_input) == (3, 4)
    assert sum(layer.params["weight"].size + layer.params["bias"].size for layer in layers) == 12 + 20 + 5


def test_meaning_of_z():
    weight, bias = np.array([[1.0, -2.0], [0.0, 1.0], [2.0, 2.0]]), np.array([0.5, -3.0, 0.0])
    z_of_burkov = np.array([3.0, 1.0])  # the input of the layer
    z_of_the_house, _ = ref.dense(z_of_burkov[None], weight, bias)
    np.testing.assert_allclose(z_of_the_house[0], [1.5, -2.0, 8.0])  # burkov's c
    assert z_of_the_house.shape[-1] != z_of_burkov.size
    z_of_a_gru = _sigmoid(z_of_the_house)  # a gate: never outside (0, 1), as a pre-activation may be
    assert ((z_of_a_gru > 0) & (z_of_a_gru < 1)).all()
    assert not ((z_of_the_house > 0) & (z_of_the_house < 1)).any()


def test_meaning_of_t():
    prices, portions = np.array([1.0, 1.0, 1.0]), np.array([2.0, 1.0, 3.0])
    target = 15.5  # buduma's t: what is wanted of a linear neuron
    np.testing.assert_allclose(target - prices @ portions, 9.5)
    threshold = 1.5  # mmds's t: what the weighted sum must exceed
    assert [a + b > threshold for a, b in ((0, 0), (0, 1), (1, 0), (1, 1))] == [False, False, False, True]
    weight, path = 1.0, []
    for t in range(1, 4):  # rawassizadeh's t: the number of the update
        weight -= 0.1 * weight
        path.append((t, weight))
    np.testing.assert_allclose([w for _, w in path], [0.9**t for t, _ in path])


def test_hat_on_the_target():
    output, observed = np.array([0.2]), np.array([1.0])
    loss, back = ref.mse(prediction=output, target=observed)
    y, y_hat = output, observed  # mmds
    np.testing.assert_allclose(loss, ((y - y_hat) ** 2).item())
    np.testing.assert_allclose(back()[0], 2 * (y - y_hat))  # the gradient goes to y there, to the hat here
    assert back()[0] < 0 < back()[1]  # who swaps the roles climbs
    p, q = np.array([0.0, 1.0]), np.array([0.25, 0.75])  # mmds: p observed, q the model
    with np.errstate(divide="ignore", invalid="ignore"):
        swapped = -np.sum(q * np.log(p))
    assert math.isclose(-np.log(q[1]), ref.cross_entropy(np.log(q)[None], np.array([1]))[0])
    assert not np.isfinite(swapped)


def test_half_in_the_squared_error(rng):
    prediction, target = rng.normal(size=3), rng.normal(size=3)
    loss, back = ref.mse(prediction, target, reduction="sum")
    np.testing.assert_allclose(0.5 * loss, 0.5 * np.sum((target - prediction) ** 2))  # buduma's E
    np.testing.assert_allclose(back(0.5)[0], prediction - target)  # its gradient
    np.testing.assert_allclose(back()[0], 2 * (prediction - target))  # le, mmds
    eta, by_half, by_whole = 0.1, prediction.copy(), prediction.copy()
    by_half -= eta * back(0.5)[0]
    by_whole -= eta / 2 * back()[0]  # half the rate walks the same path
    np.testing.assert_allclose(by_half, by_whole)


def test_mean_or_sum(rng):
    n, k = 5, 3
    prediction, target = rng.normal(size=(n, k)), rng.normal(size=(n, k))
    house, back = ref.mse(prediction, target)
    mmds = np.mean(np.sum((prediction - target) ** 2, axis=1))
    le = np.sum((prediction - target) ** 2)
    np.testing.assert_allclose([mmds, le], [house * k, house * k * n])
    np.testing.assert_allclose(back(k)[0], 2 * (prediction - target) / n)  # the gradient of mmds's loss
    torch = pytest.importorskip("torch")
    inputs = torch.tensor(prediction), torch.tensor(target)
    np.testing.assert_allclose(torch.nn.functional.mse_loss(*inputs).item(), house)


def test_sign_of_the_step():
    x, target, weight, rate = np.array([2.0, 1.0, 3.0]), 15.5, np.ones(3), 0.05
    estimate, dense_back = ref.dense(x[None], weight[None])
    _, loss_back = ref.mse(estimate, np.array([[target]]))
    gradient = dense_back(loss_back(0.5)[0])[1][0]  # with buduma's 1/2
    le = weight - rate * gradient  # Delta is the gradient
    delta = rate * x * (target - estimate.item())  # buduma: Delta is the step
    np.testing.assert_allclose(delta, [0.95, 0.475, 1.425])
    np.testing.assert_allclose(weight + delta, le)


def test_perceptron_encoding(rng):
    x = rng.normal(size=(50, 2))
    truth = x @ [1.0, -2.0] > 0.3
    weight, bias = np.zeros(2), 0.0
    signed, offset = np.zeros(2), 0.0
    for row, yes in zip(x, truth, strict=True):
        weight, bias, _ = ref.perceptron_rule(row, float(yes), weight, bias)
        t, fires = (1 if yes else -1), signed @ row + offset >= 0
        if fires != yes:
            signed, offset = signed + t * row, offset + t
    np.testing.assert_allclose(signed, weight)
    np.testing.assert_allclose(offset, bias)
    assert bias != 0 or weight.any()


def test_output_delta(rng):
    z, target = rng.normal(size=(1, 3)), 2
    _, back = ref.cross_entropy(z, np.array([target]))
    np.testing.assert_allclose(back()[0], ref.softmax(z)[0] - np.eye(3)[target])  # rawassizadeh's E
    a, sigmoid_back = ref.sigmoid(z)
    _, squared_back = ref.mse(a, np.eye(3)[[target]], reduction="sum")
    error = a - np.eye(3)[[target]]
    (delta,) = [sigmoid_back(squared_back()[0])]
    np.testing.assert_allclose(delta, 2 * error * a * (1 - a))  # le
    assert (np.abs(delta) < np.abs(error)).all()


def test_jacobian_layout(rng):
    weight, x, dz = rng.normal(size=(2, 3)), rng.normal(size=(1, 3)), rng.normal(size=(1, 2))
    _, back = ref.dense(x, weight)
    steps = np.eye(3) * 1e-6
    columns = [(ref.dense(x + s, weight)[0] - ref.dense(x - s, weight)[0])[0] / 2e-6 for s in steps]
    mmds = np.array(columns)  # row = component of x, column = component of z
    assert mmds.shape == (3, 2)
    np.testing.assert_allclose(mmds, weight.T, atol=1e-8)
    np.testing.assert_allclose(mmds @ dz[0], back(dz)[0][0], atol=1e-8)  # no transpose
    house = mmds.T  # row = component of z
    np.testing.assert_allclose(house.T @ dz[0], back(dz)[0][0], atol=1e-8)
    second = rng.normal(size=(4, 2))
    np.testing.assert_allclose(mmds @ second.T, (second @ house).T, atol=1e-7)  # products turn round


def _walk(optimizer, gradient, start, steps=6, **settings):
    """Return the path of a parameter under an optimizer of the reference."""
    parameter = ref.Parameter(np.array([start]))
    walker = optimizer([parameter], **settings)
    path = []
    for _ in range(steps):
        parameter.grad[...] = gradient(parameter.value)
        walker.step()
        path.append(parameter.value.item())
    return path


def test_momentum_form():
    def gradient(w):
        return 3.0 * w

    house = _walk(ref.Momentum, gradient, 2.0, lr=0.05, momentum=0.9)
    w, v, book = 2.0, 0.0, []
    for _ in house:
        v = 0.9 * v - 0.05 * gradient(w)
        w = w + v
        book.append(w)
    np.testing.assert_allclose(book, house)
    w, v, printed = 2.0, 0.0, []
    for _ in house:  # with the rate a second time, as in rawassizadeh's pseudocode
        v = 0.9 * v - 0.05 * gradient(w)
        w = w + 0.05 * v
        printed.append(w)
    assert abs(printed[0] - house[0]) > 0.2


def test_nesterov_form():
    def gradient(w):
        return 3.0 * w

    house = _walk(ref.Nesterov, gradient, 2.0, lr=0.05, momentum=0.9)
    w, v, ahead = 2.0, 0.0, []
    for _ in house:
        v = 0.9 * v - 0.05 * gradient(w + 0.9 * v)
        w = w + v
        ahead.append(w + 0.9 * v)
    np.testing.assert_allclose(ahead, house)


def test_averaged_velocity():
    beta, steps = 0.9, 200
    path = np.array(
        [0.0, *_walk(ref.Momentum, lambda w: np.ones_like(w), 0.0, steps, lr=0.01, momentum=beta)]
    )
    np.testing.assert_allclose(-np.diff(path)[-1], 0.01 / (1 - beta))  # ten times the rate
    average = 0.0
    for _ in range(steps):
        average = beta * average + (1 - beta) * 1.0
    np.testing.assert_allclose(average, 1.0, atol=1e-8)  # the average of ones is one
    np.testing.assert_allclose(-np.diff(path)[-1] * (1 - beta), 0.01 * average)


def test_epsilon_and_root():
    from dlcore.reference.adaptive import Adagrad

    for total, eps, apart in ((3.46, 1e-8, 1e-8), (1e-8, 1e-8, 0.2)):
        g = math.sqrt(total)
        house = -_walk(Adagrad, lambda w, g=g: np.full_like(w, g), 0.0, 1, lr=0.01, eps=eps)[0]
        book = 0.01 * g / math.sqrt(total + eps)
        gap = abs(house - book) / book
        assert gap < 1e-6 if apart < 0.1 else gap > apart, (total, gap)
    np.testing.assert_allclose(0.01 / math.sqrt(3.46 + 1e-8), 0.005376, atol=5e-7)


def test_weight_penalty():
    def nothing(w):
        return np.zeros_like(w)

    weight, eta, alpha = 2.0, 0.1, 0.05
    book = weight - eta * 2 * alpha * weight  # the gradient of alpha w^2, mmds; le has alpha = 1
    np.testing.assert_allclose(_walk(ref.SGD, nothing, weight, 1, lr=eta, weight_decay=2 * alpha), [book])
    assert not np.isclose(_walk(ref.SGD, nothing, weight, 1, lr=eta, weight_decay=alpha)[0], book)


def test_logarithm_base():
    q, label = np.array([[0.5, 0.25, 0.25]]), np.array([1])
    nats, _ = ref.cross_entropy(np.log(q), label)
    np.testing.assert_allclose(nats / np.log(2), -np.log2(q[0, 1]))  # two bits
    np.testing.assert_allclose(-np.sum(q * np.log2(q)), 1.5)
    assert not np.isclose(nats, 2.0)


def test_huber_scale():
    torch = pytest.importorskip("torch")
    z, delta = np.linspace(-3, 3, 13), 1.0
    mmds = np.where(np.abs(z) <= delta, z**2, 2 * delta * (np.abs(z) - delta / 2))
    values = torch.tensor(z), torch.zeros(13, dtype=torch.float64)
    house = torch.nn.functional.huber_loss(*values, reduction="none", delta=delta).numpy()
    np.testing.assert_allclose(mmds, 2 * house)


def test_biased_variance(rng):
    torch = pytest.importorskip("torch")
    x = rng.normal(3.0, 2.0, size=(8, 1))
    layer = torch.nn.BatchNorm1d(1, momentum=1.0, dtype=torch.float64)
    house = layer(torch.tensor(x)).detach().numpy()
    variance = np.sum((x - x.mean()) ** 2) / 8  # rawassizadeh: by m
    np.testing.assert_allclose(house, (x - x.mean()) / np.sqrt(variance + 1e-5))
    np.testing.assert_allclose(layer.running_var.item(), variance * 8 / 7)


def test_dropout_scaling(rng):
    p, units = 0.2, 5
    a, weight = rng.normal(size=units), rng.normal(size=units)
    masks = np.array([[int(bit) for bit in f"{n:05b}"] for n in range(2**units)], dtype=float)
    chance = (1 - p) ** masks.sum(1) * p ** (units - masks.sum(1))
    in_training = chance @ (masks * a / (1 - p)) @ weight  # the house: the mean over all masks
    np.testing.assert_allclose(in_training, a @ weight)  # and nothing to do in use
    in_use = (1 - p) * weight  # mmds, le: what a mask leaves on average
    np.testing.assert_allclose(chance @ (masks * a) @ weight, a @ in_use)
    assert not np.isclose(a @ (p * weight), a @ in_use)  # the rate itself, as printed, is wrong


def test_convolution_or_correlation(rng):
    torch = pytest.importorskip("torch")
    image, kernel = rng.normal(size=(5, 5)), rng.normal(size=(3, 3))

    def slide(k):
        return np.array([[np.sum(image[i : i + 3, j : j + 3] * k) for j in range(3)] for i in range(3)])

    inputs = torch.tensor(image)[None, None], torch.tensor(kernel)[None, None]
    house = torch.nn.functional.conv2d(*inputs)[0, 0].numpy()
    np.testing.assert_allclose(slide(kernel), house)  # burkov, mmds Eq. 13.1, cross-correlation
    flipped = np.zeros((3, 3))
    for i in range(3):
        for j in range(3):  # sum of f(i - k, j - l) g(k, l), where the kernel fits
            flipped[i, j] = sum(
                image[i + 2 - k, j + 2 - m] * kernel[k, m] for k in range(3) for m in range(3)
            )
    np.testing.assert_allclose(flipped, slide(kernel[::-1, ::-1]))
    assert not np.allclose(flipped, house)


def _weights(rng, gates, inputs=2, state=3):
    return (
        rng.normal(size=(gates, state, inputs)),
        rng.normal(size=(gates, state, state)),
        rng.normal(size=(gates, state)),
    )


def _cell(kind, w_ih, w_hh, b_ih, b_hh):
    torch = pytest.importorskip("torch")
    cell = getattr(torch.nn, kind)(w_ih.shape[-1], w_hh.shape[-1], dtype=torch.float64)
    arrays = {"weight_ih": w_ih, "weight_hh": w_hh, "bias_ih": b_ih, "bias_hh": b_hh}
    stacked = {name: array.reshape(-1, *array.shape[2:]) for name, array in arrays.items()}
    cell.load_state_dict({name: torch.tensor(array) for name, array in stacked.items()})

    def run(x, *states):
        tensors = [torch.tensor(state)[None] for state in states]
        out = cell(torch.tensor(x)[None], tuple(tensors) if len(tensors) > 1 else tensors[0])
        return [o[0].detach().numpy() for o in (out if isinstance(out, tuple) else (out,))]

    return run


def test_recurrent_weight_names(rng):
    (w_ih,), (w_hh,), (b,) = _weights(rng, 1)
    x, h = rng.normal(size=2), rng.normal(size=3)
    (house,) = _cell("RNNCell", w_ih[None], w_hh[None], b[None], 0 * b[None])(x, h)
    burkov = {"w": w_ih, "u": w_hh}
    mmds = {"U": w_ih, "W": w_hh}
    np.testing.assert_allclose(np.tanh(burkov["w"] @ x + burkov["u"] @ h + b), house)
    np.testing.assert_allclose(np.tanh(mmds["U"] @ x + mmds["W"] @ h + b), house)


def test_concatenated_input(rng):
    (w_ih,), (w_hh,), (b,) = _weights(rng, 1)
    x, h = rng.normal(size=2), rng.normal(size=3)
    (house,) = _cell("RNNCell", w_ih[None], w_hh[None], b[None], 0 * b[None])(x, h)
    weight = np.hstack([w_hh, w_ih])  # rawassizadeh: on [h, x]
    np.testing.assert_allclose(np.tanh(weight @ np.r_[h, x] + b), house)
    assert weight.shape == (3, 5)


def test_lstm_output(rng):
    w_ih, w_hh, b = _weights(rng, 4)
    x, h, c = rng.normal(size=2), rng.normal(size=3), rng.normal(size=3)
    house, cell = _cell("LSTMCell", w_ih, w_hh, b, 0 * b)(x, h, c)
    i, f, g, o = w_ih @ x + w_hh @ h + b
    state = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    np.testing.assert_allclose(state, cell)
    np.testing.assert_allclose(_sigmoid(o) * np.tanh(state), house)  # rawassizadeh
    mmds = np.tanh(state * _sigmoid(o))
    assert not np.allclose(mmds, house)
    assert (np.abs(mmds) >= np.abs(house)).all()  # tanh is concave away from 0


def test_gate_order(rng):
    w_ih, w_hh, b = _weights(rng, 4)
    x, h, c = rng.normal(size=2), rng.normal(size=3), rng.normal(size=3)
    for order in ("gfio", "figo"):  # mmds Eq. 13.10-13.12 and 13.14; rawassizadeh Figure 10-45
        gate = dict(zip(order, w_ih @ x + w_hh @ h + b, strict=True))
        state = _sigmoid(gate["f"]) * c + _sigmoid(gate["i"]) * np.tanh(gate["g"])
        house_order = [order.index(name) for name in "ifgo"]
        _, cell = _cell("LSTMCell", w_ih[house_order], w_hh[house_order], b[house_order], 0 * b)(x, h, c)
        np.testing.assert_allclose(state, cell)
        _, unsorted = _cell("LSTMCell", w_ih, w_hh, b, 0 * b)(x, h, c)
        assert not np.allclose(state, unsorted)


def test_gru_update_gate(rng):
    w_ih, w_hh, b = _weights(rng, 3)
    x, h = rng.normal(size=2), rng.normal(size=3)
    (house,) = _cell("GRUCell", w_ih, w_hh, b, 0 * b)(x, h)
    at_x, at_h = w_ih @ x + b, w_hh @ h
    r, z = _sigmoid(at_x[0] + at_h[0]), _sigmoid(at_x[1] + at_h[1])
    candidate = np.tanh(at_x[2] + r * at_h[2])
    np.testing.assert_allclose((1 - z) * candidate + z * h, house)  # rawassizadeh's table
    overwriting = _sigmoid(-(at_x[1] + at_h[1]))  # burkov, rawassizadeh's section: the gate's negated weights
    np.testing.assert_allclose((1 - overwriting) * h + overwriting * candidate, house)


def test_gru_reset(rng):
    w_ih, w_hh, b = _weights(rng, 3)
    x, h = rng.normal(size=2), rng.normal(size=3)
    r = _sigmoid(w_ih[0] @ x + w_hh[0] @ h + b[0])
    before = np.tanh(w_ih[2] @ x + w_hh[2] @ (r * h) + b[2])  # rawassizadeh's section
    after = np.tanh(w_ih[2] @ x + r * (w_hh[2] @ h) + b[2])  # the table, PyTorch
    assert not np.allclose(before, after)
    shut = np.concatenate([w_ih[:1], -50 * np.ones_like(w_ih[:1]) * np.sign(x), w_ih[2:]])  # z is 0: h_t is n
    (house,) = _cell("GRUCell", shut, np.concatenate([w_hh[:1], 0 * w_hh[:1], w_hh[2:]]), b, 0 * b)(x, h)
    np.testing.assert_allclose(after, house, atol=1e-9)
    diagonal = np.diag(np.diag(w_hh[2]))  # both agree where the matrix acts unit by unit
    np.testing.assert_allclose(diagonal @ (r * h), r * (diagonal @ h))
