"""Finds the runs in a folder: one of its own, or many.

A folder is one run unless it is shown to hold several. What tools are known to write for one run (a manifest, a Hydra
job, a trial of RLlib, a version of Lightning, a run of Weights & Biases or MLflow) is one, with all that lies below.
Elsewhere, folders named as parts (train, eval, tb, worker_3) and the ones that `add_scalars` makes belong to the run
that they lie in; other folders that each hold numbers are runs beside each other, unless their contents show one
process or one run resumed. Files of one folder are told apart by forensics.cohort.apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path, PurePosixPath

from forensics.cohort.apart import event_runs, stem_of, table_runs
from forensics.cohort.marks import is_marked
from forensics.cohort.names import is_numbered_run, is_of, is_part
from forensics.cohort.profile import Profile, are_alike, are_concurrent, continues, profile_of
from forensics.cohort.tree import EVENTS, NUMBERS, PERHAPS, Folder, tree
from forensics.readers.discover import Part, printable
from forensics.readers.documents.mlflow_database import runs_in
from forensics.readers.reader import RunFile
from forensics.safety.limits import Limits
from forensics.safety.text import clean

POINTS = 5  # rows of a log alone, or of results alone, from which they show the course of a run
RECORDS = 20  # records with a time, from which a log without numbers does
STARTED_TOGETHER = 60.0  # seconds between the starts of two writers of one program
LOOKED_AT = 3  # peers whose contents are compared: if these are runs, so are the others


@dataclass(frozen=True, slots=True)
class FoundRun:
    """One run. `label` is its path below the folder that was searched; `part` names its files where others lie by."""

    path: Path
    label: str
    part: Part | None = None


@dataclass(slots=True)
class Found:
    """The runs below one path in the order of their labels, and the files that belong to none of them."""

    runs: list[FoundRun]
    left: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One run of a folder: the whole of it, some of its own files, or one of those that a database holds."""

    folder: Folder
    files: tuple[str, ...] = ()
    run: str = ""
    name: str = ""


def find(path: Path, limits: Limits) -> Found:
    """Return the runs at `path`. A file, or a folder that is not shown to hold several, is one run.

    Nothing is written and no link is followed out of the folder. Raises OSError where it cannot be listed.
    """
    if not path.is_dir():
        held = _held(path, limits)
        return Found(
            [FoundRun(path, name, Part(name, {path.name: run})) for run, name in held] or [FoundRun(path, path.name)]
        )
    top = tree(path, limits)
    search = _Search(path, limits)
    pieces = search.runs(top)
    if len(pieces) < 2:
        return Found([FoundRun(path, path.resolve().name)])
    return Found(sorted((_found(path, piece) for piece in pieces), key=lambda run: _natural(run.label)), search.left)


def _found(root: Path, piece: _Piece) -> FoundRun:
    folder = root / piece.folder.path if piece.folder.path else root
    shown = printable(piece.folder.path)
    if not piece.files:
        return FoundRun(folder, shown)
    names = [PurePosixPath(name).name for name in piece.files]
    label = f"{shown}/{names[0]}" if shown else names[0]
    if piece.run:
        return FoundRun(folder / names[0], f"{label}/{piece.name}", Part(piece.name, {names[0]: piece.run}))
    if len(names) == 1:
        return FoundRun(folder / names[0], label)
    return FoundRun(folder, label, Part(names[0], dict.fromkeys(names, "")))


def _held(path: Path, limits: Limits) -> list[tuple[str, str]]:
    """Return (id, name) of the runs in a database that holds several, no two of one name."""
    runs = runs_in(path, limits) if path.suffix.lower() in (".db", ".sqlite", ".sqlite3") else []
    names = Counter(name for _, name in runs)
    if len(runs) < 2:
        return []
    named = ((run, name if names[name] == 1 else f"{name}-{run[:8]}") for run, name in runs)
    return [(run, clean(name, 100).replace("/", "_").strip(". ") or run) for run, name in named]


def _natural(label: str) -> tuple[tuple[int, str], ...]:
    """Sort run_2 before run_10."""
    words = "".join(c if c.isdigit() else f" {c} " for c in label).split()
    return tuple((int(word), "") if word.isdecimal() and len(word) < 19 else (-1, word) for word in words)


class _Search:
    """Walks the folders from the leaves up. `left` collects the files that belong to no run."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self.left: list[str] = []
        self._root = root
        self._limits = limits

    def runs(self, folder: Folder) -> list[_Piece]:
        """Return the runs of a folder; none where it holds no evidence of one."""
        whole = [_Piece(folder)]
        if is_marked(folder):
            return whole
        children = [(child, self.runs(child)) for child in folder.folders.values()]
        children = [(child, pieces) for child, pieces in children if pieces]
        own = self._own(folder)
        if not children:
            return whole if len(own) == 1 else own
        parts = [child for child, _ in children if is_part(child.name) or self._adds_scalars(folder, child)]
        peers = [(child, pieces) for child, pieces in children if child not in parts]
        several = any(len(pieces) > 1 for _, pieces in children) or len(own) > 1
        if not several and (not peers or (len(peers) == 1 and (parts or folder.files))):
            return whole
        if not several and len(peers) > 1 and self._is_one_run(folder, [child for child, _ in peers]):
            return whole
        found = [piece for _, pieces in children for piece in pieces]
        if len(own) > 1 or folder.own(NUMBERS):
            found += own
        else:
            self.left += [file.name for files in folder.files.values() for file in files]
        return found

    def _own(self, folder: Folder) -> list[_Piece]:
        """Return the runs among the files of this very folder."""
        certain, perhaps = folder.own(NUMBERS), folder.own(PERHAPS)
        if not certain and not perhaps:
            return []
        for file in folder.files.get("mlflow-database", []):
            if len(certain) == 1 and (held := _held(file.path, self._limits)):
                return [_Piece(folder, (file.name,), run, name) for run, name in held]
        if len(events := folder.own(frozenset({EVENTS}))) > 1:
            clusters = event_runs([(file.name, self._profile([file.name])) for file in events])
            return self._pieces(folder, clusters)
        if events:
            return self._pieces(folder, [])
        for kind in ("csv", "jsonl", "textlog", "results"):
            files = folder.files.get(kind, [])
            for suffix in dict.fromkeys(PurePosixPath(file.logical).suffix for file in files):
                names = [file.name for file in files if PurePosixPath(file.logical).suffix == suffix]
                if len({stem_of(name) for name in names}) > 1 and not _is_rotated(names):
                    clusters = table_runs([(name, self._profile([name])) for name in names])
                    if len(clusters) > 1:
                        return self._pieces(folder, clusters)
        if certain or not folder.path or any(self._shows_a_course(file) for file in perhaps):
            return self._pieces(folder, [])
        self.left += [file.name for file in perhaps]
        return []

    def _shows_a_course(self, file: RunFile) -> bool:
        found = self._profile([file.name])
        return found.rows >= POINTS or found.stamped >= RECORDS

    def _pieces(self, folder: Folder, clusters: Sequence[Sequence[str]]) -> list[_Piece]:
        """Give each cluster the files that carry its name, and all of them the configuration that carries none's."""
        others = [file.name for files in folder.files.values() for file in files]
        if len(clusters) < 2:
            return [_Piece(folder, tuple(others))]
        taken = {name for cluster in clusters for name in cluster}
        settings = {file.name for file in folder.own(frozenset({"config"}))}
        keys = [stem_of(cluster[0]) for cluster in clusters]
        companions: list[list[str]] = [[] for _ in clusters]
        for name in others:
            if name in taken:
                continue
            homes = [place for place, key in enumerate(keys) if is_of(stem_of(name), key)]
            if homes:
                companions[max(homes, key=lambda place: len(keys[place]))].append(name)
            elif name in settings:
                for each in companions:
                    each.append(name)
            else:
                self.left.append(name)
        return [_Piece(folder, (*cluster, *more)) for cluster, more in zip(clusters, companions, strict=True)]

    def _is_one_run(self, folder: Folder, peers: Sequence[Folder]) -> bool:
        """Whether folders beside each other were written by one process, or by one run that was resumed.

        One script may train several runs: only where files lie beside its folders are they outputs of one.
        """
        shared = bool(folder.files)
        profiles: list[Profile] = []
        for peer in peers:
            profiles.append(self._main(peer))
            if not all(_are_of_one_run(a, b, shared, peers) for a, b in combinations(profiles, 2)):
                return False
            if len(profiles) >= LOOKED_AT and all(is_numbered_run(peer.name) for peer in peers):
                break
        return True

    def _adds_scalars(self, folder: Folder, child: Folder) -> bool:
        """Whether torch's add_scalars(tag, {key: ...}) made `child`: it is called <tag>_<key> and holds that tag."""
        if not folder.own(frozenset({EVENTS})):
            return False
        tags = self._profile([file.name for file in child.own(frozenset({EVENTS}))]).tracks
        return len(tags) == 1 and child.name.startswith(f"{next(iter(tags)).replace('/', '_')}_")

    def _main(self, folder: Folder) -> Profile:
        """Return the profile of the numbers of a folder, of event files where it has some."""
        for kinds in (frozenset({EVENTS}), NUMBERS, PERHAPS):
            names = [file.name for below in folder.below() for file in below.own(kinds)]
            if names:
                return self._profile(names)
        return Profile()

    def _profile(self, names: Sequence[str]) -> Profile:
        return profile_of(self._root, names, self._limits)


def _are_of_one_run(a: Profile, b: Profile, shared: bool, peers: Sequence[Folder]) -> bool:
    if continues(a, b) or continues(b, a):
        return True
    if not are_concurrent(a, b) or abs(a.start - b.start) > STARTED_TOGETHER:
        return False
    counted = all(is_numbered_run(peer.name) for peer in peers)
    same_process = bool(a.process) and a.process == b.process and a.writer != b.writer
    return (not are_alike(a, b) and (same_process or shared)) or (same_process and shared and not counted)


def _is_rotated(names: Sequence[str]) -> bool:
    from forensics.readers.rotation import family

    return len({family(name) for name in names}) == 1
