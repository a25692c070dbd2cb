"""meta.yaml of an experiment in MLflow's file store: it names a folder of runs and says nothing of how one went."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from forensics.readers.bytestream import ByteStream
from forensics.readers.documents.mlflow import META
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.safety.limits import Limits

NAME = "mlflow-experiment"


def claims(name: str, head: bytes) -> bool:
    """Claim the file by what it holds: where the artifacts of an experiment lie."""
    return PurePosixPath(name).name == META and b"artifact_location" in head and b"experiment_id" in head


def read_experiment(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Account for the bytes; there is no evidence of a run in them."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits, limits.config_bytes) as stream:
            stream.whole()
            reading.issues += stream.issues
            reading.files.append(stream.record(NAME))
    return reading


READER = Reader(name=NAME, rank=18, claims=claims, read=read_experiment)
