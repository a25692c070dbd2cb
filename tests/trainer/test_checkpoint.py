"""Checkpoints: whole or absent, found by `latest`, safe to read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from trainer import checkpoint
from trainer.checkpoint import find_checkpoint, load_checkpoint, save_checkpoint
from trainer.errors import CheckpointError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_saved_is_found_and_loaded_by_run_folder_or_file(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "checkpoints"
    path = save_checkpoint(folder, 12, {"weights": torch.arange(3), "count": 2**80}, keep=2)
    for place in (tmp_path / "run", folder, path):
        assert find_checkpoint(place) == path
    state = load_checkpoint(path)
    assert state["weights"].tolist() == [0, 1, 2]
    assert state["count"] == 2**80
    assert (folder / "latest").read_text() == "checkpoint-000000012.pt\n"


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    for step in (1, 2, 3, 10):
        save_checkpoint(tmp_path, step, {}, keep=2)
    assert names(tmp_path) == ["checkpoint-000000003.pt", "checkpoint-000000010.pt", "latest"]


@pytest.mark.parametrize("where", ["save", "fsync", "replace"])
def test_a_failure_at_any_moment_leaves_the_older_checkpoint_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    old = save_checkpoint(tmp_path, 1, {"value": 1}, keep=2)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*{"save": (torch, "save"), "fsync": (os, "fsync"), "replace": (os, "replace")}[where], fail)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(tmp_path, 2, {"value": 2}, keep=2)
    monkeypatch.undo()
    assert names(tmp_path) == [old.name, "latest"]
    assert load_checkpoint(find_checkpoint(tmp_path))["value"] == 1


def test_a_disk_that_fills_up_while_it_is_written_is_an_os_error(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    old = save_checkpoint(tmp_path, 1, {"value": 1}, keep=2)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for room in (0, 1_000, 100_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        try:
            with pytest.raises(OSError, match="File too large"):
                save_checkpoint(tmp_path, 2, {"weights": torch.zeros(300, 300)}, keep=2)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert names(tmp_path) == [old.name, "latest"]


def test_the_file_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    fsync, replace = os.fsync, os.replace

    def told_fsync(handle: int) -> None:
        calls.append("fsync")
        fsync(handle)

    def told_replace(one: Path, other: Path) -> None:
        calls.append(f"replace {other.name}")
        replace(one, other)

    monkeypatch.setattr(os, "fsync", told_fsync)
    monkeypatch.setattr(os, "replace", told_replace)
    save_checkpoint(tmp_path, 1, {}, keep=1)
    assert calls == ["fsync", "replace checkpoint-000000001.pt", "fsync", "fsync", "replace latest", "fsync"]


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "ran",))

    path = tmp_path / "evil.pt"
    torch.save({"format": checkpoint.FORMAT, "weights": Evil()}, path)
    with pytest.raises(CheckpointError, match=r"evil\.pt"):
        load_checkpoint(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 torn"])
def test_a_torn_or_foreign_file_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "torn.pt"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"torn\.pt cannot be read"):
        load_checkpoint(path)


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pt"
    torch.save({"state_dict": {}}, path)
    with pytest.raises(CheckpointError, match="not a checkpoint of this trainer"):
        load_checkpoint(path)


def test_no_checkpoint_and_a_lost_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint at"):
        find_checkpoint(tmp_path)
    save_checkpoint(tmp_path, 1, {}, keep=1).unlink()
    with pytest.raises(CheckpointError, match="not there"):
        find_checkpoint(tmp_path)
