"""Compressed files are read in a stream, and bombs stop at a stated limit."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from forensics.model.evidence import IssueKind
from forensics.readers.decompress import gunzip, peek
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, write

TEXT = b"".join(b"line %d of some text\n" % number for number in range(2000))


def read(data: bytes, limits: Limits | None = None, pieces: int = 100) -> tuple[bytes, list[IssueKind]]:
    said: list[IssueKind] = []
    chunks = [data[place : place + pieces] for place in range(0, len(data), pieces)]
    out = b"".join(gunzip(chunks, limits or Limits(), lambda kind, message: said.append(kind)))
    return out, said


@pytest.mark.parametrize("pieces", [1, 7, 100, 1 << 20])
def test_the_content_does_not_depend_on_the_pieces(pieces: int) -> None:
    assert read(gzip.compress(TEXT), pieces=pieces) == (TEXT, [])


def test_members_follow_each_other() -> None:
    assert read(gzip.compress(TEXT) + gzip.compress(b"more")) == (TEXT + b"more", [])


def test_zeros_after_the_end_are_padding_and_other_bytes_are_stated() -> None:
    assert read(gzip.compress(TEXT) + b"\0" * 50) == (TEXT, [])
    assert read(gzip.compress(TEXT) + b"garbage") == (TEXT, [IssueKind.TRAILING])


def test_a_cut_file_gives_what_it_holds() -> None:
    out, said = read(gzip.compress(TEXT)[:-20])
    assert TEXT.startswith(out)
    assert out
    assert said == [IssueKind.TRUNCATED]


def test_a_damaged_file_gives_what_came_before() -> None:
    data = bytearray(gzip.compress(TEXT))
    data[-3] ^= 255
    out, said = read(bytes(data))
    assert TEXT.startswith(out)
    assert said == [IssueKind.DAMAGED]


def test_output_and_ratio_are_bounded() -> None:
    bomb = gzip.compress(b"\0" * (1 << 22))
    out, said = read(bomb, Limits(decompressed_bytes=1 << 20))
    assert len(out) < 1 << 22
    assert said == [IssueKind.LIMIT]
    out, said = read(bomb, Limits(ratio_from=1 << 20))
    assert len(out) < 1 << 22
    assert said == [IssueKind.LIMIT]


def test_a_bomb_in_a_run_costs_only_itself(tmp_path: Path) -> None:
    write(tmp_path, {EVENTS: events(), "debug.log.gz": gzip.compress(b"\0" * (1 << 22))})
    run = load_run(tmp_path, limits=Limits(ratio_from=1 << 20))
    assert IssueKind.LIMIT in kinds(run, "debug.log.gz")
    assert len(run.series) == 1
    (record,) = [record for record in run.files if record.path == "debug.log.gz"]
    assert record.bytes_read + record.bytes_lost == record.bytes


def test_compressed_logs_read_as_plain_ones(tmp_path: Path) -> None:
    plain = load(tmp_path / "plain", {"a.log": TEXT})
    packed = load(tmp_path / "packed", {"a.log.gz": gzip.compress(TEXT)})
    assert [record.message for record in packed.logs] == [record.message for record in plain.logs]
    assert packed.logs[0].file == "a.log.gz"


def test_peek_gives_a_head_or_nothing() -> None:
    assert peek(gzip.compress(TEXT), 5) == TEXT[:5]
    assert peek(b"\x1f\x8bnot gzip", 5) == b""
