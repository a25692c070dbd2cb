"""See whether the policy gives one action whatever it sees.

Observes:
    Evaluations that repeat bit for bit (return, and length where logged) while the actor's parameters move between
    them; or executed actions whose standard deviation is that of the exploration noise alone, 0.58 of it at a bound.

Why it matters:
    The observation no longer reaches the action: evaluation measures a constant.

Evidence:
    Two evaluations after learning began and a statistic of the actor's parameters, of a continuous policy; or
    standard deviation of the executed action and the exploration noise.

How it can be wrong:
    Two continuous policies never repeat a return in every bit unless their actions do not depend on their weights;
    discrete policies do, and returns that are whole numbers or at a cap may, so both are left alone. A noise much
    larger than the policy's own spread hides that spread.

References:
    fault-catalogue, constant-policy. Measured: an archived TD3 run repeats its evaluation to the last bit over
    10,000 updates of a saturated actor.
"""

from __future__ import annotations

import msgspec
import numpy as np

from forensics.detectors.meta import Meta
from forensics.detectors.policy.actions import CLIPPED_STD, Component, components, noise_at
from forensics.model.finding import Finding, Number, Status, Threshold
from forensics.model.meaning import Network, Quantity, Role, Statistic
from forensics.signals.figure import figure
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="POL102",
    name="constant-policy",
    fired="The policy gives one action whatever it sees",
    clear="The policy's actions depend on what it sees",
    group="policy-constant",
    needs=("two evaluations and the actor's parameters, or the spread of actions and the exploration noise",),
    leak=(2, 100),
    leak_reason="a deterministic environment with a policy that changed too little for any float to move",
    how_to_log='writer.add_scalar("policy/action_std", actor(state).std(dim=0).mean().item(), step)',
)

THRESHOLDS = {
    "repeats": Threshold(2, "equal evaluations running", "float returns of two different policies agree below 1e-6"),
    "noise_low": Threshold(0.85, "of the noise's spread", "a window of 100 samples has 7 % error"),
    "noise_high": Threshold(1.1, "of the noise's spread", "own variation of the policy adds: 0.46 of sigma gives 1.1"),
    "points": Threshold(9, "points", "a last third of three"),
}


def detect(signals: Signals) -> Finding:
    """Fire on repeated evaluations, else on actions that vary by noise alone."""
    by_evaluation, by_noise = _evaluations(signals), _noise_alone(signals)
    if by_evaluation is not None and by_noise is not None and _fired(by_evaluation) and _fired(by_noise):
        return msgspec.structs.replace(
            by_evaluation,
            statement=f"{by_evaluation.statement} {by_noise.statement}",
            values=by_evaluation.values | by_noise.values,
            evidence=[*by_evaluation.evidence, *by_noise.evidence],
        )
    for finding in (by_evaluation, by_noise):
        if finding is not None and _fired(finding):
            return finding
    return by_noise or by_evaluation or META.not_applicable()


def _fired(finding: Finding) -> bool:
    return finding.status is Status.FIRED


def _evaluations(signals: Signals) -> Finding | None:
    mover = _moving_actor(signals)
    if mover is None or not _is_continuous(signals):
        return None
    returns = signals.first(
        Quantity.EPISODIC_RETURN,
        role=Role.EVALUATION,
        statistic=(Statistic.MEAN, Statistic.VALUE),
        axis=mover.meaning.axis,
    )
    if returns is None or len(returns) < THRESHOLDS["repeats"].value:
        return None
    pair = _repeat(signals, returns, mover)
    if pair is None:
        # Chance in the environment makes a constant policy's evaluations differ too: this shows nothing either way.
        return META.inconclusive(
            f"No two evaluations running ({returns.tag}) are equal while {mover.tag} moves from step "
            f"{returns.steps[0]} to {returns.steps[-1]} ({len(returns)} points).",
            values={"points": len(returns)},
        )
    first, last = pair
    value, count = float(returns.values[last]), last - first + 1
    return META.fire(
        f"{returns.tag} repeats bit for bit from step {returns.steps[first]} to {returns.steps[last]} ({count} points) "
        f"while {mover.tag} moves: {value:.8g} against {value:.8g}.",
        values={"return": value, "repeats": count},
        evidence=[returns.ref(first, last), mover.ref()],
        figure=figure("Evaluations", [returns], onset=int(returns.steps[first])),
        onset=int(returns.steps[first]),
    )


def _repeat(signals: Signals, returns: Signal, mover: Signal) -> tuple[int, int] | None:
    """Return positions of the longest repetition while the actor moved; whole numbers do not count."""
    length = signals.first(Quantity.EPISODE_LENGTH, role=Role.EVALUATION, axis=returns.meaning.axis)
    lengths = dict(zip(length.steps.tolist(), length.values.tolist(), strict=True)) if length is not None else {}
    values, steps = returns.values, returns.steps
    best: tuple[int, int] | None = None
    first = 0
    for last in range(1, len(values)):
        same = values[last] == values[last - 1] and np.isfinite(values[last])
        same &= lengths.get(int(steps[last])) == lengths.get(int(steps[last - 1]))
        if not same or float(values[last]).is_integer() or not _moved(mover, int(steps[last - 1]), int(steps[last])):
            first = last
        elif best is None or last - first > best[1] - best[0]:
            best = (first, last)
    return best


def _moved(mover: Signal, start: int, end: int) -> bool:
    between = mover.values[(mover.steps >= start) & (mover.steps <= end)]
    return len(np.unique(between)) >= 2


def _is_continuous(signals: Signals) -> bool:
    """Whether the actor is known to give continuous actions: it maximises Q, or noise is added to its actions."""
    name = signals.algorithm.lower()
    if "dqn" in name or "ppo" in name or "a2c" in name:
        return False
    return (
        signals.first(Quantity.Q_VALUE, role=Role.POLICY) is not None
        or any(kind in name for kind in ("td3", "ddpg", "sac"))
        or signals.first(Quantity.POLICY_STD) is not None
    )


def _moving_actor(signals: Signals) -> Signal | None:
    found = signals.select(Quantity.PARAMETER, network=(Network.ACTOR, Network.ENCODER))
    return max((item for item in found if item.meaning.role is not Role.TARGET), key=_distinct, default=None)


def _distinct(signal: Signal) -> int:
    return len(np.unique(signal.values))


def _noise_alone(signals: Signals) -> Finding | None:
    known = [component for component in components(signals) if len(component.steps) >= THRESHOLDS["points"].value]
    if not known or noise_at(signals, known[0].steps) is None:
        return None
    ratios = {component.std.tag: _ratio(signals, component) for component in known}
    low, high = THRESHOLDS["noise_low"].value, THRESHOLDS["noise_high"].value
    first, last = int(known[0].steps[0]), int(known[0].steps[-1])
    worst = max(ratios.values())
    values: dict[str, Number] = {"ratio": worst, "components": len(known), "points": len(known[0].steps)}
    span = f"over the last third of step {first} to {last} ({len(known[0].steps)} points): {worst:.2f} against {high:g}"
    evidence = [component.std.ref() for component in known]
    if worst > high:
        return META.pass_(f"The spread of actions exceeds that of the noise {span}.", values=values, evidence=evidence)
    if min(ratios.values()) < low:
        return META.inconclusive(f"The spread of actions lies below that of the noise {span}.", values=values)
    onset = int(known[0].steps[-(len(known[0].steps) // 3)])
    return META.fire(
        f"The spread of every action component is that of the exploration noise alone {span}.",
        values=values,
        evidence=evidence,
        figure=figure("Spread of the executed actions", [component.std for component in known], onset=onset),
        onset=onset,
    )


def _ratio(signals: Signals, component: Component) -> float:
    """Return the spread of the action over that of the noise, clipped where the mean lies at the bound."""
    noise = noise_at(signals, component.steps)
    third = len(component.steps) // 3
    assert noise is not None
    spread, stds = noise[-third:], component.stds[-third:]
    if component.bound is not None:
        inside = component.bound - np.abs(component.means[-third:])
        spread = np.where(inside < 1.0 * spread, CLIPPED_STD * spread, spread)
    return float(np.median(stds / np.maximum(spread, 1e-12)))
