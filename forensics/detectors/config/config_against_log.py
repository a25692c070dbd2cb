"""A configured value differs from the one that the log shows in effect.

Observes: learning rate, exploration noise, batch size, clip limits and the start of learning: the configured number
against the logged or established one.

Why it matters: the configuration that is reported is then not the one that ran; every comparison by it is void.

Evidence: a configuration, and a logged or established value of the same thing.

How it can be wrong: schedules change a value over time, so a rate that varies is judged by its largest value; two
networks have two rates, so any configured one may match; a file may belong to another run.

References: fault catalogue, config-without-effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forensics.detectors.config.lookup import LEARNING_RATE_KEYS, numbers, place
from forensics.detectors.meta import Meta
from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Network, Quantity
from forensics.signals.robust import finite
from forensics.signals.signals import Signal, Signals

META = Meta(
    code="CFG101",
    name="config-against-log",
    fired="A configured value is not in effect",
    clear="The configuration agrees with the log",
    group="config-effect",
    needs=("configuration", "logged or established value of a configured thing"),
    leak=(2, 100),
    leak_reason="Warm-ups, schedules and several networks are allowed for; a stale file remains possible.",
    how_to_log="yaml.safe_dump(resolved_config, open(run_dir / 'config.yaml', 'w'))",
)
THRESHOLDS = {
    "differs": Threshold(0.05, "relative", "float32 and a text log's rounding stay far below a twentieth"),
    "clip": Threshold(0.1, "relative", "a clip limit is established within a tenth from a noisy norm"),
    "start": Threshold(0.2, "relative", "the first update may come one train_freq after the configured start"),
}


@dataclass(frozen=True)
class _Check:
    name: str
    configured: float
    seen: float
    evidence: tuple[EvidenceRef, ...]
    limit: float

    @property
    def differs(self) -> bool:
        size = max(abs(self.configured), abs(self.seen))
        return size > 0 and abs(self.configured - self.seen) > self.limit * size


def detect(signals: Signals) -> Finding:
    """Compare what is configured with what is in effect."""
    if not signals.run.config:
        return META.not_applicable(META.needs[0])
    checks = list(_checks(signals))
    if not checks:
        return META.not_applicable(META.needs[1])
    wrong = [one for one in checks if one.differs]
    values: dict[str, Number] = {"compared": len(checks), "different": len(wrong)}
    if not wrong:
        names = ", ".join(one.name for one in checks)
        return META.pass_(f"What is configured is in effect ({names}).", values=values)
    for one in wrong:
        values |= {f"{one.name}.configured": one.configured, f"{one.name}.seen": one.seen}
    told = "; ".join(f"{one.name} is {one.seen:.4g} against {one.configured:.4g} configured" for one in wrong)
    return META.fire(
        f"{len(wrong)} of {len(checks)} configured values are not in effect: {told}.",
        values=values,
        evidence=[ref for one in wrong for ref in one.evidence],
    )


def _checks(signals: Signals) -> Iterator[_Check]:
    close = THRESHOLDS["differs"].value
    rates = [one for one in signals.select(Quantity.LEARNING_RATE) if one.meaning.network is not Network.TEMPERATURE]
    yield from _against_logged(signals, "learning rate", LEARNING_RATE_KEYS, rates, close)
    yield from _against_logged(
        signals,
        "exploration noise",
        ("exploration_noise", "expl_noise", "action_noise_std", "noise_std", "exploration_noise_start"),
        signals.select(Quantity.EXPLORATION_NOISE),
        close,
    )
    yield from _against_logged(signals, "batch size", ("batch_size",), signals.select(Quantity.BATCH_SIZE), close)
    for network in ("actor", "critic"):
        keys = (f"{network}_max_grad_norm", f"{network}_grad_clip", f"{network}_clip", "max_grad_norm", "grad_clip")
        yield from _against_fact(signals, f"clip_limit.{network}", keys, THRESHOLDS["clip"].value)
    yield from _against_fact(
        signals, "learning_starts", ("learning_starts", "start_timesteps", "warmup_steps"), THRESHOLDS["start"].value
    )


def _against_logged(
    signals: Signals, name: str, keys: tuple[str, ...], series: list[Signal], limit: float
) -> Iterator[_Check]:
    """Compare each logged series with the configured value nearest to it."""
    rows = numbers(signals, keys)
    for one in series:
        values = finite(one.values)
        if not rows or not len(values):
            continue
        seen = float(values.max())
        row, configured = min(rows, key=lambda found: abs(found[1] - seen))
        # A rate that still moves and has stayed below its setting may be in a warm-up or a decay.
        if len(set(values.tolist())) > 1 and seen < configured:
            continue
        yield _Check(f"{name} ({one.tag})", configured, seen, (place(row), one.ref()), limit)


def _against_fact(signals: Signals, fact: str, keys: tuple[str, ...], limit: float) -> Iterator[_Check]:
    rows, known = numbers(signals, keys), signals.number(fact)
    if not rows or known is None:
        return
    row, configured = min(rows, key=lambda found: abs(found[1] - known))
    if fact == "learning_starts" and max(known, configured) < 1000:
        return  # a handful of steps: within the interval between two records
    if configured > 0:
        yield _Check(fact, configured, known, (place(row), *signals.facts[fact].evidence), limit)
