"""An alert compares a norm with a threshold above the limit that the clip before it sets.

Observes: comparisons of a total L2 norm, measured after a clip of the same parameters, with a number at or above the
clip's limit.

Why it matters: the comparison is never true, and its silence reads as reassurance.

Evidence: the training source: thresholds, the formula of what they are compared with, and the limit of the clip.

How it can be wrong: a limit that the configuration sets to something else at run time is not taken for known.

References: Beyer et al. 2016, Site Reliability Engineering, chapter 6; fault-catalogue row
alert-threshold-unreachable.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import SourceReport, ThresholdFact
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact

META = Meta(
    code="SRC120",
    name="source-alert-unreachable",
    fired="In the source an alert watches what its clip keeps below it",
    clear="In the source every alert can fire",
    group="source-alert",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="a threshold against a bound that the clip sets",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Compare thresholds with the bounds of what they watch."""
    source = signals.source
    report = source.report if source else SourceReport()
    alerts = [fact for fact in report.thresholds if fact.operator in (">", ">=") and fact.bound is not None]
    hits = [
        Hit(
            f"{fact.text} at {fact.place} is never true: it watches the {fact.formula} norm of "
            f"{listed(fact.networks)}, which the clip keeps at {fact.bound:g} or less.",
            (fact,),
            is_exact(fact),
            {"threshold": fact.threshold, "bound": fact.bound},
        )
        for fact in alerts
        if _never(fact)
    ]
    known = "Every alert on a clipped norm lies below the limit of the clip." if alerts else ""
    return conclude(META, source, hits, partly=known, looked=alerts, lacking="alert on a clipped norm in it")


def _never(fact: ThresholdFact) -> bool:
    return fact.bound is not None and fact.threshold >= fact.bound
