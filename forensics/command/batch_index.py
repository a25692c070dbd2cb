"""Puts the index together from what was made of each run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

import forensics
from forensics.cohort.siblings import Siblings, siblings_of
from forensics.command.batch_plan import Plan
from forensics.command.batch_work import DIAGNOSIS, REPORT, Worked
from forensics.readers.discover import printable
from reports.index_model import SCHEMA_VERSION, UNREAD, Index, IndexGroup, IndexRow, by_need


def index_of(plan: Plan, worked: Sequence[Worked], folders: Sequence[Path | None]) -> Index:
    """Return the index, its rows by what needs attention first. `folders` say where each run's files were written."""
    groups = siblings_of(each.member for each in worked if each.member is not None)
    homes = {member.label: group for group in groups for member in group.members}
    rows = [
        _row(place, each, plan, folder, homes) for place, (each, folder) in enumerate(zip(worked, folders, strict=True))
    ]
    return Index(
        schema_version=SCHEMA_VERSION,
        name=printable(plan.name),
        path=printable(str(plan.searched or "")),
        runs=sorted(rows, key=by_need),
        groups=[_group(group) for group in groups],
        left=list(plan.left),
        version=forensics.__version__,
    )


def _row(place: int, each: Worked, plan: Plan, folder: Path | None, homes: dict[str, Siblings]) -> IndexRow:
    run = plan.jobs[place].run
    if each.row is None:
        reason = each.failure.message if each.failure else ""
        return IndexRow(
            name=printable(run.label), path=printable(str(run.path)), status=UNREAD, error=printable(reason)
        )
    group = homes.get(run.label)
    return msgspec.structs.replace(
        each.row,
        group=group.name if group else "",
        seed=group.seeds.get(run.label, "") if group else "",
        failed_seed=bool(group and run.label in group.failed),
        report=_below(plan.index, folder, REPORT, each),
        diagnosis=_below(plan.index, folder, DIAGNOSIS, each),
    )


def _below(index: Path | None, folder: Path | None, name: str, each: Worked) -> str:
    """Return the path of a file below the index, "" where it was not written."""
    if index is None or folder is None or name not in each.files:
        return ""
    return printable(Path(os.path.relpath(folder / name, index)).as_posix())


def _group(group: Siblings) -> IndexGroup:
    return IndexGroup(
        name=group.name,
        statement=group.statement,
        runs=[member.label for member in group.members],
        learned=list(group.learned),
        failed=list(group.failed),
    )
