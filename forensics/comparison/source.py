"""The source of two runs, file by file."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping

from forensics.comparison.examined import Examined
from forensics.model.comparison import Change, FileDifference, SourceDifference, SourceState

ARCHIVE = "source.tar.gz"
EXCERPT = 40  # lines of a unified diff that are shown of one file
EXCERPTS = 20  # files that an excerpt is made of
COMPARABLE = 2_000  # lines up to which a file is compared line by line: the time grows with the square


def source_difference(first: Examined, second: Examined, labels: tuple[str, str]) -> SourceDifference:
    """Return which files differ, by hash and with an excerpt, or what is missing to tell."""
    if first.source is not None and second.source is not None:
        return _compared(first.source, second.source)
    before, after = _recorded(first), _recorded(second)
    if before and after:
        state = SourceState.SAME if before == after else SourceState.CHANGED
        words = "is the same, by the hash of its archive" if before == after else "differs, by the hash of its archive"
        return SourceDifference(state=state, statement=f"The source {words}.")
    lacking = [label for item, label in zip((first, second), labels, strict=True) if not _has(item)]
    whose = " and ".join(lacking or labels)
    return SourceDifference(
        state=SourceState.UNKNOWN,
        statement=f"The source of {whose} is not at hand ({ARCHIVE} in the run directory): a change there is not seen.",
    )


def _compared(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> SourceDifference:
    paths = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    if not paths:
        return SourceDifference(
            state=SourceState.SAME, statement=f"The source is the same ({len(before)} files, by their hashes)."
        )
    files = [
        _file(path, before.get(path), after.get(path), with_excerpt=number < EXCERPTS)
        for number, path in enumerate(paths)
    ]
    count = f"{len(paths)} source {'file differs' if len(paths) == 1 else 'files differ'}"
    return SourceDifference(state=SourceState.CHANGED, statement=f"{count}.", files=files)


def _file(path: str, before: bytes | None, after: bytes | None, *, with_excerpt: bool) -> FileDifference:
    change = Change.APPEARED if before is None else Change.VANISHED if after is None else Change.CHANGED
    old, new = _lines(before), _lines(after)
    lines: list[str] = []
    if with_excerpt and max(len(old), len(new)) <= COMPARABLE:
        lines = list(difflib.unified_diff(old, new, lineterm="", n=2))[2:]
    return FileDifference(
        path=path,
        change=change,
        before_sha256=_sha256(before),
        after_sha256=_sha256(after),
        added=sum(line.startswith("+") for line in lines),
        removed=sum(line.startswith("-") for line in lines),
        excerpt=lines[:EXCERPT] if change is Change.CHANGED else [],
        left_out=max(0, len(lines) - EXCERPT) if change is Change.CHANGED else 0,
    )


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").splitlines()


def _sha256(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def _recorded(item: Examined) -> str:
    files = item.diagnosis.run.files
    return next((file.sha256 for file in files if file.path.rsplit("/", 1)[-1] == ARCHIVE), "")


def _has(item: Examined) -> bool:
    return item.source is not None or bool(_recorded(item))
