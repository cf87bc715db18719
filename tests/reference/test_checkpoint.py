"""Saving is all or nothing; going on is exact."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from dlcore.archive import FORMAT, write_archive
from dlcore.errors import DataError, ValidationError
from dlcore.files import written_atomically
from dlcore.history import History
from dlcore.reference import SGD, Adam, Dense, Sequential, StepLR, Tanh, load, save


def model(seed=0, hidden=4):
    rng = np.random.default_rng(seed)
    return Sequential(Dense(3, hidden, rng=rng), Tanh(), Dense(hidden, 2, rng=rng))


def test_everything_comes_back(tmp_path):
    first, rng, history = model(), np.random.default_rng(5), History()
    optimizer = Adam(first.parameters(), lr=0.5)
    schedule = StepLR(optimizer, 1)
    schedule.step()
    optimizer.step()
    rng.random(7)
    history.record(loss=0.25)
    save(tmp_path / "a.npz", first, optimizer, rng=rng, schedule=schedule, history=history)
    second, other = model(1), np.random.default_rng(0)
    restored = Adam(second.parameters())
    again = StepLR(restored, 1)
    assert load(tmp_path / "a.npz", second, restored, rng=other, schedule=again)["loss"] == [0.25]
    for name, value in first.state_dict().items():
        np.testing.assert_array_equal(second.state_dict()[name], value)
    assert (restored.lr, restored.steps, again.epoch) == (0.05, 1, 1)
    assert other.random() == rng.random()


def test_generators_inside_layers_are_saved(tmp_path):
    def noisy():
        layer = Tanh()
        layer.rng = np.random.default_rng(3)
        return Sequential(layer)

    first = noisy()
    first[0].rng.random(4)
    save(tmp_path / "a.npz", first)
    second = noisy()
    load(tmp_path / "a.npz", second)
    assert second[0].rng.random() == first[0].rng.random()


def test_a_model_alone_is_enough(tmp_path):
    save(tmp_path / "a.npz", model())
    assert len(load(tmp_path / "a.npz", model(1))) == 0
    with pytest.raises(DataError, match="without an optimizer"):
        load(tmp_path / "a.npz", model(1), SGD(model(1).parameters()))


DAMAGES = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "flipped": lambda path: path.write_bytes(path.read_bytes().replace(b"meta", b"mata")),
    "text": lambda path: path.write_text("weights"),
    "an array": lambda path: np.save(path.open("wb"), np.ones(3)),
    "other arrays": lambda path: np.savez(path.open("wb"), a=np.ones(3)),
    "other format": lambda path: np.savez(path.open("wb"), meta=np.array('{"format": "2"}')),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_one_clear_error_and_the_model_stays(tmp_path, damage):
    path = tmp_path / "a.npz"
    save(path, model())
    DAMAGES[damage](path)
    other = model(1)
    before = other.state_dict()
    with pytest.raises(DataError, match=r"a\.npz"):
        load(path, other)
    for name, value in other.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_a_checkpoint_of_another_model_changes_nothing(tmp_path):
    first = model(hidden=5)
    save(tmp_path / "a.npz", first, Adam(first.parameters()))
    other = model(1)
    optimizer, before = SGD(other.parameters()), other.state_dict()
    with pytest.raises(ValidationError):
        load(tmp_path / "a.npz", other, optimizer)
    same = model(2, hidden=5)
    kept = same.state_dict()
    with pytest.raises(ValidationError, match="exp_avg"):
        load(tmp_path / "a.npz", same, SGD(same.parameters()))
    for m, state in ((other, before), (same, kept)):
        for name, value in m.state_dict().items():
            np.testing.assert_array_equal(value, state[name])


def test_an_error_while_writing_keeps_the_old_file(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="full"), written_atomically(path) as file:  # noqa: PT012
        file.write(b"half of the new")
        raise OSError("disk full")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_written_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    with written_atomically(tmp_path / "a") as file:
        file.write(b"new")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


WRITER = """
import sys, numpy as np
from dlcore.archive import write_archive
n = 0
while True:
    n += 1
    write_archive(sys.argv[1], {"w": np.full(300_000, n)}, {"n": n})
    print(n, flush=True)
"""


def test_kill_in_the_middle_of_a_save_leaves_the_old_file_or_the_new_one(tmp_path):
    path, seen = tmp_path / "a.npz", set()
    for attempt in range(8):
        environment = {**os.environ, "PYTHONPATH": os.getcwd()}
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment, text=True
        ) as process:
            process.stdout.readline()
            time.sleep(0.005 * attempt)
            process.send_signal(signal.SIGKILL)
        with np.load(path) as file:
            values = set(file["w"].tolist())
            assert f'"n": {values.pop()}' in str(file["meta"])
            assert not values
        seen.update(os.listdir(tmp_path))
    assert FORMAT in str(np.load(path)["meta"])
    write_archive(path, {"w": np.ones(1)}, {})
    assert "a.npz" in seen
