"""The child process that interprets untrusted source: limits first, then the work."""

from __future__ import annotations

import sys

import msgspec

from forensics.source.interpret import interpret
from forensics.source.read import Order


def main() -> None:
    """Read an order from standard input, write the report to standard output."""
    order = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Order)
    _limit(order.memory_bytes, order.cpu_seconds)
    sys.stdout.buffer.write(msgspec.msgpack.encode(interpret(order.files, settings=order.settings)))


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    """Bound memory, processor time and files of this process, where the system can."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    for what, bound in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        lower = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(what, (lower, hard))
