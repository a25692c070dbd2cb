"""What the content of some files says of the process that wrote them, and how two such contents stand to each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from forensics.errors import ForensicsError
from forensics.model.evidence import ConfigFact, Floats, Ints, Run
from forensics.readers.discover import Part
from forensics.readers.run import load_run
from forensics.safety.limits import Limits

FROM_SCRATCH = 0.05  # share of the steps logged before: a resume goes back to a checkpoint, not so near to the start
CONTINUED = 0.5  # share of the steps logged before, from which a writer goes on where another stopped
ALIKE = 0.5  # share of the tags of both that both have
CONTAINED = 0.8  # share of the tags of the smaller that the larger has
SAME = 0.5  # share of common steps with equal values: a copy, not another run
TOGETHER = 0.5  # share of the shorter time that both were written in

_PROCESS = re.compile(r"tfevents\.\d{1,19}\.(.{1,200})\.(\d{1,10})\.(\d{1,10})(?:\.|$)")
_IDENTITY = frozenset(
    {"seed", "random_seed", "env", "env_id", "env_name", "task", "algo", "algorithm", "exp_name", "run_name", "run_id"}
)


@dataclass(frozen=True, slots=True)
class Track:
    """The steps and values of one tag."""

    steps: Ints
    values: Floats


@dataclass(frozen=True, slots=True)
class Profile:
    """Tags with their steps, the wall time spanned (NaN where untold), host and process, which of its
    writers made it, the number of log records with a time, and what was declared."""

    tracks: dict[str, Track] = field(default_factory=dict)
    start: float = np.nan
    end: float = np.nan
    process: str = ""
    writer: str = ""
    stamped: int = 0
    declared: frozenset[tuple[str, str]] = frozenset()

    @property
    def rows(self) -> int:
        """The number of rows of the longest tag."""
        return max((len(track.steps) for track in self.tracks.values()), default=0)


def profile_of(root: Path, names: Iterable[str], limits: Limits) -> Profile:
    """Return the profile of files of one folder; an empty one where nothing of them can be read."""
    wanted = dict.fromkeys(names, "")
    try:
        run = load_run(root, limits=limits, part=Part("", wanted))
    except (ForensicsError, OSError):
        return Profile()
    return _profile(run, next(iter(wanted), ""))


def _profile(run: Run, name: str) -> Profile:
    tracks: dict[str, Track] = {}
    walls = []
    for one in run.series:
        if len(one) > len(tracks.get(one.tag, _NOTHING).steps):
            tracks[one.tag] = Track(one.steps, one.values)
        walls.append(one.wall_times[np.isfinite(one.wall_times) & (one.wall_times > _UNIX)])
    times = np.concatenate(walls) if walls else np.zeros(0)
    process = _PROCESS.search(name)
    return Profile(
        tracks=tracks,
        start=float(times.min()) if len(times) else np.nan,
        end=float(times.max()) if len(times) else np.nan,
        process=f"{process[1]}.{process[2]}" if process and process[2] != "1" else "",  # 1: anyone's, in a container
        writer=process[3] if process else "",
        stamped=sum(record.time is not None for record in run.logs),
        declared=frozenset(_declared(run.config)),
    )


_UNIX = 5e8  # 1985: smaller numbers are seconds since some start
_NOTHING = Track(np.zeros(0, np.int64), np.zeros(0))


def _declared(config: Iterable[ConfigFact]) -> Iterable[tuple[str, str]]:
    for fact in config:
        value: Any = fact.value
        key = fact.key.rsplit(".", 1)[-1].lower()
        if key in _IDENTITY and isinstance(value, str | int | float):
            yield key, str(value)


def are_alike(a: Profile, b: Profile) -> bool:
    """Whether most tags are of both, or one has nearly all of the other's."""
    both = len(a.tracks.keys() & b.tracks.keys())
    smaller = min(len(a.tracks), len(b.tracks))
    if not smaller:
        return False
    return both >= ALIKE * len(a.tracks.keys() | b.tracks.keys()) or both >= CONTAINED * smaller


def differ_in_identity(a: Profile, b: Profile) -> bool:
    """Whether both declare who they are (seed, environment, name), and not the same."""
    mine, others = dict(a.declared), dict(b.declared)
    return any(mine[key] != others[key] for key in mine.keys() & others.keys())


def come_after(a: Profile, b: Profile) -> bool:
    """Whether `b` began when `a` had ended, or nothing tells."""
    return not b.start < a.end


def are_concurrent(a: Profile, b: Profile) -> bool:
    """Whether both were written in the same time, for most of the shorter of the two."""
    shared = min(a.end, b.end) - max(a.start, b.start)
    return bool(shared > 0 and shared >= TOGETHER * min(a.end - a.start, b.end - b.start))


def place_of(a: Profile, b: Profile) -> float:
    """Return where `b` begins on the way from the first to the last step of `a`: 0 at its start, 1 at its end.

    The median over the tags of both; NaN where there is none with more than one step.
    """
    places = []
    for tag in a.tracks.keys() & b.tracks.keys():
        steps, others = a.tracks[tag].steps, b.tracks[tag].steps
        first, last = int(steps.min()), int(steps.max())
        if last > first:
            places.append((int(others.min()) - first) / (last - first))
    return float(np.median(places)) if places else np.nan


def continues(a: Profile, b: Profile) -> bool:
    """Whether `b` is what a resumed run wrote after `a`: the same tags, later, from near where `a` ended."""
    return are_alike(a, b) and come_after(a, b) and place_of(a, b) >= CONTINUED


def begins_anew(a: Profile, b: Profile) -> bool:
    """Whether `b` starts at the steps that `a` started at."""
    return place_of(a, b) <= FROM_SCRATCH


def copies(a: Profile, b: Profile) -> bool:
    """Whether the two tell the same story: equal values at most of the steps of both, tag by tag."""
    shares = []
    for tag in a.tracks.keys() & b.tracks.keys():
        mine, others = a.tracks[tag], b.tracks[tag]
        _, left, right = np.intersect1d(mine.steps, others.steps, return_indices=True)
        if len(left) and float(np.ptp(mine.values[left])) > 0:
            shares.append(float(np.mean(np.isclose(mine.values[left], others.values[right], equal_nan=True))))
    return bool(shares) and float(np.median(shares)) > SAME
