"""Is a hand-derived gradient right? Central differences tell, and if it is wrong, a diagnosis says why.

`check` drives an operation, a loss or a layer with random cotangents u and compares its
pullback with the numerical gradient of s = Σ ⟨u, y⟩, in float64. `diagnose` compares a
wrong gradient with what the usual mistakes would have given.
"""

from dlcore.gradcheck.checking import Comparison, Report, check, directional_error
from dlcore.gradcheck.diagnosis import Diagnosis, diagnose
from dlcore.gradcheck.differences import numeric_gradient, relative_error

__all__ = [
    "Comparison",
    "Diagnosis",
    "Report",
    "check",
    "diagnose",
    "directional_error",
    "numeric_gradient",
    "relative_error",
]
