"""Bounds on a source tree and on the work spent on it: training source is untrusted input."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Every bound, with its default."""

    file_bytes: int = 2 * MIB
    """Size of one file."""
    files: int = 5_000
    """Python files of one tree."""
    total_bytes: int = 64 * MIB
    """Python source of one tree."""
    entries: int = 200_000
    """Files and folders, or members of an archive, that are looked at."""
    call_depth: int = 24
    """Calls followed inside each other."""
    root_work: int = 150_000
    """Expressions and statements evaluated from one entry point."""
    helper_work: int = 4_000
    """The same from one call of a function that neither trains nor logs."""
    barren_work: int = 6_000
    """Work from which on a call that gives nothing is not followed as far again."""
    work_per_node: int = 3
    """Expressions and statements evaluated for each node of the tree, over all entry points."""
    work: int = 400_000
    """The least total work a tree gets, however small it is."""
    memory_bytes: int = 2 << 30
    """Address space of the child process."""
    cpu_seconds: int = 120
    """Processor time of the child process."""


LIMITS = Limits()
