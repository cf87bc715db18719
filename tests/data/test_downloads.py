"""Downloads against a server on the loopback: each way to fail is one DataError and harms nothing."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from dlcore import files
from dlcore.data import downloads, fashion_mnist, mnist, tiny_shakespeare
from dlcore.data.downloads import FILES, RemoteFile
from dlcore.errors import DataError, ValidationError

pytest.importorskip("pooch")

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
real_data = pytest.mark.skipif(
    not (SHARED / "mnist").is_dir(),
    reason="the folder shared/data beside the checkout, with real MNIST, is not there",
)
CONTENT = bytes([0, 0, 8, 1, 0, 0, 0, 200]) + bytes(range(200))
ARCHIVE = gzip.compress(CONTENT)
NAME = "toy/numbers-idx1-ubyte.gz"


class Server(ThreadingHTTPServer):
    """Serves what `answer(handler)` writes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.requests, self.stalled = send(ARCHIVE), [], threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"

    def handle_error(self, request, client_address):
        """Keep silent when a client was killed."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        self.server.answer(self)

    def log_message(self, *arguments):
        """Keep silent."""


def send(body, *, status=200, stated_length=None):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("Content-Length", str(stated_length or len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def stall(handler):
    """Send half of the archive, then nothing more."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(ARCHIVE)))
    handler.end_headers()
    handler.wfile.write(ARCHIVE[: len(ARCHIVE) // 2])
    handler.wfile.flush()
    handler.server.stalled.set()
    time.sleep(60)


@pytest.fixture
def server():
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache and no proxies or local folder from outside."""
    monkeypatch.setenv("DLCORE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("DLCORE_NB_TEST", "1")
    monkeypatch.delenv("DLCORE_DATA", raising=False)
    return tmp_path / "cache"


def toy(server, **changes):
    fields = {"path": NAME, "mirrors": (server.url,), "sha256": hashlib.sha256(CONTENT).hexdigest()}
    return RemoteFile(**(fields | changes))


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def flipped(data, at=40):
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_nothing_is_fetched_unasked(server, cache):
    with pytest.raises(DataError, match=r"numbers-idx1-ubyte.gz is not here: looked for .*download=True"):
        downloads._load(toy(server), download=False)
    assert server.requests == []
    assert not cache.exists()


def test_fetched_once_then_read_from_the_cache(server, cache):
    assert downloads._load(toy(server), download=True) == CONTENT
    assert downloads._load(toy(server), download=True) == CONTENT
    assert downloads._load(toy(server), download=False) == CONTENT
    assert server.requests == ["/numbers-idx1-ubyte.gz"]
    assert contents(cache) == {Path(NAME): ARCHIVE}


FAULTS = {
    "flipped byte": (send(flipped(ARCHIVE)), "no intact gzip|altered|truncated"),
    "flipped byte, sound archive": (
        send(gzip.compress(flipped(CONTENT))),
        "altered: the SHA-256 of its content",
    ),
    "truncated file": (send(ARCHIVE[:-20]), "truncated: the gzip archive ends"),
    "connection cut": (send(ARCHIVE[:-20], stated_length=len(ARCHIVE)), "cannot be fetched"),
    "wrong gzip": (send(gzip.compress(b"something else")), "altered"),
    "no gzip": (send(b"<html>please log in</html>"), "no intact gzip archive"),
    "empty": (send(b""), "truncated or altered|truncated"),
    "not found": (send(b"", status=404), "status 404"),
    "server error": (send(b"", status=500), "status 500"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("before", [None, ARCHIVE[:10]], ids=["empty cache", "damaged entry"])
def test_a_fault_is_one_clear_error_and_leaves_the_cache_as_it_was(fault, before, server, cache):
    server.answer, message = FAULTS[fault]
    if before:
        (cache / NAME).parent.mkdir(parents=True)
        (cache / NAME).write_bytes(before)
        (cache / "toy" / "other").write_bytes(b"another entry")
    was = contents(cache)
    with pytest.raises(DataError, match=message) as caught:
        downloads._load(toy(server), download=True)
    assert "the cache is as it was" in str(caught.value)
    assert contents(cache) == was
    server.answer = send(ARCHIVE)
    assert downloads._load(toy(server), download=True) == CONTENT


def test_vanished_server(cache):
    gone = RemoteFile(NAME, (f"http://127.0.0.1:{free_port()}/",), "0" * 64)
    with pytest.raises(DataError, match=r"cannot be fetched \(ConnectionError\)"):
        downloads._load(gone, download=True)
    assert not cache.exists()


def test_the_second_mirror_helps(server, cache):
    mirrors = (f"http://127.0.0.1:{free_port()}/", server.url + "old/", server.url)

    def answer(handler):
        send(b"", status=410)(handler) if "old" in handler.path else send(ARCHIVE)(handler)

    server.answer = answer
    assert downloads._load(toy(server, mirrors=mirrors), download=True) == CONTENT


def test_a_server_that_would_unpack_is_asked_not_to(server, cache):
    def answer(handler):
        assert handler.headers["Accept-Encoding"] == "identity"
        send(ARCHIVE)(handler)

    server.answer = answer
    assert downloads._load(toy(server), download=True) == CONTENT


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_full_disk(step, server, cache, monkeypatch):
    (cache / "toy").mkdir(parents=True)
    (cache / NAME).write_bytes(ARCHIVE[:10])
    was = contents(cache)

    def no_space(*arguments, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "write":
        real = tempfile.NamedTemporaryFile

        def limited(**named):
            part = real(**named)
            part.write = no_space
            return part

        monkeypatch.setattr(files.tempfile, "NamedTemporaryFile", limited)
    else:
        monkeypatch.setattr(files.os, step, no_space)
    with pytest.raises(DataError, match=r"cannot store .*the cache is as it was: No space left on device"):
        downloads._load(toy(server), download=True)
    assert contents(cache) == was


CHILD = """
    import hashlib, os, signal
    from dlcore.data import downloads
    {prelude}
    file = downloads.RemoteFile({name!r}, ({url!r},), {sha!r})
    downloads._load(file, download=True)
"""


def start_child(server, prelude=""):
    sha = hashlib.sha256(CONTENT).hexdigest()
    code = textwrap.dedent(CHILD).format(prelude=prelude, name=NAME, url=server.url, sha=sha)
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)


def test_killed_download_leaves_nothing(server, cache):
    server.answer = stall
    (cache / "toy").mkdir(parents=True)
    (cache / NAME).write_bytes(ARCHIVE[:10])
    was = contents(cache)
    child = start_child(server)
    assert server.stalled.wait(30)
    child.send_signal(signal.SIGKILL)
    assert child.wait(10) == -signal.SIGKILL
    assert contents(cache) == was
    with pytest.raises(DataError, match=r"truncated.*download=True fetches it anew"):
        downloads._load(toy(server), download=False)


def test_killed_while_storing_leaves_no_entry_and_is_swept_later(server, cache):
    kill = "downloads.os.fsync = lambda number: os.kill(os.getpid(), signal.SIGKILL)"
    assert start_child(server, kill).wait(30) == -signal.SIGKILL
    (left,) = contents(cache)
    assert left.suffix == ".part"
    with pytest.raises(DataError, match="is not here"):
        downloads._load(toy(server), download=False)
    assert downloads._load(toy(server), download=True) == CONTENT
    assert len(contents(cache)) == 2
    os.utime(cache / left, (0, 0))
    (cache / NAME).unlink()
    downloads._load(toy(server), download=True)
    assert contents(cache) == {Path(NAME): ARCHIVE}


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (flipped(gzip.compress(CONTENT), 30), "altered|no intact gzip"),
        (ARCHIVE[:-3], "truncated"),
        (gzip.compress(CONTENT[:-1]), "truncated or altered: the SHA-256"),
        (CONTENT, "no intact gzip archive"),
    ],
)
def test_a_damaged_entry_is_told_and_mended_on_request(damaged, message, server, cache):
    (cache / "toy").mkdir(parents=True)
    (cache / NAME).write_bytes(damaged)
    with pytest.raises(DataError, match=f"({message}).*download=True fetches it anew"):
        downloads._load(toy(server), download=False)
    assert contents(cache) == {Path(NAME): damaged}
    assert server.requests == []
    assert downloads._load(toy(server), download=True) == CONTENT
    assert contents(cache) == {Path(NAME): ARCHIVE}


def test_digest_of_the_archive_refuses_other_bytes_of_the_same_content(server, cache):
    pinned = toy(server, sha256=hashlib.sha256(ARCHIVE).hexdigest(), digest_of="archive")
    assert downloads._load(pinned, download=True) == CONTENT
    (cache / NAME).write_bytes(gzip.compress(CONTENT, 1) + gzip.compress(b""))
    with pytest.raises(DataError, match="SHA-256 of its archive"):
        downloads._load(pinned, download=False)


def test_local_folder_comes_first_and_is_never_written(server, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path / "mine"))
    with pytest.raises(DataError, match=r"DLCORE_DATA names .*mine, which is no folder"):
        downloads._load(toy(server), download=True)
    (tmp_path / "mine" / "toy").mkdir(parents=True)
    with pytest.raises(DataError, match=r"looked for .*mine.* and .*cache"):
        downloads._load(toy(server), download=False)
    (tmp_path / "mine" / NAME).write_bytes(gzip.compress(CONTENT, 1))
    assert downloads._load(toy(server), download=True) == CONTENT
    (tmp_path / "mine" / NAME).write_bytes(ARCHIVE[:30])
    with pytest.raises(DataError, match=r"mine.*truncated"):
        downloads._load(toy(server), download=True)
    assert server.requests == []
    assert contents(tmp_path / "mine") == {Path(NAME): ARCHIVE[:30]}


def test_what_cannot_be_read(server, cache):
    (cache / NAME).mkdir(parents=True)
    with pytest.raises(DataError, match=r"cannot read .*directory"):
        downloads._load(toy(server), download=False)


def test_without_pooch(server, cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(DataError, match=r'python -m pip install "dlcore\[notebook\]"'):
        downloads._load(toy(server), download=True)
    monkeypatch.delenv("DLCORE_CACHE")
    with pytest.raises(DataError, match="pooch"):
        downloads._load(toy(server), download=False)


def test_the_cache_is_that_of_the_user_by_default(monkeypatch, tmp_path):
    pooch = pytest.importorskip("pooch")
    monkeypatch.delenv("DLCORE_CACHE", raising=False)
    assert downloads._cache_folder() == Path(pooch.os_cache("dlcore"))


def test_every_file_has_a_digest_and_a_mirror():
    assert len(FILES) == 9
    assert len({file.sha256 for file in FILES.values()}) == 9
    for path, file in FILES.items():
        assert file.path == path
        assert len(file.sha256) == 64
        assert set(file.sha256) <= set("0123456789abcdef")
        assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in file.mirrors)


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(size.to_bytes(4, "big") for size in array.shape)
    return header + array.tobytes()


def made_up_part(monkeypatch, folder, images, labels):
    """Let the digests be those of made-up files, in a local folder."""
    for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
        path = f"fashion-mnist/t10k-{kind}-ubyte.gz"
        archive = gzip.compress(idx(array), 1)
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(archive)
        sha256 = hashlib.sha256(archive).hexdigest()
        monkeypatch.setitem(FILES, path, RemoteFile(path, (), sha256, "archive"))
    monkeypatch.setenv("DLCORE_DATA", str(folder))


def test_fashion_mnist_reads_images_and_names_the_classes(monkeypatch, tmp_path, cache):
    images = np.zeros((10_000, 28, 28), np.uint8)
    images[3, 4, 5] = 255
    made_up_part(monkeypatch, tmp_path, images, np.arange(10_000, dtype=np.uint8) % 10)
    clothes = fashion_mnist("test")
    assert (clothes.x[3, 4, 5], clothes.x.sum(), clothes.x.dtype) == (1, 1, np.float32)
    assert clothes.y[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert clothes.classes[9] == "ankle boot"
    assert repr(clothes) == "<fashion_mnist('test'): x float32 (10000, 28, 28), 10 classes>"
    assert fashion_mnist("test", raw=True).x.dtype == np.uint8


@pytest.mark.parametrize(("count", "top"), [(9_999, 9), (10_000, 10)])
def test_files_of_another_shape_are_refused(count, top, monkeypatch, tmp_path, cache):
    labels = np.zeros(count, np.uint8)
    labels[-1] = top
    made_up_part(monkeypatch, tmp_path, np.zeros((10_000, 28, 28), np.uint8), labels)
    with pytest.raises(DataError, match=rf"fashion-mnist, test: expected .* labels \({count},\) up to {top}"):
        fashion_mnist("test")


@pytest.mark.parametrize("load", [mnist, fashion_mnist])
def test_no_such_part(load):
    with pytest.raises(ValidationError, match="no part 'valid'"):
        load("valid")


@real_data
def test_real_mnist_from_a_local_folder(monkeypatch, cache):
    monkeypatch.setenv("DLCORE_DATA", str(SHARED))
    x, y = mnist("test")
    assert (x.shape, x.dtype, y.dtype) == ((10_000, 28, 28), np.float32, np.int64)
    assert np.bincount(y).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]
    raw = mnist("test", raw=True).x.astype(float)
    assert np.linalg.norm(raw[2631] - raw[2469]) == pytest.approx(1293, abs=0.5)
    if not (SHARED / "mnist" / "train-images-idx3-ubyte.gz").exists():
        with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz is not here: looked for"):
            mnist("train")


@real_data
def test_real_files_through_the_network_path(server, cache, monkeypatch):
    def answer(handler):
        (found,) = SHARED.rglob(handler.path.lstrip("/"))
        send(found.read_bytes())(handler)

    server.answer = answer
    for path, file in list(FILES.items()):
        monkeypatch.setitem(FILES, path, RemoteFile(path, (server.url,), file.sha256, file.digest_of))
    assert len(mnist("test", download=True)) == 10_000
    play = tiny_shakespeare(download=True)
    assert (len(play), len(play.symbols)) == (1_115_394, 65)
    assert play.text.startswith("First Citizen:\nBefore we proceed")
    assert len(contents(cache)) == 3
    assert tiny_shakespeare().text == play.text
    assert len(server.requests) == 3
