"""`forensics source`: facts for a person at 80 columns, and tags whose meaning changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.cli import run
from tests.source.facts import sample


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "agent.py").write_text(sample("td3"))
    return folder


def test_facts_fit_80_columns_and_name_their_lines(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["source", str(tree)]) == 0
    text = capsys.readouterr().out
    lines = [line for line in text.splitlines() if str(tree) not in line]
    assert max(map(len, lines)) <= 80
    for section in ("Update order", "Gradient paths", "Optimizers", "Target networks", "Tags"):
        assert section in lines
    assert "actor.head -> critic[1]" in text
    assert "train/critic_norm_clipped: l2 of critic, after clip" in text


def test_two_trees_show_the_tags_that_mean_something_else(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    changed = sample("td3").replace("torch.sqrt(sum(p.grad.norm() ** 2 for p in", "sum((p.grad.norm() for p in")
    (old / "agent.py").write_text(changed)
    assert run(["source", str(old), str(tree)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("train/critic_norm_clipped\n")
    assert "was sum of l2 of critic, after clip" in text
    assert "now l2 of critic, after clip" in text
    assert "train/critic_loss" not in text


def test_a_source_that_does_not_parse_at_all_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "agent.py").write_text("def f(:\n")
    assert run(["source", str(tmp_path)]) == 3
    assert "no Python file could be parsed" in capsys.readouterr().err
    assert run(["source", str(tmp_path / "absent")]) == 2
