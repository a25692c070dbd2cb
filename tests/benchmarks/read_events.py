"""CPU time of reading one event file: tbparse against our reader, with every checksum verified.

    python -m tests.benchmarks.read_events [FILE] [--events 1000000] [--tags 60] [--rounds 3]

Without FILE an event file is made. Each reading is a fresh process (interpreter, imports and all), the two readers in
turn, and the medians are compared. Both must find the same number of rows and the same sum of values.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from forensics.crc32c import crcs, mask_all
from tests.readers.tensorboard import event_files as ev

ROOT = Path(__file__).resolve().parents[2]

_OURS = """
from pathlib import Path
from forensics.readers.tensorboard.tfevents import read_event_files, to_series
path = Path(sys.argv[1])
series = to_series(read_event_files(path.parent, [path.name]))
read = time.process_time()
rows, total = sum(map(len, series)), sum(float(item.values.astype("f8").sum()) for item in series)
"""
_TBPARSE = """
from tbparse import SummaryReader
reader = SummaryReader(sys.argv[1], event_types={"scalars", "tensors"}, extra_columns={"wall_time"})
frames = [frame for frame in (reader.scalars, reader.tensors) if len(frame)]
read = time.process_time()
rows, total = sum(map(len, frames)), sum(float(frame["value"].astype("f8").sum()) for frame in frames)
"""
_FRAME = """
import json, sys, time
{body}
print(json.dumps({{"cpu": read, "rows": rows, "total": total}}))
"""


def make(path: Path, events: int, tags: int) -> None:
    """Write about `events` scalars of `tags` tags, all of them at every step, as torch's SummaryWriter would."""
    rng = np.random.default_rng(0)
    names = [f"{group}/metric_{number}" for number in range(tags) for group in [("train", "grad", "debug")[number % 3]]]
    with path.open("wb") as out:
        out.write(ev.version())
        for first, stop in _spans(events // tags):
            out.write(_steps(names, np.arange(first, stop), rng))


def _spans(steps: int) -> list[tuple[int, int]]:
    """Cut the steps 1, 2, ... where their varint grows, and every 2,000."""
    edges = sorted({1, *[edge for edge in (1 << 7, 1 << 14, 1 << 21) if edge <= steps], *range(1, steps + 1, 2000)})
    return list(zip(edges, [*edges[1:], steps + 1], strict=True))


def _steps(names: list[str], steps: Any, rng: np.random.Generator) -> bytes:
    """Return one record a tag and step, all with step varints of one width."""
    records = [ev.scalar(name, int(steps[0]), 0.0) for name in names]
    width = len(ev.varint(int(steps[0])))
    data = np.tile(np.frombuffer(b"".join(records), np.uint8), (len(steps), 1))
    at = 0
    for record in records:
        length = len(record) - 16
        data[:, at + 13 : at + 21] = (ev.WALL + steps * 0.01 + at * 1e-6).astype("<f8").view(np.uint8).reshape(-1, 8)
        for byte in range(width):
            data[:, at + 22 + byte] = steps >> 7 * byte & 0x7F | (0x80 if byte < width - 1 else 0)
        values = rng.normal(size=len(steps)).astype("<f4")
        data[:, at + 8 + length : at + 12 + length] = values.view(np.uint8).reshape(-1, 4)
        starts = np.arange(len(steps)) * data.shape[1] + at + 12
        sums = mask_all(crcs(data.ravel(), starts, np.full(len(steps), length)))
        data[:, at + 12 + length : at + 16 + length] = sums.astype("<u4").view(np.uint8).reshape(-1, 4)
        at += len(record)
    return data.tobytes()


def measure(body: str, path: Path) -> dict[str, float]:
    """Read `path` in a fresh process and return its CPU seconds, rows and sum of values."""
    command = [sys.executable, "-c", _FRAME.format(body=body), str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--tags", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.file
        if path is None:
            path = Path(folder) / ev.NAME
            make(path, options.events, options.tags)
        readers = {"tbparse": _TBPARSE, "forensics": _OURS}
        found: dict[str, list[dict[str, float]]] = {name: [] for name in readers}
        for _ in range(options.rounds):
            for name, body in readers.items():
                found[name].append(measure(body, path.resolve()))
        size = path.stat().st_size
    theirs, ours = found["tbparse"][0], found["forensics"][0]
    if theirs["rows"] != ours["rows"] or not np.isclose(theirs["total"], ours["total"], equal_nan=True):
        raise SystemExit(f"the readers disagree: {theirs} and {ours}")
    median = {name: statistics.median(result["cpu"] for result in results) for name, results in found.items()}
    print(f"{ours['rows']:,} rows, {size / 1e6:.1f} MB, median CPU of {options.rounds} fresh processes each")
    for name, seconds in median.items():
        print(f"  {name:10s} {seconds:8.3f} s")
    print(f"  tbparse : forensics = {median['tbparse'] / median['forensics']:.1f}")


if __name__ == "__main__":
    main()
