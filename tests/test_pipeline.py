"""From a directory to a diagnosis: the contract of diagnosis.json, on bundled runs."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import forensics
from forensics.errors import NoEvidenceError, UsageError
from forensics.model.diagnosis import CauseRole, Diagnosis, Kind, schema
from forensics.model.evidence import Run
from forensics.pipeline import analyze, investigate
from tests.builders import series

ARCHIVE = Path(__file__).parent / "archive"
RUNS = sorted(path.parent for path in ARCHIVE.glob("*/expected.toml"))


@pytest.fixture(scope="module", params=RUNS, ids=lambda path: path.name)
def diagnosis(request: pytest.FixtureRequest) -> Diagnosis:
    return analyze(request.param)


def test_the_document_obeys_its_published_schema(diagnosis: Diagnosis) -> None:
    jsonschema.validate(json.loads(diagnosis.to_json()), schema())


def test_every_byte_of_every_file_that_was_read_is_accounted_for(diagnosis: Diagnosis) -> None:
    for file in diagnosis.run.files:
        assert file.reader == "unread" or file.bytes_read + file.bytes_lost == file.bytes


def test_the_verdict_keeps_its_contract(diagnosis: Diagnosis) -> None:
    causes = {cause.id: cause for cause in diagnosis.causes}
    if diagnosis.verdict.cause is not None:
        head = causes[diagnosis.verdict.cause]
        assert head.kind in (Kind.MECHANISM, Kind.INFRASTRUCTURE)
        assert head.role is CauseRole.PROBABLE_CAUSE
        assert head.likelihood >= 0.5
    assert all(outcome.likelihood >= 0.5 for outcome in diagnosis.outcomes)
    assert all(cause.likelihood <= diagnosis.calibration.cap for cause in diagnosis.causes)
    assert len(causes) == len(diagnosis.causes) > 60


def test_no_detector_failed(diagnosis: Diagnosis) -> None:
    assert [finding.name for finding in diagnosis.findings if finding.status == "error"] == []


def test_every_step_of_evidence_lies_in_the_run(diagnosis: Diagnosis) -> None:
    files = {file.path: file.bytes for file in diagnosis.run.files}
    has_source = "source.tar.gz" in files
    for finding in diagnosis.findings:
        for ref in finding.evidence:
            if has_source and ref.file is not None and ref.file.endswith(".py"):
                assert ref.line  # a line of the source in the archive
                continue
            assert ref.file is None or ref.file in files
            assert ref.offset is None or ref.file is None or ref.offset < files[ref.file]


def test_one_run_has_one_diagnosis() -> None:
    assert analyze(RUNS[0]).to_json() == analyze(RUNS[0]).to_json()


def test_numbers_that_are_not_finite_become_words() -> None:
    run = Run(name="r", path="r", series=(series("train/critic_loss", [1.0, float("nan"), float("inf")] * 10),))
    text = investigate(run).to_json().decode()
    document = json.loads(text, parse_constant=lambda word: pytest.fail(f"bare {word}"))
    jsonschema.validate(document, schema())


def test_an_empty_directory_and_a_missing_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoEvidenceError, match="looked for"):
        analyze(tmp_path)
    with pytest.raises(UsageError, match="no such file"):
        analyze(tmp_path / "nowhere")


def test_the_package_offers_what_it_says() -> None:
    assert forensics.analyze is analyze
    assert set(forensics.__all__) == {"__version__", "analyze", "load_run"}
    with pytest.raises(AttributeError):
        _ = forensics.nothing
