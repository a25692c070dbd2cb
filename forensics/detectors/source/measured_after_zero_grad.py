"""A gradient norm is measured after zero_grad and before the next backward pass.

Observes: a norm, or a clip that measures it, whose last event of the same parameters is their zero_grad.

Why it matters: every gradient is zero or absent there, so the log says zero while the parameters move.

Evidence: the training source: the order of zero_grad, backward, clip and norm in one entry point.

How it can be wrong: a measurement at the top of a loop whose zero_grad stands at its end belongs there too, and is
the same fault. Measures of parameters instead of gradients are not counted.

References: PyTorch documentation, Optimizer.zero_grad; fault-catalogue row measured-after-zero-grad.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport, UpdateEvent
from forensics.signals.signals import Signals
from forensics.signals.source import is_followed
from forensics.signals.source_parts import meet
from forensics.signals.source_updates import exclude

META = Meta(
    code="SRC119",
    name="source-measured-after-zero-grad",
    fired="In the source a gradient is measured after it was zeroed",
    clear="In the source gradients are measured while they are there",
    group="source-norm-time",
    needs=NEEDS,
    leak=(2, 1000),
    leak_reason="the order of two lines",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_MEASURES = (EventKind.NORM, EventKind.CLIP)


def detect(signals: Signals) -> Finding:
    """Look at what stands before each measurement."""
    source = signals.source
    report = source.report if source else SourceReport()
    measured = [event for event in report.events if event.kind in _MEASURES and event.parts and not event.setup]
    hits = [
        Hit(
            f"The gradient of {listed(event.parts)} is measured at {event.place}, after zero_grad at {zero.place}.",
            (event, zero),
            is_followed(event, zero),
        )
        for event in measured
        if (zero := _zeroed(report, event)) is not None
    ]
    return conclude(
        META,
        source,
        hits,
        partly="No gradient is measured between zero_grad and backward." if measured and is_followed(*measured) else "",
        looked=measured,
        lacking="measurement of a gradient in it that could be followed",
    )


def _zeroed(report: SourceReport, event: UpdateEvent) -> UpdateEvent | None:
    """Return the zero_grad of the measured parameters that no backward pass, of whatever, separates from it."""
    before = [
        one
        for one in report.events
        if one.kind in (EventKind.ZERO_GRAD, EventKind.BACKWARD) and one.root == event.root and not exclude(one, event)
        and one.order < event.order and (one.kind is EventKind.BACKWARD or meet(one.parts, event.parts))
    ]  # fmt: skip
    return before[-1] if before and before[-1].kind is EventKind.ZERO_GRAD else None
