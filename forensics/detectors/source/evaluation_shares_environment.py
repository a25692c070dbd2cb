"""An evaluation steps the environment that training steps.

Observes: two calls of step on one environment object, one of them in an evaluation.

Why it matters: unless training resets afterwards, it goes on in an episode that is not its own.

Evidence: the training source.

How it can be wrong: an evaluation between two episodes that ends with a reset does no harm; a second environment on
the same simulator does, and is not seen here. This supports an explanation and does not make one.

References: Henderson et al. 2018, arXiv 1709.06560; fault-catalogue row evaluation-corrupts-training.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact

META = Meta(
    code="SRC123",
    name="source-evaluation-shares-environment",
    fired="In the source an evaluation steps the environment of the training",
    clear="In the source evaluations have an environment of their own",
    group="source-evaluation",
    needs=NEEDS,
    leak=(10, 100),
    leak_reason="small scripts do it and reset afterwards",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Report evaluations on the training's environment."""
    source = signals.source
    report = source.report if source else SourceReport()
    evaluations = [fact for fact in report.environments if fact.evaluation]
    hits = [
        Hit(f"The evaluation at {fact.place} steps {fact.name}, which training steps too.", (fact,), is_exact(fact))
        for fact in evaluations
        if fact.shared
    ]
    clear = "No evaluation steps the environment of the training." if evaluations and is_exact(*evaluations) else ""
    return conclude(META, source, hits, clear=clear, looked=evaluations, lacking="evaluation in it")
