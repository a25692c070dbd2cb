"""Statements: what they bind, and how a block ends."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from forensics.source import binding, contexts, expressions, loops, narrowing
from forensics.source.classes import Class
from forensics.source.join import join
from forensics.source.machine import Machine
from forensics.source.store import Delta
from forensics.source.tree import dotted
from forensics.source.values import Const, Data, Deferred, External, Function, Package, Value

Ending = str | None
"""None: the block runs through. Else return, raise, break or continue."""


def execute(machine: Machine, body: list[ast.stmt]) -> Ending:
    """Run statements in order."""
    for statement in body:
        machine.spend()
        handler = _HANDLERS.get(type(statement))
        if handler is not None:
            ending = handler(machine, statement)
            if ending is not None:
                return ending
    return None


def _expression(machine: Machine, node: ast.Expr) -> Ending:
    machine.evaluate(node.value)
    return None


def _assign(machine: Machine, node: ast.Assign) -> Ending:
    value = machine.evaluate(node.value)
    for target in node.targets:
        machine.assign(target, value, node)
    return None


def _annotated(machine: Machine, node: ast.AnnAssign) -> Ending:
    if node.value is not None:
        machine.assign(node.target, machine.evaluate(node.value), node)
    return None


def _augmented(machine: Machine, node: ast.AugAssign) -> Ending:
    target, value = machine.evaluate(node.target), machine.evaluate(node.value)
    result = expressions.combine(machine, node.op, target, value, node)
    if isinstance(result, Const) and machine.loops:
        result = Const(result.value, True)
    machine.assign(node.target, result, node)
    return None


def _return(machine: Machine, node: ast.Return) -> Ending:
    machine.frame.returned.append(Const(None) if node.value is None else machine.evaluate(node.value))
    return "return"


def _raise(machine: Machine, node: ast.Raise) -> Ending:
    return "raise"


def _break(machine: Machine, node: ast.Break) -> Ending:
    return "break"


def _continue(machine: Machine, node: ast.Continue) -> Ending:
    return "continue"


def _if(machine: Machine, node: ast.If) -> Ending:
    truth = machine.truth(node.test)
    if truth is not None:
        return execute(machine, node.body if truth else node.orelse)
    file = machine.frame.file

    def side(body: list[ast.stmt], held: bool) -> tuple[Ending, Delta]:
        mark = machine.store.branch()
        depth = len(machine.guards)
        machine.guards.append((file, node.test, held))
        narrowed = narrowing.narrow(machine, node.test, held)
        try:
            ending = execute(machine, body)
        finally:
            del machine.guards[depth:]
            written = machine.store.undo(mark)
        for slots, name, value in narrowed:
            if (id(slots), name) in written and written[id(slots), name][2] is value:
                del written[id(slots), name]
        return ending, written

    first, then = side(node.body, True)
    second, otherwise = side(node.orelse, False)
    if first and second:
        machine.store.merge([then, otherwise], join)
        return first if first != "raise" else second
    if first or second:
        machine.store.merge([otherwise if first else then], join)
        narrowing.narrow(machine, node.test, not first, attributes=False)
        if (first or second) != "raise":
            machine.frame.exits.append(then if first else otherwise)
            machine.guards.append((file, node.test, not first))
        return None
    machine.store.merge([then, otherwise], join)
    return None


def _loosen(machine: Machine, body: list[ast.stmt]) -> None:
    """A constant that the loop assigns anew holds in its first turn only: it decides no branch of the body."""
    names = machine.frame.names
    for name in _assigned(body):
        value = names.get(name)
        if isinstance(value, Const) and not value.soft:
            machine.store.write(names, name, Const(value.value, True))


def _assigned(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _for(machine: Machine, node: ast.For | ast.AsyncFor) -> Ending:
    iterable = machine.evaluate(node.iter)
    _loosen(machine, node.body)
    for value in loops.turns(machine, iterable):
        depth = len(machine.guards)
        machine.assign(node.target, value, node.iter)
        machine.loops += 1
        try:
            ending = execute(machine, node.body)
        finally:
            machine.loops -= 1
        del machine.guards[depth:]
        if ending == "return":
            return None if _may_be_empty(iterable) else ending
        if ending == "break":
            return None
    return execute(machine, node.orelse)


def _may_be_empty(iterable: Value) -> bool:
    return not getattr(iterable, "slots", None)


def _while(machine: Machine, node: ast.While) -> Ending:
    _loosen(machine, node.body)
    if machine.truth(node.test) is False:
        return execute(machine, node.orelse)
    depth = len(machine.guards)
    machine.loops += 1
    try:
        ending = execute(machine, node.body)
    finally:
        machine.loops -= 1
    del machine.guards[depth:]
    forever = isinstance(node.test, ast.Constant) and bool(node.test.value)
    return ending if ending == "return" and forever else None


def _with(machine: Machine, node: ast.With | ast.AsyncWith) -> Ending:
    before = machine.grad
    for item in node.items:
        contexts.enter(machine, item)
    ending = execute(machine, node.body)
    machine.grad = before
    return ending


def _try(machine: Machine, node: ast.Try) -> Ending:
    ending = execute(machine, node.body)
    for handler in node.handlers:
        mark = machine.store.branch()
        depth = len(machine.guards)
        caught = "" if handler.type is None else " " + ast.unparse(handler.type)
        machine.guards.append((machine.frame.file, f"except{caught}", True))
        try:
            if handler.name:
                machine.store.write(machine.frame.names, handler.name, Data())
            after = execute(machine, handler.body)
        finally:
            del machine.guards[depth:]
            written = machine.store.undo(mark)
        if after is None:
            machine.store.merge([written], join, otherwise=True)
            ending = None
    if ending is None:
        ending = execute(machine, node.orelse)
    last = execute(machine, node.finalbody)
    return last or ending


def _match(machine: Machine, node: ast.Match) -> Ending:
    machine.evaluate(node.subject)
    sides: list[Delta] = []
    subject = ast.unparse(node.subject)
    endings: list[Ending] = []
    for case in node.cases:
        mark = machine.store.branch()
        depth = len(machine.guards)
        machine.guards.append((machine.frame.file, f"{subject} matches {ast.unparse(case.pattern)}", True))
        try:
            endings.append(execute(machine, case.body))
        finally:
            del machine.guards[depth:]
            sides.append(machine.store.undo(mark))
    machine.store.merge([one for one, end in zip(sides, endings, strict=True) if end is None], join, otherwise=True)
    return None


def _define(machine: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Ending:
    function = Function(node, machine.frame.file, machine.frame, machine.frame.owner)
    machine.store.write(machine.frame.names, node.name, function)
    return None


def _class(machine: Machine, node: ast.ClassDef) -> Ending:
    frame = machine.frame
    made = machine.classes.get(id(node))
    if made is None:
        bases: list[Class] = []
        outside: list[str] = []
        for base in node.bases:
            base = base.value if isinstance(base, ast.Subscript) else base
            value = machine.evaluate(base)
            if isinstance(value, Class):
                bases.append(value)
            else:
                outside.append(value.name if isinstance(value, External) else dotted(base))
        made = machine.classes[id(node)] = Class(node, frame.file, frame, bases, outside)
    machine.store.write(frame.names, node.name, made)
    return None


def _import(machine: Machine, node: ast.Import) -> Ending:
    frame = machine.frame
    for alias in node.names:
        parts = tuple(alias.name.split("."))
        found = machine.tree.find(parts, frame.file)
        value: Value
        if alias.asname is not None:
            value = Package(found) if found is not None else External(alias.name)
            machine.store.write(frame.names, alias.asname, value)
            continue
        top = machine.tree.find(parts[:1], frame.file) if len(parts) > 1 else found
        value = Package(top) if top is not None else External(parts[0])
        if top is None and found is not None:
            machine.imported.add(parts[0])
        machine.store.write(frame.names, parts[0], value)
    return None


def _import_from(machine: Machine, node: ast.ImportFrom) -> Ending:
    frame = machine.frame
    parts = tuple((node.module or "").split(".")) if node.module else ()
    found = machine.tree.relative(node.level, parts, frame.file) if node.level else machine.tree.find(parts, frame.file)
    for alias in node.names:
        name = alias.asname or alias.name
        value: Value
        if alias.name == "*":
            if found is not None and found is not frame.file:
                _all_of(machine, Package(found), frame.names)
            continue
        inner = None
        if node.level:
            inner = machine.tree.relative(node.level, (*parts, alias.name), frame.file)
        elif found is None or found.package:
            inner = machine.tree.find((*parts, alias.name), frame.file) if found is not None else None
        if found is not None and found is not frame.file:
            value = Deferred(found, alias.name)
        elif inner is not None:
            value = Package(inner)
        else:
            value = External(".".join((*parts, alias.name)))
        machine.store.write(frame.names, name, value)
    return None


def _all_of(machine: Machine, package: Package, names: dict[str, Any]) -> None:
    machine.global_of(package.file, "")
    for name, value in package.file.names.items():
        if not name.startswith("_"):
            machine.store.write(names, name, value)


def _global(machine: Machine, node: ast.Global) -> Ending:
    machine.frame.globals.update(node.names)
    return None


def _nonlocal(machine: Machine, node: ast.Nonlocal) -> Ending:
    machine.frame.nonlocals.update(node.names)
    return None


def _delete(machine: Machine, node: ast.Delete) -> Ending:
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id in machine.frame.names:
            binding.forget(machine, target.id)
    return None


_HANDLERS: dict[type[ast.stmt], Callable[[Machine, Any], Ending]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Match: _match,
    ast.FunctionDef: _define,
    ast.AsyncFunctionDef: _define,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Delete: _delete,
}
