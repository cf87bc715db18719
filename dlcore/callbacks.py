"""What may happen between two epochs; the same for the reference and the mirror."""

from __future__ import annotations

import copy
import math
from typing import Any

from dlcore.errors import ValidationError
from dlcore.history import History

__all__ = ["Callback", "EarlyStopping"]


class Callback:
    """Base of what `fit` calls between two epochs and at the end."""

    def after_epoch(self, history: History, model: Any) -> bool:
        """Look at an epoch that ended.

        Parameters
        ----------
        history : History
            Everything recorded so far.
        model : Layer or torch.nn.Module
            The model, in the state after the epoch.

        Returns
        -------
        bool
            True stops the training.
        """
        return False

    def after_training(self, history: History, model: Any) -> None:
        """Act once the last epoch has ended.

        Parameters
        ----------
        history : History
            Everything recorded.
        model : Layer or torch.nn.Module
            The model, which may be changed.
        """


class EarlyStopping(Callback):
    """Stop when a column has not improved for a while, and bring back the best weights.  [mmds 13.6.3]

    Parameters
    ----------
    monitor : str, default "val_loss"
        Column of the history. Names that hold "loss" should fall, others rise.
    patience : int, default 5
        Epochs without improvement after which to stop.
    min_delta : float, default 0.0
        What an improvement must exceed.

    Attributes
    ----------
    best_epoch : int
        Epoch whose weights are brought back, counted from 1; 0 before the first.
    """

    def __init__(self, monitor: str = "val_loss", patience: int = 5, min_delta: float = 0.0) -> None:
        if patience < 1:
            raise ValidationError(f"EarlyStopping: patience must be at least 1, got {patience}")
        self.monitor, self.patience, self.min_delta = monitor, patience, min_delta
        self.best, self.best_epoch = math.inf, 0
        self._weights: Any = None

    def after_epoch(self, history: History, model: Any) -> bool:
        """Compare with the best epoch.

        Parameters
        ----------
        history : History
            Everything recorded so far.
        model : Layer or torch.nn.Module
            The model, whose weights are copied if they are the best so far.

        Returns
        -------
        bool
            True when patience is at its end.
        """
        value = history[self.monitor][-1] * (1 if "loss" in self.monitor else -1)
        if value < self.best - self.min_delta:
            self.best, self.best_epoch = value, len(history)
            self._weights = copy.deepcopy(model.state_dict())
        return len(history) - self.best_epoch >= self.patience

    def after_training(self, history: History, model: Any) -> None:
        """Bring back the best weights.

        Parameters
        ----------
        history : History
            Everything recorded.
        model : Layer or torch.nn.Module
            The model, changed in place.
        """
        if self._weights is not None:
            model.load_state_dict(self._weights)
