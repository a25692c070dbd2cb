"""Brings what the loop computed to the host, in one transfer a device.

Reading a number of a GPU makes the host wait for the device. A step that reads forty numbers one after the other
waits forty times; here they are put into one tensor on the device and read at once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from forensics.recorder.numbers import Plain, plain

STATISTICS = ("mean", "std", "min", "max")
_REDUCED = re.compile(r"_(mean|std|min|max|share)$")
_PLACES = {name: place for place, name in enumerate(STATISTICS)} | {"share": 0}

Wanted = tuple[tuple[str, int], ...]


def fetch(values: Mapping[str, Any], vectors: Sequence[Any] = ()) -> tuple[dict[str, Plain], list[list[float]]]:
    """Return `values`, by tag, as numbers and texts on the host, and tensors of one dimension as lists.

    A tensor or array of several elements becomes `tag_mean`, `tag_std`, `tag_min` and `tag_max`, or the one of them
    that its tag ends in already (a share is a mean). Empty ones and None are left out. The standard deviation is that
    of the elements themselves (no correction for a sample). A vector that is None is an empty list.
    """
    torch = sys.modules.get("torch")  # who has tensors has imported it
    found: dict[str, Plain | None] = {}
    single: dict[str, Any] = {}
    several: dict[Any, dict[Wanted, Any]] = {}  # by what can be stacked
    for tag, value in values.items():
        tensor = _flat(value, torch)
        if tensor is None:
            found.update(_of_host(tag, value))
        elif tensor.dim() == 0:
            found[tag], single[tag] = None, tensor  # keeps the order
        elif len(tensor):
            wanted = _wanted(tag)
            found.update(dict.fromkeys(name for name, _ in wanted))
            several.setdefault((tensor.device, len(tensor)), {})[wanted] = tensor
    if torch is None:
        return {name: value for name, value in found.items() if value is not None}, [[] for _ in vectors]
    with torch.no_grad():
        together = [_statistics(torch, list(group.values())) for group in several.values()]
        lists = _transfer(torch, [*single.values(), *together, *vectors])
    coming = iter(lists)
    found.update({tag: numbers[0] for tag, numbers in zip(single, coming, strict=False)})
    for group, numbers in zip(several.values(), coming, strict=False):
        found.update(_told(group, numbers))
    return {name: value for name, value in found.items() if value is not None}, list(coming)


def _transfer(torch: Any, tensors: Sequence[Any]) -> list[list[float]]:
    """Return the elements of each tensor of at most one dimension (none for None), one copy a device."""
    devices: dict[Any, list[int]] = {}
    for place, tensor in enumerate(tensors):
        if tensor is not None:
            devices.setdefault(tensor.device, []).append(place)
    lists: list[list[float]] = [[] for _ in tensors]
    for places in devices.values():
        chosen = [tensors[place] for place in places]
        sizes = [tensor.numel() for tensor in chosen]
        numbers = torch.hstack(chosen).tolist()
        at = 0
        for place, size in zip(places, sizes, strict=True):
            lists[place] = numbers[at : at + size]
            at += size
    return lists


def _flat(value: Any, torch: Any) -> Any:
    """Return a tensor of one element without a dimension, any other in one and as float32; None for all else."""
    if torch is None or not isinstance(value, torch.Tensor):
        return None
    try:
        if value.is_complex() or value.is_meta:
            return None
        if value.numel() == 1:
            return value.detach().reshape(())
        return value.detach().reshape(-1).float()
    except Exception:  # a foreign kind of tensor may refuse in any way: it costs itself alone
        return None


def _statistics(torch: Any, tensors: Sequence[Any]) -> Any:
    """Return the means of all tensors, of one device and length, then their std, min and max: four kernels for all."""
    rows = torch.stack(tensors)
    std, mean = torch.std_mean(rows, dim=1, correction=0)
    low, high = torch.aminmax(rows, dim=1)
    return torch.cat((mean, std, low, high))


def _told(group: Mapping[Wanted, Any], numbers: Sequence[float]) -> Iterator[tuple[str, float]]:
    """Yield name and number of what is wanted of each tensor of a group."""
    for row, wanted in enumerate(group):
        for name, place in wanted:
            yield name, numbers[place * len(group) + row]


@lru_cache(maxsize=1024)
def _wanted(tag: str) -> Wanted:
    """Return the names of the statistics that are recorded of several elements, each with its place in STATISTICS."""
    said = _REDUCED.search(tag)
    if said:
        return ((tag, _PLACES[said[1]]),)
    return tuple((f"{tag}_{name}", place) for place, name in enumerate(STATISTICS))


def _of_host(tag: str, value: Any) -> dict[str, Plain | None]:
    """Return what is recorded of a value that is no tensor with real numbers."""
    try:
        size = getattr(value, "size", 1)
        if not isinstance(size, int) or size == 1 or isinstance(value, str | bytes):
            return {tag: plain(value)}
        if size == 0:
            return {}
        numbers = (value.mean(), value.std(), value.min(), value.max())
        return {name: plain(numbers[place]) for name, place in _wanted(tag)}
    except Exception:  # a foreign array may fail in any way
        return {tag: plain(value)}
