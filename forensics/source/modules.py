"""Networks: what calling one does to gradient paths, and which parameters are its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from forensics.source.classes import is_stub
from forensics.source.join import merge
from forensics.source.machine import Arguments, Machine
from forensics.source.values import (
    BY_NAME,
    NO_PATHS,
    Choice,
    Const,
    Data,
    Dict,
    Function,
    Hop,
    Object,
    Path,
    Sequence,
    Value,
)


def inside(inner: Object, outer: Object, depth: int = 0) -> bool:
    """Whether `inner` is part of `outer`, by the attributes that it is bound to."""
    if inner is outer:
        return True
    if depth > 8:
        return False
    return any(owner is not None and inside(owner, outer, depth + 1) for owner, _ in inner.names)


def leaves(module: Object, depth: int = 0) -> Iterator[Object]:
    """Every part of a module that has parameters of its own."""
    if module.leaf:
        yield module
    if depth < 12:
        for child in module.children:
            yield from leaves(child, depth + 1)


def is_frozen(module: Object, depth: int = 0) -> bool:
    """Whether the module, or one that it is part of, takes no gradient."""
    if module.frozen:
        return True
    return depth < 8 and any(
        owner is not None and owner.module and is_frozen(owner, depth + 1) for owner, _ in module.names
    )


def is_bundle(module: Object) -> bool:
    """Whether a module is a set of networks rather than one.

    Such a module holds the targets of its own parts and moves them, or its parts have optimizers of their own.
    """
    if not module.module or module.cls is None:
        return False
    if frozenset([module]) not in module.stepped and any(
        not one & other for one in module.stepped for other in module.stepped
    ):
        return True
    return module.cls.moves_targets and any(
        child.copy_of is not None and child.copy_of in module.children for child in module.children
    )


def stepped(module: Object, held: frozenset[Object], depth: int = 0) -> None:
    """Note in a module, and in what it is part of, that an optimizer holds these parts of it."""
    if held not in module.stepped:
        module.stepped.append(held)
    for owner, _ in module.names if depth < 8 else ():
        if owner is not None and owner.module:
            stepped(owner, held, depth + 1)


def call(machine: Machine, module: Object, method: str, arguments: Arguments, node: ast.AST) -> Value:
    """Call a module, or a method of one that the tree does not define or that works on tensors."""
    machine.fill(module)
    if module.kind in ("ModuleList", "ModuleDict"):
        return Data(doubt=BY_NAME)
    found = _definition(module, method)
    if found is not None:
        owner, definition = found
        function = Function(definition, owner.file, owner.closure, owner)
        return enter(machine, module, method, function, arguments, node)
    if module.kind == "Sequential" and module.children and any(child.cls is not None for child in module.children):
        return _through(machine, module, arguments, node)
    return opaque(machine, module, method, arguments, node)


def _definition(module: Object, method: str):  # type: ignore[no-untyped-def]
    if module.cls is None:
        return None
    names = ("forward", "__call__") if method in ("", "forward", "__call__") else (method,)
    for name in names:
        found = module.cls.method(name)
        if found is not None and not is_stub(found[1]):
            return found
    return None


def enter(
    machine: Machine, module: Object, method: str, function: Function, arguments: Arguments, node: ast.AST
) -> Value:
    """Follow a method of a module. Coming from outside of its network, a gradient passes a hop."""
    networks = machine.networks
    if is_bundle(module) or (networks and inside(module, networks[-1][0])):
        return machine.run(function, module, arguments, node)
    networks.append((module, machine.site(node)))
    try:
        return machine.run(function, module, passed(module, method, arguments), node)
    finally:
        networks.pop()


def passed(module: Object, method: str, arguments: Arguments) -> Arguments:
    """Return the arguments with one hop more on each of their paths."""
    shown = "" if method in ("forward", "__call__") else method
    values = [_hop(value, Hop(module, shown, str(place))) for place, value in enumerate(arguments[0])]
    return values, {name: _hop(value, Hop(module, shown, name)) for name, value in arguments[1].items()}


def _hop(value: Value, hop: Hop, depth: int = 0) -> Value:
    if isinstance(value, Data):
        if not value.paths and not value.reads:
            return value
        paths, reads = (
            frozenset(Path(path.origin, path.at, (*path.hops, hop)) for path in some)
            for some in (value.paths, value.reads)
        )
        return value.but(paths=paths, reads=reads, of=frozenset() if value.paths else value.of)
    if depth > 2:
        return value
    if isinstance(value, Sequence):
        other = None if value.other is None else _hop(value.other, hop, depth + 1)
        return Sequence([_hop(one, hop, depth + 1) for one in value.items()], other, value.fixed)
    if isinstance(value, Dict):
        other = None if value.other is None else _hop(value.other, hop, depth + 1)
        return Dict({key: _hop(one, hop, depth + 1) for key, one in value.slots.items()}, other)
    if isinstance(value, Choice):
        return Choice(tuple(_hop(one, hop, depth + 1) for one in value.options))
    return value


def opaque(machine: Machine, module: Object, method: str, arguments: Arguments, node: ast.AST) -> Data:
    """Call a layer or an unknown network: its parameters and all arguments reach the result."""
    networks = machine.networks
    within = bool(networks) and inside(module, networks[-1][0])
    if not within and any(leaves(module)):
        arguments = passed(module, method, arguments)
    result = merge([*arguments[0], *arguments[1].values()])
    at = networks[-1][1] if within else machine.site(node)
    if not machine.grad:
        result = result.without_gradient(frozenset(Path(leaf, at) for leaf in leaves(module)))
        return result.but(of=frozenset(), name="", measure=None, solid=True, site=machine.site(node))
    own = frozenset(Path(leaf, at) for leaf in leaves(module) if not is_frozen(leaf))
    stopped = frozenset([module]) if not own and any(leaves(module)) else frozenset()
    return result.but(
        paths=result.paths | own,
        of=frozenset(),
        factors=(),
        measure=None,
        name="",
        solid=module.kind != "?",
        passed=result.passed | stopped,
        site=machine.site(node),
        doubt=max(result.doubt, module.doubt),
    )


def _through(machine: Machine, module: Object, arguments: Arguments, node: ast.AST) -> Value:
    """Call the children of a container one after the other."""
    networks = machine.networks
    outside = not (networks and inside(module, networks[-1][0]))
    if outside:
        arguments = passed(module, "", arguments)
        networks.append((module, machine.site(node)))
    try:
        value: Value = merge(arguments[0])
        for child in module.children:
            value = call(machine, child, "", ([value], {}), node)
    finally:
        if outside:
            networks.pop()
    return value


def parameter(machine: Machine, node: ast.AST, frozen: bool = False) -> Data:
    """Return a new parameter tensor."""
    made = Object(kind="Parameter", leaf=True, site=machine.site(node))
    made.frozen = frozen
    return Data(
        NO_PATHS if frozen else frozenset([Path(made, machine.site(node))]),
        of=frozenset([made]),
        site=machine.site(node),
    )


def state_frozen(value: Value) -> bool:
    """Whether a keyword `requires_grad` says no."""
    return isinstance(value, Const) and value.value is False


def constant_true(value: Value | None) -> bool:
    """Whether a value is the constant True."""
    return isinstance(value, Const) and value.value is True
