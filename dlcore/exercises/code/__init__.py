"""Exercises in code: operations of a network, forward and backward."""

from __future__ import annotations

from dlcore.exercises.code.images import *
from dlcore.exercises.code.layers import *
from dlcore.exercises.code.optimization import *
from dlcore.exercises.code.sequences import *
from dlcore.exercises.code.training import *
