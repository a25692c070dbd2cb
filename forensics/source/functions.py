"""Following a function of the tree: binding its arguments, running its body, joining what it returns."""

from __future__ import annotations

import ast

from forensics.source import contexts, modules, symbols
from forensics.source.classes import decorator_name
from forensics.source.join import join, join_all, merge
from forensics.source.machine import Arguments, Cost, ExhaustedError, Frame, Machine
from forensics.source.values import (
    BY_NAME,
    Choice,
    Const,
    Data,
    Dict,
    Function,
    Object,
    Optimizer,
    Parameters,
    Sequence,
    Starred,
    Value,
)

BIG = 60
"""Nodes of a function from which on it is only followed where it can matter."""


KEPT = 8
"""One in so many steps of the work that is left is kept for the caller of a function that trains or logs."""


def run(
    machine: Machine,
    function: Function,
    receiver: Value | None,
    arguments: Arguments,
    node: ast.AST | None,
    doubt: int = 0,
) -> Value:
    """Follow a call and return its value; where it is not worth following, what is known of the result without."""
    if function.bound is not None:
        values, named = function.bound
        arguments = ([*values, *arguments[0]], {**named, **arguments[1]})
    definition = function.node
    if isinstance(definition, ast.Lambda):
        return _lambda(machine, function, arguments, node)
    if not _worth(machine, function, receiver, arguments):
        return _summary(machine, function, arguments)
    frame = Frame(function.file, _name(function), {}, function.closure)
    frame.owner, frame.receiver = function.owner, receiver
    bind(machine, function, receiver, arguments, frame)
    frame.call = None if node is None or not machine.frames else machine.site(node)
    grad, doubt_before, guards = machine.grad, machine.doubt, len(machine.guards)
    if contexts.decorated_off(definition):
        machine.grad = False
    machine.doubt = max(machine.doubt, doubt, BY_NAME if function.file.mended else 0)
    machine.frames.append(frame)
    machine.visited.add(id(definition))
    around = machine.work_left
    machine.work_left = allowed = _allowance(machine, definition)
    seen, work = machine.collector.size(), machine.work
    try:
        ending = machine.execute(definition.body)
    except ExhaustedError:
        machine.cut_short = machine.cut_short or id(definition) in machine.index.training
        if around - allowed <= 0:
            raise
        frame.returned.append(_summary(machine, function, arguments))
        ending = None
    finally:
        machine.work_left = around - (allowed - machine.work_left)
        machine.frames.pop()
        machine.grad, machine.doubt = grad, doubt_before
        del machine.guards[guards:]
    if frame.exits:
        machine.store.merge(frame.exits, join, otherwise=True)
    value = _result(machine, function, frame, ending)
    work = machine.work - work
    if work > machine.limits.barren_work:
        barren = machine.collector.size() == seen and not _holds(value)
        machine.costly.append(Cost(id(definition), len(machine.frames), work, barren))
    return value.but(doubt=BY_NAME) if function.file.mended and isinstance(value, Data) else value


def _holds(value: Value, depth: int = 0) -> bool:
    """Whether a value is, or holds, something with parameters, or an optimizer."""
    if isinstance(value, Object) and value.module:
        return any(modules.leaves(value))
    if isinstance(value, Optimizer | Parameters) or (isinstance(value, Data) and (value.paths or value.of)):
        return True
    inner: list[Value] = []
    if isinstance(value, Choice):
        inner = list(value.options)
    elif isinstance(value, Sequence | Dict):
        inner = [*value.slots.values(), *([value.other] if value.other is not None else [])]
    elif isinstance(value, Object):
        inner = list(value.slots.values())
    return depth < 3 and any(_holds(one, depth + 1) for one in inner)


def _allowance(machine: Machine, definition: ast.AST) -> int:
    """The work that one call may take, so that a single helper cannot use up what its caller needs."""
    if id(definition) in machine.barren:
        return min(machine.work_left, machine.limits.helper_work // KEPT)
    share = 0
    if id(definition) in machine.index.training:
        share = machine.work_left - machine.work_left // KEPT
    elif id(definition) in machine.index.relevant:
        share = machine.work_left // 2
    return min(machine.work_left, max(share, machine.limits.helper_work))


def _result(machine: Machine, function: Function, frame: Frame, ending: object) -> Value:
    definition = function.node
    assert not isinstance(definition, ast.Lambda)
    if frame.yielded:
        value = join_all(frame.yielded)
        manager = {decorator_name(one) for one in definition.decorator_list} & {"contextmanager", "asynccontextmanager"}
        return value if manager else Sequence([], value)
    if not frame.returned:
        return Const(None) if ending != "raise" else Data()
    if ending is None and any(not isinstance(one, Const) for one in frame.returned):
        frame.returned.append(Const(None))
    value = join_all(frame.returned)
    if isinstance(value, Data) and not value.paths and definition.returns is not None:
        known = machine.symbol(definition.returns, function.file, value.name or definition.name)
        if not isinstance(known, Data):
            return known
    return value


def _name(function: Function) -> str:
    name = getattr(function.node, "name", "<lambda>")
    return f"{function.owner.name}.{name}" if function.owner is not None else name


def _worth(machine: Machine, function: Function, receiver: Value | None, arguments: Arguments) -> bool:
    """Whether a function should be followed: it is not running already, and it, or what it is given, can matter."""
    definition = function.node
    if len(machine.frames) > machine.limits.call_depth:
        return False
    running = sum(1 for frame in machine.frames if frame.names.get("\0node") is definition)
    if running > 1:
        return False
    if machine.index.size.get(id(definition), 0) < BIG or id(definition) in machine.index.followed:
        return True
    if isinstance(receiver, Object) and receiver.module:
        return True
    if definition.name == "__init__":  # type: ignore[union-attr]
        return True
    return any(_interesting(value) for value in [*arguments[0], *arguments[1].values()])


def _interesting(value: Value, depth: int = 0) -> bool:
    if isinstance(value, Data):
        return bool(value.paths or value.of or value.labels) or value.measure is not None
    if isinstance(value, Object):
        return value.module
    if isinstance(value, Parameters | Optimizer | Function):
        return True
    if isinstance(value, Choice):
        return any(_interesting(one, depth + 1) for one in value.options)
    if isinstance(value, Sequence | Dict) and depth < 2:
        inner = [*value.slots.values(), *([value.other] if value.other is not None else [])]
        return any(_interesting(one, depth + 1) for one in inner)
    return False


def _summary(machine: Machine, function: Function, arguments: Arguments) -> Value:
    """What a call gives that is not followed: a value of the annotated type, or data made of the arguments."""
    definition = function.node
    returns = None if isinstance(definition, ast.Lambda) else definition.returns
    known = machine.symbol(returns, function.file, getattr(definition, "name", ""))
    if not isinstance(known, Data):
        return known
    result = merge([*arguments[0], *arguments[1].values()])
    return machine.cut(
        result.but(doubt=BY_NAME if result.paths else result.doubt, of=frozenset(), measure=None, name="")
    )


def _lambda(machine: Machine, function: Function, arguments: Arguments, node: ast.AST | None) -> Value:
    if len(machine.frames) > machine.limits.call_depth:
        return merge([*arguments[0], *arguments[1].values()])
    definition = function.node
    assert isinstance(definition, ast.Lambda)
    frame = Frame(function.file, machine.frame.function if machine.frames else "<lambda>", {}, function.closure)
    around = function.closure
    frame.owner, frame.receiver = function.owner, getattr(around, "receiver", None)
    bind(machine, function, None, arguments, frame)
    frame.call = None if node is None or not machine.frames else machine.site(node)
    machine.frames.append(frame)
    try:
        return machine.evaluate(definition.body)
    finally:
        machine.frames.pop()


def bind(machine: Machine, function: Function, receiver: Value | None, arguments: Arguments, frame: Frame) -> None:
    """Fill the names of a frame with the arguments of a call."""
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    values = [*([receiver] if receiver is not None else []), *arguments[0]]
    named = dict(arguments[1])
    names = frame.names
    names["\0node"] = function.node
    rest_of = named.pop("**", None)
    star = next((at for at, value in enumerate(values) if isinstance(value, Starred)), None)
    spread = None
    if star is not None:
        held = values[star]
        assert isinstance(held, Starred)
        spread, values = held.element, values[:star]
    defaults = len(positional) - len(spec.defaults)
    for place, one in enumerate(positional):
        if place < len(values):
            names[one.arg] = values[place]
        elif one.arg in named:
            names[one.arg] = named.pop(one.arg)
        elif spread is not None:
            names[one.arg] = spread
        elif place >= defaults:
            names[one.arg] = _default(machine, function, spec.defaults[place - defaults])
            if rest_of is not None:
                names[one.arg] = machine.settings.argument(one.arg, symbols.soften(names[one.arg]))
        else:
            names[one.arg] = symbols.argument(machine, function, one, None)
    for one, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if one.arg in named:
            names[one.arg] = named.pop(one.arg)
        elif default is not None:
            names[one.arg] = _default(machine, function, default)
            if rest_of is not None:
                names[one.arg] = machine.settings.argument(one.arg, symbols.soften(names[one.arg]))
        else:
            names[one.arg] = symbols.argument(machine, function, one, None)
    if spec.vararg is not None:
        names[spec.vararg.arg] = Sequence(values[len(positional) :], spread, fixed=True)
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = Dict(named, rest_of)


def _default(machine: Machine, function: Function, node: ast.expr) -> Value:
    if isinstance(node, ast.Constant):
        return Const(node.value)
    frame = Frame(function.file, "", {}, function.closure)
    machine.frames.append(frame)
    try:
        return machine.evaluate(node)
    finally:
        machine.frames.pop()
