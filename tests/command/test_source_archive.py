"""The source of a run is read from its archive in memory, whole or not at all."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from forensics.command import source_archive
from forensics.command.source_archive import read_source
from forensics.recorder import snapshot


def packed(run: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for entry, data in entries:
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    (run / "source.tar.gz").write_bytes(gzip.compress(held.getvalue()))
    return run


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.type, found.linkname = kind, link
    return found


def test_what_the_recorder_archived_is_read_back(tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "train.py").write_text("print()\n")
    run = tmp_path / "run"
    run.mkdir()
    snapshot.write(run, [code])
    assert read_source(run) == {"code/train.py": b"print()\n"}


def test_links_and_devices_are_left_out_and_nothing_is_written(tmp_path: Path) -> None:
    run = packed(
        tmp_path,
        (entry("../../evil.py"), b"x"),
        (entry("link.py", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (entry("hard.py", tarfile.LNKTYPE, "../../evil.py"), b""),
        (entry("fifo.py", tarfile.FIFOTYPE), b""),
    )
    assert read_source(run) == {"../../evil.py": b"x"}
    assert [path.name for path in tmp_path.iterdir()] == ["source.tar.gz"]


def test_every_truncation_counts_as_no_archive(tmp_path: Path) -> None:
    data = (packed(tmp_path, (entry("a.py"), b"1\n" * 400)) / "source.tar.gz").read_bytes()
    for length in range(0, len(data) - 1, 7):
        (tmp_path / "source.tar.gz").write_bytes(data[:length])
        assert not read_source(tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"no archive", gzip.compress(b"no tar at all" * 100)], ids=["empty", "text", "gzip of text"]
)
def test_what_is_no_archive_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "source.tar.gz").write_bytes(data)
    assert not read_source(tmp_path)


def test_a_bomb_is_not_taken_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_archive, "ALL_BYTES", 1 << 16)
    packed(tmp_path, (entry("a.py"), bytes(1 << 21)))
    assert read_source(tmp_path) is None
    monkeypatch.setattr(source_archive, "ALL_BYTES", 1 << 23)
    monkeypatch.setattr(source_archive, "FILES", 1)
    packed(tmp_path, (entry("a.py"), b"1"), (entry("b.py"), b"2"))
    assert read_source(tmp_path) is None


def test_a_run_without_an_archive_has_no_source(tmp_path: Path) -> None:
    assert read_source(tmp_path) is None
    (tmp_path / "else.tar.gz").write_bytes(b"")
    (tmp_path / "source.tar.gz").symlink_to(tmp_path / "else.tar.gz")
    assert read_source(tmp_path) is None
