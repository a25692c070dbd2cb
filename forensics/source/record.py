"""Writing down what is seen, with its circumstances."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from forensics.model.source import EventKind
from forensics.source.collector import Circumstance, Done, EnvironmentStep, Event, Tag, Threshold
from forensics.source.machine import Machine
from forensics.source.measures import Measure
from forensics.source.values import BY_NAME, EXACT, Data, Object, Optimizer, Site, Value


def circumstance(machine: Machine, node: ast.AST, doubt: int = 0, frames: int | None = None) -> Circumstance:
    """Return where the interpreter is, or was when it stood in the outermost `frames` calls."""
    inner = machine.frames[:frames]
    frame = inner[-1]
    return Circumstance(
        site=Site(frame.file, node),
        function=frame.function,
        stack=tuple(one.call for one in inner if one.call is not None),
        guards=tuple(machine.guards),
        root=machine.root,
        doubt=max(doubt, machine.doubt, BY_NAME if any(one.file.mended for one in machine.frames) else EXACT),
        setup=machine.setup > 0,
        loops=machine.loops,
        actor=_outermost(machine, trains=True),
        entered=_outermost(machine, trains=False),
    )


def _outermost(machine: Machine, trains: bool) -> str:
    for frame in machine.frames:
        cls = frame.receiver.cls if isinstance(frame.receiver, Object) else None
        if cls is not None and not cls.is_module and (cls.trains or not trains):
            return f"{cls.file.path}:{cls.name}"
    return ""


def guessed(modules: Iterable[Object]) -> int:
    """Return the doubt that modules have from what they are parts of."""
    return max((_guessed(one, 0) for one in modules), default=0)


def _guessed(module: Object, depth: int) -> int:
    owners = [owner for owner, _ in module.names if owner is not None] if depth < 8 else []
    return max([module.chosen, *(_guessed(owner, depth + 1) for owner in owners)])


def event(machine: Machine, kind: EventKind, node: ast.AST, *, doubt: int = 0, **fields: Any) -> Event:
    """Write down an event of an update."""
    doubt = max(doubt, guessed([*fields.get("modules", ()), *fields.get("online", ())]))
    receiver = machine.frame.receiver
    holder = receiver if isinstance(receiver, Object) and not receiver.module else None
    found = Event(kind, circumstance(machine, node, doubt), len(machine.collector.events), holder=holder, **fields)
    machine.collector.events.append(found)
    return found


def norm(machine: Machine, measure: Measure, node: ast.AST) -> Measure:
    """Write down that a total norm was measured, or refine the formula of one that was."""
    if measure.event is not None:
        seen = machine.collector.events[measure.event]
        if seen.kind is EventKind.NORM:
            seen.measure = measure
        return measure
    found = event(machine, EventKind.NORM, node, modules=measure.modules)
    found.measure = measure = measure._replace(event=found.order)
    return measure


def optimizer(machine: Machine, value: Optimizer, node: ast.AST, frames: int | None = None) -> None:
    """Write down that an optimizer was made, by the innermost of the outermost `frames` calls."""
    doubt = max(value.doubt, guessed(value.parameters.modules))
    machine.collector.optimizers.append((circumstance(machine, node, doubt, frames), value))


def copied(machine: Machine, original: Object, copy: Object, node: ast.AST) -> None:
    """Write down that a network was copied."""
    machine.collector.copies.append((circumstance(machine, node, guessed([original])), original, copy))


def tag(machine: Machine, name: str, constant: bool, sink: str, value: Value, node: ast.AST, **fields: Any) -> None:
    """Write down a logged value."""
    machine.collector.tags.append(Tag(circumstance(machine, node, value.doubt), name, constant, sink, value, **fields))


def threshold(machine: Machine, operator: str, number: float, measure: Measure, node: ast.AST, doubt: int = 0) -> None:
    """Write down a comparison."""
    machine.collector.thresholds.append(Threshold(circumstance(machine, node, doubt), operator, number, measure))


def environment_step(machine: Machine, receiver: Value, text: str, node: ast.AST) -> None:
    """Write down a step of an environment, `text` being what is called."""
    evaluation = any(word in frame.function.lower() for frame in machine.frames for word in ("eval", "test_"))
    identity = receiver.site if isinstance(receiver, Data) and receiver.site else text
    name = text.rpartition(".")[0]
    machine.collector.environments.append(EnvironmentStep(circumstance(machine, node), identity, name, evaluation))


def done(machine: Machine, value: Data, node: ast.AST) -> None:
    """Write down what is stored as the end of an episode."""
    machine.collector.dones.append(Done(circumstance(machine, node), value, machine.site(node)))
