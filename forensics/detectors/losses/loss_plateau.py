"""See whether a supervised loss stays where it began.

Observes:
    A training loss whose median over the last two thirds lies within 5 % of its beginning and has no slope.

Why it matters:
    Nothing is learned: learning rate zero, a detached loss, labels that do not belong to the inputs.

Evidence:
    The training loss of a model (not of an actor or critic, whose targets move) at twenty points.

How it can be wrong:
    A model that was trained already, or whose log begins after the fall, starts at its final level: it weighs little
    unless the loss is that of equal odds, or an accuracy is logged and does not rise. Adversaries in balance have flat
    losses by design and are left out.

References:
    DRLinter taxonomy (arXiv 2101.00135); AutoTrainer (ICSE 2021), slow convergence; fault-catalogue, loss-plateau.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.robust import finite, mad, rank_correlation
from forensics.signals.signals import Signal, Signals
from forensics.signals.vocabulary import words

META = Meta(
    code="LOS103",
    name="loss-plateau",
    fired="The training loss stays where it began",
    clear="The training loss leaves the level at which it began",
    group="loss-level",
    needs=("training loss of a supervised model",),
    leak=(4, 100),
    leak_reason="models that continue an earlier training start at their final level",
    how_to_log='writer.add_scalar("train/loss", loss.item(), step)',
)

THRESHOLDS = {
    "drop": Threshold(0.05, "of the first level", "fault-catalogue, loss-plateau: near the start for most of the run"),
    "points": Threshold(20, "points", "thirds of six points each"),
    "chance": Threshold(2.33, "standard errors", "the one-sided 1 % level of a rank correlation (Kendall 1990)"),
    "rise": Threshold(0.05, "of accuracy", "as for the loss: a twentieth"),
    "of chance": Threshold(0.02, "of ln(classes)", "cross-entropy of equal odds; initial weights add a little"),
}
BLOCKS = 20
CLASSES = (2, 3, 4, 5, 10, 20, 50, 100, 200, 1000)
# Fine-tuning begins near its final level: without a sign that the model was untrained, flat is ordinary.
LEAK_OF_TRAINED = (20.0, 100.0)
_ADVERSARIES = frozenset("g d gen disc generator discriminator adversarial adv gan".split())

_OF_REINFORCEMENT = (
    Quantity.EPISODIC_RETURN,
    Quantity.Q_VALUE,
    Quantity.EPISODE_LENGTH,
    Quantity.EXPLAINED_VARIANCE,
    Quantity.CLIP_FRACTION,
)


def detect(signals: Signals) -> Finding:
    """Fire where the whole course lies within the limit of its beginning."""
    loss = signals.first(Quantity.LOSS, network=Network.MODEL, role=(Role.TRAIN, Role.NONE))
    if loss is None or any(signals.first(quantity) is not None for quantity in _OF_REINFORCEMENT):
        return META.not_applicable()
    if _adversarial(signals):
        return META.not_applicable("training loss of a model without an adversary")
    values = finite(loss.values)
    if len(values) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{loss.tag} has only {len(values)} finite points.")
    start = float(np.median(values[:3]))
    middle, end = (float(np.median(part)) for part in np.array_split(values[len(values) // 3 :], 2))
    drop = max(abs(start - middle), abs(start - end)) / max(abs(start), 1e-12)
    limit = THRESHOLDS["drop"].value
    numbers: dict[str, Number] = {"start": start, "end": end, "drop": drop, "points": len(values)}
    span = f"from step {loss.steps[0]} to {loss.steps[-1]} ({len(values)} points): "
    span += f"{drop:.2%} of {start:.4g} against {limit:.0%}"
    if drop > limit:
        return META.pass_(f"{loss.tag} leaves its first level {span}.", values=numbers, evidence=[loss.ref()])
    if mad(values) > 0.5 * abs(start):
        return META.inconclusive(f"{loss.tag} scatters too much to tell {span}.", values=numbers)
    blocks = np.array([float(np.median(part)) for part in np.array_split(values, min(BLOCKS, len(values) // 3))])
    trend = rank_correlation(np.arange(len(blocks), dtype=np.float64), blocks)
    numbers["trend"] = trend
    falls = trend < -THRESHOLDS["chance"].value / float(np.sqrt(len(blocks) - 1))
    scores = signals.select(Quantity.ACCURACY)
    rising = next((score for score in scores if _rises(score)), None)
    if rising is not None:
        return META.inconclusive(f"{loss.tag} stays at its first level {span}, but {rising.tag} rises.", values=numbers)
    untrained = not falls and (bool(scores) or _at_chance(start))
    return _fire(loss, span, numbers, None if untrained else LEAK_OF_TRAINED)


def _adversarial(signals: Signals) -> bool:
    """Whether two models train against each other: their losses are flat in balance, and say nothing of progress."""
    losses = signals.select(Quantity.LOSS, network=(Network.MODEL, Network.CRITIC))
    return any(_ADVERSARIES & set(words(loss.tag).split()) for loss in losses)


def _rises(score: Signal) -> bool:
    values = finite(score.values)
    third = len(values) // 3
    return third > 0 and float(np.median(values[-third:]) - np.median(values[:3])) > THRESHOLDS["rise"].value


def _at_chance(level: float) -> bool:
    """Whether a loss is that of equal odds among a customary number of classes, as an untrained classifier has it."""
    return any(abs(level / float(np.log(classes)) - 1) <= THRESHOLDS["of chance"].value for classes in CLASSES)


def _fire(loss: Signal, span: str, numbers: dict[str, Number], leak: tuple[float, float] | None) -> Finding:
    return META.fire(
        f"{loss.tag} stays at its first level {span}.",
        values=numbers,
        evidence=[loss.ref()],
        figure=figure("Training loss", [loss]),
        onset=int(loss.steps[0]),
        leak=leak,
    )
