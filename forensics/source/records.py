"""Records (dataclasses and their like) as collections of their fields."""

from __future__ import annotations

from forensics.source.machine import Machine
from forensics.source.values import Const, Data, Dict, Object, Sequence, Value


def parts(machine: Machine, function: str, value: Object) -> Value:
    """Return `vars(value)`, `asdict(value)` or `fields(value)`."""
    if function == "vars" or not value.cls or not value.cls.is_record:
        return Dict(dict(value.slots), Data())
    machine.fill(value)
    names = [name for _, name in value.cls.fields()]
    if function == "fields":
        return Sequence([_field(name) for name in names], fixed=True)
    return Dict({name: machine.attribute(value, name, value.cls.node) for name in names})


def _field(name: str) -> Object:
    made = Object(kind="Field")
    made.slots["name"] = Const(name)
    return made
