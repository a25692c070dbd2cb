"""Run a training script from an edited copy, which is kept in the run directory as its source."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.planted.agents.run import without_host_name
from tests.planted.fault import STRENGTHS
from tests.planted.scripts.faults import SCRIPT_FAULTS

HERE = Path(__file__).parent
SCRIPTS = {"classifier": "classify", "td3-bc": "offline_td3"}


def train(given: Any) -> None:
    """Train to the end of the script."""
    name = SCRIPTS[given.algorithm]
    text = (HERE / f"{name}.py").read_text(encoding="utf-8")
    of = given.twin_of if given.fault == "none" else given.fault
    fault = SCRIPT_FAULTS.get(of)
    flags = [*(fault.base.split() if fault else ()), "--seed", str(given.seed), "--train-steps", str(given.steps)]
    if fault is not None and given.fault != "none":
        if fault.script != name:
            raise SystemExit(f"{given.fault} is planted in {fault.script}.py, not in {name}.py")
        at = STRENGTHS.index(given.strength)
        for before, after in fault.edits:
            if text.count(before) != 1:
                raise ValueError(f"{before!r} stands {text.count(before)} times in {name}.py")
            text = text.replace(before, after[at] if isinstance(after, tuple) else after)
        flags += fault.flags[at].split()
    with tempfile.TemporaryDirectory() as temporary:
        script = Path(temporary) / "train.py"
        script.write_text(text, encoding="utf-8")
        command = [sys.executable, str(script), *flags, "--out", str(given.out)]
        given.out.mkdir(parents=True)
        with (given.out / "train.log").open("w") as log:
            subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=True)
    _snapshot(text, given.out / "source.tar.gz")
    without_host_name(given.out)


def _snapshot(text: str, target: Path) -> None:
    data = text.encode()
    with tarfile.open(target, "w:gz") as archive:
        entry = tarfile.TarInfo("train.py")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
