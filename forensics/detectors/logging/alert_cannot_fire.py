"""An alert stays silent over a proven explosion because its metric can never reach its threshold.

Observes: an alert on gradients that is 0 at every point while the loss or the policy's Q value of its network grows
by at least three decades, and while every gradient norm it can watch is established as taken after clipping; or an
alert that is 0 at points where the norm before clipping exceeds the configured threshold, which lies above the limit.

Why it matters: a silent alert reads as "no explosion"; the run looks safe because its instrument cannot speak.

Evidence: an alert series of at least ten points, the gradient norms of its network, and a loss.

How it can be wrong: the alert may watch a number that is not logged; a norm whose place relative to clipping is not
established leaves the question open.

References: fault catalogue, alert-threshold-unreachable; PyTorch's clip_grad_norm_ (a clipped norm cannot exceed
max_norm).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.logging.alerted import NETWORKS, explosions, is_post_clip, watched_norms
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import ClipStage, Module, Network, Quantity
from forensics.signals.align import join
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="LOG102",
    name="alert-cannot-fire",
    fired="An alert cannot fire",
    clear="Alerts can fire",
    group="alerts",
    needs=("alert series of at least ten points", "gradient norms of the network it watches", "loss of that network"),
    leak=(1, 300),
    leak_reason="Needs an explosion that the alert misses and a norm that is established to be bounded.",
    how_to_log='writer.add_scalar("alerts/gradient_explosion", float(norm_before_clip > threshold), env_step)',
)
THRESHOLDS = {
    "decades": Threshold(3.0, "decades", "fault catalogue: an objective that grows a thousandfold has exploded"),
    "above": Threshold(5, "points above the threshold", "one spike may fall between two looks of an alert"),
    "points": Threshold(10, "points", "an alert that was never asked ten times cannot be called silent"),
}


def detect(signals: Signals) -> Finding:
    """Look for a constant-zero alert over an explosion with a bounded metric."""
    alerts = [one for one in signals.select(Quantity.ALERT) if len(one) >= THRESHOLDS["points"].value]
    if not alerts:
        return META.not_applicable(META.needs[0])
    silent = [one for one in alerts if not one.values.any()]
    if not silent:
        return META.pass_(
            f"Every alert speaks at some point ({', '.join(one.tag for one in alerts)}).",
            evidence=[one.ref() for one in alerts],
        )
    for alert in silent:
        finding = _oversleeps(signals, alert)
        if finding is not None:
            return finding
    undecided: list[str] = []
    for alert in silent:
        finding = _judge(signals, alert, undecided)
        if finding is not None:
            return finding
    evidence = [one.ref() for one in silent]
    if undecided:
        return META.inconclusive(" ".join(undecided), evidence=evidence)
    return META.pass_(f"No objective grows by {THRESHOLDS['decades'].value:g} decades under it.", evidence=evidence)


def _judge(signals: Signals, alert: Signal, undecided: list[str]) -> Finding | None:
    networks = NETWORKS if alert.meaning.network is Network.NONE else (alert.meaning.network,)
    grown = explosions(signals, networks, THRESHOLDS["decades"].value)
    if not grown:
        return None
    objective, growth = max(grown, key=lambda pair: pair[1].decades)
    norms = [one for one in watched_norms(signals, alert) if np.isfinite(one.values).any()]
    bounded = [one for one in norms if is_post_clip(one)]
    if not bounded or _may_watch_raw(norms, alert):
        undecided.append(
            f"{alert.tag} is 0 at all {len(alert)} points while {objective.tag} grows by {growth.decades:.1f} decades, "
            f"but whether the norm it watches is bounded is not established."
        )
        return None
    metric = max(bounded, key=lambda one: float(np.nanmax(one.values)))
    largest = float(np.nanmax(metric.values))
    threshold = _configured_threshold(signals)
    values: dict[str, Number] = {
        "alert_points": len(alert),
        "decades": growth.decades,
        "largest_norm": largest,
        "configured_threshold": threshold,
        "alert": alert.tag,
        "objective": objective.tag,
    }
    against = "" if threshold is None else f" (configured threshold {threshold:g})"
    return META.fire(
        f"{alert.tag} is 0 from step {alert.steps[0]} to {alert.steps[-1]} ({len(alert)} points) while {objective.tag} "
        f"grows by {growth.decades:.1f} decades against {THRESHOLDS['decades'].value:g}; {metric.tag} is taken after "
        f"clipping and never exceeds {largest:.4g}{against}.",
        values=values,
        evidence=[alert.ref(), objective.ref(), metric.ref()],
        figure=figure("An explosion under a silent alert", [objective, metric]),
        onset=int(alert.steps[0]),
    )


def _oversleeps(signals: Signals, alert: Signal) -> Finding | None:
    """Whether the configured threshold lies above the clip limit, and the norm before clipping above both."""
    threshold = _configured_threshold(signals)
    if threshold is None:
        return None
    for norm in watched_norms(signals, alert):
        limit = signals.number(f"clip_limit.{norm.meaning.network.value}")
        raw = norm.meaning.clip_stage is ClipStage.PRE and norm.meaning.module is Module.WHOLE
        if limit is None or threshold <= limit or not raw:
            continue
        steps, (_, before) = join(alert, norm)
        above = int(np.count_nonzero(before > threshold))
        if above >= THRESHOLDS["above"].value:
            return META.fire(
                f"{alert.tag} is 0 from step {alert.steps[0]} to {alert.steps[-1]} ({len(alert)} points) while "
                f"{norm.tag} exceeds the configured threshold {threshold:g} at {above} of {len(steps)} points; after "
                f"clipping the norm cannot: the limit is {limit:g}.",
                values={"above": above, "points": len(steps), "limit": limit, "configured_threshold": threshold},
                evidence=[alert.ref(), norm.ref()],
                figure=figure("A norm above the threshold of a silent alert", [norm]),
                onset=int(steps[np.flatnonzero(before > threshold)[0]]),
            )
    return None


def _may_watch_raw(norms: list[Signal], alert: Signal) -> bool:
    """Whether a norm of unknown place relative to clipping was logged with the alert: it may be the one watched."""
    unknown = [one for one in norms if one.meaning.clip_stage is ClipStage.UNKNOWN]
    return any(np.isin(alert.steps, one.steps).any() for one in unknown)


def _configured_threshold(signals: Signals) -> float | None:
    for row in signals.run.config:
        words = row.key.lower()
        guards = any(word in words for word in ("alert", "alarm", "explosion"))
        named = ("threshold" in words and (guards or "grad" in words)) or ("limit" in words and guards)
        if named and isinstance(row.value, int | float) and not isinstance(row.value, bool):
            return float(row.value)
    return None
