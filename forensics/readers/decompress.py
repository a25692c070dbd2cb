"""Takes gzip files apart in a stream, bounded by output and by ratio."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from forensics.model.evidence import IssueKind
from forensics.safety.limits import Limits

GZIP = b"\x1f\x8b"
_PIECE = 1 << 20


def gunzip(chunks: Iterable[bytes], limits: Limits, problem: Callable[[IssueKind, str], None]) -> Iterator[bytes]:
    """Yield the decompressed content of all members; what stops it is told to `problem` once.

    A member cut short gives what it held and TRUNCATED; damage gives what came before it and DAMAGED; the limits
    on output and ratio give LIMIT. Bytes after the last member that are no gzip are TRAILING (zeros are padding).
    """
    taken = given = 0
    member = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        taken += len(chunk)
        data = chunk
        while data:
            if member.eof:
                data = data.lstrip(b"\0")
                if not data:
                    break
                if not data.startswith(GZIP[: len(data)]):
                    problem(IssueKind.TRAILING, "bytes after the end of the gzip data")
                    return
                member = zlib.decompressobj(wbits=31)
            try:
                piece = member.decompress(data, _PIECE)
            except zlib.error as failure:
                problem(IssueKind.DAMAGED, f"the gzip data is damaged ({failure})")
                return
            data = member.unused_data if member.eof else member.unconsumed_tail
            given += len(piece)
            if piece:
                yield piece
            if given > limits.decompressed_bytes:
                problem(IssueKind.LIMIT, f"stopped after {limits.decompressed_bytes:,} decompressed bytes")
                return
            if given > limits.ratio_from and given > limits.ratio * taken:
                problem(
                    IssueKind.LIMIT, f"stopped: {given:,} bytes out of {taken:,} is beyond a ratio of {limits.ratio}"
                )
                return
    if not member.eof and taken:
        problem(IssueKind.TRUNCATED, "the gzip data ends before its end mark")


def peek(data: bytes, size: int) -> bytes:
    """Return up to `size` decompressed bytes of the beginning of a gzip file, or nothing where it is none."""
    try:
        return zlib.decompressobj(wbits=31).decompress(data, size)
    except zlib.error:
        return b""
