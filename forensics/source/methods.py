"""Methods of values that are not defined in the tree: tensors, modules, dicts, lists, texts, state."""

from __future__ import annotations

import ast

from forensics.source import binding, formats, loops, modules, optimizers, record, targets, training
from forensics.source.join import flat, join, join_all, merge
from forensics.source.machine import Arguments, Machine
from forensics.source.measures import Measure
from forensics.source.names import CLIPS, CONTAINERS, CUTS, IDENTITIES, MODULE_SELF, TARGET_MOVES
from forensics.source.values import (
    BY_NAME,
    NO_PATHS,
    Bound,
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

_REDUCTIONS = {
    "norm": "norm", "sum": "sum", "max": "max", "amax": "max", "mean": "mean", "sqrt": "sqrt", "abs": "abs",
    "square": "square", "item": "same", "detach": "same", "cpu": "same", "float": "same", "clone": "same",
    "flatten": "same", "view": "same", "reshape": "same", "ravel": "same", "to": "same", "double": "same",
    "numpy": "same", "cuda": "same", "tolist": "same", "values": "same",
}  # fmt: skip
"""What the methods of a tensor do to a measure."""


def call(machine: Machine, receiver: Value, method: str, arguments: Arguments, node: ast.AST) -> Value:
    """Call `receiver.method`."""
    if method == "__nothing__":
        return Const(None)
    if method in CLIPS:
        return training.clip(machine, method, arguments, node)
    if method in ("backward", "manual_backward"):
        losses = arguments[0][:1] if _wraps(receiver, arguments) else [receiver]
        return training.backward(machine, losses, node)
    done_stored(machine, method, arguments, node)
    if training.scaler(machine, method, arguments, node):
        return Data()
    if "optim" in method.lower() and isinstance(loops.parameters_in(*arguments[0][:1]), Parameters):
        return optimizers.make(machine, optimizers.text_of(node), arguments, node)
    if method in IDENTITIES and isinstance(receiver, Data | Bound) and any(map(_trained, arguments[0])):
        return arguments[0][0] if len(arguments[0]) == 1 else Sequence(arguments[0], fixed=True)
    if isinstance(receiver, Optimizer):
        return optimizers.call(machine, receiver, method, arguments, node)
    if isinstance(receiver, Object) and receiver.module:
        return _of_module(machine, receiver, method, arguments, node)
    if method in ("zero_grad", "step") and isinstance(receiver, Data | Bound):
        named = optimizers.subject_of(machine, node)
        if "optim" in named.lower() or (method == "zero_grad" and named):
            return optimizers.call(machine, optimizers.unknown(named, machine.site(node)), method, ([], {}), node)
    if isinstance(receiver, Parameters):
        return _of_parameters(machine, receiver, method, arguments)
    if isinstance(receiver, Dict):
        return _of_dict(machine, receiver, method, arguments)
    if isinstance(receiver, Sequence):
        return _of_list(machine, receiver, method, arguments)
    if isinstance(receiver, Const):
        return _of_text(machine, receiver, method, arguments, node)
    if isinstance(receiver, Choice):
        options = [one for one in receiver.options if not (isinstance(one, Const) and one.value is None)]
        return join_all(call(machine, one, method, arguments, node) for one in options)
    if isinstance(receiver, Object) and receiver.cls is not None and receiver.cls.is_distribution:
        return of_data(machine, merge(receiver.slots.values()), method, arguments, node)
    if method in ("parameters", "named_parameters") and isinstance(receiver, Data | Object):
        return _unknown_network(machine, receiver, method, node)
    return of_data(machine, receiver, method, arguments, node)


_STORES = frozenset("add push append store extend put insert add_sample add_transition store_transition".split())


def done_stored(machine: Machine, method: str, arguments: Arguments, node: ast.AST) -> None:
    """Note what a buffer is given as the end of an episode."""
    if method not in _STORES:
        return
    ends = [
        part
        for value in [*arguments[0], *arguments[1].values()]
        for part in flat(value)
        if part.labels & {"terminated", "done"}
    ]
    alone = [part for part in ends if "truncated" not in part.labels]
    for part in alone or ends:  # beside the end itself, a flag made of both tells where an episode begins
        record.done(machine, part, node)


def _trained(value: Value) -> bool:
    return isinstance(value, Optimizer) or (isinstance(value, Object) and value.module)


def _wraps(receiver: Value, arguments: Arguments) -> bool:
    """Whether `x.backward(loss)` is a wrapper's: x is no loss itself."""
    if not arguments[0]:
        return False
    return not (isinstance(receiver, Data) and receiver.paths)


def _unknown_network(machine: Machine, receiver: Data | Object, method: str, node: ast.AST) -> Value:
    made = Object(kind="?", module=True, leaf=True, site=machine.site(node), doubt=BY_NAME)
    name = receiver.name if isinstance(receiver, Data) else receiver.names[0][1] if receiver.names else ""
    made.names.append((None, name or optimizers.subject_of(machine, node)))
    return Parameters(frozenset([made]), named=method == "named_parameters", doubt=BY_NAME)


def of_data(machine: Machine, receiver: Value, method: str, arguments: Arguments, node: ast.AST) -> Value:
    """Call a method of a tensor, or of something unknown."""
    parts = [receiver, *arguments[0], *arguments[1].values()]
    data = receiver if isinstance(receiver, Data) else Data()
    if method in TARGET_MOVES and data.of:
        targets.moved(machine, data, [*arguments[0], *arguments[1].values()], method, node)
        return receiver
    if method == "requires_grad_":
        return _requires_grad(machine, data, arguments, node)
    if method in training.REWRITES and data.measure is not None and data.measure.quantity == "grad":
        training.rewritten(machine, data, method, arguments, node)
        return receiver
    if method == "register_hook" and data.of:
        training.said_to_clip(machine, data.of, node, node)
    if method in ("parameters", "state_dict") and data.of:
        return Parameters(data.of, doubt=data.doubt)
    result = merge(parts if method not in _SHAPED else [receiver])
    measure = _measured(machine, data, method, arguments, node)
    labels = _labels(machine, receiver, method, arguments, node) or result.labels
    cut = method in CUTS or method == "sample"
    return Data(
        NO_PATHS if cut or not machine.grad else result.paths,
        measure=measure,
        of=data.of if method in _SAME else frozenset(),
        factors=data.factors if method in _SAME else (),
        labels=labels,
        passed=result.passed,
        reads=result.reads | result.paths if cut or not machine.grad else result.reads,
        torn=result.torn,
        solid=data.solid or bool(data.paths) or cut,
        site=data.site if method in _SILENT and data.site is not None else machine.site(node),
        doubt=result.doubt,
    )


_SAME = frozenset(
    "data view flatten clone detach to cpu cuda float double type type_as reshape contiguous half".split()
)
"""Methods whose result is still the parameter tensor, as far as a target update goes."""

_SHAPED = frozenset("type_as view_as expand_as reshape_as to".split())
"""Methods that take no more of their argument than its type, shape or place."""

_SILENT = frozenset("item detach cpu numpy float clone tolist to double".split())
"""Methods that a formula is not told by."""


def _measured(machine: Machine, data: Data, method: str, arguments: Arguments, node: ast.AST) -> Measure | None:
    measure = data.measure
    if measure is None:
        return None
    operation = _REDUCTIONS.get(method, "other")
    values, named = arguments
    if method == "pow":
        power = values[0].value if values and isinstance(values[0], Const) else None
        operation = "square" if power == 2 else "sqrt" if power == 0.5 else "other"
    if method == "norm":
        order = values[0] if values else named.get("p", named.get("ord", Const(2)))
        operation = "norm" if isinstance(order, Const) and order.value in (2, "fro") else "other"
    if measure.total and operation == "other":
        return None
    return _noted(machine, measure.after(operation), node)


def _noted(machine: Machine, measure: Measure, node: ast.AST) -> Measure:
    if measure.total and measure.form != "other":
        return record.norm(machine, measure, node)
    return measure


def reduce(machine: Machine, measure: Measure, operation: str, node: ast.AST) -> Measure:
    """Return a measure after an operation, noted where that makes a total of it."""
    return _noted(machine, measure.after(operation), node)


def _labels(
    machine: Machine, receiver: Value, method: str, arguments: Arguments, node: ast.AST
) -> frozenset[str] | None:
    if method == "step" and len(arguments[0]) == 1 and isinstance(node, ast.Call):
        text = ast.unparse(node.func)
        if "env" in text.lower():
            record.environment_step(machine, receiver, text, node)
        return frozenset({"transition"})
    return None


def _requires_grad(machine: Machine, data: Data, arguments: Arguments, node: ast.AST) -> Value:
    on = arguments[0][0] if arguments[0] else arguments[1].get("requires_grad", Const(True))
    if data.of:
        targets.freeze(data.of, on)
        return data
    if isinstance(on, Const) and on.value is True and not data.paths:
        return modules.parameter(machine, node)
    return data


def _of_module(machine: Machine, value: Object, method: str, arguments: Arguments, node: ast.AST) -> Value:
    values, named = arguments
    if method in ("parameters", "state_dict", "trainable_parameters"):
        machine.fill(value)
        return Parameters(frozenset([value]), state=method == "state_dict", doubt=value.doubt)
    if method == "named_parameters":
        machine.fill(value)
        return Parameters(frozenset([value]), named=True, doubt=value.doubt)
    if method in ("buffers", "named_buffers"):
        return Data()
    if method == "load_state_dict":
        if values:
            targets.loaded(machine, frozenset([value]), values[0], node)
        return Data()
    if method == "zero_grad":
        optimizers.zeroed(machine, frozenset([value]), node)
        return Data()
    if method == "requires_grad_":
        targets.freeze(frozenset([value]), values[0] if values else Const(True))
        return value
    if method in MODULE_SELF:
        return value
    if method in ("register_parameter", "add_module", "register_module") and len(values) > 1:
        name = formats.text_of(values[0])
        if name is not None:
            binding.adopt(machine, value, name[0], values[1])
        return Data()
    if method in ("named_modules", "named_children"):
        machine.fill(value)
        held = [] if method == "named_children" else [value]
        held += [child for child in value.children if child.module]
        return Sequence([Sequence([Data(), one], fixed=True) for one in held])
    if method in ("modules", "children"):
        machine.fill(value)
        return Sequence(list(value.children))
    if value.kind in CONTAINERS and method in ("append", "extend", "insert", "items", "values", "keys", "update"):
        return _of_container(machine, value, method, arguments)
    if method.startswith(("register_", "set_", "save", "load", "get_")) and value.cls is not None:
        return Data()
    called = method in ("", "forward", "__call__")
    if value.kind == "?" and not called and not values and not named:
        return Data(site=machine.site(node), doubt=BY_NAME)  # asked for a state or a setting: nothing went through
    if value.cls is not None and not called:
        return merge([*values, *named.values()]).but(of=frozenset(), doubt=BY_NAME)
    return modules.opaque(machine, value, method, arguments, node)


def _of_container(machine: Machine, value: Object, method: str, arguments: Arguments) -> Value:
    values = arguments[0]
    if method in ("append", "insert") and values:
        binding.adopt(machine, value, f"{len(value.children)}", values[-1])
        return Data()
    if method == "extend" and values:
        for one in loops.turns(machine, values[0]):
            binding.adopt(machine, value, f"{len(value.children)}", one)
        return Data()
    if method == "items":
        pairs: list[Value] = [Sequence([Const(key), one], fixed=True) for key, one in value.slots.items()]
        return Sequence(pairs)
    if method == "values":
        return Sequence(list(value.children))
    if method == "keys":
        return Sequence([Const(key) for key in value.slots])
    return Data()


def _of_parameters(machine: Machine, value: Parameters, method: str, arguments: Arguments) -> Value:
    if method in ("items", "named_parameters"):
        return Parameters(value.modules, named=True, partial=value.partial, state=value.state, doubt=value.doubt)
    if method in ("values", "copy", "state_dict", "parameters"):
        return value
    if method in ("append", "extend", "add") and arguments[0]:
        return Data()
    return loops.tensor_of(value) if method in ("pop", "get", "__next__") else Data()


def _of_dict(machine: Machine, value: Dict, method: str, arguments: Arguments) -> Value:
    values, named = arguments
    if method == "items":
        pairs: list[Value] = [Sequence([_key(key), one], fixed=True) for key, one in value.slots.items()]
        other = None if value.other is None else Sequence([Data(), value.other], fixed=True)
        return Sequence(pairs, other) if pairs or other else Sequence([], Sequence([Data(), Data()], fixed=True))
    if method == "values":
        return Sequence(list(value.slots.values()), value.other)
    if method == "keys":
        return Sequence([_key(key) for key in value.slots], None if value.other is None else Data())
    if method in ("get", "pop", "setdefault") and values:
        return _get(machine, value, method, values)
    if method == "update":
        for given in [*values[:1], Dict(named)]:
            _update(machine, value, given)
        return Const(None)
    if method in ("copy", "as_dict", "todict"):
        return Dict(dict(value.slots), value.other)
    return merge([value]) if method in ("to",) else Data()


def _key(key: object) -> Value:
    if isinstance(key, str) and "*" in key:
        return formats.pattern(key, None)
    return Const(key)


def _get(machine: Machine, value: Dict, method: str, values: list[Value]) -> Value:
    key = values[0]
    fallback = values[1] if len(values) > 1 else Const(None)
    if isinstance(key, Const) and isinstance(key.value, str | int) and key.value in value.slots:
        return value.slots[key.value]
    if value.fresh is not None and isinstance(key, Const) and isinstance(key.value, str):
        found = value.slots[key.value] = value.fresh(key.value)
        return found
    if method == "setdefault" and isinstance(key, Const):
        machine.store.write(value.slots, key.value, fallback)
        return fallback
    if value.other is None and isinstance(key, Const) and value.slots:
        return fallback
    found = loops.item(machine, value, key, ast.Constant(None))
    return found if isinstance(fallback, Const) else join(found, fallback)


def _update(machine: Machine, value: Dict, given: Value) -> None:
    if isinstance(given, Dict):
        for key, one in given.slots.items():
            machine.store.write(value.slots, key, one)
        if given.other is not None:
            value.other = given.other if value.other is None else join(value.other, given.other)
    elif isinstance(given, Choice):
        for option in given.options:
            _update(machine, value, option)
    else:
        held = merge([given])
        value.other = held if value.other is None else join(value.other, held)


def _of_list(machine: Machine, value: Sequence, method: str, arguments: Arguments) -> Value:
    values = arguments[0]
    if method in ("append", "add", "appendleft") and values:
        _append(machine, value, values[0])
        return Const(None)
    if method in ("extend", "update") and values:
        given = values[0]
        if isinstance(given, Sequence):
            for one in given.items():
                _append(machine, value, one)
            if given.other is not None:
                value.other = given.other if value.other is None else join(value.other, given.other)
        else:
            _append(machine, value, given if isinstance(given, Parameters) else loops.element(machine, given))
        return Const(None)
    if method in ("pop", "popleft", "index"):
        return loops.element(machine, value)
    if method == "copy":
        return Sequence(value.items(), value.other, value.fixed)
    return Data()


def _append(machine: Machine, value: Sequence, one: Value) -> None:
    if len(value.slots) < 256:
        machine.store.write(value.slots, len(value.slots), one)
    else:
        value.other = one if value.other is None else join(value.other, one)


def _of_text(machine: Machine, value: Const, method: str, arguments: Arguments, node: ast.AST) -> Value:
    text = value.value
    if not isinstance(text, str):
        return Data(site=machine.site(node))
    values, named = arguments
    if method == "format":
        return formats.format_call(text, values, named, machine.site(node))
    if method == "join" and values and isinstance(values[0], Sequence) and values[0].other is None:
        pieces: list[Value] = []
        for place, one in enumerate(values[0].items()):
            pieces += [Const(text), one] if place else [one]
        return formats.join_parts(pieces, machine.site(node))
    if len(text) < 500 and all(isinstance(one, Const) for one in values) and not named and method in _TEXT:
        try:
            found = getattr(text, method)(*[one.value for one in values if isinstance(one, Const)])
        except (TypeError, ValueError):
            return Data()
        return Sequence([Const(one) for one in found]) if isinstance(found, list) else Const(found, value.soft)
    return Data(site=machine.site(node))


_TEXT = frozenset(
    "lower upper strip lstrip rstrip replace split removeprefix removesuffix startswith endswith title".split()
)
