"""Cuts a stream of bytes into lines: bounded in length, decoded, with what was lost on the way."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from forensics.model.evidence import IssueKind

_NUL_RUN = 16


@dataclass(slots=True)
class Decoded:
    """What was noticed while decoding: the number of lines that were not UTF-8."""

    latin1: int = 0


Problem = Callable[[IssueKind, str, int, int, int], None]
"""Called with kind, message, byte offset, line number and bytes lost."""


def byte_lines(chunks: Iterable[bytes], most: int, problem: Problem) -> Iterator[tuple[int, int, bytes]]:
    """Yield (line number from 1, byte offset, line) without line ends; the last line keeps a missing end as it is.

    NUL bytes are dropped, blocks of them reported; a line longer than `most` is cut and the rest reported, but for
    one that a progress bar draws over itself: it comes in pieces of one number. UTF-16 with a byte order mark becomes
    UTF-8. Offsets count the bytes of the text so cleaned.
    """
    carry, offset, line, cut = b"", 0, 0, 0
    for chunk in _without_nuls(_utf8(chunks), problem):
        data = carry + chunk if carry else chunk
        head, found, carry = data.rpartition(b"\n")
        if found:
            for whole in head.split(b"\n"):
                line += 1
                *drawn, item = _redrawn(whole, most)
                for piece in drawn:
                    yield line, offset, piece
                    offset += len(piece)
                if len(item) > most:
                    cut += len(item) - most
                    problem(IssueKind.LIMIT, f"a line longer than {most:,} bytes is cut", offset, line, cut)
                    yield line, offset, item[:most]
                else:
                    yield line, offset, item
                offset, cut = offset + len(item) + 1 + cut, 0
        if len(carry) > 2 * most and b"\r" in carry:
            *drawn, carry = _redrawn(carry, most)
            for piece in drawn:
                yield line + 1, offset, piece
                offset += len(piece)
        if len(carry) > 2 * most:
            cut, carry = cut + len(carry) - most - 1, carry[: most + 1]
    if carry:
        line += 1
        *drawn, carry = _redrawn(carry, most)
        for piece in drawn:
            yield line, offset, piece
            offset += len(piece)
        if len(carry) > most:
            problem(IssueKind.LIMIT, f"a line longer than {most:,} bytes is cut", offset, line, cut + len(carry) - most)
        yield line, offset, carry[:most]


def _redrawn(line: bytes, most: int) -> list[bytes]:
    """Return a line that was drawn over itself in pieces that each begin with a return, the last one as it is."""
    pieces = []
    while len(line) > most:
        cut = line.rfind(b"\r", 1, most)
        if cut < 0:
            break
        pieces.append(line[:cut])
        line = line[cut:]
    return [*pieces, line]


def text_of(line: bytes, seen: Decoded) -> str:
    """Decode one line: UTF-8, else Latin-1, in which every byte is a letter. Counts the latter in `seen`."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        seen.latin1 += 1
        return line.decode("latin-1")


def _without_nuls(chunks: Iterable[bytes], problem: Problem) -> Iterator[bytes]:
    """Drop NUL bytes. A run of them is a block that was never written: a crash, a full disk, a sparse file."""
    place = run = start = 0
    for chunk in chunks:
        if b"\0" not in chunk:
            kept = chunk
        else:
            kept = chunk.replace(b"\0", b"")
            if not run:
                start = place + chunk.index(b"\0")
            run += len(chunk) - len(kept)
        place += len(chunk)
        if kept:
            if run >= _NUL_RUN:
                problem(IssueKind.DAMAGED, f"{run:,} NUL bytes that were never written as text", start, 0, run)
            run = 0
            yield kept
    if run >= _NUL_RUN:
        problem(IssueKind.DAMAGED, f"{run:,} NUL bytes that were never written as text", start, 0, run)


def _utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass bytes through; drop a UTF-8 byte order mark; recode UTF-16 that begins with its own."""
    source = iter(chunks)
    first = next(source, b"")
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        yield decoder.decode(first).encode("utf-8", "replace")
        for chunk in source:
            yield decoder.decode(chunk).encode("utf-8", "replace")
        return
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from source
