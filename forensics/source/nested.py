"""Classes in the body of a class."""

from __future__ import annotations

import ast

from forensics.source.classes import Class
from forensics.source.machine import Frame, Machine
from forensics.source.values import Slots


def of(machine: Machine, owner: Class) -> Slots:
    """Return the classes in the body of a class by name; defined when first asked for, as their bases may come late."""
    if owner.inner is None:
        owner.inner = {}
        machine.frames.append(Frame(owner.file, owner.name, owner.inner, owner.closure))
        try:
            machine.execute([one for one in owner.node.body if isinstance(one, ast.ClassDef)])
        finally:
            machine.frames.pop()
    return owner.inner
