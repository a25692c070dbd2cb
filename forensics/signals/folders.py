"""What the directory of an event file adds to a tag's name."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model.evidence import Series
from forensics.signals.vocabulary import words

_TRAIN = frozenset({"train", "training"})
_HELD_OUT = frozenset({"val", "valid", "validation", "test", "eval", "evaluation", "dev"})


def claimed_names(series: Sequence[Series]) -> list[str]:
    """Return the name that each series goes by: its tag, and what the directory says besides.

    torch's `add_scalars(tag, {key: ...})` writes a file for each key under <tag>_<key>, with the bare tag in it.
    Keras writes one tag to train/ and validation/. A directory that holds all of a run's tags says nothing.
    """
    folders: dict[tuple[str, str], set[str]] = {}
    for one in series:
        folders.setdefault((one.source, one.tag), set()).add(_folder(one))
    return [_name(one, folders[one.source, one.tag]) for one in series]


def _name(one: Series, folders: set[str]) -> str:
    folder = _folder(one)
    stem = one.tag.replace("/", "_") + "_"
    if folder.startswith(stem):
        return f"{one.tag}/{folder[len(stem) :]}"
    spoken = set(words(one.tag).split()) & (_TRAIN | _HELD_OUT)
    if folder in _HELD_OUT and folders & _TRAIN and not spoken:
        return f"{one.tag}/{folder}"
    return one.tag


def _folder(one: Series) -> str:
    """Return the last part of the series' directory; nothing where it stands in the run's own."""
    if not one.id.endswith(f"/{one.tag}"):
        return ""
    return one.id[: -len(one.tag) - 1].rsplit("/", 1)[-1]
