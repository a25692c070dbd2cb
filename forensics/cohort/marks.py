"""Folders that a tool is known to write for one run, whatever lies in them."""

from __future__ import annotations

from forensics.cohort.tree import EVENTS, NUMBERS, Folder


def is_marked(folder: Folder) -> bool:
    """Whether a folder is the run of a known tool: its layout is documented, and one run has one such folder."""
    return (
        _is_recorded(folder)
        or ".hydra" in folder.folders
        or bool(folder.own(frozenset({"d3rlpy", "mlflow"})))
        or (folder.has("params.json") and (folder.has("result.json") or folder.has("progress.csv")))
        or (folder.has("hparams.yaml") and (folder.has("metrics.csv") or bool(folder.own(frozenset({EVENTS})))))
        or _is_torchrl(folder)
        or _is_wandb(folder)
    )


def _is_torchrl(folder: Folder) -> bool:
    """Whether it is the folder of one CSVLogger: its metrics lie below scalars/, however deep their names are."""
    scalars = folder.folders.get("scalars")
    return scalars is not None and any(below.own(frozenset({"scalars"})) for below in scalars.below())


def _is_recorded(folder: Folder) -> bool:
    """Whether the recorder's manifest lies beside numbers."""
    return bool(folder.files.get("manifest")) and bool(folder.own(NUMBERS))


def _is_wandb(folder: Folder) -> bool:
    """Whether it is run-<time>-<id>/: the binary record, or the folder files/ with what wandb always writes."""
    files = folder.folders.get("files")
    return bool(folder.own(frozenset({"wandb"}))) or (
        files is not None and (files.has("wandb-summary.json") or files.has("wandb-metadata.json"))
    )
