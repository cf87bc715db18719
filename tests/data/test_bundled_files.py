"""Digits: the file, its digest, and that it is the UCI set."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from dlcore.data import bundled_files, digits
from dlcore.errors import DataError

DATA = Path(__file__).parents[2] / "data"


def test_digits_equal_the_copy_in_scikit_learn():
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    x, y = digits(raw=True)
    np.testing.assert_array_equal(x, theirs.images)
    np.testing.assert_array_equal(y, theirs.target)
    assert x.dtype == np.uint8


def test_digits_are_scaled_to_ink_between_0_and_1():
    x, y = digits()
    assert (x.dtype, y.dtype) == (np.float32, np.int64)
    assert (x.min(), x.max()) == (0, 1)
    np.testing.assert_array_equal(x * 16, digits(raw=True).x)
    assert digits(dtype=np.float64).x.dtype == np.float64


def test_every_committed_file_is_listed_with_its_digest():
    files = {path.name for path in DATA.iterdir()} - {"README.md"}
    assert files == set(bundled_files.SHA256)
    readme = (DATA / "README.md").read_text()
    for name, digest in bundled_files.SHA256.items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest
        assert f"| `{name}` |" in readme
        assert digest in readme


def test_an_altered_file_is_refused(tmp_path, monkeypatch):
    altered = bytearray((DATA / "digits.npz").read_bytes())
    altered[1000] ^= 1
    (tmp_path / "bundled").mkdir()
    (tmp_path / "bundled" / "digits.npz").write_bytes(altered)
    monkeypatch.setattr(bundled_files.resources, "files", lambda package: tmp_path)
    with pytest.raises(DataError, match=r"altered.*SHA-256"):
        digits()


def test_the_file_inside_the_package_wins(tmp_path, monkeypatch):
    (tmp_path / "bundled").mkdir()
    (tmp_path / "bundled" / "digits.npz").write_bytes((DATA / "digits.npz").read_bytes())
    monkeypatch.setattr(bundled_files.resources, "files", lambda package: tmp_path)
    monkeypatch.setattr(bundled_files, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    assert len(digits()) == 1797


def test_a_missing_file_says_where_it_was_looked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(bundled_files.resources, "files", lambda package: tmp_path)
    monkeypatch.setattr(bundled_files, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    with pytest.raises(DataError, match=r"digits\.npz is missing: looked for .*bundled"):
        digits()
