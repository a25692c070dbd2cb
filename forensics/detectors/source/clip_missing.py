"""A limit for the gradient norm is configured, and no line clips what the optimizer steps.

Observes: an optimizer step between whose backward pass and itself no clip of its parameters stands, anywhere in the
tree, or only one with an infinite limit, which measures and scales nothing; and a finite limit in the run's
configuration.

Why it matters: the run is not the experiment that its configuration describes. Under Adam it seldom is why a run
dies.

Evidence: the training source, and a configured limit such as max_grad_norm.

How it can be wrong: a library outside of the tree may clip (an update that Lightning makes by itself is left alone);
parameters that some clip covers at all, in any entry
point, are left alone, and a clip of unknown parameters anywhere makes it abstain.

References: PyTorch documentation, clip_grad_norm_; fault-catalogue row clip-missing.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent
from forensics.signals.source_limits import Configured, configured_limits
from forensics.signals.source_parts import meet
from forensics.signals.source_updates import Update, is_limit, updates

META = Meta(
    code="SRC103",
    name="source-clip-missing",
    fired="A clip limit is configured and the source clips nothing",
    clear="The source clips every parameter set that it steps",
    group="source-clip",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="a limit is configured for a clip that stands nowhere between backward and step",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_SCALES = (EventKind.CLIP, EventKind.NORM)  # a clip without bound is a norm


def detect(signals: Signals) -> Finding:
    """Compare the updates of the source with the limits that the run configures."""
    source = signals.source
    report = source.report if source else SourceReport()
    found = updates(report)
    clips = [event for event in report.events if event.kind is EventKind.CLIP]
    orphans = any(not clip.parts and is_limit(clip) for clip in clips)
    limits = configured_limits(signals)
    hits = []
    for update in found:
        own = [clip for clip in clips if meet(clip.parts, update.step.parts)]
        limit = next((one for one in limits if one.concerns(update.step)), None)
        measured = bool(own) and not any(is_limit(clip) for clip in own)
        beside = any(set(update.backwards) & set(other.backwards) and other.early for other in found)
        if limit is not None and (measured or not own) and not beside:
            hits.append(_hit(update, limit, sure=_is_sure(report, update) and (measured or not orphans)))
    loose = any(event.kind in _SCALES and not event.parts for event in report.events)
    whole = bool(found) and all(update.sure and all(map(update.clipped, update.leaves)) for update in found)
    return conclude(
        META,
        source,
        hits,
        clear="Each optimizer's parameters are clipped between backward and step." if whole and not loose else "",
        looked=[update.early[0] for update in found if update.early],
        lacking="clip in it, nor a configured limit",
    )


def _is_sure(report: SourceReport, update: Update) -> bool:
    """Whether a clip of an update would have been seen.

    Backward pass and step of one line are those of a trainer outside of the tree, which clips by settings of its own.
    """
    implied = any(backward.place == update.step.place for backward in update.backwards)
    return update.sure and not implied and is_absent(report, update.step, *update.backwards)


def _hit(update: Update, limit: Configured, *, sure: bool) -> Hit:
    return Hit(
        f"{update.step.subject} steps {listed(update.step.parts)} at {update.step.place} with the gradient of "
        f"{update.backwards[-1].place}, and nothing clips it, although {limit.key} = {limit.value:g} is configured.",
        (update.step, update.backwards[-1]),
        sure,
        {"limit": limit.value},
    )
