"""The evidence below a folder, by folder and by the reader that would take it. Nothing is read but beginnings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from forensics.readers.discover import discover, with_head
from forensics.readers.reader import RunFile
from forensics.readers.registry import readers
from forensics.safety.limits import Limits

EVENTS = "tensorboard"
# Readers of what holds the numbers of a run for certain, and of what may hold them.
NUMBERS = frozenset(
    {EVENTS, "csv", "d3rlpy", "scalars", "monitor", "npz", "jsonl", "wandb", "mlflow", "mlflow-database"}
)
PERHAPS = frozenset({"textlog", "results"})
_SUFFIXES = frozenset(
    ".csv .tsv .txt .dat .log .out .err .stdout .stderr .json .jsonl .ndjson .npz .yaml .yml .toml .wandb .db "
    ".sqlite .sqlite3".split()
)
# What tools write beside the runs that they start: it is of none of them.
_OF_ALL = ("experiment_state", "basic-variant-state", "search_gen_state", "multirun.yaml", "optimization_results")


@dataclass(slots=True)
class Folder:
    """A folder: its own files by reader, and the folders in it that hold evidence, in the order of their names.

    `path` is its path below the root as the file system has it.
    """

    name: str = ""
    path: str = ""
    files: dict[str, list[RunFile]] = field(default_factory=dict)
    folders: dict[str, Folder] = field(default_factory=dict)

    def own(self, kinds: frozenset[str]) -> list[RunFile]:
        """Return the files of this very folder that readers of these kinds would take."""
        return [file for kind, files in self.files.items() if kind in kinds for file in files]

    def below(self) -> Iterator[Folder]:
        """Yield this folder and all folders in it."""
        pending = [self]
        while pending:
            folder = pending.pop()
            yield folder
            pending += reversed(folder.folders.values())

    def has(self, *names: str) -> bool:
        """Whether this very folder holds files of these names, whoever reads them."""
        held = {PurePosixPath(file.logical).name for files in self.files.values() for file in files}
        return held.issuperset(names)


def tree(root: Path, limits: Limits) -> Folder:
    """Return the evidence below `root`. Raises OSError where it cannot be listed."""
    top = Folder()
    for listed in discover(root, limits).files:
        path = PurePosixPath(listed.real)
        kind = _kind(listed, path)
        if kind:
            _folder(top, path.parent).files.setdefault(kind, []).append(listed)
    return top


def _folder(top: Folder, path: PurePosixPath) -> Folder:
    folder = top
    for name in path.parts:
        below = f"{folder.path}/{name}" if folder.path else name
        folder = folder.folders.setdefault(name, Folder(name, below))
    return folder


def _kind(file: RunFile, path: PurePosixPath) -> str:
    if path.name.startswith(_OF_ALL):
        return ""
    if "tfevents" in path.name:
        head = b""
    elif _is_promising(file.logical):
        try:
            head = with_head(file).head
        except OSError:
            return ""
    else:
        return ""
    return next((reader.name for reader in readers() if reader.claims(file.logical, head)), "")


def _is_promising(name: str) -> bool:
    """Whether it is worth opening: rotated logs and metrics of MLflow have no suffix of their own."""
    path = PurePosixPath(name.rstrip("."))
    return bool(_SUFFIXES & {suffix.lower() for suffix in path.suffixes}) or "metrics" in path.parts
