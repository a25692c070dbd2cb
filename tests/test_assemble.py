"""What the diagnosis says of the run itself: how far it came, how it ended, which settings were in effect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forensics.assemble import assemble
from forensics.causes.library import load
from forensics.detectors.registry import examine
from forensics.model.diagnosis import Diagnosis
from forensics.model.evidence import ConfigFact, IssueKind, Manifest, ReadIssue, Run
from forensics.model.meaning import Axis, Quantity
from forensics.pipeline import investigate
from forensics.reasoning import reason
from forensics.settings import Settings
from forensics.signals.signals import Signals
from tests.builders import series, signal, signals


def assembled(given: Signals) -> Diagnosis:
    findings = examine(given)
    return assemble(given, findings, reason(findings, load(), "T1"), Settings())


def test_the_effective_value_of_a_setting_is_the_first_that_was_logged() -> None:
    rate = signal("train/lr", [3e-4, 2e-4, 1e-4], quantity=Quantity.LEARNING_RATE)
    rows = {row.key: row for row in assembled(signals(rate, config={"optim.lr": 0.1, "seed": 7})).config}
    assert (rows["optim.lr"].declared, rows["optim.lr"].effective) == ("0.1", "0.0003 (train/lr, first point)")
    assert rows["seed"].effective is None


def test_steps_are_those_of_the_environment_not_of_episodes() -> None:
    loss = signal("loss", [1.0] * 5, [100, 200, 300, 400, 500])
    episodes = signal("return", [1.0] * 3, [0, 1, 2], axis=Axis.EPISODE)
    run = assembled(signals(loss, episodes, facts={"env_steps": 500}, config={"total_timesteps": 1000})).run
    assert (run.steps.first, run.steps.last, run.steps.planned) == (100, 500, 1000)
    assert assembled(signals(episodes)).run.steps.first == 0


def test_the_manifest_goes_over_the_configuration() -> None:
    manifest = Manifest(file="manifest.json", status="completed", backend="loopback", planned_steps=700)
    run = assembled(signals(manifest=manifest, config={"total_timesteps": 1000})).run
    assert (run.ended, run.backend, run.steps.planned) == ("completed", "loopback", 700)


@pytest.mark.parametrize(
    ("live", "torn", "planned", "ended"),
    [
        (False, False, None, "unknown"),
        (False, True, None, "cut short"),
        (False, False, 9000, "cut short"),
        (True, True, 9000, "still running, or killed while writing"),
    ],
)
def test_how_the_run_ended_is_told_from_what_it_left(live: bool, torn: bool, planned: int | None, ended: str) -> None:
    loss = signal("loss", [1.0] * 40)
    issues = [ReadIssue(kind=IssueKind.TRUNCATED, file="f", message="torn", bytes_lost=3)] if torn else []
    config = {"total_timesteps": planned} if planned else None
    given = signals(loss, facts={"env_steps": 4000}, issues=issues, config=config)
    given = replace(given, run=replace(given.run, live=live))
    assert assembled(given).run.ended == ended


def test_a_manifest_that_still_says_running_is_not_taken_at_its_word() -> None:
    manifest = Manifest(file="manifest.json", status="running", planned_steps=9000)
    loss = signal("loss", [1.0] * 40)
    assert assembled(signals(loss, facts={"env_steps": 4000}, manifest=manifest)).run.ended == "cut short"


def test_a_key_that_two_files_repeat_stands_once_and_two_values_stand_both() -> None:
    facts = [
        ConfigFact(key="lr", value=0.1, file="config.yaml"),
        ConfigFact(key="lr", value=0.1, file="debug.jsonl"),
        ConfigFact(key="lr", value=0.2, file="params.json"),
    ]
    run = Run(name="run", path="run", series=(series("train/critic_loss", range(12)),), config=tuple(facts))
    assert [(row.key, row.declared) for row in investigate(run).config] == [("lr", "0.1"), ("lr", "0.2")]
