"""Kill recording processes at random moments and compare what they acknowledged with what is in their files.

    python -m tests.recorder.killed FOLDER KILLS SEED

Each child writes to a run directory of its own and, once `step` and `record` have returned, the number of the record to
a pipe. Prints a JSON list: a child's directory, the last number it acknowledged, and the seconds it lived.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from forensics.recorder import Recorder


def write_forever(folder: Path, pipe: int) -> None:
    """Record until killed."""
    rec = Recorder(folder, source=(), part_bytes=200_000)
    number = 0
    while True:
        number += 1
        rec.step(env_step=number, critic_loss=float(number))
        if rec.record("sample", {"number": number, **{f"filler_{i}": i / number for i in range(20)}}, env_step=number):
            os.write(pipe, number.to_bytes(8, "little"))


def one(folder: Path, seconds: float) -> int:
    """Start a child, kill it that long after its first record, and return the last number it acknowledged."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        write_forever(folder, write)
    os.close(write)
    seen = os.read(read, 8)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while rest := os.read(read, 1 << 16):
        seen += rest
    os.close(read)
    whole = len(seen) // 8 * 8
    return int.from_bytes(seen[whole - 8 : whole], "little")


def main(folder: Path, kills: int, seed: int) -> None:
    """Kill, and print what was acknowledged."""
    dice = random.Random(seed)
    lives = [dice.uniform(0.0, 0.04) for _ in range(kills)]
    runs = [folder / f"run-{number}" for number in range(kills)]
    print(json.dumps([[str(run), one(run, life), life] for run, life in zip(runs, lives, strict=True)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
