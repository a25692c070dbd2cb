"""Holds the analyzer to the truth about archived runs: every `expected.toml` beside a run becomes a test.

A file `golden.json` beside it, if there is one, pins the whole diagnosis; `--update-golden` writes it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import tomllib
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from forensics.model.diagnosis import Diagnosis

EXPECTED = "expected.toml"
GOLDEN = "golden.json"


class DiagnosisMovedError(Exception):
    """The diagnosis of an archived run is not what it was known to be; holds one line a difference."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that accepts a new diagnosis and the setting that turns collection off."""
    parser.getgroup("forensics").addoption(
        "--update-golden", action="store_true", help=f"write {GOLDEN} beside each archived run that is collected"
    )
    parser.addini("forensics_archive", f"collect {EXPECTED} beside archived runs", type="bool", default=True)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to accept new diagnoses where nobody looks at them."""
    if config.getoption("--update-golden") and os.environ.get("CI"):
        raise pytest.UsageError("--update-golden is for a person who reads the diff, not for CI")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ArchivedRun | None:
    """Collect an `expected.toml` that stands beside other files."""
    if file_path.name == EXPECTED and parent.config.getini("forensics_archive") and _evidence(file_path.parent):
        return ArchivedRun.from_parent(parent, path=file_path)
    return None


class ArchivedRun(pytest.File):
    """The directory of one archived run."""

    def collect(self) -> Iterable[pytest.Item]:
        yield ArchivedRunTest.from_parent(self, name=self.path.parent.name)


class ArchivedRunTest(pytest.Item):
    """The diagnosis of one archived run against what is known of it."""

    def runtest(self) -> None:
        from forensics.regression import expectations

        document = tomllib.loads(self.path.read_text(encoding="utf-8"))
        expected = expectations.read(document, self.path.name)
        diagnosis = diagnose(self.path.parent)
        lines = [*unknown_names(expected), *expectations.mismatches(diagnosis, expected), *self._golden(diagnosis)]
        if lines:
            raise DiagnosisMovedError("\n".join(lines))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:  # type: ignore[override]  # text is a TerminalRepr to pytest
        """Show what moved; a traceback only where the analyzer itself failed."""
        from forensics.errors import ForensicsError

        if isinstance(excinfo.value, DiagnosisMovedError):
            return f"the diagnosis of {self.name} is not as expected:\n  " + str(excinfo.value).replace("\n", "\n  ")
        if isinstance(excinfo.value, ForensicsError | tomllib.TOMLDecodeError):
            return f"{self.path}: {excinfo.value}"
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"archived run {self.name}"

    def _golden(self, diagnosis: Diagnosis) -> list[str]:
        from forensics.regression import golden

        path, found = self.path.parent / GOLDEN, golden.normalised(diagnosis)
        if self.config.getoption("--update-golden"):
            path.write_text(found, encoding="utf-8")
            return []
        if not path.exists():
            return []
        moved = golden.difference(path.read_text(encoding="utf-8"), found)
        accept = f"if this is right, accept it: pytest {os.path.relpath(self.path)} --update-golden"
        return [*moved, accept] if moved else []


def diagnose(folder: Path) -> Diagnosis:
    """Analyse an archived run without its truth: the analyzer sees a copy that lacks what we know of the run."""
    from forensics.pipeline import analyze

    with tempfile.TemporaryDirectory(prefix="archived-run-") as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as the command line does
        copy = Path(temporary) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(EXPECTED, GOLDEN), copy_function=_link)
        return analyze(copy)


def unknown_names(expected: object) -> list[str]:
    """Return a line for each id in the expectations that no cause has: a misspelt absent cause is always absent."""
    from forensics.causes.library import load

    known = {cause.id for cause in load()} | {"none"}
    return [f"{key}: there is no cause {name}" for key, name in _named(expected) if name not in known]


def _named(expected: object) -> Iterable[tuple[str, str]]:
    for key in ("cause", "present", "outcome_any", "absent", "must_not_claim"):
        for name in getattr(expected, key) or ():
            yield key, name
    for group in getattr(expected, "present_any", ()):
        for name in group:
            yield "present_any", name


def _evidence(folder: Path) -> bool:
    return any(path.name not in (EXPECTED, GOLDEN) for path in folder.iterdir())


def _link(source: str, target: str) -> None:
    """Link where the file system allows it: archives are read, never written to."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
