"""The discount that the log shows differs from the configured one, or leaves no horizon or no bound.

Observes: gamma as established from the log (effective discount over 1 - done share, or a logged discount) against
the configuration; gamma of 0, and gamma of 1 where a TD critic bootstraps.

Why it matters: gamma 0 makes the critic a regression on single rewards; gamma 1 leaves values without a bound where
episodes do not end; a gamma other than the configured one means that the configuration does not take effect.

Evidence: an established or configured discount.

How it can be wrong: a bandit has gamma 0 by right; gamma 1 is ordinary for on-policy methods on short episodes (left
out unless a Q value is learned) and for episodic tasks with a certain end.

References: Sutton and Barto, chapter 3.3; identity I13; fault catalogue, wrong-discount.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.signals import Signals

META = Meta(
    code="DAT105",
    name="discount-mismatch",
    fired="The discount is not what it should be",
    clear="The discount is as configured and ordinary",
    group="discount",
    needs=("discount in the log or in the configuration",),
    leak=(1, 100),
    leak_reason="Bandits and finite-horizon tasks use 0 or 1 on purpose.",
    how_to_log='writer.add_scalar("debug/effective_discount", (gamma * (1 - dones)).mean(), env_step)',
)
THRESHOLDS = {
    "differs": Threshold(
        0.2,
        "of 1 - gamma",
        "a fifth of the horizon: more than the 2 % spread that an established gamma may have at 0.9",
    ),
    "none": Threshold(0.05, "gamma", "a horizon of 1.05 steps: no future"),
    "all": Threshold(1.0, "gamma", "sum of rewards without end: Q has no bound"),
}
KEYS = ("gamma", "discount", "discount_factor", "discount_rate")


def detect(signals: Signals) -> Finding:
    """Compare gamma with the configuration and its ordinary range."""
    fact, meant = signals.facts.get("gamma"), signals.config(*KEYS)
    seen = signals.number("gamma")
    gamma = seen if seen is not None else meant
    if gamma is None:
        return META.not_applicable()
    evidence = list(fact.evidence) if fact is not None else []
    evidence += [EvidenceRef(file=row.file, key=row.key) for row in signals.run.config if _is_gamma(row.key)][:1]
    values: dict[str, Number] = {"gamma": seen, "configured": meant}
    if seen is not None and meant is not None and _differs(seen, meant):
        return META.fire(
            f"The discount in the log is {seen:g} against {meant:g} configured.", values=values, evidence=evidence
        )
    told = f"The discount is {gamma:g}"
    if gamma <= THRESHOLDS["none"].value:
        return META.fire(f"{told} against {THRESHOLDS['none'].value:g}.", values=values, evidence=evidence)
    if gamma >= THRESHOLDS["all"].value and signals.select(Quantity.Q_VALUE):
        return META.fire(f"{told} against {THRESHOLDS['all'].value:g}.", values=values, evidence=evidence)
    return META.pass_(
        f"{told} against {THRESHOLDS['none'].value:g} to {THRESHOLDS['all'].value:g}.", values=values, evidence=evidence
    )


def _is_gamma(key: str) -> bool:
    return key.rsplit(".", 1)[-1].lower() in KEYS


def _differs(seen: float, meant: float) -> bool:
    return abs(seen - meant) > max(THRESHOLDS["differs"].value * max(1 - meant, 0.0), 0.002)
