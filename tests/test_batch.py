"""Many runs in one call: found, examined side by side, shown in one table and one page."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forensics.cli import run
from forensics.errors import NoEvidenceError
from forensics.model.diagnosis import CauseRole, Diagnosis, Kind, RunSummary
from forensics.model.finding import Finding, Status
from forensics.safety.text import clean
from forensics.settings import Settings
from tests.diagnoses import cause, diagnosis, verdict
from tests.runs import write_scalars
from tests.test_cli import written


def analyze(path: Path, settings: Settings) -> Diagnosis:
    """Stands in for the pipeline: the name of a run says how its analysis ends."""
    name = Path(path).name
    if "empty" in name:
        raise NoEvidenceError(f"{path}: nothing here can be read")
    if "defect" in name:
        raise ZeroDivisionError("division by zero")
    if "killed" in name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "slow" in name:
        time.sleep(60)
    summary = RunSummary(name=clean(name), path=clean(str(path)))
    if "faulty" in name:
        found = cause("leak", 0.9, CauseRole.PROBABLE_CAUSE, Kind.MECHANISM)
        return diagnosis(run=summary, verdict=verdict("leak"), causes=[found])
    rises = "failed" not in name
    course = Finding(
        code="EPS107",
        name="return-rises",
        title="",
        status=Status.FIRED if rises else Status.CLEAR,
        statement="",
        group="return-course",
        leak=0.5,
        values={"start": 0.0, "end": 100.0 if rises else 1.0, "tag": "return"},
    )
    return diagnosis(run=summary, findings=[course])


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder in which runs can be made by name; the working directory is beside it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("forensics.pipeline.analyze", analyze)
    return tmp_path / "runs"


def make(folder: Path, *names: str) -> None:
    for name in names:
        write_scalars(folder / name, {"return": [float(value) for value in range(3)]})


def index_of(folder: Path) -> dict[str, dict[str, object]]:
    document = json.loads((folder / "index.json").read_text())
    return {row["name"]: row for row in document["runs"]}


def test_a_folder_of_runs_gives_a_report_each_and_an_index(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(runs, "clean", "deep/faulty", "x/empty")
    assert run(["analyze", "runs"]) == 0
    assert written(tmp_path / "forensics-report") == [
        "runs/clean/diagnosis.json",
        "runs/clean/report.html",
        "runs/deep/faulty/diagnosis.json",
        "runs/deep/faulty/report.html",
        "runs/index.html",
        "runs/index.json",
    ]
    rows = index_of(tmp_path / "forensics-report" / "runs")
    assert list(rows) == ["deep/faulty", "x/empty", "clean"]
    assert [row["status"] for row in rows.values()] == ["fault", "unread", "no-fault-found"]
    assert rows["deep/faulty"]["report"] == "deep/faulty/report.html"
    assert rows["x/empty"]["report"] == ""
    seen = capsys.readouterr()
    starts = [line.split(" ")[0] for line in seen.out.splitlines()]
    assert [start for start in starts if start][:4] == ["run", "deep/faulty", "x/empty", "clean"]
    assert "could not be read" in seen.out
    assert seen.err == "forensics: error: runs/x/empty: nothing here can be read\n"


def test_the_same_folder_again_replaces_its_index_and_another_of_its_name_does_not(runs: Path, tmp_path: Path) -> None:
    make(runs, "a", "b")
    make(tmp_path / "other" / "runs", "c", "d")
    for folder in ("runs", "other/runs", "runs"):
        assert run(["analyze", folder, "--format", "json"]) == 0
    assert sorted(path.name for path in (tmp_path / "forensics-report").iterdir()) == ["runs", "runs-2"]
    assert list(index_of(tmp_path / "forensics-report" / "runs-2")) == ["c", "d"]


def test_one_broken_run_costs_one_row(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(runs, "clean", "defect", "killed", "empty")
    assert run(["analyze", "runs", "-o", "out", "--format", "json"]) == 4
    rows = index_of(tmp_path / "out")
    assert {name: row["status"] for name, row in rows.items()} == {
        "clean": "no-fault-found",
        "defect": "unread",
        "killed": "unread",
        "empty": "unread",
    }
    assert "signal 9" in str(rows["killed"]["error"])
    assert written(tmp_path / "out") == ["clean/diagnosis.json", "index.json"]
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 3
    assert sum("defect of forensics" in line for line in errors) == 2


def test_json_is_a_list_in_the_order_of_the_names(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(runs, "run_10", "run_2", "run_1", "empty_3")
    assert run(["analyze", "runs", "--json"]) == 0
    assert [each["run"]["name"] for each in json.loads(capsys.readouterr().out)] == ["run_1", "run_2", "run_10"]


def test_a_folder_of_one_run_gives_one_object_and_no_index(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(runs, "only")
    assert run(["analyze", "runs", "--json", "-o", "out", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"]["name"] == "runs"
    assert written(tmp_path / "out") == ["diagnosis.json"]


def test_a_seed_that_failed_among_siblings_is_told_and_its_own_verdict_stands(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(runs, "sac_seed1/good", "sac_seed2/good", "sac_seed3/failed")
    for folder in runs.iterdir():
        (next(folder.iterdir())).rename(folder / "tb")
    make(runs, "x")

    def by_parent(path: Path, settings: Settings) -> Diagnosis:
        return analyze(Path("failed" if "seed3" in str(path) else "good"), settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("forensics.pipeline.analyze", by_parent)
        assert run(["analyze", "runs", "--format", "json,html"]) == 0
    folder = tmp_path / "forensics-report" / "runs"
    document = json.loads((folder / "index.json").read_text())
    (group,) = document["groups"]
    assert (group["learned"], group["failed"]) == (["sac_seed1", "sac_seed2"], ["sac_seed3"])
    row = document["runs"][0]
    assert (row["name"], row["seed"], row["failed_seed"], row["status"]) == ("sac_seed3", "3", True, "no-fault-found")
    assert "1 of 3 seeds failed" in " ".join(capsys.readouterr().out.split())
    assert "Seeds that failed where others learned" in (folder / "index.html").read_text()
    assert "siblings" not in (folder / "sac_seed3" / "diagnosis.json").read_text()


def test_reports_are_not_written_into_the_folder_that_is_searched(
    runs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(runs, "a", "b")
    assert run(["analyze", "runs", "-o", "runs/report"]) == 2
    assert "never written to" in capsys.readouterr().err
    monkeypatch.chdir(runs)
    assert run(["analyze", "."]) == 2
    assert written(runs) == sorted(f"{n}/{path.name}" for n in "ab" for path in (runs / n).iterdir())


def test_a_run_of_several_makes_the_exit_code(runs: Path) -> None:
    make(runs, "clean", "faulty")
    assert run(["analyze", "runs", "--json", "--fail-on", "mechanism"]) == 1
    make(runs / "none", "empty_1", "empty_2")
    assert run(["analyze", "runs/none", "--json"]) == 3


def test_an_interrupt_ends_every_process_and_leaves_whole_reports(runs: Path, tmp_path: Path) -> None:
    make(runs, *(f"slow_{number}" for number in range(4)))
    code = (
        "import sys, tests.test_batch as t, forensics.pipeline as p; p.analyze = t.analyze\n"
        "from forensics.cli import run; sys.exit(run(['analyze', 'runs', '-o', 'out']))"
    )
    root = Path(__file__).resolve().parents[1]
    started = subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(root)}, stderr=subprocess.PIPE, text=True
    )
    children = Path(f"/proc/{started.pid}/task/{started.pid}/children")
    if not children.exists():
        started.kill()
        pytest.skip("this system does not tell the children of a process")
    deadline = time.monotonic() + 60
    while not (busy := children.read_text().split()) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.2)
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=30)
    assert started.returncode == 130
    assert errors == "forensics: interrupted\n"
    assert busy
    assert not any(Path(f"/proc/{child}").exists() for child in busy)
    assert not (tmp_path / "out").exists()


def test_a_name_that_is_no_text_costs_nothing(runs: Path, tmp_path: Path) -> None:
    make(runs, "a", "b")
    (runs / "a").rename(os.fsdecode(os.fsencode(runs) + b"/caf\xe9"))
    assert run(["analyze", "runs", "-o", "out"]) == 0
    assert list(index_of(tmp_path / "out")) == ["b", "caf\\xe9"]
    assert run(["analyze", *(str(path) for path in runs.iterdir()), "-o", "both"]) == 0
