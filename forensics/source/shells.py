"""Shells: objects around one network (or a list of equal ones) that compute with it and train nothing.

`self.q_forwarder.compute_error(...)` is a call of the network inside: a gradient passes by the shell's arguments, and
the network keeps the name that the agent gave it.
"""

from __future__ import annotations

from forensics.source.values import Choice, Dict, Object, Optimizer, Sequence, Value

DEPTH = 4
SLOTS = 24
"""Attributes and elements from which on an object is taken for more than a shell."""


def is_shell(value: Object, depth: int = 0) -> bool:
    """Whether an object is a shell: one of its attributes holds networks, and none an optimizer."""
    if value.module or value.cls is None or value.cls.trains or len(value.slots) > SLOTS:
        return False
    networks = 0
    for slot in value.slots.values():
        kind = _kind(slot, depth + 1)
        networks += kind == "network"
        if kind == "optimizer" or networks > 1:
            return False
    return networks == 1


def _kind(value: Value, depth: int) -> str:
    """Return `network`, `optimizer` or, for anything without either, an empty text."""
    if isinstance(value, Optimizer):
        return "optimizer"
    if isinstance(value, Object):
        if value.module:
            return "network"
        if depth > DEPTH or not value.slots or len(value.slots) > SLOTS:
            return ""
        return "network" if is_shell(value, depth) else _of_parts(list(value.slots.values()), depth, "optimizer")
    if depth > DEPTH:
        return ""
    if isinstance(value, Choice):
        return _of_parts(list(value.options), depth, "network")
    if isinstance(value, Sequence | Dict):
        parts = [*value.slots.values(), *([value.other] if value.other is not None else [])]
        return _of_parts(parts[:SLOTS], depth, "network")
    return ""


def _of_parts(parts: list[Value], depth: int, wanted: str) -> str:
    kinds = {_kind(part, depth + 1) for part in parts}
    return "optimizer" if "optimizer" in kinds else "network" if wanted == "network" and "network" in kinds else ""
