"""The doctor tells what is there, what is not, and the command that mends it."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dlcore import cli, doctor

ROOT = Path(cli.__file__).parents[1]


def findings() -> dict[str, doctor.Finding]:
    return {finding.part: finding for finding in doctor.examine()}


@pytest.fixture
def without(monkeypatch):
    """Return a function that hides packages from the doctor."""
    real = doctor.find_spec

    def hide(*names: str) -> None:
        monkeypatch.setattr(doctor, "find_spec", lambda name: None if name in names else real(name))

    return hide


def test_this_environment_is_sound(capsys):
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "the NumPy reference and the figures: yes" in out
    assert f"numpy          {importlib.metadata.version('numpy')}" in out


def test_every_gap_has_a_command(without):
    without("torch", "jupyterlab", "pooch", "tqdm")
    found = findings()
    assert {found[name].state for name in ("torch", "jupyterlab", "pooch")} == {"gap"}
    assert found["tqdm"].state == "broken"
    assert found["torch"].mend == 'python -m pip install "torch>=2.6"'
    assert all(bool(finding.mend) == (finding.state != "ok") for finding in found.values())
    assert "gpu" not in found


def test_the_status_tells_broken_from_incomplete(without, capsys):
    without("torch")
    assert cli.main(["doctor"]) == 0
    assert cli.main(["doctor", "--strict"]) == 1
    without("numpy")
    assert cli.main(["doctor"]) == 1
    assert "the NumPy reference and the figures: no" in capsys.readouterr().out


def test_an_old_version_is_told_and_upgraded(monkeypatch):
    real = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: "1.26.4" if name == "numpy" else real(name)
    )
    found = findings()["numpy"]
    assert found.state == "broken"
    assert "1.26.4 is too old" in found.says
    assert found.mend == 'python -m pip install --upgrade "numpy>=2.0"'


@pytest.mark.parametrize(("name", "state"), [("matplotlib", "broken"), ("torch", "gap")])
def test_a_package_that_does_not_load_is_told(monkeypatch, name, state):
    real = importlib.import_module

    def broken(module: str):
        if module == name:
            raise OSError("libsomething.so: cannot open shared object file\nmore")
        return real(module)

    monkeypatch.setattr(doctor.importlib, "import_module", broken)
    found = findings()[name]
    assert found.state == state
    assert "does not load: OSError: libsomething.so" in found.says
    assert "\n" not in found.says
    assert "--force-reinstall" in found.mend


def test_the_data_folder_is_looked_at(monkeypatch, tmp_path):
    monkeypatch.delenv("DLCORE_DATA", raising=False)
    assert findings()["DLCORE_DATA"].state == "ok"
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    assert str(tmp_path) in findings()["DLCORE_DATA"].says
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path / "gone"))
    assert findings()["DLCORE_DATA"].state == "broken"
    assert cli.main(["doctor"]) == 1


def test_the_cache_is_looked_at_and_not_made(monkeypatch, tmp_path):
    cache = tmp_path / "a" / "b"
    monkeypatch.setenv("DLCORE_CACHE", str(cache))
    assert findings()["data cache"].says == f"{cache}, empty so far"
    assert not cache.exists()
    cache.mkdir(parents=True)
    (cache / "file").touch()
    assert findings()["data cache"].says == f"{cache}, files kept: 1"
    real = doctor.os.access
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: Path(path) != cache and real(path, mode))
    assert findings()["data cache"].state == "gap"


@pytest.mark.parametrize("driver", [None, "/usr/bin/nvidia-smi"])
def test_a_driver_without_a_torch_that_uses_it_is_a_gap(monkeypatch, driver):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: driver)
    assert findings()["gpu"].state == ("gap" if driver else "ok")


def test_json_holds_the_same(capsys):
    cli.main(["doctor", "--json"])
    assert [doctor.Finding(**entry) for entry in json.loads(capsys.readouterr().out)] == list(
        doctor.examine()
    )


def test_the_core_alone_is_enough_to_ask():
    """No site packages at all: the doctor still answers, and names what is missing."""
    code = "import sys; sys.argv = ['dlcore', 'doctor']; from dlcore.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr == ""
    assert 'mend: python -m pip install "numpy>=2.0"' in done.stdout


def test_the_least_versions_follow_the_project_file():
    tomllib = pytest.importorskip("tomllib")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    stated = [*project["dependencies"], *project["optional-dependencies"]["torch"]]
    assert sorted(doctor._FALLBACK.values()) == sorted(stated)
    assert project["requires-python"] == f">={'.'.join(map(str, doctor.PYTHON))}"
    declared = {line.split(">=")[0] for line in project["optional-dependencies"]["notebook"]}
    assert {doctor._DISTRIBUTIONS.get(name, name) for name in doctor._NOTEBOOK} == declared - {"nbval"}


def test_configure_declares_its_options():
    parser = argparse.ArgumentParser()
    doctor.configure(parser)
    assert parser.parse_args(["--strict", "--json"]) == argparse.Namespace(strict=True, json=True)
