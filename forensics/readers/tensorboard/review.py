"""What is odd about a file as a whole: said once, in a sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forensics.crc32c import crc32c
from forensics.model.evidence import IssueKind
from forensics.readers.tensorboard.decode import TEXTS, Decoder
from forensics.readers.tensorboard.event_file import Columns
from forensics.readers.tensorboard.event_source import Source
from forensics.readers.tensorboard.headers import HEADER
from forensics.readers.tensorboard.ledger import Ledger
from forensics.readers.tensorboard.repeats import drop_repeats
from forensics.readers.tensorboard.tfrecord import Framer

_KNOWN_VERSIONS = {"brain.Event:1", "brain.Event:2"}
# Unix seconds of the year 10000: no calendar holds a later one.
_LAST_DATE = 253_402_300_800.0


def review(decoder: Decoder, ledger: Ledger) -> dict[str, Columns]:
    """Return the columns of a file, exact repetitions of its records counted once, and note what is odd in them."""
    columns = drop_repeats(decoder.rows.columns(), ledger)
    if decoder.version and decoder.version not in _KNOWN_VERSIONS:
        ledger.note(f"the file says version {decoder.version[:40]!r}, which this reader does not know")
    if decoder.others["text"] > TEXTS:
        ledger.note(f"only the first {TEXTS} of {decoder.others['text']} texts are kept", kind=IssueKind.LIMIT)
    for tag in columns.keys() & decoder.other_tags.keys():
        message = f"tag {tag[:100]!r} holds scalars and, in other records, a {decoder.other_tags[tag]}"
        ledger.note(message, of="a tag of two kinds")
    if not columns:
        if decoder.records:
            ledger.note("the file holds no scalar")
        return columns
    count = sum(map(len, columns.values()))
    odd = sum(_odd_dates(column.wall_times) for column in columns.values())
    if odd:
        ledger.note(f"{odd} of {count} values carry a wall time that is no date (NaN, infinite or out of range)")
    negative = sum(int(np.count_nonzero(column.steps < 0)) for column in columns.values() if column.steps.min() < 0)
    if negative:
        ledger.note(f"{negative} of {count} values carry a negative step")
    back = _clock_set_back(columns)
    if back > 60.0:
        ledger.note(f"the wall clock goes back by {back:.0f} s while the steps go on (clock set, or time zone change)")
    return columns


def _odd_dates(walls: NDArray[np.float64]) -> int:
    if walls.min() >= 0 and walls.max() < _LAST_DATE:
        return 0
    return int(np.count_nonzero(~((walls >= 0) & (walls < _LAST_DATE))))


def _clock_set_back(columns: dict[str, Columns]) -> float:
    """Return the largest backward jump of the wall clock between two rows of a tag whose steps go on, in seconds."""
    largest = 0.0
    for column in columns.values():
        if not (column.wall_times[1:] < column.wall_times[:-1]).any():
            continue
        with np.errstate(invalid="ignore"):
            jump = column.wall_times[:-1] - column.wall_times[1:]
        jump = jump[(column.steps[1:] >= column.steps[:-1]) & np.isfinite(jump)]
        if len(jump):
            largest = max(largest, float(jump.max()))
    return largest


def describe_whole(source: Source, framer: Framer, decoder: Decoder, ledger: Ledger) -> None:
    """Replace the account of a file that holds no record at all by one clear statement."""
    if not framer.size and not source.problems:
        ledger.note("the file is empty", kind=IssueKind.EMPTY)
    for kind, message in source.problems:
        ledger.note(message, kind=kind)
    if not framer.size:
        return
    if framer.headers or framer.truncated:
        return
    first = framer.first
    stored = int.from_bytes(first[8:HEADER], "little")
    if len(first) == HEADER and crc32c(first[:8]) == stored:
        why = "its checksums are not masked as the format demands: no value of it is used"
    elif ledger.bytes_lost and all(issue.kind is IssueKind.TRAILING for issue in ledger.issues()):
        why = "it holds nothing but zero bytes"
    else:
        why = "it holds no TensorBoard record: this is not an event file"
    ledger.forget()
    ledger.lost(IssueKind.UNREADABLE, why, 0, framer.size, None)
