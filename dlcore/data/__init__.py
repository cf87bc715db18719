"""Data sets: bundled, generated, and downloaded once and verified.

Each loader returns a `Dataset`, which unpacks into its arrays and says what it
stands in for, who made it and under which licence:

>>> from dlcore import data
>>> x, y = data.digits()
>>> x.shape, y.shape
((1797, 8, 8), (1797,))
"""

from __future__ import annotations

from dlcore.data.bundled_files import digits
from dlcore.data.dataset import Dataset, train_test_split
from dlcore.data.examples import ExamHours, Films, exam_hours, films, logic_gates
from dlcore.data.grammar import Grammar, toy_language
from dlcore.data.idx import read_idx
from dlcore.data.text import Text

__all__ = [
    "Dataset",
    "ExamHours",
    "Films",
    "digits",
    "exam_hours",
    "films",
    "logic_gates",
    "train_test_split",
]
