"""The engine: what an exercise declares, how an answer is driven and judged."""

from dlcore.exercises.engine.certificate import Certificate, verify, verify_two_units
from dlcore.exercises.engine.declaration import Driver, Exercise, Finding, Note, Slip
from dlcore.exercises.engine.driving import Outcome, drive
from dlcore.exercises.engine.evaluated import EvaluatedGraph
from dlcore.exercises.engine.formula import Derivation, Formula, evaluate
from dlcore.exercises.engine.function import Change, Function, Pullback
from dlcore.exercises.engine.graph import ComputeGraph
from dlcore.exercises.engine.network import Network, all_bits, threshold_net
from dlcore.exercises.engine.number import Number
from dlcore.exercises.engine.recurrent_net import RecurrentNet
from dlcore.exercises.engine.verdict import Status, Verdict

__all__ = [
    "Certificate",
    "Change",
    "ComputeGraph",
    "Derivation",
    "Driver",
    "EvaluatedGraph",
    "Exercise",
    "Finding",
    "Formula",
    "Function",
    "Network",
    "Note",
    "Number",
    "Outcome",
    "Pullback",
    "RecurrentNet",
    "Slip",
    "Status",
    "Verdict",
    "all_bits",
    "drive",
    "evaluate",
    "threshold_net",
    "verify",
    "verify_two_units",
]
