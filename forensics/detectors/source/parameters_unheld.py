"""A loss that is stepped reaches parameters, and no optimizer of the tree holds them.

Observes: parameters at the end of a gradient path of a stepped loss that stand in no optimizer.

Why it matters: backward fills their gradient and nothing moves them; the rest trains around random weights.

Evidence: the training source.

How it can be wrong: an optimizer that is built from a list which was not followed makes it abstain. Parameters that
are left alone on purpose without requires_grad_(False) look the same.

References: PyTorch documentation, torch.optim; fault-catalogue row parameters-missing-from-optimizer.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent, is_followed

META = Meta(
    code="SRC110",
    name="source-parameters-unheld",
    fired="In the source a loss reaches parameters that no optimizer holds",
    clear="In the source an optimizer holds all that a loss reaches",
    group="source-held",
    needs=NEEDS,
    leak=(2, 1000),
    leak_reason="a set of parameters against another; what is meant to stay is frozen, and then no path reaches it",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Report the parameters that nothing holds."""
    source = signals.source
    report = source.report if source else SourceReport()
    hits = [
        Hit(
            f"{fact.loss or 'A loss'} reaches {fact.part} at {fact.place}, and no optimizer holds it.",
            (fact, *report.optimizers[:1]),
            is_absent(report, fact) and not _is_target(report, fact.network),
        )
        for fact in report.unheld
    ]
    known = bool(report.optimizers) and all(fact.parts and is_followed(fact) for fact in report.optimizers)
    passes = [event for event in report.events if event.kind is EventKind.BACKWARD]
    whole = known and bool(passes) and all(event.parts and is_followed(event) for event in passes)
    return conclude(
        META,
        source,
        hits,
        clear="Every parameter that a stepped loss reaches stands in an optimizer." if whole else "",
        looked=report.optimizers,
        lacking="optimizer in it that could be followed",
    )


def _is_target(report: SourceReport, network: str) -> bool:
    """Whether the network is the copy of another: a gradient there is a fault of the target, not of the optimizer."""
    return any(fact.network == network for fact in report.targets)
