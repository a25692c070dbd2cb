"""zstd files are read where the interpreter or the extra can, and named in one line where not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forensics.model.evidence import IssueKind
from forensics.readers import zstd
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, load, only

TEXT = b"".join(b"step=%d loss=%d.5\n" % (number, number) for number in range(20_000))


@pytest.fixture
def packed() -> Any:
    """Compress bytes into one frame."""
    if not zstd.is_supported():
        pytest.skip("neither Python 3.14 nor the package zstandard")
    module = zstd._module()
    return module.ZstdCompressor().compress if module.__name__ == "zstandard" else module.compress


def read(data: bytes, limits: Limits | None = None, pieces: int = 1000) -> tuple[bytes, list[IssueKind]]:
    said: list[IssueKind] = []
    chunks = [data[place : place + pieces] for place in range(0, len(data), pieces)]
    out = b"".join(zstd.unzstd(chunks, limits or Limits(), lambda kind, message: said.append(kind)))
    return out, said


@pytest.mark.parametrize("pieces", [1, 7, 1000, 1 << 20])
def test_the_content_does_not_depend_on_the_pieces(packed: Any, pieces: int) -> None:
    assert read(packed(TEXT), pieces=pieces) == (TEXT, [])


def test_frames_follow_each_other_and_zeros_are_padding(packed: Any) -> None:
    assert read(packed(TEXT) + packed(b"more") + bytes(50)) == (TEXT + b"more", [])


def test_what_is_cut_or_damaged_gives_what_came_before(packed: Any) -> None:
    out, said = read(packed(TEXT)[:-20])
    assert TEXT.startswith(out)
    assert said == [IssueKind.TRUNCATED]
    out, said = read(packed(TEXT) + b"no frame")
    assert (out, said) == (TEXT, [IssueKind.DAMAGED])


def test_a_bomb_stops(packed: Any) -> None:
    out, said = read(packed(bytes(1 << 26)), Limits(ratio_from=1 << 20))
    assert len(out) < 1 << 26
    assert said == [IssueKind.LIMIT]


def test_logs_and_event_files_read_as_plain_ones(packed: Any, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"train.log.zst": packed(TEXT), f"{EVENTS}.zst": packed(events())}
    run = load(tmp_path / "packed", files)
    plain = load(tmp_path / "plain", {"train.log": TEXT, EVENTS: events()})
    assert only(run, "loss").values.tolist() == only(plain, "loss").values.tolist()
    assert only(run, "train/loss").values.tolist() == only(plain, "train/loss").values.tolist()
    assert [record.bytes_lost for record in run.files] == [0, 0]


def test_without_support_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zstd, "_module", lambda: None)
    run = load(tmp_path, {EVENTS: events(), "debug.log.zst": zstd.ZSTD + TEXT, f"{EVENTS}2.zst": zstd.ZSTD + TEXT})
    assert {(issue.file, issue.kind) for issue in run.issues} == {
        ("debug.log.zst", IssueKind.UNREADABLE),
        (f"{EVENTS}2.zst", IssueKind.UNREADABLE),
    }
    assert all("run-forensics[zstd]" in issue.message and "zstd -d" in issue.message for issue in run.issues)
    assert not run.logs
