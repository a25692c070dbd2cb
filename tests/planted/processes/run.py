"""Train in a process of its own and do to it what happens to processes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.planted.agents.run import without_host_name
from tests.planted.fault import STRENGTHS

TRAIN = Path(__file__).parents[1] / "train.py"
CHECKPOINTS = 10
"""Checkpoints in a run."""


def interrupt(given: Any) -> None:
    """Train with what the fault does to the process."""
    PROCESS_FAULTS[given.fault](given, STRENGTHS.index(given.strength))
    without_host_name(given.out)


def _start(given: Any, *more: str, seed: int | None = None) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(TRAIN), "--algorithm", given.algorithm, "--env", given.env]
    command += ["--steps", str(given.steps), "--record", given.record, "--every", str(given.every), "--into"]
    command += ["--seed", str(given.seed if seed is None else seed), "--out", str(given.out), *more]
    return subprocess.Popen(command)


def _with_checkpoints(given: Any) -> subprocess.Popen[bytes]:
    return _start(given, "--checkpoint-every", str(given.steps // CHECKPOINTS))


def _checkpoint(given: Any, child: subprocess.Popen[bytes], share: float) -> Path:
    """Wait for the first checkpoint at or after that share of the run, and return it."""
    while child.poll() is None:
        for path in sorted(given.out.glob("at_*_steps.zip"), key=_steps):
            if _steps(path) >= share * given.steps:
                return Path(path)
        time.sleep(0.05)
    raise RuntimeError("the run ended before its checkpoint")


def _steps(path: Path) -> int:
    return int(path.stem.split("_")[1])


def _killed(given: Any, strength: int) -> None:
    """Killed at 80 or at 40 % of its steps."""
    child = _with_checkpoints(given)
    _checkpoint(given, child, (0.8, 0.4)[strength])
    child.send_signal(signal.SIGKILL)
    child.wait()


def _resumed(given: Any, strength: int) -> None:
    """Killed at 70 %, resumed from the checkpoint at 60 or at 30 %."""
    child = _with_checkpoints(given)
    older = _checkpoint(given, child, (0.6, 0.3)[strength])
    _checkpoint(given, child, 0.7)
    child.send_signal(signal.SIGKILL)
    child.wait()
    time.sleep(1.1)  # an event file is named after the second in which it was opened
    if _start(given, "--resume", str(older)).wait() != 0:
        raise RuntimeError("the resumed run failed")


def _halted(given: Any, strength: int) -> None:
    """Halted for 75 s or for four minutes, halfway."""
    child = _with_checkpoints(given)
    _checkpoint(given, child, 0.5)
    child.send_signal(signal.SIGSTOP)
    time.sleep((75, 240)[strength])
    child.send_signal(signal.SIGCONT)
    if child.wait() != 0:
        raise RuntimeError("the run failed")


def _twice(given: Any, strength: int) -> None:
    """Two seeds into one directory: one after the other, or at the same time."""
    first = _start(given)
    if strength == 0:
        first.wait()
    time.sleep(1.1)
    second = _start(given, seed=given.seed + 100)
    if max(first.wait(), second.wait()) != 0:
        raise RuntimeError("a run failed")


PROCESS_FAULTS: dict[str, Callable[[Any, int], None]] = {
    "run-truncated": _killed,
    "steps-rewound-on-resume": _resumed,
    "wall-clock-stall": _halted,
    "several-runs-in-one-directory": _twice,
}
