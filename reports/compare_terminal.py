"""Says in a terminal whether a fix worked and what differs between the runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console

from forensics.model.comparison import Change, ComparedRun, Comparison, Difference
from reports import compare_words as words
from reports.printer import Printer
from reports.terminal import HEADINGS
from reports.words import likelihood

LISTED = 8
EXCERPT = 12


def print_comparison(comparison: Comparison, console: Console, page: Path | None) -> None:
    """Print each run in two lines, then each run against the first: the answer, what forbids it, what differs.

    Foreign text is shown as it is, without markup, control characters or terminal links.
    """
    shown, printer = words.redacted(comparison), Printer(console)
    for run in shown.runs:
        _run(printer, run)
    for difference in shown.differences:
        _difference(printer, difference)
    for overlay in shown.overlays:
        if overlay.figure is None:
            printer.heading(f"Not drawn: {overlay.tag}", "bold")
            printer.line(overlay.note, indent=2)
    if page is not None:
        printer.heading("Report", "bold")
        printer.line(str(page), indent=2)


def _run(printer: Printer, run: ComparedRun) -> None:
    parts = [run.name, run.algorithm or run.framework, run.environment, run.backend]
    steps = f"{run.steps.last:,} steps" if run.steps.last is not None else "steps unknown"
    printer.line(", ".join([*(part for part in parts if part), steps]), lead=f"{run.label}  ")
    verdict = run.verdict
    likely = (
        f", {verdict.likelihood_words} ({likelihood(verdict.likelihood)})" if verdict.likelihood is not None else ""
    )
    printer.line(f"{HEADINGS[verdict.status][0]}{likely}: {verdict.statement}", indent=3, style="dim")


def _difference(printer: Printer, difference: Difference) -> None:
    first, second = difference.first, difference.second
    colour = "green" if difference.answer in words.GOOD else "red" if difference.answer in words.BAD else "yellow"
    printer.heading(f"{second} against {first}: {words.ANSWERS[difference.answer]}", f"bold {colour}")
    printer.line(difference.statement, style="bold", limit=1200)
    for reason in difference.reasons:
        printer.line(reason, indent=2, lead="- ")
    told = set(difference.reasons)
    _section(
        printer, "Before comparing", (item.statement for item in difference.obstacles if item.statement not in told)
    )
    _section(printer, "Configuration", _config(difference))
    _section(printer, "Source", _source(difference))
    certain = [item for item in difference.meanings if item.certain]
    _section(
        printer,
        "ONE NAME, TWO MEANINGS: no chart may hold both runs",
        (f"{item.tag}, {item.field}: {item.before} -> {item.after}" for item in certain),
    )
    for heading, causes in (("Causes", words.causes(difference)), ("Outcomes", words.outcomes(difference))):
        _section(printer, heading, (f"{each.title}: {words.cause(each)}{_why(each.reason)}" for each in causes))
    moved = [item for item in difference.findings if item.change not in (Change.CHANGED, Change.UNCHANGED)]
    for change in dict.fromkeys(item.change for item in moved):
        found = [item for item in moved if item.change is change]
        _section(
            printer,
            f"Findings: {words.FINDINGS[change]}",
            (f"{item.code} {item.name}: {words.finding(item)}" for item in found),
        )
    changed = [item for item in difference.findings if item.change is Change.CHANGED]
    _section(
        printer,
        f"Findings: {words.FINDINGS[Change.CHANGED]}",
        (f"{item.code} {item.name}: {words.finding(item)}" for item in changed),
    )
    _section(printer, "Tags", _tags(difference))


def _config(difference: Difference) -> Iterator[str]:
    fixes = [item for item in difference.config if not item.incidental]
    if difference.config_known and not fixes:
        yield "no difference that could be a fix"
    if unknown := words.unknown_config(difference):
        yield unknown
    for item in fixes:
        yield f"{item.key}: {words.setting(item)}"
    others = [item for item in difference.config if item.incidental]
    if others:
        yield "beside that: " + "; ".join(f"{item.key}: {words.setting(item)}" for item in others[:LISTED])


def _source(difference: Difference) -> Iterator[str]:
    yield difference.source.statement
    for item in difference.source.files:
        yield f"{item.path}: {words.file(item)}"


def _tags(difference: Difference) -> Iterator[str]:
    yield f"{difference.shared_tags} in both runs"
    for label, tags in (
        (difference.first, difference.tags_only_first),
        (difference.second, difference.tags_only_second),
    ):
        if tags:
            yield f"{len(tags)} in {label} alone: {', '.join(tags[:LISTED])}"


def _why(reason: str) -> str:
    return f" ({reason})" if reason else ""


def _section(printer: Printer, heading: str, lines: Iterable[str]) -> None:
    shown = list(lines)
    if not shown:
        return
    printer.heading(heading, "bold")
    for line in shown[:LISTED]:
        printer.line(line, indent=2, lead="- ")
    if len(shown) > LISTED:
        printer.line(f"and {len(shown) - LISTED} more in the report", indent=2, style="dim")
