"""A part with parameters is made, and no line of the tree reads it again.

Observes: an attribute that holds a layer or a network, assigned in a constructor and read nowhere.

Why it matters: it is counted, saved and handed to the optimizer, its gradient stays absent, and whoever made it
believes that it is in use.

Evidence: the training source.

How it can be wrong: a part that is reached by a computed name (getattr, a loop over children) makes the reading
abstain; a leftover of an earlier version is harmless.

References: PyTorch documentation, DistributedDataParallel: find_unused_parameters; fault-catalogue row
module-unused-in-forward.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact

META = Meta(
    code="SRC112",
    name="source-module-unused",
    fired="The source makes a part with parameters and never calls it",
    clear="The source calls every part that it makes",
    group="source-unused",
    needs=NEEDS,
    leak=(5, 100),
    leak_reason="parts that only one of several configurations uses are read in some line; a leftover is harmless",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Report the parts that nothing reads."""
    source = signals.source
    report = source.report if source else SourceReport()
    hits = [
        Hit(
            f"{fact.owner} makes {fact.attribute} ({fact.kind or 'a module'}) at {fact.place} and never reads it.",
            (fact,),
            is_exact(fact) and not fact.kind.endswith("Parameter"),
        )
        for fact in report.unused_modules
    ]
    known = "Every part that a constructor makes is read somewhere." if report.optimizers else ""
    return conclude(META, source, hits, partly=known, looked=report.optimizers, lacking="network in it")
