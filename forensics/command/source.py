"""`forensics source`: the facts of a training source, readable at 80 columns; and what changed between two."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from forensics.errors import NoEvidenceError
from forensics.model.source import (
    Confidence,
    ConfigKeyFact,
    EventKind,
    GradientPath,
    KeyState,
    SourceFact,
    SourceReport,
    TagFact,
    UpdateEvent,
)
from forensics.safety.text import clean
from forensics.source import read

WIDTH = 80
MOST = 200
"""Facts of one kind that are printed."""

_STATES = {
    KeyState.NEVER_READ: "never read",
    KeyState.NEVER_DEFINED: "read, defined nowhere",
    KeyState.OVERRIDDEN: "overridden by a literal",
}


def facts_of(path: Path) -> str:
    """Return the facts of one source. Raises NoEvidenceError where nothing of it could be parsed."""
    report = read(path)
    if not report.files:
        reason = "; ".join(f"{one.file}: {one.message}" for one in report.unread[:3])
        raise NoEvidenceError(f"{path}: no Python file could be parsed ({reason})")
    return "\n".join(lines_of(report)) + "\n"


def lines_of(report: SourceReport) -> Iterator[str]:
    """Yield the lines of a report."""
    yield _wrap(f"{clean(report.root)}: {report.files} files, {report.lines:,} lines, read and not run")
    sections = (
        ("Update order", _order(report.events)),
        ("Gradient paths", _paths(report.events)),
        ("Optimizers", _optimizers(report)),
        ("Target networks", _targets(report)),
        ("Tags", _tags(report.tags)),
        ("Thresholds", _thresholds(report)),
        ("Episode ends and environments", _environments(report)),
        ("Configuration", _keys(report.config_keys)),
        ("Parts that are never used", _unused(report)),
        (
            "Not read",
            (_wrap(f"{one.file}{f':{one.line}' if one.line else ''}: {one.message}") for one in report.unread),
        ),
    )
    for title, lines in sections:
        held = list(lines)
        if held:
            yield from ("", title, *held[:MOST])
        if len(held) > MOST:
            yield f"  ... and {len(held) - MOST} more"


def _wrap(text: str, indent: int = 2) -> str:
    """Fold a line; what follows stands four columns deeper."""
    return textwrap.fill(
        clean(text, 2_000),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + 4),
        break_on_hyphens=False,
    )


def _sure(fact: SourceFact) -> str:
    return "" if fact.confidence is Confidence.EXACT else f" ({fact.confidence})"


def _order(events: Iterable[UpdateEvent]) -> Iterator[str]:
    root = ""
    guards: tuple[str, ...] = ()
    for event in events:
        if event.setup:
            continue
        if event.root != root:
            root, guards = event.root, ()
            yield _wrap(f"from {root}", 2)
        if event.guards != guards:
            guards = event.guards
            yield _wrap("if " + " and ".join(guards) if guards else "always", 4)
        yield _wrap(f"{event.place} {_event(event)}{_sure(event)}", 6)


def _event(event: UpdateEvent) -> str:
    networks = ", ".join(event.networks)
    if event.kind is EventKind.CLIP:
        value = "" if event.limit_value is None else f" = {event.limit_value:g}"
        limit = f"{event.limit}{'' if value.endswith(f' {event.limit}') else value}"
        return f"clip {event.clip_by} of {networks or '?'} at {limit}"
    if event.kind is EventKind.NORM:
        return f"norm {event.formula} of {networks}" + (f", after {event.after}" if event.after else "")
    if event.kind is EventKind.TARGET_UPDATE:
        return f"target {', '.join(event.target)} from {', '.join(event.online)}, rate {event.rate}"
    if event.kind is EventKind.BACKWARD:
        return f"backward {event.subject}" + (f" -> {networks}" if networks else "")
    held = f" ({networks})" if networks and networks != event.subject else ""
    return f"{event.kind} {event.subject}{held}"


def _paths(events: Iterable[UpdateEvent]) -> Iterator[str]:
    for event in events:
        if event.kind is not EventKind.BACKWARD:
            continue
        yield _wrap(f"{event.place} {event.subject}{_sure(event)}")
        shown = dict.fromkeys(_path(path) for path in event.paths)
        yield from (_wrap(line, 4) for line in shown or ("reaches no parameters that could be followed",))


def _path(path: GradientPath) -> str:
    return " -> ".join((path.part, *path.hops))


def _optimizers(report: SourceReport) -> Iterator[str]:
    for one in report.optimizers:
        held = ", ".join(one.parts) or "parameters that could not be followed"
        yield _wrap(f"{one.place} {one.name or '?'} = {one.kind}: {held}{_sure(one)}")
    for missing in report.unheld:
        yield _wrap(f"{missing.place} {missing.part}: reached by {missing.loss}, in no optimizer{_sure(missing)}")


def _targets(report: SourceReport) -> Iterator[str]:
    for one in report.targets:
        yield _wrap(
            f"{one.place} {one.network} copies {one.copy_of}{'' if one.updated else ', never updated'}{_sure(one)}"
        )


def _tags(tags: Iterable[TagFact]) -> Iterator[str]:
    for tag in tags:
        yield _wrap(f"{tag.tag}: {_meaning(tag)} [{tag.place}]{_sure(tag)}")


def _meaning(tag: TagFact) -> str:
    if tag.formula:
        return f"{tag.formula} of {', '.join(tag.networks) or '?'}" + (f", {tag.after}" if tag.after else "")
    return tag.expression or "?"


def _thresholds(report: SourceReport) -> Iterator[str]:
    for one in report.thresholds:
        bound = ""
        if one.bound is not None and one.operator in (">", ">=") and one.threshold >= one.bound:
            bound = f"; never true: the clip bounds it to {one.bound:g}"
        yield _wrap(f"{one.place} {one.text}: {one.formula} of {', '.join(one.networks)}{bound}{_sure(one)}")


def _environments(report: SourceReport) -> Iterator[str]:
    for done in report.dones:
        meaning = "a time limit counts as an end" if done.truncated else "ends only where the environment terminates"
        yield _wrap(f"{done.place} {done.text}: {meaning}{_sure(done)}")
    for one in report.environments:
        if one.shared:
            yield _wrap(f"{one.place} evaluation steps {one.name}, which training steps too{_sure(one)}")


def _keys(keys: Iterable[ConfigKeyFact]) -> Iterator[str]:
    for key in keys:
        detail = f": {key.detail}" if key.state is KeyState.OVERRIDDEN else ""
        yield _wrap(f"{key.place} {key.key}: {_STATES[key.state]}{detail}{_sure(key)}")


def _unused(report: SourceReport) -> Iterator[str]:
    for one in report.unused_modules:
        yield _wrap(f"{one.place} {one.owner}.{one.attribute} = {one.kind}{_sure(one)}")


def changes_between(old: Path, new: Path) -> str:
    """Return the tags that two sources log under one name with different meanings, and those that only one logs."""
    before, after = (_by_name(read(path)) for path in (old, new))
    lines = []
    for name in sorted(before.keys() & after.keys()):
        then, now = before[name], after[name]
        if {tag.meaning for tag in then} != {tag.meaning for tag in now}:
            lines.append(_wrap(name, 0))
            lines += [_wrap(f"was {_meaning(tag)} [{tag.place}]{_sure(tag)}") for tag in then]
            lines += [_wrap(f"now {_meaning(tag)} [{tag.place}]{_sure(tag)}") for tag in now]
    lines += [_wrap(f"{name}: only in {old}", 0) for name in sorted(before.keys() - after.keys())]
    lines += [_wrap(f"{name}: only in {new}", 0) for name in sorted(after.keys() - before.keys())]
    return "\n".join(lines or ["no tag changed its meaning"]) + "\n"


def _by_name(report: SourceReport) -> dict[str, list[TagFact]]:
    found: dict[str, list[TagFact]] = {}
    for tag in report.tags:
        found.setdefault(tag.tag, []).append(tag)
    return found
