"""What happens to a gradient between the backward pass that makes it and the step that uses it, as the source says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cmp_to_key

import msgspec

from forensics.model.source import Confidence, EventKind, Place, SourceReport, UpdateEvent
from forensics.signals.source_parts import covered, meet, touched

_LITERAL = re.compile(r"(.+) (?:==|is|matches) (.+)")
_BEGINS = (EventKind.ZERO_GRAD, EventKind.BACKWARD)


@dataclass(frozen=True)
class Update:
    """One optimizer step, the backward passes that fed it, and the clips on either side of it.

    `leaves` are the parameters that the step moves and a backward pass reached. `early` clips stand between the first
    backward pass and the step, `late` ones between the step and the next backward pass. `turn` holds all events of
    these parameters in order. `sure`: no event of these parameters was known by name alone, or stands where its order
    to the step cannot be told.
    """

    step: UpdateEvent
    backwards: tuple[UpdateEvent, ...]
    leaves: tuple[str, ...]
    early: tuple[UpdateEvent, ...]
    late: tuple[UpdateEvent, ...]
    unscaled: tuple[UpdateEvent, ...]
    zeroed: tuple[UpdateEvent, ...]
    turn: tuple[UpdateEvent, ...]
    sure: bool

    def clipped(self, leaf: str) -> bool:
        """Whether a clip in time covers some of a leaf."""
        return any(touched(leaf, clip.parts) for clip in self.early)


def is_limit(clip: UpdateEvent) -> bool:
    """Whether a clip scales anything: one without bound only measures."""
    return clip.limit_value is None or math.isfinite(clip.limit_value)


def exclude(one: UpdateEvent, other: UpdateEvent) -> bool:
    """Whether two events stand on opposite sides of a branch."""
    negated = {_negation(guard) for guard in one.guards}
    if not negated.isdisjoint(other.guards):
        return True
    first, second = _choices(one.guards), _choices(other.guards)
    return any(first[what] != second[what] for what in first.keys() & second.keys())


def names_tell(report: SourceReport) -> bool:
    """Whether all that losses reach is held, by name, by an optimizer or known to be held by none.

    A module that holds others may be named apart from them; then names cannot show that something is out of reach.
    """
    known = [part for fact in report.optimizers for part in fact.parts] + [fact.part for fact in report.unheld]
    return all(touched(path.part, known) for event in report.events for path in event.paths)


def updates(report: SourceReport) -> list[Update]:
    """Return the updates of a source: one for each step of an optimizer whose parameters are known."""
    events = [event for event in report.events if not event.setup]
    steps = [event for event in events if event.kind is EventKind.STEP and event.parts]
    return [found for step in steps if (found := _update(step, events)) is not None]


def _update(step: UpdateEvent, events: Sequence[UpdateEvent]) -> Update | None:
    touching = [one for one in events if meet(one.parts, step.parts) and not exclude(one, step)]
    ordered = [one for one in touching if one is step or comes_before(one, step) is not None]
    here = _from_the_start(sorted(ordered, key=cmp_to_key(_compare)))
    place = next(index for index, one in enumerate(here) if one is step)
    before, behind = here[:place], here[place + 1 :]
    fresh = _since(before, EventKind.STEP)
    backwards = [one for one in fresh if one.kind is EventKind.BACKWARD]
    if not backwards:
        return None
    window = fresh[fresh.index(backwards[0]) + 1 :]
    late = _until(behind, EventKind.BACKWARD, EventKind.STEP)
    elsewhere = [one for one in touching if one.kind is EventKind.CLIP and one not in ordered]
    unknown = [one for one in events if _unknown_clip(one, step) and not exclude(one, step)]
    own = [step, *backwards, *_of(window, EventKind.CLIP), *_of(late, EventKind.CLIP)]
    return Update(
        step=step,
        backwards=tuple(backwards),
        leaves=tuple(sorted({leaf for one in backwards for leaf in one.parts if covered(leaf, step.parts)})),
        early=tuple(one for one in _of(window, EventKind.CLIP) if is_limit(one)),
        late=tuple(one for one in _of(late, EventKind.CLIP) if is_limit(one)),
        unscaled=tuple(_of(window, EventKind.UNSCALE)),
        zeroed=tuple(one for one in touching if one.kind is EventKind.ZERO_GRAD),
        turn=tuple(here),
        sure=not elsewhere and not unknown and all(one.confidence is not Confidence.BY_NAME for one in own),
    )


def _unknown_clip(event: UpdateEvent, step: UpdateEvent) -> bool:
    return event.kind is EventKind.CLIP and not event.parts and event.root == step.root


def comes_before(one: UpdateEvent, other: UpdateEvent) -> bool | None:
    """Whether one event comes before another; None where they share no call that would tell.

    Seen from one entry point they are in order. Else the deepest call that led to both tells, by the lines after it.
    """
    if one.root == other.root:
        return one.order < other.order
    first, second = _chain(one), _chain(other)
    for depth in range(len(first) - 1, -1, -1):
        if first[depth] in second[:-1] and depth < len(first) - 1:
            ours, theirs = first[depth + 1], second[second.index(first[depth]) + 1]
            return ours.line < theirs.line if ours.file == theirs.file and ours.line != theirs.line else None
    if one.function == other.function and one.file == other.file and one.line != other.line:
        return one.line < other.line
    return None


def seen_from(event: UpdateEvent, file: str) -> UpdateEvent:
    """Return an event as it looks from one file: at the last call in it that led there, where it lies elsewhere."""
    calls = [place for place in event.via if place.file == file]
    if event.file == file or not calls:
        return event
    return msgspec.structs.replace(event, file=calls[-1].file, line=calls[-1].line)


def _chain(event: UpdateEvent) -> list[Place]:
    return [*event.via, Place(event.file, event.line)]


def _compare(one: UpdateEvent, other: UpdateEvent) -> int:
    before = comes_before(one, other)
    before = one.order < other.order if before is None else before
    return 0 if one is other else -1 if before else 1


def _from_the_start(events: list[UpdateEvent]) -> list[UpdateEvent]:
    """Turn a loop so that it begins with a gradient: a step at its top belongs to the turn before."""
    start = next((index for index, one in enumerate(events) if one.kind in _BEGINS), 0)
    return events[start:] + events[:start]


def _since(events: Sequence[UpdateEvent], kind: EventKind) -> list[UpdateEvent]:
    """Return the events after the last one of a kind, which is left out."""
    last = max((index for index, one in enumerate(events) if one.kind is kind), default=-1)
    return list(events[last + 1 :])


def _until(events: Sequence[UpdateEvent], *kinds: EventKind) -> list[UpdateEvent]:
    end = next((index for index, one in enumerate(events) if one.kind in kinds), len(events))
    return list(events[:end])


def _of(events: Iterable[UpdateEvent], kind: EventKind) -> list[UpdateEvent]:
    return [one for one in events if one.kind is kind]


def _negation(guard: str) -> str:
    return guard[5:-1] if guard.startswith("not (") and guard.endswith(")") else f"not ({guard})"


def _choices(guards: Iterable[str]) -> dict[str, str]:
    """Return what each guard of the form `x == constant` says of x."""
    found = (_LITERAL.fullmatch(guard) for guard in guards if not guard.startswith("not ("))
    return {match[1]: match[2] for match in found if match and " and " not in match[0] and " or " not in match[0]}
