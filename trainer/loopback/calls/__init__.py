"""The calls of CARLA's RPC channel that the loopback answers; any other gets an error reply that names it."""

from __future__ import annotations

from typing import Protocol

from trainer.loopback.settings import Settings


class Host(Protocol):
    """What the calls need of the server around the world."""

    settings: Settings

    def token(self, stream: int) -> bytes:
        """The token of a stream."""

    def expect(self, stream: int) -> None:
        """Keep what a stream carries for a client that is about to connect to it."""

    def advance(self) -> int:
        """Step the world, send what its sensors saw, and return the frame."""

    def apply(self, settings: Settings) -> None:
        """From now on step by itself or wait for ticks, as the settings say."""
