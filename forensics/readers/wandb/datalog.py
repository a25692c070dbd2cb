"""The framing of a .wandb file: a log of LevelDB, whose records are cut over blocks.

A file begins with `:W&B`, the number 0xBEE1 (u16) and the version 0. It is a row of blocks of 32 KiB, the first with
that head in it; a block is a row of fragments `CRC-32 of what follows the length u32 | length u16 | kind u8 | data`,
and zeros where no fragment fits. A record is one fragment (kind 1), or a first, middle ones and a last (2, 3, 4).
Format: github.com/google/leveldb/blob/main/doc/log_format.md; the checksum is zlib's, not Castagnoli's.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator

from forensics.model.evidence import IssueKind

MAGIC = b":W&B\xe1\xbe"
BLOCK = 32 * 1024
LONGEST = 64 << 20
"""Bytes of one record: it holds one call of log(), or what a file of settings holds."""
_HEAD = len(MAGIC) + 1
_FRAME = struct.Struct("<IHB")
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4

Problem = Callable[[IssueKind, str, int, int], None]
"""Called with kind, message, byte offset and bytes lost."""


def records(chunks: Iterable[bytes], problem: Problem) -> Iterator[bytes]:
    """Yield the records of a file in their order; the rest of a damaged block is lost, and the record it cuts.

    Raises ValueError where the file is of another format or version.
    """
    held: list[bytes] = []
    start = size_held = 0
    for number, block in enumerate(_blocks(chunks)):
        offset = number * BLOCK
        at = 0
        if not number:
            if not block.startswith(MAGIC) or len(block) < _HEAD or block[_HEAD - 1]:
                raise ValueError("it does not begin as a record of Weights & Biases of version 0")
            at = _HEAD
        while len(block) - at >= _FRAME.size:
            crc, size, kind = _FRAME.unpack_from(block, at)
            if not crc and not size and not kind and not any(block[at:]):
                break  # space that was set aside and never written
            end = at + _FRAME.size + size
            if end > len(block) and len(block) < BLOCK:
                problem(IssueKind.TRUNCATED, "it ends inside a record (crash, or still being written)", offset + at,
                        len(block) - at + size_held)  # fmt: skip
                return
            if end > len(block) or zlib.crc32(block[end - size - 1 : end]) != crc or not _FULL <= kind <= _LAST:
                problem(IssueKind.DAMAGED, "a record does not fit its checksum; reading goes on at the next block",
                        offset + at, len(block) - at + size_held)  # fmt: skip
                held, size_held = [], 0
                break
            data = block[at + _FRAME.size : end]
            if kind in (_FULL, _FIRST):
                if held:
                    problem(IssueKind.DAMAGED, "a record has no end", start, size_held)
                held, start, size_held = [data], offset + at, size
            elif not held:
                problem(IssueKind.DAMAGED, "a record has no beginning", offset + at, size)
            elif size_held + size > LONGEST:
                message = f"a record above {LONGEST >> 20} MiB is not read"
                problem(IssueKind.LIMIT, message, start, size_held + size)
                held, size_held = [], 0
            else:
                held.append(data)
                size_held += size
            if kind in (_FULL, _LAST) and held:
                yield b"".join(held)
                held, size_held = [], 0
            at = end
    if held:
        problem(IssueKind.TRUNCATED, "it ends inside a record (crash, or still being written)", start, size_held)


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        data = rest + chunk
        whole = len(data) - len(data) % BLOCK
        for at in range(0, whole, BLOCK):
            yield data[at : at + BLOCK]
        rest = data[whole:]
    if rest:
        yield rest
