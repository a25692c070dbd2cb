"""What README.md and docs/trainer.md say of the trainer is what the trainer takes and does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from trainer.cli import COMMANDS, PLANTING
from trainer.configfile import leaves
from trainer.envs.reasons import Reason
from trainer.envs.reward import no_reward
from trainer.planting.library import parse
from trainer.presets import PRESETS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "trainer.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8").split("## The trainer", 1)[1].split("\n## ", 1)[0]
BOTH = README + PAGE


def rows(heading: str) -> list[str]:
    """The first column of the table that begins with a heading, without its backticks and remarks."""
    table = PAGE.split(f"| {heading} |", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)


def test_every_command_is_shown_and_none_that_does_not_exist() -> None:
    assert set(re.findall(r"(?:^    |`)trainer (\w+)", BOTH, re.MULTILINE)) == set(COMMANDS)


def test_every_flag_that_is_named_exists() -> None:
    pytest.importorskip("tyro")
    pytest.importorskip("torch")
    from trainer.arguments import Arguments

    known = {"--" + name.replace("_", "-") for name in (*leaves(), *(field.name for field in fields(Arguments)))}
    of_others = {"--help", "--port", "--map", "--extra-index-url"}
    named = {flag.replace("--no-", "--") for flag in re.findall(r"--[a-z][a-z-]+", BOTH)}
    assert named <= known | set(PLANTING) | of_others


def test_every_fault_that_is_planted_exists() -> None:
    planted = re.findall(r"--(?:fault|twin-of) ([a-z][a-z:0-9-]+)", BOTH)
    assert planted
    for name in planted:
        parse(name)


def test_the_tables_are_those_of_the_source() -> None:
    assert rows("`--preset`") == list(PRESETS)
    assert rows("Reason") == [reason.value for reason in Reason]
    assert rows("Part") == list(no_reward())


def test_a_reason_ends_the_episode_as_the_page_says() -> None:
    for reason in Reason:
        ends = "truncated" if reason.truncates else "terminated"
        assert f"| `{reason}` | {ends} |" in PAGE
