"""See whether the critic's loss vanishes although there are rewards to predict.

Observes:
    The critic loss falling by two and a half decades from its first points or more, its root ending below a hundredth
    of the reward per step.

Why it matters:
    Bootstrapped targets move as long as the policy and the target network do, and leave an error. An error near
    zero says that the targets stand still: a target network never updated, a discount of 0, a tiny replay buffer.

Evidence:
    Critic loss at ten points; the size of rewards (on the batch, else return over episode length).

How it can be wrong:
    A small deterministic task solved exactly. A first point taken far from the ordinary makes the fall larger.

References:
    fault-catalogue, target-network-frozen. Measured, Pendulum with Stable-Baselines3: target frozen 10 to 9e-4;
    healthy TD3 9.9 to 0.6 and SAC 4.2 to 1.4 over the same steps.
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.returns import episode_length, episodic_returns
from forensics.signals.robust import finite
from forensics.signals.signals import Signals

META = Meta(
    code="LOS104",
    name="critic-loss-vanishes",
    fired="The critic's loss vanishes although rewards are not small",
    clear="The critic's loss does not vanish",
    group="target-motion",
    needs=("critic loss", "reward on the batch, or return and episode length"),
    leak=(3, 100),
    leak_reason="small deterministic tasks can be fitted exactly",
    how_to_log='writer.add_scalar("train/critic_loss", critic_loss.item(), step)',
)

THRESHOLDS = {
    "decades": Threshold(2.5, "decades", "measured: 3.5 and 3.9 with a frozen target, at most 1.2 in healthy twins"),
    "error": Threshold(
        0.01, "of the reward per step", "measured: 0.005 and 0.006 with a frozen target, 0.1 in healthy twins"
    ),
    "points": Threshold(10, "points", "a fall needs a beginning, a middle and an end"),
}


def detect(signals: Signals) -> Finding:
    """Fire where the loss falls by the limit and its root ends far below a reward."""
    loss, reward = signals.first(Quantity.LOSS, network=Network.CRITIC), _reward(signals)
    if loss is None or reward is None:
        return META.not_applicable(*[n for n, have in zip(META.needs, (loss, reward), strict=True) if have is None])
    values = np.abs(finite(loss.values))
    if len(values) < THRESHOLDS["points"].value:
        return META.inconclusive(f"{loss.tag} has only {len(values)} finite points.")
    if reward == 0:
        return META.inconclusive("Every reward is 0: there is nothing to predict.")
    width = max(3, len(values) // 20)
    start, end = float(values[:width].max()), float(np.median(values[-width:]))
    fall = float(np.log10(start / max(end, 1e-30))) if start > 0 else 0.0
    error, limit = end**0.5 / reward, THRESHOLDS["decades"].value
    numbers: dict[str, Number] = {"decades": fall, "error": error, "start": start, "end": end, "points": len(values)}
    span = (
        f"from step {loss.steps[0]} to {loss.steps[-1]} ({len(values)} points): {start:.3g} to {end:.3g}, {fall:.1f} "
        f"decades against {limit:g}, its root {error:.2g} of a reward against {THRESHOLDS['error'].value:g}"
    )
    if fall < limit or error > THRESHOLDS["error"].value:
        return META.pass_(f"{loss.tag} does not vanish {span}.", values=numbers, evidence=[loss.ref()])
    return META.fire(
        f"{loss.tag} vanishes {span}.",
        values=numbers,
        evidence=[loss.ref()],
        figure=figure("Critic loss", [loss]),
        onset=int(loss.steps[0]),
    )


def _reward(signals: Signals) -> float | None:
    """Return the size of a reward: the median of |mean| or spread on the batch, else |return| over episode length."""
    found = signals.select(Quantity.REWARD, role=(Role.BATCH, Role.NONE), statistic=(Statistic.MEAN, Statistic.STD))
    sizes = [float(np.median(np.abs(finite(signal.values)))) for signal in found if len(finite(signal.values))]
    if sizes:
        return max(sizes)
    returns, length = episodic_returns(signals), episode_length(signals)
    return float(np.median(np.abs(returns))) / length if len(returns) and length is not None else None
