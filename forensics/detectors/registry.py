"""Finds the detectors and runs them. A detector is a module of a family with META, THRESHOLDS and detect()."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import msgspec

import forensics.detectors
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.signals.signals import Signals


@dataclass(frozen=True)
class Detector:
    """One observation: its identity, its thresholds, its documentation and its function."""

    meta: Meta
    thresholds: dict[str, Threshold]
    family: str
    doc: str
    detect: Callable[[Signals], Finding]


@cache
def detectors() -> tuple[Detector, ...]:
    """Return every detector, ordered by code."""
    found = []
    for family in pkgutil.iter_modules(forensics.detectors.__path__):
        if not family.ispkg:
            continue
        package = importlib.import_module(f"{forensics.detectors.__name__}.{family.name}")
        for item in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{item.name}")
            if hasattr(module, "META"):
                found.append(Detector(module.META, module.THRESHOLDS, family.name, module.__doc__ or "", module.detect))
    return tuple(sorted(found, key=lambda detector: detector.meta.code))


def examine(signals: Signals) -> list[Finding]:
    """Let every detector look. One that throws becomes a finding with status error; the rest still look."""
    return [_look(detector, signals) for detector in detectors()]


def _look(detector: Detector, signals: Signals) -> Finding:
    try:
        finding = detector.detect(signals)
    except Exception as failure:  # a broken detector must cost one finding, never the report
        finding = detector.meta.error(failure)
    return msgspec.structs.replace(finding, threshold=detector.thresholds)
