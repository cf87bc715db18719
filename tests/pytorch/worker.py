"""What `test_distributed` lets torchrun start: a training run that writes its weights.

Arguments: folder, dtype-free settings as JSON.
"""

import json
import os
import signal
import sys
from functools import partial
from pathlib import Path

import numpy as np
import torch

from dlcore import pytorch as mirror

torch.set_num_threads(1)


class Killed(mirror.Callback):
    """Ends its process without a word, once."""

    def __init__(self, marker, epoch):
        self.marker, self.epoch = marker, epoch

    def after_epoch(self, history, model):
        if os.environ.get("RANK") == "1" and len(history) == self.epoch and not self.marker.exists():
            self.marker.write_text("killed")
            os.kill(os.getpid(), signal.SIGKILL)
        return False


def build(rng):
    dense = partial(mirror.Dense, rng=rng, dtype=torch.float64)
    return mirror.Sequential(dense(4, 8), mirror.Tanh(), dense(8, 3))


def main(folder, settings):
    rng = np.random.default_rng(5)
    model = build(rng)
    x = rng.normal(size=(settings["n"], 4))
    y = (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)
    if "nan_at" in settings:
        x[settings["nan_at"]] = np.nan
    optimizer = mirror.Adam(model.parameters(), lr=0.05)
    schedule = mirror.ExponentialLR(optimizer, 0.9)
    callbacks = []
    epochs = settings["epochs"]
    if settings.get("checkpoint"):
        checkpoint = mirror.Checkpoint(
            folder / "run.npz", model, optimizer, rng=rng, schedule=schedule, every=settings.get("every", 1)
        )
        epochs = checkpoint.remaining(epochs)
        callbacks.append(checkpoint)
    if "killed_in" in settings:
        callbacks.append(Killed(folder / "killed", settings["killed_in"]))
    history = mirror.fit(
        model,
        x,
        y,
        loss=mirror.cross_entropy,
        optimizer=optimizer,
        schedule=schedule,
        batch_size=8,
        epochs=epochs,
        rng=rng,
        penalty=partial(mirror.l2_penalty, alpha=1e-3),
        max_grad_norm=0.5,
        metrics={"accuracy": mirror.accuracy},
        validation=(x[:10], y[:10]),
        callbacks=callbacks,
    )
    recorded = callbacks[0].history if settings.get("checkpoint") else history
    weights = {name: value.numpy() for name, value in model.state_dict().items()}
    rank = os.environ.get("RANK", "0")
    np.savez(folder / f"weights{rank}.npz", **weights)
    (folder / f"history{rank}.json").write_text(json.dumps(recorded.rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
