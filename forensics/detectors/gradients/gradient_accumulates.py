"""A gradient norm is carried over from update to update: it grows, and hardly answers to the loss of the batch.

Observes: how much the norm before clipping changes from one logged point to the next beyond its trend, against how
much the loss of that network does, and whether the norm has grown.

Why it matters: the gradient of a squared error is in proportion to the error, so its norm moves by at least half as
much as the loss does (on a log scale). A norm that goes on where the loss jumps is a sum over many batches: gradients
that nobody set to zero.

Evidence: a gradient norm before clipping and the loss of its network, as single values at the same steps.

How it can be wrong: a norm that is smoothed and a loss that is not (they must be declared alike); a clip scales what
is carried over, so that under an active clip the sum stays near the limit and this stays silent.

References: PyTorch documentation, Optimizer.zero_grad (backward adds to what is there); fault catalogue,
gradients-not-zeroed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.detectors.gradients.parts import gradient_norms, part_name
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Aggregation, ClipStage, Network, Quantity, Role, Statistic
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.growth import growth
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="GRD119",
    name="gradient-accumulates",
    fired="A gradient is carried over from update to update",
    clear="Gradients answer to the batch",
    group="gradient-memory",
    needs=("gradient norm before clipping at twenty points", "loss of that network at the same steps"),
    leak=(1, 300),
    leak_reason="among archived and planted runs no other norm answers to the loss by less than half",
    how_to_log="total = clip_grad_norm_(critic.parameters(), c)  # returns the norm before clipping: log it",
)
THRESHOLDS = {
    "answer": Threshold(0.1, "of the changes of the loss", "a squared error's gradient gives a half and more"),
    "growth": Threshold(3.0, "times its start", "a sum of hundreds of gradients has outgrown each of them"),
    "loss": Threshold(0.1, "log change of the loss", "where the loss itself hardly changes nothing can be told"),
    "exploded": Threshold(3.0, "decades", "a loss that grows a thousandfold moves by its growth, not by its batches"),
    "points": Threshold(20, "points", "a median of fewer changes is chance"),
}
LOSSES = (Network.CRITIC, Network.VALUE, Network.MODEL, Network.NONE)  # a policy's objective is no squared error


@dataclass(frozen=True)
class _Answer:
    """Median change of the norm's and the loss's logarithm from point to point, trend removed, and the growth."""

    norm: Signal
    loss: Signal
    share: float
    rises: float
    exploded: bool

    @property
    def is_carried_over(self) -> bool:
        return self.share <= THRESHOLDS["answer"].value and self.rises >= THRESHOLDS["growth"].value


def detect(signals: Signals) -> Finding:
    """Compare the changes of every norm with those of its loss."""
    least = int(THRESHOLDS["points"].value)
    norms = [norm for norm in gradient_norms(signals, least) if norm.meaning.clip_stage is not ClipStage.POST]
    found = [answer for norm in norms if (answer := _answer(signals, norm)) is not None]
    if not found:
        return META.not_applicable()
    carried = [answer for answer in found if answer.is_carried_over]
    worst = max(carried, key=lambda answer: answer.rises) if carried else min(found, key=lambda answer: answer.share)
    norm, limit = worst.norm, THRESHOLDS["answer"].value
    values: dict[str, Number] = {
        "part": part_name(norm),
        "share": worst.share,
        "growth": worst.rises,
        "points": len(norm),
    }
    statement = (
        f"{norm.tag} changes from point to point by {worst.share:.2g} of what {worst.loss.tag} does from step "
        f"{norm.steps[0]} to {norm.steps[-1]} ({len(norm)} points) against {limit:g}, and grows {worst.rises:.3g}-fold."
    )
    evidence = [norm.ref(), worst.loss.ref()]
    if not carried and worst.exploded:
        return META.inconclusive(f"{statement} But the loss itself explodes.", values=values, evidence=evidence)
    if not carried:
        return META.pass_(statement, values=values, evidence=evidence)
    shown = figure(f"Gradient norm of the {part_name(norm)} and its loss", [norm, worst.loss])
    return META.fire(statement, values=values, evidence=evidence, figure=shown, onset=int(norm.steps[0]))


def _answer(signals: Signals, norm: Signal) -> _Answer | None:
    loss = _loss_of(signals, norm)
    grown = growth(norm.values)
    if loss is None or grown is None:
        return None
    _, (own, paired) = join(norm, loss)
    keep = np.isfinite(own) & np.isfinite(paired) & (own > 0) & (paired > 0)
    if keep.sum() < THRESHOLDS["points"].value:
        return None
    changes = _changes(paired[keep])
    if changes < THRESHOLDS["loss"].value:
        return None
    course = growth(paired)
    exploded = course is not None and course.decades >= THRESHOLDS["exploded"].value
    return _Answer(norm, loss, _changes(own[keep]) / changes, 10**grown.decades, exploded)


def _loss_of(signals: Signals, norm: Signal) -> Signal | None:
    """Return the loss of the norm's network that is logged as the norm is: single values or neither known."""
    if norm.meaning.network not in LOSSES or norm.meaning.aggregation not in (Aggregation.INSTANT, Aggregation.UNKNOWN):
        return None
    # Parts of the one model that is trained are named after their layers, without a network.
    networks = (Network.MODEL, Network.NONE) if norm.meaning.network is Network.NONE else norm.meaning.network
    losses = [
        loss
        for loss in signals.select(Quantity.LOSS, network=networks, statistic=(Statistic.MEAN, Statistic.VALUE))
        if loss.meaning.aggregation is norm.meaning.aggregation and loss.meaning.role is not Role.VALIDATION
    ]
    return max(losses, key=lambda loss: (loss.meaning.member == 0, len(loss)), default=None)


def _changes(values: Array) -> float:
    """Return the median second difference of the logarithm: a steady trend has none."""
    return float(np.median(np.abs(np.diff(np.log(values), n=2))))
