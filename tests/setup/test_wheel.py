"""The built wheel: complete, and useful alone. `make wheel-test` builds it and runs these tests."""

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import dlcore

ROOT = Path(__file__).resolve().parents[2]
WHEELS = sorted((ROOT / "build" / "dist").glob("*.whl"))

pytestmark = [
    pytest.mark.wheel,
    pytest.mark.skipif(not WHEELS, reason="the wheel is not built: make wheel-test"),
]


@pytest.fixture(scope="module")
def names():
    with zipfile.ZipFile(WHEELS[-1]) as wheel:
        return {name for name in wheel.namelist() if not name.endswith("/")}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Make an environment outside the checkout that holds the wheel and its core dependencies."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = [python, "-m", "pip", "install", "-qq", "-c", ROOT / "constraints.txt", WHEELS[-1]]
    subprocess.run(install, cwd=folder, check=True)
    return folder, python


def run(elsewhere, *arguments):
    folder, python = elsewhere
    done = subprocess.run([python, "-I", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_one_wheel_of_this_version(names):
    assert len(WHEELS) == 1
    assert WHEELS[0].name == f"dlcore-{dlcore.__version__}-py3-none-any.whl"


def test_the_wheel_holds_every_file_of_the_package_and_the_data(names):
    package = [p for p in (ROOT / "dlcore").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    wanted = {p.relative_to(ROOT).as_posix() for p in package}
    wanted |= {f"dlcore/data/bundled/{p.name}" for p in (ROOT / "data").iterdir() if p.is_file()}
    assert {"dlcore/py.typed", "dlcore/data/bundled/digits.npz", "dlcore/sources/mmds.json"} <= wanted
    assert wanted <= names


def test_the_wheel_holds_nothing_else_but_its_licenses(names):
    rest = {name for name in names if not name.startswith("dlcore/")}
    assert all(".dist-info/" in name for name in rest), rest
    assert {"LICENSE", "LICENSE-prose"} <= {Path(name).name for name in rest}


def test_the_wheel_alone_loads_digits_and_trains_a_net(elsewhere):
    said = json.loads(run(elsewhere, ROOT / "tests" / "setup" / "wheel_check.py"))
    assert Path(said["file"]).is_relative_to(elsewhere[0])
    assert said["version"] == dlcore.__version__
    assert said["accuracy"] >= 0.94
    assert said["items"] > 100
    assert said["extras"] == []


def test_the_command_line_starts_without_extras(elsewhere):
    assert "dlcore" in run(elsewhere, "-m", "dlcore", "--help")
