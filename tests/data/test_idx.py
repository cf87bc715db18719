"""The IDX reader against arrays written by hand, and against damage of every byte count."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcore.data import read_idx
from dlcore.errors import DataError

CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def write_idx(array: np.ndarray) -> bytes:
    code = CODES[array.dtype.str[1:]]
    header = struct.pack(f">HBB{array.ndim}I", 0, code, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


arrays = st.sampled_from(sorted(CODES)).flatmap(
    lambda code: hnp.arrays(code, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
)


@given(arrays)
def test_round_trip(array):
    back = read_idx(write_idx(array))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable


def test_a_file_spelled_out():
    content = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255])
    assert read_idx(content).tolist() == [[1, 2, 3], [4, 5, 255]]


@given(arrays, st.data())
def test_every_truncation_is_one_clear_error(array, data):
    content = write_idx(array)
    cut = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(DataError, match="truncated"):
        read_idx(content[:cut])


def test_bytes_left_over():
    with pytest.raises(DataError, match=r"too long.*9 bytes in all, got 10"):
        read_idx(write_idx(np.zeros(1, np.uint8)) + b"\0")


@pytest.mark.parametrize("magic", ["00000a01", "01000801", "00000800", "00000000", "50414b45"])
def test_wrong_magic_number(magic):
    with pytest.raises(DataError, match=f"not an IDX file: magic number {magic}"):
        read_idx(bytes.fromhex(magic) + bytes(8))


def test_a_gzip_archive_is_recognized():
    with pytest.raises(DataError, match="unpack it first"):
        read_idx(gzip.compress(write_idx(np.zeros(3, np.uint8))))


def test_a_huge_shape_does_not_allocate():
    with pytest.raises(DataError, match="truncated"):
        read_idx(struct.pack(">HBB4I", 0, 14, 4, *[2**32 - 1] * 4))
