"""Calls: the callee, the arguments, and which part of the interpreter follows them."""

from __future__ import annotations

import ast
from functools import partial

from forensics.source import attributes, branches, externals, loops, methods, modules, optimizers, registry, sinks
from forensics.source.classes import Class, is_stub
from forensics.source.join import MOST_OPTIONS, alike, join_all, merge
from forensics.source.machine import Arguments, Machine
from forensics.source.shells import is_shell
from forensics.source.values import (
    BY_NAME,
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
    Parameters,
    Sequence,
    Starred,
    Super,
    Value,
)

MOST_IMPLEMENTATIONS = 6
"""Overrides of one declared method that are followed side by side."""


FEW = 2
"""Overrides that are followed whatever they do; and networks that are told apart where a declared method makes one."""


def call(machine: Machine, node: ast.Call) -> Value:
    """Return the value of a call expression."""
    callee = _callee(machine, node)
    if callee is None:
        return _super(machine)
    arguments = arguments_of(machine, node)
    tags = len(machine.collector.tags)
    value = machine.invoke(callee, arguments, node)
    if isinstance(node.func, ast.Attribute):
        sinks.follow(machine, node, arguments, tags)
    return value


def _callee(machine: Machine, node: ast.Call) -> Value | None:
    func = node.func
    if isinstance(func, ast.Name) and func.id == "super":
        return None
    if isinstance(func, ast.Attribute):
        receiver = machine.evaluate(func.value)
        if isinstance(receiver, Data) and func.attr not in ("grad",):
            return _of_data(machine, receiver, func)
        return attributes.method(machine, receiver, func.attr, func)
    return machine.evaluate(func)


def _of_data(machine: Machine, receiver: Data, func: ast.Attribute) -> Value:
    """A method of data; where the data is unknown and the name says so, of an optimizer or a network."""
    if not receiver.paths and not receiver.of and func.attr in machine.index.module_names:
        found = machine.attribute(receiver, func.attr, func)
        if isinstance(found, Object):
            return found
    return Bound(receiver, method=func.attr)


def _super(machine: Machine) -> Value:
    for frame in reversed(machine.frames):
        if frame.owner is not None and frame.receiver is not None:
            return Super(frame.owner, frame.receiver)
    return Data()


def arguments_of(machine: Machine, node: ast.Call) -> Arguments:
    """Evaluate the arguments. `**` of an unknown dict stands under the name `**`."""
    values: list[Value] = []
    for one in node.args:
        if not isinstance(one, ast.Starred):
            values.append(machine.evaluate(one))
            continue
        held = machine.evaluate(one.value)
        if isinstance(held, Sequence) and held.other is None:
            values += held.items()
        elif isinstance(held, Parameters):
            values.append(held)
        else:
            values.append(Starred(loops.element(machine, held)))
    named: dict[str, Value] = {}
    for keyword in node.keywords:
        held = machine.evaluate(keyword.value)
        if keyword.arg is not None:
            named[keyword.arg] = held
        elif isinstance(held, Dict):
            named.update({key: value for key, value in held.slots.items() if isinstance(key, str)})
            if held.other is not None:
                named["**"] = held.other
        else:
            named["**"] = merge([held])
    return values, named


def invoke(machine: Machine, callee: Value, arguments: Arguments, node: ast.AST) -> Value:
    """Call a value."""
    machine.spend()
    if isinstance(callee, Function):
        return machine.run(callee, None, arguments, node)
    if isinstance(callee, Bound):
        return _bound(machine, callee, arguments, node)
    plain = ([_plain(one) for one in arguments[0]], arguments[1])
    if isinstance(callee, Class):
        return machine.make(callee, arguments, node)
    if isinstance(callee, External):
        return externals.call(machine, callee, plain, node)
    if isinstance(callee, Object):
        return _object(machine, callee, arguments, node)
    if isinstance(callee, Choice):
        return _choice(machine, callee, arguments, node)
    if isinstance(callee, Optimizer) and isinstance(loops.parameters_in(*plain[0][:1]), Parameters):
        return optimizers.make(machine, optimizers.text_of(node), plain, node)
    if isinstance(callee, Data):
        return _unknown(machine, callee, plain, node)
    return merge([*plain[0], *plain[1].values()])


def _plain(value: Value) -> Value:
    return value.element if isinstance(value, Starred) else value


def _bound(machine: Machine, callee: Bound, arguments: Arguments, node: ast.AST) -> Value:
    receiver, function = callee.receiver, callee.function
    if function is None:
        plain = ([_plain(one) for one in arguments[0]], arguments[1])
        return methods.call(machine, receiver, callee.method, plain, node)
    methods.done_stored(machine, callee.method, arguments, node)
    if isinstance(receiver, Object):
        found = implementation(machine, receiver, function)
        if found is None and receiver.module:
            plain = ([_plain(one) for one in arguments[0]], arguments[1])
            opaque = modules.opaque(machine, receiver, callee.method, plain, node)
            return opaque.but(doubt=BY_NAME)
        if found is None:
            return _summary(machine, function, arguments)
        if len(found) > 1:
            return _several(machine, receiver, found, arguments, node)
        doubt = BY_NAME if found[0] is not function else receiver.chosen
        if receiver.module and not _from_inside(machine, receiver):
            return modules.enter(machine, receiver, callee.method, found[0], arguments, node)
        if loops.has_data(Sequence([*arguments[0], *arguments[1].values()])) and is_shell(receiver):
            return modules.enter(machine, receiver, callee.method, found[0], arguments, node)
        return machine.run(found[0], receiver, arguments, node, doubt)
    return machine.run(function, receiver, arguments, node)


def _several(machine: Machine, receiver: Object, found: list[Function], arguments: Arguments, node: ast.AST) -> Value:
    """Follow all overrides; of many that make a network, the network is one whose layers are not known."""
    declared = None if len(found) <= FEW else receiver.cls.method(getattr(found[0].node, "name", ""))
    if declared is not None:
        made = machine.symbol(declared[1].returns, declared[0].file, declared[1].name)
        if isinstance(made, Object) and made.module:
            return made
    return join_all(machine.run(one, _as(machine, receiver, one.owner), arguments, node, JOINED) for one in found)


def _as(machine: Machine, receiver: Object, cls: Class) -> Object:
    """Return what stands for an instance where it is taken to be of a subclass: the same one each time."""
    if cls in receiver.cls.mro:
        return receiver
    if cls not in receiver.twins:
        receiver.twins[cls] = twin = machine.instance(cls, "")
        twin.names = receiver.names
    return receiver.twins[cls]


def _from_inside(machine: Machine, receiver: Object) -> bool:
    """Whether a module calls a method of itself as an agent does: no network has been entered."""
    frame = machine.frame
    return frame.receiver is receiver and not machine.networks


def implementation(machine: Machine, receiver: Object, function: Function) -> list[Function] | None:
    """Return what a method that is only declared means: its overrides in the tree, if they are not many."""
    definition = function.node
    if isinstance(definition, ast.Lambda) or not is_stub(definition):
        return [function]
    candidates = receiver.cls.descendants()
    if receiver.cls.is_protocol:
        needed = set(receiver.cls.methods)
        candidates += [
            cls for cls in machine.classes.values()
            if cls not in candidates and cls is not receiver.cls and not cls.is_protocol and needed <= set(cls.methods)
        ]  # fmt: skip
    found = []
    for cls in candidates:
        known = cls.methods.get(definition.name)
        if known is not None and not is_stub(known):
            found.append(Function(known, cls.file, cls.closure, cls))
    if not found and receiver.cls.is_protocol:
        return [function]
    return found if 0 < len(found) <= _most(machine, found) else None


def _most(machine: Machine, found: list[Function]) -> int:
    """Return how many overrides are worth following: many only where one of them trains, logs or makes something."""
    index = machine.index
    worth = any(id(one.node) in index.direct or id(one.node) in index.making for one in found)
    return MOST_IMPLEMENTATIONS if worth else FEW


def _summary(machine: Machine, function: Function, arguments: Arguments) -> Value:
    definition = function.node
    returns = None if isinstance(definition, ast.Lambda) else definition.returns
    known = machine.symbol(returns, function.file, "")
    result = merge([_plain(one) for one in [*arguments[0], *arguments[1].values()]])
    return (
        known if not isinstance(known, Data) else machine.cut(result.but(doubt=BY_NAME, of=frozenset(), measure=None))
    )


def _object(machine: Machine, callee: Object, arguments: Arguments, node: ast.AST) -> Value:
    if callee.module:
        return modules.call(machine, callee, "", arguments, node)
    if callee.cls is not None and callee.cls.method("__call__") is not None:
        return machine.invoke(machine.attribute(callee, "__call__", node), arguments, node)
    return machine.cut(merge([_plain(one) for one in [*arguments[0], *arguments[1].values()]]))


def _choice(machine: Machine, callee: Choice, arguments: Arguments, node: ast.AST) -> Value:
    options = [one for one in callee.options if not isinstance(one, Const | Sequence | Dict | Parameters)]
    classes = [one for one in options if isinstance(one, Class)]
    if len(classes) == len(options) > MOST_OPTIONS:
        return registry.make(machine, classes, arguments, node)
    if len(options) == 1:
        return machine.invoke(options[0], arguments, node)
    options = [one for one in options if not _wraps(one, options)]
    named = branches.told_apart(options, node)
    return branches.each(machine, [(name, partial(machine.invoke, one, arguments, node)) for name, one in named])


def _wraps(one: Value, options: list[Value]) -> bool:
    """Whether an option is an object around another of the options: `Graph(self.update) if fast else self.update`."""
    plain = [other for other in options if isinstance(other, Bound) and other.function is not None]
    return isinstance(one, Object) and any(alike(held, other) for held in one.slots.values() for other in plain)


def _unknown(machine: Machine, callee: Data, arguments: Arguments, node: ast.AST) -> Value:
    values, named = arguments
    text = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    if "optim" in text.lower() and isinstance(loops.parameters_in(*values[:1], *named.values()), Parameters):
        return optimizers.make(machine, text.removeprefix("self."), arguments, node)
    last = callee.name.rpartition(".")[2]
    if last in machine.index.module_names and not callee.paths:
        network = Object(kind="?", module=True, leaf=True, site=machine.site(node), doubt=BY_NAME)
        network.names.append((None, callee.name))
        return modules.opaque(machine, network, "", arguments, node)
    result = merge([callee, *values, *named.values()])
    doubt = max(result.doubt, BY_NAME if result.paths else 0)
    return machine.cut(result.but(doubt=doubt, of=frozenset(), measure=None, name="", site=machine.site(node)))
