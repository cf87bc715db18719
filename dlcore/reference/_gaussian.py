"""The standard normal distribution function, which NumPy does not have."""

from __future__ import annotations

import numpy as np

from dlcore.reference._checks import Array

#: P and Q, highest power first, of the fit e^(x²/2) Φ(-x) ≈ P(x) / Q(x) for x ≥ 0: least squares of
#: the relative error in 60 digits. All coefficients are positive, so nothing cancels.
P = (
    2.969614313460151e-07,
    8.86172771387277e-06,
    0.00013068374102044022,
    0.0012358696344601514,
    0.008231778005742936,
    0.040165795999380326,
    0.14513004814999556,
    0.38375437460886397,
    0.7134798812999075,
    0.8493786687159421,
    0.5,
)
Q = (
    7.443719202868132e-07,
    2.2213057249675133e-05,
    0.0003283199321965688,
    0.003120078826757993,
    0.02096009431520487,
    0.10373415962445219,
    0.3837733807528312,
    1.0566367244491024,
    2.114167800369878,
    2.918991787054847,
    2.4966418982347505,
    1.0,
)

#: From here on Φ(-x) is below the smallest float64; a larger x would only overflow in the powers.
FAR = 40.0

DENSITY_AT_ZERO = 0.3989422804014327  # 1 / √(2π)


def _horner(coefficients: tuple[float, ...], x: Array) -> Array:
    value = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        value *= x
        value += coefficient
    return value


def gaussian(z: Array) -> tuple[Array, Array]:
    """Distribution function Φ and density φ of the standard normal distribution.

    With x = |z| both tails are Φ(-x) = e^(-x²/2) P(x) / Q(x). In float64 the error of Φ is below
    2e-16, and below 1e-15 Φ for z > -3; further out it is a few units of rounding of z²/2, as for
    every formula that starts from a rounded z.

    Parameters
    ----------
    z : ndarray of float
        Where to evaluate.

    Returns
    -------
    cdf, pdf : ndarray, shaped as `z`
        Φ(z) = ½ (1 + erf(z / √2)) and φ(z) = e^(-z²/2) / √(2π).
    """
    x = np.minimum(np.abs(z), FAR)
    bell = np.exp(-0.5 * z * z)
    tail = bell * (_horner(P, x) / _horner(Q, x))
    positive = (z > 0).astype(z.dtype)
    return positive + (1.0 - 2.0 * positive) * tail, DENSITY_AT_ZERO * bell
