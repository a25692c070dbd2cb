"""Writing reports so that a reader finds the old files or the new ones, whole, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from forensics.errors import OutputError


def write_files(directory: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into `directory`, made if absent; return their paths.

    Every file is written beside its place and synced first; only then do all of them take their places. If
    anything fails until then, or while they do, the files that stood there before stand there again and
    OutputError says in one line what failed. What a killed process left behind is removed by the next one.
    """
    staged = {directory / name: directory / f".{name}.{os.getpid()}.new" for name in files}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _sweep(directory, files)
        for (target, temporary), data in zip(staged.items(), files.values(), strict=True):
            _refuse_folder(target)
            _write(temporary, data)
        _swap(directory, staged)
    except OSError as failure:
        reason = failure.strerror or str(failure) or type(failure).__name__
        raise OutputError(
            f"cannot write the report into {directory}: {reason}. Nothing there was changed; "
            "make room or choose another folder with --output"
        ) from failure
    finally:
        for temporary in staged.values():
            _remove(temporary)
    return list(staged)


def _write(path: Path, data: bytes) -> None:
    _remove(path)
    with open(path, "xb") as file:  # x: never through a link that someone put there
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _swap(directory: Path, staged: Mapping[Path, Path]) -> None:
    """Let every new file take its place; put back the old ones if one of them cannot."""
    kept: dict[Path, Path | None] = {}
    try:
        for target, temporary in staged.items():
            kept[target] = _keep(target)
            os.replace(temporary, target)
        _sync(directory)
    except OSError:
        for target, old in kept.items():
            with contextlib.suppress(OSError):
                target.unlink(missing_ok=True) if old is None else os.replace(old, target)
        raise
    finally:
        for old in kept.values():
            if old is not None:
                _remove(old)


def _keep(target: Path) -> Path | None:
    """Give the present file a second name; None where there is no file."""
    if not os.path.lexists(target):
        return None
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    _remove(old)
    try:
        os.link(target, old, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a file system without hard links
        _write(old, target.read_bytes())
    return old


def _sync(directory: Path) -> None:
    """Make the new names outlive a power cut. Only POSIX can open a folder for this."""
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(directory: Path, names: Iterable[str]) -> None:
    """Remove what processes that are gone left behind."""
    wanted = "|".join(re.escape(name) for name in names)
    pattern = re.compile(rf"\.(?:{wanted})\.([0-9]{{1,9}})\.(?:new|old)")
    for path in list(directory.iterdir()):
        match = pattern.fullmatch(path.name)
        if match and not _runs(int(match[1])):
            _remove(path)


def _runs(process: int) -> bool:
    """Whether a process of this id is running.

    False on Windows, where asking could end it, and where a file that is being written cannot be removed anyway.
    """
    if os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _refuse_folder(target: Path) -> None:
    if target.is_dir():
        raise IsADirectoryError(0, f"{target.name} is a folder")


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
