"""Free-text logs of Python programs: records, their fields, and series of the numbers that stand beside a step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from forensics.model.evidence import IssueKind, LogRecord
from forensics.readers.bytestream import ByteStream
from forensics.readers.columns import Columns
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.rotation import age, family
from forensics.readers.tagtext import facts_of_text
from forensics.readers.text.levels import SEVERE
from forensics.readers.text.lines import Decoded
from forensics.readers.text.meaning import RecordReader
from forensics.readers.text.records import Record, records
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits

NAME = "textlog"
_EXTENSIONS = (".log", ".txt", ".out", ".err", ".stdout", ".stderr")
# Text that ships with code or names files, and says nothing of how the run went.
_NO_LOG = re.compile(
    r"(requirements|readme|licen[cs]e|notice|copying|authors|changelog|pip|conda|freeze|cmakelists)", re.I
)
_BARE = re.compile(r"(?:[a-z0-9]{1,40}[_\-])?(?:log|stdout|stderr|output|console|nohup)(?:[_\-][a-z0-9]{1,40})?")
_LINE = 4000
_BODY = 200
_BACK = 1.0
_DUMP = 60  # characters: `arguments: Namespace(lr=0.1)` begins with a few words


def claims(name: str, head: bytes) -> bool:
    """Claim text that is named as a log: .log, .txt, .out, .log.1, job.o123, and `log` or `stdout` without a suffix."""
    base = PurePosixPath(family(name)).name.lower()
    named = (
        base.rstrip(".").endswith(_EXTENSIONS)
        or re.search(r"\.(log|out)\.[\w.\-]{1,60}$|\.[oe]\d{3,12}$", base) is not None
        or _BARE.fullmatch(base) is not None
    )
    return named and not _NO_LOG.match(base) and _is_text(head)


def read_textlog(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read one log and its rotated parts, oldest first."""
    reading = Reading()
    log = _Log(family(files[0].name), files, limits, reading)
    for index, file in enumerate(files):
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            account = TextAccount(file)
            log.read(index, stream, account)
            reading.files.append(account.close(stream, NAME))
            reading.issues += account.issues
    reading.series += log.columns.series(at_least=2)
    return reading


class _Log:
    """The state of reading one log over its parts."""

    def __init__(self, source: str, files: Sequence[RunFile], limits: Limits, reading: Reading) -> None:
        self.columns = Columns(f"log:{source}", tuple(file.name for file in files), limits.tags)
        self._limits = limits
        self._logs = reading.logs
        self._config = reading.config
        self._severe = 0
        self._reader = RecordReader(limits)
        self._clock: float | None = None

    def read(self, index: int, stream: ByteStream, account: TextAccount) -> None:
        """Take every record of one part."""
        seen = Decoded()
        dropped = backwards = first_back = 0
        for record in records(account.lines(stream, self._limits.line_bytes), seen):
            dropped += not self._take(index, record)
            time = record.prefix.time if record.prefix else None
            if time is not None:
                if self._clock is not None and time < self._clock - _BACK:
                    backwards += 1
                    first_back = first_back or record.line
                self._clock = time
        if seen.latin1:
            account.note(f"{seen.latin1:,} lines are not UTF-8: read as Latin-1")
        if backwards:
            account.note(f"the clock goes back {backwards:,} times, first at line {first_back:,}: file order is kept")
        if dropped:
            message = f"{dropped:,} records beyond the first {self._limits.records:,} are not kept; their numbers are"
            account.note(message, IssueKind.LIMIT)
        if self.columns.refused_tags:
            account.note(f"more than {self._limits.tags:,} tags: the rest is not kept", IssueKind.LIMIT)

    def _take(self, index: int, record: Record) -> bool:
        """Turn one record into numbers and, where there is room, into a LogRecord; return whether it was kept."""
        fields, steps, tags = self._reader.meaning(record)
        prefix = record.prefix
        time = prefix.time if prefix else None
        if tags:
            row = self.columns.row(index, record.line, steps.row, steps.update, time, steps.episode)
            for tag, value in tags.items():
                self.columns.add(row, tag, value, steps.axis)
        if not self._room(prefix.level if prefix else ""):
            return False
        self._logs.append(
            LogRecord(
                file=self.columns.files[index],
                line=record.line,
                last_line=record.last_line,
                message=record.text[:_LINE],
                level=prefix.level if prefix else "",
                logger=prefix.logger if prefix else "",
                time=time,
                body=tuple(record.body[:_BODY]),
                fields=fields,
                step=steps.step,
                update=steps.update,
            )
        )
        place = record.text.find("Namespace(", 0, _DUMP)
        if place >= 0:
            self._config += facts_of_text("args", record.text[place:].rstrip(), self.columns.files[index])
        return True

    def _room(self, level: str) -> bool:
        if len(self._logs) - self._severe < self._limits.records and level not in SEVERE:
            return True
        if level in SEVERE and self._severe < self._limits.records:
            self._severe += 1
            return True
        return False


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    sample = head[:4096].replace(b"\0", b"")
    odd = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample)
    return odd <= len(sample) // 20


READER = Reader(
    name=NAME,
    rank=60,
    claims=claims,
    read=read_textlog,
    group=lambda name: f"{NAME}:{family(name)}",
    order=lambda name: (str(PurePosixPath(name).parent), *age(name)),
)
