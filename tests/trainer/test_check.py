"""`trainer check`: a bad run ends in its first steps, and says why."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("gymnasium")
pytest.importorskip("tyro")

from tests.trainer.settings import TINY, flags
from trainer.arguments import read_arguments, read_check_arguments
from trainer.cli import run

SHORT = flags({key: TINY[key] for key in TINY if key != "evaluation_interval"} | {"total_steps": 60})


def checked(parent: Path, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a check, and the manifest it left."""
    code = run(["check", *SHORT, *words, "--output", str(parent)])
    (folder,) = parent.iterdir()
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return code, manifest


def test_a_run_without_fault_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, manifest = checked(tmp_path)
    assert code == 0
    assert "check: nothing wrong in these steps" in capsys.readouterr().out
    assert (manifest["status"], manifest["name"], manifest["last"]["env_step"]) == ("finished", "check", 60)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--stop-if", "losses/critic_loss > 0 after 25"], "the rule 'losses/critic_loss > 0 after 25' holds"),
        (["--critic-learning-rate", "1e30"], "is nan|is inf|Q of the policy"),
    ],
)
def test_a_rule_or_the_guard_ends_it_at_once_and_the_reason_is_said(
    words: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        code, manifest = checked(tmp_path, *words)
    assert code == 1
    assert "check: stopped early" in capsys.readouterr().out
    (said,) = (record.getMessage() for record in caplog.records if record.getMessage().startswith("stopped: "))
    assert any(part in said for part in why.split("|"))
    assert manifest["status"] == "stopped"
    assert manifest["last"]["env_step"] <= 40, "it went on after it was told to stop"


def test_its_settings_are_short_and_guarded_and_flags_change_them() -> None:
    request = read_check_arguments(["--seed", "3", "--total-steps", "700"])
    training = request.config.training
    assert (training.total_steps, training.learning_starts, training.evaluation_interval) == (700, 100, 0)
    assert (request.arguments.guard, training.seed) == ("stop", 3)
    assert read_check_arguments([]).config.training.total_steps == 500
    plain = read_arguments([])
    assert (plain.arguments.guard, request.config.algorithm) == ("warn", plain.config.algorithm)


def test_a_training_that_a_rule_ends_is_no_failure(tmp_path: Path) -> None:
    rule = ["--stop-if", "losses/critic_loss > 0"]
    assert run(["train", *SHORT, *rule, "--output", str(tmp_path)]) == 0
