"""Every picture of chapter 01 can be drawn, and its alt text says what is in it."""

from __future__ import annotations

import inspect
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from dlcore import data, figures
from dlcore import reference as ref
from dlcore.errors import ShapeError
from dlcore.figures import neurons

EXAM, FILMS = data.exam_hours(dtype=float), data.films(dtype=float)
ADJACENT = [np.array([[1, 2, 1, 0], [0, 0, 1, 1]]), np.array([[1, 1]])], [[2.5, 1.5], [0.5]]
MAPS = np.arange(128.0).reshape(2, 8, 8) - 60

CASES = {
    "schematic": lambda: neurons.schematic(["w₁", "…", "wₙ"], "b", inputs=["x₁", "", "xₙ"]),
    "nerve_cell": neurons.nerve_cell,
    "threshold_net": lambda: neurons.threshold_net(*ADJACENT, x=[0, 1, 1, 1]),
    "gate_panels": lambda: neurons.gate_panels(
        {"and": [(-1.5, 1, 1)], "or": [(-0.5, 1, 1)], "xor": [(-0.5, 1, 1), (1.5, -1, -1)]}
    ),
    "regions": lambda: neurons.regions(EXAM, {"all": lambda p: p[:, 0] > -1, "late": lambda p: p[:, 0] > 4}),
    "curves": lambda: neurons.curves(
        np.arange(3.0), {"up": np.arange(3.0), "down": -np.arange(3.0)}, xlabel="z", ylabel="value"
    ),
    "activations": lambda: neurons.activations({"tanh": ref.tanh, "ReLU": ref.relu}),
    "cutoffs": lambda: neurons.cutoffs(EXAM),
    "point_classes": lambda: neurons.point_classes(EXAM, {"by the book": EXAM.theta}),
    "probability_map": lambda: neurons.probability_map(
        FILMS, [2.0, 2.0], -12.5, question=FILMS.question, question_name="Gravity"
    ),
    "activation_and_slope": lambda: neurons.activation_and_slope(ref.tanh, name="tanh"),
    "shifted_curves": lambda: neurons.shifted_curves([1, 2], [-1, 1]),
    "costs": lambda: neurons.costs({"slow": [4.0, 3.0], "fast": [4.0, 1.0]}, every=10),
    "digit_images": lambda: neurons.digit_images(data.digits().x[:3], ["a", "b", "c"], columns=2),
    "image_rows": lambda: neurons.image_rows(data.digits().x[:6].reshape(2, 3, 8, 8), ["a", "b"]),
    "weight_images": lambda: neurons.weight_images(MAPS, ["first", "second"]),
}


def test_every_picture_has_a_case():
    public = {name for name, f in inspect.getmembers(neurons, inspect.isfunction) if name in neurons.__all__}
    assert public == set(neurons.__all__) == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_it_draws_and_describes(name):
    figure, alt = CASES[name]()
    assert figures.png(figure).startswith(b"\x89PNG")
    assert figure.get_figwidth() <= 7
    assert 40 <= len(alt) <= 1000
    assert alt[0].isupper() or alt[0].isdigit()
    assert alt.endswith(".")
    assert "nan" not in alt


@pytest.mark.parametrize("name", CASES)
def test_a_second_drawing_is_the_same(name):
    assert figures.png(CASES[name]()[0]) == figures.png(CASES[name]()[0])


@pytest.mark.parametrize("name", CASES)
def test_no_two_labels_overlap(name):
    figure, _ = CASES[name]()
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    texts = [t for axes in figure.axes for t in _labels(axes) if t.get_text().strip() and t.get_visible()]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
    for i, (first, a) in enumerate(boxes):
        for second, b in boxes[i + 1 :]:
            assert not a.overlaps(b), f"{first!r} overlaps {second!r}"


def _labels(axes):
    shown = [axes.title, *(t for t in axes.texts if axes.viewLim.contains(*t.get_position()))]
    if axes.axison:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            shown += [
                axis.label,
                *(tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high),
            ]
    return shown


def test_the_words_of_a_line_follow_the_data():
    _, right = neurons.point_classes(EXAM, {"ours": [-24, 3, 4]})
    _, wrong = neurons.point_classes(EXAM, {"ours": [-28, 3, 4]})
    assert "26 below average and 84 above average" in right
    assert "meets the axes at (8, 0) and (0, 6) and separates the classes" in right
    missed = int((np.where(EXAM.x @ [3, 4] - 28 < 0, -1, 1) != EXAM.y).sum())
    assert missed > 0
    assert f"leaves {missed} on the wrong side" in wrong


def test_the_words_of_the_cutoffs_are_the_best_ones():
    _, alt = neurons.cutoffs(EXAM)
    best = max(np.mean((EXAM.x[:, 1] >= c) == (EXAM.y > 0)) for c in range(11))
    assert f"at most {best:.0%}" in alt
    _, perfect = neurons.cutoffs(replace(EXAM, y=np.where(EXAM.x[:, 0] >= 4, 1, -1)))
    assert "at most 100%, at a cutoff of 4" in perfect


def test_the_words_of_the_map_hold_the_output_at_the_question():
    _, alt = neurons.probability_map(FILMS, [1.0, 1.0], -6.0, question=FILMS.question)
    assert "the output is 0.50" in alt


def test_the_words_of_the_costs_say_when_half_is_passed():
    _, alt = CASES["costs"]()
    assert "with slow from 4.00 to 3.00, never below half" in alt
    assert "with fast from 4.00 to 1.00, below half after 10 steps" in alt


def test_the_words_of_the_weights_name_the_extreme_pixels():
    _, alt = CASES["weight_images"]()
    assert "first: most positive in row 8, column 8, most negative in row 1, column 1" in alt


def test_the_words_of_a_net_hold_weights_thresholds_and_who_fires():
    _, alt = CASES["threshold_net"]()
    assert "Neuron 1 of layer 1: weights 1, 2, 1 and 0, threshold 2.5." in alt
    assert "For the input 0111 the outputs are 11 and 1." in alt
    _, quiet = neurons.threshold_net(*ADJACENT, x=[1, 0, 0, 1])
    assert "For the input 1001 the outputs are 00 and 0." in quiet
    _, without = neurons.threshold_net(*ADJACENT, always_one=True)
    assert "Neuron 2 of layer 1: weights 0, 0, 1 and 1, a weight of −1.5 from an input 1" in without


def test_a_net_draws_every_edge_but_those_of_weight_zero():
    plain, _ = neurons.threshold_net(*ADJACENT)
    assert len(plain.axes[0].lines) == 5 + 2
    biased, _ = neurons.threshold_net(*ADJACENT, always_one=True)
    assert len(biased.axes[0].lines) == 5 + 2 + 3


def test_a_net_wants_a_threshold_for_each_neuron():
    with pytest.raises(ShapeError, match=r"expects \[2, 1\] thresholds, got \[1, 1\]"):
        neurons.threshold_net(ADJACENT[0], [[2.5], [0.5]])


def test_labels_of_a_net_with_ones_do_not_overlap():
    CASES["always one"] = lambda: neurons.threshold_net(*ADJACENT, always_one=True)
    try:
        test_no_two_labels_overlap("always one")
    finally:
        del CASES["always one"]


def test_the_words_of_curves_and_regions_follow_the_data():
    _, alt = CASES["curves"]()
    assert "up goes from 0 to 2, lowest 0 at 0, highest 2 at 2" in alt
    _, alt = CASES["regions"]()
    assert f"all puts {np.mean(EXAM.y > 0):.0%} on their side" in alt
    assert f"late puts {np.mean((EXAM.x[:, 0] > 4) == (EXAM.y > 0)):.0%} on their side" in alt
    _, alt = CASES["activations"]()
    assert "ReLU runs from 0 to 5, its slope is at most 1 and at least 0" in alt


def test_the_words_of_a_gate_name_its_ones():
    _, alt = CASES["gate_panels"]()
    assert "XOR is 1 at 01 and 10, in the region cut out by A + B = 0.5 and −A − B = −1.5" in alt
