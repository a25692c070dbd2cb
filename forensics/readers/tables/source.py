"""The lines of a table, and whether the last of them was ended."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.readers.bytestream import ByteStream
from forensics.readers.text.lines import Decoded, byte_lines, text_of
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits


class TableLines:
    """Cuts a file into lines. `is_cut` is known once they are exhausted: the file does not end with a line end."""

    def __init__(self, stream: ByteStream, account: TextAccount, limits: Limits) -> None:
        self._stream = stream
        self._account = account
        self._most = limits.json_line_bytes
        self._seen = Decoded()
        self._last = b""

    @property
    def is_cut(self) -> bool:
        """Whether the last line has no end."""
        return not self._last.rstrip(b"\0").endswith(b"\n")

    @property
    def latin1(self) -> int:
        """The number of lines that were not UTF-8."""
        return self._seen.latin1

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        return byte_lines(self._chunks(), self._most, self._account.problem)

    def decode(self, raw: bytes) -> str:
        """Return the text of a line."""
        return text_of(raw, self._seen)

    def _chunks(self) -> Iterator[bytes]:
        for chunk in self._stream.chunks():
            self._last = chunk[-2:]
            yield chunk
