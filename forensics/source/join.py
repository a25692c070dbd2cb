"""The join of abstract values over branches that are not decided."""

from __future__ import annotations

from collections.abc import Iterable

from forensics.source.classes import Class
from forensics.source.measures import Measure
from forensics.source.values import (
    JOINED,
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

MOST_OPTIONS = 4
MOST_PATHS = 96


def join(one: Value, other: Value) -> Value:
    """Return a value that stands for both."""
    if one is other:
        return one
    if isinstance(one, Choice) or isinstance(other, Choice):
        return _choice(one, other)
    if isinstance(one, Class) and isinstance(other, Class) and (general := _general(one, other)) is not None:
        return general
    if isinstance(one, Const) or isinstance(other, Const):
        return _with_constant(one, other)
    if isinstance(one, Data) and isinstance(other, Data):
        both = merge([one, other], 0 if _equal(one, other) else JOINED)
        return both if one.reads == other.reads or both.torn else both.but(torn=True)
    if isinstance(one, Parameters) and isinstance(other, Parameters):
        joined = one.modules == other.modules
        doubt = max(one.doubt, other.doubt, 0 if joined else JOINED)
        partial = one.partial or other.partial
        return Parameters(one.modules | other.modules, named=one.named, partial=partial, doubt=doubt)
    if isinstance(one, Optimizer) and isinstance(other, Optimizer):
        return _optimizers(one, other)
    if isinstance(one, Object) and isinstance(other, Object) and (known := _known(one, other)) is not None:
        return known
    if isinstance(one, Sequence) and isinstance(other, Sequence) and one.slots.keys() == other.slots.keys():
        return _sequences(one, other)
    if isinstance(one, Dict) and isinstance(other, Dict) and one.fresh is None and other.fresh is None:
        return _dicts(one, other)
    if isinstance(one, Data) and one.paths == frozenset() and isinstance(other, Object | Parameters | Optimizer | Dict):
        return other
    if (
        isinstance(other, Data)
        and other.paths == frozenset()
        and isinstance(one, Object | Parameters | Optimizer | Dict)
    ):
        return one
    return _choice(one, other)


def _equal(one: Data, other: Data) -> bool:
    """Whether both sides of a branch carry the same: then it does not matter which of them was taken."""
    return all(
        getattr(one, field) == getattr(other, field)
        for field in ("paths", "passed", "of", "measure", "labels", "factors")
    )


def _general(one: Class, other: Class) -> Class | None:
    """Return the class that both behave as: one of them, where the other only constructs itself differently."""
    for base, derived in ((one, other), (other, one)):
        if base in derived.mro:
            between = derived.mro[: derived.mro.index(base)]
            if all(set(cls.methods) <= {"__init__"} for cls in between):
                return base
    return None


def _known(one: Object, other: Object) -> Object | None:
    """Return the one that was made, where the other is a symbol: it says only that one of its class may be given."""
    for symbol, made in ((one, other), (other, one)):
        if symbol.lazy and not made.lazy and made.cls is not None and symbol.cls in made.cls.mro:
            return made
    return None


def join_all(values: Iterable[Value]) -> Value:
    """Return a value that stands for all, unknown data for none."""
    result: Value | None = None
    for value in values:
        result = value if result is None else join(result, value)
    return Data() if result is None else result


def _with_constant(one: Value, other: Value) -> Value:
    if isinstance(one, Const) and isinstance(other, Const):
        if one.value == other.value and type(one.value) is type(other.value):
            return one if one.soft else other
        return _choice(one, other)
    constant, value = (one, other) if isinstance(one, Const) else (other, one)
    assert isinstance(constant, Const)
    if constant.value is None or constant.soft:
        if constant.value is None and not constant.soft and isinstance(value, Object | Optimizer):
            return Choice((value, constant))
        return value
    if isinstance(value, Data):
        return value if _equal(value, Data()) else value.but(doubt=max(value.doubt, JOINED))
    return _choice(one, other)


def _choice(one: Value, other: Value) -> Value:
    options: list[Value] = []
    for value in (one, other):
        for option in value.options if isinstance(value, Choice) else (value,):
            place = next((at for at, held in enumerate(options) if alike(held, option)), None)
            if place is None and isinstance(option, Class):
                place = next(
                    (at for at, held in enumerate(options) if isinstance(held, Class) and _general(held, option)), None
                )
            if place is None:
                options.append(option)
            elif options[place] is not option and not isinstance(option, Const | Bound):
                options[place] = join(options[place], option)
    return options[0] if len(options) == 1 else Choice(tuple(options[:MOST_OPTIONS]))


def alike(one: Value, other: Value) -> bool:
    """Whether two options of a choice are to become one."""
    if one is other:
        return True
    if isinstance(one, Const) and isinstance(other, Const):
        return type(one.value) is type(other.value) and bool(one.value == other.value)
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return one.slots.keys() == other.slots.keys()
    if isinstance(one, Bound) and isinstance(other, Bound) and one.receiver is other.receiver:
        same = one.function is not None and other.function is not None and one.function.node is other.function.node
        return same or (one.function is other.function and one.method == other.method)
    return any(isinstance(one, kind) and isinstance(other, kind) for kind in (Data, Parameters, Optimizer))


def _optimizers(one: Optimizer, other: Optimizer) -> Optimizer:
    kinds = dict.fromkeys([*one.kind.split(" or "), *other.kind.split(" or ")])
    parameters = join(one.parameters, other.parameters)
    assert isinstance(parameters, Parameters)
    both = Optimizer(" or ".join(kinds), parameters, one.site, one.rate)
    both.name, both.owner = one.name or other.name, one.owner or other.owner
    both.joined = (*(one.joined or (one,)), *(other.joined or (other,)))
    return both


def _sequences(one: Sequence, other: Sequence) -> Sequence:
    result = Sequence([join(one.slots[place], other.slots[place]) for place in sorted(one.slots)], fixed=one.fixed)
    others = [value for value in (one.other, other.other) if value is not None]
    result.other = join_all(others) if others else None
    return result


def _dicts(one: Dict, other: Dict) -> Dict:
    """Return the keys of both: one that only one branch sets is read only where that branch was taken."""
    slots = {
        key: join(one.slots[key], other.slots[key]) if key in one.slots and key in other.slots else value
        for key, value in {**one.slots, **other.slots}.items()
    }
    others = [value for value in (one.other, other.other) if value is not None]
    return Dict(slots, join_all(others) if others else None)


def merge(values: Iterable[Value], doubt: int = 0) -> Data:
    """Return data made of all values: their paths, labels and doubts together. Objects in it are not followed."""
    parts = [part for value in values for part in flat(value)]
    if not parts:
        return Data(doubt=doubt)
    if len(parts) == 1 and doubt <= parts[0].doubt:
        return parts[0]
    paths = frozenset().union(*(part.paths for part in parts))
    if len(paths) > MOST_PATHS:
        paths, doubt = frozenset(sorted(paths, key=lambda path: len(path.hops))[:MOST_PATHS]), max(doubt, JOINED)
    reads = frozenset().union(*(part.reads for part in parts))
    torn = any(part.torn for part in parts)
    if len(reads) > MOST_PATHS:
        reads, torn = frozenset(sorted(reads, key=lambda path: len(path.hops))[:MOST_PATHS]), True
    measures = [part.measure for part in parts if part.measure is not None]
    return Data(
        paths,
        measure=_one_measure(measures),
        of=frozenset().union(*(part.of for part in parts)),
        factors=tuple(dict.fromkeys(factor for part in parts for factor in part.factors)),
        labels=frozenset().union(*(part.labels for part in parts)),
        passed=frozenset().union(*(part.passed for part in parts)),
        reads=reads,
        torn=torn,
        name=next((part.name for part in parts if part.name), ""),
        site=next((part.site for part in parts if part.site), None),
        solid=all(part.solid for part in parts),
        doubt=max(doubt, *(_doubt(part) for part in parts)),
    )


def _doubt(part: Data) -> int:
    """What a value without gradient is doubted for does not make the paths of another one known by name alone."""
    carries = part.paths or part.of or part.measure is not None
    return part.doubt if carries else min(part.doubt, JOINED)


def _one_measure(measures: list[Measure]) -> Measure | None:
    """Measures that agree stay one; of unlike ones no single formula can be told."""
    if not measures:
        return None
    first = measures[0]
    if all(one.form == first.form and one.quantity == first.quantity for one in measures):
        return first._replace(modules=frozenset().union(*(one.modules for one in measures)))
    return first._replace(form="other", modules=frozenset().union(*(one.modules for one in measures)))


def flat(value: Value, depth: int = 0) -> list[Data]:
    """Return the data inside of a value."""
    if isinstance(value, Data):
        return [value]
    if depth > 4:
        return []
    if isinstance(value, Choice):
        return [part for option in value.options for part in flat(option, depth + 1)]
    if isinstance(value, Sequence | Dict):
        inner = [*value.slots.values(), *([value.other] if value.other is not None else [])]
        return [part for one in inner for part in flat(one, depth + 1)]
    if isinstance(value, Object) and not value.module and value.cls is not None and value.cls.is_record:
        return [part for one in value.slots.values() for part in flat(one, depth + 1)]
    return []
