"""Takes zstd files apart in a stream, where the interpreter (3.14) or the package zstandard can."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from forensics.model.evidence import IssueKind
from forensics.safety.limits import Limits

ZSTD = b"\x28\xb5\x2f\xfd"
HOW = "zstd support is not installed: pip install 'run-forensics[zstd]', or run `zstd -d` on it, and analyse again"
# One call of the package gives all that a slice holds: a block of 128 KiB takes 4 bytes at least, so 32 MiB at most.
_SLICE = 1 << 10


def is_supported() -> bool:
    """Tell whether zstd files can be read here."""
    return _module() is not None


def unzstd(chunks: Iterable[bytes], limits: Limits, problem: Callable[[IssueKind, str], None]) -> Iterator[bytes]:
    """Yield the decompressed content of all frames; what stops it is told to `problem` once.

    A frame cut short gives what it held and TRUNCATED; damage gives what came before it and DAMAGED; the limits
    on output and ratio give LIMIT; without support nothing is given and UNREADABLE told.
    """
    module = _module()
    if module is None:
        problem(IssueKind.UNREADABLE, HOW)
        return
    taken = given = 0
    frame = _frame(module)
    fresh = True
    for chunk in chunks:
        for at in range(0, len(chunk), _SLICE):
            data = chunk[at : at + _SLICE]
            taken += len(data)
            while data:
                if frame.eof:
                    data = data.lstrip(b"\0")
                    if not data:
                        break
                    frame = _frame(module)
                try:
                    piece = frame.decompress(data)
                except (module.ZstdError, EOFError) as failure:
                    problem(IssueKind.DAMAGED, f"the zstd data is damaged ({str(failure)[:100]})")
                    return
                data = frame.unused_data if frame.eof else b""
                fresh = frame.eof
                given += len(piece)
                if piece:
                    yield piece
                if given > limits.decompressed_bytes:
                    problem(IssueKind.LIMIT, f"stopped after {limits.decompressed_bytes:,} decompressed bytes")
                    return
                if given > limits.ratio_from and given > limits.ratio * taken:
                    message = f"stopped: {given:,} bytes out of {taken:,} is beyond a ratio of {limits.ratio}"
                    problem(IssueKind.LIMIT, message)
                    return
    if not fresh:
        problem(IssueKind.TRUNCATED, "the zstd data ends before its end mark")


def peek(data: bytes, size: int) -> bytes:
    """Return up to `size` decompressed bytes of the beginning of a zstd file; `data` itself without support."""
    if not is_supported():
        return data
    found = b""
    for piece in unzstd([data], Limits(), lambda kind, message: None):
        found += piece
        if len(found) >= size:
            break
    return found[:size]


@cache
def _module() -> Any:
    for name in ("compression.zstd", "zstandard"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def _frame(module: Any) -> Any:
    """Return a decompressor of one frame, with eof and unused_data: both modules have it, under different names."""
    return module.ZstdDecompressor().decompressobj() if module.__name__ == "zstandard" else module.ZstdDecompressor()
