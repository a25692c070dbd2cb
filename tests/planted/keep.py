"""Keep runs of the trainer as archived runs.

    python tests/planted/keep.py RUNS_DIRECTORY ARCHIVE [--without-source]

Every run beside which a truth lies is copied to ARCHIVE/trainer-NAME: without checkpoints, its logs and event files
compressed, with an expected.toml that asks for the truth. What the diagnosis says is not looked at. Where that comes to
more than 300 kB the event file is left out, whose numbers are those of debug.jsonl. Without its source a run shows what
can be told below the tier of the source.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from forensics.causes.library import load
from forensics.model.diagnosis import Kind
from trainer.planting import library

LIBRARY = {cause.id: cause for cause in load()}
PLANTED = [library.find(name) for name in library.names()]
COMPRESSED = (".jsonl", ".log")
LEAST = 4096  # bytes below which a file is kept as it is
MOST = 300_000  # bytes of a whole run


def brought_about_by(causes: list[str | None]) -> set[str]:
    """What these causes can lead to, at any remove, and what only ever contributes."""
    found = {cause.id for cause in LIBRARY.values() if cause.contributing_only}
    ahead = [cause for cause in causes if cause is not None]
    while ahead:
        following = {edge.cause for edge in LIBRARY[ahead.pop()].leads_to} - found
        found |= following
        ahead += following
    return found


def expected(truth: dict[str, Any]) -> str:
    """The expected.toml of a run of this truth."""
    cause, also = truth["cause"], truth.get("also", [])
    lines = [f"# said_by: trainer train, which planted {cause or 'nothing'}. date: {date.today()}."]
    foreign = sorted({fault.cause for fault in PLANTED} - {cause, *also} - brought_about_by([cause, *also]))
    if cause is None:
        lines += ['cause = ["none"]', "healthy = true", f"must_not_claim = {json.dumps(foreign)}"]
    else:
        verdict = ["none"] if LIBRARY[cause].kind is Kind.MEASUREMENT else [cause]
        lines += [
            f"cause = {json.dumps(verdict)}",
            f"present_any = [{json.dumps([cause])}]",
            f"fires = {json.dumps(list(library.find(truth['fault']).shows))}",
            f"must_not_claim = {json.dumps(foreign)}",
            "tolerances = { absent = 0.49 } # a rival may be possible, none stands",
        ]
    return "\n".join(lines) + "\n"


def keep(run: Path, target: Path, truth: dict[str, Any], left_out: set[str]) -> None:
    """Copy one run without the files named."""
    target.mkdir(parents=True)
    for path in sorted(run.iterdir()):
        if not path.is_file() or path.name.endswith(".lock") or path.name in left_out:
            continue
        shrinks = path.suffix in COMPRESSED or path.name.startswith("events.out.")
        if shrinks and path.stat().st_size > LEAST:
            with gzip.GzipFile(target / f"{path.name}.gz", "wb", mtime=0) as packed:
                packed.write(_without_name(path, run))
        else:
            (target / path.name).write_bytes(_without_name(path, run))
    (target / "expected.toml").write_text(expected(truth), encoding="utf-8")
    if size(target) > MOST:
        for events in target.glob("events.out.*"):
            events.unlink()


def _without_name(path: Path, run: Path) -> bytes:
    """The bytes of a file; a text that names the run, which is named after its fault, calls it "run"."""
    data = path.read_bytes()
    is_text = path.suffix in (*COMPRESSED, ".json", ".yaml")
    return data.replace(f"{run.parent.name}/{run.name}".encode(), b"runs/run") if is_text else data


def size(folder: Path) -> int:
    """Bytes of a folder's files."""
    return sum(path.stat().st_size for path in folder.iterdir())


def main() -> None:
    """Keep every run of a directory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--without-source", action="store_true")
    options = parser.parse_args()
    for truth_file in sorted(options.runs.glob("*.truth.json")):
        run = truth_file.with_name(truth_file.name.removesuffix(".truth.json"))
        target = options.archive / f"trainer-{run.name}"
        left_out = {"source.tar.gz"} if options.without_source else set()
        keep(run, target, json.loads(truth_file.read_text(encoding="utf-8")), left_out)
        print(f"{size(target) / 1e3:6.0f} kB  {target}")


if __name__ == "__main__":
    main()
