"""Tables of metrics with a header: stable-baselines3, baselines, RLlib, Lightning, DrQ-v2 and anyone's own."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.readers.bytestream import ByteStream
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tables.cells import number
from forensics.readers.tables.clocks import Steps, steps_of, times_of
from forensics.readers.tables.layout import counts, delimiter_of, first_lines, is_header, is_plain, width_of
from forensics.readers.tables.moments import inside_episodes
from forensics.readers.tables.readtable import read_table
from forensics.readers.tables.repeats import repeats_of
from forensics.readers.tables.series import series_of
from forensics.readers.tables.table import Table
from forensics.readers.tables.tags import names_results, tag_of
from forensics.readers.tables.textcells import TextCells
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits

NAME = "csv"
_EXTENSIONS = (".csv", ".tsv")
_ALSO = (".txt", ".dat", ".log")
_TOLD = 6
_PAIR = 2


def claims(name: str, head: bytes) -> bool:
    """Claim .csv and .tsv, and text that is a table: a header and numbers parted by tabs (progress.txt), or numbers
    alone under a name that says what they are (rewards.txt) or beside a count of steps (jaxrl's 0.txt)."""
    low = name.lower()
    if low.endswith(_EXTENSIONS):
        return True
    if not low.endswith(_ALSO):
        return False
    beginning = first_lines(head)
    if (names_results(low) or _steps_and_values(beginning)) and is_plain(beginning):
        return True
    lines = [line.split("\t") for line in beginning[:3]]
    return (
        len(lines) > 1
        and len(lines[0]) > 2
        and is_header(lines[0])
        and all(len(line) == len(lines[0]) and sum(number(cell) is not None for cell in line) > 1 for line in lines[1:])
    )


def _steps_and_values(lines: Sequence[str]) -> bool:
    """Tell whether lines hold two numbers each, of which the first counts."""
    delimiter = delimiter_of(lines)
    return width_of(lines, delimiter) == _PAIR and counts(lines, delimiter)


def read_tables(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read each table by itself."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            account = TextAccount(file)
            texts = TextCells(file.name, limits)
            table = read_table(file, stream, account, limits, texts=texts)
            if len(table):
                steps = _take(table, file, texts, reading)
                _tell(table, steps, texts.read, account)
            elif stream.size:
                account.note("the table holds no rows")
            reading.config += texts.config
            reading.files.append(account.close(stream, NAME))
            reading.issues += account.issues
    return reading


def _take(table: Table, file: RunFile, texts: TextCells, reading: Reading) -> Steps:
    """Make series of a table, or of each part of a long one, and return the steps of the (first) table."""
    groups = texts.groups
    first: Steps | None = None
    whole = repeats_of(table) or [("", table)]
    for label, part in groups.split(table) if groups is not None else whole:
        steps = steps_of(part)
        first = first or steps
        measured = _measured(part, steps)
        alone = len(measured) == 1
        if groups is not None and label:
            tags = {name: groups.tag(label, name, alone) for name in measured}
        else:
            prefix = f"{label}/" if label else ""
            tags = {name: prefix + tag_of(name, file.logical, alone) for name in measured}
        reading.series += series_of(part, steps, NAME, file.name, tags, inside_episodes(part, steps))
    return first or steps_of(table)


def _measured(table: Table, steps: Steps) -> list[str]:
    """Return the columns that measure something: the step and the clock of the table do not."""
    _, clock = times_of(table)
    return [name for name, column in table.columns.items() if column.is_numeric and name not in (steps.column, clock)]


def _tell(table: Table, steps: Steps, read: set[str], account: TextAccount) -> None:
    """Note what was not taken; the text of the columns in `read` was."""
    text = [
        name for name, column in table.columns.items() if column.texts and not column.is_numeric and name not in read
    ]
    if text:
        shown = ", ".join(text[:_TOLD]) + (", ..." if len(text) > _TOLD else "")
        account.note(f"{len(text):,} columns hold text and are not series: {shown}")
    damaged = sum(column.texts for column in table.columns.values() if column.is_numeric)
    if damaged:
        account.note(f"{damaged:,} cells of numeric columns hold text and are left out")
    if steps.resets:
        account.note(f"column {steps.resets} starts over again and again: it counts inside an episode or epoch")
    if not steps.column:
        account.note("no column counts steps: the points are numbered by row")


READER = Reader(name=NAME, rank=25, claims=claims, read=read_tables)
