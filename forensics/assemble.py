"""Puts the diagnosis together from what the rooms returned."""

from __future__ import annotations

import forensics
from forensics.advice.advise import advice
from forensics.coverage import coverage
from forensics.model.diagnosis import (
    SCHEMA_VERSION,
    ConfigRow,
    Diagnosis,
    RunSummary,
    SignalSummary,
    Steps,
    Tool,
)
from forensics.model.evidence import Run
from forensics.model.finding import Finding, Status
from forensics.model.meaning import Axis, Meaning, Quantity, Standing
from forensics.reasoning.judgement import Judgement
from forensics.settings import Settings
from forensics.signals.signals import Signal, Signals
from forensics.signals.source_excerpts import excerpts

WEIGHTS_VERSION = "hand-set 1"
RUNNING = "running"  # what a manifest still says after its writer was killed
_PLANNED = (
    "total_timesteps",
    "max_timesteps",
    "max_steps",
    "num_timesteps",
    "total_steps",
    "n_timesteps",
    "num_train_steps",
)
_LOGGED_SETTINGS = {  # what a configuration key promises -> where its effect is logged
    Quantity.LEARNING_RATE: ("learning_rate", "lr"),
    Quantity.ENTROPY_COEFFICIENT: ("ent_coef",),
    Quantity.BATCH_SIZE: ("batch_size",),
}


def assemble(signals: Signals, findings: list[Finding], judgement: Judgement, settings: Settings) -> Diagnosis:
    """Return the whole investigation."""
    return Diagnosis(
        schema_version=SCHEMA_VERSION,
        run=_run(signals, findings),
        coverage=coverage(signals.run, findings, advice(findings, signals, judgement.teaches)),
        verdict=judgement.verdict,
        outcomes=judgement.outcomes,
        causes=judgement.causes,
        findings=findings,
        signals=[_signal(signal) for signal in signals.signals],
        facts=list(signals.facts.values()),
        config=_configuration(signals),
        recommendations=judgement.recommendations,
        read_issues=list(signals.run.issues),
        timeline=judgement.timeline,
        calibration=judgement.calibration,
        tool=Tool(version=forensics.__version__, settings=settings.described(), weights_version=WEIGHTS_VERSION),
        source_excerpts=excerpts(findings, signals.run.source_texts),
    )


def _run(signals: Signals, findings: list[Finding]) -> RunSummary:
    run = signals.run
    last, updates = signals.number("env_steps"), signals.number("updates")
    last = signals.number("last_step") if last is None else last
    stepped = [s for s in signals.signals if len(s) and s.meaning.axis not in (Axis.EPISODE, Axis.EPOCH)]
    stepped = stepped or [signal for signal in signals.signals if len(signal)]
    planned = run.manifest.planned_steps if run.manifest else None
    configured = signals.config(*_PLANNED)
    return RunSummary(
        name=run.name,
        path=run.path,
        framework=signals.framework,
        algorithm=signals.algorithm,
        backend=run.manifest.backend if run.manifest else "",
        steps=Steps(
            first=min((int(signal.series.steps.min()) for signal in stepped), default=None),
            last=int(last) if last is not None else None,
            planned=planned if planned is not None else (int(configured) if configured else None),
        ),
        updates=int(updates) if updates is not None else None,
        ended=_ended(run, findings),
        files=list(run.files),
    )


def _ended(run: Run, findings: list[Finding]) -> str:
    if run.manifest is not None and run.manifest.status not in ("", RUNNING):
        return run.manifest.status
    if run.live:
        return "still running, or killed while writing"
    if any(finding.name == "run-truncated" and finding.status is Status.FIRED for finding in findings):
        return "cut short"
    return "unknown"


def _signal(signal: Signal) -> SignalSummary:
    by_standing: dict[Standing, dict[str, str]] = {standing: {} for standing in Standing}
    for name, standing in signal.standing.items():
        by_standing[standing][name] = str(getattr(signal.meaning, name))
    return SignalSummary(
        tag=signal.tag,
        source=signal.series.source,
        points=len(signal.series),
        claimed=dict(signal.claims),
        established=by_standing[Standing.ESTABLISHED],
        contested={name: list(readings) for name, readings in signal.alternatives.items()},
        how=[f"{name}: {signal.how[name]}" for name in Meaning.__struct_fields__ if name in signal.how],
    )


def _configuration(signals: Signals) -> list[ConfigRow]:
    """Return each key once for every value it has: a log may repeat what the configuration file says."""
    rows = {(row.key, str(row.value)): row for row in reversed(signals.run.config)}
    return [_config(row.key, row.value, row.origin, signals) for row in reversed(rows.values())]


def _config(key: str, value: object, origin: str, signals: Signals) -> ConfigRow:
    """Return a configuration row, with the value that the log shows in effect where one does."""
    effective = None
    for quantity, names in _LOGGED_SETTINGS.items():
        logged = signals.first(quantity)
        if logged is not None and key.rsplit(".", 1)[-1].lower() in names:
            effective = f"{logged.values[0]:g} ({logged.tag}, first point)"
    return ConfigRow(key=key, declared=str(value), effective=effective, origin=origin)
