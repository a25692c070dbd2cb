"""Finding numbers in a flattened configuration, with the place they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from forensics.model.evidence import ConfigFact, EvidenceRef
from forensics.signals.signals import Signals

LEARNING_RATE_KEYS = (
    "learning_rate",
    "lr",
    "actor_lr",
    "critic_lr",
    "policy_lr",
    "q_lr",
    "pi_lr",
    "vf_lr",
    "lr_actor",
    "lr_critic",
    "actor_learning_rate",
    "critic_learning_rate",
)


def numbers(signals: Signals, keys: Iterable[str]) -> list[tuple[ConfigFact, float]]:
    """Return every row whose last key is one of these, with its numeric value."""
    wanted = set(keys)
    found = []
    for row in signals.run.config:
        if row.key.rsplit(".", 1)[-1].lower() not in wanted:
            continue
        if isinstance(row.value, int | float) and not isinstance(row.value, bool):
            found.append((row, float(row.value)))
    return found


OTHER_EXPLORATION = re.compile(r"noisy|(param|parameter|weight)_?noise|use_sde|gsde|bootstrapped|thompson")


def explores_otherwise(signals: Signals) -> str:
    """Return the key that switches on exploration in the weights instead of the actions, or nothing."""
    for row in signals.run.config:
        if OTHER_EXPLORATION.search(row.key.lower()) and row.value not in (None, False, 0, "", "none", "None", "False"):
            return row.key
    return ""


def place(row: ConfigFact) -> EvidenceRef:
    """Point at a row of a configuration."""
    return EvidenceRef(file=row.file, key=row.key)
