"""The pictures of chapter 01: one neuron, what it separates, and what it learns from digits."""

from __future__ import annotations

from dlcore.figures.diagrams import nerve_cell, schematic, threshold_net
from dlcore.figures.images import digit_images, image_rows, weight_images
from dlcore.figures.planes import gate_panels, point_classes, probability_map, regions
from dlcore.figures.plots import activation_and_slope, activations, costs, curves, cutoffs, shifted_curves

__all__ = [
    "activation_and_slope",
    "activations",
    "costs",
    "curves",
    "cutoffs",
    "digit_images",
    "gate_panels",
    "image_rows",
    "nerve_cell",
    "point_classes",
    "probability_map",
    "regions",
    "schematic",
    "shifted_curves",
    "threshold_net",
    "weight_images",
]
