"""`trainer train --fault NAME[:STRENGTH]` and `--twin-of NAME`: a run from an edited copy of the source."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from forensics.recorder.rundir import new_run_directory
from trainer.errors import ConfigError
from trainer.planting.fault import Fault
from trainer.planting.library import parse
from trainer.planting.source import copy_source


def plant(words: Sequence[str]) -> int:
    """Train as `trainer train` does, from an edited copy; return the exit code of the training.

    The truth lies beside the run directory, in <run>.truth.json. Raises ConfigError and OSError.
    """
    parser = argparse.ArgumentParser(prog="trainer train", add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--fault")
    parser.add_argument("--twin-of", "--twin_of")
    parser.add_argument("--output", type=Path, default=Path("runs"))
    parser.add_argument("--name", default="")
    parser.add_argument("--run-dir", "--run_dir", type=Path)
    try:
        options, rest = parser.parse_known_args(list(words))
    except argparse.ArgumentError as error:
        raise ConfigError(str(error)) from error
    if options.fault is not None and options.twin_of is not None:
        raise ConfigError("--fault and --twin-of exclude each other")
    if any(word.partition("=")[0] == "--resume" for word in rest):
        raise ConfigError("a run with a fault cannot be resumed: the checkpoint would go on without it")
    is_healthy = options.fault is None
    name, fault, strength = parse(options.twin_of if is_healthy else options.fault)
    if options.run_dir is not None and not _is_free(options.run_dir):
        raise ConfigError(f"--run-dir {options.run_dir} is taken: give a new or empty directory, or leave it out")
    flags = [*fault.base.split(), *rest, *([] if is_healthy else fault.flags(strength))]
    flags += ["--name", options.name] if options.name else []
    with tempfile.TemporaryDirectory(prefix="trainer-") as temporary:
        root = Path(temporary)
        copy_source(root)
        if not is_healthy:
            for edit in fault.edits:
                edit.apply(root, strength)
        folder = options.run_dir or new_run_directory(options.output, options.name or "train")
        folder.mkdir(parents=True, exist_ok=True)
        truth = truth_of(folder)
        truth.write_text(json.dumps(_truth(name, fault, strength, is_healthy), indent=1) + "\n", encoding="utf-8")
        code = _execute(root, [*flags, "--run-dir", str(folder)])
        if not folder.exists() or not any(folder.iterdir()):  # nothing was trained
            truth.unlink()
            with contextlib.suppress(OSError):
                folder.rmdir()
    return code


def truth_of(run: Path) -> Path:
    """Return the file beside a run directory that says what was planted in it."""
    whole = run.resolve()
    return whole.with_name(f"{whole.name}.truth.json")


def _is_free(folder: Path) -> bool:
    return not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))


def _truth(name: str, fault: Fault, strength: str, is_healthy: bool) -> dict[str, object]:
    if is_healthy:
        return {"fault": None, "twin_of": name, "cause": None, "also": []}
    return {"fault": name, "strength": strength or None, "cause": fault.cause, "also": list(fault.also)}


def _execute(root: Path, arguments: Sequence[str]) -> int:
    """Run the copy. `-P` keeps the working directory, which may hold another trainer/, off the path."""
    command = [sys.executable, "-P", "-m", "trainer", "train", *arguments]
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}) as process:  # noqa: S603 - our own module
        try:
            return process.wait()
        except KeyboardInterrupt:  # the terminal sent it to the training as well, which ends in its own way
            return process.wait()
