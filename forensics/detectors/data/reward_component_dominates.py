"""One component makes up most of the reward.

Observes: the median share of each component's size in the sum of all components' sizes.

Why it matters: the agent optimises that component and nothing else; a return that rises then says nothing about the
task.

Evidence: at least two reward components at ten common steps.

How it can be wrong: it is a fact and no fault: a component may dominate because the others are penalties that a good
policy avoids.

References: fault catalogue, reward-component-domination (80 % of the reward); identity I14.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity, Statistic
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="DAT106",
    name="reward-component-dominates",
    fired="One component dominates the reward",
    clear="No component dominates the reward",
    group="reward-parts",
    needs=("two reward components at ten common steps",),
    leak=(10, 100),
    leak_reason="Healthy rewards are often one large term and small penalties.",
    how_to_log='writer.add_scalar("rewards/progress_component", progress, env_step)',
)
THRESHOLDS = {
    "share": Threshold(0.8, "share of the summed sizes", "fault catalogue, reward-component-domination"),
    "steps": Threshold(1e3, "environment steps", "the first steps of random actions show the penalties alone"),
    "points": Threshold(10, "points", "the least for a median that one accident cannot move"),
}
PERCENT = ("percentage", "percent")


def detect(signals: Signals) -> Finding:
    """Compare the sizes of the reward components."""
    parts = signals.select(Quantity.REWARD_COMPONENT, statistic=(Statistic.MEAN, Statistic.VALUE, Statistic.SUM))
    parts = [one for one in parts if one.meaning.unit != "%" and not one.tag.lower().endswith(PERCENT)]
    if len(parts) < 2:
        return META.not_applicable()
    made = signals.number("env_steps")
    if made is None or made < THRESHOLDS["steps"].value:
        return META.inconclusive(
            f"{made or 0:.0f} environment steps are too few to say what the reward is made of.",
            evidence=[one.ref() for one in parts],
        )
    steps, columns = join(*parts)
    if len(steps) < THRESHOLDS["points"].value:
        return META.not_applicable()
    sizes = np.nan_to_num(np.abs(np.stack(columns)))
    total = sizes.sum(axis=0)
    shares = np.median(sizes[:, total > 0] / total[total > 0], axis=1) if (total > 0).any() else np.zeros(len(parts))
    largest = int(np.argmax(shares))
    share, part = float(shares[largest]), parts[largest]
    values: dict[str, Number] = {"component": part.tag, "share": share, "components": len(parts)}
    sentence = (
        f"{part.tag} is {share:.0%} (median) of the size of {len(parts)} components from step {steps[0]} to "
        f"{steps[-1]} ({len(steps)} points): {share:.2f} against {THRESHOLDS['share'].value:g}."
    )
    if share > THRESHOLDS["share"].value:
        shown = figure("Reward components", parts)
        return META.fire(sentence, values=values, evidence=[part.ref()], figure=shown, onset=int(steps[0]))
    return META.pass_(sentence, values=values, evidence=[part.ref()])
