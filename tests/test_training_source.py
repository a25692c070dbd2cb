"""A run's own source: read as evidence, never trusted. Whatever it is, the diagnosis comes and says what was lost."""

from __future__ import annotations

import gzip
import importlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import msgspec
import pytest

import forensics
from forensics.errors import UsageError
from forensics.model.diagnosis import Diagnosis
from forensics.model.evidence import IssueKind
from forensics.pipeline import analyze, load_run
from forensics.settings import Settings
from tests.runs import write_scalars

GOOD = """
import torch
from torch import nn

def train(batches):
    net = nn.Linear(4, 1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, y in batches:
        loss = ((net(x) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

train(load())
"""


def packed(*files: tuple[str, bytes]) -> bytes:
    return archive(*((tarfile.TarInfo(name), data) for name, data in files))


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return held.getvalue()


def link(name: str, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    write_scalars(folder, {"train/loss": [1.0, 0.5, 0.25, 0.2]})
    return folder


def diagnosed(run: Path, snapshot: bytes) -> Diagnosis:
    (run / "source.tar.gz").write_bytes(snapshot)
    before = sorted(path.name for path in run.parent.rglob("*"))
    diagnosis = forensics.analyze(run)
    assert sorted(path.name for path in run.parent.rglob("*")) == before, "nothing may be written"
    return diagnosis


def test_a_snapshot_is_read_and_accounted_for_and_makes_the_third_tier(run: Path) -> None:
    snapshot = packed(("train.py", GOOD.encode()))
    diagnosis = diagnosed(run, snapshot)
    (record,) = [file for file in diagnosis.run.files if file.path == "source.tar.gz"]
    assert (record.bytes_read, record.bytes_lost, record.reader) == (len(snapshot), 0, "source")
    assert len(record.sha256) == 64
    assert diagnosis.coverage.tier == "T3"
    assert "source" in diagnosis.coverage.present
    clear = next(finding for finding in diagnosis.findings if finding.name == "source-zero-grad-missing")
    assert clear.status == "clear"
    assert (clear.evidence[0].file, clear.evidence[0].line) == ("train.py", 10)


def test_a_run_of_scalars_alone_never_starts_the_interpreter(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the source room was asked")

    monkeypatch.setattr("forensics.training_source._read", never)
    assert forensics.analyze(run).coverage.tier == "T1"


def test_a_given_source_wins_over_the_snapshot(run: Path, tmp_path: Path) -> None:
    (run / "source.tar.gz").write_bytes(packed(("old.py", GOOD.encode())))
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "new.py").write_text(GOOD)
    read = load_run(run, Settings(source=str(tmp_path / "tree")))
    assert read.source is not None
    assert {event.file for event in read.source.events} == {"new.py"}
    assert list(read.source_texts) == ["new.py"]


def test_a_given_source_that_holds_no_python_is_an_issue_and_no_end(run: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    diagnosis = analyze(run, Settings(source=str(tmp_path / "empty")))
    assert diagnosis.coverage.tier == "T1"
    assert any(issue.kind is IssueKind.UNREADABLE and "empty" in issue.file for issue in diagnosis.read_issues)


def test_the_snapshot_nearest_to_the_top_is_the_runs(run: Path, tmp_path: Path) -> None:
    for folder, name in ((run / "old", "old.py"), (run, "top.py")):
        folder.mkdir(exist_ok=True)
        (folder / "source.tar.gz").write_bytes(packed((name, GOOD.encode())))
    assert list(load_run(run).source_texts) == ["top.py"]


HOSTILE = b"open('executed', 'w').write('x')\nimport os; os.system('touch executed')\n" + GOOD.encode()
WHOLE = packed(("train.py", GOOD.encode()))


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        pytest.param(b"not an archive", "damaged", id="no archive"),
        pytest.param(b"", "", id="empty"),
        pytest.param(WHOLE[: len(WHOLE) // 2], "", id="cut in half"),
        pytest.param(WHOLE[:40] + b"\xff" * 40 + WHOLE[80:], "", id="bytes overwritten"),
        pytest.param(packed(("notes.txt", b"nothing here")), "no Python", id="no Python"),
        pytest.param(packed(("a.py", b"def broken(:\n")), "", id="a syntax error alone"),
        pytest.param(packed(("a.py", b"\x00\x01\x02" * 100)), "", id="NUL bytes"),
        pytest.param(packed(("a.py", b"(" * 5000 + b")" * 5000)), "", id="five thousand brackets"),
        pytest.param(packed(("a.py", b"x = " + b"-" * 50_000 + b"1")), "", id="fifty thousand minus signs"),
    ],
)
def test_a_source_that_gives_no_facts_is_an_issue_and_no_end(run: Path, snapshot: bytes, said: str) -> None:
    diagnosis = diagnosed(run, snapshot)
    issues = [issue for issue in diagnosis.read_issues if issue.file == "source.tar.gz"]
    assert issues
    assert said in issues[0].message
    assert diagnosis.coverage.tier in ("T1", "T3")
    assert not any(finding.status == "error" for finding in diagnosis.findings)
    (record,) = [file for file in diagnosis.run.files if file.path == "source.tar.gz"]
    assert record.bytes_read + record.bytes_lost == record.bytes


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((tarfile.TarInfo("broken.py"), b"<<<<<<< ours\nx = 1\n=======\n"), id="merge markers"),
        pytest.param((link("link.py", "/etc/passwd"), b""), id="a link out of the tree"),
        pytest.param((tarfile.TarInfo("/tmp/absolute.py"), b"x = 1\n"), id="an absolute name"),
        pytest.param((tarfile.TarInfo("../../up.py"), b"x = 1\n"), id="a name that climbs"),
        pytest.param((tarfile.TarInfo("large.py"), b"#" * (3 << 20)), id="a file beyond its limit"),
        pytest.param((tarfile.TarInfo("evil.py"), HOSTILE), id="a module that acts when imported"),
    ],
)
def test_one_bad_file_costs_itself_alone(
    run: Path, other: tuple[tarfile.TarInfo, bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    diagnosis = diagnosed(run, archive((tarfile.TarInfo("train.py"), GOOD.encode()), other))
    assert diagnosis.coverage.tier == "T3"
    found = next(finding for finding in diagnosis.findings if finding.name == "source-zero-grad-missing")
    assert found.status == "clear"
    assert not list(tmp_path.rglob("executed"))
    assert not Path("/tmp/absolute.py").exists()


def test_a_bomb_is_refused_before_it_fills_the_memory(run: Path) -> None:
    head = tarfile.TarInfo("a.py")
    head.size = 8 << 30
    squeezed = gzip.compress(head.tobuf() + b"\0" * (64 << 20))
    assert len(squeezed) < 1 << 20
    diagnosis = diagnosed(run, squeezed)
    assert any(issue.file == "source.tar.gz" for issue in diagnosis.read_issues)


def test_many_files_without_facts_are_counted_not_listed(run: Path) -> None:
    broken = [(f"broken{number}.py", b"def (:\n") for number in range(60)]
    diagnosis = diagnosed(run, packed(("train.py", GOOD.encode()), *broken))
    issues = [issue.message for issue in diagnosis.read_issues if issue.file == "source.tar.gz"]
    assert len(issues) < 30
    assert "more of its files give no facts" in issues[-1]


def test_a_defect_in_reading_it_costs_the_source_alone(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(importlib.import_module("forensics.source.read"), "read", broken)
    diagnosis = diagnosed(run, WHOLE)
    assert "RecursionError: too deep" in diagnosis.read_issues[0].message
    assert diagnosis.coverage.tier == "T1"


def repository(folder: Path, *texts: str) -> list[str]:
    """Commit each text as train.py; return the commits."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    folder.mkdir()
    call = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*call, "init", "--quiet"], check=True)
    commits = []
    for text in texts:
        (folder / "train.py").write_text(text)
        subprocess.run([*call, "add", "."], check=True)
        subprocess.run([*call, "commit", "--quiet", "-m", "change"], check=True)
        done = subprocess.run([*call, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        commits.append(done.stdout.strip())
    return commits


def test_a_commit_that_is_asked_for_is_what_is_read(run: Path, tmp_path: Path) -> None:
    old, _ = repository(tmp_path / "code", GOOD, GOOD.replace("        optimizer.zero_grad()\n", ""))
    settings = Settings(source=str(tmp_path / "code"))
    now = load_run(run, settings)
    then = load_run(run, msgspec.structs.replace(settings, source_commit=old[:10]))
    assert now.source is not None
    assert then.source is not None
    assert len(then.source.events) == len(now.source.events) + 1
    assert then.source_origin.endswith(f"code at {old[:10]}")


@pytest.mark.parametrize("source", ["", "code", "run"])
def test_a_commit_that_is_not_there_is_a_mistake_of_usage(run: Path, tmp_path: Path, source: str) -> None:
    repository(tmp_path / "code", GOOD)
    settings = Settings(source=str(tmp_path / source) if source else "", source_commit="0" * 40)
    with pytest.raises(UsageError, match=r"no commit|needs --source|needs one"):
        load_run(run, settings)


def test_the_commit_that_a_run_recorded_is_stated_and_not_switched_to(run: Path, tmp_path: Path) -> None:
    old, new = repository(tmp_path / "code", GOOD, GOOD + "# later\n")
    (run / "manifest.json").write_text(json.dumps({"run_id": "a", "git": {"commit": old}}))
    read = load_run(run, Settings(source=str(tmp_path / "code")))
    (note,) = [issue for issue in read.issues if "records commit" in issue.message]
    assert old in note.message
    assert new[:12] in note.message
    assert f"--source-commit {old[:12]}" in note.message
    assert "# later" in read.source_texts["train.py"]
    asked = load_run(run, Settings(source=str(tmp_path / "code"), source_commit=old))
    assert not [issue for issue in asked.issues if "records commit" in issue.message]
