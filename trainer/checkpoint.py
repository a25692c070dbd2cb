"""Checkpoints: written whole or not at all, named by `latest`, read without running what they hold."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import torch

from trainer.errors import CheckpointError

FORMAT = 1
LATEST = "latest"


def save_checkpoint(folder: Path, step: int, state: dict[str, Any], keep: int) -> Path:
    """Write `checkpoint-<step>.pt`, point `latest` at it, delete all but the newest `keep`. Raises OSError.

    A crash at any moment leaves the older checkpoint and a `latest` that names a whole file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"checkpoint-{step:09d}.pt"
    _write(path, lambda file: _save({"format": FORMAT, **state}, file))
    _write(folder / LATEST, lambda file: file.write(f"{path.name}\n".encode()))
    for old in sorted(folder.glob("checkpoint-*.pt"))[:-keep]:
        if old != path:
            old.unlink(missing_ok=True)
    return path


def find_checkpoint(place: Path) -> Path:
    """Return the checkpoint that a file, a folder of checkpoints or a run directory means. Raises CheckpointError."""
    if place.is_file():
        return place
    for folder in (place, place / "checkpoints"):
        try:
            name = (folder / LATEST).read_text(encoding="utf-8").strip()
        except OSError:
            continue
        path = folder / Path(name).name
        if path.is_file():
            return path
        raise CheckpointError(f"{folder / LATEST} names {name!r}, which is not there")
    raise CheckpointError(f"no checkpoint at {place}: give a run directory or a checkpoint-*.pt file")


def load_checkpoint(path: Path) -> dict[str, Any]:
    """Read a checkpoint onto the host; only tensors and plain values are accepted. Raises CheckpointError."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a foreign file may break the reader in any way
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise CheckpointError(f"{path} cannot be read as a checkpoint: {reason[0]}") from error
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise CheckpointError(f"{path} is not a checkpoint of this trainer (format {FORMAT})")
    return state


def _save(state: dict[str, Any], file: IO[bytes]) -> None:
    try:
        torch.save(state, file)
    except RuntimeError as error:  # torch closes its archive even on a full disk, and complains of that instead
        cause = error.__context__
        if isinstance(cause, OSError):
            raise cause from None
        raise


def _write(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows cannot open folders
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
