"""The optimizer steps with the gradient, and the clip of the same parameters stands below.

Observes: an optimizer step that follows a backward pass with no clip of its parameters in between, and a clip of them
after it, before the next backward pass.

Why it matters: the norm measured after such a clip obeys the limit and looks like proof; under Adam no number that is
logged tells the run from a healthy one.

Evidence: the training source; the order in which one entry point executes its lines, loops turned to begin with a
gradient, opposite sides of a branch never mixed.

How it can be wrong: a second clip in a hook or a wrapper that was not followed; events known by name alone, and clips
whose order to the step cannot be told, decide nothing.

References: PyTorch documentation, clip_grad_norm_ and Optimizer.step; fault-catalogue row step-before-clip.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.signals.signals import Signals
from forensics.signals.source_parts import touched
from forensics.signals.source_updates import Update, seen_from, updates

META = Meta(
    code="SRC102",
    name="source-steps-before-clip",
    fired="In the source the optimizer steps before the clip",
    clear="In the source the clip stands before the step",
    group="source-clip-order",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="an order of two lines, which no healthy loop has",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Look at every update for a clip that comes too late."""
    source = signals.source
    found = updates(source.report) if source else []
    clipped = [update for update in found if update.early or update.late]
    kept = bool(clipped) and all(update.sure and update.early for update in clipped)
    return conclude(
        META,
        source,
        [_hit(update) for update in clipped if _too_late(update)],
        clear="Every clip that could be followed stands between backward and step." if kept else "",
        looked=[update.early[0] for update in clipped if update.early],
        lacking="clip and step of the same parameters in it that could be followed",
    )


def _too_late(update: Update) -> bool:
    late = [leaf for leaf in update.leaves if any(touched(leaf, clip.parts) for clip in update.late)]
    return bool(late) and not any(update.clipped(leaf) for leaf in late)


def _hit(update: Update) -> Hit:
    step, clip = update.step, seen_from(update.late[0], update.step.file)
    return Hit(
        f"{step.subject} steps {listed(step.parts)} at {step.place}; the clip of {listed(clip.parts)} stands behind "
        f"it, at {clip.place}, where nothing uses it any more.",
        (step, clip),
        update.sure,
    )
