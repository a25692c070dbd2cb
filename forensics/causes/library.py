"""Loads the causes: one TOML file a fault, named after its id."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from forensics.causes.cause import Cause
from forensics.causes.validate import faults_of


@cache
def load() -> tuple[Cause, ...]:
    """Return every cause, ordered by id.

    Raises:
        ValueError: a file does not hold a valid cause, or the causes do not fit together; the message names each
            file and what is wrong with it.
    """
    causes = []
    for entry in sorted(files(__package__).iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".toml"):
            continue
        cause = parse(entry.read_text(encoding="utf-8"), entry.name)
        if entry.name != f"{cause.id}.toml":
            raise ValueError(f"{entry.name}: the file must be named after its id, {cause.id}")
        causes.append(cause)
    if wrong := faults_of(causes):
        raise ValueError("causes do not fit together:\n" + "\n".join(wrong))
    return tuple(causes)


def parse(text: str, name: str) -> Cause:
    """Read one cause. Raises ValueError with the file's name if a field is missing, unknown or of a wrong type."""
    try:
        return msgspec.toml.decode(text, type=Cause)
    except msgspec.MsgspecError as failure:
        raise ValueError(f"{name}: {failure}") from failure
