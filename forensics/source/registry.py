"""Classes that only a key of the configuration chooses between."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial

from forensics.source import branches, fitting
from forensics.source.classes import Class, is_abstract
from forensics.source.join import MOST_OPTIONS
from forensics.source.machine import Arguments, Machine
from forensics.source.values import JOINED, Choice, Data, Object, Value


def make(machine: Machine, options: list[Class], arguments: Arguments, node: ast.AST) -> Value:
    """Return what one of many classes makes of the arguments: those that they do not fit are left out.

    Too many networks to tell apart are one network of which nothing but its place is known.
    """
    whole = [cls for cls in options if not is_abstract(cls)] or options
    meant = _namesakes(machine, whole) or whole
    pairs = [(cls, each) for each in _each(arguments) for cls in meant if fitting.fits(machine, cls, each)]
    if 0 < len(pairs) <= MOST_OPTIONS:
        conditions = [name for name, _ in branches.told_apart([cls for cls, _ in pairs], node)]
        made = [partial(_one, machine, cls, each, node) for cls, each in pairs]
        return branches.each(machine, list(zip(conditions, made, strict=True)))
    if all(cls.is_module for cls in options):
        return Object(kind="?", module=True, leaf=True, site=machine.site(node), doubt=JOINED)
    return Data(site=machine.site(node))


def _one(machine: Machine, cls: Class, arguments: Arguments, node: ast.AST) -> Value:
    before = machine.doubt
    machine.doubt = max(before, JOINED)
    try:
        made = machine.make(cls, arguments, node)
    finally:
        machine.doubt = before
    if isinstance(made, Object):
        made.chosen = JOINED
    return made


def _namesakes(machine: Machine, options: list[Class]) -> list[Class]:
    """Return what begins with the same word as the class that asks: a `DqnAgent` means the `DqnLearner`, if any."""
    asking = machine.frame.receiver
    if not isinstance(asking, Object) or asking.cls is None:
        return []
    return [cls for cls in options if _first_word(cls.name) == _first_word(asking.cls.name)]


def _first_word(name: str) -> str:
    found = re.match(r"_*([A-Z0-9]+(?![a-z])|[A-Z]?[a-z0-9]+)", name)
    return found[1].lower() if found else ""


def _each(arguments: Arguments) -> Iterator[Arguments]:
    """Yield the arguments, with the first that is one of several objects told apart."""
    values, named = arguments
    for place, value in enumerate(values):
        if options := _several(value):
            yield from (([*values[:place], one, *values[place + 1 :]], named) for one in options)
            return
    for name, value in named.items():
        if options := _several(value):
            yield from ((values, {**named, name: one}) for one in options)
            return
    yield arguments


def _several(value: Value) -> list[Object]:
    """Return the objects that a value is one of, if they differ in their class."""
    objects = [one for one in value.options if isinstance(one, Object)] if isinstance(value, Choice) else []
    whole = isinstance(value, Choice) and len(objects) == len(value.options)
    return objects if whole and len({one.cls for one in objects}) > 1 else []
