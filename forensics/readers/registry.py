"""Finds the readers. A reader is a module of this package, or of a package in it, with READER: one file a format."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import forensics.readers
from forensics.readers.reader import Reader

_COMPOSERS = ("run", "registry")


@cache
def readers() -> tuple[Reader, ...]:
    """Return every reader in the order in which files are offered to them."""
    found = []
    home = forensics.readers
    for item in pkgutil.walk_packages(home.__path__, f"{home.__name__}."):
        if item.ispkg or item.name.removeprefix(f"{home.__name__}.") in _COMPOSERS:
            continue
        module = importlib.import_module(item.name)
        reader = getattr(module, "READER", None)
        if isinstance(reader, Reader):
            found.append(reader)
    return tuple(sorted(found, key=lambda reader: (reader.rank, reader.name)))
