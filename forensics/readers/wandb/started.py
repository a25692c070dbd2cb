"""How a run was started, as the client of Weights & Biases notes it: program, arguments, commit."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from forensics.model.evidence import ConfigFact, IssueKind, ReadIssue
from forensics.readers.bytestream import ByteStream
from forensics.readers.documents.argstext import facts_of_command
from forensics.readers.jsontext import loads, storable
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.safety.limits import Limits

NAME = "wandb-metadata"
FILE = "wandb-metadata.json"
_TAKEN = ("program", "codePath", "python", "startedAt", "state", "gpu", "gpu_count", "cuda")
# Who ran it, and on which machine, is nobody's business: email, host, username and root are not taken.
_TEXT = 300


def facts_of_start(said: Mapping[str, Any], file: str) -> list[ConfigFact]:
    """Return the arguments as the command line gave them, and what else bears on the run, below `wandb.`."""
    arguments = said.get("args")
    facts: list[ConfigFact] = []
    if isinstance(arguments, list) and arguments:
        facts += facts_of_command(shlex.join(str(word) for word in arguments), file)
    shown = {key: said[key] for key in _TAKEN if isinstance(said.get(key), str | int | float) and said[key] != ""}
    git = said.get("git")
    if isinstance(git, dict):
        shown |= {f"git.{key}": git[key] for key in ("commit", "remote") if isinstance(git.get(key), str) and git[key]}
    for key, value in shown.items():
        kept = storable(value[:_TEXT]) if isinstance(value, str) else value
        facts.append(ConfigFact(key=f"wandb.{key}", value=kept, file=file, origin="text"))
    return facts


def read_metadata(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read each file by itself."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits, limits.config_bytes) as stream:
            lost = 0
            try:
                said = loads(stream.whole())
                if not isinstance(said, dict):
                    raise ValueError("it holds no object")
                reading.config += facts_of_start(said, file.name)
            except ValueError as failure:
                lost = stream.size
                message = f"not the metadata of a run: {str(failure)[:200]}"
                reading.issues.append(
                    ReadIssue(kind=IssueKind.MALFORMED, file=file.name, message=message, bytes_lost=lost)
                )
            reading.issues += stream.issues
            reading.files.append(stream.record(NAME, lost))
    return reading


READER = Reader(
    name=NAME, rank=21, claims=lambda name, head: PurePosixPath(name).name.lower() == FILE, read=read_metadata
)
