"""SIGKILL at random moments: every record that was acknowledged is in both files, and the run analyses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from forensics.model.evidence import IssueKind
from forensics.readers.run import load_run
from forensics.recorder import Recorder

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_every_acknowledged_record_is_in_the_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.recorder.killed", str(tmp_path), str(KILLS), "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    killed = json.loads(done.stdout)
    assert len(killed) == KILLS
    assert sum(last for _, last, _ in killed) > KILLS, "the children recorded next to nothing"
    for folder, last, _ in killed:
        run = load_run(Path(folder))
        for tag in ("sample/number", "losses/critic_loss"):
            held = [series for series in run.series if series.tag == tag]
            assert {series.source for series in held} == {"tensorboard", "jsonl:debug.jsonl"}
            for series in held:
                np.testing.assert_array_equal(series.values[:last], np.arange(1, last + 1))
        assert {issue.kind for issue in run.issues} <= {IssueKind.TRUNCATED}
        assert run.manifest is not None
        assert run.manifest.status == "running"
    longest = max(killed, key=lambda child: child[1])
    for folder, *_ in {killed[0][0]: killed[0], longest[0]: longest}.values():
        assert_analyses(Path(folder), tmp_path / "reports" / Path(folder).name)
    Recorder(killed[0][0], source=(), resume={}).close()  # the lock of a dead process is taken over


def assert_analyses(folder: Path, output: Path) -> None:
    """Analyse a run whose process was killed, from the command line as one would."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    command = [sys.executable, "-m", "forensics", "analyze", str(folder), "--output", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    (document,) = output.rglob("diagnosis.json")
    diagnosis = json.loads(document.read_text())
    assert diagnosis["run"]["ended"] == "cut short"
    assert diagnosis["verdict"]["cause"] in (None, "run-truncated")
    assert [finding["code"] for finding in diagnosis["findings"] if finding["status"] == "error"] == []
