"""The exercises of Mining of Massive Datasets, chapter 13, a module for each section."""

from __future__ import annotations

from dlcore.exercises.mmds.convolutions import *
from dlcore.exercises.mmds.detectors import *
from dlcore.exercises.mmds.formulas import *
from dlcore.exercises.mmds.gates import *
from dlcore.exercises.mmds.graphs import *
from dlcore.exercises.mmds.recurrent import *
