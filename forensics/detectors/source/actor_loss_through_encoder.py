"""The actor's loss reaches an encoder that its optimizer steps by the critic's observation argument.

Observes: a gradient path of a loss that judges the policy by another network, from a part that the policy's optimizer
steps straight into the judge, beside the path from that part through the policy.

Why it matters: the path through the action is bounded, the one through the features is not and is steeper; the
encoder learns to raise Q instead of to see.

Evidence: the training source: gradient paths by argument, with detach and no_grad as cuts.

How it can be wrong: an encoder that is shared on purpose and stepped by the actor's loss as well; an encoder that
only the critic's optimizer holds is not counted. A path that only some branches have does not decide.

References: Yarats et al. 2021, SAC+AE, arXiv 1910.01741; Yarats et al. 2022, DrQ-v2; fault-catalogue row
actor-loss-through-encoder.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact, is_followed
from forensics.signals.source_paths import argument, policy_losses

META = Meta(
    code="SRC113",
    name="source-actor-loss-through-encoder",
    fired="In the source the actor loss reaches an encoder around the policy",
    clear="In the source the actor loss reaches encoders through the policy alone",
    group="source-actor-path",
    needs=NEEDS,
    leak=(2, 1000),
    leak_reason="a second path into the critic beside the action; reference implementations detach it",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Look for ways around the policy."""
    source = signals.source
    losses = policy_losses(source.report if source else SourceReport())
    hits = [
        Hit(
            f"The loss {one.loss.subject} at {one.loss.place} reaches {path.part} by {argument(path)}, around the "
            f"policy, and {one.update.step.subject} steps it at {one.update.step.place}.",
            (one.loss, one.update.step),
            is_exact(one.loss, one.update.step),
        )
        for one in losses
        for path in one.direct
    ]
    followed = bool(losses) and all(is_followed(one.loss, one.update.step) for one in losses)
    return conclude(
        META,
        source,
        hits,
        clear="The loss of the policy reaches what its optimizer steps through the action alone." if followed else "",
        looked=[one.loss for one in losses],
        lacking="loss of a policy in it that a critic judges",
    )
