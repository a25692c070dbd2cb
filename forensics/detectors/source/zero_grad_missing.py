"""An optimizer steps with a gradient that nothing ever zeroes.

Observes: parameters that a backward pass reaches and a step moves, for which no zero_grad stands anywhere in the
tree.

Why it matters: backward adds to what is there; each step then follows the sum of all gradients so far.

Evidence: the training source.

How it can be wrong: gradients set to None by hand, or by a wrapper outside of the tree (Lightning and Accelerate
state theirs); a zero_grad of unknown parameters anywhere makes it abstain.

References: PyTorch documentation, Optimizer.zero_grad; fault-catalogue row gradients-not-zeroed.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent
from forensics.signals.source_updates import updates

META = Meta(
    code="SRC107",
    name="source-zero-grad-missing",
    fired="In the source nothing zeroes a gradient that is stepped with",
    clear="In the source every gradient that is stepped with is zeroed",
    group="source-zero-grad",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="a call that every loop has",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_BY_HAND = ".grad = None"


def detect(signals: Signals) -> Finding:
    """Look for the zero_grad of what each step moves."""
    source = signals.source
    report = source.report if source else SourceReport()
    found = [update for update in updates(report) if update.leaves]
    zeroes = [event for event in report.events if event.kind is EventKind.ZERO_GRAD]
    by_hand = source is not None and any(_BY_HAND in text for text in source.texts.values())
    known = all(event.parts for event in zeroes) and not by_hand
    hits = [
        Hit(
            f"{update.step.subject} steps {listed(update.step.parts)} at {update.step.place}, and no zero_grad of them "
            "stands in the tree.",
            (update.step, update.backwards[-1]),
            update.sure and known and is_absent(report, update.step, *update.backwards),
        )
        for update in found
        if not update.zeroed
    ]
    return conclude(
        META,
        source,
        hits,
        clear="A zero_grad stands for the parameters of every step." if found and known else "",
        looked=[update.zeroed[0] for update in found if update.zeroed],
    )
