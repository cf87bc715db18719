"""Optimizers: how a gradient becomes a step.

An optimizer is given the parameters once and changes them in place at each ``step``.
"""

from __future__ import annotations

from collections.abc import Iterable

from dlcore.errors import ValidationError
from dlcore.reference._checks import Array
from dlcore.reference.base import Parameter

__all__ = ["SGD", "GradientDescent", "Optimizer"]


class Optimizer:
    """Base of all optimizers: holds the parameters and walks over them.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float
        Learning rate η, not negative; may be changed between steps.
    """

    def __init__(self, params: Iterable[Parameter], lr: float) -> None:
        self.params = list(params)
        if not self.params or not all(isinstance(p, Parameter) for p in self.params):
            raise ValidationError(f"{type(self).__name__} needs parameters: pass model.parameters()")
        if not lr >= 0:
            raise ValidationError(f"{type(self).__name__}: lr must not be negative, got {lr}")
        self.lr = float(lr)

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to zero."""
        for parameter in self.params:
            parameter.grad[...] = 0

    def step(self) -> None:
        """Change every parameter in place by its gradient."""
        for i, parameter in enumerate(self.params):
            self.update(i, parameter.value, parameter.grad)
            parameter.version += 1

    def update(self, i: int, value: Array, grad: Array) -> None:
        """Change one parameter in place.

        Parameters
        ----------
        i : int
            Which parameter it is, to find its state.
        value, grad : ndarray
            The parameter and its gradient, of one shape.
        """
        raise TypeError(f"{type(self).__name__} does not define update")


class GradientDescent(Optimizer):
    """Steepest descent on the whole training set: θ ← θ - η ∇J(θ).  [le 4, burkov 4, buduma 2]

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.01
        Learning rate η.
    """

    def __init__(self, params: Iterable[Parameter], lr: float = 0.01) -> None:
        super().__init__(params, lr)

    def update(self, i: int, value: Array, grad: Array) -> None:
        """Take one step downhill.

        Parameters
        ----------
        i : int
            Not used: there is no state.
        value, grad : ndarray
            The parameter and its gradient, of one shape.
        """
        value -= self.lr * grad


class SGD(GradientDescent):
    """Stochastic gradient descent: the same step with the gradient of one minibatch.  [le 4, mmds 13.2.8]

    What makes it stochastic is the gradient it is fed, so the rule is inherited. `fit`
    feeds one random minibatch a step; le's form has minibatches of one sample.
    """
