"""Gradients of a scaled loss are clipped while they are still scaled.

Observes: a backward pass of `scaler.scale(loss)`, or a step through the scaler, and a clip between the two without
`unscale_` of its optimizer before it.

Why it matters: the scale is up to 65,536; the clip sees gradients that much too large, cuts all of them, and its
strength follows the scale.

Evidence: the training source. That a loss is scaled is read from the text of the lines of backward and step.

How it can be wrong: a wrapper that unscales within its own clip (Accelerate and Lightning do) has no scaler in its
lines and is left alone.

References: PyTorch documentation, automatic mixed precision examples, gradient clipping; fault-catalogue row
clip-before-unscale.
"""

from __future__ import annotations

import re

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.signals.signals import Signals
from forensics.signals.source import Source
from forensics.signals.source_updates import Update, updates

META = Meta(
    code="SRC106",
    name="source-clip-before-unscale",
    fired="In the source the clip stands before the scaler unscales",
    clear="In the source the scaler unscales before the clip",
    group="source-unscale",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="the line that PyTorch documents for this case is missing",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_SCALED = re.compile(r"\.scale\(.*\.backward\(|scaler\w*\.step\(")


def detect(signals: Signals) -> Finding:
    """Look at each clip of a scaled gradient for the unscaling before it."""
    source = signals.source
    scaled = [one for one in updates(source.report) if one.early and _is_scaled(source, one)] if source else []
    return conclude(
        META,
        source,
        [_hit(update) for update in scaled if not _in_time(update)],
        clear="Each clip of a scaled gradient stands behind unscale_." if scaled else "",
        looked=[update.early[0] for update in scaled],
        lacking="clip of a scaled gradient in it",
    )


def _is_scaled(source: Source, update: Update) -> bool:
    return any(_SCALED.search(source.line(fact)) for fact in (update.step, *update.backwards))


def _in_time(update: Update) -> bool:
    return any(event.order < update.early[0].order for event in update.unscaled)


def _hit(update: Update) -> Hit:
    clip = update.early[0]
    return Hit(
        f"The clip of {listed(clip.parts)} at {clip.place} stands between the scaled backward pass of "
        f"{update.backwards[-1].place} and {update.step.subject}'s step at {update.step.place}, and nothing unscales "
        "before it.",
        (clip, update.backwards[-1], update.step),
        update.sure,
    )
