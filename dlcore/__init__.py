"""The companion to five deep-learning book chapters.

``dlcore.reference`` holds every equation in NumPy with its backward pass
derived by hand, ``dlcore.pytorch`` the same once more in PyTorch. Both are
loaded on first use: ``import dlcore`` alone loads neither NumPy nor torch.
"""

from __future__ import annotations

from types import ModuleType

__version__ = "0.1.0"


def _submodules() -> list[str]:
    import pkgutil  # here, because it would take most of the time of `import dlcore`

    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def __getattr__(name: str) -> ModuleType:
    if name.startswith("_") or name not in _submodules():
        raise AttributeError(f"module 'dlcore' has no attribute {name!r}")
    import importlib

    return importlib.import_module(f"dlcore.{name}")


def __dir__() -> list[str]:
    return [*_submodules(), "__version__"]
