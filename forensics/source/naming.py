"""What a network is called in a report: as the agent that trains it calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forensics.source.modules import is_bundle, leaves
from forensics.source.shells import is_shell
from forensics.source.values import Dict, Hop, Object, Optimizer, Sequence


def display(module: Object, depth: int = 0) -> str:
    """Return the name of a module or parameter: `actor`, `critic.encoder`.

    An attribute of an agent comes before one of a network, and both before a local name.
    """
    best: tuple[tuple[int, int], str] | None = None
    for owner, attribute in own_names(module):
        if owner is None:
            rank, name = (2, attribute.count(".")), attribute
        elif not owner.module:
            rank, name = (0, attribute.count(".")), attribute
        else:
            head = display(owner, depth + 1) if depth < 8 and owner.names else ""
            name = f"{head}.{attribute}" if head else attribute
            rank = (1 if head else 0, name.count("."))
        if best is None or rank < best[0]:
            best = (rank, name)
    if best is not None:
        return best[1]
    if module.cls is not None:
        return str(module.cls.name)
    return module.kind if module.kind != "?" else "unknown"


def own_names(module: Object) -> list[tuple[Object | None, str]]:
    """Return the names that a module goes by: the first that an object gave it, and the same name given by others.

    A list or a recorder that holds it under a word of its own renames nothing. Local names count where it has no other,
    and where a script hands its network to objects that optimize nothing.
    """
    given = [name for name in module.names if name[0] is not None]
    if not given or (
        module.depth <= SCRIPT and not any(owner.module or _optimizes(owner) for owner, _ in given if owner)
    ):
        return [name for name in module.names if name[0] is None] or module.names
    if len(given) > 1:
        given = [name for name in given if not (name[0] is not None and is_shell(name[0]))] or given
    first = given[0][1]
    return [name for name in given if name[1] == first] or given[:1]


SCRIPT = 2
"""Calls around a name of a script: its body, and its main function."""


def _optimizes(owner: Object) -> bool:
    held = [*owner.slots.values()]
    inner = [one for value in held if isinstance(value, Dict | Sequence) for one in value.slots.values()]
    return any(isinstance(one, Optimizer) for one in (*held, *inner))


def network_of(module: Object, depth: int = 0) -> Object:
    """Return the outermost network that a part belongs to: the one that an agent, or a script, holds."""
    names = own_names(module)
    if depth > 8 or any(owner is not None and (not owner.module or is_bundle(owner)) for owner, _ in names):
        return module
    owners = [owner for owner, _ in names if owner is not None and owner.module and owner.names]
    return network_of(owners[0], depth + 1) if owners else module


def part_of(module: Object) -> Object:
    """Return the child of the network that a part belongs to; the network itself where it is the part."""
    network = network_of(module)
    current = module
    for _ in range(8):
        owners = [owner for owner, _ in current.names if owner is not None and owner.module]
        if current is network or not owners or network in owners:
            return current
        current = owners[0]
    return current


def hop(step: Hop) -> str:
    """Return `critic.q1_forward[1]`."""
    method = f".{step.method}" if step.method else ""
    return f"{display(step.module)}{method}[{step.argument}]"


def names(modules: Iterable[Object]) -> tuple[str, ...]:
    """Return the names of modules, sorted. A module that has no name, a `self`, goes by the names of its parts."""
    named = (part for module in modules for part in _with_names(module, 0))
    return tuple(sorted({display(module) for module in named}))


def _with_names(module: Object, depth: int) -> Iterator[Object]:
    if module.names or not module.children or depth > 4:
        yield module
        return
    for child in module.children:
        yield from _with_names(child, depth + 1)


def held(modules: Iterable[Object]) -> frozenset[int]:
    """Return the ids of all parameter holders in modules."""
    return frozenset(id(leaf) for module in modules for leaf in (*leaves(module), module))
