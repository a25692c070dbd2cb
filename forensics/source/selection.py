"""Which of the events that several entry points saw are told: one update, told by one entry point, in one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from forensics.model.source import Confidence, EventKind, Place, UpdateEvent

_ANCHORS = (EventKind.ZERO_GRAD, EventKind.BACKWARD, EventKind.STEP)
_RANK = {Confidence.EXACT: 0, Confidence.JOINED: 1, Confidence.BY_NAME: 2}
Line = tuple[EventKind, str, int]


def chosen(seen: Sequence[UpdateEvent], actors: Sequence[str]) -> list[UpdateEvent]:
    """Return each event once, in order.

    The entry point that saw most of the events surely comes first; later ones add what it has not seen. So the events
    of one update stay together, although a part of them may be seen from elsewhere too. `actors` are the classes that
    train, one for each event: those that inherit one update each have it as their own, if it is known as well.
    """
    found: dict[tuple[object, ...], dict[str, UpdateEvent]] = {}
    updates = _updates(seen)
    place = {root: at for at, root in enumerate(_by_sureness(seen))}
    for fact, actor in sorted(zip(seen, actors, strict=True), key=lambda one: (place[one[0].root], one[0].order)):
        told = (fact.subject, fact.networks, fact.limit, fact.online, fact.target)
        whole = fact.networks and (fact.file, fact.function) in updates
        by_actor = found.setdefault((*_line(fact), *told, None if whole else _caller(fact)), {})
        known = by_actor.get(actor)
        if known is None:
            by_actor[actor] = fact
        elif _RANK[fact.confidence] < _RANK[known.confidence]:
            by_actor[actor] = msgspec.structs.replace(fact, order=known.order, root=known.root)
    best = [fact for by_actor in found.values() for fact in _surest(by_actor.values())]
    return sorted(_without_doubles(best, seen), key=lambda one: one.order)


def _surest(facts: Iterable[UpdateEvent]) -> list[UpdateEvent]:
    listed = list(facts)
    rank = min(_RANK[fact.confidence] for fact in listed)
    return [fact for fact in listed if _RANK[fact.confidence] == rank]


def _updates(seen: Iterable[UpdateEvent]) -> frozenset[tuple[str, str]]:
    """Return the functions, as file and name, that hold a backward pass and a step: any other is a helper of updates.

    One helper moves the targets of many algorithms: what it does belongs to each call.
    """
    kinds: dict[tuple[str, str], set[EventKind]] = {}
    for fact in seen:
        kinds.setdefault((fact.file, fact.function), set()).add(fact.kind)
    return frozenset(place for place, held in kinds.items() if {EventKind.BACKWARD, EventKind.STEP} <= held)


def _by_sureness(seen: Iterable[UpdateEvent]) -> list[str]:
    """Return the entry points, the one with most events that are exact first."""
    exact: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for fact in seen:
        exact[fact.root] += fact.confidence is Confidence.EXACT
        total[fact.root] += 1
    return sorted(total, key=lambda root: (-exact[root], -total[root]))


def _without_doubles(found: list[UpdateEvent], seen: Sequence[UpdateEvent]) -> list[UpdateEvent]:
    """Drop what is less sure where more is known: of the same line, or of the same update from elsewhere."""
    known = [fact for fact in found if fact.confidence is not Confidence.BY_NAME]
    sure = {_line(fact): fact.root for fact in known}
    called = {(*_line(fact), _caller(fact)) for fact in known}
    anchors: dict[str, set[Line]] = {}
    for fact in seen:
        if fact.kind in _ANCHORS:
            anchors.setdefault(fact.root, set()).add(_line(fact))

    exact = {_line(fact): fact.root for fact in found if fact.confidence is Confidence.EXACT}

    def told(fact: UpdateEvent) -> bool:
        lines = anchors.get(fact.root, set())
        if fact.confidence is Confidence.EXACT:
            return False
        if fact.confidence is Confidence.JOINED:
            return bool(lines) and all(exact.get(line, fact.root) != fact.root for line in lines)
        elsewhere = bool(lines) and all(sure.get(line, fact.root) != fact.root for line in lines)
        return elsewhere or (*_line(fact), _caller(fact)) in called or (not fact.via and _line(fact) in sure)

    return [fact for fact in found if not told(fact)]


def _line(fact: UpdateEvent) -> Line:
    return fact.kind, fact.file, fact.line


def _caller(fact: UpdateEvent) -> Place | None:
    """Return where the function was called that holds an event: a wrapper's line is many events."""
    return fact.via[-1] if fact.via else None
