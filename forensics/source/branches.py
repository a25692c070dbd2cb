"""Alternatives of which one runs: each is followed under its own condition, and what they write is joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forensics.source.join import join, join_all
from forensics.source.machine import Machine
from forensics.source.store import Delta
from forensics.source.values import Value


def each(machine: Machine, alternatives: Sequence[tuple[str, Callable[[], Value]]]) -> Value:
    """Follow every alternative, given as condition and action, from the same state; return the join of the results."""
    sides: list[Delta] = []
    results: list[Value] = []
    for condition, act in alternatives:
        mark = machine.store.branch()
        depth = len(machine.guards)
        machine.guards.append((machine.frame.file, condition, True))
        try:
            results.append(act())
        finally:
            del machine.guards[depth:]
            sides.append(machine.store.undo(mark))
    machine.store.merge(sides, join)
    return join_all(results)
