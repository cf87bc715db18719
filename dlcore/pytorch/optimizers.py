"""Optimizers as `torch.optim.Optimizer`: usable with any torch model.

Each rule is a handful of ``_foreach`` operations, so that a step is a handful of kernels
however many parameters there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from dlcore.errors import ValidationError

__all__ = ["SGD", "GradientDescent", "Momentum", "Nesterov", "Optimizer"]

Group = dict[str, Any]
Tensors = list[Tensor]


def in_range(optimizer: str, name: str, value: float, low: float, high: float) -> float:
    """Check a setting.

    Parameters
    ----------
    optimizer, name : str
        For the message.
    value : float
        What was given.
    low, high : float
        Lowest value that is allowed and lowest that is not any more.

    Returns
    -------
    float
        The value.
    """
    if not low <= value < high:
        raise ValidationError(f"{optimizer}: {name} must be in [{low}, {high}), got {value}")
    return float(value)


class Optimizer(torch.optim.Optimizer):
    """Base of all optimizers: holds the parameters and walks over them.

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
        What to train, from ``model.parameters()``, or torch's parameter groups.
    lr : float
        Learning rate η, not negative.
    weight_decay : float, default 0.0
        Adds ``weight_decay * θ`` to the gradient, as an L2 penalty of half that factor does.
    """

    #: Names of the tensors that the rule keeps for each parameter; they start at zero.
    keeps: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: Iterable[nn.Parameter], lr: float, weight_decay: float = 0.0) -> None:
        name = type(self).__name__
        params = list(params)
        if not params:
            raise ValidationError(f"{name} needs parameters: pass model.parameters()")
        settings = {
            "lr": in_range(name, "lr", lr, 0.0, float("inf")),
            "weight_decay": in_range(name, "weight_decay", weight_decay, 0.0, float("inf")),
            "steps": 0,
        }
        super().__init__(params, settings)

    def start(self, value: Tensor, group: Group) -> dict[str, Tensor]:
        """Make the tensors kept for one parameter.

        Parameters
        ----------
        value : Tensor
            The parameter.
        group : dict
            Its settings.

        Returns
        -------
        dict of str to Tensor
            Named as in `keeps`, shaped as `value`.
        """
        return {key: torch.zeros_like(value) for key in self.keeps}

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
            group["steps"] += 1
            values = [p for p in group["params"] if p.grad is not None]
            grads: Any = [p.grad for p in values]
            if not values:
                continue
            kept = self._kept(values, group) if self.keeps else ()
            if group["weight_decay"]:
                grads = torch._foreach_add(grads, values, alpha=group["weight_decay"])
            self.update(group, values, list(grads), *kept)
        return loss

    def _kept(self, values: Tensors, group: Group) -> list[Tensors]:
        """One list of tensors for each name in `keeps`; started where a parameter is new."""
        states = [self.state[p] for p in values]  # looked up once: it costs as much as a small kernel
        for p, state in zip(values, states, strict=True):
            if not state:
                state.update(self.start(p, group))
        return [[state[key] for state in states] for key in self.keeps]

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Apply the rule to the parameters of one group, in place.

        Parameters
        ----------
        group : dict
            Their settings.
        values, grads : list of Tensor
            The parameters and their gradients; `grads` are not changed.
        *kept : list of Tensor
            The tensors named in `keeps`, changed in place.
        """
        raise TypeError(f"{type(self).__name__} does not define update")


class GradientDescent(Optimizer):
    """Steepest descent on the whole training set: θ ← θ - η ∇J(θ).  [le 5, mmds 13.3.4, rawassizadeh 10]

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.01
        Learning rate η.
    weight_decay : float, default 0.0
        See `Optimizer`.
    """

    def __init__(self, params: Iterable[nn.Parameter], lr: float = 0.01, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay)

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Take one step downhill.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            Nothing.
        """
        torch._foreach_add_(values, grads, alpha=-group["lr"])


class SGD(GradientDescent):
    """Stochastic gradient descent: the same step with the gradient of one minibatch.  [le 5, mmds 13.3.4]"""


class Momentum(Optimizer):
    """Descent of a heavy ball: v ← μ v + ∇J, θ ← θ - η v.  [rawassizadeh 10]

    Parameters
    ----------
    params : iterable of torch.nn.Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.01
        Learning rate η.
    momentum : float, default 0.9
        Share μ of the velocity that is kept, in [0, 1).
    weight_decay : float, default 0.0
        See `Optimizer`.
    """

    keeps = ("momentum_buffer",)

    def __init__(
        self,
        params: Iterable[nn.Parameter],
        lr: float = 0.01,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        mu = in_range(type(self).__name__, "momentum", momentum, 0.0, 1.0)
        for group in self.param_groups:
            group.setdefault("momentum", mu)

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Let the gradient push the ball, and the ball move the parameter.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            The velocities v.
        """
        (v,) = kept
        torch._foreach_mul_(v, group["momentum"])
        torch._foreach_add_(v, grads)
        torch._foreach_add_(values, v, alpha=-group["lr"])


class Nesterov(Momentum):
    """Momentum that looks ahead: v ← μ v + ∇J, θ ← θ - η (∇J + μ v).  [rawassizadeh 10]"""

    def update(self, group: Group, values: Tensors, grads: Tensors, *kept: Tensors) -> None:
        """Move by the gradient and by what the velocity will add next.

        Parameters
        ----------
        group : dict
            Settings of the parameters.
        values, grads : list of Tensor
            The parameters and their gradients.
        *kept : list of Tensor
            The velocities v.
        """
        (v,) = kept
        torch._foreach_mul_(v, group["momentum"])
        torch._foreach_add_(v, grads)
        torch._foreach_add_(values, grads, alpha=-group["lr"])
        torch._foreach_add_(values, v, alpha=-group["lr"] * group["momentum"])
