"""Holds a claim about the whole run against its facts, alerts, configuration and gradient norms."""

from __future__ import annotations

import numpy as np

from forensics.claims.claim import AlertLimit, Alerts, Stage, StageLogged, Total
from forensics.claims.number import APPROXIMATE, Number
from forensics.claims.outcome import Outcome, contradicted, supported, undecided
from forensics.model.diagnosis import Fact
from forensics.model.evidence import ConfigFact, EvidenceRef
from forensics.model.meaning import ClipStage, Quantity
from forensics.signals.signals import Signal, Signals

EXACT = 1e-6  # relative: a setting is stated exactly or not at all
_PLANNED = ("total_timesteps", "max_timesteps", "max_steps", "num_timesteps", "total_steps", "n_timesteps")


def check_stage(claim: Stage, signal: Signal) -> Outcome:
    """Hold "before clipping" or "after clipping" against what was established of a gradient norm."""
    if signal.meaning.quantity is not Quantity.GRADIENT_NORM:
        return undecided(f"{signal.tag} is not known to be a gradient norm", signal.ref())
    stage, how = signal.meaning.clip_stage, signal.how.get("clip_stage", "")
    if signal.is_contested("clip_stage"):
        return undecided(
            f"{signal.tag}: {' or '.join(signal.alternatives['clip_stage'])} is left ({how})", signal.ref()
        )
    if not signal.is_established("clip_stage") or stage is ClipStage.UNKNOWN:
        return undecided(f"whether {signal.tag} is taken before or after clipping is not established", signal.ref())
    words = {ClipStage.PRE: "before clipping", ClipStage.POST: "after clipping"}.get(stage, "where nothing is clipped")
    return (supported if stage is claim.stage else contradicted)(f"{signal.tag} is taken {words}: {how}", signal.ref())


def check_stage_logged(claim: StageLogged, signals: Signals) -> Outcome:
    """Hold "no metric is taken after clipping" against the gradient norms of which that is established."""
    norms = [each for each in signals.signals if each.meaning.quantity is Quantity.GRADIENT_NORM and len(each)]
    known = [each for each in norms if each.is_established("clip_stage")]
    there = [each for each in known if each.meaning.clip_stage is claim.stage]
    if there:
        how = there[0].how.get("clip_stage", "")
        said = f"{there[0].tag} is taken {'after' if claim.stage is ClipStage.POST else 'before'} clipping: {how}"
        return (supported if claim.logged else contradicted)(said, there[0].ref())
    if norms and len(known) == len(norms):
        said = f"none of the {len(norms)} gradient norms is taken there"
        return (contradicted if claim.logged else supported)(said, *(each.ref() for each in norms[:5]))
    return undecided("where the gradient norms are taken relative to clipping is not established")


def check_alerts(claim: Alerts, signals: Signals, named: tuple[Signal, ...]) -> Outcome:
    """Hold "no alert fired" against the alert series."""
    alerts = list(named) or [each for each in signals.select(Quantity.ALERT) if len(each)]
    alerts = [each for each in alerts if all(word in each.tag.lower() for word in claim.words)]
    if not alerts:
        return undecided("the run logs no such alert")
    names = ", ".join(each.tag for each in alerts[:4])
    loud = [each for each in alerts if np.any(np.isfinite(each.values) & (each.values != 0))]
    if loud:
        row = int(np.flatnonzero(np.isfinite(loud[0].values) & (loud[0].values != 0))[0])
        said = f"{loud[0].tag} is {loud[0].values[row]:.6g} at step {loud[0].steps[row]}"
        return (supported if claim.fired else contradicted)(said, loud[0].ref(row, row))
    if not all(np.isfinite(each.values).all() for each in alerts):
        return undecided(f"{names}: some points are not finite")
    said = f"0 at every logged point: {names} ({sum(map(len, alerts))} points)"
    return (contradicted if claim.fired else supported)(said, *(each.ref() for each in alerts[:4]))


def check_alert_limit(claim: AlertLimit, signals: Signals) -> Outcome:
    """Hold the threshold of an alert against the configuration."""
    rows = [row for row in signals.run.config if _is_alert_limit(row.key) and number_of(row) is not None]
    rows = [row for row in rows if all(word in row.key.lower() for word in claim.words)]
    if not rows:
        return undecided("no file of the run states the threshold of an alert")
    return check_setting(claim.number, tuple(rows))


def check_total(claim: Total, signals: Signals) -> Outcome:
    """Hold a number of steps or updates against what the run is established to have made."""
    steps, updates = signals.facts.get("env_steps"), signals.facts.get("updates")
    last = signals.facts.get("last_step")
    asked = {"update": [updates], "env": [steps], "step": [steps or last, updates]}[claim.noun]
    known = [fact for fact in asked if fact is not None]
    for fact in known:
        if claim.number.states(float(fact.value)):
            return supported(_told(fact), *fact.evidence)
    planned = signals.config(*_PLANNED)
    if planned is not None and claim.noun != "update" and claim.number.states(planned):
        return undecided(f"{planned:,.0f} steps were planned; {'; '.join(map(_told, known)) or 'none were counted'}")
    unsure = [fact for fact in known if "not established" in fact.how]
    if not known or len(known) < len(asked) or unsure:
        return undecided("; ".join(map(_told, known)) or f"the run does not say how many {claim.noun}s it made")
    if any(_may_be_unlogged(claim.number, fact, signals) for fact in known):
        return undecided(f"{'; '.join(map(_told, known))}: the end may fall between two logged points")
    return contradicted("; ".join(map(_told, known)), *(ref for fact in known for ref in fact.evidence))


def check_setting(number: Number, rows: tuple[ConfigFact, ...]) -> Outcome:
    """Hold a number against the configuration; keys of one name that disagree leave it open."""
    values = {number_of(row) for row in rows}
    said = "; ".join(dict.fromkeys(f"{row.key} = {row.value} in {row.file}" for row in rows[:3]))
    evidence = tuple(EvidenceRef(file=row.file, key=row.key) for row in rows[:3])
    if len(values) != 1 or None in values:
        return undecided(f"{said}: not one number", *evidence)
    value = next(iter(values))
    assert value is not None
    claimed = number.value / 100 if number.percent and abs(value) <= 1 else number.value
    allowed = APPROXIMATE if number.approximate else EXACT
    return (supported if abs(value - claimed) <= allowed * abs(claimed) else contradicted)(said, *evidence)


def check_fact(number: Number, fact: Fact) -> Outcome:
    """Hold a number against what was established about the whole run."""
    if isinstance(fact.value, str):
        return undecided(_told(fact), *fact.evidence)
    seen = float(fact.value)
    if number.states(seen):
        return supported(_told(fact), *fact.evidence)
    return (contradicted if number.denies(seen) else undecided)(_told(fact), *fact.evidence)


def number_of(row: ConfigFact) -> float | None:
    """Return a configuration value as a number, or None."""
    if isinstance(row.value, bool):
        return None
    try:
        return float(row.value)
    except (TypeError, ValueError):
        return None


def _is_alert_limit(key: str) -> bool:
    words = key.lower()
    return "threshold" in words and any(word in words for word in ("alert", "explosion", "grad", "warn", "critical"))


def _told(fact: Fact) -> str:
    value = fact.value if isinstance(fact.value, str) else f"{fact.value:,.12g}"
    return f"{fact.name.replace('_', ' ')}: {value} ({fact.how})"


def _may_be_unlogged(number: Number, fact: Fact, signals: Signals) -> bool:
    """Whether a larger count may be true although the last logged point stops short of it."""
    tags = {ref.tag for ref in fact.evidence}
    counts = [each.values if fact.name == "updates" else each.steps for each in signals.signals if each.tag in tags]
    gap = max((float(np.max(np.diff(count))) for count in counts if len(count) > 1), default=0.0)
    return float(fact.value) < number.value <= float(fact.value) + 2 * max(gap, 0.0)
