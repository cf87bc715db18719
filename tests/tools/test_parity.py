"""The table of differences between the packages is what the packages give."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conformance.case import LayerCase, OperationCase, Seeded, of_kind
from tools import parity

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def stored():
    return json.loads((DOCS / "parity.json").read_text())


def test_the_stored_table_is_what_comes_out(stored):
    found = parity.table()
    assert parity.differences(stored, found) == []
    assert parity.too_far(found) == []


def test_the_page_shows_the_stored_table(stored):
    assert (DOCS / "parity.md").read_text() == parity.markdown(stored)


def test_every_operation_and_layer_has_a_row(stored):
    assert set(stored) == {case.name for kind in (OperationCase, LayerCase) for case in of_kind(kind)}


@pytest.mark.parametrize(("wrong", "kind"), [(1.001, "forward"), ("gradient", "gradient")])
def test_a_wrong_twin_is_seen(monkeypatch, wrong, kind):
    tanh = torch.tanh

    def twin(z):
        if wrong == "gradient":
            return tanh(z) + 0.001 * (z - z.detach())
        return wrong * tanh(z)

    monkeypatch.setattr(parity.mirror, "tanh", twin)
    (case,) = (case for case in of_kind(OperationCase) if case.name == "tanh")
    row = parity.measure(case, parity.operation)
    assert row["mirror float64"][kind] >= -4
    assert parity.too_far({"tanh": row})
    assert row["torch float64"][kind] <= -15


@pytest.mark.parametrize(
    ("value", "dtype", "power"),
    [(0.0, "float64", -15), (3e-19, "float64", -15), (2e-12, "float64", -11), (0.5, "float32", 0)],
)
def test_bounds_are_powers_of_ten(value, dtype, power):
    assert parity.bound(value, dtype) == power


def test_what_is_stale_is_named():
    def rows(forward, **more):
        return {"tanh": {"mirror float64": {"forward": forward, "gradient": -15}}, **more}

    assert parity.differences(rows(-15), rows(-14)) == []
    assert len(parity.differences(rows(-15), rows(-13))) == 1
    assert len(parity.differences(rows(-15), rows(-15, relu={}))) == 1
    assert parity.differences(rows(-15), {"tanh": {}}) == ["tanh: ['mirror float64'] instead of []"]


def test_unequal_shapes_are_not_compared():
    with pytest.raises(ValueError, match="shapes"):
        parity.distance(np.ones(2), np.ones(3))


def test_check_fails_when_the_table_is_stale(monkeypatch, tmp_path, capsys):
    found = {"tanh": {"mirror float64": {"forward": -15, "gradient": -15}}}
    monkeypatch.setattr(parity, "table", lambda: found)
    monkeypatch.setattr(parity, "markdown", lambda table: "page")
    assert parity.main([], tmp_path) == 0
    assert parity.main(["--check"], tmp_path) == 0
    (tmp_path / "parity.json").write_text("{}")
    assert parity.main(["--check"], tmp_path) == 1
    assert "tanh is in one table alone" in capsys.readouterr().out


def test_draws_repeat():
    first, second = (Seeded(3) for _ in range(2))
    for draw in (first, second):
        draw.found = draw.integer(0, 9), draw.choice(*"abc"), draw.normal(3).tolist()
    assert first.found == second.found
