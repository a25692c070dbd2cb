"""Says in a terminal what became of an earlier verdict, and why."""

from __future__ import annotations

import msgspec
from rich.console import Console

from forensics.model.diagnosis import Verdict
from forensics.model.revision import MovedCause, MovedFinding, Revision
from reports.printer import Printer
from reports.redact import walk
from reports.terminal import HEADINGS
from reports.words import likelihood, signed

LISTED = 8


def print_revision(revision: Revision, console: Console) -> None:
    """Print the present verdict against the earlier one and what moved it: findings, files, versions, settings."""
    shown, printer = msgspec.convert(walk(msgspec.to_builtins(revision)), Revision), Printer(console)
    printer.heading(
        "VERDICT REVISED" if shown.is_revised else "VERDICT AS BEFORE", "bold yellow" if shown.is_revised else "bold"
    )
    if shown.other_run:
        printer.line(
            f"The earlier diagnosis is of another run ({shown.other_run}): use `forensics compare` to hold runs "
            "against each other.",
            style="bold red",
        )
    for lead, verdict in (("earlier  ", shown.before), ("now      ", shown.after)):
        printer.line(_verdict(verdict), lead=lead, limit=1200)
    for cause in shown.causes:
        _cause(printer, cause)
    for heading, lines in (("Evidence that changed", shown.evidence), ("The tool", shown.tool)):
        if lines:
            printer.heading(heading, "bold")
            for line in lines[:LISTED]:
                printer.line(line, indent=2, lead="- ")
            if len(lines) > LISTED:
                printer.line(f"and {len(lines) - LISTED} more", indent=2, style="dim")
    if not (shown.evidence or shown.tool or any(cause.findings for cause in shown.causes)):
        printer.line("No finding, file, version or setting changed.")


def _verdict(verdict: Verdict) -> str:
    likely = (
        f", {verdict.likelihood_words} ({likelihood(verdict.likelihood)})" if verdict.likelihood is not None else ""
    )
    return f"{HEADINGS[verdict.status][0]}{likely}, evidence quality {verdict.evidence_quality}: {verdict.statement}"


def _cause(printer: Printer, cause: MovedCause) -> None:
    moved = f"{likelihood(cause.likelihood_before)} -> {likelihood(cause.likelihood_after)}"
    printer.heading(f"{cause.title}: {moved}", "bold")
    for finding in cause.findings[:LISTED]:
        printer.line(finding.statement, indent=2, lead=_lead(finding))
    if len(cause.findings) > LISTED:
        printer.line(f"and {len(cause.findings) - LISTED} more findings", indent=2, style="dim")
    if not cause.findings:
        printer.line("no finding that bears on it changed", indent=2, style="dim")


def _lead(finding: MovedFinding) -> str:
    status = f"{finding.before or 'not known'} -> {finding.after or 'not known'}"
    weights = f"{_weight(finding.weight_before)} -> {_weight(finding.weight_after)}"
    return f"{finding.code}  {status}, weight {weights}: "


def _weight(value: float | None) -> str:
    return "none" if value is None else signed(value)
