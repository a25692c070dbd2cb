"""How many points the readers of MLflow, Weights & Biases and transformers find in a run; keys as in counts.py."""

from __future__ import annotations

import json
import struct
from collections import Counter
from pathlib import Path

Counts = dict[str, int]
_BLOCK = 32 * 1024


def mlflow(run: Path, store: str) -> Counts:
    """Count the points of every metric of the only run of a store, with its client, run in the working directory."""
    from mlflow import MlflowClient

    client = MlflowClient("sqlite:///mlflow.db" if store == "database" else "file:mlruns")
    (experiment,) = [each for each in client.search_experiments() if each.name != "Default"]
    (found,) = client.search_runs([experiment.experiment_id])
    counts: Counts = {}
    for key in found.data.metrics:
        home = "mlflow.db.gz"
        if store == "files":
            (path,) = run.glob(f"mlruns/*/{found.info.run_id}/metrics/{key}")
            home = path.relative_to(run).as_posix()
        counts[f"{home}#{key}"] = len(client.get_metric_history(found.info.run_id, key))
    return counts


def wandb(run: Path) -> Counts:
    """Count the points of every key of the history, with the client's own schema.

    The client has no reader of its files in Python any more; the frames are undone here as LevelDB's documents say.
    """
    from wandb.proto.wandb_internal_pb2 import Record

    counts: Counter[str] = Counter()
    for path in sorted(run.rglob("*.wandb")):
        for data in _records(path.read_bytes()):
            record = Record()
            record.ParseFromString(data)
            for item in record.history.item:
                key = "/".join(item.nested_key) or item.key
                if not key.startswith("_") and isinstance(json.loads(item.value_json), int | float):
                    counts[f"{path.relative_to(run).as_posix()}#{key}"] += 1
    return dict(counts)


def trainer_state(run: Path) -> Counts:
    """Count the numbers of the history that the Trainer of transformers keeps, but for the step itself."""
    from transformers import TrainerState

    counts: Counter[str] = Counter()
    for path in sorted(run.rglob("trainer_state.json")):
        for row in TrainerState.load_from_json(str(path)).log_history:
            counts.update(f"{path.relative_to(run).as_posix()}#{key}" for key in row if key != "step")
    return dict(counts)


def _records(data: bytes) -> list[bytes]:
    found: list[bytes] = []
    at = 7
    while at + 7 <= len(data):
        if _BLOCK - at % _BLOCK < 7:
            at += _BLOCK - at % _BLOCK
            continue
        _, size, kind = struct.unpack_from("<IHB", data, at)
        piece = data[at + 7 : at + 7 + size]
        if kind in (1, 2):
            found.append(piece)
        else:
            found[-1] += piece
        at += 7 + size
    return found
