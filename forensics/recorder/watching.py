"""Modules under watch: their parameters, how far one update moves them, and their activations, at a cadence.

What is due at an update is prepared at the end of the one before: parameters are copied, hooks set. A network that
was not updated then (TD3 delays its actor) stays prepared until it was, so that one measurement is always one update.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from forensics.recorder.activations import ActivationProbe


@dataclass
class Part:
    """One watched module or set of parameters."""

    parameters: tuple[Any, ...]
    ids: frozenset[int]
    module: Any = None
    optimizer: Any = None
    is_clipped: bool = False
    before: list[Any] = field(default_factory=list)
    probe: ActivationProbe | None = None


class Watch:
    """Every part by name."""

    def __init__(self, cadence: int) -> None:
        """Measure at every `cadence`-th update."""
        self.parts: dict[str, Part] = {}
        self._cadence = max(int(cadence), 1)
        self._clips = False

    def add(self, name: str, parameters: Iterable[Any], module: Any = None, optimizer: Any = None) -> None:
        """Watch a module, or parameters alone, under `name`."""
        known, held = self.parts.get(name), tuple(parameters)
        clipped = known.is_clipped if known else False
        self.parts[name] = Part(held, frozenset(map(id, held)), module, optimizer, clipped)

    def parameters(self) -> dict[str, Sequence[Any]]:
        """Return the parameters of every watched module; sets of parameters that were only clipped are left out."""
        return {name: part.parameters for name, part in self.parts.items() if part.module is not None}

    def is_due(self, update: int) -> bool:
        """Whether this update is one of the cadence."""
        return update % self._cadence == 0

    def prepare(self, update: int) -> None:
        """Get ready for measuring at `update`, where it is due."""
        if not self.is_due(update):
            return
        for part in self.parts.values():
            part.before = [parameter.detach().clone() for parameter in part.parameters]
            if part.module is not None and part.probe is None:
                part.probe = ActivationProbe(part.module)

    def measure(self, updated: Collection[int]) -> dict[str, Any]:
        """Return the tags and device values of all parts that are prepared and were updated.

        `updated` are the ids of the parameters that were clipped in this update. Whether a part that no clip covers
        was updated cannot be told (a target network moves when the actor does): its update size is left out, unless
        the loop clips nothing at all.
        """
        found: dict[str, Any] = {}
        clips = self._clips = self._clips or bool(updated)
        for name, part in self.parts.items():
            touched = not part.ids.isdisjoint(updated)
            part.is_clipped = part.is_clipped or touched
            if part.optimizer is not None:
                found[f"learning_rates/{name}"] = part.optimizer.param_groups[0]["lr"]
            if part.before and (touched or not part.is_clipped):
                found |= _parameters(name, part, with_update=touched or not clips)
                part.before = []
            if part.probe is not None and part.probe.has_seen:
                found |= {f"activations/{name}_{share}": value for share, value in part.probe.shares().items()}
                part.probe.close()
                part.probe = None
        return found

    def close(self) -> None:
        """Take all hooks off the modules."""
        for part in self.parts.values():
            if part.probe is not None:
                part.probe.close()
                part.probe = None


def _parameters(name: str, part: Part, *, with_update: bool) -> dict[str, Any]:
    """Return what is recorded of all parameters of a part together.

    That is their norm and standard deviation, the share of their elements that requires a gradient, and the norm of the
    update over the norm before it.
    """
    import torch

    now = [parameter.detach() for parameter in part.parameters]
    trained = sum(parameter.numel() for parameter in part.parameters if parameter.requires_grad)
    if not now:
        return {}
    norm = _norm(torch, now)
    count = sum(tensor.numel() for tensor in now)
    mean = torch.stack([tensor.sum().float().to(norm.device) for tensor in now]).sum() / count
    found = {
        f"parameters/{name}_norm": norm,
        f"parameters/{name}_trainable_share": trained / count,
        f"parameters/{name}_std": (norm**2 / count - mean**2).clamp(min=0).sqrt(),
    }
    if with_update:
        moved = _norm(torch, [new - old for new, old in zip(now, part.before, strict=True)])
        found[f"parameters/{name}_update_ratio"] = moved / _norm(torch, part.before).clamp(min=1e-30)  # never 0 / 0
    return found


def _norm(torch: Any, tensors: Sequence[Any]) -> Any:
    """Return the L2 norm of all tensors together, float32."""
    each = [torch.linalg.vector_norm(tensor).float() for tensor in tensors]
    return torch.linalg.vector_norm(torch.stack([norm.to(each[0].device) for norm in each]))
