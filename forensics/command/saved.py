"""Reads a diagnosis.json that was written earlier, by this version or an older one."""

from __future__ import annotations

from pathlib import Path

import msgspec

from forensics.errors import UsageError
from forensics.model.diagnosis import SCHEMA_VERSION, Diagnosis
from forensics.safety.limits import Limits

_AGAIN = "run `forensics analyze` again and name the diagnosis.json that it writes"


class _Head(msgspec.Struct):
    """As much of the document as says whether the rest can be read."""

    schema_version: int


def is_saved(path: Path) -> bool:
    """Whether a path names a diagnosis rather than a run: a file whose name ends in .json and that holds a verdict."""
    if path.suffix != ".json" or not path.is_file():
        return False
    return path.name == "diagnosis.json" or b'"verdict"' in _bytes(path)


def read_diagnosis(path: Path, limits: Limits | None = None) -> Diagnosis:
    """Return the diagnosis in the file.

    Raises UsageError, in one line that says what to do, if the file is absent, no JSON, cut short, of a newer schema
    or another document.
    """
    data = _bytes(path, limits)
    try:
        version = msgspec.json.decode(data, type=_Head).schema_version
        if version > SCHEMA_VERSION:
            raise UsageError(
                f"{path}: diagnosis of schema {version}, newer than schema {SCHEMA_VERSION} that this version reads; "
                "update run-forensics"
            )
        return msgspec.convert(msgspec.json.decode(data), Diagnosis, strict=False)  # "NaN" is a number here
    except msgspec.ValidationError as failure:
        raise UsageError(f"{path}: not a diagnosis of this tool ({failure}); {_AGAIN}") from failure
    except msgspec.DecodeError as failure:
        raise UsageError(f"{path}: cut short or damaged ({failure}); {_AGAIN}") from failure
    except (RecursionError, UnicodeDecodeError) as failure:
        raise UsageError(f"{path}: not a diagnosis of this tool; {_AGAIN}") from failure


def _bytes(path: Path, limits: Limits | None = None) -> bytes:
    most = (limits or Limits()).document_bytes
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as failure:
        raise UsageError(f"{path}: {failure.strerror or failure}; name a diagnosis.json") from failure
    if len(data) > most:
        raise UsageError(f"{path}: larger than {most:,} bytes, too large for a diagnosis.json")
    return data
