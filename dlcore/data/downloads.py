"""Data sets that are too large to bundle: fetched once on request, verified, kept.

A file is looked for in the folder that the environment variable ``DLCORE_DATA``
names, then in a cache of this user (or the folder that ``DLCORE_CACHE`` names).
Nothing is fetched unless the caller says ``download=True``.  Every file is held
against its SHA-256 each time it is read, and only a verified one enters the
cache, in one step.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike

from dlcore.data.dataset import Dataset
from dlcore.data.idx import read_idx
from dlcore.data.text import Text
from dlcore.errors import DataError, ValidationError
from dlcore.files import written_atomically
from dlcore.progress import watched

__all__ = ["fashion_mnist", "mnist", "tiny_shakespeare"]


@dataclass(frozen=True)
class RemoteFile:
    """A file on the network, and how to know that it is the right one."""

    path: str
    mirrors: tuple[str, ...]
    sha256: str
    digest_of: Literal["content", "archive"] = "content"


_MNIST = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
_FASHION = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)
_SHAKESPEARE = ("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/",)

_TRAIN_IMAGES, _TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
_TEST_IMAGES, _TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"

# A gzip archive of the same content may have other bytes, so the digest is that
# of the content.  For Fashion-MNIST only digests of the archives are published.
_DIGESTS: list[tuple[str, tuple[str, ...], Literal["content", "archive"], dict[str, str]]] = [
    (
        "mnist",
        _MNIST,
        "content",
        {
            _TRAIN_IMAGES: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            _TRAIN_LABELS: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            _TEST_IMAGES: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            _TEST_LABELS: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        },
    ),
    (
        "fashion-mnist",
        _FASHION,
        "archive",
        {
            _TRAIN_IMAGES: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            _TRAIN_LABELS: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            _TEST_IMAGES: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            _TEST_LABELS: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        },
    ),
    (
        "tinyshakespeare",
        _SHAKESPEARE,
        "content",
        {"input.txt": "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"},
    ),
]
FILES = {
    f"{folder}/{name}": RemoteFile(f"{folder}/{name}", mirrors, sha256, digest_of)
    for folder, mirrors, digest_of, digests in _DIGESTS
    for name, sha256 in digests.items()
}


def mnist(
    part: str = "train", *, raw: bool = False, download: bool = False, dtype: DTypeLike = np.float32
) -> Dataset:
    """Load MNIST: handwritten digits of 28 by 28 pixels, 60,000 to train and 10,000 to test.

    Verified by the SHA-256 of the unpacked content, so a recompressed file is
    accepted.  The digests of the test part were computed from the files; those
    of the training part are as published, in listings that agree on the test
    part with ours.

    Parameters
    ----------
    part : {"train", "test"}
        Which part.
    raw : bool
        Return pixels from 0 to 255 as uint8 instead of ink from 0 to 1.
    download : bool
        Fetch what is not there: 10 MB for the training part, 1.6 MB for the
        test part.
    dtype : dtype
        Type of the scaled pixels.

    Returns
    -------
    Dataset
        `x` of shape (N, 28, 28), 1 is full ink; `y` of shape (N,), int64.

    Raises
    ------
    DataError
        When a file is missing, truncated or altered, or cannot be fetched or
        stored.
    ValidationError
        When there is no such part.
    """
    return _images(
        "mnist",
        part,
        raw=raw,
        download=download,
        dtype=dtype,
        classes=tuple("0123456789"),
        source="Y. LeCun et al., MNIST, 1998, from forms collected by NIST",
        license="CC BY-SA 3.0",
    )


def fashion_mnist(
    part: str = "train", *, raw: bool = False, download: bool = False, dtype: DTypeLike = np.float32
) -> Dataset:
    """Load Fashion-MNIST: pictures of clothes in the shape of MNIST.

    Verified by the published SHA-256 of the original gzip archives, which fixes
    their content; a recompressed archive is refused, because no digest of the
    content is published.  The shapes and the range of the labels are checked.

    Parameters
    ----------
    part : {"train", "test"}
        Which part: 60,000 or 10,000 images.
    raw : bool
        Return pixels from 0 to 255 as uint8 instead of 0 to 1.
    download : bool
        Fetch what is not there: 26 MB for the training part, 4.4 MB for the
        test part.
    dtype : dtype
        Type of the scaled pixels.

    Returns
    -------
    Dataset
        `x` of shape (N, 28, 28); `y` of shape (N,), int64, 0 to 9.

    Raises
    ------
    DataError
        When a file is missing, truncated or altered, or cannot be fetched or
        stored.
    ValidationError
        When there is no such part.
    """
    return _images(
        "fashion-mnist",
        part,
        raw=raw,
        download=download,
        dtype=dtype,
        classes=(
            "T-shirt/top", "trouser", "pullover", "dress", "coat",
            "sandal", "shirt", "sneaker", "bag", "ankle boot",
        ),
        source="H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, 2017, arXiv:1708.07747; Zalando Research",
        license="MIT",
    )  # fmt: skip


def tiny_shakespeare(*, download: bool = False) -> Text:
    """Load 1.1 million characters from plays by Shakespeare.

    Verified by the SHA-256 of the text, computed from the file.

    Parameters
    ----------
    download : bool
        Fetch the text (1.1 MB) if it is not there.

    Returns
    -------
    Text
        1,115,394 characters of 65 kinds.

    Raises
    ------
    DataError
        When the file is missing, truncated or altered, or cannot be fetched or
        stored.
    """
    content = _load(FILES["tinyshakespeare/input.txt"], download=download)
    # Every character is ASCII, so its byte is its number in the alphabet of 256.
    codes, tokens = np.unique(np.frombuffer(content, np.uint8), return_inverse=True)
    return Text(
        tokens.astype(np.int64),
        tuple(chr(code) for code in codes),
        name="tiny_shakespeare",
        source="plays by W. Shakespeare, collected by A. Karpathy for char-rnn, 2015",
        license="public domain",
    )


_COUNT = {"train": 60_000, "test": 10_000}
_PREFIX = {"train": "train", "test": "t10k"}


def _images(
    folder: str,
    part: str,
    *,
    raw: bool,
    download: bool,
    dtype: DTypeLike,
    classes: tuple[str, ...],
    source: str,
    license: str,
) -> Dataset:
    if part not in _COUNT:
        raise ValidationError(f"no part {part!r} of {folder}: expected 'train' or 'test'")
    images, labels = (
        read_idx(_load(FILES[f"{folder}/{_PREFIX[part]}-{kind}-ubyte.gz"], download=download))
        for kind in ("images-idx3", "labels-idx1")
    )
    count = _COUNT[part]
    if images.shape != (count, 28, 28) or labels.shape != (count,) or labels.max() >= len(classes):
        raise DataError(
            f"{folder}, {part}: expected images ({count}, 28, 28) and labels 0 to {len(classes) - 1}, "
            f"got images {images.shape} and labels {labels.shape} up to {labels.max(initial=0)}"
        )
    x = images if raw else images.astype(dtype) / np.asarray(255, dtype)
    name = folder.replace("-", "_")
    return Dataset(
        x, labels.astype(np.int64), f"{name}({part!r})", classes=classes, source=source, license=license
    )


def _load(file: RemoteFile, *, download: bool) -> bytes:
    """Return the verified content: from the local folder, the cache, or the network."""
    local = _local_folder()
    if local and (local / file.path).exists():
        return _unpack(file, _read(local / file.path), f"{local / file.path}")
    cached = _cache_folder() / file.path
    if cached.exists():
        try:
            return _unpack(file, _read(cached), f"{cached}")
        except DataError as error:
            if not download:
                raise DataError(f"{error}; download=True fetches it anew") from error
    elif not download:
        places = " and ".join(str(place) for place in (local and local / file.path, cached) if place)
        raise DataError(
            f"{file.path} is not here: looked for {places}; download=True fetches it, "
            "DLCORE_DATA can name a folder that has it"
        )
    return _fetch(file, cached)


def _local_folder() -> Path | None:
    named = os.environ.get("DLCORE_DATA")
    if not named:
        return None
    folder = Path(named).expanduser()
    if not folder.is_dir():
        raise DataError(f"DLCORE_DATA names {folder}, which is no folder")
    return folder


def _cache_folder() -> Path:
    named = os.environ.get("DLCORE_CACHE")
    return Path(named).expanduser() if named else Path(_pooch().os_cache("dlcore"))


def _pooch() -> Any:
    try:
        import pooch
    except ImportError as error:
        raise DataError(
            'the data cache and downloads need pooch: python -m pip install "dlcore[notebook]"'
        ) from error
    return pooch


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error


def _unpack(file: RemoteFile, stored: bytes, place: str) -> bytes:
    """Unpack what was stored or fetched, and hold it against its digest."""
    content = stored
    if file.path.endswith(".gz"):
        try:
            content = gzip.decompress(stored)
        except EOFError as error:
            raise DataError(
                f"{place} is truncated: the gzip archive ends after {len(stored)} bytes"
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise DataError(f"{place} is no intact gzip archive: {error}") from error
    digest = hashlib.sha256(content if file.digest_of == "content" else stored).hexdigest()
    if digest != file.sha256:
        raise DataError(
            f"{place} is truncated or altered: the SHA-256 of its {file.digest_of} is {digest}, "
            f"expected {file.sha256}"
        )
    return content


def _fetch(file: RemoteFile, cached: Path) -> bytes:
    """Fetch from the first mirror that has the right file, and put it into the cache."""
    failures = []
    for mirror in file.mirrors:
        url = mirror + cached.name
        try:
            stored = _get(url)
            content = _unpack(file, stored, url)
        except DataError as error:
            failures.append(str(error))
        else:
            _store(cached, stored)
            return content
    raise DataError(f"could not fetch {file.path}, the cache is as it was: {'; '.join(failures)}")


def _get(url: str) -> bytes:
    """Fetch into memory, so that a download that is cut off leaves nothing behind."""
    buffer = BytesIO()
    # Some servers unpack .gz on the way unless asked for the bytes as they are.
    download = _pooch().HTTPDownloader(
        progressbar=watched(), chunk_size=1 << 16, headers={"Accept-Encoding": "identity"}
    )
    try:
        download(url, buffer, None)
    except OSError as error:  # all errors of requests are
        response = getattr(error, "response", None)
        reason = f"status {response.status_code}" if response is not None else type(error).__name__
        raise DataError(f"{url} cannot be fetched ({reason})") from error
    return buffer.getvalue()


def _store(path: Path, stored: bytes) -> None:
    """Write beside the entry, then put it in place in one step."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        with written_atomically(path) as part:
            part.write(stored)
    except OSError as error:
        raise DataError(f"cannot store {path}, the cache is as it was: {error.strerror}") from error


def _sweep(folder: Path) -> None:
    """Remove what a process that was killed while storing left an hour or more ago."""
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > 3600:
                part.unlink()
