"""MessagePack as CARLA's channels use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgpack

MAX_MESSAGE = 64 * 2**20  # bytes: the OpenDRIVE text of a large town has ten million
_MAX_ITEMS = 10_000  # in one array: the parser allocates what a message announces before it sees any of it


class MalformedError(ValueError):
    """The bytes are not MessagePack, or more of it than is accepted."""


def pack(value: Any) -> bytes:
    """A value as MessagePack; bytes stay bytes, which the client insists on, and text may hold any byte."""
    packed: bytes = msgpack.packb(value, use_bin_type=True, unicode_errors="surrogateescape")
    return packed


class Unpacker:
    """Takes bytes as they come and gives the messages that are complete."""

    def __init__(self) -> None:
        self._unpacker = msgpack.Unpacker(
            raw=False,
            strict_map_key=False,
            unicode_errors="surrogateescape",
            max_buffer_size=MAX_MESSAGE,
            max_array_len=_MAX_ITEMS,
            max_map_len=_MAX_ITEMS,
        )

    def messages(self, data: bytes) -> Iterator[Any]:
        """The messages that `data` completes; raises `MalformedError`, after which the rest is of no use."""
        try:
            self._unpacker.feed(data)
            yield from self._unpacker
        except (ValueError, OverflowError, msgpack.UnpackException) as error:
            raise MalformedError(str(error) or type(error).__name__) from error
