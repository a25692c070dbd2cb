"""The clip limit of a network, and the gradient norms it governs."""

from __future__ import annotations

from typing import NamedTuple

from forensics.model.evidence import EvidenceRef
from forensics.model.meaning import Module, Network, Quantity, Reduction, Role
from forensics.signals.signals import Signal, Signals

LIMIT_KEYS = (
    "max_grad_norm",
    "grad_clip",
    "grad_clip_norm",
    "gradient_clip_val",
    "clip_norm",
    "max_norm",
    "clip_grad_norm",
    "grad_norm_clip",
    "gradient_clip_norm",
)
_READABLE = (Reduction.UNKNOWN, Reduction.L2, Reduction.SUM_OF_L2)
HOW_TO_LOG_BOTH = (
    "pre = clip_grad_norm_(actor.parameters(), c); "
    "post = torch.stack([p.grad.norm() for p in actor.parameters()]).norm()  # log both: pre is the norm before"
)


class ClipLimit(NamedTuple):
    """A clip limit, where it comes from and where to check it."""

    value: float
    how: str
    ref: EvidenceRef | None


def limit_of(signals: Signals, network: Network) -> ClipLimit | None:
    """Return the clip limit of a network: the established one, else the configured one."""
    fact = signals.facts.get(f"clip_limit.{network.value}")
    if fact is not None:
        return ClipLimit(float(fact.value), fact.how, fact.evidence[0] if fact.evidence else None)
    for row in signals.run.config:
        path = row.key.lower().split(".")
        named = path[-1] in LIMIT_KEYS or any(path[-1] == f"{network.value}_{key}" for key in LIMIT_KEYS)
        others = {item.value for item in Network} - {network.value, "none"}
        foreign = any(part.startswith(tuple(others)) for part in path[-2:])
        is_number = isinstance(row.value, int | float) and not isinstance(row.value, bool)
        if named and not foreign and is_number and float(row.value) > 0:
            how = f"{row.file} says {row.key} = {row.value}"
            return ClipLimit(float(row.value), how, EvidenceRef(file=row.file, key=row.key))
    return None


def norms(signals: Signals, least: int = 5) -> list[Signal]:
    """Return L2-like gradient norms of trained networks and their parts."""
    found = signals.select(Quantity.GRADIENT_NORM, reduction=_READABLE)
    return [norm for norm in found if norm.meaning.role is not Role.TARGET and len(norm) >= least]


def total_norms(signals: Signals, least: int = 5) -> list[Signal]:
    """Return the gradient norms of whole networks."""
    return [norm for norm in norms(signals, least) if norm.meaning.module is Module.WHOLE]
