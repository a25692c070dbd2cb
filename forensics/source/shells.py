"""Shells: objects around one network (or a list of equal ones) that compute with it and train nothing.

`self.q_forwarder.compute_error(...)` is a call of the network inside: a gradient passes by the shell's arguments, and
the network keeps the name that the agent gave it.
"""

from __future__ import annotations

from forensics.source.values import Choice, Dict, Object, Optimizer, Sequence, Value

DEPTH = 4


def is_shell(value: Object) -> bool:
    """Whether an object is a shell: one of its attributes holds networks, and none an optimizer."""
    if value.module or value.cls is None or value.cls.trains:
        return False
    held = [kind for slot in value.slots.values() if (kind := _kind(slot, 0))]
    return held == ["network"]


def _kind(value: Value, depth: int) -> str:
    """Return `network`, `optimizer` or, for anything without either, an empty text."""
    if isinstance(value, Optimizer):
        return "optimizer"
    if isinstance(value, Object) and value.module:
        return "network"
    if depth > DEPTH:
        return ""
    inner: list[Value] = []
    if isinstance(value, Choice):
        inner = list(value.options)
    elif isinstance(value, Sequence | Dict):
        inner = [*value.slots.values(), *([value.other] if value.other is not None else [])]
    elif isinstance(value, Object):
        return "network" if is_shell(value) else "optimizer" if _holds_optimizer(value, depth) else ""
    kinds = {kind for one in inner if (kind := _kind(one, depth + 1))}
    return "optimizer" if "optimizer" in kinds else "network" if kinds else ""


def _holds_optimizer(value: Object, depth: int) -> bool:
    return any(_kind(slot, depth + 1) == "optimizer" for slot in value.slots.values())
