"""The table of a model: the books' numbers, and formulas that come to what they say."""

import re

import numpy as np
import pytest

from dlcore.costs import Summary, parameter_formula, size
from dlcore.reference import (
    LSTM,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Embedding,
    Flatten,
    MaxPool2d,
    ReLU,
    Residual,
    Sequential,
    summary,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def value(formula: str) -> int:
    """Work out the numbers between the two equality signs."""
    text = formula.split(" = ")[-2].replace("·", "*").replace("²", "**2").replace("³", "**3")
    return eval(re.sub(r"(\d)\(", r"\1*(", text))


def test_the_eleven_layers_of_mmds_figure_13_11(rng):
    layers, d = [], 3
    for k in (64, 128, 256, 512, 1024):
        layers += [Conv2d(d, k, 3, padding=1, rng=rng), MaxPool2d(2)]
        d = k
    table = summary(Sequential(*layers, Flatten(), Dense(50_176, 1000, rng=rng)), (3, 224, 224))
    sides = [row.output[-1] for row in table.rows[:10]]
    assert sides == [224, 112, 112, 56, 56, 28, 28, 14, 14, 7]  # the seventh is printed as 14
    counts = [row.parameters for row in table.rows if row.parameters]
    assert counts == [1_792, 73_856, 295_168, 1_180_160, 4_719_616, 50_177_000]
    assert table.parameters == 56_447_592
    assert table.rows[0].formula == "k(d f² + 1) = 64(3·3² + 1) = 1,792"
    assert table.rows[0].multiply_adds == 224 * 224 * 64 * 27
    assert table.rows[0].memory == 4 * 3_211_264


def test_examples_13_9_and_13_10(rng):
    table = summary(Sequential(Conv2d(3, 64, 5, padding=2, rng=rng), MaxPool2d(2)), (3, 224, 224))
    assert [row.output for row in table.rows] == [(64, 224, 224), (64, 112, 112)]
    assert table.rows[0].formula == "k(d f² + 1) = 64(3·5² + 1) = 4,864"
    assert table.rows[1].memory * 4 == table.rows[0].memory


MODELS = {
    "dense": (lambda rng: Dense(64, 10, rng=rng), (64,), np.float32),
    "dense on rows": (lambda rng: Dense(8, 3, bias=False, rng=rng), (5, 8), np.float32),
    "grouped": (lambda rng: Conv2d(4, 6, 3, groups=2, rng=rng), (4, 9, 9), np.float32),
    "oblong": (lambda rng: Conv2d(2, 5, (3, 2), bias=False, rng=rng), (2, 9, 9), np.float32),
    "transposed": (lambda rng: ConvTranspose2d(3, 5, 4, stride=2, rng=rng), (3, 6, 6), np.float32),
    "lstm": (lambda rng: LSTM(5, 8, rng=rng), (7, 5), np.float32),
    "two ways": (
        lambda rng: LSTM(5, 8, num_layers=2, bidirectional=True, bias=False, rng=rng),
        (7, 5),
        np.float32,
    ),
    "embedding": (lambda rng: Embedding(30, 4, rng=rng), (7,), np.int64),
}


@pytest.mark.parametrize("name", MODELS)
def test_formulas_come_to_the_number_of_parameters(rng, name):
    build, shape, dtype = MODELS[name]
    model = build(rng)
    table = summary(model, shape, dtype=dtype)
    count = sum(p.value.size for p in model.parameters())
    assert table.parameters == count
    assert value(table.rows[0].formula) == count
    assert table.rows[0].formula.endswith(f" = {count:,}")


def dense_work(rows):
    return rows * 8 * 3


@pytest.mark.parametrize(
    ("name", "work"),
    [
        ("dense", 640),
        ("dense on rows", 5 * 24),
        ("grouped", 49 * 6 * 2 * 9),
        ("transposed", 36 * 3 * 5 * 16),
        ("lstm", 7 * 32 * 13),
        ("embedding", 0),
    ],
)
def test_multiply_adds(rng, name, work):
    build, shape, dtype = MODELS[name]
    assert summary(build(rng), shape, dtype=dtype).multiply_adds == work


def test_a_summary_leaves_the_model_as_it_was(rng):
    model = Sequential(Residual(Sequential(Dense(4, 4, rng=rng), ReLU())))
    model[0].training = False
    before = model.state_dict()
    table = summary(model, (4,))
    assert [row.name for row in table.rows] == ["0.inner.0", "0.inner.1"]
    assert not any(layer._calls for layer in model.layers())
    assert [layer.training for layer in model.layers()] == [True, False, True, True, True]
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_text_and_html_end_in_the_totals(rng):
    table = summary(Sequential(Dense(4, 3, rng=rng), ReLU()), (4,))
    assert isinstance(table, Summary)
    assert str(table).splitlines()[-1].split() == ["total", "15", "24", "B", "12"]
    assert "<td>total</td>" in table._repr_html_()
    assert "<caption>2 layers, 15 parameters" in table._repr_html_()


def test_small_things():
    assert parameter_formula("ReLU", {}) == ""
    assert parameter_formula("PReLU", {"weight": (8,)}) == "8 = 8"
    assert [size(n) for n in (0, 1023, 1024, 3 << 20, 5 << 30)] == [
        "0 B",
        "1023 B",
        "1.0 KiB",
        "3.0 MiB",
        "5.0 GiB",
    ]
