"""What a user can set: `[tool.forensics]` of ./pyproject.toml, and the flags that go over it.

Never read from the run directory: its content is not to be trusted.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from forensics.errors import UsageError
from forensics.safety.limits import Limits

SECTION = "[tool.forensics]"
# What can be said of a tag: the fields of forensics.model.meaning.Meaning, by name, since this module is a leaf.
MEANING_FIELDS = (
    "quantity", "network", "module", "role", "statistic", "member", "name", "clip_stage", "reduction", "aggregation",
    "axis", "unit",
)  # fmt: skip


class Reader(StrEnum):
    """Who reads event files: ours, or tbparse as a second opinion."""

    NATIVE = "native"
    TBPARSE = "tbparse"


class FailOn(StrEnum):
    """Which standing causes make the exit code 1."""

    NEVER = "never"
    MECHANISM = "mechanism"
    ANY = "any"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one analysis.

    `tags` maps a tag to what its user says it means, as fields of `forensics.model.meaning.Meaning`. It is a
    claim like any other: the numbers can still contradict it. `limits` bound what is read of a run. `source` is the
    folder or archive of the training source; empty means the run's own snapshot. With `source_commit` it is a git
    repository, read as it stood at that commit.
    """

    reader: Reader = Reader.NATIVE
    fail_on: FailOn = FailOn.NEVER
    tags: dict[str, dict[str, str]] = {}
    limits: Limits = Limits()
    source: str = ""
    source_commit: str = ""

    def described(self) -> dict[str, str]:
        """Return each setting as text, for the report."""
        tags = "; ".join(f"{tag}={written(meaning)}" for tag, meaning in self.tags.items())
        changed = (
            f"{field.name}={getattr(self.limits, field.name)}"
            for field in dataclasses.fields(Limits)
            if getattr(self.limits, field.name) != field.default
        )
        return {
            "reader": self.reader.value,
            "fail_on": self.fail_on.value,
            "tags": tags,
            "limits": ", ".join(changed),
            "source": self.source,
            "source_commit": self.source_commit,
        }


def load(directory: Path) -> Settings:
    """Return the settings in `directory`/pyproject.toml, the defaults where it says nothing.

    Raises UsageError if the file is not TOML, or has a key or value in [tool.forensics] that means nothing.
    """
    path = directory / "pyproject.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as failure:
        raise UsageError(f"{path.name} cannot be read: {failure}") from failure
    table: Any = document
    for name in ("tool", "forensics"):
        table = table.get(name, {})
        if not isinstance(table, dict):
            raise UsageError(f"{path.name}: {name} is not a table; settings stand under {SECTION}")
    return read(table, f"{path.name}, {SECTION}")


def read(table: dict[str, Any], where: str) -> Settings:
    """Return the settings that a table of keys and values says; `where` opens the message of an error."""
    for key in table:
        if key not in Settings.__struct_fields__:
            raise UsageError(f"{where}: unknown setting {key!r}{nearest(key, Settings.__struct_fields__)}")
    limits = table.get("limits", {})
    names = tuple(field.name for field in dataclasses.fields(Limits))
    if not isinstance(limits, dict):
        raise UsageError(f"{where}: limits must be a table of numbers")
    for name, value in limits.items():
        if name not in names:
            raise UsageError(f"{where}: unknown limit {name!r}{nearest(name, names)}")
        if type(value) is not int or value < 1:
            raise UsageError(f"{where}: limit {name} must be a whole number above 0, not {value!r}")
    for key, words in (("reader", Reader), ("fail_on", FailOn)):
        known = tuple(word.value for word in words)
        if key in table and table[key] not in known:
            raise UsageError(f"{where}: {key} is one of {', '.join(known)}, not {table[key]!r}")
    tags = table.get("tags", {})
    if not isinstance(tags, dict) or not all(isinstance(meaning, str) for meaning in tags.values()):
        raise UsageError(f'{where}: tags must be a table of "name" = "quantity[,field=value...]"')
    meanings = {tag: meaning_fields(meaning) for tag, meaning in tags.items()}
    try:
        return msgspec.convert({**table, "tags": meanings}, Settings)
    except msgspec.ValidationError as failure:
        raise UsageError(f"{where}: {failure}") from failure


def override(
    settings: Settings,
    *,
    reader: Reader | None = None,
    fail_on: FailOn | None = None,
    tags: tuple[str, ...] = (),
    source: Path | None = None,
    source_commit: str | None = None,
) -> Settings:
    """Return the settings with the flags of the command line over them. A tag flag reads NAME=MEANING."""
    named = dict(settings.tags)
    for flag in tags:
        name, meaning = _named(flag)
        named[name] = meaning_fields(meaning)
    return msgspec.structs.replace(
        settings,
        reader=reader or settings.reader,
        fail_on=fail_on or settings.fail_on,
        tags=named,
        source=settings.source if source is None else str(source),
        source_commit=settings.source_commit if source_commit is None else source_commit,
    )


def tag_names(flags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags that flags name. Raises UsageError for a flag that is not NAME=MEANING."""
    return tuple(_named(flag)[0] for flag in flags)


def meaning_fields(text: str) -> dict[str, str]:
    """Return the fields of "quantity[,field=value...]" or "field=value[,...]"; a field may not be given twice."""
    first, *rest = (part.strip() for part in text.split(","))
    fields = {} if _is_field(first) else {"quantity": first}
    for part in rest if fields else [first, *rest]:
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals and value) or name in fields:
            raise UsageError(f"the meaning {text!r} is not quantity[,field=value...]; look at {part!r}")
        fields[name] = value
    return fields


def _named(flag: str) -> tuple[str, str]:
    """Return name and meaning of NAME=MEANING: a name may hold equal signs, the quantity of a meaning may not."""
    places = (place for place, sign in enumerate(flag) if sign == "=" and place)
    for place in places:
        first = flag[place + 1 :].partition(",")[0]
        if "=" not in first or _is_field(first):
            return flag[:place], flag[place + 1 :]
    raise UsageError(f"--tag {flag!r} is not NAME=MEANING, such as loss/pi=loss,network=actor")


def _is_field(text: str) -> bool:
    return text.partition("=")[0].strip() in MEANING_FIELDS and "=" in text


def written(fields: dict[str, str]) -> str:
    """Return the fields as `meaning_fields` reads them."""
    quantity = [fields["quantity"]] if "quantity" in fields else []
    return ",".join([*quantity, *(f"{name}={value}" for name, value in fields.items() if name != "quantity")])


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Return ' (did you mean ...?)' with the known word closest to `word`, or what is known if none is close."""
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else f" (known: {', '.join(known)})"
