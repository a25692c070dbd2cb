"""Holds the analyzer to what is known of other people's archived runs, and says what is missing.

    python tests/check_archived.py FOLDER [--all] [--only NAME]

FOLDER holds one directory a run and expected.json, which says what a diagnosis of each must and must not claim.
Exit code 1 if a run that has to be right is not (with --all: any run), 0 otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from forensics.errors import ForensicsError
from forensics.model.diagnosis import Diagnosis
from forensics.regression import expectations
from forensics.regression.expectations import Expected

# The runs that must be exactly as expected; of the others the table shows what is still missing.
REQUIRED = (
    "seed-day20-run3",
    "seed-day20-run4debug",
    "seed-day16",
    "seed-day21-run7",
    "seed-day27-log",
    "idrees-vae-v1",
    "lizhi-td3-halfcheetah-s10",
    "lizhi-td3-pendulum-s0",
    "ray-impala-spaceinvaders",
    "ray-sac-halfcheetah-2021",
    "mnee-ppo-next",
    "concept-ppo-starpilot",
)


@dataclass(frozen=True)
class Check:
    """One run, its diagnosis if it could be analysed, and what is not as expected."""

    run: str
    diagnosis: Diagnosis | None
    missing: list[str]
    seconds: float

    @property
    def required(self) -> bool:
        return self.run in REQUIRED

    @property
    def verdict(self) -> str:
        if self.diagnosis is None:
            return "not analysed"
        return self.diagnosis.verdict.cause or f"none ({self.diagnosis.verdict.status})"


def documents(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what expected.json says of each run."""
    runs: dict[str, dict[str, Any]] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["runs"]
    return runs


def check(folder: Path, run: str, expected: Expected) -> Check:
    """Analyse one run and compare."""
    from forensics.pipeline import analyze

    start = time.process_time()
    diagnosis = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            diagnosis = analyze(folder / run)
        missing = expectations.mismatches(diagnosis, expected)
    except ForensicsError as failure:
        missing = [str(failure)]
    return Check(run, diagnosis, missing, time.process_time() - start)


def checks(folder: Path, only: str = "") -> Iterator[Check]:
    """Check the runs of the folder one after the other."""
    for run, document in documents(folder).items():
        if only in run:
            yield check(folder, run, expectations.read(document, f"{run} in expected.json"))


def main(arguments: list[str]) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="every run has to be as expected")
    parser.add_argument("--only", default="", metavar="NAME", help="only runs whose name contains this")
    options = parser.parse_args(arguments)
    wrong = 0
    for each in checks(options.folder, options.only):
        has_to_be_right = each.required or options.all
        wrong += bool(each.missing and has_to_be_right)
        state = "ok" if not each.missing else "WRONG" if has_to_be_right else "not yet"
        print(f"{state:<8} {each.run:<34} {each.verdict:<44} {each.seconds:6.2f} s CPU")
        for line in each.missing:
            print(f"{'':<8}   {line}")
    print(f"{wrong} of the runs that have to be right are not" if wrong else "every run that has to be right is")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
