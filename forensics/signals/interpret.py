"""From series to signals: what every name claims, and what the numbers make of the claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from forensics.errors import UsageError
from forensics.model.evidence import Run, Series
from forensics.model.meaning import Aggregation, Axis, Meaning, Quantity
from forensics.signals.axes import establish_axes
from forensics.signals.clips import establish_clips
from forensics.signals.facts import establish_facts
from forensics.signals.objective import establish_policy_q
from forensics.signals.signals import Signal, Signals
from forensics.signals.vocabulary import Framework, framework_of, meaning_of, vocabulary

_ENV_STEP_FRAMEWORKS = frozenset({"stable-baselines3", "cleanrl", "rllib"})


def interpret(run: Run, tags: Mapping[str, dict[str, str]] | None = None) -> Signals:
    """Return the run's signals. `tags` maps a tag to the fields of the meaning its user gives it.

    Raises:
        UsageError: a given meaning has a field or a value that no meaning has.
    """
    given = tags or {}
    for tag, fields in given.items():
        _check(tag, fields)
    framework = framework_of(series.tag for series in run.series)
    signals = [_claimed(series, given, framework) for series in run.series]
    signals = establish_axes(signals)
    signals = establish_policy_q(signals)
    signals, limits = establish_clips(signals)
    return Signals(
        run=run,
        signals=tuple(signals),
        facts={**establish_facts(signals, run), **limits},
        framework=framework.name if framework else (run.manifest.framework if run.manifest else ""),
        algorithm=_algorithm(signals, run),
    )


def _check(tag: str, fields: dict[str, str]) -> None:
    try:
        meaning_of(fields)
    except ValueError as failure:
        raise UsageError(f"the meaning given for tag {tag!r} cannot be read: {failure}") from None


def _claimed(series: Series, given: Mapping[str, dict[str, str]], framework: Framework | None) -> Signal:
    meaning, said = vocabulary().claim(series.tag)
    signal = Signal(series=series, meaning=Meaning())
    for name in sorted(said):
        signal = signal.claim(name, str(getattr(meaning, name)), f"the name {series.tag!r} says so")
    for name, value in (series.declared or {}).items():
        if name in Meaning.__struct_fields__:
            signal = _declare(signal, name, value)
    for name, value in given.get(series.tag, {}).items():
        signal = signal.establish(name, value, "given by the user")
    if framework is not None:
        if framework.aggregation != Aggregation.UNKNOWN:
            signal = signal.claim("aggregation", framework.aggregation, f"{framework.name} logs window means")
        if framework.name in _ENV_STEP_FRAMEWORKS:
            signal = signal.claim("axis", Axis.ENV_STEP, f"{framework.name} logs at environment steps")
    return signal


def _declare(signal: Signal, name: str, value: str) -> Signal:
    """Let the manifest override the name; a value it cannot have is left out."""
    try:
        plain = {key: item for key, item in signal.standing.items() if key != name}
        return replace(signal, standing=plain).claim(name, value, "declared beside the data")
    except ValueError:
        return signal


def _algorithm(signals: list[Signal], run: Run) -> str:
    """Name the algorithm from the manifest, the configuration, or the quantities that only it logs."""
    if run.manifest is not None and run.manifest.algorithm:
        return run.manifest.algorithm
    for row in run.config:
        if row.key.rsplit(".", 1)[-1].lower() in {"algo", "algorithm", "algo_name"} and isinstance(row.value, str):
            return row.value.lower()
    logged = {signal.meaning.quantity for signal in signals}
    networks = {signal.meaning.network for signal in signals if signal.meaning.quantity is Quantity.LOSS}
    if logged & {Quantity.KL, Quantity.CLIP_FRACTION}:
        return "ppo"
    if {"actor", "critic"} <= {network.value for network in networks}:
        return "sac" if Quantity.ENTROPY_COEFFICIENT in logged else "td3"
    return ""
