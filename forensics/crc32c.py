"""CRC-32C (Castagnoli, RFC 3720 B.4) and the mask TFRecord puts over it, for one message and for many at once.

A CRC is linear over GF(2): the CRC of a message is the CRC of as many zero bytes, XORed with one table entry for
each byte that depends only on the byte's value and on its distance to the end. So the checksums of a million short
records take a dozen table look-ups a record, and no call for each.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
Bytes = NDArray[np.uint8]

_POLYNOMIAL = np.uint32(0x82F63B78)
_MASK_DELTA = 0xA282EAD8
_CHUNK = 1024


def _byte_table() -> Words:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, (table >> 1) ^ _POLYNOMIAL, table >> 1).astype(np.uint32)
    return table


_FIRST = _byte_table()
_FIRST_LIST: list[int] = _FIRST.tolist()


@lru_cache(maxsize=4)
def contributions(count: int) -> Words:
    """Return `count` rows of 256: row d holds what each byte value adds when d bytes follow it."""
    table = np.empty((count, 256), np.uint32)
    table[0] = _FIRST
    for row in range(1, count):
        table[row] = _FIRST[table[row - 1] & 0xFF] ^ (table[row - 1] >> np.uint32(8))
    return table


@lru_cache(maxsize=1)
def short_contributions() -> Words:
    """Return the contribution tables for distances 0 to 255: uint32[256, 256]."""
    return contributions(256)


@lru_cache(maxsize=1)
def zeros_crc() -> Words:
    """Return the CRC of n zero bytes for n = 0 to 255."""
    out, state = [], 0xFFFFFFFF
    for _ in range(256):
        out.append(state ^ 0xFFFFFFFF)
        state = _FIRST_LIST[state & 0xFF] ^ (state >> 8)
    return np.array(out, np.uint32)


def crc32c(message: bytes | bytearray | memoryview | Bytes) -> int:
    """Return the CRC-32C of one message."""
    state = 0xFFFFFFFF
    if len(message) <= 64:
        for byte in bytes(message):
            state = _FIRST_LIST[(state ^ byte) & 0xFF] ^ (state >> 8)
        return state ^ 0xFFFFFFFF
    data = np.frombuffer(message, np.uint8)
    table = contributions(_CHUNK)
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK].copy()
        size = len(chunk)
        head = min(size, 4)
        chunk[:head] ^= np.frombuffer(state.to_bytes(4, "little"), np.uint8)[:head]
        state = int(np.bitwise_xor.reduce(table[np.arange(size - 1, -1, -1), chunk])) ^ (state >> (8 * head))
    return state ^ 0xFFFFFFFF


def masked(crc: int) -> int:
    """Return the value TFRecord stores for a CRC: rotated right by 15 bits, plus a constant."""
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def mask_all(crc: Words) -> Words:
    """Return the masked form of many CRCs."""
    return ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(_MASK_DELTA)


def unmask_all(stored: Words) -> Words:
    """Return the CRCs that many stored values stand for."""
    plain = stored - np.uint32(_MASK_DELTA)
    return (plain << np.uint32(15)) | (plain >> np.uint32(17))


def length_crcs(words: NDArray[np.uint64]) -> Words:
    """Return the masked CRC of each 8-byte little-endian length."""
    table = short_contributions()
    octets = np.ascontiguousarray(words, "<u8").view(np.uint8).reshape(-1, 8)
    crc = np.full(len(octets), zeros_crc()[8], np.uint32)
    for column in range(8):
        crc ^= table[7 - column][octets[:, column]]
    return mask_all(crc)


@lru_cache(maxsize=1)
def short_length_crcs() -> Words:
    """Return the masked CRC of the lengths 0 to 255."""
    return length_crcs(np.arange(256, dtype=np.uint64))


def crcs(data: Bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    """Return the CRC of each message `data[start : start + length]`, every length under 256."""
    crc = zeros_crc()[lengths]
    if not len(starts):
        return crc
    table = short_contributions()
    last = starts + lengths - 1
    order = np.argsort(-lengths, kind="stable")
    counts = np.searchsorted(-lengths[order], -np.arange(int(lengths.max())), side="left")
    for distance, count in enumerate(counts.tolist()):
        rows = order[:count]
        crc[rows] ^= table[distance][data[last[rows] - distance]]
    return crc
