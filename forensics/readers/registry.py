"""Finds the readers. A reader is a module of this package with READER; adding a format is adding one file."""

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
    for item in pkgutil.iter_modules(forensics.readers.__path__):
        if item.ispkg or item.name in _COMPOSERS:
            continue
        module = importlib.import_module(f"{forensics.readers.__name__}.{item.name}")
        reader = getattr(module, "READER", None)
        if isinstance(reader, Reader):
            found.append(reader)
    return tuple(sorted(found, key=lambda reader: (reader.rank, reader.name)))
