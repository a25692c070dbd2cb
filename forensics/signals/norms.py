"""Gradient norms as the readings of clips and of partitions see them: which they are, and which belong together."""

from __future__ import annotations

from collections.abc import Sequence

from forensics.model.meaning import Network, Quantity, Reduction, Role
from forensics.signals.robust import finite
from forensics.signals.signals import Signal
from forensics.signals.vocabulary import words

LEAST_POINTS = 8  # fewer points cannot tell a steady norm from luck
PAIR_TOLERANCE = 0.05  # |post - min(pre, c)| / c: exact in float32, wide enough for logged noise
PINNED_SPREAD = 1e-3  # relative spread of a norm that sits at its limit; float32 leaves 1e-6
_PART_WORDS = frozenset("actor critic policy value pi q qf cnn conv mlp encoder head trunk features extractor".split())


def is_norm(signal: Signal, network: Network) -> bool:
    """Whether this is a gradient norm of a trained network, with points enough to be read."""
    meaning = signal.meaning
    return (
        meaning.quantity is Quantity.GRADIENT_NORM
        and meaning.network is network
        and meaning.role is not Role.TARGET
        and meaning.reduction in (Reduction.UNKNOWN, Reduction.L2, Reduction.SUM_OF_L2)
        and len(finite(signal.values)) >= LEAST_POINTS
    )


def family(tag: str) -> str:
    """Return a tag's words without those that name a network, one of its members or its part."""
    return " ".join(word for word in words(tag).split() if word.rstrip("0123456789") not in _PART_WORDS)


def one_sink(group: Sequence[Signal]) -> list[Signal]:
    """Return one signal a tag, the longest: a tag in two sinks is one part of its network, not two."""
    longest: dict[str, Signal] = {}
    for signal in group:
        if signal.tag not in longest or len(signal) > len(longest[signal.tag]):
            longest[signal.tag] = signal
    return list(longest.values())
