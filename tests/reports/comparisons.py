"""Comparisons to render: one as full as a real one, one of runs that cannot be compared, one written by an enemy."""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.comparison.compare import compare
from forensics.comparison.examined import Examined
from forensics.model.comparison import Comparison
from forensics.model.diagnosis import CauseRole, Diagnosis
from forensics.model.finding import Line, Status
from tests.diagnoses import verdict
from tests.reports.diagnoses import full
from tests.reports.parts import cause, curve, finding

BEFORE = {"td3.py": b"loss = critic(encoder(obs), actor(obs))\nloss.backward()\n", "old.py": b"x\n"}
AFTER = {"td3.py": b"loss = critic(encoder(obs).detach(), actor(obs))\nloss.backward()\n", "new.py": b"y\n"}
TAG = "train/actor_loss"


def later() -> Diagnosis:
    """The full run after its fix: the cause's findings are clear, one setting and one meaning changed."""
    shown = full()
    findings = [
        finding("GRD104", "gradient-path-contradiction", Status.CLEAR),
        finding("VAL103", "policy-q-power-law", Status.CLEAR),
        finding("EPS107", "return-rises"),
    ]
    signals = [
        msgspec.structs.replace(signal, established={**signal.established, "clip_stage": "pre"})
        if signal.tag == "gradients/actor_cnn_norm"
        else signal
        for signal in shown.signals[:50]
    ]
    config = [
        msgspec.structs.replace(row, declared="3e-4" if "lr" in row.key else row.declared) for row in shown.config
    ]
    return msgspec.structs.replace(
        shown,
        run=msgspec.structs.replace(shown.run, name="day21-run1", path="/home/someone/runs/day21-run1", files=[]),
        verdict=verdict(None),
        findings=findings,
        signals=signals,
        config=config,
        causes=[cause("learning-rate-too-high", CauseRole.POSSIBLE, 0.2)],
        outcomes=[],
    )


def comparison(*runs: Diagnosis) -> Comparison:
    """Two runs of the same experiment, with the source of both."""
    shown = runs or (full(), later())
    sources = [BEFORE, AFTER, AFTER]
    return compare(
        [
            Examined(each, _curves(number), source)
            for number, (each, source) in enumerate(zip(shown, sources, strict=False))
        ],
        "0.1.0",
    )


def incomparable() -> Comparison:
    """Two runs of different algorithms."""
    return comparison(
        full(), msgspec.structs.replace(later(), run=msgspec.structs.replace(later().run, algorithm="PPO"))
    )


def hostile(payload: str) -> Comparison:
    """The comparison with `payload` added to every text that a run can influence."""
    return msgspec.convert(_poison(msgspec.to_builtins(comparison()), payload, ""), Comparison)


_OURS = {
    "label", "first", "second", "answer", "change", "state", "kind", "status", "role_before", "role_after", "scale",
    "evidence_quality", "axis",
}  # fmt: skip


def _poison(value: Any, payload: str, field: str, of_finding: bool = False) -> Any:
    if isinstance(value, str):
        statuses = of_finding and field in {"before", "after"}
        return value if field in _OURS or statuses else value + payload
    if isinstance(value, list):
        return [_poison(item, payload, field, field == "findings") for item in value]
    if isinstance(value, dict):
        return {key: _poison(item, payload, key, of_finding) for key, item in value.items()}
    return value


def _curves(number: int) -> Any:
    def of(tag: str) -> Line | None:
        return curve(tag, [float(step * (number + 1)) for step in range(1, 28)])

    return of
