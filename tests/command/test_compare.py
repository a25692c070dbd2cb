"""`forensics compare` and `analyze --previous` from the outside, on real runs of ours."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from forensics.cli import run
from tests.conftest import REPOSITORY

ARCHIVE = REPOSITORY / "tests" / "archive"
FAULTY = ARCHIVE / "pendulum-sac-learning-rate-too-high"
HEALTHY = ARCHIVE / "pendulum-sac-healthy"
OTHER = ARCHIVE / "pendulum-td3-loss-detached"
NAME = "compare-pendulum-sac-learning-rate-too-high-pendulum-sac-healthy"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


def compared(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert run(["compare", "--json", *map(str, arguments)]) == 0
    return json.loads(capsys.readouterr().out)["differences"]


def test_a_mended_learning_rate_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = compared(capsys, FAULTY, HEALTHY)
    assert found["answer"] == "gone"
    assert [item["key"] for item in found["config"]] == ["learning_rate"]
    assert {"learning-rate-too-high", "never-learned"} == {item["id"] for item in found["causes"]}


def test_in_the_other_direction_it_is_a_regression(capsys: pytest.CaptureFixture[str]) -> None:
    assert compared(capsys, HEALTHY, FAULTY)[0]["answer"] == "regressed"


def test_another_algorithm_is_not_comparable(capsys: pytest.CaptureFixture[str]) -> None:
    found = compared(capsys, FAULTY, OTHER, HEALTHY)
    assert [item["answer"] for item in found] == ["not-comparable", "gone"]


def test_a_run_against_its_copy_is_the_same_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    copy = shutil.copytree(FAULTY, tmp_path / "copy")
    assert compared(capsys, FAULTY, copy)[0]["answer"] == "same-run"


def test_saved_diagnoses_compare_as_the_runs_do_but_for_curves_and_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, path in (("a", FAULTY), ("b", HEALTHY)):
        assert run(["analyze", str(path), "--format", "json", "-o", name]) == 0
    capsys.readouterr()
    runs, saved = compared(capsys, FAULTY, HEALTHY), compared(capsys, "a/diagnosis.json", "b/diagnosis.json")
    assert runs == saved


def test_page_and_document_go_below_the_working_directory(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["compare", str(FAULTY), str(HEALTHY)]) == 0
    folder = tmp_path / "forensics-report" / NAME
    assert sorted(path.name for path in folder.iterdir()) == ["compare.html", "compare.json"]
    told = capsys.readouterr().out
    assert "B against A: What was wrong is gone" in told
    assert max(map(len, told.splitlines())) <= 80
    before = (folder / "compare.html").read_bytes()
    assert run(["compare", str(FAULTY), str(HEALTHY)]) == 0
    assert (folder / "compare.html").read_bytes() == before
    copy = shutil.copytree(FAULTY, tmp_path / "elsewhere" / FAULTY.name)
    assert run(["compare", str(copy), str(HEALTHY)]) == 0
    assert (folder.parent / f"{NAME}-2" / "compare.json").exists()


def test_json_alone_writes_no_file_and_output_names_the_folder(tmp_path: Path) -> None:
    assert run(["compare", "--json", str(FAULTY), str(HEALTHY)]) == 0
    assert list(tmp_path.iterdir()) == []
    assert run(["compare", "--json", str(FAULTY), str(HEALTHY), "-o", "out"]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["compare.html", "compare.json"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([FAULTY], 2, "two to 6 runs, not 1"),
        ([FAULTY] * 7, 2, "two to 6 runs, not 7"),
        ([FAULTY, "none"], 2, "no such file or directory"),
        ([FAULTY, "empty"], 3, "empty"),
        ([FAULTY, "cut/diagnosis.json"], 2, "cut short or damaged"),
        ([FAULTY, "new/diagnosis.json"], 2, "newer than schema 1"),
    ],
)
def test_what_cannot_be_compared_is_one_line_and_nothing_is_written(
    arguments: list[object], code: int, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, text in (
        ("empty/nothing.txt", ""),
        ("cut/diagnosis.json", '{"sch'),
        ("new/diagnosis.json", '{"schema_version": 2}'),
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    assert run(["compare", *map(str, arguments)]) == code
    error = capsys.readouterr().err
    assert said in error
    assert len(error.strip().splitlines()) == 1
    assert not (tmp_path / "forensics-report").exists()


def test_a_run_is_never_written_to(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    copy = shutil.copytree(FAULTY, tmp_path / "copy")
    assert run(["compare", str(copy), str(HEALTHY), "-o", "copy/out"]) == 2
    assert "never written to" in capsys.readouterr().err


class TestPrevious:
    def test_the_findings_that_moved_the_verdict_are_named(
        self, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        """The run without its event file, and whole."""
        logs = shutil.copytree(FAULTY, tmp_path / FAULTY.name, ignore=shutil.ignore_patterns("events*"))
        assert run(["analyze", str(logs), "--format", "json", "-o", "then"]) == 0
        capsys.readouterr()
        assert run(["analyze", str(FAULTY), "--format", "json", "-o", "now", "--previous", "then/diagnosis.json"]) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert "not-applicable -> clear, weight none -> -" in told
        assert "events.out.tfevents.1795406076.host.0 is new" in told

    def test_the_same_run_again_is_as_before(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["analyze", str(FAULTY), "--format", "json", "-o", "then"]) == 0
        assert run(["analyze", str(FAULTY), "--format", "json", "-o", "now", "--previous", "then/diagnosis.json"]) == 0
        told = capsys.readouterr().out
        assert "VERDICT AS BEFORE" in told
        assert "No finding, file, version or setting changed." in told

    def test_standard_output_stays_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["analyze", str(FAULTY), "--format", "json", "-o", "then"]) == 0
        capsys.readouterr()
        assert run(["analyze", str(FAULTY), "--json", "--previous", "then/diagnosis.json"]) == 0
        captured = capsys.readouterr()
        assert json.loads(captured.out)["run"]["name"] == FAULTY.name
        assert "VERDICT AS BEFORE" in captured.err

    @pytest.mark.parametrize("text", ['{"schema_version": 2}', '{"schema_version": 1, "run"', "no json"])
    def test_an_unreadable_one_is_told_before_the_analysis(
        self, text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        (tmp_path / "old.json").write_text(text)
        assert run(["analyze", str(FAULTY), "--previous", "old.json"]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
        assert not (tmp_path / "forensics-report").exists()

    def test_several_runs_have_no_one_earlier_diagnosis(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["analyze", str(FAULTY), "--format", "json", "-o", "then"]) == 0
        assert run(["analyze", str(FAULTY), str(HEALTHY), "--previous", "then/diagnosis.json"]) == 2
        assert "one run, and 2 are to be analysed" in capsys.readouterr().err
