"""In which order classes are entered: what trains first, and what constructs another before what it constructs."""

from __future__ import annotations

from forensics.source.classes import Class
from forensics.source.machine import Machine


def of_classes(machine: Machine, classes: list[Class]) -> tuple[list[Class], list[Class]]:
    """Return the classes that train and all others, each in the order in which they are to be entered.

    A class is best known where the tree constructs it, with its networks and optimizers for arguments; so what
    constructs it comes first. A class that constructs one that trains counts as one.
    """
    made = _made(machine, classes)
    training = {cls for cls in classes if cls.trains}
    pending = list(training)
    makers: dict[Class, list[Class]] = {}
    for cls, others in made.items():
        for other in others:
            makers.setdefault(other, []).append(cls)
    while pending:
        new = set(makers.get(pending.pop(), ())) - training
        training |= new
        pending += new
    depths: dict[Class, int] = {}
    for cls in classes:
        _depth(cls, makers, depths)
    ordered = sorted(classes, key=lambda cls: (depths[cls], len(cls.mro), cls.file.path, cls.node.lineno))
    return [cls for cls in ordered if cls in training], [cls for cls in ordered if cls not in training]


def _made(machine: Machine, classes: list[Class]) -> dict[Class, set[Class]]:
    """Return which classes the methods of each class construct, by name."""
    named: dict[str, set[Class]] = {}
    for cls in classes:
        named.setdefault(cls.name, set()).add(cls)
    found = {}
    for cls in classes:
        names = {name for node in cls.methods.values() for name in machine.index.calls.get(id(node), ())}
        found[cls] = {other for name in names & named.keys() for other in named[name] if other not in cls.mro}
    return found


def _depth(cls: Class, makers: dict[Class, list[Class]], depths: dict[Class, int]) -> int:
    """Return how many constructors stand around a class; of a circle, those outside of it."""
    if cls not in depths:
        depths[cls] = 0
        depths[cls] = max((1 + _depth(maker, makers, depths) for maker in makers.get(cls, ())), default=0)
    return depths[cls]
