"""Files that are either the old one or the new one, never half of each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["written_atomically"]


@contextmanager
def written_atomically(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file for writing that takes its place only when it is complete.

    The bytes go to a hidden file in the same folder, reach the disk, and the file is
    renamed. If the block raises, or the process is killed, `path` is as it was.

    Parameters
    ----------
    path : str or path
        Where the file shall be; its folder must exist.

    Yields
    ------
    file object
        Opened for writing bytes.
    """
    path = Path(path)
    hidden = f".{path.name}."
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=hidden, suffix=".part", delete=False) as part:
        try:
            yield part  # type: ignore[misc]
            part.flush()
            os.fsync(part.fileno())
            part.close()  # Windows does not rename an open file
            os.chmod(part.name, path.stat().st_mode if path.exists() else 0o666 & ~_umask())
            os.replace(part.name, path)
        except BaseException:
            part.close()
            os.unlink(part.name)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
