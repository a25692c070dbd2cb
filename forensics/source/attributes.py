"""Attributes of every kind of value."""

from __future__ import annotations

import ast

from forensics.source import binding, instances, nested, optimizers
from forensics.source.classes import Class, decorator_name, is_stub
from forensics.source.generics import Within
from forensics.source.join import join_all
from forensics.source.machine import Machine
from forensics.source.measures import Measure
from forensics.source.tree import FunctionNode
from forensics.source.values import (
    BY_NAME,
    NO_PATHS,
    Bound,
    Choice,
    Const,
    Data,
    Deferred,
    Dict,
    External,
    Function,
    Object,
    Optimizer,
    Package,
    Parameters,
    Path,
    Site,
    Super,
    Value,
)

_PLAIN = frozenset("shape device dtype ndim size batch_size requires_grad is_cuda".split())


def attribute(machine: Machine, value: Value, name: str, node: ast.AST) -> Value:
    """Return `value.name`."""
    if isinstance(value, Object):
        return of_object(machine, value, name, node)
    if isinstance(value, Data):
        return _of_data(machine, value, name, node)
    if isinstance(value, External):
        return _of_external(machine, value, name)
    if isinstance(value, Package):
        found = machine.global_of(value.file, name)
        if found is not None:
            return found
        inner = machine.tree.relative(1, (name,), value.file) if value.file.package else None
        return Package(inner) if inner is not None else Data(name=name)
    if isinstance(value, Class):
        return of_class(machine, value, name, node)
    if isinstance(value, Choice):
        options = [one for one in value.options if not (isinstance(one, Const) and one.value is None)]
        return join_all(attribute(machine, one, name, node) for one in options)
    if isinstance(value, Super):
        return _of_super(machine, value, name)
    if isinstance(value, Optimizer):
        found = optimizers.attribute(machine, value, name)
        return found if found is not None else Bound(value, method=name)
    if isinstance(value, Dict) and name in value.slots:
        return value.slots[name]
    if isinstance(value, Deferred):
        found = machine.global_of(value.file, value.name)
        return attribute(machine, found, name, node) if found is not None else Data()
    if isinstance(value, Function) and name in ("__name__",):
        return Const(getattr(value.node, "name", "lambda"))
    return Bound(value, method=name)


def of_object(machine: Machine, value: Object, name: str, node: ast.AST) -> Value:
    """Return an attribute of an instance."""
    held = value.slots.get(name)
    if held is None and value.lazy:
        machine.fill(value)
        held = value.slots.get(name)
    if held is not None:
        if isinstance(held, Deferred):
            return machine.global_of(held.file, held.name) or Data()
        return held
    if name == "__dict__":
        return Dict(value.slots)
    cls = value.cls
    if name in ("module", "__call__") and value.module and (cls is None or not known(machine, value, name)):
        return value  # what DataParallel wraps is what is called through it
    if cls is None:
        return _of_outside(machine, value, name)
    if name == "__class__":
        kind: Value = cls
        return kind
    found = cls.method(name)
    if found is not None:
        return _method(machine, value, found[0], found[1], node)
    for owner in cls.mro:
        if name in (inner := nested.of(machine, owner)):
            return inner[name]
        if name in owner.assigned and not (owner.is_record and name in owner.annotations):
            held = _assigned(machine, owner, name)
            return Const(held.value, True) if isinstance(held, Const) and name in machine.index.stored else held
    annotated = cls.annotation(name)
    if annotated is not None:
        owner, annotation = annotated
        made = _field(machine, owner, name, annotation, cls)
        _keep(machine, value, name, made)
        return made
    return _missing(machine, value, name, node)


def method(machine: Machine, value: Value, name: str, node: ast.AST) -> Value:
    """Return what `value.name(...)` calls: where nothing tells what that is, the method by its name."""
    if isinstance(value, Choice):
        options = [one for one in value.options if not (isinstance(one, Const) and one.value is None)]
        return join_all(method(machine, one, name, node) for one in options)
    if isinstance(value, Object) and not known(machine, value, name) and name not in machine.index.module_names:
        return Bound(value, method=name, doubt=BY_NAME)
    return attribute(machine, value, name, node)


def known(machine: Machine, value: Object, name: str) -> bool:
    """Whether the tree sets, defines or declares an attribute of an instance."""
    if name in value.slots:
        return True
    machine.fill(value)
    cls = value.cls
    if name in value.slots or cls is None:
        return True
    return (
        cls.method(name) is not None or cls.annotation(name) is not None or any(name in one.assigned for one in cls.mro)
    )


def _field(machine: Machine, owner: Class, name: str, annotation: ast.expr, cls: Class) -> Value:
    if name in owner.assigned:
        return instances.default(machine, owner, name, annotation)
    return machine.symbol(annotation, owner.file, name, Within(cls, owner))


def _keep(machine: Machine, value: Object, name: str, made: Value) -> None:
    binding.call_it(made, value, name)
    machine.store.write(value.slots, name, made)


def _missing(machine: Machine, value: Object, name: str, node: ast.AST) -> Value:
    """An attribute that nothing in the tree sets: what its name says, kept for the next time."""
    if name in machine.index.optimizer_names or (name == "optimizer" and value.module):
        made: Value = optimizers.unknown(name, machine.site(node))
    elif name in machine.index.module_names:
        made = Object(kind="?", module=True, leaf=True, site=machine.site(node), doubt=BY_NAME)
    else:
        made = Data(name=name, doubt=BY_NAME)
    _keep(machine, value, name, made)
    return made


def _of_outside(machine: Machine, value: Object, name: str) -> Value:
    if value.leaf and name in ("weight", "bias", "data"):
        return Data(NO_PATHS if value.frozen else frozenset([Path(value)]), of=frozenset([value]), doubt=value.doubt)
    if "optim" in name.lower():
        made = optimizers.unknown(name, value.site or Site(machine.frame.file, ast.Name(name)))
        made.parameters = Parameters(frozenset([value]), doubt=BY_NAME)
        _keep(machine, value, name, made)
        return made
    return Bound(value, method=name)


def _method(machine: Machine, value: Object, owner: Class, definition: FunctionNode, node: ast.AST) -> Value:
    kinds = {decorator_name(one) for one in definition.decorator_list}
    function = Function(definition, owner.file, owner.closure, owner)
    if "staticmethod" in kinds:
        return function
    if "classmethod" in kinds:
        return Bound(value.cls, function)
    if kinds & {"property", "cached_property"}:
        if value.doubt and not _followed(machine, definition):
            return machine.symbol(definition.returns, owner.file, definition.name)
        return machine.run(function, value, ([], {}), node)
    return Bound(value, function, definition.name)


def _followed(machine: Machine, definition: FunctionNode) -> bool:
    return not is_stub(definition)


def of_class(machine: Machine, value: Class, name: str, node: ast.AST) -> Value:
    """Return an attribute of a class."""
    found = value.method(name)
    if found is not None:
        owner, definition = found
        function = Function(definition, owner.file, owner.closure, owner)
        if "classmethod" in {decorator_name(one) for one in definition.decorator_list}:
            return Bound(value, function)
        return function
    for owner in value.mro:
        if name in (inner := nested.of(machine, owner)):
            return inner[name]
        if name in owner.assigned:
            return _assigned(machine, owner, name)
    if name in ("__name__", "__qualname__"):
        return Const(value.name)
    return Data(name=name)


def _assigned(machine: Machine, owner: Class, name: str) -> Value:
    """Evaluate an assignment of a class body, once."""
    held = owner.slots.get(name)
    if held is None:
        owner.slots[name] = Data()
        held = owner.slots[name] = instances.in_class(machine, owner, owner.assigned[name])
    return held


def _of_super(machine: Machine, value: Super, name: str) -> Value:
    receiver = value.receiver
    cls = receiver.cls if isinstance(receiver, Object) else receiver
    found = cls.method(name, value.owner) if isinstance(cls, Class) else None
    if found is None:
        return Bound(receiver, method=name if name != "__init__" else "__nothing__")
    owner, definition = found
    return Bound(receiver, Function(definition, owner.file, owner.closure, owner), name)


def _of_external(machine: Machine, value: External, name: str) -> Value:
    dotted = f"{value.name}.{name}"
    if value.name.partition(".")[0] in machine.imported:
        found = machine.tree.find(tuple(dotted.split(".")), machine.frame.file)
        if found is not None:
            return Package(found)
    if dotted in ("math.inf", "numpy.inf", "torch.inf"):
        return Const(float("inf"))
    if dotted in ("math.pi", "numpy.pi"):
        return Const(3.141592653589793)
    return External(dotted)


def _of_data(machine: Machine, value: Data, name: str, node: ast.AST) -> Value:
    if name == "grad":
        if not value.of:
            return Data(name="grad")
        return Data(measure=Measure("grad", value.of, "raw"), doubt=value.doubt)
    if name == "data":
        return value.without_gradient()
    if name in _PLAIN:
        return Data()
    path = f"{value.name}.{name}" if value.name and not value.name.startswith("pattern:") else name
    if isinstance(node, ast.Attribute):
        known = machine.frame.names.get(path)
        if known is not None and isinstance(known, Value):
            return known
    if not value.paths and not value.of and value.measure is None and not value.labels:
        setting = machine.settings.read(node)
        if setting is not None:
            return setting
        if name in machine.index.optimizer_names:
            return optimizers.unknown(path, machine.site(node))
        if name in machine.index.module_names:
            made = Object(kind="?", module=True, leaf=True, site=machine.site(node), doubt=BY_NAME)
            made.names.append((None, path))
            machine.store.write(machine.frame.names, path, made)
            return made
    return value.but(name=path, of=frozenset())
