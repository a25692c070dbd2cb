"""Brings what the loop computed to the host, in one transfer a device.

Reading a number of a GPU makes the host wait for the device. A step that reads forty numbers one after the other
waits forty times; here they are put into one tensor on the device and read at once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from forensics.recorder.numbers import Plain, plain

_REDUCED = re.compile(r"_(mean|std|min|max|share)$")
STATISTICS = ("mean", "std", "min", "max")
_OF = {name: place for place, name in enumerate(STATISTICS)} | {"share": 0}


def fetch(values: Mapping[str, Any], vectors: Sequence[Any] = ()) -> tuple[dict[str, Plain], list[list[float]]]:
    """Return `values`, by tag, as numbers and texts on the host, and tensors of one dimension as lists.

    A tensor or array of several elements becomes `tag_mean`, `tag_std`, `tag_min` and `tag_max`, or the one of them
    that its tag ends in already (a share is a mean). Empty ones and None are left out. The standard deviation is that
    of the elements themselves (no correction for a sample). A vector that is None is an empty list.
    """
    torch = sys.modules.get("torch")  # who has tensors has imported it
    found: dict[str, Any] = {}
    waiting: dict[str, Any] = {}
    for tag, value in values.items():
        for name, item in _taken(tag, value, torch):
            found[name] = None  # keeps the order
            if torch is not None and isinstance(item, torch.Tensor):
                waiting[name] = item.detach().reshape(1)
            else:
                found[name] = plain(item)
    lists = _transfer([*waiting.values(), *vectors], torch)
    found.update({name: plain(numbers[0]) for name, numbers in zip(waiting, lists, strict=False)})
    return {name: value for name, value in found.items() if value is not None}, lists[len(waiting) :]


def _transfer(tensors: Sequence[Any], torch: Any) -> list[list[float]]:
    """Return the elements of each tensor (none for None); all that are on one device come over at once."""
    devices: dict[Any, list[int]] = {}
    for place, tensor in enumerate(tensors):
        if tensor is not None:
            devices.setdefault(tensor.device, []).append(place)
    lists: list[list[float]] = [[] for _ in tensors]
    for places in devices.values():
        numbers = torch.cat([tensors[place] for place in places]).tolist()
        at = 0
        for place in places:
            size = len(tensors[place])
            lists[place] = numbers[at : at + size]
            at += size
    return lists


def _taken(tag: str, value: Any, torch: Any) -> list[tuple[str, Any]]:
    """Return what a value is recorded as; one that refuses costs itself alone."""
    try:
        if torch is not None and isinstance(value, torch.Tensor) and (value.is_complex() or value.is_meta):
            return [(tag, str(value))]
        return _reduced(tag, value, torch)
    except Exception:  # a foreign array may fail in any way
        return [(tag, plain(value))]


def _reduced(tag: str, value: Any, torch: Any) -> list[tuple[str, Any]]:
    is_tensor = torch is not None and isinstance(value, torch.Tensor)
    size = value.numel() if is_tensor else getattr(value, "size", 1)
    if not isinstance(size, int) or isinstance(value, str | bytes):
        return [(tag, value)]
    if size == 0:
        return []
    if size == 1:
        return [(tag, value.detach() if is_tensor else value)]
    several = value.detach().float().reshape(-1) if is_tensor else value
    found = _REDUCED.search(tag)
    if found:
        return [(tag, _statistics(several, torch if is_tensor else None)[_OF[found[1]]])]
    return list(
        zip((f"{tag}_{name}" for name in STATISTICS), _statistics(several, torch if is_tensor else None), strict=True)
    )


def _statistics(several: Any, torch: Any) -> tuple[Any, Any, Any, Any]:
    """Return mean, std, min and max of an array, or of a tensor on its device."""
    if torch is None:
        return several.mean(), several.std(), several.min(), several.max()
    std, mean = torch.std_mean(several, correction=0)
    low, high = torch.aminmax(several)
    return mean, std, low, high
