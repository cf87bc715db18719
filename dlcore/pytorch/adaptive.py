"""Optimizers with a learning rate for each weight; see the reference for where each book puts ε."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from dlcore.pytorch.optimizers import Group, Optimizer, Tensors, in_range

__all__ = ["Adadelta", "Adagrad", "Adam", "AdamW", "RMSprop", "Rprop"]

INFINITY = float("inf")


class Adagrad(Optimizer):
    """Divide by the root of all past squares: G ← G + g², θ ← θ - η g / (√G + ε).  [rawassizadeh 10]

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
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
        self, params: Iterable[nn.Parameter], lr: float = 0.01, eps: float = 1e-10, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.eps = in_range("Adagrad", "eps", eps, 0.0, INFINITY)

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Add up the squares and divide by their root.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            Sums of squares G.
        """
        (total,) = kept
        torch._foreach_addcmul_(total, grads, grads)
        root = torch._foreach_sqrt(total)
        torch._foreach_add_(root, self.eps)
        torch._foreach_addcdiv_(values, grads, root, value=-group["lr"])


class Adadelta(Optimizer):
    """Measure the step in units of past steps, so that η needs no tuning.

    E ← ρ E + (1-ρ) g², d = g √(D + ε) / √(E + ε), D ← ρ D + (1-ρ) d², θ ← θ - η d.

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
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
        params: Iterable[nn.Parameter],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.rho = in_range("Adadelta", "rho", rho, 0.0, 1.0)
        self.eps = in_range("Adadelta", "eps", eps, 0.0, INFINITY)

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Average the squared gradients, then the squared steps.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            Averages of squared gradients E and of squared steps D.
        """
        squares, steps = kept
        torch._foreach_mul_(squares, self.rho)
        torch._foreach_addcmul_(squares, grads, grads, value=1 - self.rho)
        delta = torch._foreach_add(steps, self.eps)
        torch._foreach_div_(delta, torch._foreach_add(squares, self.eps))
        torch._foreach_sqrt_(delta)
        torch._foreach_mul_(delta, grads)
        torch._foreach_mul_(steps, self.rho)
        torch._foreach_addcmul_(steps, delta, delta, value=1 - self.rho)
        torch._foreach_add_(values, delta, alpha=-group["lr"])


class Rprop(Optimizer):
    """Look at the signs alone: a step Δ for each weight, longer while g keeps its sign.  [rawassizadeh 10]

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
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
        params: Iterable[nn.Parameter],
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

    def start(self, value: Tensor, group: Group) -> dict[str, Tensor]:
        """Start with steps of length ``lr``.

        Parameters
        ----------
        value : Tensor
            The parameter.
        group : dict
            Its settings.

        Returns
        -------
        dict of str to Tensor
            Gradient before (zero) and step Δ.
        """
        return {"prev": torch.zeros_like(value), "step_size": torch.full_like(value, group["lr"])}

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Compare signs, change the step, and go.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            Gradients before, and steps Δ.
        """
        shorter, longer = self.etas
        for value, grad, previous, size in zip(values, grads, *kept, strict=True):
            agreement = torch.sign(grad * previous)
            factor = torch.ones_like(size).masked_fill_(agreement > 0, longer)
            size.mul_(factor.masked_fill_(agreement < 0, shorter))
            size.clamp_(*self.step_sizes)
            previous.copy_(grad * (agreement >= 0))
            value.addcmul_(torch.sign(previous), size, value=-1)


class RMSprop(Optimizer):
    """Divide by the root of recent squares: E ← α E + (1-α) g², θ ← θ - η g / (√E + ε).  [rawassizadeh 10]

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
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
        params: Iterable[nn.Parameter],
        lr: float = 0.01,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.alpha = in_range("RMSprop", "alpha", alpha, 0.0, 1.0)
        self.eps = in_range("RMSprop", "eps", eps, 0.0, INFINITY)

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Average the squares and divide by their root.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            Averages of squares E.
        """
        (squares,) = kept
        torch._foreach_mul_(squares, self.alpha)
        torch._foreach_addcmul_(squares, grads, grads, value=1 - self.alpha)
        root = torch._foreach_sqrt(squares)
        torch._foreach_add_(root, self.eps)
        torch._foreach_addcdiv_(values, grads, root, value=-group["lr"])


class Adam(Optimizer):
    """Momentum divided by the root of recent squares, both freed of their start at zero.  [rawassizadeh 10]

    m ← β₁ m + (1-β₁) g, v ← β₂ v + (1-β₂) g²; after t steps m̂ = m / (1-β₁ᵗ) and
    v̂ = v / (1-β₂ᵗ); θ ← θ - η m̂ / (√v̂ + ε).

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
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
        params: Iterable[nn.Parameter],
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

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Update both averages and step by their corrected quotient.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            Averages m of gradients and v of squares.
        """
        m, v = kept
        (beta1, beta2), t = self.betas, group["steps"]
        torch._foreach_lerp_(m, grads, 1 - beta1)
        torch._foreach_mul_(v, beta2)
        torch._foreach_addcmul_(v, grads, grads, value=1 - beta2)
        root = torch._foreach_sqrt(v)
        torch._foreach_mul_(root, (1 - beta2**t) ** -0.5)
        torch._foreach_add_(root, self.eps)
        torch._foreach_addcdiv_(values, m, root, value=-group["lr"] / (1 - beta1**t))


class AdamW(Adam):
    """Adam whose weight decay shrinks the weights directly: θ ← (1 - η λ) θ before Adam's step.

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
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
        params: Iterable[nn.Parameter],
        lr: float = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(params, lr, betas, eps)
        self.decay = in_range("AdamW", "weight_decay", weight_decay, 0.0, INFINITY)

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Shrink the weights, then take Adam's step.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            Averages m of gradients and v of squares.
        """
        torch._foreach_mul_(values, 1 - group["lr"] * self.decay)
        super().update(group, values, grads, *kept)
