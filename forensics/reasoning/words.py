"""Likelihoods in words: the seven bands of Intelligence Community Directive 203."""

from __future__ import annotations

BANDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
)


def in_words(likelihood: float) -> str:
    """Return the band of a likelihood. A boundary belongs to the lower band, so 0.95 is still "very likely"."""
    return next((word for top, word in BANDS if likelihood <= top), "almost certain")


def listed(items: list[str], conjunction: str = "and") -> str:
    """Join items as a sentence does: "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"
