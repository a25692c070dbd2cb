"""The target network is never updated, or copied whole at every update.

Observes: tau (or polyak, its complement) of 0 or 1 in the configuration, where no update interval makes a whole copy
ordinary.

Why it matters: with tau 0 the critic is fitted to the values of its own initial weights; with tau 1 at every update
it chases itself, which is what target networks are there to prevent.

Evidence: a configured tau or polyak.

How it can be wrong: DQN copies the network whole every few thousand steps (left out where such an interval is
configured or the algorithm is a DQN); SpinningUp's polyak counts the other way round (0.995 keeps the old).

References: Lillicrap 2016 (arXiv 1509.02971, tau 1e-3); Mnih 2015 (whole copies every 10,000 steps); SB3's DQN
(tau 1.0, target_update_interval 10,000); fault catalogue, target-network-frozen and target-network-hard-copied.
"""

from __future__ import annotations

from forensics.detectors.config.lookup import numbers, place
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="CFG105",
    name="target-rate-extreme",
    fired="The target network does not follow slowly",
    clear="The target network follows slowly",
    group="target-rate",
    needs=("configured tau or polyak",),
    leak=(1, 300),
    leak_reason="Methods without target networks set tau to 1 on purpose (CrossQ and the like).",
    how_to_log="tau: 0.005",
)
THRESHOLDS = {
    "frozen": Threshold(1e-5, "tau", "a time constant of 1e5 updates: longer than most runs"),
    "copied": Threshold(0.5, "tau", "half of the online weights at each update: the target lags by less than two"),
    "interval": Threshold(10, "updates", "a copy every ten updates or fewer is no slow target (Mnih 2015: 10,000)"),
}
TAU_KEYS = ("tau", "target_tau", "soft_tau", "soft_update_tau", "target_update_tau")
INTERVALS = (
    "target_update_interval",
    "target_network_frequency",
    "target_update_freq",
    "target_update_frequency",
    "target_update_period",
)


def detect(signals: Signals) -> Finding:
    """Compare tau with 0 and 1."""
    rows = [(row, value) for row, value in numbers(signals, TAU_KEYS)]
    # SpinningUp writes polyak for 1 - tau.
    rows += [(row, 1 - value) for row, value in numbers(signals, ("polyak",))]
    if not rows:
        return META.not_applicable()
    row, tau = rows[0]
    interval = max((value for _, value in numbers(signals, INTERVALS)), default=1.0)
    values: dict[str, Number] = {"tau": tau, "interval": interval, "key": row.key}
    frozen, copied = tau < THRESHOLDS["frozen"].value, tau > THRESHOLDS["copied"].value
    sentence = (
        f"{row.key} makes the target move by {tau:g} of the way each time: {tau:g} against "
        f"{THRESHOLDS['frozen'].value:g} to {THRESHOLDS['copied'].value:g}."
    )
    rare = interval > THRESHOLDS["interval"].value or "dqn" in signals.algorithm.lower()
    if frozen or (copied and not rare):
        direction = "frozen" if frozen else "copied"
        return META.fire(sentence, values={**values, "direction": direction}, evidence=[place(row)])
    return META.pass_(sentence, values=values, evidence=[place(row)])
