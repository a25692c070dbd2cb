"""A metric that is called a norm adds the norms of tensors.

Observes: the formula of logged gradient values, followed from the tag back to the expression: the sum of each
tensor's L2 norm, under a name that says norm.

Why it matters: a sum may exceed the clip's limit by up to the square root of the number of tensors while the clip
works, and alerts that were made for a norm fire on it.

Evidence: the training source, and the tag in the run where it has event files.

How it can be wrong: a sum that is called one is no fault and is left alone.

References: identity I4; fault-catalogue row sum-of-norms-metric.
"""

from __future__ import annotations

import re

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import SourceReport, TagFact
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact

META = Meta(
    code="SRC117",
    name="source-sum-of-norms",
    fired="In the source a logged gradient norm is a sum of norms",
    clear="In the source every logged gradient norm is a norm",
    group="source-norm-formula",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="the formula itself",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_NORM = re.compile(r"norm", re.I)
_SUM = re.compile(r"sum|total_of|l1", re.I)
FORMULA = "sum of l2"


def detect(signals: Signals) -> Finding:
    """Look at the formula of each logged norm."""
    source = signals.source
    report = source.report if source else SourceReport()
    norms = [tag for tag in report.tags if tag.formula and _NORM.search(tag.tag)]
    hits = [_hit(tag) for tag in norms if tag.formula == FORMULA and not _SUM.search(tag.tag)]
    sure = bool(norms) and is_exact(*norms)
    return conclude(
        META,
        source,
        hits,
        partly="No logged gradient norm is a sum of norms." if sure else "",
        looked=norms,
        lacking="logged gradient norm in it that could be followed",
    )


def _hit(tag: TagFact) -> Hit:
    made = f"{tag.expression_file}:{tag.expression_line}" if tag.expression_line else tag.place
    sentence = f"{tag.tag} is the sum of the L2 norms of the tensors of {listed(tag.networks)}, made at {made}."
    return Hit(sentence, (tag,), is_exact(tag))
