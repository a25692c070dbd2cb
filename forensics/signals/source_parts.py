"""Sets of parameters by name, as `critic` or `critic.encoder.convs`: what holds what."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TARGET = re.compile(r"targ(et|$|_)|_tgt|tgt_", re.I)


def says_target(name: str) -> bool:
    """Whether a network is called a target: a copy under another name may be kept for something else."""
    return bool(_TARGET.search(name))


def holds(whole: str, part: str) -> bool:
    """Whether `part` is `whole` or lies in it."""
    return part == whole or part.startswith(f"{whole}.")


def covered(part: str, sets: Iterable[str]) -> bool:
    """Whether one of the sets holds all of `part`."""
    return any(holds(whole, part) for whole in sets)


def touched(part: str, sets: Iterable[str]) -> bool:
    """Whether one of the sets holds some of `part`."""
    return any(holds(one, part) or holds(part, one) for one in sets)


def meet(first: Iterable[str], second: Iterable[str]) -> bool:
    """Whether two parameter sets share anything."""
    others = tuple(second)
    return any(touched(part, others) for part in first)
