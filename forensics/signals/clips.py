"""Where a gradient norm was taken, and what kind of norm it is.

A name says "norm after clipping"; the numbers decide. `clip_grad_norm_` scales a whole parameter set so that its
total L2 norm is min(pre, c) (PyTorch documentation), which leaves three traces: the pair obeys post = min(pre, c)
(I1); a clipped norm stays steady while its loss spans decades; and while the clip is active the module norms
together make exactly c (I16), so that modules which do not, yet stay bounded, were summed up in another way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forensics.model.diagnosis import Fact
from forensics.model.meaning import ClipStage, Module, Network, Quantity, Reduction
from forensics.signals.align import join
from forensics.signals.norms import LEAST_POINTS, PAIR_TOLERANCE, PINNED_SPREAD, family, is_norm, one_sink
from forensics.signals.partition import by_partition
from forensics.signals.robust import decades, finite, running_median
from forensics.signals.signals import Array, Signal

ACTIVE_RANGE = 2.0  # pre must exceed c by this factor for a pair to prove a clip
STEADY_RATIO = 1.5  # 95 % / 5 % quantile of a bounded norm (DESIGN.md: steady within 1.5x)
LOSS_DECADES = 2.0  # ... while the loss or the raw norm spans at least this many decades
OTHER_SIGN = 0.1  # share of a loss's points that may have the other sign: a start near zero, not a crossing
NEAR_LIMIT = 0.02  # a norm this near to a limit is at it, noise included
MOST_TENSORS = 64  # sqrt(64) x c bounds a sum of norms over any network part of up to 64 tensors
_MANTISSAS = (1.0, 2.0, 2.5, 4.0, 5.0, 8.0)  # limits that people write: 0.5, 1, 10, 40 ...
_LOSS_OF = {
    Network.ACTOR: (Network.ACTOR,),
    Network.CRITIC: (Network.CRITIC, Network.VALUE),
    Network.VALUE: (Network.VALUE, Network.CRITIC),
}


@dataclass(frozen=True)
class Limit:
    """An established clip limit of one network, and how it was established."""

    value: float
    how: str
    source: Signal


def establish_clips(signals: Sequence[Signal]) -> tuple[list[Signal], dict[str, Fact]]:
    """Return the signals with clip stage and reduction of gradient norms read, and the clip limits found."""
    read = {id(signal.series): signal for signal in signals}
    limits: dict[Network, Limit] = {}
    for network in Network:
        norms = [signal for signal in signals if is_norm(signal, network)]
        if norms:
            context = [signal for signal in signals if signal.meaning.quantity is not Quantity.GRADIENT_NORM]
            limit, changed = _read_network(norms, context, network)
            if limit is not None:
                limits[network] = limit
            read.update({id(signal.series): signal for signal in changed})
    for signal in by_partition([read[id(signal.series)] for signal in signals]):
        read[id(signal.series)] = signal
    mended = _by_sibling([read[id(signal.series)] for signal in signals])
    facts = {
        f"clip_limit.{network.value}": Fact(
            name=f"clip_limit.{network.value}", value=limit.value, how=limit.how, evidence=[limit.source.ref()]
        )
        for network, limit in limits.items()
    }
    return mended, facts


def _read_network(
    norms: Sequence[Signal], context: Sequence[Signal], network: Network
) -> tuple[Limit | None, list[Signal]]:
    totals = [signal for signal in norms if signal.meaning.module is Module.WHOLE]
    parts = [signal for signal in norms if signal.meaning.module is not Module.WHOLE]
    limit, totals = _read_pairs(totals, context, network)
    if limit is None:
        limit, totals = _read_pinned(totals)
    parts = [_read_steady(part, totals, context, network) for part in parts]
    groups = [_read_reduction(group, totals, limit) for group in _families(parts)]
    for group_limit, _ in groups:
        limit = limit or group_limit
    return limit, totals + [signal for _, group in groups for signal in group]


# ---- whole-network norms


def _read_pairs(
    totals: Sequence[Signal], context: Sequence[Signal], network: Network
) -> tuple[Limit | None, list[Signal]]:
    """Test I1 on every pair of total norms, and on a total norm with a clip coefficient (I6)."""
    read = {id(signal): signal for signal in totals}
    limit = None
    for pre in totals:
        for post in totals:
            if pre is post or pre.meaning.clip_stage is ClipStage.POST or post.meaning.clip_stage is ClipStage.PRE:
                continue
            steps, (before, after) = join(pre, post)
            bound = _bound(before, after)
            if bound is not None and len(steps) >= LEAST_POINTS:
                how = f"{post.tag} = min({pre.tag}, {bound:.6g}) at {len(steps)} shared points (I1)"
                read[id(pre)] = _total(read[id(pre)], ClipStage.PRE, how)
                read[id(post)] = _total(read[id(post)], ClipStage.POST, how)
                limit = Limit(bound, how, post)
    if limit is None:
        limit = _read_coefficient(totals, context, network, read)
    return limit, list(read.values())


def _bound(before: Array, after: Array) -> float | None:
    """Return c where after = min(before, c) with the clip active often enough to prove it, else None."""
    keep = np.isfinite(before) & np.isfinite(after)
    before, after = before[keep], after[keep]
    active = before > ACTIVE_RANGE * after
    if len(after) < LEAST_POINTS or active.sum() < LEAST_POINTS // 2:
        return None
    bound = float(np.median(after[active]))
    if bound <= 0:
        return None
    error = np.abs(after - np.minimum(before, bound)) / bound
    return customary(bound) if np.mean(error <= PAIR_TOLERANCE) >= 0.95 else None


def _read_coefficient(
    totals: Sequence[Signal], context: Sequence[Signal], network: Network, read: dict[int, Signal]
) -> Limit | None:
    for ratio in context:
        if ratio.meaning.quantity is not Quantity.CLIP_COEFFICIENT or ratio.meaning.network is not network:
            continue
        for total in totals:
            steps, (norm, coefficient) = join(total, ratio)
            keep = np.isfinite(norm) & (norm > 0) & (coefficient > 0) & (coefficient < 1 / ACTIVE_RANGE)
            product = norm[keep] * coefficient[keep]
            if keep.sum() < LEAST_POINTS or np.ptp(np.quantile(product, [0.05, 0.95])) > PAIR_TOLERANCE * product[0]:
                continue
            bound = customary(float(np.median(product)))
            how = f"{total.tag} x {ratio.tag} = {bound:.6g} at {len(steps)} shared points (I6)"
            read[id(total)] = _total(read[id(total)], ClipStage.PRE, how)
            return Limit(bound, how, total)
    return None


def _read_pinned(totals: Sequence[Signal]) -> tuple[Limit | None, list[Signal]]:
    """Recognise a total norm that sits at one constant: nothing but a clip does that."""
    limit, read = None, []
    for total in totals:
        values = finite(total.values)
        top = float(np.quantile(values, 0.95))
        at_limit = np.abs(values - top) <= PINNED_SPREAD * top
        if top > 0 and np.mean(at_limit) > 0.5 and values.max() <= top * (1 + PINNED_SPREAD):
            bound = customary(top)
            how = f"{total.tag} stands at {bound:.6g} at {int(at_limit.sum())} of {len(values)} points, never above"
            limit = limit or Limit(bound, how, total)
            total = _total(total, ClipStage.POST, how)
        read.append(total)
    return limit, read


def _total(signal: Signal, stage: ClipStage, how: str) -> Signal:
    return signal.establish("clip_stage", stage, how).establish("reduction", Reduction.L2, how)


# ---- norms of parts of a network


def _read_steady(part: Signal, totals: Sequence[Signal], context: Sequence[Signal], network: Network) -> Signal:
    """Establish that a part's norm is taken after clipping: steady while what drives it spans decades."""
    values = finite(part.values)
    low, high = np.quantile(values, [0.05, 0.95])
    if low <= 0 or high > STEADY_RATIO * low:
        return part
    drivers = _LOSS_OF.get(network, (network,))
    for driver in [*totals, *context]:
        is_raw_norm = driver.meaning.clip_stage is ClipStage.PRE and driver.is_established("clip_stage")
        is_loss = driver.meaning.quantity is Quantity.LOSS and driver.meaning.network in drivers
        if not (is_raw_norm or is_loss):
            continue
        steps, (_, driving) = join(part, driver)
        span = _course(driving)
        if len(steps) >= LEAST_POINTS and span >= LOSS_DECADES:
            how = (
                f"steady within {high / low:.3g}x over {len(steps)} points while {driver.tag} spans {span:.1f} "
                "decades: bounded by a clip"
            )
            return part.establish("clip_stage", ClipStage.POST, how)
    return part


def _course(driving: Array) -> float:
    """Return the decades that a loss or norm goes through as a course, noise and zero crossings aside.

    A loss that passes through zero, or moves about it as a policy loss does, has a few tiny magnitudes: its extremes
    lie decades apart though its scale never changed. Where the sign changes at all, the 5 % and 95 % quantiles count;
    where it changes often, nothing does.
    """
    known = finite(driving)
    known = known[known != 0]
    if len(known) < LEAST_POINTS:
        return 0.0
    size = np.abs(known)
    other_sign = float(min(np.mean(known > 0), np.mean(known < 0)))
    if other_sign > OTHER_SIGN:
        return 0.0
    return decades(running_median(size, 3) if other_sign == 0 else np.quantile(size, [0.05, 0.95]))


def _families(parts: Sequence[Signal]) -> list[list[Signal]]:
    """Group the parts of one network that were logged by one expression: tags alike but for the part's name."""
    groups: dict[str, list[Signal]] = {}
    for part in parts:
        groups.setdefault(family(part.tag), []).append(part)
    return list(groups.values())


def _read_reduction(
    group: Sequence[Signal], totals: Sequence[Signal], limit: Limit | None
) -> tuple[Limit | None, list[Signal]]:
    """Decide between an L2 norm and a sum of norms for the parts of one network (I3, I16)."""
    clipped = [part for part in group if part.meaning.clip_stage is ClipStage.POST]
    proven = any(part.is_established("clip_stage") for part in clipped)
    if not clipped or not (proven or limit):
        return None, list(group)
    once = one_sink(group)
    if limit is not None:
        verdict = _against_limit(once, limit)
    elif len(once) > 1:
        verdict = _without_limit(once)
    else:
        verdict = None
    if verdict is None:
        return None, list(group)
    reduction, how, found = verdict
    read = [part if part.meaning.clip_stage is ClipStage.PRE else _part(part, reduction, how) for part in group]
    return Limit(found, how, group[0]) if found is not None else None, read


def _part(part: Signal, reduction: Reduction, how: str) -> Signal:
    if not part.is_established("clip_stage"):
        part = part.establish("clip_stage", ClipStage.POST, how)
    return part.establish("reduction", reduction, how)


def _joint(group: Sequence[Signal]) -> tuple[int, Array]:
    """Return how many points the parts share, and sqrt(sum of squares) at each."""
    steps, columns = join(*group)
    return len(steps), np.sqrt(np.sum(np.square(columns), axis=0))


def _against_limit(group: Sequence[Signal], limit: Limit) -> tuple[Reduction, str, float | None] | None:
    count, joint = _joint(group)
    if count < LEAST_POINTS:
        return None
    names = " and ".join(part.tag for part in group)
    top = float(np.quantile(joint, 0.95))
    if len(group) > 1 and abs(float(np.median(joint)) / limit.value - 1) <= NEAR_LIMIT:
        return Reduction.L2, f"the squares of {names} add up to the limit {limit.value:.6g} (I16)", None
    if top <= limit.value * (1 + NEAR_LIMIT):
        return (
            (Reduction.L2, f"{names} stays under the limit {limit.value:.6g} (I3)", None) if len(group) == 1 else None
        )
    worst = max(float(np.quantile(part.values, 0.95)) for part in group)
    exceeds = worst > limit.value * (1 + NEAR_LIMIT)  # I3 speaks of a part; parts that overlap add up to more
    if exceeds and worst <= np.sqrt(MOST_TENSORS) * limit.value and _is_bounded(group):
        how = (
            f"{names} reach {worst:.4g}, above the limit {limit.value:.6g} of the total norm they are part of (I3), "
            f"yet stay bounded: a sum of norms, at most sqrt(k) x {limit.value:.6g} over k tensors (I4)"
        )
        return Reduction.SUM_OF_L2, how, None
    return None


def _without_limit(group: Sequence[Signal]) -> tuple[Reduction, str, float | None] | None:
    count, joint = _joint(group)
    if count < LEAST_POINTS or not _is_bounded(group):
        return None
    names = " and ".join(part.tag for part in group)
    middle = float(np.median(joint))
    low, high = np.quantile(joint, [0.05, 0.95])
    if high - low <= PINNED_SPREAD * middle:
        bound = customary(middle)
        return Reduction.L2, f"the squares of {names} add up to the constant {bound:.6g} (I16)", bound
    if high - low <= 2 * NEAR_LIMIT * middle and _round_limit(middle, NEAR_LIMIT) is not None:
        return None  # a norm at a round limit with logged noise looks the same
    how = (
        f"the squares of {names} add up to {low:.5g} to {high:.5g} and not to one constant, as they must while a clip "
        "is active (I16): a sum of norms"
    )
    return Reduction.SUM_OF_L2, how, None


def _is_bounded(group: Sequence[Signal]) -> bool:
    """Whether the parts are bounded together: their sum of norms does not follow the raw gradient's decades."""
    _, columns = join(*group)
    total = np.sum(columns, axis=0)
    low, high = np.quantile(total, [0.05, 0.95])
    return bool(low > 0 and high <= np.sqrt(MOST_TENSORS) * low)


def customary(value: float) -> float:
    """Return the round limit that a measured bound stands for, where one is near enough, else the bound."""
    return _round_limit(value, PINNED_SPREAD) or value


def _round_limit(value: float, tolerance: float) -> float | None:
    exponent = np.floor(np.log10(value))
    limits = [
        float(mantissa * 10.0**scale) for scale in (exponent - 1, exponent, exponent + 1) for mantissa in _MANTISSAS
    ]
    nearest = min(limits, key=lambda limit: abs(value - limit))
    return round(nearest, 10) if abs(value - nearest) <= tolerance * nearest else None


# ---- readings carried over


def _by_sibling(signals: Sequence[Signal]) -> list[Signal]:
    """Carry stage and reduction over to tags of one name family, logged by one expression for another part."""
    known: dict[str, Signal] = {}
    for signal in signals:
        is_part = signal.meaning.quantity is Quantity.GRADIENT_NORM and signal.meaning.module is not Module.WHOLE
        if is_part and signal.is_established("clip_stage") and signal.is_established("reduction"):
            known.setdefault(family(signal.tag), signal)
    return [_carry(signal, known.get(family(signal.tag))) for signal in signals]


def _carry(signal: Signal, sibling: Signal | None) -> Signal:
    meaning = signal.meaning
    if sibling is None or sibling is signal or meaning.quantity is not Quantity.GRADIENT_NORM:
        return signal
    if meaning.module is Module.WHOLE or meaning.clip_stage is ClipStage.PRE:
        return signal
    how = f"carried over from its sibling {sibling.tag}, which one expression logs for another part"
    if not signal.is_established("clip_stage"):
        signal = signal.establish("clip_stage", sibling.meaning.clip_stage, how)
    if not signal.is_established("reduction"):
        signal = signal.establish("reduction", sibling.meaning.reduction, how)
    return signal
