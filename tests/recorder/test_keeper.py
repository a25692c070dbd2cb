"""The thread beside the loop, and what importing the recorder costs."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from forensics.recorder import Recorder, keeper
from tests.recorder.reading import events, manifest


def test_it_ticks_and_beats_until_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_TICK_SECONDS", 0.001)
    monkeypatch.setattr(keeper, "BEAT_SECONDS", 0.002)
    ticked, beaten = threading.Event(), threading.Event()
    thread = keeper.Keeper(ticked.set, beaten.set)
    assert ticked.wait(5)
    assert beaten.wait(5)
    thread.stop()
    ticked.clear()
    assert not ticked.wait(0.02)


def test_it_declares_new_tags_and_beats_while_the_loop_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "_TICK_SECONDS", 0.001)
    monkeypatch.setattr(keeper, "BEAT_SECONDS", 0.005)
    declared = threading.Event()
    with Recorder(tmp_path, source=()) as rec:
        rec.step(env_step=1, critic_loss=1.0)
        for _ in range(500):
            if "losses/critic_loss" in manifest(tmp_path)["metrics"] and events(tmp_path, "heartbeat"):
                declared.set()
                break
            threading.Event().wait(0.01)
    assert declared.is_set()


def test_importing_the_recorder_loads_neither_torch_nor_a_reader() -> None:
    code = "import sys, forensics.recorder; print('\\n'.join(sys.modules))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    loaded = set(done.stdout.split())
    assert loaded.isdisjoint({"torch", "tensorboard", "pandas", "yaml", "matplotlib", "forensics.readers"})
