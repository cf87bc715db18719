"""Dropout: silence some units at random, so that none is relied upon."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference._checks import Array, as_floats, one_of
from dlcore.reference.base import Layer, Pullback

__all__ = ["Dropout", "Dropout2d", "dropout"]

SCALINGS = ("inverted", "test")


def draw_mask(shape: tuple[int, ...], p: float, rng: np.random.Generator | None) -> Array:
    """Choose the units that stay, each with probability 1 - p.

    Parameters
    ----------
    shape : tuple of int
        Shape of the mask.
    p : float
        Probability that a unit is silenced.
    rng : numpy.random.Generator
        Source of randomness; one draw of float32 a unit.

    Returns
    -------
    ndarray of bool, shape `shape`
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
    return rng.random(shape, dtype=np.float32) >= p


def dropout(
    x: ArrayLike,
    p: float = 0.5,
    *,
    rng: np.random.Generator | None = None,
    training: bool = True,
    mask: ArrayLike | None = None,
    scaling: str = "inverted",
) -> tuple[Array, Pullback]:
    """Silence each unit with probability p: y = m x / (1 - p), m = 0 or 1.  [mmds 13.6.2, le 16]

    The expected output is x, so evaluation passes x through. The books scale at test time instead:
    y = m x in training and (1 - p) x in evaluation. Both print the factor as p, which is right at
    p = ½ only, and le scales incoming weights; it is outputs, or outgoing weights, that must shrink.

    Parameters
    ----------
    x : array_like, any shape
        Activations.
    p : float, default 0.5
        Probability that a unit is silenced, in [0, 1].
    rng : numpy.random.Generator, optional
        Draws the mask; needed in training unless `mask` is given.
    training : bool, default True
        Whether to silence units. Monte Carlo dropout leaves it on for predictions.
    mask : array_like of bool, optional
        The units that stay, in place of a draw; broadcasts to the shape of `x`.
    scaling : {"inverted", "test"}
        Divide by 1 - p in training, or multiply by 1 - p in evaluation, as the books do.

    Returns
    -------
    y : ndarray, shaped as `x`
        Activations, those of silenced units 0.
    back : callable
        ``back(dy) -> dx``.

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
    x = as_floats(x)
    if training:
        kept = draw_mask(x.shape, p, rng) if mask is None else _fitting(mask, x)
        scale = 1.0 / (1.0 - p) if scaling == "inverted" and p < 1 else 1.0
        factor = kept.astype(x.dtype) * scale
    else:
        factor = np.asarray(1.0 - p if scaling == "test" else 1.0, x.dtype)

    def back(dy: Array) -> Array:
        return dy * factor

    return x * factor, back


def _fitting(mask: ArrayLike, x: Array) -> Array:
    mask = np.asarray(mask)
    axes = zip(mask.shape[::-1], x.shape[::-1], strict=False)
    if mask.ndim > x.ndim or any(m not in (1, n) for m, n in axes):
        raise ShapeError("dropout", f"a mask for {x.shape}", mask.shape)
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

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `dropout` with a new mask.

        Parameters
        ----------
        x : ndarray
            Activations.

        Returns
        -------
        tuple
            Output and pullback.
        """
        active = self.training or self.monte_carlo
        return dropout(x, self.p, rng=self.rng, training=active, scaling=self.scaling)


class Dropout2d(Dropout):
    """Dropout of whole channels: neighbors in an image carry the same, so one alone is not missed.

    Takes what `Dropout` takes.
    """

    def operation(self, x: Any) -> tuple[Array, Pullback]:
        """Apply `dropout` with one draw a channel.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Activations.

        Returns
        -------
        tuple
            Output and pullback.
        """
        if np.ndim(x) != 4:
            raise ShapeError("dropout2d", "(N, C, H, W)", np.shape(x))
        active = self.training or self.monte_carlo
        mask = draw_mask((*x.shape[:2], 1, 1), self.p, self.rng) if active else None
        return dropout(x, self.p, training=active, mask=mask, scaling=self.scaling)
