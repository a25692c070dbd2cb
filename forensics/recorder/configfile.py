"""config.yaml, and config_origin.json which says of each key where its value came from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from forensics.recorder.atomic import replace

ORIGINS = ("default", "file", "cli")
_DEEPEST = 20


def resolved(config: Any) -> dict[str, Any]:
    """Return a configuration (mapping, dataclass, or object with attributes) as plain nested values."""
    if isinstance(config, Mapping) or dataclasses.is_dataclass(config):
        value = _plain(config, _DEEPEST)
    else:
        value = _plain({key: item for key, item in vars(config).items() if not key.startswith("_")}, _DEEPEST)
    assert isinstance(value, dict)
    return value


def write(folder: Path, config: Mapping[str, Any], origins: Mapping[str, str] | None) -> None:
    """Write the configuration, and the origins of its dotted keys where they are known. Raises OSError."""
    import yaml

    text = yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True)
    replace(folder / "config.yaml", text.encode(), durable=False)
    if origins is not None:
        known = {key: origin for key in _keys(config) if (origin := origins.get(key)) in ORIGINS}
        replace(folder / "config_origin.json", json.dumps(known, indent=1).encode(), durable=False)


def _keys(config: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in config.items():
        if isinstance(value, dict) and value:
            yield from _keys(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _plain(value: Any, depth: int) -> Any:
    """Return what YAML and JSON can hold: numbers, texts, lists, mappings; anything else as its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value.value if isinstance(value, Enum) else value
    if isinstance(value, Enum):
        return _plain(value.value, depth)
    if depth <= 0:
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name), depth - 1) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth - 1) for item in value]
    item = getattr(value, "item", None)  # a number of numpy or torch
    if callable(item) and getattr(value, "size", None) == 1:
        return _plain(item(), depth - 1)
    return str(value)
