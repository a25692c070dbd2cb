"""Source is untrusted: what cannot be read is stated, the rest goes on, and nothing is executed."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from forensics.errors import NoEvidenceError, UsageError
from forensics.source import interpret, read
from forensics.source.limits import Limits
from tests.source.facts import order, sample

GOOD = sample("td3")


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n",
        "x = 1\0\n",
        "print 'python 2'\n",
        "(" * 5_000 + ")" * 5_000,
        "[" * 5_000,
    ],
    ids=["syntax error", "merge markers", "NUL", "Python 2", "nested brackets", "open brackets"],
)
def test_a_file_that_does_not_parse_is_stated_and_the_rest_goes_on(text: str) -> None:
    report = interpret({"bad.py": text, "good.py": GOOD})
    assert [one.file for one in report.unread] == ["bad.py"]
    assert len(order(report)) == 11


def test_an_expression_nested_too_deep_costs_only_its_entry_point() -> None:
    deep = "def train(optimizer):\n    optimizer.zero_grad()\n    x = " + "+".join(["1"] * 2_000) + "\n"
    assert len(order(interpret({"deep.py": deep, "good.py": GOOD}))) >= 11


def test_nothing_is_executed(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nraise SystemExit\n" + GOOD)
    (tmp_path / "sitecustomize.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    report = read(tmp_path)
    assert report.files == 2
    assert not (tmp_path / "ran").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["agent.py", "sitecustomize.py"]


def test_a_large_file_and_a_link_out_of_the_tree_are_left_out(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "agent.py").write_text(GOOD)
    (tmp_path / "outside.py").write_text("optimizer.step()\n")
    (tree / "link.py").symlink_to(tmp_path / "outside.py")
    with (tree / "large.py").open("wb") as file:
        os.truncate(file.fileno(), 100 << 20)
    report = read(tree)
    assert report.files == 1
    assert {one.file: one.message.split(":")[0] for one in report.unread} == {
        "large.py": "not read",
        "link.py": "not read",
    }


def test_a_file_in_another_encoding_is_read(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_bytes(b"# -*- coding: latin-1 -*-\n# caf\xe9\n" + GOOD.encode())
    assert len(order(read(tmp_path))) == 11


def test_an_archive_is_read_without_extraction(tmp_path: Path) -> None:
    archive = tmp_path / "source.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name in ("run/agent.py", "../../escape.py"):
            member = tarfile.TarInfo(name)
            member.size = len(GOOD.encode())
            tar.addfile(member, io.BytesIO(GOOD.encode()))
        link = tarfile.TarInfo("run/link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    report = read(archive)
    assert {event.file for event in report.events} == {"run/agent.py", "escape.py"}
    assert [path.name for path in tmp_path.iterdir()] == ["source.tar.gz"]


def test_a_damaged_archive_gives_what_came_before(tmp_path: Path) -> None:
    whole = tmp_path / "whole.tar.gz"
    with tarfile.open(whole, "w:gz") as tar:
        for name, data in (("agent.py", GOOD.encode()), ("noise.py", os.urandom(200_000))):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    cut = tmp_path / "source.tar.gz"
    cut.write_bytes(whole.read_bytes()[:100_000])
    report = read(cut)
    assert len(order(report)) == 11
    assert "damaged" in report.unread[0].message


def test_more_files_than_the_limit_are_stated(tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.py").write_text("x = 1\n")
    report = read(tmp_path, Limits(files=2))
    assert report.files == 2
    assert "limit" in report.unread[0].message


def test_work_that_runs_out_is_stated() -> None:
    report = interpret({"agent.py": GOOD}, Limits(root_work=50))
    assert any("work" in one.message for one in report.unread)


def test_an_empty_folder_is_no_evidence_and_a_missing_path_is_usage(tmp_path: Path) -> None:
    with pytest.raises(NoEvidenceError, match="no Python source"):
        read(tmp_path)
    with pytest.raises(UsageError, match="no such file"):
        read(tmp_path / "absent")
