"""IDX, the file format of MNIST: a magic number, a shape, and big-endian values."""

import math
import struct

import numpy as np

_CODES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def decode(content: bytes) -> np.ndarray:
    """Return the array in an IDX file, in native byte order.

    Raises:
      ValueError: the bytes are not a whole IDX file.
    """
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _CODES:
        raise ValueError("not an IDX file")
    dtype, rank = np.dtype(_CODES[content[2]]), content[3]
    start = 4 + 4 * rank
    if len(content) < start:
        raise ValueError("IDX header cut short")
    shape = struct.unpack(f">{rank}I", content[4:start])
    if len(content) - start != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"IDX of shape {list(shape)} has {len(content) - start} bytes of values")
    return (
        np.frombuffer(content, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))
    )


def encode(array: np.ndarray) -> bytes:
    """Return the IDX file of an array of one of the format's six types.

    Raises:
      ValueError: IDX has no such type.
    """
    big_endian = array.dtype.newbyteorder(">")
    for code, name in _CODES.items():
        if np.dtype(name) == big_endian:
            header = struct.pack(f">BBBB{array.ndim}I", 0, 0, code, array.ndim, *array.shape)
            return header + array.astype(big_endian).tobytes()
    raise ValueError(f"IDX has no type for {array.dtype}")
