"""The parameters of a module drift one optimizer step an update, always in one direction.

Why it matters: updates that point in changing directions add up to little (a random walk); updates that never turn
add up to learning rate x updates. An objective without a maximum drives parameters that way, and clipping does not
stop it: Adam's step has the size of the learning rate whatever the gradient's norm.

Evidence: the standard deviation of a module's parameters, the learning rate, and the number of updates (kappa);
without the learning rate, a standard deviation of the actor's that grows in proportion to the updates.

How it can be wrong: a run of a few hundred updates has hardly had time to turn; normalised networks hide the drift.
The weights of a healthy critic grow steadily with its values, so that a straight line alone says nothing of it.

References: fault-catalogue "Measured": kappa 0.7 to 0.9 under the leak with clipping, at most 0.14 without the
leak; Kingma & Ba 2015 (Adam's effective step is bounded by the learning rate).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forensics.detectors.gradients.parts import part_name
from forensics.detectors.gradients.still import HOW_TO_LOG_PARAMETERS
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Module, Network, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.robust import slope
from forensics.signals.signals import Signal, Signals
from forensics.signals.updates import updates_at

META = Meta(
    code="GRD109",
    name="parameter-drift-linear",
    fired="Parameters drift one step an update in one direction",
    clear="Parameters do not drift in one direction",
    group="parameter-drift",
    needs=("standard deviation of a module's parameters at 10 or more points",),
    leak=(1, 100),
    leak_reason="kappa at most 0.14 in 33 re-simulated runs without the leak",
    how_to_log=HOW_TO_LOG_PARAMETERS,
)
THRESHOLDS = {
    "kappa": Threshold(
        0.5, "drift / (learning rate x updates)", "re-simulation: 0.7 and more with, 0.14 and less without"
    ),
    "fit": Threshold(0.99, "R2 of standard deviation over updates", "archived CARLA runs: 1.000; random walks bend"),
    "growth": Threshold(2.0, "end / start", "a drift that matters at least doubles the spread of the weights"),
    "points": Threshold(10, "points", "a straight line through fewer is chance"),
    "updates": Threshold(500, "updates", "fewer updates have not had time to turn"),
}


@dataclass(frozen=True)
class Drift:
    """How far a module went: kappa (None without a learning rate), R2 over updates and growth of its spread."""

    signal: Signal
    kappa: float | None
    fit: float
    growth: float

    @property
    def is_linear(self) -> bool:
        if self.kappa is not None:
            return self.kappa >= THRESHOLDS["kappa"].value
        straight = self.fit >= THRESHOLDS["fit"].value and self.growth >= THRESHOLDS["growth"].value
        return straight and self.signal.meaning.network is Network.ACTOR


def detect(signals: Signals) -> Finding:
    """Measure the drift of every module and report the most one-sided."""
    known = signals.select(Quantity.PARAMETER, statistic=Statistic.STD)
    drifts = [
        drift
        for signal in known
        if signal.meaning.role is not Role.TARGET and (drift := _drift(signals, signal)) is not None
    ]
    if not drifts:
        return META.not_applicable()
    worst = max(drifts, key=lambda drift: (drift.is_linear, drift.kappa or 0.0, drift.growth))
    signal = worst.signal
    kappa = "learning rate unknown" if worst.kappa is None else f"kappa {worst.kappa:.2f}"
    statement = (
        f"{signal.tag} goes from {signal.values[0]:.4g} to {signal.values[-1]:.4g} from step {signal.steps[0]} to "
        f"{signal.steps[-1]} ({len(signal)} points), linear in the updates with R2 {worst.fit:.3f}: {kappa} against "
        f"{THRESHOLDS['kappa'].value:g}."
    )
    part = part_name(signal)
    values: dict[str, Number] = {"kappa": worst.kappa, "r2": worst.fit, "growth": worst.growth, "part": part}
    if not worst.is_linear:
        return META.pass_(statement, values=values, evidence=[signal.ref()])
    return META.fire(
        statement,
        values=values,
        evidence=[signal.ref()],
        figure=figure(f"Spread of the {part}'s parameters", [signal], onset=int(signal.steps[0])),
        onset=int(signal.steps[0]),
    )


def _drift(signals: Signals, signal: Signal) -> Drift | None:
    updates, values = updates_at(signals, signal), signal.values
    enough = len(values) >= THRESHOLDS["points"].value and np.ptp(updates) >= THRESHOLDS["updates"].value
    if not enough or not np.isfinite(values).all() or values[0] <= 0:
        return None
    _, fit = slope(updates, values)
    rate = _learning_rate(signals, signal)
    gained = float(np.sqrt(max(values[-1] ** 2 - values[0] ** 2, 0.0)))
    made = float(np.ptp(updates)) / _delay(signals, signal)
    kappa = gained / (rate * made) if rate else None
    return Drift(signal, kappa, fit if values[-1] > values[0] else 0.0, float(values[-1] / values[0]))


def _learning_rate(signals: Signals, signal: Signal) -> float | None:
    """Return the logged learning rate of the signal's part, of its network, or the configured one."""
    rates = signals.select(Quantity.LEARNING_RATE)
    for module in (signal.meaning.module, Module.WHOLE):
        for network in (signal.meaning.network, Network.NONE):
            for rate in rates:
                if rate.meaning.module is module and rate.meaning.network is network:
                    return float(np.median(rate.values)) or None
    network_name = signal.meaning.network.value
    return signals.config(f"{network_name}_lr", f"{network_name}_learning_rate", "learning_rate", "lr")


def _delay(signals: Signals, signal: Signal) -> float:
    """Return gradient updates per update of this network: TD3 delays the actor, by 2 unless told otherwise."""
    if signal.meaning.network is not Network.ACTOR:
        return 1.0
    told = signals.config("policy_delay", "policy_frequency", "policy_freq", "actor_update_interval")
    return told or (2.0 if signals.algorithm == "td3" else 1.0)
