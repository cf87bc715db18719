"""What an import loads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"numpy", "torch", "matplotlib", "scipy", "sklearn", "tqdm", "IPython", "ipywidgets"}


def loaded_by(statement):
    code = (
        f"import sys, json; {statement}; print(json.dumps(sorted({{n.split('.')[0] for n in sys.modules}})))"
    )
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True)
    return set(json.loads(run.stdout))


def test_the_package_loads_nothing_heavy():
    assert loaded_by("import dlcore") & HEAVY == set()


@pytest.mark.parametrize("module", ["reference", "errors", "initializers"])
def test_the_reference_loads_numpy_alone(module):
    assert loaded_by(f"import dlcore.{module}") & HEAVY <= {"numpy"}


def test_only_the_mirror_loads_torch():
    pytest.importorskip("torch")
    assert "torch" not in loaded_by("import dlcore.reference, dlcore.data, dlcore.gradcheck, dlcore.sources")
    assert "torch" in loaded_by("import dlcore; dlcore.pytorch")
