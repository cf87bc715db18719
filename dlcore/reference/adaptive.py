"""Optimizers with a learning rate for each weight, found from its past gradients.

g is the gradient, everything is element by element. Where ε stands differs from book to
book; here it stands where PyTorch has it, and each docstring says what the books do.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dlcore.reference._checks import Array
from dlcore.reference.base import Parameter
from dlcore.reference.optimizers import Optimizer, in_range

__all__ = ["Adadelta", "Adagrad", "Adam", "AdamW", "RMSprop", "Rprop"]

INFINITY = float("inf")


class Adagrad(Optimizer):
    """Divide by the root of all past squares: G ← G + g², θ ← θ - η g / (√G + ε).  [rawassizadeh 10]

    rawassizadeh writes η g / √(G + ε) with ε = 1e-8, which differs from this only while G
    is about as small as ε.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.01
        Learning rate η.
    eps : float, default 1e-10
        ε, outside the root.
    weight_decay : float, default 0.0
        See `Optimizer`.
    """

    keeps = ("sum",)

    def __init__(
        self, params: Iterable[Parameter], lr: float = 0.01, eps: float = 1e-10, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.eps = in_range("Adagrad", "eps", eps, 0.0, INFINITY)

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Add up the squares and divide by their root.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray, shape (n,)
            Sum of squares G.
        """
        (total,) = kept
        total += grad * grad
        value -= self.lr * grad / (np.sqrt(total) + self.eps)


class Adadelta(Optimizer):
    """Measure the step in units of past steps, so that η needs no tuning.

    E ← ρ E + (1-ρ) g², d = g √(D + ε) / √(E + ε), D ← ρ D + (1-ρ) d², θ ← θ - η d.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 1.0
        Factor η on the step.
    rho : float, default 0.9
        Share ρ of the averages that is kept, in [0, 1).
    eps : float, default 1e-6
        ε, inside both roots; it sets the size of the first step.
    weight_decay : float, default 0.0
        See `Optimizer`.
    """

    keeps = ("square_avg", "acc_delta")

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.rho = in_range("Adadelta", "rho", rho, 0.0, 1.0)
        self.eps = in_range("Adadelta", "eps", eps, 0.0, INFINITY)

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Average the squared gradients, then the squared steps.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray, shape (n,)
            Averages of squared gradients E and of squared steps D.
        """
        squares, steps = kept
        squares += (1 - self.rho) * (grad * grad - squares)
        delta = grad * np.sqrt((steps + self.eps) / (squares + self.eps))
        steps += (1 - self.rho) * (delta * delta - steps)
        value -= self.lr * delta


class Rprop(Optimizer):
    """Look at the signs alone: a step Δ for each weight, longer while g keeps its sign.  [rawassizadeh 10]

    Same sign as before: Δ ← η⁺ Δ, θ ← θ - sign(g) Δ. Other sign: Δ ← η⁻ Δ, no move, and
    the next step starts afresh (the form PyTorch has; rawassizadeh's moves there too).
    Made for the whole training set: minibatch gradients change their signs by chance.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.01
        First step Δ.
    etas : tuple of float, default (0.5, 1.2)
        Factors η⁻ in (0, 1) and η⁺ above 1.
    step_sizes : tuple of float, default (1e-6, 50)
        Shortest and longest step.
    """

    keeps = ("prev", "step_size")

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 0.01,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
    ) -> None:
        super().__init__(params, lr)
        self.etas = (
            in_range("Rprop", "etas[0]", etas[0], 0.0, 1.0),
            in_range("Rprop", "etas[1]", etas[1], 1.0, INFINITY),
        )
        self.step_sizes = step_sizes
        for state in self.state:
            state["step_size"][...] = self.lr

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Compare signs, change the step, and go.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray, shape (n,)
            Gradient before, and step Δ.
        """
        previous, size = kept
        agreement = np.sign(grad * previous)
        shorter, longer = self.etas
        size *= np.select([agreement > 0, agreement < 0], [longer, shorter], 1.0)
        np.clip(size, *self.step_sizes, out=size)
        previous[...] = grad * (agreement >= 0)
        value -= np.sign(previous) * size


class RMSprop(Optimizer):
    """Divide by the root of recent squares: E ← α E + (1-α) g², θ ← θ - η g / (√E + ε).  [rawassizadeh 10]

    rawassizadeh writes √(E + ε) and calls α β, with 0.9; the formula printed there averages
    g instead of g², which its own summary corrects; see the erratum.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.01
        Learning rate η.
    alpha : float, default 0.99
        Share α of the average that is kept, in [0, 1).
    eps : float, default 1e-8
        ε, outside the root.
    weight_decay : float, default 0.0
        See `Optimizer`.
    """

    keeps = ("square_avg",)

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.alpha = in_range("RMSprop", "alpha", alpha, 0.0, 1.0)
        self.eps = in_range("RMSprop", "eps", eps, 0.0, INFINITY)

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Average the squares and divide by their root.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray, shape (n,)
            Average of squares E.
        """
        (squares,) = kept
        squares += (1 - self.alpha) * (grad * grad - squares)
        value -= self.lr * grad / (np.sqrt(squares) + self.eps)


class Adam(Optimizer):
    """Momentum divided by the root of recent squares, both freed of their start at zero.  [rawassizadeh 10]

    m ← β₁ m + (1-β₁) g, v ← β₂ v + (1-β₂) g²; after t steps m̂ = m / (1-β₁ᵗ) and
    v̂ = v / (1-β₂ᵗ); θ ← θ - η m̂ / (√v̂ + ε). The first step has length η whatever the
    gradient's size. rawassizadeh has the same form and places ε the same way.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.001
        Learning rate η.
    betas : tuple of float, default (0.9, 0.999)
        Shares β₁ and β₂ of the averages that are kept, in [0, 1).
    eps : float, default 1e-8
        ε, outside the root.
    weight_decay : float, default 0.0
        See `Optimizer`.
    """

    keeps = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        name = type(self).__name__
        self.betas = (
            in_range(name, "betas[0]", betas[0], 0.0, 1.0),
            in_range(name, "betas[1]", betas[1], 0.0, 1.0),
        )
        self.eps = in_range(name, "eps", eps, 0.0, INFINITY)

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Update both averages and step by their corrected quotient.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray, shape (n,)
            Averages m of gradients and v of squares.
        """
        m, v = kept
        (beta1, beta2), t = self.betas, self.steps
        m += (1 - beta1) * (grad - m)
        v += (1 - beta2) * (grad * grad - v)
        root = np.sqrt(v)
        root *= (1 - beta2**t) ** -0.5
        root += self.eps
        value -= (self.lr / (1 - beta1**t)) * m / root


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights directly: θ ← (1 - η λ) θ before Adam's step.

    In `Adam` the decay passes through the division and so hardly reaches weights with
    large gradients; here every weight shrinks by the same share.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.001
        Learning rate η.
    betas : tuple of float, default (0.9, 0.999)
        Shares β₁ and β₂ of the averages that are kept, in [0, 1).
    eps : float, default 1e-8
        ε, outside the root.
    weight_decay : float, default 0.01
        Decay λ.
    """

    def __init__(
        self,
        params: Iterable[Parameter],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr, betas, eps)
        self.decay = in_range("AdamW", "weight_decay", weight_decay, 0.0, INFINITY)

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Shrink the weights, then take Adam's step.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray, shape (n,)
            Averages m of gradients and v of squares.
        """
        value *= 1 - self.lr * self.decay
        super().update(value, grad, *kept)
