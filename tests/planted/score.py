"""Analyse planted runs and print fault x run x verdict against the truth that lies beside each.

    python tests/planted/score.py RUNS_DIRECTORY [RUNS_DIRECTORY ...] [--require 12]

A faulty run is right where the verdict names its cause, or a rival that the tier table lets stand beside it; abstention
counts as a miss. A run whose instrument lies is right where that stands and nothing else is accused; one in which an
outcome was planted, or something happened to the process, where that stands and no foreign cause is named. A healthy
run (truth null) is right where no cause and no outcome stands. Of a fault of the trainer it is also said whether its
signature is in the log. Exits with 1 where a healthy run is accused, or fewer than `--require` faulty runs are right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from forensics.causes.library import load
from forensics.model.diagnosis import Diagnosis, Kind
from forensics.model.finding import Status
from forensics.pipeline import analyze
from forensics.regression.expectations import NOT_CLAIMED
from trainer.planting import library

STANDS = 0.5
KINDS = {cause.id: cause.kind for cause in load()}


def standing(diagnosis: Diagnosis) -> list[str]:
    """Every cause and outcome that stands."""
    causes = [c.id for c in diagnosis.causes if c.likelihood >= STANDS and c.role not in NOT_CLAIMED]
    return sorted({*causes, *(outcome.id for outcome in diagnosis.outcomes)})


def accused(diagnosis: Diagnosis) -> list[str]:
    """What stands against a run: causes other than measurement faults, and outcomes."""
    causes = [c.id for c in diagnosis.causes if c.likelihood >= STANDS and c.kind is not Kind.MEASUREMENT]
    return sorted({*causes, *(outcome.id for outcome in diagnosis.outcomes)})


def is_right(diagnosis: Diagnosis, truth: str | None, also: Sequence[str] = ()) -> bool:
    """Whether the diagnosis says what is true; `also` are other causes that the same mistake makes true."""
    if truth is None:
        return diagnosis.verdict.cause is None and not standing(diagnosis)
    if KINDS[truth] is Kind.MEASUREMENT:
        foreign = set(accused(diagnosis)) - set(also)
        return truth in standing(diagnosis) and diagnosis.verdict.cause in (None, *also) and not foreign
    if KINDS[truth] in (Kind.OUTCOME, Kind.INFRASTRUCTURE) and truth in standing(diagnosis):
        return diagnosis.verdict.cause in (None, truth, *also)
    return truth == diagnosis.verdict.cause or truth in diagnosis.verdict.indistinguishable


def signature(diagnosis: Diagnosis, fault: str | None) -> str:
    """Whether the findings that a fault of the trainer must leave have fired: "yes", or those that are missing."""
    if fault is None or fault not in library.names():
        return "-"
    fired = {finding.name for finding in diagnosis.findings if finding.status is Status.FIRED}
    return ", ".join(name for name in library.find(fault).shows if name not in fired) or "yes"


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
        document = json.loads(truth_file.read_text(encoding="utf-8"))
        truth = document["cause"]
        diagnosis = analyze(run)
        kind = "healthy" if truth is None else "faulty"
        ok = is_right(diagnosis, truth, document.get("also", ()))
        right[kind] += ok
        total[kind] += 1
        named = diagnosis.verdict.cause or f"none ({diagnosis.verdict.status.value})"
        shown = signature(diagnosis, document.get("fault"))
        print(
            f"{'ok  ' if ok else 'MISS'} {run.name:36} {named:32} signature: {shown:4} "
            f"standing: {', '.join(standing(diagnosis)) or '-'}"
        )
    print(
        f"faulty {right['faulty']} of {total['faulty']} named; healthy {right['healthy']} of {total['healthy']} clean"
    )
    return int(right["healthy"] < total["healthy"] or right["faulty"] < options.require)


if __name__ == "__main__":
    sys.exit(main())
