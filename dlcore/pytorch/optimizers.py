"""Optimizers as `torch.optim.Optimizer`: usable with any torch model."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from dlcore.errors import ValidationError

__all__ = ["SGD", "GradientDescent", "Optimizer"]


class Optimizer(torch.optim.Optimizer):
    """Base of all optimizers: holds the parameters and walks over them.

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
        What to train, from ``model.parameters()``, or torch's parameter groups.
    lr : float
        Learning rate η, not negative.
    """

    def __init__(self, params: Iterable[nn.Parameter], lr: float) -> None:
        if not lr >= 0:
            raise ValidationError(f"{type(self).__name__}: lr must not be negative, got {lr}")
        params = list(params)
        if not params:
            raise ValidationError(f"{type(self).__name__} needs parameters: pass model.parameters()")
        super().__init__(params, {"lr": float(lr)})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter in place by its gradient.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss and the gradients anew, as in torch.

        Returns
        -------
        object
            What `closure` returned, or None.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            values = [p for p in group["params"] if p.grad is not None]
            if values:
                self.update(values, [p.grad for p in values], group)
        return loss

    def update(self, values: list[Tensor], grads: list[Tensor], group: dict[str, Any]) -> None:
        """Change the parameters of one group in place.

        Parameters
        ----------
        values, grads : list of Tensor
            The parameters and their gradients.
        group : dict
            Their settings, such as ``lr``.
        """
        raise TypeError(f"{type(self).__name__} does not define update")


class GradientDescent(Optimizer):
    """Steepest descent on the whole training set: θ ← θ - η ∇J(θ).  [le 4, burkov 4, buduma 2]

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.01
        Learning rate η.
    """

    def __init__(self, params: Iterable[nn.Parameter], lr: float = 0.01) -> None:
        super().__init__(params, lr)

    def update(self, values: list[Tensor], grads: list[Tensor], group: dict[str, Any]) -> None:
        """Take one step downhill, all parameters in one kernel.

        Parameters
        ----------
        values, grads : list of Tensor
            The parameters and their gradients.
        group : dict
            Their settings.
        """
        torch._foreach_add_(values, grads, alpha=-group["lr"])


class SGD(GradientDescent):
    """Stochastic gradient descent: the same step with the gradient of one minibatch.  [le 4, mmds 13.2.8]"""
