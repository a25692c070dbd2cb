"""What recording costs: an update of the trainer at preset `cpu` with the flight recorder, over one without.

    python -m tests.benchmarks.recorder [--rounds 20]

One process, one torch thread, both in turn, each with networks and a full replay buffer of its own, the same at the
start. Without: the draw of a batch and the update, clips by torch. With: what the trainer's loop does, that is the same
and all that is recorded of it, from the norms to the bytes in both files. CPU time is compared (user and system, the
recorder's thread included). They take turns update by update; a round of fifty holds one of the cadence at which
parameters and activations are measured. Then the wall time of single calls is printed, which is how long a record can
hold up a loop.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks.timing import interleaved, paired, verdict

try:
    import torch

    from tests.benchmarks.subjects import configured, prefilled
except ModuleNotFoundError as missing:
    print(f"not measured: {missing.name} is not installed (pip install 'run-forensics[trainer]')")
    raise SystemExit(0) from None

from forensics.recorder import Recorder

UPDATES = 50
WITHOUT, WITH = "without", "with"


def calls(recorder: Recorder, count: int = 5_000) -> list[float]:
    """Return the sorted wall times of `record` with forty scalars, seconds."""
    values = {f"value_{number}": number / 7 for number in range(40)}
    taken = []
    for step in range(count):
        before = time.perf_counter()
        recorder.record("benchmark", values, env_step=step)
        taken.append(time.perf_counter() - before)
    return sorted(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    told = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, Recorder(Path(folder) / "run", source=()) as recorder:
        plain, recorded = prefilled(configured()), prefilled(configured(), recorder)

        def without() -> None:
            plain.agent.update(plain.replay_buffer.sample(plain.rng))

        def with_recorder() -> None:
            recorded.global_step += 1
            recorded._learn()

        contestants = {WITHOUT: without, WITH: with_recorder}
        interleaved(contestants, 1, UPDATES)  # warms up
        seconds = interleaved(contestants, told.rounds, UPDATES)
        spread = paired(seconds[WITH], seconds[WITHOUT])
        each = {name: 1e3 * statistics.median(turns) / UPDATES for name, turns in seconds.items()}
        print(
            f"an update takes {each[WITHOUT]:.2f} ms of CPU without the recorder, {each[WITH]:.2f} ms with it (medians)"
        )
        print(f"ratio of {told.rounds} rounds of {UPDATES} updates: {spread}, {verdict(spread, most=1.05)}")
        taken = calls(recorder)
        shown = ", ".join(
            f"p{100 * share:g} {1e6 * taken[math.ceil(share * len(taken)) - 1]:.0f} us" for share in (0.5, 0.99, 0.999)
        )
        print(f"record() of forty scalars to both files, wall time: {shown}, longest {1e6 * taken[-1]:.0f} us")


if __name__ == "__main__":
    main()
