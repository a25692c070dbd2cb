"""Record what the diagnosis says of planted runs, for the table in docs/planted-faults.md.

    python tests/planted/record.py RUNS_DIRECTORY [RUNS_DIRECTORY ...] [--unused]

One line of measured.jsonl a run: what was planted, in which library, strength, seed, steps, and what the verdict is
worth with nothing but the log and with the training source beside it. A run that was recorded before is replaced.
`--unused` says that no run of this seed was looked at while the detectors were written; `make docs` makes the table.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from forensics.model.diagnosis import Diagnosis
from forensics.pipeline import analyze, load_run
from tests.planted.score import accused, is_right, standing

MEASURED = Path(__file__).with_name("measured.jsonl")
KEY = ("cause", "library", "run", "seed", "steps")


def worth(diagnosis: Diagnosis, truth: dict[str, Any]) -> str:
    """What a diagnosis is worth against the truth, in the words that the page explains."""
    cause, verdict = truth["cause"], diagnosis.verdict
    if cause is None:
        return "clean" if is_right(diagnosis, None) else f"accused of {', '.join(standing(diagnosis))}"
    if verdict.cause == cause:
        return "named"
    if cause in verdict.indistinguishable:
        return "beside a rival"
    if cause in standing(diagnosis) and verdict.cause is None:
        return "stands"
    if verdict.cause in truth.get("also", []):
        return f"named as {verdict.cause}"
    foreign = set(accused(diagnosis)) - {cause, *truth.get("also", [])}
    happened = {outcome.id for outcome in diagnosis.outcomes}
    if verdict.cause is None and foreign <= happened:
        return ", ".join(["abstained", *(f"{outcome} stands" for outcome in sorted(foreign))])
    return f"wrong: {verdict.cause or ', '.join(sorted(foreign - happened))}"


def recorded(run: Path, truth_file: Path, unused: bool) -> dict[str, Any]:
    """The line of one run."""
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    config = {fact.key.split(".")[-1]: fact.value for fact in load_run(run).config}
    with tempfile.TemporaryDirectory() as temporary:
        bare = Path(temporary) / run.name
        shutil.copytree(run, bare, ignore=shutil.ignore_patterns("source", "source.tar.gz"))
        log = worth(analyze(bare), truth)
    has_source = any(run.glob("source*"))
    return {
        "cause": truth["cause"],
        "library": truth.get("library", "trainer"),
        "run": run.name,
        "fault": truth["fault"],
        "strength": truth.get("strength"),
        "seed": truth.get("seed", config.get("seed")),
        "steps": truth.get("steps", config.get("total_steps")),
        "unused": unused,
        "log": log,
        "source": worth(analyze(run), truth) if has_source else None,
    }


def key_of(line: dict[str, Any]) -> tuple[str, ...]:
    """What makes two lines the same run."""
    return tuple(str(line[key]) for key in KEY)


def main() -> None:
    """Judge every run beside which a truth lies, and put it into measured.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directories", nargs="+", type=Path)
    parser.add_argument("--unused", action="store_true")
    options = parser.parse_args()
    old = MEASURED.read_text(encoding="utf-8").splitlines() if MEASURED.exists() else []
    lines = {key_of(line): line for line in map(json.loads, old)}
    truths = sorted(path for folder in options.directories for path in folder.glob("*.truth.json"))
    runs = [
        (run, truth) for truth in truths if (run := truth.with_name(truth.name.removesuffix(".truth.json"))).is_dir()
    ]
    with ProcessPoolExecutor() as pool:
        for (run, _), line in zip(
            runs, pool.map(recorded, *zip(*runs, strict=True), repeat(options.unused)), strict=True
        ):
            lines[key_of(line)] = line
            print(f"{run.name:44} log: {line['log']:28} with source: {line['source'] or '-'}", flush=True)
    MEASURED.write_text("".join(f"{json.dumps(lines[key])}\n" for key in sorted(lines)), encoding="utf-8")


if __name__ == "__main__":
    main()
