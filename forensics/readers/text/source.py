"""What every reader of line-wise text does with a file: open, cut into lines, account for what was lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from forensics.model.evidence import FileRecord, IssueKind, ReadIssue
from forensics.readers.bytestream import ByteStream
from forensics.readers.reader import RunFile
from forensics.readers.text.lines import byte_lines

_TOLD = 20


@dataclass(slots=True)
class TextAccount:
    """Issues of one file. At most twenty of a kind are told one by one; the rest is summed up in one."""

    file: RunFile
    issues: list[ReadIssue] = field(default_factory=list)
    lost: int = 0
    _more: dict[IssueKind, tuple[int, int]] = field(default_factory=dict)
    _told: dict[IssueKind, int] = field(default_factory=dict)

    def problem(
        self, kind: IssueKind, message: str, offset: int, line: int, lost: int, records: int | None = None
    ) -> None:
        """Note something; `lost` bytes of the file have become no record."""
        self.lost += lost
        told = self._told[kind] = self._told.get(kind, 0) + 1
        if told > _TOLD:
            count, size = self._more.get(kind, (0, 0))
            self._more[kind] = (count + 1, size + lost)
            return
        self.issues.append(
            ReadIssue(
                kind=kind,
                file=self.file.name,
                message=message,
                offset=offset,
                line=line or None,
                bytes_lost=lost,
                records_lost=records,
            )
        )

    def note(self, message: str, kind: IssueKind = IssueKind.NOTE) -> None:
        """Note something about the whole file."""
        self.issues.append(ReadIssue(kind=kind, file=self.file.name, message=message))

    def close(self, stream: ByteStream, reader: str) -> FileRecord:
        """Sum up, and return the account of the file."""
        for kind, (count, size) in self._more.items():
            self.issues.append(
                ReadIssue(kind=kind, file=self.file.name, message=f"{count:,} more of this kind", bytes_lost=size)
            )
        if not stream.size:
            self.note("the file is empty", IssueKind.EMPTY)
        self.issues += stream.issues
        return stream.record(reader, self.lost)

    def lines(self, stream: ByteStream, most: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield (line, offset, bytes) of every line, cut at `most` bytes."""
        return byte_lines(stream.chunks(), most, self.problem)
