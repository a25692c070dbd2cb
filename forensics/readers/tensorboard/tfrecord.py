"""TFRecord framing: whole records out of a stream, and out of what is left of one after damage.

A record is `length u64 | masked CRC of the length u32 | payload | masked CRC of the payload u32`. The headers of short
records are found all at once (headers.py). That they follow each other without a gap is then one comparison
of arrays; only where the chain breaks (long records, damage) is it walked by hand.

After damage reading goes on at the next header whose length CRC fits. A header fits by chance once in 2^32 places,
and its payload has to fit its own CRC as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensics.crc32c import crc32c, masked
from forensics.model.evidence import IssueKind
from forensics.readers.tensorboard.event_source import Source
from forensics.readers.tensorboard.headers import FRAME, HEADER, Ints, next_header, short_headers, unaligned
from forensics.readers.tensorboard.ledger import Ledger

BLOCK = 8 << 20
# A longer record is passed over: event files hold graphs and images of some megabytes at most.
LONGEST = 256 << 20
_TOO_LONG = f"a record above {LONGEST >> 20} MiB is not read"
# A lost span of up to this size is tested for being one record with a broken header.
_TESTED = 1 << 20


@dataclass(slots=True)
class Block:
    """Whole records in one buffer: valid until the next block is asked for.

    `starts` and `lengths` are those of the short records (payload under 256 bytes) in order, `long` the others.
    `base` is the offset of the buffer in the file.
    """

    data: NDArray[np.uint8]
    base: int
    starts: Ints
    lengths: Ints
    long: list[tuple[int, int]]


class Framer:
    """Cuts a stream into blocks of whole records and enters what it cannot read in the ledger."""

    def __init__(self, source: Source, ledger: Ledger, block: int = BLOCK) -> None:
        self.truncated = False
        self.headers = 0
        self.size = 0
        self.first = b""
        self._source = source
        self._ledger = ledger
        self._block = block
        self._lost: int | None = None
        self._claim: IssueKind | None = None
        self._zeros = True

    def blocks(self) -> Iterator[Block]:
        """Yield the records of the stream in order."""
        buffer = np.empty(self._block + (1 << 10), np.uint8)
        have = base = 0
        while True:
            have, final = self._fill(buffer, have)
            self.first = self.first or buffer[: min(have, HEADER)].tobytes()
            self.size = base + have
            block, used = self._cut(buffer[:have], base, final)
            if len(block.starts) or block.long:
                yield block
            if final:
                return
            left = have - used
            if left + self._block > len(buffer):
                grown = np.empty(left + max(self._block, left), np.uint8)
                grown[:left] = buffer[used:have]
                buffer = grown
            else:
                buffer[:left] = buffer[used:have].copy()
            base, have = base + used, left
            if self._lost is not None and not buffer[:left].any():
                base += self._source.skip_hole()  # the kept zero bytes stand for the last ones of the hole

    def _fill(self, buffer: NDArray[np.uint8], have: int) -> tuple[int, bool]:
        view = memoryview(buffer)  # type: ignore[arg-type] # numpy arrays are buffers
        while have < len(buffer):
            got = self._source.readinto(view[have:])
            if not got:
                return have, True
            have += got
        return have, False

    def _cut(self, data: NDArray[np.uint8], base: int, final: bool) -> tuple[Block, int]:
        """Return the records of one buffer and how many bytes are done with."""
        size = len(data)
        starts, lengths = short_headers(data)
        ends = starts + FRAME + lengths
        breaks = np.flatnonzero(ends[:-1] != starts[1:]) + 1
        runs: list[tuple[int, int]] = []
        long: list[tuple[int, int]] = []
        at = 0
        while at < size:
            if self._lost is not None:
                found = self._find(data, starts, at)
                if found is None:
                    at = size if final else self._pass_over(data, at, base)
                    break
                self._close_span(data, base, found)
                at = found
            index = int(np.searchsorted(starts, at))
            if index < len(starts) and starts[index] == at:
                cut = int(np.searchsorted(breaks, index, "right"))
                stop = int(breaks[cut]) if cut < len(breaks) else len(starts)
                stop -= bool(ends[stop - 1] > size)
                if stop > index:
                    runs.append((index, stop))
                    at = int(ends[stop - 1])
                    continue
                length = int(lengths[index])
            elif size - at < HEADER:
                if not final:
                    break
                at = self._begin_span(data, base, at, runs, long, starts, lengths)
                continue
            else:
                length = int(unaligned(data, "<u8")[at])
                crc = int(unaligned(data, "<u4")[at + 8])
                if masked(crc32c(data[at : at + 8])) != crc:
                    at = self._begin_span(data, base, at, runs, long, starts, lengths)
                    continue
            end = at + FRAME + length
            if end <= size and length <= LONGEST:
                long.append((at, length))
                at = end
            elif length > LONGEST or self._leaves_file(base + end, base + size, final):
                beyond = self._leaves_file(base + end, base + size, final)
                self._claim = IssueKind.TRUNCATED if beyond else IssueKind.LIMIT
                self._lost, self._zeros = base + at, False
                at += 1
            else:
                break
        if final and self._lost is not None:
            self._end(data, base)
        elif not final and self._lost is None and size - at < HEADER:
            # whether the last record was cut short shows in what follows it: keep it until that is there
            last = _record_before(at, runs, long, starts, lengths)
            at = at if last is None else _take_back(last, runs, long)
        kept = [np.arange(a, b) for a, b in runs]
        rows = np.concatenate(kept) if len(kept) > 1 else kept[0] if kept else np.zeros(0, np.int64)
        self.headers += len(rows) + len(long)
        return Block(data, base, starts[rows], lengths[rows], long), at

    def _leaves_file(self, end: int, seen: int, final: bool) -> bool:
        known = seen if final else self._source.length
        return known is not None and end > known

    def _find(self, data: NDArray[np.uint8], starts: Ints, at: int) -> int | None:
        index = int(np.searchsorted(starts, at))
        known = int(starts[index]) if index < len(starts) else None
        found = next_header(data, at, len(data) if known is None else known)
        return known if found is None else found

    def _begin_span(
        self,
        data: NDArray[np.uint8],
        base: int,
        at: int,
        runs: list[tuple[int, int]],
        long: list[tuple[int, int]],
        starts: Ints,
        lengths: Ints,
    ) -> int:
        """Open a lost span at `at`, where no header stands, and return where to look for the next one.

        Where the record before does not fit its CRC, it was cut short and its length led astray: the span begins
        with it, and records that stand inside its claimed length are found.
        """
        self._zeros = True
        before = _record_before(at, runs, long, starts, lengths)
        if before is None or _payload_fits(data, *before):
            self._lost = base + at
            return at + 1
        start = _take_back(before, runs, long)
        self._lost, self._zeros = base + start, False
        return start + HEADER

    def _close_span(self, data: NDArray[np.uint8], base: int, found: int) -> None:
        assert self._lost is not None
        start = self._lost - base
        size = found - start
        if self._claim is IssueKind.LIMIT:
            self._ledger.lost(IssueKind.LIMIT, _TOO_LONG, self._lost, size, 1)
            self._lost = self._claim = None
            return
        one = start >= 0 and FRAME <= size <= _TESTED and _payload_fits(data, start, size - FRAME)
        what = "the header of a record is damaged" if one else "no record can be read here; reading goes on at the next"
        self._ledger.lost(
            IssueKind.DAMAGED, f"{what} ({size} bytes)", self._lost, size, 1 if one else None, of="a damaged span"
        )
        self._lost = self._claim = None

    def _pass_over(self, data: NDArray[np.uint8], at: int, base: int) -> int:
        """Pass over the rest of a buffer that holds no header, all but a possible half one."""
        assert self._lost is not None
        stop = max(at, len(data) - HEADER + 1)
        self._zeros = self._zeros and not data[max(self._lost - base, 0) : stop].any()
        return stop

    def _end(self, data: NDArray[np.uint8], base: int) -> None:
        """Name the lost span that reaches the end of the file."""
        assert self._lost is not None
        size = base + len(data) - self._lost
        tail = data[max(self._lost - base, 0) :]
        if self._zeros and not tail.any():
            kind, what, records = IssueKind.TRAILING, f"the file ends in {size} zero bytes", None
        elif self._claim is IssueKind.TRUNCATED or size < HEADER:
            self.truncated = True
            kind, records = IssueKind.TRUNCATED, 1
            what = f"the file ends inside a record: {size} bytes of it are there (writer killed, or still writing)"
        elif self._claim is IssueKind.LIMIT:
            kind, what, records = IssueKind.LIMIT, _TOO_LONG, 1
        else:
            kind, what, records = IssueKind.DAMAGED, f"no record can be read in the last {size} bytes", None
        self._ledger.lost(kind, what, self._lost, size, records)


def _record_before(
    at: int, runs: list[tuple[int, int]], long: list[tuple[int, int]], starts: Ints, lengths: Ints
) -> tuple[int, int] | None:
    if long and long[-1][0] + FRAME + long[-1][1] == at:
        return long[-1]
    if runs:
        start, length = int(starts[runs[-1][1] - 1]), int(lengths[runs[-1][1] - 1])
        if start + FRAME + length == at:
            return start, length
    return None


def _take_back(record: tuple[int, int], runs: list[tuple[int, int]], long: list[tuple[int, int]]) -> int:
    """Remove the last record again and return where it starts."""
    if long and long[-1] == record:
        long.pop()
    else:
        first, stop = runs.pop()
        if stop - 1 > first:
            runs.append((first, stop - 1))
    return record[0]


def _payload_fits(data: NDArray[np.uint8], start: int, length: int) -> bool:
    end = start + HEADER + length
    return masked(crc32c(data[start + HEADER : end])) == int(unaligned(data, "<u4")[end])
