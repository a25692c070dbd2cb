"""A loss is differentiated and an optimizer steps, and no path leads from the one to the parameters of the other.

Observes: a step whose parameters no backward pass of the tree reaches, right behind a backward pass that reaches
other networks.

Why it matters: backward succeeds through what is left of the graph, the loss still moves with the other networks, and
the stepped parameters never change.

Evidence: the training source: gradient paths through calls, cut by detach, no_grad, item and numpy.

How it can be wrong: a path through code outside of the tree. A backward pass that reaches nothing at all was not
followed and decides nothing.

References: PyTorch documentation, autograd mechanics; fault-catalogue row loss-detached-from-parameters.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport, UpdateEvent
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent, is_exact
from forensics.signals.source_parts import meet
from forensics.signals.source_updates import exclude, names_tell, updates

META = Meta(
    code="SRC109",
    name="source-loss-detached",
    fired="In the source a loss reaches nothing that its optimizer steps",
    clear="In the source every loss reaches what its optimizer steps",
    group="source-loss-path",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="no path in any branch; a network that learns has one",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Look at each step for a backward pass that reaches its parameters."""
    source = signals.source
    report = source.report if source else SourceReport()
    fed = updates(report)
    hits = [hit for step in report.events if (hit := _unfed(report, step)) is not None]
    steps = [event for event in report.events if event.kind is EventKind.STEP]
    whole = bool(fed) and len(fed) == len(steps) and all(is_exact(*update.backwards) for update in fed)
    return conclude(
        META,
        source,
        hits,
        clear="A loss reaches the parameters of every step." if whole else "",
        looked=[update.backwards[0] for update in fed],
    )


def _unfed(report: SourceReport, step: UpdateEvent) -> Hit | None:
    if step.kind is not EventKind.STEP or not step.parts:
        return None
    passes = [event for event in report.events if event.kind is EventKind.BACKWARD]
    if any(meet(event.parts, step.parts) or meet(event.frozen, step.parts) for event in passes):
        return None
    before = [one for one in passes if one.root == step.root and one.order < step.order and not exclude(one, step)]
    if not before:
        return None
    last = before[-1]
    between = [
        event
        for event in report.events
        if event.kind is EventKind.STEP and event.root == step.root and last.order < event.order < step.order
    ]
    if between and meet(last.parts, [part for event in between for part in event.parts]):
        return None
    return Hit(
        f"{step.subject} steps {listed(step.parts)} at {step.place}; the backward pass of {last.subject or 'the loss'} "
        f"at {last.place} reaches {listed(last.parts) or 'no parameters'}, and no loss of the tree reaches the others.",
        (last, step),
        names_tell(report) and is_absent(report, step, *passes) and all(event.parts for event in passes),
    )
