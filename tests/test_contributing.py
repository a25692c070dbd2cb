"""What CONTRIBUTING.md shows can be copied as it stands."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from forensics.causes.library import load
from forensics.detectors.registry import detectors
from forensics.model.finding import Status
from forensics.model.meaning import Quantity
from forensics.readers.discover import discover, with_head
from forensics.safety.limits import Limits
from tests.builders import signal, signals
from trainer.planting.source import copy_source

ROOT = Path(__file__).resolve().parents[1]


def copied(section: str, folder: Path) -> Path:
    """Write the first indented block below a heading to a file, as a reader would."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split(f"## {section}", 1)[1]
    block = re.search(r"(?:^(?: {4}.*)?\n)+(?=^1\. )", text, re.MULTILINE)
    assert block is not None
    path = folder / "copied.py"
    path.write_text(re.sub(r"^ {4}", "", block.group(), flags=re.MULTILINE).strip() + "\n", encoding="utf-8")
    return path


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "section", ["A detector in ten minutes", "A planted fault in ten minutes", "A reader in ten minutes"]
)
def test_the_examples_pass_formatter_and_linter(section: str, tmp_path: Path) -> None:
    path = copied(section, tmp_path)
    for command in (["check"], ["format", "--check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), str(path)]
        done = subprocess.run(ruff, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_detector_fires_stays_silent_and_abstains(tmp_path: Path) -> None:
    module = loaded(copied("A detector in ten minutes", tmp_path))
    for level, status in ((11.0, Status.FIRED), (10.0, Status.CLEAR)):
        norm = signal("norm", [level] * 9, quantity=Quantity.GRADIENT_NORM)
        assert module.detect(signals(norm)).status is status
    assert module.detect(signals()).status is Status.NOT_APPLICABLE


def test_the_reader_accounts_for_every_byte(tmp_path: Path) -> None:
    module = loaded(copied("A reader in ten minutes", tmp_path))
    (tmp_path / "a.metrics").write_bytes(b"1 loss 0.5\n2 loss nonsense\n3 loss 0.25\n99999999999999999999 loss 1\n\xff")
    limits = Limits()
    files = [with_head(file) for file in discover(tmp_path, limits).files if module.READER.claims(file.name, b"")]
    reading = module.READER.read(files, limits)
    (series,), (record,), (issue,) = reading.series, reading.files, reading.issues
    assert (series.steps.tolist(), series.values.tolist(), series.offsets.tolist()) == ([1, 3], [0.5, 0.25], [1, 3])
    assert record.bytes_read + record.bytes_lost == record.bytes
    assert issue.bytes_lost == record.bytes_lost == len(b"2 loss nonsense\n99999999999999999999 loss 1\n\xff")


def test_the_planted_fault_fits_the_trainer_and_the_catalogue(tmp_path: Path) -> None:
    fault = loaded(copied("A planted fault in ten minutes", tmp_path)).FAULT
    (cause,) = [cause for cause in load() if cause.id == fault.cause]
    assert set(fault.shows) <= {detector.meta.name for detector in detectors()}
    assert set(fault.shows) <= {prediction.finding for prediction in cause.predicts}
    root = tmp_path / "copy"
    root.mkdir()
    copy_source(root)
    for edit in fault.edits:
        before = (root / edit.file).read_text()
        edit.apply(root, fault.strength)
        after = (root / edit.file).read_text()
        assert after != before
        compile(after, edit.file, "exec")
