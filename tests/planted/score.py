"""Analyse planted runs and print fault x run x verdict against the truth that lies beside each.

    python tests/planted/score.py RUNS_DIRECTORY [RUNS_DIRECTORY ...] [--require 12]

A faulty run is right where the verdict names its cause, or a rival that the tier table lets stand beside it; abstention
counts as a miss. A healthy run (truth null) is right where no cause and no outcome stands. Exits with 1 where a
healthy run is accused, or fewer than `--require` faulty runs are right.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from forensics.model.diagnosis import Diagnosis, Kind
from forensics.pipeline import analyze

STANDS = 0.5


def accused(diagnosis: Diagnosis) -> list[str]:
    """What stands against a run: causes other than measurement faults, and outcomes."""
    causes = [c.id for c in diagnosis.causes if c.likelihood >= STANDS and c.kind is not Kind.MEASUREMENT]
    return sorted({*causes, *(outcome.id for outcome in diagnosis.outcomes)})


def is_right(diagnosis: Diagnosis, truth: str | None) -> bool:
    """Whether the diagnosis says what is true."""
    if truth is None:
        return diagnosis.verdict.cause is None and not accused(diagnosis)
    return truth == diagnosis.verdict.cause or truth in diagnosis.verdict.indistinguishable


def main() -> int:
    """Print the table and its sum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--require", type=int, default=0)
    options = parser.parse_args()
    right = {"faulty": 0, "healthy": 0}
    total = {"faulty": 0, "healthy": 0}
    for truth_file in sorted(path for folder in options.directories for path in folder.glob("*.truth.json")):
        run = truth_file.with_name(truth_file.name.removesuffix(".truth.json"))
        if not run.is_dir():
            continue
        truth = json.loads(truth_file.read_text(encoding="utf-8"))["cause"]
        diagnosis = analyze(run)
        kind = "healthy" if truth is None else "faulty"
        ok = is_right(diagnosis, truth)
        right[kind] += ok
        total[kind] += 1
        named = diagnosis.verdict.cause or f"none ({diagnosis.verdict.status.value})"
        print(f"{'ok  ' if ok else 'MISS'} {run.name:44} {named:32} standing: {', '.join(accused(diagnosis)) or '-'}")
    print(
        f"faulty {right['faulty']} of {total['faulty']} named; healthy {right['healthy']} of {total['healthy']} clean"
    )
    return int(right["healthy"] < total["healthy"] or right["faulty"] < options.require)


if __name__ == "__main__":
    sys.exit(main())
