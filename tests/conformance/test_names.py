"""Both packages have the same files, names and signatures, and each name has a case."""

import importlib
import inspect
import pkgutil

import pytest

import dlcore.pytorch as mirror
import dlcore.reference as reference
from dlcore.reference import Layer, Optimizer
from tests.conformance import case

#: torch's own classes under our name, whose signature is torch's affair.
FOUNDATIONS = {"Layer", "Parameter", "no_grad"}

#: Files of the mirror that NumPy has no use for: devices, several processes, the way between the packages.
MIRROR_ONLY = {"devices", "distributed", "transfer"}


def topics(package) -> dict[str, list[str]]:
    """Public names by file, from each module's ``__all__``."""
    modules = [m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")]
    return {m: sorted(importlib.import_module(f"{package.__name__}.{m}").__all__) for m in modules}


def names() -> list[str]:
    return sorted(name for group in topics(reference).values() for name in group)


def differences(ours: inspect.Signature, theirs: inspect.Signature) -> list[str]:
    """What keeps two signatures from being equal; the mirror may add keyword-only device and dtype."""
    a, b = dict(ours.parameters), dict(theirs.parameters)
    extra = [n for n in b if n not in a and not (n in ("device", "dtype") and b[n].kind == b[n].KEYWORD_ONLY)]
    found = [f"missing {n}" for n in a if n not in b] + [f"unknown {n}" for n in extra]
    shared = [n for n in a if n in b]
    if [n for n in b if n in a] != shared:
        found.append("another order")
    for n in shared:
        if a[n].kind != b[n].kind:
            found.append(f"{n} is {b[n].kind.description} instead of {a[n].kind.description}")
        if default(a[n]) != default(b[n]):
            found.append(f"{n} defaults to {b[n].default} instead of {a[n].default}")
    return found


def default(parameter: inspect.Parameter):
    value = parameter.default
    if parameter.name == "dtype" and value is not parameter.empty:
        return str(getattr(value, "__name__", value)).removeprefix("torch.")
    return value


def test_both_packages_have_the_same_files_and_names():
    theirs = topics(mirror)
    assert topics(reference) == {topic: theirs[topic] for topic in theirs if topic not in MIRROR_ONLY}


def test_a_file_of_the_mirror_alone_has_names_of_its_own():
    own = {name for topic, found in topics(mirror).items() if topic in MIRROR_ONLY for name in found}
    assert own.isdisjoint(names())
    assert all(hasattr(mirror, name) for name in own)


def test_every_name_is_exported_by_its_package():
    for package in (reference, mirror):
        assert [name for name in names() if not hasattr(package, name)] == []


def test_every_name_has_a_case_and_every_case_a_name():
    assert sorted(case.load()) == names()


@pytest.mark.parametrize("name", [n for n in names() if n not in FOUNDATIONS])
def test_signatures_agree(name):
    ours, theirs = (inspect.signature(getattr(package, name)) for package in (reference, mirror))
    assert differences(ours, theirs) == []


def test_a_name_is_tested_as_what_it_is():
    for name, kind in case.load().items():
        thing = getattr(reference, name)
        if inspect.isclass(thing) and issubclass(thing, Layer) and name not in ("Layer", "Sequential"):
            assert isinstance(kind, case.LayerCase), name
        elif inspect.isclass(thing) and issubclass(thing, Optimizer) and name != "Optimizer":
            assert isinstance(kind, case.OptimizerCase), name
        elif (
            inspect.isfunction(thing)
            and "back" in (thing.__doc__ or "")
            and "Pullback" in str(inspect.signature(thing))
        ):
            assert isinstance(kind, case.OperationCase), name


def _planted(source: str):
    scope = {}
    exec(source, scope)
    return inspect.signature(scope["f"])


@pytest.mark.parametrize(
    ("theirs", "complaint"),
    [
        ("def f(x, axis=-1, *, dtype=1, device=None): pass", []),
        ("def f(x): pass", ["missing axis"]),
        ("def f(x, axis=0): pass", ["axis defaults to 0 instead of -1"]),
        ("def f(axis=-1, x=None): pass", ["another order", "x defaults"]),
        ("def f(x, axis=-1, extra=1): pass", ["unknown extra"]),
        ("def f(x, axis=-1, device=None): pass", ["unknown device"]),
        ("def f(x, *, axis=-1): pass", ["axis is keyword-only"]),
    ],
)
def test_differences_of_signatures_are_seen(theirs, complaint):
    found = differences(_planted("def f(x, axis=-1): pass"), _planted(theirs))
    assert len(found) == len(complaint)
    assert all(f.startswith(c) for f, c in zip(found, complaint, strict=True))
