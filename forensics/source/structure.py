"""The class of a network that nothing names, by what is used of it."""

from __future__ import annotations

import ast

from forensics.source import fitting, nested
from forensics.source.classes import Class
from forensics.source.machine import Machine
from forensics.source.tree import dotted
from forensics.source.values import BY_NAME, Object

FEWEST = 3
"""Names of its own that must be used of a network for its class to be told by them."""


def found(machine: Machine, user: Class, name: str) -> Object | None:
    """Return an instance of the one network class that has all of what `user` uses of its attribute `name`, or None."""
    if name not in user.parts:
        user.parts[name] = _class_of(machine, user, name)
    cls = user.parts[name]
    if cls is None:
        return None
    made = machine.instance(cls, name)
    made.doubt = made.chosen = BY_NAME
    return made


def _class_of(machine: Machine, user: Class, name: str) -> Class | None:
    wanted = {use.attribute for use in fitting.uses(user, name)} - fitting.OF_MODULES
    if len(wanted) < FEWEST:
        return None
    for cls in list(machine.classes.values()):
        nested.of(machine, cls)
    others = [cls for cls in machine.classes.values() if cls.is_module and cls not in user.mro and user not in cls.mro]
    fitting_ones = [cls for cls in others if wanted <= members(cls)]
    general = [cls for cls in fitting_ones if not any(base in fitting_ones for base in cls.mro[1:])]
    return general[0] if len(general) == 1 else None


def members(cls: Class) -> frozenset[str]:
    """Return the names that instances of a class have: methods, fields, and what its methods assign to `self`."""
    known = cls.members
    if known is None:
        own: set[str] = set()
        for owner in cls.mro:
            own |= {*owner.methods, *owner.assigned, *owner.annotations}
            own |= {
                node.attr
                for method in owner.methods.values()
                for node in ast.walk(method)
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and dotted(node.value) == "self"
            }
        known = cls.members = frozenset(own)
    return known
