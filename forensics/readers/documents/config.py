"""Configuration files: YAML, JSON and TOML, flattened to dotted keys."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec

from forensics.model.evidence import ConfigFact, IssueKind, ReadIssue
from forensics.readers.bytestream import ByteStream
from forensics.readers.documents.yamltext import read_yaml
from forensics.readers.flatten import TooMuchError, flatten
from forensics.readers.jsontext import loads
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.safety.limits import Limits

NAME = "config"
_WORDS = {
    "config", "configs", "configuration", "cfg", "conf", "param", "params", "parameters", "hparams", "hyperparams",
    "hyperparameters", "hyp", "hparam", "hyperparam", "variant", "variants", "setting", "settings", "arg", "args",
    "arguments", "options", "opts", "opt", "flags",
}  # fmt: skip
_KEPT = 1_000  # of a document that is too large: aliases that multiply would fill the report
_SUFFIXES = {".yaml", ".yml", ".json", ".toml"}
_ORIGINS = {"default", "file", "cli", "env"}


def is_config_name(name: str) -> bool:
    """Tell whether a path is named as a configuration: config*, *_config.*, params.json, .hydra/*.yaml."""
    path = PurePosixPath(name)
    if path.suffix.lower() not in _SUFFIXES:
        return False
    words = re.split(r"[._\- ]+", path.stem.lower())
    return path.parent.name == ".hydra" or any(word in _WORDS or word.startswith("config") for word in words)


def read_configs(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read the configuration files of one folder; config_origin.json there says where each key came from."""
    reading = Reading()
    origins: dict[str, str] = {}
    for file in files:
        with reading.guard(file, NAME):
            facts = _read(file, limits, reading)
            if _is_origins(file.name, facts):
                origins |= {fact.key: str(fact.value) for fact in facts}
            else:
                reading.config += facts
    if origins:
        reading.config = [
            msgspec.structs.replace(fact, origin=origins[fact.key]) if fact.key in origins else fact
            for fact in reading.config
        ]
    return reading


def facts_of(document: Any, file: str, limits: Limits, origin: str = "file") -> tuple[list[ConfigFact], str]:
    """Return the keys of a document, and why it was left early ("" where it was not)."""
    facts: list[ConfigFact] = []
    try:
        for key, value in flatten(_unwrapped(document), limits):
            facts.append(ConfigFact(key=key, value=value, file=file, origin=origin))
    except TooMuchError as failure:
        return facts[:_KEPT], f"{failure}; the first {len(facts[:_KEPT]):,} keys are kept"
    return facts, ""


def _read(file: RunFile, limits: Limits, reading: Reading) -> list[ConfigFact]:
    facts: list[ConfigFact] = []
    with ByteStream(file, limits) as stream:
        lost = stream.size
        if stream.size > limits.config_bytes:
            message = f"a configuration of {stream.size:,} bytes is not read (limit {limits.config_bytes:,})"
            reading.issues.append(_issue(IssueKind.LIMIT, file, message, lost=lost))
            reading.files.append(stream.record(NAME))
            return facts
        data = stream.whole()
        try:
            document = _document(file, data, limits, reading)
            facts, left = facts_of(document, file.name, limits)
            lost = 0
            if not isinstance(document, dict | list) and data.strip():
                raise ValueError("it holds no mapping")
            if left:
                reading.issues.append(_issue(IssueKind.LIMIT, file, f"read in part: {left}"))
        except TooMuchError as failure:
            reading.issues.append(_issue(IssueKind.LIMIT, file, f"not read: {failure}", lost=lost))
        except ValueError as failure:
            lost, facts = stream.size, []
            reading.issues.append(_issue(IssueKind.MALFORMED, file, f"not a configuration: {failure}", lost=lost))
        if not data.strip():
            reading.issues.append(_issue(IssueKind.EMPTY, file, "the file is empty"))
            facts = []
        reading.issues += stream.issues
        reading.files.append(stream.record(NAME, lost))
    return _overrides(file.name, facts)


def _document(file: RunFile, data: bytes, limits: Limits, reading: Reading) -> Any:
    suffix = PurePosixPath(file.logical).suffix.lower()
    if suffix == ".json":
        return loads(data) if data.strip() else None
    text = data.decode("utf-8-sig", "replace")
    if suffix == ".toml":
        try:
            return tomllib.loads(text)
        except RecursionError:
            raise TooMuchError("nested too deep") from None
    document, refused = read_yaml(text, limits)
    for tag in refused:
        reading.issues.append(_issue(IssueKind.REFUSED, file, f"the tag {tag} asks for an object: not constructed"))
    return document


def _is_origins(name: str, facts: list[ConfigFact]) -> bool:
    named = PurePosixPath(name).stem.lower() in ("config_origin", "config_origins")
    return named and all(fact.value in _ORIGINS for fact in facts if isinstance(fact.value, str))


def _overrides(name: str, facts: list[ConfigFact]) -> list[ConfigFact]:
    """Read Hydra's overrides.yaml, a list of `key=value` given on the command line."""
    if not name.endswith(".hydra/overrides.yaml") or not facts or not isinstance(facts[0].value, list):
        return facts
    pairs = [str(item).lstrip("+~").partition("=") for item in facts[0].value]
    return [ConfigFact(key=key, value=value, file=name, origin="cli") for key, equals, value in pairs if equals]


def _unwrapped(document: Any) -> Any:
    """Undo the envelope of Weights & Biases: {key: {desc, value}}, and its own bookkeeping."""
    if not isinstance(document, dict) or not ({"wandb_version", "_wandb"} & set(document)):
        return document
    return {
        key: item.get("value") if isinstance(item, dict) and "value" in item else item
        for key, item in document.items()
        if key not in ("_wandb", "wandb_version")
    }


def _issue(kind: IssueKind, file: RunFile, message: str, lost: int = 0) -> ReadIssue:
    return ReadIssue(kind=kind, file=file.name, message=message, bytes_lost=lost)


READER = Reader(
    name=NAME,
    rank=40,
    claims=lambda name, head: is_config_name(name),
    read=read_configs,
    group=lambda name: f"{NAME}:{PurePosixPath(name).parent}",
)
