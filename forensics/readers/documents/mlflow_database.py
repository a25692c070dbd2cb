"""Runs of MLflow in its SQLite database (mlflow.db), read from a copy in memory: the file is not opened by SQLite.

The tables are those of mlflow.store.tracking.dbmodels: runs, metrics, params and tags. A NaN stands as is_nan beside
0, an infinity as the largest double. Other tables, views and triggers of the file are not touched.
"""

from __future__ import annotations

import math
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from forensics.model.evidence import ConfigFact, IssueKind, ReadIssue
from forensics.readers.bytestream import ByteStream
from forensics.readers.columns import Columns
from forensics.readers.documents.mlflow import add_points, manifest_of
from forensics.readers.jsontext import storable
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.stamps import to_unix
from forensics.readers.steps import counter
from forensics.readers.tagtext import literal
from forensics.safety.limits import MIB, Limits

NAME = "mlflow-database"
MAGIC = b"SQLite format 3\0"
LARGEST = 512 * MIB  # bytes of a database, which is held in memory
_VERSIONS = slice(18, 20)  # of the header: 2 asks for a write-ahead log, which a copy in memory cannot have
_WORK = 2_000_000_000  # instructions of SQLite's machine: tens of millions of rows, and an end to a hostile schema
_EVERY = 1_000_000
_CELL = 1 << 20  # bytes of one value
_RUNS = "SELECT run_uuid, name, status, start_time, end_time FROM runs ORDER BY start_time, run_uuid"
_COLUMNS = {"runs": "run_uuid", "metrics": "is_nan", "params": "run_uuid"}


class NoMlflowError(ValueError):
    """The file is no database of MLflow, or SQLite cannot read it."""


def claims(name: str, head: bytes) -> bool:
    """Claim a SQLite file whose name, or whose schema in the first bytes, is MLflow's."""
    return head.startswith(MAGIC) and ("mlflow" in name.lower() or b"CREATE TABLE metrics" in head)


def runs_in(path: Path, limits: Limits) -> list[tuple[str, str]]:
    """Return (id, name) of the runs in a database, by their start; nothing where it cannot be read."""
    from forensics.readers.discover import discover

    try:
        (file,) = discover(path, limits).files
        with ByteStream(file, limits, LARGEST) as stream, _opened(stream.whole()) as database:
            return [(str(row[0]), str(row[1] or row[0])) for row in database.execute(_RUNS)]
    except (OSError, ValueError, sqlite3.Error):
        return []


def read_database(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read the run that is wanted of each database: the one named, else the last that was started."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits, LARGEST) as stream:
            lost = 0
            try:
                with _opened(stream.whole()) as database:
                    _run(database, file, limits, reading)
            except (NoMlflowError, sqlite3.Error, MemoryError) as failure:
                lost = stream.size
                message = f"not read to its end as a database of MLflow: {str(failure)[:200]}"
                reading.issues.append(
                    ReadIssue(kind=IssueKind.DAMAGED, file=file.name, message=message, bytes_lost=lost)
                )
            reading.issues += stream.issues
            reading.files.append(stream.record(NAME, lost))
    return reading


@contextmanager
def _opened(data: bytes) -> Iterator[sqlite3.Connection]:
    """Give a database over a copy of the bytes. Raises NoMlflowError or sqlite3.Error where it is none."""
    copy = bytearray(data)
    copy[_VERSIONS] = b"\1\1"
    database = sqlite3.connect(":memory:")
    work = 0

    def spent() -> int:
        nonlocal work
        work += _EVERY
        return work > _WORK

    try:
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(_CELL, len(copy)))
        database.deserialize(bytes(copy))
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _CELL)
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("PRAGMA cell_size_check = ON")
        database.execute("PRAGMA query_only = ON")
        database.text_factory = lambda text: text.decode("utf-8", "replace")
        database.set_progress_handler(spent, _EVERY)
        _check(database)
        yield database
    finally:
        database.close()


def _check(database: sqlite3.Connection) -> None:
    """Refuse a file in which a name that we ask for is no plain table: a view or generated column runs code of it."""
    for table, column in _COLUMNS.items():
        found = database.execute("SELECT type, sql FROM sqlite_schema WHERE name = ?", (table,)).fetchall()
        if [row[0] for row in found if row[0] in ("table", "view")] != ["table"]:
            raise NoMlflowError(f"it has no table {table}")
        columns = database.execute(f"PRAGMA table_xinfo({table})").fetchall()
        if column not in [row[1] for row in columns]:
            raise NoMlflowError(f"its table {table} has no column {column}")
        if any(row[6] for row in columns) or "VIRTUAL" in str(found[0][1]).upper()[:20]:
            raise NoMlflowError(f"its table {table} is computed, not stored")


def _run(database: sqlite3.Connection, file: RunFile, limits: Limits, reading: Reading) -> None:
    rows = database.execute(_RUNS).fetchmany(limits.files)
    wanted = [row for row in rows if row[0] == file.part] if file.part else rows[-1:]
    if not wanted:
        raise NoMlflowError("it holds no run" if not file.part else "it holds no such run")
    if len(rows) > 1 and not file.part:
        message = f"it holds {len(rows):,} runs: only the last one begun, {wanted[0][1]}, is read here"
        reading.issues.append(ReadIssue(kind=IssueKind.NOTE, file=file.name, message=storable(message)))
    run, name, status, start, end = wanted[0]
    reading.manifest = manifest_of(file.name, str(run), str(status or ""), _text(start), _text(end))
    if name:
        reading.config.append(ConfigFact(key="run_name", value=storable(str(name)[:300]), file=file.name))
    for key, value in database.execute("SELECT key, value FROM params WHERE run_uuid = ? ORDER BY key", (run,)):
        if len(reading.config) < limits.nodes:
            reading.config.append(ConfigFact(key=storable(str(key)[:300]), value=literal(str(value)), file=file.name))
    _metrics(database, run, file, limits, reading)


def _metrics(database: sqlite3.Connection, run: Any, file: RunFile, limits: Limits, reading: Reading) -> None:
    columns = Columns(f"mlflow:{file.name}", (file.name,), limits.tags)
    asked = "SELECT key, step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ? ORDER BY key, timestamp, step"
    points: list[tuple[int, int | None, float | None, float]] = []
    last, odd = "", 0
    try:
        for key, step, time, value, is_nan in database.execute(asked, (run,)):
            if key != last:
                add_points(columns, 0, str(last), points)
                last, points = key, []
            if not isinstance(value, int | float):
                odd += 1
                continue
            points.append((0, counter(step), to_unix(time), _number(value, bool(is_nan))))
    finally:
        add_points(columns, 0, str(last), points)
        reading.series += columns.series()
    if odd:
        message = f"{odd:,} rows of the table metrics hold no number"
        reading.issues.append(ReadIssue(kind=IssueKind.MALFORMED, file=file.name, message=message, records_lost=odd))


def _number(value: float, is_nan: bool) -> float:
    if is_nan:
        return math.nan
    return math.copysign(math.inf, value) if abs(value) >= sys.float_info.max else float(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


READER = Reader(name=NAME, rank=17, claims=claims, read=read_database)
