"""Learning-rate schedules: how η changes from epoch to epoch.

A schedule is stepped once after each epoch and sets the learning rate of an optimizer:
one of the reference's, of the mirror's, or any of PyTorch's. Names and settings are
PyTorch's.
"""

from __future__ import annotations

import math
from typing import Any

from dlcore.errors import ValidationError

__all__ = ["CosineAnnealingLR", "ExponentialLR", "ReduceLROnPlateau", "Schedule", "StepLR"]


class Schedule:
    """Base of the schedules that depend on the epoch alone.

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rate to set; its present one counts as η₀. Parameter groups with
        rates of their own keep their proportions.

    Attributes
    ----------
    epoch : int
        Number of epochs that have passed.
    """

    def __init__(self, optimizer: Any) -> None:
        self.optimizer = optimizer
        self.base_lrs = [float(group["lr"]) for group in self.groups]
        self.epoch = 0

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Where the rates stand now; PyTorch makes new groups when it loads a state.

        Returns
        -------
        list of dict
            PyTorch's parameter groups, or the attributes of one of our optimizers.
        """
        return getattr(self.optimizer, "param_groups", [vars(self.optimizer)])

    def lr_at(self, epoch: int, base_lr: float) -> float:
        """Learning rate after some epochs.

        Parameters
        ----------
        epoch : int
            Number of epochs that have passed.
        base_lr : float
            Rate η₀ at the start.

        Returns
        -------
        float
            The rate η.
        """
        raise TypeError(f"{type(self).__name__} does not define lr_at")

    def step(self, loss: float | None = None) -> None:
        """Set the rate for the next epoch.

        Parameters
        ----------
        loss : float, optional
            Loss of the epoch that ended; only `ReduceLROnPlateau` looks at it.
        """
        self.epoch += 1
        for group, base_lr in zip(self.groups, self.base_lrs, strict=True):
            group["lr"] = self.lr_at(self.epoch, base_lr)

    def state_dict(self) -> dict[str, Any]:
        """Collect what the next step depends on.

        Returns
        -------
        dict of str to number or list
            By name; ready for JSON.
        """
        return {"epoch": self.epoch, "base_lrs": list(self.base_lrs)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where another schedule of this class stopped.

        Parameters
        ----------
        state : dict of str to number or list
            As ``state_dict`` gives it.
        """
        mine = self.state_dict()
        if set(state) != set(mine):
            raise ValidationError(
                f"{type(self).__name__} expects a state with {sorted(mine)}, got {sorted(state)}"
            )
        for name, value in state.items():
            setattr(self, name, type(mine[name])(value))


class StepLR(Schedule):
    """Multiply by γ every few epochs: η = η₀ γ^⌊epoch / step_size⌋.

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rate to set.
    step_size : int
        Epochs between two cuts.
    gamma : float, default 0.1
        Factor γ.
    """

    def __init__(self, optimizer: Any, step_size: int, gamma: float = 0.1) -> None:
        super().__init__(optimizer)
        if step_size < 1:
            raise ValidationError(f"StepLR: step_size must be at least 1, got {step_size}")
        self.step_size, self.gamma = step_size, gamma

    def lr_at(self, epoch: int, base_lr: float) -> float:
        """Learning rate after some epochs.

        Parameters
        ----------
        epoch : int
            Number of epochs that have passed.
        base_lr : float
            Rate η₀ at the start.

        Returns
        -------
        float
            The rate η.
        """
        return base_lr * self.gamma ** (epoch // self.step_size)


class ExponentialLR(Schedule):
    """Multiply by γ every epoch: η = η₀ γ^epoch.  [mmds 13.3.4]

    mmds calls the factor β and stops at a floor. Without a floor the steps add up to at
    most η₀ / (1 - γ), so a small γ can stop short of the minimum.

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rate to set.
    gamma : float
        Factor γ.
    """

    def __init__(self, optimizer: Any, gamma: float) -> None:
        super().__init__(optimizer)
        self.gamma = gamma

    def lr_at(self, epoch: int, base_lr: float) -> float:
        """Learning rate after some epochs.

        Parameters
        ----------
        epoch : int
            Number of epochs that have passed.
        base_lr : float
            Rate η₀ at the start.

        Returns
        -------
        float
            The rate η.
        """
        return base_lr * self.gamma**epoch


class CosineAnnealingLR(Schedule):
    """Half a cosine from η₀ down to η_min: η = η_min + (η₀ - η_min) (1 + cos(π epoch / T_max)) / 2.

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rate to set.
    T_max : int
        Epochs until η_min is reached; after that the rate rises again.
    eta_min : float, default 0.0
        Lowest rate η_min.
    """

    def __init__(self, optimizer: Any, T_max: int, eta_min: float = 0.0) -> None:
        super().__init__(optimizer)
        if T_max < 1:
            raise ValidationError(f"CosineAnnealingLR: T_max must be at least 1, got {T_max}")
        self.T_max, self.eta_min = T_max, eta_min

    def lr_at(self, epoch: int, base_lr: float) -> float:
        """Learning rate after some epochs.

        Parameters
        ----------
        epoch : int
            Number of epochs that have passed.
        base_lr : float
            Rate η₀ at the start.

        Returns
        -------
        float
            The rate η.
        """
        return self.eta_min + (base_lr - self.eta_min) * (1 + math.cos(math.pi * epoch / self.T_max)) / 2


class ReduceLROnPlateau(Schedule):
    """Multiply by a factor when the loss has not improved for a while.

    Parameters
    ----------
    optimizer : Optimizer
        Whose learning rate to set.
    factor : float, default 0.1
        What to multiply by, in [0, 1).
    patience : int, default 10
        Epochs without improvement that are borne; the rate falls at the next one.
    threshold : float, default 1e-4
        Share by which the loss must fall below the best one to count as improved.
    min_lr : float, default 0.0
        Lowest rate.
    """

    def __init__(
        self,
        optimizer: Any,
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(optimizer)
        if not 0 <= factor < 1:
            raise ValidationError(f"ReduceLROnPlateau: factor must be in [0, 1), got {factor}")
        self.factor, self.patience, self.threshold, self.min_lr = factor, patience, threshold, min_lr
        self.best, self.waited = float("inf"), 0

    def step(self, loss: float | None = None) -> None:
        """Compare the loss with the best one and set the rate for the next epoch.

        Parameters
        ----------
        loss : float
            Loss of the epoch that ended.
        """
        if loss is None:
            raise ValidationError("ReduceLROnPlateau.step needs the loss of the epoch")
        self.epoch += 1
        if loss < self.best * (1 - self.threshold):
            self.best, self.waited = float(loss), 0
        else:
            self.waited += 1
        if self.waited > self.patience:
            for group in self.groups:
                group["lr"] = max(group["lr"] * self.factor, self.min_lr)
            self.waited = 0

    def state_dict(self) -> dict[str, Any]:
        """Collect what the next step depends on.

        Returns
        -------
        dict of str to number or list
            By name; ready for JSON.
        """
        return {**super().state_dict(), "best": self.best, "waited": self.waited}
