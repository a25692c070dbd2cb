"""From series to signals: what every name claims, and what the numbers make of the claims."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from forensics.errors import UsageError
from forensics.model.evidence import Run, Series
from forensics.model.meaning import Aggregation, Axis, Meaning, Network, Quantity
from forensics.signals.axes import establish_axes
from forensics.signals.clips import establish_clips
from forensics.signals.facts import establish_facts
from forensics.signals.folders import claimed_names
from forensics.signals.learner import policy_divergence
from forensics.signals.objective import establish_policy_q
from forensics.signals.possible import only_possible
from forensics.signals.signals import Signal, Signals
from forensics.signals.source import source_of
from forensics.signals.source_meanings import establish_by_source
from forensics.signals.vocabulary import Framework, framework_of, meaning_of, vocabulary

_SCRIPTS = ("ppo", "ppg", "dqn", "c51", "qdagger", "rainbow", "ddpg", "td3", "sac", "rpo")
PAST_LOGGER = 3  # times as many points as its framework's own tags: a callback that logs along adds a few at most
_POLICY_GRADIENT = frozenset({Network.ACTOR, Network.VALUE})
_STEP_OF = {  # what a framework passes as step for every tag, whatever the tag's own words say
    "stable-baselines3": Axis.ENV_STEP,
    "cleanrl": Axis.ENV_STEP,
    "rllib": Axis.ENV_STEP,
    "pytorch-lightning": Axis.UPDATE,
    "skrl": Axis.ENV_STEP,
    "torchrl": Axis.ENV_STEP,
    "d3rlpy": Axis.EPOCH,
}
_UNIT = {Axis.ENV_STEP: "environment steps", Axis.UPDATE: "optimizer steps", Axis.EPOCH: "epochs"}
_TOTAL = frozenset({"timesteps_total", "ray/tune/timesteps_total"})


def interpret(run: Run, tags: Mapping[str, dict[str, str]] | None = None) -> Signals:
    """Return the run's signals. `tags` maps a tag to the fields of the meaning its user gives it.

    Raises:
        UsageError: a given meaning has a field or a value that no meaning has.
    """
    given = tags or {}
    for tag, fields in given.items():
        _check(tag, fields)
    framework = framework_of(series.tag for series in run.series)
    step = _step_of(framework, run)
    names = claimed_names(run.series)
    dumps = max((len(series) for series in run.series if framework and series.tag in framework.tags), default=0)
    signals = [
        _claimed(series, name, given, framework, step, dumps) for series, name in zip(run.series, names, strict=True)
    ]
    signals = establish_axes([only_possible(signal) for signal in signals])
    signals = establish_policy_q(signals)
    signals, limits = establish_clips(signals)
    signals = establish_by_source(signals, source_of(run))
    read = Signals(
        run=run,
        signals=tuple(signals),
        facts={**establish_facts(signals, run), **limits},
        framework=framework.name if framework else (run.manifest.framework if run.manifest else ""),
    )
    return replace(read, algorithm=_algorithm(read))


def _check(tag: str, fields: dict[str, str]) -> None:
    try:
        meaning_of(fields)
    except ValueError as failure:
        raise UsageError(f"the meaning given for tag {tag!r} cannot be read: {failure}") from None


def _step_of(framework: Framework | None, run: Run) -> Axis | None:
    """Return what a framework's steps count. Tune's are iterations where its trainable reports no total of steps."""
    if framework is None:
        return None
    if framework.name == "rllib" and not any(series.tag in _TOTAL for series in run.series):
        return None
    return _STEP_OF.get(framework.name)


def _claimed(
    series: Series,
    called: str,
    given: Mapping[str, dict[str, str]],
    framework: Framework | None,
    step: Axis | None,
    dumps: int,
) -> Signal:
    """Return a series with what name, manifest, user and framework, whose logger wrote `dumps` times, say of it."""
    meaning, said = vocabulary().claim(called, framework.reading(series.tag) if framework is not None else None)
    if framework is not None and framework.keeps(series.tag):
        meaning, said = Meaning(), frozenset()
    signal = Signal(series=series, meaning=Meaning())
    if step is Axis.UPDATE:
        said -= {"axis"}
    for name in sorted(said):
        signal = signal.claim(name, str(getattr(meaning, name)), f"the name {called!r} says so")
    for name, value in (series.declared or {}).items():
        if name in Meaning.__struct_fields__:
            signal = _declare(signal, name, value)
    for name, value in given.get(series.tag, {}).items():
        signal = signal.establish(name, value, "given by the user")
    if framework is not None:
        # What has far more points than the logger wrote was written past it, and is no mean over its windows.
        if framework.aggregation != Aggregation.UNKNOWN and not (dumps and len(series) > PAST_LOGGER * dumps):
            signal = signal.claim("aggregation", framework.aggregation, f"{framework.name} logs window means")
        if step is not None and not signal.numbers_records:
            signal = signal.claim("axis", step, f"{framework.name} logs at {_UNIT[step]}")
    return signal


def _in_experiment_name(run: Run) -> str:
    """Return the algorithm that CleanRL's experiment name, its script's name, begins with."""
    for row in run.config:
        if row.key.rsplit(".", 1)[-1] == "exp_name" and isinstance(row.value, str):
            return next((name for name in _SCRIPTS if re.match(rf"{name}(_|$)", row.value.lower())), "")
    return ""


def _declare(signal: Signal, name: str, value: str) -> Signal:
    """Let the manifest override the name; a value it cannot have is left out."""
    try:
        plain = {key: item for key, item in signal.standing.items() if key != name}
        return replace(signal, standing=plain).claim(name, value, "declared beside the data")
    except ValueError:
        return signal


def _algorithm(signals: Signals) -> str:
    """Name the algorithm from the manifest, the configuration, or the quantities that only it logs."""
    run = signals.run
    if run.manifest is not None and run.manifest.algorithm:
        return run.manifest.algorithm
    for row in run.config:
        if row.key.rsplit(".", 1)[-1].lower() in {"algo", "algorithm", "algo_name"} and isinstance(row.value, str):
            return row.value.lower()
        if row.key == "config.type" and row.file.endswith("params.json") and isinstance(row.value, str):
            return row.value.lower()  # d3rlpy since 2.0
    named = _in_experiment_name(run)
    if named:
        return named
    logged = {signal.meaning.quantity for signal in signals.signals}
    networks = {signal.meaning.network for signal in signals.select(Quantity.LOSS)}
    divergence = policy_divergence(signals)
    of_policy = divergence is not None and (divergence.meaning.name == "policy" or networks >= _POLICY_GRADIENT)
    if Quantity.CLIP_FRACTION in logged or of_policy:
        return "ppo"
    # An actor and a critic alone may be any policy gradient: the critic must be known to estimate Q.
    q_critic = Quantity.Q_VALUE in logged or any(
        signal.meaning.member and signal.meaning.network is Network.CRITIC for signal in signals.signals
    )
    if {Network.ACTOR, Network.CRITIC} <= networks:
        if Quantity.ENTROPY_COEFFICIENT in logged:
            return "sac"
        return "td3" if q_critic or signals.framework == "stable-baselines3" else ""
    return ""
