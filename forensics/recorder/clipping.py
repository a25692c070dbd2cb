"""torch's clip, with the gradient measured on both sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from forensics.recorder.gradients import Group, Measured, counts, group_of, norms, present_in

Watched = Callable[[], dict[str, Sequence[Any]]]


class Clips:
    """The clips since the last step. `limits` are the limits in use, by name."""

    def __init__(self, watched: Watched, failed: Callable[[Exception], None]) -> None:
        """`watched` gives the parameters of the watched modules; `failed` hears of a measurement that failed."""
        self.limits: dict[str, float] = {}
        self._watched, self._failed = watched, failed
        self._pending: list[Measured] = []
        self._groups: dict[tuple[str, tuple[int, ...]], Group] = {}

    def clip(self, parameters: Any, limit: float, name: str, is_due: bool, options: dict[str, Any]) -> Any:
        """Clip as torch does, with its options, and return what torch returns. Raises what torch raises."""
        import torch

        chosen = [parameters] if isinstance(parameters, torch.Tensor) else list(parameters)
        before = self._measure(chosen, name, is_due)
        total = torch.nn.utils.clip_grad_norm_(chosen, limit, **options)
        if before is not None:
            self._measure_again(name, float(limit), *before)
        return total

    def take(self) -> list[Measured]:
        """Return what was measured since the last call."""
        pending, self._pending = self._pending, []
        return pending

    def forget_groups(self) -> None:
        """Look at the watched modules anew at the next clip."""
        self._groups.clear()

    def _measure(
        self, chosen: Sequence[Any], name: str, is_due: bool
    ) -> tuple[Group, tuple[int, ...], Any, Any] | None:
        import torch

        try:
            with torch.no_grad():
                group = self._group(name, chosen)
                present = present_in(group)
                return group, present, norms(group, present), counts(group, present) if is_due else None
        except Exception as failure:  # the loop must get its clip
            self._failed(failure)
            return None

    def _measure_again(self, name: str, limit: float, group: Group, present: tuple[int, ...], *seen: Any) -> None:
        import torch

        before, counted = seen
        try:
            with torch.no_grad():
                after = norms(group, present)
        except Exception as failure:  # the gradients are clipped: the loop goes on
            self._failed(failure)
            return
        self.limits[name] = limit
        self._pending.append(Measured(name, limit, group, present, before, after, counted))

    def _group(self, name: str, chosen: Sequence[Any]) -> Group:
        key = (name, tuple(map(id, chosen)))
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = group_of(name, chosen, self._watched())
        return found


def updated_ids(measured: Iterable[Measured]) -> set[int]:
    """Return the ids of the parameters that clips covered."""
    return set().union(*(clip.group.clipped_ids for clip in measured))
