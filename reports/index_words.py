"""Words for the rows of an index, the same in the page and in the terminal."""

from __future__ import annotations

from forensics.model.diagnosis import VerdictStatus
from forensics.safety.text import clean
from reports import words
from reports.index_model import UNREAD, IndexRow
from reports.redact import text

STATUSES = {
    VerdictStatus.FAULT: ("◆", "fault"),
    VerdictStatus.INDISTINGUISHABLE: ("◇", "indistinguishable"),
    VerdictStatus.UNDETERMINED: ("○", "undetermined"),
    UNREAD: ("×", "could not be read"),
    VerdictStatus.INSUFFICIENT_EVIDENCE: ("–", "insufficient evidence"),
    VerdictStatus.NO_FAULT_FOUND: ("●", "no fault found"),
}
FOUND = 200  # characters


def found(row: IndexRow) -> str:
    """Return what was found in a run in a few words: the cause, else what happened, else why there is nothing."""
    return clean(text(row.title or ", ".join(row.outcomes) or row.error), FOUND)


def steps(row: IndexRow) -> str:
    """Return how far a run came, against its plan where one is known."""
    if row.steps.last is None:
        return "–"
    planned = f" of {row.steps.planned:,}" if row.steps.planned is not None else ""
    return words.number(row.steps.last) + planned
