"""What may happen between two epochs, the same for both packages; see ``dlcore.callbacks``."""

from dlcore.callbacks import Callback, EarlyStopping

__all__ = ["Callback", "EarlyStopping"]
