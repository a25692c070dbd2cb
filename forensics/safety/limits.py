"""Bounds on what a run, which is untrusted input, can make us read. Reaching one is an issue of the report."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1 << 10
MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound, with its default. Sizes are bytes."""

    files: int = 100_000
    """Files listed in one run."""
    depth: int = 512
    """Nested directories followed below the run."""
    file_bytes: int = 16 * GIB
    """Bytes read of one log."""
    document_bytes: int = 64 * MIB
    """Size of a JSON document that has to be parsed whole (results)."""
    config_bytes: int = 4 * MIB
    """Size of one configuration file."""
    line_bytes: int = 64 * KIB
    """Length of one line of text."""
    json_line_bytes: int = 8 * MIB
    """Length of one JSON line: one line of RLlib holds its whole configuration."""
    nodes: int = 100_000
    """Values in one configuration after aliases are followed."""
    nesting: int = 100
    """Brackets or indents inside each other in one document."""
    decompressed_bytes: int = 256 * MIB
    """Bytes taken out of one compressed file."""
    ratio: int = 200
    """Decompressed over compressed bytes, tested once `ratio_from` bytes are out."""
    ratio_from: int = 16 * MIB
    """Bytes below which any ratio is harmless."""
    tags: int = 1_000_000
    """Distinct tags of one source."""
    records: int = 200_000
    """Log records kept of one log; warnings and errors are kept up to as many again, numbers without bound."""
    fields: int = 200
    """Named values kept of one log record."""
