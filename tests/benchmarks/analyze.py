"""CPU seconds of `forensics analyze`, HTML included, against tbparse merely reading the same event files.

    python tests/benchmarks/analyze.py [FOLDER]

FOLDER holds one directory a run; without it the archived runs of the project and, where they are at hand, those of
other people are taken. Every number is a fresh process, imports included, as a user pays for it.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
FORENSICS = "from forensics.cli import main; main()"
TBPARSE = "import sys; from tbparse import SummaryReader; SummaryReader(sys.argv[1]).scalars"


def cpu_seconds(code: str, *arguments: str) -> float | None:
    """Run Python code in a fresh process; return its user and system time, or None if it failed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        return None
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def runs(arguments: list[str]) -> Iterator[Path]:
    """Yield the run directories to measure."""
    others = Path(os.environ.get("ARCHIVED_RUNS", TESTS.parents[1] / "shared" / "archived-runs"))
    for folder in [Path(argument) for argument in arguments] or [TESTS / "archive", others]:
        if folder.is_dir():
            yield from sorted(path for path in folder.iterdir() if path.is_dir())


def main(arguments: list[str]) -> None:
    """Print one line a run."""
    print(f"{'run':<34} {'analyze':>9} {'detectors':>10} {'tbparse reads':>14} {'ratio':>6}")
    for run in runs(arguments):
        with tempfile.TemporaryDirectory() as output:
            analyze = cpu_seconds(FORENSICS, "analyze", str(run), "--output", output)
            if analyze is None:
                print(f"{run.name:<34} not analysed")
                continue
            coverage = json.loads((Path(output) / "diagnosis.json").read_text(encoding="utf-8"))["coverage"]
        tbparse = cpu_seconds(TBPARSE, str(run)) if any(run.rglob("*tfevents*")) else None
        examined = f"{coverage['examined']} of {coverage['examined'] + len(coverage['not_examined'])}"
        other = f"{tbparse:12.2f} s {analyze / tbparse:6.2f}" if tbparse else f"{'-':>14} {'-':>6}"
        print(f"{run.name:<34} {analyze:7.2f} s {examined:>10} {other}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
