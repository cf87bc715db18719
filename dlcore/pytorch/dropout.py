"""Dropout: silence some units at random, so that none is relied upon."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlcore.errors import ShapeError, ValidationError
from dlcore.pytorch._checks import one_of
from dlcore.pytorch.base import Layer

__all__ = ["Dropout", "Dropout2d", "dropout"]

SCALINGS = ("inverted", "test")


def draw_mask(
    shape: tuple[int, ...],
    p: float,
    rng: np.random.Generator | None,
    device: torch.device | None = None,
) -> Tensor:
    """Choose the units that stay; on the CPU the same as the reference from the same `rng`.

    On a GPU a torch.Generator draws there, so that no mask has to travel. Its seed comes from
    `rng` at each call: the state of `rng` alone says which masks are to come.

    Parameters
    ----------
    shape : tuple of int
        Shape of the mask.
    p : float
        Probability that a unit is silenced.
    rng : numpy.random.Generator
        Source of randomness; one draw of float32 a unit, or one seed for a GPU.
    device : torch.device, optional
        Where to draw; on the CPU by default.

    Returns
    -------
    Tensor of bool, shape `shape`
        True for those that stay.

    Raises
    ------
    ValidationError
        If `rng` is no Generator.
    """
    if not isinstance(rng, np.random.Generator):
        raise ValidationError(
            f"dropout: rng must be a numpy.random.Generator, such as default_rng(0), got {type(rng).__name__}"
        )
    if device is None or device.type == "cpu":
        return torch.from_numpy(np.asarray(rng.random(shape, dtype=np.float32) >= p))
    generator = torch.Generator(device).manual_seed(int(rng.integers(2**63)))
    return torch.rand(shape, generator=generator, device=device) >= p


def dropout(
    x: Tensor,
    p: float = 0.5,
    *,
    rng: np.random.Generator | None = None,
    training: bool = True,
    mask: Tensor | None = None,
    scaling: str = "inverted",
) -> Tensor:
    """Silence each unit with probability p: y = m x / (1 - p), m = 0 or 1.  [mmds 13.6.2, le 16]

    Parameters
    ----------
    x : Tensor, any shape
        Activations.
    p : float, default 0.5
        Probability that a unit is silenced, in [0, 1].
    rng : numpy.random.Generator, optional
        Draws the mask; needed in training unless `mask` is given.
    training : bool, default True
        Whether to silence units.
    mask : Tensor of bool, optional
        The units that stay, in place of a draw; broadcasts to the shape of `x`.
    scaling : {"inverted", "test"}
        Divide by 1 - p in training, or multiply by 1 - p in evaluation, as the books do.

    Returns
    -------
    Tensor, shaped as `x`
        Activations, those of silenced units 0.

    Raises
    ------
    ShapeError
        If `mask` does not broadcast to the shape of `x`.
    ValidationError
        If `p` is not in [0, 1], or there is nothing to draw from.
    """
    one_of("dropout", "scaling", scaling, SCALINGS)
    if not 0 <= p <= 1:
        raise ValidationError(f"dropout: p must be in 0..1, got {p}")
    if not training:
        return x * (1.0 - p if scaling == "test" else 1.0)
    kept = draw_mask(tuple(x.shape), p, rng, x.device) if mask is None else _fitting(mask, x)
    scale = 1.0 / (1.0 - p) if scaling == "inverted" and p < 1 else 1.0
    return x * (kept.to(x) * scale)


def _fitting(mask: Tensor, x: Tensor) -> Tensor:
    axes = zip(reversed(mask.shape), reversed(x.shape), strict=False)
    if mask.ndim > x.ndim or any(m not in (1, n) for m, n in axes):
        raise ShapeError("dropout", f"a mask for {tuple(x.shape)}", tuple(mask.shape))
    return mask


class Dropout(Layer):
    """Dropout as a layer; see `dropout`.

    Parameters
    ----------
    p : float, default 0.5
        Probability that a unit is silenced.
    rng : numpy.random.Generator
        Draws a new mask at each call.
    scaling : {"inverted", "test"}
        Divide by 1 - p in training, or multiply by 1 - p in evaluation, as the books do.
    monte_carlo : bool, default False
        Whether to silence units in evaluation too: the spread of several predictions then
        tells how sure the network is.  [rawassizadeh 10]
    """

    def __init__(
        self,
        p: float = 0.5,
        *,
        rng: np.random.Generator,
        scaling: str = "inverted",
        monte_carlo: bool = False,
    ) -> None:
        super().__init__()
        self.p, self.rng, self.scaling, self.monte_carlo = p, rng, scaling, monte_carlo

    def operation(self, x: Any) -> Tensor:
        """Apply `dropout` with a new mask.

        Parameters
        ----------
        x : Tensor
            Activations.

        Returns
        -------
        Tensor
            Shaped as `x`.
        """
        active = self.training or self.monte_carlo
        return dropout(x, self.p, rng=self.rng, training=active, scaling=self.scaling)


class Dropout2d(Dropout):
    """Dropout of whole channels: neighbors in an image carry the same, so one alone is not missed.

    Takes what `Dropout` takes.
    """

    def operation(self, x: Any) -> Tensor:
        """Apply `dropout` with one draw a channel.

        Parameters
        ----------
        x : Tensor, shape (N, C, H, W)
            Activations.

        Returns
        -------
        Tensor
            Shaped as `x`.
        """
        if x.ndim != 4:
            raise ShapeError("dropout2d", "(N, C, H, W)", tuple(x.shape))
        active = self.training or self.monte_carlo
        mask = draw_mask((*x.shape[:2], 1, 1), self.p, self.rng, x.device) if active else None
        return dropout(x, self.p, training=active, mask=mask, scaling=self.scaling)
