"""Learning-rate schedules, which are the same for both packages; see ``dlcore.schedules``."""

from dlcore.schedules import CosineAnnealingLR, ExponentialLR, ReduceLROnPlateau, Schedule, StepLR

__all__ = ["CosineAnnealingLR", "ExponentialLR", "ReduceLROnPlateau", "Schedule", "StepLR"]
