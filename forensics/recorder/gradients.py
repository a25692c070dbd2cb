"""Gradient norms on both sides of a clip.

The clip is torch's own. The norms after it are measured again from the gradients, and the coefficient is what the
clip did to them: numbers computed from the norm before and the limit could never show a clip that failed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from forensics.recorder.numbers import Plain


@dataclass(frozen=True, slots=True)
class Group:
    """The parameters measured at one clip, and which of them belong to which name (positions).

    `clipped` are those that the clip itself covers, `clipped_ids` the ids of those parameters.
    """

    parameters: tuple[Any, ...]
    clipped: tuple[int, ...]
    clipped_ids: frozenset[int]
    names: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one clip showed, still on the device.

    `present` are the positions of the group's parameters that have a gradient; `before` and `after` are the L2 norms
    of those gradients, float[len(present)], None where none has one. `counts` are exact zeros and elements that are
    not finite, before the clip, at a cadence.
    """

    name: str
    limit: float
    group: Group
    present: tuple[int, ...]
    before: Any
    after: Any
    counts: Any = None


def group_of(name: str, clipped: Sequence[Any], watched: dict[str, Sequence[Any]]) -> Group:
    """Return what to measure when the parameters `clipped` are clipped under `name`.

    The norm under `name` is that of the clipped parameters together with those of the module watched under it. Other
    watched modules get norms of their own where they share a parameter with the clip, or where their name begins with
    the clip's (`actor_cnn` with a clip of `actor`): so a part that the clip leaves out is seen to grow.
    """
    places: dict[int, int] = {}
    parameters: list[Any] = []
    clipped_ids = frozenset(map(id, clipped))
    parts = {
        part: own
        for part, own in watched.items()
        if part == name or part.startswith(f"{name}_") or not clipped_ids.isdisjoint(map(id, own))
    }
    for parameter in (*clipped, *(parameter for own in parts.values() for parameter in own)):
        if id(parameter) not in places:
            places[id(parameter)] = len(parameters)
            parameters.append(parameter)
    whole = [*clipped, *parts.get(name, ())]
    names = {name: _places(whole, places)}
    names |= {part: _places(own, places) for part, own in parts.items() if part != name}
    return Group(tuple(parameters), _places(clipped, places), clipped_ids, names)


def _places(parameters: Iterable[Any], places: dict[int, int]) -> tuple[int, ...]:
    return tuple(sorted({places[id(parameter)] for parameter in parameters}))


def present_in(group: Group) -> tuple[int, ...]:
    """Return the positions of the parameters that have a gradient now."""
    return tuple(place for place, parameter in enumerate(group.parameters) if parameter.grad is not None)


def norms(group: Group, present: Sequence[int]) -> Any:
    """Return the L2 norm of each present gradient as one tensor, float[len(present)]; None where there are none."""
    import torch

    gradients = _gradients(group, present)
    if not gradients:
        return None
    together = getattr(torch, "_foreach_norm", None)  # private, but one kernel for all where it is there
    each = together(gradients) if together else [torch.linalg.vector_norm(gradient) for gradient in gradients]
    device = each[0].device
    return torch.stack([norm if norm.device == device else norm.to(device) for norm in each])


def counts(group: Group, present: Sequence[int]) -> Any:
    """Return two numbers as one tensor, int64[2]: exactly zero elements, and elements that are not finite."""
    import torch

    gradients = _gradients(group, present)
    if not gradients:
        return None
    device = gradients[0].device
    zeros = [(gradient == 0).sum().to(device) for gradient in gradients]
    broken = [(~torch.isfinite(gradient)).sum().to(device) for gradient in gradients]
    return torch.stack([torch.stack(zeros).sum(), torch.stack(broken).sum()])


def _gradients(group: Group, present: Sequence[int]) -> list[Any]:
    """Return the present gradients; of a sparse one the elements it holds."""
    held = [group.parameters[place].grad for place in present]
    return [gradient.coalesce().values() if gradient.is_sparse else gradient for gradient in held]


def values_of(measured: Measured, before: Sequence[float], after: Sequence[float]) -> dict[str, Plain]:
    """Return the tags and numbers of one clip, its norms brought to the host.

    A parameter without a gradient counts as norm 0, as it does for torch.
    """
    found: dict[str, Plain] = {}
    first = dict(zip(measured.present, before, strict=True))
    second = dict(zip(measured.present, after, strict=True))
    bounded = math.isfinite(measured.limit)
    for name, places in measured.group.names.items():
        pre = _total(first.get(place, 0.0) for place in places)
        post = _total(second.get(place, 0.0) for place in places)
        if bounded:
            found[f"gradients/{name}_norm_pre_clip"] = pre
            found[f"gradients/{name}_norm_post_clip"] = post
        else:
            found[f"gradients/{name}_norm"] = post
    if bounded:
        raw = _total(first.get(place, 0.0) for place in measured.group.clipped)
        left = _total(second.get(place, 0.0) for place in measured.group.clipped)
        found[f"gradients/{measured.name}_clip_coefficient"] = left / raw if raw else 1.0
    return found


def _total(each: Iterable[float]) -> float:
    """Return the L2 norm of norms; sums that overflow are infinite."""
    return math.hypot(*each)
