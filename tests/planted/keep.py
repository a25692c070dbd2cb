"""Keep runs of the trainer as archived runs.

    python tests/planted/keep.py RUNS_DIRECTORY ARCHIVE

Every run beside which a truth lies is copied to ARCHIVE/trainer-NAME: without checkpoints, its logs and event files
compressed, with an expected.toml that asks for the truth. What the diagnosis says is not looked at.
"""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from forensics.causes.library import load
from forensics.model.diagnosis import Kind
from trainer.planting import library

MEASUREMENT = {cause.id for cause in load() if cause.kind is Kind.MEASUREMENT}
PLANTED = [library.find(name) for name in library.names()]
COMPRESSED = (".jsonl", ".log")
LEAST = 4096  # bytes below which a file is kept as it is


def expected(truth: dict[str, Any]) -> str:
    """The expected.toml of a run of this truth."""
    cause, also = truth["cause"], truth.get("also", [])
    lines = [f"# said_by: trainer train, which planted {cause or 'nothing'}. date: {date.today()}."]
    foreign = sorted({fault.cause for fault in PLANTED} - {cause, *also} - {"tanh-saturation"})
    if cause is None:
        lines += ['cause = ["none"]', "healthy = true", f"must_not_claim = {json.dumps([*foreign, 'tanh-saturation'])}"]
    else:
        verdict = ["none"] if cause in MEASUREMENT else [cause]
        lines += [
            f"cause = {json.dumps(verdict)}",
            f"present_any = [{json.dumps([cause])}]",
            f"fires = {json.dumps(list(library.find(truth['fault']).shows))}",
            f"must_not_claim = {json.dumps(foreign)}",
        ]
    return "\n".join(lines) + "\n"


def keep(run: Path, target: Path, truth: dict[str, Any]) -> None:
    """Copy one run."""
    target.mkdir(parents=True)
    for path in sorted(run.iterdir()):
        if not path.is_file() or path.name.endswith(".lock"):
            continue
        shrinks = path.suffix in COMPRESSED or path.name.startswith("events.out.")
        if shrinks and path.stat().st_size > LEAST:
            with gzip.GzipFile(target / f"{path.name}.gz", "wb", mtime=0) as packed:
                packed.write(path.read_bytes())
        else:
            shutil.copyfile(path, target / path.name)
    (target / "expected.toml").write_text(expected(truth), encoding="utf-8")


def main() -> None:
    """Keep every run of a directory."""
    source, archive = Path(sys.argv[1]), Path(sys.argv[2])
    for truth_file in sorted(source.glob("*.truth.json")):
        run = truth_file.with_name(truth_file.name.removesuffix(".truth.json"))
        target = archive / f"trainer-{run.name}"
        keep(run, target, json.loads(truth_file.read_text(encoding="utf-8")))
        print(f"{sum(path.stat().st_size for path in target.iterdir()) / 1e3:6.0f} kB  {target}")


if __name__ == "__main__":
    main()
