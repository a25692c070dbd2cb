"""A disk that fills up in the middle of a training costs records and checkpoints, and the training goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource")
pytest.importorskip("torch")
pytest.importorskip("gymnasium")

from forensics import analyze
from tests.recorder.reading import events, manifest
from trainer.checkpoint import find_checkpoint, load_checkpoint

ROOT = Path(__file__).resolve().parents[2]
LIMITED = """
import json, resource, sys
from pathlib import Path
from forensics.recorder import Recorder
from tests.trainer.settings import tiny
from trainer.environment import make_environment
from trainer.loop import Training

config = tiny(total_steps=300, checkpoint_interval=50, evaluation_interval=100)
room = resource.getrlimit(resource.RLIMIT_FSIZE)

def fills_up(progress):
    if progress.global_step in (100, 280):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000 if progress.global_step == 100 else room[0], room[1]))

training = Training(config, make_environment(config.environment))
with Recorder(sys.argv[1], source=(), config=config, planned_steps=300) as recorder:
    done = training.run(recorder, Path(sys.argv[1]) / "checkpoints", fills_up)
print(json.dumps([done.global_step, done.updates]))
"""


def test_a_training_goes_on_and_its_record_says_what_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    done = subprocess.run([sys.executable, "-c", LIMITED, str(folder)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [300, 280]

    (gap,) = (line["payload"] for line in events(folder, "gap"))
    held = [line["update"] for line in events(folder, "losses")]
    assert held == list(range(1, 81)), "a full disk is asked again after a minute, and the run is shorter"
    assert gap["span"] == "update 81 to 280"
    assert gap["log_records"] >= 200
    assert manifest(folder)["status"] == "finished"
    assert load_checkpoint(find_checkpoint(folder))["counters"]["global_step"] == 300

    diagnosis = analyze(folder)
    assert diagnosis.run.ended == "finished"
    assert diagnosis.verdict.cause == "logging-frozen", "its disk filled while it went on: that is what it is"
    assert "run-truncated" not in [cause.id for cause in diagnosis.causes if cause.likelihood >= 0.5]
