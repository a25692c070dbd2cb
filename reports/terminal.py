"""Says in a terminal what a person needs to act on; the report tells the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console

from forensics.model.diagnosis import CauseVerdict, Diagnosis, VerdictStatus, Weight
from forensics.safety.text import clean
from reports.printer import Printer
from reports.redact import redact
from reports.selection import Selection
from reports.words import CODE_FOR, likelihood, progress, signed

EVIDENCE = 4
LISTED = 5
MEASUREMENTS = 3
VERDICT = 1200  # characters of the verdict: its last sentence says what to do

HEADINGS = {
    VerdictStatus.FAULT: ("PROBABLE CAUSE", "bold red"),
    VerdictStatus.NO_FAULT_FOUND: ("NO FAULT FOUND", "bold green"),
    VerdictStatus.UNDETERMINED: ("UNDETERMINED", "bold yellow"),
    VerdictStatus.INDISTINGUISHABLE: ("INDISTINGUISHABLE", "bold yellow"),
    VerdictStatus.INSUFFICIENT_EVIDENCE: ("INSUFFICIENT EVIDENCE", "bold yellow"),
}


def print_summary(diagnosis: Diagnosis, console: Console, report: Path | None) -> None:
    """Print the verdict, the evidence for and against it, what to do first and where the report is.

    Foreign text is shown as it is, without markup, control characters or terminal links. Where the terminal's
    encoding is not UTF-8, everything is ASCII.
    """
    shown = redact(diagnosis)
    selection = Selection(shown)
    printer = Printer(console)
    _verdict(printer, shown, selection)
    for cause in _weighed(shown, selection):
        _evidence(printer, cause, selection)
    _section(printer, "Ruled out", _ruled_out(selection))
    _section(printer, "Measurement faults", (_standing(cause) for cause in selection.standing_measurement))
    heading = "Do this first" if selection.calls_for_action else "What would show more"
    _section(printer, heading, _first_action(shown))
    _section(printer, "Not examined", _not_examined(shown, selection))
    _to_log(printer, shown)
    _section(printer, "Read issues", (f"{issue.file}: {issue.message}" for issue in shown.read_issues))
    if report is not None:
        printer.heading("Report", "bold")
        printer.line(str(report), indent=2)


def _verdict(printer: Printer, diagnosis: Diagnosis, selection: Selection) -> None:
    run, verdict = diagnosis.run, diagnosis.verdict
    what = run.algorithm or run.framework
    parts = [clean(run.name, 60), what, progress(run), run.ended if run.ended != "unknown" else ""]
    printer.line(", ".join(part for part in parts if part), style="dim")
    words, style = HEADINGS[verdict.status]
    printer.heading(words, style)
    printer.line(verdict.statement, style="bold", limit=VERDICT)
    likely = (
        f"{verdict.likelihood_words} ({likelihood(verdict.likelihood)}); " if verdict.likelihood is not None else ""
    )
    printer.line(f"{likely}evidence quality {verdict.evidence_quality}")
    for reason in verdict.evidence_quality_reasons[:3]:
        printer.line(reason, indent=2, lead="- ")
    titles = {cause.id: cause.title for cause in diagnosis.causes}
    for name in verdict.indistinguishable:
        printer.line(titles.get(name, name), indent=2, lead="- ")
    for test in selection.decisive_tests:
        printer.line(test, lead="This would decide: ")


def _weighed(diagnosis: Diagnosis, selection: Selection) -> list[CauseVerdict]:
    """Return the causes whose evidence is shown: the verdict's, or those that it cannot tell apart."""
    verdict = diagnosis.verdict
    named = [cause for cause in selection.causes if cause.id in {verdict.cause, *verdict.indistinguishable}]
    return named or (selection.ranked[:1] if verdict.status is VerdictStatus.UNDETERMINED else [])


def _evidence(printer: Printer, cause: CauseVerdict, selection: Selection) -> None:
    printer.heading(f"Evidence: {cause.title}", "bold")
    if not cause.supports and not cause.contradicts:
        printer.line("no finding speaks for or against it", indent=2)
    for words, weights, direction in (("for", cause.supports, 1), ("against", cause.contradicts, -1)):
        for weight in sorted(weights, key=lambda each: -abs(each.weight))[:EVIDENCE]:
            code, statement = _finding(weight, selection)
            printer.line(statement, indent=2, lead=f"{words:<8}{signed(abs(weight.weight) * direction):>5}  {code}  ")
        if len(weights) > EVIDENCE:
            printer.line(f"and {len(weights) - EVIDENCE} more {words}", indent=2, style="dim")
    if cause.supports and not cause.contradicts:
        printer.line("nothing speaks against it", indent=2, style="dim")


def _finding(weight: Weight, selection: Selection) -> tuple[str, str]:
    known = selection.by_name.get(weight.finding)
    if known is None:
        return weight.finding, weight.statement
    return known.code, weight.statement or known.statement


def _ruled_out(selection: Selection) -> Iterator[str]:
    yield from selection.answers
    for cause in selection.ruled_out:
        if not cause.answers:
            yield f"{cause.title}: {cause.reason}" if cause.reason else cause.title


def _standing(cause: CauseVerdict) -> str:
    return f"{cause.title}: {cause.likelihood_words} ({likelihood(cause.likelihood)})"


def _first_action(diagnosis: Diagnosis) -> Iterator[str]:
    for recommendation in diagnosis.recommendations[:1]:
        yield recommendation.action
        if recommendation.expected_result:
            yield f"Expect: {recommendation.expected_result}"
        if recommendation.how_to_verify:
            yield f"Verify: {recommendation.how_to_verify}"


def _not_examined(diagnosis: Diagnosis, selection: Selection) -> Iterator[str]:
    missing = diagnosis.coverage.not_examined
    if not missing:
        return
    supplied = [item for item in missing if item.how_to_log] or missing  # of the others the learner has no such thing
    kinds = list(dict.fromkeys(kind for item in supplied for kind in item.missing))
    yield f"{len(missing)} of {selection.looked_for} observations, for want of: {'; '.join(kinds[:LISTED])}" + (
        f"; and {len(kinds) - LISTED} more" if len(kinds) > LISTED else ""
    )


def _to_log(printer: Printer, diagnosis: Diagnosis) -> None:
    """Print the first few measurements of the advice with their lines of code; the report holds the whole block."""
    advice = diagnosis.coverage.advice
    if advice is None:
        return
    printer.heading(f"What to log next time: {CODE_FOR.get(advice.framework, advice.framework)}", "bold")
    for item in advice.measurements[:MEASUREMENTS]:
        printer.line(f"{item.what}, for {', '.join(item.observations[:EVIDENCE])}", indent=2, lead="- ")
        for line in item.code.splitlines():
            depth = len(line) - len(line.lstrip())
            printer.line(line.strip(), indent=6 + depth)
    rest = len(advice.measurements) - MEASUREMENTS
    told = f"; {rest} more there" if rest > 0 else ""
    printer.line(f"one block to paste holds them: the report, or coverage.advice{told}", indent=2, style="dim")


def _section(printer: Printer, heading: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    if not shown:
        return
    printer.heading(heading, "bold")
    for line in shown[:LISTED]:
        printer.line(line, indent=2, lead="- ")
    if len(shown) > LISTED:
        printer.line(f"and {len(shown) - LISTED} more in the report", indent=2, style="dim")
