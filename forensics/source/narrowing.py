"""What a branch knows from its own condition: that a value is, or is not, None."""

from __future__ import annotations

import ast

from forensics.source.machine import Machine
from forensics.source.values import Choice, Const, Object, Value


def narrow(machine: Machine, test: ast.expr, held: bool) -> None:
    """Drop the options of names and attributes that `test`, being true (`held`) or false, excludes."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        narrow(machine, test.operand, not held)
    elif isinstance(test, ast.BoolOp):
        if isinstance(test.op, ast.And) is held:
            for part in test.values:
                narrow(machine, part, held)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Is | ast.IsNot):
        right = test.comparators[0]
        if isinstance(right, ast.Constant) and right.value is None:
            _keep(machine, test.left, none=isinstance(test.ops[0], ast.Is) is held)
    elif held:
        _keep(machine, test, none=False)


def _keep(machine: Machine, node: ast.expr, none: bool) -> None:
    if isinstance(node, ast.Name):
        slots = machine.frame.names
        key = node.id
    elif isinstance(node, ast.Attribute):
        owner = machine.evaluate(node.value)
        if not isinstance(owner, Object):
            return
        slots, key = owner.slots, node.attr
    else:
        return
    value = slots.get(key)
    if isinstance(value, Choice):
        kept = [option for option in value.options if _is_none(option) is none]
        if kept and len(kept) < len(value.options):
            machine.store.write(slots, key, kept[0] if len(kept) == 1 else Choice(tuple(kept)))
    elif isinstance(value, Const) and value.soft and value.value is None and none:
        machine.store.write(slots, key, Const(None))


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None
