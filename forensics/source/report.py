"""From what the interpreter came across to facts."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterable, Iterator

from forensics.model.source import (
    Confidence,
    DoneFact,
    EnvironmentFact,
    EventKind,
    GradientPath,
    OptimizerFact,
    Place,
    SourceReport,
    TagFact,
    TargetFact,
    ThresholdFact,
    UnheldFact,
    UpdateEvent,
)
from forensics.source import lightning, naming, optimizers, selection
from forensics.source.collector import Circumstance, Collector, Event
from forensics.source.join import merge
from forensics.source.measures import TOTALS, Measure
from forensics.source.modules import leaves
from forensics.source.values import BY_NAME, EXACT, JOINED, Data, Object, Optimizer, Path

CONFIDENCE = (Confidence.EXACT, Confidence.JOINED, Confidence.BY_NAME)
_ANCHORS = (EventKind.BACKWARD, EventKind.CLIP, EventKind.STEP, EventKind.ZERO_GRAD, EventKind.UNSCALE)


def of(collector: Collector, called: frozenset[str], whole: bool = True, still: bool = True) -> SourceReport:
    """Return the facts that the interpretation gives; those of plain reading are added by the caller.

    `called` are the names of all functions and methods that the tree calls, or hands on. `whole`: all of it was
    followed; else no fact that something does not happen is exact. `still`: each line that may move a network was too.
    """
    _mark_setup(collector.events)
    after = {event.order: _after(collector.events, event.order, event.modules) for event in collector.events}
    return SourceReport(
        events=_events(collector, after),
        optimizers=_optimizers(collector),
        unheld=_unheld(collector, whole),
        tags=_tags(collector, after),
        targets=_targets(collector, called, whole and still),
        thresholds=_thresholds(collector),
        dones=_dones(collector),
        environments=_environments(collector),
    )


def _mark_setup(events: list[Event]) -> None:
    """A copy before the first gradient of a script, under no condition and in no loop, is how the target starts."""
    trains = {event.at.root for event in events if event.kind is EventKind.BACKWARD}
    begun: set[str] = set()
    for event in events:
        if event.kind is EventKind.TARGET_UPDATE:
            first = event.at.root in trains - begun and not event.at.loops and not event.at.guards
            event.at.setup = event.at.setup or (first and event.rate == "hard")
        elif event.kind in (EventKind.BACKWARD, EventKind.ZERO_GRAD):
            begun.add(event.at.root)


def common(at: Circumstance) -> dict[str, object]:
    """Return the fields that every fact has."""
    return {
        "file": at.site.file.path,
        "line": at.site.line,
        "function": at.function,
        "guards": tuple(dict.fromkeys(_guard(*guard) for guard in at.guards)),
        "confidence": CONFIDENCE[at.doubt],
        "via": tuple(Place(site.file.path, site.line) for site in at.stack),
    }


def _guard(file: object, test: ast.expr | str, held: bool) -> str:
    text = test if isinstance(test, str) else ast.unparse(test)
    return text if held else f"not ({text})"


def _events(collector: Collector, after: dict[int, str]) -> tuple[UpdateEvent, ...]:
    seen = [one for one in collector.events if one.kind is not EventKind.NORM or one.measure is not None]
    asked = {_method(site.node) for event in seen if event.at.doubt < BY_NAME for site in event.at.stack}
    seen = [one for one in seen if not _unasked(one, asked)]
    return tuple(selection.chosen([_event(event, after) for event in seen], [event.at.actor for event in seen]))


def _unasked(event: Event, asked: set[str]) -> bool:
    """Whether an event of nothing known stands in a method of which the updates call another class's implementation."""
    owner, _, method = event.at.function.rpartition(".")
    return bool(owner) and method in asked and not event.modules and not event.at.stack and event.at.doubt == BY_NAME


def _method(node: ast.AST) -> str:
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""


def _event(event: Event, after: dict[int, str]) -> UpdateEvent:
    measure = event.measure
    number = event.limit_value
    return UpdateEvent(
        **common(event.at),  # type: ignore[arg-type]
        kind=event.kind,
        order=event.order,
        root=event.at.root,
        subject=event.subject,
        holder="" if event.holder is None or not event.holder.names else naming.display(event.holder),
        networks=naming.names(naming.network_of(one) for one in event.modules),
        parts=naming.names(event.modules),
        limit="" if event.limit is None else event.limit.text,
        limit_value=float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None,
        clip_by=event.clip_by,
        formula="" if measure is None else TOTALS.get(measure.form, measure.form),
        after=after[event.order] if event.kind is EventKind.NORM else "",
        online=naming.names(event.online),
        target=naming.names(event.target),
        rate=event.rate,
        setup=event.at.setup,
        paths=paths(event.paths),
        frozen=naming.names(event.passed),
        reads=paths(event.reads),
        reads_confidence=CONFIDENCE[JOINED if event.torn else EXACT],
    )


def paths(found: Iterable[Path]) -> tuple[GradientPath, ...]:
    """Return gradient paths by network and part, each once."""
    seen: dict[tuple[object, ...], GradientPath] = {}
    for path in found:
        network, part = naming.network_of(path.origin), naming.part_of(path.origin)
        hops = tuple(naming.hop(step) for step in path.hops)
        at = path.at
        fact = GradientPath(
            network=naming.display(network),
            part=naming.display(part),
            hops=hops,
            file="" if at is None else at.file.path,
            line=0 if at is None else at.line,
        )
        seen.setdefault((fact.network, fact.part, fact.hops, fact.file, fact.line), fact)
    return tuple(sorted(seen.values(), key=lambda one: (one.network, one.part, one.hops, one.file, one.line)))


def _after(events: list[Event], order: int, modules: frozenset[Object]) -> str:
    """Return the last event of the same parameters before this one, in the same entry point."""
    event = events[order]
    if event.kind not in (EventKind.NORM, EventKind.CLIP):
        return ""
    own = naming.held(modules)
    for earlier in reversed(events[:order]):
        if earlier.at.root != event.at.root:
            break
        if earlier.kind in _ANCHORS and naming.held(earlier.modules) & own:
            return str(earlier.kind)
    return ""


def _optimizer(at: Circumstance, value: Optimizer) -> OptimizerFact:
    name, owner = value.name, value.owner
    if owner is not None and owner.names and optimizers.wraps(owner):
        name = naming.display(owner)
    elif owner is not None and owner.module and owner.names:
        name = f"{naming.display(owner)}.{name}"
    return OptimizerFact(
        **common(at),  # type: ignore[arg-type]
        name=name,
        kind=value.kind,
        networks=naming.names(naming.network_of(one) for one in value.parameters.modules),
        parts=naming.names(value.parameters.modules),
        learning_rate="" if value.rate is None else value.rate.text,
    )


def _optimizers(collector: Collector) -> tuple[OptimizerFact, ...]:
    found: dict[tuple[object, ...], OptimizerFact] = {}
    for at, value in collector.optimizers:
        fact = _optimizer(at, value)
        found.setdefault((fact.file, fact.line, fact.name, fact.parts, at.entered), fact)
    return tuple(found.values())


def _unheld(collector: Collector, whole: bool) -> tuple[UnheldFact, ...]:
    """Parameters that a loss reaches, in an entry point that steps, and that no optimizer of the tree holds."""
    optimizers = [value for _, value in collector.optimizers]
    if not optimizers or any(value.parameters.doubt > 1 for value in optimizers):
        return ()
    held = naming.held(one for value in optimizers for one in value.parameters.modules)
    stepped = {event.at.root for event in collector.events if event.kind is EventKind.STEP}
    found: dict[tuple[str, str], UnheldFact] = {}
    for event in collector.events:
        if event.kind is not EventKind.BACKWARD or event.at.root not in stepped:
            continue
        for origin in event.modules:
            if id(origin) in held or origin.doubt:
                continue
            network, part = naming.display(naming.network_of(origin)), naming.display(naming.part_of(origin))
            doubt = max([event.at.doubt, EXACT if whole else JOINED, *(value.parameters.doubt for value in optimizers)])
            fact = UnheldFact(
                **{**common(event.at), "confidence": CONFIDENCE[doubt]},  # type: ignore[arg-type]
                network=network, part=part, loss=event.subject,
            )  # fmt: skip
            found.setdefault((part, event.subject), fact)
    return tuple(found.values())


def _tags(collector: Collector, after: dict[int, str]) -> tuple[TagFact, ...]:
    found: dict[tuple[object, ...], TagFact] = {}
    for tag in collector.tags:
        data = merge([tag.value]) if not isinstance(tag.value, Data) else tag.value
        measure: Measure | None = data.measure
        event = None if measure is None or measure.event is None else collector.events[measure.event]
        formula = "" if measure is None else TOTALS.get(measure.form, measure.form)
        place = (
            "" if event is None else "before clip" if event.kind is EventKind.CLIP else f"after {after[event.order]}"
        )
        networks = () if measure is None else naming.names(measure.modules)
        site = tag.expression
        text = "" if site is None else site.text
        meant = "|".join((formula, ",".join(networks), place)) if formula else text
        fact = TagFact(
            **common(tag.at),  # type: ignore[arg-type]
            tag=tag.tag,
            constant=tag.constant,
            sink=tag.sink,
            expression=text,
            expression_file="" if site is None else site.file.path,
            expression_line=0 if site is None else site.line,
            formula=formula,
            networks=networks,
            after=place.strip() if place.strip() != "after" else "",
            meaning=hashlib.sha256(meant.encode()).hexdigest()[:12],
        )
        key = (fact.tag, fact.file, fact.line, fact.expression_file, fact.expression_line)
        found.setdefault(key, fact)
    return tuple(found.values())


def _targets(collector: Collector, called: frozenset[str], whole: bool) -> tuple[TargetFact, ...]:
    """A move in a method that the tree never calls moves nothing, where another method of the class trains."""
    trains = {event.at.root for event in collector.events if event.kind is EventKind.BACKWARD}
    owners = {root.rpartition(".")[0] for root in trains}

    def happens(event: Event) -> bool:
        root = event.at.root
        owner, _, name = root.rpartition(".")
        return root in trains or name in called or owner not in owners or lightning.is_hook(name)

    moved = naming.held(
        one
        for event in collector.events
        if event.kind is EventKind.TARGET_UPDATE and not event.at.setup and happens(event)
        for one in event.target
    )
    elsewhere = _moved_elsewhere(collector, happens)
    found: dict[tuple[object, ...], TargetFact] = {}
    leaders = _leaders(collector)
    synchronised = [one for one in _synchronised(collector) if id(one[2]) in moved]
    for at, original, copy in [*collector.copies, *synchronised]:
        leader = leaders.get(id(copy), original)
        if leader.copy_of is original:
            original = leader
        updated = any(id(leaf) in moved for leaf in (*leaves(copy), copy))
        doubt = at.doubt if updated else max(at.doubt, elsewhere(at, copy), EXACT if whole else JOINED)
        fact = TargetFact(
            **{**common(at), "confidence": CONFIDENCE[doubt]},  # type: ignore[arg-type]
            network=naming.display(copy),
            copy_of=naming.display(original),
            updated=updated,
            parts=tuple(sorted({naming.display(child) for child in copy.children})),
        )
        key = (fact.file, fact.line, fact.network, fact.copy_of, at.entered)
        if key not in found or fact.updated:
            found[key] = fact
    return tuple(found.values())


def _moved_elsewhere(collector: Collector, happens: Callable[[Event], bool]) -> Callable[[Circumstance, Object], int]:
    """Return what tells the doubt that a copy which nothing moves is moved after all, under another guise.

    What the same line made for another entry point may be moved there, or an element of the same container.
    """
    moves = [one for one in collector.events if one.kind is EventKind.TARGET_UPDATE and not one.at.setup]
    made: dict[tuple[str, int], set[str]] = {}
    held: set[str] = set()
    for event in filter(happens, moves):
        for one in event.target:
            held.add(_container(naming.display(one)))
            if one.site is not None:
                made.setdefault((one.site.file.path, one.site.line), set()).add(event.at.root)

    def doubt(at: Circumstance, copy: Object) -> int:
        site = copy.site
        roots = set() if site is None else made.get((site.file.path, site.line), set())
        return JOINED if roots - {at.root} or _container(naming.display(copy)) in held - {""} else EXACT

    return doubt


def _container(name: str) -> str:
    """Return the list or dict that a network is an element of, empty for a network of its own."""
    return name.partition("[")[0] if "[*]" in name else ""


def _leaders(collector: Collector) -> dict[int, Object]:
    """Return the network that each target is moved towards, by id: where several start as copies of one, its own."""
    found: dict[int, set[Object]] = {}
    for event in collector.events:
        if event.kind is EventKind.TARGET_UPDATE and not event.at.setup:
            for one in event.target:
                found.setdefault(id(one), set()).update(event.online)
    return {target: next(iter(online)) for target, online in found.items() if len(online) == 1}


def _synchronised(collector: Collector) -> Iterator[tuple[Circumstance, Object, Object]]:
    """Yield networks that start as copies of others, tensor by tensor, as where, original and copy.

    One that is never moved afterwards was only filled. Some helpers copy from the target, which nothing has trained;
    the copy is then the one that no optimizer holds.
    """
    stepped = naming.held(one for _, value in collector.optimizers for one in value.parameters.modules)
    for event in collector.events:
        if event.kind is not EventKind.TARGET_UPDATE or not event.at.setup or event.rate != "hard":
            continue
        if len(event.online) == len(event.target) == 1:
            (original,), (copy,) = event.online, event.target
            if copy.copy_of is None:
                turned = id(copy) in stepped and id(original) not in stepped
                yield (event.at, copy, original) if turned else (event.at, original, copy)


def _thresholds(collector: Collector) -> tuple[ThresholdFact, ...]:
    found: dict[tuple[object, ...], ThresholdFact] = {}
    for one in collector.thresholds:
        event = None if one.measure.event is None else collector.events[one.measure.event]
        clip = None if event is None or event.kind is EventKind.CLIP else _clip_before(collector, event)
        doubt = max(one.at.doubt, JOINED if clip is not None and clip.limit_soft else EXACT)
        fact = ThresholdFact(
            **{**common(one.at), "confidence": CONFIDENCE[doubt]},  # type: ignore[arg-type]
            text=one.at.site.text,
            operator=one.operator,
            threshold=one.number,
            formula=TOTALS.get(one.measure.form, one.measure.form),
            networks=naming.names(one.measure.modules),
            bound=None if clip is None else float(clip.limit_value),
        )
        found.setdefault((fact.file, fact.line, fact.text, fact.networks), fact)
    return tuple(found.values())


def _clip_before(collector: Collector, event: Event) -> Event | None:
    """Return the clip that bounds a norm: a total L2 norm after a clip of the same parameters is at most its limit."""
    if event.measure is None or event.measure.form != "l2":
        return None
    own = naming.held(event.modules)
    for earlier in reversed(collector.events[: event.order]):
        if earlier.at.root != event.at.root or earlier.kind in (EventKind.BACKWARD, EventKind.ZERO_GRAD):
            return None
        if earlier.kind is EventKind.CLIP and own <= naming.held(earlier.modules):
            known = isinstance(earlier.limit_value, int | float) and earlier.clip_by == "l2"
            return earlier if known else None
    return None


def _dones(collector: Collector) -> tuple[DoneFact, ...]:
    found: dict[tuple[object, ...], DoneFact] = {}
    for one in collector.dones:
        labels = one.value.labels
        fact = DoneFact(
            **common(one.at),  # type: ignore[arg-type]
            text=one.text.text,
            truncated={"terminated", "truncated"} <= labels,
        )
        found.setdefault((fact.file, fact.line, fact.truncated), fact)
    return tuple(found.values())


def _environments(collector: Collector) -> tuple[EnvironmentFact, ...]:
    training = {one.identity for one in collector.environments if not one.evaluation}
    found: dict[tuple[object, ...], EnvironmentFact] = {}
    for one in collector.environments:
        fact = EnvironmentFact(
            **common(one.at),  # type: ignore[arg-type]
            name=one.name,
            evaluation=one.evaluation,
            shared=one.evaluation and one.identity in training,
        )
        found.setdefault((fact.file, fact.line, fact.shared), fact)
    return tuple(found.values())
