"""A run is read as a whole: what is there, what is not, and what one bad file costs."""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
from pathlib import Path

import pytest

from forensics.errors import NoEvidenceError, UsageError
from forensics.model.evidence import IssueKind
from forensics.readers import run as run_module
from forensics.readers.discover import with_head
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.registry import readers
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, only, write

LOG = "2025-10-09 08:00:00,000 - agent - DEBUG - TRAINING STEP {0} - critic_loss={0}.5\n"


def snapshot(root: Path) -> dict[str, tuple[int, int, str]]:
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_every_kind_of_evidence_of_a_run_is_assembled(tmp_path: Path) -> None:
    run = load(
        tmp_path / "my run",
        {
            EVENTS: events(),
            "train.log": "".join(LOG.format(step) for step in range(5)),
            "debug.jsonl": '{"step": 1, "entropy": 0.5}\n',
            "config.yaml": "algorithm:\n  gamma: 0.99\n",
            "manifest.json": '{"run_id": "r", "backend": "loopback", "metrics": {"train/loss": {"network": "critic"}}}',
            "results.json": '{"rewards": [1.0, 2.0, 3.0], "seed": 3}',
            "model.py": "raise SystemExit\n",
        },
    )
    assert run.name == "my run"
    assert [(series.source, series.tag, len(series)) for series in run.series] == [
        ("jsonl:debug.jsonl", "entropy", 1),
        ("log:train.log", "critic_loss", 5),
        ("results:results.json", "rewards", 3),
        ("tensorboard", "train/loss", 10),
    ]
    assert {fact.key: fact.value for fact in run.config} == {"algorithm.gamma": 0.99, "seed": 3}
    assert run.manifest is not None
    assert run.manifest.backend == "loopback"
    assert only(run, "train/loss").declared == {"network": "critic"}
    assert {record.path: record.reader for record in run.files}["model.py"] == "unread"


def test_bytes_read_and_lost_add_up_and_the_hash_is_of_the_file(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        EVENTS: events()[:-3],
        "debug.jsonl": '{"step": 1, "a": 1}\n{"a": }\n{"step"',
        "train.log": "a\0" * 40,
    }
    run = load(tmp_path, files)
    for record in run.files:
        assert record.bytes_read + record.bytes_lost == record.bytes == (tmp_path / record.path).stat().st_size
        assert record.sha256 == hashlib.sha256((tmp_path / record.path).read_bytes()).hexdigest()
    lost = {record.path: record.bytes_lost for record in run.files}
    assert lost["debug.jsonl"] == len('{"a": }') + len('{"step"')
    assert lost["train.log"] == 40


def test_unread_files_are_listed_with_their_size_and_no_hash(tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(), "weights.bin": b"\1" * 77})
    (record,) = [record for record in run.files if record.path == "weights.bin"]
    assert (record.bytes, record.bytes_read, record.sha256, record.reader) == (77, 0, "", "unread")


def test_the_run_directory_is_left_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, {EVENTS: events(), "a.log": LOG.format(1), "config.yaml": "a: 1\n", "x/progress.csv": "a,b\n1,2\n"})
    before = snapshot(tmp_path)
    load_run(tmp_path)
    assert snapshot(tmp_path) == before


def test_a_missing_path_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or directory"):
        load_run(tmp_path / "nowhere")


def test_an_unknown_reader_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="native, tbparse"):
        load_run(tmp_path, reader="pandas")


def test_an_empty_directory_holds_no_evidence(tmp_path: Path) -> None:
    with pytest.raises(NoEvidenceError, match="is empty: looked for event files") as failure:
        load_run(tmp_path)
    assert "\n" not in str(failure.value)


def test_where_nothing_is_readable_the_reason_is_named(tmp_path: Path) -> None:
    write(tmp_path, {EVENTS: "this is not an event file\n" * 100})
    with pytest.raises(NoEvidenceError, match="not an event file") as failure:
        load_run(tmp_path)
    assert "\n" not in str(failure.value)


def test_one_file_can_be_a_run(tmp_path: Path) -> None:
    write(tmp_path, {EVENTS: events(), "train.log": LOG.format(1) * 3})
    run = load_run(tmp_path / "train.log")
    assert [record.path for record in run.files] == ["train.log"]
    assert len(run.logs) == 3


def test_a_reader_that_fails_costs_its_own_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(files: object, limits: object) -> Reading:
        raise ZeroDivisionError("inside")

    spoilt = tuple(
        Reader("textlog", item.rank, item.claims, broken) if item.name == "textlog" else item for item in readers()
    )
    monkeypatch.setattr(run_module, "readers", lambda: spoilt)
    run = load(tmp_path, {EVENTS: events(), "train.log": "words\n"})
    assert len(only(run, "train/loss")) == 10
    (issue,) = [issue for issue in run.issues if issue.file == "train.log"]
    assert issue.kind is IssueKind.UNREADABLE
    assert "ZeroDivisionError" in issue.message
    assert issue.bytes_lost == 6


def test_a_file_that_vanishes_is_named_and_the_rest_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = with_head

    def vanishing(file: RunFile) -> RunFile:
        if file.name == "b.log":
            os.unlink(file.path)
        return look(file)

    monkeypatch.setattr(run_module, "with_head", vanishing)
    run = load(tmp_path, {"a.log": "words\n", "b.log": "words\n"})
    assert [record.file for record in run.logs] == ["a.log"]
    assert [issue.message for issue in run.issues if issue.file == "b.log"] == ["vanished between listing and opening"]


def test_a_file_swapped_for_another_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = with_head

    def swapping(file: RunFile) -> RunFile:
        seen = look(file)
        if file.name == "b.log":
            (tmp_path / "new").write_bytes(b"other\n")
            os.replace(tmp_path / "new", tmp_path / "b.log")
        return seen

    monkeypatch.setattr(run_module, "with_head", swapping)
    run = load(tmp_path, {"a.log": "words\n", "b.log": "words\n"})
    assert [record.file for record in run.logs] == ["a.log"]
    assert any("replaced" in issue.message for issue in run.issues if issue.file == "b.log")


def test_the_newest_file_cut_inside_a_record_makes_a_run_live(tmp_path: Path) -> None:
    write(tmp_path, {"debug.jsonl": '{"step": 1, "a": 1}\n{"step": 2, "a', "old.log": "words\n"})
    os.utime(tmp_path / "old.log", (1, 1))
    assert load_run(tmp_path).live
    os.utime(tmp_path / "debug.jsonl", (0, 0))
    assert not load_run(tmp_path).live


def test_pickles_are_never_loaded_and_archives_never_unpacked(tmp_path: Path) -> None:
    class Touch:
        def __reduce__(self) -> tuple[object, ...]:
            return (open, (str(tmp_path / "PWNED"), "w"))

    run = load(
        tmp_path / "run",
        {
            EVENTS: events(),
            "checkpoint.pkl": pickle.dumps(Touch()),
            "model.pth": pickle.dumps(Touch()),
            "a.zip": b"PK\3\4",
            "b.tar.gz": gzip.compress(b"x"),
            "sitecustomize.py": f"open({str(tmp_path / 'PWNED')!r}, 'w')",
        },
    )
    assert not (tmp_path / "PWNED").exists()
    for name in ("checkpoint.pkl", "model.pth", "a.zip", "b.tar.gz"):
        assert kinds(run, name) == [IssueKind.REFUSED]


def test_formats_without_a_reader_are_named(tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(), "metrics.parquet": b"PAR1" + b"\0" * 9, "a.png": b"\x89PNG"})
    assert [issue.message for issue in run.issues] == ["no reader for .parquet: not examined"]


def test_our_own_report_is_no_input(tmp_path: Path) -> None:
    run = load(
        tmp_path,
        {EVENTS: events(), "diagnosis.json": '{"schema_version": 1, "coverage": {}, "verdict": {"x": [1,2,3]}}'},
    )
    assert {record.path: record.reader for record in run.files}["diagnosis.json"] == "unread"


def test_the_order_does_not_depend_on_the_file_system(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{name}.log": LOG.format(1) * 2 for name in "dbca"}
    first = load(tmp_path / "one", files)
    second = load(tmp_path / "two", dict(sorted(files.items())))
    assert [record.file for record in first.logs] == [record.file for record in second.logs]
    assert [series.id for series in first.series] == [series.id for series in second.series]


def test_a_limit_on_the_size_of_a_log_is_stated(tmp_path: Path) -> None:
    write(tmp_path, {"train.log": LOG.format(1) * 100})
    run = load_run(tmp_path, limits=Limits(file_bytes=1000))
    (record,) = run.files
    assert record.bytes_read == 1000
    assert kinds(run, "train.log") == [IssueKind.LIMIT]


def test_adding_a_format_takes_one_module() -> None:
    names = [reader.name for reader in readers()]
    assert {"tensorboard", "jsonl", "textlog", "config", "manifest", "results"} <= set(names)
    assert names.index("manifest") < names.index("config")


def test_what_holds_nothing_is_told_in_good_grammar(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("hello")
    for path, words in ((tmp_path, "evidence in its one file: looked"), (tmp_path / "notes.md", "evidence: looked")):
        with pytest.raises(NoEvidenceError, match=words):
            load_run(path)
