"""The faults there are: one module of `trainer.faults` each, by its name with dashes."""

from __future__ import annotations

import importlib
import math
import pkgutil

import trainer.faults
from trainer.errors import ConfigError
from trainer.planting.fault import Fault


def names() -> list[str]:
    """Return the names of all faults."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(trainer.faults.__path__))


def find(name: str) -> Fault:
    """Return a fault by its name. Raises ConfigError where there is none."""
    if name not in names():
        raise ConfigError(f"there is no fault {name!r}: `trainer faults` lists them")
    fault: Fault = importlib.import_module(f"trainer.faults.{name.replace('-', '_')}").FAULT
    return fault


def parse(asked: str) -> tuple[str, Fault, str]:
    """Read NAME or NAME:STRENGTH; return the name, the fault and its strength. Raises ConfigError."""
    name, colon, strength = asked.partition(":")
    fault = find(name)
    if not colon:
        return name, fault, fault.strength
    if not fault.strength:
        raise ConfigError(f"the fault {name} has no strength to set")
    try:
        number = float(strength)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and number > 0):
        raise ConfigError(f"the strength of a fault is a positive number, not {strength!r}")
    return name, fault, strength
