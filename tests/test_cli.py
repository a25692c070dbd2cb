"""What a user sees: files in the right place, one line for a failure, the documented exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from forensics import __version__
from forensics.cli import run
from forensics.errors import NoEvidenceError
from forensics.model.diagnosis import CauseRole, Diagnosis, Kind, RunSummary
from forensics.settings import Reader, Settings
from tests.diagnoses import cause, diagnosis, outcome, verdict


class Analyzer:
    """Stands in for the pipeline: the name of a run says how its analysis ends."""

    def __init__(self) -> None:
        self.settings: list[Settings] = []

    def __call__(self, path: Path, settings: Settings) -> Diagnosis:
        self.settings.append(settings)
        name = Path(path).name
        if name.startswith("empty"):
            raise NoEvidenceError(f"{path}: nothing here can be read")
        if name.startswith("defect"):
            raise ZeroDivisionError("division by zero")
        if name.startswith("interrupted"):
            raise KeyboardInterrupt
        summary = RunSummary(name=name, path=str(path))
        if name.startswith("faulty"):
            return diagnosis(run=summary, verdict=verdict("leak"), causes=[cause("leak", 0.9)])
        return diagnosis(run=summary)


@pytest.fixture
def analyzer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Analyzer:
    monkeypatch.chdir(tmp_path)
    stand_in = Analyzer()
    monkeypatch.setattr("forensics.pipeline.analyze", stand_in)
    for name in ("runs/clean", "runs/faulty", "runs/empty", "runs/defect", "other/clean"):
        (tmp_path / name).mkdir(parents=True)
    return stand_in


def written(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("analyzer")
def test_the_report_goes_below_the_working_directory(tmp_path: Path) -> None:
    assert run(["analyze", "runs/clean", "--format", "json"]) == 0
    assert run(["analyze", "other/clean", "--format", "json"]) == 0
    assert run(["analyze", "runs/clean", "--format", "json"]) == 0
    assert written(tmp_path) == ["forensics-report/clean-2/diagnosis.json", "forensics-report/clean/diagnosis.json"]


@pytest.mark.usefixtures("analyzer")
def test_output_names_the_folder_itself_or_the_parent_of_several(tmp_path: Path) -> None:
    assert run(["analyze", "runs/clean", "--format", "json", "--output", "out"]) == 0
    assert run(["analyze", "runs/clean", "other/clean", "--format", "json", "-o", "both"]) == 0
    assert written(tmp_path / "out") == ["diagnosis.json"]
    assert written(tmp_path / "both") == ["clean-2/diagnosis.json", "clean/diagnosis.json", "index.json"]


@pytest.mark.usefixtures("analyzer")
def test_both_formats_are_written_by_default(tmp_path: Path) -> None:
    assert run(["analyze", "runs/clean", "-o", "out"]) == 0
    assert written(tmp_path / "out") == ["diagnosis.json", "report.html"]
    assert json.loads((tmp_path / "out" / "diagnosis.json").read_text())["run"]["name"] == "clean"


@pytest.mark.usefixtures("analyzer")
@pytest.mark.parametrize("output", ["runs/clean", "runs/clean/report"])
def test_a_run_is_never_written_to(output: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["analyze", "runs/clean", "-o", output]) == 2
    assert "never written to" in capsys.readouterr().err
    assert written(tmp_path) == []


def test_a_working_directory_inside_the_run_is_refused_with_the_way_out(
    analyzer: Analyzer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path / "runs" / "clean")
    assert run(["analyze", "."]) == 2
    assert "--output DIR" in capsys.readouterr().err
    assert analyzer.settings == []
    assert run(["analyze", ".", "-o", str(tmp_path / "out"), "--format", "json"]) == 0


@pytest.mark.usefixtures("analyzer")
def test_json_prints_the_diagnosis_and_nothing_else(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["analyze", "runs/clean", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"]["name"] == "clean"
    assert written(tmp_path) == []


@pytest.mark.usefixtures("analyzer")
def test_json_of_several_runs_is_a_list_without_the_unreadable(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", "runs/clean", "runs/empty", "runs/faulty", "--json"]) == 0
    seen = capsys.readouterr()
    assert [each["run"]["name"] for each in json.loads(seen.out)] == ["clean", "faulty"]
    assert seen.err == "forensics: error: runs/empty: nothing here can be read\n"


@pytest.mark.usefixtures("analyzer")
def test_json_writes_files_too_where_they_are_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["analyze", "runs/clean", "--json", "-o", "out", "--format", "json"]) == 0
    assert (tmp_path / "out" / "diagnosis.json").read_text() == capsys.readouterr().out


@pytest.mark.usefixtures("analyzer")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["runs/clean"], 0),
        (["runs/faulty"], 0),
        (["runs/faulty", "--fail-on", "mechanism"], 1),
        (["runs/clean", "runs/faulty", "--fail-on", "any"], 1),
        (["runs/clean", "--fail-on", "any"], 0),
        (["runs/empty"], 3),
        (["runs/empty", "runs/clean"], 0),
        (["runs/empty", "runs/faulty", "--fail-on", "any"], 1),
        (["runs/defect"], 4),
        (["runs/clean", "runs/defect"], 4),
        ([], 2),
        (["runs/clean", "--format", "pdf"], 2),
        (["runs/clean", "--format", ""], 2),
        (["runs/clean", "--tag", "loss"], 2),
        (["runs/clean", "--tag", "loss=lss"], 2),
        (["runs/clean", "--nonsense"], 2),
        (["runs/clean", "--fail-on", "sometimes"], 2),
        (["interrupted"], 130),
    ],
    ids=str,
)
def test_exit_codes(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", "--json", *arguments]) == code
    errors = [line for line in capsys.readouterr().err.splitlines() if "error" in line]
    assert len(errors) == (0 if code in (0, 1, 130) and "runs/empty" not in arguments else 1)


def test_a_tag_that_no_run_has_is_named_with_the_nearest() -> None:
    from forensics.command.tag_meanings import absent
    from forensics.model.diagnosis import SignalSummary

    row = SignalSummary(tag="loss/pi", source="tensorboard", points=9, claimed={}, established={}, contested={}, how=[])
    found = diagnosis(signals=[row])
    assert list(absent(["loss/pi"], [found])) == []
    assert list(absent(["loss/phi"], [found])) == ["--tag loss/phi: no such tag was read (did you mean 'loss/pi'?)"]
    assert list(absent(["x"], [found])) == ["--tag x: no such tag was read; `forensics signals RUN` lists the tags"]
    assert list(absent(["x"], [])) == []


@pytest.mark.usefixtures("analyzer")
def test_a_mistyped_tag_is_told_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", "runs/clean", "--json", "--tag", "los=loss"]) == 0
    seen = capsys.readouterr()
    assert json.loads(seen.out)["run"]["name"] == "clean"
    assert seen.err.startswith("forensics: --tag los: no such tag was read")


@pytest.mark.parametrize(
    ("standing", "mechanism", "any_kind"),
    [
        ({"causes": [cause("odd", 0.9, CauseRole.MEASUREMENT_FAULT, Kind.MEASUREMENT)]}, False, True),
        ({"causes": [cause("leak", 0.49, CauseRole.POSSIBLE)]}, False, False),
        ({"causes": [cause("leak", 0.9, CauseRole.RULED_OUT)]}, False, False),
        ({"causes": [cause("leak", 0.5, CauseRole.CONTRIBUTING)]}, True, True),
        ({"outcomes": [outcome("never-learned", 0.8)]}, False, True),
    ],
)
def test_fail_on_counts_what_stands(standing: dict[str, object], mechanism: bool, any_kind: bool) -> None:
    from forensics.command.batch_work import stands
    from forensics.settings import FailOn

    found = diagnosis(**standing)
    assert stands(found, FailOn.MECHANISM) is mechanism
    assert stands(found, FailOn.ANY) is any_kind
    assert not stands(found, FailOn.NEVER)


@pytest.mark.usefixtures("analyzer")
def test_a_defect_is_one_line_that_says_whose_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["analyze", "runs/defect"]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert "runs/defect" in line
    assert "ZeroDivisionError: division by zero" in line
    assert "defect of forensics" in line
    monkeypatch.setenv("FORENSICS_DEBUG", "1")
    run(["analyze", "runs/defect"])
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_a_control_character_of_a_file_name_does_not_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    run(["analyze", "no\x1b]0;title\x07such\nrun"])
    error = capsys.readouterr().err
    assert "\\x1b]0;title\\x07such run" in error
    assert error.count("\n") == 1


def test_settings_of_the_working_directory_hold_and_flags_go_over_them(analyzer: Analyzer, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.forensics]\nreader = "tbparse"\nfail_on = "any"\ntags = { "a" = "loss" }\n'
    )
    assert run(["analyze", "--json", "runs/faulty"]) == 1
    assert run(["analyze", "--json", "runs/faulty", "--fail-on", "never", "--tag", "b=q_value,role=policy"]) == 0
    first, second = analyzer.settings
    assert first.reader is second.reader is Reader.TBPARSE
    assert second.tags == {"a": {"quantity": "loss"}, "b": {"quantity": "q_value", "role": "policy"}}


def test_settings_in_the_run_directory_are_not_read(
    analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = tmp_path / "runs" / "clean"
    (inside / "pyproject.toml").write_text('[tool.forensics]\nreader = "tbparse"\n')
    monkeypatch.chdir(inside)
    assert run(["analyze", "--json", "."]) == 0
    assert analyzer.settings == [Settings()]
    assert "not read" in capsys.readouterr().err


def test_version_and_help_and_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"forensics {__version__}\n"
    assert run([]) == 0
    assert "analyze" in capsys.readouterr().out
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$ref"] == "#/$defs/Diagnosis"


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "forensics", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"forensics {__version__}\n"


def test_lists_name_every_detector_and_cause_and_each_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    from forensics.causes.library import load
    from forensics.detectors.registry import detectors

    assert run(["detectors"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == [d.meta.name for d in detectors()]
    assert run(["causes"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [each.id for each in load()]
    for detector in detectors():
        for name in (detector.meta.code.lower(), detector.meta.name):
            assert run(["explain", name]) == 0
            assert capsys.readouterr().out.startswith(f"# {detector.meta.code} ")
    for each in load():
        assert run(["explain", each.id]) == 0
        assert f"# {each.title}\n" in capsys.readouterr().out


def test_an_unknown_name_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "clip-exceded"]) == 2
    assert "did you mean 'clip-exceeded'" in capsys.readouterr().err
    assert run(["explain", "xyzzy"]) == 2
    assert "forensics detectors" in capsys.readouterr().err
