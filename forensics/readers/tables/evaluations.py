"""evaluations.npz of stable-baselines3's EvalCallback: returns and lengths of every evaluation episode.

Arrays: timesteps [n], results [n, episodes], ep_lengths [n, episodes], successes [n, episodes] where logged.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forensics.model.evidence import IssueKind, ReadIssue, Series
from forensics.readers.bytestream import ByteStream
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tables.series import parted
from forensics.safety.limits import Limits

NAME = "npz"
_TAGS = {"results": "eval/mean_reward", "ep_lengths": "eval/mean_ep_length", "successes": "eval/success_rate"}


def claims(name: str, head: bytes) -> bool:
    """Claim .npz with an array of timesteps or results near its beginning."""
    return name.lower().endswith(".npz") and (b"timesteps.npy" in head or b"results.npy" in head)


def read_evaluations(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read each file by itself. Arrays of objects are refused: they would be unpickled."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits, limits.document_bytes) as stream:
            lost = 0
            try:
                reading.series += _series(_arrays(stream.whole(), limits), file)
            except (ValueError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as failure:
                lost = stream.size
                message = f"not evaluations in npz: {str(failure)[:200]}"
                reading.issues.append(
                    ReadIssue(kind=IssueKind.MALFORMED, file=file.name, message=message, bytes_lost=lost)
                )
            reading.issues += stream.issues
            reading.files.append(stream.record(NAME, lost))
    return reading


def _arrays(data: bytes, limits: Limits) -> dict[str, NDArray[np.float64]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(item.file_size for item in archive.infolist())
        if size > limits.decompressed_bytes:
            raise ValueError(f"it unpacks to {size:,} bytes (limit {limits.decompressed_bytes:,})")
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        return {name: np.asarray(held[name], np.float64) for name in ("timesteps", *_TAGS) if name in held.files}


def _series(arrays: dict[str, NDArray[np.float64]], file: RunFile) -> list[Series]:
    timesteps = arrays.pop("timesteps", None)
    made = []
    for name, values in arrays.items():
        count = len(values) if values.ndim else 0
        if timesteps is not None and timesteps.shape != (count,):
            raise ValueError(f"{name} holds {count:,} evaluations and timesteps {timesteps.shape}")
        if not values.size:
            continue
        known = timesteps is not None and bool(np.isfinite(timesteps).all()) and bool((np.abs(timesteps) < 2**53).all())
        steps = timesteps.astype(np.int64) if timesteps is not None and known else np.arange(count, dtype=np.int64)
        walls = np.full(count, np.nan)
        segment, superseded = parted(steps, walls, np.zeros(0, np.int64))
        made.append(
            Series(
                id=f"{NAME}:{file.name}#{_TAGS[name]}",
                tag=_TAGS[name],
                source=f"{NAME}:{file.name}",
                files=(file.name,),
                steps=steps,
                wall_times=walls,
                values=values.reshape(count, -1).mean(axis=1),
                segment=segment,
                superseded=superseded,
                offsets=np.arange(1, count + 1, dtype=np.int64),
                file_index=np.zeros(count, np.int32),
                declared={"aggregation": "instant"} | ({"axis": "env_step"} if known else {}),
            )
        )
    return made


READER = Reader(name=NAME, rank=23, claims=claims, read=read_evaluations)
