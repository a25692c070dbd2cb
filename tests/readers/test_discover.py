"""Files are listed without following a link, opening a pipe or trusting a name."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from forensics.model.evidence import IssueKind
from forensics.readers.discover import discover, with_head
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, only, write


def test_links_out_of_the_run_are_refused_by_name(tmp_path: Path) -> None:
    outside = write(tmp_path, {"secret.log": "secret\n"}) / "secret.log"
    root = write(tmp_path / "run", {"a.log": "words\n"})
    (root / "b.log").symlink_to(outside)
    run = load(root, {})
    assert [record.message for record in run.logs] == ["words"]
    assert kinds(run, "b.log") == [IssueKind.REFUSED]


def test_a_linked_folder_is_not_entered(tmp_path: Path) -> None:
    write(tmp_path / "other", {"a.log": "secret\n"})
    root = write(tmp_path / "run", {"a.log": "words\n"})
    (root / "sub").symlink_to(tmp_path / "other")
    (root / "loop").symlink_to(root)
    run = load(root, {})
    assert [record.message for record in run.logs] == ["words"]
    assert kinds(run, "sub") == [IssueKind.REFUSED]
    assert kinds(run, "loop") == [IssueKind.NOTE]


def test_links_to_nothing_are_noted(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.log": "words\n"})
    (root / EVENTS).symlink_to("nowhere")
    assert kinds(load(root, {}), EVENTS) == [IssueKind.NOTE]


def test_pipes_are_ignored_with_a_note_and_never_opened(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.log": "words\n"})
    os.mkfifo(root / "b.log")
    assert kinds(load(root, {}), "b.log") == [IssueKind.NOTE]


def test_a_folder_named_like_an_event_file_is_a_folder(tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(), f"{EVENTS}9/readme": "x"})
    assert len(only(run, "train/loss")) == 10
    assert not run.issues


def test_hard_links_are_read_once(tmp_path: Path) -> None:
    root = write(tmp_path, {EVENTS: events()})
    os.link(root / EVENTS, root / (EVENTS + ".copy"))
    run = load(root, {})
    assert len(only(run, "train/loss")) == 10
    assert [(issue.file, "read once" in issue.message) for issue in run.issues] == [(EVENTS + ".copy", True)]
    assert len(run.files) == 2


def test_four_hundred_nested_folders_are_read(tmp_path: Path) -> None:
    run = load(tmp_path, {"d/" * 400 + "a.log": "words\n"})
    assert len(run.logs) == 1


def test_a_depth_limit_is_stated(tmp_path: Path) -> None:
    write(tmp_path, {"a.log": "words\n", "b/c/d/e.log": "words\n"})
    listing = discover(tmp_path, Limits(depth=2))
    assert [file.name for file in listing.files] == ["a.log"]
    assert [(issue.kind, issue.file) for issue in listing.issues] == [(IssueKind.LIMIT, "b/c/d")]


def test_a_limit_on_the_number_of_files_is_stated(tmp_path: Path) -> None:
    write(tmp_path, {f"{number}.log": "x\n" for number in range(9)})
    listing = discover(tmp_path, Limits(files=5))
    assert len(listing.files) == 5
    assert [issue.kind for issue in listing.issues] == [IssueKind.LIMIT]


def test_names_may_hold_any_bytes_and_can_be_written_as_json(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9 %s {x} '\x01.log")
    run = load(tmp_path, {name: "words\n", "\u6f22\u5b57/a.log": "words\n"})
    paths = [record.path for record in run.files]
    assert paths == ["caf\\xe9 %s {x} '\x01.log", "\u6f22\u5b57/a.log"]
    assert len(run.logs) == 2
    msgspec.json.encode(run.files)


def test_folders_of_tools_are_not_looked_into(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.log": "words\n", ".git/x.log": "words\n"})
    assert [record.path for record in run.files] == ["a.log"]
    assert kinds(run, ".git") == [IssueKind.NOTE]


def test_the_head_is_of_the_content(tmp_path: Path) -> None:
    import gzip

    write(tmp_path, {"a.log.gz": gzip.compress(b"words\n"), "b.log": "other\n"})
    heads = [with_head(file) for file in discover(tmp_path, Limits()).files]
    assert [(file.logical, file.head) for file in heads] == [("a.log", b"words\n"), ("b.log", b"other\n")]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.log": "words\n", "b.log": "words\n"})
    (root / "b.log").chmod(0)
    run = load(root, {})
    assert ["no permission" in issue.message for issue in run.issues] == [True]
