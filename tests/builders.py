"""Builders of evidence for tests: series, signals and runs from plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from forensics.model.diagnosis import Fact
from forensics.model.evidence import ConfigFact, LogRecord, Manifest, ReadIssue, Run, Series
from forensics.model.meaning import Axis, Meaning, Quantity, Standing
from forensics.signals.signals import Signal, Signals


def series(tag: str, values: ArrayLike, steps: ArrayLike | None = None, **fields: Any) -> Series:
    """A series of one segment, 100 environment steps and one second apart unless told otherwise."""
    data = np.asarray(values, dtype=np.float64)
    count = len(data)
    plain: dict[str, Any] = {
        "id": tag,
        "tag": tag,
        "source": "tensorboard",
        "files": ("events.out.tfevents.1.host",),
        "steps": np.arange(1, count + 1, dtype=np.int64) * 100 if steps is None else np.asarray(steps, dtype=np.int64),
        "wall_times": 1.7e9 + np.arange(count, dtype=np.float64),
        "values": data,
        "segment": np.zeros(count, np.int32),
        "superseded": np.zeros(count, np.bool_),
        "offsets": np.arange(count, dtype=np.int64) * 50,
        "file_index": np.zeros(count, np.int32),
    }
    return Series(**(plain | fields))


def signal(
    tag: str,
    values: ArrayLike,
    steps: ArrayLike | None = None,
    *,
    quantity: Quantity = Quantity.OTHER,
    standing: dict[str, Standing] | None = None,
    alternatives: dict[str, tuple[str, ...]] | None = None,
    series_fields: dict[str, Any] | None = None,
    **meaning: Any,
) -> Signal:
    """A signal whose meaning is given by keyword (network=..., module=..., clip_stage=...)."""
    meaning.setdefault("axis", Axis.ENV_STEP)
    return Signal(
        series=series(tag, values, steps, **(series_fields or {})),
        meaning=Meaning(quantity=quantity, **meaning),
        standing=standing or {},
        alternatives=alternatives or {},
        claims={name: str(value) for name, value in meaning.items()},
    )


def signals(
    *items: Signal,
    facts: dict[str, float | int | str] | None = None,
    config: dict[str, Any] | None = None,
    logs: Sequence[LogRecord] = (),
    issues: Sequence[ReadIssue] = (),
    manifest: Manifest | None = None,
    framework: str = "",
    algorithm: str = "",
) -> Signals:
    """All that a detector sees, with facts and configuration given as plain dicts."""
    return Signals(
        run=Run(
            name="run",
            path="run",
            series=tuple(item.series for item in items),
            config=tuple(ConfigFact(key=key, value=value, file="config.yaml") for key, value in (config or {}).items()),
            logs=tuple(logs),
            issues=tuple(issues),
            manifest=manifest,
        ),
        signals=tuple(items),
        facts={name: Fact(name=name, value=value, how="given by the test") for name, value in (facts or {}).items()},
        framework=framework,
        algorithm=algorithm,
    )
