"""Where to compute: the device at hand, and the same numbers in every run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from dlcore.errors import ValidationError

__all__ = ["deterministic", "resolve_device"]

#: cuBLAS computes the same in every run only with a workspace of its own for each stream.
WORKSPACE = "CUBLAS_WORKSPACE_CONFIG"


def resolve_device(device: torch.device | str | None) -> torch.device:
    """Say where ``device="auto"`` is: a CUDA card, else Apple's GPU, else the CPU.

    Parameters
    ----------
    device : torch.device or str or None
        ``"auto"``, or what torch takes; None is torch's default device. Under ``torchrun``
        ``"auto"`` and ``"cuda"`` are the card of this process.

    Returns
    -------
    torch.device
        The device.

    Raises
    ------
    ValidationError
        If there is no such device.
    """
    if device is None:
        return torch.get_default_device()
    name = str(device)
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name == "cuda" and "LOCAL_RANK" in os.environ:
        name = f"cuda:{int(os.environ['LOCAL_RANK']) % max(torch.cuda.device_count(), 1)}"
    try:
        found = torch.device(name)
    except RuntimeError:
        raise ValidationError(f"device must be 'auto' or one that torch knows, got {device!r}") from None
    if found.type == "cuda" and not torch.cuda.is_available():
        raise ValidationError(
            f"device {name!r} is not here: torch finds no CUDA card; 'auto' takes what there is"
        )
    return found


@contextmanager
def deterministic() -> Iterator[None]:
    """Let torch compute the same numbers in every run on one machine, at the price of speed.

    Operations that cannot are refused by torch with a RuntimeError, instead of answering a
    little differently each time. On a GPU, enter before the first matrix product.

    Yields
    ------
    None
        The block computes deterministically; afterwards all is as before.
    """
    before = (
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
    )
    benchmark, workspace = torch.backends.cudnn.benchmark, os.environ.get(WORKSPACE)
    os.environ.setdefault(WORKSPACE, ":4096:8")
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])
        torch.backends.cudnn.benchmark = benchmark
        if workspace is None:
            del os.environ[WORKSPACE]
