"""Elements of values: iteration, items, slices, comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from forensics.source import formats
from forensics.source.classes import Class
from forensics.source.join import flat, join, join_all, merge
from forensics.source.machine import Machine
from forensics.source.values import (
    JOINED,
    Choice,
    Const,
    Data,
    Dict,
    Object,
    Parameters,
    Path,
    Sequence,
    Site,
    Value,
)

MOST_TURNS = 24


def parameters_in(*values: Value) -> Value:
    """Return all parameters in lists, dicts and parts of them as one parameter set; data where there are none."""
    found: list[Parameters] = []
    for value in values:
        found += list(_parameters(value, 0))
    if not found:
        return merge(values)
    return Parameters(
        frozenset().union(*(one.modules for one in found)),
        partial=next((one.partial for one in found if one.partial), ""),
        doubt=max(one.doubt for one in found),
    )


def _parameters(value: Value, depth: int) -> Iterator[Parameters]:
    if isinstance(value, Parameters):
        yield value
    elif isinstance(value, Data) and value.of:
        yield Parameters(value.of, doubt=value.doubt)
    elif isinstance(value, Choice) and depth < 4:
        options = [list(_parameters(option, depth + 1)) for option in value.options]
        alike = len({frozenset((one.modules, one.partial) for one in option) for option in options}) == 1
        for one in (one for option in options for one in option):
            yield Parameters(one.modules, partial=one.partial, doubt=one.doubt if alike else max(one.doubt, JOINED))
    elif isinstance(value, Sequence) and depth < 4:
        for part in [*value.items(), *([value.other] if value.other is not None else [])]:
            yield from _parameters(part, depth + 1)
    elif isinstance(value, Dict) and depth < 4:
        chosen = value.slots.get("params")
        inner = [chosen] if chosen is not None else [*value.slots.values(), *([value.other] if value.other else [])]
        for part in inner:
            yield from _parameters(part, depth + 1)
    elif isinstance(value, Object) and value.module and value.kind == "ParameterList":
        yield Parameters(frozenset([value]))


def tensor_of(value: Parameters) -> Data:
    """Return one parameter tensor of a set, as a loop sees it."""
    paths = frozenset(Path(module) for module in value.modules if not module.frozen)
    return Data(paths, of=value.modules, doubt=value.doubt)


def element(machine: Machine, value: Value) -> Value:
    """Return what stands for any element."""
    if isinstance(value, Sequence):
        parts = [*value.items(), *([value.other] if value.other is not None else [])]
        return join_all(parts)
    if isinstance(value, Parameters):
        one = tensor_of(value)
        return Sequence([Data(), one], fixed=True) if value.named else one
    if isinstance(value, Dict):
        keys = [Const(key) for key in value.slots]
        return keys[0] if len(keys) == 1 and value.other is None else Data()
    if isinstance(value, Object) and value.module:
        return join_all(value.children) if value.children else Data()
    if isinstance(value, Object) and value.cls is not None:
        return _iterated(machine, value)
    if isinstance(value, Choice):
        return join_all(element(machine, option) for option in value.options)
    if isinstance(value, Data):
        return value.but(name="") if value.name else value
    return Data()


def _iterated(machine: Machine, value: Object) -> Value:
    found = value.cls.method("__iter__")
    if found is None:
        return merge([value])
    made = machine.invoke(machine.attribute(value, "__iter__", found[1]), ([], {}), found[1])
    return element(machine, made)


def turns(machine: Machine, value: Value) -> list[Value]:
    """Return what a loop variable is, turn by turn: one by one where that tells more than one turn for all."""
    if isinstance(value, Choice):
        known = [option for option in value.options if isinstance(option, Sequence | Object)]
        if len(known) == 1:
            return turns(machine, known[0])
        if known and all(isinstance(option, Sequence) for option in known):
            each = [one for option in known for one in turns(machine, option)]
            if len(each) <= MOST_TURNS:
                return list(dict.fromkeys(each))
    if isinstance(value, Sequence) and value.other is None:
        items = value.items()
        if 0 < len(items) <= MOST_TURNS and any(_worth(item) for item in items):
            return items
        if not items:
            return [Data()]
    if isinstance(value, Sequence) and value.other is not None and len(value.slots) < MOST_TURNS:
        items = value.items()
        if any(isinstance(item, Sequence) and _worth(item) for item in items):
            return [*items, value.other]
    if isinstance(value, Dict) and value.slots and value.other is None and len(value.slots) <= MOST_TURNS:
        return [Const(key) for key in value.slots]
    if isinstance(value, Object) and value.module and 0 < len(value.children) <= MOST_TURNS:
        return list(value.children)
    return [element(machine, value)]


def _worth(value: Value) -> bool:
    """Whether an element should be told apart from its neighbours in a loop."""
    if isinstance(value, Sequence):
        return any(_worth(item) for item in value.items())
    if isinstance(value, Data):
        return bool(value.paths or value.of) or formats.pattern_of(value) is not None
    return True


def item(machine: Machine, value: Value, key: Value, node: ast.AST) -> Value:
    """Return `value[key]`."""
    if isinstance(value, Choice):
        return join_all(item(machine, option, key, node) for option in value.options if not _is_none(option))
    if isinstance(value, Sequence) or (isinstance(value, Object) and value.module and value.children):
        return _place(machine, value, key)
    if isinstance(value, Dict):
        return _keyed(value, key)
    if isinstance(value, Object) and value.cls is not None and value.cls.method("__getitem__"):
        return machine.invoke(machine.attribute(value, "__getitem__", node), ([key], {}), node)
    if isinstance(value, Object) and isinstance(key, Const) and isinstance(key.value, str):
        return machine.attribute(value, key.value, node)
    if isinstance(value, Object):
        return Data()
    if isinstance(value, Parameters):
        return tensor_of(value)
    data = merge([value])
    if isinstance(value, Data) and (setting := machine.settings.read(node)) is not None:
        return setting
    return data.but(name="", site=data.site or Site(machine.frame.file, node))


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _place(machine: Machine, value: Sequence | Object, key: Value) -> Value:
    items: list[Value] = value.items() if isinstance(value, Sequence) else list(value.children)
    if (
        isinstance(key, Const)
        and isinstance(key.value, int)
        and not key.soft
        and (isinstance(value, Object) or value.other is None)
    ):
        if -len(items) <= key.value < len(items):
            return items[key.value]
        return Data()
    if isinstance(key, Const) and isinstance(key.value, str) and isinstance(value, Object):
        return value.slots.get(key.value, element(machine, value))
    if len(items) == 1 and isinstance(value, Object):
        return items[0]
    return element(machine, value)


def _keyed(value: Dict, key: Value) -> Value:
    if isinstance(key, Const):
        try:
            found = value.slots.get(key.value)
        except TypeError:
            return Data()
        if found is None and value.fresh is not None and isinstance(key.value, str):
            found = value.slots[key.value] = value.fresh(key.value)
        if found is not None:
            return found if value.other is None or value.fresh is not None else join(found, value.other)
        return value.other if value.other is not None else Data()
    if (pattern := formats.pattern_of(key)) is not None and pattern in value.slots:
        return value.slots[pattern]
    if value.other is None and value.fresh is not None:
        value.other = value.fresh("*")
    values = [*value.slots.values(), *([value.other] if value.other is not None else [])]
    if len(values) > 1 and all(isinstance(one, Class) for one in values):
        return Choice(tuple(dict.fromkeys(values)))
    return join_all(values) if len(values) <= MOST_TURNS else merge(values)


def cut(machine: Machine, value: Value, part: ast.Slice) -> Value:
    """Return `value[a:b]`."""
    bounds = [None if one is None else machine.evaluate(one) for one in (part.lower, part.upper, part.step)]
    if isinstance(value, Sequence) and value.other is None:
        numbers: list[Any] = [None if one is None else one.value if isinstance(one, Const) else "?" for one in bounds]
        if all(one is None or (isinstance(one, int) and one != 0) for one in numbers):
            return Sequence(value.items()[slice(*numbers)], fixed=value.fixed)
    if isinstance(value, Const) and isinstance(value.value, str):
        return Data()
    if isinstance(value, Object) and value.module:
        return value
    return value if not isinstance(value, Dict | Object) else Data()


def comprehension(
    machine: Machine, generators: list[ast.comprehension], make: Callable[[], Value], node: ast.AST
) -> Value:
    """Return the elements: by position where the iterable is known, one for all where not."""
    results: list[Value] = []
    known = _each(machine, generators, 0, lambda: results.append(make()))
    if known:
        return Sequence(results)
    return Sequence([], join_all(results) if results else Data())


def dict_comprehension(machine: Machine, node: ast.DictComp) -> Value:
    """Return a dict by key where the keys are known."""
    result = Dict()

    def take() -> None:
        key, value = machine.evaluate(node.key), machine.evaluate(node.value)
        if isinstance(key, Const) and isinstance(key.value, str | int | float | bool | None):
            result.slots[key.value] = value
        elif (pattern := formats.pattern_of(key)) is not None:
            result.slots[pattern] = value
        else:
            result.other = value if result.other is None else join(result.other, value)

    _each(machine, node.generators, 0, take)
    return result


def _each(machine: Machine, generators: list[ast.comprehension], depth: int, take: Callable[[], None]) -> bool:
    """Run `take` for each turn. Return whether the turns are exactly those of the program."""
    if depth == len(generators):
        take()
        return True
    generator = generators[depth]
    iterable = machine.evaluate(generator.iter)
    exact = isinstance(iterable, Sequence) and iterable.other is None and len(iterable.slots) <= MOST_TURNS
    exact = exact or (isinstance(iterable, Object) and 0 < len(iterable.children) <= MOST_TURNS)
    if exact and isinstance(iterable, Sequence):
        each: list[Value] = iterable.items()
    else:
        each = turns(machine, iterable)
    for value in each:
        machine.assign(generator.target, value, generator.iter)
        verdicts = [machine.truth(test) for test in generator.ifs]
        if False in verdicts:
            continue
        if None in verdicts:
            _filter(machine, generator, iterable)
            exact = False
        exact = _each(machine, generators, depth + 1, take) and exact
    return exact


def _filter(machine: Machine, generator: ast.comprehension, iterable: Value) -> None:
    """A test that is not known keeps part of the parameters; tests of the gradient itself keep all that matter.

    What is picked out of a state dict by name may be buffers alone, as running statistics are: no parameters then.
    """
    text = " and ".join(ast.unparse(test) for test in generator.ifs)
    if not isinstance(iterable, Parameters) or "grad" in text:
        return
    bound = frozenset() if iterable.state else iterable.modules
    part = Parameters(bound, named=iterable.named, partial=text, doubt=max(iterable.doubt, JOINED))
    machine.assign(generator.target, element(machine, part), generator.iter)


def has_data(value: Value) -> bool:
    """Whether any data in a value carries a gradient or belongs to parameters."""
    return any(part.paths or part.of for part in flat(value))
