"""A loss reaches the parameters of a target network.

Observes: a gradient path of a loss that ends in a network which was made as a copy of another and is moved towards
it.

Why it matters: the critic can lower its loss by moving the target to itself instead of learning the value; memory and
time per update about double.

Evidence: the training source: copies of networks, and gradient paths with no_grad, detach and requires_grad as cuts.

How it can be wrong: a copy that is trained on purpose is not one that an update moves after the other. A path that
only some branches have does not decide.

References: Baird 1995; Sutton and Barto 2018, section 11.5; fault-catalogue row target-not-detached.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact, is_followed
from forensics.signals.source_parts import holds, says_target

META = Meta(
    code="SRC115",
    name="source-target-attached",
    fired="In the source a loss is differentiated through a target network",
    clear="In the source no gradient reaches a target network",
    group="source-target-path",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="reference implementations all compute the target without gradient",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Compare the ends of gradient paths with the target networks."""
    source = signals.source
    report = source.report if source else SourceReport()
    moved = {part for event in report.events if event.kind is EventKind.TARGET_UPDATE for part in event.target}
    targets = moved | {fact.network for fact in report.targets if fact.updated}
    passes = [event for event in report.events if event.kind is EventKind.BACKWARD]
    hits = []
    for event in passes:
        ends = sorted({path.part for path in event.paths if any(holds(one, path.part) for one in targets)})
        if ends:
            sentence = f"The gradient of {event.subject or 'the loss'} at {event.place} reaches {ends[0]}, a target."
            hits.append(Hit(sentence, (event,), is_exact(event) and any(map(says_target, ends))))
    followed = bool(targets and passes) and all(event.parts and is_followed(event) for event in passes)
    return conclude(
        META,
        source,
        hits,
        clear="No loss reaches a target network." if followed else "",
        looked=passes,
        lacking="target network in it",
    )
