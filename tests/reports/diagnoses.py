"""Diagnoses to render: one as full as a real investigation, one with nothing in it, one written by an enemy."""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.model.diagnosis import (
    SCHEMA_VERSION,
    Calibration,
    ConfigRow,
    Coverage,
    Diagnosis,
    Event,
    Fact,
    NotExamined,
    Outcome,
    Quality,
    Recommendation,
    RunSummary,
    SignalSummary,
    Steps,
    Tool,
    Verdict,
    VerdictStatus,
)
from forensics.model.evidence import EvidenceRef, FileRecord, IssueKind, ReadIssue
from tests.reports.causes import causes
from tests.reports.findings import MISSING, findings

PAYLOADS = [
    "<script>document.title='PWNED'</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "<svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "x onmouseover=alert(1)",
    "</title><b>x",
    "</style><script>alert(1)</script>",
    "<!--",
    "]]>",
    "${alert(1)}",
    "{{ 7*7 }}",
    "&lt;script&gt;",
    "$\\frac{1}{$",
    "\x1b[31mred\x1b]0;title\x07",
    "evil\u202egnp.exe",
    "lone \ud800 surrogate",
    "not for xml \ufffe\uffff\x00",
    "[bold red]markup[/bold red]",
    "=cmd|' /C calc'!A0",
    "тег/日本語/émoji\U0001f600",
]


def full() -> Diagnosis:
    """A whole investigation of a TD3 run whose actor loss runs through the encoder."""
    return Diagnosis(
        schema_version=SCHEMA_VERSION,
        run=RunSummary(
            name="day20-run3",
            path="/home/someone/runs/day20-run3",
            framework="own trainer",
            algorithm="TD3",
            backend="carla",
            steps=Steps(first=100, last=3700, planned=10_000),
            updates=2700,
            ended="stopped before its plan, no end marker",
            files=[
                FileRecord(
                    path="events.out.tfevents.1",
                    bytes=181_204,
                    bytes_read=181_120,
                    bytes_lost=84,
                    sha256="ab" * 32,
                    reader="tfevents",
                ),
                FileRecord(path="train.log", bytes=2_310_112, bytes_read=2_310_112, sha256="cd" * 32, reader="textlog"),
                FileRecord(path="replay.pkl", bytes=912_000_000),
            ],
        ),
        coverage=Coverage(
            tier="T2",
            present=["scalars", "logs", "config"],
            examined=61,
            not_examined=[
                NotExamined(detector=f"GRD{number}", name=name, missing=[lacking], how_to_log=line)
                for number, name, lacking, line in MISSING
            ],
        ),
        verdict=Verdict(
            status=VerdictStatus.FAULT,
            cause="actor-loss-through-encoder",
            statement="The actor loss reaches the actor's encoder through the critic's state input, so the "
            "encoder was trained to inflate Q instead of to drive.",
            likelihood=0.95,
            likelihood_words="very likely",
            evidence_quality=Quality.HIGH,
            evidence_quality_reasons=[
                "two independent lines of evidence agree",
                "27 logged updates of 2,700",
                "no source was available",
            ],
        ),
        outcomes=[
            Outcome(
                id="q-exceeds-return-bound",
                title="Q exceeds what the rewards allow",
                likelihood=0.95,
                statement="Q on the policy's actions reaches 6.3e12 against a bound of 4,200 from step 1,300 "
                "(25 points).",
                evidence=[EvidenceRef(tag="train/actor_loss", first_step=1300, last_step=3700)],
            )
        ],
        causes=causes(),
        findings=findings(),
        signals=[
            SignalSummary(
                tag="gradients/actor_cnn_norm",
                source="tensorboard",
                points=27,
                claimed={"quantity": "gradient_norm", "network": "actor", "module": "cnn"},
                established={"clip_stage": "post", "reduction": "sum_of_l2"},
                contested={},
                how=[
                    "steady within 3 % while the loss spans 6.6 decades: bounded by a clip",
                    "above the limit 1.0 with one module at 0, under sqrt(8): no L2 norm (I16)",
                ],
            ),
            SignalSummary(
                tag="gradients/critic_norm_after",
                source="tensorboard",
                points=27,
                claimed={"quantity": "gradient_norm"},
                established={},
                contested={"clip_stage": ["pre", "post"]},
                how=["named after clipping, yet above the limit"],
            ),
            *(
                SignalSummary(
                    tag=f"progress/metric_{index}",
                    source="tensorboard",
                    points=100,
                    claimed={"quantity": "other"},
                    established={},
                    contested={},
                    how=[],
                )
                for index in range(90)
            ),
        ],
        facts=[
            Fact(name="gamma", value=0.99, how="effective discount / (1 - done share), constant over 27 points"),
            Fact(
                name="clip_limit.actor",
                value=1.0,
                how="config and the norms agree",
                evidence=[EvidenceRef(file="config.yaml", key="agent.max_norm")],
            ),
        ],
        config=[
            ConfigRow(key="agent.actor_lr", declared="1e-3", effective="1e-3", origin="file"),
            ConfigRow(key="agent.gamma", declared="0.9", effective="0.99", origin="cli"),
            ConfigRow(
                key="wandb.api_key", declared="0123456789abcdef0123456789abcdef01234567", effective=None, origin="file"
            ),
            ConfigRow(key="log_dir", declared="/home/someone/runs", effective=None, origin="file", read=False),
        ],
        recommendations=[
            Recommendation(
                action="Give the actor loss the critic's own features without gradient: q = "
                "critic.q1(critic_cnn(obs).detach(), actor(actor_cnn(obs))).",
                addresses="actor-loss-through-encoder",
                expected_result="|actor loss| stays within a factor of 3 of q1_value over 1,000 updates.",
                how_to_verify="forensics analyze on the new run: GRD104 and VAL103 are clear.",
                cost="minutes",
            ),
            Recommendation(
                action="Log the norm of the concatenated gradient instead of a sum of norms.",
                addresses="sum-of-norms-metric",
                expected_result="gradients/actor_cnn_norm stays at or below 1.0.",
                how_to_verify="CLP103 is clear.",
                cost="minutes",
            ),
        ],
        read_issues=[
            ReadIssue(
                kind=IssueKind.TRUNCATED,
                file="events.out.tfevents.1",
                message="the last record ends in the middle",
                offset=181_120,
                bytes_lost=84,
                records_lost=1,
            ),
        ],
        timeline=[
            Event(
                step=1100,
                finding="gradient-path-contradiction",
                statement="The actor MLP's gradient is 0 from its first logged update.",
            ),
            Event(
                step=1300, finding="policy-q-power-law", statement="Q under the policy leaves the bound of the rewards."
            ),
        ],
        calibration=Calibration(method="Beta priors set by hand with a written reason", cap=0.95, fitted_on=0),
        tool=Tool(version="0.1.0", settings={"fail_on": "never"}, weights_version="1"),
        source_excerpts=[
            "td3_agent.py:712\n> actor_loss = -self.critic.Q1(state_features, self.actor(state_features)).mean()"
        ],
    )


def empty() -> Diagnosis:
    """A run in which nothing could be read but its name."""
    return Diagnosis(
        schema_version=SCHEMA_VERSION,
        run=RunSummary(name="empty", path="empty"),
        coverage=Coverage(tier="T1", present=[], examined=0, not_examined=[]),
        verdict=Verdict(
            status=VerdictStatus.INSUFFICIENT_EVIDENCE, cause=None, statement="Too little was recorded to say anything."
        ),
        outcomes=[],
        causes=[],
        findings=[],
        signals=[],
        facts=[],
        config=[],
        recommendations=[],
        read_issues=[],
        timeline=[],
        calibration=Calibration(method="none", cap=0.95, fitted_on=0),
        tool=Tool(version="0.1.0", settings={}, weights_version="1"),
    )


def hostile(payload: str) -> Diagnosis:
    """The full diagnosis with `payload` added to every text that a run can influence."""
    return msgspec.convert(_poison(msgspec.to_builtins(full()), payload, ""), Diagnosis)


_OURS = {"status", "kind", "role", "evidence_quality", "scale", "sha256", "code", "cause", "id", "detector", "finding"}


def _poison(value: Any, payload: str, field: str) -> Any:
    if isinstance(value, str):
        return value if field in _OURS else value + payload
    if isinstance(value, list):
        return [_poison(item, payload, field) for item in value]
    if isinstance(value, dict):
        poisoned = {key: _poison(item, payload, key) for key, item in value.items()}
        if field in {"claimed", "established", "contested", "values", "settings"}:
            return {key + payload: item for key, item in poisoned.items()}
        return poisoned
    return value
