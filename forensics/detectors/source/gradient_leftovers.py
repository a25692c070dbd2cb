"""The actor's backward pass fills gradients of the critic, and the critic's next step uses them.

Observes: in one entry point that runs in turns, a backward pass that reaches parameters of another optimizer, no
zero_grad of these between it and the backward pass of their own loss in the next turn.

Why it matters: the critic's step then adds the gradient of minus Q and is pushed to raise its own values.

Evidence: the training source; the order of zero_grad, backward and step of the same parameters.

How it can be wrong: losses that are meant to train one network together do the same: backward passes that the same
step follows directly are not compared.

References: Fujimoto et al. 2018, TD3 reference implementation: critic zero_grad before its backward; fault-catalogue
row cross-network-gradient-leftovers.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, GradientPath, UpdateEvent
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact, is_followed
from forensics.signals.source_parts import covered, touched
from forensics.signals.source_updates import Update, updates

META = Meta(
    code="SRC108",
    name="source-gradient-leftovers",
    fired="In the source one loss leaves gradients that another step uses",
    clear="In the source no step uses gradients of another loss",
    group="source-leftovers",
    needs=NEEDS,
    leak=(2, 1000),
    leak_reason="the order of zero_grad and backward in one loop",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Follow each set of parameters once around its loop."""
    source = signals.source
    found = [update for update in (updates(source.report) if source else []) if update.zeroed]
    hits = [hit for update in found if (hit := _leftover(update)) is not None]
    sure = bool(found) and all(update.sure for update in found)
    return conclude(
        META,
        source,
        hits,
        clear="Whatever another loss leaves is zeroed before the next backward pass." if sure else "",
        looked=[update.zeroed[0] for update in found],
        lacking="zero_grad and step of the same parameters in it that could be followed",
    )


def _leftover(update: Update) -> Hit | None:
    """Return what is left for this update: a backward pass behind its step with no zero_grad before its own."""
    step = update.step
    place = next(index for index, event in enumerate(update.turn) if event is step)
    around = update.turn[place + 1 :] + update.turn[:place]
    strange: UpdateEvent | None = None
    for event in around:
        if event.kind is EventKind.ZERO_GRAD:
            strange = None
        elif event.kind is EventKind.BACKWARD and event in update.backwards:
            break
        elif event.kind is EventKind.BACKWARD:
            strange = event
    if strange is None:
        return None
    own = update.backwards[0]
    return Hit(
        f"The backward pass of {strange.subject or 'another loss'} at {strange.place} reaches {listed(step.parts)}; no "
        f"zero_grad stands between it and the next backward pass at {own.place}, whose gradient {step.subject} uses.",
        (strange, own, step),
        is_exact(strange, own, step) or (update.sure and _always(strange, step)),
    )


def _always(strange: UpdateEvent, step: UpdateEvent) -> bool:
    """Whether a loss reaches the stepped network on every branch: all its paths to others lead through that network."""
    others = [path for path in strange.paths if not covered(path.part, step.parts)]
    return bool(others) and is_followed(strange) and all(_through(path, step) for path in others)


def _through(path: GradientPath, step: UpdateEvent) -> bool:
    return any(touched(hop.partition("[")[0], step.parts) for hop in path.hops)
