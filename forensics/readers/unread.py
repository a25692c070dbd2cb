"""Says why a file that no reader claims was left alone, where that is worth saying."""

from __future__ import annotations

from pathlib import PurePosixPath

from forensics.model.evidence import IssueKind
from forensics.readers.reader import RunFile
from forensics.readers.zstd import HOW, ZSTD

_PICKLED = {".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib"}
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".7z", ".rar")
_OTHER_PACKING = (".bz2", ".xz", ".lz4", ".lzma")
_NUMBERS = {
    ".csv", ".tsv", ".parquet", ".arrow", ".feather", ".npz", ".npy", ".h5", ".hdf5", ".db", ".sqlite", ".wandb",
}  # fmt: skip
# Written by the recorder and read by another room, forensics.source.
_OWN = {"source.tar.gz"}


def why_unread(file: RunFile) -> tuple[IssueKind, str] | None:
    """Return the kind and words of an issue, or None for files that hold no numbers (source, images, text)."""
    path = PurePosixPath(file.name.lower())
    if path.name in _OWN:
        return None
    if file.head.startswith(ZSTD):
        return IssueKind.UNREADABLE, HOW
    if path.name.endswith(_OTHER_PACKING) and not path.name.endswith(_ARCHIVES):
        return IssueKind.UNREADABLE, f"{path.suffix} is not decompressed: do it and analyse again"
    if path.name.endswith(_ARCHIVES):
        return IssueKind.REFUSED, "archives are not unpacked: unpack it where you trust it and analyse the folder"
    if path.suffix in _PICKLED or (path.suffix == ".bin" and file.head.startswith((b"\x80", b"PK"))):
        return IssueKind.REFUSED, "never loaded: a pickle can run code"
    if path.suffix in _NUMBERS:
        return IssueKind.NOTE, f"no reader for {path.suffix}: not examined"
    return None
