"""A report goes where it was asked for, never into a run and never over the report of another run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forensics.command.destination import check, default, several
from forensics.errors import OutputError


def report_of(run: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "diagnosis.json").write_text(json.dumps({"run": {"name": run.name, "path": str(run)}}))
    return folder


def test_the_first_report_takes_the_name_of_the_run(tmp_path: Path) -> None:
    assert default(tmp_path, Path("runs/td3-a")) == tmp_path / "forensics-report" / "td3-a"


def test_the_same_run_again_replaces_its_report(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "td3"
    folder = report_of(run, tmp_path / "forensics-report" / "td3")
    assert default(tmp_path, run) == folder


def test_another_run_of_the_name_gets_a_suffix(tmp_path: Path) -> None:
    reports = tmp_path / "forensics-report"
    report_of(tmp_path / "a" / "td3", reports / "td3")
    assert default(tmp_path, tmp_path / "b" / "td3") == reports / "td3-2"
    report_of(tmp_path / "b" / "td3", reports / "td3-2")
    assert default(tmp_path, tmp_path / "c" / "td3") == reports / "td3-3"


@pytest.mark.parametrize("content", ["", "[]", '{"run": {}}', "\x00"])
def test_a_folder_whose_owner_cannot_be_told_is_left_alone(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "forensics-report" / "td3"
    folder.mkdir(parents=True)
    (folder / "diagnosis.json").write_text(content)
    assert default(tmp_path, tmp_path / "td3").name == "td3-2"


def test_several_runs_are_told_apart_below_one_folder() -> None:
    assert several(Path("out"), [Path("a/r"), Path("b/r"), Path("c/s")]) == [
        Path("out/r"),
        Path("out/r-2"),
        Path("out/s"),
    ]


@pytest.mark.parametrize("place", [".", "report", "deep/er"])
def test_refuses_to_write_into_the_run(tmp_path: Path, place: str) -> None:
    with pytest.raises(OutputError, match="never written to"):
        check(tmp_path / place, tmp_path)


def test_a_link_into_the_run_is_the_run(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (tmp_path / "link").symlink_to(run)
    with pytest.raises(OutputError):
        check(tmp_path / "link" / "report", run)


def test_accepts_a_place_beside_the_run_and_creates_nothing(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    check(tmp_path / "run-report" / "deep", run)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_refuses_a_place_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="not a directory"):
        check(tmp_path / "file" / "report", tmp_path / "run")
