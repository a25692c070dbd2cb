"""What can go wrong for a user of the trainer, each with one line that says what to do."""

from __future__ import annotations

from forensics.errors import ForensicsError, UsageError


class ConfigError(UsageError):
    """A key that does not exist or a value that makes no sense."""


class CheckpointError(ForensicsError):
    """A checkpoint that cannot be read or belongs to other networks."""

    exit_code = 2
