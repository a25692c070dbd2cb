"""`forensics signals` shows how each tag was read, why, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.cli import run
from forensics.model.meaning import Axis, Quantity
from tests.cohort.layouts import events, lay, name


def test_each_tag_is_shown_with_its_reasons_and_the_line_that_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {name(): events(("train/critic_loss", "zork"))})
    assert run(["signals", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "train/critic_loss  (tensorboard, 30 points)" in lines
    assert "    - quantity, network, role: the name 'train/critic_loss' says so" in lines
    assert "1 of 2 tags are of no quantity that a detector asks for: zork" in lines
    assert "    --tag 'zork=QUANTITY[,FIELD=VALUE...]'" in lines
    assert f"    quantity: {', '.join(Quantity)}" in lines
    assert f"    axis: {', '.join(Axis)}" in lines


def test_the_line_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path, {name(): events(("zork",))})
    assert run(["signals", str(tmp_path), "--tag", "zork=episodic_return,role=train"]) == 0
    seen = capsys.readouterr().out
    assert "established  quantity=episodic_return role=train" in seen
    assert "- quantity, role: given by the user" in seen
    assert "of no quantity" not in seen


def test_a_folder_of_several_runs_is_refused_with_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path, {"a/" + name(): events(), "b/" + name(): events(seed=1)})
    assert run(["signals", str(tmp_path)]) == 2
    assert "holds 2 runs (a, b); name one of them" in capsys.readouterr().err


def test_an_escape_in_a_tag_does_not_reach_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(tmp_path, {name(): events(("\x1b]0;title\x07x",))})
    assert run(["signals", str(tmp_path)]) == 0
    assert "\x1b" not in capsys.readouterr().out
