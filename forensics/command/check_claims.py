"""`forensics check-claims`: reads the document, holds it against the run and prints what became of each claim."""

from __future__ import annotations

import codecs
import os
import textwrap
from enum import StrEnum
from pathlib import Path

import msgspec

from forensics.claims import check_claims, counted
from forensics.claims.claim import Checked, Mark
from forensics.claims.document import LINES
from forensics.command.batch import ExitCode
from forensics.detectors.registry import examine
from forensics.errors import UsageError
from forensics.model.evidence import EvidenceRef
from forensics.pipeline import load_run
from forensics.safety.limits import MIB
from forensics.safety.text import clean
from forensics.settings import Settings
from forensics.signals.interpret import interpret

DOCUMENT = 4 * MIB  # bytes: a book is shorter
WIDTH = 80
_LABELS = {Mark.SUPPORTED: "supported", Mark.CONTRADICTED: "CONTRADICTED", Mark.NOT_CHECKABLE: "not checkable"}
_COLOURS = {Mark.SUPPORTED: "32", Mark.CONTRADICTED: "31", Mark.NOT_CHECKABLE: "33"}


class FailOnClaim(StrEnum):
    """Which marks make the exit code 1."""

    NEVER = "never"
    CONTRADICTED = "contradicted"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What --json prints. `counts` has every mark."""

    document: str
    run: str
    counts: dict[str, int]
    claims: list[Checked]


def report(document: Path, run: Path, settings: Settings) -> Report:
    """Return every claim of the document with its mark.

    Raises:
        UsageError: the document cannot be read, or states nothing that could be checked against a run.
        NoEvidenceError: nothing of the run can be read.
    """
    text = read_document(document)
    evidence = load_run(run, settings)
    signals = interpret(evidence, settings.tags)
    checked = check_claims(text, signals, examine(signals))
    if not checked:
        raise UsageError(
            f"{document}: no checkable claim was found: none of its sentences states a value, a count, a trend, an "
            f"alert or a setting of {evidence.name}; `forensics signals {run}` lists the names that the run knows"
        )
    counts = {mark.value: count for mark, count in counted(checked).items()}
    return Report(document=str(document), run=evidence.name, counts=counts, claims=checked)


def exit_code(found: Report, fail_on: FailOnClaim) -> ExitCode:
    """Return 1 where a claim is contradicted and that was to fail, else 0."""
    failed = fail_on is FailOnClaim.CONTRADICTED and found.counts[Mark.CONTRADICTED.value]
    return ExitCode.CAUSE_STANDS if failed else ExitCode.ANALYSED


def read_document(path: Path) -> str:
    """Return the text of a document. Bytes that are not UTF-8 are shown as replacement characters.

    Raises:
        UsageError: it is missing, no regular file, or too large.
    """
    try:
        if not path.is_file():
            raise UsageError(f"{path}: {'not a file' if path.exists() else 'no such document'}")
        size = path.stat().st_size
        if size > DOCUMENT:
            raise UsageError(f"{path}: {size:,} bytes; a document of claims has at most {DOCUMENT:,}")
        with path.open("rb") as file:
            data = file.read(DOCUMENT)
    except OSError as failure:
        raise UsageError(f"{path}: cannot be read: {failure.strerror}") from failure
    if (count := data.count(b"\n")) > LINES:
        raise UsageError(f"{path}: {count:,} lines; a document of claims has at most {LINES:,}")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def lines(found: Report, *, colour: bool) -> list[str]:
    """Return the report for a terminal of 80 columns: claim, mark, evidence; a summary at the end."""
    shown: list[str] = []
    for each in found.claims:
        label = f"{_LABELS[each.mark]:<13}"
        head = f"{label}  line {each.line}: "
        text = _wrapped(f"{head}{each.claim}", "               ")
        if colour:
            text[0] = text[0].replace(label, f"\x1b[{_COLOURS[each.mark]}m{label}\x1b[0m", 1)
        why = each.statement + (f" [{', '.join(each.findings)}]" if each.findings else "")
        shown += [*text, *_wrapped(f"    {why}{_place(each.evidence)}", "    "), ""]
    counts = ", ".join(f"{found.counts[mark.value]} {_LABELS[mark].lower()}" for mark in Mark)
    count = len(found.claims)
    claims = f"{count} claim{'' if count == 1 else 's'}"
    return [*shown, *_wrapped(f"{claims} of {clean(found.document)} about {clean(found.run)}: {counts}.", "")]


def coloured() -> bool:
    """Whether standard output is a terminal that wants colours (https://no-color.org)."""
    import sys

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _place(evidence: list[EvidenceRef]) -> str:
    files = dict.fromkeys(ref.file for ref in evidence if ref.file)
    return f" ({', '.join(clean(file, 60) for file in list(files)[:2])})" if files else ""


def _wrapped(text: str, indent: str) -> list[str]:
    start = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text.strip(), WIDTH, initial_indent=start, subsequent_indent=indent, break_on_hyphens=False
    ) or [""]
