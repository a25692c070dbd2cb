"""Files of one kind that lie in one folder: of one run, or of several?

One folder is one run unless its files say otherwise, and say it clearly: a run that was restarted in its folder, or
wrote it from several processes, must not be taken apart. What is left together although it is several runs is seen
by the detector overlapping-writers; what is taken apart wrongly is seen by nobody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import combinations, pairwise
from pathlib import PurePosixPath

import numpy as np

from forensics.cohort.names import is_numbered_run, is_part, without_sides
from forensics.cohort.profile import (
    Profile,
    are_alike,
    are_concurrent,
    begins_anew,
    come_after,
    continues,
    copies,
    differ_in_identity,
)

SEVERAL = 3  # runs begun anew in one folder: two are a run that was started again
SUBSTANTIAL = 0.5  # share of the rows of the median run
ENOUGH = 20  # rows: fewer are a false start, or an evaluation at the end
APART = 300.0  # seconds between two starts: the processes of one distributed run start within minutes
FEW = 10  # rows of a table or log: fewer show no course
COLUMNS = 0.8  # share of the columns of two tables that both have: their runs were logged by one program

_EVALUATION = re.compile(r"(?:^|[/_\-. ])(?:eval|test|val)", re.IGNORECASE)

Item = tuple[str, Profile]  # a file's name and what it holds


def event_runs(items: Sequence[Item]) -> list[list[str]]:
    """Return the names of event files by run, each run's in the order of their times.

    Given names told apart (`seed1.events.out...`) are runs. Otherwise a file joins the run that it continues, and
    the chains so made are runs of their own only if what they declare of themselves differs, if they log other
    things at another time, or if at least three of some length began anew at different times.
    """
    named = _by_prefix([name for name, _ in items])
    if named:
        return named
    known = sorted((item for item in items if item[1].tracks), key=lambda item: (_start(item), item[0]))
    chains = _chains(known)
    if len(chains) < 2 or not _are_runs(chains):
        return [[name for name, _ in items]]
    empty = [name for name, profile in items if not profile.tracks]
    return [[name for name, _ in chains[0]] + empty, *([name for name, _ in chain] for chain in chains[1:])]


def table_runs(items: Sequence[Item]) -> list[list[str]]:
    """Return the names of tables, or of logs, of one folder by run.

    They are runs of their own where they hold the same columns, all from the start, with values of their own. A
    name such as train, eval, worker_3 or critic is that of a part.
    """
    by_key: dict[str, list[Item]] = {}
    for name, profile in items:
        stem = stem_of(name)
        key = "" if is_part(stem) else without_sides(stem)
        by_key.setdefault(key, []).append((name, profile))
    groups = [group for key, group in by_key.items() if key]
    if len(groups) < 2 or not all(_are_peers(a, b) for a, b in _pairs(groups)):
        return [[name for name, _ in items]]
    return [[name for name, _ in group] for group in groups]


def stem_of(name: str) -> str:
    """Return a file's name without its folder and suffixes."""
    base = PurePosixPath(name).name
    for suffix in (".gz", ".zst"):
        base = base.removesuffix(suffix)
    return PurePosixPath(base).stem


def _by_prefix(names: Sequence[str]) -> list[list[str]]:
    """Return the names by what somebody wrote before `events.out.tfevents`, where that tells all of them apart."""
    groups: dict[str, list[str]] = {}
    for name in names:
        base = PurePosixPath(name).name
        place = base.find("events.out.tfevents")
        label = base[: max(place, 0)].strip("_-. ") if place >= 0 else stem_of(name)
        groups.setdefault("" if is_part(label) else label, []).append(name)
    return list(groups.values()) if len(groups) > 1 and "" not in groups else []


def _chains(items: Sequence[Item]) -> list[list[Item]]:
    """Put each file to the run that it belongs to beyond doubt; what begins anew begins a chain."""
    chains: list[list[Item]] = []
    for item in items:
        home = next((chain for chain in reversed(chains) if _belongs(item[1], chain)), None)
        if home is None:
            chains.append([item])
        else:
            home.append(item)
    return chains


def _belongs(new: Profile, chain: Sequence[Item]) -> bool:
    last = chain[-1][1]
    if any(_is_one_process(old, new) or copies(old, new) for _, old in chain):
        return True
    if differ_in_identity(chain[0][1], new):
        return False
    if new.rows < ENOUGH and not are_alike(last, new):
        return True  # an evaluation, or hyperparameters, written later
    if not are_alike(last, new):
        return are_concurrent(last, new)  # two writers of one program, each with tags of its own
    return not begins_anew(chain[0][1], new) and come_after(last, new)


def _is_one_process(a: Profile, b: Profile) -> bool:
    return bool(a.process) and a.process == b.process and are_concurrent(a, b)


def _are_runs(chains: Sequence[Sequence[Item]]) -> bool:
    heads = [chain[0][1] for chain in chains]
    if all(differ_in_identity(a, b) for a, b in combinations(heads, 2)):
        return True
    rows = [max(profile.rows for _, profile in chain) for chain in chains]
    whole = [head for head, count in zip(heads, rows, strict=True) if count >= ENOUGH]
    others = [(a, b) for a, b in combinations(whole, 2) if not are_alike(a, b)]
    if others and all(not are_concurrent(a, b) and _log_of_their_own(a, b) for a, b in others):
        return True
    long = [head for head, count in zip(heads, rows, strict=True) if count >= SUBSTANTIAL * float(np.median(rows))]
    starts = sorted(head.start for head in long)
    apart = all(later - earlier >= APART for earlier, later in pairwise(starts))
    return len(long) >= SEVERAL and apart and not any(math.isnan(start) for start in starts)


def _log_of_their_own(a: Profile, b: Profile) -> bool:
    """Whether each trains at something that the other does not log: neither is an evaluation of the other's run."""
    apart = (a.tracks.keys() - b.tracks.keys(), b.tracks.keys() - a.tracks.keys())
    return all(any(not _EVALUATION.search(tag) for tag in tags) for tags in apart)


def _start(item: Item) -> float:
    return item[1].start if math.isfinite(item[1].start) else -math.inf


def _pairs(groups: Sequence[Sequence[Item]]) -> list[tuple[Sequence[Item], Sequence[Item]]]:
    """Return each group with the next one and with the first: all pairs would be too many of a thousand files."""
    return [*pairwise(groups), *((groups[0], other) for other in groups[2:])]


def _are_peers(a: Sequence[Item], b: Sequence[Item]) -> bool:
    """Whether two files hold the courses of two runs."""
    (name, one), (other_name, other) = a[0], b[0]
    if not (one.tracks and other.tracks):
        return False
    if continues(one, other) or continues(other, one) or copies(one, other) or _is_one_process(one, other):
        return False
    if is_numbered_run(stem_of(name)) and is_numbered_run(stem_of(other_name)):
        return True
    both = len(one.tracks.keys() & other.tracks.keys())
    anew = begins_anew(one, other) or begins_anew(other, one)
    return both >= COLUMNS * len(one.tracks.keys() | other.tracks.keys()) and anew and min(one.rows, other.rows) >= FEW
