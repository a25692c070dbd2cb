"""Conditions: decided where constants decide them, and looked at for thresholds where not."""

from __future__ import annotations

import ast

from forensics.source import record
from forensics.source.classes import Class
from forensics.source.join import flat
from forensics.source.machine import Machine
from forensics.source.tree import dotted
from forensics.source.values import (
    JOINED,
    Bound,
    Choice,
    Const,
    Data,
    Dict,
    External,
    Function,
    Object,
    Optimizer,
    Package,
    Parameters,
    Sequence,
    Value,
)

_ORDER = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "==", ast.NotEq: "!="}
_TENSORS = frozenset({"torch.Tensor", "torch.nn.Parameter", "numpy.ndarray"})
_THINGS = (Object, Optimizer, Parameters, Dict, Sequence, Function, Bound, Package)


def truth(machine: Machine, node: ast.expr) -> bool | None:
    """Return whether a condition holds, None where that is not known. Both sides of it are evaluated."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = machine.truth(node.operand)
        return None if inner is None else not inner
    if isinstance(node, ast.BoolOp):
        return _all(machine, node)
    if isinstance(node, ast.Compare):
        return _compare(machine, node)
    if isinstance(node, ast.Call) and dotted(node.func) == "isinstance" and len(node.args) == 2:
        return _isinstance(machine, node)
    if isinstance(node, ast.Call) and dotted(node.func) == "callable" and node.args:
        machine.evaluate(node.args[0])
        return None
    if isinstance(node, ast.Name) and node.id == "TYPE_CHECKING":
        return False
    return truth_of(machine.evaluate(node))


def truth_of(value: Value) -> bool | None:
    """Return whether a value is true, None where that is not known."""
    if isinstance(value, Const):
        return None if value.soft else bool(value.value)
    if isinstance(value, Object | Optimizer | Function | Bound | Package):
        return True if not isinstance(value, Object) or (value.module and value.doubt == 0) else None
    if isinstance(value, Choice):
        found = {truth_of(option) for option in value.options}
        return found.pop() if len(found) == 1 else None
    if isinstance(value, Dict | Sequence) and value.slots:
        return None
    return None


def _all(machine: Machine, node: ast.BoolOp) -> bool | None:
    absorbing = isinstance(node.op, ast.Or)
    unknown = False
    for part in node.values:
        found = machine.truth(part)
        if found is absorbing:
            return absorbing
        unknown = unknown or found is None
    return None if unknown else not absorbing


def _compare(machine: Machine, node: ast.Compare) -> bool | None:
    left = machine.evaluate(node.left)
    rights = [machine.evaluate(one) for one in node.comparators]
    if len(node.ops) != 1:
        return None
    op, right = node.ops[0], rights[0]
    if isinstance(op, ast.Is | ast.IsNot):
        same = _identical(left, right)
        return None if same is None else same == isinstance(op, ast.Is)
    if isinstance(op, ast.In | ast.NotIn):
        inside = _inside(left, right)
        return None if inside is None else inside == isinstance(op, ast.In)
    _threshold(machine, node, left, right)
    if isinstance(left, Const) and isinstance(right, Const) and not left.soft and not right.soft:
        return _decide(op, left.value, right.value)
    return None


def _decide(op: ast.cmpop, left: object, right: object) -> bool | None:
    if isinstance(op, ast.Eq | ast.NotEq):
        return (left == right) == isinstance(op, ast.Eq)
    if isinstance(left, int | float) and isinstance(right, int | float):
        if isinstance(op, ast.Lt | ast.LtE):
            return left < right or (isinstance(op, ast.LtE) and left == right)
        return left > right or (isinstance(op, ast.GtE) and left == right)
    return None


def _identical(left: Value, right: Value) -> bool | None:
    """Return `left is right`: decided for None against what cannot be None."""
    if isinstance(left, Const) and isinstance(right, Const) and not left.soft and not right.soft:
        return left.value is right.value or (isinstance(left.value, bool | str | int) and left.value == right.value)
    if any(isinstance(side, Const) and side.soft for side in (left, right)):
        return None
    constant, value = (left, right) if isinstance(left, Const) else (right, left)
    if isinstance(constant, Const) and constant.value is None:
        if isinstance(value, Const) and not value.soft:
            return value.value is None
        if isinstance(value, _THINGS) and value.doubt == 0:
            return False
        if isinstance(value, Data) and (value.solid or value.paths) and value.doubt < 2:
            return False
    return None


def _inside(left: Value, right: Value) -> bool | None:
    if not isinstance(left, Const) or left.soft:
        return None
    if isinstance(right, Const) and isinstance(right.value, str | tuple) and not right.soft:
        return isinstance(left.value, str) and left.value in right.value
    if isinstance(right, Dict):
        if left.value in right.slots:
            return True
        return False if right.other is None and right.slots else None
    if isinstance(right, Sequence) and right.other is None:
        items = right.items()
        if all(isinstance(item, Const) and not item.soft for item in items):
            return any(isinstance(item, Const) and item.value == left.value for item in items)
    return None


def _isinstance(machine: Machine, node: ast.Call) -> bool | None:
    value, kind = machine.evaluate(node.args[0]), machine.evaluate(node.args[1])
    if not isinstance(kind, Sequence):
        return _is_a(value, kind)
    found = {_is_a(value, one) for one in kind.items()} if kind.other is None else {None}
    return True if True in found else None if None in found else False


def _is_a(value: Value, kind: Value) -> bool | None:
    if isinstance(kind, Class) and isinstance(value, Object) and value.cls is not None and value.doubt == 0:
        return True if kind in value.cls.mro else None if value.cls.children else False
    if isinstance(kind, External) and isinstance(value, Const) and not value.soft:
        known = {"builtins.str": str, "builtins.float": float, "builtins.int": int, "builtins.dict": dict}
        return isinstance(value.value, known[kind.name]) if kind.name in known else None
    if isinstance(kind, External) and kind.name in _TENSORS and isinstance(value, Parameters | Dict | Optimizer):
        return False
    if isinstance(kind, External) and kind.name in _KINDS and isinstance(value, Dict | Sequence | Object):
        return _plain_kind(value) == kind.name if _settled(value) else None
    return None


_KINDS = frozenset({"builtins.dict", "builtins.list", "builtins.tuple", "torch.nn.Module"})


def _settled(value: Value) -> bool:
    """Whether an object can be of no other kind than what its class in the tree says."""
    if not isinstance(value, Object):
        return True
    return value.doubt == 0 and (value.module or (value.cls is not None and not value.cls.outside))


def _plain_kind(value: Dict | Sequence | Object) -> str:
    """Return which of the kinds a value is; empty for an object that is none."""
    if isinstance(value, Dict):
        return "builtins.dict"
    if isinstance(value, Sequence):
        return "builtins.tuple" if value.fixed else "builtins.list"
    return "torch.nn.Module" if value.module else ""


def _threshold(machine: Machine, node: ast.Compare, left: Value, right: Value) -> None:
    symbol = _ORDER.get(type(node.ops[0]))
    if symbol is None:
        return
    if isinstance(left, Const):
        left, right = right, left
        symbol = symbol.translate(str.maketrans("<>", "><"))
    if not isinstance(right, Const) or isinstance(right.value, bool) or not isinstance(right.value, int | float):
        return
    measure = next((part.measure for part in flat(left) if part.measure is not None), None)
    if measure is not None and measure.total:
        record.threshold(machine, symbol, float(right.value), measure, node, JOINED if right.soft else 0)
