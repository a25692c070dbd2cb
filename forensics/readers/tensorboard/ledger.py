"""The account of one file: what was lost where, so that bytes read and bytes lost add up to its size."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model.evidence import IssueKind, ReadIssue

# So many places of one kind are listed one by one; the rest of them is one line with its sum.
LISTED = 20


class Ledger:
    """Collects the read issues of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.bytes_lost = 0
        self._issues: list[ReadIssue] = []
        self._rest: dict[tuple[IssueKind, str], tuple[int | None, int, int, int]] = {}
        self._count: dict[tuple[IssueKind, str], int] = {}

    def note(
        self, message: str, *, kind: IssueKind = IssueKind.NOTE, offset: int | None = None, of: str | None = None
    ) -> None:
        """Say something about the file that costs no bytes."""
        self.lost(kind, message, offset, 0, None, of=of)

    def lost(
        self, kind: IssueKind, message: str, start: int | None, size: int, records: int | None, *, of: str | None = None
    ) -> None:
        """Enter `size` bytes from `start` on as lost. Losses of one kind and sort (`of`) are listed up to a limit."""
        self.bytes_lost += size
        key = (kind, of or message)
        seen = self._count[key] = self._count.get(key, 0) + 1
        if seen > LISTED:
            first, count, total, known = self._rest.get(key, (start, 0, 0, 0))
            self._rest[key] = (first, count + 1, total + size, known + (records or 0))
            return
        self._issues.append(
            ReadIssue(kind=kind, file=self.file, message=message, offset=start, bytes_lost=size, records_lost=records)
        )

    def bad_payloads(self, offsets: Sequence[int], sizes: Sequence[int], *, unmasked: Sequence[bool]) -> None:
        """Enter records whose payload does not fit its checksum; `sizes` count the whole record."""
        for offset, size, plain in zip(offsets, sizes, unmasked, strict=True):
            if plain:
                why = "the record carries an unmasked checksum: its writer does not follow the format; value not used"
            else:
                why = "the payload of the record does not fit its checksum"
            self.lost(IssueKind.DAMAGED, why, offset, size, 1)

    def forget(self) -> None:
        """Drop all entries: the file as a whole is to be described by one."""
        self.bytes_lost = 0
        self._issues.clear()
        self._rest.clear()
        self._count.clear()

    def issues(self) -> tuple[ReadIssue, ...]:
        """Return all entries in the order of their place in the file."""
        rest = [
            ReadIssue(
                kind=kind,
                file=self.file,
                message=f"{count} more places of this sort: {what}",
                offset=first,
                bytes_lost=total,
                records_lost=known or None,
            )
            for (kind, what), (first, count, total, known) in self._rest.items()
        ]
        return tuple(sorted([*self._issues, *rest], key=lambda issue: -1 if issue.offset is None else issue.offset))
