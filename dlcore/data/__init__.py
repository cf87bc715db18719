"""Data sets: bundled, generated, and downloaded once and verified.

Each loader returns a `Dataset`, which unpacks into its arrays and says what it
stands in for, who made it and under which licence:

>>> from dlcore import data
>>> x, y = data.digits()
>>> x.shape, y.shape
((1797, 8, 8), (1797,))
"""

from __future__ import annotations

from dlcore.data.augmentation import rotate, shift
from dlcore.data.bundled_files import digits
from dlcore.data.dataset import Dataset, train_test_split
from dlcore.data.downloads import fashion_mnist, mnist, tiny_shakespeare
from dlcore.data.examples import ExamHours, Films, exam_hours, films, logic_gates, susan_films
from dlcore.data.generated import FastFood, blobs, consecutive_ones, fast_food, moons, rings, spirals
from dlcore.data.grammar import Grammar, toy_language
from dlcore.data.idx import read_idx
from dlcore.data.splits import split_indices
from dlcore.data.strokes import StrokeLoops, shifted_zero, stroke_loops
from dlcore.data.text import Text

__all__ = [
    "Dataset",
    "ExamHours",
    "FastFood",
    "Films",
    "Grammar",
    "StrokeLoops",
    "Text",
    "blobs",
    "consecutive_ones",
    "digits",
    "exam_hours",
    "fashion_mnist",
    "fast_food",
    "films",
    "logic_gates",
    "mnist",
    "moons",
    "read_idx",
    "rings",
    "rotate",
    "shift",
    "shifted_zero",
    "spirals",
    "split_indices",
    "stroke_loops",
    "susan_films",
    "tiny_shakespeare",
    "toy_language",
    "train_test_split",
]
