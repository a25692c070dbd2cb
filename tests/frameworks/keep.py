"""What every script in train/ does before and after training: its arguments, and the truth beside the run."""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MOST = 100_000
BULK = ("*.zip", "*.pt", "*.pth", "*.pkl", "*.ckpt", "*.d3", "*.h5")


def arguments(description: str, faults: Sequence[str], parser: argparse.ArgumentParser | None = None) -> Any:
    """Return fault, seed and out of the command line; `parser` may hold more. The run directory must not exist yet."""
    parser = parser or argparse.ArgumentParser()
    parser.description = description
    parser.add_argument("--fault", choices=("none", *faults), default="none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="the run directory, which must not exist yet")
    given = parser.parse_args()
    if given.out.exists():
        parser.error(f"{given.out} exists: name a directory that does not")
    return given


def command(given: Any, **more: object) -> str:
    """Return the command line that makes the run again, without --out."""
    options = {**more, "fault": given.fault, "seed": given.seed}
    script = f"tests/frameworks/train/{Path(sys.argv[0]).name}"
    return " ".join([script, *(f"--{name} {value}" for name, value in options.items())])


def without_bulk(out: Path, more: Sequence[str] = ()) -> None:
    """Remove weights and checkpoints, which the analyzer does not read."""
    for pattern in (*BULK, *more):
        for path in out.rglob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def without_host_name(out: Path) -> None:
    """Rename event files to events.out.tfevents.<time>.host.<n>: their usual name tells whose machine it was."""
    for number, path in enumerate(sorted(out.rglob("events.out.tfevents.*"))):
        path.rename(path.with_name(".".join([*path.name.split(".")[:4], "host", str(number)])))


def without_paths(out: Path, names: Mapping[str, str], pattern: str = "*") -> None:
    """Replace text (absolute paths, users, hosts) in the text files that match."""
    for path in sorted(out.rglob(pattern)):
        if not path.is_file():
            continue
        data = path.read_bytes()
        for old, new in names.items():
            data = data.replace(old.encode(), new.encode())
        if data != path.read_bytes():
            path.write_bytes(data)


def packed(out: Path, points: Mapping[str, int]) -> dict[str, int]:
    """Compress files over 100 kB, such as event files full of histograms; return the counts under their new names."""
    for path in [path for path in out.rglob("*") if path.is_file() and path.stat().st_size > MOST]:
        with gzip.GzipFile(path.with_name(f"{path.name}.gz"), "wb", mtime=0) as file:
            file.write(path.read_bytes())
        path.unlink()
    kept = {path.relative_to(out).as_posix() for path in out.rglob("*")}
    keys = ((key.partition("#"), count) for key, count in points.items())
    return {f"{file if file in kept else f'{file}.gz'}#{tag}": count for (file, _, tag), count in keys}


def write_truth(
    out: Path,
    *,
    framework: str,
    command: str,
    fault: str,
    reader: str,
    points: Mapping[str, int],
    named: Sequence[str],
    never: Sequence[str],
    **more: str,
) -> None:
    """Write OUT.truth.json. `named` holds the ids of which the verdict must name one; none where it must abstain."""
    truth: dict[str, Any] = {
        "framework": framework,
        "command": command,
        "fault": None if fault == "none" else fault,
        "reader": reader,
        **more,
        "named": list(named),
        "never": list(never),
        "points": dict(points),
    }
    out.with_name(f"{out.name}.truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
