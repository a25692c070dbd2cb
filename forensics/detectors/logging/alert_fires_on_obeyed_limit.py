"""An alert fires at most points although the quantity its limit was made for obeys the limit.

Observes: an alert on gradients that is set at nine of ten points or more, while every total L2 norm after clipping of
its network stays at or under the clip limit at the same points.

Why it matters: the alert compares one number with a limit made for another (a sum of norms with a norm's limit, a
mean with a maximum's); it cries wolf, and people blame the clipping that works.

Evidence: an alert series, and a total L2 norm that is established as taken after clipping, with its limit.

How it can be wrong: an alert may be meant to say "clipping is active"; then it fires rightly and the name misleads.

References: fault catalogue, alert-compares-wrong-quantity; PyTorch's clip_grad_norm_ (total norm over all tensors).
"""

from __future__ import annotations

import numpy as np

from forensics.detectors.logging.alerted import NETWORKS, is_post_clip
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Module, Network, Quantity, Reduction
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="LOG103",
    name="alert-fires-on-obeyed-limit",
    fired="An alert fires although its limit is obeyed",
    clear="Alerts agree with the limits they guard",
    group="alerts",
    needs=("alert series of at least five points", "total L2 gradient norm after clipping, with its limit"),
    leak=(1, 300),
    leak_reason="Needs a norm established to obey its limit at the very points at which the alert is set.",
    how_to_log='writer.add_scalar("gradients/actor_norm_after_clip", total_norm(parameters), env_step)',
)
THRESHOLDS = {
    "share set": Threshold(0.9, "share of points", "fault catalogue, alert-compares-wrong-quantity: at most points"),
    "tolerance": Threshold(
        0.05, "relative", "identity I1, post = min(pre, c), holds to 1e-3 in float32; logged noise adds a few per cent"
    ),
    "points": Threshold(5, "points", "an alert logged only when set is seldom logged; five settle it"),
}


def detect(signals: Signals) -> Finding:
    """Compare alerts that are set nearly always with the honest norm of their network."""
    alerts = [one for one in signals.select(Quantity.ALERT) if len(one) >= THRESHOLDS["points"].value]
    if not alerts:
        return META.not_applicable(META.needs[0])
    loud = [one for one in alerts if np.mean(one.values != 0) >= THRESHOLDS["share set"].value]
    if not loud:
        return META.pass_(
            f"No alert is set at {THRESHOLDS['share set'].value:.0%} of its points.",
            evidence=[one.ref() for one in alerts],
        )
    judged = [(alert, _honest(signals, alert)) for alert in loud]
    judged = [(alert, norms) for alert, norms in judged if norms]
    if not judged:
        return META.not_applicable(META.needs[1])
    for alert, norms in sorted(judged, key=lambda pair: -len(pair[0])):
        if all(_obeys(norm, limit, alert) for norm, limit in norms):
            return _fire(alert, norms, len(loud))
    return META.pass_(
        "The norms that the alerts guard exceed their limits, so the alerts fire rightly.",
        evidence=[alert.ref() for alert, _ in judged],
    )


def _fire(alert: Signal, norms: list[tuple[Signal, float]], loud: int) -> Finding:
    norm, limit = norms[0]
    largest = float(np.nanmax(norm.values))
    share = float(np.mean(alert.values != 0))
    values: dict[str, Number] = {
        "share_set": share,
        "alerts": loud,
        "largest_norm": largest,
        "limit": limit,
        "alert": alert.tag,
        "norm": norm.tag,
    }
    return META.fire(
        f"{alert.tag} is set in {share:.0%} of points from step {alert.steps[0]} to {alert.steps[-1]} ({len(alert)} "
        f"points) while {norm.tag}, the total L2 norm after clipping, obeys its limit: {largest:.6g} against "
        f"{limit:g}.",
        values=values,
        evidence=[alert.ref(), *(one.ref() for one, _ in norms)],
        figure=figure("Norm after clipping", [norm], limits=[("clip limit", limit)]),
        onset=int(alert.steps[0]),
    )


def _honest(signals: Signals, alert: Signal) -> list[tuple[Signal, float]]:
    """Return the total L2 norms after clipping of the networks the alert may guard, each with its limit."""
    networks = NETWORKS if alert.meaning.network is Network.NONE else (alert.meaning.network,)
    found = []
    for network in networks:
        limit = signals.number(f"clip_limit.{network.value}")
        totals = signals.select(
            Quantity.GRADIENT_NORM, network=network, module=Module.WHOLE, reduction=(Reduction.L2, Reduction.UNKNOWN)
        )
        found += [(one, limit) for one in totals if limit is not None and is_post_clip(one)]
    return found


def _obeys(norm: Signal, limit: float, alert: Signal) -> bool:
    inside = (norm.steps >= alert.steps[0]) & (norm.steps <= alert.steps[-1])
    values = norm.values[inside & np.isfinite(norm.values)]
    return len(values) > 0 and bool((values <= limit * (1 + THRESHOLDS["tolerance"].value)).all())
