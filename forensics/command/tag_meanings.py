"""Checks what a user says a tag means against the words that meanings are made of."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from forensics.errors import UsageError
from forensics.model.meaning import Meaning
from forensics.settings import nearest


def check(tags: dict[str, dict[str, str]]) -> None:
    """Raise UsageError, naming the nearest word, if a field or a value of a meaning does not exist."""
    types = {field.name: field.type for field in msgspec.structs.fields(Meaning)}
    for tag, meaning in tags.items():
        for name, value in meaning.items():
            if name not in types:
                raise UsageError(f"tag {tag!r}: a meaning has no field {name!r}{nearest(name, tuple(types))}")
            kind = types[name]
            if isinstance(kind, type) and issubclass(kind, StrEnum):
                words = tuple(member.value for member in kind)
                if value not in words:
                    raise UsageError(f"tag {tag!r}: {value!r} is not a {name}{nearest(value, words)}")
            elif kind is int and not value.isdecimal():
                raise UsageError(f"tag {tag!r}: {name} is a number, not {value!r}")
