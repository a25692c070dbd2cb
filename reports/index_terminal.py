"""Says in a terminal what was found in several runs: a line each, what needs attention first."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from forensics.model.diagnosis import VerdictStatus
from reports.index_model import UNREAD, Index, IndexRow
from reports.index_words import STATUSES, found
from reports.printer import Printer
from reports.redact import text
from reports.words import likelihood, number

NAME = 60
GROUPS = 10
STYLES = {VerdictStatus.FAULT: "red", UNREAD: "red", VerdictStatus.NO_FAULT_FOUND: "green"}


def print_table(index: Index, console: Console, page: Path | None) -> None:
    """Print one row a run, what groups of seeds show, and where the index page is."""
    printer = Printer(console)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("run", overflow="fold", min_width=min(30, max((len(row.name) for row in index.runs), default=0)))
    table.add_column("steps", justify="right", no_wrap=True)
    table.add_column("verdict", overflow="fold")
    table.add_column("likelihood", no_wrap=True)
    for row in index.runs:
        cells = (text(row.name)[-NAME:], number(row.steps.last), _verdict(row), likelihood(row.likelihood))
        style = STYLES.get(row.status, "yellow")
        shown = [printer.fit(cell) for cell in cells]
        table.add_row(Text(shown[0]), Text(shown[1]), Text(shown[2], style=style), Text(shown[3]))
    console.print(table)
    failed = [group for group in index.groups if group.failed]
    if failed:
        printer.heading("SEEDS THAT FAILED", "bold red")
    for group in failed[:GROUPS]:
        printer.line(text(group.statement), lead=f"{text(group.name)}: ", indent=2, limit=800)
    if len(failed) > GROUPS:
        printer.line(f"and {len(failed) - GROUPS} more groups in the index", indent=2, style="dim")
    if page is not None:
        printer.heading("Index", "bold")
        printer.line(str(page), indent=2)


def _verdict(row: IndexRow) -> str:
    words = found(row)
    status = STATUSES[row.status][1]
    said = words if row.status == VerdictStatus.FAULT else f"{status}: {words}" if words else status
    return f"{said} (failed seed)" if row.failed_seed else said
