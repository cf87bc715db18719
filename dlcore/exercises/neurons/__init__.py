"""Exercises of chapter 01, in its order: sums, the perceptron rule, gates, films."""

from __future__ import annotations

# isort: off
from dlcore.exercises.neurons.sums import *
from dlcore.exercises.neurons.perceptron import *
from dlcore.exercises.neurons.gates import *
from dlcore.exercises.neurons.films import *
