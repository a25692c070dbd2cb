"""Two optimizers use the gradient of one loss; what the first steps is clipped, what the second steps is not.

Observes: one backward pass, followed by steps of two optimizers before the next backward pass of the same parameters;
a clip covers the parameters of one, and no clip anywhere covers those of the other.

Why it matters: the limit is believed to hold for the whole update, and an encoder with an optimizer of its own steps
with its raw gradient.

Evidence: the training source.

How it can be wrong: an update that clips only one of two optimizers on purpose. Losses of their own (a temperature, a
model) are not compared; where nothing is clipped nothing is said.

References: PyTorch documentation, torch.optim; fault-catalogue row second-optimizer-bypasses-clip.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent
from forensics.signals.source_parts import meet
from forensics.signals.source_updates import Update, is_limit, seen_from, updates

META = Meta(
    code="SRC105",
    name="source-second-optimizer",
    fired="In the source a second optimizer steps what no clip covers",
    clear="In the source no second optimizer bypasses the clip",
    group="source-second-optimizer",
    needs=NEEDS,
    leak=(2, 1000),
    leak_reason="two optimizers on one loss of which one is clipped; seldom on purpose",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Compare the updates that one backward pass feeds."""
    source = signals.source
    report = source.report if source else SourceReport()
    found = updates(report)
    clips = [event for event in report.events if event.kind is EventKind.CLIP]
    hits = []
    for bare in found:
        if any(meet(clip.parts, bare.step.parts) for clip in clips if is_limit(clip)):
            continue
        other = next((one for one in found if _beside(one, bare)), None)
        if other is not None and bare.leaves:
            hits.append(_hit(bare, other, is_absent(report, bare.step, *bare.backwards)))
    several = any(one is not two and _shared(one, two) for one in found for two in found)
    steps = [event for event in report.events if event.kind is EventKind.STEP]
    sure = bool(found) and len(found) == len(steps) and all(update.sure for update in found)
    shared = "Two optimizers share a loss, and both or neither are clipped."
    clear = shared if several else "No loss feeds two optimizers."
    return conclude(META, source, hits, clear=clear if sure and clips else "", looked=[one.step for one in found])


def _beside(clipped: Update, bare: Update) -> bool:
    """Whether an update is clipped in full and uses the same gradient under another optimizer."""
    apart = not meet(clipped.step.parts, bare.step.parts)
    return apart and bool(clipped.early) and all(map(clipped.clipped, clipped.leaves)) and _shared(clipped, bare)


def _shared(one: Update, two: Update) -> bool:
    return any(first is second for first in one.backwards for second in two.backwards)


def _hit(bare: Update, other: Update, seen: bool) -> Hit:
    clip = seen_from(other.early[0], bare.step.file)
    return Hit(
        f"{bare.step.subject} steps {listed(bare.step.parts)} at {bare.step.place} with the raw gradient of "
        f"{bare.backwards[-1].place}; the clip at {clip.place} covers only {listed(clip.parts)}.",
        (bare.step, clip),
        seen and bare.sure and other.sure,
    )
