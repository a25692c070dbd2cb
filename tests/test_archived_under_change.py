"""The archived CARLA runs under change: the same verdict under other names, steps, noise and fewer points; and with
evidence taken away it narrows or abstains, but never turns to another cause."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from forensics.model.diagnosis import Diagnosis
from forensics.model.evidence import Run
from forensics.pipeline import investigate, load_run
from tests.changes import (
    CLEANRL_NAMES,
    EVIDENCE_GROUPS,
    SB3_NAMES,
    Change,
    halved,
    noisy,
    renamed,
    restarted,
    shifted,
    without,
)

RUNS = ("seed-day16", "seed-day20-run3", "seed-day20-run4debug", "seed-day21-run7")
ENCODER_FAULTS = {"actor-loss-through-encoder", "critic-on-foreign-features"}
SAME: dict[str, Change] = {
    "stable-baselines3 names": renamed(SB3_NAMES),
    "CleanRL names": renamed(CLEANRL_NAMES),
    "steps shifted": shifted(100_000),
    "half the points": halved,
    "1 % noise": noisy(0.01),
    "1 % noise, another seed": noisy(0.01, seed=1),
    "a restart appended": restarted,
}


@cache
def _read(path: Path) -> Run:
    return load_run(path)


def _standing(diagnosis: Diagnosis) -> set[str]:
    return {cause.id for cause in diagnosis.causes if cause.likelihood >= 0.5}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
@pytest.mark.parametrize("name", RUNS)
def test_the_verdict_stays(archived_runs: Path, name: str, change: Change) -> None:
    diagnosis = investigate(change(_read(archived_runs / name)))
    assert diagnosis.verdict.cause in ENCODER_FAULTS
    assert _standing(diagnosis) >= ENCODER_FAULTS


@pytest.mark.parametrize("pattern", EVIDENCE_GROUPS.values(), ids=EVIDENCE_GROUPS.keys())
@pytest.mark.parametrize("name", RUNS)
def test_less_evidence_narrows_or_abstains(archived_runs: Path, name: str, pattern: str) -> None:
    diagnosis = investigate(without(pattern)(_read(archived_runs / name)))
    assert diagnosis.verdict.cause in ENCODER_FAULTS | {None}


@pytest.mark.parametrize("name", RUNS)
def test_a_restart_contributes_and_heads_nothing(archived_runs: Path, name: str) -> None:
    diagnosis = investigate(restarted(_read(archived_runs / name)))
    assert "steps-rewound-on-resume" in _standing(diagnosis)
    assert diagnosis.verdict.cause != "steps-rewound-on-resume"
