"""Every picture of chapter 00 can be drawn, and its alt text says what is in it."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from dlcore import figures
from dlcore.errors import ShapeError
from dlcore.figures import refresher
from tests.figures import support

ROW, COLUMN = np.array([1.0, 2.0, 4.0]), np.array([[1.0], [3.0], [4.0]])
WALK = np.array([[2.0, 1.0], [1.0, 0.5], [0.0, 0.0]])
EDGES = {"xu": "2x", "uz": "v", "xv": "cos x", "vz": "u"}


def bowl(w):
    return w[0] ** 2 + w[1] ** 2


def cube(x):
    return x**3


CASES = {
    "binary_entropy": refresher.binary_entropy,
    "descent": lambda: refresher.descent(
        bowl, {"down": WALK, "up": WALK[1::-1]}, reach=2.5, levels=[0.5, 2, 5]
    ),
    "difference_table": lambda: refresher.difference_table(ROW, COLUMN),
    "running_means": lambda: refresher.running_means(
        np.random.default_rng(0).integers(0, 2, (3, 400)), expected=0.5
    ),
    "secants": lambda: refresher.secants(cube, lambda x: 3 * x**2, 1.0, [1, 0.5], name="x³"),
    "step_errors": lambda: refresher.step_errors(cube, 2.0, exact=12.0),
    "two_paths": lambda: refresher.two_paths(EDGES),
}


def test_every_picture_has_a_case():
    public = {n for n, f in inspect.getmembers(refresher, inspect.isfunction) if n in refresher.__all__}
    assert public == set(refresher.__all__) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_it_draws_and_describes(name):
    support.require_words(*CASES[name]())


@pytest.mark.parametrize("name", CASES)
def test_a_second_drawing_is_the_same(name):
    assert figures.png(CASES[name]()[0]) == figures.png(CASES[name]()[0])


@pytest.mark.parametrize("name", CASES)
def test_no_two_labels_overlap(name):
    support.require_room(CASES[name]()[0])


def test_the_table_holds_row_less_column():
    figure, alt = CASES["difference_table"]()
    drawn = [text.get_text() for text in figure.axes[0].texts]
    assert drawn == ["0", "1", "3", "−2", "−1", "1", "−3", "−2", "0"]
    assert "row (1, 2 and 4)" in alt
    assert "column (1, 3 and 4)" in alt
    assert "The 3 on the diagonal are framed: 0, −1 and 0." in alt
    assert "The other 6 pair" in alt


def test_the_table_frames_the_diagonal_only():
    figure, _ = CASES["difference_table"]()
    framed = [patch.get_linewidth() > 2 for patch in figure.axes[0].patches]
    assert np.array(framed).reshape(3, 3).tolist() == np.eye(3, dtype=bool).tolist()


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((3, 1), (3, 1)), ((3,), (2, 1)), ((3,), (1, 3))])
def test_the_table_wants_a_row_and_a_column(shapes):
    with pytest.raises(ShapeError, match=r"\(N,\) and \(N, 1\)"):
        refresher.difference_table(*(np.zeros(shape) for shape in shapes))


def test_the_words_of_the_secants_are_their_slopes():
    figure, alt = CASES["secants"]()
    assert "with a step of 1 a slope of 7 and with a step of 0.5 a slope of 4.75" in alt
    assert "tangent, of slope 3" in alt
    curve, first, second, *_ = figure.axes[0].lines
    x, y = second.get_data()
    assert (second.get_label(), first.get_label()) == ("_child2", "step 1: slope 7")
    np.testing.assert_allclose((x, y), [[2.0], [8.0]])
    line = first.get_xydata()
    np.testing.assert_allclose(np.diff(line[:, 1]) / np.diff(line[:, 0]), 7)
    np.testing.assert_allclose(curve.get_ydata(), curve.get_xdata() ** 3)


def test_the_words_of_the_steps_name_the_best_and_the_smallest():
    figure, alt = CASES["step_errors"]()
    for line in figure.axes[0].lines:
        eps, error = line.get_data()
        best = error.argmin()
        assert f"{line.get_label()} differences are best near {eps[best]:.0e}" in alt
        bound = 10.0 ** np.ceil(np.log10(error[best]))
        assert f"with an error below {bound:.0e}, and have an error of {error[0]:.3g} at 1e-15" in alt
    forward, central = (line.get_ydata() for line in figure.axes[0].lines)
    np.testing.assert_allclose([forward[-2], central[-2]], [6 * 0.01 + 0.01**2, 0.01**2], rtol=1e-6)


def test_a_step_without_error_has_a_place_on_the_logarithmic_axis():
    figure, alt = refresher.step_errors(lambda x: 2 * x, 1.0, exact=2.0)
    assert all((line.get_ydata() > 0).all() for line in figure.axes[0].lines)
    assert "inf" not in alt


def test_each_edge_has_its_own_derivative():
    figure, alt = refresher.two_paths(dict(zip(EDGES, ("first", "second", "third", "fourth"), strict=True)))
    assert "from x to u is first, from u to z second, from x to v third, from v to z fourth" in alt
    places = {text.get_text(): text.get_position() for text in figure.axes[0].texts if text.get_text()}
    assert places["first"][0] < places["u"][0] < places["second"][0]
    assert places["third"][0] < places["v"][0] < places["fourth"][0]
    assert places["first"][1] == places["second"][1] > 0 > places["third"][1] == places["fourth"][1]


def test_the_words_of_the_walks_hold_first_and_last_value():
    _, alt = CASES["descent"]()
    assert "at 0.5, 2 and 5. From (2, 1), the walk down goes from 5 to 0 in 2 steps" in alt
    assert "the walk up goes from 1.25 to 5 in 1 step." in alt


def test_the_words_of_the_averages_hold_the_farthest_run():
    samples = np.array([[1.0] * 10 + [0.0] * 10, [0.0, 1.0] * 10])
    figure, alt = refresher.running_means(samples, expected=0.5)
    assert "in 2 runs" in alt
    assert "0.50 away after 10 draws and 0.00 after 20" in alt
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata()[[0, 9, 19]], [1, 1, 0.5])


def test_the_arch_is_the_entropy():
    figure, alt = CASES["binary_entropy"]()
    p, bits = figure.axes[0].lines[0].get_data()
    inside = (p > 0) & (p < 1)
    both = np.stack([p, 1 - p])[:, inside]
    np.testing.assert_allclose(bits[inside], -(both * np.log2(both)).sum(axis=0))
    assert bits[~inside].tolist() == [0, 0]
    assert "1.000 bit, and 0.469 bit at a probability of 0.9" in alt
