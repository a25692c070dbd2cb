"""A configuration as plain nested values, and back, with the origin of each key: default, file or cli."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec
import yaml

from trainer.config import Config
from trainer.errors import ConfigError

Origin = Literal["default", "file", "cli"]


def as_dict(config: Config) -> dict[str, Any]:
    """Return group -> key -> value."""
    return asdict(config)


def leaves() -> dict[str, str]:
    """Return every key with the group it belongs to."""
    return {leaf.name: group.name for group in fields(Config) for leaf in fields(_class_of(group.name))}


def read_config_file(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file. Raises ConfigError."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConfigError(f"{path} must hold a mapping of groups, as config.yaml of a run does")
    return document


def overlay(config: Config, values: Mapping[str, Any], source: str) -> tuple[Config, list[str]]:
    """Return the configuration with `values` (nested by group, or flat) over it, and the dotted keys they set.

    Numbers that YAML takes for text (1e-3) are read as numbers. Raises ConfigError for a key that does not exist or a
    value of another type, naming `source`.
    """
    seen: list[str] = []
    changes: dict[str, dict[str, Any]] = {}
    known = leaves()
    for group, key, value in _flat(values):
        if known.get(key) is None or group not in (None, known[key]):
            raise ConfigError(f"{source}: there is no key {key if group is None else f'{group}.{key}'!r}")
        changes.setdefault(known[key], {})[key] = _convert(known[key], key, value, source)
        seen.append(f"{known[key]}.{key}")
    try:
        for group, parts in changes.items():
            config = replace(config, **{group: replace(getattr(config, group), **parts)})
    except ValueError as error:
        raise ConfigError(f"{source}: {error}") from error
    return config, seen


def origins(from_file: list[str], from_cli: list[str]) -> dict[str, Origin]:
    """Return the origin of every dotted key; the command line wins over the file."""
    found: dict[str, Origin] = {f"{group}.{key}": "default" for key, group in leaves().items()}
    found |= dict.fromkeys(from_file, "file")
    return found | dict.fromkeys(from_cli, "cli")


def keys_on_command_line(arguments: Sequence[str]) -> list[str]:
    """Return the dotted keys that flags set: `--batch-size 8`, `--batch_size=8`, `--no-amp`."""
    known = leaves()
    found = []
    for argument in arguments:
        if not argument.startswith("--"):
            continue
        key = argument[2:].partition("=")[0].replace("-", "_")
        key = key.rpartition(".")[2]
        key = key if key in known else key.removeprefix("no_")
        if key in known:
            found.append(f"{known[key]}.{key}")
    return found


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str | None, str, Any]]:
    groups = {group.name for group in fields(Config)}
    for name, value in values.items():
        if name in groups and isinstance(value, Mapping):
            for key, inner in value.items():
                yield str(name), str(key), inner
        else:
            yield None, str(name), value


def _class_of(group: str) -> Any:
    kind = get_type_hints(Config)[group]
    assert is_dataclass(kind)
    return kind


def _convert(group: str, key: str, value: Any, source: str) -> Any:
    kind = get_type_hints(_class_of(group))[key]
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{source}: {key}: {error}") from error
