"""The source as it ran, in one archive whose bytes depend on the source alone."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import tarfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from forensics.recorder.atomic import replace

NAME = "source.tar.gz"
_SUFFIXES = frozenset({".py", ".pyi", ".toml", ".yaml", ".yml"})
_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "venv", "env", "runs", "wandb", "build", "dist"})
_MOST_FILES = 5_000
_LARGEST = 1 << 20  # bytes of one file: source is shorter, what is longer is data
_MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was archived. `is_complete` is False where a bound was reached."""

    sha256: str
    files: int
    is_complete: bool


def write(folder: Path, roots: Sequence[Path], exclude: Collection[str] = ()) -> Snapshot:
    """Archive the source below `roots` (folders or files) under the names of the roots. Raises OSError.

    Folders named in `exclude`, hidden ones, environments and caches are left out, as are files over 1 MiB.
    """
    held = io.BytesIO()
    count = size = 0
    complete = True
    with (
        gzip.GzipFile(fileobj=held, mode="wb", mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for name, path in sorted(_sources(roots, frozenset(exclude) | _SKIPPED, folder)):
            data = path.read_bytes()
            if count >= _MOST_FILES or size + len(data) > _MOST_BYTES:
                complete = False
                break
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            tar.addfile(entry, io.BytesIO(data))
            count, size = count + 1, size + len(data)
    data = held.getvalue()
    replace(folder / NAME, data)
    return Snapshot(hashlib.sha256(data).hexdigest(), count, complete)


def main_folder() -> list[Path]:
    """Return where the program that is running lives: its folder, or nothing in an interactive session.

    A script that lies in a home or root folder among strangers is taken alone.
    """
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if not file:
        return []
    script = Path(file).resolve()
    if not script.is_file():
        return []
    shared = script.parent in (Path.home(), Path(script.anchor), Path("/tmp")) or "bin" in script.parts[-2:]  # noqa: S108
    return [script if shared else script.parent]


def _sources(roots: Sequence[Path], skipped: Collection[str], run: Path) -> Iterator[tuple[str, Path]]:
    for root in roots:
        root = root.resolve()
        if root.is_file():
            yield root.name, root
            continue
        for folder, folders, files in os.walk(root):
            here = Path(folder)
            folders[:] = [
                name
                for name in folders
                if not (name in skipped or name.startswith(".") or here / name == run.resolve())
                and not (here / name / "pyvenv.cfg").exists()
            ]
            for name in files:
                path = here / name
                if path.suffix in _SUFFIXES and not path.is_symlink() and path.stat().st_size <= _LARGEST:
                    yield f"{root.name}/{path.relative_to(root).as_posix()}", path
