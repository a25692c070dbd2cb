"""A recorded run of real training: the analyzer establishes what was recorded and finds no fault in a healthy one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from forensics.model.evidence import Series
from forensics.pipeline import analyze
from forensics.readers.run import load_run
from tests.recorder.reading import events, manifest

pytest.importorskip("torch")

from tests.recorder import toy

STANDS = 0.5


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded run."""
    folder = tmp_path_factory.mktemp("toy")
    rec = toy.train(folder)
    assert rec.failures == 0
    assert rec.stop_reason is None
    return folder


def test_no_cause_stands_and_the_clips_are_established(run: Path) -> None:
    diagnosis = analyze(run)
    assert [cause.id for cause in diagnosis.causes if cause.likelihood >= STANDS] == []
    assert diagnosis.verdict.cause is None
    established = {signal.tag: signal.established for signal in diagnosis.signals}
    for network in ("actor", "critic"):
        for stage in ("pre", "post"):
            assert established[f"gradients/{network}_norm_{stage}_clip"]["clip_stage"] == stage
    facts = {fact.name: fact.value for fact in diagnosis.facts}
    assert facts["clip_limit.actor"] == pytest.approx(toy.ACTOR_LIMIT)
    assert facts["clip_limit.critic"] == pytest.approx(toy.CRITIC_LIMIT)
    assert facts["gamma"] == pytest.approx(toy.GAMMA)


def test_everything_was_read_and_the_sinks_agree(run: Path) -> None:
    read = load_run(run)
    assert not read.issues
    sources: dict[str, dict[str, Series]] = {}
    for series in read.series:
        sources.setdefault(series.source, {})[series.tag] = series
    for tag, drawn in sources["tensorboard"].items():
        if not tag.startswith("counters/"):
            logged = sources["jsonl:debug.jsonl"][tag]
            np.testing.assert_array_equal(drawn.values, logged.values.astype(np.float32))
            np.testing.assert_array_equal(drawn.steps, logged.steps)


def test_every_update_holds_what_a_diagnosis_needs(run: Path) -> None:
    last = manifest(run)["last"]
    assert len(events(run, "gradients")) == len(events(run, "losses")) == last["update"]
    tags = {series.tag for series in load_run(run).series}
    for network in ("actor", "critic"):
        assert f"parameters/{network}_update_ratio" in tags
        assert f"activations/{network}_dead_unit_share" in tags
        assert f"learning_rates/{network}" in tags
    assert "activations/actor_saturation_share" in tags
    assert {"q_values/policy_q_mean", "q_values/batch_q_std", "q_values/target_q_max"} <= tags


def test_a_rule_ends_a_run_in_its_first_minute_and_says_why(tmp_path: Path) -> None:
    rec = toy.train(tmp_path, steps=600, stop_if=["critic_loss < 1e9 after 300"])
    assert rec.stop_reason is not None
    assert manifest(tmp_path)["status"] == "stopped"
    assert manifest(tmp_path)["last"]["env_step"] == 300
