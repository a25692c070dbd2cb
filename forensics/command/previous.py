"""`analyze --previous`: tells what became of an earlier verdict."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from forensics.command import streams

if TYPE_CHECKING:
    from forensics.model.diagnosis import Diagnosis


def tell(earlier: Diagnosis, now: Diagnosis, *, to_stderr: bool) -> None:
    """Print the revised verdict against the earlier one; on standard error where standard output is for JSON."""
    from forensics.comparison.revise import revise
    from reports.compare_previous import print_revision

    revision = revise(earlier, now)
    if to_stderr:
        from rich.console import Console

        print_revision(revision, Console(file=sys.stderr))
    else:
        with streams.console() as console:
            print_revision(revision, console)
