"""Monitor files of stable-baselines3 and OpenAI baselines: one row an episode, one file an environment.

The first line is `#` and a JSON object with the start of the clock; the columns are r (return), l (length), t
(seconds since the start) and what the user added. As stable_baselines3.common.results_plotter does, the episodes of
all environments are put in the order of their time and the step is the sum of the lengths so far.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from forensics.model.evidence import ConfigFact, Series
from forensics.readers.bytestream import ByteStream
from forensics.readers.jsontext import loads
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tables.layout import first_lines
from forensics.readers.tables.readtable import read_table
from forensics.readers.tables.table import Table
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits

NAME = "monitor"
_NAMES = {"r": "episode_reward", "l": "episode_length"}
_EVALUATION = frozenset({"eval", "evaluation", "test"})


@dataclass(frozen=True, slots=True)
class _File:
    """One environment: its table and the time of its first line."""

    name: str
    table: Table
    start: float


def claims(name: str, head: bytes) -> bool:
    """Claim .csv whose columns are r, l and t, with or without the JSON line before them."""
    if not name.lower().endswith(".csv"):
        return False
    lines = [line.split(",") for line in first_lines(head, 3) if not line.startswith("#")]
    return bool(lines) and {"r", "l", "t"} <= {cell.strip() for cell in lines[0]}


def read_monitors(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read the monitors of one folder: those that trained together, and those that evaluated."""
    reading = Reading()
    sides: dict[bool, list[_File]] = {}
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            account = TextAccount(file)
            header = _header(file)
            table = read_table(file, stream, account, limits)
            if {"r", "l", "t"} <= table.columns.keys():
                start = header.pop("t_start", 0.0)
                start = float(start) if isinstance(start, int | float) else 0.0
                sides.setdefault(_evaluates(file.logical), []).append(_File(file.name, table, start))
                reading.config += [fact for fact in _facts(header, file.name) if not _told(reading.config, fact)]
            elif len(table):
                account.note("no episode is complete")
            reading.files.append(account.close(stream, NAME))
            reading.issues += account.issues
    for evaluates, held in sorted(sides.items()):
        reading.series += _merged(held, evaluates)
    return reading


def _merged(files: Sequence[_File], evaluates: bool) -> list[Series]:
    """Return the episodes of all environments as one series for each column.

    Evaluation episodes are no training steps: they are numbered.
    """
    names = list(dict.fromkeys(name for file in files for name in file.table.columns if name != "t"))
    rows = [_complete(file.table) for file in files]
    clock = np.concatenate([_clock(file, own) for file, own in zip(files, rows, strict=True)])
    order = np.argsort(clock, kind="stable")
    index = np.concatenate([np.full(len(own), place, np.int32) for place, own in enumerate(rows)])[order]
    lines = np.concatenate([file.table.lines[own] for file, own in zip(files, rows, strict=True)])[order]
    lengths = np.concatenate([_dense(file.table, "l")[own] for file, own in zip(files, rows, strict=True)])[order]
    steps = np.arange(len(order)) if evaluates else np.cumsum(lengths)
    source = f"csv:{files[0].name}" if len(files) == 1 else f"csv:{_folder(files[0].name)}*monitor.csv"
    made = []
    for name in names:
        values = np.concatenate([_dense(file.table, name)[own] for file, own in zip(files, rows, strict=True)])[order]
        logged = np.concatenate([_logged(file.table, name)[own] for file, own in zip(files, rows, strict=True)])[order]
        tag = f"{'eval' if evaluates else 'monitor'}/{_NAMES.get(name, name)}"
        made.append(
            Series(
                id=f"{source}#{tag}",
                tag=tag,
                source=source,
                files=tuple(file.name for file in files),
                steps=steps[logged].astype(np.int64),
                wall_times=clock[order][logged],
                values=values[logged],
                segment=np.zeros(int(logged.sum()), np.int32),
                superseded=np.zeros(int(logged.sum()), np.bool_),
                offsets=lines[logged],
                file_index=index[logged],
                declared={"axis": "episode" if evaluates else "env_step", "aggregation": "instant"},
            )
        )
    return [series for series in made if len(series)]


def _complete(table: Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the rows that have a finite length of at least one step and a finite time."""
    lengths, times = _dense(table, "l"), _dense(table, "t")
    return np.flatnonzero(np.isfinite(lengths) & (lengths > 0) & (lengths < 2**40) & np.isfinite(times))


def _clock(file: _File, rows: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the time of each episode; where a resumed run starts the clock over, it goes on from before."""
    times = _dense(file.table, "t")[rows]
    back = np.diff(times, prepend=times[:1]) < 0
    carried = np.where(back, np.roll(times, 1), 0.0)
    return np.asarray(file.start + times + np.cumsum(carried), np.float64)


def _dense(table: Table, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    values = np.full(len(table), np.nan)
    column = table.columns.get(name)
    if column is not None:
        values[column.rows] = column.values
    return values


def _logged(table: Table, name: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    logged = np.zeros(len(table), np.bool_)
    if name in table.columns:
        logged[table.columns[name].rows] = True
    return logged


def _header(file: RunFile) -> dict[str, Any]:
    first = next(iter(first_lines(file.head, 1)), "")
    try:
        found = loads(first.lstrip("# ")) if first.startswith("#") else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _facts(header: dict[str, Any], file: str) -> list[ConfigFact]:
    return [
        ConfigFact(key=key, value=value, file=file)
        for key, value in header.items()
        if isinstance(value, str | int | float)
    ]


def _told(config: Sequence[ConfigFact], fact: ConfigFact) -> bool:
    return any(known.key == fact.key and known.value == fact.value for known in config)


def _evaluates(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return path.parent.name in _EVALUATION or not _EVALUATION.isdisjoint(re.split(r"[._\- ]", path.name))


def _folder(name: str) -> str:
    parent = PurePosixPath(name).parent.as_posix()
    return "" if parent == "." else f"{parent}/"


READER = Reader(
    name=NAME,
    rank=23,
    claims=claims,
    read=read_monitors,
    group=lambda name: f"{NAME}:{PurePosixPath(name).parent}",
)
