"""Which columns of a table count its steps and updates, and which tell the time."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import Ints
from forensics.readers.steps import axis_of, is_update, rank_of
from forensics.readers.tables.table import Column, Table

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_GAP = re.compile(r"[^a-z0-9]+")
# Counters of loggers that write tables alone: Spinning Up, baselines TRPO, garage, rlkit, TensorBoard's download.
_ALSO = {
    "total_env_interacts": "totalenvinteracts", "timesteps_so_far": "total_timesteps", "num_steps_total": "env_steps",
    "total_num_steps": "env_steps", "total_steps": "total_steps", "env_frames": "frames", "num_frames": "frames",
    "total_frames": "frames", "env_interactions": "env_steps", "interactions": "env_steps", "agent_steps": "env_steps",
    "num_agent_steps_sampled": "env_steps", "total_interactions": "env_steps", "episode_number": "episode",
    "episode_id": "episode", "ep": "episode", "n_episode": "episode", "episodes_so_far": "episodes",
    "num_episodes": "episodes", "total_episodes": "episodes", "episodes_total": "episodes", "itr": "iteration",
    "n_iter": "iteration", "epoch_number": "epoch", "n_update": "update",
}  # fmt: skip
_TIMES = (
    "wall_time", "walltime", "timestamp", "unix_time", "time_total_s", "time_elapsed", "total_time", "elapsed",
    "elapsed_time", "relative_time", "runtime", "time", "date", "datetime",
)  # fmt: skip
_FILLED = 0.9
_TIMED = 0.5  # evaluations of stable-baselines3 write rows of their own, without a time
_DISORDER = 0.05
_CYCLES = 3
_LARGEST = 2.0**53


@dataclass(frozen=True, slots=True)
class Steps:
    """The step of every row, the column it was taken from ("" for the number of the row) and the axis that names.

    `resets` tells that a counter was named but starts over in every episode or epoch, so it could not be used.
    """

    values: Ints
    column: str = ""
    axis: str = ""
    resets: str = ""


def steps_of(table: Table) -> Steps:
    """Return the steps: of the finest counter that is filled, whole and in order, else the numbers of the rows."""
    ranked = [(rank, name.count("/"), name) for name in table.columns if (rank := rank_of(plain(name))) is not None]
    updates = [name for name in table.columns if is_update(plain(name))]
    resets = ""
    for name in (*(name for _, _, name in sorted(ranked)), *updates):
        values = _whole(table.columns[name], len(table))
        if values is None:
            continue
        if _in_order(values, table.starts):
            return Steps(values, name, axis_of(plain(name)), resets)
        resets = resets or (name if _starts_over(values, table.starts) else "")
    return Steps(np.arange(len(table), dtype=np.int64), resets=resets)


def updates_of(table: Table) -> Column | None:
    """Return the column that counts gradient updates, where one is logged in whole numbers."""
    for name, column in table.columns.items():
        if is_update(plain(name)) and column.is_numeric and bool((column.values % 1 == 0).all()):
            return column
    return None


def times_of(table: Table) -> tuple[NDArray[np.float64], str]:
    """Return seconds for every row, Unix or since some start, and the column they stand in; NaN where not told.

    A column is a clock only where it does not run backwards between restarts: durations and rates do.
    """
    found = {plain(name): name for name in reversed(table.columns)}
    for wanted in _TIMES:
        name = found.get(wanted, "")
        column = table.columns.get(name)
        if column is None or not column.is_numeric or len(column.values) < _TIMED * len(table):
            continue
        values = column.values
        back = int((np.diff(values) < 0).sum())
        if np.isfinite(values).all() and values.min() >= 0 and back <= len(table.starts) + len(values) // 100:
            seconds = np.full(len(table), np.nan)
            seconds[column.rows] = values / _scale(float(values.max()))
            if len(values) < 2 or np.ptp(values) > 0:
                return seconds, name
    return np.full(len(table), np.nan), ""


def is_time(name: str) -> bool:
    """Tell whether a column is named as a clock."""
    return plain(name) in _TIMES


def plain(name: str) -> str:
    """Return the last part of a column's name in lower case, its words joined by underscores."""
    words = _GAP.sub("_", _CAMEL.sub("_", name.rpartition("/")[2]).lower()).strip("_")
    return _ALSO.get(words, words)


def _scale(largest: float) -> float:
    scale = 1.0
    while largest / scale > 4e9:  # milliseconds, microseconds or nanoseconds since 1970
        scale *= 1000.0
    return scale


def _whole(column: Column, rows: int) -> Ints | None:
    """Return the counter of every row, gaps filled from the row before; None where it is none."""
    values = column.values
    if not rows or column.texts or len(values) < _FILLED * rows:
        return None
    if not np.isfinite(values).all() or (values % 1).any() or np.abs(values).max() > _LARGEST:
        return None
    place = np.zeros(rows, np.int64)
    place[column.rows] = np.arange(len(values))
    return values.astype(np.int64)[np.maximum.accumulate(place)]


def _in_order(values: Ints, starts: tuple[int, ...]) -> bool:
    """Tell whether a counter goes on: it may go back where a run was resumed, and it may not stand still."""
    if len(values) > 1 and int(np.ptp(values)) == 0:
        return False
    return len(_returns(values, starts)) <= _DISORDER * len(values) and not _starts_over(values, starts)


def _starts_over(values: Ints, starts: tuple[int, ...]) -> bool:
    """Tell whether a counter returns to its first value again and again: it counts inside an episode or epoch."""
    back = _returns(values, starts)
    return len(back) >= _CYCLES and bool((values[back] <= values[0] + 1).all())


def _returns(values: Ints, starts: tuple[int, ...]) -> Ints:
    """Return the rows at which a counter goes back, other than those where another process began."""
    back = np.flatnonzero(np.diff(values) < 0) + 1
    return np.setdiff1d(back, np.array(starts, np.int64))
