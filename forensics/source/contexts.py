"""`with` blocks: gradient modes, and what a context manager hands out."""

from __future__ import annotations

import ast

from forensics.source.machine import Machine
from forensics.source.tree import dotted
from forensics.source.values import Choice, Const, Mode, Object, Value

OFF = frozenset({"no_grad", "inference_mode"})


def enter(machine: Machine, item: ast.withitem) -> None:
    """Enter one context; gradient modes are set on the machine, and taken back by the caller."""
    value = machine.evaluate(item.context_expr)
    _switch(machine, value)
    if item.optional_vars is not None:
        machine.assign(item.optional_vars, _handed_out(machine, value, item.context_expr), item.context_expr)


def _switch(machine: Machine, value: Value) -> None:
    if isinstance(value, Choice):
        modes = [option for option in value.options if isinstance(option, Mode)]
        if modes and all(mode.grad is False for mode in modes) and len(modes) == len(value.options):
            machine.grad = False
    elif isinstance(value, Mode) and not value.neutral and value.grad is not None:
        machine.grad = value.grad


def _handed_out(machine: Machine, value: Value, node: ast.expr) -> Value:
    if isinstance(value, Object) and value.cls is not None:
        found = value.cls.method("__enter__")
        if found is not None:
            return machine.invoke(machine.attribute(value, "__enter__", node), ([], {}), node)
    return value


def decorated_off(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Whether a function is decorated to run without gradients."""
    if isinstance(node, ast.Lambda):
        return False
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if dotted(called).rpartition(".")[2] in OFF:
            return True
    return False


def mode_of(name: str, arguments: list[Value]) -> Mode | None:
    """Return the mode that a call of torch's name makes, None if it makes none."""
    last = name.rpartition(".")[2]
    if last in OFF:
        first = arguments[0] if arguments else None
        return Mode(not first.value if isinstance(first, Const) and isinstance(first.value, bool) else False)
    if last == "enable_grad":
        return Mode(True)
    if last == "set_grad_enabled":
        first = arguments[0] if arguments else None
        known = isinstance(first, Const) and not first.soft
        return Mode(bool(first.value) if known and isinstance(first, Const) else None)
    return None
