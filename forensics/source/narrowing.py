"""What a branch knows from its own condition: that a value is, or is not, None."""

from __future__ import annotations

import ast
from typing import Any

from forensics.source.machine import Machine
from forensics.source.values import Choice, Const, Object, Value

Narrowed = list[tuple[dict[Any, Value], Any, Value]]
"""Attributes that were narrowed: slots, name and value. The knowledge ends with the branch."""


def narrow(machine: Machine, test: ast.expr, held: bool, attributes: bool = True) -> Narrowed:
    """Drop the options of names and attributes that `test`, being true (`held`) or false, excludes."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return narrow(machine, test.operand, not held, attributes)
    if isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) is not held:
            return []
        return [one for part in test.values for one in narrow(machine, part, held, attributes)]
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Is | ast.IsNot):
        right = test.comparators[0]
        if isinstance(right, ast.Constant) and right.value is None:
            return _keep(machine, test.left, isinstance(test.ops[0], ast.Is) is held, attributes)
    elif held:
        return _keep(machine, test, False, attributes)
    return []


def _keep(machine: Machine, node: ast.expr, none: bool, attributes: bool) -> Narrowed:
    if isinstance(node, ast.Name):
        slots = machine.frame.names
        key = node.id
    elif isinstance(node, ast.Attribute) and attributes:
        owner = machine.evaluate(node.value)
        if not isinstance(owner, Object):
            return []
        slots, key = owner.slots, node.attr
    else:
        return []
    value = slots.get(key)
    if isinstance(value, Choice):
        kept = [option for option in value.options if _is_none(option) is none]
        if not kept or len(kept) == len(value.options):
            return []
        value = kept[0] if len(kept) == 1 else Choice(tuple(kept))
    elif isinstance(value, Const) and value.soft and value.value is None and none:
        value = Const(None)
    else:
        return []
    machine.store.write(slots, key, value)
    return [(slots, key, value)] if isinstance(node, ast.Attribute) else []


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None
