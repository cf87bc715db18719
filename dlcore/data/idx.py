"""The IDX format of MNIST: a magic number, the shape, the values.

==========  =====================================================
bytes       meaning
==========  =====================================================
0-1         zero
2           type of the values: 8 uint8, 9 int8, 11 int16,
            12 int32, 13 float32, 14 float64
3           number of axes, d
4 ... 4+4d  length of each axis, big-endian uint32
the rest    the values, big-endian, last axis fastest
==========  =====================================================
"""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlcore.errors import DataError

__all__ = ["read_idx"]

_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read_idx(content: bytes) -> NDArray[Any]:
    """Read an array from the bytes of an IDX file.

    Parameters
    ----------
    content : bytes
        The whole file, unpacked.

    Returns
    -------
    array
        In the shape that the header states, in the byte order of this machine.

    Raises
    ------
    DataError
        When the magic number is not that of an IDX file, when bytes are
        missing, and when bytes are left over.
    """
    dtype, shape = _read_header(content)
    header = 4 + 4 * len(shape)
    expected = header + math.prod(shape) * dtype.itemsize
    if len(content) != expected:
        what = "truncated" if len(content) < expected else "too long"
        raise DataError(
            f"IDX file is {what}: the header states {shape} {dtype.name}, {expected} bytes in all, "
            f"got {len(content)}"
        )
    return np.frombuffer(content, dtype, offset=header).reshape(shape).astype(dtype.newbyteorder("="))


def _read_header(content: bytes) -> tuple[np.dtype[Any], tuple[int, ...]]:
    if len(content) < 4:
        raise DataError(f"IDX file is truncated: the magic number has 4 bytes, got {len(content)}")
    zero, kind, axes = struct.unpack(">HBB", content[:4])
    if zero != 0 or kind not in _TYPES or axes == 0:
        hint = "; it begins like a gzip archive, unpack it first" if content[:2] == b"\x1f\x8b" else ""
        raise DataError(f"not an IDX file: magic number {content[:4].hex()}, such as 00000803 expected{hint}")
    if len(content) < 4 + 4 * axes:
        raise DataError(
            f"IDX file is truncated: a header of {axes} axes has {4 + 4 * axes} bytes, got {len(content)}"
        )
    return np.dtype(_TYPES[kind]), struct.unpack(f">{axes}I", content[4 : 4 + 4 * axes])
