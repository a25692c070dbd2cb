"""The curves of a JSON document: lists of numbers, with the steps that stand in a list beside them or inside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from forensics.readers.jsontext import storable
from forensics.readers.steps import axis_of, counter, is_update, rank_of

_DEPTH = 6
_UPDATE_RANK = 1000
_UNIX = 5e8  # 1985: seconds before it are no date of an event
_POINT = 3  # (wall time, step, value)
_ITSELF = frozenset({"value", "values", "y", "data"})
_STEP_SUFFIX = "_T"  # PyMARL writes the environment steps of X as X_T


@dataclass(frozen=True, slots=True)
class Curve:
    """One list of the document. `items` are numbers (None where nothing was measured) or objects, one a moment.

    `steps` and `times` are None where none are named; `axis` is what the steps count, "" where it is not said.
    `paths` are the lists it was made of.
    """

    tag: str
    items: Sequence[Any]
    paths: tuple[str, ...]
    steps: Sequence[int] | None = None
    times: Sequence[float] | None = None
    axis: str = ""


def curves_of(document: Any, name: str) -> Iterator[Curve]:
    """Yield the curves of a document; `name` is the tag of a list that is the document itself."""
    if isinstance(document, list):
        yield from _listed({"": document}, "", name)
    elif isinstance(document, Mapping):
        yield from _below(document, "", _DEPTH)


def _below(value: Mapping[str, Any], path: str, deepest: int) -> Iterator[Curve]:
    lists = {storable(str(key)): item for key, item in value.items() if isinstance(item, list) and item}
    yield from _listed(lists, path, path)
    if deepest > 0:
        for key, item in value.items():
            if isinstance(item, Mapping):
                yield from _below(item, _joined(path, storable(str(key))), deepest - 1)


def _listed(lists: Mapping[str, list[Any]], path: str, itself: str) -> Iterator[Curve]:
    """Yield the curves among the lists of one object, told by their keys."""
    plain = {key: [_unwrapped(item) for item in items] for key, items in lists.items()}
    numeric = {key: items for key, items in plain.items() if all(_is_number(item) for item in items)}
    clock = _clock(numeric)
    partners = {key + _STEP_SUFFIX for key in numeric if _whole(numeric.get(key + _STEP_SUFFIX), len(numeric[key]))}
    for key, items in plain.items():
        tag = itself if not key or (key in _ITSELF and clock is not None and itself) else _joined(path, key)
        here = _joined(path, key)
        if key in partners or key == clock:
            continue
        if key in numeric:
            beside = key + _STEP_SUFFIX if key + _STEP_SUFFIX in partners else clock
            steps = None if beside is None else _whole(numeric[beside], len(items))
            if beside is not None and steps is not None:
                axis = "env_step" if beside in partners else axis_of(beside)
                yield Curve(tag, items, (here, _joined(path, beside)), steps, axis=axis)
            else:
                yield Curve(tag, items, (here,))
        elif all(_is_point(item) for item in items):
            steps = [int(item[1]) for item in items]
            yield Curve(tag, [item[2] for item in items], (here,), steps, [float(item[0]) for item in items])
        elif all(isinstance(item, dict) for item in items):
            yield Curve(tag, items, (here,))


def _clock(numeric: Mapping[str, list[Any]]) -> str | None:
    """Return the key of the list that counts the steps of the lists beside it, None where none does."""
    ranked = sorted(
        (_UPDATE_RANK if is_update(key) else rank, key)
        for key in numeric
        if (rank := rank_of(key)) is not None or is_update(key)
    )
    for _, key in ranked:
        steps = _whole(numeric[key], len(numeric[key]))
        if steps is not None and any(len(items) == len(steps) for other, items in numeric.items() if other != key):
            return key
    return None


def _whole(items: list[Any] | None, count: int) -> list[int] | None:
    """Return `count` whole numbers that never fall and do not stand still, or None where the list holds others."""
    if items is None or len(items) != count:
        return None
    steps = [step for item in items if (step := counter(item)) is not None]
    rises = all(before <= after for before, after in pairwise(steps)) and steps[:1] != steps[-1:]
    return steps if len(steps) == count and rises else None


def _unwrapped(item: Any) -> Any:
    """Return the number inside what jsonpickle makes of a NumPy scalar, as Sacred stores it; else the item."""
    return item["value"] if isinstance(item, dict) and "py/object" in item and "value" in item else item


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_point(item: Any) -> bool:
    """Tell whether an item is what TensorBoard's JSON holds: wall time, step, value."""
    return (
        isinstance(item, list)
        and len(item) == _POINT
        and all(_is_number(part) and part is not None for part in item)
        and item[0] > _UNIX
        and counter(item[1]) is not None
    )


def _joined(path: str, key: str) -> str:
    return f"{path}/{key}" if path and key else path or key
