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
    parser.add_argument("--twin-of")
    parser.add_argument("--output", type=Path, default=Path("runs"))
    parser.add_argument("--name", default="")
    parser.add_argument("--run-dir", type=Path)
    try:
        options, rest = parser.parse_known_args(list(words))
    except argparse.ArgumentError as error:
        raise ConfigError(str(error)) from error
    if options.fault and options.twin_of:
        raise ConfigError("--fault and --twin-of exclude each other")
    if any(word.partition("=")[0] == "--resume" for word in rest):
        raise ConfigError("a run with a fault cannot be resumed: the checkpoint would go on without it")
    name, fault, strength = parse(options.fault or options.twin_of)
    is_healthy = options.fault is None
    flags = [*fault.base.split(), *rest, *([] if is_healthy else fault.flags(strength))]
    with tempfile.TemporaryDirectory(prefix="trainer-") as folder:
        root = Path(folder)
        copy_source(root)
        if not is_healthy:
            for edit in fault.edits:
                edit.apply(root, strength)
        folder_of_run = options.run_dir or new_run_directory(options.output, options.name or "train")
        truth = folder_of_run.with_name(f"{folder_of_run.name}.truth.json")
        truth.write_text(json.dumps(_truth(name, fault, strength, is_healthy), indent=1) + "\n", encoding="utf-8")
        code = _execute(root, [*flags, "--run-dir", str(folder_of_run)])
        if not folder_of_run.exists() or not any(folder_of_run.iterdir()):
            truth.unlink()  # nothing was trained
            with contextlib.suppress(OSError):
                folder_of_run.rmdir()
    return code


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
