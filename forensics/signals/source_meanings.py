"""What a gradient norm is, where the source says it: its formula, and its place between backward, clip and step.

Numbers come first: what an identity of the run has established stays; the source is named beside it where it agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forensics.model.meaning import ClipStage, Quantity, Reduction
from forensics.model.source import EventKind, SourceReport, TagFact
from forensics.signals.signals import Signal
from forensics.signals.source import Source, is_exact
from forensics.signals.source_parts import meet
from forensics.signals.source_updates import is_limit

_REDUCTIONS = {
    "l2": Reduction.L2,
    "sum of l2": Reduction.SUM_OF_L2,
    "max of l2": Reduction.MAX,
    "mean of l2": Reduction.MEAN,
}


def establish_by_source(signals: Sequence[Signal], source: Source | None) -> list[Signal]:
    """Return the signals with stage and reduction of gradient norms read from the source, where it is exact.

    A source that did not write the run's tags establishes nothing, nor does a tag that is written in two ways.
    """
    if source is None or not source.trusted:
        return list(signals)
    known = _by_tag(source.report)
    return [
        _read(signal, known[signal.tag], source.report)
        if signal.tag in known and signal.meaning.quantity is Quantity.GRADIENT_NORM
        else signal
        for signal in signals
    ]


def _by_tag(report: SourceReport) -> dict[str, TagFact]:
    found: dict[str, list[TagFact]] = {}
    for fact in report.tags:
        found.setdefault(fact.tag, []).append(fact)
    return {
        tag: facts[0]
        for tag, facts in found.items()
        if is_exact(*facts) and facts[0].formula and len({(fact.formula, fact.after) for fact in facts}) == 1
    }


def _read(signal: Signal, fact: TagFact, report: SourceReport) -> Signal:
    place = f"{fact.expression_file}:{fact.expression_line}" if fact.expression_line else fact.place
    reduction, stage = _REDUCTIONS.get(fact.formula), _stage(fact, report)
    if reduction is not None:
        signal = _settle(signal, "reduction", reduction, f"the source takes the {fact.formula} at {place}")
    if stage is not None:
        where = "by what the clip returns" if fact.after == "before clip" else fact.after
        signal = _settle(signal, "clip_stage", stage, f"the source measures it {where}, at {place}")
    return signal


def _stage(fact: TagFact, report: SourceReport) -> ClipStage | None:
    """Return the place relative to the clip; None where clips of these parameters are not known well enough."""
    clips = [event for event in report.events if event.kind is EventKind.CLIP]
    if not all(event.parts for event in clips) or not fact.networks:
        return None
    own = [event for event in clips if is_limit(event) and meet(event.parts, fact.networks)]
    if not own:
        return ClipStage.NONE if not clips else None
    match fact.after:
        case "before clip" | "after backward":
            return ClipStage.PRE
        case "after clip":
            return ClipStage.POST
    return None


def _settle(signal: Signal, name: str, value: str, how: str) -> Signal:
    """Establish a field, or add the source to what the numbers have established."""
    if signal.is_established(name):
        agrees = str(getattr(signal.meaning, name)) == str(value)
        return replace(signal, how={**signal.how, name: f"{signal.how[name]}; {how}"}) if agrees else signal
    others = {field: readings for field, readings in signal.alternatives.items() if field != name}
    return replace(signal, alternatives=others).establish(name, value, how)
