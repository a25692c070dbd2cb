"""Instances of classes of the tree: constructors, fields, and instances of which only the class is known."""

from __future__ import annotations

import ast

from forensics.source import binding, modules, optimizers, symbols
from forensics.source.classes import Class
from forensics.source.machine import Arguments, Frame, Machine
from forensics.source.names import CONTAINERS
from forensics.source.tree import dotted
from forensics.source.values import BY_NAME, EXACT, JOINED, Const, Data, Dict, Function, Object, Value


def make(machine: Machine, cls: Class, arguments: Arguments, node: ast.AST) -> Value:
    """Return a new instance; its constructor is followed."""
    if any(optimizers.is_optimizer(name) or name.endswith("Optimizer") for name in cls.outside):
        return optimizers.make(machine, cls.name, arguments, node)
    outside = {name.rpartition(".")[2] for name in cls.outside}
    if outside & {"Enum", "StrEnum", "IntEnum"}:
        return arguments[0][0] if arguments[0] else Data()
    if cls.is_engine:
        return Data(name=cls.name)
    made = Object(cls, module=cls.is_module, site=machine.site(node), doubt=BY_NAME if cls.file.mended else EXACT)
    kind = next((name for name in outside if name in CONTAINERS), "")
    made.kind = kind
    if outside & {"dict", "UserDict"} and cls.method("__init__") is None:
        return Dict(dict(arguments[1]))
    construct(machine, made, arguments, node)
    return made


def construct(machine: Machine, made: Object, arguments: Arguments, node: ast.AST) -> None:
    """Follow the constructor of an instance."""
    cls = made.cls
    found = cls.method("__init__")
    if found is not None:
        owner, definition = found
        function = Function(definition, owner.file, owner.closure, owner)
        machine.setup += 1
        try:
            machine.run(function, made, arguments, node)
        finally:
            machine.setup -= 1
        return
    if cls.is_record:
        _record(machine, made, arguments)
    after = cls.method("__post_init__")
    if after is not None:
        owner, definition = after
        machine.run(Function(definition, owner.file, owner.closure, owner), made, ([], {}), node)


def _record(machine: Machine, made: Object, arguments: Arguments) -> None:
    values, named = arguments
    for place, (owner, name) in enumerate(made.cls.fields()):
        if place < len(values):
            value = values[place]
        elif name in named:
            value = named[name]
        elif name in owner.assigned:
            value = default(machine, owner, name, owner.annotations[name])
        else:
            continue
        binding.call_it(value, made, name)
        made.slots[name] = value


def default(machine: Machine, owner: Class, name: str, annotation: ast.expr) -> Value:
    """Return what the run sets a field to, else its default: a constant that can be set otherwise, or what is made."""
    return machine.settings.field(owner, name, _default(machine, owner, name, annotation))


def _default(machine: Machine, owner: Class, name: str, annotation: ast.expr) -> Value:
    node = owner.assigned[name]
    if isinstance(node, ast.Call):
        called = dotted(node.func).rpartition(".")[2]
        for keyword in node.keywords:
            if keyword.arg == "default":
                return symbols.soften(in_class(machine, owner, keyword.value))
            if keyword.arg in ("default_factory", "factory"):
                return machine.symbol(annotation, owner.file, name)
        if called in ("field", "Field", "ib", "attrib"):
            if node.args:
                return symbols.soften(in_class(machine, owner, node.args[0]))
            return machine.symbol(annotation, owner.file, name)
    value = symbols.soften(in_class(machine, owner, node))
    known = machine.symbol(annotation, owner.file, name)
    if isinstance(value, Const) and value.value is None:
        return value if isinstance(known, Data) else known
    if isinstance(known, Object) and known.cls is not None and not _is_one(value, known.cls):
        return known
    return value


def _is_one(value: Value, cls: Class) -> bool:
    """Whether a default is surely an instance of the annotated class: what makes a field may only be annotated so."""
    return isinstance(value, Object) and value.cls is not None and cls in value.cls.mro


def in_class(machine: Machine, owner: Class, node: ast.expr) -> Value:
    """Evaluate an expression of a class body."""
    frame = Frame(owner.file, owner.name, {}, owner.closure)
    machine.frames.append(frame)
    try:
        return machine.evaluate(node)
    finally:
        machine.frames.pop()


def symbolic(machine: Machine, cls: Class, name: str) -> Object:
    """Return an instance of which nothing but the class is known; its constructor is looked at when needed."""
    made = Object(cls, module=cls.is_module, lazy=True, doubt=JOINED)
    if name:
        made.names.append((None, name))
    return made


def fill(machine: Machine, value: Object) -> None:
    """Follow the constructor of a symbolic instance with symbols for arguments."""
    if not value.lazy:
        return
    value.lazy = False
    found = value.cls.method("__init__")
    node = value.cls.node
    depth = sum(1 for frame in machine.frames if frame.function.endswith("__init__"))
    if depth > 6:
        return
    grad, networks, guards = machine.grad, machine.networks, machine.guards
    machine.grad, machine.networks, machine.guards = True, [], []
    try:
        if found is not None:
            owner, definition = found
            function = Function(definition, owner.file, owner.closure, owner)
            machine.setup += 1
            try:
                machine.run(function, value, symbols.arguments(machine, function, 1, value.cls), node)
            finally:
                machine.setup -= 1
    finally:
        machine.grad, machine.networks, machine.guards = grad, networks, guards
    if value.module and value.doubt and not any(modules.leaves(value)):
        value.leaf = True  # the layers are those of a class that is not known
