"""One optimizer steps parameters that its clip covers, and others that no clip covers.

Observes: parameters that a loss reaches and one step moves, some inside and some outside of the clips that stand
between backward and step.

Why it matters: `clip_grad_norm_(actor.parameters())` leaves out an encoder that is a module of its own; the total
norm then follows the raw norm of what was left out.

Evidence: the training source; gradient paths, and the parameter sets of optimizers and clips.

How it can be wrong: leaving a part unclipped on purpose looks the same. Parameters of unknown owners decide nothing.

References: PyTorch documentation, clip_grad_norm_: the norm is computed over the parameters given; fault-catalogue
row clip-on-subset.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent
from forensics.signals.source_updates import Update, seen_from, updates

META = Meta(
    code="SRC104",
    name="source-clip-covers-subset",
    fired="In the source the clip covers some of what the optimizer steps",
    clear="In the source every clip covers all that its optimizer steps",
    group="source-clip-cover",
    needs=NEEDS,
    leak=(2, 1000),
    leak_reason="a set of parameters against another; a deliberate half clip is very rare",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Split what each step moves by whether a clip covers it."""
    source = signals.source
    report = source.report if source else SourceReport()
    clipped = [update for update in updates(report) if update.early]
    whole = bool(clipped) and all(update.sure and not _left_out(update) for update in clipped)
    return conclude(
        META,
        source,
        [_hit(report, update, left) for update in clipped if (left := _left_out(update))],
        clear="Each clip covers all parameters that its optimizer steps and its loss reaches." if whole else "",
        looked=[update.early[0] for update in clipped],
        lacking="clip and step in it that could be followed",
    )


def _left_out(update: Update) -> list[str]:
    """Return the leaves that no clip covers, where others of the same step are covered."""
    free = [leaf for leaf in update.leaves if not update.clipped(leaf)]
    return free if len(free) < len(update.leaves) else []


def _hit(report: SourceReport, update: Update, left: list[str]) -> Hit:
    clip = seen_from(update.early[0], update.step.file)
    covers = listed([part for one in update.early for part in one.parts])
    return Hit(
        f"The clip at {clip.place} covers {covers}; {update.step.subject} also steps {listed(left)} at "
        f"{update.step.place}, which no clip covers.",
        (clip, update.step),
        update.sure and is_absent(report, update.step, *update.backwards, *update.early),
    )
