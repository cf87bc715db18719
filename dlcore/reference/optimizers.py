"""Optimizers: how a gradient becomes a step.

An optimizer is given the parameters once and changes them in place at each ``step``.
Each class is its update rule and nothing else; `Optimizer` walks over the parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from dlcore.errors import ShapeError, ValidationError
from dlcore.reference._checks import Array
from dlcore.reference.base import Parameter

__all__ = ["SGD", "GradientDescent", "Momentum", "Nesterov", "Optimizer"]

#: Entries updated at a time, so that the temporaries of a rule stay in the processor's cache.
BLOCK = 65536


def blocks(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Cut arrays of one shape into flat views of at most `BLOCK` entries.

    Parameters
    ----------
    *arrays : ndarray
        Contiguous arrays, all of one shape.

    Yields
    ------
    tuple of ndarray
        The same entries of each array; writing to a view writes to its array.
    """
    flat = [array.reshape(-1) for array in arrays]
    for start in range(0, flat[0].size, BLOCK):
        yield tuple(array[start : start + BLOCK] for array in flat)


class Pack:
    """Parameters that are updated as one flat array: many small ones then cost no more calls than one.

    Parameters
    ----------
    params : list of Parameter
        One of any size, or several small ones of one dtype.
    keeps : tuple of str
        Names of the arrays that the rule keeps; they start at zero.

    Attributes
    ----------
    kept : dict of str to ndarray, shape (n,)
        The kept arrays of all parameters, one behind the other.
    """

    def __init__(self, params: list[Parameter], keeps: tuple[str, ...]) -> None:
        self.params = params
        self.borders = np.cumsum([0, *(p.value.size for p in params)]).tolist()
        self.kept = {key: np.zeros(self.borders[-1], params[0].value.dtype) for key in keeps}

    def states(self) -> list[dict[str, Array]]:
        """Show each parameter its part of the kept arrays.

        Returns
        -------
        list of dict of str to ndarray
            Views, shaped as the parameters.
        """
        parts = zip(self.params, self.borders, self.borders[1:], strict=False)
        return [{key: a[i:j].reshape(p.value.shape) for key, a in self.kept.items()} for p, i, j in parts]

    def flat(self) -> tuple[Array, Array]:
        """Put values and gradients one behind the other.

        Returns
        -------
        tuple of ndarray, shape (n,)
            Views of a lone parameter's arrays, copies of several.
        """
        values, grads = (
            [a.reshape(-1) for a in b] for b in zip(*((p.value, p.grad) for p in self.params), strict=True)
        )
        return (values[0], grads[0]) if len(values) == 1 else (np.concatenate(values), np.concatenate(grads))

    def write(self, values: Array) -> None:
        """Bring updated values back to their parameters.

        Parameters
        ----------
        values : ndarray, shape (n,)
            What `flat` gave, after the update.
        """
        for parameter, i, j in zip(self.params, self.borders, self.borders[1:], strict=False):
            if len(self.params) > 1:
                parameter.value[...] = values[i:j].reshape(parameter.value.shape)
            parameter.version += 1


def packed(params: list[Parameter], keeps: tuple[str, ...]) -> list[Pack]:
    """Pack neighbors of one dtype together as long as they are small.

    Parameters
    ----------
    params : list of Parameter
        All parameters, in their order.
    keeps : tuple of str
        Names of the arrays that the rule keeps.

    Returns
    -------
    list of Pack
        In the same order.
    """
    groups: list[list[Parameter]] = []
    for p in params:
        last = groups[-1] if groups else []
        if (
            last
            and last[0].value.dtype == p.value.dtype
            and sum(q.value.size for q in [*last, p]) <= BLOCK // 4
        ):
            last.append(p)
        else:
            groups.append([p])
    return [Pack(group, keeps) for group in groups]


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


class Optimizer:
    """Base of all optimizers: holds the parameters and walks over them.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float
        Learning rate η, not negative; may be changed between steps.
    weight_decay : float, default 0.0
        Adds ``weight_decay * θ`` to the gradient, as an L2 penalty of half that factor does.

    Attributes
    ----------
    steps : int
        Number of steps taken.
    state : list of dict
        For each parameter its arrays by name, as in PyTorch's optimizer state.
    """

    #: Names of the arrays that the rule keeps for each parameter; they start at zero.
    keeps: ClassVar[tuple[str, ...]] = ()

    def __init__(self, params: Iterable[Parameter], lr: float, weight_decay: float = 0.0) -> None:
        self.params = list(params)
        name = type(self).__name__
        if not self.params or not all(isinstance(p, Parameter) for p in self.params):
            raise ValidationError(f"{name} needs parameters: pass model.parameters()")
        self.lr = in_range(name, "lr", lr, 0.0, float("inf"))
        self.weight_decay = in_range(name, "weight_decay", weight_decay, 0.0, float("inf"))
        self.steps = 0
        self.packs = packed(self.params, self.keeps)
        self.state = [state for pack in self.packs for state in pack.states()]

    def zero_grad(self) -> None:
        """Set the gradients of all parameters to zero."""
        for parameter in self.params:
            parameter.grad.fill(0)

    def step(self) -> None:
        """Change every parameter in place by its gradient."""
        self.steps += 1
        for pack in self.packs:
            values, grads = pack.flat()
            for value, grad, *kept in blocks(values, grads, *pack.kept.values()):
                self.update(value, grad + self.weight_decay * value if self.weight_decay else grad, *kept)
            pack.write(values)

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Apply the rule to a flat block of one parameter, in place.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of the parameter and their gradients; `grad` is not changed.
        *kept : ndarray, shape (n,)
            The same entries of the arrays named in `keeps`, changed in place.
        """
        raise TypeError(f"{type(self).__name__} does not define update")

    def state_dict(self) -> dict[str, Array]:
        """Copy everything that the next step depends on.

        Returns
        -------
        dict of str to ndarray
            ``"lr"``, ``"steps"`` and ``"PLACE.NAME"`` for each kept array.
        """
        kept = {f"{i}.{key}": a.copy() for i, state in enumerate(self.state) for key, a in state.items()}
        return {"lr": np.array(self.lr), "steps": np.array(self.steps), **kept}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Go on where another optimizer of this class stopped.

        Parameters
        ----------
        state : mapping of str to array_like
            As ``state_dict`` gives it.

        Raises
        ------
        ValidationError
            If names or shapes differ; nothing is changed then.
        """
        mine = self.state_dict()
        if set(state) != set(mine):
            odd = sorted(set(state) ^ set(mine))
            raise ValidationError(f"{type(self).__name__}.load_state_dict: {odd} stand on one side only")
        for key, array in mine.items():
            if np.shape(state[key]) != array.shape:
                got = f"{np.shape(state[key])} for {key}"
                raise ShapeError(f"{type(self).__name__}.load_state_dict", str(array.shape), got)
        self.lr, self.steps = float(np.asarray(state["lr"])), int(np.asarray(state["steps"]))
        for i, kept in enumerate(self.state):
            for key, array in kept.items():
                array[...] = state[f"{i}.{key}"]


class GradientDescent(Optimizer):
    """Steepest descent on the whole training set: θ ← θ - η ∇J(θ).  [le 5, mmds 13.3.4, rawassizadeh 10]

    Parameters
    ----------
    params : iterable of Parameter
        What to train, from ``model.parameters()``.
    lr : float, default 0.01
        Learning rate η.
    weight_decay : float, default 0.0
        See `Optimizer`.
    """

    def __init__(self, params: Iterable[Parameter], lr: float = 0.01, weight_decay: float = 0.0) -> None:
        super().__init__(params, lr, weight_decay)

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Take one step downhill.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray
            Nothing.
        """
        value -= self.lr * grad


class SGD(GradientDescent):
    """Stochastic gradient descent: the same step with the gradient of one minibatch.  [le 5, mmds 13.3.4]

    What makes it stochastic is the gradient it is fed, so the rule is inherited. `fit`
    feeds one random minibatch a step; le's form has minibatches of one sample. In
    PyTorch, ``torch.optim.SGD``; with momentum it is `Momentum` here.
    """


class Momentum(Optimizer):
    """Descent of a heavy ball: v ← μ v + ∇J, θ ← θ - η v.  [rawassizadeh 10]

    This is PyTorch's form. rawassizadeh writes v ← μ v - η ∇J, θ ← θ + v, which keeps
    -η v in place of v and walks the same path while η is constant. The book's pseudocode
    multiplies by η a second time; see the erratum.

    Parameters
    ----------
    params : iterable of Parameter
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
        params: Iterable[Parameter],
        lr: float = 0.01,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.momentum = in_range(type(self).__name__, "momentum", momentum, 0.0, 1.0)

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Let the gradient push the ball, and the ball move the parameter.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray, shape (n,)
            The velocity v.
        """
        (v,) = kept
        v *= self.momentum
        v += grad
        value -= self.lr * v


class Nesterov(Momentum):
    """Momentum that looks ahead: v ← μ v + ∇J, θ ← θ - η (∇J + μ v).  [rawassizadeh 10]

    The gradient of Nesterov's method is taken at the place where the ball would be next.
    Here θ *is* that place, which needs no second set of parameters; PyTorch does the same.
    In terms of rawassizadeh's w and v it is θ = w + μ v, and the paths agree step by step.
    The settings are those of `Momentum`.
    """

    def update(self, value: Array, grad: Array, *kept: Array) -> None:
        """Move by the gradient and by what the velocity will add next.

        Parameters
        ----------
        value, grad : ndarray, shape (n,)
            Entries of a parameter and their gradients.
        *kept : ndarray, shape (n,)
            The velocity v.
        """
        (v,) = kept
        v *= self.momentum
        v += grad
        value -= self.lr * (grad + self.momentum * v)
