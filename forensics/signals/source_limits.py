"""The limits on gradient norms that a run's configuration names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from forensics.model.source import UpdateEvent
from forensics.signals.signals import Signals

_LIMIT = re.compile(r"grad.*(clip|max|norm)|(clip|max)_.*norm|clip.*grad|gradient_clip", re.I)
_NOT_A_LIMIT = re.compile(r"enabled|type|interval|freq|batch|layer|reward|obs|adv|target_noise|noise_clip|value", re.I)
_SCALAR = re.compile(r"alpha|temperature|ent_coef|entropy|lagrang|dual", re.I)  # nobody clips a single number
_OWNERS = ("actor", "critic", "encoder", "policy", "value", "alpha", "model")


@dataclass(frozen=True)
class Configured:
    """A limit in the configuration, such as `algorithm.actor_max_grad_norm`."""

    key: str
    value: float

    def concerns(self, step: UpdateEvent) -> bool:
        """Whether the limit is meant for what an optimizer steps: its own network where the key names one."""
        named = [owner for owner in _OWNERS if owner in self.key.lower()]
        stepped = " ".join((step.subject, *step.networks, *step.parts)).lower()
        if _SCALAR.search(stepped):
            return False
        return not named or any(owner in stepped for owner in named)


def configured_limits(signals: Signals) -> list[Configured]:
    """Return each finite limit above 0 that the configuration gives to a gradient norm."""
    found = []
    for row in signals.run.config:
        name = row.key.rsplit(".", 1)[-1]
        number = row.value if isinstance(row.value, int | float) and not isinstance(row.value, bool) else math.nan
        if _LIMIT.search(name) and not _NOT_A_LIMIT.search(name) and math.isfinite(number) and number > 0:
            found.append(Configured(row.key, float(number)))
    return found
