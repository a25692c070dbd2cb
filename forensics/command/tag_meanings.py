"""Checks what a user says a tag means against the words that meanings are made of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from forensics.errors import UsageError
from forensics.model.meaning import Meaning
from forensics.settings import nearest

if TYPE_CHECKING:
    from forensics.model.diagnosis import Diagnosis


def absent(tags: Iterable[str], diagnoses: Sequence[Diagnosis]) -> Iterator[str]:
    """Yield what `not_read` says of the tags that none of the diagnoses knows."""
    if diagnoses:
        yield from not_read(tags, [signal.tag for diagnosis in diagnoses for signal in diagnosis.signals])


def not_read(tags: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """Yield a sentence for each tag that no run has: a meaning given to it changed nothing."""
    present = tuple(dict.fromkeys(known))
    for tag in tags:
        if tag not in present:
            close = nearest(tag, present)
            hint = close if "did you mean" in close else "; `forensics signals RUN` lists the tags"
            yield f"--tag {tag}: no such tag was read{hint}"


def check(tags: dict[str, dict[str, str]]) -> None:
    """Raise UsageError, naming the nearest word and all that are allowed, if a field or a value does not exist."""
    types = {field.name: field.type for field in msgspec.structs.fields(Meaning)}
    words = allowed()
    for tag, meaning in tags.items():
        for name, value in meaning.items():
            if name not in types:
                raise UsageError(f"tag {tag!r}: a meaning has no field {name!r}{_choice(name, tuple(types))}")
            kind = types[name]
            if name in words:
                if value not in words[name]:
                    raise UsageError(f"tag {tag!r}: {value!r} is not a {name}{_choice(value, words[name])}")
            elif kind is int and not value.isdecimal():
                raise UsageError(f"tag {tag!r}: {name} is a number, not {value!r}")


def allowed() -> dict[str, tuple[str, ...]]:
    """Return the words that each field of a meaning may have, for those fields that have a list of words."""
    return {
        field.name: tuple(member.value for member in field.type)
        for field in msgspec.structs.fields(Meaning)
        if isinstance(field.type, type) and issubclass(field.type, StrEnum)
    }


def _choice(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    guess = f" (did you mean {close[0]!r}?)" if close else ""
    return f"{guess}; it is one of {', '.join(known)}"
