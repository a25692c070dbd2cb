"""In the actor's loss the critic is called on features of an encoder that no loss of the critic trains.

Observes: the encoders whose features enter an argument of the critic in the critic's own loss, and those whose
features enter it in the actor's loss, with a gradient or detached.

Why it matters: the two encoders share no coordinates, so Q is read far outside of what it was fitted on, and the
slope that the actor follows means nothing.

Evidence: the training source: gradient paths by argument, and those that detach or no_grad cut.

How it can be wrong: features that pass through code outside of the tree leave no path: this cannot be clear. A critic
that is trained on both encoders somewhere is left alone, and so is an argument by which the policy itself is judged.

References: Yarats et al. 2022, DrQ-v2, arXiv 2107.09645; fault-catalogue row critic-on-foreign-features.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import Confidence, SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact
from forensics.signals.source_parts import meet
from forensics.signals.source_paths import PolicyLoss, argument, policy_losses, read_beside, read_by

META = Meta(
    code="SRC114",
    name="source-critic-on-foreign-features",
    fired="In the source the critic judges features of an encoder that its own loss never trains",
    clear="In the source the critic judges features that its own loss trains",
    group="source-features",
    needs=NEEDS,
    leak=(2, 1000),
    leak_reason="an encoder in the one loss and another in the other",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Compare the features that enter the critic in either loss."""
    source = signals.source
    report = source.report if source else SourceReport()
    hits = [hit for one in policy_losses(report) if (hit := _foreign(report, one)) is not None]
    return conclude(META, source, hits, lacking="features in it that enter a critic in two losses with a gradient")


def _foreign(report: SourceReport, one: PolicyLoss) -> Hit | None:
    for path in (*one.direct, *read_beside(one)):
        own = sorted({known.part for known in read_by(report, one.judge, argument(path), one.loss)})
        if not own or meet([path.part], own):
            continue
        return Hit(
            f"In {one.loss.subject} at {one.loss.place} {argument(path)} is called on features of {path.part}; the "
            f"losses that train {one.judge} give it those of {listed(own)}.",
            (one.loss, one.update.step),
            is_exact(one.loss) and (path in one.direct or one.loss.reads_confidence is Confidence.EXACT),
        )
    return None
