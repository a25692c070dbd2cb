"""Whatever bytes a file holds, its reader returns, and accounts for each of them."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forensics.errors import NoEvidenceError
from tests.readers.run_files import EVENTS, events, load

NAMES = ["a.log", "a.jsonl", "config.yaml", "config.json", "config.toml", "results.json", "manifest.json", "a.log.gz"]
NAMES += ["args.txt", "meta.yaml", "metrics/loss", "params/lr", "mlflow.db"]
PIECES = [
    b"2025-10-09 08:00:00,000 - a - DEBUG - STEP 5 - x=1\n",
    b'{"step": 1, "a": NaN}\n',
    b'{"run_id": "a", ',
    b"a: &a [*a]\n",
    b"!!python/name:os.system ''\n",
    b"| a/ | |\n|  b | 3 |\n",
    b"Traceback (most recent call last):\n",
    b"  x: 3.5 km/h\n",
    b"Epoch 3/5\n",
    b"step:1/5 loss:nan\n",
    b"[1, 2, 3]",
    b"a = 1\n",
    b"1760000000000 0.5 3\n",
    b"artifact_uri: x\nrun_id: y\n",
    b"SQLite format 3\0",
    b"\0" * 20,
    b"1" * 400,
    *(bytes([byte]) for byte in b'\r\n{}[]":=-\x1b\xe9\xff\xfe'),
]
CONTENT = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=12).map(b"".join)


@pytest.mark.parametrize("name", NAMES)
@given(content=CONTENT)
@settings(max_examples=25, deadline=None)
def test_every_byte_is_read_or_lost_and_nothing_is_raised(name: str, content: bytes) -> None:
    data = gzip.compress(content, mtime=0) if name.endswith(".gz") else content
    with tempfile.TemporaryDirectory() as folder:
        run = load(Path(folder), {EVENTS: events(2), name: data})
        (record,) = [record for record in run.files if record.path == name]
        assert record.reader == "unread" or record.bytes_read + record.bytes_lost == record.bytes == len(data)
        assert not [issue.message for issue in run.issues if "the reader failed" in issue.message]
        for series in run.series:
            assert len(series.steps) == len(series.values) == len(series.offsets) == len(series.segment) > 0


@given(content=CONTENT)
@settings(max_examples=25, deadline=None)
def test_damaged_gzip_is_never_fatal(content: bytes) -> None:
    data = bytearray(gzip.compress(content * 20, mtime=0))
    for place in range(10, len(data), 7):
        data[place] ^= 1
    with tempfile.TemporaryDirectory() as folder:
        try:
            run = load(Path(folder), {"a.log.gz": bytes(data)})
        except NoEvidenceError as failure:
            assert "\n" not in str(failure)  # noqa: PT017 - both ends are allowed
        else:
            assert not [issue.message for issue in run.issues if "the reader failed" in issue.message]
