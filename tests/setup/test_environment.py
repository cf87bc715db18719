"""pyproject.toml, constraints.txt and environment.yml say the same."""

import re
import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[2]
CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib", "python-build": "build"}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def split(requirement):
    name, versions = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", requirement).groups()
    return canonical(name), versions.strip()


def direct():
    extras = project()["optional-dependencies"].values()
    found = dict(split(r) for r in [*project()["dependencies"], *(r for extra in extras for r in extra)])
    found.pop("dlcore")
    return found


def pins():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_conda_gets_what_pip_gets():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    plain = dict(split(r) for r in listed if isinstance(r, str))
    (through_pip,) = (r["pip"] for r in listed if isinstance(r, dict))
    assert "-e ." in through_pip
    assert plain.pop("python") == project()["requires-python"] + ",<3.14"
    plain.pop("pip")
    conda = {CONDA_NAMES.get(name, name): versions for name, versions in plain.items()}
    conda |= dict(split(r) for r in through_pip if not r.startswith("-"))
    assert conda == direct()


def test_dev_holds_every_extra():
    extras = project()["optional-dependencies"]
    (own,) = (r for r in extras["dev"] if r.startswith("dlcore["))
    assert set(own.removeprefix("dlcore[").removesuffix("]").split(",")) == set(extras) - {"dev"}


def test_every_direct_dependency_is_pinned():
    pinned = {canonical(pin.split("==")[0]) for pin in pins()}
    assert set(direct()) <= pinned


def test_pins_are_exact_and_satisfy_pyproject():
    requirements = pytest.importorskip("packaging.requirements")
    ranges = direct()
    for pin in pins():
        name, version = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9A-Za-z.]+)", pin).groups()
        wanted = requirements.Requirement(f"{name}{ranges.get(canonical(name), '')}")
        assert wanted.specifier.contains(version), pin
    assert "torch==2.13.0" in pins()


def test_pins_are_unique():
    names = [canonical(pin.split("==")[0]) for pin in pins()]
    assert len(names) == len(set(names))
