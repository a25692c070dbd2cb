"""The story in one screen: read, interpret, examine, reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from forensics.model.diagnosis import Diagnosis
from forensics.model.evidence import Run
from forensics.settings import Settings

if TYPE_CHECKING:
    from forensics.readers.discover import Part


def load_run(path: str | Path, settings: Settings | None = None, part: Part | None = None) -> Run:
    """Read everything a run left behind, with the reader and within the limits that the settings name.

    `part` names the files of one run where the directory holds several.

    Raises:
        UsageError: the path does not exist, or the commit of the source.
        NoEvidenceError: nothing there can be read.
    """
    from forensics.readers.run import load_run as read
    from forensics.training_source import with_source

    settings = settings or Settings()
    run = read(Path(path), reader=settings.reader, limits=settings.limits, part=part)
    given = Path(settings.source) if settings.source else None
    return with_source(run, Path(path), given, settings.source_commit)


def analyze(path: str | Path, settings: Settings | None = None, part: Part | None = None) -> Diagnosis:
    """Read a run and investigate it. Raises what `load_run` raises."""
    settings = settings or Settings()
    return investigate(load_run(path, settings, part), settings)


def investigate(run: Run, settings: Settings | None = None) -> Diagnosis:
    """Return the diagnosis of a run that was read."""
    from forensics.advice.advise import with_own_lines
    from forensics.assemble import assemble
    from forensics.causes.library import load
    from forensics.coverage import tier
    from forensics.detectors.registry import examine
    from forensics.reasoning import reason
    from forensics.signals.interpret import interpret

    settings = settings or Settings()
    signals = interpret(run, settings.tags)
    findings = with_own_lines(examine(signals), signals)
    judgement = reason(findings, load(), tier(run))
    return assemble(signals, findings, judgement, settings)
