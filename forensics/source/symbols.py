"""Values of which only an annotation, a default and a name are known: the arguments of an entry point."""

from __future__ import annotations

import ast

from forensics.source import generics, optimizers, structure
from forensics.source.classes import Class
from forensics.source.generics import Within
from forensics.source.machine import Arguments, Frame, Machine
from forensics.source.tree import File
from forensics.source.values import (
    BY_NAME,
    Const,
    Data,
    Dict,
    External,
    Function,
    Object,
    Parameters,
    Sequence,
    Site,
    TypeVariable,
    Value,
)

_LISTS = frozenset("list List Sequence Iterable Iterator tuple Tuple set Set Collection deque".split())
_DICTS = frozenset("dict Dict Mapping MutableMapping OrderedDict defaultdict".split())
_WRAPPERS = frozenset("Optional Final ClassVar Annotated Required NotRequired ReadOnly".split())


def soften(value: Value) -> Value:
    """Return a default: its constant decides no branch."""
    return Const(value.value, True) if isinstance(value, Const) else value


def of_annotation(
    machine: Machine, annotation: ast.expr | None, file: File, name: str, within: Within | None = None
) -> Value:
    """Return a value of a type, as far as the annotation tells it."""
    value = None if annotation is None else _typed(machine, annotation, file, name, 0, within)
    if value is not None:
        return value
    last = name.rpartition(".")[2]
    if last in machine.index.optimizer_names:
        return optimizers.unknown(name, Site(file, annotation or ast.Name(name)))
    if last in machine.index.module_names:
        return _network(name)
    return Data(name=name)


def _network(name: str) -> Object:
    made = Object(kind="?", module=True, leaf=True, doubt=BY_NAME)
    made.names.append((None, name))
    return made


def _typed(machine: Machine, node: ast.expr, file: File, name: str, depth: int, within: Within | None) -> Value | None:
    if depth > 4:
        return None
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str) or len(node.value) > 200:
            return None
        try:
            return _typed(machine, ast.parse(node.value, mode="eval").body, file, name, depth + 1, within)
        except (SyntaxError, ValueError, RecursionError):
            return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        left = _typed(machine, node.left, file, name, depth + 1, within)
        return left if left is not None else _typed(machine, node.right, file, name, depth + 1, within)
    if isinstance(node, ast.Subscript):
        return _generic(machine, node, file, name, depth, within)
    if not isinstance(node, ast.Name | ast.Attribute):
        return None
    kind = _resolve(machine, node, file)
    if isinstance(kind, Class):
        return Data(name=name) if kind.is_engine else machine.instance(kind, name)
    if isinstance(kind, TypeVariable):
        meant = generics.meaning(kind, within)
        return None if meant is None else _typed(machine, meant[0], meant[1], name, depth + 1, meant[2])
    if isinstance(kind, External):
        return _outside(machine, kind.name, file, name)
    return None


def _outside(machine: Machine, kind: str, file: File, name: str) -> Value | None:
    last = kind.rpartition(".")[2]
    if last == "Optimizer" or (".optim." in kind and "lr_scheduler" not in kind):
        return optimizers.unknown(name, Site(file, ast.Name(name)))
    if (kind.startswith("torch.nn.") and last != "Parameter") or last == "Module":
        return _network(name)
    return None


def _generic(
    machine: Machine, node: ast.Subscript, file: File, name: str, depth: int, within: Within | None
) -> Value | None:
    base = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if base in _WRAPPERS:
        return _typed(machine, inner[0], file, name, depth + 1, within)
    if base in ("Union", "Type", "type"):
        if base != "Union":
            kind = _resolve(machine, inner[0], file) if isinstance(inner[0], ast.Name | ast.Attribute) else None
            return kind if isinstance(kind, Class) else None
        found = (_typed(machine, one, file, name, depth + 1, within) for one in inner)
        return next((one for one in found if one is not None), None)
    if base in _LISTS:
        if base in ("tuple", "Tuple") and len(inner) > 1 and not (isinstance(inner[-1], ast.Constant)):
            parts = [_typed(machine, one, file, f"{name}[{at}]", depth + 1, within) for at, one in enumerate(inner)]
            return Sequence([part if part is not None else Data() for part in parts], fixed=True)
        element = _typed(machine, inner[0], file, f"{name}[*]", depth + 1, within)
        return None if element is None else Sequence([], element)
    if base in _DICTS and len(inner) == 2:
        element = _typed(machine, inner[1], file, f"{name}[*]", depth + 1, within)
        if element is None:
            return None
        made = Dict({}, element)
        made.fresh = lambda key: _typed(machine, inner[1], file, key, depth + 1, within) or Data(name=key)
        return made
    return _typed(machine, node.value, file, name, depth + 1, within)


def _resolve(machine: Machine, node: ast.expr, file: File) -> Value | None:
    frame = Frame(file, "", {})
    machine.frames.append(frame)
    try:
        return machine.evaluate(node)
    finally:
        machine.frames.pop()


def arguments(machine: Machine, function: Function, skip: int = 0, cls: Class | None = None) -> Arguments:
    """Return symbols for all arguments of a function behind the first `skip`; `cls` is the class of its `self`."""
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    defaults: dict[str, ast.expr] = {}
    for one, default in zip(reversed(positional), reversed(spec.defaults), strict=False):
        defaults[one.arg] = default
    for one, given in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if given is not None:
            defaults[one.arg] = given
    named: dict[str, Value] = {}
    for one in [*positional[skip:], *spec.kwonlyargs]:
        named[one.arg] = argument(machine, function, one, defaults.get(one.arg), cls)
    return [], named


def _by_use(machine: Machine, function: Function, name: str) -> Object | None:
    made = isinstance(function.owner, Class) and getattr(function.node, "name", "") == "__init__"
    return structure.found(machine, function.owner, name) if made else None


def argument(
    machine: Machine, function: Function, one: ast.arg, default: ast.expr | None, cls: Class | None = None
) -> Value:
    """Return a symbol for one argument."""
    within = None if cls is None or function.owner is None else Within(cls, function.owner)
    value = of_annotation(machine, one.annotation, function.file, one.arg, within)
    if isinstance(value, Data) or (isinstance(value, Object) and value.cls is None):
        value = _by_use(machine, function, one.arg) or value
    if default is not None and isinstance(value, Data):
        frame = Frame(function.file, "", {}, function.closure)
        machine.frames.append(frame)
        try:
            given = machine.evaluate(default)
        finally:
            machine.frames.pop()
        if isinstance(given, Const):
            return Const(given.value, True)
        return value if isinstance(given, Data | Dict | Sequence | Parameters) else given
    return value
