"""The trainer where only the base package is installed, or a part of the extra is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trainer.cli import EXTRA

# What cannot be found is what stands in sys.modules as None; the rest may be installed or not.
CODE = """
import sys
absent, *words = sys.argv[1:]
sys.modules.update(dict.fromkeys(absent.split(",")))
from trainer.cli import run
sys.exit(run(words))
"""


def trainer_without(absent: str, words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE, absent, *words.split()]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", ["train", "train --resume runs/one", "train --help", "check", "smoke"])
def test_what_needs_the_extra_says_so_in_one_line(words: str, tmp_path: Path) -> None:
    done = trainer_without(",".join(EXTRA), words, tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "is not installed: pip install 'run-forensics[trainer]'" in line
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    pytest.importorskip("tyro")
    pytest.importorskip("gymnasium")
    assert "torch is not installed" in trainer_without("torch", "train", tmp_path).stderr


def test_faults_are_listed_all_the_same(tmp_path: Path) -> None:
    done = trainer_without(",".join(EXTRA), "faults", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "clip-missing" in done.stdout


def test_another_missing_module_is_a_defect_and_shows_where(tmp_path: Path) -> None:
    done = trainer_without("argparse", "faults", tmp_path)
    assert "Traceback" in done.stderr
