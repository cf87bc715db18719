"""Planted mistakes, alone and in pairs, are named as themselves."""

import functools
import itertools

import numpy as np
import pytest

from dlcore.gradcheck import check, diagnose, directional_error
from dlcore.gradcheck.diagnosis import RULES, Setting
from dlcore.reference import dense, mse, relu

N, D, K = 5, 3, 7


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def spoiled(operation, spoil):
    """The operation with its pullback's gradients changed by `spoil(grads, dy)`."""

    @functools.wraps(operation)
    def planted(*args, **settings):
        y, back = operation(*args, **settings)
        return y, lambda *dy: spoil(back(*dy), *dy)

    return planted


def arguments(rng):
    return rng.normal(size=(N, D)), rng.normal(size=(K, D)), rng.normal(size=K)


def replace(i, change):
    return lambda grads, dy: tuple(change(g, dy) if j == i else g for j, g in enumerate(grads))


DENSE = {
    "sign": (0, lambda g, dy: -g, "sign is flipped"),
    "transposed": (1, lambda g, dy: g.T, "transposed"),
    "missing 1/N": (1, lambda g, dy: N * g, "N = 5 times too large"),
    "extra 1/N": (1, lambda g, dy: g / N, "divided by the batch size"),
    "factor 2": (0, lambda g, dy: 2 * g, "twice"),
    "factor 1/2": (0, lambda g, dy: g / 2, "half"),
    "forgotten": (2, lambda g, dy: 0 * g, "forgotten"),
    "batch not summed": (2, lambda g, dy: dy, "one gradient a sample here; sum over the batch"),
    "shape": (2, lambda g, dy: g[None], "axes of length one"),
    "not finite": (1, lambda g, dy: g / 0.0, "NaN or infinity"),
}


@pytest.mark.parametrize("mistake", DENSE)
def test_a_mistake_in_a_dense_pullback_is_named(rng, mistake):
    place, change, words = DENSE[mistake]
    with np.errstate(all="ignore"):
        report = check(spoiled(dense, replace(place, change)), *arguments(rng), rng=rng)
    wrong = [c for c in report.comparisons if not c.ok]
    assert [c.name for c in wrong] == [("x", "weight", "bias")[place]]
    assert wrong[0].diagnosis.mistakes == (mistake,)
    assert words in str(wrong[0].diagnosis)
    assert words in report.explain()


@pytest.mark.parametrize("sample", [0, -1])
def test_one_samples_share_is_named(rng, sample):
    report = check(spoiled(dense, replace(2, lambda g, dy: dy[sample])), *arguments(rng), rng=rng)
    assert report.comparisons[2].diagnosis.mistakes == ("batch not summed",)
    assert "right for one sample; sum over the batch" in report.explain()


def test_two_gradients_in_the_wrong_order(rng):
    report = check(spoiled(dense, lambda grads, dy: (grads[1], grads[0], grads[2])), *arguments(rng), rng=rng)
    assert "this is the gradient of weight" in report.explain()


def test_a_forgotten_mask(rng):
    z = np.where(np.abs(z := rng.normal(size=(N, D))) < 0.1, 0.5, z)
    report = check(spoiled(relu, lambda grads, dy: dy), z, rng=rng)
    assert report.comparisons[0].diagnosis.mistakes == ("not masked",)
    both = check(spoiled(relu, lambda grads, dy: -dy), z, rng=rng)
    assert both.comparisons[0].diagnosis.mistakes == ("sign", "not masked")


@pytest.mark.parametrize(
    ("factor", "mistake"),
    [(0.5, "factor 1/2"), (N, "missing 1/N"), (K, "missing 1/K"), (N * K, "missing 1/(NK)"), (-1, "sign")],
)
def test_the_factors_of_a_mean_squared_error(rng, factor, mistake):
    planted = spoiled(mse, lambda grads, dloss: (factor * grads[0], grads[1]))
    report = check(planted, rng.normal(size=(N, K)), rng.normal(size=(N, K)), rng=rng)
    assert report.comparisons[0].diagnosis.mistakes == (mistake,)


def setting(rng, shape):
    shares = rng.normal(size=(N, *shape))
    gates = next((n for n in (4, 3) if shape[0] % n == 0 and shape[0] > n), None)
    return shares.sum(axis=0), Setting(N, K, lambda: shares, gates)


def every_variant(g, context):
    return [variant for rule in RULES for variant in rule(g, context)]


@pytest.mark.parametrize("shape", [(12, 5), (4, 6), (9,), (8, 3, 5)])
def test_every_rule_alone_is_named_as_itself(rng, shape):
    g, context = setting(rng, shape)
    variants = every_variant(g, context)
    assert len(variants) > 8
    for name, text, wrong in variants:
        found = diagnose(wrong, g, context)
        assert (found.mistakes, found.text) == ((name,), text)


def test_every_pair_of_rules_is_explained_by_two_mistakes_or_by_an_equal_pair(rng):
    g, context = setting(rng, (12, 5))
    pairs = [
        (first, second, twice)
        for first, _, wrong in every_variant(g, context)
        for second, _, twice in itertools.chain.from_iterable(rule(wrong, context) for rule in RULES)
        if first != second
    ]
    for i in rng.choice(len(pairs), 60, replace=False):
        first, second, twice = pairs[i]
        found = diagnose(twice, g, context)
        assert 0 < len(found.mistakes) <= 2, (first, second, found)


def test_pairs_read_as_one_sentence(rng):
    g, context = setting(rng, (3, 2))
    found = diagnose(-g.T, g, context)
    assert found.mistakes == ("sign", "transposed")
    assert found.text == "the sign is flipped and it is transposed"


def test_an_unknown_mistake_shows_where_it_is_worst(rng):
    g = rng.normal(size=(3, 5))
    wrong = g.copy()
    wrong[2, 1] += 1
    found = diagnose(wrong, g)
    assert found.mistakes == ()
    assert found.text.startswith("1 of 15 entries are wrong; largest difference at [2, 1]: got ")
    assert diagnose(g[:2], g).text == "its shape is (2, 5), expected (3, 5)"


def test_a_single_wrong_gate_is_named(rng):
    g = rng.normal(size=(8, 3))
    wrong = g.copy()
    wrong[2:4] *= 1.3
    assert diagnose(wrong, g, Setting(gates=4)).text == "only the forget gate's part is wrong"


def test_a_right_gradient_needs_no_diagnosis(rng):
    report = check(dense, *arguments(rng), rng=rng)
    assert [c.diagnosis for c in report.comparisons] == [None] * 3
    assert report.explain() == "All gradients are right."
    assert directional_error(dense, *arguments(rng), rng=rng) < 1e-8
