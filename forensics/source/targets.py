"""Target networks: copies, moves towards the online network, and parameters without gradient."""

from __future__ import annotations

import ast

from forensics.model.source import EventKind
from forensics.source import naming, record
from forensics.source.join import flat
from forensics.source.machine import Machine
from forensics.source.values import BY_NAME, Const, Data, Object, Parameters, Path, Sequence, Site, Value


def freeze(modules: frozenset[Object], value: Value) -> None:
    """Follow `requires_grad = value` of all parameters of modules."""
    if isinstance(value, Const) and isinstance(value.value, bool):
        for module in modules:
            module.frozen = not value.value


def copy(machine: Machine, original: Object, node: ast.AST, seen: dict[int, Object] | None = None) -> Object:
    """Return a deep copy of an object; of a module, the copy is noted."""
    first = seen is None
    seen = {} if seen is None else seen
    if id(original) in seen:
        return seen[id(original)]
    made = Object(
        original.cls,
        original.kind,
        module=original.module,
        leaf=original.leaf,
        site=machine.site(node),
        doubt=original.doubt,
    )
    seen[id(original)] = made
    made.copy_of, made.frozen, made.lazy = original, original.frozen, original.lazy
    swapped: dict[int, Object] = {}
    for child in original.children:
        twin = copy(machine, child, node, seen)
        swapped[id(child)] = twin
        made.children.append(twin)
        twin.names = [(made, name) for owner, name in child.names if owner is original]
    for key, value in original.slots.items():
        made.slots[key] = _swap(value, swapped)
    if first and original.module:
        record.copied(machine, original, made, node)
    return made


def _swap(value: Value, swapped: dict[int, Object]) -> Value:
    if isinstance(value, Object):
        return swapped.get(id(value), value)
    if isinstance(value, Data) and len(value.of) == 1:
        (only,) = value.of
        if id(only) in swapped:
            twin = swapped[id(only)]
            return value.but(of=frozenset([twin]), paths=frozenset([Path(twin)]) if value.paths else value.paths)
    if isinstance(value, Sequence) and any(isinstance(one, Object) for one in value.slots.values()):
        return Sequence([_swap(one, swapped) for one in value.items()], value.other, value.fixed)
    return value


def moved(machine: Machine, target: Data, arguments: list[Value], method: str, node: ast.AST) -> None:
    """Note a target update: parameters written in place from those of other modules."""
    parts = [part for value in arguments for part in flat(value)]
    sources = frozenset().union(*(part.of for part in parts)) - target.of
    if not sources or not target.of:
        return
    rate = "hard"
    factors = [factor for part in parts for factor in part.factors]
    if method == "lerp_":
        weight = arguments[-1]
        rate = _text(weight, node, -1)
    elif method == "add_":
        rate = _keyword(node, "alpha") or _factor(factors, sources) or "?"
    elif factors:
        rate = _factor(factors, sources) or _inverse(factors, target.of) or "?"
    doubt = max([target.doubt, *(part.doubt for part in parts if part.of)])
    record.event(
        machine,
        EventKind.TARGET_UPDATE,
        node,
        doubt=doubt,
        online=sources,
        target=target.of,
        rate=rate,
        modules=target.of,
    )


def loaded(machine: Machine, target: frozenset[Object], value: Value, node: ast.AST) -> None:
    """Note `target.load_state_dict(online.state_dict())`."""
    if not isinstance(value, Parameters):
        return
    sources = value.modules - target
    if sources and target:
        record.event(
            machine,
            EventKind.TARGET_UPDATE,
            node,
            doubt=value.doubt,
            online=sources,
            target=target,
            rate="hard",
            modules=target,
        )
        for one in target:
            if len({naming.display(source) for source in sources}) == 1 and one.copy_of not in sources:
                source = next((source for source in sources if source.cls is one.cls), next(iter(sources)))
                one.copy_of = one.copy_of or source
                record.copied(machine, source, one, node)


def by_helper(machine: Machine, values: list[Value], node: ast.AST) -> None:
    """Note a target update by a helper outside of the tree; the name tells which of the two is the target."""
    if not isinstance(node, ast.Call) or len(node.args) < 2:
        return
    texts = [ast.unparse(one) for one in node.args[:2]]
    sides = [_networks(value) for value in values[:2]]
    if ("target" in texts[0]) == ("target" in texts[1]) or not all(sides):
        return
    place = 0 if "target" in texts[0] else 1
    record.event(
        machine,
        EventKind.TARGET_UPDATE,
        node,
        doubt=BY_NAME,
        online=sides[1 - place],
        target=sides[place],
        modules=sides[place],
        rate=ast.unparse(node.args[2]) if len(node.args) > 2 else "?",
    )


def _networks(value: Value) -> frozenset[Object]:
    if isinstance(value, Parameters):
        return value.modules
    return frozenset([value]) if isinstance(value, Object) and value.module else frozenset()


def _factor(factors: list[tuple[frozenset[Object], Site]], modules: frozenset[Object]) -> str:
    return next((site.text for of, site in factors if of & modules and not of - modules), "")


def _inverse(factors: list[tuple[frozenset[Object], Site]], modules: frozenset[Object]) -> str:
    found = _factor(factors, modules)
    return f"1 - ({found})" if found else ""


def _text(value: Value, node: ast.AST, place: int) -> str:
    if isinstance(node, ast.Call) and node.args:
        for keyword in node.keywords:
            if keyword.arg == "weight":
                return ast.unparse(keyword.value)
        return ast.unparse(node.args[place])
    return str(value.value) if isinstance(value, Const) else "?"


def _keyword(node: ast.AST, name: str) -> str:
    if isinstance(node, ast.Call):
        return next((ast.unparse(one.value) for one in node.keywords if one.arg == name), "")
    return ""
