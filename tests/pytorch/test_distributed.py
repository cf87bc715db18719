"""Several processes end where one process ends, also when one of them is killed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import distributed

from dlcore import pytorch as mirror
from dlcore.errors import ValidationError
from dlcore.pytorch import Checkpoint, Team

ROOT = Path(__file__).resolve().parents[2]
WORKER = str(Path(__file__).with_name("worker.py"))
#: Five steps an epoch, the last of which has five samples for two processes.
TWENTY_STEPS = {"n": 37, "epochs": 4}

pytestmark = pytest.mark.skipif(not distributed.is_available(), reason="torch was built without distributed")


def start(folder, settings, *, processes, restarts=0):
    folder.mkdir()
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    torchrun += ["--max-restarts", str(restarts), "--local-addr", "127.0.0.1"]
    command = [
        sys.executable,
        *(torchrun if processes > 1 else []),
        WORKER,
        str(folder),
        json.dumps(settings),
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)


def ended(folder, settings, rank=0, **how):
    run = start(folder, settings, **how)
    assert run.returncode == 0, run.stderr[-3000:]
    return results(folder, rank), run


def results(folder, rank=0):
    with np.load(folder / f"weights{rank}.npz") as file:
        return {name: file[name] for name in file.files}, json.loads(
            (folder / f"history{rank}.json").read_text()
        )


def require_equal(found, expected, tolerance):
    weights, rows = found
    others, others_rows = expected
    for name, value in others.items():
        np.testing.assert_allclose(weights[name], value, rtol=tolerance, atol=tolerance, err_msg=name)
    assert len(rows) == len(others_rows)
    for row, other in zip(rows, others_rows, strict=True):
        assert row == pytest.approx(other, rel=1e-9)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return ended(tmp_path_factory.mktemp("runs") / "alone", TWENTY_STEPS, processes=1)[0]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "two"
    ended(folder, TWENTY_STEPS, processes=2)
    return [results(folder, rank) for rank in range(2)]


def test_two_processes_with_half_the_batch_each_end_with_the_weights_of_one(two, alone):
    require_equal(two[0], alone, 1e-10)
    require_equal(two[1], two[0], 0.0)


@pytest.mark.slow
def test_a_process_without_a_sample_takes_part(tmp_path, alone):
    """The last minibatch of an epoch has five samples for six processes."""
    found, _ = ended(tmp_path / "six", TWENTY_STEPS, processes=6)
    require_equal(found, alone, 1e-10)
    require_equal(results(tmp_path / "six", rank=5), found, 0.0)


def test_a_killed_process_is_started_again_and_all_end_with_the_same_weights(tmp_path, two, alone):
    """Killed after epoch 3, they go on from what was saved after epoch 2."""
    settings = {**TWENTY_STEPS, "checkpoint": True, "killed_in": 3, "every": 2}
    found, run = ended(tmp_path / "killed", settings, processes=2, restarts=1)
    assert (tmp_path / "killed" / "killed").exists()
    assert "exitcode: -9" in run.stderr
    require_equal(found, two[0], 0.0)
    require_equal(found, alone, 1e-10)


@pytest.mark.slow
def test_a_loss_that_is_not_finite_stops_all_processes(tmp_path):
    run = start(tmp_path / "nan", {**TWENTY_STEPS, "nan_at": 3}, processes=2)
    assert run.returncode
    assert run.stderr.count("NonFiniteError: the loss is") >= 2
    assert "the samples themselves hold NaN" in run.stderr
    assert "another process says where it began" in run.stderr


def test_alone_a_team_changes_nothing(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    team = Team.joined(torch.device("cpu"))
    model = mirror.Dense(2, 1, rng=np.random.default_rng(0))
    batch = torch.arange(5)
    assert team.size == 1
    assert team.wrap(model) is model
    assert torch.equal(team.share(batch)[0], batch)
    assert team.share(batch)[1] == 1.0
    assert team.total([1.0, 2.0]) == [1.0, 2.0]
    assert team.any(True)
    assert not team.any(False)
    assert team.agree({"loss": 1.0}, model) == {"loss": 1.0}


@pytest.mark.parametrize("samples", range(1, 9))
def test_shares_hold_every_sample_once_and_weigh_a_mean(samples):
    batch, values = torch.arange(samples), torch.arange(samples).double() ** 2
    taken, mean = [], 0.0
    for rank in range(3):
        mine, weight = Team(rank, 3, torch.device("cpu")).share(batch)
        taken += mine.tolist() if weight else []
        mean += weight * float(values[mine].mean()) / 3
    assert taken == batch.tolist()
    assert mean == pytest.approx(float(values.mean()))


def test_a_checkpoint_goes_on_where_it_stopped(tmp_path):
    def train(path, stops):
        for total in stops:
            rng = np.random.default_rng(5)
            model = mirror.Dense(3, 2, rng=rng, dtype=torch.float64)
            x = rng.normal(size=(20, 3))
            optimizer = mirror.Adam(model.parameters())
            checkpoint = Checkpoint(path, model, optimizer, rng=rng)
            epochs = checkpoint.remaining(total)
            mirror.fit(
                model,
                x,
                (x[:, 0] > 0).astype(int),
                loss=mirror.cross_entropy,
                optimizer=optimizer,
                epochs=epochs,
                rng=rng,
                callbacks=[checkpoint],
            )
        return model.weight, checkpoint.history.rows

    whole, rows = train(tmp_path / "whole.npz", [6])
    again, more = train(tmp_path / "parts.npz", [2, 2, 5, 6, 3])
    assert torch.equal(whole, again)
    assert rows == more


def test_a_checkpoint_is_saved_at_least_every_epoch(tmp_path):
    model = mirror.Dense(1, 1, rng=np.random.default_rng(0))
    with pytest.raises(ValidationError, match="every"):
        Checkpoint(tmp_path / "x.npz", model, mirror.SGD(model.parameters()), every=0)


def test_of_several_processes_the_first_writes(tmp_path, monkeypatch):
    model = mirror.Dense(1, 1, rng=np.random.default_rng(0))
    for rank, written in (("1", False), ("0", True)):
        monkeypatch.setenv("RANK", rank)
        mirror.save(tmp_path / "x.npz", model)
        assert (tmp_path / "x.npz").exists() is written
