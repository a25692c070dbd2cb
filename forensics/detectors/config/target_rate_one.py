"""The target network is configured to be copied whole at (nearly) every update.

Observes: tau of 0.5 or more (or polyak of 0.5 or less), with no interval that makes a whole copy ordinary.

Why it matters: the critic then chases itself, which is what target networks are there to prevent.

Evidence: a configured tau or polyak, and the target update interval where there is one.

How it can be wrong: DQN copies the network whole every few thousand steps (left out where such an interval is
configured or the algorithm is a DQN); methods that do without targets set tau to 1 on purpose (CrossQ).

References: Mnih 2015 (whole copies every 10,000 steps); SB3's DQN (tau 1.0, target_update_interval 10,000); fault
catalogue, target-network-hard-copied.
"""

from __future__ import annotations

from forensics.detectors.config.lookup import place
from forensics.detectors.config.target_rate import target_rate
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="CFG106",
    name="target-rate-one",
    fired="The target network is configured to be copied whole",
    clear="The target network is configured to follow slowly",
    group="target-rate",
    needs=("configured tau or polyak",),
    leak=(1, 200),
    leak_reason="Methods without target networks set tau to 1 on purpose.",
    how_to_log="tau: 0.005",
)
THRESHOLDS = {
    "copied": Threshold(0.5, "tau", "half of the online weights at each update: the target lags by less than two"),
    "interval": Threshold(10, "updates", "a copy every ten updates or fewer is no slow target (Mnih 2015: 10,000)"),
}


def detect(signals: Signals) -> Finding:
    """Compare tau with 1."""
    rate = target_rate(signals)
    if rate is None:
        return META.not_applicable()
    limit = THRESHOLDS["copied"].value
    values: dict[str, Number] = {"tau": rate.tau, "interval": rate.interval, "key": rate.row.key}
    sentence = f"{rate.row.key} moves the target by {rate.tau:g} of the way each time: {rate.tau:g} against {limit:g}."
    rare = rate.interval > THRESHOLDS["interval"].value or "dqn" in signals.algorithm.lower()
    answer = META.fire if rate.tau > limit and not rare else META.pass_
    return answer(sentence, values=values, evidence=[place(rate.row)])
