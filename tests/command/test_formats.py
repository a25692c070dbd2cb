"""`analyze --format`: every format is one file, and the same run gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from forensics.cli import run
from tests.conftest import REPOSITORY
from tests.reports.sarif_schema import LOG

RUN = REPOSITORY / "tests" / "archive" / "pendulum-sac-learning-rate-too-high"


def written(folder: Path, formats: str) -> dict[str, bytes]:
    assert run(["analyze", str(RUN), "--format", formats, "-o", str(folder)]) == 0
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_markdown_and_sarif_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    files = written(tmp_path / "out", "md,sarif")
    assert sorted(files) == ["report.md", "report.sarif"]
    assert b"The learning rate is too high" in files["report.md"]
    log = json.loads(files["report.sarif"])
    Draft202012Validator(LOG).validate(log)
    assert "learning-rate-too-high" in {result["ruleId"] for result in log["runs"][0]["results"]}


def test_all_formats_have_the_same_bytes_on_another_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    first = written(tmp_path / "one", "html,json,md,sarif")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "2000000000")
    assert written(tmp_path / "two", "html,json,md,sarif") == first


def test_an_unknown_format_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", str(RUN), "--format", "html,sariff"]) == 2
    assert "did you mean 'sarif'" in capsys.readouterr().err


def test_all_figures_are_drawn_where_they_are_asked_for(tmp_path: Path) -> None:
    drawn = {}
    for flags in ((), ("--all-figures",)):
        folder = tmp_path / f"out{len(flags)}"
        assert run(["analyze", str(RUN.with_name("pendulum-sac-reward-scale")), *flags, "-o", str(folder)]) == 0
        drawn[flags] = (folder / "report.html").read_text(encoding="utf-8").count("<figure")
    findings = json.loads((folder / "diagnosis.json").read_bytes())["findings"]
    fired = sum(bool(each.get("figure")) for each in findings if each["status"] == "fired")
    assert 0 < drawn[()] < drawn[("--all-figures",)] == fired
