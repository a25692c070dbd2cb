"""Alternatives of which one runs: each is followed under its own condition, and what they write is joined."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from forensics.source import naming
from forensics.source.classes import Class
from forensics.source.join import join, join_all
from forensics.source.machine import Machine
from forensics.source.store import Delta
from forensics.source.values import Bound, External, Function, Object, Value


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


def told_apart(options: list[Value], node: ast.AST) -> list[tuple[str, Value]]:
    """Return each callee with the condition under which it is the one: `COMMANDS[word] is train`."""
    asked = ast.unparse(node.func) if isinstance(node, ast.Call) else "it"
    names = [_called(one) for one in options]
    unlike = len(set(names)) == len(names)
    return [
        (f"{asked} is {name}" if unlike else f"{asked} is {name} ({place})", one)
        for place, (name, one) in enumerate(zip(names, options, strict=True), 1)
    ]


def _called(value: Value) -> str:
    if isinstance(value, Function):
        owner = f"{value.owner.name}." if value.owner is not None else ""
        return owner + str(getattr(value.node, "name", "lambda"))
    if isinstance(value, Bound):
        return value.method or "a method" if value.function is None else _called(value.function)
    if isinstance(value, Class | External):
        return value.name
    return naming.display(value) if isinstance(value, Object) else "something else"
