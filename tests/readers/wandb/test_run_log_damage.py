"""Whatever a .wandb file holds, its reader returns and accounts for every byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.model.evidence import Run
from tests.readers.run_files import EVENTS, events, load
from tests.readers.wandb import wandb_files as wb

NAME = "run-abc.wandb"
WHOLE = wb.file(
    [
        wb.config(lr=0.1, net={"width": 3}),
        *(wb.history(step, loss=float(step), note="x" * 900) for step in range(60)),
        wb.exit_code(0),
    ]
)
JSON = st.sampled_from(["NaN", "1e999", "1" * 400, '"text"', "[1]", "{}", '{"_type": 1}', "nul", "-1", "true", "2.5"])
KEYS = st.sampled_from(["_step", "_timestamp", "global_step", "loss", "a/b", "", "_wandb", "epoch"])
ITEM = st.builds(lambda key, value: wb.field(1, wb.field(2, key) + wb.field(16, value)), KEYS, JSON)
HISTORY = st.lists(ITEM, max_size=4).map(lambda items: wb.field(2, b"".join(items)))
RECORD = st.one_of(HISTORY, st.binary(max_size=40), st.sampled_from([wb.field(17, b"\x08"), wb.field(26, b"\x2a\xff")]))


def read(data: bytes) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        run = load(Path(folder), {EVENTS: events(2), NAME: data})
    (record,) = [record for record in run.files if record.path == NAME]
    assert record.reader == "unread" or record.bytes_read + record.bytes_lost == record.bytes == len(data)
    assert not [issue.message for issue in run.issues if "the reader failed" in issue.message]
    return run


@given(records=st.lists(RECORD, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_records_are_taken_or_named(records: list[bytes]) -> None:
    read(wb.file(records))


@given(place=st.integers(0, len(WHOLE) - 1), flip=st.integers(1, 255), cut=st.integers(7, len(WHOLE)))
@settings(max_examples=60, deadline=None)
def test_a_flipped_byte_in_a_cut_file_adds_no_point(place: int, flip: int, cut: int) -> None:
    data = bytearray(WHOLE)
    data[place] ^= flip
    points = {float(step) for step in range(60)}
    for series in read(bytes(data[:cut])).series:
        if series.tag == "loss":
            assert set(series.values.tolist()) <= points
