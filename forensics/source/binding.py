"""Assignment: names, attributes, items; and what a network or an optimizer is called from then on."""

from __future__ import annotations

import ast

from forensics.model.source import EventKind
from forensics.source import formats, loops, modules, record, structure, targets, training
from forensics.source.generics import Within
from forensics.source.join import flat, join, merge
from forensics.source.machine import Machine
from forensics.source.tree import dotted
from forensics.source.values import (
    BY_NAME,
    Choice,
    Const,
    Data,
    Dict,
    Object,
    Optimizer,
    Parameters,
    Sequence,
    Value,
)

TRANSITION = {5: ("", "", "terminated", "truncated", ""), 4: ("", "", "done", "")}
"""Labels of what `env.step` returns, by its length (gymnasium; gym before 0.26)."""


def assign(machine: Machine, target: ast.expr, value: Value, node: ast.AST) -> None:
    """Bind a target."""
    if isinstance(target, ast.Name):
        _name(machine, target.id, _network_by_name(machine, target.id, value, node))
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(machine, target, value, node)
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, Sequence([], loops.element(machine, value)), node)
    elif isinstance(target, ast.Attribute):
        _attribute(machine, target, value, node)
    elif isinstance(target, ast.Subscript):
        _item(machine, target, value)


def _name(machine: Machine, name: str, value: Value) -> None:
    frame = machine.frame
    call_it(value, None, name)
    if isinstance(value, Object) and not value.settled and len(machine.frames) < value.depth:
        value.depth = len(machine.frames)
        value.names.sort(key=lambda given: given != (None, name))
    slots = frame.names
    if name in frame.globals:
        slots = frame.file.names
    elif name in frame.nonlocals:
        around = frame.closure
        while around is not None and name not in around.names:
            around = around.closure
        slots = around.names if around is not None else slots
    machine.store.write(slots, name, value)


def forget(machine: Machine, name: str) -> None:
    """`del name`."""
    machine.store.write(machine.frame.names, name, Data())


def call_it(value: Value, owner: Object | None, name: str, depth: int = 0) -> None:
    """Give networks, parameters and optimizers in a value the name they are bound to."""
    if isinstance(value, Object):
        place = (owner, name)
        if place not in value.names and len(value.names) < 8 and owner is not value:
            value.names.append(place)
    elif isinstance(value, Optimizer):
        if not value.name or (value.owner is None and owner is not None):
            value.name, value.owner = name, owner
            for one in value.joined:
                call_it(one, owner, name, depth + 1)
    elif isinstance(value, Data):
        if len(value.of) == 1:
            (only,) = value.of
            if only.kind == "Parameter" and not only.module:
                call_it(only, owner, name)
    elif depth > 2:
        return
    elif isinstance(value, Choice):
        for option in value.options:
            call_it(option, owner, name, depth + 1)
    elif isinstance(value, Sequence):
        for place, part in value.slots.items():
            call_it(part, owner, f"{name}[{place}]", depth + 1)
        if value.other is not None:
            call_it(value.other, owner, f"{name}[*]", depth + 1)
    elif isinstance(value, Dict):
        for key, part in value.slots.items():
            call_it(part, owner, f"{name}[{key!r}]", depth + 1)


def _network_by_name(machine: Machine, name: str, value: Value, node: ast.AST, owner: Object | None = None) -> Value:
    """An unknown thing is a network if only one class of the tree has what its owner uses of it, or by its name.

    By its name: if its parameters are asked for somewhere under it.
    """
    if not isinstance(value, Data) or formats.pattern_of(value) is not None:
        return value
    if value.paths or value.of or value.measure is not None or value.labels:
        return value
    made = None if owner is None or owner.cls is None else structure.found(machine, owner.cls, name)
    if made is not None or name not in machine.index.module_names:
        return made or value
    return Object(kind="?", module=True, leaf=True, site=machine.site(node), doubt=BY_NAME)


def _unpack(machine: Machine, target: ast.Tuple | ast.List, value: Value, node: ast.AST) -> None:
    count = len(target.elts)
    star = next((at for at, one in enumerate(target.elts) if isinstance(one, ast.Starred)), None)
    if isinstance(value, Choice):
        fitting = [one for one in value.options if isinstance(one, Sequence) and len(one.slots) == count]
        if len(fitting) == 1:
            value = fitting[0]
        elif fitting:
            value = Sequence([_join_at(fitting, place) for place in range(count)])
    if isinstance(value, Object) and value.cls is not None and value.cls.is_record:
        names = [name for _, name in value.cls.fields()]
        if len(names) == count:
            value = Sequence([machine.attribute(value, name, node) for name in names], fixed=True)
    if isinstance(value, Sequence) and value.other is None:
        items = value.items()
        if star is None and len(items) == count:
            for one, part in zip(target.elts, items, strict=True):
                assign(machine, one, part, node)
            return
        if star is not None and len(items) >= count - 1:
            after = count - star - 1
            for one, part in zip(target.elts[:star], items[:star], strict=True):
                assign(machine, one, part, node)
            starred = target.elts[star]
            assert isinstance(starred, ast.Starred)
            assign(machine, starred.value, Sequence(items[star : len(items) - after]), node)
            for one, part in zip(target.elts[star + 1 :], items[len(items) - after :], strict=True):
                assign(machine, one, part, node)
            return
    part = loops.element(machine, value)
    labels = _transition(value, count)
    if any(labels):
        _stepped(machine, node)
    for place, one in enumerate(target.elts):
        held = part
        if isinstance(part, Data):
            held = part.but(labels=frozenset({labels[place]} if labels[place] else ()), name="")
        assign(machine, one, held, node)


def _join_at(values: list[Sequence], place: int) -> Value:
    result = values[0].slots[place]
    for other in values[1:]:
        result = join(result, other.slots[place])
    return result


def _transition(value: Value, count: int) -> tuple[str, ...]:
    if isinstance(value, Data) and "transition" in value.labels:
        return TRANSITION.get(count, ("",) * count)
    return ("",) * count


def _stepped(machine: Machine, node: ast.AST) -> None:
    """Note an environment that is not called one: what its step returns is taken apart as a transition."""
    call = node.value if isinstance(node, ast.Assign) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "step":
        text = ast.unparse(call.func)
        receiver = machine.evaluate(call.func.value)
        if "env" not in text.lower() and isinstance(receiver, Data):
            record.environment_step(machine, receiver, text, call)


def _attribute(machine: Machine, target: ast.Attribute, value: Value, node: ast.AST) -> None:
    owner = machine.evaluate(target.value)
    name = target.attr
    options = owner.options if isinstance(owner, Choice) else (owner,)
    for one in options:
        if isinstance(one, Object):
            _of_object(machine, one, name, value, node)
        elif isinstance(one, Dict):
            machine.store.write(one.slots, name, value)
        elif isinstance(one, Data) and one.of:
            _of_tensor(machine, one, name, value, node)
        elif isinstance(one, Parameters) and name == "requires_grad":
            targets.freeze(one.modules, value)
        elif isinstance(one, Data) and name == "requires_grad" and not one.paths and modules.constant_true(value):
            assign(machine, target.value, modules.parameter(machine, node), node)
        elif isinstance(one, Data):
            path = dotted(target)
            if path:
                call_it(value, None, path)
                machine.store.write(machine.frame.names, path, value)


def _of_object(machine: Machine, owner: Object, name: str, value: Value, node: ast.AST) -> None:
    if isinstance(value, Const) and name in machine.index.changing:
        value = Const(value.value, True)
    value = _declared(machine, owner, name, value)
    value = _network_by_name(machine, name, value, node, owner)
    call_it(value, owner, name)
    if owner.module:
        _child(owner, value)
    if name == "requires_grad":
        targets.freeze(frozenset([owner]), value)
    known = owner.slots.get(name)
    if isinstance(known, Object) and isinstance(value, Const) and value.value is None and machine.guards:
        value = join(known, value)
    machine.store.write(owner.slots, name, value)


def _declared(machine: Machine, owner: Object, name: str, value: Value) -> Value:
    """Where a value is not known, the annotation of the attribute in the class says what it is."""
    if not isinstance(value, Data) or value.paths or value.of or value.measure or value.site or value.labels:
        return value
    annotated = None if owner.cls is None else owner.cls.annotation(name)
    if annotated is None:
        return value
    made = machine.symbol(annotated[1], annotated[0].file, name, Within(owner.cls, annotated[0]))
    return value if isinstance(made, Data) else made


def _child(owner: Object, value: Value) -> None:
    if isinstance(value, Object) and value.module and value not in owner.children and value is not owner:
        owner.children.append(value)
    elif isinstance(value, Choice):
        for option in value.options:
            _child(owner, option)
    elif isinstance(value, Data):
        for only in value.of:
            if only.kind == "Parameter" and only not in owner.children and len(value.of) == 1:
                owner.children.append(only)


def _of_tensor(machine: Machine, tensor: Data, name: str, value: Value, node: ast.AST) -> None:
    if name == "requires_grad":
        targets.freeze(tensor.of, value)
    elif name == "grad" and isinstance(value, Const) and value.value is None:
        record.event(machine, EventKind.ZERO_GRAD, node, doubt=tensor.doubt, subject=_owner(tensor), modules=tensor.of)
    elif name == "grad" and isinstance(node, ast.Assign):
        training.said_to_clip(machine, tensor.of, node.value, node)
    elif name == "data":
        targets.moved(machine, tensor, [value], "copy_", node)


def _owner(tensor: Data) -> str:
    """Return what the network of a parameter tensor was first called."""
    return next((attribute for one in tensor.of for _, attribute in one.names), "")


def _item(machine: Machine, target: ast.Subscript, value: Value) -> None:
    owner = machine.evaluate(target.value)
    key: Value = Data() if isinstance(target.slice, ast.Slice) else machine.evaluate(target.slice)
    for one in owner.options if isinstance(owner, Choice) else (owner,):
        if isinstance(one, Dict):
            _keyed(machine, one, key, value)
            call_it(value, None, f"{dotted(target.value).removeprefix('self.')}[{ast.unparse(target.slice)}]")
        elif isinstance(one, Sequence):
            one.other = value if one.other is None else join(one.other, value)
        elif isinstance(one, Object) and isinstance(key, Const) and isinstance(key.value, str):
            _of_object(machine, one, key.value, value, target)
        elif isinstance(one, Data) and isinstance(target.value, ast.Name) and loops.has_data(value):
            held = merge([one, *flat(value)])
            machine.store.write(machine.frame.names, target.value.id, held)


def _keyed(machine: Machine, owner: Dict, key: Value, value: Value) -> None:
    if isinstance(key, Const) and isinstance(key.value, str | int | float | bool | None):
        machine.store.write(owner.slots, key.value, value)
    elif (pattern := formats.pattern_of(key)) is not None:
        machine.store.write(owner.slots, pattern, value)
    elif isinstance(key, Choice):
        for option in key.options:
            _keyed(machine, owner, option, value)
    else:
        owner.other = value if owner.other is None else join(owner.other, value)


def adopt(machine: Machine, owner: Object, name: str, value: Value) -> None:
    """Make a value a child of a module under a name."""
    _of_object(machine, owner, name, value, ast.Constant(None))
