"""See whether a model answers the same whatever it sees.

Observes:
    A held-out accuracy that takes the same one or two values at three evaluations of four and does not rise, while
    the training loss, which moves from point to point, does not fall either. Or, over the last two thirds, accuracy
    and loss of equal odds among one customary number of classes: 1/n and ln n.

Why it matters:
    Accuracy counts answers: where weights move and no answer changes, the model gives every input one class, or
    changes between two. Equal odds are what a model gives that knows nothing of its input. Units that died or
    saturated in the first updates end there, and so do labels without sense.

Evidence:
    A held-out accuracy at twelve evaluations, and the training loss.

How it can be wrong:
    A handful of held-out samples allows few values: hence the loss must stand too. So does an accuracy that is
    printed in whole percents: nothing is said of one but where the odds are equal. A model that was right from the
    first evaluation on has nothing to gain: an accuracy near 1 is left out. A model that has told groups of classes
    apart, and nothing within them, has equal odds of fewer classes.

References:
    Lu et al. 2020, "Dying ReLU and initialization" (arXiv 1903.06733): a dead network is a constant function;
    AutoTrainer (ICSE 2021), dying ReLU; fault-catalogue, loss-plateau.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.losses.loss_plateau import CLASSES
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.figure import figure
from forensics.signals.robust import finite
from forensics.signals.signals import Array, Signal, Signals

META = Meta(
    code="LOS106",
    name="answers-ignore-input",
    fired="The model answers the same whatever it sees",
    clear="The answers of the model change",
    group="held-out-answers",
    needs=("accuracy on held-out data", "training loss of a supervised model"),
    leak=(1, 100),
    leak_reason="a model that learns changes some answer between two evaluations, and its loss falls",
    how_to_log='writer.add_scalar("val/accuracy", (scores.argmax(1) == labels).float().mean().item(), step)',
)

THRESHOLDS = {
    "repeated": Threshold(0.75, "of the evaluations, at two values", "chance gives a thousand samples twenty values"),
    "rise": Threshold(0.05, "of accuracy", "as for loss-plateau: a twentieth"),
    "fall": Threshold(0.10, "of the loss, first third to last", "twice the drop that loss-plateau allows for noise"),
    "right": Threshold(0.90, "accuracy", "what is right so often has learned its task"),
    "odds": Threshold(0.02, "of ln n", "as for loss-plateau: cross-entropy of equal odds"),
    "share": Threshold(0.15, "of 1/n", "three standard errors of a class among 4,000 samples of ten"),
    "grain": Threshold(0.01, "of accuracy", "whole percents: a hundred samples have no finer one"),
    "points": Threshold(12, "evaluations", "thirds of four"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the values of accuracy repeat and neither accuracy nor loss improves."""
    loss, score = _loss(signals), _accuracy(signals)
    if loss is None or score is None:
        needs = zip(META.needs, (score, loss), strict=True)
        return META.not_applicable(*[need for need, found in needs if found is None])
    answers, losses = finite(score.values), finite(loss.values)
    if len(answers) < THRESHOLDS["points"].value or len(losses) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{score.tag} has {len(answers)} and {loss.tag} {len(losses)} finite points.")
    repeated, best = _share_of_two(answers), float(answers.max())
    rise, fall = _gain(answers), -_gain(losses) / max(abs(_third(losses, 0)), 1e-12)
    values: dict[str, Number] = {"repeated": repeated, "best": best, "rise": rise, "loss_fall": fall}
    if (odds := _equal_odds(answers, losses)) and rise < THRESHOLDS["rise"].value:
        return _fire(
            f"{score.tag} and {loss.tag} are those of equal odds among {odds} classes over the last two thirds of step "
            f"{score.steps[0]} to {score.steps[-1]} ({len(answers)} points): {_late(answers):.3g} and "
            f"{_late(losses):.4g} against {1 / odds:.3g} and {np.log(odds):.4g}.",
            {**values, "classes": odds},
            score,
            loss,
        )
    told = (
        f"{repeated:.0%} of its evaluations against {THRESHOLDS['repeated'].value:.0%}, from step {score.steps[0]} to "
        f"{score.steps[-1]} ({len(answers)} points), best {best:.3g}, while {loss.tag} falls by {fall:.1%}"
    )
    still = repeated >= THRESHOLDS["repeated"].value and rise < THRESHOLDS["rise"].value
    if not still or fall >= THRESHOLDS["fall"].value or best >= THRESHOLDS["right"].value:
        evidence = [score.ref(), loss.ref()]
        return META.pass_(f"{score.tag} repeats one or two values at {told}.", values=values, evidence=evidence)
    if _is_coarse(answers):
        return META.inconclusive(f"{score.tag} is given in whole percents, and repeats them at {told}.", values=values)
    if np.ptp(losses) == 0:
        return META.inconclusive(f"{loss.tag} does not move at all: nothing was trained.", values=values)
    return _fire(f"{score.tag} repeats one or two values at {told}.", values, score, loss)


def _fire(sentence: str, values: dict[str, Number], score: Signal, loss: Signal) -> Finding:
    return META.fire(
        sentence,
        values=values,
        evidence=[score.ref(), loss.ref()],
        figure=figure("Held-out accuracy", [score]),
        onset=int(score.steps[0]),
    )


def _equal_odds(answers: Array, losses: Array) -> int:
    """Return the customary number of classes whose equal odds both series show to the end, or 0."""
    level, share = _late(losses), _late(answers)
    for classes in CLASSES:
        of_loss = abs(level / float(np.log(classes)) - 1) <= THRESHOLDS["odds"].value
        if of_loss and abs(share * classes - 1) <= THRESHOLDS["share"].value:
            return classes
    return 0


def _late(values: Array) -> float:
    return float(np.median(values[len(values) // 3 :]))


def _loss(signals: Signals) -> Signal | None:
    return signals.first(Quantity.LOSS, network=Network.MODEL, role=(Role.TRAIN, Role.NONE))


def _accuracy(signals: Signals) -> Signal | None:
    return signals.first(Quantity.ACCURACY, role=Role.VALIDATION)


def _share_of_two(values: Array) -> float:
    """Return the share of the points that hold one of the two commonest values."""
    counts = np.sort(np.unique(values, return_counts=True)[1])
    return float(counts[-2:].sum() / len(values))


def _is_coarse(values: Array) -> bool:
    """Whether all values are multiples of the grain: a model that has learned stays within one or two of them."""
    grains = values / THRESHOLDS["grain"].value
    return bool(np.allclose(grains, np.round(grains), rtol=0, atol=1e-4))  # float32 keeps a tenth of that


def _gain(values: Array) -> float:
    return _third(values, 2) - _third(values, 0)


def _third(values: Array, number: int) -> float:
    return float(np.median(np.array_split(values, 3)[number]))
