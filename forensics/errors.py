"""Everything that can go wrong for a user, each with its exit code.

ForensicsError                exit code
 ├── UsageError                   2    a wrong flag, setting or path
 ├── NoEvidenceError              3    nothing readable in the run
 └── OutputError                  2    the report cannot be written
"""

from __future__ import annotations


class ForensicsError(Exception):
    """A failure that one line can explain: what, where, what to do next."""

    exit_code = 4


class UsageError(ForensicsError):
    """The command line or the settings are wrong."""

    exit_code = 2


class NoEvidenceError(ForensicsError):
    """The run holds nothing that can be read."""

    exit_code = 3


class OutputError(ForensicsError):
    """The report cannot be written where it was asked for."""

    exit_code = 2
